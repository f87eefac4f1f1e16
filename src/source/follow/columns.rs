//! Growing tables: CSV and TSV in their dialects, and columns in white space.
//!
//! Worker's thread. The dialect is that of [`table`](crate::source::table), told by the first two lines with content; a
//! line of names further down begins new columns, as where a program was started again or its log rotated. Unlike a table
//! that is read as a whole, a wrong line is told and passed over: the program that writes it goes on.

use std::collections::{HashMap, HashSet};

use super::cutter::{Cutter, LINE_BYTES_MAX, Line};
use super::reader::{Fed, Reader};
use super::sheet::{RowX, Sheet};
use crate::source::table::cell::{self, Cell};
use crate::source::table::dialect::{self, Delimiter};
use crate::source::table::jsonl::X_KEYS;

/// Most columns of a table.
const COLUMNS_MAX: usize = 10_000;

/// Cells of a line of texts by which it is known that they are names of columns.
const NAMES_COMPARED: usize = 100;

/// Bytes of comments before the first row that are looked at for names.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Lines that one row may have, because of line ends in quotes.
const ROW_LINES_MAX: u64 = 64;

/// Reads a table.
#[derive(Default)]
pub(super) struct TableReader {
    cutter: Cutter,
    rows: Rows,
}

/// The lines of a table, as far as they were read.
#[derive(Default)]
struct Rows {
    /// Lines before the dialect is known, and how many of them have content.
    head: Vec<(u64, Vec<u8>)>,
    head_bytes: usize,
    contents: usize,
    table: Option<Columns>,
    /// A row whose quotes are open, and the line where it began.
    open: Option<(u64, u64, Vec<u8>)>,
}

/// The columns of a table.
struct Columns {
    delimiter: Delimiter,
    decimal: u8,
    /// A number with a point was seen, so a comma is no decimal sign.
    has_point: bool,
    columns: Vec<Column>,
    /// Where x stands, once the first row has told it; none if x is the number of the row.
    x: Option<Option<usize>>,
    x_is_time: bool,
    cells: Vec<(usize, f64)>,
    /// The next line is the first one of a file, so it may have other names.
    is_start: bool,
}

struct Column {
    name: String,
    /// Its series, once it has a number.
    series: Option<usize>,
    is_refused: bool,
    has_fault: bool,
}

impl Reader for TableReader {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed {
        let rows = &mut self.rows;
        self.cutter.feed(bytes, &mut |line| rows.line(line, sheet));
        Fed::Taken
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let rows = &mut self.rows;
        self.cutter.end(&mut |line| rows.line(line, sheet));
        if let Some((number, _, text)) = self.rows.open.take() {
            self.rows.content(number, &text, sheet);
        }
        self.rows.begin(sheet);
    }

    fn restart(&mut self) {
        self.cutter.restart();
        self.rows.open = None;
        if let Some(table) = &mut self.rows.table {
            table.is_start = true;
        }
    }
}

impl Rows {
    fn line(&mut self, line: Line<'_>, sheet: &mut Sheet) {
        let (number, text) = match line {
            Line::Text(number, text) => (number, text),
            Line::TooLong(number) => {
                let mebibytes = LINE_BYTES_MAX >> 20;
                return sheet.fault(&format!(
                    "line {number}: longer than {mebibytes} MiB and left out; check that each quote is closed"
                ));
            }
        };
        let is_quoting = self.table.as_ref().is_none_or(|table| matches!(table.delimiter, Delimiter::Byte(_)));
        if let Some((first, lines, mut open)) = self.open.take() {
            open.push(b'\n');
            open.extend_from_slice(text);
            if !has_open_quote(&open) {
                self.content(first, &open, sheet);
            } else if lines + 1 >= ROW_LINES_MAX || open.len() > LINE_BYTES_MAX {
                // A lone quote, as in 3.5", and not one that begins a text.
                for (number, line) in (first..).zip(open.split(|byte| *byte == b'\n')) {
                    self.content(number, line, sheet);
                }
            } else {
                self.open = Some((first, lines + 1, open));
            }
        } else if is_quoting && has_open_quote(text) {
            self.open = Some((number, 1, text.to_vec()));
        } else {
            self.content(number, text, sheet);
        }
    }

