//! Finds out how a table is written, from its first lines: delimiter, decimal sign, header, columns.
//!
//! Pure functions for the caller's thread.

use std::borrow::Cow;

use super::cell::{self, Cell};

/// Lines looked at; more add nothing that the first ones do not show.
const SAMPLE_LINES: usize = 100;

/// How the columns of a line are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) enum Delimiter {
    Byte(u8),
    /// Any run of blanks and tabs.
    Blanks,
}

/// How a table is written.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::source) struct Dialect {
    pub delimiter: Delimiter,
    pub decimal: u8,
    /// Names of the columns, from the header or made up.
    pub names: Vec<String>,
    /// What the sample shows of each column.
    pub kinds: Vec<Kind>,
    /// Where the rows start, in bytes of the first block.
    pub data_start: usize,
    /// Number of lines before that.
    pub lines_before: u64,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::source) enum Kind {
    /// No value yet.
    #[default]
    Unknown,
    Number,
    Time,
    Text,
}

/// A line of the sample; one with a quoted line end spans several lines of the text.
struct Line<'a> {
    text: &'a [u8],
    start: usize,
    end: usize,
    /// Number of lines of the text before it and up to its end.
    lines_before: u64,
    lines_through: u64,
}

/// Whether a line is blank, a comment, or only draws, as below the header of a printed table.
pub(in crate::source) fn is_skipped(line: &[u8]) -> bool {
    match line.iter().find(|b| !b.is_ascii_whitespace()) {
        None | Some(b'#' | b'%') => true,
        Some(_) => line.iter().all(|b| b"-=+|: \t\r".contains(b)) && line.windows(3).any(|w| w == b"---"),
    }
}

/// The lines with content at the start of `block`, and the last comment before them.
fn sample(block: &[u8]) -> (Vec<Line<'_>>, &[u8]) {
    let mut comment: &[u8] = b"";
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut at = if block.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut number = 0;
    while lines.len() < SAMPLE_LINES {
        let Some(rest) = block.get(at..).filter(|rest| !rest.is_empty()) else { break };
        let (length, count) = record_length(rest);
        let (start, lines_before) = (at, number);
        at += length;
        number += count;
        let text = rest.get(..length).unwrap_or_default().trim_ascii_end();
        if !is_skipped(text) {
            lines.push(Line { text, start, end: at, lines_before, lines_through: number });
        } else if lines.is_empty() && !text.is_empty() {
            comment = text;
        }
    }
    (lines, comment)
}

/// Length in bytes and in lines of the record at the start of `text`: more than one line if a quote stays open.
fn record_length(text: &[u8]) -> (usize, u64) {
    /// A quote that stays open for longer is a lone one, as in `3.5"`.
    const LINES_MAX: u64 = 64;
    let first = memchr::memchr(b'\n', text).map_or(text.len(), |n| n + 1);
    let (mut length, mut lines, mut is_open) = (0, 0, false);
    for line in text.split_inclusive(|b| *b == b'\n') {
        length += line.len();
        lines += 1;
        is_open ^= line.iter().filter(|b| **b == b'"').count() % 2 == 1;
        if !is_open {
            return (length, lines);
        }
        if lines >= LINES_MAX {
            break;
        }
    }
    (first, 1)
}

/// Reads the dialect off `block`, which starts the input. None if it holds no line with content.
pub(in crate::source) fn find(block: &[u8]) -> Option<Dialect> {
    let (lines, comment) = sample(block);
    let (first, rows) = lines.split_first()?;
    let (delimiter, decimal) = find_delimiter(&lines);
    let cells = |line: &[u8]| -> Vec<Cell> {
        split(line, delimiter).iter().map(|text| cell::parse(text.trim_ascii(), decimal)).collect()
    };
    let names: Vec<String> =
        split(first.text, delimiter).iter().map(|n| String::from_utf8_lossy(n.trim_ascii()).into_owned()).collect();
    let head = cells(first.text);
    let body: Vec<Vec<Cell>> = rows.iter().map(|line| cells(line.text)).collect();
    let mut width = body.first().map_or(head.len(), Vec::len);
    let has_header = is_header(&head, &body);
    let (mut names, data_start, lines_before) = if has_header {
        (names, first.end, first.lines_through)
    } else {
        width = head.len();
        (commented_names(comment, delimiter, width), first.start, first.lines_before)
    };
    // A delimiter at the end of each line is no column; R leaves the name of the row names out.
    if has_header && names.len() == width + 1 && names.last().is_some_and(String::is_empty) {
        names.pop();
    } else if has_header && !body.is_empty() && names.len() + 1 == width {
        let is_trailing = body.iter().all(|row| row.len() < width || row.last() == Some(&Cell::Missing));
        if !is_trailing {
            names.insert(0, "row".into());
        }
    }
    let width = names.len();
    for (index, name) in names.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("column {}", index + 1);
        }
    }
    let first_row = if has_header { None } else { Some(&head) };
    let kinds = (0..width).map(|i| kind_of(first_row.into_iter().chain(&body).filter_map(|row| row.get(i)))).collect();
    Some(Dialect { delimiter, decimal, names, kinds, data_start, lines_before })
}

/// What a column holds by its cells. A text among numbers is not the column's nature but a fault, to be reported at
/// its line.
fn kind_of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Kind {
    let (mut numbers, mut times, mut texts) = (0, 0, 0);
    for cell in cells {
        match cell {
            Cell::Number(_) => numbers += 1,
            Cell::Time(_) => times += 1,
            Cell::Text => texts += 1,
            Cell::Missing => {}
        }
    }
    if texts > numbers + times {
        Kind::Text
    } else if times > 0 && times >= numbers {
        Kind::Time
    } else if numbers > 0 {
        Kind::Number
    } else {
        Kind::Unknown
    }
}

