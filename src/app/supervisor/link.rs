//! A window's end of the connection to a supervisor.
//!
//! For one thread at a time. Reading and writing do not wait; [`ask`] does, for commands in a terminal.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::source::client::socket::{own_uid, peer_uid};

use super::control::{SOCKET_NAME, short_path};
use super::protocol::{Ask, Lines, Tell, line};

/// Why a supervisor cannot be reached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// There is none.
    #[error("{}: no supervisor answers; the run has ended, or belongs to a window that is open", run.display())]
    Nobody {
        /// The directory of the run.
        run: PathBuf,
    },
    /// Another user's.
    #[error("{}: the supervisor of this run is another user's", run.display())]
    OtherUser {
        /// The directory of the run.
        run: PathBuf,
    },
    /// It does not do what it was asked.
    #[error("{0}")]
    Refused(String),
    /// The connection fails.
    #[error("{}: {source}", run.display())]
    Io {
        /// The directory of the run.
        run: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// A connection to the supervisor of a run.
pub struct Link {
    stream: UnixStream,
    lines: Lines,
}

impl Link {
    /// Connects to the supervisor of the run in the directory `run`.
    ///
    /// # Errors
    /// [`LinkError`], most often that there is none.
    pub fn connect(run: &Path) -> Result<Self, LinkError> {
        let io = |source| LinkError::Io { run: run.to_owned(), source };
        let dir = File::open(run).map_err(io)?;
        let stream = match UnixStream::connect(short_path(&dir)) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                return Err(LinkError::Nobody { run: run.to_owned() });
            }
            connected => connected.map_err(io)?,
        };
        if peer_uid(&stream).map_err(io)? != own_uid() {
            return Err(LinkError::OtherUser { run: run.to_owned() });
        }
        stream.set_nonblocking(true).map_err(io)?;
        Ok(Self { stream, lines: Lines::default() })
    }

    /// Asks for something; the answer comes later.
    ///
    /// # Errors
    /// The system's, if the supervisor is gone.
    pub fn ask(&mut self, ask: Ask) -> io::Result<()> {
        self.stream.write_all(line(&ask).as_bytes())
    }

    /// Hands what has come to `each`. False once the supervisor is gone.
    pub fn read(&mut self, mut each: impl FnMut(Tell)) -> bool {
        let mut buffer = [0; 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return false,
                Ok(count) => {
                    // A word of a later version is passed over.
                    let fed = self
                        .lines
                        .feed(buffer.get(..count).unwrap_or_default(), |tell| tell.into_iter().for_each(&mut each));
                    if fed.is_err() {
                        return false;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }
}

/// Whether the run in `run` has a supervisor, as far as can be seen without asking it.
#[must_use]
pub fn is_supervised(run: &Path) -> bool {
    run.join(SOCKET_NAME).exists()
}

impl AsFd for Link {
    /// Readable when something has come, or when the supervisor is gone.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// Asks the supervisor of the run in `run` for something and waits for its answer, `patience` at most.
///
/// # Errors
/// [`LinkError`].
pub fn ask(run: &Path, ask: Ask, patience: Duration) -> Result<Tell, LinkError> {
    let mut link = Link::connect(run)?;
    let io = |source| LinkError::Io { run: run.to_owned(), source };
    link.stream.set_nonblocking(false).and_then(|()| link.stream.set_read_timeout(Some(patience))).map_err(io)?;
    link.ask(ask).map_err(io)?;
    let (mut is_greeted, mut answer) = (false, None);
    let mut buffer = [0; 1024];
    while answer.is_none() {
        let count = link.stream.read(&mut buffer).map_err(io)?;
        if count == 0 {
            return Err(LinkError::Nobody { run: run.to_owned() });
        }
        let fed = link.lines.feed(buffer.get(..count).unwrap_or_default(), |tell: Result<Tell, String>| match tell {
            // Everybody who connects is told of the state.
            Ok(Tell::Status { .. }) if !is_greeted => is_greeted = true,
            Ok(Tell::Recording { .. } | Tell::Rule { .. }) | Err(_) => {}
            Ok(tell) => answer = answer.take().or(Some(tell)),
        });
        if fed.is_err() {
            return Err(io(ErrorKind::InvalidData.into()));
        }
    }
    match answer {
        Some(Tell::Refused { why }) => Err(LinkError::Refused(why)),
        Some(tell) => Ok(tell),
        None => Err(LinkError::Nobody { run: run.to_owned() }),
    }
}
