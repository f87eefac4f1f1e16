//! `Job`: a job as a QML object. Slots start, hold and stop it; signals say what it does.
//!
//! GUI thread. The job's threads fill a mailbox and post one wake-up; [`qobject::Job::drain`] empties it in order under
//! a time budget and emits the signals from there. All logic is in `app::job_view`.

/// The Qt side of [`qobject::Job`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qstringlist.h");
        /// Qt's list of strings.
        type QStringList = cxx_qt_lib::QStringList;
    }

    /// What a job runs.
    #[qenum(Job)]
    enum Kind {
        /// What the program was started for; in a program that shows our figures in windows of its own, the sine job.
        Launched,
        /// The built-in sine job.
        Sine,
        /// A command.
        Command,
        /// A job that the program itself registered.
        Host,
    }

    /// What a job, or one of its threads, is doing.
    #[qenum(Job)]
    enum State {
        /// Never started.
        Idle,
        /// In a queue, waiting for its turn.
        Waiting,
        /// Working.
        Running,
        /// Held by the user.
        Paused,
        /// Asked to stop, not yet ended.
        Stopping,
        /// Ended well.
        Finished,
        /// Ended by an error, a panic or a limit.
        Failed,
    }

    /// What stands in a message pane.
    #[qenum(Job)]
    enum PaneKind {
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

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[qproperty(Kind, kind, READ = kind_of, WRITE = set_kind, NOTIFY = settings_changed)]
        #[qproperty(QString, source, READ = source, WRITE = set_source, NOTIFY = settings_changed)]
        #[qproperty(QString, program, READ = program, WRITE = set_program, NOTIFY = settings_changed)]
        #[qproperty(QStringList, arguments, READ = arguments, WRITE = set_arguments, NOTIFY = settings_changed)]
        #[qproperty(QString, metrics, READ = metrics, WRITE = set_metrics, NOTIFY = settings_changed)]
        #[qproperty(QString, record_into, cxx_name = "recordInto", READ = record_into, WRITE = set_record_into, NOTIFY = settings_changed)]
        #[qproperty(QString, name, READ = name, NOTIFY = settings_changed)]
        #[qproperty(QString, command, READ = command, NOTIFY = settings_changed)]
        #[qproperty(bool, is_sine, cxx_name = "isSine", READ = is_sine, NOTIFY = settings_changed)]
        #[qproperty(State, state, READ = state, NOTIFY = state_changed)]
        #[qproperty(State, worker_state, cxx_name = "workerState", READ = worker_state, NOTIFY = state_changed)]
        #[qproperty(State, receiver_state, cxx_name = "receiverState", READ = receiver_state, NOTIFY = state_changed)]
        #[qproperty(bool, is_active, cxx_name = "isActive", READ = is_active, NOTIFY = state_changed)]
        #[qproperty(QString, recording_trouble, cxx_name = "recordingTrouble", READ = recording_trouble, NOTIFY = state_changed)]
        #[qproperty(bool, recording_resumes, cxx_name = "recordingResumes", READ = recording_resumes, NOTIFY = state_changed)]
        #[qproperty(QString, run_path, cxx_name = "runPath", READ = run_path, NOTIFY = state_changed)]
        #[qproperty(QString, run_id, cxx_name = "runId", READ = run_id, NOTIFY = state_changed)]
        #[qproperty(QStringList, paths, READ = paths, NOTIFY = settings_changed)]
        #[qproperty(bool, is_recorded, cxx_name = "isRecorded", READ = is_recorded, NOTIFY = settings_changed)]
        #[qproperty(bool, is_followed, cxx_name = "isFollowed", READ = is_followed, NOTIFY = settings_changed)]
        #[qproperty(bool, can_start, cxx_name = "canStart", READ = can_start, NOTIFY = settings_changed)]
        #[qproperty(bool, outlives_window, cxx_name = "outlivesWindow", READ = outlives_window, CONSTANT)]
        #[qproperty(bool, is_elsewhere, cxx_name = "isElsewhere", READ = is_elsewhere, NOTIFY = state_changed)]
        #[qproperty(bool, takes_rules, cxx_name = "takesRules", READ = takes_rules, NOTIFY = state_changed)]
        #[qproperty(QStringList, rules, READ = rules, NOTIFY = state_changed)]
        #[qproperty(QString, error_text, cxx_name = "errorText", READ = error_text, NOTIFY = state_changed)]
        #[qproperty(bool, end_is_news, cxx_name = "endIsNews", READ = end_is_news, NOTIFY = state_changed)]
        #[qproperty(QString, summary, READ = summary, NOTIFY = state_changed)]
        #[qproperty(i32, exit_code, cxx_name = "exitCode", READ = exit_code, NOTIFY = state_changed)]
        #[qproperty(f64, progress, READ = progress, NOTIFY = progress_changed)]
        #[qproperty(QString, worker_progress, cxx_name = "workerProgress", READ = worker_progress, NOTIFY = progress_changed)]
        #[qproperty(QString, receiver_progress, cxx_name = "receiverProgress", READ = receiver_progress, NOTIFY = progress_changed)]
        #[qproperty(QString, elapsed, READ = elapsed, NOTIFY = progress_changed)]
        #[qproperty(i32, tick_ms, cxx_name = "tickMs", READ = tick_ms, NOTIFY = progress_changed)]
        #[qproperty(QString, remaining, READ = remaining, NOTIFY = progress_changed)]
        #[qproperty(i32, iterations, READ = iterations, WRITE = set_iterations, NOTIFY = settings_changed)]
        #[qproperty(i32, worker_ms, cxx_name = "workerMs", READ = worker_ms, WRITE = set_worker_ms, NOTIFY = settings_changed)]
        #[qproperty(i32, worker_batch, cxx_name = "workerBatch", READ = worker_batch, WRITE = set_worker_batch, NOTIFY = settings_changed)]
        #[qproperty(i32, receiver_iterations, cxx_name = "receiverIterations", READ = receiver_iterations, WRITE = set_receiver_iterations, NOTIFY = settings_changed)]
        #[qproperty(i32, receiver_ms, cxx_name = "receiverMs", READ = receiver_ms, WRITE = set_receiver_ms, NOTIFY = settings_changed)]
        #[qproperty(i32, receiver_batch, cxx_name = "receiverBatch", READ = receiver_batch, WRITE = set_receiver_batch, NOTIFY = settings_changed)]
        /// A job: its worker and receiver threads, its samples and its messages.
        type Job = super::JobRust;

        /// A setting changed.
        #[qsignal]
        #[cxx_name = "settingsChanged"]
        fn settings_changed(self: Pin<&mut Job>);

        /// The job or one of its threads changed its state.
        #[qsignal]
        #[cxx_name = "stateChanged"]
        fn state_changed(self: Pin<&mut Job>);

        /// The job went on, or time did.
        #[qsignal]
        #[cxx_name = "progressChanged"]
        fn progress_changed(self: Pin<&mut Job>);

        /// The job began; its panes and its figure are empty.
        #[qsignal]
        fn started(self: Pin<&mut Job>);

        /// The job ended well. `summary` may be empty.
        #[qsignal]
        fn finished(self: Pin<&mut Job>, summary: &QString);

        /// The job failed; the first line of `text` says why.
        #[qsignal]
        fn error(self: Pin<&mut Job>, text: &QString);

        /// The job ended, well or not: all its threads are joined, it can be started again.
        #[qsignal]
        fn ended(self: Pin<&mut Job>);

        /// The program that makes the data wants its window seen.
        #[qsignal]
        #[cxx_name = "showRequested"]
        fn show_requested(self: Pin<&mut Job>);

        /// Starts the job from scratch. Does nothing while it is active.
        #[qinvokable]
        pub fn start(self: Pin<&mut Job>);

        /// Shows runs, or follows files and folders, in place of what the job was. Does nothing while the job is active.
        #[qinvokable]
        pub fn open(self: Pin<&mut Job>, paths: &QStringList);

        /// Runs a line in the shell in place of what the job was, and calls it `name`; by its first words if that is empty.
        /// Does nothing while the job is active.
        #[qinvokable]
        #[cxx_name = "runLine"]
        pub fn run_line(self: Pin<&mut Job>, line: &QString, name: &QString, has_resources: bool);

        /// Asks the job to stop; `ended` follows. Does nothing if it is not active. A program beyond a socket is asked each
        /// time, and goes on as long as it likes.
        #[qinvokable]
        pub fn stop(self: Pin<&mut Job>);

        /// Ends the job here, whatever a program beyond a socket does; `ended` follows.
        #[qinvokable]
        pub fn end(self: Pin<&mut Job>);

        /// Lets go of what a job that has ended holds, so that its object can be deleted without a wait for the disk.
        #[qinvokable]
        #[cxx_name = "letGo"]
        pub fn let_go(self: Pin<&mut Job>);

        /// The person closed the window of a job that goes on without it.
        #[qinvokable]
        #[cxx_name = "leaveWindow"]
        pub fn leave_window(self: &Job);

        /// Holds the job, or lets it go on.
        #[qinvokable]
        #[cxx_name = "togglePause"]
        pub fn toggle_pause(self: Pin<&mut Job>);

        /// Holds one more rule against the job from now on. What comes of it is said in the Control pane.
        #[qinvokable]
        #[cxx_name = "addRule"]
        pub fn add_rule(self: &Job, rule: &QString);

        /// Takes a rule away, as it was written.
        #[qinvokable]
        #[cxx_name = "removeRule"]
        pub fn remove_rule(self: &Job, rule: &QString);

        /// Why a text is no rule, in one line; empty if it is one.
        #[qinvokable]
        #[cxx_name = "ruleError"]
        pub fn rule_error(self: &Job, rule: &QString) -> QString;

        /// The moment, in nanoseconds since 1970, at a time of the job's lines in seconds; NaN if it is not known.
        #[qinvokable]
        #[cxx_name = "momentAt"]
        pub fn moment_at(self: &Job, time_secs: f64) -> f64;

        /// The time of the job's lines, in seconds, at such a moment; NaN if it is not known.
        #[qinvokable]
        #[cxx_name = "timeAt"]
        pub fn time_at(self: &Job, moment: f64) -> f64;

        /// Brings `elapsed` and `remaining` up to date; called by a timer while the job is active.
        #[qinvokable]
        pub fn tick(self: Pin<&mut Job>);

        /// Puts all settings back to their defaults.
        #[qinvokable]
        #[cxx_name = "resetSettings"]
        pub fn reset_settings(self: Pin<&mut Job>);

        /// What stands in a pane of this job: 0 control, 1 worker, 2 receiver.
        #[qinvokable]
        #[cxx_name = "paneKind"]
        pub fn pane_kind(self: &Job, pane: i32) -> PaneKind;

        /// How many lines each pane keeps, at least 1.
        #[qinvokable]
        #[cxx_name = "setPaneLines"]
        pub fn set_pane_lines(self: Pin<&mut Job>, lines: i32);
    }

    // What the properties read and write.
    extern "RustQt" {
        /// What it runs. Set before the start; a job that is active keeps what it runs until then.
        #[cxx_name = "kind"]
        fn kind_of(self: &Job) -> Kind;
        /// Sets it.
        #[cxx_name = "setKind"]
        fn set_kind(self: Pin<&mut Job>, value: Kind);
        /// `Host`: the name under which the program registered it.
        fn source(self: &Job) -> QString;
        /// Sets it.
        #[cxx_name = "setSource"]
        fn set_source(self: Pin<&mut Job>, value: QString);
        /// `Command`: the program that is run, found as a shell would.
        fn program(self: &Job) -> QString;
        /// Sets it.
        #[cxx_name = "setProgram"]
        fn set_program(self: Pin<&mut Job>, value: QString);
        /// `Command`: what the program is given, word by word; no shell reads it.
        fn arguments(self: &Job) -> QStringList;
        /// Sets it.
        #[cxx_name = "setArguments"]
        fn set_arguments(self: Pin<&mut Job>, value: QStringList);
        /// `Command`: how numbers are found in its output: `auto`, the default, or a regular expression with named groups.
        fn metrics(self: &Job) -> QString;
        /// Sets it.
        #[cxx_name = "setMetrics"]
        fn set_metrics(self: Pin<&mut Job>, value: QString);
        /// Directory that runs are recorded below; `standard` for the person's own; empty for none, the default of a
        /// program that is not Kymograph itself.
        #[cxx_name = "recordInto"]
        fn record_into(self: &Job) -> QString;
        /// Sets it for the next start.
        #[cxx_name = "setRecordInto"]
        fn set_record_into(self: Pin<&mut Job>, value: QString);
        /// Why nothing is recorded at present; empty if all is well.
        #[cxx_name = "recordingTrouble"]
        fn recording_trouble(self: &Job) -> QString;
        /// Whether recording begins again by itself; else the run is over.
        #[cxx_name = "recordingResumes"]
        fn recording_resumes(self: &Job) -> bool;
        /// Directory that the job is recorded into; empty if it is not.
        #[cxx_name = "runPath"]
        fn run_path(self: &Job) -> QString;
        /// Id of the run that it is recorded into; empty if it is not.
        #[cxx_name = "runId"]
        fn run_id(self: &Job) -> QString;
        /// What has to be opened to see the same again: runs, or files and folders that are followed; empty for the window's
        /// own job.
        fn paths(self: &Job) -> QStringList;
        /// Whether it shows what was recorded, so that there is nothing to start.
        #[cxx_name = "isRecorded"]
        fn is_recorded(self: &Job) -> bool;
        /// Whether it follows files of other programs.
        #[cxx_name = "isFollowed"]
        fn is_followed(self: &Job) -> bool;
        /// Whether it can be started here, again and again: what others make can only be watched.
        #[cxx_name = "canStart"]
        fn can_start(self: &Job) -> bool;
        /// Whether it goes on, and is recorded, when its window is closed.
        #[cxx_name = "outlivesWindow"]
        fn outlives_window(self: &Job) -> bool;
        /// Whether it runs in a process of its own, which goes on when this one ends.
        #[cxx_name = "isElsewhere"]
        fn is_elsewhere(self: &Job) -> bool;
        /// Name of the job, for titles.
        fn name(self: &Job) -> QString;
        /// The command line it runs; empty for built-in jobs.
        fn command(self: &Job) -> QString;
        /// Whether it is the built-in sine job, which has settings.
        #[cxx_name = "isSine"]
        fn is_sine(self: &Job) -> bool;
        /// What the job is doing.
        fn state(self: &Job) -> State;
        /// What the worker's thread is doing.
        #[cxx_name = "workerState"]
        fn worker_state(self: &Job) -> State;
        /// What the receiver's thread is doing.
        #[cxx_name = "receiverState"]
        fn receiver_state(self: &Job) -> State;
        /// Whether a thread of it runs.
        #[cxx_name = "isActive"]
        fn is_active(self: &Job) -> bool;
        /// Whether rules can be held against it now.
        #[cxx_name = "takesRules"]
        fn takes_rules(self: &Job) -> bool;
        /// The rules that are held against it, as they were written.
        fn rules(self: &Job) -> QStringList;
        /// Why it failed; empty if it did not.
        #[cxx_name = "errorText"]
        fn error_text(self: &Job) -> QString;
        /// Whether it ended by itself: neither the person nor the end of the window stopped it, and it was no recorded run.
        #[cxx_name = "endIsNews"]
        fn end_is_news(self: &Job) -> bool;
        /// What it says of its result.
        fn summary(self: &Job) -> QString;
        /// Exit status of the job: 0 if it went well.
        #[cxx_name = "exitCode"]
        fn exit_code(self: &Job) -> i32;
        /// The part done, 0 to 1; -1 if unknown.
        fn progress(self: &Job) -> f64;
        /// `14/20` or `14`.
        #[cxx_name = "workerProgress"]
        fn worker_progress(self: &Job) -> QString;
        /// `29/50` or `29`.
        #[cxx_name = "receiverProgress"]
        fn receiver_progress(self: &Job) -> QString;
        /// Time since the start, to be read.
        fn elapsed(self: &Job) -> QString;
        /// How often `elapsed` changes, in milliseconds.
        #[cxx_name = "tickMs"]
        fn tick_ms(self: &Job) -> i32;
        /// Time to the end, to be read; empty if unknown.
        fn remaining(self: &Job) -> QString;
        /// Objects that the worker makes; 0 is endless.
        fn iterations(self: &Job) -> i32;
        /// Sets it for the next start.
        #[cxx_name = "setIterations"]
        fn set_iterations(self: Pin<&mut Job>, value: i32);
        /// Milliseconds between two of them.
        #[cxx_name = "workerMs"]
        fn worker_ms(self: &Job) -> i32;
        /// Sets it for the next start.
        #[cxx_name = "setWorkerMs"]
        fn set_worker_ms(self: Pin<&mut Job>, value: i32);
        /// Iterations between two printed lines.
        #[cxx_name = "workerBatch"]
        fn worker_batch(self: &Job) -> i32;
        /// Sets it for the next start.
        #[cxx_name = "setWorkerBatch"]
        fn set_worker_batch(self: Pin<&mut Job>, value: i32);
        /// Times that the receiver looks; 0 is endless.
        #[cxx_name = "receiverIterations"]
        fn receiver_iterations(self: &Job) -> i32;
        /// Sets it for the next start.
        #[cxx_name = "setReceiverIterations"]
        fn set_receiver_iterations(self: Pin<&mut Job>, value: i32);
        /// Milliseconds between two looks.
        #[cxx_name = "receiverMs"]
        fn receiver_ms(self: &Job) -> i32;
        /// Sets it for the next start.
        #[cxx_name = "setReceiverMs"]
        fn set_receiver_ms(self: Pin<&mut Job>, value: i32);
        /// Objects between two colours.
        #[cxx_name = "receiverBatch"]
        fn receiver_batch(self: &Job) -> i32;
        /// Sets it for the next start.
        #[cxx_name = "setReceiverBatch"]
        fn set_receiver_batch(self: Pin<&mut Job>, value: i32);
    }

    impl cxx_qt::Threading for Job {}
}

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use cxx_qt::{CxxQtType, Threading};
use cxx_qt_lib::{QString, QStringList};

