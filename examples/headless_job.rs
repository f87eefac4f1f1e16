//! A job without a window: the worker computes, its items and messages arrive here.
//!
//! `cargo run --no-default-features --example headless_job`
#![allow(clippy::print_stdout, missing_docs, dead_code, reason = "an example; a test includes it as a module")]

use std::time::Duration;

use kymograph::batch::{Batch, Item, Notice, Progress, SeriesId};
use kymograph::job::{JobHandle, JobSpec, mailbox};
use kymograph::say;

pub fn run() -> Result<String, Box<dyn std::error::Error>> {
    let spec = JobSpec::from_fn("newton", |out| {
        let mut x = 2.0_f64;
        for step in 1..=6_u32 {
            x -= (x * x - 2.0) / (2.0 * x);
            out.send(Item::Append(Batch::point(SeriesId(0), out.stamp_nanos(), f64::from(step), x)))?;
            say!(out, "step {step}: {x:.15}")?;
            out.progress(Progress::Steps { done: step.into(), total: 6 });
            out.sleep(Duration::from_millis(20))?;
        }
        Ok(format!("the square root of 2 is {x:.12}"))
    });
    let (sender, mut notices) = mailbox();
    let job = JobHandle::start(spec, Box::new(()), sender)?;
    while !job.is_ended() || notices.wait(Duration::ZERO) {
        notices.wait(Duration::from_millis(100));
        notices.drain(Duration::from_millis(4), |notice| {
            if let Notice::Message(line) = notice {
                println!("{:9.5}  {:8}  {}", line.time_secs, line.pane, line.text);
            }
        });
    }
    Ok(job.wait(Duration::ZERO).ok_or("the job has not ended")??.summary)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", run()?);
    Ok(())
}
