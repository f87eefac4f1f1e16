//! Tick labels in a form that a program asks for, as C's `printf` writes one number: `%.2f`, `%.0f ms`, `%.1e`.

/// How tick labels are written: text, one number, text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TickFormat {
    before: String,
    style: Style,
    /// Digits behind the point; for [`Style::General`] digits in all.
    precision: usize,
    after: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Fixed,
    Exponent,
    General,
}

/// More digits than a number has say nothing.
const MOST_DIGITS: usize = 17;

/// A format that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{format}` is no format of a number: write one of %f, %e, %g, such as `%.2f` or `%.0f ms`, and %% for a percent sign"
)]
pub struct TickFormatError {
    /// What was asked for.
    pub format: String,
}

impl TickFormat {
    /// Reads a format: text around exactly one of `%f`, `%e`, `%g`, each with `.digits` if wished (6 without), where `%%`
    /// is a percent sign. After `printf` of ISO C (C17, 7.21.6.1), without its flags and widths.
    ///
    /// # Errors
    /// [`TickFormatError`] for anything else.
    pub fn parse(format: &str) -> Result<Self, TickFormatError> {
        let error = || TickFormatError { format: format.to_owned() };
        let (mut texts, mut number) = ([String::new(), String::new()], None);
        let mut chars = format.chars().peekable();
        while let Some(char) = chars.next() {
            let [before, after] = &mut texts;
            let text = if number.is_none() { before } else { after };
            if char != '%' {
                text.push(char);
                continue;
            }
            if chars.next_if_eq(&'%').is_some() {
                text.push('%');
                continue;
            }
            if number.is_some() {
                return Err(error());
            }
            let mut precision = 6;
            if chars.next_if_eq(&'.').is_some() {
                precision = 0;
                while let Some(digit) = chars.peek().and_then(|char| char.to_digit(10)) {
                    precision = (precision * 10 + digit as usize).min(MOST_DIGITS);
                    chars.next();
                }
            }
            let style = match chars.next() {
                Some('f') => Style::Fixed,
                Some('e') => Style::Exponent,
                Some('g') => Style::General,
                _ => return Err(error()),
            };
            number = Some((style, precision));
        }
        let (style, precision) = number.ok_or_else(error)?;
        let [before, after] = texts;
        Ok(Self { before, style, precision, after })
    }

    /// A value in this form, with a true minus sign.
    #[must_use]
    pub fn write(&self, value: f64) -> String {
        let number = match self.style {
            Style::Fixed => format!("{value:.*}", self.precision),
            Style::Exponent => exponent(value, self.precision),
            Style::General => self.general(value),
        };
        // What rounds to zero has no sign.
        let is_zero = !number.contains(|char: char| char.is_ascii_digit() && char != '0');
        let number = if is_zero { number.replace('-', "") } else { number.replace('-', "−") };
        format!("{}{number}{}", self.before, self.after)
    }

    /// The shorter of the other two, without zeros at the end.
    fn general(&self, value: f64) -> String {
        let digits = self.precision.max(1);
        let written = exponent(value, digits - 1);
        let Some((mantissa, power)) = written.split_once('e') else { return written };
        let power: i32 = power.parse().unwrap_or(0);
        let trim = |text: &str| {
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text.to_owned()
            }
        };
        if (-4..digits as i32).contains(&power) {
            trim(&format!("{value:.*}", (digits as i32 - 1 - power).max(0) as usize))
        } else {
            format!("{}e{}", trim(mantissa), written.split_once('e').map_or("", |(_, power)| power))
        }
    }
}

/// A value with an exponent of two digits at least, as C writes it.
fn exponent(value: f64, precision: usize) -> String {
    let written = format!("{value:.precision$e}");
    let Some((mantissa, power)) = written.split_once('e') else { return written };
    let power: i32 = power.parse().unwrap_or(0);
    let sign = if power < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", power.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: &str, value: f64) -> String {
        TickFormat::parse(format).unwrap().write(value)
    }

    #[test]
    fn numbers_are_written_as_c_does() {
        assert_eq!(written("%.2f", 1.0), "1.00");
        assert_eq!(written("%.0f ms", 12.4), "12 ms");
        assert_eq!(written("%f", 0.5), "0.500000");
        assert_eq!(written("%.1e", 12345.0), "1.2e+04");
        assert_eq!(written("%.3g", 0.000_012_34), "1.23e−05");
        assert_eq!(written("%g", 100_000.0), "100000");
        assert_eq!(written("%g", 0.25), "0.25");
        assert_eq!(written("%.0f %%", -3.0), "−3 %");
        assert_eq!(written("%.1f", -0.01), "0.0", "no sign before a zero");
        assert_eq!(written("t=%.99f", 0.5), "t=0.50000000000000000", "never more digits than a number has");
    }

    #[test]
    fn what_is_no_format_is_refused_with_a_reason() {
        for format in ["", "ms", "%", "%d", "%s", "%.2f %.2f", "%-5f", "%5.2f"] {
            let error = TickFormat::parse(format).unwrap_err();
            assert!(error.to_string().starts_with(&format!("`{format}` is no format")), "{error}");
        }
    }
}
