//! Everything but the curves: planned and drawn once, then kept while ranges, size, theme and texts stand.

use jiff::tz::TimeZone;

use crate::figure::arrange::{Arrangement, arrange};
use crate::figure::chart::draw_axes;
use crate::figure::ranges::SubplotRanges;
use crate::figure::{Figure, Scale, Subplot};
use crate::render::backend::SceneBackend;
use crate::render::draw::BundledFont;
use crate::render::frame::FrameSize;
use crate::render::scene::Shape;

/// The axes of the frame before.
#[derive(Default)]
pub(super) struct Axes {
    made_from: Option<MadeFrom>,
    plan: Arrangement,
    serial: u64,
}

/// What they were made from.
struct MadeFrom {
    /// Without its series.
    figure: Figure,
    ranges: Vec<SubplotRanges>,
    size: FrameSize,
    zone: Option<TimeZone>,
}

impl Axes {
    /// Counts the changes: while it stands, so do all shapes of the axes.
    pub(super) fn serial(&self) -> u64 {
        self.serial
    }

    /// Forgets the axes: the next ones are new. Returns their number, which is no axes'.
    pub(super) fn forget(&mut self) -> u64 {
        self.made_from = None;
        self.serial += 1;
        self.serial
    }

    /// Plans the axes anew unless they are the same for what is to be drawn. Times are told in `zone`, or in the system's.
    pub(super) fn check(
        &mut self,
        figure: &Figure,
        ranges: &[SubplotRanges],
        size: FrameSize,
        zone: Option<&TimeZone>,
    ) {
        let needs_zone = figure.subplots.iter().any(|s| s.x.scale == Scale::Time || s.y.scale == Scale::Time);
        let zone = needs_zone.then(|| zone.cloned().unwrap_or_else(TimeZone::system));
        let is_same = self.made_from.as_ref().is_some_and(|kept| {
            kept.size == size && kept.ranges == ranges && kept.zone == zone && has_same_axes(&kept.figure, figure)
        });
        if !is_same {
            self.serial += 1;
            self.plan = arrange(
                figure,
                ranges,
                (size.width_px, size.height_px),
                size.scale,
                &BundledFont,
                zone.as_ref().unwrap_or(&TimeZone::UTC),
            );
            let ranges = ranges.to_vec();
            self.made_from = Some(MadeFrom { figure: without_series(figure), ranges, size, zone });
        }
    }

    /// The plan, after [`check`](Self::check).
    pub(super) fn plan(&self) -> &Arrangement {
        &self.plan
    }

    /// Draws the axes at the end of `shapes`.
    pub(super) fn draw(&self, shapes: &mut Vec<Shape>) {
        let Some(kept) = &self.made_from else { return };
        let backend = SceneBackend::new(shapes, kept.size.width_px, kept.size.height_px);
        if let Err(error) = draw_axes(backend, &kept.figure, &self.plan, &BundledFont) {
            // The backend cannot fail; curves without axes are better than no frame.
            log::error!("{error}");
        }
    }
}

/// Whether two figures whose ranges are the same have the same axes, titles and colours.
fn has_same_axes(a: &Figure, b: &Figure) -> bool {
    // All fields are named, so that one that comes later is decided on here.
    let Figure {
        title,
        grid,
        subplots,
        spacing,
        theme,
        x_link,
        follow_span: _,
        distinction: _,
        smoothing: _,
        x_mode: _,
        cursors: _,
        moment_nanos: _,
        empty_hint: _,
    } = a;
    let is_same = |(a, b): (&Subplot, &Subplot)| {
        // Where series stand says the ranges whether there is a right-hand axis.
        let Subplot { title, x, y, right, series: _, annotations: _, events: _, has_grid, legend: _ } = a;
        (title, has_grid) == (&b.title, &b.has_grid)
            && (&x.label, x.scale) == (&b.x.label, b.x.scale)
            && (&y.label, y.scale) == (&b.y.label, b.y.scale)
            && (&right.label, right.scale) == (&b.right.label, b.right.scale)
    };
    (title, grid, spacing, theme, x_link) == (&b.title, &b.grid, &b.spacing, &b.theme, &b.x_link)
        && subplots.len() == b.subplots.len()
        && subplots.iter().zip(&b.subplots).all(is_same)
}

/// There may be a million series, and the axes do not depend on them.
fn without_series(figure: &Figure) -> Figure {
    let without = |s: &Subplot| Subplot {
        title: s.title.clone(),
        x: s.x.clone(),
        y: s.y.clone(),
        right: s.right.clone(),
        series: Vec::new(),
        annotations: Vec::new(),
        events: Vec::new(),
        has_grid: s.has_grid,
        legend: s.legend,
    };
    Figure {
        title: figure.title.clone(),
        grid: figure.grid,
        subplots: figure.subplots.iter().map(without).collect(),
        spacing: figure.spacing,
        theme: figure.theme.clone(),
        follow_span: figure.follow_span,
        distinction: figure.distinction,
        smoothing: figure.smoothing,
        x_link: figure.x_link,
        x_mode: figure.x_mode,
        cursors: figure.cursors,
        moment_nanos: None,
        empty_hint: String::new(),
    }
}
