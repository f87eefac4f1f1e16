//! The whole sine job on a fake clock: every message of every pane, with exact times.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]
#![allow(clippy::print_stdout, reason = "a test says what it measured, and a panic is its report")]

mod job_support;

use std::time::Duration;

use job_support::{LONG, all, job_states, lines, pane, run, start, states};
use kymograph::batch::{Color, Item, Level, Notice, Outcome, Pane, Progress, Role, State};
use kymograph::job::{FakeClock, JobSpec, sine};
use kymograph::source::sine::SineOptions;

fn spec(options: SineOptions, clock: &FakeClock) -> JobSpec {
    sine::spec_with_seed(options, 1).with_clock(clock.clone())
}

fn curve_colors(items: &[Item]) -> Vec<Color> {
    let colors = items.iter().filter_map(|item| match item {
        Item::Replace(_, color) => *color,
        _ => None,
    });
    colors.collect()
}

#[test]
fn panes_read_as_they_should() {
    let run = run(spec(SineOptions::default(), &FakeClock::new()));
    assert_eq!(
        pane(&run.notices, Pane::Control),
        [
            "0.00000 Worker started: thread worker:sine",
            "0.00000 Receiver started: thread receiver:sine",
            "2.00000 Worker ended: 20 sine objects sent",
            "2.00000 Worker finalised: thread worker:sine released",
            "2.50000 Receiver ended after 50 iterations: 20 items and 4 captured lines taken",
            "2.50000 Receiver finalised: thread receiver:sine released",
            "2.50000 Job finished after 2.50000 s",
        ]
    );
    let worker: Vec<String> = (1..=20)
        .map(|i| {
            let time = f64::from(i) * 0.1;
            format!("{time:.5} Iteration {i}: sine object {i} sent at {time:.5} s, batch {}", (i - 1) / 5 + 1)
        })
        .collect();
    assert_eq!(pane(&run.notices, Pane::Worker), worker);
    assert_eq!(
        pane(&run.notices, Pane::Receiver),
        [
            "0.50000 Printed by the worker in iteration 5, batch 1",
            "0.50000 Batch 1: 5 sine objects received, the last in red; next green",
            "1.00000 Printed by the worker in iteration 10, batch 2",
            "1.00000 Batch 2: 10 sine objects received, the last in green; next blue",
            "1.50000 Printed by the worker in iteration 15, batch 3",
            "1.50000 Batch 3: 15 sine objects received, the last in blue; next orange",
            "2.00000 Printed by the worker in iteration 20, batch 4",
            "2.00000 Batch 4: 20 sine objects received, the last in orange; next blue",
        ]
    );
    assert_eq!(run.result, Ok(Outcome { summary: "20 sine objects sent".into(), ..Outcome::default() }));
}

#[test]
fn states_and_progress_come_in_order() {
    let run = run(spec(SineOptions::default(), &FakeClock::new()));
    assert_eq!(states(&run.notices, Role::Worker), [State::Running, State::Finished]);
    assert_eq!(states(&run.notices, Role::Receiver), [State::Running, State::Finished]);
    assert_eq!(job_states(&run.notices), [State::Running, State::Finished]);
    assert!(matches!(run.notices.last(), Some(Notice::Finished(_))), "the result is the last word");
    let last = |role| {
        let mut of_role = run.notices.iter().filter_map(move |notice| match notice {
            Notice::Progress(of, progress) if *of == role => Some(*progress),
            _ => None,
        });
        of_role.next_back()
    };
    assert_eq!(last(Role::Worker), Some(Progress::Steps { done: 20, total: 20 }));
    assert_eq!(last(Role::Receiver), Some(Progress::Steps { done: 50, total: 50 }));
}

#[test]
fn all_objects_arrive_in_their_colors() {
    let run = run(spec(SineOptions::default(), &FakeClock::new()));
    let kept = run.keeper.0.lock().unwrap();
    assert!(matches!(kept.items[0], Item::Declare(_)));
    let colors = curve_colors(&kept.items);
    assert_eq!(colors.len(), 20);
    assert_eq!(colors[0], Color::new(255, 0, 0), "the first is red");
    for (batch, next) in colors.chunks(5).zip(colors.chunks(5).skip(1)) {
        assert!(batch.iter().all(|color| *color == batch[0]));
        assert_ne!(batch[0], next[0], "after 5 objects a new colour");
    }
    let sizes: Vec<usize> =
        kept.items[1..].iter().map(|item| if let Item::Replace(b, _) = item { b.len() } else { 0 }).collect();
    assert!(sizes.is_sorted_by(|a, b| a < b), "the curve grows: {sizes:?}");
    assert_eq!(kept.lines.len(), 4);
    assert_eq!(kept.flushes, 21, "a flush after each iteration that took something");
}

#[test]
fn two_runs_say_the_same_in_the_same_order() {
    let first = run(spec(SineOptions::default(), &FakeClock::new()));
    for _ in 0..20 {
        assert_eq!(run(spec(SineOptions::default(), &FakeClock::new())).notices, first.notices);
    }
}

