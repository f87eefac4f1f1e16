//! Jobs that are recorded and opened again, through the whole pipeline but the window.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may panic")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kymograph::app::job_view::JobView;
use kymograph::app::launch::Recording;
use kymograph::app::pane_log::PaneLog;
use kymograph::app::pipeline::{self, JobKind, StartOptions};
use kymograph::batch::{Batch, Item, Notice, Pane, SeriesId, SeriesInfo, State, Xs};
use kymograph::figure::{Figure, SeriesStyle, Subplot, moment};
use kymograph::job::{Drain, JobSpec, mailbox};
use kymograph::record::{Body, DataDir, LogReader, RunEntry, RunState};
use kymograph::say;
use kymograph::source::sine::SineOptions;
use kymograph::store::{SeriesSnapshot, Snapshot, SnapshotSlot};

const LIMIT: Duration = Duration::from_secs(60);

fn options(dir: &Path) -> StartOptions {
    StartOptions { recording: Recording::Into(dir.to_owned()), ..StartOptions::default() }
}

/// All notices to the end of the job.
fn to_the_end(drain: &mut Drain) -> Vec<Notice> {
    let (start, mut notices) = (Instant::now(), Vec::new());
    while !notices.iter().any(|n| matches!(n, Notice::Finished(_) | Notice::Failed(_))) {
        assert!(start.elapsed() < LIMIT, "no end: {notices:?}");
        drain.wait(Duration::from_millis(20));
        drain.drain(Duration::from_millis(50), |notice| notices.push(notice));
    }
    notices
}

fn lines(notices: &[Notice], pane: Pane) -> Vec<String> {
    let messages = notices.iter().filter_map(|notice| match notice {
        Notice::Message(message) if message.pane == pane => Some(message.text.clone()),
        _ => None,
    });
    messages.collect()
}

/// A job that counts: sample `i` of a batch of `len` is its own number.
fn ledger(batches: u64, len: usize, pause: Duration) -> JobKind {
    JobKind::custom("ledger", move || {
        JobSpec::from_fn("ledger", move |out| {
            out.send(Item::Declare(SeriesInfo {
                id: SeriesId(0),
                name: "number".to_owned(),
                x_label: "n".to_owned(),
                x_is_time: false,
                color: None,
            }))?;
            for batch in 0..batches {
                let first = batch * len as u64;
                let y: Vec<f64> = (first..first + len as u64).map(|i| i as f64).collect();
                let x = Xs::Explicit(y.iter().map(|y| y * 0.5).collect());
                out.send(Item::Append(Batch::new(SeriesId(0), 7, x, y).expect("equal lengths")))?;
                if batch % 100 == 0 {
                    say!(out, "batch {batch}")?;
                }
                if !pause.is_zero() {
                    out.sleep(pause)?;
                }
            }
            Ok("counted")
        })
    })
}

fn samples(snapshot: &Snapshot) -> Vec<(f64, f64)> {
    let mut all = Vec::new();
    for series in snapshot.series.iter() {
        series.for_each(0..series.len(), |x, y| all.push((x, y)));
    }
    all
}

fn only_run(dir: &Path) -> RunEntry {
    let runs = DataDir::new(dir).list().unwrap();
    assert_eq!(runs.len(), 1);
    runs.into_iter().next().unwrap()
}

fn open(run: RunEntry) -> (SnapshotSlot, Vec<Notice>) {
    let data = SnapshotSlot::new();
    let (mailbox, mut drain) = mailbox();
    let running = pipeline::start(&JobKind::Recorded(vec![run]), &data, mailbox, StartOptions::default()).unwrap();
    let notices = to_the_end(&mut drain);
    drop(running);
    (data, notices)
}

fn assert_is_ledger(samples: &[(f64, f64)], count: usize) {
    assert_eq!(samples.len(), count);
    let wrong = samples.iter().enumerate().find(|(i, sample)| **sample != (*i as f64 * 0.5, *i as f64));
    assert_eq!(wrong, None, "every sample once and in order");
}

#[test]
fn a_job_is_recorded_and_shown_again_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let data = SnapshotSlot::new();
    let (mailbox, mut drain) = mailbox();
    let sine = SineOptions { worker_ms: 1, receiver_ms: 1, ..SineOptions::default() };
    let running = pipeline::start(&JobKind::Sine(sine), &data, mailbox, options(dir.path())).unwrap();
    let live = to_the_end(&mut drain);
    assert!(running.run_path().unwrap().starts_with(dir.path()));
    drop(running);

    let run = only_run(dir.path());
    let meta = run.meta.clone().unwrap();
    assert_eq!((run.state, meta.name.as_str(), meta.kind.as_str()), (RunState::Finished, "sine", "sine"));
    let (again, notices) = open(run);
    assert_eq!(samples(&again.latest()), samples(&data.latest()));
    assert_eq!(again.latest().series.first().unwrap().info, data.latest().series.first().unwrap().info);
    for pane in Pane::ALL {
        assert_eq!(lines(&notices, pane), lines(&live, pane), "{pane}");
    }
    assert!(notices.contains(&Notice::Job(State::Finished)));
    assert!(notices.iter().any(|notice| matches!(notice, Notice::Took(time) if *time > Duration::ZERO)));
}

