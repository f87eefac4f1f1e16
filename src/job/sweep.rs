//! Parameter sweeps: the values that each parameter takes, all their combinations, and a command filled in with them.
//!
//! Pure functions for any thread.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::str::FromStr;

/// Most runs of one sweep: more are a mistake, and each is a process and a directory.
pub const RUNS_MAX: usize = 10_000;

const REMEDY: &str = "write NAME=VALUE,VALUE,… or NAME=FIRST..LAST:COUNT, with `log` after the count for equal factors, such \
                      as lr=0.1,0.01 or lr=1e-4..1e-1:4log";

/// A parameter and the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepAxis {
    /// Its name, which stands in the command in braces.
    pub name: String,
    /// Its values, in order; at least one.
    pub values: Vec<String>,
    text: String,
}

/// One combination: names and values, in the order in which the parameters were given.
pub type SweepPoint = Vec<(String, String)>;

/// Why a sweep cannot be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// A parameter is given twice.
    #[error("--sweep: the parameter {0} is given twice: put all its values behind one --sweep")]
    Twice(String),
    /// The command does not use a parameter.
    #[error("--sweep: {{{0}}} stands nowhere in the command: put it where the value belongs")]
    Unused(String),
    /// There are too many combinations.
    #[error("--sweep: more than {RUNS_MAX} runs: give fewer values")]
    TooMany,
}

impl SweepAxis {
    /// The parameter as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for SweepAxis {
    type Err = String;

    /// `lr=0.1,0.01`, `lr=0..1:5` (equal steps), `lr=1e-4..1e-1:4log` (equal factors).
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once('=').ok_or_else(|| format!("`=` is missing: {REMEDY}"))?;
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || "{}".contains(c)) {
            return Err(format!("`{name}` is no name: {REMEDY}"));
        }
        let values = match range(rest) {
            Some(values) => values?,
            None => rest.split(',').map(str::to_owned).collect(),
        };
        if values.iter().any(String::is_empty) {
            return Err(format!("a value of {name} is missing: {REMEDY}"));
        }
        if values.len() > RUNS_MAX {
            return Err(SweepError::TooMany.to_string());
        }
        Ok(Self { name: name.to_owned(), values, text: text.to_owned() })
    }
}

/// The values of `first..last:count` and `first..last:countlog`; none if it is no range.
fn range(text: &str) -> Option<Result<Vec<String>, String>> {
    let (ends, count) = text.split_once(':')?;
    let (first, last) = ends.split_once("..")?;
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let (first, last) = (number(first)?, number(last)?);
    let (count, is_log) = count.strip_suffix("log").map_or((count, false), |count| (count, true));
    let count = count.parse::<u32>().ok()?;
    if !(2..=RUNS_MAX as u32).contains(&count) {
        return Some(Err(format!("a range has 2 to {RUNS_MAX} values: {REMEDY}")));
    }
    if is_log && (first <= 0.0 || last <= 0.0) {
        return Some(Err("equal factors need two ends above 0".to_owned()));
    }
    let value = |step: u32| {
        let part = f64::from(step) / f64::from(count - 1);
        match step {
            0 => first,
            _ if step == count - 1 => last,
            _ if is_log => (first.ln() + part * (last.ln() - first.ln())).exp(),
            _ => first + part * (last - first),
        }
    };
    // Twelve digits, so that 0.3 is not 0.30000000000000004.
    let rounded = |value: f64| format!("{value:.11e}").parse::<f64>().unwrap_or(value);
    let text = |value: f64| match value.abs() {
        1e-4..1e6 | 0.0 => format!("{value}"),
        _ => format!("{value:e}"),
    };
    Some(Ok((0..count).map(|step| text(rounded(value(step)))).collect()))
}

/// All combinations; the last parameter changes first.
///
/// # Errors
/// [`SweepError`], if they are too many or a name is there twice.
pub fn points(axes: &[SweepAxis]) -> Result<Vec<SweepPoint>, SweepError> {
    for (place, axis) in axes.iter().enumerate() {
        if axes.iter().take(place).any(|other| other.name == axis.name) {
            return Err(SweepError::Twice(axis.name.clone()));
        }
    }
    let count = axes.iter().try_fold(1_usize, |count, axis| count.checked_mul(axis.values.len()));
    if count.is_none_or(|count| count > RUNS_MAX) {
        return Err(SweepError::TooMany);
    }
    let mut points: Vec<SweepPoint> = vec![Vec::new()];
    for axis in axes {
        let longer = |point: &SweepPoint| {
            let point = point.clone();
            let values = axis.values.iter();
            values
                .map(move |value| [point.as_slice(), &[(axis.name.clone(), value.clone())]].concat())
                .collect::<Vec<_>>()
        };
        points = points.iter().flat_map(longer).collect();
    }
    Ok(points)
}

