//! What travels: nothing lost however fast or slow either side is, memory bounded, one wake-up at a time.
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
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use job_support::{Keeper, LONG, all, entry, lines, run, start, whole_ledger};
use kymograph::batch::{Item, Level, Message, Notice, Pane};
use kymograph::job::{DATA_ITEMS, FakeClock, JobHandle, JobSpec, MAILBOX_LINES, Mailbox, Sink, mailbox};
use kymograph::say;
use kymograph::source::{SourceError, Stopped};

/// Hands on to a keeper after a wait, and notes how far the worker is ahead at most.
struct Slow {
    keeper: Keeper,
    sent: Arc<AtomicU64>,
    taken: u64,
    most_ahead: Arc<AtomicU64>,
    wait: Duration,
}

impl Sink for Slow {
    fn item(&mut self, item: Item) {
        std::thread::sleep(self.wait);
        self.taken += 1;
        let ahead = self.sent.load(Ordering::SeqCst).saturating_sub(self.taken);
        self.most_ahead.fetch_max(ahead, Ordering::SeqCst);
        self.keeper.item(item);
    }
}

#[test]
fn flow_slow_receiver_holds_the_worker_and_loses_nothing() {
    const COUNT: u64 = 4 * DATA_ITEMS as u64;
    let (keeper, sent, most_ahead) = (Keeper::default(), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let sink = Slow {
        keeper: keeper.clone(),
        sent: Arc::clone(&sent),
        taken: 0,
        most_ahead: Arc::clone(&most_ahead),
        wait: Duration::from_micros(100),
    };
    let spec = JobSpec::from_fn("fast", move |out| {
        for number in 0..COUNT {
            out.send(entry(number))?;
            sent.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    });
    let job = JobHandle::start(spec, Box::new(sink), Mailbox::discard()).unwrap();
    job.wait(LONG).unwrap().unwrap();
    assert_eq!(keeper.ledger(), whole_ledger(COUNT));
    let most_ahead = most_ahead.load(Ordering::SeqCst);
    assert!(most_ahead <= DATA_ITEMS as u64 + 1, "{most_ahead}");
    assert!(most_ahead >= DATA_ITEMS as u64 / 2, "the channel did fill: {most_ahead}");
}

#[test]
fn flow_slow_receiver_on_stop_takes_all_that_was_sent() {
    let sent = Arc::new(AtomicU64::new(0));
    let theirs = Arc::clone(&sent);
    let keeper = Keeper::default();
    let sink = Slow {
        keeper: keeper.clone(),
        sent: Arc::clone(&sent),
        taken: 0,
        most_ahead: Arc::default(),
        wait: Duration::from_micros(200),
    };
    let spec = JobSpec::from_fn("fast", move |out| -> Result<(), SourceError> {
        for number in 0.. {
            out.send(entry(number))?;
            theirs.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    });
    // The grace time is shorter than the draining takes: slow is not deaf.
    let job =
        JobHandle::start(spec.with_grace(Duration::from_millis(100)), Box::new(sink), Mailbox::discard()).unwrap();
    job_support::until("the channel is full", || sent.load(Ordering::SeqCst) > DATA_ITEMS as u64);
    job.stop();
    job.wait(LONG).unwrap().unwrap();
    assert_eq!(keeper.ledger(), whole_ledger(sent.load(Ordering::SeqCst)));
}

#[test]
fn flow_a_million_items_go_through_whole() {
    const COUNT: u64 = 1_000_000;
    let spec = JobSpec::from_fn("many", |out| {
        for number in 0..COUNT {
            out.send(entry(number))?;
        }
        Ok(())
    });
    let started = Instant::now();
    let run = run(spec);
    let rate = COUNT as f64 / started.elapsed().as_secs_f64();
    println!("{rate:.0} items/s");
    assert_eq!(run.keeper.ledger(), whole_ledger(COUNT));
    assert!(run.notices.len() < 10_000, "progress is thinned out: {}", run.notices.len());
}

#[test]
fn flow_printed_lines_arrive_whole_and_in_order() {
    let spec = JobSpec::from_fn("chatty", |out| {
        for number in 0..50_000 {
            say!(out, "line {number}")?;
        }
        Ok(())
    });
    let run = run(spec);
    let kept = run.keeper.0.lock().unwrap();
    assert_eq!(kept.lines.len(), 50_000);
    assert!(kept.lines.iter().enumerate().all(|(number, line)| line.text == format!("line {number}")));
    let shown = lines(&run.notices, Pane::Receiver).len();
    assert_eq!(shown, 50_000, "fewer than the mailbox holds");
}

#[test]
fn a_print_without_an_end_is_shown_at_the_end() {
    let spec = JobSpec::from_fn("terse", |out| {
        write!(out.print(), "10%\r100%").map_err(|_| Stopped)?;
        Ok(())
    });
    let run = run(spec.with_clock(FakeClock::new()));
    assert_eq!(run.keeper.0.lock().unwrap().lines[0].text, "100%");
}

#[test]
fn the_sink_is_told_when_a_group_is_whole_and_when_nothing_waits() {
    let spec = JobSpec::from_fn("groups", |out| {
        for burst in 0..3 {
            for number in 0..100 {
                out.send(entry(burst * 100 + number))?;
            }
            out.sleep(Duration::from_millis(10))?;
        }
        Ok(())
    });
    let run = run(spec.with_clock(FakeClock::new()));
    let kept = run.keeper.0.lock().unwrap();
    assert_eq!((kept.items.len(), kept.flushes), (300, 3));
    assert!(kept.idles >= 4, "after each burst and at the end: {}", kept.idles);
}

fn message(number: u64) -> Notice {
    let text = number.to_string();
    Notice::Message(Message::new(Pane::Worker, Level::Info, 0.0, text))
}

#[test]
fn flow_small_a_million_messages_with_one_wake_up_at_a_time() {
    const COUNT: u64 = 1_000_000;
    let (sender, mut drain) = mailbox();
    let (pending, most, wakes) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (theirs, their_most, their_wakes) = (Arc::clone(&pending), Arc::clone(&most), Arc::clone(&wakes));
    drain.set_wake(Arc::new(move || {
        their_wakes.fetch_add(1, Ordering::SeqCst);
        their_most.fetch_max(theirs.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    }));
    let done = Arc::new(AtomicBool::new(false));
    let their_done = Arc::clone(&done);
    let started = Instant::now();
    let poster = std::thread::Builder::new().spawn(move || {
        for number in 0..COUNT {
            sender.send(message(number));
        }
        their_done.store(true, Ordering::SeqCst);
        started.elapsed()
    });
    // The reader is a window's loop: it drains for 4 ms when woken.
    let (mut seen, mut skipped, mut next) = (0, 0, 0);
    loop {
        let is_last = done.load(Ordering::SeqCst);
        if pending.swap(0, Ordering::SeqCst) == 0 {
            if is_last {
                break;
            }
            std::thread::yield_now();
            continue;
        }
        drain.drain(Duration::from_millis(4), |notice| match notice {
            Notice::Skipped(Pane::Worker, count) => {
                skipped += count;
                next += count;
            }
            Notice::Message(line) => {
                assert_eq!(line.text, next.to_string(), "in order, the gap counted before it");
                seen += 1;
                next += 1;
            }
            other => panic!("{other:?}"),
        });
    }
    let took = poster.unwrap().join().unwrap();
    assert_eq!(seen + skipped, COUNT, "shown or counted");
    assert_eq!(most.load(Ordering::SeqCst), 1, "never two wake-ups pending");
    let rate = COUNT as f64 / took.as_secs_f64();
    println!("{rate:.0} messages/s, {} wake-ups, {skipped} skipped", wakes.load(Ordering::SeqCst));
    // The bar of a million a second is measured, not asserted: other tests share this machine.
    assert!(rate > 100_000.0, "{rate}");
}

#[test]
fn flow_gui_blocked_keeps_states_and_the_newest_lines() {
    let count = 2 * MAILBOX_LINES as u64;
    let spec = JobSpec::from_fn("flood", move |out| {
        for number in 0..count {
            out.message(Level::Info, format_args!("{number}"));
        }
        Ok(())
    });
    let (job, _, mut drain) = start(spec);
    job.wait(LONG).unwrap().unwrap();
    drop(job);
    let notices = all(&mut drain);
    let skipped: u64 = notices.iter().map(|n| if let Notice::Skipped(Pane::Worker, n) = n { *n } else { 0 }).sum();
    let worker = lines(&notices, Pane::Worker);
    assert_eq!(skipped + worker.len() as u64, count);
    assert_eq!(worker.last().unwrap().text, (count - 1).to_string());
    assert!(lines(&notices, Pane::Control).iter().any(|line| line.text.starts_with("Worker started")), "kept");
    assert!(matches!(notices.last(), Some(Notice::Finished(_))));
}
