//! What a person means who drops files on the window or opens them: runs to be shown, or files to be followed.
//!
//! Looks at names and at the first bytes of no file; runs on the caller's thread.

use std::path::{Path, PathBuf};

use crate::app::followed;
use crate::app::input::InputError;
use crate::app::job_kind::JobKind;
use crate::record::{LOG_NAME, RunEntry};
use crate::source::follow::FollowOptions;

/// The job that shows `paths`: runs (their directories or logs) as long as they go on or as they were, other files and
/// folders followed.
///
/// # Errors
/// [`InputError`] if runs and other files are mixed.
pub fn job(paths: Vec<PathBuf>) -> Result<JobKind, InputError> {
    let runs: Vec<RunEntry> = paths.iter().filter_map(|path| run_at(path)).collect();
    if runs.len() == paths.len() && !runs.is_empty() {
        return Ok(JobKind::of_runs(runs));
    }
    followed::job(FollowOptions { paths, once: false })
}

fn run_at(path: &Path) -> Option<RunEntry> {
    let is_log = path.file_name().is_some_and(|name| name == LOG_NAME);
    RunEntry::find(if is_log { path.parent()? } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{DataDir, RunAbout};

    #[test]
    fn runs_are_told_from_files() {
        let home = tempfile::tempdir().unwrap();
        let run = DataDir::new(home.path()).create_run(&RunAbout { name: "a".into(), ..RunAbout::default() }).unwrap();
        let path = run.path().to_owned();
        assert!(matches!(job(vec![path.clone()]), Ok(JobKind::Live(_))));
        assert!(matches!(job(vec![path.join(LOG_NAME)]), Ok(JobKind::Live(_))));
        drop(run);
        assert!(matches!(job(vec![path.clone()]), Ok(JobKind::Recorded(runs)) if runs.len() == 1));
        let file = home.path().join("loss.csv");
        assert!(matches!(job(vec![file.clone()]), Ok(JobKind::Follow { .. })));
        let error = job(vec![path, file]).unwrap_err();
        assert!(matches!(error, InputError::IsRun { .. }), "{error}");
    }
}
