//! Figures with ugly data for the tests of the drawing, and a look at the scene that comes out.

#![allow(dead_code)] // Each test file uses its part.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A panic here is the report of a test.

use jiff::tz::TimeZone;
use kymograph::batch::{Batch, SeriesId, SeriesInfo, Xs};
use kymograph::figure::{Figure, PlotRect, SeriesStyle, Subplot};
use kymograph::render::draw::{DrawScratch, Drawn, draw};
use kymograph::render::frame::FrameSize;
use kymograph::render::scene::{Scene, Shape, Text};
use kymograph::render::text::{measure, origin};
use kymograph::store::Store;

/// A figure and its data.
#[derive(Default)]
pub struct Made {
    pub figure: Figure,
    pub store: Store,
}

impl Made {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a series to a subplot, with x = 0, 1, 2, …
    pub fn add(&mut self, subplot: usize, name: &str, y: Vec<f64>) -> &mut SeriesStyle {
        self.add_at(subplot, name, Xs::Steps { start: 0.0, step: 1.0 }, y)
    }

    /// Adds a series to a subplot.
    pub fn add_at(&mut self, subplot: usize, name: &str, x: Xs, y: Vec<f64>) -> &mut SeriesStyle {
        let id = SeriesId(self.figure.subplots.iter().map(|s| s.series.len()).sum::<usize>() as u32);
        let info = SeriesInfo { id, name: name.into(), x_label: String::new(), x_is_time: false, color: None };
        self.store.declare(info);
        self.store.append(Batch::new(id, 0, x, y).unwrap());
        while self.figure.subplots.len() <= subplot {
            self.figure.subplots.push(Subplot::default());
        }
        let series = &mut self.figure.subplots[subplot].series;
        series.push(SeriesStyle::new(id));
        series.last_mut().unwrap()
    }

    pub fn draw(&self, width_px: u32, height_px: u32, scale: f32) -> Drawn {
        self.draw_with(&mut scratch(), width_px, height_px, scale)
    }

    pub fn draw_with(&self, scratch: &mut DrawScratch, width_px: u32, height_px: u32, scale: f32) -> Drawn {
        draw(&self.figure, &self.store.snapshot(), FrameSize { width_px, height_px, scale }, scratch)
    }
}

/// Times are told in UTC, so that the tests say the same everywhere.
pub fn scratch() -> DrawScratch {
    DrawScratch::in_zone(TimeZone::UTC)
}

pub fn sine(count: usize) -> Vec<f64> {
    (0..count).map(|i| (i as f64 * 0.05).sin()).collect()
}

pub fn texts(scene: &Scene) -> Vec<&Text> {
    scene.shapes.iter().filter_map(|shape| if let Shape::Text(text) = shape { Some(text) } else { None }).collect()
}

pub fn has_text(scene: &Scene, content: &str) -> bool {
    texts(scene).iter().any(|text| text.content == content)
}

/// The box of a text from the foot of its base line to the top of its capitals.
pub fn text_box(text: &Text) -> PlotRect {
    let size = measure(&text.content, text.size_px);
    let [x, y] = origin(text);
    if text.is_upright {
        PlotRect { x_px: x - size.cap_px, y_px: y - size.width_px, width_px: size.cap_px, height_px: size.width_px }
    } else {
        PlotRect { x_px: x, y_px: y - size.cap_px, width_px: size.width_px, height_px: size.cap_px }
    }
}

pub fn overlap(a: &PlotRect, b: &PlotRect) -> bool {
    a.x_px < b.x_px + b.width_px
        && b.x_px < a.x_px + a.width_px
        && a.y_px < b.y_px + b.height_px
        && b.y_px < a.y_px + a.height_px
}

pub fn is_inside(inner: &PlotRect, outer: &PlotRect, slack_px: f32) -> bool {
    inner.x_px >= outer.x_px - slack_px
        && inner.y_px >= outer.y_px - slack_px
        && inner.x_px + inner.width_px <= outer.x_px + outer.width_px + slack_px
        && inner.y_px + inner.height_px <= outer.y_px + outer.height_px + slack_px
}

pub fn whole(scene: &Scene) -> PlotRect {
    PlotRect { x_px: 0.0, y_px: 0.0, width_px: scene.width_px as f32, height_px: scene.height_px as f32 }
}

/// All numbers of all shapes.
pub fn numbers(scene: &Scene) -> Vec<f32> {
    let rect = |r: &PlotRect| vec![r.x_px, r.y_px, r.width_px, r.height_px];
    scene
        .shapes
        .iter()
        .flat_map(|shape| match shape {
            Shape::Rect { rect: r, .. } | Shape::Clip(r) => rect(r),
            Shape::Line { points, stroke } => {
                points.iter().flatten().copied().chain([stroke.width_px]).chain(stroke.dash_px.clone()).collect()
            }
            Shape::Polygon { points, .. } => points.iter().flatten().copied().collect(),
            Shape::Disc { center_px, radius_px, .. } => vec![center_px[0], center_px[1], *radius_px],
            Shape::Segments { ends, .. } => ends.as_flattened().as_flattened().to_vec(),
            Shape::Markers { centers_px, size_px, .. } => {
                centers_px.iter().flatten().copied().chain([*size_px]).collect()
            }
            Shape::Text(text) => vec![text.x_px, text.y_px, text.size_px],
            Shape::Unclip => Vec::new(),
        })
        .collect()
}
