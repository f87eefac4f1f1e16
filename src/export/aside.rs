//! Saving what a figure's thread shows, without anybody waiting for it.

use std::io;
use std::path::PathBuf;

use crate::export::{ExportError, ExportOptions, Format, save};
use crate::job::thread::{self, Thread, caught};
use crate::job::{Clock, Seat, SystemClock};
use crate::render::figure_thread::FigureThread;

/// Told how a saving went, on the thread that saved.
pub type OnSaved = Box<dyn FnOnce(Result<(), ExportError>) + Send>;

impl FigureThread {
    /// Saves what is shown at `path`: the figure as it was set last with the newest samples. Returns at once.
    ///
    /// The work is done on a thread of its own, `export`, so that frames go on meanwhile; `on_done` is called there. A
    /// program that ends before that leaves the old file as it was.
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
        thread::spawn("export", SystemClock::new().seat(), work).map(Thread::abandon)
    }
}
