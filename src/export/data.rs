//! Samples as a file, every one of them: which format, which shape, and the file that takes them block by block.
//!
//! Runs on the caller's thread; text is made on all cores. Memory is that of one block, whatever the number of samples.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::export::{ExportError, csv, file, jsonl};

/// The kinds of file that data can be saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataFormat {
    /// Text with commas, as RFC 4180 has it.
    Csv,
    /// Columns of doubles, for pandas, DuckDB and their like.
    Parquet,
    /// A JSON object a line; not-a-number and infinities are the bare words of Python's `json`.
    JsonLines,
}

/// How samples become rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// All series have the same x: a column for x and one for each series.
    Wide {
        /// What x is called.
        x_name: String,
        /// The series, in the order of the columns.
        names: Vec<String>,
    },
    /// Each series has an x of its own: a row for each sample, with the columns `series`, `x` and `y`.
    Long {
        /// The series, by the number that [`DataWriter::samples`] takes.
        names: Vec<String>,
    },
}

/// Takes the samples of a file that is being written.
pub struct DataWriter<'a> {
    path: &'a Path,
    format: Box<dyn BlockWriter + 'a>,
    /// Samples of the long shape that wait for their block to be full.
    series: Vec<u32>,
    x: Vec<f64>,
    y: Vec<f64>,
}

/// What each format does with the rows.
pub(super) trait BlockWriter {
    /// Rows of a block, at most.
    fn block_rows(&self) -> usize;

    /// Writes rows of x and of each series; all slices are equally long.
    fn wide(&mut self, x: &[f64], ys: &[&[f64]]) -> io::Result<()>;

    /// Writes samples, each with the number of its series; all slices are equally long.
    fn long(&mut self, series: &[u32], x: &[f64], y: &[f64]) -> io::Result<()>;

    /// Writes what stands at the end of the file.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

impl DataFormat {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Parquet, Self::JsonLines];

    /// How the names of its files end, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::JsonLines => "jsonl",
        }
    }

    /// The format that a file's name asks for, whatever its case.
    ///
    /// # Errors
    /// [`ExportError::UnknownDataFormat`], and [`ExportError::NoParquet`] where the program was built without it.
    pub fn from_path(path: &Path) -> Result<Self, ExportError> {
        let extension = path.extension().unwrap_or_default();
        let known = Self::ALL.into_iter().find(|format| extension.eq_ignore_ascii_case(format.extension()));
        match known {
            Some(Self::Parquet) if !cfg!(feature = "parquet") => Err(ExportError::NoParquet { path: path.to_owned() }),
            Some(format) => Ok(format),
            None => Err(ExportError::UnknownDataFormat { path: path.to_owned() }),
        }
    }
}

