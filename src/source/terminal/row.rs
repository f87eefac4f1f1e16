//! The text of one row of the screen: what stands in which column, and how it looks.
//!
//! Plain data. Knows no cursor and no time. Most rows are ASCII without colours and stay a string; the others become a
//! cell a column when they are edited.

use unicode_width::UnicodeWidthChar;

use crate::batch::{Span, TextStyle};

/// Columns between two tab stops, as every terminal has them.
const TAB_COLUMNS: usize = 8;

/// Stands in the columns that a wide character or a tab takes besides its first.
const FILLER: char = '\0';

/// A text and how its parts look.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Styled {
    pub text: String,
    pub spans: Vec<Span>,
}

#[derive(Clone, Debug)]
struct Cell {
    c: char,
    style: TextStyle,
    /// Combining marks on it.
    marks: String,
}

impl Cell {
    fn new(c: char, style: TextStyle) -> Self {
        Self { c, style, marks: String::new() }
    }

    fn blank() -> Self {
        Self::new(' ', TextStyle::default())
    }

    fn bytes(&self) -> usize {
        if self.c == FILLER { 0 } else { self.c.len_utf8() + self.marks.len() }
    }
}

/// The text of a row.
#[derive(Debug)]
pub(super) struct RowText {
    /// The text, while it was only added to.
    text: String,
    spans: Vec<Span>,
    /// Columns of `text`, where they have been counted.
    columns: Option<usize>,
    /// Whether `text` is printable ASCII, so that a column is a byte.
    is_simple: bool,
    /// The columns, in the place of `text` once something else was edited.
    cells: Vec<Cell>,
    has_cells: bool,
    bytes: usize,
}

impl Default for RowText {
    fn default() -> Self {
        Self {
            text: String::new(),
            spans: Vec::new(),
            columns: Some(0),
            is_simple: true,
            cells: Vec::new(),
            has_cells: false,
            bytes: 0,
        }
    }
}

impl RowText {
    /// Takes a whole plain line in place of what it held.
    pub fn set(&mut self, line: &str) {
        self.clear();
        self.is_simple = line.bytes().all(|b| (b' '..=b'~').contains(&b));
        self.columns = self.is_simple.then_some(line.len());
        self.bytes = line.len();
        self.text.push_str(line);
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
        self.cells.clear();
        (self.columns, self.is_simple, self.has_cells, self.bytes) = (Some(0), true, false, 0);
    }

    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Bytes of its text.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of memory that it keeps.
    pub fn held_bytes(&self) -> usize {
        self.text.capacity() + self.cells.capacity() * size_of::<Cell>() + self.spans.capacity() * size_of::<Span>()
    }

    pub fn is_blank(&self) -> bool {
        if self.has_cells {
            self.cells.iter().all(|cell| cell.c == FILLER || cell.c.is_whitespace())
        } else {
            self.text.trim_start().is_empty()
        }
    }

    /// Columns that it takes.
    pub fn columns(&mut self) -> usize {
        match self.columns {
            Some(columns) if !self.has_cells => columns,
            _ => self.editable().len(),
        }
    }

    /// Writes printable ASCII from column `column` on, blanks before it if the row ends earlier.
    pub fn put_ascii(&mut self, column: usize, ascii: &str, style: TextStyle) {
        let columns = self.columns();
        if !self.has_cells && column >= columns {
            self.pad(column - columns);
            self.append(ascii, ascii.len(), style);
            return;
        }
        if self.is_simple && !self.has_cells && self.spans.is_empty() && style.is_plain() {
            let end = (column + ascii.len()).min(self.text.len());
            self.text.replace_range(column..end, ascii);
            self.bytes = self.text.len();
            self.columns = Some(self.bytes);
            return;
        }
        for (i, c) in ascii.chars().enumerate() {
            self.put(column + i, c, style);
        }
    }

    /// Writes `c` at `column`, blanks before it if the row ends earlier. Gives the columns that it took: none for a
    /// mark, which joins the character before.
    pub fn put(&mut self, column: usize, c: char, style: TextStyle) -> usize {
        let width = match c {
            '\t' => TAB_COLUMNS - column % TAB_COLUMNS,
            c => UnicodeWidthChar::width(c).unwrap_or(1),
        };
        let columns = self.columns();
        let is_mark = width == 0 && column > 0;
        let width = if is_mark { 0 } else { width.max(1) };
        if !self.has_cells && column >= columns {
            self.pad(column - columns);
            self.is_simple &= (' '..='~').contains(&c);
            // A mark looks as what it is on.
            let lead = self.spans.last().filter(|span| is_mark && ends_at(span, self.text.len()));
            let style = if is_mark { lead.map_or(TextStyle::default(), |span| span.style) } else { style };
            self.append(c.encode_utf8(&mut [0; 4]), width, style);
            return width;
        }
        self.editable();
        let cells = &mut self.cells;
        let blanks = column.saturating_sub(cells.len());
        cells.resize_with(cells.len() + blanks, Cell::blank);
        if is_mark {
            let lead = cells.iter_mut().take(column).rev().find(|cell| cell.c != FILLER);
            if let Some(cell) = lead {
                cell.marks.push(c);
            }
            self.bytes += blanks + c.len_utf8();
            return 0;
        }
        let change = part_wide(cells, column) + part_wide(cells, column + width);
        let mut old_bytes = 0;
        for (i, new) in (column..).zip(std::iter::once(c).chain(std::iter::repeat_n(FILLER, width - 1))) {
            let cell = Cell::new(new, style);
            match cells.get_mut(i) {
                Some(place) => {
                    old_bytes += place.bytes();
                    *place = cell;
                }
                None => cells.push(cell),
            }
        }
        self.bytes = (self.bytes + blanks + c.len_utf8() + change.gained).saturating_sub(old_bytes + change.lost);
        width
    }