/// Whether the first line names the columns: it has a text where the rows have values, or is all text.
fn is_header(head: &[Cell], body: &[Vec<Cell>]) -> bool {
    let has_text = head.contains(&Cell::Text);
    let has_value = head.iter().any(|c| matches!(c, Cell::Number(v) if !v.is_nan()) || matches!(c, Cell::Time(_)));
    let names_values = head.iter().enumerate().any(|(i, cell)| {
        *cell == Cell::Text
            && body.iter().filter_map(|row| row.get(i)).any(|c| matches!(c, Cell::Number(_) | Cell::Time(_)))
    });
    has_text && (!has_value || names_values)
}

/// Names from the comment above the rows, as `numpy.savetxt` and gnuplot write it, if it has one for each column.
fn commented_names(comment: &[u8], delimiter: Delimiter, width: usize) -> Vec<String> {
    let text = comment.trim_ascii().trim_ascii_start();
    let text = text.iter().position(|b| !b"#% ".contains(b)).and_then(|n| text.get(n..)).unwrap_or_default();
    let words: Vec<String> =
        split(text, delimiter).iter().map(|w| String::from_utf8_lossy(w.trim_ascii()).into_owned()).collect();
    let are_names = words.len() == width && words.iter().all(|w| w.bytes().any(|b| b.is_ascii_alphabetic()));
    if are_names { words } else { (1..=width).map(|n| format!("column {n}")).collect() }
}

/// The delimiter by which the most cells become values, and then the one that fits the most lines.
fn find_delimiter(lines: &[Line<'_>]) -> (Delimiter, u8) {
    const CANDIDATES: [(Delimiter, u8); 9] = [
        (Delimiter::Byte(b'\t'), b'.'),
        (Delimiter::Byte(b';'), b'.'),
        (Delimiter::Byte(b','), b'.'),
        (Delimiter::Byte(b'|'), b'.'),
        (Delimiter::Blanks, b'.'),
        (Delimiter::Byte(b'\t'), b','),
        (Delimiter::Byte(b';'), b','),
        (Delimiter::Byte(b'|'), b','),
        (Delimiter::Blanks, b','),
    ];
    let mut best = (Delimiter::Byte(b','), b'.');
    let mut best_score = (0, 0, 0);
    for (delimiter, decimal) in CANDIDATES {
        let rows: Vec<Vec<Cow<'_, [u8]>>> = lines.iter().map(|line| split(line.text, delimiter)).collect();
        let Some(width) = rows.last().map(Vec::len).filter(|width| *width > 1) else { continue };
        let fitting = rows.iter().filter(|row| row.len() == width).count();
        let (mut values, mut cells) = (0, 0);
        for text in rows.iter().skip(usize::from(rows.len() > 1)).flatten() {
            cells += 1;
            values += usize::from(cell::parse(text.trim_ascii(), decimal) != Cell::Text);
        }
        // Parts of a hundred, so that one odd line does not decide.
        let score = (fitting * 20 / rows.len(), values * 100 / cells.max(1), width);
        let is_better = (score.0 * 5 + score.1, score.2) > (best_score.0 * 5 + best_score.1, best_score.2)
            && (best_score == (0, 0, 0) || score.0 * 5 + score.1 > best_score.0 * 5 + best_score.1);
        if is_better {
            best_score = score;
            best = (delimiter, decimal);
        }
    }
    if best_score == (0, 0, 0) {
        // One column: blanks never tear a name of one word, and a comma can only be a decimal sign.
        let commas = lines.iter().skip(1).filter(|l| l.text.contains(&b',')).count();
        return (Delimiter::Byte(b';'), if commas > 0 { b',' } else { b'.' });
    }
    best
}

/// The cells of one line; quotes are taken off, and delimiters inside them do not count.
pub(in crate::source) fn split(line: &[u8], delimiter: Delimiter) -> Vec<Cow<'_, [u8]>> {
    match delimiter {
        Delimiter::Blanks => line
            .split(|b| b.is_ascii_whitespace())
            .filter(|c| !c.is_empty())
            .map(|c| Cow::Borrowed(unquote(c)))
            .collect(),
        Delimiter::Byte(byte) if !line.contains(&b'"') => {
            trim_pipes(line, byte).split(|b| *b == byte).map(Cow::Borrowed).collect()
        }
        Delimiter::Byte(byte) => {
            let mut reader =
                csv::ReaderBuilder::new().delimiter(byte).has_headers(false).flexible(true).from_reader(line);
            let mut record = csv::ByteRecord::new();
            match reader.read_byte_record(&mut record) {
                Ok(true) => record.iter().map(|c| Cow::Owned(c.to_vec())).collect(),
                _ => Vec::new(),
            }
        }
    }
}

/// A line without the `|` around it that drawn tables have.
pub(super) fn trim_pipes(line: &[u8], delimiter: u8) -> &[u8] {
    if delimiter != b'|' {
        return line;
    }
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"|").unwrap_or(line);
    line.strip_suffix(b"|").unwrap_or(line)
}

/// A cell without the quotes around it.
pub(super) fn unquote(cell: &[u8]) -> &[u8] {
    cell.strip_prefix(b"\"").and_then(|c| c.strip_suffix(b"\"")).unwrap_or(cell)
}
