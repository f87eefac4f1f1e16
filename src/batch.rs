//! What travels: samples in batches, the series they belong to, printed lines, and the notices of a job.
//!
//! Plain data, owned by one thread at a time. Knows no thread, no store and no figure.

mod column;
mod item;
mod layout;
mod message;
mod styled;

use std::fmt;
use std::time::Duration;

pub use column::{Column, Home, Values};
pub use item::{Item, Stream};
pub use layout::{AxisLayout, Layout, SubplotLayout};
pub use message::{LineId, Message};
pub use styled::{Span, TextColor, TextStyle};

/// Names a series within one job. Given out by the source, in ascending order from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(pub u32);

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

impl Color {
    /// A colour from its three channels, 0 to 255 each.
    #[must_use]
    pub const fn new(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// A colour from `0xRRGGBB`.
    #[must_use]
    pub const fn from_rgb24(rgb: u32) -> Self {
        Self::new((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }
}

/// The x values of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Xs {
    /// One x for each y, in any order.
    Explicit(Column),
    /// Sample `i` of the batch stands at `start + i * step`.
    Steps {
        /// x of the first sample.
        start: f64,
        /// Distance between neighbours.
        step: f64,
    },
}

/// Samples of one series, in the order in which they were made.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The series that the samples belong to.
    pub series: SeriesId,
    /// When the source made the batch: nanoseconds since the Unix epoch.
    pub stamp_nanos: i64,
    x: Xs,
    y: Column,
}

/// An x column and a y column of different lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a batch needs as many x as y values, but has {x} and {y}")]
pub struct LengthMismatch {
    /// Number of x values.
    pub x: usize,
    /// Number of y values.
    pub y: usize,
}

impl Batch {
    /// A batch of `y.len()` samples.
    ///
    /// # Errors
    /// [`LengthMismatch`] if explicit x values are not as many as y values.
    pub fn new(series: SeriesId, stamp_nanos: i64, x: Xs, y: impl Into<Column>) -> Result<Self, LengthMismatch> {
        let y = y.into();
        match &x {
            Xs::Explicit(values) if values.len() != y.len() => Err(LengthMismatch { x: values.len(), y: y.len() }),
            _ => Ok(Self { series, stamp_nanos, x, y }),
        }
    }

    /// A batch of `y.len()` samples at `start`, `start + step`, `start + 2 * step`, …
    #[must_use]
    pub fn steps(series: SeriesId, stamp_nanos: i64, start: f64, step: f64, y: impl Into<Column>) -> Self {
        Self { series, stamp_nanos, x: Xs::Steps { start, step }, y: y.into() }
    }

    /// A batch of one sample.
    #[must_use]
    pub fn point(series: SeriesId, stamp_nanos: i64, x: f64, y: f64) -> Self {
        Self { series, stamp_nanos, x: Xs::Explicit(vec![x].into()), y: vec![y].into() }
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether the batch holds no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// The x values.
    #[must_use]
    pub fn x(&self) -> &Xs {
        &self.x
    }

    /// The y values.
    #[must_use]
    pub fn y(&self) -> &[f64] {
        &self.y
    }

    /// The y values, to be shared without a copy.
    #[must_use]
    pub fn y_column(&self) -> &Column {
        &self.y
    }

    /// The same samples as those of another series.
    #[must_use]
    pub fn into_series(self, series: SeriesId) -> Self {
        Self { series, ..self }
    }

    /// The columns, so that a receiver can take them over without a copy.
    #[must_use]
    pub fn into_columns(self) -> (Xs, Column) {
        (self.x, self.y)
    }
}

/// What a source says of a series before its first sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesInfo {
    /// The series described.
    pub id: SeriesId,
    /// Shown in the legend; plain text from anywhere, never trusted as markup or path.
    pub name: String,
    /// What x counts, for the axis label: `step`, `line`, `time`; empty if unknown.
    pub x_label: String,
    /// Whether x is seconds since the Unix epoch, to be shown as a date and time.
    pub x_is_time: bool,
    /// A colour of the source's choice; without one the figure picks from its cycle.
    pub color: Option<Color>,
}

/// Where a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pane {
    /// Starts, ends and faults of threads.
    Control,
    /// What the worker says.
    Worker,
    /// What the receiver took and made.
    Receiver,
}

impl Pane {
    /// All panes, from left to right.
    pub const ALL: [Self; 3] = [Self::Control, Self::Worker, Self::Receiver];
}

impl fmt::Display for Pane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Control => "Control",
            Self::Worker => "Worker",
            Self::Receiver => "Receiver",
        })
    }
}

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The usual course.
    Info,
    /// Something that a person should look at.
    Warning,
    /// Something failed.
    Error,
}