#[test]
fn endless_until_stopped() {
    let clock = FakeClock::new();
    let me = clock.enter();
    let options = SineOptions { iterations: 0, receiver_iterations: 0, ..SineOptions::default() };
    let (job, keeper, mut drain) = start(spec(options, &clock));
    me.sleep(Duration::from_millis(60_025));
    assert_eq!(job.state(), State::Running);
    job.stop();
    assert_eq!(job.state(), State::Stopping, "at once");
    drop(me);
    let outcome = job.wait(LONG).unwrap().unwrap();
    assert!(outcome.was_stopped);
    let notices = all(&mut drain);
    assert_eq!(
        pane(&notices, Pane::Control)[2..],
        [
            "60.02500 Stop requested",
            "60.02500 Receiver ended after 1200 iterations: 600 items and 120 captured lines taken",
            "60.02500 Receiver finalised: thread receiver:sine released",
            "60.02500 The receiver has ended while the worker still runs: the worker is asked to stop",
            "60.02500 Worker ended: it was asked to stop",
            "60.02500 Worker finalised: thread worker:sine released",
            "60.02500 Job stopped after 60.02500 s",
        ]
    );
    assert_eq!(states(&notices, Role::Receiver), [State::Running, State::Stopping, State::Finished]);
    assert_eq!(states(&notices, Role::Worker), [State::Running, State::Stopping, State::Finished]);
    assert_eq!(job_states(&notices), [State::Running, State::Stopping, State::Finished]);
    assert_eq!(curve_colors(&keeper.0.lock().unwrap().items).len(), 600);
}

#[test]
fn a_receiver_that_ends_first_stops_the_worker_and_says_what_is_left() {
    // The receiver is slower than the worker here: items pile up.
    let options = SineOptions { receiver_iterations: 3, receiver_ms: 400, ..SineOptions::default() };
    let run = run(spec(options, &FakeClock::new()));
    assert_eq!(
        pane(&run.notices, Pane::Control)[2..],
        [
            "1.20000 Receiver ended after 3 iterations: 2 items and 2 captured lines taken",
            "1.20000 Receiver finalised: thread receiver:sine released",
            "1.20000 The receiver has ended while the worker still runs: the worker is asked to stop",
            "1.20000 Worker ended: it was asked to stop",
            "1.20000 Worker finalised: thread worker:sine released",
            "1.20000 Not taken, still in the channels at the end: 10 items and 0 captured lines",
            "1.20000 Job finished after 1.20000 s",
        ]
    );
    let left = lines(&run.notices, Pane::Control)[7].level;
    assert_eq!(left, Level::Warning);
    let outcome = run.result.unwrap();
    assert!(!outcome.was_stopped, "nobody asked for it");
    assert_eq!(outcome.summary, "ended by its receiver");
}

#[test]
fn a_restart_begins_from_scratch() {
    let clock = FakeClock::new();
    let (mut texts, mut sender) = (Vec::new(), kymograph::job::mailbox());
    for _ in 0..3 {
        let spec = spec(SineOptions::default(), &clock);
        let job = kymograph::job::JobHandle::start(spec, Box::new(()), sender.0.clone()).unwrap();
        job.wait(LONG).unwrap().unwrap();
        texts.push(all(&mut sender.1));
    }
    assert_eq!(texts[0].len(), texts[2].len());
    let times = |notices: &[Notice]| pane(notices, Pane::Worker).last().cloned();
    assert_eq!(times(&texts[0]), times(&texts[2]), "t0 is taken anew");
}

#[test]
fn pause_holds_both_threads_and_resume_lets_them_go_on() {
    let clock = FakeClock::new();
    let me = clock.enter();
    let (job, keeper, mut drain) = start(spec(SineOptions::default(), &clock));
    me.sleep(Duration::from_millis(525));
    job.pause();
    me.sleep(Duration::from_secs(100));
    assert_eq!(job.state(), State::Paused);
    let before = keeper.0.lock().unwrap().items.len();
    assert_eq!(before, 6);
    job.resume();
    drop(me);
    job.wait(LONG).unwrap().unwrap();
    let notices = all(&mut drain);
    assert_eq!(keeper.0.lock().unwrap().items.len(), 21, "nothing lost, nothing twice");
    let control = pane(&notices, Pane::Control);
    assert_eq!(control[2..4], ["0.52500 Paused", "100.52500 Resumed"]);
    // 10 iterations of the receiver before the pause; the other 40 follow an interval after it.
    assert_eq!(control.last().unwrap(), "102.52500 Job finished after 102.52500 s");
    let worker = pane(&notices, Pane::Worker);
    assert!(worker[5].starts_with("100.52500 Iteration 6"), "{}", worker[5]);
    assert!(worker[6].starts_with("100.62500 Iteration 7"), "no burst: {}", worker[6]);
    assert_eq!(states(&notices, Role::Worker), [State::Running, State::Paused, State::Running, State::Finished]);
    assert_eq!(states(&notices, Role::Receiver), [State::Running, State::Paused, State::Running, State::Finished]);
}

#[test]
fn a_paused_job_stops_at_once() {
    let clock = FakeClock::new();
    let me = clock.enter();
    let (job, _, mut drain) = start(spec(SineOptions::default(), &clock));
    me.sleep(Duration::from_millis(525));
    job.pause();
    me.sleep(Duration::from_secs(1));
    job.stop();
    drop(me);
    assert!(job.wait(LONG).unwrap().unwrap().was_stopped);
    assert_eq!(pane(&all(&mut drain), Pane::Control).last().unwrap(), "1.52500 Job stopped after 1.52500 s");
}

#[test]
fn no_setting_breaks_it() {
    for odd in [0, 1, 7] {
        let options = SineOptions {
            iterations: 5,
            worker_ms: odd,
            receiver_iterations: 9,
            receiver_ms: odd,
            worker_batch: odd,
            receiver_batch: odd,
        };
        run(spec(options, &FakeClock::new())).result.unwrap();
    }
}
