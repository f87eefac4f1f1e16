//! Rows with quoted cells, by the csv crate, one after the other.
//!
//! Runs on the caller's thread.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::TableOptions;
use super::blocks::{Blocks, LINE_BYTES_MAX};
use super::dialect::{self, Delimiter};
use super::error::{TableError, file_name};
use super::plan::Plan;
use super::rows::{Columns, RowError};

/// Reads the rows of `head` and of what `blocks` still has.
pub(super) fn read<R: Read>(
    head: Vec<Vec<u8>>,
    blocks: Blocks<R>,
    plan: &Plan,
    columns: &mut Columns,
    options: &TableOptions,
) -> Result<(), TableError> {
    let Delimiter::Byte(delimiter) = plan.dialect.delimiter else { return Ok(()) };
    let start_line = columns.lines;
    let left = Rc::new(Cell::new(0));
    let input = Limited { input: io::Cursor::new(head.concat()).chain(blocks.into_rest()), left: Rc::clone(&left) };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(input);
    let mut record = csv::ByteRecord::new();
    loop {
        left.set(LINE_BYTES_MAX);
        let line = start_line + reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(_) if left.get() == 0 => return Err(TableError::LineTooLong { file: file_name(options), line }),
            Err(error) => return Err(TableError::Io { file: file_name(options), source: error.into() }),
        }
        // The reader skips blank lines itself; its own count of the record's start is exact.
        let line = record.position().map_or(line, |p| start_line + p.line());
        columns.lines = line;
        let is_blank = record.iter().all(|cell| cell.trim_ascii().is_empty());
        if is_blank || record.get(0).is_some_and(|c| !c.is_empty() && dialect::is_skipped(c)) {
            continue;
        }
        let result = match columns.cells(record.iter(), plan) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(found)) => Err(RowError::ColumnCount(found)),
            Err(error) => Err(error),
        };
        result.map_err(|error| plan.error(error, line, options))?;
    }
}

/// A reader that refuses to go on when one record takes too much.
struct Limited<R> {
    input: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a record is too long"));
        }
        let count = self.input.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(count));
        Ok(count)
    }
}
