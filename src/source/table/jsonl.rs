//! Tables from JSON lines: an object a line, a column a key.
//!
//! Runs on the caller's thread.

use std::collections::HashMap;
use std::io::Read;

use crate::batch::Xs;
use crate::source::json::{self, Leaf};

use super::blocks::Blocks;
use super::cell::{self, Cell};
use super::dialect::Kind;
use super::error::{TableError, file_name, list, short};
use super::plan::find_column;
use super::{MISSING, Table, TableColumn, TableOptions};

/// Keys that are x wherever they stand in the object, the first of them that there is.
pub(in crate::source) const X_KEYS: [&str; 14] = [
    "step",
    "global_step",
    "_step",
    "iteration",
    "iter",
    "it",
    "batch",
    "epoch",
    "timestamp",
    "time",
    "ts",
    "t",
    "x",
    "index",
];

/// Most columns, so that ever new keys cannot fill memory with backfilled gaps.
const COLUMNS_MAX: usize = 10_000;

/// Whether text begins like a JSON object.
pub(super) fn is_json(block: &[u8]) -> bool {
    let text = block.strip_prefix(b"\xef\xbb\xbf").unwrap_or(block).trim_ascii_start();
    text.first() == Some(&b'{')
}

#[derive(Default)]
struct Column {
    name: String,
    kind: Kind,
    values: Vec<f64>,
}

#[derive(Default)]
struct Reader {
    columns: Vec<Column>,
    by_name: HashMap<String, usize>,
    rows: usize,
    lines: u64,
}

/// Reads JSON lines whose first block is `first`.
pub(super) fn read<R: Read>(
    first: Vec<u8>,
    mut blocks: Blocks<R>,
    options: &TableOptions,
) -> Result<Table, TableError> {
    let mut reader = Reader::default();
    let mut next = Some(first);
    while let Some(block) = next {
        for line in block.split_inclusive(|b| *b == b'\n') {
            reader.lines += 1;
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
            if !line.is_empty() && !line.starts_with(b"#") {
                reader.line(line, options)?;
            }
        }
        next = blocks.next().map_err(|error| error.at(options, reader.lines + 1))?;
    }
    reader.into_table(options)
}

impl Reader {
    fn line(&mut self, line: &[u8], options: &TableOptions) -> Result<(), TableError> {
        let text = String::from_utf8_lossy(line);
        let mut wrong = None;
        let read = json::read_object(&text, &mut |path, leaf| {
            if wrong.is_none() {
                wrong = self.leaf(path, leaf, options).err();
            }
        });
        if !read.is_some_and(|end| text.get(end..).is_some_and(|rest| rest.trim_matches([' ', ',', '\t']).is_empty())) {
            return Err(TableError::NotJson { file: file_name(options), line: self.lines });
        }
        self.rows += 1;
        wrong.map_or(Ok(()), Err)
    }

    fn leaf(&mut self, path: &str, leaf: Leaf<'_>, options: &TableOptions) -> Result<(), TableError> {
        let (cell, shown) = match leaf {
            Leaf::Number(value) => (Cell::Number(value), value.to_string()),
            Leaf::Text(text) => (cell::parse(text.trim().as_bytes(), b'.'), text.into_owned()),
            Leaf::Null => (Cell::Missing, "null".into()),
            Leaf::Other => return Ok(()),
        };
        let index = match self.by_name.get(path) {
            Some(index) => *index,
            None if self.columns.len() >= COLUMNS_MAX => return Ok(()),
            None => {
                self.by_name.insert(path.to_owned(), self.columns.len());
                self.columns.push(Column { name: path.to_owned(), ..Column::default() });
                self.columns.len() - 1
            }
        };
        let (rows, lines) = (self.rows, self.lines);
        let Some(column) = self.columns.get_mut(index) else { return Ok(()) };
        let value = match (cell, column.kind) {
            (_, Kind::Text) | (Cell::Missing, _) => return Ok(()),
            (Cell::Number(value), Kind::Number | Kind::Unknown) => {
                column.kind = Kind::Number;
                value
            }
            (Cell::Number(value), Kind::Time) if value.is_nan() => value,
            (Cell::Time(secs), Kind::Time | Kind::Unknown) => {
                column.kind = Kind::Time;
                secs
            }
            (_, Kind::Unknown) => {
                column.kind = Kind::Text;
                return Ok(());
            }
            (_, kind) => {
                return Err(TableError::NotANumber {
                    file: file_name(options),
                    line: lines,
                    column: short(path.as_bytes()),
                    text: short(shown.as_bytes()),
                    kind: if kind == Kind::Time { "time" } else { "number" },
                });
            }
        };
        // A key that came later, or was left out for a while, has gaps before. Of equal keys the last one counts.
        column.values.truncate(rows);
        column.values.resize(rows, MISSING);
        column.values.push(value);
        Ok(())
    }

    fn into_table(self, options: &TableOptions) -> Result<Table, TableError> {
        let rows = self.rows;
        let names: Vec<String> = self.columns.iter().map(|c| c.name.clone()).collect();
        let is_value =
            |index: &usize| self.columns.get(*index).is_some_and(|c| matches!(c.kind, Kind::Number | Kind::Time));
        let ys = options.y.iter().map(|y| find_column(&names, y, options)).collect::<Result<Vec<_>, _>>()?;
        let x = match &options.x {
            Some(x) => Some(find_column(&names, x, options)?),
            None => X_KEYS
                .iter()
                .find_map(|key| names.iter().position(|name| name == key))
                .or_else(|| (0..names.len()).find(is_value))
                .filter(|x| is_value(x) && !ys.contains(x)),
        };
        let value_count = (0..names.len()).filter(is_value).count();
        let x = x.filter(|_| options.x.is_some() || value_count > 1);
        let is_asked = |index: usize| ys.contains(&index);
        let mut skipped = Vec::new();
        let mut columns = Vec::new();
        let mut found_x = None;
        for (index, mut column) in self.columns.into_iter().enumerate() {
            let is_value = matches!(column.kind, Kind::Number | Kind::Time);
            column.values.resize(rows, MISSING);
            if Some(index) == x {
                if !is_value {
                    return Err(no_numbers(&column.name, options));
                }
                let values = if is_asked(index) { column.values.clone() } else { std::mem::take(&mut column.values) };
                found_x = Some((values, column.name.clone(), column.kind == Kind::Time));
                if !is_asked(index) {
                    continue;
                }
            }
            if is_asked(index) && !is_value {
                return Err(no_numbers(&column.name, options));
            }
            if is_asked(index) || (ys.is_empty() && column.kind == Kind::Number) {
                columns.push(TableColumn { name: column.name, values: column.values });
            } else if ys.is_empty() {
                skipped.push(column.name);
            }
        }
        if columns.is_empty() {
            return Err(TableError::NoNumbers { file: file_name(options), columns: list(&names) });
        }
        let (x, x_name, x_is_time) = match found_x {
            Some((values, name, is_time)) => (Xs::Explicit(values.into()), name, is_time),
            None => (Xs::Steps { start: 1.0, step: 1.0 }, "row".to_owned(), false),
        };
        Ok(Table { x, x_name, x_is_time, columns, skipped })
    }
}

/// A column that was asked for holds no numbers.
fn no_numbers(column: &str, options: &TableOptions) -> TableError {
    TableError::NoNumbers { file: file_name(options), columns: format!("{} holds text", short(column.as_bytes())) }
}
