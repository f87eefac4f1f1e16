//! What the store says it takes is what it takes: its own account beside that of the allocator.
//!
//! The allocator counts for the whole process, so this file holds one test.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, with the bytes in use counted.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged, which keeps the contract; counting touches no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise about `pointer` and `layout` is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[cfg(test)]
mod tests {
    use super::*;
    use kymograph::batch::{Batch, SeriesId, Xs};
    use kymograph::store::Store;

    /// A store of `series` series of `each` samples that come in batches of `batch_len`, and a name for reports.
    fn fill(series: u32, each: usize, batch_len: usize, is_explicit: bool) -> (Store, String) {
        let mut store = Store::default();
        for start in (0..each).step_by(batch_len) {
            for id in 0..series {
                let x = if is_explicit {
                    Xs::Explicit((start..start + batch_len).map(|i| i as f64).collect())
                } else {
                    Xs::Steps { start: start as f64 * 0.1, step: 0.1 }
                };
                // They come anyhow: each batch has a time of its own.
                let stamp_nanos = 1 + start as i64 * 1_000_000 + (start as i64 * 7919 % 907) * 1_000_000;
                store.append(Batch::new(SeriesId(id), stamp_nanos, x, vec![1.0; batch_len]).unwrap());
            }
        }
        (store, format!("{series} series of {each} in batches of {batch_len}, explicit {is_explicit}"))
    }

    #[test]
    fn the_account_of_bytes_is_that_of_the_allocator() {
        for (series, each, batch_len) in [
            (1, 2_000_000, 1_000_000),
            (10, 200_000, 1000),
            (3, 50_000, 1),
            (1, 1_000_000, 1),
            (5000, 10, 5),
            (1, 70, 7),
        ] {
            for is_explicit in [true, false] {
                let before = IN_USE.load(Ordering::Relaxed);
                let (store, case) = fill(series, each, batch_len, is_explicit);
                let in_use = IN_USE.load(Ordering::Relaxed) - before - case.capacity();
                let ratio = store.bytes() as f64 / in_use as f64;
                assert!((0.95..1.05).contains(&ratio), "{case}: says {}, takes {in_use}", store.bytes());
                if series as usize * each >= 1_000_000 {
                    let each = in_use as f64 / (series as usize * each) as f64;
                    assert!(
                        each <= if is_explicit || batch_len == 1 { 20.0 } else { 10.0 },
                        "{case}: {each} bytes a sample"
                    );
                }
            }
        }
    }
}
