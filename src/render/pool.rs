//! The threads that share the drawing: as many as there are cores, named `draw:<n>`, for all figures of the process.
//!
//! Started when there is first something worth sharing; a figure of one curve never does. Where they cannot be started,
//! everything is drawn by the figure's own thread.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// More threads than this wait for each other longer than they draw.
const MOST_THREADS: usize = 8;

/// How many threads share the drawing.
pub(crate) fn width() -> usize {
    pool().map_or(1, ThreadPool::current_num_threads)
}

/// Runs `work` where `rayon::join` divides it among the threads.
///
/// Handing over allocates once in about sixty calls (the pool's queue grows by blocks); dividing does not.
pub(crate) fn install<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match pool() {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let start = || {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let builder = ThreadPoolBuilder::new().num_threads(cores.min(MOST_THREADS));
        let pool = builder.thread_name(|index| format!("draw:{index}")).build();
        pool.inspect_err(|error| log::warn!("figures are drawn by one thread each: {error}")).ok()
    };
    POOL.get_or_init(start).as_ref()
}
