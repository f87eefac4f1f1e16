//! Ticks of human size: where they stand on an axis and what is written beside them.
//!
//! Pure; runs on the figure's thread. Knows the room and the size of text, but no pixels of a figure. Every range that
//! [`AxisLimits::sane`] lets through gets a bounded number of ticks in bounded time.

mod format;
mod linear;
mod log;
mod number;
mod time;

use jiff::tz::TimeZone;

use crate::figure::figure::Scale;
use crate::figure::layout::AxisMap;
use crate::figure::measure::Measure;
use crate::figure::ranges::AxisLimits;

pub use format::{TickFormat, TickFormatError};
pub use number::{format_significant, superscript};
pub use time::{format_time, has_calendar};

/// A tick with a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where it stands, in data units.
    pub value: f64,
    /// What is written beside it.
    pub label: String,
}

/// The ticks of an axis, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ticks {
    /// With label and grid line.
    pub major: Vec<Tick>,
    /// Without label, between the others.
    pub minor: Vec<f64>,
    /// What all labels have in common, written once at the end of the axis: `×10⁶`, `+12345`, a date. Often empty.
    pub offset: String,
}

/// The room along an axis and the text that goes there.
#[derive(Clone, Copy)]
pub struct Room<'a> {
    /// Length of the axis in device pixels.
    pub length_px: f32,
    /// Whether labels stand side by side; else one above the other.
    pub is_horizontal: bool,
    /// Font size of the labels in device pixels.
    pub text_px: f32,
    /// Sizes of texts.
    pub measure: &'a dyn Measure,
}

/// The ticks for `limits` in `room`; times are told in `zone`, numbers in `format` if there is one.
#[must_use]
pub fn ticks(limits: &AxisLimits, room: &Room<'_>, zone: &TimeZone, format: Option<&TickFormat>) -> Ticks {
    let mut ticks = match limits.scale {
        Scale::Linear => linear::ticks(limits, room),
        Scale::Log => log::ticks(limits, room),
        Scale::Time => time::ticks(limits, room, zone),
    };
    if let Some(format) = format.filter(|_| limits.scale != Scale::Time) {
        let labelled = ticks.major.iter_mut().filter(|tick| !tick.label.is_empty());
        labelled.for_each(|tick| tick.label = format.write(tick.value));
        ticks.offset.clear();
    }
    ticks.thin_out(limits, room);
    ticks
}

// Free space between labels side by side, in ems.
const GAP_EM: f32 = 1.2;

// Labels may come so much nearer than the gap before one gives way.
const SLACK_PX: f64 = 0.5;

// Distance from tick to tick that still looks calm, in ems.
const HORIZONTAL_PITCH_EM: f32 = 6.4;
const VERTICAL_PITCH_EM: f32 = 3.6;

impl Room<'_> {
    /// Most intervals between ticks that the room has for labels that are not wide.
    fn most_intervals(&self) -> f64 {
        let pitch_em = if self.is_horizontal { HORIZONTAL_PITCH_EM } else { VERTICAL_PITCH_EM };
        f64::from((self.length_px / (pitch_em * self.text_px).max(1.0)).clamp(1.0, 30.0))
    }

    /// Extent of a label along the axis, with the gap to the next.
    fn extent_px(&self, label: &str) -> f32 {
        if self.is_horizontal {
            self.measure.width_px(label, self.text_px) + GAP_EM * self.text_px
        } else {
            self.measure.cap_px(self.text_px) + 0.6 * self.text_px
        }
    }

    /// Whether all labels fit beside each other.
    fn fits(&self, ticks: &[Tick], limits: &AxisLimits) -> bool {
        let map = self.map(limits);
        let mut free_from = f64::NEG_INFINITY;
        ticks.iter().filter(|t| !t.label.is_empty()).all(|tick| {
            let (center, half) = (map.to_px(tick.value), f64::from(self.extent_px(&tick.label)) / 2.0);
            let fits = center - half >= free_from - SLACK_PX;
            free_from = center + half;
            fits
        })
    }

    fn map(&self, limits: &AxisLimits) -> AxisMap {
        AxisMap { scale: limits.scale, min: limits.min, max: limits.max, start_px: 0.0, end_px: self.length_px }
    }
}

impl Ticks {
    /// Drops what lies outside and labels that would run into their left neighbour: the last line of defence.
    fn thin_out(&mut self, limits: &AxisLimits, room: &Room<'_>) {
        let inside = |v: f64| v >= limits.min && v <= limits.max;
        self.major.retain(|tick| inside(tick.value));
        self.minor.retain(|v| inside(*v));
        let map = room.map(limits);
        let mut free_from = f64::NEG_INFINITY;
        self.major.retain(|tick| {
            let (center, half) = (map.to_px(tick.value), f64::from(room.extent_px(&tick.label)) / 2.0);
            let fits = center.is_finite() && center - half >= free_from - SLACK_PX;
            if fits {
                free_from = center + half;
            }
            fits
        });
    }
}

#[cfg(test)]
mod tests;
