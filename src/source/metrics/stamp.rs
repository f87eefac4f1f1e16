//! Skips what loggers put before the message: dates, times, levels, ranks.
//!
//! A pure function for the worker's thread.

/// Words of a level at the start of a line, with or without brackets or a colon.
const LEVELS: [&str; 12] =
    ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL", "I", "W", "E"];

/// The part of `line` behind the stamps at its start.
pub(super) fn message_of(line: &str) -> &str {
    let mut rest = line.trim_start();
    let mut has_stamp = false;
    // A stamp has few parts; the bound keeps a line of nothing but dates cheap.
    for _ in 0..8 {
        let next = skip_time(rest)
            .or_else(|| skip_bracket(rest, has_stamp))
            .or_else(|| skip_level(rest, has_stamp))
            .or_else(|| has_stamp.then(|| skip_joint(rest)).flatten());
        match next {
            Some(next) => rest = next.trim_start_matches([' ', '\t']),
            None => break,
        }
        has_stamp = true;
    }
    rest
}

/// Skips a date, a time or both: `2024-05-01T12:00:00.5Z`, `2024-05-01 12:00:00,123`, `05/01 12:00:00`, `12:00:01 AM`.
fn skip_time(text: &str) -> Option<&str> {
    let (token, rest) = time_token(text)?;
    if is_clock(token) {
        let after = rest.trim_start();
        return Some(after.strip_prefix("AM").or_else(|| after.strip_prefix("PM")).unwrap_or(rest));
    }
    let parts = || token.split(['-', '/', '.']);
    let is_date = token.len() == 10
        && parts().count() == 3
        && parts().all(|p| matches!(p.len(), 2 | 4) && p.bytes().all(|b| b.is_ascii_digit()))
        && parts().any(|p| p.len() == 4);
    // A short date is one only before a time: alone it is a fraction.
    let is_short_date = token.len() == 5
        && token.as_bytes().get(2).is_some_and(|b| b"-/".contains(b))
        && time_token(rest.trim_start()).is_some_and(|(next, _)| is_clock(next));
    (is_date || is_short_date).then_some(rest)
}

/// The run of characters at the start of `text` that a date or time is written with, and what follows it.
fn time_token(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || "-:.,/+TZ".contains(c))).unwrap_or(text.len());
    let (token, rest) = text.split_at(end);
    let is_ended = rest.is_empty() || rest.starts_with([' ', '\t', ']', '|', ')']);
    (is_ended && token.starts_with(|c: char| c.is_ascii_digit())).then(|| (token.trim_end_matches([':', ',']), rest))
}

fn is_clock(token: &str) -> bool {
    token.contains(':') && token.split([':', '.', ',', 'T', '-', '+']).filter(|part| part.len() == 2).count() >= 2
}

/// Skips `[12:00:01]`, `[INFO]`, `[rank0]:`, `[   12.345678]`, and glog's `I0501 12:00:00.123 42 file.cc:7]`.
fn skip_bracket(text: &str, has_stamp: bool) -> Option<&str> {
    if let Some(inner) = text.strip_prefix(['[', '(']) {
        let end = inner.find([']', ')'])?;
        let (content, rest) = inner.split_at(end);
        let rest = rest.get(1..)?;
        let content = content.trim();
        let is_level = LEVELS.iter().any(|level| content.eq_ignore_ascii_case(level));
        let is_rank = content.trim_start_matches("rank").trim_start_matches(' ');
        let is_rank = content.starts_with("rank") && is_rank.bytes().all(|b| b.is_ascii_digit());
        // The kernel's clock is seconds with six digits behind the point.
        let is_seconds = content.split_once('.').is_some_and(|(secs, part)| {
            part.len() >= 3 && !secs.is_empty() && secs.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit())
        });
        let is_time = skip_time(content).is_some();
        let is_name = has_stamp && content.starts_with(|c: char| c.is_ascii_alphabetic()) && !content.contains('=');
        return (is_level || is_rank || is_seconds || is_time || is_name).then(|| rest.trim_start_matches(':'));
    }
    let is_glog = matches!(text.as_bytes(), [b'I' | b'W' | b'E' | b'F', d, ..] if d.is_ascii_digit())
        && text.as_bytes().get(1..5)?.iter().all(u8::is_ascii_digit);
    if is_glog { text.split_once("] ").map(|(_, rest)| rest) } else { None }
}

/// Skips a level, and the logger's name behind it in Python's default form, `INFO:root:`.
fn skip_level(text: &str, has_stamp: bool) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let known = LEVELS.iter().any(|level| word.eq_ignore_ascii_case(level));
    // One letter, or a lower-case word, is a level only behind a stamp.
    if !known || (word.len() == 1 && !has_stamp) {
        return None;
    }
    let is_upper = word.bytes().all(|b| b.is_ascii_uppercase());
    match rest.chars().next() {
        Some(':') if is_upper => {
            let after = rest.get(1..)?;
            match after.split_once(':') {
                Some((name, message)) if !name.is_empty() && !name.contains([' ', '=']) => Some(message),
                _ => Some(after),
            }
        }
        Some(' ' | '\t' | '|') if is_upper || has_stamp => Some(rest),
        _ => None,
    }
}

/// Skips what joins the parts of a stamp.
fn skip_joint(text: &str) -> Option<&str> {
    text.strip_prefix("- ").or_else(|| text.strip_prefix('|')).or_else(|| text.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_skipped() {
        for (line, message) in [
            ("2024-05-01 12:00:00,123 INFO loss=1", "loss=1"),
            ("2024-05-01T12:00:00.5Z loss=1", "loss=1"),
            ("2024-05-01T12:00:00+02:00 loss=1", "loss=1"),
            ("[12:00:01] loss=1", "loss=1"),
            ("[2024-05-01 12:00:01,5][INFO] loss=1", "loss=1"),
            ("12:00:01 AM loss=1", "loss=1"),
            ("INFO:root:loss=1", "loss=1"),
            ("INFO: loss=1", "loss=1"),
            ("2020-01-01 12:00:00 | INFO | train_inner | epoch 001", "train_inner | epoch 001"),
            ("05/01 12:00:00 - mmengine - INFO - x", "mmengine - INFO - x"),
            ("[    1.234567] loss=1", "loss=1"),
            ("[rank0]: loss=1", "loss=1"),
            ("I0501 12:00:00.123456 42 a.cc:7] loss=1", "loss=1"),
            ("[05/01 12:00:00 d2.utils.events]:  eta: 1", "eta: 1"),
            // Not stamps.
            ("[10]\ttrain: 1", "[10]\ttrain: 1"),
            ("[12/345] x", "[12/345] x"),
            ("1/10 2.5 3", "1/10 2.5 3"),
            ("10 0.5", "10 0.5"),
            ("E 5", "E 5"),
            ("info 5", "info 5"),
            ("3:4", "3:4"),
            ("", ""),
        ] {
            assert_eq!(message_of(line), message, "{line}");
        }
    }
}