/// Writes a file of `shape` at `path`; `fill` gives the samples. The file stands there when all of it was written, and
/// takes the place of an older one at once.
///
/// # Errors
/// Those of `fill`, and [`ExportError`]; a file of that name is then as it was before.
pub fn save_data<E: From<ExportError>>(
    path: &Path,
    format: DataFormat,
    shape: &Shape,
    fill: impl FnOnce(&mut DataWriter<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut failed = None;
    let replaced = file::replace_by(path, |file| {
        let mut writer = DataWriter::new(path, file, format, shape)?;
        if let Err(error) = fill(&mut writer) {
            failed = Some(error);
            return Err(io::Error::from(ErrorKind::Interrupted));
        }
        writer.flush().and_then(|()| writer.format.finish())
    });
    match (failed, replaced) {
        (Some(error), _) => Err(error),
        (None, replaced) => replaced.map_err(|source| write_error(path, source).into()),
    }
}

fn write_error(path: &Path, source: io::Error) -> ExportError {
    ExportError::Write { path: path.to_owned(), source }
}

impl<'a> DataWriter<'a> {
    fn new(path: &'a Path, file: &'a mut File, format: DataFormat, shape: &Shape) -> io::Result<Self> {
        let format: Box<dyn BlockWriter + 'a> = match format {
            DataFormat::Csv => Box::new(csv::Writer::new(file, shape)?),
            DataFormat::JsonLines => Box::new(jsonl::Writer::new(file, shape)?),
            #[cfg(feature = "parquet")]
            DataFormat::Parquet => Box::new(crate::export::parquet::Writer::new(file, shape)?),
            #[cfg(not(feature = "parquet"))]
            DataFormat::Parquet => return Err(ErrorKind::Unsupported.into()),
        };
        Ok(Self { path, format, series: Vec::new(), x: Vec::new(), y: Vec::new() })
    }

    /// Rows that make a block: whoever has to gather rows gathers as many.
    #[must_use]
    pub fn block_rows(&self) -> usize {
        self.format.block_rows().max(1)
    }

    /// Writes rows of the wide shape: x and the series' values, all slices equally long. A value that is
    /// [`MISSING`](crate::source::table::MISSING) leaves its place empty.
    ///
    /// # Errors
    /// [`ExportError::Write`].
    pub fn rows(&mut self, x: &[f64], ys: &[&[f64]]) -> Result<(), ExportError> {
        let block_rows = self.block_rows();
        let mut at = 0;
        for x in x.chunks(block_rows) {
            let parts = ys.iter().map(|y| y.get(at..at + x.len()).ok_or(io::Error::from(ErrorKind::InvalidInput)));
            let ys = parts.collect::<io::Result<Vec<_>>>();
            let written = ys.and_then(|ys| self.format.wide(x, &ys));
            written.map_err(|source| write_error(self.path, source))?;
            at += x.len();
        }
        Ok(())
    }

    /// Writes samples of the long shape: those of series number `series`, x and y equally long.
    ///
    /// # Errors
    /// [`ExportError::Write`].
    pub fn samples(&mut self, series: u32, x: &[f64], y: &[f64]) -> Result<(), ExportError> {
        self.gather(series, x, y).map_err(|source| write_error(self.path, source))
    }

    fn gather(&mut self, series: u32, x: &[f64], y: &[f64]) -> io::Result<()> {
        let block_rows = self.block_rows();
        let (mut x, mut y) = (x, y.get(..x.len()).ok_or(ErrorKind::InvalidInput)?);
        while !x.is_empty() {
            let count = x.len().min(block_rows.saturating_sub(self.x.len()));
            let ((x_now, x_later), (y_now, y_later)) = (x.split_at(count), y.split_at(count));
            self.series.resize(self.series.len() + count, series);
            self.x.extend_from_slice(x_now);
            self.y.extend_from_slice(y_now);
            if self.x.len() >= block_rows {
                self.flush()?;
            }
            (x, y) = (x_later, y_later);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.x.is_empty() {
            self.format.long(&self.series, &self.x, &self.y)?;
        }
        self.series.clear();
        self.x.clear();
        self.y.clear();
        Ok(())
    }
}

impl Shape {
    /// The series' names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Self::Wide { names, .. } | Self::Long { names } => names,
        }
    }

    /// Names of the columns, no two of them alike: formats whose columns go by name would lose one. The second of a name
    /// becomes `name (2)`.
    pub(super) fn unlike_column_names(&self) -> Vec<String> {
        let columns = match self {
            Self::Wide { x_name, names } => std::iter::once(x_name).chain(names).cloned().collect(),
            Self::Long { .. } => LONG_COLUMNS.map(str::to_owned).to_vec(),
        };
        let mut seen = std::collections::HashSet::new();
        let unlike = |name: String| {
            let numbered = (2_u64..).map(|n| format!("{name} ({n})"));
            let free = std::iter::once(name.clone()).chain(numbered).find(|name| !seen.contains(name));
            let name = free.unwrap_or(name);
            seen.insert(name.clone());
            name
        };
        columns.into_iter().map(unlike).collect()
    }
}

/// The columns of the long shape.
pub(super) const LONG_COLUMNS: [&str; 3] = ["series", "x", "y"];

/// Rows that text is made of by one core at a time.
const PART_ROWS: usize = 8192;

/// Text of `rows` rows, made on all cores: `write` adds the rows of a range. The parts are in order.
pub(super) fn text_parts(
    rows: usize,
    write: impl Fn(std::ops::Range<usize>, &mut Vec<u8>) + Sync + Send,
) -> Vec<Vec<u8>> {
    use rayon::prelude::*;
    let part = |part: usize| {
        let mut out = Vec::new();
        write(part * PART_ROWS..rows.min((part + 1) * PART_ROWS), &mut out);
        out
    };
    (0..rows.div_ceil(PART_ROWS)).into_par_iter().map(part).collect()
}

/// Rows of a block of text: enough for all cores, and some MB at most.
pub(super) fn text_block_rows(columns: usize) -> usize {
    /// Values, each of at most 25 bytes.
    const VALUES: usize = 1 << 19;
    (VALUES / columns.max(1)).max(64)
}
