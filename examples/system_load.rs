//! A polling job: reads the system's load at a fixed rate, without drift.
//!
//! `cargo run --no-default-features --example system_load -- [TICKS [INTERVAL_MS]]`
#![allow(clippy::print_stdout, missing_docs, dead_code, reason = "an example; a test includes it as a module")]

use std::time::Duration;

use kymograph::batch::{Batch, Item, SeriesId, SeriesInfo};
use kymograph::job::{JobHandle, JobSpec, Mailbox, Polling, Sink};
use kymograph::source::SourceError;

/// Prints each value as it comes.
struct Print;

impl Sink for Print {
    fn item(&mut self, item: Item) {
        if let Item::Append(batch) = item
            && let kymograph::batch::Xs::Explicit(x) = batch.x()
        {
            x.iter().zip(batch.y()).for_each(|(secs, load)| println!("{secs:6.2} s  load {load:.2}"));
        }
    }
}

fn read_load() -> Result<f64, SourceError> {
    let path = "/proc/loadavg";
    let text = std::fs::read_to_string(path)
        .map_err(|source| SourceError::Io { context: format!("could not read {path}"), source })?;
    let first = text.split_ascii_whitespace().next().and_then(|word| word.parse().ok());
    first.ok_or_else(|| SourceError::Failed(format!("{path} does not begin with a number")))
}

pub fn run(ticks: u64, interval: Duration) -> Result<String, Box<dyn std::error::Error>> {
    let load = SeriesId(0);
    let polling = Polling::new(interval, move |out, tick| {
        if tick.index == 0 {
            let (name, x_label) = ("load".to_owned(), "seconds".to_owned());
            out.send(Item::Declare(SeriesInfo { id: load, name, x_label, x_is_time: false, color: None }))?;
        }
        let batch = Batch::point(load, out.stamp_nanos(), tick.due.as_secs_f64(), read_load()?);
        Ok(out.send(Item::Append(batch))?)
    });
    let spec = JobSpec::new("load", polling.with_ticks(ticks));
    let job = JobHandle::start(spec, Box::new(Print), Mailbox::discard())?;
    // Ctrl+C ends the program; `job.stop()` would end the job in order.
    loop {
        if let Some(result) = job.wait(Duration::from_secs(1)) {
            return Ok(result?.summary);
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let ticks = args.next().map_or(Ok(5), |ticks| ticks.parse())?;
    let interval_ms = args.next().map_or(Ok(500), |ms| ms.parse())?;
    println!("{}", run(ticks, Duration::from_millis(interval_ms))?);
    Ok(())
}
