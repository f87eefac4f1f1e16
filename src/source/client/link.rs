//! The way back to a client: frames of some bytes, put into its socket by whoever has something to say, without waiting.
//!
//! A client that does not read misses them and is none the worse. Any thread.

use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use rustix::net::{SendFlags, send};

use crate::source::Remote;

use super::lock;
use super::said::Answer;
use super::wire::encode;

/// How long the client waits at most to be told where its run is recorded.
const PATH_PATIENCE: Duration = Duration::from_millis(500);

/// What records the run.
pub trait Recording: Send + Sync {
    /// The last mark that is on disk.
    fn last_mark(&self) -> u64;

    /// The run's directory, once it is there.
    fn path(&self) -> Option<PathBuf>;
}

/// The way back to the client.
pub struct Link {
    pub(super) stream: UnixStream,
    presses: AtomicU32,
    recording: OnceLock<Box<dyn Recording>>,
    on_show: Mutex<Option<Box<dyn Fn() + Send>>>,
}

impl Link {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream, presses: AtomicU32::new(0), recording: OnceLock::new(), on_show: Mutex::default() }
    }

    /// The client wants its window seen.
    pub(super) fn show(&self) {
        if let Some(on_show) = &*lock(&self.on_show) {
            on_show();
        }
    }

    /// The last mark on disk; without a record, what has been handed over counts as kept.
    pub(super) fn last_mark(&self, handed_over: u64) -> u64 {
        self.recording.get().map_or(handed_over, |recording| recording.last_mark())
    }

    /// The person pressed Stop; says how often by now.
    pub fn ask_stop(&self) -> u32 {
        let press = self.presses.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        self.say(&Answer::Stop { press });
        press
    }

    /// The person closed the window.
    pub fn tell_closed(&self) {
        self.say(&Answer::Closed);
    }

    /// Sets what records the run; without it, what has been handed over counts as kept.
    pub fn set_recording(&self, recording: Box<dyn Recording>) {
        _ = self.recording.set(recording);
    }

    /// Where the run is recorded; waits a moment, because its directory is made by another thread.
    pub(super) fn run_path(&self) -> Option<String> {
        let recording = self.recording.get()?;
        let begun = Instant::now();
        loop {
            if let Some(path) = recording.path() {
                return Some(path.to_string_lossy().into_owned());
            }
            if begun.elapsed() >= PATH_PATIENCE {
                return None;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Sets what is called, on the worker's thread, when the client wants its window seen.
    pub fn set_on_show(&self, on_show: impl Fn() + Send + 'static) {
        *lock(&self.on_show) = Some(Box::new(on_show));
    }

    /// Puts a frame into the socket if there is room.
    pub(super) fn say(&self, answer: &Answer<'_>) {
        let sent = encode(answer).and_then(|bytes| {
            // A frame this small goes in whole or not at all.
            Ok(send(&self.stream, &bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL)?)
        });
        if let Err(error) = sent {
            log::debug!("the client was not told {answer:?}: {error}");
        }
    }
}

/// Stops and holds a client's run from outside.
pub(super) struct ClientRemote(pub Arc<Link>);

impl Remote for ClientRemote {
    fn stop(&self) {
        // The run ends here; the client sees its connection end, and what was not acknowledged it still has.
        if let Err(error) = self.0.stream.shutdown(Shutdown::Both) {
            log::debug!("the client's connection was over already: {error}");
        }
    }

    fn set_paused(&self, paused: bool) {
        self.0.say(if paused { &Answer::Pause } else { &Answer::Resume });
    }
}
