//! Jobs: a worker that makes data, a receiver that takes it, and a control thread that sees to a clean end.
//!
//! ```text
//!  handle ---- stop, pause, resume ----> job:<name> (control)
//!                                          |  starts, stops, joins
//!                    +---------------------+---------------------+
//!              worker:<name>                             receiver:<name>
//!                Source -- data (bounded, lossless) -->  Refine -> Sink (recorder, store)
//!                       -- text (captured prints) ---->
//!                    |                                           |
//!                    +-----> mailbox (bounded, merged wake-up) <-+-----> whoever shows it
//! ```
//!
//! A job in a few lines:
//!
//! ```
//! use std::time::Duration;
//! use kymograph::batch::{Batch, Item, SeriesId};
//! use kymograph::job::{JobHandle, JobSpec, Mailbox};
//! use kymograph::say;
//!
//! let spec = JobSpec::from_fn("squares", |out| {
//!     for i in 0..10 {
//!         out.send(Item::Append(Batch::point(SeriesId(0), out.stamp_nanos(), i as f64, (i * i) as f64)))?;
//!         say!(out, "sent {i}")?;
//!     }
//!     Ok("ten squares")
//! });
//! let job = JobHandle::start(spec, Box::new(()), Mailbox::discard())?;
//! let outcome = job.wait(Duration::from_secs(60)).expect("it ends in time").expect("it ends well");
//! assert_eq!(outcome.summary, "ten squares");
//! # Ok::<(), kymograph::job::JobError>(())
//! ```
//!
//! Threads are made in `thread.rs` only, channels in `channel.rs` only, and every thread waits at its
//! [`Seat`] only. Nothing in here knows the store, the figure or the window.

mod actor;
mod capture;
mod channel;
mod clock;
mod control;
mod detached;
mod fake_clock;
mod handle;
mod limits;
mod mailbox;
mod polling;
mod pool;
mod post;
mod receiver;
mod registry;
mod side;
pub mod sine;
mod spec;
pub mod sweep;
pub mod thread;
pub mod watch;
mod words;
mod worker;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use capture::{LINE_BYTES, WriteStream, say_line};
pub use channel::{DATA_BYTES, DATA_ITEMS, TEXT_BYTES, TEXT_LINES};
pub use clock::{Clock, Seat, SystemClock, Wait, Waker};
pub use detached::{StopToken, spawn_detached};
pub use fake_clock::{FAKE_EPOCH_NANOS, FakeClock};
pub use handle::{JobHandle, JobRef};
pub use limits::{Limits, MEMORY_EXIT_CODE, TIME_EXIT_CODE};
pub use mailbox::{Drain, MAILBOX_BYTES, MAILBOX_LINES, Mailbox, Wake, Witness, mailbox};
pub use polling::{Polling, Tick};
pub use pool::{Pool, PoolJob};
pub use receiver::{ReceiverPlan, Sink};
pub use registry::end_all;
pub use spec::{GRACE, JobError, JobSpec, OnLimit};

/// Locks a mutex; one that a panicking thread left behind still holds whole values here.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
