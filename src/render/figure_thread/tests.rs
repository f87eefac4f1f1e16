//! What the handle of a figure's thread promises; the painter is the true one or one that fails as told.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use super::painter::Painted;
use super::*;
use crate::batch::{Batch, SeriesId, Xs};
use crate::figure::{Cursors, SeriesStyle};
use crate::render::draw::DrawStats;
use crate::store::Store;

const SIZE: FrameSize = FrameSize { width_px: 320, height_px: 200, scale: 1.0 };
const LONG: Duration = Duration::from_secs(20);

/// A figure's thread with its wake-ups as messages.
struct Rig {
    thread: FigureThread,
    wakes: mpsc::Receiver<()>,
    wake_count: Arc<AtomicUsize>,
    slot: SnapshotSlot,
    store: Store,
}

impl Rig {
    fn new() -> Self {
        Self::with(Box::new(FramePainter::new()))
    }

    fn with(painter: Box<dyn Paint>) -> Self {
        #[allow(clippy::disallowed_methods, reason = "a test's own channel, as long as the test")]
        let (sender, wakes) = mpsc::channel();
        let wake_count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&wake_count);
        let on_frame = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            // The receiver goes first when a test ends.
            sender.send(()).unwrap_or_default();
        };
        let thread = FigureThread::spawn_with("test", Arc::new(on_frame), painter).unwrap();
        let slot = SnapshotSlot::new();
        thread.set_data(slot.clone());
        Self { thread, wakes, wake_count, slot, store: Store::default() }
    }

    fn start(&mut self) -> Frame {
        let mut figure = Figure::default();
        figure.subplots[0].series.push(SeriesStyle::new(SeriesId(0)));
        self.publish(0.0);
        self.thread.set_figure(figure);
        self.thread.set_size(SIZE);
        self.frame_of(self.slot.latest().version)
    }

    fn publish(&mut self, y: f64) {
        let x = Xs::Steps { start: 0.0, step: 1.0 };
        self.store.replace(Batch::new(SeriesId(0), 0, x, vec![0.0, 1.0, y]).unwrap(), None);
        self.slot.publish(self.store.snapshot());
    }

    /// The first frame that shows a snapshot of at least this version.
    fn frame_of(&self, version: u64) -> Frame {
        let start = Instant::now();
        while start.elapsed() < LONG {
            self.wakes.recv_timeout(LONG).unwrap();
            match self.thread.take_frame() {
                Some(frame) if frame.snapshot_version >= version => return frame,
                Some(frame) => self.thread.recycle(frame.pixels),
                None => {}
            }
        }
        panic!("no frame of version {version}");
    }

    fn is_quiet(&self) -> bool {
        self.wakes.recv_timeout(Duration::from_millis(150)).is_err() && self.thread.take_frame().is_none()
    }
}

#[test]
fn draws_once_a_change_and_not_without_one() {
    let mut rig = Rig::new();
    let first = rig.start();
    assert_eq!(first.pixels.len(), 320 * 200 * 4);
    assert!(first.pixels.chunks(4).all(|pixel| pixel[3] == 255));
    assert_eq!(first.layout.subplots.len(), 1);
    assert!(rig.is_quiet(), "nothing changed, nothing is drawn");
    rig.slot.publish(rig.store.snapshot());
    assert!(rig.is_quiet(), "the same version again is no change");
    rig.thread.set_size(SIZE);
    assert!(rig.is_quiet(), "the same size again is no change");
    rig.publish(5.0);
    let second = rig.frame_of(rig.slot.latest().version);
    assert!(second.serial > first.serial);
    assert_ne!(second.pixels, first.pixels);
    assert!(rig.is_quiet());
}

#[test]
fn hidden_it_draws_nothing_and_shown_again_one_frame() {
    let mut rig = Rig::new();
    let serial = rig.start().serial;
    rig.thread.set_active(false);
    for i in 0..20 {
        rig.publish(f64::from(i));
    }
    assert!(rig.is_quiet());
    rig.thread.set_active(true);
    let frame = rig.frame_of(rig.slot.latest().version);
    assert_eq!(frame.serial, serial + 1);
    rig.thread.set_active(false);
    rig.thread.set_active(true);
    assert!(rig.is_quiet(), "nothing changed while it was hidden");
}

