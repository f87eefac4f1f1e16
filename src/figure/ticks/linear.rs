//! Ticks at multiples of 1, 2 or 5 times a power of ten.

use crate::figure::ranges::AxisLimits;
use crate::figure::ticks::{Room, Tick, Ticks, number};

/// One, two or five times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// 1, 2 or 5.
    factor: i64,
    /// The power of ten.
    exponent: i32,
}

/// With fewer ticks the eye cannot tell the distance between two lines of the grid.
const FEWEST: usize = 3;

/// The finest ticks whose labels have room.
pub(super) fn ticks(limits: &AxisLimits, room: &Room<'_>) -> Ticks {
    let intervals = room.most_intervals();
    // Divided before it is subtracted: the width of a range may be larger than any number.
    let mut step = Step::at_least(limits.max / intervals - limits.min / intervals);
    // A tall room for few ticks may still have none of them: finer ones, as far as their labels fit.
    for _ in 0..3 {
        let finer = step.previous();
        if step.multiples_in(limits).len() >= FEWEST || !room.fits(&finer.ticks(limits).major, limits) {
            break;
        }
        step = finer;
    }
    let mut best = Ticks::default();
    // Five coarser steps are a factor of fifty: no label is that wide unless the axis has no room at all.
    for _ in 0..6 {
        let ticks = step.ticks(limits);
        // Two ticks that touch tell more than one that stands alone; the caller thins them out.
        if ticks.major.len() < 2 && best.major.len() >= 2 {
            break;
        }
        best = ticks;
        if room.fits(&best.major, limits) {
            break;
        }
        step = step.next();
    }
    best
}

impl Step {
    /// The smallest step that is not below `width`.
    pub(super) fn at_least(width: f64) -> Self {
        let width = if width > 0.0 { width } else { f64::MIN_POSITIVE };
        let exponent = width.log10().floor() as i32;
        // The logarithm may be off by a hair at powers of ten, hence the start one below and the tolerance.
        let mut step = Self { factor: 5, exponent: exponent - 1 };
        while step.width() < width * (1.0 - 1e-9) && step.exponent <= exponent + 1 {
            step = step.next();
        }
        step
    }

    fn ticks(self, limits: &AxisLimits) -> Ticks {
        let units = self.multiples_in(limits);
        let (labels, offset) = number::labels(&units, self.exponent);
        let tick = |(unit, label): (&i64, String)| Tick { value: value(*unit, self.exponent), label };
        Ticks { major: units.iter().zip(labels).map(tick).collect(), minor: Vec::new(), offset }
    }

    fn previous(self) -> Self {
        match self.factor {
            5 => Self { factor: 2, ..self },
            2 => Self { factor: 1, ..self },
            _ => Self { factor: 5, exponent: self.exponent - 1 },
        }
    }

    fn next(self) -> Self {
        match self.factor {
            1 => Self { factor: 2, ..self },
            2 => Self { factor: 5, ..self },
            _ => Self { factor: 1, exponent: self.exponent + 1 },
        }
    }

    fn width(self) -> f64 {
        value(self.factor, self.exponent)
    }

    /// The multiples of the step within the limits, in units of the power of ten.
    fn multiples_in(self, limits: &AxisLimits) -> Vec<i64> {
        // An end that lies on a multiple up to rounding counts as that multiple.
        let slack = 1e-9 * (limits.max / self.width() - limits.min / self.width()).abs().max(1.0);
        let (first, last) = ((limits.min / self.width() - slack).ceil(), (limits.max / self.width() + slack).floor());
        // Far from zero, a multiple may be too large to be counted exactly: then there is nothing to tell apart either.
        const LARGEST_COUNT: f64 = 9e15;
        if !(first.abs() < LARGEST_COUNT && last.abs() < LARGEST_COUNT && last - first < 1000.0) {
            return Vec::new();
        }
        (first as i64..=last as i64)
            .map(|count| count * self.factor)
            .filter(|unit| {
                let value = value(*unit, self.exponent);
                value >= limits.min && value <= limits.max
            })
            .collect()
    }
}

/// `unit * 10^exponent`, correctly rounded.
pub(super) fn value(unit: i64, exponent: i32) -> f64 {
    // Up to 10^22 powers of ten are exact, so that one operation rounds once; beyond, the parser does it.
    match exponent {
        0..=22 => unit as f64 * 10_f64.powi(exponent),
        -22..=-1 => unit as f64 / 10_f64.powi(-exponent),
        _ => format!("{unit}e{exponent}").parse().unwrap_or(f64::NAN),
    }
}
