//! Panics, errors, deaf threads, limits, and 500 starts and stops with a census of threads and descriptors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]
#![allow(clippy::print_stdout, reason = "a test says what it measured, and a panic is its report")]

mod job_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use job_support::{LONG, all, census, entry, expect_census, job_states, lines, pane, run, start, states, until};
use kymograph::batch::{Item, Level, Message, Notice, Outcome, Pane, Role, State};
use kymograph::job::{
    Clock, FakeClock, JobHandle, JobSpec, Limits, Mailbox, ReceiverPlan, Sink, end_all, mailbox, sine, spawn_detached,
};
use kymograph::say;
use kymograph::source::sine::SineOptions;
use kymograph::source::{Outlet, Refine, RefineOutlet, Remote, Source, SourceError, Stopped};

/// Twenty entries, 10 ms apart; panics before number `at`.
fn panicking(at: u64) -> JobSpec {
    JobSpec::from_fn("bad", move |out| {
        for number in 0..20 {
            assert!(number != at, "no more paper in iteration {number}");
            out.send(entry(number))?;
            out.sleep(Duration::from_millis(10))?;
        }
        Ok(())
    })
    .with_clock(FakeClock::new())
}

struct PanickingRefine {
    at: u64,
    seen: u64,
}

impl Refine for PanickingRefine {
    fn item(&mut self, item: Item, out: &mut dyn RefineOutlet) {
        assert!(self.seen != self.at, "cannot refine item {}", self.seen);
        self.seen += 1;
        out.emit(item);
    }
}

#[test]
fn worker_panic_at_any_point_fails_the_job_and_keeps_what_was_sent() {
    for at in [0, 10, 19] {
        let run = run(panicking(at));
        let text = run.result.unwrap_err().text;
        assert!(
            text.starts_with(&format!("worker panicked: no more paper in iteration {at} (at tests/job_faults.rs:"))
        );
        assert_eq!(run.keeper.ledger().len() as u64, at, "nothing that was sent is lost");
        assert_eq!(states(&run.notices, Role::Worker), [State::Running, State::Failed]);
        assert_eq!(states(&run.notices, Role::Receiver), [State::Running, State::Finished]);
        assert_eq!(job_states(&run.notices), [State::Running, State::Failed]);
        assert_eq!(run.notices.last(), Some(&Notice::Failed(text.into())));
        let faults: Vec<&Message> =
            lines(&run.notices, Pane::Control).into_iter().filter(|line| line.text.starts_with("Fault:")).collect();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].level, Level::Error);
        assert!(faults[0].text.contains("worker:bad ended while it was still marked running: panicked: no more paper"));
    }
    // A start after it works.
    let run = run(panicking(99));
    assert_eq!(run.keeper.ledger().len(), 20);
    run.result.unwrap();
}

#[test]
fn worker_panic_in_the_receiver_stops_the_worker() {
    for at in [0, 10, 19] {
        let spec = panicking(99).with_refine(PanickingRefine { at, seen: 0 });
        let run = run(spec);
        let text = run.result.unwrap_err().text;
        assert!(text.starts_with(&format!("receiver panicked: cannot refine item {at} (at ")), "{text}");
        assert_eq!(run.keeper.ledger().len() as u64, at);
        assert_eq!(states(&run.notices, Role::Receiver), [State::Running, State::Failed]);
        let worker = states(&run.notices, Role::Worker);
        assert_eq!(worker.last(), Some(&State::Finished), "{worker:?}");
        assert_eq!(run.notices.last(), Some(&Notice::Failed(text.into())));
    }
}

#[test]
fn worker_panic_in_a_paced_job_lets_the_receiver_take_the_rest() {
    let plan = ReceiverPlan { iterations: 0, interval: Duration::from_secs(1) };
    let run = run(panicking(19).with_receiver(plan));
    assert!(run.result.is_err());
    assert_eq!(run.keeper.ledger().len(), 19);
}

#[test]
fn worker_panic_leaves_other_jobs_alone() {
    let other = start(sine::spec(SineOptions::default()).with_clock(FakeClock::new()));
    run(panicking(3)).result.unwrap_err();
    other.0.wait(LONG).unwrap().unwrap();
    assert_eq!(other.1.0.lock().unwrap().items.len(), 21);
}

