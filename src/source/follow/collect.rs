//! Reads files once and keeps all that is in them, for commands that need no job.
//!
//! Caller's thread.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{FollowOptions, FollowSource};
use crate::batch::{Batch, Item, Level, Message, Pane, Progress, SeriesId, SeriesInfo, Xs};
use crate::source::{Outlet, Source, SourceError, Stopped};

/// A series with all its samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is.
    pub info: SeriesInfo,
    /// The x values.
    pub x: Vec<f64>,
    /// As many y values.
    pub y: Vec<f64>,
}

/// Reads the file or folder at `path` to its end. What is wrong with it goes to the log.
///
/// # Errors
/// [`SourceError::Failed`] if there is nothing that is understood.
pub fn read_all(path: &Path) -> Result<Vec<Series>, SourceError> {
    let options = FollowOptions { paths: vec![path.to_owned()], once: true };
    let mut kept = Kept { start: Some(Instant::now()), ..Kept::default() };
    FollowSource::new(options).run(&mut kept)?;
    Ok(kept.series)
}

/// Keeps all that a source sends.
#[derive(Default)]
pub(super) struct Kept {
    pub series: Vec<Series>,
    places: HashMap<SeriesId, usize>,
    start: Option<Instant>,
}

impl Kept {
    fn add(&mut self, batch: Batch, is_new: bool) {
        let place = self.places.get(&batch.series).copied();
        let Some(series) = place.and_then(|place| self.series.get_mut(place)) else { return };
        if is_new {
            series.x.clear();
            series.y.clear();
        }
        series.y.extend_from_slice(batch.y());
        match batch.x() {
            Xs::Explicit(x) => series.x.extend_from_slice(x),
            Xs::Steps { start, step } => series.x.extend((0..batch.len()).map(|i| start + i as f64 * step)),
        }
    }
}

impl Outlet for Kept {
    fn send(&mut self, item: Item) -> Result<(), Stopped> {
        match item {
            Item::Declare(info) => {
                self.places.insert(info.id, self.series.len());
                self.series.push(Series { info, x: Vec::new(), y: Vec::new() });
            }
            Item::Append(batch) => self.add(batch, false),
            Item::Replace(batch, _) => self.add(batch, true),
            Item::Layout(_) | Item::Mark(_) | Item::Output(..) => {}
        }
        Ok(())
    }

    fn line(&mut self, line: Message) -> Result<(), Stopped> {
        // Texts that stand in the files are nothing for a figure.
        if line.pane == Pane::Control {
            match line.level {
                Level::Info => log::info!("{}", line.text),
                Level::Warning | Level::Error => log::warn!("{}", line.text),
            }
        }
        Ok(())
    }

    fn print(&mut self) -> &mut dyn Write {
        self
    }

    fn message(&mut self, _: Level, text: fmt::Arguments<'_>) {
        log::info!("{text}");
    }

    fn progress(&mut self, _: Progress) {}

    fn sleep(&mut self, duration: Duration) -> Result<(), Stopped> {
        std::thread::sleep(duration);
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), Stopped> {
        Ok(())
    }

    fn is_stopping(&self) -> bool {
        false
    }

    fn elapsed(&self) -> Duration {
        self.start.map_or(Duration::ZERO, |start| start.elapsed())
    }

    fn stamp_nanos(&self) -> i64 {
        0
    }
}

/// What is printed here is no output of a job.
impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
