//! What INPUT on the command line is: standard input, a file of numbers, or a recorded run.
//!
//! Runs on the caller's thread.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::record::{DataDir, LOG_NAME, RecordError, RunEntry};
use crate::source::follow;
use crate::source::table::{self, Table, TableError, TableOptions};

/// Where numbers come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// `-`.
    Stdin,
    /// A file of columns or of JSON lines, or a pipe of such.
    Table(PathBuf),
    /// A file, or a folder of files, that other programs write: for TensorBoard and the like.
    Followed(PathBuf),
    /// A recorded run.
    Run(Box<RunEntry>),
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
    /// It is to be followed, but is a run of ours.
    #[error("{}: this is a recorded run; it is shown by kymograph open {}", path.display(), path.display())]
    IsRun {
        /// The directory of the run.
        path: PathBuf,
    },
    /// Nothing in it is understood.
    #[error("{0}")]
    Followed(String),
    /// It cannot be read as a table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// There is neither a file nor a run of that name.
    #[error("{}: there is no such file, and no run is called so; kymograph ls lists the runs", path.display())]
    NotFound {
        /// The input.
        path: PathBuf,
    },
    /// It is a run that cannot be found or read.
    #[error(transparent)]
    Run(#[from] RecordError),
    /// A column was given for x of a run, whose series have their own.
    #[error("--x has no meaning for a run: each of its series has an x of its own")]
    RunHasX,
    /// A series was asked for that the run does not have.
    #[error("the run has no series {series}; it has: {known}")]
    NoSuchSeries {
        /// The series as asked for.
        series: String,
        /// The series that there are.
        known: String,
    },
}

impl Input {
    /// What `input`, as a person typed it, stands for: `-`, a file, else a run of `data_dir` (or of the usual place) by
    /// name, id or path.
    ///
    /// # Errors
    /// [`InputError`] if there is no such thing, or none that can be read.
    pub fn find(input: &Path, data_dir: Option<&Path>) -> Result<Self, InputError> {
        if input == Path::new("-") {
            return Ok(Self::Stdin);
        }
        let found = fs::metadata(input);
        let is_run = input.join(LOG_NAME).exists();
        if found.is_ok() && !is_run && follow::is_followed(input) {
            return Ok(Self::Followed(input.to_owned()));
        }
        if found.as_ref().is_ok_and(|found| !found.is_dir()) && input.file_name() != Some(LOG_NAME.as_ref()) {
            return Ok(Self::Table(input.to_owned()));
        }
        let open_error = |source| InputError::Open { path: input.to_owned(), source };
        match DataDir::find(data_dir).and_then(|data_dir| data_dir.find_run(&input.to_string_lossy())) {
            Ok(run) => Ok(Self::Run(Box::new(run))),
            Err(RecordError::NotARun { .. } | RecordError::NoDataDir) if found.is_ok() => {
                Err(open_error(io::Error::other("it is a folder that holds neither a run nor files of numbers")))
            }
            Err(RecordError::NotFound { .. } | RecordError::NoDataDir) => {
                Err(InputError::NotFound { path: input.to_owned() })
            }
            // Nothing but a path was meant.
            Err(error) => match found {
                Err(source) if input.components().count() > 1 => Err(open_error(source)),
                _ => Err(error.into()),
            },
        }
    }

    /// Whether `output` is the very file that is read.
    #[must_use]
    pub fn is_same_file(&self, output: &Path) -> bool {
        let path = match self {
            Self::Stdin => return false,
            Self::Table(path) | Self::Followed(path) => path.clone(),
            Self::Run(run) => run.log_path(),
        };
        let place = |path: &Path| fs::metadata(path).ok().filter(Metadata::is_file).map(|m| (m.dev(), m.ino()));
        place(&path).is_some_and(|input| place(output) == Some(input))
    }
}

/// Reads standard input, or the file at `path`, as a table: x and y columns by name or number, by default those that
/// [`TableOptions`] says.
///
/// # Errors
/// [`InputError`].
pub fn read_table(path: Option<&Path>, x: Option<&str>, y: &[String]) -> Result<Table, InputError> {
    let file = path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    let options = TableOptions { file, x: x.map(str::to_owned), y: y.to_vec() };
    let Some(path) = path else { return Ok(table::read_table(io::stdin(), &options)?) };
    let file = File::open(path).map_err(|source| InputError::Open { path: path.to_owned(), source })?;
    Ok(table::read_table(file, &options)?)
}
