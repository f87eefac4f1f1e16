//! A store that is loaded from its cache says what it said before; a cache that is anything but whole and its own is refused.

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use kymograph::batch::{Batch, Color, Column, Home, SeriesId, SeriesInfo, Values, Xs};
    use kymograph::store::cache::{CacheError, CacheKey, ColumnPlace, load, save};
    use kymograph::store::{BudgetOptions, SeriesSnapshot, Snapshot, Store, Timed};

    const KEY: CacheKey = CacheKey { log_bytes: 1234, log_mark: 99 };

    /// A log that is one long row of numbers.
    type Log = Arc<Vec<f64>>;

    /// Some of its numbers.
    #[derive(Clone)]
    struct InLog(Log, usize, usize);

    impl Values for InLog {
        fn values(&self) -> &[f64] {
            &self.0[self.1..self.1 + self.2]
        }

        fn place(&self) -> Option<u64> {
            Some(self.1 as u64 * 8)
        }
    }

    impl Home for InLog {
        fn fetch(&self) -> Option<Arc<dyn Values>> {
            Some(Arc::new(self.clone()))
        }

        fn place(&self) -> Option<u64> {
            Some(self.1 as u64 * 8)
        }
    }

    fn column_at(log: &Log) -> impl Fn(ColumnPlace) -> Option<Column> {
        let log = Arc::clone(log);
        move |ColumnPlace { log_offset, len }| {
            let first = log_offset as usize / 8;
            (first + len <= log.len()).then(|| Column::elsewhere(Arc::new(InLog(Arc::clone(&log), first, len))))
        }
    }

    /// Series of all kinds: placed and not, small batches and large, formulas that stop and go on, gaps, none at all.
    fn store(scale: usize) -> (Store, Log) {
        let log: Log = Arc::new((0..40 * scale).map(|i| (i as f64 * 0.37).sin() * i as f64).collect());
        let mut store = Store::default();
        let (name, x_label) = ("loss, naïve <b>".to_owned(), "step".to_owned());
        store.declare(SeriesInfo { id: SeriesId(7), name, x_label, x_is_time: true, color: Some(Color::new(1, 2, 3)) });
        let placed = |first, len| Column::elsewhere(Arc::new(InLog(Arc::clone(&log), first, len)));
        for i in 0..3 {
            store.append(
                Batch::new(SeriesId(7), 0, Xs::Explicit(placed(i * scale, scale)), placed(9 * scale, scale)).unwrap(),
            );
            let steps = Xs::Steps { start: i as f64, step: 0.1 };
            store.append(Batch::new(SeriesId(2), 0, steps, placed(5 * scale, 3 * scale)).unwrap());
        }
        for i in 0..scale / 5 {
            let y = vec![if i % 30 == 4 { f64::NAN } else { (i as f64).cos() }; 7];
            store.append(Batch::steps(SeriesId(3), 0, i as f64 * 7.0, 1.0, y.clone()));
            store.append(Batch::steps(SeriesId(2), 0, i as f64 * 0.3 - 5.0, -1.0, y));
            store.append(Batch::point(SeriesId(4_000_000_000), 0, i as f64, f64::INFINITY));
        }
        let y: Column = log[..4 * scale].to_vec().into();
        y.set_home(Box::new(InLog(Arc::clone(&log), 0, 4 * scale)));
        store.append(Batch::steps(SeriesId(9), 0, 1.0, 1.0, y));
        (store, log)
    }

    fn samples(series: &SeriesSnapshot) -> Vec<(u64, u64)> {
        let mut all = Vec::new();
        series.for_each(0..series.len(), |x, y| all.push((x.to_bits(), y.to_bits())));
        all
    }

    fn assert_same(one: &Snapshot, other: &Snapshot) {
        assert_eq!((one.version, one.series.len()), (other.version, other.series.len()));
        for (one, other) in one.series.iter().zip(other.series.iter()) {
            assert_eq!(one.info, other.info);
            assert!(samples(one) == samples(other), "samples of {}", one.info.name);
            assert_eq!((one.x_bounds(), one.y_bounds()), (other.x_bounds(), other.y_bounds()));
            assert_eq!((one.x_order(), one.least_positive()), (other.x_order(), other.least_positive()));
            assert_eq!(one.nonfinite_count(), other.nonfinite_count());
            let Some((x0, x1)) = one.x_bounds() else { continue };
            let edges: Vec<f64> = (0..=50).map(|i| x0 + (x1 - x0) * f64::from(i) / 50.0).collect();
            let (mut a, mut b) = (Vec::new(), Vec::new());
            one.reduce(&edges, &mut a);
            other.reduce(&edges, &mut b);
            assert_eq!(a, b);
            for edge in edges {
                assert_eq!(one.y_bounds_in(x0, edge), other.y_bounds_in(x0, edge));
                assert_eq!(one.has_gap_in(0..edge.abs() as usize), other.has_gap_in(0..edge.abs() as usize));
            }
        }
    }

    fn path(dir: &tempfile::TempDir) -> PathBuf {
        dir.path().join("pyramid")
    }

    fn no_log(_: ColumnPlace) -> Option<Column> {
        None
    }

    #[test]
    fn what_was_saved_is_loaded_without_a_copy_and_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let (mut before, log) = store(3000);
        save(&before.snapshot(), &path(&dir), KEY).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left");
        let mut after = load(&path(&dir), KEY, &column_at(&log)).unwrap().unwrap();
        assert_same(&before.snapshot(), &after.snapshot());
        assert_eq!(before.samples(), after.samples());
        assert!(
            after.bytes() * 3 < before.bytes() && after.bytes() < after.samples() * 2 + 10_000,
            "{}",
            after.bytes()
        );
        // It is a store as any other: it grows, keeps a budget, and is saved again.
        after.set_budget(BudgetOptions { budget_bytes: 0, spill: None });
        for store in [&mut before, &mut after] {
            for id in [7, 3, 2, 8] {
                store.append(Batch::steps(SeriesId(id), 0, 1e6, 0.5, vec![4.5; 30]));
                store.append(Batch::steps(SeriesId(id), 0, 2e6, 0.5, vec![-4.5; 3000]));
            }
        }
        assert_same(&before.snapshot(), &after.snapshot());
        save(&after.snapshot(), &path(&dir), KEY).unwrap();
        let again = load(&path(&dir), KEY, &column_at(&log)).unwrap().unwrap();
        assert_same(&before.snapshot(), &again.snapshot());
    }

    #[test]
    fn numbers_that_stand_in_the_log_are_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let (before, log) = store(30_000);
        save(&before.snapshot(), &path(&dir), KEY).unwrap();
        let gathered = 30_000 / 5 * (7 + 7 + 1);
        let len = std::fs::metadata(path(&dir)).unwrap().len() as usize;
        assert!(len < gathered * 16 + before.samples() + 10_000, "{len} bytes");
        let loaded = load(&path(&dir), KEY, &column_at(&log)).unwrap().unwrap().snapshot();
        let segment = loaded.get(SeriesId(7)).unwrap().segments(0..9).next().unwrap();
        assert!(std::ptr::eq(segment.y.as_ptr(), &log[9 * 30_000]), "the samples are those of the log");
    }

    #[test]
    fn an_empty_store_has_a_cache_too() {
        let dir = tempfile::tempdir().unwrap();
        save(&Store::default().snapshot(), &path(&dir), KEY).unwrap();
        assert!(load(&path(&dir), KEY, &no_log).unwrap().unwrap().snapshot().series.is_empty());
    }

    #[test]
    fn what_is_not_there_or_not_its_own_is_no_cache() {
        let dir = tempfile::tempdir().unwrap();
        assert!(load(&path(&dir), KEY, &no_log).unwrap().is_none());
        let (store, log) = store(1000);
        save(&store.snapshot(), &path(&dir), KEY).unwrap();
        for key in [CacheKey { log_bytes: 1235, ..KEY }, CacheKey { log_mark: 98, ..KEY }] {
            assert!(load(&path(&dir), key, &column_at(&log)).unwrap().is_none());
        }
        assert!(load(&path(&dir), KEY, &no_log).unwrap().is_none(), "the log has not got its numbers");
        let short = |place: ColumnPlace| column_at(&log)(ColumnPlace { len: place.len - 1, ..place });
        assert!(load(&path(&dir), KEY, &short).unwrap().is_none(), "the log has fewer of them");
        let is_damaged = |path: &Path| matches!(load(path, KEY, &no_log), Err(CacheError::Damaged { .. }));
        for text in ["", "x", "step,loss\n1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n13,14\n15,16\n17,18\n19,20\n"] {
            std::fs::write(path(&dir), text).unwrap();
            assert!(is_damaged(&path(&dir)), "{text}");
        }
        assert!(matches!(load(dir.path(), KEY, &no_log), Err(CacheError::Io { .. })), "a directory");
    }

    #[test]
    fn log_flip_log_cut_any_damage_to_a_cache_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let (store, log) = store(200);
        save(&store.snapshot(), &path(&dir), KEY).unwrap();
        let whole = std::fs::read(path(&dir)).unwrap();
        let column_at = column_at(&log);
        let is_refused = |bytes: &[u8]| {
            std::fs::write(path(&dir), bytes).unwrap();
            !matches!(load(&path(&dir), KEY, &column_at), Ok(Some(_)))
        };
        assert!(!is_refused(&whole));
        // Every place would be 40,000; those near the head and a step that meets all places of a word are enough.
        for at in (0..56).chain((64..whole.len()).step_by(37)) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            assert!(is_refused(&bytes), "byte {at} changed");
            assert!(is_refused(&whole[..at]), "cut at {at}");
        }
        assert!(is_refused(&[&whole[..], &[0; 8]].concat()), "something behind it");
    }

    #[test]
    fn a_forged_cache_with_a_right_checksum_does_no_harm() {
        let dir = tempfile::tempdir().unwrap();
        let (store, log) = store(200);
        save(&store.snapshot(), &path(&dir), KEY).unwrap();
        let whole = std::fs::read(path(&dir)).unwrap();
        let mut refused = 0;
        for at in (64..whole.len() - 8).step_by(40) {
            for value in [0, 5, u64::MAX, u64::MAX / 8] {
                let mut bytes = whole.clone();
                bytes[at..at + 8].copy_from_slice(&u64::to_le_bytes(value));
                let crc = u64::from(crc32c::crc32c(&bytes[64..]));
                bytes[40..48].copy_from_slice(&crc.to_le_bytes());
                let crc = u64::from(crc32c::crc32c(&bytes[..48]));
                bytes[48..56].copy_from_slice(&crc.to_le_bytes());
                std::fs::write(path(&dir), &bytes).unwrap();
                // Whatever it says, it is read to its end or refused, and what it holds can be looked at.
                match load(&path(&dir), KEY, &column_at(&log)) {
                    Ok(Some(store)) if at % 3 == 0 => {
                        for series in store.snapshot().series.iter() {
                            let edges: Vec<f64> = (0..20).map(|i| f64::from(i) * 40.0).collect();
                            series.reduce(&edges, &mut Vec::new());
                            assert_eq!(samples(series).len(), series.len());
                        }
                    }
                    Ok(Some(_)) => {}
                    _ => refused += 1,
                }
            }
        }
        assert!(refused > 20, "{refused}");
    }

    #[test]
    fn a_cache_that_cannot_be_written_leaves_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = store(10);
        let missing = dir.path().join("missing").join("pyramid");
        assert!(matches!(save(&store.snapshot(), &missing, KEY), Err(CacheError::Io { .. })));
        std::fs::create_dir(path(&dir)).unwrap();
        assert!(save(&store.snapshot(), &path(&dir), KEY).is_err(), "a directory is in its place");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "and nothing is left beside it");
    }

    #[test]
    fn when_samples_came_is_kept() {
        let (mut store, dir) = (Store::default(), tempfile::tempdir().unwrap());
        for i in 0..2000_i64 {
            store.append(Batch::point(SeriesId(0), 1_700_000_000_000_000_000 + i * i * 1_000_000, i as f64, 0.5));
        }
        save(&store.snapshot(), &path(&dir), KEY).unwrap();
        let loaded = load(&path(&dir), KEY, &|_| None).unwrap().unwrap();
        let x = |store: &Store| {
            let timed = Timed::default().follow(store.snapshot().get(SeriesId(0)).unwrap(), 0).unwrap();
            (0..timed.len()).map(|i| timed.sample(i).unwrap().0).collect::<Vec<_>>()
        };
        assert!(x(&store).len() == 2000 && x(&loaded) == x(&store));
        let (saved, snapshot) = (store.snapshot(), loaded.snapshot());
        let series = snapshot.get(SeriesId(0)).unwrap();
        for i in 0..2000_i64 {
            let nanos = series.nanos_at_x(i as f64).unwrap();
            assert_eq!(saved.get(SeriesId(0)).unwrap().nanos_at_x(i as f64), Some(nanos));
            assert_eq!(series.x_at_nanos(nanos), Some(i as f64), "and back");
        }
    }
}