    /// Blanks the columns `from..to`; the row ends at `from` if it does not reach beyond `to`.
    pub fn erase(&mut self, from: usize, to: usize) {
        let columns = self.columns();
        if from >= columns {
            return;
        }
        if from == 0 && to >= columns {
            return self.clear();
        }
        if self.is_simple && !self.has_cells && to >= columns {
            self.text.truncate(from);
            clip(&mut self.spans, from);
            (self.bytes, self.columns) = (from, Some(from));
            return;
        }
        self.editable();
        let cells = &mut self.cells;
        let mut change = part_wide(cells, from);
        change = change + part_wide(cells, to);
        for cell in cells.iter_mut().take(to).skip(from) {
            change.lost += cell.bytes();
            change.gained += 1;
            *cell = Cell::blank();
        }
        if to >= cells.len() {
            change.gained = change.gained.saturating_sub(cells.len() - from);
            cells.truncate(from);
        }
        self.bytes = (self.bytes + change.gained).saturating_sub(change.lost);
    }

    /// Moves what stands from `column` on to the right by `count` blanks.
    pub fn insert(&mut self, column: usize, count: usize) {
        if column >= self.columns() {
            return;
        }
        self.editable();
        let cells = &mut self.cells;
        let change = part_wide(cells, column);
        let tail = cells.split_off(column.min(cells.len()));
        cells.extend(std::iter::repeat_n(Cell::blank(), count));
        cells.extend(tail);
        self.bytes = (self.bytes + count + change.gained).saturating_sub(change.lost);
    }

    /// Takes `count` columns from `column` on out; what stands behind moves up.
    pub fn delete(&mut self, column: usize, count: usize) {
        let end = column.saturating_add(count).min(self.columns());
        if column >= end {
            return;
        }
        self.editable();
        let cells = &mut self.cells;
        let change = part_wide(cells, column) + part_wide(cells, end);
        let lost: usize = cells.drain(column..end).map(|cell| cell.bytes()).sum();
        self.bytes = (self.bytes + change.gained).saturating_sub(change.lost + lost);
    }

    /// Hands its text to `each`, without the plain blanks at its end if `trims`.
    pub fn read<R>(&self, trims: bool, scratch: &mut Styled, each: impl FnOnce(&str, &[Span]) -> R) -> R {
        if !self.has_cells && (!trims || self.spans.is_empty() || !self.text.ends_with(' ')) {
            return each(if trims { self.text.trim_end_matches(' ') } else { &self.text }, &self.spans);
        }
        if self.has_cells {
            collect(&self.cells, scratch);
        } else {
            scratch.text.clone_from(&self.text);
            scratch.spans.clone_from(&self.spans);
        }
        if trims {
            let is_seen = |span: &&Span| span.style.background.is_some() || span.style.is_inverse;
            let seen = scratch.spans.iter().rfind(is_seen).map_or(0, |span| (span.start + span.len) as usize);
            let end = scratch.text.trim_end_matches(' ').len().max(seen);
            scratch.text.truncate(end);
            clip(&mut scratch.spans, end);
        }
        each(&scratch.text, &scratch.spans)
    }

    fn pad(&mut self, blanks: usize) {
        self.text.extend(std::iter::repeat_n(' ', blanks));
        self.bytes += blanks;
        self.columns = self.columns.map(|columns| columns + blanks);
    }

    fn append(&mut self, text: &str, columns: usize, style: TextStyle) {
        let start = self.text.len();
        self.text.push_str(text);
        self.bytes += text.len();
        self.columns = self.columns.map(|before| before + columns);
        add_span(&mut self.spans, start, text.len(), style);
    }

    fn editable(&mut self) -> &mut Vec<Cell> {
        if !self.has_cells {
            let mut text = std::mem::take(&mut self.text);
            let mut spans = std::mem::take(&mut self.spans);
            self.has_cells = true;
            (self.is_simple, self.bytes) = (false, 0);
            let (mut column, mut left) = (0, spans.iter().peekable());
            for (at, c) in text.char_indices() {
                while left.next_if(|span| (span.start + span.len) as usize <= at).is_some() {}
                let style = left.peek().filter(|span| span.start as usize <= at).map(|span| span.style);
                column += self.put(column, c, style.unwrap_or_default());
            }
            text.clear();
            spans.clear();
            (self.text, self.spans) = (text, spans);
        }
        &mut self.cells
    }
}

