//! Where the subplots, their ticks and their texts stand: measured margins around plotting areas on whole pixels.
//!
//! Pure; runs on the figure's thread. Draws nothing: [`chart`](crate::figure::chart) does, after this plan.

mod cell;

use jiff::tz::TimeZone;

use crate::figure::figure::{Axis, Figure, Scale, XLink};
use crate::figure::layout::{AxisMap, PlotRect};
use crate::figure::measure::Measure;
use crate::figure::ranges::{AxisLimits, SubplotRanges};
use crate::figure::sizes::{Sizes, line_px};
use crate::figure::ticks::{Room, Ticks, ticks};

pub use cell::{Arrangement, Cell, RightAxis, Texts};

/// Space that the texts of a subplot need around its plotting area.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Margins {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

impl Margins {
    fn union(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            right: self.right.max(other.right),
            top: self.top.max(other.top),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

// Each round costs the measuring of all tick labels; most figures settle in two.
const MOST_ROUNDS: usize = 5;

/// Plans a frame of `width_px` by `height_px` device pixels. Times are told in `zone`.
///
/// Where the room is small, axis labels and titles go first, then tick labels, then all margins; the plotting areas are
/// at least one pixel wide and high.
#[must_use]
pub fn arrange(
    figure: &Figure,
    ranges: &[SubplotRanges],
    (width_px, height_px): (u32, u32),
    scale: f32,
    measure: &dyn Measure,
    zone: &TimeZone,
) -> Arrangement {
    let planner = Planner {
        figure,
        ranges,
        width_px: width_px as f32,
        height_px: height_px as f32,
        sizes: Sizes::new(figure.theme.text_px, scale),
        measure,
        zone,
    };
    // A plotting area smaller than this tells nothing; its texts would.
    let (least_width_px, least_height_px) = (7.0 * planner.sizes.text_px, 4.0 * planner.sizes.text_px);
    [Detail::Full, Detail::Ticks, Detail::Lines]
        .into_iter()
        .map(|detail| planner.plan(detail))
        .find(|plan| {
            plan.cells.iter().all(|c| c.plot.width_px >= least_width_px && c.plot.height_px >= least_height_px)
        })
        .unwrap_or_else(|| planner.plan(Detail::Bare))
}

/// How much is drawn around the plotting areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// Nothing.
    Bare,
    /// Axis lines and ticks.
    Lines,
    /// And tick labels.
    Ticks,
    /// And axis labels and titles.
    Full,
}

struct Planner<'a> {
    figure: &'a Figure,
    ranges: &'a [SubplotRanges],
    width_px: f32,
    height_px: f32,
    sizes: Sizes,
    measure: &'a dyn Measure,
    zone: &'a TimeZone,
}

