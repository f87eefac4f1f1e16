//! Growing JSON lines: an object a line, a series a key; bare `NaN` and `Infinity` as Python writes them.
//!
//! Worker's thread.

use super::cutter::{Cutter, LINE_BYTES_MAX, Line};
use super::reader::{Fed, Reader};
use super::sheet::{RowX, Sheet};
use crate::source::json::{self, Leaf};
use crate::source::table::cell::{self, Cell};
use crate::source::table::jsonl::X_KEYS;

/// Reads JSON lines.
#[derive(Default)]
pub(super) struct JsonReader {
    cutter: Cutter,
    objects: Objects,
}

#[derive(Default)]
struct Objects {
    /// The key of x, once an object had one: its place in [`X_KEYS`].
    x_key: Option<usize>,
    x_is_time: bool,
    /// x of the object before. One that has none belongs to it.
    last_x: Option<f64>,
    has_begun: bool,
    leaves: Vec<(String, f64)>,
    cells: Vec<(usize, f64)>,
}

impl Reader for JsonReader {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed {
        let objects = &mut self.objects;
        self.cutter.feed(bytes, &mut |line| objects.line(line, sheet));
        Fed::Taken
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let objects = &mut self.objects;
        self.cutter.end(&mut |line| objects.line(line, sheet));
    }

    fn restart(&mut self) {
        self.cutter.restart();
    }
}

impl Objects {
    fn line(&mut self, line: Line<'_>, sheet: &mut Sheet) {
        let (number, text) = match line {
            Line::Text(number, text) => (number, text.trim_ascii()),
            Line::TooLong(number) => {
                let mebibytes = LINE_BYTES_MAX >> 20;
                return sheet.fault(&format!("line {number}: longer than {mebibytes} MiB and left out"));
            }
        };
        if text.is_empty() || text.starts_with(b"#") {
            return;
        }
        let text = String::from_utf8_lossy(text);
        self.leaves.clear();
        let (leaves, mut x_found) = (&mut self.leaves, None::<(usize, f64, bool)>);
        let read = json::read_object(&text, &mut |path, leaf| {
            let cell = match &leaf {
                Leaf::Number(value) => Cell::Number(*value),
                Leaf::Text(text) => cell::parse(text.trim().as_bytes(), b'.'),
                Leaf::Null | Leaf::Other => return,
            };
            let (value, is_time) = match cell {
                Cell::Number(value) => (value, false),
                Cell::Time(value) => (value, true),
                Cell::Missing | Cell::Text => return,
            };
            let key = X_KEYS.iter().position(|key| *key == path);
            if let Some(key) = key.filter(|key| x_found.is_none_or(|(found, ..)| *key < found)) {
                x_found = Some((key, value, is_time));
            }
            // Times are drawn along x only.
            if !is_time {
                leaves.push((path.to_owned(), value));
            }
        });
        if !read.is_some_and(|end| text.get(end..).is_some_and(|rest| rest.trim_matches([' ', ',', '\t']).is_empty())) {
            return sheet.fault(&format!(
                "line {number}: this is no JSON object, such as {{\"step\": 1, \"loss\": 0.5}}; it is left out"
            ));
        }
        self.row(x_found, sheet);
    }

    fn row(&mut self, x_found: Option<(usize, f64, bool)>, sheet: &mut Sheet) {
        if !self.has_begun || self.x_key.is_none() {
            // The first object that has an x tells what x is, so that it never changes its meaning. Before it may stand
            // what is no row, such as the settings of a training.
            (self.x_key, self.x_is_time) = x_found.map_or((None, false), |(key, _, is_time)| (Some(key), is_time));
        }
        let key_name = self.x_key.and_then(|key| X_KEYS.get(key)).copied();
        let same_key = x_found.filter(|(key, ..)| Some(*key) == self.x_key).map(|(_, x, _)| x);
        let x =
            same_key.or_else(|| self.leaves.iter().find(|(name, _)| Some(name.as_str()) == key_name).map(|(_, x)| *x));
        let row_x = match (self.x_key, x.or(self.last_x)) {
            (Some(_), Some(x)) => RowX::At(x),
            _ => RowX::Count,
        };
        self.last_x = x.or(self.last_x);
        self.cells.clear();
        let x_label = key_name.unwrap_or("line");
        let is_alone = self.leaves.len() < 2 && !self.has_begun && !self.x_is_time;
        if is_alone && self.leaves.iter().any(|(name, _)| Some(name.as_str()) == key_name) {
            // Nothing but a count: wait for what is counted.
            return;
        }
        self.has_begun = true;
        for (name, value) in &self.leaves {
            if Some(name.as_str()) != key_name {
                let series = sheet.series(name, x_label, self.x_is_time);
                // Of equal keys the last one counts.
                if let Some(series) = series {
                    self.cells.retain(|(known, _)| *known != series);
                    self.cells.push((series, *value));
                }
            }
        }
        sheet.row(row_x, &self.cells);
    }
}