use crate::app::feed::JobFeed;
use crate::app::host::{Described, What};
use crate::app::job_view::{Changes, JobView, TENTHS_UNTIL, duration_text};
use crate::app::pipeline::{self, JobKind, PaneKind, Running, StartOptions};
use crate::app::printable::printable;
use crate::app::{launch, open_paths, typed_command};
use crate::batch::{self, Notice, Pane};
use crate::bridge::guest::Alive;
use crate::bridge::{guarded, program};
use crate::job::watch::Rule;
use crate::job::{Drain, mailbox, spawn_detached};
use crate::record::RunEntry;
use crate::source::sine::SineOptions;

/// Longest time that one wake-up may keep the GUI thread; what is left comes with the next one.
const DRAIN_BUDGET: Duration = Duration::from_millis(4);

/// State of [`qobject::Job`].
pub struct JobRust {
    described: Described,
    kind: JobKind,
    alive: Alive,
    view: JobView,
    feed: Arc<JobFeed>,
    drain: Option<Drain>,
    /// Whether it was asked to stop since it was started.
    stop_is_asked: bool,
    // Dropped last: it joins the threads, which may still fill the mailbox.
    handle: Option<Running>,
}

impl Default for JobRust {
    /// The job that the command line asked for.
    fn default() -> Self {
        Self {
            described: Described::default(),
            kind: launch::get().kind.clone(),
            alive: Alive::default(),
            view: JobView::default(),
            feed: Arc::default(),
            drain: None,
            stop_is_asked: false,
            handle: None,
        }
    }
}

