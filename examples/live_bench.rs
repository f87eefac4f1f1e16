//! Times of frames of a curve that grows, on this machine: `cargo run --release --no-default-features --example live_bench`.
//!
//! A thousand samples come before each frame. Prints the time of the first frame, which makes all of a smoothed curve, and
//! median and 99th percentile of those after it, in milliseconds.

use std::io::Write;
use std::time::Instant;

use kymograph::batch::{Batch, LengthMismatch, SeriesId, Xs};
use kymograph::figure::{Cursors, EventLine, EventPlace, Figure, SeriesStyle, Smoothing, XMode};
use kymograph::render::figure_thread::FramePainter;
use kymograph::render::frame::FrameSize;
use kymograph::store::Store;

/// Samples that come before each frame.
const BATCH: usize = 1000;

/// Frames timed of each case.
const FRAMES: usize = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<36}{:>10}{:>10}{:>10}", "case", "first ms", "then ms", "p99")?;
    let plain = Figure::default();
    let smoothed = |smoothing| Figure { smoothing, ..Figure::default() };
    let mut marked = Figure { cursors: Cursors { a: Some(1e5), b: Some(7e5) }, ..Figure::default() };
    if let Some(subplot) = marked.subplots.first_mut() {
        subplot.events = (0..1000).map(|i| EventLine::new(EventPlace::X(f64::from(i) * 1e3), "checkpoint")).collect();
    }
    let cases = [
        ("plain", plain),
        ("exponential 0.99", smoothed(Smoothing::Exponential { weight: 0.99 })),
        ("median of 101", smoothed(Smoothing::Median { window: 101 })),
        ("over time", Figure { x_mode: XMode::RelativeSecs, ..Figure::default() }),
        ("cursors and 1,000 events", marked),
    ];
    for len in [100_000, 1_000_000, 10_000_000] {
        for (name, figure) in &cases {
            let [first, median, p99] = time(figure.clone(), len)?;
            let name = format!("{name}, {len} samples");
            writeln!(out, "{name:<36}{first:>10.2}{median:>10.2}{p99:>10.2}")?;
        }
    }
    Ok(())
}

fn time(mut figure: Figure, len: usize) -> Result<[f64; 3], LengthMismatch> {
    let id = SeriesId(0);
    if let Some(subplot) = figure.subplots.first_mut() {
        subplot.series.push(SeriesStyle::new(id));
    }
    let mut store = Store::default();
    let y = |i: usize| (i as f64 * 1e-4).sin() + (i * 7919 % 1009) as f64 * 1e-3;
    let batch = |start: usize, len: usize| {
        let x = Xs::Explicit((start..start + len).map(|i| i as f64).collect());
        Batch::new(
            id,
            1_700_000_000_000_000_000 + start as i64 * 1000,
            x,
            (start..start + len).map(y).collect::<Vec<_>>(),
        )
    };
    for start in (0..len).step_by(BATCH) {
        store.append(batch(start, BATCH)?);
    }
    let size = FrameSize { width_px: 1000, height_px: 600, scale: 1.0 };
    let (mut painter, mut buffer, mut times) = (FramePainter::new(), Vec::new(), Vec::with_capacity(FRAMES));
    for frame in 0..=FRAMES {
        store.append(batch(len + frame * BATCH, BATCH)?);
        let snapshot = store.snapshot();
        let start = Instant::now();
        let painted = painter.paint(&figure, &snapshot, size, buffer);
        times.push(start.elapsed().as_secs_f64() * 1e3);
        buffer = painted.pixels;
    }
    let first = times.first().copied().unwrap_or(f64::NAN);
    let mut rest = times.split_off(1);
    rest.sort_by(f64::total_cmp);
    let at = |part: f64| rest.get((rest.len() as f64 * part) as usize).copied().unwrap_or(f64::NAN);
    Ok([first, at(0.5), at(0.99)])
}
