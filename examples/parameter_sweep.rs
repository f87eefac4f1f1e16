//! A parameter sweep: one job for each value, as many at once as there are processors, the rest waits in order.
//!
//! `cargo run --no-default-features --example parameter_sweep`
#![allow(clippy::print_stdout, missing_docs, dead_code, reason = "an example; a test includes it as a module")]

use std::sync::{Arc, Mutex};
use std::thread::available_parallelism;
use std::time::Duration;

use kymograph::batch::{Batch, Item, SeriesId};
use kymograph::job::{JobSpec, Mailbox, Pool, Sink};

/// One row of the result: the parameter of the logistic map, and the values on which it settles.
pub type Row = (f64, Vec<f64>);

/// Collects the values of one job.
struct Collect(Arc<Mutex<Vec<f64>>>);

impl Sink for Collect {
    fn item(&mut self, item: Item) {
        if let (Item::Append(batch), Ok(mut values)) = (item, self.0.lock()) {
            values.extend_from_slice(batch.y());
        }
    }
}

/// Where does x → r·x·(1 − x) settle?
fn logistic(r: f64) -> JobSpec {
    JobSpec::from_fn(format!("r={r:.2}"), move |out| {
        let mut x = 0.5;
        for step in 0..20_000_u32 {
            x *= r * (1.0 - x);
            if step % 1000 == 0 {
                out.checkpoint()?;
            }
        }
        for step in 0..8 {
            x *= r * (1.0 - x);
            out.send(Item::Append(Batch::point(SeriesId(0), out.stamp_nanos(), f64::from(step), x)))?;
        }
        Ok(())
    })
}

pub fn run(count: u32) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let pool = Pool::new(available_parallelism()?.get());
    let mut jobs = Vec::new();
    for i in 0..count {
        let r = 2.8 + 1.2 * f64::from(i) / f64::from(count);
        let values = Arc::new(Mutex::new(Vec::new()));
        let job = pool.submit(logistic(r), Box::new(Collect(Arc::clone(&values))), Mailbox::discard())?;
        jobs.push((r, job, values));
    }
    let mut rows = Vec::new();
    for (r, job, values) in jobs {
        job.wait(Duration::from_secs(60)).ok_or("a job takes too long")??;
        rows.push((r, values.lock().map_err(|error| error.to_string())?.clone()));
    }
    Ok(rows)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for (r, values) in run(24)? {
        let values: Vec<String> = values.iter().map(|x| format!("{x:.4}")).collect();
        println!("r = {r:.2}:  {}", values.join("  "));
    }
    Ok(())
}