#[test]
fn an_error_of_the_source_is_no_fault() {
    let spec = JobSpec::from_fn("bad", |out| {
        out.send(entry(0))?;
        Err::<(), _>(SourceError::Failed("no such file: x.csv".into()))
    });
    let run = run(spec.with_clock(FakeClock::new()));
    assert_eq!(run.result, Err("no such file: x.csv".into()));
    let control = pane(&run.notices, Pane::Control);
    assert!(control.contains(&"0.00000 Worker failed: no such file: x.csv".into()), "{control:?}");
    assert!(!control.iter().any(|line| line.contains("Fault")));
    assert_eq!(run.keeper.ledger(), [0.0]);
}

/// Ignores every stop until it is released, and sends all the time.
struct Deaf {
    release: Arc<AtomicBool>,
    refused: Arc<AtomicU64>,
}

impl Source for Deaf {
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        let mut number = 0;
        while !self.release.load(Ordering::SeqCst) {
            if out.send(entry(number)) == Err(Stopped) {
                self.refused.fetch_add(1, Ordering::SeqCst);
            }
            out.message(Level::Info, format_args!("still here"));
            number += 1;
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Outcome::default())
    }
}

#[test]
fn worker_deaf_is_abandoned_and_its_late_samples_are_refused() {
    let paced = ReceiverPlan { iterations: 0, interval: Duration::from_millis(5) };
    for plan in [ReceiverPlan::default(), paced] {
        let before = census();
        let (release, refused) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let deaf = Deaf { release: Arc::clone(&release), refused: Arc::clone(&refused) };
        let grace = Duration::from_millis(50);
        let (job, keeper, mut drain) = start(JobSpec::new("deaf", deaf).with_receiver(plan).with_grace(grace));
        until("items arrive", || !keeper.ledger().is_empty());
        let asked = Instant::now();
        job.stop();
        assert_eq!(job.state(), State::Stopping);
        assert!(asked.elapsed() < Duration::from_millis(100), "Stop answers at once");
        let text = job.wait(LONG).unwrap().unwrap_err().text;
        assert_eq!(text, "the thread worker:deaf did not stop within 0.1 s and is abandoned");
        assert!(job.is_ended());
        let (count, refusals) = (keeper.ledger().len(), refused.load(Ordering::SeqCst));
        let notices = all(&mut drain);
        assert!(pane(&notices, Pane::Control).iter().any(|line| line.contains("Fault: the thread worker:deaf")));
        assert_eq!(states(&notices, Role::Worker).last(), Some(&State::Failed));
        // A new start of the same job works while the old worker still runs, and hears nothing of it.
        run(sine::spec(SineOptions::default()).with_clock(FakeClock::new())).result.unwrap();
        until("the old worker tries on", || refused.load(Ordering::SeqCst) > refusals + 5);
        assert_eq!(keeper.ledger().len(), count);
        assert_eq!(all(&mut drain), [], "an abandoned worker does not speak into later starts");
        release.store(true, Ordering::SeqCst);
        drop((job, drain));
        expect_census(before);
    }
}

