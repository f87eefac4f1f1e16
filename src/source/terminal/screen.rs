//! The rows that a program can reach, its cursor, and what moves and edits do to them.
//!
//! Called on the worker's thread. When a row is handed on is decided in `show`.

use std::collections::VecDeque;
use std::time::Duration;

use crate::batch::TextStyle;

use super::row::{RowText, Styled};
use super::sequence::{Erase, Op};
use super::show::Pending;
use super::{LINE_BYTES_MAX, ROWS, Update};

/// Memory that the rows may keep, in bytes. Rows of cells are large: beyond this the oldest cannot be reached any more.
const HELD_BYTES_MAX: usize = 16 << 20;

/// Memory of a row that is kept for the next one, in bytes: enough for usual lines.
const SPARE_BYTES_MAX: usize = 4096;

/// A row and how far it has been shown.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The line that it shows.
    pub number: u64,
    pub text: RowText,
    /// The last whole state before the present one that was not blank.
    pub last: Option<Styled>,
    /// Whether `last` is still to be shown.
    pub is_last_unshown: bool,
    /// Whether `text` is not as shown.
    pub is_dirty: bool,
    /// Whether the line was shown at all.
    pub was_shown: bool,
    /// Whether it was shown as the beginning of a line.
    pub was_shown_open: bool,
    /// When a state was last shown.
    pub shown_at: Option<Duration>,
    /// Whether the line was rewritten since its start.
    pub is_rewritten: bool,
    /// Whether the cursor came back to it.
    pub is_revisited: bool,
    /// Whether the cursor left what was written: it is whole, and the next edit begins another state.
    pub is_settled: bool,
    /// Whether it was blanked, with `last` being what was there.
    pub is_wiped: bool,
}

impl Row {
    pub fn new(number: u64) -> Self {
        Self { number, ..Self::default() }
    }
}

/// The rows.
#[derive(Debug)]
pub(super) struct Screen {
    pub rows: VecDeque<Row>,
    /// Place of the cursor's row in `rows`.
    pub row: usize,
    /// Column of the cursor.
    pub column: usize,
    /// When bytes last came in.
    pub fed_at: Duration,
    pub next_number: u64,
    pub pending: Option<Pending>,
    pub scratch: Styled,
    /// Line at the top of the page that positions refer to, once there is one.
    page: Option<u64>,
    /// Line and column of a saved cursor.
    saved: Option<(u64, usize)>,
    /// Memory of a row that is gone, for the next one.
    spare: Option<RowText>,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            rows: VecDeque::from([Row::new(0)]),
            row: 0,
            column: 0,
            fed_at: Duration::ZERO,
            next_number: 1,
            pending: None,
            scratch: Styled::default(),
            page: None,
            saved: None,
            spare: None,
        }
    }
}

impl Screen {
    /// The number of the line that the cursor is in.
    pub fn cursor_number(&self) -> u64 {
        self.rows.get(self.row).map_or(0, |row| row.number)
    }

    /// Whether the cursor is at the start of a new line that nothing is known of.
    pub fn is_at_new_line(&self) -> bool {
        self.row + 1 == self.rows.len()
            && self.column == 0
            && self.pending.is_none()
            && self.rows.back().is_some_and(|row| {
                row.text.is_empty() && !row.is_rewritten && !row.is_settled && !row.was_shown && row.last.is_none()
            })
    }

    /// Writes printable ASCII at the cursor; a row that becomes too long is ended.
    pub fn put_ascii<E>(
        &mut self,
        ascii: &str,
        style: TextStyle,
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = ascii;
        while !rest.is_empty() {
            self.begin_edit(each)?;
            let column = self.column;
            let Some(row) = self.rows.get_mut(self.row) else { return Ok(()) };
            let growth = (column + rest.len()).saturating_sub(row.text.columns());
            let room = LINE_BYTES_MAX.saturating_sub(row.text.bytes());
            let fitting = rest.len().saturating_sub(growth.saturating_sub(room));
            if fitting == 0 {
                self.line_feed(each)?;
                continue;
            }
            let (head, tail) = rest.split_at(fitting);
            row.text.put_ascii(column, head, style);
            row.is_dirty = true;
            self.column += fitting;
            rest = tail;
        }
        Ok(())
    }

    /// Writes a character at the cursor; a row that becomes too long is ended before.
    pub fn put<E>(
        &mut self,
        c: char,
        style: TextStyle,
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.begin_edit(each)?;
        let column = self.column;
        let Some(row) = self.rows.get_mut(self.row) else { return Ok(()) };
        let columns = row.text.columns();
        if c == '\t' && column < columns {
            // Over what is there already, a tab only moves.
            self.column = (column / 8 + 1) * 8;
            return Ok(());
        }
        if row.text.bytes() + column.saturating_sub(columns) + c.len_utf8() > LINE_BYTES_MAX {
            self.line_feed(each)?;
            return self.put(c, style, each);
        }
        self.column += row.text.put(column, c, style);
        row.is_dirty = true;
        Ok(())
    }

