//! Jobs in the windows of other programs: those that a program registers, and those that properties describe.
//!
//! Any thread registers; the thread that shows jobs starts them. Knows no window.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::app::launch::{self, Recording};
use crate::app::pipeline::JobKind;
use crate::job::JobSpec;
use crate::source::SourceError;
use crate::source::command::CommandOptions;
use crate::source::metrics::Metrics;

type Make = Arc<dyn Fn() -> JobSpec + Send + Sync>;

static REGISTERED: LazyLock<Mutex<BTreeMap<String, Make>>> = LazyLock::new(Mutex::default);

/// Makes a job known under a name, in place of an earlier one of that name; `make` is called for each start, on the thread
/// that shows the job, and must return at once.
///
/// ```
/// use kymograph::app::host;
/// use kymograph::batch::{Batch, Item, SeriesId};
/// use kymograph::job::JobSpec;
///
/// host::register_job("halving", || {
///     JobSpec::from_fn("halving", |out| {
///         for step in 0..10_i32 {
///             out.send(Item::Append(Batch::point(SeriesId(0), 0, f64::from(step), 0.5_f64.powi(step))))?;
///         }
///         Ok(())
///     })
/// });
/// ```
pub fn register_job(name: impl Into<String>, make: impl Fn() -> JobSpec + Send + Sync + 'static) {
    let old = registered().insert(name.into(), Arc::new(make));
    // What it holds may come back here when it is dropped.
    drop(old);
}

fn registered() -> std::sync::MutexGuard<'static, BTreeMap<String, Make>> {
    // Inserting cannot be left half done.
    REGISTERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is described.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// What the program was started for.
    #[default]
    Launched,
    /// The sine job.
    Sine,
    /// A command.
    Command,
    /// A registered job.
    Host,
}

/// A job as properties describe it.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// What is run.
    pub what: What,
    /// Name of a registered job.
    pub source: String,
    /// Program of a command.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// How its output is read: `auto`, or empty for the same, or a regular expression.
    pub metrics: String,
    /// Where runs are recorded: nowhere if empty, unless the program was started to record; `standard`, or a directory.
    pub record_into: String,
}

impl Described {
    /// What is run. A description that makes no sense is a job that fails with the reason.
    #[must_use]
    pub fn kind(&self) -> JobKind {
        match self.what {
            What::Launched => launch::get().kind.clone(),
            What::Sine => JobKind::default(),
            What::Command => self.command(),
            What::Host => hosted(&self.source),
        }
    }

    /// Where it is recorded.
    #[must_use]
    pub fn recording(&self) -> Recording {
        match self.record_into.as_str() {
            "" => launch::if_set().map_or(Recording::Off, |launch| launch.recording.clone()),
            "standard" => Recording::Standard,
            path => Recording::Into(PathBuf::from(path)),
        }
    }

    fn command(&self) -> JobKind {
        let pattern = if self.metrics.is_empty() { "auto" } else { &self.metrics };
        if self.program.is_empty() {
            return failing("command", "the command has no program: set the property `program`".to_owned());
        }
        match pattern.parse::<Metrics>() {
            Ok(metrics) => {
                let words = std::iter::once(&self.program).chain(&self.arguments);
                let argv = words.map(Into::into).collect();
                let options = CommandOptions { argv, metrics, ..CommandOptions::default() };
                JobKind::Command { name: None, options, watch: Box::default() }
            }
            Err(error) => failing("command", format!("the property `metrics` cannot be used: {error}")),
        }
    }
}

/// The job registered under `name`, looked up when it starts.
fn hosted(name: &str) -> JobKind {
    let source = name.to_owned();
    JobKind::custom(name, move || {
        let make = registered().get(&source).cloned();
        make.map_or_else(|| spec_that_fails(&source, unregistered(&source)), |make| make())
    })
}

fn unregistered(name: &str) -> String {
    match registered().keys().map(String::as_str).collect::<Vec<_>>().join(", ") {
        known if known.is_empty() => format!("no job \"{name}\": the program has registered none"),
        known => format!("no job \"{name}\": the program has registered {known}"),
    }
}

fn failing(name: &'static str, text: String) -> JobKind {
    JobKind::custom(name, move || spec_that_fails(name, text.clone()))
}

fn spec_that_fails(name: &str, text: String) -> JobSpec {
    JobSpec::from_fn(name, move |_| Err::<(), _>(SourceError::Failed(text)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::app::pipeline::{self, StartOptions};
    use crate::batch::Notice;
    use crate::job::mailbox;
    use crate::store::SnapshotSlot;

    /// Runs a job to its end; returns why it failed, or nothing.
    fn failure(described: &Described) -> Option<String> {
        let (sender, mut notices) = mailbox();
        let options = StartOptions { recording: Recording::Off, ..StartOptions::default() };
        let running = pipeline::start(&described.kind(), &SnapshotSlot::new(), sender, options).unwrap();
        let (mut text, mut has_ended) = (None, false);
        while !has_ended {
            notices.wait(Duration::from_secs(10));
            notices.drain(Duration::from_millis(50), |notice| match notice {
                Notice::Failed(failure) => (text, has_ended) = (Some(failure.text), true),
                Notice::Finished(_) => has_ended = true,
                _ => {}
            });
        }
        drop(running);
        text
    }

    #[test]
    fn a_registered_job_is_made_for_each_start() {
        let described = Described { what: What::Host, source: "host: counted".to_owned(), ..Described::default() };
        let before = failure(&described).unwrap_or_default();
        assert!(before.starts_with("no job \"host: counted\""), "{before}");
        register_job("host: counted", || JobSpec::from_fn("counted", |_| Ok(())));
        assert_eq!((failure(&described), failure(&described)), (None, None));
        assert_eq!(described.kind().name(), "host: counted");
    }

    #[test]
    fn what_makes_no_sense_fails_with_a_reason() {
        let described = Described { what: What::Command, ..Described::default() };
        assert!(failure(&described).is_some_and(|text| text.contains("`program`")));
        let described = Described { program: "true".into(), metrics: "(".into(), ..described };
        assert!(failure(&described).is_some_and(|text| text.contains("`metrics`")));
        let described = Described { metrics: String::new(), ..described };
        assert_eq!((failure(&described), described.kind().command_line()), (None, "true".to_owned()));
    }

    #[test]
    fn nothing_is_recorded_unless_it_is_asked_for() {
        let recording = |into: &str| Described { record_into: into.to_owned(), ..Described::default() }.recording();
        assert_eq!(recording("standard"), Recording::Standard);
        assert_eq!(recording("/tmp/runs"), Recording::Into("/tmp/runs".into()));
        assert_eq!(recording(""), Recording::Off, "this process was not started as a viewer");
    }
}