impl JobRust {
    /// What the job shows, for panes and figures.
    pub(crate) fn feed(&self) -> &Arc<JobFeed> {
        &self.feed
    }

    /// Ends with the job.
    pub(crate) fn alive(&self) -> &Alive {
        &self.alive
    }

    /// What the job runs.
    pub(crate) fn kind(&self) -> &JobKind {
        &self.kind
    }
}

impl qobject::Job {
    /// Starts the job from scratch. Does nothing while it is active.
    pub fn start(mut self: Pin<&mut Self>) {
        if self.view.is_active() {
            return;
        }
        Pane::ALL.into_iter().for_each(|pane| self.feed.pane(pane).clear());
        let thread = self.qt_thread();
        let (mailbox, mut drain) = mailbox();
        drain.set_wake(Arc::new(move || {
            // A failed post means that the job's object is gone, and with it all who could read the mail.
            _ = thread.queue(|job| guarded("reading a job's messages", || job.drain()));
        }));
        #[cfg(feature = "bench")]
        crate::bridge::bench::enter_data(self.feed.data().clone());
        let launch = launch::get();
        let options = StartOptions {
            recording: self.described.recording(),
            budget_bytes: launch.budget_bytes,
            supervisor: launch.supervisor.clone(),
            ..StartOptions::default()
        };
        if let Some(session) = self.kind.client() {
            let thread = self.qt_thread();
            session.link().set_on_show(move || {
                // A failed post means that the window is gone for good.
                _ = thread.queue(|job| guarded("showing a window", || job.show_requested()));
            });
        }
        let started = pipeline::start(&self.kind, self.feed.data(), mailbox, options);
        let mut state = self.as_mut().rust_mut();
        state.view = JobView::started_now();
        state.stop_is_asked = false;
        match started {
            Ok(handle) => {
                state.drain = Some(drain);
                if let Some(old) = state.handle.replace(handle) {
                    release(old);
                }
                self.feed.panes_changed();
                self.as_mut().started();
                self.as_mut().progress_changed();
                self.state_changed();
            }
            Err(error) => {
                let failed = Notice::Failed(error.to_string().into());
                state.view.apply(&failed);
                self.announce_end(&[failed]);
            }
        }
    }

