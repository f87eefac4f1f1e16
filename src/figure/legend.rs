//! The legend: which series it names, how large it is, and where it covers the least of the curves.
//!
//! Pure; runs on the figure's thread. Draws nothing and knows curves only as covered places.

mod kept;

use crate::batch::SeriesId;
use crate::figure::figure::{LegendPlace, SeriesStyle, Subplot, YAxis};
use crate::figure::layout::PlotRect;
use crate::figure::measure::{Measure, elide};
use crate::figure::sizes::{Sizes, line_px};
use crate::store::Snapshot;

pub use kept::KeptLegend;

/// A series that the legend names.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The series.
    pub series: SeriesId,
    /// Its place in the subplot's list.
    pub index: usize,
    /// The name in full.
    pub name: String,
    /// Whether its curve is drawn.
    pub is_visible: bool,
    /// Whether it stands on the right-hand axis; an arrow behind its name says so.
    pub is_on_right: bool,
}

/// Behind the names of series on the right-hand axis.
const RIGHT_ARROW: &str = " →";

/// A legend without a place: relative to its upper left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LegendBlock {
    /// Width of its background.
    pub width_px: f32,
    /// Height of its background.
    pub height_px: f32,
    /// Width of the sample of each line.
    pub sample_px: f32,
    /// Between the sample and the name.
    pub sample_gap_px: f32,
    /// Font size of the names.
    pub text_px: f32,
    /// The entries, column by column.
    pub entries: Vec<BlockEntry>,
    /// `… 12 more` and where, if there is no room for all.
    pub more: Option<(String, PlotRect)>,
}

/// An entry of a [`LegendBlock`].
#[derive(Clone, Debug, PartialEq)]
pub struct BlockEntry {
    /// Index in the list of named series.
    pub named: usize,
    /// The name, cut to its room.
    pub text: String,
    /// Where it stands, from the block's upper left corner; to be clicked.
    pub rect: PlotRect,
}

/// Places for a legend, in the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    /// Upper right.
    TopRight,
    /// Upper left.
    TopLeft,
    /// Lower right.
    BottomRight,
    /// Lower left.
    BottomLeft,
    /// Middle of the right edge.
    Right,
    /// Middle of the left edge.
    Left,
    /// Middle of the upper edge.
    Top,
    /// Middle of the lower edge.
    Bottom,
}

impl Corner {
    const ALL: [Self; 8] = [
        Self::TopRight,
        Self::TopLeft,
        Self::BottomRight,
        Self::BottomLeft,
        Self::Right,
        Self::Left,
        Self::Top,
        Self::Bottom,
    ];

    /// The rectangle of a block there; it stands on what is forbidden rather than on it.
    fn rect(self, block: &LegendBlock, plot: PlotRect, pad_px: f32, covered: &Covered) -> PlotRect {
        let (left, top) = (plot.x_px + pad_px, plot.y_px + pad_px);
        let right = plot.x_px + plot.width_px - pad_px - block.width_px;
        let bottom = plot.y_px + plot.height_px - pad_px - block.height_px;
        let (center, middle) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
        let (x_px, y_px) = match self {
            Self::TopRight => (right, top),
            Self::TopLeft => (left, top),
            Self::BottomRight => (right, bottom),
            Self::BottomLeft => (left, bottom),
            Self::Right => (right, middle),
            Self::Left => (left, middle),
            Self::Top => (center, top),
            Self::Bottom => (center, bottom),
        };
        let rect =
            PlotRect { x_px: x_px.round(), y_px: y_px.round(), width_px: block.width_px, height_px: block.height_px };
        match covered.forbidden {
            Some(taken) if rect.overlaps(&taken) && taken.y_px - block.height_px >= plot.y_px => {
                PlotRect { y_px: (taken.y_px - block.height_px).round(), ..rect }
            }
            _ => rect,
        }
    }
}

