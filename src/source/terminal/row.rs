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
    marks: Option<Box<String>>,
}

impl Cell {
    fn new(c: char, style: TextStyle) -> Self {
        Self { c, style, marks: None }
    }

    fn blank() -> Self {
        Self::new(' ', TextStyle::default())
    }

    fn bytes(&self) -> usize {
        if self.c == FILLER { 0 } else { self.c.len_utf8() + self.marks.as_ref().map_or(0, |marks| marks.len()) }
    }
}

/// The text of a row.
#[derive(Debug)]
pub(super) struct RowText {
    /// The text, while nothing in it needs cells.
    text: String,
    /// The columns, in place of `text`.
    cells: Vec<Cell>,
    has_cells: bool,
    /// Whether it is text in which a column is a byte.
    is_simple: bool,
    bytes: usize,
}

impl Default for RowText {
    fn default() -> Self {
        Self { text: String::new(), cells: Vec::new(), has_cells: false, is_simple: true, bytes: 0 }
    }
}

impl RowText {
    /// Takes a whole plain line in place of what it held.
    pub fn set(&mut self, line: &str) {
        self.clear();
        self.is_simple = line.bytes().all(|b| (b' '..=b'~').contains(&b));
        self.bytes = line.len();
        self.text.push_str(line);
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        (self.has_cells, self.is_simple, self.bytes) = (false, true, 0);
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
        self.text.capacity() + self.cells.capacity() * size_of::<Cell>()
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
        if self.is_simple { self.bytes } else { self.to_cells().len() }
    }

    /// Writes printable ASCII from column `column` on, blanks before it if the row ends earlier.
    pub fn put_ascii(&mut self, column: usize, ascii: &str, style: TextStyle) {
        if self.is_simple && style.is_plain() {
            for _ in self.text.len()..column {
                self.text.push(' ');
            }
            let end = (column + ascii.len()).min(self.text.len());
            self.text.replace_range(column..end, ascii);
            self.bytes = self.text.len();
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
        self.to_cells();
        let cells = &mut self.cells;
        if width == 0 && column > 0 {
            let lead = cells.iter_mut().take(column).rev().find(|cell| cell.c != FILLER);
            if let Some(cell) = lead {
                cell.marks.get_or_insert_default().push(c);
                self.bytes += c.len_utf8();
                return 0;
            }
        }
        let width = width.max(1);
        let blanks = column.saturating_sub(cells.len());
        cells.resize_with(cells.len() + blanks, Cell::blank);
        let lost = part_wide(cells, column) + part_wide(cells, column + width);
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
        self.bytes = (self.bytes + blanks + c.len_utf8() + lost.gained).saturating_sub(old_bytes + lost.lost);
        width
    }

    /// Blanks the columns `from..to`; the row ends at `from` if it does not reach beyond `to`.
    pub fn erase(&mut self, from: usize, to: usize) {
        if from >= self.columns() {
            return;
        }
        if from == 0 && to >= self.columns() {
            return self.clear();
        }
        if self.is_simple {
            if to >= self.text.len() {
                self.text.truncate(from);
            } else {
                self.text.replace_range(from..to, &" ".repeat(to - from));
            }
            self.bytes = self.text.len();
            return;
        }
        self.to_cells();
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
        self.to_cells();
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
        self.to_cells();
        let cells = &mut self.cells;
        let change = part_wide(cells, column) + part_wide(cells, end);
        let lost: usize = cells.drain(column..end).map(|cell| cell.bytes()).sum();
        self.bytes = (self.bytes + change.gained).saturating_sub(change.lost + lost);
    }

    /// Hands its text to `each`, without the plain blanks at its end if `trims`.
    pub fn read<R>(&self, trims: bool, scratch: &mut Styled, each: impl FnOnce(&str, &[Span]) -> R) -> R {
        if self.has_cells {
            collect(&self.cells, trims, scratch);
            each(&scratch.text, &scratch.spans)
        } else {
            each(if trims { self.text.trim_end_matches(' ') } else { &self.text }, &[])
        }
    }

    fn to_cells(&mut self) -> &mut Vec<Cell> {
        if !self.has_cells {
            let text = std::mem::take(&mut self.text);
            (self.has_cells, self.is_simple, self.bytes) = (true, false, 0);
            let mut column = 0;
            for c in text.chars() {
                column += self.put(column, c, TextStyle::default());
            }
            self.text = text;
            self.text.clear();
        }
        &mut self.cells
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

fn collect(cells: &[Cell], trims: bool, into: &mut Styled) {
    into.text.clear();
    into.spans.clear();
    let is_trimmed = |cell: &&Cell| cell.c == ' ' && cell.style.background.is_none() && !cell.style.is_inverse;
    let blanks = if trims { cells.iter().rev().take_while(is_trimmed).count() } else { 0 };
    let mut span = Span { start: 0, len: 0, style: TextStyle::default() };
    for cell in cells.iter().take(cells.len() - blanks).filter(|cell| cell.c != FILLER) {
        // A row is 64 KiB at most.
        let start = u32::try_from(into.text.len()).unwrap_or(u32::MAX);
        if cell.style != span.style {
            close(span, start, &mut into.spans);
            span = Span { start, len: 0, style: cell.style };
        }
        into.text.push(cell.c);
        into.text.extend(cell.marks.as_ref().map(|marks| marks.as_str()));
    }
    let end = u32::try_from(into.text.len()).unwrap_or(u32::MAX);
    close(span, end, &mut into.spans);
}

fn close(span: Span, end: u32, into: &mut Vec<Span>) {
    if end > span.start && !span.style.is_plain() {
        into.push(Span { len: end - span.start, ..span });
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
