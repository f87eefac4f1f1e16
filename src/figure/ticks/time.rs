//! Ticks at natural boundaries of the local calendar: parts of seconds, seconds, minutes, hours, days, months, years.
//!
//! Values are seconds since the Unix epoch. Labels are language-neutral (ISO 8601); the part of the date that all
//! labels share stands once at the end of the axis.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::figure::ranges::AxisLimits;
use crate::figure::ticks::{Room, Tick, Ticks, linear};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// The distance between ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// So many seconds; less than a day.
    Seconds(f64),
    /// So many days of a month: 1, 2, 5, 10 or 15.
    Days(i8),
    /// So many months of a year.
    Months(i8),
    /// So many years.
    Years(i16),
}

const STEPS: [(f64, Step); 45] = [
    (1e-6, Step::Seconds(1e-6)),
    (2e-6, Step::Seconds(2e-6)),
    (5e-6, Step::Seconds(5e-6)),
    (1e-5, Step::Seconds(1e-5)),
    (2e-5, Step::Seconds(2e-5)),
    (5e-5, Step::Seconds(5e-5)),
    (1e-4, Step::Seconds(1e-4)),
    (2e-4, Step::Seconds(2e-4)),
    (5e-4, Step::Seconds(5e-4)),
    (1e-3, Step::Seconds(1e-3)),
    (2e-3, Step::Seconds(2e-3)),
    (5e-3, Step::Seconds(5e-3)),
    (0.01, Step::Seconds(0.01)),
    (0.02, Step::Seconds(0.02)),
    (0.05, Step::Seconds(0.05)),
    (0.1, Step::Seconds(0.1)),
    (0.2, Step::Seconds(0.2)),
    (0.5, Step::Seconds(0.5)),
    (1.0, Step::Seconds(1.0)),
    (5.0, Step::Seconds(5.0)),
    (15.0, Step::Seconds(15.0)),
    (30.0, Step::Seconds(30.0)),
    (MINUTE, Step::Seconds(MINUTE)),
    (5.0 * MINUTE, Step::Seconds(5.0 * MINUTE)),
    (15.0 * MINUTE, Step::Seconds(15.0 * MINUTE)),
    (30.0 * MINUTE, Step::Seconds(30.0 * MINUTE)),
    (HOUR, Step::Seconds(HOUR)),
    (3.0 * HOUR, Step::Seconds(3.0 * HOUR)),
    (6.0 * HOUR, Step::Seconds(6.0 * HOUR)),
    (12.0 * HOUR, Step::Seconds(12.0 * HOUR)),
    (DAY, Step::Days(1)),
    (2.0 * DAY, Step::Days(2)),
    (5.0 * DAY, Step::Days(5)),
    (15.0 * DAY, Step::Days(15)),
    (30.0 * DAY, Step::Months(1)),
    (90.0 * DAY, Step::Months(3)),
    (180.0 * DAY, Step::Months(6)),
    (365.0 * DAY, Step::Years(1)),
    (2.0 * 365.0 * DAY, Step::Years(2)),
    (5.0 * 365.0 * DAY, Step::Years(5)),
    (10.0 * 365.0 * DAY, Step::Years(10)),
    (50.0 * 365.0 * DAY, Step::Years(50)),
    (200.0 * 365.0 * DAY, Step::Years(200)),
    (500.0 * 365.0 * DAY, Step::Years(500)),
    (2000.0 * 365.0 * DAY, Step::Years(2000)),
];

/// Whether the calendar reaches from `min` to `max` (seconds since the epoch); beyond, times are shown as numbers.
#[must_use]
pub fn has_calendar(min: f64, max: f64) -> bool {
    // From the year 1 to 9998, so that a neighbouring tick and any zone still lie inside.
    (-62_135_500_000.0..253_370_000_000.0).contains(&min) && (-62_135_500_000.0..253_370_000_000.0).contains(&max)
}

pub(super) fn ticks(limits: &AxisLimits, room: &Room<'_>, zone: &TimeZone) -> Ticks {
    let width = limits.max - limits.min;
    if !has_calendar(limits.min, limits.max) || width < 4e-6 {
        return linear::ticks(limits, room);
    }
    // Times are wide: half as many as numbers.
    let least = width / room.most_intervals();
    let mut best = Ticks::default();
    for (_, step) in STEPS.iter().filter(|(seconds, _)| *seconds >= least * 0.8) {
        let values = step.values(limits, zone);
        if values.len() < 2 && best.major.len() >= 2 {
            break;
        }
        let (labels, offset) = labels(&values, *step, limits, zone);
        let major: Vec<Tick> = values.into_iter().zip(labels).map(|(value, label)| Tick { value, label }).collect();
        let fits = room.fits(&major, limits);
        best = Ticks { major, minor: Vec::new(), offset };
        if fits {
            break;
        }
    }
    if best.major.is_empty() { linear::ticks(limits, room) } else { best }
}

