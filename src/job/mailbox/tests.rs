//! The lane under floods, slow readers and races.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::batch::{Level, LineId, State};

fn line(pane: Pane, text: impl Into<String>) -> Notice {
    Notice::Message(Message::new(pane, Level::Info, 0.0, text))
}

fn all(drain: &mut Drain) -> Vec<Notice> {
    let mut seen = Vec::new();
    while drain.drain(Duration::MAX, |notice| seen.push(notice)) {}
    seen
}

fn counter() -> (Wake, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&count);
    let wake: Wake = Arc::new(move || {
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    (wake, count)
}

#[test]
fn order_is_kept_across_kinds() {
    let (mailbox, mut drain) = mailbox();
    let sent = vec![
        Notice::Job(State::Running),
        line(Pane::Control, "a"),
        line(Pane::Worker, "b"),
        Notice::Progress(Role::Worker, Progress::Unknown { done: 1 }),
        line(Pane::Control, "c"),
        line(Pane::Receiver, "d"),
        Notice::Thread(Role::Worker, State::Finished),
        Notice::Failed("e".into()),
    ];
    for notice in sent.clone() {
        mailbox.send(notice);
    }
    assert_eq!(all(&mut drain), sent);
}

#[test]
fn progress_is_merged_to_the_newest_of_each_thread() {
    let (mailbox, mut drain) = mailbox();
    for done in 0..100 {
        mailbox.send(Notice::Progress(Role::Worker, Progress::Unknown { done }));
        mailbox.send(Notice::Progress(Role::Receiver, Progress::Unknown { done: done + 1 }));
    }
    assert_eq!(
        all(&mut drain),
        [
            Notice::Progress(Role::Worker, Progress::Unknown { done: 99 }),
            Notice::Progress(Role::Receiver, Progress::Unknown { done: 100 })
        ]
    );
}

#[test]
fn flow_small_is_woken_once_until_drained() {
    let (mailbox, mut drain) = mailbox();
    let (wake, count) = counter();
    mailbox.send(line(Pane::Worker, "before"));
    drain.set_wake(wake);
    assert_eq!(count.load(Ordering::SeqCst), 1, "what waited wakes at once");
    for i in 0..1000 {
        mailbox.send(line(Pane::Worker, i.to_string()));
    }
    assert_eq!(count.load(Ordering::SeqCst), 1, "one wake-up is pending");
    assert_eq!(all(&mut drain).len(), 1001);
    mailbox.send(line(Pane::Worker, "after"));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn flow_small_wakes_again_if_the_budget_is_used_up() {
    let (mailbox, mut drain) = mailbox();
    let (wake, count) = counter();
    drain.set_wake(wake);
    for i in 0..3 {
        mailbox.send(line(Pane::Worker, i.to_string()));
    }
    let mut seen = 0;
    assert!(drain.drain(Duration::ZERO, |_| seen += 1), "at least one is taken, more are left");
    assert_eq!((seen, count.load(Ordering::SeqCst)), (1, 2));
    mailbox.send(line(Pane::Worker, "3"));
    assert_eq!(count.load(Ordering::SeqCst), 2, "that wake-up is still pending");
    assert_eq!(all(&mut drain).len(), 3);
}

#[test]
fn a_send_while_draining_wakes_or_is_taken() {
    let (mailbox, mut drain) = mailbox();
    let (wake, count) = counter();
    drain.set_wake(wake);
    mailbox.send(line(Pane::Worker, "1"));
    let mut seen = 0;
    drain.drain(Duration::MAX, |_| {
        seen += 1;
        if seen == 1 {
            mailbox.send(line(Pane::Worker, "2"));
        }
    });
    assert_eq!((seen, count.load(Ordering::SeqCst)), (2, 2), "cleared before draining: woken again at the worst");
}

#[test]
fn flow_gui_blocked_skips_the_oldest_lines_of_the_pane_and_counts_them() {
    let (mailbox, mut drain) = mailbox();
    mailbox.send(line(Pane::Control, "kept"));
    mailbox.send(Notice::Job(State::Running));
    for i in 0..MAILBOX_LINES + 10 {
        mailbox.send(line(Pane::Worker, i.to_string()));
    }
    mailbox.send(line(Pane::Receiver, "also kept"));
    let seen = all(&mut drain);
    assert_eq!(seen[0], line(Pane::Control, "kept"));
    assert_eq!(seen[1], Notice::Job(State::Running));
    assert_eq!(seen[2], Notice::Skipped(Pane::Worker, 12));
    assert_eq!(seen[3], line(Pane::Worker, "12"));
    assert_eq!(seen.last(), Some(&line(Pane::Receiver, "also kept")));
    assert_eq!(seen.len(), 2 + 1 + (MAILBOX_LINES - 2) + 1);
}

#[test]
fn flow_gui_blocked_is_bounded_in_bytes() {
    let (mailbox, mut drain) = mailbox();
    let long = "x".repeat(64 << 10);
    for _ in 0..2 * MAILBOX_BYTES / long.len() {
        mailbox.send(line(Pane::Receiver, long.as_str()));
    }
    let seen = all(&mut drain);
    assert_eq!(seen[0], Notice::Skipped(Pane::Receiver, 512));
    assert_eq!(seen.len(), 513);
}

#[test]
fn a_lane_without_a_reader_keeps_nothing() {
    let mailbox = Mailbox::discard();
    mailbox.send(line(Pane::Worker, "nobody"));
    assert!(lock(&mailbox.shared.lane).is_empty());
}

#[test]
fn wait_tells_whether_something_came() {
    let (mailbox, mut drain) = mailbox();
    assert!(!drain.wait(Duration::from_millis(1)));
    mailbox.send(Notice::Job(State::Running));
    assert!(drain.wait(Duration::from_secs(60)));
}

#[test]
fn a_witness_sees_all_that_is_sent_also_what_nobody_takes() {
    let (mailbox, mut drain) = mailbox();
    let (witness, count) = counter();
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let theirs = Arc::clone(&seen);
    let watched = mailbox.witnessed(Arc::new(move |notice| {
        theirs.lock().unwrap().push(notice.clone());
        witness();
    }));
    mailbox.send(line(Pane::Worker, "unseen"));
    watched.clone().send(line(Pane::Worker, "seen"));
    assert_eq!((all(&mut drain).len(), count.load(Ordering::SeqCst)), (2, 1));
    drop(drain);
    watched.send(line(Pane::Worker, "nobody takes it"));
    assert_eq!(*seen.lock().unwrap(), [line(Pane::Worker, "seen"), line(Pane::Worker, "nobody takes it")]);
}

fn row(number: u64, text: &str) -> Notice {
    let line = Some(LineId { number, is_open: false });
    Notice::Message(Message { line, ..Message::new(Pane::Worker, Level::Info, 0.0, text) })
}

#[test]
fn child_bytes_bars_that_wait_are_merged_to_their_newest_state() {
    let (mailbox, mut drain) = mailbox();
    mailbox.send(row(0, "plain"));
    for i in 0..MAILBOX_LINES {
        mailbox.send(row(1, &format!("outer {i}")));
        mailbox.send(row(2, &format!("inner {i}")));
    }
    mailbox.send(row(3, "end"));
    let last = MAILBOX_LINES - 1;
    let expected = [row(0, "plain"), row(1, &format!("outer {last}")), row(2, &format!("inner {last}")), row(3, "end")];
    assert_eq!(all(&mut drain), expected);
    assert_eq!(lock(&drain.shared.lane).line_bytes, 0);
    mailbox.send(row(2, "inner again"));
    assert_eq!(all(&mut drain), [row(2, "inner again")], "what was taken is not merged with");
}
