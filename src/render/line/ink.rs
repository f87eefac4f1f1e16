//! Which parts of the plotting area are covered so thickly by lines that more would change nothing.
//!
//! Ink is counted in small cells; blocks of them remember that all of theirs are full, so that a line across what is
//! covered is recognised in a dozen steps; and sums over the cells tell in one step where all around it is covered.

use crate::figure::PlotRect;
use crate::render::line::clip::Point;

/// Side of a cell, device pixels.
const CELL_PX: f64 = 8.0;
/// Cells along a block's side.
const BLOCK: u32 = 4;
/// How often a cell is covered by lines, as if they lay side by side, until it counts as full. Random lines leave
/// exp(-10), one pixel in 20,000, blank there.
const FULL: f32 = 10.0;

/// Lines after which the sums over the cells are made anew, if a cell was filled meanwhile: a nanosecond or two a line.
const SUMS_DUE: u32 = 4096;

/// Full cells in a row that a line is drawn across rather than in two parts.
const MOST_SKIPPED: u32 = 3;

/// Buffers that are used again.
#[derive(Default)]
pub(super) struct InkBuffers {
    loads: Vec<f32>,
    blanks: Vec<u8>,
    sums: Vec<u32>,
}

/// How much ink each cell of the plotting area has got.
pub(super) struct Ink {
    x_px: f64,
    y_px: f64,
    columns: u32,
    rows: u32,
    block_columns: u32,
    /// Coverage that a line adds to each cell it crosses.
    load: f32,
    loads: Vec<f32>,
    /// For each block the number of its cells that are not full.
    blanks: Vec<u8>,
    /// For each corner of cells the number of cells left of it and above that were not full. Cells only ever fill, so a
    /// rectangle that was full by sums that are out of date is full still.
    sums: Vec<u32>,
    /// Whether a cell was filled since the sums were made.
    is_behind: bool,
    /// Lines until the sums are looked after.
    due: u32,
}

impl Ink {
    /// A plotting area without ink, for lines of `width_px`.
    pub(super) fn new(plot: &PlotRect, width_px: f32, buffers: InkBuffers) -> Self {
        let InkBuffers { mut loads, mut blanks, mut sums } = buffers;
        // Whole blocks, so that all have as many cells; those beyond the edge count as full.
        let blocks = |px: f32| (f64::from(px) / CELL_PX / f64::from(BLOCK)).ceil().max(1.0) as u32;
        let (block_columns, block_rows) = (blocks(plot.width_px), blocks(plot.height_px));
        let (columns, rows) = (block_columns * BLOCK, block_rows * BLOCK);
        loads.clear();
        loads.resize((columns * rows) as usize, 0.0);
        blanks.clear();
        blanks.resize((block_columns * block_rows) as usize, 0);
        sums.clear();
        sums.resize(((columns + 1) * (rows + 1)) as usize, 0);
        let load = width_px / CELL_PX as f32;
        let (x_px, y_px) = (f64::from(plot.x_px), f64::from(plot.y_px));
        let (is_behind, due) = (false, 0);
        let mut ink = Self { x_px, y_px, columns, rows, block_columns, load, loads, blanks, sums, is_behind, due };
        let used = |px: f32| (f64::from(px) / CELL_PX).ceil() as u32;
        let (used_columns, used_rows) = (used(plot.width_px), used(plot.height_px));
        for row in 0..rows {
            for column in 0..columns {
                let is_beyond = column >= used_columns || row >= used_rows;
                ink.begin(column, row, is_beyond);
            }
        }
        ink.sum_up();
        ink
    }

    /// Whether the line from `a` to `b`, both cut to the window, would ink a cell that is not full; if so its ink is
    /// counted.
    pub(super) fn adds(&mut self, a: Point, b: Point) -> bool {
        self.each_added(a, b, |_, _| ())
    }

