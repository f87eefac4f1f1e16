//! Tables from delimited text and JSON lines, to be drawn as curves.
//!
//! Runs on the caller's thread, and parses large inputs on a few more. Text is read in blocks and never held as a whole:
//! memory is that of the columns asked for. Knows no store, no figure and no path: it reads any `Read`.

mod blocks;
pub(in crate::source) mod cell;
pub(in crate::source) mod dialect;
mod error;
pub(in crate::source) mod jsonl;
mod plan;
mod quoted;
mod rows;

use std::io::Read;

use crate::batch::{Batch, Item, SeriesId, SeriesInfo, Xs};

pub use error::TableError;

/// What stands where a table has no value: a NaN that is told from one that was written as such by [`is_missing`]. R
/// marks its `NA` by the same number, 1954.
pub const MISSING: f64 = f64::from_bits(0x7ff8_0000_0000_07a2);

/// Whether `value` is [`MISSING`] and not a number, or NaN, that stood in a cell.
#[must_use]
pub fn is_missing(value: f64) -> bool {
    value.to_bits() == MISSING.to_bits()
}

/// Which columns to read, and what to call the input in messages.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// The file's name for messages; empty stands for standard input.
    pub file: String,
    /// The column of x: its name, or its number from 1. Without it the first column is x if there is another one and
    /// it holds numbers or times, else x is the row number from 1.
    pub x: Option<String>,
    /// The columns of y, by name or number; by default all others that hold numbers.
    pub y: Vec<String>,
}

/// A table that was read: x, and columns of as many numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The x values, or their steps where x is the row number.
    pub x: Xs,
    /// Name of the x column; `row` where x is the row number.
    pub x_name: String,
    /// Whether x is seconds since the Unix epoch.
    pub x_is_time: bool,
    /// The columns of y.
    pub columns: Vec<TableColumn>,
    /// Names of columns that were left out because they hold text.
    pub skipped: Vec<String>,
}

/// A column of numbers. A missing value is [`MISSING`], a NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct TableColumn {
    /// Its name in the header, or `column <n>`.
    pub name: String,
    /// Its values in the order of the rows.
    pub values: Vec<f64>,
}

impl Table {
    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// What a source would send: a series for each column, declared and then filled. `stamp_nanos` is the time of
    /// reading, in nanoseconds since the Unix epoch.
    #[must_use]
    pub fn into_items(self, stamp_nanos: i64) -> Vec<Item> {
        let mut items = Vec::with_capacity(self.columns.len() * 2);
        let last = self.columns.len().saturating_sub(1);
        let mut x = Some(self.x);
        for (index, column) in self.columns.into_iter().enumerate() {
            let Ok(id) = u32::try_from(index) else { break };
            let id = SeriesId(id);
            items.push(Item::Declare(SeriesInfo {
                id,
                name: column.name,
                x_label: self.x_name.clone(),
                x_is_time: self.x_is_time,
                color: None,
            }));
            // The last series takes x over, so that a table of two columns is never held twice.
            let Some(xs) = (if index == last { x.take() } else { x.clone() }) else { break };
            if let Ok(batch) = Batch::new(id, stamp_nanos, xs, column.values) {
                items.push(Item::Append(batch));
            }
        }
        items
    }
}

/// Reads a table from `input`: delimited text of any common dialect, or JSON lines.
///
/// # Errors
/// [`TableError`], with the file, the line where there is one, and a remedy.
pub fn read_table<R: Read + Send>(input: R, options: &TableOptions) -> Result<Table, TableError> {
    let mut blocks = blocks::Blocks::new(input);
    let Some(first) = blocks.next().map_err(|e| e.at(options, 1))? else {
        return Err(TableError::Empty { file: error::file_name(options) });
    };
    let table =
        if jsonl::is_json(&first) { jsonl::read(first, blocks, options)? } else { rows::read(first, blocks, options)? };
    for name in &table.skipped {
        log::info!("{}: column {name} holds text and is left out", error::file_name(options));
    }
    Ok(table)
}
