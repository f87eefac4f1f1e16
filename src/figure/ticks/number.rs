//! Numbers as text for people: equal decimals along an axis, a true minus sign, what labels share written once.
//!
//! Ticks come as whole multiples of a power of ten, so that no label ever shows the noise of binary fractions.

/// How labels of an axis are shortened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shared {
    /// Taken off every tick, in units of `10^exponent`.
    base: i64,
    /// Labels are in units of ten to this power.
    power: i32,
}

/// Labels for the ticks `units[i] * 10^exponent`, and what they have in common.
pub(super) fn labels(units: &[i64], exponent: i32) -> (Vec<String>, String) {
    let shared = Shared::of(units, exponent);
    let decimals = (shared.power - exponent).max(0) as usize;
    let zeros = (exponent - shared.power).max(0) as usize;
    let labels = units.iter().map(|unit| decimal(unit.saturating_sub(shared.base), decimals, zeros)).collect();
    (labels, shared.text(exponent))
}

impl Shared {
    fn of(units: &[i64], exponent: i32) -> Self {
        let (Some(&first), Some(&last)) = (units.iter().min(), units.iter().max()) else { return Self::default() };
        let base = common_start(first, last);
        let largest = first.saturating_sub(base).unsigned_abs().max(last.saturating_sub(base).unsigned_abs());
        // Power of ten of the largest label.
        let magnitude = digit_count(largest) as i32 - 1 + exponent;
        let is_short = (-3..6).contains(&magnitude) && exponent >= -5;
        let power = if is_short || largest == 0 { 0 } else { magnitude.div_euclid(3) * 3 };
        // A power that only moves the point within a short decimal makes nothing shorter.
        let power = if (-3..0).contains(&power) && exponent >= -5 { 0 } else { power };
        Self { base, power }
    }

    fn text(self, exponent: i32) -> String {
        let mut text = String::new();
        if self.power != 0 {
            text = format!("×10{}", superscript(self.power));
        }
        if self.base != 0 {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(if self.base > 0 { "+" } else { "−" });
            text.push_str(&compact(self.base.unsigned_abs(), exponent));
        }
        text
    }
}

/// The part that all numbers from `first` to `last` begin with, if taking it off saves four digits or more.
fn common_start(first: i64, last: i64) -> i64 {
    if (first < 0) != (last < 0) && last != 0 {
        return 0;
    }
    let kept = digit_count(first.abs_diff(last));
    let full = digit_count(first.unsigned_abs().max(last.unsigned_abs()));
    if full < kept + 4 || full <= 5 {
        return 0;
    }
    let unit = 10_i64.saturating_pow(kept as u32);
    // Towards zero, so that labels keep the sign of their values.
    let nearest = if first < 0 { last } else { first };
    nearest / unit * unit
}

/// `unit` with the decimal point `decimals` places from its right, or with `zeros` noughts behind it.
fn decimal(unit: i64, decimals: usize, zeros: usize) -> String {
    let digits = unit.unsigned_abs().to_string();
    let sign = if unit < 0 { "−" } else { "" };
    if decimals == 0 {
        let noughts = if unit == 0 { 0 } else { zeros };
        return format!("{sign}{digits}{}", "0".repeat(noughts));
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, part) = padded.split_at(padded.len() - decimals);
    format!("{sign}{whole}.{part}")
}

/// `unit * 10^exponent` without trailing noughts, as a plain number or, where that is long, with a power of ten.
fn compact(unit: u64, exponent: i32) -> String {
    if unit == 0 {
        return "0".to_owned();
    }
    let (mut unit, mut exponent) = (unit, exponent);
    while unit % 10 == 0 {
        unit /= 10;
        exponent += 1;
    }
    let count = digit_count(unit) as i32;
    let magnitude = count - 1 + exponent;
    let unit = i64::try_from(unit).unwrap_or(i64::MAX);
    if (-4..12).contains(&magnitude) {
        return decimal(unit, (-exponent).max(0) as usize, exponent.max(0) as usize);
    }
    match unit {
        1 => format!("10{}", superscript(magnitude)),
        _ => format!("{}×10{}", decimal(unit, (count - 1) as usize, 0), superscript(magnitude)),
    }
}

/// Ten to the power `exponent`: `1000`, `10⁴`, `0.01`, `10⁻⁷`; `factor` stands before it unless it is 1.
pub(super) fn power_label(factor: i64, exponent: i32, is_plain: bool) -> String {
    match (is_plain, factor) {
        (true, _) => decimal(factor, (-exponent).max(0) as usize, exponent.max(0) as usize),
        (false, 1) => format!("10{}", superscript(exponent)),
        (false, _) => format!("{factor}×10{}", superscript(exponent)),
    }
}

/// A whole number in raised characters: `⁻¹²`.
#[must_use]
pub fn superscript(number: i32) -> String {
    number
        .to_string()
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32('⁰' as u32 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
        })
        .collect()
}

/// `value` with `digits` significant digits at most: plain where that is short, else with a power of ten; no trailing
/// noughts after the point.
#[must_use]
pub fn format_significant(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    // The standard library rounds correctly; its form is `-1.25e-7`.
    let scientific = format!("{:.*e}", digits.clamp(1, 17) - 1, value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let places = digits.len() as i32 - 1;
    let unit: i64 = digits.parse().unwrap_or(0);
    let sign = if value < 0.0 && unit != 0 { "−" } else { "" };
    format!("{sign}{}", compact(unit.unsigned_abs(), exponent - places))
}

fn digit_count(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}