    /// As [`adds`](Self::adds), and hands on which parts of the way, from 0 to 1, lead through cells that were not full.
    pub(super) fn each_added(&mut self, a: Point, b: Point, each: impl FnMut(f64, f64)) -> bool {
        // The margin counts with the cells at the edge.
        let (right, foot) = (self.columns as f32 - 0.5, self.rows as f32 - 0.5);
        let cell = |(x, y): Point| {
            let (column, row) = ((x - self.x_px) / CELL_PX, (y - self.y_px) / CELL_PX);
            ((column as f32).clamp(0.0, right), (row as f32).clamp(0.0, foot))
        };
        let (a, b) = (cell(a), cell(b));
        if self.due == 0 {
            self.due = SUMS_DUE;
            if std::mem::take(&mut self.is_behind) {
                self.sum_up();
            }
        }
        self.due -= 1;
        !self.is_full_around(a, b) && self.meets_blank(a, b) && self.cover(a, b, each)
    }

    /// The buffers, for the next frame.
    pub(super) fn into_buffers(self) -> InkBuffers {
        InkBuffers { loads: self.loads, blanks: self.blanks, sums: self.sums }
    }

    fn begin(&mut self, column: u32, row: u32, is_beyond: bool) {
        let block = self.block(column, row);
        if is_beyond {
            if let Some(load) = self.loads.get_mut((row * self.columns + column) as usize) {
                *load = FULL;
            }
        } else if let Some(blanks) = self.blanks.get_mut(block) {
            *blanks += 1;
        }
    }

    fn block(&self, column: u32, row: u32) -> usize {
        (row / BLOCK * self.block_columns + column / BLOCK) as usize
    }

    /// Makes the sums over the cells anew.
    fn sum_up(&mut self) {
        let width = self.columns as usize + 1;
        for (row, loads) in self.loads.chunks(self.columns as usize).enumerate() {
            let (above, below) = self.sums.split_at_mut((row + 1) * width);
            let above = above.get(row * width + 1..).unwrap_or_default();
            let mut in_row = 0;
            for ((sum, above), load) in below.iter_mut().skip(1).zip(above).zip(loads) {
                in_row += u32::from(*load < FULL);
                *sum = above + in_row;
            }
        }
    }

    /// Whether all cells of the rectangle between two places are full.
    fn is_full_around(&self, a: (f32, f32), b: (f32, f32)) -> bool {
        let span = |a: f32, b: f32| (a.min(b) as usize, a.max(b) as usize + 1);
        let ((left, right), (top, foot)) = (span(a.0, b.0), span(a.1, b.1));
        let width = self.columns as usize + 1;
        let sum = |column: usize, row: usize| self.sums.get(row * width + column).copied().unwrap_or(1);
        sum(right, foot) + sum(left, top) == sum(left, foot) + sum(right, top)
    }

    /// Whether a block on the way is not full. Steps of less than half a block miss no more than its corners.
    fn meets_blank(&self, a: (f32, f32), b: (f32, f32)) -> bool {
        let side = BLOCK as f32;
        let (dx, dy) = ((b.0 - a.0) / side, (b.1 - a.1) / side);
        let steps = (dx.abs().max(dy.abs()) * 1.5) as u32 + 1;
        let (dx, dy) = (dx / steps as f32, dy / steps as f32);
        let (mut x, mut y) = (a.0 / side, a.1 / side);
        for _ in 0..=steps {
            // Rounding on the way may end a hair outside: saturated, then cut by `get`.
            let block = y as u32 * self.block_columns + x as u32;
            if self.blanks.get(block as usize).is_some_and(|blanks| *blanks != 0) {
                return true;
            }
            x += dx;
            y += dy;
        }
        false
    }

