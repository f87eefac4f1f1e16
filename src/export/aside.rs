//! Saving what a figure's thread shows, without anybody waiting for it.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::export::{ExportError, ExportOptions, Format, save};
use crate::job::thread::{self, JoinError, Thread, caught};
use crate::job::{Clock, Seat, SystemClock};
use crate::render::figure_thread::FigureThread;

/// Told how a saving went, on the thread that saved.
pub type OnSaved = Box<dyn FnOnce(Result<(), ExportError>) + Send>;

/// The threads that save at present, and those that have ended since the last saving began.
static SAVING: Mutex<Vec<Thread<()>>> = Mutex::new(Vec::new());

/// Waits until all that is being saved is on disk, `limit` at most; returns whether it is. For the end of a program:
/// what is not finished then leaves the old files as they were.
pub fn finish_saving(limit: Duration) -> bool {
    let start = Instant::now();
    let threads = std::mem::take(&mut *SAVING.lock().unwrap_or_else(PoisonError::into_inner));
    let mut all_ended = true;
    for mut thread in threads {
        all_ended &= thread.join(limit.saturating_sub(start.elapsed())).is_ok();
        thread.abandon();
    }
    all_ended
}

impl FigureThread {
    /// Saves what is shown at `path`: the figure as it was set last with the newest samples. Returns at once.
    ///
    /// The work is done on a thread of its own, `export`, so that frames go on meanwhile; `on_done` is called there.
    /// [`finish_saving`] joins it; a program that ends before that leaves the old file as it was.
    ///
    /// # Errors
    /// The system's, if it starts no more threads; `on_done` is then not called.
    pub fn save(
        &self,
        path: PathBuf,
        format: Option<Format>,
        options: ExportOptions,
        on_done: OnSaved,
    ) -> io::Result<()> {
        let (figure, snapshot) = self.contents();
        let work = move |_: &Seat| {
            let saved = caught(|| save(&path, format, &figure, &snapshot, options));
            on_done(saved.unwrap_or_else(|panic| Err(ExportError::Panicked(panic))));
        };
        let thread = thread::spawn("export", SystemClock::new().seat(), work)?;
        let mut saving = SAVING.lock().unwrap_or_else(PoisonError::into_inner);
        saving.retain_mut(|thread| matches!(thread.join(Duration::ZERO), Err(JoinError::StillRunning(_))));
        saving.push(thread);
        Ok(())
    }
}
