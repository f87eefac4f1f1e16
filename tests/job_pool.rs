//! Pools and polling jobs, on a fake clock.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]
#![allow(clippy::print_stdout, reason = "a test says what it measured, and a panic is its report")]

mod job_support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use job_support::{LONG, all, census, expect_census, job_states, pane, run, start, until};
use kymograph::batch::{Outcome, Pane, State};
use kymograph::job::{Clock, FakeClock, JobSpec, Mailbox, Polling, Pool, Tick, mailbox};
use kymograph::source::SourceError;

type Log = Arc<Mutex<Vec<String>>>;

/// A job that logs its start and its end, `secs` apart.
fn sleeper(clock: &FakeClock, log: &Log, name: &str, secs: u64) -> JobSpec {
    let (log, label, time) = (Arc::clone(log), name.to_owned(), clock.clone());
    JobSpec::from_fn(name, move |out| {
        log.lock().unwrap().push(format!("{} +{label}", time.now().as_secs()));
        out.sleep(Duration::from_secs(secs))?;
        log.lock().unwrap().push(format!("{} -{label}", time.now().as_secs()));
        Ok(label)
    })
    .with_clock(clock.clone())
}

#[test]
fn jobs_wait_in_order() {
    let (clock, log) = (FakeClock::new(), Log::default());
    let me = clock.enter();
    let pool = Pool::new(2);
    let (sender, mut drain) = mailbox();
    let plan = [("a", 3), ("b", 1), ("c", 1), ("d", 1), ("e", 1)];
    let mut jobs = Vec::new();
    for (name, secs) in plan {
        let mailbox = if name == "c" { sender.clone() } else { Mailbox::discard() };
        jobs.push(pool.submit(sleeper(&clock, &log, name, secs), Box::new(()), mailbox).unwrap());
    }
    assert_eq!((pool.running(), pool.waiting()), (2, 3));
    assert_eq!(jobs[2].state(), State::Waiting);
    drop(me);
    for (job, (name, _)) in jobs.iter().zip(plan) {
        assert_eq!(job.wait(LONG).unwrap().unwrap().summary, name);
        assert_eq!(job.state(), State::Finished);
    }
    let expected = ["0 +a", "0 +b", "1 -b", "1 +c", "2 -c", "2 +d", "3 -a", "3 -d", "3 +e", "4 -e"];
    let mut seen = log.lock().unwrap().clone();
    // Ends and starts of one moment are independent threads.
    seen.sort_by_key(|entry| (entry.split(' ').next().unwrap().parse::<u64>().unwrap(), entry.contains('+')));
    assert_eq!(seen, expected);
    assert_eq!(job_states(&all(&mut drain)), [State::Waiting, State::Running, State::Finished]);
}

#[test]
fn a_waiting_job_can_be_cancelled() {
    let (clock, log) = (FakeClock::new(), Log::default());
    let me = clock.enter();
    let pool = Pool::new(1);
    let (sender, mut drain) = mailbox();
    let first = pool.submit(sleeper(&clock, &log, "a", 1), Box::new(()), Mailbox::discard()).unwrap();
    let second = pool.submit(sleeper(&clock, &log, "b", 1), Box::new(()), sender).unwrap();
    let third = pool.submit(sleeper(&clock, &log, "c", 1), Box::new(()), Mailbox::discard()).unwrap();
    second.stop();
    assert!(second.wait(Duration::ZERO).unwrap().unwrap().was_stopped);
    second.stop();
    drop(me);
    first.wait(LONG).unwrap().unwrap();
    third.wait(LONG).unwrap().unwrap();
    assert_eq!(*log.lock().unwrap(), ["0 +a", "1 -a", "1 +c", "2 -c"]);
    let notices = all(&mut drain);
    assert_eq!(job_states(&notices), [State::Waiting, State::Finished]);
    assert_eq!(pane(&notices, Pane::Control), ["0.00000 Cancelled while waiting for its turn"]);
}

#[test]
fn a_failed_job_lets_the_next_one_start() {
    let (clock, log) = (FakeClock::new(), Log::default());
    let pool = Pool::new(1);
    let bad = JobSpec::from_fn("bad", |_| -> Result<(), SourceError> { panic!("no") }).with_clock(clock.clone());
    let bad = pool.submit(bad, Box::new(()), Mailbox::discard()).unwrap();
    let good = pool.submit(sleeper(&clock, &log, "good", 1), Box::new(()), Mailbox::discard()).unwrap();
    assert!(bad.wait(LONG).unwrap().is_err());
    assert_eq!(bad.state(), State::Failed);
    good.wait(LONG).unwrap().unwrap();
}

