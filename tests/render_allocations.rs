//! Frames that allocate nothing once warm: counted by an allocator that counts.
//!
//! The allocator counts for the whole process but for threads that were taken out, so the tests take turns.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The system's allocator, with the calls counted that ask for memory.
struct Counting;

static CALLS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Whether what this thread does is not counted. Has no destructor and no first use, so it never allocates.
    static IS_TAKEN_OUT: Cell<bool> = const { Cell::new(false) };
}

impl Counting {
    fn count() {
        if !IS_TAKEN_OUT.get() {
            CALLS.fetch_add(1, Ordering::Relaxed);
        }
    }
}

// SAFETY: every call goes to the system's allocator unchanged, which keeps the contract; counting touches no memory that
// is allocated.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count();
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::count();
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        Self::count();
        // SAFETY: the caller's promises about all three are passed on.
        unsafe { System.realloc(pointer, layout, new_size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise about `pointer` and `layout` is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
    use std::time::Duration;

    use super::*;
    use kymograph::batch::{Batch, SeriesId, Xs};
    use kymograph::figure::series_layout::arrange_series;
    use kymograph::figure::{AxisRange, Dash, Figure, FollowSpan, Join, Marker, SeriesStyle};
    use kymograph::render::figure_thread::{FigureThread, FramePainter};
    use kymograph::render::frame::FrameSize;
    use kymograph::store::{Snapshot, SnapshotSlot, Store};

    const SIZE: FrameSize = FrameSize { width_px: 700, height_px: 500, scale: 1.0 };
    /// Frames until all buffers have the size that they will need.
    const WARM_UP: usize = 40;
    const COUNTED: usize = 100;

    /// One test at a time: the count is the process's.
    fn turn() -> MutexGuard<'static, ()> {
        static TURN: Mutex<()> = Mutex::new(());
        TURN.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Noise that differs from frame to frame, with the same extremes, so that the axes stand.
    fn noise(frame: usize, count: usize) -> Vec<f64> {
        let mut state = 88_172_645_463_325_252_u64 ^ (frame as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        let mut ys: Vec<f64> = (0..count).map(|_| random() * 0.9).collect();
        (ys[count / 3], ys[count / 2]) = (-1.0, 1.0);
        ys
    }

    fn steps(count: usize) -> Xs {
        Xs::Steps { start: 0.0, step: 10.0 / count as f64 }
    }

    fn figure(count: u32) -> Figure {
        let mut figure = Figure { title: "A figure".into(), ..Figure::default() };
        let subplot = &mut figure.subplots[0];
        (subplot.x.label, subplot.y.label) = ("time (s)".into(), "amplitude".into());
        subplot.series = (0..count)
            .map(|id| SeriesStyle { name: format!("curve {id}"), ..SeriesStyle::new(SeriesId(id)) })
            .collect();
        figure
    }

    /// What `COUNTED` frames allocate, all together, once it is warm. The snapshots are made beforehand: the store's part is not counted.
    fn count(figure: &Figure, snapshots: &[Snapshot]) -> u64 {
        // Appended data: until all were seen once, as longer lines need larger buffers.
        let warm_up = WARM_UP.max(snapshots.len());
        let mut painter = FramePainter::new();
        let mut buffer = Vec::new();
        let mut before = 0;
        for frame in 0..warm_up + COUNTED {
            if frame == warm_up {
                before = CALLS.load(Ordering::Relaxed);
            }
            let snapshot = &snapshots[frame % snapshots.len()];
            buffer = painter.paint(figure, snapshot, SIZE, buffer).pixels;
        }
        CALLS.load(Ordering::Relaxed) - before
    }

    /// Snapshots of `series` curves of `count` samples, replaced from one to the next.
    fn replaced(series: u32, count: usize, change: impl Fn(&mut Vec<f64>)) -> Vec<Snapshot> {
        let mut store = Store::default();
        let snapshot = |frame: usize| {
            for id in 0..series {
                let mut ys = noise(frame * 16 + id as usize, count);
                change(&mut ys);
                store.replace(Batch::new(SeriesId(id), 0, steps(count), ys).unwrap(), None);
            }
            store.snapshot()
        };
        (0..8).map(snapshot).collect()
    }

    #[test]
    fn replaced_data_within_a_standing_view_allocate_nothing() {
        let _turn = turn();
        for samples in [300, 4000, 200_000] {
            assert_eq!(count(&figure(1), &replaced(1, samples, |_| ())), 0, "{samples} samples");
        }
    }

    #[test]
    fn several_series_and_subplots_with_legends_allocate_nothing() {
        let _turn = turn();
        let snapshots = replaced(5, 1000, |_| ());
        assert_eq!(count(&figure(5), &snapshots), 0, "one subplot");
        let mut separate = figure(5);
        arrange_series(&mut separate, &snapshots[0], true);
        assert_eq!(separate.subplots.len(), 5);
        assert_eq!(count(&separate, &snapshots), 0, "five subplots");
    }

    /// What handing work to the other cores allocates: a block of the queue in about sixty frames.
    const BLOCKS: u64 = 2 + COUNTED as u64 / 60;

    #[test]
    fn curves_shared_among_the_cores_allocate_a_block_of_the_queue_in_sixty_frames() {
        let _turn = turn();
        let snapshots = replaced(6, 60_000, |_| ());
        let calls = count(&figure(6), &snapshots);
        assert!(calls <= BLOCKS, "{calls}");
    }

    #[test]
    fn markers_gaps_steps_and_points_allocate_nothing() {
        let _turn = turn();
        let snapshots = replaced(5, 500, |ys| (0..ys.len()).step_by(23).for_each(|i| ys[i] = f64::NAN));
        let mut figure = figure(5);
        let markers = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Cross, Marker::None];
        let joins = [Join::Line, Join::Steps, Join::Points, Join::Line, Join::Steps];
        for ((style, marker), join) in figure.subplots[0].series.iter_mut().zip(markers).zip(joins) {
            (style.marker, style.join) = (marker, join);
        }
        assert_eq!(count(&figure, &snapshots), 0);
    }

    /// What `vello_cpu` allocates when paths are drawn: lists of its own that it does not keep.
    const LISTS_OF_VELLO: u64 = 4;

    #[test]
    fn dashes_allocate_what_the_path_library_does() {
        let _turn = turn();
        let snapshots = replaced(3, 60, |_| ());
        let mut figure = figure(3);
        for (style, dash) in figure.subplots[0].series.iter_mut().zip([Dash::Dashed, Dash::Dotted, Dash::DashDotted]) {
            style.dash = dash;
        }
        let calls = count(&figure, &snapshots);
        // The curves at once, the samples in the legend one by one between its texts; and `kurbo` makes up to four lists
        // for each path that it divides into dashes.
        let most = 4 * LISTS_OF_VELLO + 6 * 4;
        assert!(calls <= most * COUNTED as u64, "{calls}");
    }

    #[test]
    fn fillings_allocate_nothing() {
        let _turn = turn();
        let mut figure = figure(2);
        figure.subplots[0].series[0].join = Join::Fill;
        for samples in [60, 9000] {
            assert_eq!(count(&figure, &replaced(2, samples, |_| ())), 0, "{samples} samples");
        }
    }

    #[test]
    fn x_in_any_order_allocates_what_the_path_library_does() {
        let _turn = turn();
        let mut store = Store::default();
        let snapshots: Vec<Snapshot> = (0..4)
            .map(|frame| {
                let xs = Xs::Explicit(noise(frame + 100, 30_000).into());
                store.replace(Batch::new(SeriesId(0), 0, xs, noise(frame, 30_000)).unwrap(), None);
                store.snapshot()
            })
            .collect();
        // Short pieces that follow each other are joined: a few paths that turn, drawn at three times at most.
        let calls = count(&figure(1), &snapshots);
        assert!(calls <= 3 * LISTS_OF_VELLO * COUNTED as u64 + BLOCKS, "{calls}");
    }

    #[test]
    fn a_following_view_allocates_for_new_axes_only() {
        let _turn = turn();
        let mut figure = figure(2);
        figure.follow_span = FollowSpan::LastX(5.0);
        let mut store = Store::default();
        let snapshots: Vec<Snapshot> = (0..WARM_UP + COUNTED)
            .map(|frame| {
                for id in 0..2 {
                    let xs = Xs::Steps { start: frame as f64 * 0.5, step: 0.005 };
                    store.append(Batch::new(SeriesId(id), 0, xs, noise(frame, 100)).unwrap());
                }
                store.snapshot()
            })
            .collect();
        let calls = count(&figure, &snapshots) / COUNTED as u64;
        // The axes are laid out anew: measured 3 rounds of ticks, and plotters' own lists and texts.
        assert!(calls <= 2000, "{calls} a frame");
        // The curves are not: the same frames in a view that stands.
        figure.subplots[0].x.range = AxisRange::Fixed { min: 0.0, max: 100.0 };
        figure.subplots[0].y.range = AxisRange::Fixed { min: -2.0, max: 2.0 };
        let calls = count(&figure, &snapshots);
        assert!(calls <= BLOCKS, "appended data in a view that stands: {calls}");
    }

    #[test]
    fn the_figures_thread_allocates_nothing_while_its_pixels_come_back() {
        let _turn = turn();
        IS_TAKEN_OUT.set(true);
        let woken = Arc::new((Mutex::new(false), Condvar::new()));
        let wake = Arc::clone(&woken);
        let on_frame = move || {
            *wake.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            wake.1.notify_all();
        };
        let thread = FigureThread::spawn("counted", Arc::new(on_frame)).unwrap();
        let (slot, recycler) = (SnapshotSlot::new(), thread.recycler());
        let snapshots = replaced(3, 5000, |_| ());
        slot.publish(snapshots[0].clone());
        thread.set_data(slot.clone());
        thread.set_figure(figure(3));
        thread.set_size(SIZE);
        // As a window does: a frame stays on screen until the next one has taken its place.
        let (mut on_screen, mut before) = (None, 0);
        for frame in 0..WARM_UP + COUNTED {
            let is_awake = woken.0.lock().unwrap_or_else(PoisonError::into_inner);
            let (mut is_awake, timeout) = woken
                .1
                .wait_timeout_while(is_awake, Duration::from_secs(20), |is_awake| !*is_awake)
                .unwrap_or_else(PoisonError::into_inner);
            assert!(!timeout.timed_out(), "no frame {frame}");
            *is_awake = false;
            drop(is_awake);
            if frame == WARM_UP {
                before = CALLS.load(Ordering::Relaxed);
            }
            if let Some(new) = thread.take_frame()
                && let Some(old) = on_screen.replace(new)
            {
                recycler.recycle(old.pixels);
            }
            // The version drawn last would be no change.
            slot.publish(snapshots[(frame + 1) % snapshots.len()].clone());
        }
        let calls = CALLS.load(Ordering::Relaxed) - before;
        IS_TAKEN_OUT.set(false);
        assert_eq!(calls, 0);
    }
}
