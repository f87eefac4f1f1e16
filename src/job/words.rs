//! How the ends of a job's threads are worded for the Control pane. Knows no thread.

use super::receiver::Tally;
use super::worker::WorkerEnd;
use crate::batch::Level;
use crate::source::SourceError;

/// How a worker ended in order.
pub(crate) fn describe_worker(end: &WorkerEnd) -> (Level, String) {
    match end {
        Ok(outcome) if outcome.summary.is_empty() => (Level::Info, "ended".into()),
        Ok(outcome) => (Level::Info, format!("ended: {}", outcome.summary)),
        Err(SourceError::Stopped(_)) => (Level::Info, "ended: it was asked to stop".into()),
        Err(error) => (Level::Error, format!("failed: {error}")),
    }
}

/// How a receiver ended in order.
pub(crate) fn describe_receiver(tally: &Tally) -> (Level, String) {
    let (items, lines) = (plural(tally.items, "item"), plural(tally.lines, "captured line"));
    (Level::Info, format!("ended after {}: {items} and {lines} taken", plural(tally.iterations, "iteration")))
}

/// A number of things.
pub(crate) fn plural(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