#[test]
fn stop_all_and_drop_end_everything() {
    let before = census();
    for is_dropped in [false, true] {
        let pool = Pool::new(3);
        let jobs: Vec<_> = (0..10)
            .map(|i| {
                let spec = JobSpec::from_fn(format!("{i}"), |out| Ok(out.sleep(LONG)?));
                pool.submit(spec, Box::new(()), Mailbox::discard()).unwrap()
            })
            .collect();
        assert_eq!((pool.running(), pool.waiting()), (3, 7));
        if !is_dropped {
            pool.stop_all();
            let ended = |job: &kymograph::job::PoolJob| job.wait(LONG).unwrap().unwrap().was_stopped;
            assert!(jobs.iter().all(ended));
            until("none runs", || pool.running() == 0);
            // It takes new jobs.
            let spec = JobSpec::from_fn("later", |_| Ok("well"));
            let later = pool.submit(spec, Box::new(()), Mailbox::discard()).unwrap();
            assert_eq!(later.wait(LONG), Some(Ok(Outcome::from("well"))));
        }
        drop(pool);
        assert!(jobs.iter().all(|job| job.state() == State::Finished));
    }
    expect_census(before);
}

#[test]
fn a_hundred_short_jobs_leave_nothing_behind() {
    let before = census();
    let pool = Pool::new(4);
    let jobs: Vec<_> = (0..100)
        .map(|i| {
            pool.submit(JobSpec::from_fn(format!("{i}"), move |_| Ok(i.to_string())), Box::new(()), Mailbox::discard())
                .unwrap()
        })
        .collect();
    for (i, job) in jobs.iter().enumerate() {
        assert_eq!(job.wait(LONG).unwrap().unwrap().summary, i.to_string());
    }
    drop(pool);
    expect_census(before);
}

/// Runs a polling job each of whose ticks takes the next of `costs`, in milliseconds; returns (time, tick) of each.
fn poll(interval_ms: u64, ticks: u64, costs: Vec<u64>) -> (Vec<(u128, Tick)>, Outcome) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (theirs, mut costs) = (Arc::clone(&seen), costs.into_iter());
    let polling = Polling::new(Duration::from_millis(interval_ms), move |out, tick| {
        theirs.lock().unwrap().push((out.elapsed().as_millis(), tick));
        Ok(out.sleep(Duration::from_millis(costs.next().unwrap_or(0)))?)
    });
    let run = run(JobSpec::new("poll", polling.with_ticks(ticks)).with_clock(FakeClock::new()));
    (seen.lock().unwrap().clone(), run.result.unwrap())
}

#[test]
fn polling_does_not_drift() {
    let (seen, outcome) = poll(100, 1000, (0..1000).map(|i| i % 100).collect());
    assert!(seen.iter().enumerate().all(|(i, (ms, tick))| *ms == i as u128 * 100 && tick.index == i as u64));
    assert_eq!(outcome.summary, "1000 ticks");
}

#[test]
fn polling_skips_and_counts_ticks_that_it_could_not_make() {
    let (seen, outcome) = poll(100, 8, vec![0, 250, 50, 0]);
    let seen: Vec<_> = seen.into_iter().map(|(ms, tick)| (ms, tick.index, tick.skipped)).collect();
    // The tick of 100 ms takes until 350: that of 200 is over, that of 300 is late by 50 and made at once.
    assert_eq!(seen, [(0, 0, 0), (100, 1, 0), (350, 3, 1), (400, 4, 1), (500, 5, 1), (600, 6, 1), (700, 7, 1)]);
    assert_eq!(outcome.summary, "8 ticks, 1 of them skipped");
}

#[test]
fn polling_is_put_off_by_a_pause_and_counts_no_tick_of_it() {
    let clock = FakeClock::new();
    let me = clock.enter();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let theirs = Arc::clone(&seen);
    let polling = Polling::new(Duration::from_millis(100), move |out, tick| {
        theirs.lock().unwrap().push((out.elapsed().as_millis(), tick.skipped));
        Ok(())
    });
    let (job, ..) = start(JobSpec::new("poll", polling.with_ticks(6)).with_clock(clock.clone()));
    me.sleep(Duration::from_millis(210));
    job.pause();
    me.sleep(Duration::from_millis(1_000));
    job.resume();
    drop(me);
    job.wait(LONG).unwrap().unwrap();
    let times: Vec<u128> = seen.lock().unwrap().iter().map(|(ms, _)| *ms).collect();
    // Paused from 210 to 1210, while it slept until 300: held from its next checkpoint, after that tick.
    assert_eq!(times, [0, 100, 200, 300, 1310, 1410]);
    assert!(seen.lock().unwrap().iter().all(|(_, skipped)| *skipped == 0));
}
