//! `kymograph render`: a file of numbers becomes a figure, without a window.

use std::path::{Path, PathBuf};

use crate::app::followed::FollowedSamples;
use crate::app::input::{Input, InputError, read_table};
use crate::app::run_samples::RunSamples;
use crate::app::session_file::{FigureSpec, SessionFileError};
use crate::cli::RenderArgs;
use crate::export::{self, ExportError, ExportOptions, Format};
use crate::figure::Figure;
use crate::figure::series_layout::arrange_all;
use crate::store::Store;

/// Why a file was not drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The input cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The input holds no number.
    #[error("{}: there is nothing to draw: no row with a number was found", path.display())]
    Empty {
        /// The input.
        path: PathBuf,
    },
    /// The layout cannot be read.
    #[error(transparent)]
    Layout(#[from] SessionFileError),
    /// The figure cannot be written.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Draws a table or a run into a file, laid out as the session file `layout` says if there is one. Runs are looked for in
/// `data_dir`, or in the usual place.
///
/// # Errors
/// [`RenderError`]; the output is then as it was.
pub fn render(args: &RenderArgs, data_dir: Option<&Path>, layout: Option<&Path>) -> Result<(), RenderError> {
    // An output that cannot be written is said before a long read.
    let format = Format::from_path(&args.output)?;
    let layout = layout.map(FigureSpec::read).transpose()?;
    let store = match Input::find(&args.input, data_dir)? {
        Input::Stdin => read_columns(None, args)?,
        Input::Table(path) => read_columns(Some(&path), args)?,
        Input::Run(_) | Input::Followed(_) if args.x.is_some() => return Err(InputError::RunHasX.into()),
        Input::Followed(path) => {
            let mut samples = FollowedSamples::read(&path)?;
            samples.choose(&args.y)?;
            if samples.is_empty() {
                return Err(RenderError::Empty { path });
            }
            let mut store = Store::default();
            samples.into_items().for_each(|item| store.apply(item));
            store
        }
        Input::Run(run) => {
            let mut samples = RunSamples::scan(&run)?;
            samples.choose(&args.y)?;
            if samples.samples() == 0 {
                return Err(RenderError::Empty { path: args.input.clone() });
            }
            let mut store = Store::default();
            samples.for_each(|item| {
                store.apply(item);
                Ok::<(), InputError>(())
            })?;
            store
        }
    };
    let snapshot = store.snapshot();
    let mut figure = Figure { distinction: args.distinguish.into(), ..Figure::default() };
    match layout {
        Some(layout) => figure = layout.figure(&figure, &snapshot, &[]),
        None => arrange_all(&mut figure, &snapshot),
    }
    let (width, height) = args.size;
    let side = |length: u32| (f64::from(length) * f64::from(args.scale)).round() as u32;
    let options = ExportOptions { width_px: side(width), height_px: side(height), scale: args.scale };
    Ok(export::save(&args.output, Some(format), &figure, &snapshot, options)?)
}

/// The columns of a table as series.
fn read_columns(path: Option<&Path>, args: &RenderArgs) -> Result<Store, RenderError> {
    let table = read_table(path, args.x.as_deref(), &args.y)?;
    if table.rows() == 0 || table.columns.is_empty() {
        return Err(RenderError::Empty { path: args.input.clone() });
    }
    let mut store = Store::default();
    for item in table.into_items(0) {
        store.apply(item);
    }
    Ok(store)
}