impl Planner<'_> {
    fn rows(&self) -> usize {
        usize::from(self.figure.grid.rows.max(1))
    }

    fn columns(&self) -> usize {
        usize::from(self.figure.grid.columns.max(1))
    }

    fn count(&self) -> usize {
        self.figure.subplots.len().min(self.rows() * self.columns())
    }

    /// Margins depend on tick labels, ticks on the room between the margins: two or three rounds settle both.
    fn plan(&self, detail: Detail) -> Arrangement {
        let texts: Vec<Texts> = (0..self.count()).map(|i| self.texts(i, detail)).collect();
        let guess = Margins { left: 4.0, right: 1.0, top: 1.0, bottom: 2.0 };
        let guess = if detail >= Detail::Ticks { guess } else { Margins::default() };
        let em = self.sizes.text_px;
        let mut margins = vec![
            Margins {
                left: guess.left * em,
                right: guess.right * em,
                top: guess.top * em,
                bottom: guess.bottom * em
            };
            self.count()
        ];
        let mut cells = Vec::new();
        for round in 0..MOST_ROUNDS {
            cells = self.cells(&margins, &texts, detail);
            let needed: Vec<Margins> = cells.iter().map(|cell| self.margins(cell, detail)).collect();
            // The first is a guess. From then on margins only grow, so that two choices of ticks cannot alternate.
            let next: Vec<Margins> =
                if round == 0 { needed } else { needed.iter().zip(&margins).map(|(n, m)| n.union(*m)).collect() };
            if next == margins {
                break;
            }
            margins = next;
        }
        let title_px = (detail == Detail::Full && !self.figure.title.is_empty())
            .then(|| [self.title_center(&cells), self.sizes.pad_px]);
        Arrangement { cells, title_px, sizes: self.sizes }
    }

    fn texts(&self, index: usize, detail: Detail) -> Texts {
        let (columns, grid) = (self.columns(), self.figure.grid);
        // Shared labels stand below the last subplot of a column and left of the first of a row.
        let is_lowest = index + columns >= self.count();
        let is_leftmost = index.is_multiple_of(columns);
        let shares_x = grid.share_x && self.figure.x_link != XLink::Off;
        let (shows_x, shows_y) = (!shares_x || is_lowest, !grid.share_y || is_leftmost);
        let subplot = self.figure.subplots.get(index);
        let has = |text: Option<&String>| detail == Detail::Full && text.is_some_and(|t| !t.trim().is_empty());
        Texts {
            title: has(subplot.map(|s| &s.title)),
            x_ticks: detail >= Detail::Ticks && shows_x,
            y_ticks: detail >= Detail::Ticks && shows_y,
            x_label: shows_x && has(subplot.map(|s| &s.x.label)),
            y_label: shows_y && has(subplot.map(|s| &s.y.label)),
        }
    }

    /// What the texts of a planned cell need around it.
    fn margins(&self, cell: &Cell, detail: Detail) -> Margins {
        let s = &self.sizes;
        if detail == Detail::Bare {
            return Margins::default();
        }
        let line = |size: f32| line_px(self.measure, size);
        let (mut left, mut bottom) = (s.tick_px, s.tick_px);
        let (mut right, mut top) = (0.0_f32, 0.0_f32);
        if cell.texts.y_ticks {
            let widest = cell.y_ticks.major.iter().map(|t| self.measure.width_px(&t.label, s.tick_text_px));
            let widest = widest.fold(0.0, f32::max);
            // In steps, so that the area does not tremble while labels change by a digit's fraction.
            let step = (s.tick_text_px * 0.5).max(1.0);
            left += s.tick_px + (widest / step).ceil() * step;
            let half = self.measure.cap_px(s.tick_text_px) / 2.0;
            for tick in &cell.y_ticks.major {
                let y_px = cell.y.to_px(tick.value) as f32;
                top = top.max(cell.plot.y_px - (y_px - half));
                bottom = bottom.max(y_px + half - (cell.plot.y_px + cell.plot.height_px));
            }
            if !cell.y_ticks.offset.is_empty() {
                top = top.max(line(s.tick_text_px) + s.gap_px);
            }
        }
        if cell.texts.x_ticks {
            bottom = bottom.max(2.0 * s.tick_px + line(s.tick_text_px));
            for tick in &cell.x_ticks.major {
                let half = self.measure.width_px(&tick.label, s.tick_text_px) / 2.0;
                let x_px = cell.x.to_px(tick.value) as f32;
                right = right.max(x_px + half - (cell.plot.x_px + cell.plot.width_px));
                left = left.max(cell.plot.x_px - (x_px - half));
            }
        }
        let has_offset = cell.texts.x_ticks && !cell.x_ticks.offset.is_empty();
        if cell.texts.x_label || has_offset {
            bottom += s.gap_px + line(if cell.texts.x_label { s.text_px } else { s.tick_text_px });
        }
        if cell.texts.y_label {
            left += s.gap_px + line(s.text_px);
        }
        if let Some(axis) = &cell.right {
            let (needed, above) = self.right_margins(cell, axis);
            (right, top) = (right.max(needed), top.max(above));
        }
        if cell.texts.title {
            top += s.gap_px + line(s.subtitle_px);
        }
        Margins { left: left.ceil(), right: right.max(0.0).ceil(), top: top.ceil(), bottom: bottom.ceil() }
    }

    /// What the right-hand axis needs to its right and above.
    fn right_margins(&self, cell: &Cell, axis: &RightAxis) -> (f32, f32) {
        let s = &self.sizes;
        let (mut right, mut top) = (s.tick_px, 0.0_f32);
        if axis.has_tick_labels {
            let labels = axis.ticks.major.iter();
            let widest = labels.map(|t| self.measure.width_px(&t.label, s.tick_text_px)).fold(0.0, f32::max);
            // In steps, as on the left.
            let step = (s.tick_text_px * 0.5).max(1.0);
            right += s.tick_px + (widest / step).ceil() * step;
            let half = self.measure.cap_px(s.tick_text_px) / 2.0;
            let highest = axis.ticks.major.iter().map(|tick| axis.y.to_px(tick.value) as f32).fold(f32::MAX, f32::min);
            top = cell.plot.y_px - (highest - half);
            if !axis.ticks.offset.is_empty() {
                top = top.max(line_px(self.measure, s.tick_text_px) + s.gap_px);
            }
        }
        if axis.has_label {
            right += s.gap_px + line_px(self.measure, s.text_px);
        }
        (right, top)
    }

    /// Cells within the given margins, with ticks for their room.
    fn cells(&self, margins: &[Margins], texts: &[Texts], detail: Detail) -> Vec<Cell> {
        let (columns, rows) = (self.columns(), self.rows());
        let of_column = |column: usize, part: fn(&Margins) -> f32| largest(margins, |i| i % columns == column, part);
        let of_row = |row: usize, part: fn(&Margins) -> f32| largest(margins, |i| i / columns == row, part);
        let spacing = self.figure.spacing;
        let scale = self.sizes.pad_px / 8.0;
        let fixed = |given: Option<f32>| given.filter(|v| v.is_finite()).map(|v| (v * scale).max(0.0));
        let pad = if detail == Detail::Bare { 0.0 } else { self.sizes.pad_px };
        let head = match detail {
            Detail::Full if !self.figure.title.is_empty() => {
                line_px(self.measure, self.sizes.title_px) + self.sizes.gap_px
            }
            _ => 0.0,
        };
        let horizontal = lanes(
            self.width_px,
            columns,
            fixed(spacing.left).unwrap_or(of_column(0, |m| m.left) + pad),
            fixed(spacing.right).unwrap_or(of_column(columns - 1, |m| m.right).max(pad * 0.5) + pad * 0.5),
            |column| {
                fixed(spacing.column_gap)
                    .unwrap_or(of_column(column, |m| m.right).max(pad) + of_column(column + 1, |m| m.left))
            },
        );
        let vertical = lanes(
            self.height_px,
            rows,
            fixed(spacing.top).unwrap_or(of_row(0, |m| m.top) + pad + head),
            fixed(spacing.bottom).unwrap_or(of_row(rows - 1, |m| m.bottom) + pad * 0.75),
            |row| fixed(spacing.row_gap).unwrap_or(of_row(row, |m| m.bottom) + pad * 1.25 + of_row(row + 1, |m| m.top)),
        );
        let place = |(index, texts): (usize, &Texts)| {
            let (x_px, width_px) = horizontal.get(index % columns).copied().unwrap_or((0.0, 1.0));
            let (y_px, height_px) = vertical.get(index / columns).copied().unwrap_or((0.0, 1.0));
            let plot = PlotRect { x_px, y_px, width_px, height_px };
            self.cell(
                index,
                plot,
                *texts,
                detail,
                &[
                    of_column(index % columns, |m| m.left),
                    of_row(index / columns, |m| m.bottom),
                    of_column(index % columns, |m| m.right),
                ],
            )
        };
        texts.iter().enumerate().map(place).collect()
    }

    fn cell(&self, index: usize, plot: PlotRect, texts: Texts, detail: Detail, rooms: &[f32; 3]) -> Cell {
        let ranges = self.ranges.get(index).copied().unwrap_or_default();
        let scale_of = |axis: fn(&crate::figure::Subplot) -> &Axis| {
            self.figure.subplots.get(index).map_or(Scale::Linear, |s| axis(s).scale)
        };
        let x_limits = ranges.x.unwrap_or_else(|| unknown(scale_of(|s| &s.x)));
        let y_limits = ranges.y.unwrap_or_else(|| unknown(scale_of(|s| &s.y)));
        let room = |length_px, is_horizontal| Room {
            length_px,
            is_horizontal,
            text_px: self.sizes.tick_text_px,
            measure: self.measure,
        };
        let format_of = |axis: fn(&crate::figure::Subplot) -> &Axis| {
            self.figure.subplots.get(index).and_then(|s| axis(s).tick_format.as_ref())
        };
        let wants_ticks = detail > Detail::Bare;
        let x_ticks = if wants_ticks && ranges.x.is_some() {
            ticks(&x_limits, &room(plot.width_px, true), self.zone, format_of(|s| &s.x))
        } else {
            Ticks::default()
        };
        let y_ticks = if wants_ticks && ranges.y.is_some() {
            ticks(&y_limits, &room(plot.height_px, false), self.zone, format_of(|s| &s.y))
        } else {
            Ticks::default()
        };
        let [left_px, bottom_px, right_px] = *rooms;
        let right = ranges.has_right.then(|| {
            let limits = ranges.right.unwrap_or_else(|| unknown(scale_of(|s| &s.right)));
            let ticks = if wants_ticks && ranges.right.is_some() {
                ticks(&limits, &room(plot.height_px, false), self.zone, format_of(|s| &s.right))
            } else {
                Ticks::default()
            };
            let shows = !self.figure.grid.share_y || self.is_rightmost(index);
            let label = self.figure.subplots.get(index).map_or("", |subplot| subplot.right.label.trim());
            RightAxis {
                y: map(limits, plot.y_px + plot.height_px, plot.y_px),
                ticks,
                room_px: right_px.min(self.width_px - plot.x_px - plot.width_px).max(0.0),
                has_tick_labels: detail >= Detail::Ticks && shows,
                has_label: detail == Detail::Full && shows && !label.is_empty(),
            }
        });
        Cell {
            plot,
            x: map(x_limits, plot.x_px, plot.x_px + plot.width_px),
            y: map(y_limits, plot.y_px + plot.height_px, plot.y_px),
            x_ticks,
            y_ticks,
            left_px: left_px.min(plot.x_px).max(0.0),
            bottom_px: bottom_px.min(self.height_px - plot.y_px - plot.height_px).max(0.0),
            right,
            texts,
        }
    }

    fn is_rightmost(&self, index: usize) -> bool {
        (index + 1).is_multiple_of(self.columns()) || index + 1 == self.count()
    }

    /// Middle of all plotting areas, where a title looks centred.
    fn title_center(&self, cells: &[Cell]) -> f32 {
        let left = cells.iter().map(|c| c.plot.x_px).fold(self.width_px, f32::min);
        let right = cells.iter().map(|c| c.plot.x_px + c.plot.width_px).fold(0.0, f32::max);
        f32::midpoint(left, right)
    }
}