/// The series that the legend of `subplot` names, in their order; empty if it says nothing that is not said already.
///
/// It is shown for two series or more, or for one whose name is its own: neither made up from its number nor the label
/// of the y axis nor the title.
#[must_use]
pub fn named(subplot: &Subplot, snapshot: &Snapshot) -> Vec<Named> {
    if subplot.legend == LegendPlace::Hidden {
        return Vec::new();
    }
    let named: Vec<Named> = names(subplot, snapshot)
        .map(|(index, style, name)| {
            let name = if name.trim().is_empty() { made_up(style.id) } else { name.to_owned() };
            Named {
                series: style.id,
                index,
                name,
                is_visible: style.is_visible,
                is_on_right: style.axis == YAxis::Right,
            }
        })
        .collect();
    match named.as_slice() {
        [only] if is_said(only, subplot) => Vec::new(),
        _ => named,
    }
}

/// Place in the list, style and name of each series that has a name, be it blank.
fn names<'a>(subplot: &'a Subplot, snapshot: &'a Snapshot) -> impl Iterator<Item = (usize, &'a SeriesStyle, &'a str)> {
    subplot.series.iter().enumerate().filter_map(|(index, style)| {
        let own = || snapshot.get(style.id).map(|series| series.info.name.as_str());
        Some((index, style, if style.name.is_empty() { own()? } else { &style.name }))
    })
}

/// Whether the name of the only series tells nothing that the subplot does not show already.
fn is_said(only: &Named, subplot: &Subplot) -> bool {
    let name = only.name.to_lowercase();
    name == made_up(only.series) || name == subplot.y.label.to_lowercase() || name == subplot.title.to_lowercase()
}

fn made_up(id: SeriesId) -> String {
    format!("series {}", id.0)
}

/// Arranges entries in columns that fit the plotting area; `None` if not even one does.
#[must_use]
pub fn block(named: &[Named], plot: PlotRect, sizes: &Sizes, measure: &dyn Measure) -> Option<LegendBlock> {
    // A legend may take so much of the plotting area, whatever it covers.
    const MOST_HEIGHT: f32 = 0.66;
    const MOST_WIDTH: f32 = 0.6;
    const MOST_AREA: f32 = 0.25;
    const LONGEST_NAME_EM: f32 = 24.0;
    let text_px = sizes.tick_text_px;
    let (sample_px, sample_gap_px) = ((text_px * 1.9).round(), (text_px * 0.6).round());
    let (inset_px, column_gap_px) = ((text_px * 0.45).round(), (text_px * 1.2).round());
    let row_px = line_px(measure, text_px) + (text_px * 0.28).round();
    let room_px = plot.width_px * MOST_WIDTH - 2.0 * inset_px;
    let longest_px = (LONGEST_NAME_EM * text_px).min(room_px - sample_px - sample_gap_px);
    let rows = ((plot.height_px * MOST_HEIGHT - 2.0 * inset_px) / row_px).floor() as usize;
    if named.is_empty() || rows == 0 || longest_px < 2.0 * text_px {
        return None;
    }
    // What a figure can show at all bounds the names that are measured: there may be a million series.
    let candidates = named.get(..named.len().min(rows * 16)).unwrap_or(named);
    let arrow_px = measure.width_px(RIGHT_ARROW, text_px);
    let text = |named: &Named| match named.is_on_right {
        true => elide(&named.name, text_px, longest_px - arrow_px, measure) + RIGHT_ARROW,
        false => elide(&named.name, text_px, longest_px, measure),
    };
    let texts: Vec<String> = candidates.iter().map(text).collect();
    let widths: Vec<f32> = texts.iter().map(|t| measure.width_px(t, text_px).ceil()).collect();
    let widest_px = widths.iter().copied().fold(0.0, f32::max);
    let pitch_px = sample_px + sample_gap_px + widest_px + column_gap_px;
    let columns = (((room_px + column_gap_px) / pitch_px).floor() as usize).max(1);
    let most = MOST_AREA * plot.width_px * plot.height_px / (pitch_px * row_px);
    let columns = columns.min((most / rows as f32).floor() as usize).max(1);
    let rows = rows.min((most / columns as f32).floor() as usize);
    let is_cut = named.len() > rows * columns;
    if rows == 0 || (is_cut && rows * columns < 2) {
        return None;
    }
    // The last place then says how many are left out.
    let shown = if is_cut { rows * columns - 1 } else { named.len() };
    let columns = if is_cut { columns } else { named.len().div_ceil(rows) };
    let rows = if is_cut { rows } else { named.len().div_ceil(columns) };
    let place = |slot: usize, width_px: f32| PlotRect {
        x_px: inset_px + (slot / rows) as f32 * pitch_px,
        y_px: inset_px + (slot % rows) as f32 * row_px,
        width_px,
        height_px: row_px,
    };
    let entries: Vec<BlockEntry> = texts
        .into_iter()
        .zip(&widths)
        .take(shown)
        .enumerate()
        .map(|(slot, (text, width))| BlockEntry {
            named: slot,
            text,
            rect: place(slot, sample_px + sample_gap_px + width),
        })
        .collect();
    let more = is_cut.then(|| {
        let text = format!("… {} more", named.len() - shown);
        let width_px = measure.width_px(&text, text_px).ceil();
        (text, place(shown, sample_px + sample_gap_px + width_px))
    });
    let rects = entries.iter().map(|e| e.rect).chain(more.iter().map(|(_, rect)| *rect));
    let (right, bottom) =
        rects.fold((0.0_f32, 0.0_f32), |(x, y), r| (x.max(r.x_px + r.width_px), y.max(r.y_px + r.height_px)));
    let (width_px, height_px) = (right + inset_px, bottom + inset_px);
    let fits = width_px <= plot.width_px && height_px <= plot.height_px;
    fits.then_some(LegendBlock { width_px, height_px, sample_px, sample_gap_px, text_px, entries, more })
}

