//! `kymograph ls`, `rm` and `stop`: what waits and the recorded runs as a list, their removal, their end.
//!
//! Runs on the caller's thread. Names come from strangers: they are shown without characters that do something.

mod waiting;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::app::launch::Recording;
use crate::app::printable::printable;
use crate::app::queue::{Queue, QueueError};
use crate::app::supervisor::{self, Ask, LinkError};
use crate::cli::{LsArgs, RmArgs, StopArgs};
use crate::record::{DataDir, RecordError, RunEntry, RunState};

/// Characters of a name in the list.
const NAME_CHARS: usize = 40;

/// How long a supervisor may take to answer.
pub const ANSWER_TIME: Duration = Duration::from_secs(5);

/// How long a run may take to end: its processes are killed after two seconds.
const STOP_TIME: Duration = Duration::from_secs(15);

/// Time between two looks whether a run has ended.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// Why runs were not listed or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunsError {
    /// The runs cannot be read, found or removed.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The queue cannot be read or changed.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// A run cannot be asked to end.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// A run has ended before.
    #[error("{run} has ended already ({})", state.word())]
    Ended {
        /// Its directory's name.
        run: String,
        /// How it stands.
        state: RunState,
    },
    /// A run does not end.
    #[error("{run} was asked to end, and has not yet")]
    StillRuns {
        /// Its directory's name.
        run: String,
    },
    /// The list cannot be written.
    #[error("the list cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Prints to `out` what waits, in order, then all runs, the newest first.
///
/// # Errors
/// [`RunsError`].
pub fn ls(args: &LsArgs, data_dir: Option<&Path>, out: &mut impl Write) -> Result<(), RunsError> {
    let data_dir = DataDir::find(data_dir)?;
    let queue = Queue::of(&data_dir)?;
    // In this order: what starts meanwhile is in both lists, never in none.
    let waiting = queue.list().unwrap_or_else(|error| {
        // The runs can be listed all the same.
        eprintln!("kymograph: the queue cannot be read: {error}");
        Vec::new()
    });
    let runs = data_dir.list()?;
    let text = if args.json {
        let waiting = waiting.iter().enumerate().map(|(place, one)| waiting::to_json(place, one));
        format!("{:#}\n", Value::Array(waiting.chain(runs.iter().map(to_json)).collect()))
    } else if runs.is_empty() && waiting.is_empty() {
        // Not on standard output, which a program may read.
        eprintln!("kymograph: there are no runs in {} yet", data_dir.runs().display());
        String::new()
    } else {
        let blank = if runs.is_empty() || waiting.is_empty() { "" } else { "\n" };
        format!("{}{blank}{}", waiting::table(&waiting), table(&runs, Timestamp::now()))
    };
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Who reads only the head of the list has what they want.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    for note in waiting::notes(&queue, &waiting) {
        eprintln!("kymograph: {}", printable(&note));
    }
    Ok(())
}

/// Removes runs, and takes commands out of the queue. If one of them is not there, or may be several, none is removed.
///
/// # Errors
/// [`RunsError`].
pub fn rm(args: &RmArgs, data_dir: Option<&Path>) -> Result<(), RunsError> {
    let data_dir = DataDir::find(data_dir)?;
    let queue = Queue::of(&data_dir)?;
    let (waiting, mut runs) = waiting::all_meant(&args.runs, &data_dir, &queue, |run| run.state != RunState::Running)?;
    let mut seen = HashSet::new();
    runs.retain(|run| seen.insert(run.path.clone()));
    if let Some(live) = runs.iter().find(|run| run.state == RunState::Running) {
        return Err(RecordError::Live { path: live.path.clone() }.into());
    }
    for waiting in waiting {
        queue.cancel(&waiting.id)?;
    }
    Ok(runs.iter().try_for_each(|run| data_dir.remove(run))?)
}

/// Where a window keeps its runs, if it keeps any.
#[must_use]
pub fn data_dir(recording: &Recording) -> Option<DataDir> {
    match recording {
        Recording::Off => None,
        Recording::Standard => DataDir::find(None).inspect_err(|error| log::warn!("{error}")).ok(),
        Recording::Into(path) => Some(DataDir::new(path)),
    }
}

/// The commands that go on under a supervisor, the newest first; none where there is no place for runs.
#[must_use]
pub fn live(recording: &Recording) -> Vec<RunEntry> {
    let runs = data_dir(recording).map_or_else(|| Ok(Vec::new()), |data_dir| data_dir.list());
    let mut runs = runs.inspect_err(|error| log::warn!("{error}")).unwrap_or_default();
    runs.retain(|run| run.state == RunState::Running && supervisor::is_supervised(&run.path));
    runs
}

/// Takes commands out of the queue, and ends runs that go on, and waits until they have. If one of them is not there, has
/// ended, or may be several, none is ended.
///
/// # Errors
/// [`RunsError`].
pub fn stop(args: &StopArgs, data_dir: Option<&Path>) -> Result<(), RunsError> {
    let data_dir = DataDir::find(data_dir)?;
    let queue = Queue::of(&data_dir)?;
    let (waiting, mut runs) = waiting::all_meant(&args.runs, &data_dir, &queue, |run| run.state == RunState::Running)?;
    if let Some(ended) = runs.iter().find(|run| run.state != RunState::Running) {
        return Err(RunsError::Ended { run: ended.dir_name(), state: ended.state });
    }
    for waiting in waiting {
        match queue.cancel(&waiting.id) {
            // It has started in this moment, and is to end all the same.
            Err(QueueError::Started { run, .. }) => runs.extend(RunEntry::find(&run)),
            done => done?,
        }
    }
    for run in &runs {
        supervisor::ask(&run.path, Ask::Stop, ANSWER_TIME)?;
    }
    let begun = Instant::now();
    for run in &runs {
        while RunEntry::find(&run.path).is_some_and(|run| run.state == RunState::Running) {
            if begun.elapsed() >= STOP_TIME {
                return Err(RunsError::StillRuns { run: run.dir_name() });
            }
            std::thread::sleep(LOOK_INTERVAL);
        }
    }
    Ok(())
}

