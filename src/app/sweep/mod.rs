//! Many runs of one command, each with other parameters: so many at a time, each under a supervisor of its own.
//!
//! `terminal` runs them from a terminal that shows what they say; when nobody looks on, the queue does (`app/queue`).

mod terminal;

use crate::app::job_kind::JobKind;
use crate::job::sweep::{SweepAxis, SweepError, fill, point_text, points};

pub use terminal::run;

/// How the runs of a sweep follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweepOptions {
    /// Runs at a time, at least 1.
    pub jobs: usize,
    /// Whether the first one that fails ends the rest.
    pub fail_fast: bool,
}

/// One run of a sweep.
#[derive(Debug)]
pub struct SweepRun {
    /// Its parameters, in words.
    pub text: String,
    /// What it runs.
    pub kind: JobKind,
}

/// The runs of `base`, which is a command, for all combinations of the parameters: each with its parameters in its name
/// and in the description of its run.
///
/// # Errors
/// [`SweepError`]: the person's mistake.
pub fn runs(base: &JobKind, axes: &[SweepAxis]) -> Result<Vec<SweepRun>, SweepError> {
    let JobKind::Command { options, watch, .. } = base else { return Ok(Vec::new()) };
    let run = |point: &Vec<(String, String)>| {
        let (mut options, mut watch) = (options.clone(), watch.clone());
        options.argv = fill(&options.argv, point)?;
        watch.config.extend(point.iter().cloned());
        let text = point_text(point);
        let name = Some(format!("{} {text}", base.name()));
        Ok(SweepRun { kind: JobKind::Command { name, options, watch }, text })
    };
    points(axes)?.iter().map(run).collect()
}
