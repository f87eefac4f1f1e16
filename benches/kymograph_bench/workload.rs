//! The workloads, driven from the worker's thread of an ordinary job.

use std::time::{Duration, Instant};

use kymograph::app::pulse;
use kymograph::batch::{Batch, Column, Item, SeriesId, SeriesInfo, Xs};
use kymograph::bridge::bench;
use kymograph::source::{Outlet, SourceError};

use crate::report::{Report, percentile, rss_mb};
use crate::signal::{Noise, STEP, xs, ys};
use crate::{Args, Workload, allocations};

const CURVE: SeriesId = SeriesId(0);
/// Points in a batch.
const BATCH: usize = 1000;
/// Longest wait for one frame.
const FRAME_LIMIT: Duration = Duration::from_secs(100);

/// Runs the case and says what it found.
pub fn run(args: &Args, out: &mut dyn Outlet) -> Result<Report, SourceError> {
    let mut report = Report::new(args);
    out.send(Item::Declare(SeriesInfo {
        id: CURVE,
        name: "curve".to_owned(),
        x_label: "x".to_owned(),
        x_is_time: false,
        color: Some(kymograph::batch::Color::new(255, 0, 0)),
    }))?;
    match args.workload {
        Workload::W1 => replace(args, out, &mut report)?,
        Workload::W2 => append(args, out, &mut report)?,
        Workload::W3 => stream(args, out, &mut report)?,
        Workload::W4 => start(out, &mut report)?,
        Workload::W5 => look_around(args, out, &mut report)?,
        // Run without a window, in `micro`.
        Workload::Store | Workload::Log | Workload::Open => {}
    }
    let stored = bench::data().map(|data| data.latest().series.iter().map(|series| series.len() as u64).sum());
    report.count("samples_stored", stored);
    report.number("rss_mb", rss_mb());
    Ok(report)
}

/// W1: the curve is replaced by another of N points.
fn replace(args: &Args, out: &mut dyn Outlet, report: &mut Report) -> Result<(), SourceError> {
    let count = if args.n > 1_000_000 { 2 } else { 4 };
    let x = Column::from(xs(0, args.n));
    let curves: Vec<Column> = (0..count).map(|k| ys(args.n, f64::from(k), k as u64 + 1).into()).collect();
    let step = |i: usize| {
        let y = curves.get(i % curves.len()).cloned().unwrap_or_default();
        batch(x.clone(), y).map(|batch| Item::Replace(batch, None))
    };
    measured(args, out, report, 2, step)
}

/// W2: 1000 points are added to N.
fn append(args: &Args, out: &mut dyn Outlet, report: &mut Report) -> Result<(), SourceError> {
    out.send(Item::Append(batch(xs(0, args.n).into(), ys(args.n, 0.0, 1).into())?))?;
    let y = Column::from(ys(BATCH, 0.0, 9));
    let first = args.n;
    let step = |i: usize| batch(xs(first + i * BATCH, BATCH).into(), y.clone()).map(Item::Append);
    measured(args, out, report, 2, step)
}

/// Sends items one after the other, each when the one before is on the screen.
fn measured(
    args: &Args,
    out: &mut dyn Outlet,
    report: &mut Report,
    warm: usize,
    step: impl Fn(usize) -> Result<Item, SourceError>,
) -> Result<(), SourceError> {
    settle(out)?;
    for i in 0..warm {
        until_painted(out, step(i)?)?;
    }
    settle(out)?;
    let (mut ms, mut cpu_ms) = (Vec::with_capacity(args.frames), Vec::with_capacity(args.frames));
    pulse::keep();
    let (begun, allocated) = (Instant::now(), allocations::count());
    while ms.len() < args.frames && (begun.elapsed().as_secs_f64() < args.budget || ms.len() < 3) {
        let item = step(warm + ms.len())?;
        let cpu = cpu_ms_now();
        ms.push(until_painted(out, item)?);
        cpu_ms.push(cpu_ms_now() - cpu);
    }
    finish(report, &ms, &cpu_ms, allocated);
    Ok(())
}

fn finish(report: &mut Report, ms: &[f64], cpu_ms: &[f64], allocated_before: u64) {
    let allocated = allocations::count() - allocated_before;
    let (gaps, painted) = pulse::taken();
    let frames = ms.len().max(1) as f64;
    report.frames(ms, cpu_ms);
    report.number("frame_settled_ms_median", percentile(ms, 0.5));
    report.number("paints_per_frame", Some(painted as f64 / frames));
    report.number("allocations_per_frame", Some(allocated as f64 / frames));
    report.stalls(&gaps, pulse::BEAT.as_secs_f64() * 1e3);
}

