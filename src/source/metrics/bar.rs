//! Recognises progress bars and takes them out of a line: tqdm's, Keras', and those drawn with `━`.
//!
//! Pure functions for the worker's thread.

use std::time::Duration;

use crate::source::float;

use super::reading::Count;

/// A line with a progress bar.
#[derive(Debug, PartialEq)]
pub(super) struct Bar<'a> {
    /// The description before it.
    pub before: &'a str,
    /// The values after it, the rate left out.
    pub after: &'a str,
    /// Steps done and in all, as far as shown.
    pub count: Option<Count>,
    /// The share done in percent, where no steps are shown.
    pub percent: Option<f64>,
    /// Whether the count is one of an amount, as of megabytes.
    pub is_amount: bool,
    /// Time to the end, as the bar says; of Keras' to that of the epoch.
    pub left: Option<Duration>,
    /// Whether it is Keras', whose bar belongs to the epoch announced before.
    pub is_keras: bool,
}

impl<'a> Bar<'a> {
    fn new(before: &'a str, after: &'a str) -> Self {
        Self { before, after, count: None, percent: None, is_amount: false, left: None, is_keras: false }
    }
}

/// The bar in `line`, if there is one.
pub(super) fn find(line: &str) -> Option<Bar<'_>> {
    tqdm(line).or_else(|| tqdm_without_total(line)).or_else(|| keras(line)).or_else(|| drawn(line))
}

/// `desc:  45%|███ | 45/100 [00:10<00:12,  4.50it/s, loss=0.4]`
fn tqdm(line: &str) -> Option<Bar<'_>> {
    let (head, tail) = line.split_once("%|")?;
    let digits = head.rsplit(|c: char| !c.is_ascii_digit()).next().filter(|d| !d.is_empty())?;
    let before = head.get(..head.len() - digits.len())?;
    let (_, tail) = tail.split_once('|')?;
    let tail = tail.trim_start();
    let (count, tail) = tail.split_once('[').unwrap_or((tail, ""));
    let (done, total) = count.trim().split_once('/')?;
    let total = scaled(total).filter(|t| *t >= 1.0);
    let count = Count { done: scaled(done)?, total };
    Some(Bar { count: Some(count), left: tqdm_left(tail), ..Bar::new(description(before), postfix(tail)) })
}

/// The `00:12` of `00:10<00:12,  4.50it/s`.
fn tqdm_left(tail: &str) -> Option<Duration> {
    let (_, left) = tail.split_once('<')?;
    clock(left.split([',', ']']).next()?)
}

/// `45it [00:10,  4.50it/s, loss=0.4]`
fn tqdm_without_total(line: &str) -> Option<Bar<'_>> {
    let (head, tail) = line.split_once("it [")?;
    let digits = head.rsplit(|c: char| !c.is_ascii_digit()).next().filter(|d| !d.is_empty())?;
    let clock = tail.split([',', ']', '<']).next().filter(|clock| clock.contains(':'))?;
    if !clock.bytes().all(|b| b.is_ascii_digit() || b == b':') {
        return None;
    }
    let before = head.get(..head.len() - digits.len())?;
    let count = Count { done: scaled(digits)?, total: None };
    Some(Bar { count: Some(count), ..Bar::new(description(before), postfix(tail)) })
}

/// ` 45/100 ━━━━━ 1s 20ms/step - loss: 0.42`, `45/100 [====>.....] - ETA: 1s - loss: 0.42`, `45/100 - 1s - loss: 0.42`
fn keras(line: &str) -> Option<Bar<'_>> {
    let line = line.trim_start();
    let (done, rest) = line.split_once('/')?;
    let end = rest.find([' ', '\t']).unwrap_or(rest.len());
    let (total, tail) = rest.split_at(end);
    let done = whole(done)?;
    let total = if total == "Unknown" { None } else { Some(whole(total).filter(|t| *t >= 1.0)?) };
    let tail = tail.trim_start();
    let is_bar = tail.starts_with('━')
        || tail.starts_with("- ")
        || tail.strip_prefix('[').is_some_and(|inner| inner.starts_with(['=', '>', '.']));
    if !is_bar {
        return None;
    }
    let after = if tail.starts_with("- ") { tail } else { tail.split_once(" - ").map_or("", |(_, after)| after) };
    let left = keras_left(tail).filter(|_| total.is_some_and(|total| done < total));
    Some(Bar { count: Some(Count { done, total }), left, is_keras: true, ..Bar::new("", after) })
}

/// The `1s` of `━━━ 1s 20ms/step` or the `2:06` of `- ETA: 2:06`.
fn keras_left(tail: &str) -> Option<Duration> {
    let left = match tail.split_once("ETA: ") {
        Some((_, left)) => left.split_whitespace().next()?,
        None => tail.strip_prefix('━')?.split_whitespace().find(|word| !word.starts_with('━'))?,
    };
    clock(left).or_else(|| whole(left.strip_suffix('s')?).and_then(secs))
}

