//! `kymograph client`: the viewer of one program that sends its data through a socket, which is the standard input.
//!
//! Runs before the window is there. If an earlier viewer of the same run was killed, what it recorded is shown first and
//! recorded anew; the earlier record is removed when that is on disk.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::{Item, Notice, Pane};
use crate::record::{Body, DataDir, Entry, LogReader, RecordError, RunEntry, RunState};
use crate::source::SourceError;
use crate::source::client::session::{ClientError, Earlier, Replayed, Session};

/// How long an earlier viewer of the same run, which is just ending, is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a client is not served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientRunError {
    /// Started by hand.
    #[error("`kymograph client` is started by `kymograph serve`, with a connection as its standard input: {0}")]
    NoConnection(io::Error),
    /// The client is not understood.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// The client at the other end of the standard input, with what an earlier viewer left of its run.
///
/// # Errors
/// [`ClientRunError`]
pub fn accept(data_dir: Option<&Path>) -> Result<Arc<Session>, ClientRunError> {
    let input = io::stdin().as_fd().try_clone_to_owned().map_err(ClientRunError::NoConnection)?;
    let stream = UnixStream::from(input);
    stream.peer_addr().map_err(ClientRunError::NoConnection)?;
    let session = Session::accept(stream)?;
    match earlier(data_dir, &session.hello().run) {
        Ok(Some(earlier)) => session.go_on_from(earlier),
        Ok(None) => {}
        Err(error) => log::warn!("what an earlier window recorded of this run is not shown: {error}"),
    }
    Ok(Arc::new(session))
}

/// What earlier viewers recorded of a run: the record that goes farthest.
fn earlier(data_dir: Option<&Path>, client_run: &str) -> Result<Option<Earlier>, RecordError> {
    let data_dir = DataDir::find(data_dir)?;
    let runs = records_of(&data_dir, client_run)?;
    let mut best = (0, 0, PathBuf::new());
    for run in &runs {
        let log = run.log_path();
        let (mark, record) = last_mark(&log)?;
        if mark > best.0 {
            best = (mark, record, log);
        }
    }
    let (last, last_record, log) = best;
    if last == 0 {
        return Ok(None);
    }
    Ok(Some(Earlier {
        last,
        replay: Box::new(move |each| replay(log, last_record, each)),
        on_kept: Box::new(move || {
            for run in &runs {
                if let Err(error) = data_dir.remove(run) {
                    log::warn!("a record of an earlier window of this run is left: {error}");
                }
            }
        }),
    }))
}

/// The records of a run, once none of them is being written any more.
fn records_of(data_dir: &DataDir, client_run: &str) -> Result<Vec<RunEntry>, RecordError> {
    let begun = Instant::now();
    loop {
        let mut runs = data_dir.list()?;
        runs.retain(|run| run.meta.as_ref().is_some_and(|meta| meta.client_run.as_deref() == Some(client_run)));
        let is_live = |run: &RunEntry| run.state == RunState::Running;
        if !runs.iter().any(is_live) {
            return Ok(runs);
        }
        if begun.elapsed() >= PATIENCE {
            runs.retain(|run| !is_live(run));
            return Ok(runs);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The last mark in a log and the number of its record; 0 if there is none.
fn last_mark(log: &Path) -> Result<(u64, u64), RecordError> {
    let mark =
        |entry: Entry| if let Body::Item(Item::Mark(mark)) = entry.body { Some((mark, entry.seq)) } else { None };
    Ok(LogReader::open(log)?.filter_map(mark).last().unwrap_or_default())
}

fn replay(
    log: PathBuf,
    last_record: u64,
    each: &mut dyn FnMut(Replayed) -> Result<(), crate::source::Stopped>,
) -> Result<(), SourceError> {
    let reader = LogReader::open(&log).map_err(|error| SourceError::Failed(error.to_string()))?;
    for entry in reader.take_while(|entry| entry.seq <= last_record) {
        match entry.body {
            Body::Item(Item::Mark(_)) => {}
            Body::Item(item) => each(Replayed::Item(item))?,
            // What the threads of the earlier viewer said is of no interest here.
            Body::Notice(Notice::Message(line)) if line.pane != Pane::Control => each(Replayed::Line(line))?,
            Body::Notice(Notice::Progress(crate::batch::Role::Worker, progress)) => each(Replayed::Progress(progress))?,
            _ => {}
        }
    }
    Ok(())
}
