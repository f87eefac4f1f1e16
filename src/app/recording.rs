//! Recording of a job: its run, the recorder's end, and what a person is told of the disk.
//!
//! Set up on the thread that starts the job; the end is written on a thread of its own, so nobody waits for the disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::app::launch::Recording;
use crate::app::pipeline::JobKind;
use crate::batch::{Column, Level, Message, Notice, Pane, RecordingTrouble};
use crate::job::{Mailbox, spawn_detached};
use crate::record::{
    DataDir, MakeRun, OnTrouble, RecordError, RecordHandle, Recorder, RecorderOptions, RunAbout, RunDir, RunEnd, Spill,
    Trouble,
};
use crate::source::client::link;
use crate::store;

/// The longest that something waits before those who look at a run can read it: as long as two or three frames.
const WATCHED_FLUSH: Duration = Duration::from_millis(40);

/// What is known of a job's run before it begins.
#[must_use]
pub fn about(kind: &JobKind) -> RunAbout {
    RunAbout {
        id: None,
        name: kind.name().to_owned(),
        kind: kind.word().to_owned(),
        command: kind.command(),
        client_run: kind.client().map(|session| session.hello().run.clone()),
        config: kind.client().map_or_else(|| kind.watch().config_value(), |session| session.hello().config.clone()),
    }
}

/// The recorder of one start of a job. Dropping it waits until what came is on disk, as long as the recorder's bound
/// says; after the job's end that is most often done already.
pub struct Journal {
    shared: Arc<Shared>,
    handle: RecordHandle,
    path: Arc<OnceLock<PathBuf>>,
}

struct Shared {
    /// Taken out by whoever writes the end, with the lock held until it is written.
    recorder: Mutex<Option<Recorder>>,
    /// How the job ended, once it has.
    end: Mutex<Option<RunEnd>>,
    name: String,
    teller: Teller,
}

/// Tells people of the disk, not through the recorder.
#[derive(Clone)]
struct Teller {
    mailbox: Mailbox,
    t0: Instant,
}

impl Journal {
    /// Begins to record the job into a run of its own, which is made as soon as the disk allows it. What goes wrong is
    /// said in `mailbox`; the job goes on without. Also returns what takes samples out of memory.
    pub fn begin(
        kind: &JobKind,
        recording: &Recording,
        mailbox: &Mailbox,
    ) -> Option<(Self, Option<Box<dyn store::Spill>>)> {
        let teller = Teller { mailbox: mailbox.clone(), t0: Instant::now() };
        let data_dir = match recording {
            Recording::Off => return None,
            Recording::Standard => DataDir::find(None),
            Recording::Into(path) => Ok(DataDir::new(path)),
        };
        let begun = data_dir.map_err(|error| error.to_string()).and_then(|data_dir| {
            let about = about(kind);
            let make = Box::new(move || data_dir.create_run(&about));
            Self::with(kind.name(), make, RecorderOptions::default(), teller.clone(), true)
        });
        match begun {
            Ok((journal, spill)) => Some((journal, Some(Box::new(spill)))),
            Err(error) => {
                teller.stopped(&format!("This run is not recorded: {error}"), error, false);
                None
            }
        }
    }