    /// Shows runs, or follows files and folders, in place of what the job was.
    pub fn open(mut self: Pin<&mut Self>, paths: &QStringList) {
        if self.view.is_active() {
            return;
        }
        match open_paths::job(paths.iter().map(|path| path.to_string().into()).collect()) {
            Ok(kind) => {
                self.as_mut().rust_mut().kind = kind;
                self.as_mut().settings_changed();
                self.start();
            }
            Err(error) => {
                let failed = Notice::Failed(error.to_string().into());
                self.as_mut().rust_mut().view.apply(&failed);
                self.announce_end(&[failed]);
            }
        }
    }

    /// Runs a line in the shell in place of what the job was.
    pub fn run_line(mut self: Pin<&mut Self>, line: &QString, name: &QString, has_resources: bool) {
        if self.view.is_active() {
            return;
        }
        self.as_mut().rust_mut().kind = typed_command::job(&line.to_string(), &name.to_string(), has_resources);
        self.as_mut().settings_changed();
        self.start();
    }

    /// Asks the job to stop; `ended` follows. Does nothing if it is not active.
    pub fn stop(mut self: Pin<&mut Self>) {
        self.as_mut().rust_mut().stop_is_asked = true;
        if let Some(handle) = self.handle.as_ref().filter(|_| self.view.is_active()) {
            handle.stop();
        }
    }

