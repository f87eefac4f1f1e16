//! A figure as a file: PNG, SVG or PDF, from the same scene that the window shows; and samples as a file: CSV, JSON
//! lines or Parquet, every one of them.
//!
//! Runs on any thread but the GUI's; `FigureThread::save` starts one for it. Files are written beside their place and
//! then moved there, so that a failure leaves the old file as it was. Knows no window and no recording.

mod aside;
mod csv;
mod data;
pub(crate) mod file;
mod jsonl;
mod number;
#[cfg(feature = "parquet")]
mod parquet;
mod pdf;
mod png;
mod svg;

use std::io;
use std::path::{Path, PathBuf};

use crate::figure::Figure;
use crate::render::draw::{DrawScratch, draw};
use crate::render::frame::FrameSize;
use crate::render::raster::Rasterizer;
use crate::store::Snapshot;

pub use aside::{OnSaved, finish_saving};
pub use data::{DataFormat, DataWriter, Shape, save_data};

/// The kinds of file that a figure can be saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Pixels.
    Png,
    /// Shapes and text, for the web and for drawing programs.
    Svg,
    /// Shapes and text, for print and papers.
    Pdf,
}

/// How large a figure is saved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExportOptions {
    /// Width of a PNG in pixels; other formats are as many logical pixels wide as this divided by `scale`.
    pub width_px: u32,
    /// Height, as the width.
    pub height_px: u32,
    /// Pixels a logical pixel, of which there are 96 in an inch.
    pub scale: f32,
}

impl Default for ExportOptions {
    /// 1000 by 600 logical pixels, at two pixels each.
    fn default() -> Self {
        Self { width_px: 2000, height_px: 1200, scale: 2.0 }
    }
}

/// Why a figure, or the data, were not saved. The file of that name, if there was one, is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The name does not end as that of a known format.
    #[error("{}: the format is not known; let the name end in .png, .svg or .pdf", path.display())]
    UnknownFormat {
        /// The name given.
        path: PathBuf,
    },
    /// The name does not end as that of a known format for data.
    #[error("{}: the format is not known; let the name end in .csv, .parquet or .jsonl", path.display())]
    UnknownDataFormat {
        /// The name given.
        path: PathBuf,
    },
    /// The program was built without Parquet.
    #[error("{}: this program was built without Parquet; choose .csv or .jsonl", path.display())]
    NoParquet {
        /// The name given.
        path: PathBuf,
    },
    /// The size is zero, or larger than can be drawn.
    #[error(
        "a figure of {width_px} x {height_px} pixels at scale {scale} cannot be drawn; choose sides from 1 to {max}",
        max = FrameSize::MAX_SIDE_PX
    )]
    Size {
        /// Width asked for.
        width_px: u32,
        /// Height asked for.
        height_px: u32,
        /// Scale asked for.
        scale: f32,
    },
    /// The file could not be written.
    #[error("{}: {source}; {}", path.display(), file::remedy(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The drawing could not be put into the format; a fault of this program.
    #[error("the figure could not be written as {format:?}: {reason}; try another format")]
    Encode {
        /// The format.
        format: Format,
        /// What the encoder says.
        reason: String,
    },
    /// The drawing panicked; a fault of this program.
    #[error("the figure could not be drawn: {0}")]
    Panicked(String),
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Png, Self::Svg, Self::Pdf];

    /// How the names of its files end, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
        }
    }

    /// The format that a file's name asks for, whatever its case.
    ///
    /// # Errors
    /// [`ExportError::UnknownFormat`].
    pub fn from_path(path: &Path) -> Result<Self, ExportError> {
        let extension = path.extension().unwrap_or_default();
        let known = Self::ALL.into_iter().find(|format| extension.eq_ignore_ascii_case(format.extension()));
        known.ok_or_else(|| ExportError::UnknownFormat { path: path.to_owned() })
    }
}

/// Saves `figure` with the samples of `snapshot` at `path`, in `format` or in the one that the name asks for.
///
/// # Errors
/// [`ExportError`]; a file of that name is then as it was before.
pub fn save(
    path: &Path,
    format: Option<Format>,
    figure: &Figure,
    snapshot: &Snapshot,
    options: ExportOptions,
) -> Result<(), ExportError> {
    let format = format.map_or_else(|| Format::from_path(path), Ok)?;
    let bytes = encode(format, figure, snapshot, options)?;
    file::replace(path, &bytes).map_err(|source| ExportError::Write { path: path.to_owned(), source })
}

/// The bytes of a file that shows `figure` with the samples of `snapshot`.
///
/// # Errors
/// [`ExportError::Size`] and [`ExportError::Encode`].
pub fn encode(
    format: Format,
    figure: &Figure,
    snapshot: &Snapshot,
    options: ExportOptions,
) -> Result<Vec<u8>, ExportError> {
    let ExportOptions { width_px, height_px, scale } = options;
    let size = FrameSize { width_px, height_px, scale };
    if !size.is_drawable() {
        return Err(ExportError::Size { width_px, height_px, scale });
    }
    let failed = |reason| ExportError::Encode { format, reason };
    let scene = |size| draw(figure, snapshot, size, &mut DrawScratch::new()).scene;
    match format {
        Format::Png => png::encode(&Rasterizer::new().scene(&scene(size), Vec::new()), scale).map_err(failed),
        Format::Svg => Ok(svg::encode(&scene(fine(size)), &figure.title)),
        Format::Pdf => pdf::encode(&scene(fine(size)), &figure.title).map_err(failed),
    }
}

/// How many times finer than a logical pixel curves are drawn for formats of shapes.
const FINENESS: f32 = 4.0;

/// The same figure drawn finer: curves are reduced to columns of this size, and shapes can be zoomed into.
fn fine(size: FrameSize) -> FrameSize {
    let longest = size.width_px.max(size.height_px) as f32 / size.scale;
    let scale = FINENESS.min(FrameSize::MAX_SIDE_PX as f32 / longest);
    let side = |px: u32| ((px as f32 / size.scale * scale).round() as u32).clamp(1, FrameSize::MAX_SIDE_PX);
    FrameSize { width_px: side(size.width_px), height_px: side(size.height_px), scale }
}
