//! Where data comes from: what a source and its refinement may do, and the sources themselves.
//!
//! A [`Source`] runs on the worker's thread and speaks to the world through an [`Outlet`] only, so it can be tested
//! without a thread. A [`Refine`] runs on the receiver's thread. Neither knows the store, the figure or the window.

pub mod bell;
pub mod client;
pub mod command;
pub mod float;
pub mod follow;
pub mod helper;
pub mod json;
pub mod metrics;
pub mod process_tree;
pub mod resources;
pub mod table;
pub mod terminal;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::batch::{Item, Level, Message, Outcome, Progress};

pub mod sine;

/// The job was asked to stop: return from `run` as soon as you can. `?` passes it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the job was asked to stop")]
pub struct Stopped;

/// Why a source ended without reaching its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It was asked to stop; not a failure.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// It failed; the first line says why in words for a person.
    #[error("{0}")]
    Failed(String),
    /// A command ended with an exit status other than 0, which the program hands on as its own.
    #[error("{text}")]
    Exit {
        /// Exit status, 1 to 255; 128 + n if signal n ended it.
        code: i32,
        /// What happened, with the command named.
        text: String,
    },
    /// Reading or writing failed.
    #[error("{context}: {source}")]
    Io {
        /// What was being done, with the file or command named.
        context: String,
        /// The system's reason.
        source: io::Error,
    },
}

/// What a worker's code can do. Every call may come only from the worker's thread.
pub trait Outlet {
    /// Sends an item to the receiver; waits while the channel is full, so nothing is lost.
    ///
    /// # Errors
    /// [`Stopped`] once the job is asked to stop: the item was not taken.
    fn send(&mut self, item: Item) -> Result<(), Stopped>;

    /// Sends an item that was made elsewhere: a program beyond a socket goes on while the job is held or asked to stop,
    /// and what it makes must not stay on the way.
    ///
    /// # Errors
    /// [`Stopped`] once the job's channel is closed: the item was not taken.
    fn deliver(&mut self, item: Item) -> Result<(), Stopped> {
        self.send(item)
    }

    /// Sends a captured line to the receiver, which shows it; waits while the channel is full.
    ///
    /// # Errors
    /// [`Stopped`] once the job is asked to stop and its channel is closed.
    fn line(&mut self, line: Message) -> Result<(), Stopped>;

    /// The stream that captures what this worker prints, line by line. See the macro `say!`.
    fn print(&mut self) -> &mut dyn io::Write;

    /// Shows a message in the Worker pane, stamped with the time since t0. Never waits.
    fn message(&mut self, level: Level, text: fmt::Arguments<'_>);

    /// Reports how far the worker is. Never waits.
    fn progress(&mut self, progress: Progress);

    /// Sleeps for `duration`; returns early when asked to stop.
    ///
    /// # Errors
    /// [`Stopped`] once the job is asked to stop.
    fn sleep(&mut self, duration: Duration) -> Result<(), Stopped>;

    /// Waits while the job is paused. Call it in every loop.
    ///
    /// # Errors
    /// [`Stopped`] once the job is asked to stop.
    fn checkpoint(&mut self) -> Result<(), Stopped>;

    /// Whether the job was asked to stop.
    fn is_stopping(&self) -> bool;

    /// Time since the job's start, t0; monotonic.
    fn elapsed(&self) -> Duration;

    /// Wall clock: nanoseconds since the Unix epoch.
    fn stamp_nanos(&self) -> i64;
}

/// Controls a source from outside while `run` blocks. Called on the job's control thread; must not block.
pub trait Remote: Send + Sync {
    /// Makes `run` return soon: ends a child process, closes a socket. May be called more than once.
    fn stop(&self);

    /// Holds the source or lets it go on.
    fn set_paused(&self, paused: bool);

    /// Memory, in bytes, of what the source runs outside this process, if it can be told.
    fn memory_bytes(&self) -> Option<u64> {
        None
    }

    /// The same, found out at less cost: what it gives may be too much where it is not more than `floor`.
    fn memory_above(&self, floor: u64) -> Option<u64> {
        let _ = floor;
        self.memory_bytes()
    }
}

/// Makes data. Built anew for each start.
pub trait Source: Send {
    /// Runs to the end on the worker's thread.
    ///
    /// # Errors
    /// [`SourceError::Stopped`] if it was asked to stop, else why it failed.
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError>;

    /// A way to stop or pause it while `run` blocks in something other than the [`Outlet`].
    fn remote(&self) -> Option<Arc<dyn Remote>> {
        None
    }
}

/// What a receiver's code can do. Every call may come only from the receiver's thread.
pub trait RefineOutlet {
    /// Hands an item on to the store.
    fn emit(&mut self, item: Item);

    /// Shows a message in the Receiver pane, stamped with the time since t0. Never waits.
    fn message(&mut self, level: Level, text: fmt::Arguments<'_>);

    /// Shows a captured line in the pane it names. Never waits.
    fn line(&mut self, line: Message);
}

/// Refines what the worker sent before it is shown. The default hands everything on as it is.
pub trait Refine: Send {
    /// Takes one item from the data channel.
    fn item(&mut self, item: Item, out: &mut dyn RefineOutlet) {
        out.emit(item);
    }

    /// Takes one captured line from the text channel.
    fn line(&mut self, line: Message, out: &mut dyn RefineOutlet) {
        out.line(line);
    }
}

/// Hands everything on as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct PassThrough;

impl Refine for PassThrough {}
