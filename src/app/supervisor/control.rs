//! The supervisor's socket: who connects, what they ask, what they are told.
//!
//! For the supervisor's one thread, which waits for all of it at once; nothing here waits. A connection that does not read
//! what it is told is closed.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::source::client::socket::{own_uid, peer_uid};

use super::protocol::{Ask, Lines, Tell, line};

/// Name of the socket in a run's directory.
pub(super) const SOCKET_NAME: &str = "control.sock";

/// Connections at a time: windows, and a command now and then.
const CONNECTIONS_MAX: usize = 32;

/// The socket and its connections. Dropping it takes the socket away.
pub(super) struct Control {
    path: PathBuf,
    listener: UnixListener,
    connections: Vec<Connection>,
}

struct Connection {
    stream: UnixStream,
    lines: Lines,
    is_open: bool,
}

/// A path of the socket in `dir` that is short however long that of `dir` is: a socket's path has 107 bytes at most. It
/// holds while `dir` is open.
pub(super) fn short_path(dir: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}/{SOCKET_NAME}", dir.as_raw_fd()))
}

impl Control {
    /// Listens in the directory of a run.
    pub fn listen(run: &Path) -> io::Result<Self> {
        let dir = File::open(run)?;
        let listener = UnixListener::bind(short_path(&dir))?;
        let path = run.join(SOCKET_NAME);
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        Ok(Self { path, listener, connections: Vec::new() })
    }

    /// All that may become readable: the socket first, then the connections in their order.
    pub fn ends(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        [self.listener.as_fd()].into_iter().chain(self.connections.iter().map(|connection| connection.stream.as_fd()))
    }

    /// Takes in who waits, and tells them `hello`.
    pub fn accept(&mut self, hello: &Tell) {
        while let Ok((stream, _)) = self.listener.accept() {
            let is_ours = peer_uid(&stream).is_ok_and(|uid| uid == own_uid());
            if !is_ours || self.connections.len() >= CONNECTIONS_MAX || stream.set_nonblocking(true).is_err() {
                continue;
            }
            let mut connection = Connection { stream, lines: Lines::default(), is_open: true };
            connection.tell(hello);
            self.connections.push(connection);
        }
    }

    /// Reads what came, answers it by `answer`, and lets go of connections that have ended.
    pub fn serve(&mut self, mut answer: impl FnMut(Ask) -> Tell) {
        for connection in &mut self.connections {
            connection.serve(&mut answer);
        }
        self.connections.retain(|connection| connection.is_open);
    }

    /// Tells everybody.
    pub fn tell_all(&mut self, tell: &Tell) {
        for connection in &mut self.connections {
            connection.tell(tell);
        }
        self.connections.retain(|connection| connection.is_open);
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            log::debug!("{}: {error}", self.path.display());
        }
    }
}

impl Connection {
    fn serve(&mut self, answer: &mut impl FnMut(Ask) -> Tell) {
        let mut buffer = [0; 1024];
        while self.is_open {
            let count = match self.stream.read(&mut buffer) {
                Ok(0) => {
                    self.is_open = false;
                    return;
                }
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.is_open = error.kind() == ErrorKind::WouldBlock;
                    return;
                }
            };
            let mut answers = Vec::new();
            let fed = self.lines.feed(buffer.get(..count).unwrap_or_default(), |ask| {
                answers.push(match ask {
                    Ok(ask) => answer(ask),
                    Err(why) => Tell::Refused { why: format!("not understood: {why}") },
                });
            });
            answers.iter().for_each(|tell| self.tell(tell));
            if fed.is_err() {
                self.is_open = false;
            }
        }
    }

    /// Some hundred bytes, for which a connection that is read has room.
    fn tell(&mut self, tell: &Tell) {
        self.is_open &= self.stream.write_all(line(tell).as_bytes()).is_ok();
    }
}