/// The command with each `{name}` of a parameter replaced by its value, and `{{` and `}}` by a brace. Other braces stay.
///
/// # Errors
/// [`SweepError::Unused`] if a parameter stands nowhere in it.
pub fn fill(argv: &[OsString], point: &SweepPoint) -> Result<Vec<OsString>, SweepError> {
    let mut used = vec![false; point.len()];
    let filled = argv.iter().map(|word| fill_word(word, point, &mut used)).collect();
    match point.iter().zip(used).find(|(_, is_used)| !is_used) {
        Some(((name, _), _)) => Err(SweepError::Unused(name.clone())),
        None => Ok(filled),
    }
}

fn fill_word(word: &OsStr, point: &SweepPoint, used: &mut [bool]) -> OsString {
    let mut rest = word.as_bytes();
    let mut filled = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        if let (b'{' | b'}', Some(next)) = (first, after.first())
            && first == next
        {
            filled.push(*first);
            rest = after.get(1..).unwrap_or_default();
            continue;
        }
        let named = point.iter().zip(used.iter_mut()).find_map(|((name, value), is_used)| {
            let rest = after.strip_prefix(name.as_bytes())?.strip_prefix(b"}")?;
            Some((value, rest, is_used))
        });
        match named.filter(|_| *first == b'{') {
            Some((value, after_name, is_used)) => {
                *is_used = true;
                filled.extend_from_slice(value.as_bytes());
                rest = after_name;
            }
            None => {
                filled.push(*first);
                rest = after;
            }
        }
    }
    OsString::from_vec(filled)
}

/// A combination in words: `lr=0.1 bs=32`.
#[must_use]
pub fn point_text(point: &SweepPoint) -> String {
    point.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(text: &str) -> SweepAxis {
        text.parse().unwrap()
    }

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(Into::into).collect()
    }

    #[test]
    fn values_are_lists_and_ranges() {
        assert_eq!(axis("lr=0.1,0.01").values, ["0.1", "0.01"]);
        assert_eq!(axis("opt=adam").values, ["adam"]);
        assert_eq!(axis("url=http://a:80,b=c").values, ["http://a:80", "b=c"]);
        assert_eq!(axis("x=0..1:5").values, ["0", "0.25", "0.5", "0.75", "1"]);
        assert_eq!(axis("x=0.1..0.4:4").values, ["0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(axis("lr=1e-4..1e-1:4log").values, ["0.0001", "0.001", "0.01", "0.1"]);
        assert_eq!(axis("lr=1e-6..1e-5:2log").values, ["1e-6", "1e-5"]);
        for wrong in ["lr", "=1", "a b=1", "{a}=1", "lr=1,,2", "lr=", "x=0..1:1", "x=0..1:99999999", "x=-1..1:3log"] {
            assert!(wrong.parse::<SweepAxis>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn combinations_are_the_product_in_order() {
        let texts: Vec<_> = points(&[axis("a=1,2"), axis("b=x,y")]).unwrap().iter().map(point_text).collect();
        assert_eq!(texts, ["a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y"]);
        assert_eq!(points(&[axis("a=1"), axis("a=2")]), Err(SweepError::Twice("a".into())));
        let many = vec![axis("x=0..1:100"); 1];
        let many: Vec<_> = (0..9).map(|i| SweepAxis { name: format!("x{i}"), ..many[0].clone() }).collect();
        assert_eq!(points(&many), Err(SweepError::TooMany));
    }

    #[test]
    fn braces_are_filled_and_others_stay() {
        let point = vec![("lr".to_owned(), "0.1".to_owned()), ("b".to_owned(), "{lr}".to_owned())];
        let filled = fill(&words(&["--lr={lr}", "{b}{lr}", "{{lr}}", "{\"a\": {x}}", "${HOME}", "{", "a}"]), &point);
        assert_eq!(filled.unwrap(), words(&["--lr=0.1", "{lr}0.1", "{lr}", "{\"a\": {x}", "${HOME}", "{", "a}"]));
        assert_eq!(fill(&words(&["{lr}", "{B}"]), &point), Err(SweepError::Unused("b".into())));
        let raw = OsString::from_vec(b"\xff{lr}".to_vec());
        assert_eq!(fill(&[raw, "{b}".into()], &point).unwrap()[0].as_bytes(), b"\xff0.1");
    }
}