    /// Ends the job here, whatever a program beyond a socket does; `ended` follows.
    pub fn end(mut self: Pin<&mut Self>) {
        self.as_mut().rust_mut().stop_is_asked = true;
        if let Some(handle) = self.handle.as_ref().filter(|_| self.view.is_active()) {
            handle.end();
        }
    }

    /// Lets go of what a job that has ended holds, so that its object can be deleted without a wait for the disk.
    pub fn let_go(mut self: Pin<&mut Self>) {
        if !self.view.is_active()
            && let Some(handle) = self.as_mut().rust_mut().handle.take()
        {
            release(handle);
        }
    }

    /// The person closed the window of a job that goes on without it.
    pub fn leave_window(&self) {
        if let Some(session) = self.kind.client() {
            session.link().tell_closed();
        }
    }

    /// Holds the job, or lets it go on.
    pub fn toggle_pause(self: Pin<&mut Self>) {
        match (&self.handle, self.view.state) {
            (Some(handle), batch::State::Running) => handle.pause(),
            (Some(handle), batch::State::Paused) => handle.resume(),
            _ => {}
        }
    }

    /// Holds one more rule against the job from now on. What comes of it is said in the Control pane.
    pub fn add_rule(&self, rule: &QString) {
        if let Some(handle) = &self.handle {
            handle.add_rule(&rule.to_string());
        }
    }