#[test]
fn worker_deaf_in_the_receiver_is_abandoned() {
    struct Stuck(Arc<AtomicBool>);
    impl Sink for Stuck {
        fn item(&mut self, _: Item) {
            while !self.0.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
    let release = Arc::new(AtomicBool::new(false));
    let spec = sine::spec(SineOptions::default()).with_grace(Duration::from_millis(50));
    let job = JobHandle::start(spec, Box::new(Stuck(Arc::clone(&release))), Mailbox::discard()).unwrap();
    until("it runs", || job.state() == State::Running);
    std::thread::sleep(Duration::from_millis(120));
    job.stop();
    let text = job.wait(LONG).unwrap().unwrap_err().text;
    assert!(text.starts_with("the thread receiver:sine did not stop"), "{text}");
    release.store(true, Ordering::SeqCst);
}

#[test]
fn worker_deaf_is_released_without_waiting() {
    let release = Arc::new(AtomicBool::new(false));
    let deaf = Deaf { release: Arc::clone(&release), refused: Arc::default() };
    let (job, _, _drain) = start(JobSpec::new("deaf", deaf).with_grace(Duration::from_millis(300)));
    let light = job.job().clone();
    let asked = Instant::now();
    job.stop_and_forget();
    assert!(asked.elapsed() < Duration::from_millis(100));
    assert!(!light.is_ended());
    assert!(light.wait(LONG).unwrap().is_err());
    release.store(true, Ordering::SeqCst);
}

/// A number below `below`, the same sequence in each run.
fn random(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

#[test]
fn start_stop_500_times_at_random_moments() {
    let before = census();
    let mut state = 7;
    for round in 0..500 {
        let options = SineOptions {
            iterations: 0,
            worker_ms: random(&mut state, 3),
            receiver_iterations: 0,
            receiver_ms: 1 + random(&mut state, 3),
            ..SineOptions::default()
        };
        let spec = match round % 2 {
            0 => sine::spec(options),
            _ => JobSpec::from_fn("flood", |out| -> Result<(), SourceError> {
                for number in 0.. {
                    out.send(entry(number))?;
                    say!(out, "line {number}")?;
                }
                Ok(())
            }),
        };
        let (job, keeper, mut drain) = start(spec);
        let moment = Duration::from_micros(random(&mut state, 4_000));
        std::thread::sleep(moment);
        match round % 5 {
            0 => job.pause(),
            1 => (job.pause(), job.resume()).1,
            _ => {}
        }
        job.stop();
        let outcome = job.wait(LONG).expect("it ends").expect("it ends well");
        assert!(outcome.was_stopped, "round {round}");
        if round % 2 == 1 {
            let ledger = keeper.ledger();
            assert_eq!(ledger, job_support::whole_ledger(ledger.len() as u64), "no gap, none twice");
        }
        let notices = all(&mut drain);
        assert!(matches!(notices.last(), Some(Notice::Finished(_))));
        drop(job);
    }
    expect_census(before);
}

#[test]
fn start_stop_stops_within_its_bound() {
    // The median of many, so that a busy machine does not matter.
    let mut times: Vec<Duration> = (0..51)
        .map(|_| {
            let (job, _, _drain) = start(sine::spec(SineOptions::default()));
            std::thread::sleep(Duration::from_millis(5));
            let asked = Instant::now();
            job.stop();
            job.wait(LONG).unwrap().unwrap();
            asked.elapsed()
        })
        .collect();
    times.sort_unstable();
    assert!(times[25] <= Duration::from_millis(200), "{:?}", times[25]);
}

#[test]
fn a_drop_stops_and_joins() {
    let before = census();
    let (job, _, mut drain) = start(sine::spec(SineOptions { iterations: 0, ..SineOptions::default() }));
    until("threads run", || census().threads == before.threads + 3);
    // Each thread names itself, so a name may come a moment after its thread.
    until("all are named", || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let names = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        let names: Vec<String> = names.collect();
        ["job:sine\n", "receiver:sine\n", "worker:sine\n"].iter().all(|name| names.iter().any(|seen| seen == name))
    });
    drop(job);
    expect_census(before);
    assert!(matches!(all(&mut drain).last(), Some(Notice::Finished(outcome)) if outcome.was_stopped));
}

#[test]
fn a_limit_on_run_time_stops_the_job_with_a_clear_message() {
    let limits = Limits { run_time: Some(Duration::from_millis(1_250)), ..Limits::default() };
    let run = run(sine::spec(SineOptions::default()).with_limits(limits).with_clock(FakeClock::new()));
    let failure = run.result.unwrap_err();
    assert_eq!((failure.text.as_str(), failure.exit_code), ("the time limit of 1.25 s is reached", 124));
    let control = pane(&run.notices, Pane::Control);
    assert_eq!(control[2], "1.25000 Stopping: the time limit of 1.25 s is reached");
    assert_eq!(control.last().unwrap(), "1.25000 Job failed after 1.25000 s: the time limit of 1.25 s is reached");
    assert_eq!(job_states(&run.notices), [State::Running, State::Stopping, State::Failed]);
}

#[test]
fn the_time_spent_paused_does_not_count() {
    let clock = FakeClock::new();
    let me = clock.enter();
    let limits = Limits { run_time: Some(Duration::from_millis(1_250)), ..Limits::default() };
    let (job, _, mut drain) = start(sine::spec(SineOptions::default()).with_limits(limits).with_clock(clock.clone()));
    me.sleep(Duration::from_secs(1));
    job.pause();
    me.sleep(Duration::from_secs(60));
    job.resume();
    drop(me);
    job.wait(LONG).unwrap().unwrap_err();
    assert!(pane(&all(&mut drain), Pane::Control).last().unwrap().starts_with("61.25000 Job failed"));
}

#[test]
fn a_limit_on_memory_asks_the_remote_first() {
    struct Child(Arc<AtomicU64>, Arc<AtomicBool>);
    impl Remote for Child {
        fn stop(&self) {
            self.1.store(true, Ordering::SeqCst);
        }
        fn set_paused(&self, _: bool) {}
        fn memory_bytes(&self) -> Option<u64> {
            Some(self.0.load(Ordering::SeqCst))
        }
    }
    struct Grows(Arc<AtomicU64>, Arc<AtomicBool>);
    impl Source for Grows {
        fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
            loop {
                out.sleep(Duration::from_millis(100))?;
                self.0.fetch_add(1 << 20, Ordering::SeqCst);
            }
        }
        fn remote(&self) -> Option<Arc<dyn Remote>> {
            Some(Arc::new(Child(Arc::clone(&self.0), Arc::clone(&self.1))))
        }
    }
    let was_stopped = Arc::new(AtomicBool::new(false));
    let limits = Limits { memory_bytes: Some(9 << 20), ..Limits::default() };
    let source = Grows(Arc::default(), Arc::clone(&was_stopped));
    let run = run(JobSpec::new("grows", source).with_limits(limits).with_clock(FakeClock::new()));
    let failure = run.result.unwrap_err();
    assert_eq!(failure.text, "the memory limit of 9.0 MiB is reached: 12.0 MiB are used");
    assert_eq!(failure.exit_code, 137);
    assert!(was_stopped.load(Ordering::SeqCst), "the remote was asked to stop");
    assert!(
        pane(&run.notices, Pane::Control).iter().any(|line| line.starts_with("1.25000 Stopping: the memory limit"))
    );
}

#[test]
fn a_limit_on_memory_falls_back_to_this_process() {
    let limits = Limits { memory_bytes: Some(1), ..Limits::default() };
    let run = run(sine::spec(SineOptions::default()).with_limits(limits).with_clock(FakeClock::new()));
    let text = run.result.unwrap_err().text;
    assert!(text.starts_with("the memory limit of 0.0 MiB is reached: "), "{text}");
}

#[test]
fn detached_jobs_run_and_end_with_the_program() {
    let before = census();
    let (seen, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (mine, my_end) = (Arc::clone(&seen), Arc::clone(&ended));
    spawn_detached("tidy", move |stop| {
        mine.store(true, Ordering::SeqCst);
        let slept = stop.sleep(LONG);
        my_end.store(true, Ordering::SeqCst);
        Ok(slept?)
    })
    .unwrap();
    spawn_detached("broken", |_| panic!("caught and logged")).unwrap();
    until("it runs", || seen.load(Ordering::SeqCst));
    assert_eq!(end_all(LONG), 0);
    assert!(ended.load(Ordering::SeqCst), "the sleep was interrupted");
    expect_census(before);
}

#[test]
fn the_end_of_the_program_reaches_forgotten_jobs() {
    let (sender, _drain) = mailbox();
    let options = SineOptions { iterations: 0, receiver_iterations: 0, ..SineOptions::default() };
    let job = JobHandle::start(sine::spec(options), Box::new(()), sender).unwrap();
    let light = job.job().clone();
    std::mem::forget(job);
    assert_eq!(end_all(LONG), 0);
    assert!(light.wait(Duration::ZERO).unwrap().unwrap().was_stopped);
}

#[test]
fn a_blocked_print_is_woken_by_the_end_of_the_receiver() {
    let plan = ReceiverPlan { iterations: 3, interval: Duration::from_secs(1) };
    let spec = JobSpec::from_fn("chatty", |out| -> Result<(), SourceError> {
        for number in 0.. {
            say!(out, "line {number}")?;
        }
        Ok(())
    });
    let run = run(spec.with_receiver(plan).with_clock(FakeClock::new()));
    run.result.unwrap();
    let control = pane(&run.notices, Pane::Control);
    let left = "3.00000 Not taken, still in the channels at the end: 0 items and 4096 captured lines";
    assert!(control.contains(&left.into()), "{control:?}");
}

#[test]
fn a_blocked_send_is_woken_by_stop() {
    // A receiver that never gets to its first iteration: the channel fills up and the worker waits for room.
    let plan = ReceiverPlan { iterations: 0, interval: LONG };
    let spec = JobSpec::from_fn("flood", |out| -> Result<(), SourceError> {
        for number in 0.. {
            out.send(entry(number))?;
            out.message(Level::Info, format_args!("{number}"));
        }
        Ok(())
    });
    let clock = FakeClock::new();
    let me = clock.enter();
    let (job, _, mut drain) = start(spec.with_receiver(plan).with_clock(clock.clone()));
    me.sleep(Duration::from_secs(1));
    job.stop();
    drop(me);
    assert!(job.wait(LONG).unwrap().unwrap().was_stopped);
    let notices = all(&mut drain);
    assert_eq!(lines(&notices, Pane::Worker).len(), kymograph::job::DATA_ITEMS);
    let control = pane(&notices, Pane::Control);
    assert!(
        control
            .contains(&"1.00000 Not taken, still in the channels at the end: 1024 items and 0 captured lines".into())
    );
    assert_eq!(clock.now(), Duration::from_secs(1));
}