/// `Downloading ━━━━━╸━━━━━ 1.2/3.4 MB 5.6 MB/s eta 0:00:01`, `Working... ━━━━ 45% 0:00:12`
fn drawn(line: &str) -> Option<Bar<'_>> {
    let start = line.find(['━', '█', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '╸', '╺'])?;
    let (before, rest) = line.split_at(start);
    let mut count = None;
    let (mut percent, mut is_amount) = (None, false);
    for word in rest.split_whitespace().skip(1).take(4) {
        if let Some((done, total)) = word.split_once('/')
            && let (Some(done), Some(total)) =
                (float::parse(done.as_bytes(), b'.'), float::parse(total.as_bytes(), b'.'))
            && total > 0.0
        {
            // Megabytes with a fraction become whole steps.
            is_amount = word.contains('.');
            let scale = if is_amount { 1000.0 } else { 1.0 };
            count = Some(Count { done: (done * scale).round(), total: Some((total * scale).round()) });
        } else if let Some(value) = word.strip_suffix('%') {
            percent = float::parse(value.as_bytes(), b'.');
        }
    }
    // The last time is what is left; rich shows a clock alone, pip `eta` before it.
    let left = rest.split_whitespace().rev().take(3).find_map(clock);
    Some(Bar { count, percent, is_amount, left, ..Bar::new(description(before), "") })
}

/// `1:23`, `01:02:03`.
pub(super) fn clock(text: &str) -> Option<Duration> {
    let mut total = 0.0;
    let parts: Vec<&str> = text.trim().split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for part in parts {
        total = total * 60.0 + whole(part).filter(|_| part.len() <= 4)?;
    }
    secs(total)
}

fn secs(secs: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(secs).ok()
}

/// A description without the colon that ends it.
fn description(text: &str) -> &str {
    let text = text.trim_end();
    text.strip_suffix(':').unwrap_or(text)
}

/// What stands behind the times and the rate: `00:10<00:12,  4.50it/s, loss=0.4]` gives `loss=0.4`.
fn postfix(text: &str) -> &str {
    let inner = text.rsplit_once(']').map_or(text, |(inner, _)| inner);
    let Some((_, rest)) = inner.split_once(',') else { return "" };
    let (rate, values) = rest.split_once(',').unwrap_or((rest, ""));
    let rate = rate.trim();
    let is_rate = !rate.contains('=') && (rate.contains("/s") || rate.contains("s/") || rate.starts_with('?'));
    if is_rate { values } else { rest }
}

pub(super) fn whole(text: &str) -> Option<f64> {
    let text = text.trim();
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| float::parse(text.as_bytes(), b'.'))
        .flatten()
}

/// A count that may be shortened: `1.20k`, `3.4M`.
fn scaled(text: &str) -> Option<f64> {
    let text = text.trim();
    let (digits, factor) = match text.as_bytes().last()? {
        b'k' => (text.strip_suffix('k')?, 1e3),
        b'M' => (text.strip_suffix('M')?, 1e6),
        b'G' => (text.strip_suffix('G')?, 1e9),
        b'T' => (text.strip_suffix('T')?, 1e12),
        _ => (text, 1.0),
    };
    let value = float::parse(digits.as_bytes(), b'.').filter(|v| *v >= 0.0 && v.is_finite())?;
    Some((value * factor).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_say_how_long_the_rest_takes() {
        for (line, left) in [
            (" 45%|███ | 45/100 [00:10<01:12,  4.50it/s, loss=0.4]", Some(72)),
            (" 45%|███ | 45/100 [1:00:10<26:01:12,  4.50s/it]", Some(26 * 3600 + 72)),
            ("  0%|    | 0/100 [00:00<?, ?it/s]", None),
            ("  1/469 [>....] - ETA: 2:06 - loss: 2.3", Some(126)),
            (" 45/100 [==>...] - ETA: 12s - loss: 2.3", Some(12)),
            (" 45/100 ━━━━━━━━━━━━━━ 1s 20ms/step - loss: 0.42", Some(1)),
            ("100/100 ━━━━━━━━━━━━━━ 3s 20ms/step - loss: 0.42", None),
            ("     ━━━━━━╺━━━━ 7.2/16.9 MB 216.9 MB/s eta 0:00:01", Some(1)),
            ("     ━━━━━━━━━━ 0.0/16.9 MB ? eta -:--:--", None),
            ("Train ━━━━━╸━━━━━━  70% 0:01:01", Some(61)),
        ] {
            assert_eq!(find(line).unwrap().left.map(|left| left.as_secs()), left, "{line}");
        }
    }
}
