//! The thread `watch:<job>`: silences, and notifications of the desktop.
//!
//! It alone waits for the desktop, for a bounded time; the job does not.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{Shared, notify};
use crate::batch::Level;
use crate::job::{Seat, lock};

/// Longest wait for the desktop to take one notification.
const NOTE_LIMIT: Duration = Duration::from_millis(500);

/// How long notifications are still sent after the job's end; less than the thread's end is waited for.
const LAST_NOTES: Duration = Duration::from_millis(900);

/// Works until the watch is over and what it has to tell is told.
pub(super) fn run(shared: &Shared, seat: &Seat) {
    let mut is_refused = false;
    let mut over_since: Option<Instant> = None;
    loop {
        // Asked before the notes are looked at: those of the end are then seen below.
        if over_since.is_none() && shared.is_over.load(Ordering::Acquire) {
            over_since = Some(Instant::now());
        }
        let mut fired = Vec::new();
        let next = lock(&shared.book).look(shared.now(), &mut fired);
        fired.iter().for_each(|fired| shared.act(fired));
        if over_since.is_some_and(|since| since.elapsed() >= LAST_NOTES) {
            log::warn!("{}: the desktop was not told of everything in time", shared.name);
            return;
        }
        let is_told = send_next(shared, &mut is_refused);
        if is_told {
            continue;
        }
        if over_since.is_some() {
            return;
        }
        // Silences are reckoned in the watch's own time.
        seat.wait(next.map(|next| seat.now() + next.saturating_sub(shared.now())));
    }
}

/// Sends the oldest notification. False if there is none.
fn send_next(shared: &Shared, is_refused: &mut bool) -> bool {
    let mut notes = lock(&shared.notes);
    if notes.waiting.is_empty() {
        return false;
    }
    let mut text = notes.waiting.remove(0);
    if notes.waiting.is_empty() && notes.more > 0 {
        text = format!("{text} (and {} more)", std::mem::take(&mut notes.more));
    }
    drop(notes);
    if *is_refused {
        return true;
    }
    if let Err(why) = notify::notify(&shared.name, &text, NOTE_LIMIT) {
        // Once: a desktop that is not there will not be there for the next one either.
        *is_refused = true;
        log::warn!("{}: the desktop is not told: {why}", shared.name);
        if !shared.is_over.load(Ordering::Acquire) {
            shared.say(Level::Info, format!("The desktop cannot be notified: {why}"));
        }
    }
    true
}