    /// Adds the line's ink to the cells on its way; whether one of them was not full. `each` gets the parts of the way
    /// through such cells, with half a cell before and behind.
    fn cover(&mut self, a: (f32, f32), b: (f32, f32), mut each: impl FnMut(f64, f64)) -> bool {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = dx.abs().max(dy.abs());
        // Lines shorter than a cell ink it by their length.
        let load = self.load * length.min(1.0);
        let steps = length as u32 + 1;
        let (dx, dy) = (dx / steps as f32, dy / steps as f32);
        // The cell in the middle of each step.
        let (mut x, mut y) = (a.0 + dx / 2.0, a.1 + dy / 2.0);
        let part = |step: u32, reach: f64| ((f64::from(step) + reach) / f64::from(steps)).clamp(0.0, 1.0);
        // First and last step of the part at hand.
        let mut run: Option<(u32, u32)> = None;
        let mut adds = false;
        for step in 0..steps {
            let (column, row) = (x as u32, y as u32);
            if let Some(cell) = self.loads.get_mut((row * self.columns + column) as usize)
                && *cell < FULL
            {
                adds = true;
                *cell += load;
                if *cell >= FULL {
                    self.is_behind = true;
                    let block = self.block(column, row);
                    if let Some(blanks) = self.blanks.get_mut(block) {
                        *blanks = blanks.saturating_sub(1);
                    }
                }
                run = match run {
                    Some((first, last)) if step - last > MOST_SKIPPED => {
                        each(part(first, -0.5), part(last, 1.5));
                        Some((step, step))
                    }
                    Some((first, _)) => Some((first, step)),
                    None => Some((step, step)),
                };
            }
            x += dx;
            y += dy;
        }
        if let Some((first, last)) = run {
            each(part(first, -0.5), part(last, 1.5));
        }
        adds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_adds_until_its_way_is_full_and_another_way_still_adds() {
        let plot = PlotRect { x_px: 10.0, y_px: 20.0, width_px: 300.0, height_px: 100.0 };
        let mut ink = Ink::new(&plot, 1.5, InkBuffers::default());
        let mut count = 0;
        while ink.adds((10.0, 50.0), (310.0, 50.0)) {
            count += 1;
            assert!(count < 100);
        }
        // 10 / (1.5 / 8), rounded up.
        assert_eq!(count, 54);
        assert!(ink.adds((10.0, 70.0), (310.0, 70.0)), "a row that has no ink");
        assert!(ink.adds((100.0, 20.0), (100.0, 120.0)), "a column across");
        assert!(!ink.adds((50.0, 50.0), (60.0, 50.0)));
    }

    #[test]
    fn the_sums_say_what_the_blocks_say() {
        let plot = PlotRect { x_px: 3.0, y_px: 5.0, width_px: 310.0, height_px: 170.0 };
        let (mut ink, mut plain) =
            (Ink::new(&plot, 1.5, InkBuffers::default()), Ink::new(&plot, 1.5, Default::default()));
        let mut state = 7_u64;
        let mut random = |from: f64, to: f64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            from + (to - from) * ((state >> 11) as f64 / (1_u64 << 53) as f64)
        };
        let (mut added, mut known) = (0, 0);
        for _ in 0..60_000 {
            // Most lines lie in the left upper part, which fills; the rest stays blank for long.
            let (right, foot) = if random(0.0, 1.0) < 0.999 { (130.0, 68.0) } else { (313.0, 175.0) };
            let (a, b) = ((random(3.0, right), random(5.0, foot)), (random(3.0, right), random(5.0, foot)));
            let adds = ink.adds(a, b);
            // Without sums: never due again.
            (plain.due, plain.is_behind) = (u32::MAX, false);
            assert_eq!(adds, plain.adds(a, b), "{a:?} to {b:?}");
            added += u32::from(adds);
            let cell = |p: Point| (((p.0 - 3.0) / CELL_PX) as f32, ((p.1 - 5.0) / CELL_PX) as f32);
            known += u32::from(ink.is_full_around(cell(a), cell(b)));
        }
        assert!(added > 100 && known > 30_000, "{added} lines added, {known} known by the sums");
    }

    #[test]
    fn everything_is_full_in_the_end_whatever_the_size_of_the_area() {
        for (width_px, height_px) in [(1.0, 1.0), (31.0, 33.0), (300.0, 100.0)] {
            let plot = PlotRect { x_px: 0.0, y_px: 0.0, width_px, height_px };
            let mut ink = Ink::new(&plot, 2.0, InkBuffers::default());
            for _ in 0..400 {
                for y in 0..height_px.ceil() as u32 {
                    ink.adds((0.0, f64::from(y) + 0.5), (f64::from(width_px), f64::from(y) + 0.5));
                }
            }
            assert!(ink.blanks.iter().all(|blanks| *blanks == 0), "{width_px} x {height_px}");
        }
    }
}
