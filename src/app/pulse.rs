//! How the GUI thread fares: how late its timers are, and which frames have been painted.
//!
//! Written on the GUI thread, in some nanoseconds; read by whoever measures: the log at level debug, the bench. Knows no
//! window.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time between two beats of the timer that watches the GUI thread.
pub const BEAT: Duration = Duration::from_millis(5);

/// Time between two lines in the log.
const REPORT_PERIOD: Duration = Duration::from_secs(1);

/// A frame of a figure that a person can see.
#[derive(Clone, Copy, Debug)]
pub struct Painted {
    /// When the window had it on the screen.
    pub at: Instant,
    /// Its number among the frames of its figure, from 1.
    pub serial: u64,
    /// Version of the samples that it shows.
    pub version: u64,
    /// Samples in its view.
    pub in_view: u64,
    /// Width and height of the figure in pixels of the screen.
    pub size_px: (u32, u32),
}

static PULSE: Mutex<Pulse> =
    Mutex::new(Pulse { last: None, painted: None, frames: 0, lates: Vec::new(), is_kept: false, reported: None });
static PAINTED: Condvar = Condvar::new();

struct Pulse {
    last: Option<Instant>,
    painted: Option<Painted>,
    /// Painted since the last report.
    frames: u64,
    /// Gaps between beats, in milliseconds, since the last report or since they are kept.
    lates: Vec<f64>,
    is_kept: bool,
    reported: Option<Instant>,
}

fn lock() -> MutexGuard<'static, Pulse> {
    PULSE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The timer of the GUI thread has fired.
pub fn beat() {
    let now = Instant::now();
    let mut pulse = lock();
    let last = pulse.last.replace(now).unwrap_or(now);
    pulse.lates.push((now - last).as_secs_f64() * 1e3);
    let since = *pulse.reported.get_or_insert(now);
    if pulse.is_kept || now - since < REPORT_PERIOD {
        return;
    }
    let (gaps, frames) = (std::mem::take(&mut pulse.lates), std::mem::take(&mut pulse.frames));
    pulse.reported = Some(now);
    drop(pulse);
    let beat_ms = BEAT.as_secs_f64() * 1e3;
    let late_ms = gaps.iter().map(|gap| (gap - beat_ms).max(0.0));
    let (max, sum) = late_ms.fold((0.0_f64, 0.0), |(max, sum), late| (max.max(late), sum + late));
    let mean = sum / gaps.len().max(1) as f64;
    log::debug!("GUI thread: timers {mean:.2} ms late, {max:.2} ms at most; {frames} frames painted");
}

/// A frame is on the screen.
pub fn painted(frame: Painted) {
    let mut pulse = lock();
    pulse.painted = Some(frame);
    pulse.frames += 1;
    drop(pulse);
    PAINTED.notify_all();
}

/// The frame painted last.
#[must_use]
pub fn last_painted() -> Option<Painted> {
    lock().painted
}

/// Blocks until a frame has been painted that `is_it`, `timeout` at most. Not for the GUI thread.
pub fn wait_painted(timeout: Duration, is_it: impl Fn(&Painted) -> bool) -> Option<Painted> {
    let start = Instant::now();
    let mut pulse = lock();
    loop {
        if let Some(painted) = pulse.painted.filter(&is_it) {
            return Some(painted);
        }
        let left = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero())?;
        pulse = PAINTED.wait_timeout(pulse, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Keeps all gaps and counts from now on, instead of telling them to the log.
pub fn keep() {
    let mut pulse = lock();
    (pulse.is_kept, pulse.frames) = (true, 0);
    pulse.lates.clear();
    pulse.last = None;
}

/// The gaps between beats, in milliseconds, and the number of frames since [`keep`].
#[must_use]
pub fn taken() -> (Vec<f64>, u64) {
    let mut pulse = lock();
    (std::mem::take(&mut pulse.lates), std::mem::take(&mut pulse.frames))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_hears_of_the_frame_it_waits_for_and_of_no_other() {
        let frame = |serial| Painted { at: Instant::now(), serial, version: serial, in_view: 0, size_px: (1, 1) };
        painted(frame(1));
        assert!(wait_painted(Duration::from_millis(1), |painted| painted.serial > 1).is_none());
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| wait_painted(Duration::from_secs(20), |painted| painted.serial > 1));
            painted(frame(2));
            assert_eq!(waiter.join().unwrap().map(|painted| painted.serial), Some(2));
        });
        keep();
        beat();
        beat();
        assert_eq!(taken().0.len(), 2);
    }
}
