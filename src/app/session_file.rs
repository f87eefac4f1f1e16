//! Session files: which windows, tabs and figures there are, and how each figure is laid out, as text that people can read
//! and write. docs/session-format.md describes it.
//!
//! JSON with a version. What is not known is kept and written again, with a warning, so that a file of a newer version
//! survives an older program. Runs on the caller's thread.

mod apply;
mod capture;
mod pattern;
mod spec;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::export::file;

pub use apply::{Placed, RunAndName, split_run};
pub use pattern::{escaped, matches};
pub use spec::*;

/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

/// Longest file that is read: thousands of series have room in it.
const MOST_BYTES: u64 = 16 << 20;

/// Why a session file was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionFileError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is no session.
    #[error("{}: larger than {} MiB, which no session is; was another file meant?", path.display(), MOST_BYTES >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Something in the file cannot be meant.
    #[error("{}:{line}:{column}: {reason}; see docs/session-format.md", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong, and often what would be right.
        reason: String,
    },
    /// A newer program wrote the file.
    #[error("{}: written in version {version} of the format, but this program reads up to {VERSION}; update it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// The file says nothing of a figure.
    #[error("{}: there is no figure in it; add one to \"windows\", see docs/session-format.md", path.display())]
    NoFigure {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("{}: {source}; {}", path.display(), file::remedy(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// What is read before all else.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl SessionFile {
    /// Reads a file. What it does not know is logged as a warning and kept.
    ///
    /// # Errors
    /// [`SessionFileError`], with the line where there is one.
    pub fn read(path: &Path) -> Result<Self, SessionFileError> {
        let failed = |source| SessionFileError::Read { path: path.to_owned(), source };
        let mut text = String::new();
        File::open(path).map_err(failed)?.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
        if text.len() as u64 > MOST_BYTES {
            return Err(SessionFileError::TooLarge { path: path.to_owned() });
        }
        let session = Self::parse(&text, path)?;
        for key in session.unknown_keys() {
            log::warn!("{}: {key} is not known and was passed over", path.display());
        }
        Ok(session)
    }

    /// Reads a text; `path` is named in errors.
    ///
    /// # Errors
    /// [`SessionFileError::Syntax`], [`SessionFileError::Newer`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, SessionFileError> {
        let syntax = |error: serde_json::Error| {
            let (line, column) = (error.line(), error.column());
            let reason = error.to_string();
            let reason = reason.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&reason).to_owned();
            SessionFileError::Syntax { path: path.to_owned(), line, column, reason }
        };
        let Head { version } = serde_json::from_str(text).map_err(syntax)?;
        if version > VERSION {
            return Err(SessionFileError::Newer { path: path.to_owned(), version });
        }
        serde_json::from_str(text).map_err(syntax)
    }

    /// The text of the file: the same for the same session, two blanks a level, a line break at the end.
    #[must_use]
    pub fn to_text(&self) -> String {
        // All that a session holds can be written: its maps have keys of text.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        text + "\n"
    }

    /// Writes the file in place of one of that name: whole or not at all.
    ///
    /// # Errors
    /// [`SessionFileError::Write`]; the old file is then as it was.
    pub fn write(&self, path: &Path) -> Result<(), SessionFileError> {
        let failed = |source| SessionFileError::Write { path: path.to_owned(), source };
        file::replace(path, self.to_text().as_bytes()).map_err(failed)
    }

    /// A session of one window with one figure.
    #[must_use]
    pub fn of_figure(figure: FigureSpec) -> Self {
        let tab = TabSpec { figures: vec![figure], ..TabSpec::default() };
        let window = WindowSpec { tabs: vec![tab], ..WindowSpec::default() };
        Self { version: VERSION, windows: vec![window], rest: Rest::new() }
    }

    /// The first figure of the first window: what is drawn where there is only one figure.
    ///
    /// # Errors
    /// [`SessionFileError::NoFigure`]; `path` is named in it.
    pub fn first_figure(&self, path: &Path) -> Result<&FigureSpec, SessionFileError> {
        let figure = self.windows.iter().flat_map(|window| &window.tabs).flat_map(|tab| &tab.figures).next();
        figure.ok_or_else(|| SessionFileError::NoFigure { path: path.to_owned() })
    }
}

impl FigureSpec {
    /// The first figure of a session file.
    ///
    /// # Errors
    /// [`SessionFileError`].
    pub fn read(path: &Path) -> Result<Self, SessionFileError> {
        SessionFile::read(path)?.first_figure(path).cloned()
    }
}
