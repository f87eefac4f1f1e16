//! Recognises progress bars and takes them out of a line: tqdm's, Keras', and those drawn with `━`.
//!
//! Pure functions for the worker's thread.

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
    /// Whether it is Keras', whose bar belongs to the epoch announced before.
    pub is_keras: bool,
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
    Some(Bar { before: description(before), after: postfix(tail), count: Some(count), percent: None, is_keras: false })
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
    Some(Bar { before: description(before), after: postfix(tail), count: Some(count), percent: None, is_keras: false })
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
    Some(Bar { before: "", after, count: Some(Count { done, total }), percent: None, is_keras: true })
}

/// `Downloading ━━━━━╸━━━━━ 1.2/3.4 MB 5.6 MB/s eta 0:00:01`, `Working... ━━━━ 45% 0:00:12`
fn drawn(line: &str) -> Option<Bar<'_>> {
    let start = line.find(['━', '█', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '╸', '╺'])?;
    let (before, rest) = line.split_at(start);
    let mut count = None;
    let mut percent = None;
    for word in rest.split_whitespace().skip(1).take(4) {
        if let Some((done, total)) = word.split_once('/')
            && let (Some(done), Some(total)) =
                (float::parse(done.as_bytes(), b'.'), float::parse(total.as_bytes(), b'.'))
            && total > 0.0
        {
            // Megabytes with a fraction become whole steps.
            let scale = if done.fract() != 0.0 || total.fract() != 0.0 { 1000.0 } else { 1.0 };
            count = Some(Count { done: (done * scale).round(), total: Some((total * scale).round()) });
        } else if let Some(value) = word.strip_suffix('%') {
            percent = float::parse(value.as_bytes(), b'.');
        }
    }
    Some(Bar { before: description(before), after: "", count, percent, is_keras: false })
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

fn whole(text: &str) -> Option<f64> {
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