/// A moment with as many parts of a second as `resolution_secs` warrants: `2024-05-03 12:30:05.250`, local.
#[must_use]
pub fn format_time(seconds: f64, resolution_secs: f64, zone: &TimeZone) -> Option<String> {
    let local = local(seconds, zone).filter(|_| has_calendar(seconds, seconds))?;
    let decimals = decimals_of(resolution_secs).min(6);
    Some(format!("{} {}", iso_date(local.date()), clock(seconds, local, decimals)))
}

impl Step {
    fn values(self, limits: &AxisLimits, zone: &TimeZone) -> Vec<f64> {
        // A range has at most `most_intervals` steps; this only bounds a fault.
        const MOST: usize = 200;
        match self {
            Self::Seconds(step) => seconds_values(step, limits, zone, MOST),
            Self::Days(_) | Self::Months(_) | Self::Years(_) => {
                let Some(start) = local(limits.min, zone).map(DateTime::date) else { return Vec::new() };
                let mut values = Vec::new();
                let mut date = self.boundary(start);
                while let Some(at) = date {
                    let Some(seconds) = midnight(at, zone) else { break };
                    if seconds > limits.max || values.len() >= MOST {
                        break;
                    }
                    if seconds >= limits.min {
                        values.push(seconds);
                    }
                    date = self.next(at);
                }
                values
            }
        }
    }

    /// The boundary at or before `date`.
    fn boundary(self, date: Date) -> Option<Date> {
        match self {
            Self::Seconds(_) => Some(date),
            Self::Days(step) => Date::new(date.year(), date.month(), day_boundary(date.day(), step)).ok(),
            Self::Months(step) => Date::new(date.year(), (date.month() - 1) / step * step + 1, 1).ok(),
            Self::Years(step) => Date::new(date.year().div_euclid(step) * step, 1, 1).ok(),
        }
    }

    fn next(self, date: Date) -> Option<Date> {
        match self {
            Self::Seconds(_) => None,
            Self::Days(step) => {
                let day = if step == 1 || date.day() > 1 { date.day() + step } else { first_after(step) };
                // The last mark of a month gives way to the first of the next if it would stand too near.
                if day <= date.days_in_month() - step / 2 {
                    Date::new(date.year(), date.month(), day).ok()
                } else {
                    Self::Months(1).next(date)
                }
            }
            Self::Months(step) => {
                let months = i32::from(date.year()) * 12 + i32::from(date.month()) - 1 + i32::from(step);
                Date::new(i16::try_from(months.div_euclid(12)).ok()?, months.rem_euclid(12) as i8 + 1, 1).ok()
            }
            Self::Years(step) => Date::new(date.year().checked_add(step)?, 1, 1).ok(),
        }
    }
}

/// Days 1, 3, 5, … for steps of two; 1, 5, 10, … for five; 1, 15 for fifteen.
fn day_boundary(day: i8, step: i8) -> i8 {
    match step {
        1 => day,
        2 => (day - 1) / 2 * 2 + 1,
        _ => (day / step * step).max(1),
    }
}

fn first_after(step: i8) -> i8 {
    if step == 2 { 3 } else { step }
}

/// Multiples of `step` on the local clock, also across a change of the clock.
fn seconds_values(step: f64, limits: &AxisLimits, zone: &TimeZone, most: usize) -> Vec<f64> {
    let mut values: Vec<f64> = Vec::new();
    if step <= 1.0 {
        // Offsets are whole seconds: the epoch's multiples are those of the local clock.
        let first = (limits.min / step).floor() as i64;
        let per_second = (1.0 / step).round();
        return (first..)
            .map(|count| if step < 1.0 { count as f64 / per_second } else { count as f64 })
            .skip_while(|v| *v < limits.min)
            .take_while(|v| *v <= limits.max)
            .take(most)
            .collect();
    }
    let mut at = limits.min;
    // The first pass lands on the boundary before; each further one moves a step and snaps again, because the clock
    // may have been put forward or back in between.
    for _ in 0..most {
        let Some(offset) = offset_secs(at, zone) else { break };
        let snapped = ((at + offset) / step).round() * step - offset;
        if snapped > limits.max {
            break;
        }
        if snapped >= limits.min && values.last().is_none_or(|last| snapped > *last) {
            values.push(snapped);
        }
        at = snapped.max(at - step) + step;
    }
    values
}

