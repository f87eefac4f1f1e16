//! Samples as Parquet: columns of doubles, compressed by Snappy, in row groups that readers take at once.
//!
//! Where all series have the same x, a column for x and one for each series, else `series` (text), `x` and `y`. A missing
//! value is null. Runs on the caller's thread.

use std::fs::File;
use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type};

use crate::export::data::{BlockWriter, Shape};
use crate::source::table::is_missing;

/// Rows of a row group, at most: what readers like best.
const GROUP_ROWS: usize = 1_000_000;

/// Values of a row group, at most, so that tables of very many columns do not fill the memory.
const GROUP_VALUES: usize = 32_000_000;

/// Writes Parquet into a file.
pub(super) struct Writer<'a> {
    file: SerializedFileWriter<&'a mut File>,
    columns: usize,
    /// Names of the series; for the long shape.
    names: Vec<ByteArray>,
}

impl<'a> Writer<'a> {
    pub fn new(file: &'a mut File, shape: &Shape) -> io::Result<Self> {
        let is_long = matches!(shape, Shape::Long { .. });
        let columns = shape.unlike_column_names();
        let fields = columns.iter().enumerate().map(|(index, name)| field(name, is_long && index == 0));
        let fields = fields.collect::<Result<Vec<_>, _>>().map_err(io_error)?;
        let schema = Type::group_type_builder("schema").with_fields(fields).build().map_err(io_error)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            // Measured numbers hardly repeat; looking for repetitions would take half of the time.
            .set_dictionary_enabled(false)
            .set_created_by(concat!("kymograph ", env!("CARGO_PKG_VERSION")).to_owned())
            // One row group for each block that comes.
            .set_max_row_group_row_count(None);
        if is_long {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from("series"), true);
        }
        let file = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build())).map_err(io_error)?;
        let names = shape.names().iter().map(|name| ByteArray::from(name.as_str())).collect();
        Ok(Self { file, columns: columns.len(), names })
    }
}

impl BlockWriter for Writer<'_> {
    fn block_rows(&self) -> usize {
        (GROUP_VALUES / self.columns.max(1)).clamp(1000, GROUP_ROWS)
    }

    fn wide(&mut self, x: &[f64], ys: &[&[f64]]) -> io::Result<()> {
        let write = |file: &mut SerializedFileWriter<_>| {
            let mut group = file.next_row_group()?;
            for values in std::iter::once(x).chain(ys.iter().copied()) {
                write_doubles(&mut group, values)?;
            }
            group.close().map(drop)
        };
        write(&mut self.file).map_err(io_error)
    }

    fn long(&mut self, series: &[u32], x: &[f64], y: &[f64]) -> io::Result<()> {
        let names: Vec<ByteArray> =
            series.iter().map(|series| self.names.get(*series as usize).cloned().unwrap_or_default()).collect();
        let write = |file: &mut SerializedFileWriter<_>| {
            let mut group = file.next_row_group()?;
            if let Some(mut column) = group.next_column()? {
                column.typed::<ByteArrayType>().write_batch(&names, None, None)?;
                column.close()?;
            }
            write_doubles(&mut group, x)?;
            write_doubles(&mut group, y)?;
            group.close().map(drop)
        };
        write(&mut self.file).map_err(io_error)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.file.close().map(drop).map_err(io_error)
    }
}

/// A column of the schema.
fn field(name: &str, is_text: bool) -> Result<Arc<Type>, ParquetError> {
    let kind = if is_text { PhysicalType::BYTE_ARRAY } else { PhysicalType::DOUBLE };
    let repetition = if is_text { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    let builder = Type::primitive_type_builder(name, kind).with_repetition(repetition);
    let builder = if is_text { builder.with_logical_type(Some(LogicalType::String)) } else { builder };
    builder.build().map(Arc::new)
}

/// Writes the next column of a row group.
fn write_doubles<W: io::Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[f64],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let has_missing = values.iter().any(|value| is_missing(*value));
    let levels: Vec<i16> = values.iter().map(|value| i16::from(!is_missing(*value))).collect();
    let writer = column.typed::<DoubleType>();
    if has_missing {
        let present: Vec<f64> = values.iter().copied().filter(|value| !is_missing(*value)).collect();
        writer.write_batch(&present, Some(&levels), None)?;
    } else {
        writer.write_batch(values, Some(&levels), None)?;
    }
    column.close().map(drop)
}

/// The system's error, where there is one behind it.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other.to_string()),
    }
}