/// The place that covers the least of what `covered` knows, and its rectangle.
///
/// `before` is where the legend stood in the last frame: it stays unless another place is clearly better, so that it
/// does not hop about while data arrive.
#[must_use]
pub fn place(
    block: &LegendBlock,
    plot: PlotRect,
    pad_px: f32,
    covered: &Covered,
    before: Option<Corner>,
) -> (Corner, PlotRect) {
    // Covering a tenth of the legend's own area is worth a move; less is not.
    const WORTH_A_MOVE: f32 = 0.10;
    let cost = |corner: Corner| covered.part(corner.rect(block, plot, pad_px, covered));
    let mut best = (Corner::TopRight, f32::INFINITY);
    for corner in Corner::ALL {
        let cost = cost(corner);
        // A place further down the list must be better, not as good.
        if cost < best.1 - 0.005 {
            best = (corner, cost);
        }
    }
    let corner = match before {
        Some(before) if cost(before) <= best.1 + WORTH_A_MOVE => before,
        _ => best.0,
    };
    (corner, corner.rect(block, plot, pad_px, covered))
}

/// Which parts of a plotting area are covered: a coarse grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Covered {
    area: PlotRect,
    cell_px: f32,
    columns: usize,
    cells: Vec<f32>,
    forbidden: Option<PlotRect>,
    avoided: Vec<PlotRect>,
}

/// A part of a column of cells.
struct Span {
    column: i32,
    top_px: f32,
    bottom_px: f32,
}

impl Covered {
    /// Nothing covered in `area`, seen in cells of about `cell_px`.
    #[must_use]
    pub fn new(area: PlotRect, cell_px: f32) -> Self {
        let mut covered = Self::default();
        covered.begin(area, cell_px);
        covered
    }

    /// Begins anew as [`new`](Self::new) does, in the memory of this one.
    pub fn begin(&mut self, area: PlotRect, cell_px: f32) {
        // No more than 256 cells a side, whatever the size.
        let cell_px = cell_px.max(area.width_px.max(area.height_px) / 256.0).max(1.0);
        let columns = (area.width_px / cell_px).ceil().max(1.0) as usize;
        let rows = (area.height_px / cell_px).ceil().max(1.0) as usize;
        let mut cells = std::mem::take(&mut self.cells);
        cells.clear();
        cells.resize(columns * rows, 0.0);
        let mut avoided = std::mem::take(&mut self.avoided);
        avoided.clear();
        *self = Self { area, cell_px, columns, cells, forbidden: None, avoided };
    }