    /// Takes a rule away, as it was written.
    pub fn remove_rule(&self, rule: &QString) {
        if let Some(handle) = &self.handle {
            handle.remove_rule(&rule.to_string());
        }
    }

    /// Why a text is no rule, in one line; empty if it is one.
    pub fn rule_error(&self, rule: &QString) -> QString {
        let error = rule.to_string().parse::<Rule>().err().map(|error| error.to_string());
        QString::from(error.as_deref().and_then(|text| text.lines().next()).unwrap_or_default())
    }

    fn takes_rules(&self) -> bool {
        self.view.is_active() && (self.kind.takes_rules() || self.is_elsewhere())
    }

    fn rules(&self) -> QStringList {
        self.view.rules.iter().map(|rule| QString::from(&*printable(rule))).collect()
    }

    /// The moment, in nanoseconds since 1970, at a time of the job's lines in seconds; NaN if it is not known.
    pub fn moment_at(&self, time_secs: f64) -> f64 {
        self.view.nanos_at(time_secs).map_or(f64::NAN, |nanos| nanos as f64)
    }

    /// The time of the job's lines, in seconds, at such a moment; NaN if it is not known.
    pub fn time_at(&self, moment: f64) -> f64 {
        self.view.secs_at(moment as i64).unwrap_or(f64::NAN)
    }

    /// Brings `elapsed` and `remaining` up to date; called by a timer while the job is active.
    pub fn tick(self: Pin<&mut Self>) {
        self.progress_changed();
    }

    /// Reads the mailbox under [`DRAIN_BUDGET`] and emits what it says, in order, merged per kind of change.
    fn drain(mut self: Pin<&mut Self>) {
        // Taken out while it is read, because reading changes the rest of the object.
        let Some(mut drain) = self.as_mut().rust_mut().drain.take() else { return };
        let mut changes = Changes::default();
        let mut ends = Vec::new();
        let mut state = self.as_mut().rust_mut();
        drain.drain(DRAIN_BUDGET, |notice| {
            let change = state.view.apply(&notice);
            changes.state |= change.state;
            changes.progress |= change.progress;
            changes.panes |= change.panes;
            match notice {
                Notice::Message(message) => state.feed.pane(message.pane).push(message),
                Notice::Skipped(pane, count) => state.feed.pane(pane).push_skipped(count),
                Notice::Finished(_) | Notice::Failed(_) => ends.push(notice),
                Notice::Progress(..)
                | Notice::Thread(..)
                | Notice::Job(_)
                | Notice::Recording(_)
                | Notice::Began(_)
                | Notice::Origin(_)
                | Notice::Took(_)
                | Notice::Rules(_) => {}
            }
        });
        state.drain = Some(drain);
        if changes.panes {
            self.feed.panes_changed();
        }
        if changes.progress {
            self.as_mut().progress_changed();
        }
        if changes.state {
            self.as_mut().state_changed();
        }
        self.announce_end(&ends);
    }

    /// Emits the signals of an end. Last in every slot: a handler may start the job again.
    fn announce_end(mut self: Pin<&mut Self>, ends: &[Notice]) {
        for end in ends {
            self.as_mut().state_changed();
            match end {
                Notice::Finished(outcome) => self.as_mut().finished(&QString::from(&outcome.summary)),
                Notice::Failed(failure) => self.as_mut().error(&QString::from(&failure.text)),
                _ => continue,
            }
            // To show a run that failed is no failure.
            let code = if self.is_recorded() { 0 } else { self.view.exit_code_of_program() };
            program::set_exit_code(code);
            self.as_mut().ended();
        }
    }

