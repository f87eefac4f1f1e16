//! Samples as CSV: a header, commas, `\n`, a full stop as decimal sign.
//!
//! Text that a spreadsheet would run as a formula gets an apostrophe and quotes; numbers are left alone, negative ones
//! too. An empty cell is a missing value, `nan`, `inf` and `-inf` are what they say.

use std::fs::File;
use std::io::{self, Write};

use crate::export::data::{BlockWriter, LONG_COLUMNS, Shape, text_block_rows, text_parts};
use crate::export::number::{self, Words};
use crate::source::table::is_missing;

const WORDS: Words = Words { nan: b"nan", infinity: b"inf", minus_infinity: b"-inf" };

/// Writes CSV into a file.
pub(super) struct Writer<'a> {
    file: &'a mut File,
    columns: usize,
    /// Names of the series, as cells; for the long shape.
    cells: Vec<Vec<u8>>,
}

impl<'a> Writer<'a> {
    /// Writes the header.
    pub fn new(file: &'a mut File, shape: &Shape) -> io::Result<Self> {
        let (header, cells): (Vec<&str>, _) = match shape {
            Shape::Wide { x_name, names } => {
                (std::iter::once(x_name).chain(names).map(String::as_str).collect(), Vec::new())
            }
            Shape::Long { names } => (LONG_COLUMNS.to_vec(), names.iter().map(|name| cell(name)).collect()),
        };
        let columns = header.len();
        let mut line = header.into_iter().map(cell).collect::<Vec<_>>().join(&b',');
        line.push(b'\n');
        file.write_all(&line)?;
        Ok(Self { file, columns, cells })
    }

    fn write(&mut self, parts: Vec<Vec<u8>>) -> io::Result<()> {
        parts.iter().try_for_each(|part| self.file.write_all(part))
    }
}

impl BlockWriter for Writer<'_> {
    fn block_rows(&self) -> usize {
        text_block_rows(self.columns)
    }

    fn wide(&mut self, x: &[f64], ys: &[&[f64]]) -> io::Result<()> {
        let parts = text_parts(x.len(), |rows, out| {
            for row in rows {
                push(out, x.get(row).copied());
                for y in ys {
                    out.push(b',');
                    push(out, y.get(row).copied());
                }
                out.push(b'\n');
            }
        });
        self.write(parts)
    }

    fn long(&mut self, series: &[u32], x: &[f64], y: &[f64]) -> io::Result<()> {
        let parts = text_parts(x.len(), |rows, out| {
            for row in rows {
                let name = series.get(row).and_then(|series| self.cells.get(*series as usize));
                out.extend_from_slice(name.map(Vec::as_slice).unwrap_or_default());
                for values in [x, y] {
                    out.push(b',');
                    push(out, values.get(row).copied());
                }
                out.push(b'\n');
            }
        });
        self.write(parts)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

#[inline]
fn push(out: &mut Vec<u8>, value: Option<f64>) {
    if let Some(value) = value.filter(|value| !is_missing(*value)) {
        number::push(out, value, WORDS);
    }
}

/// Text as a cell. What spreadsheets take for the start of a formula is kept from being one, as OWASP advises: an
/// apostrophe before it, quotes around it.
fn cell(text: &str) -> Vec<u8> {
    const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    // Some programs take blanks off first.
    let is_formula = text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(FORMULA_STARTS);
    if is_formula {
        return format!("\"'{}\"", text.replace('"', "\"\"")).into_bytes();
    }
    let mut line = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let written = line
        .write_record([text])
        .map_err(io::Error::from)
        .and_then(|()| line.into_inner().map_err(|error| io::Error::other(error.to_string())));
    // Writing into memory does not fail.
    let mut cell = written.unwrap_or_default();
    cell.pop();
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn export_formula_text_is_quoted_and_plain_text_is_not() {
        for (text, expected) in [
            ("loss", "loss"),
            ("a, b", "\"a, b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("+cmd", "\"'+cmd\""),
            ("-2", "\"'-2\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=x", "\"'\t=x\""),
            ("\r", "\"'\r\""),
            ("  =x", "\"'  =x\""),
            ("＝x", "\"'＝x\""),
            ("=\"a\"", "\"'=\"\"a\"\"\""),
            ("a=b", "a=b"),
            ("", "\"\""),
        ] {
            assert_eq!(String::from_utf8(cell(text)).unwrap(), expected, "{text:?}");
        }
    }
}
