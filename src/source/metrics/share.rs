//! Recognises a share of the work in a line that draws no bar: `[12/345] CC main.c`, `[ 45%] Building`, `45 % done`.
//!
//! Pure functions for the worker's thread.

use super::bar::whole;
use super::reading::{Count, Reading};
use crate::source::float;

/// Words that make a percentage one of the work.
const WORDS: [&str; 6] = ["progress", "complete", "done", "finished", "downloading", "processed"];

/// Reads the share in `line`, if it tells one, into `reading`. A percentage that is only one of many numbers is none.
pub(super) fn read(line: &str, reading: &mut Reading) {
    let line = line.trim();
    reading.done = counted(line);
    if reading.done.is_none() && reading.percent.is_none() {
        reading.percent = percent(line, reading.pair_count() == 0);
    }
}

/// `[12/345] CC main.c`, as ninja and others print.
fn counted(line: &str) -> Option<Count> {
    let (inner, _) = line.strip_prefix('[')?.split_once(']')?;
    let (done, total) = inner.split_once('/')?;
    let (done, total) = (whole(done)?, whole(total)?);
    (total >= 1.0 && done <= total).then_some(Count { done, total: Some(total) })
}

fn percent(line: &str, is_alone: bool) -> Option<f64> {
    let (at, _) = line.match_indices('%').next()?;
    let before = line.get(..at)?.trim_end();
    let digits = before.rsplit(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let head = before.get(..before.len() - digits.len())?.trim_end();
    let value = float::parse(digits.as_bytes(), b'.').filter(|v| (0.0..=100.0).contains(v))?;
    let tail = line.get(at + 1..)?;
    // `[ 45%] Building`, `45% done`, `12%[===>   ]`.
    let leads = head.is_empty() || head == "[";
    let has_word = || {
        let lower = line.to_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    };
    let ends = || tail.trim_matches([' ', ')', ']', '.']).is_empty();
    (leads || (is_alone && (ends() || has_word())) || (head.ends_with(':') && has_word())).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(line: &str) -> Option<f64> {
        let mut reading = Reading::default();
        read(line, &mut reading);
        reading.done.and_then(|count| Some(count.done / count.total?)).or(reading.percent.map(|p| p / 100.0))
    }

    #[test]
    fn shares_of_builds_and_downloads() {
        for (line, expected) in [
            ("[3/4] CXX src/main.cc.o", Some(0.75)),
            ("[ 25%] Building C object main.o", Some(0.25)),
            ("  50%", Some(0.5)),
            ("12.5 % done", Some(0.125)),
            ("Progress: 45%", Some(0.45)),
            ("reading the file ... 45%", Some(0.45)),
            ("kernel.img          12%[==>      ]  12,345K  1.2MB/s", None),
            ("12%[==>      ]  12,345K  1.2MB/s", Some(0.12)),
            ("[5/4] no share", None),
            ("[2026/11/21] a date", None),
            ("disk 91% full, cpu 4%", None),
            ("250%", None),
        ] {
            assert_eq!(share(line), expected, "{line}");
        }
    }
}
