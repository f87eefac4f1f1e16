//! `kymograph serve`: waits for programs that want a window, and gives each to a viewer, a process of its own.
//!
//! One thread, the caller's, which sleeps until a connection, the end of a viewer or a signal comes. Reads nothing of
//! what a client says: the connection becomes the viewer's standard input as it is.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use serde_json::json;
use signal_hook::SigId;
use signal_hook::consts::{SIGCHLD, SIGINT, SIGTERM};
use signal_hook::low_level;

use crate::cli::{GlobalArgs, ServeArgs};
use crate::source::client::socket::{Listener, SocketError, SocketPlace, own_uid, peer_uid};

/// How long it waits without a viewer: long enough for the next cell of a notebook, short enough to leave nothing behind.
pub const IDLE: Duration = Duration::from_secs(60);

/// Viewers at a time. Each is a window with its threads: more come from a program that has gone wrong.
pub const MAX_VIEWERS: usize = 64;

/// Pause after a connection could not be accepted: it waits on, and asking again at once would only burn time.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Why it cannot go on waiting.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The socket cannot be had.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The program does not know where it is, so it cannot start viewers.
    #[error("cannot find the program's own file: {0}")]
    NoProgram(io::Error),
    /// Signals cannot be caught.
    #[error("cannot watch for signals: {0}")]
    Signals(io::Error),
    /// The system does not let it wait.
    #[error("cannot wait for connections: {0}")]
    Wait(io::Error),
}

/// Where to wait, and what to start.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Where the socket is.
    pub place: SocketPlace,
    /// The program that is started for each connection.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// How long to wait without a viewer.
    pub idle: Duration,
}

impl ServeOptions {
    /// What the command line asks for: this program's own `client`, with the flags that concern it.
    ///
    /// # Errors
    /// [`ServeError`] if the socket or the program cannot be found.
    pub fn new(args: &ServeArgs, global: &GlobalArgs) -> Result<Self, ServeError> {
        let mut viewer_args: Vec<OsString> =
            ["client".into(), "--log".into(), global.log.to_string().to_lowercase().into()].into();
        if let Some(data_dir) = &global.data_dir {
            viewer_args.extend(["--data-dir".into(), data_dir.into()]);
        }
        if let Some(mebibytes) = global.memory {
            viewer_args.extend(["--memory".into(), mebibytes.to_string().into()]);
        }
        if global.headless {
            viewer_args.push("--headless".into());
        }
        Ok(Self {
            place: SocketPlace::find()?,
            // Now, and not for each viewer: the system forgets the name of a file that was replaced by a newer one.
            program: std::env::current_exe().map_err(ServeError::NoProgram)?,
            args: viewer_args,
            idle: args.idle_secs.map_or(IDLE, Duration::from_secs),
        })
    }
}

/// Waits for clients until there was no viewer for `idle`, or until SIGINT or SIGTERM. Viewers that are left go on. Returns
/// at once if another process waits there already.
///
/// # Errors
/// [`ServeError`].
pub fn run(options: &ServeOptions) -> Result<(), ServeError> {
    let Some(listener) = options.place.listen()? else {
        log::info!("{}: somebody waits there already", options.place.path().display());
        return Ok(());
    };
    let signals = Signals::new().map_err(ServeError::Signals)?;
    log::info!("waiting at {}", listener.path().display());
    let server =
        Server { options, listener, signals, viewers: Vec::new(), idle_since: Instant::now(), accept_from: None };
    server.run()
}

struct Server<'a> {
    options: &'a ServeOptions,
    listener: Listener,
    signals: Signals,
    viewers: Vec<Child>,
    /// When it began to be without viewers; means nothing while there are some.
    idle_since: Instant,
    /// When connections are accepted again after one could not be.
    accept_from: Option<Instant>,
}