/// W3: batches of 1000 points at a rate.
fn stream(args: &Args, out: &mut dyn Outlet, report: &mut Report) -> Result<(), SourceError> {
    out.send(Item::Append(batch(xs(0, BATCH).into(), ys(BATCH, 0.0, 1).into())?))?;
    settle(out)?;
    let mut noise = Noise::new(5);
    let noise: Vec<f64> = (0..BATCH).map(|_| 0.2 * noise.next()).collect();
    pulse::keep();
    let (begun, cpu, allocated) = (Instant::now(), cpu_ms_now(), allocations::count());
    let mut sent = 0_usize;
    while begun.elapsed().as_secs_f64() < args.secs {
        let wait = sent as f64 / args.rate - begun.elapsed().as_secs_f64();
        if wait > 0.0 {
            std::thread::sleep(Duration::from_secs_f64(wait));
            continue;
        }
        let x = xs((1 + sent) * BATCH, BATCH);
        let y: Vec<f64> = x.iter().zip(&noise).map(|(x, noise)| (x * 0.0005).sin() + noise).collect();
        out.send(Item::Append(batch(x.into(), y.into())?))?;
        sent += 1;
    }
    let wall_secs = begun.elapsed().as_secs_f64();
    let rss_at_end = rss_mb();
    let (gaps, painted) = pulse::taken();
    let stored = || bench::data().map_or(0, |data| data.latest().series.iter().map(|s| s.len()).sum::<usize>());
    let delivered = (stored() / BATCH).saturating_sub(1);
    report.text("mode", if args.mode == crate::Mode::Timer { "timer" } else { "each" });
    report.number("rate", Some(args.rate));
    report.number("wall_s", Some(wall_secs));
    report.number("cpu_s", Some((cpu_ms_now() - cpu) / 1e3));
    report.number("batches_asked", Some(args.rate * args.secs));
    report.count("batches_emitted", Some(sent as u64));
    report.count("batches_delivered", Some(delivered as u64));
    report.count("batches_backlog_at_end", Some(sent.saturating_sub(delivered) as u64));
    report.number("redraws_per_s", Some(painted as f64 / wall_secs));
    report.number("allocations_per_frame", Some((allocations::count() - allocated) as f64 / painted.max(1) as f64));
    report.number("rss_at_20s_mb", rss_at_end);
    report.stalls(&gaps, pulse::BEAT.as_secs_f64() * 1e3);
    let all = (sent + 1) * BATCH;
    let limit = Instant::now() + FRAME_LIMIT;
    while stored() < all && Instant::now() < limit {
        std::thread::sleep(Duration::from_millis(5));
    }
    report.count("points_at_end", Some(stored() as u64));
    Ok(())
}

/// W4: the first frame with 1000 points.
fn start(out: &mut dyn Outlet, report: &mut Report) -> Result<(), SourceError> {
    out.send(Item::Append(batch(xs(0, BATCH).into(), ys(BATCH, 0.0, 1).into())?))?;
    let painted = pulse::wait_painted(FRAME_LIMIT, |painted| painted.in_view as usize >= BATCH).ok_or_else(late)?;
    // The clock of the runner is that of the system since boot, as is ours.
    let since = |at: Instant| monotonic_nanos() - at.elapsed().as_nanos() as f64;
    let begun = std::env::var("PEER_T0_NS").ok().and_then(|nanos| nanos.parse::<f64>().ok());
    report.number("start_ms", begun.map(|begun| (since(painted.at) - begun) / 1e6));
    Ok(())
}

/// W5: 50 pans of a tenth of the range, then 50 zooms from all to a ten-thousandth.
fn look_around(args: &Args, out: &mut dyn Outlet, report: &mut Report) -> Result<(), SourceError> {
    out.send(Item::Append(batch(xs(0, args.n).into(), ys(args.n, 0.0, 1).into())?))?;
    settle(out)?;
    let full = (args.n - 1) as f64 * STEP;
    let pans = (0..50).map(|k| f64::from(k) / 50.0 * 0.9 * full).map(|left| (left, left + 0.1 * full));
    let zooms = (0..50).map(|k| 0.5 * full * 10_f64.powf(-4.0 * f64::from(k) / 49.0));
    let views: Vec<(f64, f64)> = pans.chain(zooms.map(|half| (0.5 * full - half, 0.5 * full + half))).collect();
    let (mut ms, mut cpu_ms) = (Vec::with_capacity(views.len()), Vec::with_capacity(views.len()));
    pulse::keep();
    let allocated = allocations::count();
    for view in views {
        let before = pulse::last_painted().map_or(0, |painted| painted.serial);
        let (begun, cpu) = (Instant::now(), cpu_ms_now());
        bench::show(view, (-2.0, 2.0));
        let painted = pulse::wait_painted(FRAME_LIMIT, |painted| painted.serial > before).ok_or_else(late)?;
        ms.push((painted.at - begun).as_secs_f64() * 1e3);
        cpu_ms.push(cpu_ms_now() - cpu);
    }
    finish(report, &ms, &cpu_ms, allocated);
    Ok(())
}

fn batch(x: Column, y: Column) -> Result<Batch, SourceError> {
    Batch::new(CURVE, 0, Xs::Explicit(x), y).map_err(|error| SourceError::Failed(error.to_string()))
}

/// Sends `item` and waits until it is on the screen; returns how long that took, in milliseconds.
fn until_painted(out: &mut dyn Outlet, item: Item) -> Result<f64, SourceError> {
    let before = pulse::last_painted().map_or(0, |painted| painted.version);
    let begun = Instant::now();
    out.send(item)?;
    let painted = pulse::wait_painted(FRAME_LIMIT, |painted| painted.version > before).ok_or_else(late)?;
    Ok((painted.at - begun).as_secs_f64() * 1e3)
}

/// Waits until a frame is there and no further one has come for a while.
fn settle(out: &mut dyn Outlet) -> Result<(), SourceError> {
    let mut before = None;
    loop {
        out.sleep(Duration::from_millis(150))?;
        let last = pulse::last_painted().map(|painted| painted.serial);
        if last.is_some() && last == before {
            return Ok(());
        }
        before = last;
    }
}

fn late() -> SourceError {
    SourceError::Failed(format!("no frame within {FRAME_LIMIT:?}"))
}

fn cpu_ms_now() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn monotonic_nanos() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}
