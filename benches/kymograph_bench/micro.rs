//! The stages without a window: samples into the store, samples into the log, a log opened again.

use std::path::Path;
use std::time::{Duration, Instant};

use kymograph::app::launch::Recording;
use kymograph::app::pipeline::{self, JobKind, StartOptions};
use kymograph::batch::{Batch, Column, Item, Notice, SeriesId, SeriesInfo, Xs};
use kymograph::job::{JobSpec, Mailbox, mailbox};
use kymograph::record::DataDir;
use kymograph::store::{SnapshotSlot, Store};

use crate::report::{Report, rss_mb};
use crate::signal::{xs, ys};
use crate::{Args, Workload};

/// Points in a batch.
const BATCH: usize = 1000;
/// Longest wait for a run to be written or read.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs the case and says what it found.
pub fn run(args: &Args, data_dir: &Path) -> Result<Report, Box<dyn std::error::Error>> {
    let mut report = Report::new(args);
    match args.workload {
        Workload::Store => store(args, &mut report)?,
        Workload::Log => log(args, data_dir, &mut report)?,
        _ => open(args, data_dir, &mut report)?,
    }
    report.number("rss_mb", rss_mb());
    Ok(report)
}

/// The values of all batches: made beforehand, so that the making is not measured.
fn batches(count: usize) -> impl Iterator<Item = Result<Batch, Box<dyn std::error::Error>>> {
    let y = ys(BATCH, 0.0, 1);
    (0..count.div_ceil(BATCH))
        .map(move |i| Ok(Batch::new(SeriesId(0), 0, Xs::Explicit(xs(i * BATCH, BATCH).into()), y.clone())?))
}

fn store(args: &Args, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let mut store = Store::default();
    let mut spent = Duration::ZERO;
    // In groups, as the receiver takes them; a snapshot after each, as the figures do.
    let mut group = Vec::with_capacity(256);
    for batch in batches(args.n) {
        group.push(batch?);
        if group.len() == 256 {
            spent += take(&mut store, &mut group);
        }
    }
    spent += take(&mut store, &mut group);
    report.count("samples_stored", Some(store.samples() as u64));
    report.number("samples_per_s", Some(store.samples() as f64 / spent.as_secs_f64()));
    report.number("bytes_per_sample", Some(store.bytes() as f64 / store.samples().max(1) as f64));
    Ok(())
}

fn take(store: &mut Store, group: &mut Vec<Batch>) -> Duration {
    let begun = Instant::now();
    for batch in group.drain(..) {
        store.append(batch);
    }
    let snapshot = store.snapshot();
    let spent = begun.elapsed();
    drop(snapshot);
    spent
}

/// A job that sends the samples, recorded, without a window.
fn log(args: &Args, data_dir: &Path, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let count = args.n;
    let kind = JobKind::custom("bench", move || {
        JobSpec::from_fn("bench", move |out| {
            out.send(Item::Declare(SeriesInfo {
                id: SeriesId(0),
                name: "curve".to_owned(),
                x_label: "x".to_owned(),
                x_is_time: false,
                color: None,
            }))?;
            let y = Column::from(ys(BATCH, 0.0, 1));
            for i in 0..count.div_ceil(BATCH) {
                let batch = Batch::new(SeriesId(0), 0, Xs::Explicit(xs(i * BATCH, BATCH).into()), y.clone());
                out.send(Item::Append(
                    batch.map_err(|error| kymograph::source::SourceError::Failed(error.to_string()))?,
                ))?;
            }
            Ok(())
        })
    });
    let data = SnapshotSlot::new();
    let (mailbox, mut drain) = mailbox();
    let begun = Instant::now();
    let options = StartOptions { recording: Recording::Into(data_dir.to_owned()), ..StartOptions::default() };
    let running = pipeline::start(&kind, &data, mailbox, options)?;
    let mut is_over = false;
    while !is_over {
        drain.wait(Duration::from_millis(20));
        drain.drain(Duration::from_millis(20), |notice| {
            is_over |= matches!(notice, Notice::Finished(_) | Notice::Failed(_))
        });
    }
    let stored = begun.elapsed();
    // Waits until all is on disk.
    drop(running);
    let recorded = begun.elapsed();
    let bytes: u64 = DataDir::new(data_dir).list()?.iter().map(|run| run.log_bytes).sum();
    report.number("stored_s", Some(stored.as_secs_f64()));
    report.number("recorded_s", Some(recorded.as_secs_f64()));
    report.number("log_mb", Some(bytes as f64 / 1e6));
    report.number("log_mb_per_s", Some(bytes as f64 / 1e6 / recorded.as_secs_f64()));
    Ok(())
}

/// A run of N points opened without a cache and with one.
fn open(args: &Args, data_dir: &Path, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    log(args, data_dir, &mut Report::new(args))?;
    let first = opened(args.n, data_dir)?;
    report.number("open_first_ms", Some(first.as_secs_f64() * 1e3));
    let cached = opened(args.n, data_dir)?;
    report.number("open_cached_ms", Some(cached.as_secs_f64() * 1e3));
    Ok(())
}

/// How long it takes until all points of the newest run can be drawn; then waits for the end of the opening.
fn opened(count: usize, data_dir: &Path) -> Result<Duration, Box<dyn std::error::Error>> {
    let runs = DataDir::new(data_dir).list()?.into_iter().take(1).collect();
    let data = SnapshotSlot::new();
    let (mailbox, mut drain): (Mailbox, _) = mailbox();
    let begun = Instant::now();
    let running = pipeline::start(&JobKind::Recorded(runs), &data, mailbox, StartOptions::default())?;
    let (mut is_over, mut shown) = (false, None);
    while !is_over && begun.elapsed() < LIMIT {
        drain.wait(Duration::from_millis(1));
        drain.drain(Duration::from_millis(20), |notice| {
            is_over |= matches!(notice, Notice::Finished(_) | Notice::Failed(_))
        });
        let samples: usize = data.latest().series.iter().map(|series| series.len()).sum();
        if samples >= count && shown.is_none() {
            shown = Some(begun.elapsed());
        }
    }
    drop(running);
    shown.ok_or_else(|| "the run was not read whole".into())
}
