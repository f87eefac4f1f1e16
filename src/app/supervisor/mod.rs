//! Commands that outlive who started them: `kymograph supervise` runs one, and windows look at it.
//!
//! ```text
//!  window ── spawn ──▶ supervisor ── runs ──▶ the command and its children
//!    ▲                    │    ▲
//!    └── reads the log ◀──┘    └── stop, pause, signal, status: lines of JSON through `control.sock` in the run's directory
//! ```
//!
//! The supervisor is a process of its own, in a session of its own, which adopts what the command leaves behind. It writes
//! the run's log and knows no window; what is shown is read from there, so windows may come and go.
//! `process` is that process, `control` its socket, `link` the window's end of it, `spawn` how it is started.

mod control;
mod link;
mod process;
mod protocol;
mod spawn;

pub use link::{Link, LinkError, ask, is_supervised};
pub use process::{SuperviseError, run};
pub(in crate::app) use process::{close_standard_streams, watch as watch_signals};
pub use protocol::{Ask, Tell};
pub(in crate::app) use spawn::{Begun, Order, started};
pub use spawn::{SpawnError, Started, Supervisor};