    /// Begins to record into a run that is there, for others to look at: what is recorded is written soon.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub fn into_run(run: RunDir, mailbox: &Mailbox) -> Result<Self, String> {
        let name = run.meta().name.clone();
        let mut run = Some(run);
        let make = Box::new(move || run.take().ok_or(RecordError::NoDataDir));
        let options = RecorderOptions { flush_every: WATCHED_FLUSH, ..RecorderOptions::default() };
        let teller = Teller { mailbox: mailbox.clone(), t0: Instant::now() };
        Self::with(&name, make, options, teller, false).map(|(journal, _)| journal)
    }

    fn with(
        name: &str,
        make: MakeRun,
        options: RecorderOptions,
        teller: Teller,
        spills: bool,
    ) -> Result<(Self, LateSpill), String> {
        let (path, spill) = (Arc::new(OnceLock::new()), Arc::new(Mutex::new(None)));
        let (made_path, made_spill) = (Arc::clone(&path), Arc::clone(&spill));
        let on_made = Box::new(move |run: &RunDir| {
            log::info!("recording into {}", run.path().display());
            made_path.set(run.path().to_owned()).unwrap_or_default();
            match spills.then(|| Spill::create(run)).transpose() {
                Ok(made) => *made_spill.lock().unwrap_or_else(PoisonError::into_inner) = made,
                Err(error) => log::warn!("small batches cannot leave memory: {error}"),
            }
        });
        let told = teller.clone();
        let on_trouble: OnTrouble = Arc::new(move |trouble| match trouble {
            Trouble::Resumed { text } => told.resumed(&text),
            Trouble::Stopped { text, cause } => told.stopped(&text, cause, true),
        });
        let recorder = Recorder::start_when_possible(name, make, on_made, options, on_trouble);
        let recorder = recorder.map_err(|error| error.to_string())?;
        let handle = recorder.handle();
        let shared =
            Shared { recorder: Mutex::new(Some(recorder)), end: Mutex::default(), name: name.to_owned(), teller };
        Ok((Self { shared: Arc::new(shared), handle, path }, LateSpill(spill)))
    }

    /// The run's directory, once it is there.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.get().map(PathBuf::as_path)
    }

    /// How far it is, for the program beyond a socket.
    #[must_use]
    pub fn view(&self) -> JournalView {
        JournalView { handle: self.handle.clone(), path: Arc::clone(&self.path) }
    }

    /// Where the samples go.
    #[must_use]
    pub fn handle(&self) -> RecordHandle {
        self.handle.clone()
    }

    /// The job's mailbox from now on: all that is sent to it is recorded as well, and the job's end ends the run.
    #[must_use]
    pub fn watch(&self, mailbox: &Mailbox) -> Mailbox {
        let (handle, shared) = (self.handle.clone(), Arc::downgrade(&self.shared));
        mailbox.witnessed(Arc::new(move |notice| {
            if is_of_the_run(notice) {
                handle.notice(notice);
            }
            let end: RunEnd = match notice {
                Notice::Finished(outcome) => outcome.into(),
                Notice::Failed(failure) => failure.into(),
                _ => return,
            };
            let Some(shared) = shared.upgrade() else { return };
            *shared.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
            let name = format!("record:{}", shared.name);
            let written = spawn_detached(&name, move |_| {
                shared.finish();
                Ok(())
            });
            if let Err(error) = written {
                log::error!("the end of the run is written later: {error}");
            }
        }))
    }
}

/// Whether it is recorded as it is told. A line of what a command wrote is recorded as it was written: who reads the run
/// makes lines of it. The rules concern who watches now; each change of them is a line, too.
fn is_of_the_run(notice: &Notice) -> bool {
    !matches!(notice, Notice::Message(Message { line: Some(_), .. }) | Notice::Rules(_))
}

impl Shared {
    /// Writes the end, unless somebody has; waits for whoever does. A job that never came to one is marked as failed by
    /// the recorder's drop.
    fn finish(&self) {
        let mut recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(recorder), Some(end)) = (recorder.take(), end)
            && let Err(error) = recorder.finish(end)
        {
            self.teller.stopped(&error.to_string(), error.to_string(), false);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.finish();
    }
}

/// How far a [`Journal`] is.
pub struct JournalView {
    handle: RecordHandle,
    path: Arc<OnceLock<PathBuf>>,
}

impl link::Recording for JournalView {
    fn last_mark(&self) -> u64 {
        self.handle.stats().mark
    }

    fn path(&self) -> Option<PathBuf> {
        self.path.get().cloned()
    }
}

/// The spill file of a run that may not be there yet.
struct LateSpill(Arc<Mutex<Option<Spill>>>);

impl store::Spill for Spill {
    fn put(&mut self, values: &[f64]) -> io::Result<Column> {
        Self::put(self, values)
    }
}

impl store::Spill for LateSpill {
    fn put(&mut self, values: &[f64]) -> io::Result<Column> {
        let mut spill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spill.as_mut().map_or_else(|| Err(io::Error::from(io::ErrorKind::NotFound)), |spill| spill.put(values))
    }
}

impl Teller {
    fn stopped(&self, text: &str, cause: String, resumes: bool) {
        self.mailbox.send(Notice::Recording(Some(RecordingTrouble { cause, resumes })));
        self.say(Level::Warning, text);
    }

    fn resumed(&self, text: &str) {
        self.mailbox.send(Notice::Recording(None));
        self.say(Level::Info, text);
    }

    fn say(&self, level: Level, text: &str) {
        let (time_secs, text) = (self.t0.elapsed().as_secs_f64(), text.replace(['\n', '\r'], " "));
        self.mailbox.send(Notice::Message(Message::new(Pane::Control, level, time_secs, text)));
    }
}