/// How far a job or thread is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// Working, the end unknown; `done` steps so far.
    Unknown {
        /// Steps done.
        done: u64,
    },
    /// `done` of `total` steps.
    Steps {
        /// Steps done.
        done: u64,
        /// Steps in all, at least 1.
        total: u64,
    },
    /// A part that is no count of steps, or of which is known how long the rest takes.
    Share {
        /// The part done, 0 to 1.
        fraction: f64,
        /// Steps done and in all, where they are known.
        steps: Option<(u64, u64)>,
        /// Time to the end, as the program itself says.
        left: Option<Duration>,
    },
}

impl Progress {
    /// The part done, 0 to 1, where the end is known.
    #[must_use]
    pub fn fraction(self) -> Option<f64> {
        match self {
            Self::Unknown { .. } => None,
            Self::Steps { done, total } => Some((done as f64 / total.max(1) as f64).clamp(0.0, 1.0)),
            Self::Share { fraction, .. } => Some(fraction.clamp(0.0, 1.0)),
        }
    }

    /// Steps done and in all, where the end is known; of a part that is no count of steps, in hundredths of a percent.
    #[must_use]
    pub fn steps(self) -> Option<(u64, u64)> {
        match self {
            Self::Unknown { .. } => None,
            Self::Steps { done, total } | Self::Share { steps: Some((done, total)), .. } => Some((done, total)),
            Self::Share { fraction, .. } => Some(((fraction.clamp(0.0, 1.0) * 1e4) as u64, 10_000)),
        }
    }

    /// Time to the end, where the program itself says.
    #[must_use]
    pub fn left(self) -> Option<Duration> {
        match self {
            Self::Share { left, .. } => left,
            _ => None,
        }
    }
}

/// The two threads of a job that people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs the source.
    Worker,
    /// Takes what the worker sends.
    Receiver,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Worker => "Worker",
            Self::Receiver => "Receiver",
        })
    }
}

/// What a job, or one of its threads, is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum State {
    /// Never started, or released after its end.
    #[default]
    Idle,
    /// In a pool's queue, waiting for its turn.
    Waiting,
    /// Working.
    Running,
    /// Held by the user; goes on when resumed.
    Paused,
    /// Asked to stop, not yet ended.
    Stopping,
    /// Ended by itself or by a stop that was asked for.
    Finished,
    /// Ended by an error, a panic or a limit.
    Failed,
}

/// How a job ended well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What it says of its result, one line; may be empty.
    pub summary: String,
    /// Exit status that the program hands on: 0 unless a command said otherwise.
    pub exit_code: i32,
    /// Whether it ended because it was asked to stop.
    pub was_stopped: bool,
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl From<String> for Outcome {
    fn from(summary: String) -> Self {
        Self { summary, ..Self::default() }
    }
}

impl From<&str> for Outcome {
    fn from(summary: &str) -> Self {
        summary.to_owned().into()
    }
}

/// How a job ended badly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// Why, in words for a person; the first line says it all.
    pub text: String,
    /// Exit status that the program hands on, never 0: 1 unless a command said otherwise.
    pub exit_code: i32,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self { text, exit_code: 1 }
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// One entry of the display lane from a job to whoever shows it. Ordered per job.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A line for a pane.
    Message(Message),
    /// `count` older lines of a pane were skipped because nobody took them in time; they are in the run's log.
    Skipped(Pane, u64),
    /// How far a thread is.
    Progress(Role, Progress),
    /// A thread changed its state.
    Thread(Role, State),
    /// The job changed its state.
    Job(State),
    /// The job ended well.
    Finished(Outcome),
    /// The job failed.
    Failed(Failure),
    /// The job began so long ago, elsewhere.
    Began(std::time::Duration),
    /// The wall clock when the job's time began to count: nanoseconds since the Unix epoch; `None` if what it says comes
    /// from several that began at different times.
    Origin(Option<i64>),
    /// How long a job took whose recording is shown again.
    Took(Duration),
    /// Recording stands still, and why; or goes on again, if there is no trouble.
    Recording(Option<RecordingTrouble>),
    /// The rules that are held against the job from now on, as they were written.
    Rules(Vec<String>),
}

/// Why nothing is recorded at present. A window words it in its own language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingTrouble {
    /// What is wrong, as the system and the recorder say it; without a full stop.
    pub cause: String,
    /// Whether recording begins again by itself as soon as it can; else the run is over and a part of it is missing.
    pub resumes: bool,
}
