//! What a command's output is connected to: pipes, or terminals of our own, whose other ends are read.
//!
//! Called on the worker's thread before the command starts.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

/// What a command's output is connected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wiring {
    /// A pipe for each of the two streams.
    #[default]
    Pipes,
    /// One terminal for both, as where people sit: they stay in the order in which they were written.
    Terminal,
    /// A terminal for each: they stay apart.
    Terminals,
}

/// The ends that are read.
pub(super) struct Ends {
    pub output: OwnedFd,
    /// None if the other end takes both streams.
    pub error: Option<OwnedFd>,
}

/// Size of a terminal, in characters: what programs expect where nobody says otherwise.
const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

/// What `TERM` says of our terminals.
const TERM: &str = "xterm-256color";

/// Connects the output of `command`, which is about to be started.
pub(super) fn connect(wiring: Wiring, command: &mut Command) -> io::Result<Ends> {
    if wiring == Wiring::Pipes {
        let ((output, to_output), (error, to_error)) = (pipe()?, pipe()?);
        command.stdout(to_output).stderr(to_error);
        return Ok(Ends { output, error: Some(error) });
    }
    let term = std::env::var_os("TERM").unwrap_or_default();
    if term.is_empty() || term == "dumb" {
        command.env("TERM", TERM);
    }
    let (output, to_output) = terminal()?;
    let (error, to_error) = match wiring {
        Wiring::Terminals => terminal().map(|(from, to)| (Some(from), to))?,
        _ => (None, to_output.try_clone()?),
    };
    command.stdout(Stdio::from(to_output)).stderr(Stdio::from(to_error));
    Ok(Ends { output, error })
}

fn pipe() -> io::Result<(OwnedFd, Stdio)> {
    let (from, to) = io::pipe()?;
    Ok((from.into(), to.into()))
}

/// A new terminal: the end that is read, and the one that is written to.
fn terminal() -> io::Result<(OwnedFd, OwnedFd)> {
    // It must not become the controlling terminal of anything: its end would end whoever writes to it.
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let ours = openpt(flags)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let theirs = match ioctl_tiocgptpeer(&ours, flags) {
        Ok(theirs) => theirs,
        // Systems older than 2017, and some that only look like Linux.
        Err(_) => {
            let name = ptsname(&ours, Vec::new())?;
            rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?
        }
    };
    let mut attributes = tcgetattr(&theirs)?;
    // Nothing is echoed, and no line feed becomes two characters: what is read is what was written.
    attributes.make_raw();
    tcsetattr(theirs.as_fd(), OptionalActions::Now, &attributes)?;
    tcsetwinsize(&ours, Winsize { ws_row: ROWS, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 })?;
    Ok((ours, theirs))
}
