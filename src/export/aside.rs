//! Saving what a figure's thread shows, without anybody waiting for it.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use crate::export::{ExportError, ExportOptions, Format, save};
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
        let work = move || {
            let saved = catch_unwind(AssertUnwindSafe(|| save(&path, format, &figure, &snapshot, options)));
            on_done(saved.unwrap_or_else(|panic| Err(ExportError::Panicked(panic_text(&*panic).to_owned()))));
        };
        std::thread::Builder::new().name("export".into()).spawn(work).map(drop)
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without a message")
}
