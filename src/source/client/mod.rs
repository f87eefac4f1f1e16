//! Programs that send their data through a socket, such as Jupyter kernels: `docs/protocol.md` as code.

mod layouter;
pub mod link;
pub mod said;
pub mod session;
pub mod socket;
pub mod wire;

use std::sync::{Mutex, PoisonError};

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
