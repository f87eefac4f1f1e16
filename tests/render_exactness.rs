//! Curves against a slow reference: whether each of 256 places in a pixel lies within half a line width of the line.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "in a test a panic is the report, in its helpers too, and what it measured is printed"
)]

mod render_support;

use kymograph::batch::Xs;
use kymograph::figure::PlotRect;
use kymograph::store::Snapshot;
use render_support::{LINE, Picture, Plain, Random, leave_dir, snapshot};

const WIDTH: u32 = 200;
const HEIGHT: u32 = 120;
/// Places a pixel in each direction.
const PLACES: usize = 16;

fn plain() -> Plain {
    let plot = PlotRect { x_px: 10.0, y_px: 10.0, width_px: 180.0, height_px: 100.0 };
    Plain::new(plot, (0.0, 1.0), (-1.2, 1.2))
}

/// The picture as it should be: coverage of the thickened line at 16 x 16 places a pixel, inside the plotting area.
fn reference(plain: &Plain, snapshot: &Snapshot, width_px: f32) -> Picture {
    let mut points = Vec::new();
    let series = snapshot.series.first().unwrap();
    series.for_each(0..series.len(), |x, y| points.push((plain.x.to_px(x), plain.y.to_px(y))));
    let mut rgb = vec![255_u8; (WIDTH * HEIGHT * 3) as usize];
    let radius = f64::from(width_px) / 2.0;
    let across = plain.plot.width_px as usize * PLACES;
    let down = plain.plot.height_px as usize * PLACES;
    let mut hits = vec![0_u16; (WIDTH * HEIGHT) as usize];
    let mut column = vec![false; down];
    for i in 0..across {
        let x = f64::from(plain.plot.x_px) + (i as f64 + 0.5) / PLACES as f64;
        column.fill(false);
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            if x < x0 - radius || x > x1 + radius {
                continue;
            }
            let row = |y: f64| ((y - f64::from(plain.plot.y_px)) * PLACES as f64).clamp(0.0, down as f64) as usize;
            for (j, covered) in
                column.iter_mut().enumerate().take(row(y0.max(y1) + radius + 1.0)).skip(row(y0.min(y1) - radius - 1.0))
            {
                let y = f64::from(plain.plot.y_px) + (j as f64 + 0.5) / PLACES as f64;
                let (dx, dy) = (x1 - x0, y1 - y0);
                let along = (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy).max(1e-300)).clamp(0.0, 1.0);
                *covered |= (x - x0 - along * dx).hypot(y - y0 - along * dy) <= radius;
            }
        }
        let x_px = plain.plot.x_px as usize + i / PLACES;
        for (j, _) in column.iter().enumerate().filter(|(_, covered)| **covered) {
            hits[(plain.plot.y_px as usize + j / PLACES) * WIDTH as usize + x_px] += 1;
        }
    }
    for (pixel, hits) in rgb.chunks_mut(3).zip(hits) {
        pixel.fill((255.0 - f64::from(hits) * 255.0 / (PLACES * PLACES) as f64).round() as u8);
    }
    Picture { width: WIDTH, height: HEIGHT, rgb }
}

/// Compares a curve with its reference: mean difference over the plotting area and over the worst tile of 16 pixels.
fn check(name: &str, ys: Vec<f64>, mean_bound: f64, tile_bound: f64) {
    let count = ys.len();
    let snapshot = snapshot(Xs::Steps { start: 0.0, step: 1.0 / (count - 1) as f64 }, ys);
    let plain = plain();
    let actual = Picture::of(&plain.draw(&snapshot, &LINE, WIDTH, HEIGHT));
    let expected = reference(&plain, &snapshot, LINE.width_px);
    let mean = actual.mean_difference(&expected) * f64::from(WIDTH * HEIGHT) / (180.0 * 100.0);
    let tile = actual.worst_tile(&expected);
    if mean > mean_bound || tile > tile_bound {
        actual.write(&leave_dir().join(format!("exactness-{name}.png")));
        expected.write(&leave_dir().join(format!("exactness-{name}-expected.png")));
        panic!(
            "{name}: mean {mean:.3} over {mean_bound} or worst tile {tile:.3} over {tile_bound} of 255; see {}",
            leave_dir().display()
        );
    }
}

fn sine(count: usize, turns: f64) -> Vec<f64> {
    (0..count).map(|i| (i as f64 / (count - 1) as f64 * turns * std::f64::consts::TAU).sin()).collect()
}

fn noise(count: usize) -> Vec<f64> {
    let mut random = Random(7);
    (0..count).map(|_| random.unit() * 2.0 - 1.0).collect()
}

#[test]
fn sparse_lines_are_exact() {
    check("zigzag", noise(25), 0.25, 1.5);
    check("sine-60", sine(60, 2.0), 0.25, 1.5);
    check("flat", vec![0.3; 5], 0.25, 1.5);
    check("steep", vec![-1.0, 1.0, -1.0, 1.0], 0.25, 1.5);
}

#[test]
fn smooth_dense_curves_are_exact() {
    check("sine-2k", sine(2_000, 3.0), 0.4, 2.5);
    check("sine-20k", sine(20_000, 3.0), 0.4, 2.5);
}

#[test]
fn there_is_no_seam_where_reduction_begins() {
    // 180 columns: 1440 samples are drawn one by one, 1441 by column.
    for count in [720, 1439, 1440, 1441, 1800] {
        check(&format!("sine-{count}"), sine(count, 4.0), 0.8, 3.5);
    }
}

#[test]
fn dense_noise_covers_what_it_should() {
    // One by one, then by column: least and greatest stand in the middle of
    // their column, half a pixel at most from their place.
    check("noise-1400", noise(1400), 0.3, 1.0);
    check("noise-1500", noise(1500), 6.0, 12.0);
    check("noise-20k", noise(20_000), 3.0, 12.0);
}

#[test]
fn no_spike_is_lost_or_stands_out() {
    let mut ys = vec![0.0; 100_000];
    ys[61_803] = 1.0;
    // It stands half a pixel at most from its place: as high as it should, but shifted.
    check("spike", ys, 0.6, 12.0);
}