    /// Marks what a line through `points` covers.
    pub fn line(&mut self, points: &[[f32; 2]]) {
        if let [only] = points {
            self.point(*only);
        }
        // Dense curves go up and down many times within one column of cells: what they cover there is one span.
        let mut span: Option<Span> = None;
        for pair in points.windows(2) {
            let &[from, to] = pair else { continue };
            let column = self.column(from[0]);
            if column != self.column(to[0]) {
                span.take().into_iter().for_each(|span| self.fill(span));
                self.slope(from, to);
                continue;
            }
            let (top_px, bottom_px) = (from[1].min(to[1]), from[1].max(to[1]));
            match &mut span {
                Some(span) if span.column == column => {
                    span.top_px = span.top_px.min(top_px);
                    span.bottom_px = span.bottom_px.max(bottom_px);
                }
                _ => span.replace(Span { column, top_px, bottom_px }).into_iter().for_each(|span| self.fill(span)),
            }
        }
        span.into_iter().for_each(|span| self.fill(span));
    }

    fn column(&self, x_px: f32) -> i32 {
        ((x_px - self.area.x_px) / self.cell_px).floor() as i32
    }

    /// Marks a part of a column of cells.
    fn fill(&mut self, span: Span) {
        let Some(column) = usize::try_from(span.column).ok().filter(|column| *column < self.columns) else { return };
        let row = |y_px: f32| ((y_px - self.area.y_px) / self.cell_px).floor().max(0.0) as usize;
        if span.bottom_px < self.area.y_px {
            return;
        }
        let (first, last) = (row(span.top_px), row(span.bottom_px));
        let cells = self.cells.iter_mut().skip(column).step_by(self.columns);
        cells.skip(first).take((last + 1).saturating_sub(first)).for_each(|cell| *cell = 1.0);
    }

    /// Marks what a line covers that leaves its column of cells.
    fn slope(&mut self, from: [f32; 2], to: [f32; 2]) {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let steps = (dx.abs().max(dy.abs()) / (self.cell_px * 0.5)).ceil().clamp(1.0, 2048.0);
        for step in 0..=steps as u32 {
            let part = step as f32 / steps;
            self.point([from[0] + dx * part, from[1] + dy * part]);
        }
    }

    /// Marks one place.
    pub fn point(&mut self, [x_px, y_px]: [f32; 2]) {
        let (column, row) = ((x_px - self.area.x_px) / self.cell_px, (y_px - self.area.y_px) / self.cell_px);
        let is_beside = column < 0.0 || row < 0.0 || column as usize >= self.columns;
        if let Some(cell) = self.cells.get_mut(row as usize * self.columns + column as usize).filter(|_| !is_beside) {
            *cell = cell.max(1.0);
        }
    }

    /// Names the one rectangle that must not be covered if there is any other place.
    pub fn forbid(&mut self, rect: PlotRect) {
        self.forbidden = Some(rect);
    }

    /// Names rectangles that are to be covered only if there is no other place.
    pub fn avoid(&mut self, rects: &[PlotRect]) {
        self.avoided.extend_from_slice(rects);
    }

    /// How much of `rect` is covered already: 0 nothing, 1 all, more where it is forbidden.
    fn part(&self, rect: PlotRect) -> f32 {
        const FORBIDDEN: f32 = 50.0;
        // More than a place full of curves.
        const AVOIDED: f32 = 2.0;
        let (mut covered, mut all) = (0.0, 0.0_f32);
        self.each_index(rect, |index| {
            covered += self.cells.get(index).copied().unwrap_or(0.0);
            all += 1.0;
        });
        let is_forbidden = self.forbidden.is_some_and(|forbidden| rect.overlaps(&forbidden));
        let avoided = self.avoided.iter().filter(|avoided| rect.overlaps(avoided)).count() as f32;
        covered / all.max(1.0) + avoided * AVOIDED + if is_forbidden { FORBIDDEN } else { 0.0 }
    }

    fn each_index(&self, rect: PlotRect, mut each: impl FnMut(usize)) {
        let rows = self.cells.len() / self.columns.max(1);
        let span = |start: f32, length: f32, count: usize| {
            let first = (start / self.cell_px).floor().max(0.0) as usize;
            let end = ((start + length) / self.cell_px).ceil().max(0.0) as usize;
            first.min(count)..end.min(count)
        };
        for row in span(rect.y_px - self.area.y_px, rect.height_px, rows) {
            for column in span(rect.x_px - self.area.x_px, rect.width_px, self.columns) {
                each(row * self.columns + column);
            }
        }
    }
}

#[cfg(test)]
mod tests;
