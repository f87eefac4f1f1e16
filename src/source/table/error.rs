//! What can be wrong with a table, said with the place and a remedy.

use std::io;

use super::TableOptions;

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// Reading failed.
    #[error("{file}: reading failed: {source}")]
    Io {
        /// The file.
        file: String,
        /// The system's reason.
        source: io::Error,
    },
    /// There is nothing in it.
    #[error("{file} is empty: give a file with rows of numbers")]
    Empty {
        /// The file.
        file: String,
    },
    /// There is no row of numbers.
    #[error("{file} has no column of numbers to draw: {columns}")]
    NoNumbers {
        /// The file.
        file: String,
        /// The columns that there are.
        columns: String,
    },
    /// A row has another number of columns than the ones before.
    #[error(
        "{file}, line {line}: {found} columns where the lines before have {expected}; complete or remove the line, or \
         put # before it"
    )]
    ColumnCount {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// Number of columns in this line.
        found: usize,
        /// Number of columns expected.
        expected: usize,
    },
    /// A cell of a column of numbers holds something else.
    #[error(
        "{file}, line {line}, column {column}: {text:?} is not a {kind}; leave the cell empty where a value is missing, or \
         choose other columns by --x and --y"
    )]
    NotANumber {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column's name.
        column: String,
        /// The cell, shortened.
        text: String,
        /// What the column holds: `number` or `time`.
        kind: &'static str,
    },
    /// A line does not end.
    #[error(
        "{file}, line {line}: the line is longer than {} MiB; check that this is a text file, and that each quote is closed",
        super::blocks::LINE_BYTES_MAX >> 20
    )]
    LineTooLong {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
    },
    /// A column was asked for that is not there.
    #[error("{file} has no column {column}; it has: {columns}")]
    NoSuchColumn {
        /// The file.
        file: String,
        /// The column as asked for.
        column: String,
        /// The columns that there are.
        columns: String,
    },
    /// A line is no JSON object.
    #[error("{file}, line {line}: this is no JSON object; each line must be one, as in {{\"step\": 1, \"loss\": 0.5}}")]
    NotJson {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
    },
    /// A thread could not be started or failed.
    #[error("{file}: the parser failed near line {line}; please report this with the file")]
    Internal {
        /// The file.
        file: String,
        /// The line up to which all was well.
        line: u64,
    },
}

/// What messages call the input.
pub(super) fn file_name(options: &TableOptions) -> String {
    if options.file.is_empty() { "standard input".into() } else { options.file.clone() }
}

/// Column names for a message, shortened.
pub(super) fn list(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut text = names.iter().take(SHOWN).map(|n| short(n.as_bytes())).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(", and {} more", names.len() - SHOWN));
    }
    text
}

/// At most 40 characters of a cell.
pub(super) fn short(text: &[u8]) -> String {
    let head = text.get(..text.len().min(160)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.into_owned(),
    }
}