fn labels(values: &[f64], step: Step, limits: &AxisLimits, zone: &TimeZone) -> (Vec<String>, String) {
    let locals: Vec<Option<DateTime>> = values.iter().map(|v| local(*v, zone)).collect();
    let ends = (local(limits.min, zone), local(limits.max, zone));
    let (Some(first), Some(last)) = ends else { return (vec![String::new(); values.len()], String::new()) };
    let one_year = first.year() == last.year();
    let label = |(value, at): (&f64, &Option<DateTime>)| {
        let Some(at) = *at else { return String::new() };
        let date = at.date();
        match step {
            // Where the day turns, the day is the news.
            Step::Seconds(_) if first.date() != date && is_midnight(at) => month_day(date),
            Step::Seconds(step) if step >= MINUTE => format!("{:02}:{:02}", at.hour(), at.minute()),
            Step::Seconds(step) => clock(*value, at, decimals_of(step)),
            Step::Days(_) if one_year => month_day(date),
            Step::Days(_) => iso_date(date),
            Step::Months(_) => format!("{:04}-{:02}", date.year(), date.month()),
            Step::Years(_) => format!("{:04}", date.year()),
        }
    };
    let offset = match step {
        Step::Seconds(_) if first.date() == last.date() => iso_date(first.date()),
        Step::Seconds(_) => format!("{} – {}", iso_date(first.date()), iso_date(last.date())),
        Step::Days(_) if one_year => format!("{:04}", first.year()),
        _ => String::new(),
    };
    (values.iter().zip(&locals).map(label).collect(), offset)
}

/// `12:30:05.250`, rounded to the decimals.
fn clock(seconds: f64, local: DateTime, decimals: usize) -> String {
    let (whole, part) = rounded_part(seconds, decimals);
    // Rounding may carry into the next second, which the local time does not know yet.
    let carried =
        if whole > seconds.floor() { local.checked_add(SignedDuration::from_secs(1)).unwrap_or(local) } else { local };
    let time = format!("{:02}:{:02}:{:02}", carried.hour(), carried.minute(), carried.second());
    if decimals == 0 { time } else { format!("{time}.{part:0decimals$}") }
}

/// The whole seconds and the decimals of `seconds`, rounded to `decimals` places.
fn rounded_part(seconds: f64, decimals: usize) -> (f64, u64) {
    let unit = 10_f64.powi(decimals as i32);
    let (floor, part) = (seconds.floor(), seconds - seconds.floor());
    let rounded = (part * unit).round();
    // A tooltip's whole second is the one that has begun; only true decimals are rounded.
    if decimals == 0 {
        (floor, 0)
    } else if rounded >= unit {
        (floor + 1.0, 0)
    } else {
        (floor, rounded as u64)
    }
}

fn decimals_of(step_secs: f64) -> usize {
    if step_secs >= 1.0 || step_secs.is_nan() { 0 } else { (-step_secs.max(1e-9).log10() - 1e-9).ceil() as usize }
}

fn local(seconds: f64, zone: &TimeZone) -> Option<DateTime> {
    Some(zone.to_datetime(timestamp(seconds)?))
}

fn timestamp(seconds: f64) -> Option<Timestamp> {
    // The conversion saturates; what lies outside is refused by the calendar.
    Timestamp::from_second(seconds.floor() as i64).ok()
}

fn offset_secs(seconds: f64, zone: &TimeZone) -> Option<f64> {
    Some(f64::from(zone.to_offset(timestamp(seconds)?).seconds()))
}

fn midnight(date: Date, zone: &TimeZone) -> Option<f64> {
    // Where the clock is put forward at midnight, the day begins at the first moment that exists.
    let at = zone.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    Some(at.as_second() as f64)
}

fn is_midnight(at: DateTime) -> bool {
    at.hour() == 0 && at.minute() == 0 && at.second() == 0 && at.subsec_nanosecond() == 0
}

fn iso_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn month_day(date: Date) -> String {
    format!("{:02}-{:02}", date.month(), date.day())
}