#[test]
fn samples_leave_memory_and_the_figure_does_not_notice() {
    let dir = tempfile::tempdir().unwrap();
    let data = SnapshotSlot::new();
    let (mailbox, mut drain) = mailbox();
    // 32 MB of samples with room for one, in batches of both kinds: large ones from the log, small ones spilled. The large
    // ones come no faster than a busy machine's disk takes them, since what waits for the log must stay in memory.
    for (batches, len, pause_ms) in [(1000, 2000, 2), (40_000, 50, 0)] {
        let options = StartOptions { budget_bytes: Some(1 << 20), ..options(dir.path()) };
        let (mailbox, data) = (mailbox.clone(), data.clone());
        let running =
            pipeline::start(&ledger(batches, len, Duration::from_millis(pause_ms)), &data, mailbox, options).unwrap();
        to_the_end(&mut drain);
        let latest = data.latest();
        let held: usize = latest.series.iter().map(SeriesSnapshot::bytes).sum();
        assert!(held < 12 << 20, "{held} bytes are held");
        assert_is_ledger(&samples(&latest), batches as usize * len);
        drop(running);
    }
}

#[test]
fn a_run_is_opened_from_its_cache_and_a_stale_cache_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let (mailbox, mut drain) = mailbox();
    let data = SnapshotSlot::new();
    let running = pipeline::start(&ledger(1200, 1000, Duration::ZERO), &data, mailbox, options(dir.path())).unwrap();
    to_the_end(&mut drain);
    drop(running);
    let run = only_run(dir.path());
    let cache = run.path.join("pyramid.cache");
    assert_is_ledger(&samples(&open(run.clone()).0.latest()), 1_200_000);
    let size = cache.metadata().unwrap().len();
    assert!(size < 4 << 20, "samples of the log are not written again: {size} bytes");
    assert_is_ledger(&samples(&open(run.clone()).0.latest()), 1_200_000);
    // A cache of another log, and one that is damaged.
    for spoil in [|bytes: &mut Vec<u8>| bytes[16] ^= 1, |bytes: &mut Vec<u8>| bytes[200] ^= 1] {
        let mut bytes = std::fs::read(&cache).unwrap();
        spoil(&mut bytes);
        std::fs::write(&cache, &bytes).unwrap();
        assert_is_ledger(&samples(&open(run.clone()).0.latest()), 1_200_000);
    }
}

#[test]
fn flow_gui_blocked_at_full_rate_is_recorded_whole_with_one_wake_up() {
    let dir = tempfile::tempdir().unwrap();
    let (mailbox, mut drain) = mailbox();
    let wakes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&wakes);
    drain.set_wake(Arc::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
    }));
    let data = SnapshotSlot::new();
    // 10,000 samples a second for three seconds, one by one as from a device; nobody reads the mailbox.
    let kind = ledger(300, 100, Duration::from_millis(10));
    let running = pipeline::start(&kind, &data, mailbox, options(dir.path())).unwrap();
    let start = Instant::now();
    while samples(&data.latest()).len() < 30_000 {
        assert!(start.elapsed() < LIMIT);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(start.elapsed() < Duration::from_secs(20), "the job was held up: {:?}", start.elapsed());
    assert_eq!(wakes.load(Ordering::SeqCst), 1, "one wake-up waits for the blocked thread");
    let blocked = Instant::now();
    to_the_end(&mut drain);
    assert!(blocked.elapsed() < Duration::from_secs(2), "caught up");
    drop(running);
    assert_is_ledger(&samples(&open(only_run(dir.path())).0.latest()), 30_000);
}

#[test]
fn read_only_or_missing_places_are_said_and_the_job_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    // A file where the directory should be: refused for every user, root included.
    let place = dir.path().join("taken");
    std::fs::write(&place, "").unwrap();
    std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o400)).unwrap();
    let (mailbox, mut drain) = mailbox();
    let data = SnapshotSlot::new();
    let running = pipeline::start(&ledger(10, 10, Duration::ZERO), &data, mailbox, options(&place)).unwrap();
    let mut notices = to_the_end(&mut drain);
    assert_eq!(running.run_path(), None);
    drop(running);
    drain.drain(LIMIT, |notice| notices.push(notice));
    assert!(
        notices
            .iter()
            .any(|notice| matches!(notice, Notice::Recording(Some(trouble)) if trouble.cause.contains("taken")))
    );
    assert!(lines(&notices, Pane::Control).iter().any(|line| line.contains("not recorded")), "{notices:?}");
    assert_is_ledger(&samples(&data.latest()), 100);
}

