//! What a job runs, and what that means for those who show it: names, words, panes, the first figure.
//!
//! Plain data for any thread. Starts nothing.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crate::app::watch::WatchOptions;
use crate::batch::Pane;
use crate::figure::{Axis, Figure, Subplot};
use crate::job::JobSpec;
use crate::job::watch::Rule;
use crate::record::{RunEntry, RunMeta, RunState};
use crate::source::client::session::Session;
use crate::source::command::{CommandOptions, command_text};
use crate::source::follow::FollowOptions;
use crate::source::sine::SineOptions;

/// The word for what comes through a socket.
const CLIENT: &str = "client";

/// The word for commands.
const COMMAND: &str = "command";

/// The word for followed files.
const FOLLOW: &str = "follow";

/// The word for the sine job.
const SINE: &str = "sine";

/// What a job runs.
#[derive(Clone)]
pub enum JobKind {
    /// The built-in sine job.
    Sine(SineOptions),
    /// A command whose output is read.
    Command {
        /// Name of the job; that of the program if none is given.
        name: Option<String>,
        /// What is run and how its output is read.
        options: CommandOptions,
        /// How it is watched.
        watch: Box<WatchOptions>,
    },
    /// Files and folders that others write. They are not recorded again: a file is its own record.
    Follow {
        /// Name of the job.
        name: String,
        /// What is followed.
        options: FollowOptions,
        /// How it is watched: by rules alone.
        watch: Box<WatchOptions>,
    },
    /// Runs that were recorded, shown again.
    Recorded(Vec<RunEntry>),
    /// A run that is being recorded by another process.
    Live(Box<RunEntry>),
    /// What a program sends through a socket.
    Client(Arc<Session>),
    /// A job of a program of one's own.
    Custom {
        /// Name of the job.
        name: String,
        /// Makes it anew for each start.
        make: Arc<dyn Fn() -> JobSpec + Send + Sync>,
    },
}

/// What stands in a message pane; the window has the words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneKind {
    /// What the program itself says of the job.
    Control,
    /// What the worker says.
    Worker,
    /// What the receiver says.
    Receiver,
    /// The output of a command or a program.
    Output,
    /// Its error output.
    ErrorOutput,
}

impl fmt::Debug for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JobKind").field(&self.name()).finish()
    }
}

impl Default for JobKind {
    fn default() -> Self {
        Self::Sine(SineOptions::default())
    }
}

impl JobKind {
    /// A job of one's own; `make` is called on the GUI thread for each start and must return at once.
    pub fn custom(name: impl Into<String>, make: impl Fn() -> JobSpec + Send + Sync + 'static) -> Self {
        Self::Custom { name: name.into(), make: Arc::new(make) }
    }

    /// Shows runs as they were; one alone that goes on is looked at until it ends.
    #[must_use]
    pub fn of_runs(runs: Vec<RunEntry>) -> Self {
        match <[_; 1]>::try_from(runs) {
            Ok([run]) if run.state == RunState::Running => Self::Live(Box::new(run)),
            Ok(run) => Self::Recorded(run.into()),
            Err(runs) => Self::Recorded(runs),
        }
    }

