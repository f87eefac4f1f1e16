//! Snapshots do not change, cost nothing and hold nobody up; the store stays small and quick at every size.
//!
//! The limits on time are ten times and more what was seen, because test machines are busy.

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use kymograph::batch::{Batch, Color, SeriesId, SeriesInfo, Xs};
    use kymograph::store::{Column, SeriesSnapshot, Snapshot, SnapshotSlot, Store, XOrder};

    const ID: SeriesId = SeriesId(0);

    fn steps(id: SeriesId, start: f64, y: Vec<f64>) -> Batch {
        Batch::new(id, 0, Xs::Steps { start, step: 1.0 }, y).unwrap()
    }

    /// Samples `range` of a curve that is the same wherever it is computed.
    fn wave(range: std::ops::Range<usize>, is_explicit: bool) -> Batch {
        let y: Vec<f64> = range.clone().map(|i| (i as f64 * 0.01).sin()).collect();
        let x = if is_explicit {
            Xs::Explicit(range.map(|i| i as f64).collect())
        } else {
            Xs::Steps { start: range.start as f64, step: 1.0 }
        };
        Batch::new(ID, 0, x, y).unwrap()
    }

    fn info(id: u32, name: &str) -> SeriesInfo {
        SeriesInfo { id: SeriesId(id), name: name.into(), x_label: String::new(), x_is_time: false, color: None }
    }

    fn samples(series: &SeriesSnapshot) -> Vec<(u64, u64)> {
        let mut all = Vec::new();
        series.for_each(0..series.len(), |x, y| all.push((x.to_bits(), y.to_bits())));
        all
    }

    #[test]
    fn a_snapshot_stays_as_it_was_while_the_writer_goes_on() {
        const HELD: usize = 60;
        let slot = SnapshotSlot::new();
        let held_count = AtomicUsize::new(0);
        let deadline = Instant::now() + Duration::from_secs(60);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut store = Store::default();
                let mut at = 0;
                for round in 0_usize.. {
                    let held = held_count.load(Ordering::Acquire);
                    // The deadline also ends it after a failed assertion below.
                    if held >= HELD || Instant::now() > deadline {
                        break;
                    }
                    // Always some way ahead of the reader, but not so far that it would look at it for minutes.
                    if at > 20_000 + held * 5_000 {
                        std::thread::yield_now();
                        continue;
                    }
                    let len = [1, 7, 100, 1000, 2000][round % 5];
                    store.append(wave(at..at + len, round % 3 == 0));
                    at += len;
                    slot.publish(store.snapshot());
                }
            });
            let mut held: Vec<Snapshot> = Vec::new();
            let mut last = 0;
            while held.len() < HELD && Instant::now() < deadline {
                let snapshot = slot.latest();
                let len = snapshot.get(ID).map_or(0, SeriesSnapshot::len);
                if len > last {
                    last = len;
                    held.push(snapshot);
                }
                // What is held is looked at again and again while the writer goes on behind it.
                for snapshot in held.iter().rev().take(3) {
                    let series = snapshot.get(ID).unwrap();
                    let mut next = 0;
                    series.for_each(0..usize::MAX, |x, y| {
                        assert!(x == next as f64 && y == (x * 0.01).sin(), "sample {next}");
                        next += 1;
                    });
                    assert_eq!(next, series.len());
                    assert_eq!(series.x_bounds(), Some((0.0, (next - 1) as f64)));
                }
                held_count.store(held.len(), Ordering::Release);
            }
            held_count.store(HELD, Ordering::Release);
            assert_eq!(held.len(), HELD, "the writer was held up");
        });
    }

    #[test]
    fn a_snapshot_outlives_replace_and_clear() {
        let mut store = Store::default();
        for batch_len in [10, 5000] {
            store.replace(wave(0..batch_len, true), Some(Color::new(1, 2, 3)));
            let before = store.snapshot();
            let all = samples(before.get(ID).unwrap());
            store.replace(wave(0..3, false), Some(Color::new(9, 9, 9)));
            let after = store.snapshot();
            assert!(after.version > before.version);
            store.clear();
            assert!(store.snapshot().series.is_empty() && store.snapshot().version > after.version);
            assert_eq!(samples(before.get(ID).unwrap()), all);
            assert_eq!(before.get(ID).unwrap().info.color, Some(Color::new(1, 2, 3)));
            assert_eq!(after.get(ID).unwrap().len(), 3);
        }
    }

    #[test]
    fn series_stand_in_the_order_of_their_declaration_and_are_found_by_number() {
        let mut store = Store::default();
        for id in [7, 3, 4_000_000_000, 0, 70] {
            store.declare(info(id, &format!("name {id}")));
        }
        store.append(steps(SeriesId(12), 0.0, vec![1.0]));
        let earlier = store.snapshot();
        store.declare(info(3, "renamed"));
        let snapshot = store.snapshot();
        let ids: Vec<u32> = snapshot.series.iter().map(|s| s.info.id.0).collect();
        assert_eq!(ids, [7, 3, 4_000_000_000, 0, 70, 12]);
        assert_eq!(snapshot.series.len(), 6);
        assert_eq!(snapshot.get(SeriesId(3)).unwrap().info.name, "renamed");
        assert_eq!(earlier.get(SeriesId(3)).unwrap().info.name, "name 3");
        assert_eq!(snapshot.get(SeriesId(12)).unwrap().info.name, "series 12");
        assert!(snapshot.get(SeriesId(1)).is_none());
    }

    #[test]
    fn empty_batches_declare_and_change_nothing_else() {
        let mut store = Store::default();
        store.append(Batch::new(ID, 0, Xs::Explicit(vec![].into()), vec![]).unwrap());
        let first = store.snapshot();
        assert!(first.get(ID).unwrap().is_empty());
        assert_eq!(first.get(ID).unwrap().x_order(), XOrder::Ascending);
        assert_eq!(first.get(ID).unwrap().y_bounds_in(f64::MIN, f64::MAX), None);
        store.append(steps(ID, 0.0, vec![]));
        assert_eq!(store.snapshot().version, first.version, "no figure is woken for nothing");
        store.append(steps(ID, 0.0, vec![1.0]));
        store.replace(steps(ID, 0.0, vec![]), None);
        let last = store.snapshot();
        assert!(last.version > first.version);
        assert!(last.get(ID).unwrap().is_empty() && last.get(ID).unwrap().y_bounds().is_none());
    }

    #[test]
    fn data_hostile_values_are_stored_exactly() {
        let ugly = [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            1e308,
            -1e308,
            f64::MAX,
            f64::MIN,
            5e-324,
            -5e-324,
            0.0,
            -0.0,
            1.0,
        ];
        let many: Vec<f64> = ugly.iter().copied().cycle().take(5000).collect();
        let mut columns = Vec::new();
        for (x, y) in [(ugly.to_vec(), ugly.to_vec()), (many.clone(), many)] {
            let mut store = Store::default();
            let expected: Vec<_> = x.iter().zip(&y).map(|(x, y)| (x.to_bits(), y.to_bits())).collect();
            store.append(Batch::new(ID, 0, Xs::Explicit(x.into()), y).unwrap());
            let snapshot = store.snapshot();
            let series = snapshot.get(ID).unwrap();
            assert_eq!(samples(series), expected);
            assert_eq!(series.x_order(), XOrder::Free);
            assert_eq!(series.x_bounds(), Some((f64::MIN, f64::MAX)));
            assert_eq!(series.least_positive(), (Some(5e-324), Some(5e-324)));
            series.reduce(&[0.0, 1.0], &mut columns);
            assert!(columns.is_empty());
        }
        let mut store = Store::default();
        store.append(steps(ID, 0.0, vec![f64::NAN; 3000]));
        let snapshot = store.snapshot();
        let series = snapshot.get(ID).unwrap();
        assert_eq!((series.y_bounds(), series.nonfinite_count()), (None, 3000));
        series.reduce(&[0.0, 1500.0, 3000.0], &mut columns);
        assert!(columns.is_empty(), "no finite sample, no column");
        assert!(series.has_gap_in(0..3000));

        // Extremes in ascending order, as far apart as f64 allows.
        let mut store = Store::default();
        let x = vec![f64::MIN, -5e-324, 0.0, 5e-324, f64::MAX];
        store.append(
            Batch::new(ID, 0, Xs::Explicit(x.into()), vec![f64::MAX, f64::MIN, 5e-324, 1e308, -1e308]).unwrap(),
        );
        let snapshot = store.snapshot();
        snapshot.get(ID).unwrap().reduce(&[f64::MIN, 0.0, f64::MAX], &mut columns);
        let seen: Vec<_> = columns.iter().map(|c: &Column| (c.first, c.min, c.max, c.last, c.count)).collect();
        assert_eq!(seen, [(f64::MAX, f64::MIN, f64::MAX, f64::MIN, 2), (5e-324, -1e308, 1e308, -1e308, 3)]);
    }

    #[test]
    fn data_hostile_a_million_series() {
        let mut store = Store::default();
        for i in 0..1_000_000_u32 {
            // Numbers that skip some.
            store.append(steps(SeriesId(i * 3), f64::from(i), vec![1.0]));
        }
        assert!(store.bytes() < 700_000_000, "{} bytes a series", store.bytes() / 1_000_000);
        let mut held = store.snapshot();
        let started = Instant::now();
        for i in 0..2000_u32 {
            store.append(steps(SeriesId(i * 499 * 3), 1e7, vec![2.0]));
            held = store.snapshot();
        }
        let each = started.elapsed() / 2000;
        assert!(each < Duration::from_millis(1), "{each:?} for one change and a snapshot");
        assert_eq!(held.series.len(), 1_000_000);
        assert_eq!(held.series.iter().count(), 1_000_000);
        assert_eq!(held.get(SeriesId(499 * 3)).unwrap().len(), 2);
        assert!(held.get(SeriesId(499 * 3 + 1)).is_none());
    }

    #[test]
    fn a_sample_takes_at_most_20_bytes_and_10_with_even_steps() {
        const COUNT: usize = 2_000_000;
        for (batch_len, is_explicit, most) in [
            (1, true, 18.0),
            (1000, true, 18.0),
            (COUNT, true, 18.0),
            (1, false, 10.0),
            (64, false, 10.0),
            (1000, false, 10.0),
            (COUNT, false, 10.0),
        ] {
            let mut store = Store::default();
            for start in (0..COUNT).step_by(batch_len) {
                store.append(wave(start..start + batch_len, is_explicit));
            }
            let bytes = store.bytes() as f64 / COUNT as f64;
            assert!(bytes >= 8.0, "{bytes} is less than y alone");
            assert!(bytes <= most, "{bytes} bytes a sample in batches of {batch_len}");
        }
        // Steps that do not continue each other to the last bit.
        let mut store = Store::default();
        for start in (0..COUNT).step_by(100) {
            let x = Xs::Steps { start: start as f64 * 0.1, step: 0.1 };
            store.append(Batch::new(ID, 0, x, vec![0.5; 100]).unwrap());
        }
        let bytes = store.bytes() as f64 / COUNT as f64;
        assert!(bytes <= 10.0, "{bytes} bytes a sample");
        // Vectors that hold more than they use give it back.
        let mut y = Vec::with_capacity(4 * COUNT);
        y.resize(COUNT, 1.0);
        store.replace(steps(ID, 0.0, y), None);
        assert!(store.bytes() <= 10 * COUNT);
        store.clear();
        assert!(store.bytes() < 10_000);
    }

    #[test]
    fn ten_million_samples_are_appended_snapshot_and_reduced_in_time() {
        const SERIES: u32 = 10;
        const EACH: usize = 1_000_000;
        let mut store = Store::default();
        let y: Vec<f64> = (0..1000).map(f64::from).collect();
        let started = Instant::now();
        for start in (0..EACH).step_by(1000) {
            for id in 0..SERIES {
                let x = (start..start + 1000).map(|i| i as f64).collect();
                store.append(Batch::new(SeriesId(id), 0, Xs::Explicit(x), y.clone()).unwrap());
            }
        }
        assert!(started.elapsed() < Duration::from_secs(3), "append: {:?}", started.elapsed());

        let mut held = store.snapshot();
        let started = Instant::now();
        for _ in 0..1000 {
            held = store.snapshot();
        }
        assert!(started.elapsed() < Duration::from_millis(50), "1000 snapshots: {:?}", started.elapsed());

        // Each append finds everything held by a snapshot: what it copies must not grow with what is there.
        let started = Instant::now();
        for i in 0..1000 {
            store.append(Batch::point(ID, 0, 1e9 + f64::from(i), 1.0));
            held = store.snapshot();
        }
        assert!(started.elapsed() < Duration::from_millis(300), "1000 appends: {:?}", started.elapsed());

        let series = held.get(SeriesId(5)).unwrap();
        let edges: Vec<f64> = (0..=1000).map(|i| EACH as f64 * f64::from(i) / 1000.0).collect();
        let mut columns = Vec::new();
        let started = Instant::now();
        for _ in 0..10 {
            series.reduce(&edges, &mut columns);
        }
        assert!(started.elapsed() < Duration::from_millis(300), "10 reductions: {:?}", started.elapsed());
        assert_eq!(columns.len(), 1000);
    }

    #[test]
    fn ten_million_samples_are_replaced_without_a_copy() {
        let (x, y): (Vec<f64>, Vec<f64>) = (0..10_000_000).map(|i| (f64::from(i), f64::from(i % 1000))).unzip();
        let (x, y) = (x.into_boxed_slice().into_vec(), y.into_boxed_slice().into_vec());
        let addresses = (x.as_ptr(), y.as_ptr());
        let mut store = Store::default();
        let started = Instant::now();
        store.replace(Batch::new(ID, 0, Xs::Explicit(x.into()), y).unwrap(), None);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        let snapshot = store.snapshot();
        let series = snapshot.get(ID).unwrap();
        let segment = series.segments(0..series.len()).next().unwrap();
        let kymograph::store::SegmentX::Slice(x) = segment.x else { panic!("x was explicit") };
        assert_eq!((x.as_ptr(), segment.y.as_ptr()), addresses, "the vectors themselves were taken over");
        assert_eq!(segment.y.len(), 10_000_000);
    }
}