#[test]
fn a_stopped_job_is_a_stopped_run_with_everything_that_was_stored() {
    let dir = tempfile::tempdir().unwrap();
    let (mailbox, mut drain) = mailbox();
    let data = SnapshotSlot::new();
    let kind = ledger(u64::MAX / 1000, 100, Duration::from_millis(1));
    let running = pipeline::start(&kind, &data, mailbox, options(dir.path())).unwrap();
    while data.latest().series.first().is_none_or(|series| series.len() < 5000) {
        std::thread::sleep(Duration::from_millis(5));
    }
    running.stop();
    to_the_end(&mut drain);
    drop(running);
    let run = only_run(dir.path());
    assert_eq!(run.state, RunState::Stopped);
    let mut recorded = 0;
    for entry in LogReader::open(&run.log_path()).unwrap() {
        if let Body::Item(Item::Append(batch)) = entry.body {
            recorded += batch.len();
        }
    }
    assert_eq!(recorded, samples(&data.latest()).len());
}

#[test]
fn disk_full_or_read_only_at_the_start_is_recorded_whole_as_soon_as_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("taken");
    std::fs::write(&place, "").unwrap();
    let (mailbox, mut drain) = mailbox();
    let data = SnapshotSlot::new();
    let kind = ledger(300, 10, Duration::from_millis(10));
    let running = pipeline::start(&kind, &data, mailbox, options(&place)).unwrap();
    let mut notices = Vec::new();
    let start = Instant::now();
    while !notices.iter().any(|notice| matches!(notice, Notice::Recording(Some(_)))) {
        assert!(start.elapsed() < LIMIT);
        drain.wait(Duration::from_millis(20));
        drain.drain(LIMIT, |notice| notices.push(notice));
    }
    std::fs::remove_file(&place).unwrap();
    notices.extend(to_the_end(&mut drain));
    assert!(notices.contains(&Notice::Recording(None)), "it is said that recording goes on");
    drop(running);
    assert_is_ledger(&samples(&open(only_run(&place)).0.latest()), 3000);
}

#[test]
fn text_and_samples_of_a_run_that_is_opened_again_are_linked_by_time() {
    let dir = tempfile::tempdir().unwrap();
    let data = SnapshotSlot::new();
    let (mailbox, mut drain) = mailbox();
    let kind = JobKind::custom("epochs", || {
        JobSpec::from_fn("epochs", |out| {
            for epoch in 0..8_u32 {
                say!(out, "epoch {epoch}")?;
                let x = f64::from(epoch) * 10.0;
                let stamp_nanos = out.stamp_nanos();
                out.send(Item::Append(Batch::point(SeriesId(0), stamp_nanos, x, 0.5)))?;
                out.sleep(Duration::from_millis(200))?;
            }
            Ok("trained")
        })
    });
    let running = pipeline::start(&kind, &data, mailbox, options(dir.path())).unwrap();
    let begun = Instant::now();
    while data.latest().series.is_empty() || DataDir::new(dir.path()).list().unwrap().is_empty() {
        assert!(begun.elapsed() < LIMIT, "the run does not begin");
        drain.wait(Duration::from_millis(20));
    }
    // Another one looks on meanwhile.
    let (other, mut other_drain) = kymograph::job::mailbox();
    let live = JobKind::of_runs(vec![only_run(dir.path())]);
    assert!(matches!(live, JobKind::Live(_)));
    let looking = pipeline::start(&live, &SnapshotSlot::new(), other, StartOptions::default()).unwrap();
    to_the_end(&mut drain);
    drop(running);
    let mut looked = JobView::started_now();
    to_the_end(&mut other_drain).iter().for_each(|notice| _ = looked.apply(notice));
    drop(looking);
    let (again, notices) = open(only_run(dir.path()));
    let mut view = JobView::started_now();
    let mut log = PaneLog::default();
    for notice in &notices {
        view.apply(notice);
        match notice {
            Notice::Message(message) if message.pane == Pane::Receiver => log.push(message.clone()),
            _ => {}
        }
    }
    assert!(view.started_nanos.is_some() && looked.started_nanos == view.started_nanos, "both read one log");
    let snapshot = again.latest();
    let series = snapshot.series.first().unwrap();
    let rows: Vec<u64> =
        (0..log.end_number()).filter(|row| log.line(*row).unwrap().text.starts_with("epoch")).collect();
    assert_eq!(rows.len(), 8);
    for (epoch, row) in (0_u32..).zip(rows) {
        let x = f64::from(epoch) * 10.0;
        let nanos = view.nanos_at(log.time_of(row).unwrap()).unwrap();
        assert_eq!(moment::places(&figure_of(series), &snapshot, nanos), [Some(x)], "from the text to the figure");
        let back = log.row_near(view.secs_at(series.nanos_at_x(x).unwrap()).unwrap());
        assert_eq!(back, Some(row), "and from the figure to the text");
    }
}

/// A figure of that series alone.
fn figure_of(series: &SeriesSnapshot) -> Figure {
    let subplot = Subplot { series: vec![SeriesStyle::new(series.info.id)], ..Subplot::default() };
    Figure { subplots: vec![subplot], ..Figure::default() }
}
