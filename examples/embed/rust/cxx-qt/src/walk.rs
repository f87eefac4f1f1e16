//! `Walk`: an object of the program's own, whose thread fills a series.

/// The Qt side of [`qobject::Walk`].
#[cxx_qt::bridge]
pub mod qobject {
    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[qproperty(f64, step_size, cxx_name = "stepSize", READ, WRITE = set_step_size, NOTIFY)]
        type Walk = super::WalkRust;

        #[cxx_name = "setStepSize"]
        fn set_step_size(self: Pin<&mut Walk>, value: f64);
    }
}

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use cxx_qt::CxxQtType;
use kymograph::store::LiveSeries;

/// State of [`qobject::Walk`].
pub struct WalkRust {
    step_size: f64,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    step_size_bits: AtomicU64,
    is_stopping: AtomicBool,
}

impl Default for WalkRust {
    fn default() -> Self {
        let step_size: f64 = 1.0;
        let bits = AtomicU64::new(step_size.to_bits());
        let shared = Arc::new(Shared { step_size_bits: bits, is_stopping: AtomicBool::new(false) });
        let walker = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("walk".to_owned()).spawn(move || walk(&walker)).ok();
        Self { step_size, shared, thread }
    }
}

impl Drop for WalkRust {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Relaxed);
        // A thread that panicked has said so already.
        _ = self.thread.take().map(JoinHandle::join);
    }
}

fn walk(shared: &Shared) {
    let position = LiveSeries::named("walk/position");
    let (mut at, mut random) = (0.0, 0x9e37_79b9_7f4a_7c15_u64);
    let mut step = 0.0;
    while !shared.is_stopping.load(Ordering::Relaxed) {
        // Xorshift, after Marsaglia (2003), "Xorshift RNGs".
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let size = f64::from_bits(shared.step_size_bits.load(Ordering::Relaxed));
        at += if random & 1 == 0 { size } else { -size };
        position.push(step, at);
        step += 1.0;
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl qobject::Walk {
    fn set_step_size(mut self: Pin<&mut Self>, value: f64) {
        if self.step_size != value {
            self.as_mut().rust_mut().step_size = value;
            self.shared.step_size_bits.store(value.to_bits(), Ordering::Relaxed);
            self.step_size_changed();
        }
    }
}