    /// Takes a row, a comment or a blank line.
    fn content(&mut self, number: u64, text: &[u8], sheet: &mut Sheet) {
        let is_skipped = dialect::is_skipped(text);
        if let Some(table) = &mut self.table {
            if !is_skipped {
                table.line(number, text, sheet);
            }
            return;
        }
        if !is_skipped || self.head_bytes + text.len() <= HEAD_BYTES_MAX {
            self.head_bytes += text.len();
            self.head.push((number, text.to_vec()));
            self.contents += usize::from(!is_skipped);
        }
        if self.contents == 2 {
            self.begin(sheet);
        }
    }

    /// Tells the dialect by the lines so far and reads them.
    fn begin(&mut self, sheet: &mut Sheet) {
        let head = std::mem::take(&mut self.head);
        (self.head_bytes, self.contents) = (0, 0);
        let block = head.iter().map(|(_, line)| line.as_slice()).collect::<Vec<_>>().join(&b'\n');
        let Some(found) = dialect::find(&block).filter(|_| self.table.is_none()) else { return };
        let mut table = Columns {
            delimiter: found.delimiter,
            decimal: found.decimal,
            has_point: false,
            columns: Vec::new(),
            x: None,
            x_is_time: false,
            cells: Vec::new(),
            is_start: false,
        };
        table.name(found.names);
        let mut at = 0;
        for (number, line) in head {
            let is_before = at < found.data_start;
            at += line.len() + 1;
            if !is_before && !dialect::is_skipped(&line) {
                table.line(number, &line, sheet);
            }
        }
        self.table = Some(table);
    }
}

/// Reads a cell.
pub(super) fn parse(text: &[u8], delimiter: Delimiter, decimal: u8) -> Cell {
    // ASE marks an energy that is not the free one.
    let text = if delimiter == Delimiter::Blanks { text.strip_suffix(b"*").unwrap_or(text) } else { text };
    cell::parse(text, decimal)
}

/// Whether a cell that begins with a quote has no end.
fn has_open_quote(text: &[u8]) -> bool {
    memchr::memchr_iter(b'"', text).count() % 2 == 1
}

impl Columns {
    /// Gives the columns their names, each a name of its own.
    fn name(&mut self, names: Vec<String>) {
        self.columns.clear();
        self.x = None;
        let (mut taken, mut numbers) = (HashSet::new(), HashMap::new());
        for name in names.into_iter().take(COLUMNS_MAX) {
            let mut unique = name.clone();
            let number = numbers.entry(name.clone()).or_insert(2);
            while !taken.insert(unique.clone()) {
                unique = format!("{name} ({number})");
                *number += 1;
            }
            self.columns.push(Column { name: unique, series: None, is_refused: false, has_fault: false });
        }
    }

    fn line(&mut self, number: u64, text: &[u8], sheet: &mut Sheet) {
        let texts = dialect::split(text, self.delimiter);
        let width = self.columns.len();
        let count = if texts.len() == width + 1 && texts.last().is_some_and(|last| last.trim_ascii().is_empty()) {
            width
        } else {
            texts.len()
        };
        let cells: Vec<Cell> = texts.iter().map(|text| self.cell(text.trim_ascii())).collect();
        let is_named = |text: &[u8]| self.columns.iter().any(|column| column.name.as_bytes() == text.trim_ascii());
        let are_texts = cells.iter().all(|cell| *cell == Cell::Text);
        if are_texts
            && (std::mem::take(&mut self.is_start) || texts.iter().take(NAMES_COMPARED).any(|text| is_named(text)))
        {
            let name = |(index, text): (usize, &std::borrow::Cow<'_, [u8]>)| {
                let name = String::from_utf8_lossy(text.trim_ascii());
                if name.is_empty() { format!("column {}", index + 1) } else { name.into_owned() }
            };
            let names: Vec<String> = texts.iter().enumerate().map(name).collect();
            if !names.iter().eq(self.columns.iter().map(|column| &column.name)) && !self.is_row_named(&names) {
                self.name(names);
            }
            return;
        }
        self.is_start = false;
        if are_texts && (self.x.is_none() || self.delimiter == Delimiter::Blanks) {
            // The units of the columns, or prose between the rows.
            return;
        }
        if count == width + 1 && self.x.is_none() && !self.columns.iter().any(|column| column.name == "row") {
            // As R writes it, and ASE: the rows have names, and their column has none.
            let names = self.columns.iter().map(|column| column.name.clone());
            self.name(std::iter::once("row".to_owned()).chain(names).collect());
        } else if count != width {
            // Only a comment behind the row can excuse it.
            let comment = memchr::memchr2(b'#', b'%', text).filter(|at| *at > 0).and_then(|at| text.get(..at));
            match comment.map(<[u8]>::trim_ascii_end).filter(|row| !row.is_empty()) {
                Some(row) => self.line(number, row, sheet),
                None => sheet.fault(&format!(
                    "line {number}: {count} columns where there should be {width}; the line is left out"
                )),
            }
            return;
        }
        self.row(number, &texts, &cells, sheet);
    }

