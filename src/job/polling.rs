//! Jobs that look at something every so often: ticks at fixed times since the start, without drift.

use std::time::Duration;

use crate::batch::Outcome;
use crate::source::{Outlet, Source, SourceError};

/// One call of a polling job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Counts the ticks, from 0, those that were skipped included.
    pub index: u64,
    /// When it was due, since the start of the job, without the time spent paused.
    pub due: Duration,
    /// Ticks skipped so far because the one before took too long.
    pub skipped: u64,
}

/// A source that calls a closure every `interval`: at 0, 1, 2, … intervals after its start, however long each call
/// takes. Ticks that are over before they could be made are skipped and counted; no burst follows. A pause puts the
/// following ticks off and is not counted.
pub struct Polling<F> {
    interval: Duration,
    ticks: u64,
    poll: F,
}

impl<F> Polling<F>
where
    F: FnMut(&mut dyn Outlet, Tick) -> Result<(), SourceError> + Send,
{
    /// Polls every `interval`, 1 ns at least, until the job is stopped.
    pub fn new(interval: Duration, poll: F) -> Self {
        Self { interval: interval.max(Duration::from_nanos(1)), ticks: 0, poll }
    }

    /// Ends after that many ticks, skipped ones included; 0 = endless.
    #[must_use]
    pub fn with_ticks(mut self, ticks: u64) -> Self {
        self.ticks = ticks;
        self
    }
}

impl<F> Source for Polling<F>
where
    F: FnMut(&mut dyn Outlet, Tick) -> Result<(), SourceError> + Send,
{
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        let start = out.elapsed();
        let mut held = Duration::ZERO;
        let (mut index, mut skipped) = (0_u64, 0_u64);
        while self.ticks == 0 || index < self.ticks {
            let before = out.elapsed();
            out.checkpoint()?;
            held += out.elapsed().saturating_sub(before);
            let since_start = || out.elapsed().saturating_sub(start).saturating_sub(held);
            let late = since_start().saturating_sub(self.due(index));
            let missed = u64::try_from(late.as_nanos() / self.interval.as_nanos()).unwrap_or(u64::MAX);
            if missed > 0 {
                let missed = if self.ticks == 0 { missed } else { missed.min(self.ticks - index) };
                index = index.saturating_add(missed);
                skipped = skipped.saturating_add(missed);
                continue;
            }
            let wait = self.due(index).saturating_sub(since_start());
            out.sleep(wait)?;
            let tick = Tick { index, due: self.due(index), skipped };
            (self.poll)(out, tick)?;
            index += 1;
        }
        let summary = match skipped {
            0 => format!("{index} ticks"),
            _ => format!("{index} ticks, {skipped} of them skipped"),
        };
        Ok(Outcome { summary, ..Outcome::default() })
    }
}

impl<F> Polling<F> {
    fn due(&self, index: u64) -> Duration {
        let nanos = self.interval.as_nanos().saturating_mul(u128::from(index));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}
