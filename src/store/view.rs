//! What lies in a view of a series: bounds, gaps, the samples that a line through it needs.
//!
//! Any thread. Bounds of the whole series are known beforehand; those of a part come from the pyramid. Knows no pixels.

use std::ops::Range;

use crate::store::chunk::{Piece, Visitor};
use crate::store::segment::Segment;
use crate::store::series::Series;
use crate::store::snapshot::{SeriesSnapshot, XOrder};
use crate::store::summary::{Extent, Summary};

impl SeriesSnapshot {
    /// Whether a sample of `range` has a y that is not finite.
    #[must_use]
    pub fn has_gap_in(&self, range: Range<usize>) -> bool {
        Total::of(&self.samples, range).has_gap
    }

    /// Least and greatest finite x.
    #[must_use]
    pub fn x_bounds(&self) -> Option<(f64, f64)> {
        let known = &self.samples.known().summary;
        bounds(known.x_min, known.x_max)
    }

    /// Least and greatest finite y.
    #[must_use]
    pub fn y_bounds(&self) -> Option<(f64, f64)> {
        let known = &self.samples.known().summary;
        bounds(known.y_min, known.y_max)
    }

    /// Least finite value greater than zero of x and of y, for log axes.
    #[must_use]
    pub fn least_positive(&self) -> (Option<f64>, Option<f64>) {
        let known = self.samples.known();
        let found = |v: f64| v.is_finite().then_some(v);
        (found(known.x_least_positive), found(known.y_least_positive))
    }

    /// Least and greatest finite y of the samples with `x0 <= x <= x1`. For free x only blocks that lie across a border
    /// are looked into.
    #[must_use]
    pub fn y_bounds_in(&self, x0: f64, x1: f64) -> Option<(f64, f64)> {
        if x0 > x1 || x0.is_nan() || x1.is_nan() {
            return None;
        }
        let mut inside = Inside { x0, x1, total: Total::default() };
        match self.x_order() {
            XOrder::Free => self.samples.walk(&mut inside),
            XOrder::Ascending => {
                let start = self.samples.place(0, |x| x < x0).index;
                let end = self.samples.place(start, |x| x <= x1).index;
                self.samples.cover(start..end, &mut |piece| inside.total.add(&piece));
            }
        }
        bounds(inside.total.min, inside.total.max)
    }

    /// For x in any order: fills `out` with the ranges of samples that a line through all of them needs in order to be
    /// right between `x0` and `x1`, in order and apart from each other. Blocks of samples that lie wholly to one side,
    /// with the lines that join them, are left out.
    pub fn ranges_near(&self, x0: f64, x1: f64, out: &mut Vec<Range<usize>>) {
        out.clear();
        self.samples.walk(&mut Near { x0, x1, side: None, out });
    }
}

/// What is known of the y values of a range.
pub(super) struct Total {
    /// Least finite one; infinity if there is none.
    pub min: f64,
    /// Greatest finite one; minus infinity if there is none.
    pub max: f64,
    /// Whether one of them is not finite.
    pub has_gap: bool,
}

impl Default for Total {
    fn default() -> Self {
        Self { min: f64::INFINITY, max: f64::NEG_INFINITY, has_gap: false }
    }
}

impl Total {
    /// Of a range, from the pyramid.
    pub fn of(samples: &Series, range: Range<usize>) -> Self {
        let mut total = Self::default();
        samples.cover(range, &mut |piece| total.add(&piece));
        total
    }

    /// Takes in what is known of a piece.
    pub fn add(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Blocks(blocks) => {
                for block in *blocks {
                    self.take(block.y_min, block.y_max, block.has_gap);
                }
            }
            Piece::Samples(y) => {
                let extent = Extent::of(y);
                self.take(extent.min, extent.max, extent.nonfinite > 0);
            }
        }
    }

    fn take(&mut self, min: f64, max: f64, has_gap: bool) {
        self.min = if min < self.min { min } else { self.min };
        self.max = if max > self.max { max } else { self.max };
        self.has_gap |= has_gap;
    }

    /// Whether one of them is finite.
    pub fn has_finite(&self) -> bool {
        self.min <= self.max
    }
}

/// Gathers y of the samples between two x, whatever their order.
struct Inside {
    x0: f64,
    x1: f64,
    total: Total,
}

impl<'a> Visitor<'a> for Inside {
    fn enters(&mut self, summary: &Summary, _: Range<usize>) -> bool {
        if summary.has_stray_x {
            return true;
        }
        let is_inside = self.x0 <= summary.x_min && summary.x_max <= self.x1;
        if is_inside {
            self.total.add(&Piece::Blocks(std::slice::from_ref(summary)));
        }
        !is_inside && self.x0 <= summary.x_max && summary.x_min <= self.x1
    }

    fn samples(&mut self, segment: Segment<'a>) {
        for (x, y) in segment.iter() {
            if (self.x0..=self.x1).contains(&x) && y.is_finite() {
                self.total.take(y, y, false);
            }
        }
    }
}

/// On which side of a view the last sample seen lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Within,
    Right,
}

/// Gathers the ranges that a line needs in a view.
struct Near<'o> {
    x0: f64,
    x1: f64,
    /// None before the first sample.
    side: Option<Side>,
    out: &'o mut Vec<Range<usize>>,
}

impl Near<'_> {
    /// Goes on to `range`, all of which lies on `side`.
    fn go_on(&mut self, side: Side, range: Range<usize>) {
        // A line from one side to another may cross the view though neither of its ends lies in it.
        let joins = self.side.is_some_and(|before| before != side);
        let start = if joins { range.start.saturating_sub(1) } else { range.start };
        let end = match side {
            Side::Within => range.end,
            Side::Left | Side::Right if joins => range.start + 1,
            Side::Left | Side::Right => start,
        };
        self.side = Some(side);
        match self.out.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ if start < end => self.out.push(start..end),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Near<'_> {
    fn enters(&mut self, summary: &Summary, range: Range<usize>) -> bool {
        if summary.has_stray_x {
            return true;
        }
        let side = if summary.x_max < self.x0 {
            Side::Left
        } else if summary.x_min > self.x1 {
            Side::Right
        } else {
            return true;
        };
        self.go_on(side, range);
        false
    }

    fn samples(&mut self, segment: Segment<'a>) {
        self.go_on(Side::Within, segment.first..segment.first + segment.y.len());
    }
}

fn bounds(min: f64, max: f64) -> Option<(f64, f64)> {
    (min <= max).then_some((min, max))
}