#[test]
fn flow_gui_blocked_wakes_once_and_leaves_the_newest_frame() {
    let mut rig = Rig::new();
    rig.start();
    let wakes = rig.wake_count.load(Ordering::SeqCst);
    for i in 0..100 {
        rig.publish(f64::from(i));
        std::thread::sleep(Duration::from_millis(3));
    }
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(rig.wake_count.load(Ordering::SeqCst), wakes + 1, "one wake-up until the frame is taken");
    let frame = rig.thread.take_frame().unwrap();
    assert_eq!(frame.snapshot_version, rig.slot.latest().version, "the latest frame wins");
}

#[test]
fn frames_are_paced() {
    let mut rig = Rig::new();
    let serial = rig.start().serial;
    let start = Instant::now();
    let mut last = serial;
    let mut i = 0.0;
    while start.elapsed() < Duration::from_millis(300) {
        i += 1.0;
        rig.publish(i);
        if let Some(frame) = rig.thread.take_frame() {
            last = frame.serial;
            rig.thread.recycle(frame.pixels);
        }
    }
    let bound = start.elapsed().as_secs_f64() * 60.0 + 2.0;
    assert!(((last - serial) as f64) < bound, "{} frames", last - serial);
    assert!(last - serial >= 2, "{} frames", last - serial);
}

#[test]
fn a_probe_is_answered_now_and_with_each_frame() {
    let mut rig = Rig::new();
    let frame = rig.start();
    rig.thread.probe(Some(near_the_last_sample(&frame)));
    rig.wakes.recv_timeout(LONG).unwrap();
    assert!(rig.thread.take_frame().is_none());
    let readout = rig.thread.take_readout().unwrap().unwrap();
    assert_eq!(readout.values[0].y, 0.0);
    assert!(rig.thread.take_readout().is_none(), "an answer is given once");
    rig.publish(7.0);
    rig.frame_of(rig.slot.latest().version);
    let start = Instant::now();
    loop {
        let answer = rig.thread.take_readout().flatten();
        if answer.is_some_and(|readout| readout.values[0].y == 7.0) {
            break;
        }
        assert!(start.elapsed() < LONG, "the new value is never read");
        std::thread::sleep(Duration::from_millis(2));
    }
    rig.thread.probe(None);
    assert!(rig.thread.take_readout().is_none());
}

#[test]
fn a_probe_reads_what_is_seen_not_what_came_since() {
    let mut rig = Rig::new();
    let frame = rig.start();
    rig.thread.set_active(false);
    rig.publish(7.0);
    rig.thread.probe(Some(near_the_last_sample(&frame)));
    rig.wakes.recv_timeout(LONG).unwrap();
    let last = rig.thread.take_readout().unwrap().unwrap().values[0].clone();
    assert_eq!(last.y, 0.0);
    let plot = frame.layout.subplots[0].plot;
    assert!(
        plot.contains(last.x_px as f32 - 1.0, last.y_px as f32 - 1.0),
        "the sample lies on the curve seen: {last:?}"
    );
}

