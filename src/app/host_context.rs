//! A job of a program in another language: its code is a function that gets a [`HostContext`] and speaks to the job by it.
//!
//! The worker's thread. Knows nothing of the language beyond: see `bridge/embed.rs`.

use std::collections::HashMap;
use std::time::Duration;

use crate::batch::{Batch, Item, Level, Outcome, Progress, SeriesId, SeriesInfo, Xs};
use crate::source::{Outlet, Source, SourceError, Stopped};

/// What the code of a job can do. All of it belongs to the worker's thread and ends with the call that got it.
pub struct HostContext<'a> {
    out: &'a mut dyn Outlet,
    series: HashMap<String, SeriesId>,
    failure: Option<String>,
}

impl HostContext<'_> {
    /// Whether the job was asked to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.out.is_stopping()
    }

    /// Waits while the job is paused.
    ///
    /// # Errors
    /// [`Stopped`] once it was asked to stop.
    pub fn checkpoint(&mut self) -> Result<(), Stopped> {
        self.out.checkpoint()
    }

    /// Sleeps, and wakes early when asked to stop. What is no time does not sleep.
    ///
    /// # Errors
    /// [`Stopped`] once it was asked to stop.
    pub fn sleep(&mut self, secs: f64) -> Result<(), Stopped> {
        self.out.sleep(Duration::try_from_secs_f64(secs).unwrap_or_default())
    }

    /// Adds samples at the end of the series of that name, or puts them in the place of all that are there. Waits while the
    /// receiver has more than enough to do.
    ///
    /// # Errors
    /// [`Stopped`] once the job was asked to stop: the samples were not taken.
    pub fn send(&mut self, series: &str, x: &[f64], y: &[f64], replaces: bool) -> Result<(), Stopped> {
        let id = self.id(series)?;
        let Ok(batch) = Batch::new(id, self.out.stamp_nanos(), Xs::Explicit(x.to_vec().into()), y.to_vec()) else {
            debug_assert!(false, "callers hand over as many x as y");
            return Ok(());
        };
        self.out.send(if replaces { Item::Replace(batch, None) } else { Item::Append(batch) })
    }

    fn id(&mut self, name: &str) -> Result<SeriesId, Stopped> {
        if let Some(id) = self.series.get(name) {
            return Ok(*id);
        }
        let id = SeriesId(u32::try_from(self.series.len()).unwrap_or(u32::MAX));
        let (x_label, x_is_time, color) = (String::new(), false, None);
        self.out.send(Item::Declare(SeriesInfo { id, name: name.to_owned(), x_label, x_is_time, color }))?;
        self.series.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Prints a line, as the job's own output.
    pub fn print(&mut self, text: &str) {
        // A stream that is closed belongs to a job that is over.
        _ = writeln!(self.out.print(), "{text}");
    }

    /// Shows a message in the Worker pane.
    pub fn message(&mut self, level: Level, text: &str) {
        self.out.message(level, format_args!("{text}"));
    }

    /// Says how far the job is: `done` of `total` steps, or of nobody knows how many if `total` is 0.
    pub fn progress(&mut self, done: u64, total: u64) {
        self.out.progress(if total == 0 { Progress::Unknown { done } } else { Progress::Steps { done, total } });
    }

    /// The job failed, and why; the first line is shown, the first call counts.
    pub fn fail(&mut self, text: &str) {
        self.failure.get_or_insert_with(|| text.to_owned());
    }
}

/// Runs a function as a job.
pub struct HostSource<F> {
    run: F,
}

impl<F: FnMut(&mut HostContext<'_>) + Send> HostSource<F> {
    /// A source that calls `run` once, on the worker's thread.
    pub fn new(run: F) -> Self {
        Self { run }
    }
}

impl<F: FnMut(&mut HostContext<'_>) + Send> Source for HostSource<F> {
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        let mut context = HostContext { out, series: HashMap::new(), failure: None };
        (self.run)(&mut context);
        match context.failure {
            Some(text) => Err(SourceError::Failed(text)),
            None if context.out.is_stopping() => Err(Stopped.into()),
            None => Ok(Outcome::default()),
        }
    }
}