    /// What stands in a pane of this job: 0 control, 1 worker, 2 receiver.
    pub fn pane_kind(&self, pane: i32) -> qobject::PaneKind {
        let pane = usize::try_from(pane).ok().and_then(|pane| Pane::ALL.get(pane).copied());
        match self.kind.pane_kind(pane.unwrap_or(Pane::Control)) {
            PaneKind::Control => qobject::PaneKind::Control,
            PaneKind::Worker => qobject::PaneKind::Worker,
            PaneKind::Receiver => qobject::PaneKind::Receiver,
            PaneKind::Output => qobject::PaneKind::Output,
            PaneKind::ErrorOutput => qobject::PaneKind::ErrorOutput,
        }
    }

    /// How many lines each pane keeps, at least 1.
    pub fn set_pane_lines(self: Pin<&mut Self>, lines: i32) {
        let lines = usize::try_from(lines).unwrap_or(1);
        Pane::ALL.into_iter().for_each(|pane| self.feed.pane(pane).set_capacity(lines));
        self.feed.panes_changed();
    }

    /// Puts all settings back to their defaults.
    pub fn reset_settings(mut self: Pin<&mut Self>) {
        if let JobKind::Sine(options) = &mut self.as_mut().rust_mut().kind {
            *options = SineOptions::default();
        }
        self.settings_changed();
    }
}

impl qobject::Job {
    /// Describes the job otherwise. One that is active goes on with what it runs.
    fn describe(mut self: Pin<&mut Self>, change: impl FnOnce(&mut Described)) {
        let mut state = self.as_mut().rust_mut();
        change(&mut state.described);
        state.kind = state.described.kind();
        self.settings_changed();
    }

    fn kind_of(&self) -> qobject::Kind {
        match self.described.what {
            What::Launched => qobject::Kind::Launched,
            What::Sine => qobject::Kind::Sine,
            What::Command => qobject::Kind::Command,
            What::Host => qobject::Kind::Host,
        }
    }

    fn set_kind(self: Pin<&mut Self>, value: qobject::Kind) {
        let what = match value {
            qobject::Kind::Sine => What::Sine,
            qobject::Kind::Command => What::Command,
            qobject::Kind::Host => What::Host,
            _ => What::Launched,
        };
        if self.described.what != what {
            self.describe(|described| described.what = what);
        }
    }

    fn source(&self) -> QString {
        QString::from(&self.described.source)
    }

    fn set_source(self: Pin<&mut Self>, value: QString) {
        self.describe(|described| described.source = value.to_string());
    }

    fn program(&self) -> QString {
        QString::from(&self.described.program)
    }

    fn set_program(self: Pin<&mut Self>, value: QString) {
        self.describe(|described| described.program = value.to_string());
    }

    fn arguments(&self) -> QStringList {
        self.described.arguments.iter().map(QString::from).collect()
    }

    fn set_arguments(self: Pin<&mut Self>, value: QStringList) {
        self.describe(|described| described.arguments = value.iter().map(ToString::to_string).collect());
    }

    fn metrics(&self) -> QString {
        QString::from(if self.described.metrics.is_empty() { "auto" } else { &self.described.metrics })
    }

    fn set_metrics(self: Pin<&mut Self>, value: QString) {
        self.describe(|described| described.metrics = value.to_string());
    }

    fn record_into(&self) -> QString {
        QString::from(&self.described.record_into)
    }

    fn set_record_into(self: Pin<&mut Self>, value: QString) {
        self.describe(|described| described.record_into = value.to_string());
    }

    fn name(&self) -> QString {
        QString::from(self.kind.name())
    }

    fn command(&self) -> QString {
        QString::from(&self.kind.command_line())
    }

    fn recording_trouble(&self) -> QString {
        QString::from(self.view.recording_trouble.as_ref().map_or("", |trouble| &trouble.cause))
    }

    fn recording_resumes(&self) -> bool {
        self.view.recording_trouble.as_ref().is_none_or(|trouble| trouble.resumes)
    }

    fn run_path(&self) -> QString {
        let path = self.handle.as_ref().and_then(Running::run_path);
        QString::from(&path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default())
    }

    fn run_id(&self) -> QString {
        QString::from(self.handle.as_ref().and_then(Running::run_path).and_then(RunEntry::id_of).unwrap_or_default())
    }