    /// Whether these are the columns as they are, but for the one that names the rows.
    fn is_row_named(&self, names: &[String]) -> bool {
        self.columns.first().is_some_and(|first| first.name == "row")
            && names.iter().eq(self.columns.iter().skip(1).map(|column| &column.name))
    }

    /// Reads a cell. Which sign parts the decimals can show late, as a table may begin with whole numbers.
    fn cell(&mut self, text: &[u8]) -> Cell {
        let cell = parse(text, self.delimiter, self.decimal);
        match cell {
            Cell::Number(_) => self.has_point |= text.contains(&b'.'),
            Cell::Text if self.decimal == b'.' && !self.has_point && self.delimiter != Delimiter::Byte(b',') => {
                if let number @ Cell::Number(_) = cell::parse(text, b',') {
                    self.decimal = b',';
                    return number;
                }
            }
            // A comment behind the last cell.
            Cell::Text => {
                if let Some(text) = memchr::memchr(b'#', text).filter(|at| *at > 0).and_then(|at| text.get(..at)) {
                    return self.cell(text.trim_ascii_end());
                }
            }
            _ => {}
        }
        cell
    }

    fn row(&mut self, number: u64, texts: &[std::borrow::Cow<'_, [u8]>], cells: &[Cell], sheet: &mut Sheet) {
        let x = match self.x {
            Some(x) => x,
            None => self.choose_x(cells),
        };
        let row_x = match x.and_then(|x| cells.get(x)) {
            None => RowX::Count,
            Some(Cell::Number(value) | Cell::Time(value)) => RowX::At(*value),
            Some(_) => {
                return sheet.fault(&format!("line {number}: no value in the column of x; the line is left out"));
            }
        };
        let x_label = x.and_then(|x| self.columns.get(x)).map_or_else(|| "row".to_owned(), |x| x.name.clone());
        self.cells.clear();
        for (index, (column, cell)) in self.columns.iter_mut().zip(cells).enumerate() {
            if Some(index) == x || column.is_refused {
                continue;
            }
            match cell {
                Cell::Number(value) => {
                    if column.series.is_none() {
                        column.series = sheet.series(&column.name, &x_label, self.x_is_time);
                        column.is_refused = column.series.is_none();
                    }
                    self.cells.extend(column.series.map(|series| (series, *value)));
                }
                // A column of texts has no numbers; a text among numbers is a fault of its line.
                Cell::Text if column.series.is_some() && !column.has_fault => {
                    column.has_fault = true;
                    let text = texts.get(index).map(|text| String::from_utf8_lossy(text.trim_ascii()).into_owned());
                    let text: String = text.unwrap_or_default().chars().take(40).collect();
                    sheet.fault(&format!(
                        "line {number}, column {}: {text:?} is no number; such cells are left out",
                        column.name
                    ));
                }
                Cell::Text | Cell::Time(_) | Cell::Missing => {}
            }
        }
        sheet.row(row_x, &self.cells);
    }

    /// The column of x: one that is called like a step or a time, else the first one, if it has values and is not alone.
    fn choose_x(&mut self, cells: &[Cell]) -> Option<usize> {
        let is_value = |index: &usize| matches!(cells.get(*index), Some(Cell::Number(_) | Cell::Time(_)));
        let named = |key: &&'static str| {
            let place = self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(key));
            place.filter(is_value)
        };
        let is_alone = self.columns.len() < 2;
        let x = X_KEYS.iter().find_map(named).or(Some(0).filter(is_value)).filter(|_| !is_alone);
        self.x_is_time = x.is_some_and(|x| matches!(cells.get(x), Some(Cell::Time(_))));
        self.x = Some(x);
        x
    }
}
