//! How long the store takes, printed: to be run by hand with `--release --run-ignored only --no-capture`.

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use kymograph::batch::{Batch, Column, SeriesId, Values, Xs};
    use kymograph::store::cache::{CacheKey, ColumnPlace, load, save};
    use kymograph::store::{SnapshotSlot, Store};

    const ID: SeriesId = SeriesId(0);

    fn values(len: usize, of: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..len).map(|i| of(i as f64)).collect()
    }

    /// Prints the least and the median of some runs, in milliseconds.
    fn time<T>(what: &str, mut run: impl FnMut() -> T) {
        let mut all: Vec<f64> = (0..15)
            .map(|_| {
                let start = Instant::now();
                let made = run();
                let took = start.elapsed().as_secs_f64() * 1e3;
                drop(made);
                took
            })
            .collect();
        all.sort_by(f64::total_cmp);
        eprintln!("{what}: {:.3} ms at least, {:.3} median", all[0], all[all.len() / 2]);
    }

    struct InLog(Arc<Vec<f64>>, usize, usize);

    impl Values for InLog {
        fn values(&self) -> &[f64] {
            &self.0[self.1..self.1 + self.2]
        }

        fn place(&self) -> Option<u64> {
            Some(self.1 as u64 * 8)
        }
    }

    #[test]
    #[ignore = "prints times, asserts nothing; only a release build on a quiet machine says something"]
    fn take_over_and_replace() {
        const LEN: usize = 10_000_000;
        let x: Column = values(LEN, |i| i).into();
        let y: Column = values(LEN, |i| (i * 0.01).sin() * 3.0 - 5.0).into();
        let mut store = Store::default();
        time("replace 1e7, explicit", || {
            store.replace(Batch::new(ID, 0, Xs::Explicit(x.clone()), y.clone()).unwrap(), None);
        });
        time("replace 1e7, steps", || store.replace(Batch::steps(ID, 0, 0.0, 1.0, y.clone()), None));
        let slot = SnapshotSlot::new();
        for is_in_parts in [false, true] {
            let mut ms = Vec::new();
            for _ in 0..7 {
                let (x, y) = (x.to_vec(), y.to_vec());
                store.replace(Batch::new(ID, 0, Xs::Explicit(x.into()), y).unwrap(), None);
                if is_in_parts {
                    store.clear();
                }
                let start = Instant::now();
                slot.publish(store.snapshot());
                ms.push(start.elapsed().as_secs_f64() * 1e3);
            }
            eprintln!("publish over 160 MB (freed here: {is_in_parts}): {ms:.2?} ms");
        }
    }

    #[test]
    #[ignore = "prints times, asserts nothing; only a release build on a quiet machine says something"]
    fn reduce() {
        const LEN: usize = 10_000_000;
        for (batch_len, is_explicit) in [(1000, true), (1000, false), (1024, true), (LEN, true), (LEN, false)] {
            let mut store = Store::default();
            for start in (0..LEN).step_by(batch_len) {
                let len = batch_len.min(LEN - start);
                let x = if is_explicit {
                    Xs::Explicit((start..start + len).map(|i| i as f64).collect())
                } else {
                    Xs::Steps { start: start as f64, step: 1.0 }
                };
                let y = values(len, |i| ((start as f64 + i) * 0.01).sin());
                store.append(Batch::new(ID, 0, x, y).unwrap());
            }
            let snapshot = store.snapshot();
            let series = snapshot.get(ID).unwrap();
            let mut out = Vec::new();
            for (name, from, to) in [("all", 0.0, LEN as f64), ("a tenth", LEN as f64 * 0.4, LEN as f64 * 0.5)] {
                let edges: Vec<f64> = (0..=1000).map(|i| from + (to - from) * f64::from(i) / 1000.0).collect();
                time(&format!("reduce {name} of 1e7 in {batch_len}, explicit {is_explicit}"), || {
                    series.reduce(&edges, &mut out);
                });
            }
        }
    }

    #[test]
    #[ignore = "prints times, asserts nothing; only a release build on a quiet machine says something"]
    fn cache() {
        const LEN: usize = 100_000_000;
        let dir = tempfile::tempdir().unwrap();
        let key = CacheKey { log_bytes: 0, log_mark: 0 };
        let log = Arc::new(values(200_000, |i| i));
        let path = dir.path().join("pyramid");
        let at = |first, len| Column::elsewhere(Arc::new(InLog(Arc::clone(&log), first, len)));
        for batch_len in [1000, 1024, 100_000] {
            let mut store = Store::default();
            for i in 0..LEN / batch_len {
                let (x, y) = (at(i % 90_000, batch_len), at((i * 31) % 90_000, batch_len));
                store.append(Batch::new(ID, 0, Xs::Explicit(x), y).unwrap());
            }
            let column_at = |place: ColumnPlace| Some(at(place.log_offset as usize / 8, place.len));
            let snapshot = store.snapshot();
            time(&format!("save 1e8 in {batch_len}"), || save(&snapshot, &path, key).unwrap());
            let bytes = std::fs::metadata(&path).unwrap().len();
            time(&format!("load 1e8 in {batch_len}, {bytes} bytes"), || load(&path, key, &column_at).unwrap().unwrap());
        }
    }
}