#[test]
fn the_table_of_the_cursors_comes_with_each_frame_while_it_is_wanted() {
    let mut rig = Rig::new();
    rig.start();
    assert!(rig.thread.take_table().is_none(), "nobody asked");
    let figure = (*rig.thread.contents().0).clone();
    rig.thread.set_figure(Figure { cursors: Cursors { a: Some(-1e9), b: Some(1e9) }, ..figure });
    rig.thread.set_table(true);
    for last in [0.0, 7.0] {
        if last > 0.0 {
            rig.publish(last);
        }
        let start = Instant::now();
        loop {
            let table = rig.thread.take_table();
            let read = table.and_then(|table| table.rows.into_iter().next()).and_then(|row| row.b);
            if read.is_some_and(|value| value.y == last) {
                break;
            }
            assert!(start.elapsed() < LONG, "the table never tells {last}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    rig.thread.set_table(false);
    assert!(rig.thread.take_table().is_none());
}

/// Well inside: the plotting area changes a little with its labels.
fn near_the_last_sample(frame: &Frame) -> [f32; 2] {
    let plot = frame.layout.subplots[0].plot;
    [plot.x_px + 0.9 * plot.width_px, plot.y_px + 10.0]
}

/// Panics where the last y is negative, sleeps where it is above 1000.
struct Fragile;

impl Paint for Fragile {
    fn paint(&mut self, _: &Figure, snapshot: &Snapshot, _: FrameSize, buffer: Vec<u8>) -> Painted {
        let y = snapshot.series.first().and_then(|series| series.sample(2)).map_or(0.0, |(_, y)| y);
        assert!(y >= 0.0, "a negative value");
        if y > 1000.0 {
            std::thread::sleep(Duration::from_millis(300));
        }
        Painted { pixels: buffer, layout: Arc::default(), stats: DrawStats::default(), shown: Snapshot::default() }
    }

    fn reset(&mut self) {}
}

#[test]
fn a_panic_while_drawing_is_an_error_and_the_thread_lives_on() {
    let mut rig = Rig::with(Box::new(Fragile));
    rig.start();
    rig.publish(-1.0);
    rig.wakes.recv_timeout(LONG).unwrap();
    assert!(rig.thread.take_frame().is_none());
    let error = rig.thread.take_error().unwrap();
    assert!(error.contains("a negative value"), "{error}");
    assert!(rig.is_quiet(), "the same data are not tried again");
    rig.publish(1.0);
    rig.frame_of(rig.slot.latest().version);
    assert!(rig.thread.take_error().is_none());
}

#[test]
fn no_call_waits_for_a_frame_and_drop_joins_in_time() {
    let mut rig = Rig::with(Box::new(Fragile));
    rig.start();
    rig.publish(2000.0);
    std::thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    rig.thread.set_size(FrameSize { width_px: 10, ..SIZE });
    rig.thread.set_figure(Figure::default());
    rig.thread.probe(Some([1.0, 1.0]));
    rig.publish(1.0);
    drop(rig.thread.take_frame());
    assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
    let start = Instant::now();
    drop(rig.thread);
    assert!(start.elapsed() < JOIN_BOUND, "{:?}", start.elapsed());
}

#[test]
fn a_size_that_cannot_be_drawn_is_waited_out() {
    let mut rig = Rig::new();
    rig.start();
    rig.thread.set_size(FrameSize { width_px: 0, ..SIZE });
    rig.publish(3.0);
    assert!(rig.is_quiet());
    rig.thread.set_size(FrameSize { width_px: 100, height_px: 80, scale: 1.0 });
    assert_eq!(rig.frame_of(0).pixels.len(), 100 * 80 * 4);
}

#[test]
fn pixels_come_back_from_any_thread_and_outlive_the_figure() {
    fn crosses<T: Send + Sync + Clone>(_: &T) {}
    let mut rig = Rig::new();
    let frame = rig.start();
    let recycler = rig.thread.recycler();
    crosses(&recycler);
    let (address, theirs) = (frame.pixels.as_ptr() as usize, recycler.clone());
    #[allow(clippy::disallowed_methods, reason = "a thread of a toolkit, joined at once")]
    std::thread::spawn(move || theirs.recycle(frame.pixels)).join().unwrap();
    // The buffer is drawn into again, by the next frame or, if one was begun meanwhile, by one soon after.
    let mut taken = Vec::new();
    let is_back = (0..10).any(|y| {
        rig.publish(f64::from(y) + 5.0);
        let next = rig.frame_of(rig.slot.latest().version);
        let is_same = next.pixels.as_ptr() as usize == address;
        taken.push(next.pixels);
        is_same
    });
    assert!(is_back, "the buffer was not used again");
    drop(rig);
    taken.into_iter().for_each(|pixels| recycler.recycle(pixels));
}