fn ends_at(span: &Span, end: usize) -> bool {
    (span.start + span.len) as usize == end
}

/// Adds a span for `len` bytes from `start` on, which is behind all others, or makes the last one longer.
fn add_span(spans: &mut Vec<Span>, start: usize, len: usize, style: TextStyle) {
    if style.is_plain() {
        return;
    }
    // A row is 64 KiB at most.
    let (start_u32, len) = (u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(len).unwrap_or(0));
    match spans.last_mut() {
        Some(last) if last.style == style && ends_at(last, start) => last.len += len,
        _ => spans.push(Span { start: start_u32, len, style }),
    }
}

/// Takes away what lies beyond `end`.
fn clip(spans: &mut Vec<Span>, end: usize) {
    let end = u32::try_from(end).unwrap_or(u32::MAX);
    while spans.pop_if(|span| span.start >= end).is_some() {}
    if let Some(last) = spans.last_mut() {
        last.len = last.len.min(end - last.start);
    }
}

/// Bytes that a change of cells adds and takes.
#[derive(Clone, Copy, Default)]
struct Change {
    gained: usize,
    lost: usize,
}

impl std::ops::Add for Change {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { gained: self.gained + other.gained, lost: self.lost + other.lost }
    }
}

/// Blanks a wide character that would be cut in two before `column`.
fn part_wide(cells: &mut [Cell], column: usize) -> Change {
    let mut change = Change::default();
    if cells.get(column).is_none_or(|cell| cell.c != FILLER) {
        return change;
    }
    let lead = cells.iter().take(column).rposition(|cell| cell.c != FILLER).unwrap_or(0);
    for cell in cells.iter_mut().skip(lead) {
        if cell.c != FILLER && change.gained > 0 {
            break;
        }
        change.lost += cell.bytes();
        change.gained += 1;
        *cell = Cell::blank();
    }
    change
}

fn collect(cells: &[Cell], into: &mut Styled) {
    into.text.clear();
    into.spans.clear();
    for cell in cells.iter().filter(|cell| cell.c != FILLER) {
        let start = into.text.len();
        into.text.push(cell.c);
        into.text.push_str(&cell.marks);
        add_span(&mut into.spans, start, into.text.len() - start, cell.style);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::batch::TextColor;

    fn text(row: &RowText) -> String {
        row.read(false, &mut Styled::default(), |text, _| text.to_owned())
    }

    fn write(row: &mut RowText, mut column: usize, text: &str) {
        for c in text.chars() {
            column += row.put(column, c, TextStyle::default());
        }
    }

    #[test]
    fn half_of_a_wide_character_becomes_a_blank() {
        let mut row = RowText::default();
        write(&mut row, 0, "漢字x");
        write(&mut row, 1, "a");
        assert_eq!(text(&row), " a字x");
        write(&mut row, 2, "b");
        assert_eq!(text(&row), " ab x");
        assert_eq!((row.columns(), row.bytes()), (5, 5));
    }

    #[test]
    fn marks_join_the_character_before() {
        let mut row = RowText::default();
        write(&mut row, 0, "e\u{301}x");
        assert_eq!((text(&row).as_str(), row.columns(), row.bytes()), ("e\u{301}x", 2, 4));
    }

    #[test]
    fn tabs_stay_tabs_until_they_are_overwritten() {
        let mut row = RowText::default();
        row.set("a\tb");
        assert_eq!((text(&row).as_str(), row.columns()), ("a\tb", 9));
        write(&mut row, 2, "x");
        assert_eq!(text(&row), "a x     b");
    }

    #[test]
    fn neighbours_of_one_look_make_one_span() {
        let mut row = RowText::default();
        let red = TextStyle { foreground: Some(TextColor::Ansi(1)), ..TextStyle::default() };
        row.put_ascii(0, "ab", TextStyle::default());
        row.put_ascii(2, "cdé".trim_end_matches('é'), red);
        row.put(4, 'é', red);
        row.put_ascii(5, "f", TextStyle::default());
        let spans = row.read(false, &mut Styled::default(), |_, spans| spans.to_vec());
        assert_eq!(spans, [Span { start: 2, len: 4, style: red }]);
    }

    proptest! {
        #[test]
        fn its_bytes_are_those_of_its_text(edits in prop::collection::vec((0_u8..5, 0_usize..30, 0_usize..30), 0..40)) {
            let mut row = RowText::default();
            for (kind, at, count) in edits {
                match kind {
                    0 => write(&mut row, at, "漢é\t"),
                    1 => row.erase(at, at + count),
                    2 => row.insert(at, count % 5),
                    3 => row.delete(at, count),
                    _ => row.put_ascii(at, "plain", TextStyle::default()),
                }
                prop_assert_eq!(row.bytes(), text(&row).len());
            }
        }
    }
}
