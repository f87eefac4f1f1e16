//! Times of whole frames, on this machine: `cargo run --release --no-default-features --example render_bench`.
//!
//! Prints the median and the 99th percentile in milliseconds of drawing a figure into pixels when its data changed, and
//! when its view changed too, so that axes and text are drawn anew.

use std::io::Write;
use std::time::Instant;

use kymograph::batch::{Batch, LengthMismatch, SeriesId, Xs};
use kymograph::figure::{AxisRange, Figure, SeriesStyle};
use kymograph::render::figure_thread::FramePainter;
use kymograph::render::frame::FrameSize;
use kymograph::store::{Snapshot, Store};

/// Frames timed of each case.
const FRAMES: usize = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<28}{:>10}{:>10}{:>12}{:>10}", "case", "data ms", "p99", "new view ms", "p99")?;
    let step = |count: usize| Xs::Steps { start: 0.0, step: 1.0 / count as f64 };
    let mut random = random();
    let sine: Vec<f64> = (0..4000).map(|i| (f64::from(i) * 0.016).sin()).collect();
    let mut noise = |count: usize| -> Vec<f64> { (0..count).map(|_| random() * 2.0 - 1.0).collect() };
    let (n1k, n100k, n1m, n10m) = (noise(1000), noise(100_000), noise(1_000_000), noise(10_000_000));
    let free = (noise(1_000_000), noise(1_000_000));
    let sums =
        |steps: Vec<f64>| steps.iter().scan(0.0, |at, step| Some(*at + step).inspect(|sum| *at = *sum)).collect();
    let walk: (Vec<f64>, Vec<f64>) = (sums(noise(1_000_000)), sums(noise(1_000_000)));
    let wave: Vec<f64> = (0..1_000_000).map(|i| (f64::from(i) * 3e-5).sin()).collect();
    let cases = [
        ("sine 4,000", snapshot(step(4000), sine)?),
        ("noise 1,000", snapshot(step(1000), n1k)?),
        ("noise 100,000", snapshot(step(100_000), n100k)?),
        ("noise 1,000,000", snapshot(step(1_000_000), n1m)?),
        ("noise 10,000,000", snapshot(step(10_000_000), n10m)?),
        ("smooth 1,000,000", snapshot(step(1_000_000), wave)?),
        ("any order 1,000,000", snapshot(Xs::Explicit(free.0.into()), free.1)?),
        ("walk 1,000,000", snapshot(Xs::Explicit(walk.0.into()), walk.1)?),
        ("axes only", snapshot(step(2), vec![f64::NAN, f64::NAN])?),
    ];
    for scale in [1.0_f32, 2.0] {
        let size = FrameSize { width_px: (1000.0 * scale) as u32, height_px: (600.0 * scale) as u32, scale };
        for (name, snapshot) in &cases {
            let frames = if name.starts_with("any") || name.starts_with("walk") { FRAMES / 10 } else { FRAMES };
            let (data, data_p99) = time(snapshot, size, frames, false);
            let (view, view_p99) = time(snapshot, size, frames, true);
            let name = format!("{name}, scale {scale}");
            writeln!(out, "{name:<28}{data:>10.2}{data_p99:>10.2}{view:>12.2}{view_p99:>10.2}")?;
        }
    }
    Ok(())
}

fn time(snapshot: &Snapshot, size: FrameSize, frames: usize, is_view_new: bool) -> (f64, f64) {
    let mut figure = Figure { title: "A figure".into(), ..Figure::default() };
    if let Some(subplot) = figure.subplots.first_mut() {
        subplot.title = "Amplitude over time".into();
        subplot.x.label = "Time (s)".into();
        subplot.y.label = "Amplitude (mV)".into();
        subplot.series.push(SeriesStyle::new(SeriesId(0)));
    }
    let mut painter = FramePainter::new();
    let mut buffer = Vec::new();
    let mut times: Vec<f64> = Vec::with_capacity(frames);
    for frame in 0..frames + 3 {
        if let (true, Some(subplot)) = (is_view_new, figure.subplots.first_mut()) {
            let max = 1.0 - 0.0007 * frame as f64;
            subplot.x.range = AxisRange::Fixed { min: 0.0, max };
        }
        let start = Instant::now();
        let painted = painter.paint(&figure, snapshot, size, buffer);
        // The first frames fill caches and buffers.
        if frame >= 3 {
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        buffer = painted.pixels;
    }
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied().unwrap_or(f64::NAN);
    (at(0.5), at(0.99))
}

fn snapshot(xs: Xs, ys: Vec<f64>) -> Result<Snapshot, LengthMismatch> {
    let mut store = Store::default();
    store.append(Batch::new(SeriesId(0), 0, xs, ys)?);
    Ok(store.snapshot())
}

/// Numbers from 0 to 1 that are the same in each run.
fn random() -> impl FnMut() -> f64 {
    let mut state = 88_172_645_463_325_252_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}