    fn paths(&self) -> QStringList {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let paths = self.kind.paths();
        let own = self.handle.as_ref().filter(|_| self.is_elsewhere()).and_then(Running::run_path);
        let paths = own.map_or(paths, |own| vec![own.to_owned()]);
        paths.iter().map(|path| QString::from(&*absolute(path).to_string_lossy())).collect()
    }

    fn is_elsewhere(&self) -> bool {
        self.handle.as_ref().is_some_and(Running::outlives_us)
    }

    fn is_recorded(&self) -> bool {
        matches!(self.kind, JobKind::Recorded(_))
    }

    fn is_followed(&self) -> bool {
        matches!(self.kind, JobKind::Follow { .. })
    }

    fn can_start(&self) -> bool {
        self.kind.is_startable()
    }

    fn outlives_window(&self) -> bool {
        self.kind.client().is_some()
    }

    fn is_sine(&self) -> bool {
        matches!(self.kind, JobKind::Sine(_))
    }

    fn state(&self) -> qobject::State {
        self.view.state.into()
    }

    fn worker_state(&self) -> qobject::State {
        self.view.worker.state.into()
    }

    fn receiver_state(&self) -> qobject::State {
        self.view.receiver.state.into()
    }

    fn is_active(&self) -> bool {
        self.view.is_active()
    }

    fn error_text(&self) -> QString {
        QString::from(match &self.view.end {
            Some(Err(failure)) => &failure.text,
            _ => "",
        })
    }

    fn end_is_news(&self) -> bool {
        let was_stopped = matches!(&self.view.end, Some(Ok(outcome)) if outcome.was_stopped);
        self.view.end.is_some() && !self.stop_is_asked && !was_stopped && !self.is_recorded()
    }

    fn summary(&self) -> QString {
        QString::from(match &self.view.end {
            Some(Ok(outcome)) => &outcome.summary,
            _ => "",
        })
    }

    fn exit_code(&self) -> i32 {
        self.view.exit_code()
    }

    fn progress(&self) -> f64 {
        self.view.fraction().unwrap_or(-1.0)
    }

    fn worker_progress(&self) -> QString {
        QString::from(&self.view.worker.progress_text())
    }

    fn receiver_progress(&self) -> QString {
        QString::from(&self.view.receiver.progress_text())
    }

    fn elapsed(&self) -> QString {
        QString::from(&self.view.elapsed().map(duration_text).unwrap_or_default())
    }

    fn tick_ms(&self) -> i32 {
        let is_young = self.view.elapsed().is_none_or(|elapsed| elapsed < TENTHS_UNTIL);
        if is_young { 100 } else { 1000 }
    }

    fn remaining(&self) -> QString {
        QString::from(&self.view.remaining().map(duration_text).unwrap_or_default())
    }
}

/// A setting of the sine job as a property: its getter, and its setter, which takes effect at the next start.
macro_rules! sine_setting {
    ($get:ident, $set:ident, $field:ident: $number:ty, least $least:expr) => {
        impl qobject::Job {
            fn $get(&self) -> i32 {
                match &self.kind {
                    JobKind::Sine(options) => i32::try_from(options.$field).unwrap_or(i32::MAX),
                    _ => 0,
                }
            }

            fn $set(mut self: Pin<&mut Self>, value: i32) {
                if let JobKind::Sine(options) = &mut self.as_mut().rust_mut().kind {
                    options.$field = <$number>::try_from(value.max($least)).unwrap_or_default();
                }
                self.settings_changed();
            }
        }
    };
}

sine_setting!(iterations, set_iterations, iterations: u64, least 0);
sine_setting!(worker_ms, set_worker_ms, worker_ms: u64, least 0);
sine_setting!(worker_batch, set_worker_batch, worker_batch: u64, least 1);
sine_setting!(receiver_iterations, set_receiver_iterations, receiver_iterations: u64, least 0);
sine_setting!(receiver_ms, set_receiver_ms, receiver_ms: u64, least 1);
sine_setting!(receiver_batch, set_receiver_batch, receiver_batch: u64, least 1);

/// Lets go of a job that has ended. Its run may still be on its way to the disk, which the GUI thread does not wait for.
fn release(old: Running) {
    if let Err(error) = spawn_detached("release", move |_| {
        drop(old);
        Ok(())
    }) {
        log::error!("a job was released on the GUI thread: {error}");
    }
}

impl From<batch::State> for qobject::State {
    fn from(state: batch::State) -> Self {
        match state {
            batch::State::Idle => Self::Idle,
            batch::State::Waiting => Self::Waiting,
            batch::State::Running => Self::Running,
            batch::State::Paused => Self::Paused,
            batch::State::Stopping => Self::Stopping,
            batch::State::Finished => Self::Finished,
            batch::State::Failed => Self::Failed,
        }
    }
}
