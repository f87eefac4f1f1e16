//! `kymograph render`: a file of numbers becomes a figure, without a window.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::batch::Item;
use crate::cli::RenderArgs;
use crate::export::{self, ExportError, ExportOptions, Format};
use crate::figure::Figure;
use crate::figure::series_layout::arrange_series;
use crate::source::table::{self, Table, TableError, TableOptions};
use crate::store::Store;

/// Why a file was not drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The input cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    Open {
        /// The input.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The input cannot be read as a table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The input holds no number.
    #[error("{}: there is nothing to draw: no row with a number was found", path.display())]
    Empty {
        /// The input.
        path: PathBuf,
    },
    /// The figure cannot be written.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Draws a table into a file.
///
/// # Errors
/// [`RenderError`]; the output is then as it was.
pub fn render(args: &RenderArgs) -> Result<(), RenderError> {
    // An output that cannot be written is said before a long read.
    let format = Format::from_path(&args.output)?;
    let table = read(args)?;
    if table.rows() == 0 || table.columns.is_empty() {
        return Err(RenderError::Empty { path: args.input.clone() });
    }
    let mut store = Store::default();
    for item in table.into_items(0) {
        match item {
            Item::Declare(info) => store.declare(info),
            Item::Append(batch) => store.append(batch),
            Item::Replace(batch, color) => store.replace(batch, color),
        }
    }
    let snapshot = store.snapshot();
    let mut figure = Figure::default();
    arrange_series(&mut figure, &snapshot, false);
    let (width, height) = args.size;
    let side = |length: u32| (f64::from(length) * f64::from(args.scale)).round() as u32;
    let options = ExportOptions { width_px: side(width), height_px: side(height), scale: args.scale };
    Ok(export::save(&args.output, Some(format), &figure, &snapshot, options)?)
}

fn read(args: &RenderArgs) -> Result<Table, RenderError> {
    let is_standard_input = args.input == Path::new("-");
    let file = if is_standard_input { String::new() } else { args.input.to_string_lossy().into_owned() };
    let options = TableOptions { file, x: args.x.clone(), y: args.y.clone() };
    if is_standard_input {
        return Ok(table::read_table(io::stdin(), &options)?);
    }
    let open = |path: &Path| {
        let file = File::open(path)?;
        // Opening a folder works; reading it would fail with words that help nobody.
        if file.metadata()?.is_dir() { Err(io::Error::other("it is a folder, not a file")) } else { Ok(file) }
    };
    let input = open(&args.input).map_err(|source| RenderError::Open { path: args.input.clone(), source })?;
    Ok(table::read_table(input, &options)?)
}
