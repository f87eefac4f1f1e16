//! The Qt objects: the only Rust code, with `app/gui.rs`, that names Qt.
//!
//! Every object lives on the GUI thread. Background threads reach it by one merged wake-up through
//! `CxxQtThread::queue`; a wake-up that cannot be delivered means that the object is gone.

pub mod axis;
#[cfg(feature = "bench")]
pub mod bench;
pub mod desktop;
pub mod embed;
pub mod figure_item;
pub mod guest;
pub mod image;
pub mod job;
pub mod message_model;
pub mod program;
pub mod qt;
pub mod queue_model;
mod roles;
pub mod run_model;
pub mod series;
pub mod series_model;
mod translations;

pub(crate) use translations::install as install_translations;

use crate::job::thread::caught;

/// Runs what Qt called into. A panic must not unwind into C++, where it would end the program: it is logged, and the
/// call has no effect.
pub(crate) fn guarded<T: Default>(what: &str, call: impl FnOnce() -> T) -> T {
    caught(call).unwrap_or_else(|panic| {
        log::error!("{what} failed: {panic}");
        T::default()
    })
}
