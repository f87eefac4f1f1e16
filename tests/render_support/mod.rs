//! What the picture tests share: series of ugly data, curves on plain plots, reading and writing PNGs.

#![allow(dead_code, reason = "each test program uses its part of it")]

use std::path::{Path, PathBuf};

use kymograph::batch::{Batch, Color, SeriesId, Xs};
use kymograph::figure::{AxisMap, Dash, Join, Marker, PlotRect, Scale};
use kymograph::render::line::{CurveStats, ResolvedStyle, Scratch, curve};
use kymograph::render::raster::{Canvas, Rasterizer};
use kymograph::render::scene::Shape;
use kymograph::store::{Snapshot, Store};

pub const BLACK: Color = Color::new(0, 0, 0);
pub const WHITE: Color = Color::new(255, 255, 255);

/// A solid black line of 1.5 px.
pub const LINE: ResolvedStyle = ResolvedStyle {
    color: BLACK,
    width_px: 1.5,
    dash: Dash::Solid,
    marker: Marker::None,
    marker_phase: None,
    join: Join::Line,
    alpha: 1.0,
};

/// Numbers from 0 to 1 that are the same in each run (xorshift64*).
pub struct Random(pub u64);

impl Random {
    pub fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

pub fn snapshot(xs: Xs, ys: Vec<f64>) -> Snapshot {
    let mut store = Store::default();
    store.append(Batch::new(SeriesId(0), 0, xs, ys).unwrap());
    store.snapshot()
}

/// A plot without axes: a rectangle and its two ranges.
#[derive(Clone, Copy)]
pub struct Plain {
    pub plot: PlotRect,
    pub x: AxisMap,
    pub y: AxisMap,
}

impl Plain {
    pub fn new(plot: PlotRect, x: (f64, f64), y: (f64, f64)) -> Self {
        let (left, right) = (plot.x_px, plot.x_px + plot.width_px);
        let (top, foot) = (plot.y_px, plot.y_px + plot.height_px);
        let scale = Scale::Linear;
        Self {
            plot,
            x: AxisMap { scale, min: x.0, max: x.1, start_px: left, end_px: right },
            y: AxisMap { scale, min: y.0, max: y.1, start_px: foot, end_px: top },
        }
    }

    /// The shapes of the first series, clipped.
    pub fn shapes(&self, snapshot: &Snapshot, style: &ResolvedStyle) -> (Vec<Shape>, CurveStats) {
        let mut shapes = vec![Shape::Clip(self.plot)];
        let series = snapshot.series.first().unwrap();
        let stats = curve(series, style, &self.plot, &self.x, &self.y, &mut shapes, &mut Scratch::new());
        shapes.push(Shape::Unclip);
        (shapes, stats)
    }

    pub fn draw(&self, snapshot: &Snapshot, style: &ResolvedStyle, width_px: u32, height_px: u32) -> Canvas {
        let mut canvas = Canvas::filled(width_px, height_px, WHITE, Vec::new());
        Rasterizer::new().draw(&self.shapes(snapshot, style).0, &mut canvas);
        canvas
    }
}

/// Width, height and the red, green and blue bytes of a picture.
#[derive(PartialEq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

impl Picture {
    pub fn of(canvas: &Canvas) -> Self {
        let rgb = canvas.pixels().chunks(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
        Self { width: canvas.width_px(), height: canvas.height_px(), rgb }
    }

    pub fn read(path: &Path) -> Option<Self> {
        Some(Self::decode(&std::fs::read(path).ok()?))
    }

    pub fn decode(bytes: &[u8]) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        Self { width: info.width, height: info.height, rgb }
    }

    pub fn write(&self, path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut encoder = png::Encoder::new(std::fs::File::create(path).unwrap(), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        encoder.write_header().unwrap().write_image_data(&self.rgb).unwrap();
    }

    /// Mean difference of a channel, 0 to 255; infinite if the sizes differ.
    pub fn mean_difference(&self, other: &Self) -> f64 {
        if (self.width, self.height) != (other.width, other.height) {
            return f64::INFINITY;
        }
        let sum: u64 = self.rgb.iter().zip(&other.rgb).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / self.rgb.len() as f64
    }

    /// As [`worst_tile`](Self::worst_tile); infinite if the sizes differ.
    pub fn worst_tile_or_infinity(&self, other: &Self) -> f64 {
        if (self.width, self.height) == (other.width, other.height) { self.worst_tile(other) } else { f64::INFINITY }
    }

    /// Greatest mean difference of any tile of 16 by 16 pixels: what a person would see first.
    pub fn worst_tile(&self, other: &Self) -> f64 {
        const SIDE: usize = 16;
        let (width, height) = (self.width as usize, self.height as usize);
        let mut worst = 0.0_f64;
        for top in (0..height).step_by(SIDE) {
            for left in (0..width).step_by(SIDE) {
                let (mut sum, mut count) = (0_u64, 0_u64);
                for y in top..(top + SIDE).min(height) {
                    let row = (y * width + left) * 3..(y * width + (left + SIDE).min(width)) * 3;
                    for (a, b) in self.rgb[row.clone()].iter().zip(&other.rgb[row]) {
                        sum += u64::from(a.abs_diff(*b));
                        count += 1;
                    }
                }
                worst = worst.max(sum as f64 / count as f64);
            }
        }
        worst
    }

    /// Where two pictures of one size differ, four times as strong, on white.
    pub fn difference(&self, other: &Self) -> Self {
        let rgb = self.rgb.iter().zip(&other.rgb).map(|(a, b)| 255 - a.abs_diff(*b).saturating_mul(4)).collect();
        Self { rgb, ..*self }
    }
}

/// Where a failed test leaves what it saw.
pub fn leave_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("render")
}