    /// What has to be opened to see the same again: directories of recorded runs, files and folders that are followed.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Recorded(runs) => runs.iter().map(|run| run.path.clone()).collect(),
            Self::Live(run) => vec![run.path.clone()],
            Self::Follow { options, .. } => options.paths.clone(),
            Self::Sine(_) | Self::Command { .. } | Self::Client(_) | Self::Custom { .. } => Vec::new(),
        }
    }

    /// Name of the job, for titles and threads.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Sine(_) => "sine",
            Self::Follow { name, .. } => name,
            Self::Command { name, options, .. } => name.as_deref().unwrap_or_else(|| program_name(options)),
            Self::Recorded(_) | Self::Live(_) => self.metas().next().map_or("run", |meta| &meta.name),
            Self::Client(session) => &session.hello().name,
            Self::Custom { name, .. } => name,
        }
    }

    /// The program at the other end of a socket, if that is what makes the data.
    #[must_use]
    pub fn client(&self) -> Option<&Arc<Session>> {
        if let Self::Client(session) = self { Some(session) } else { None }
    }

    /// Whether it can be started, again and again: what others make can only be watched.
    #[must_use]
    pub fn is_startable(&self) -> bool {
        !matches!(self, Self::Recorded(_) | Self::Live(_) | Self::Client(_))
    }

    /// Files to follow, named after the first of them.
    #[must_use]
    pub fn follow(options: FollowOptions) -> Self {
        let name = options.paths.first().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
        Self::Follow { name: name.map_or_else(|| FOLLOW.to_owned(), Cow::into_owned), options, watch: Box::default() }
    }

    /// Whether a job of this kind is recorded, if not told otherwise: what stands in files already is not.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        !matches!(self, Self::Follow { .. })
    }

    /// One word for the kind of job, as it stands in the description of a run.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sine(_) => SINE,
            Self::Command { .. } => COMMAND,
            Self::Follow { .. } => FOLLOW,
            Self::Recorded(_) | Self::Live(_) => "recorded",
            Self::Client(_) => CLIENT,
            Self::Custom { .. } => "custom",
        }
    }

    /// Whether rules can be held against it: a command, or followed files. A program beyond a socket is its own master.
    #[must_use]
    pub fn takes_rules(&self) -> bool {
        matches!(self, Self::Command { .. } | Self::Follow { .. })
    }

    /// The same job with these rules, if it takes any.
    #[must_use]
    pub fn with_rules(mut self, rules: Vec<Rule>) -> Self {
        if let Self::Command { watch, .. } | Self::Follow { watch, .. } = &mut self {
            watch.rules = rules;
        }
        self
    }

    /// How it is watched, besides being shown.
    #[must_use]
    pub fn watch(&self) -> &WatchOptions {
        static NOT_AT_ALL: LazyLock<WatchOptions> = LazyLock::new(WatchOptions::default);
        if let Self::Command { watch, .. } | Self::Follow { watch, .. } = self { watch } else { &NOT_AT_ALL }
    }

    /// The command and its arguments; empty for jobs that run none.
    #[must_use]
    pub fn command(&self) -> Vec<String> {
        match self {
            Self::Command { options, .. } => {
                options.argv.iter().map(|word| word.to_string_lossy().into_owned()).collect()
            }
            Self::Recorded(_) | Self::Live(_) => self.metas().next().map_or_else(Vec::new, |meta| meta.command.clone()),
            Self::Sine(_) | Self::Follow { .. } | Self::Client(_) | Self::Custom { .. } => Vec::new(),
        }
    }

    /// Whether it is a command's output that its panes show.
    #[must_use]
    pub fn is_command(&self) -> bool {
        match self {
            Self::Command { .. } => true,
            _ => self.is_recorded_of(COMMAND),
        }
    }

    /// The id of the run that is shown; empty if none is.
    #[must_use]
    pub fn run_id(&self) -> String {
        self.metas().next().map(|meta| meta.id.clone()).unwrap_or_default()
    }

    /// Names of the runs whose series are shown together, each as `run: name`; empty if there is only one run.
    #[must_use]
    pub fn run_names(&self) -> Vec<String> {
        match self {
            Self::Recorded(runs) if runs.len() > 1 => runs.iter().map(RunEntry::name).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a program's output comes through a socket, or came when it was recorded.
    fn is_client(&self) -> bool {
        match self {
            Self::Client(_) => true,
            _ => self.is_recorded_of(CLIENT),
        }
    }

    /// What the runs say of themselves that are shown, if runs are shown.
    fn metas(&self) -> impl Iterator<Item = &RunMeta> {
        let runs = match self {
            Self::Recorded(runs) => runs.as_slice(),
            Self::Live(run) => std::slice::from_ref(&**run),
            _ => &[],
        };
        runs.iter().flat_map(|run| &run.meta)
    }

    /// Whether runs are shown, all of them of this kind.
    fn is_recorded_of(&self, kind: &str) -> bool {
        matches!(self, Self::Recorded(_) | Self::Live(_)) && self.metas().all(|meta| meta.kind == kind)
    }

    /// The command line, for people; empty for built-in jobs.
    #[must_use]
    pub fn command_line(&self) -> String {
        match self {
            Self::Sine(_) | Self::Follow { .. } | Self::Client(_) | Self::Custom { .. } => String::new(),
            Self::Command { options, .. } => command_text(&options.argv),
            Self::Recorded(_) | Self::Live(_) => self.command().join(" "),
        }
    }

    /// What stands in a pane: a command's panes show its two streams.
    #[must_use]
    pub fn pane_kind(&self, pane: Pane) -> PaneKind {
        match (self.is_command() || self.is_client(), pane) {
            (_, Pane::Control) => PaneKind::Control,
            (false, Pane::Worker) => PaneKind::Worker,
            (false, Pane::Receiver) => PaneKind::Receiver,
            (true, Pane::Worker) => PaneKind::Output,
            (true, Pane::Receiver) => PaneKind::ErrorOutput,
        }
    }

    /// The figure that the job starts with, before its series are known.
    #[must_use]
    pub fn figure(&self) -> Figure {
        let is_sine = match self {
            Self::Sine(_) => true,
            _ => self.metas().any(|meta| meta.kind == SINE),
        };
        if !is_sine {
            return Figure::default();
        }
        let axis = |label: &str| Axis { label: label.to_owned(), ..Axis::default() };
        let subplot = Subplot { x: axis("x"), y: axis("sin x"), ..Subplot::default() };
        Figure { subplots: vec![subplot], ..Figure::default() }
    }
}

fn program_name(options: &CommandOptions) -> &str {
    let program = options.argv.first().and_then(|word| Path::new(word).file_name());
    program.and_then(|name| name.to_str()).unwrap_or("command")
}
