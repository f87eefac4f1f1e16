//! What wakes a thread that waits in `poll`: any other thread rings, and the one that waits hears it beside its files and
//! sockets.
//!
//! Knows nobody who rings or waits.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{EventfdFlags, eventfd};

/// A bell that rings until it is hushed. Ringing it again meanwhile changes nothing.
#[derive(Debug)]
pub struct Bell(OwnedFd);

impl Bell {
    /// A silent bell.
    ///
    /// # Errors
    /// The system's, if there are too many open files.
    pub fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?))
    }

    /// Rings. From any thread; never waits.
    pub fn ring(&self) {
        // Fails only if the count of rings is full: then it is being heard anyway.
        let _rings = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    /// Ends the ringing.
    pub fn hush(&self) {
        let mut count = [0; 8];
        // Fails only if it did not ring, which is as good.
        let _rang = rustix::io::read(&self.0, &mut count);
    }
}

impl AsFd for Bell {
    /// Readable while it rings.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
