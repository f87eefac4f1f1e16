//! Where runs are kept: made, listed, found by what people call them, and removed.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::error::RecordError;
use super::run_dir::{RunAbout, RunDir};
use super::run_entry::RunEntry;

/// Names that an error lists at most.
const LISTED: usize = 5;

/// The program's directory for data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDir {
    path: PathBuf,
}

impl DataDir {
    /// The directory `path`; made when it is needed.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The directory that `flag` (of `--data-dir`) names, else `KYMOGRAPH_DATA_DIR`, else `kymograph` in
    /// `XDG_DATA_HOME`, else `~/.local/share/kymograph`.
    ///
    /// # Errors
    /// [`RecordError::NoDataDir`] if none of them is set.
    pub fn find(flag: Option<&Path>) -> Result<Self, RecordError> {
        Self::resolve(flag, |name| env::var_os(name))
    }

    fn resolve(flag: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, RecordError> {
        let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        flag.map(Path::to_owned)
            .or_else(|| set("KYMOGRAPH_DATA_DIR"))
            // The XDG rules tell to pass over a path that is not absolute.
            .or_else(|| set("XDG_DATA_HOME").filter(|path| path.is_absolute()).map(|path| path.join("kymograph")))
            .or_else(|| set("HOME").map(|home| home.join(".local/share/kymograph")))
            .map(Self::new)
            .ok_or(RecordError::NoDataDir)
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the runs are in it.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.path.join("runs")
    }

    /// Makes a new run, with a directory of its own that is private to the user.
    ///
    /// # Errors
    /// [`RecordError::Io`] if the place is not writable or full.
    pub fn create_run(&self, about: &RunAbout) -> Result<RunDir, RecordError> {
        RunDir::create(&self.runs(), about)
    }

    /// All runs, the newest first. Those with a damaged `meta.json` are listed and say so; what is no run is passed over.
    ///
    /// # Errors
    /// [`RecordError::Io`] if the directory cannot be read; one that does not exist has no runs.
    pub fn list(&self) -> Result<Vec<RunEntry>, RecordError> {
        self.list_with(&mut |_| None)
    }

    /// The same; what `known` has of a run is not read again.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_with(&self, known: &mut dyn FnMut(&Path) -> Option<RunEntry>) -> Result<Vec<RunEntry>, RecordError> {
        let runs = self.runs();
        let entries = match fs::read_dir(&runs) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(RecordError::io("read", &runs)(error)),
        };
        let mut found: Vec<_> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter_map(|path| known(&path).or_else(|| RunEntry::read(&path)))
            .collect();
        found.sort_by_cached_key(RunEntry::order);
        Ok(found)
    }

    /// The run that `what` means: a path, the whole name of a directory, an id, a name that only one run has, or the
    /// beginning of one of these.
    ///
    /// # Errors
    /// [`RecordError::NotFound`], or [`RecordError::Ambiguous`] with the candidates.
    pub fn find_run(&self, what: &str) -> Result<RunEntry, RecordError> {
        let path = Path::new(what);
        // A word without a slash means a run first, lest a directory of that name stand in its way.
        if what.contains('/') {
            return by_path(path);
        }
        let runs = self.list()?;
        let ways: [fn(&RunEntry, &str) -> bool; 4] = [
            |run, what| run.dir_name() == what,
            |run, what| run.id().is_some_and(|id| id.eq_ignore_ascii_case(what)),
            |run, what| run.name() == what,
            |run, what| {
                [Some(run.dir_name()), run.id(), Some(run.name())].iter().flatten().any(|name| name.starts_with(what))
            },
        ];
        for is_meant in ways.iter().filter(|_| !what.is_empty()) {
            let mut meant = runs.iter().filter(|run| is_meant(run, what));
            if let Some(first) = meant.next() {
                if meant.next().is_none() {
                    return Ok(first.clone());
                }
                let candidates = runs.iter().filter(|run| is_meant(run, what));
                let candidates = candidates.take(LISTED).map(RunEntry::dir_name).collect();
                return Err(RecordError::Ambiguous { what: what.to_owned(), candidates });
            }
        }
        if !what.is_empty() && path.exists() {
            return by_path(path);
        }
        let known = runs.iter().take(LISTED).map(RunEntry::dir_name).collect();
        Err(RecordError::NotFound { what: what.to_owned(), known })
    }

    /// Removes a run with all that is in its directory. Links in it are removed, not followed.
    ///
    /// # Errors
    /// [`RecordError::Live`] while it is recorded, [`RecordError::NotARun`] and [`RecordError::Outside`] if it is not a
    /// run's directory in [`runs`](Self::runs), [`RecordError::Io`] if the system refuses.
    pub fn remove(&self, run: &RunEntry) -> Result<(), RecordError> {
        let path = &run.path;
        let runs = self.runs();
        // Looked at anew: it may have changed since it was listed.
        let run = RunEntry::read(path).ok_or_else(|| RecordError::NotARun { path: path.clone() })?;
        let outside = || RecordError::Outside { path: path.clone(), runs: runs.clone() };
        let name = path.file_name().ok_or_else(outside)?;
        let parent = path.parent().and_then(|parent| fs::canonicalize(parent).ok());
        let real = fs::canonicalize(&runs).map_err(RecordError::io("read", &runs))?;
        if parent != Some(real.clone()) {
            return Err(outside());
        }
        // Held until all is gone.
        let log = File::open(run.log_path()).ok();
        if let Some(log) = &log
            && flock(log, FlockOperation::NonBlockingLockExclusive) == Err(rustix::io::Errno::WOULDBLOCK)
        {
            return Err(RecordError::Live { path: path.clone() });
        }
        fs::remove_dir_all(real.join(name)).map_err(RecordError::io("remove", path))
    }
}

/// The run whose directory, or whose log, is at `path`.
fn by_path(path: &Path) -> Result<RunEntry, RecordError> {
    // A person may well come by a link; it is the run's own directory that must be one.
    let real = fs::canonicalize(path).map_err(RecordError::io("find", path))?;
    let dir = if real.is_file() { real.parent().unwrap_or(&real) } else { &real };
    RunEntry::read(dir).ok_or_else(|| RecordError::NotARun { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_the_first_that_is_set() {
        let place = |flag: Option<&str>, set: &[(&str, &str)]| {
            let variable =
                |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
            DataDir::resolve(flag.map(Path::new), variable).ok().map(|dir| dir.path)
        };
        let all = [("KYMOGRAPH_DATA_DIR", "own"), ("XDG_DATA_HOME", "/xdg"), ("HOME", "/home/a")];
        assert_eq!(place(Some("here"), &all), Some("here".into()));
        assert_eq!(place(None, &all), Some("own".into()));
        assert_eq!(place(None, &all[1..]), Some("/xdg/kymograph".into()));
        assert_eq!(place(None, &all[2..]), Some("/home/a/.local/share/kymograph".into()));
        let odd = [("KYMOGRAPH_DATA_DIR", ""), ("XDG_DATA_HOME", "relative"), ("HOME", "/home/a")];
        assert_eq!(place(None, &odd), Some("/home/a/.local/share/kymograph".into()));
        assert_eq!(place(None, &[]), None);
    }
}