/// Divides `total_px` into `count` equal lanes on whole pixels: their starts and lengths, each at least 1.
fn lanes(total_px: f32, count: usize, before: f32, after: f32, gap: impl Fn(usize) -> f32) -> Vec<(f32, f32)> {
    let gaps: Vec<f32> = (0..count.saturating_sub(1)).map(gap).collect();
    let free = total_px - before - after - gaps.iter().sum::<f32>();
    let length = (free / count as f32).floor().max(1.0);
    let mut start = before.round();
    let mut lanes = Vec::with_capacity(count);
    for index in 0..count {
        // The last lane takes what rounding left, so that the right edge stands still; none leaves the figure.
        let end = if index + 1 == count { (total_px - after).round().max(start + 1.0) } else { start + length };
        let held = start.min(total_px - 1.0).max(0.0);
        lanes.push((held, (end.min(total_px) - held).max(1.0)));
        start = (end + gaps.get(index).copied().unwrap_or(0.0)).round();
    }
    lanes
}

fn largest(margins: &[Margins], belongs: impl Fn(usize) -> bool, part: fn(&Margins) -> f32) -> f32 {
    margins.iter().enumerate().filter(|(i, _)| belongs(*i)).map(|(_, m)| part(m)).fold(0.0, f32::max)
}

/// Limits of an axis about which nothing is known: it maps, but has no ticks.
fn unknown(scale: Scale) -> AxisLimits {
    match scale {
        Scale::Log => AxisLimits { scale, min: 1.0, max: 10.0 },
        Scale::Linear | Scale::Time => AxisLimits { scale, min: 0.0, max: 1.0 },
    }
}

fn map(limits: AxisLimits, start_px: f32, end_px: f32) -> AxisMap {
    AxisMap { scale: limits.scale, min: limits.min, max: limits.max, start_px, end_px }
}
