//! A store with a budget says of its samples what one without says, and holds no more of them in memory than it may.

#[cfg(test)]
mod common {
    use std::fs::File;
    use std::io::{self, Write};
    use std::ops::Range;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};

    use kymograph::batch::{Batch, Column, Home, SeriesId, Values, Xs};
    use kymograph::store::{BudgetOptions, Snapshot, Spill, Store};
    use memmap2::Mmap;

    /// A file of numbers and what is mapped of it: what a recorder's file is to a store.
    #[derive(Clone)]
    pub struct Disk {
        file: Arc<Mutex<(File, u64)>>,
        pub is_full: Arc<AtomicBool>,
    }

    /// Numbers in a mapped file.
    pub struct Mapped(Mmap, Range<usize>);

    impl Values for Mapped {
        fn values(&self) -> &[f64] {
            let bytes = &self.0[self.1.clone()];
            // SAFETY: any bits are a number; the place is a multiple of eight from the start of a page.
            unsafe { bytes.align_to::<f64>().1 }
        }
    }

    /// A place in the file.
    pub struct At(Disk, Range<u64>);

    impl Home for At {
        fn fetch(&self) -> Option<Arc<dyn Values>> {
            Some(self.0.map(self.1.clone()))
        }
    }

    impl Disk {
        pub fn new() -> Self {
            Self { file: Arc::new(Mutex::new((tempfile::tempfile().unwrap(), 0))), is_full: Arc::default() }
        }

        fn write(&self, values: &[f64]) -> io::Result<Range<u64>> {
            if self.is_full.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let mut file = self.file.lock().unwrap();
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            file.0.write_all(&bytes)?;
            let start = file.1;
            file.1 += bytes.len() as u64;
            Ok(start..file.1)
        }

        fn map(&self, range: Range<u64>) -> Arc<dyn Values> {
            let file = self.file.lock().unwrap();
            // The system maps from whole pages on.
            let page = range.start / 4096 * 4096;
            // SAFETY: nobody else knows the file, and what is written in it never changes.
            let map = unsafe { memmap2::MmapOptions::new().offset(page).len((range.end - page) as usize).map(&file.0) };
            Arc::new(Mapped(map.unwrap(), (range.start - page) as usize..(range.end - page) as usize))
        }

        /// What a recorder does with a batch: writes its columns and says where they are.
        pub fn record(&self, column: &Column) {
            if let Ok(range) = self.write(column) {
                column.set_home(Box::new(At(self.clone(), range)));
            }
        }
    }

    impl Spill for Disk {
        fn put(&mut self, values: &[f64]) -> io::Result<Column> {
            let range = self.write(values)?;
            Ok(Column::elsewhere(self.map(range)))
        }
    }

    pub fn store(disk: &Disk, budget_bytes: usize) -> Store {
        Store::with_budget(BudgetOptions { budget_bytes, spill: Some(Box::new(disk.clone())) })
    }

    pub fn columns(batch: &Batch) -> Vec<Column> {
        let x = match batch.x() {
            Xs::Explicit(x) => Some(x.clone()),
            Xs::Steps { .. } => None,
        };
        x.into_iter().chain([batch.y_column().clone()]).collect()
    }

    pub fn batch(id: u32, start: usize, len: usize, is_explicit: bool) -> Batch {
        let y = (start..start + len).map(|i| (i as f64 * 0.01).sin()).collect::<Vec<f64>>();
        let x = if is_explicit {
            Xs::Explicit((start..start + len).map(|i| i as f64).collect())
        } else {
            Xs::Steps { start: start as f64, step: 1.0 }
        };
        Batch::new(SeriesId(id), 0, x, y).unwrap()
    }

    /// Asserts that two snapshots show the same to whoever asks.
    pub fn assert_same(one: &Snapshot, other: &Snapshot) {
        assert_eq!(one.series.len(), other.series.len());
        for (one, other) in one.series.iter().zip(other.series.iter()) {
            assert_eq!((one.len(), &one.info), (other.len(), &other.info));
            let all = |series: &kymograph::store::SeriesSnapshot| {
                let mut all = Vec::new();
                series.for_each(0..series.len(), |x, y| all.push((x.to_bits(), y.to_bits())));
                all
            };
            assert!(all(one) == all(other), "samples differ");
            assert_eq!(one.x_bounds(), other.x_bounds());
            assert_eq!(one.y_bounds(), other.y_bounds());
            assert_eq!(one.least_positive(), other.least_positive());
            assert_eq!(one.nonfinite_count(), other.nonfinite_count());
            assert_eq!(one.x_order(), other.x_order());
            let Some((x0, x1)) = one.x_bounds() else { continue };
            for (from, to, columns) in [(x0, x1, 97), (x0 + (x1 - x0) * 0.31, x0 + (x1 - x0) * 0.47, 13)] {
                let edges: Vec<f64> =
                    (0..=columns).map(|i| from + (to - from) * f64::from(i) / f64::from(columns)).collect();
                let (mut a, mut b) = (Vec::new(), Vec::new());
                one.reduce(&edges, &mut a);
                other.reduce(&edges, &mut b);
                assert_eq!(a, b);
                assert_eq!(one.y_bounds_in(from, to), other.y_bounds_in(from, to));
                assert_eq!(one.lower_bound(from), other.lower_bound(from));
                let (mut a, mut b) = (Vec::new(), Vec::new());
                one.ranges_near(from, to, &mut a);
                other.ranges_near(from, to, &mut b);
                assert_eq!(a, b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::common::*;
    use kymograph::batch::{Batch, Column, SeriesId, Xs};
    use kymograph::store::{BudgetOptions, Store, budget_default};
    use proptest::prelude::*;

    /// A batch like those of hostile sources, from a number.
    fn hostile(id: u32, len: usize, seed: u64) -> Batch {
        let noise = |i: usize| (seed.wrapping_mul(i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64;
        let y: Vec<f64> = (0..len).map(|i| if i % 97 == 3 { f64::NAN } else { noise(i) / 1e15 - 4.0 }).collect();
        let x = match seed % 4 {
            0 => Xs::Steps { start: (seed % 1000) as f64, step: 0.25 },
            1 => Xs::Explicit((0..len).map(noise).collect()),
            _ => Xs::Explicit((0..len).map(|i| (seed % 1000) as f64 + i as f64).collect()),
        };
        Batch::new(SeriesId(id), 0, x, y).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn a_budget_changes_nothing_that_can_be_seen(
            steps in proptest::collection::vec((0_u32..3, prop_oneof![0_usize..300, 1000_usize..1100, 1024_usize..9000], any::<u64>(), 0_u8..16), 1..30),
            budget_bytes in prop_oneof![Just(0), Just(10_000), Just(100_000)],
            can_spill: bool,
        ) {
            let disk = Disk::new();
            disk.is_full.store(!can_spill, Ordering::Relaxed);
            let (mut plain, mut tight) = (Store::default(), store(&disk, budget_bytes));
            let (mut held, mut unrecorded): (_, Vec<Column>) = (Vec::new(), Vec::new());
            for (id, len, seed, action) in steps {
                match action {
                    0 => {
                        plain.replace(hostile(id, len, seed), None);
                        tight.replace(hostile(id, len, seed), None);
                    }
                    1 if seed % 5 == 0 => {
                        plain.clear();
                        tight.clear();
                    }
                    _ => {
                        let batch = hostile(id, len, seed);
                        unrecorded.extend(columns(&batch));
                        plain.append(hostile(id, len, seed));
                        tight.append(batch);
                    }
                }
                match action % 4 {
                    2 => unrecorded.drain(..).for_each(|column| disk.record(&column)),
                    3 => held.push((plain.snapshot(), tight.snapshot())),
                    _ => {}
                }
                if action == 15 {
                    disk.is_full.store(seed % 2 == 0, Ordering::Relaxed);
                    tight.relieve();
                }
                prop_assert_eq!(plain.samples(), tight.samples());
            }
            held.push((plain.snapshot(), tight.snapshot()));
            for (plain, tight) in &held {
                assert_same(plain, tight);
            }
        }
    }

    /// Bytes in memory beside the samples: summaries and what is kept about chunks, by the number of samples.
    fn overhead_bytes(samples: usize) -> usize {
        samples * 3 / 2 + 100_000
    }

    #[test]
    fn memory_stays_at_the_budget_however_many_samples_come() {
        const BUDGET: usize = 1 << 20;
        for (batch_len, is_explicit) in [(100, true), (1024, true), (20_000, true), (20_000, false), (700, false)] {
            let disk = Disk::new();
            let mut store = store(&disk, BUDGET);
            let bytes_each = if is_explicit { 16 } else { 8 };
            let mut count = 0;
            while count * bytes_each < 50 * BUDGET {
                let batch = batch(0, count, batch_len, is_explicit);
                let columns = columns(&batch);
                store.append(batch);
                if batch_len >= 1024 {
                    columns.iter().for_each(|column| disk.record(column));
                }
                count += batch_len;
                let latest = 2 * batch_len * bytes_each + 32 * 1024;
                let limit = BUDGET + latest + overhead_bytes(count);
                assert!(store.bytes() <= limit, "{batch_len}: {} of {limit} after {count}", store.bytes());
                assert!(store.over_budget_bytes() <= latest);
            }
            assert_eq!(store.samples(), count);
            let snapshot = store.snapshot();
            let mut next = 0;
            snapshot.get(SeriesId(0)).unwrap().for_each(0..count, |x, y| {
                assert!(x == next as f64 && y == (x * 0.01).sin(), "sample {next}");
                next += 1;
            });
            assert_eq!(next, count);
        }
    }

    #[test]
    fn the_oldest_leave_first_over_all_series() {
        let disk = Disk::new();
        // Room for five and a half chunks of sixteen.
        let mut store = store(&disk, 11 * 1024 * 8);
        let mut all = Vec::new();
        for round in 0..8 {
            for id in 0..2 {
                let batch = batch(id, round * 1024, 1024, true);
                let columns = columns(&batch);
                columns.iter().for_each(|column| disk.record(column));
                all.push((id, round * 1024, columns[1].clone()));
                store.append(batch);
            }
        }
        let snapshot = store.snapshot();
        let is_in_memory = |(id, first, y): &(u32, usize, Column)| {
            let series = snapshot.get(SeriesId(*id)).unwrap();
            std::ptr::eq(series.segments(*first..first + 1).next().unwrap().y.as_ptr(), y.as_ptr())
        };
        let in_memory: Vec<usize> = (0..all.len()).filter(|i| is_in_memory(&all[*i])).collect();
        assert_eq!((in_memory, store.over_budget_bytes()), ((11..16).collect(), 0));
    }

    #[test]
    fn disk_full_keeps_all_samples_and_says_how_many_are_too_many() {
        let disk = Disk::new();
        disk.is_full.store(true, Ordering::Relaxed);
        let mut store = store(&disk, 100_000);
        for start in (0..100_000).step_by(100) {
            store.append(batch(0, start, 100, true));
        }
        let over = store.over_budget_bytes();
        assert!((1_400_000..1_800_000).contains(&over), "{over}");
        // There is room again: new samples take the old ones along, a few at a time.
        disk.is_full.store(false, Ordering::Relaxed);
        for start in (100_000..700_000).step_by(100) {
            store.append(batch(0, start, 100, true));
        }
        assert!(store.over_budget_bytes() < 40_000, "{}", store.over_budget_bytes());
        assert_eq!(
            store.snapshot().get(SeriesId(0)).unwrap().y_bounds_in(0.0, 7e5),
            store.snapshot().series.first().unwrap().y_bounds()
        );
        assert_eq!(store.samples(), 700_000);
    }

    #[test]
    fn replacing_for_ever_leaves_nothing_in_the_books() {
        let disk = Disk::new();
        let mut store = store(&disk, 1 << 20);
        store.append(batch(1, 0, 3000, true));
        let mut largest = 0;
        for round in 0..20_000 {
            store.replace(batch(0, 0, 1024 + round % 7, true), None);
            largest = largest.max(store.bytes());
        }
        assert!(largest < 3000 * 16 + 1100 * 16 + 60_000, "{largest}");
        store.clear();
        assert_eq!((store.samples(), store.over_budget_bytes()), (0, 0));
        assert!(store.bytes() < 4000, "{}", store.bytes());
    }

    #[test]
    fn a_column_in_a_file_is_taken_over_as_it_is() {
        let disk = Disk::new();
        let mut spill = disk.clone();
        for len in [300, 5000, 100_000] {
            let y: Vec<f64> = (0..len).map(f64::from).collect();
            let column = kymograph::store::Spill::put(&mut spill, &y).unwrap();
            let mut store = Store::default();
            store.append(Batch::new(SeriesId(0), 0, Xs::Explicit(column.clone()), column.clone()).unwrap());
            let snapshot = store.snapshot();
            let segment = snapshot.series.first().unwrap().segments(0..10).next().unwrap();
            assert!(std::ptr::eq(segment.y.as_ptr(), column.as_ptr()), "{len} were copied");
            assert!(store.bytes() < 4000 + len as usize, "{len} take {}", store.bytes());
        }
    }

    #[test]
    fn a_budget_may_come_later() {
        let disk = Disk::new();
        let mut later = Store::default();
        for start in (0..50_000).step_by(500) {
            later.append(batch(0, start, 500, true));
        }
        let before = later.snapshot();
        later.set_budget(BudgetOptions { budget_bytes: 50_000, spill: Some(Box::new(disk)) });
        assert!(later.over_budget_bytes() <= 16 * 1024 && later.bytes() < 50_000 + overhead_bytes(50_000));
        assert_same(&before, &later.snapshot());
        assert!(budget_default() >= 256 << 20);
    }
}
