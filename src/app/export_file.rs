//! `kymograph export`: the samples of a file or a run become a file, every one of them, without a window.
//!
//! Runs on the caller's thread. The columns of a table are in memory; the file that is written is not.

use std::path::{Path, PathBuf};

use crate::app::followed::FollowedSamples;
use crate::app::input::{Input, InputError, read_table};
use crate::app::printable::printable;
use crate::app::run_samples::RunSamples;
use crate::batch::Xs;
use crate::cli::ExportArgs;
use crate::export::{DataFormat, ExportError, Shape, save_data};
use crate::source::table::Table;

/// Why the data were not exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportFileError {
    /// The input cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The output is the input.
    #[error("{}: this is the file that is read; choose another name for the output", path.display())]
    SameFile {
        /// The output.
        path: PathBuf,
    },
    /// The input holds no samples.
    #[error("{}: there is nothing to export: it holds no sample", path.display())]
    Empty {
        /// The input.
        path: PathBuf,
    },
    /// The output cannot be written.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Writes all samples of the input into a file. Runs are looked for in `data_dir`, or in the usual place.
///
/// # Errors
/// [`ExportFileError`]; the output is then as it was.
pub fn export(args: &ExportArgs, data_dir: Option<&Path>) -> Result<(), ExportFileError> {
    // An output that cannot be written is said before a long read.
    let format = DataFormat::from_path(&args.output)?;
    let input = Input::find(&args.input, data_dir)?;
    if input.is_same_file(&args.output) {
        return Err(ExportFileError::SameFile { path: args.output.clone() });
    }
    let path = match &input {
        Input::Stdin => None,
        Input::Table(path) => Some(path.as_path()),
        Input::Run(_) | Input::Followed(_) if args.x.is_some() => return Err(InputError::RunHasX.into()),
        Input::Followed(path) => {
            let mut samples = FollowedSamples::read(path)?;
            samples.choose(&args.y)?;
            if samples.is_empty() {
                return Err(ExportFileError::Empty { path: path.clone() });
            }
            return save_data(&args.output, format, &samples.shape(), |writer| Ok(samples.write(writer)?));
        }
        Input::Run(run) => {
            let mut samples = RunSamples::scan(run)?;
            samples.choose(&args.y)?;
            return export_run(&samples, args, format);
        }
    };
    let table = read_table(path, args.x.as_deref(), &args.y)?;
    export_table(&table, args, format)?;
    for name in &table.skipped {
        log::warn!("{}: column {} holds no numbers and was left out", args.input.display(), printable(name));
    }
    Ok(())
}

fn export_run(samples: &RunSamples, args: &ExportArgs, format: DataFormat) -> Result<(), ExportFileError> {
    if samples.samples() == 0 {
        return Err(ExportFileError::Empty { path: args.input.clone() });
    }
    save_data(&args.output, format, &samples.shape(), |writer| samples.write(writer))
}

fn export_table(table: &Table, args: &ExportArgs, format: DataFormat) -> Result<(), ExportFileError> {
    let names = table.columns.iter().map(|column| column.name.clone()).collect();
    let shape = Shape::Wide { x_name: table.x_name.clone(), names };
    let columns: Vec<&[f64]> = table.columns.iter().map(|column| &column.values[..]).collect();
    save_data(&args.output, format, &shape, |writer| match &table.x {
        Xs::Explicit(x) => Ok(writer.rows(x, &columns)?),
        Xs::Steps { start, step } => {
            let (rows, block_rows) = (table.rows(), writer.block_rows());
            for first in (0..rows).step_by(block_rows) {
                let block = first..rows.min(first + block_rows);
                let ys: Vec<&[f64]> = columns.iter().filter_map(|values| values.get(block.clone())).collect();
                let x: Vec<f64> = block.map(|row| start + row as f64 * step).collect();
                writer.rows(&x, &ys)?;
            }
            Ok(())
        }
    })
}
