//! What INPUT on the command line is: standard input, a file of numbers, or a recorded run.
//!
//! Runs on the caller's thread.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::source::table::{self, Table, TableError, TableOptions};

/// Where numbers come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// `-`.
    Stdin,
    /// A file of columns or of JSON lines, or a pipe of such.
    Table(PathBuf),
}

/// Why an input cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// It cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    Open {
        /// The input.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// It is for TensorBoard.
    #[error(
        "{}: TensorBoard files cannot be read yet; write the numbers as CSV or JSON lines, or watch the command by \
         kymograph run",
        path.display()
    )]
    TensorBoard {
        /// The input.
        path: PathBuf,
    },
    /// It cannot be read as a table.
    #[error(transparent)]
    Table(#[from] TableError),
}

impl Input {
    /// What `input`, as a person typed it, stands for.
    ///
    /// # Errors
    /// [`InputError`] if there is no such thing, or none that can be read.
    pub fn find(input: &Path) -> Result<Self, InputError> {
        if input == Path::new("-") {
            return Ok(Self::Stdin);
        }
        let open_error = |source| InputError::Open { path: input.to_owned(), source };
        let found = fs::metadata(input).map_err(open_error)?;
        if is_tensorboard(input, &found) {
            return Err(InputError::TensorBoard { path: input.to_owned() });
        }
        // Opening a folder works; reading it would fail with words that help nobody.
        if found.is_dir() {
            return Err(open_error(io::Error::other("it is a folder, not a file")));
        }
        Ok(Self::Table(input.to_owned()))
    }

    /// Whether `output` is the very file that is read.
    #[must_use]
    pub fn is_same_file(&self, output: &Path) -> bool {
        let Self::Table(path) = self else { return false };
        let place = |path: &Path| fs::metadata(path).ok().filter(Metadata::is_file).map(|m| (m.dev(), m.ino()));
        place(path).is_some_and(|input| place(output) == Some(input))
    }

    /// Reads it as a table: x and y columns by name or number, by default those that [`TableOptions`] says.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn read_table(&self, x: Option<&str>, y: &[String]) -> Result<Table, InputError> {
        let options = |file: String| TableOptions { file, x: x.map(str::to_owned), y: y.to_vec() };
        match self {
            Self::Stdin => Ok(table::read_table(io::stdin(), &options(String::new()))?),
            Self::Table(path) => {
                let file = File::open(path).map_err(|source| InputError::Open { path: path.clone(), source })?;
                Ok(table::read_table(file, &options(path.to_string_lossy().into_owned()))?)
            }
        }
    }
}

/// Whether `path` is a TensorBoard file, or a folder with one in it; the name says so: `events.out.tfevents.…`.
fn is_tensorboard(path: &Path, found: &Metadata) -> bool {
    let is_named_so = |name: &std::ffi::OsStr| name.to_string_lossy().contains("tfevents");
    if !found.is_dir() {
        return path.file_name().is_some_and(is_named_so);
    }
    fs::read_dir(path).is_ok_and(|entries| entries.flatten().any(|entry| is_named_so(&entry.file_name())))
}