impl Server<'_> {
    fn run(mut self) -> Result<(), ServeError> {
        loop {
            let wake = self.wait().map_err(ServeError::Wait)?;
            if wake.is_ending {
                log::info!("asked to end; {} viewers go on", self.viewers.len());
                return Ok(());
            }
            self.reap();
            if wake.has_connection {
                self.accept();
            }
            if self.viewers.is_empty() && self.idle_since.elapsed() >= self.options.idle {
                // Nobody can come from here on; who has come until now gets a viewer, which needs nobody to wait for it.
                self.listener.remove();
                self.accept();
                log::info!("no viewer for {:?}", self.options.idle);
                return Ok(());
            }
        }
    }

    /// Sleeps until there is something to do.
    fn wait(&mut self) -> io::Result<Wake> {
        let now = Instant::now();
        self.accept_from = self.accept_from.filter(|from| *from > now);
        let idle_end = self.viewers.is_empty().then(|| self.idle_since.checked_add(self.options.idle)).flatten();
        let until = [idle_end, self.accept_from].into_iter().flatten().min();
        let timeout = until.and_then(|until| Timespec::try_from(until.saturating_duration_since(now)).ok());
        let listener_events = if self.accept_from.is_some() { PollFlags::empty() } else { PollFlags::IN };
        let mut ends = [
            PollFd::new(&self.signals.end, PollFlags::IN),
            PollFd::new(&self.signals.child, PollFlags::IN),
            PollFd::new(&self.listener, listener_events),
        ];
        match poll(&mut ends, timeout.as_ref()) {
            // A signal: its pipe is readable by now.
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let [is_ending, has_child, has_connection] = ends.map(|end| !end.revents().is_empty());
        if has_child {
            self.signals.forget_children();
        }
        Ok(Wake { is_ending, has_connection })
    }

    /// Lets go of the viewers that have ended.
    fn reap(&mut self) {
        let before = self.viewers.len();
        self.viewers.retain_mut(|viewer| match viewer.try_wait() {
            Ok(None) => true,
            Ok(Some(status)) => {
                let level = if status.success() { log::Level::Debug } else { log::Level::Warn };
                log::log!(level, "viewer {} has ended: {status}", viewer.id());
                false
            }
            Err(error) => {
                log::warn!("viewer {} is lost: {error}", viewer.id());
                false
            }
        });
        if before > 0 && self.viewers.is_empty() {
            self.idle_since = Instant::now();
        }
    }

    /// Takes all connections that wait.
    fn accept(&mut self) {
        loop {
            match self.listener.accept() {
                Ok(Some(connection)) => self.take(connection),
                Ok(None) => return,
                Err(error) => {
                    log::warn!("a connection has to wait: {error}");
                    self.accept_from = Instant::now().checked_add(ACCEPT_PAUSE);
                    return;
                }
            }
        }
    }

    fn take(&mut self, connection: UnixStream) {
        match peer_uid(&connection) {
            Ok(uid) if uid == own_uid() => {}
            Ok(uid) => return log::warn!("refused a connection of another user (uid {uid})"),
            Err(error) => return log::warn!("refused a connection of nobody knows whom: {error}"),
        }
        if self.viewers.len() >= MAX_VIEWERS {
            // One may have ended meanwhile.
            self.reap();
        }
        if self.viewers.len() >= MAX_VIEWERS {
            log::warn!("refused a connection: there are {MAX_VIEWERS} viewers");
            return refuse(&connection, &format!("{MAX_VIEWERS} viewers are open already: close some and try again"));
        }
        match self.start(&connection) {
            Ok(viewer) => {
                log::debug!("viewer {} has started", viewer.id());
                self.viewers.push(viewer);
            }
            Err(error) => {
                log::error!("cannot start {}: {error}", self.options.program.display());
                refuse(&connection, &format!("the viewer cannot be started: {error}"));
            }
        }
    }

    fn start(&self, connection: &UnixStream) -> io::Result<Child> {
        Command::new(&self.options.program)
            .args(&self.options.args)
            .stdin(OwnedFd::from(connection.try_clone()?))
            .stdout(Stdio::null())
            // A group of its own: Ctrl+C at the terminal is for us, and viewers outlive us.
            .process_group(0)
            .spawn()
    }
}

/// What ended a wait.
struct Wake {
    is_ending: bool,
    has_connection: bool,
}

/// Tells a client why it gets no viewer.
fn refuse(mut connection: &UnixStream, reason: &str) {
    let frame = refusal(reason);
    // The frame fits into the empty buffer of a new connection; nobody may be left to read it.
    let sent = connection.set_nonblocking(true).and_then(|()| connection.write_all(&frame));
    if let Err(error) = sent {
        log::debug!("the client was not told: {error}");
    }
}

/// The frame `refused`: the lengths of head and body, and the head.
fn refusal(reason: &str) -> Vec<u8> {
    let head = json!({"t": "refused", "reason": reason}).to_string();
    let head_bytes = u32::try_from(head.len()).unwrap_or(u32::MAX);
    [&head_bytes.to_le_bytes(), &0_u32.to_le_bytes(), head.as_bytes()].concat()
}

/// Signals as things that can be waited for, together with others.
struct Signals {
    /// Readable after SIGINT or SIGTERM.
    end: UnixStream,
    /// Readable after a child has ended.
    child: UnixStream,
    ids: Vec<SigId>,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let (end, end_signalled) = UnixStream::pair()?;
        let (child, child_signalled) = UnixStream::pair()?;
        child.set_nonblocking(true)?;
        let mut signals = Self { end, child, ids: Vec::new() };
        signals.ids.push(low_level::pipe::register(SIGCHLD, child_signalled)?);
        signals.ids.push(low_level::pipe::register(SIGINT, end_signalled.try_clone()?)?);
        signals.ids.push(low_level::pipe::register(SIGTERM, end_signalled)?);
        Ok(signals)
    }

    fn forget_children(&mut self) {
        let mut bytes = [0; 64];
        // Until it would wait: one look at all viewers answers any number of signals.
        while self.child.read(&mut bytes).is_ok_and(|count| count > 0) {}
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            low_level::unregister(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn options(line: &[&str]) -> ServeOptions {
        let cli = Cli::parse_from(line);
        let Some(Command::Serve(args)) = cli.command else { panic!("serve") };
        ServeOptions::new(&args, &cli.global).unwrap()
    }

    #[test]
    fn a_viewer_gets_the_flags_that_concern_it() {
        let plain = options(&["kymograph", "serve"]);
        assert_eq!(plain.program, std::env::current_exe().unwrap());
        assert_eq!(plain.args, ["client", "--log", "warn"]);
        assert_eq!(plain.idle, Duration::from_secs(60));
        let line = [
            "kymograph",
            "--headless",
            "serve",
            "--data-dir",
            "/d",
            "--log",
            "debug",
            "--memory",
            "9",
            "--idle-secs",
            "2",
        ];
        let all = options(&line);
        assert_eq!(all.args, ["client", "--log", "debug", "--data-dir", "/d", "--memory", "9", "--headless"]);
        assert_eq!(all.idle, Duration::from_secs(2));
    }

    #[test]
    fn a_refusal_is_a_frame() {
        assert_eq!(refusal("no"), b"\x1d\0\0\0\0\0\0\0{\"reason\":\"no\",\"t\":\"refused\"}");
    }
}