    /// Ends the row and goes to the start of the next one.
    pub fn line_feed<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.settle();
        let ended = self.row;
        if ended + 1 == self.rows.len() {
            self.add_row();
        } else if let Some(row) = self.rows.get_mut(ended + 1) {
            (row.is_revisited, row.is_settled) = (true, true);
        }
        (self.row, self.column) = (ended + 1, 0);
        self.end_row(ended, each)?;
        self.trim(each)
    }

    pub fn carriage_return(&mut self) {
        self.column = 0;
        self.settle();
    }

    /// Moves the cursor to the left.
    pub fn back(&mut self, count: usize) {
        self.go_to_column(self.column.saturating_sub(count));
    }

    /// Does what a sequence asks for.
    pub fn apply<E>(&mut self, op: Op, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        let last = self.rows.len() - 1;
        match op {
            Op::Up(count) => self.go_to_row(self.row.saturating_sub(count)),
            Op::Down(count) => self.go_to_row(self.row.saturating_add(count).min(last)),
            Op::RowStart(by) => {
                self.go_to_row(self.row.saturating_add_signed(by).min(last));
                self.carriage_return();
            }
            Op::Forward(count) => self.go_to_column(self.column.saturating_add(count)),
            Op::Back(count) => self.back(count),
            Op::Column(column) => self.go_to_column(column),
            Op::Place(row, column) => {
                if self.page.is_none() {
                    self.new_page(each)?;
                }
                let top = self.rows.iter().position(|row| Some(row.number) >= self.page).unwrap_or(0);
                // Some ask for a place far away only to learn how large the screen is.
                while row < ROWS && top + row >= self.rows.len() {
                    self.add_row();
                }
                self.go_to_row((top + row).min(self.rows.len() - 1));
                self.go_to_column(column);
                self.trim(each)?;
            }
            Op::EraseLine(part) => self.erase_line(part, each)?,
            Op::EraseDisplay(part) => {
                let others = if part == Erase::Before { 0..self.row } else { self.row + 1..last + 1 };
                self.erase_line(part, each)?;
                for i in others {
                    self.wipe(i, each)?;
                }
            }
            Op::Blank(count) => {
                let from = self.column;
                self.edit(each, |text, _| text.erase(from, from.saturating_add(count)))?;
            }
            Op::Insert(count) => {
                let from = self.column;
                self.edit(each, |text, room| text.insert(from, count.min(room)))?;
            }
            Op::Delete(count) => {
                let from = self.column;
                self.edit(each, |text, _| text.delete(from, count))?;
            }
            Op::LineFeed => self.line_feed(each)?,
            Op::Save => self.saved = Some((self.cursor_number(), self.column)),
            Op::Restore => {
                if let Some((number, column)) = self.saved {
                    if let Some(row) = self.rows.iter().position(|row| row.number == number) {
                        self.go_to_row(row);
                    }
                    self.go_to_column(column);
                }
            }
            Op::NewPage => self.new_page(each)?,
            Op::Task(progress) => each(Update::Task(progress))?,
            Op::Control(_) => {}
        }
        Ok(())
    }

    /// Takes in `count` lines that were handed on, of which `lines` are the newest that can be reached.
    pub fn pass<'l, E>(
        &mut self,
        count: usize,
        lines: impl ExactSizeIterator<Item = &'l str>,
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(mut new) = self.rows.pop_back() else { return Ok(()) };
        let end = new.number + count as u64;
        let first = end - lines.len() as u64;
        for (number, line) in (first..).zip(lines) {
            let mut row = if self.rows.len() + 1 >= ROWS { self.retire(each)? } else { Row::default() };
            row.text.set(line);
            self.rows.push_back(Row { number, text: row.text, was_shown: true, ..Row::default() });
        }
        new.number = end;
        self.next_number = end + 1;
        self.rows.push_back(new);
        self.row = self.rows.len() - 1;
        Ok(())
    }

    /// Ends all rows; what follows is on a page of its own.
    fn new_page<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.finish(each)?;
        self.page = Some(self.cursor_number());
        Ok(())
    }

    /// Shows what is left of all rows and starts with a new one.
    pub fn finish<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.settle();
        self.decide(each)?;
        // A blank row at the end, as behind the last line feed, was never a line.
        let is_line = |row: &Row| row.was_shown || row.last.is_some() || !row.text.is_empty();
        let end = self.rows.iter().rposition(is_line).map_or(0, |i| i + 1);
        let mut i = 0;
        // Closing one may give numbers anew, but moves none.
        while i < end.min(self.rows.len()) {
            self.close_row(i, each)?;
            i += 1;
        }
        let number = self.rows.iter().take(end).map(|row| row.number + 1).max();
        let number = number.or(self.rows.front().map(|row| row.number)).unwrap_or(self.next_number);
        self.rows.clear();
        self.rows.push_back(Row::new(number));
        self.next_number = number + 1;
        (self.row, self.column) = (0, 0);
        Ok(())
    }

    /// What stands in the cursor's row is whole.
    pub fn settle(&mut self) {
        if let Some(row) = self.rows.get_mut(self.row) {
            row.is_settled = true;
            if row.last.is_some() && row.text.is_blank() {
                row.is_wiped = true;
            }
        }
    }

    fn add_row(&mut self) {
        let text = self.spare.take().unwrap_or_default();
        self.rows.push_back(Row { text, ..Row::new(self.next_number) });
        self.next_number += 1;
    }

    fn go_to_column(&mut self, column: usize) {
        self.column = column.min(LINE_BYTES_MAX - 1);
        if self.column == 0 {
            self.settle();
        }
    }

    fn go_to_row(&mut self, row: usize) {
        if row != self.row {
            self.settle();
            self.row = row;
            if let Some(row) = self.rows.get_mut(row) {
                (row.is_revisited, row.is_settled) = (true, true);
            }
        }
    }

    /// To be called before the cursor's row is changed.
    fn begin_edit<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        let i = self.row;
        let Some(row) = self.rows.get_mut(i) else { return Ok(()) };
        if !std::mem::take(&mut row.is_settled) {
            return Ok(());
        }
        row.is_rewritten = true;
        if row.text.is_blank() {
            row.text.clear();
            (row.is_wiped, row.is_dirty) = (row.last.is_some(), false);
            return Ok(());
        }
        self.keep_state(i, each)
    }

    fn edit<E>(
        &mut self,
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
        change: impl FnOnce(&mut RowText, usize),
    ) -> Result<(), E> {
        self.begin_edit(each)?;
        if let Some(row) = self.rows.get_mut(self.row) {
            let room = LINE_BYTES_MAX.saturating_sub(row.text.bytes());
            change(&mut row.text, room);
            row.is_dirty = true;
        }
        Ok(())
    }

    fn erase_line<E>(&mut self, part: Erase, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        let column = self.column;
        let Some(row) = self.rows.get_mut(self.row) else { return Ok(()) };
        let columns = row.text.columns();
        match part {
            Erase::After if column >= columns => Ok(()),
            Erase::After if column > 0 => self.edit(each, |text, _| text.erase(column, LINE_BYTES_MAX)),
            Erase::Before if column + 1 < columns => self.edit(each, |text, _| text.erase(0, column + 1)),
            _ => self.wipe(self.row, each),
        }
    }

    /// Blanks row `i`; what it said stays to be seen until something else is written there.
    fn wipe<E>(&mut self, i: usize, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        if self.rows.get(i).is_none_or(|row| row.text.is_empty()) {
            return Ok(());
        }
        if self.rows.get(i).is_some_and(|row| !row.text.is_blank()) {
            self.keep_state(i, each)?;
        }
        if let Some(row) = self.rows.get_mut(i) {
            row.text.clear();
            (row.is_rewritten, row.is_wiped, row.is_dirty) = (true, row.last.is_some(), false);
        }
        Ok(())
    }

    /// Lets rows go that cannot be reached any more.
    fn trim<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        while self.row > 0 && (self.rows.len() > ROWS || self.is_heavy()) {
            self.decide(each)?;
            let mut text = self.retire(each)?.text;
            if text.held_bytes() <= SPARE_BYTES_MAX {
                text.clear();
                self.spare = Some(text);
            }
        }
        Ok(())
    }

    fn is_heavy(&self) -> bool {
        // Looked at only where a long row could have made the difference.
        let is_long = self.row.checked_sub(1).and_then(|i| self.rows.get(i)).is_some_and(|row| row.text.bytes() > 4096);
        is_long && self.rows.iter().map(|row| row.text.held_bytes()).sum::<usize>() > HELD_BYTES_MAX
    }

    /// Takes the oldest row away, after its last state was shown.
    fn retire<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<Row, E> {
        self.close_row(0, each)?;
        self.row = self.row.saturating_sub(1);
        Ok(self.rows.pop_front().unwrap_or_default())
    }
}
