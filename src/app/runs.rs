//! `kymograph ls` and `kymograph rm`: the recorded runs as a list, and their removal.
//!
//! Runs on the caller's thread. Names come from strangers: they are shown without characters that do something.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::app::launch::Recording;
use crate::app::printable::printable;
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

/// Prints all runs to `out`, the newest first.
///
/// # Errors
/// [`RunsError`].
pub fn ls(args: &LsArgs, data_dir: Option<&Path>, out: &mut impl Write) -> Result<(), RunsError> {
    let data_dir = DataDir::find(data_dir)?;
    let runs = data_dir.list()?;
    let text = if args.json {
        format!("{:#}\n", Value::Array(runs.iter().map(to_json).collect()))
    } else if runs.is_empty() {
        // Not on standard output, which a program may read.
        eprintln!("kymograph: there are no runs in {} yet", data_dir.runs().display());
        String::new()
    } else {
        table(&runs, Timestamp::now())
    };
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Who reads only the head of the list has what they want.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Removes runs. If one of them is not there, or may be several, none is removed.
///
/// # Errors
/// [`RunsError`].
pub fn rm(args: &RmArgs, data_dir: Option<&Path>) -> Result<(), RunsError> {
    let data_dir = DataDir::find(data_dir)?;
    let mut runs: Vec<RunEntry> = Vec::new();
    for what in &args.runs {
        let run = data_dir.find_run(what)?;
        if runs.iter().all(|other| other.path != run.path) {
            runs.push(run);
        }
    }
    if let Some(live) = runs.iter().find(|run| run.state == RunState::Running) {
        return Err(RecordError::Live { path: live.path.clone() }.into());
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

/// Ends runs that go on, and waits until they have. If one of them is not there, has ended, or may be several, none is
/// ended.
///
/// # Errors
/// [`RunsError`].
pub fn stop(args: &StopArgs, data_dir: Option<&Path>) -> Result<(), RunsError> {
    let data_dir = DataDir::find(data_dir)?;
    let runs: Vec<_> = args.runs.iter().map(|what| data_dir.find_run(what)).collect::<Result<_, _>>()?;
    if let Some(ended) = runs.iter().find(|run| run.state != RunState::Running) {
        return Err(RunsError::Ended { run: ended.dir_name(), state: ended.state });
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

/// The list for people: columns one below the other, numbers to the right.
fn table(runs: &[RunEntry], now: Timestamp) -> String {
    const HEAD: [&str; 7] = ["ID", "NAME", "STATE", "START", "DURATION", "SAMPLES", "SIZE"];
    /// Columns from this one on are numbers.
    const FIRST_NUMBER: usize = 4;
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(runs.iter().map(|run| cells(run, now)));
    let mut widths = [0; HEAD.len()];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for line in lines {
        let start = text.len();
        for (index, (cell, width)) in line.iter().zip(widths).enumerate() {
            let gap = if index == 0 { "" } else { "  " };
            let written = if index < FIRST_NUMBER {
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
        short(&printable(&run.name())),
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

fn short(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS - 1).chain(['…']).collect()
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
        assert_eq!(short(&"é".repeat(40)), "é".repeat(40));
        assert_eq!(short(&"é".repeat(41)), "é".repeat(39) + "…");
    }
}