/// A run for programs: what its `meta.json` says, and how it is found to stand.
fn to_json(run: &RunEntry) -> Value {
    let meta = run.meta.as_ref();
    let mut value = meta.map_or_else(|| json!({}), |meta| meta.to_json());
    let duration = meta.and_then(|_| duration(run, Timestamp::now())).map(|duration| duration.as_secs_f64());
    if let Value::Object(fields) = &mut value {
        fields.insert("id".into(), run.id().into());
        fields.insert("name".into(), run.name().into());
        fields.insert("state".into(), run.state.word().into());
        fields.insert("path".into(), run.path.to_string_lossy().into());
        fields.insert("log_bytes".into(), run.log_bytes.into());
        fields.insert("duration_secs".into(), duration.into());
        fields.insert("fault".into(), run.fault.clone().into());
    }
    value
}

/// The runs, for people.
fn table(runs: &[RunEntry], now: Timestamp) -> String {
    const HEAD: [&str; 7] = ["ID", "NAME", "STATE", "START", "DURATION", "SAMPLES", "SIZE"];
    if runs.is_empty() {
        return String::new();
    }
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(runs.iter().map(|run| cells(run, now)));
    columns(&lines, 4)
}

/// Columns one below the other; those from `first_number` on are numbers, which stand to the right.
fn columns<const N: usize>(lines: &[[String; N]], first_number: usize) -> String {
    let mut widths = [0; N];
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for line in lines {
        let start = text.len();
        for (index, (cell, width)) in line.iter().zip(widths).enumerate() {
            let gap = if index == 0 { "" } else { "  " };
            let written = if index < first_number {
                write!(text, "{gap}{cell:<width$}")
            } else {
                write!(text, "{gap}{cell:>width$}")
            };
            // Writing into memory does not fail.
            debug_assert!(written.is_ok(), "a line was not written");
        }
        text.truncate(start + text.get(start..).map_or(0, |line| line.trim_end().len()));
        text.push('\n');
    }
    text
}

fn cells(run: &RunEntry, now: Timestamp) -> [String; 7] {
    let none = || "-".to_owned();
    let meta = run.meta.as_ref();
    let id = run.id().unwrap_or_else(none);
    let start =
        meta.map(|meta| meta.start.chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect::<String>());
    [
        printable(&id).into_owned(),
        short(&printable(&run.name()), NAME_CHARS),
        run.state.word().to_owned(),
        start.map_or_else(none, |start| printable(&start).into_owned()),
        duration(run, now).map_or_else(none, duration_text),
        meta.and_then(|meta| meta.samples).map_or_else(none, |samples| samples.to_string()),
        size_text(run.log_bytes),
    ]
}

/// How long a run took, or has taken up to `now`; none where nobody knows.
pub(super) fn duration(run: &RunEntry, now: Timestamp) -> Option<Duration> {
    let meta = run.meta.as_ref()?;
    let start: Timestamp = meta.start.parse().ok()?;
    let end = match &meta.end {
        Some(end) => end.parse().ok()?,
        None if run.state == RunState::Running => now,
        None => return None,
    };
    Duration::try_from(end.duration_since(start)).ok()
}

/// `0.5 s`, `12.3 s`, `3:05`, `2:03:05`, `4 d 02:03`.
#[must_use]
pub fn duration_text(duration: Duration) -> String {
    let secs = duration.as_secs();
    let (days, hours, minutes) = (secs / 86_400, secs / 3600 % 24, secs / 60 % 60);
    match secs {
        0..60 => format!("{:.1} s", duration.as_secs_f64()),
        60..3600 => format!("{minutes}:{:02}", secs % 60),
        3600..86_400 => format!("{hours}:{minutes:02}:{:02}", secs % 60),
        _ => format!("{days} d {hours:02}:{minutes:02}"),
    }
}

/// Bytes with a unit of 1000s, three digits.
fn size_text(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 {
            return if unit == "B" || value >= 99.95 {
                format!("{value:.0} {unit}")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

fn short(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_read_well() {
        for (secs, expected) in
            [(0.0, "0.0 s"), (59.94, "59.9 s"), (185.0, "3:05"), (7385.0, "2:03:05"), (352_985.0, "4 d 02:03")]
        {
            assert_eq!(duration_text(Duration::from_secs_f64(secs)), expected);
        }
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (99_940, "99.9 kB"),
            (212_000_000, "212 MB"),
            (u64::MAX, "18446744.1 TB"),
        ] {
            assert_eq!(size_text(bytes), expected);
        }
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(short(&"é".repeat(40), NAME_CHARS), "é".repeat(40));
        assert_eq!(short(&"é".repeat(41), NAME_CHARS), "é".repeat(39) + "…");
    }
}
