//! Samples as JSON lines: an object a row, `{"x": …, "name": …}` where all series have the same x, else
//! `{"series": "name", "x": …, "y": …}`.
//!
//! JSON has no words for not-a-number and infinities. They are written as `NaN`, `Infinity` and `-Infinity`, as Python's
//! `json` writes and reads them; a missing value has no key.

use std::fs::File;
use std::io::{self, Write};

use crate::export::data::{BlockWriter, LONG_COLUMNS, Shape, text_block_rows, text_parts};
use crate::export::number::{self, Words};
use crate::source::table::is_missing;

const WORDS: Words = Words { nan: b"NaN", infinity: b"Infinity", minus_infinity: b"-Infinity" };

/// Writes JSON lines into a file.
pub(super) struct Writer<'a> {
    file: &'a mut File,
    /// Names of the columns, as keys with their colon.
    keys: Vec<Vec<u8>>,
    /// Names of the series as strings; for the long shape.
    strings: Vec<Vec<u8>>,
}

impl<'a> Writer<'a> {
    pub fn new(file: &'a mut File, shape: &Shape) -> io::Result<Self> {
        let key = |name: String| Ok([&string(&name)?[..], b": "].concat());
        let keys = match shape {
            Shape::Wide { .. } => shape.unlike_column_names().into_iter().map(key).collect::<io::Result<_>>()?,
            Shape::Long { .. } => LONG_COLUMNS.map(str::to_owned).into_iter().map(key).collect::<io::Result<_>>()?,
        };
        let strings = shape.names().iter().map(|name| string(name)).collect::<io::Result<_>>()?;
        Ok(Self { file, keys, strings })
    }

    fn write(&mut self, parts: Vec<Vec<u8>>) -> io::Result<()> {
        parts.iter().try_for_each(|part| self.file.write_all(part))
    }
}

impl BlockWriter for Writer<'_> {
    fn block_rows(&self) -> usize {
        text_block_rows(self.keys.len())
    }

    fn wide(&mut self, x: &[f64], ys: &[&[f64]]) -> io::Result<()> {
        let columns: Vec<&[f64]> = std::iter::once(x).chain(ys.iter().copied()).collect();
        let parts = text_parts(x.len(), |rows, out| {
            for row in rows {
                let mut separator: &[u8] = b"{";
                for (values, key) in columns.iter().zip(&self.keys) {
                    if let Some(value) = values.get(row).filter(|value| !is_missing(**value)) {
                        out.extend_from_slice(separator);
                        out.extend_from_slice(key);
                        number::push(out, *value, WORDS);
                        separator = b", ";
                    }
                }
                out.extend_from_slice(if separator == b"{" { b"{}\n" } else { b"}\n" });
            }
        });
        self.write(parts)
    }

    fn long(&mut self, series: &[u32], x: &[f64], y: &[f64]) -> io::Result<()> {
        let [series_key, x_key, y_key] = &self.keys[..] else { return Err(io::ErrorKind::InvalidInput.into()) };
        let parts = text_parts(x.len(), |rows, out| {
            for row in rows {
                let name = series.get(row).and_then(|series| self.strings.get(*series as usize));
                out.push(b'{');
                out.extend_from_slice(series_key);
                out.extend_from_slice(name.map_or(b"null", Vec::as_slice));
                for (values, key) in [(x, x_key), (y, y_key)] {
                    if let Some(value) = values.get(row).filter(|value| !is_missing(**value)) {
                        out.extend_from_slice(b", ");
                        out.extend_from_slice(key);
                        number::push(out, *value, WORDS);
                    }
                }
                out.extend_from_slice(b"}\n");
            }
        });
        self.write(parts)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

fn string(text: &str) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(text)?)
}
