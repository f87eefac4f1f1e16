//! A clock for tests: time jumps from deadline to deadline, and one thread works at a time.
//!
//! Only one of the threads that have a seat works; the others wait for their turn. When it waits, the next that was
//! woken goes on, in the order of the wake-ups; when nobody was woken, time jumps to the least deadline, ties in the order
//! in which the seats were taken. So a run is the same each time, exact to the nanosecond, and as fast as its work.
//!
//! A thread that waits for another one elsewhere than at its seat keeps its turn and time stands still: let sources
//! wait through their outlet only. A test that wants to act at a given moment takes a seat itself ([`FakeClock::enter`])
//! and must release it before it waits for the end of a job.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::clock::{Clock, Seat, Wait};
use super::lock;

/// Wall clock at the fake time zero: 2001-09-09 01:46:40 UTC, in nanoseconds since the Unix epoch.
pub const FAKE_EPOCH_NANOS: i64 = 1_000_000_000_000_000_000;

/// A clock that does not wait. See the module's text in the source for its rules.
#[derive(Clone, Default)]
pub struct FakeClock {
    core: Arc<Core>,
}

impl FakeClock {
    /// A clock at zero without threads.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a seat for the calling thread and waits for its turn: time then stands still but for its own waits.
    #[must_use]
    pub fn enter(&self) -> Seat {
        let seat = self.seat();
        seat.enter();
        seat
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        lock(&self.core.turns).now
    }

    fn stamp_nanos(&self) -> i64 {
        FAKE_EPOCH_NANOS.saturating_add(i64::try_from(self.now().as_nanos()).unwrap_or(i64::MAX))
    }

    fn seat(&self) -> Seat {
        let called = Arc::new(Condvar::new());
        let mut turns = lock(&self.core.turns);
        let id = turns.next_id;
        turns.next_id += 1;
        turns.seats.insert(id, Place { rest: Rest::Ready, token: false, called: Arc::clone(&called) });
        turns.ready.push_back(id);
        turns.pass_on();
        drop(turns);
        Seat::new(Arc::new(FakeSeat { core: Arc::clone(&self.core), id, called }))
    }
}

#[derive(Default)]
struct Core {
    turns: Mutex<Turns>,
}

#[derive(Default)]
struct Turns {
    now: Duration,
    next_id: u64,
    seats: BTreeMap<u64, Place>,
    ready: VecDeque<u64>,
    working: Option<u64>,
}

struct Place {
    rest: Rest,
    token: bool,
    called: Arc<Condvar>,
}

enum Rest {
    Working,
    Ready,
    Until(Option<Duration>),
}

impl Turns {
    /// Gives the turn to the next thread if nobody has it.
    fn pass_on(&mut self) {
        if self.working.is_some() {
            return;
        }
        let next = match self.ready.pop_front() {
            Some(id) => Some(id),
            None => {
                // Seats are walked in the order of their numbers, so the first of equal deadlines is the oldest seat.
                let waiting = self.seats.iter().filter_map(|(id, place)| match place.rest {
                    Rest::Until(Some(until)) => Some((until, *id)),
                    _ => None,
                });
                let least = waiting.min();
                if let Some((until, _)) = least {
                    self.now = self.now.max(until);
                }
                least.map(|(_, id)| id)
            }
        };
        if let Some(id) = next
            && let Some(place) = self.seats.get_mut(&id)
        {
            place.rest = Rest::Working;
            place.called.notify_all();
            self.working = Some(id);
        }
    }
}

struct FakeSeat {
    core: Arc<Core>,
    id: u64,
    called: Arc<Condvar>,
}

impl FakeSeat {
    fn await_turn(&self, mut turns: std::sync::MutexGuard<'_, Turns>) {
        while turns.working != Some(self.id) {
            turns = self.called.wait(turns).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }
}

impl Wait for FakeSeat {
    fn now(&self) -> Duration {
        lock(&self.core.turns).now
    }

    fn enter(&self) {
        self.await_turn(lock(&self.core.turns));
    }

    fn wait(&self, until: Option<Duration>) {
        let mut turns = lock(&self.core.turns);
        let Some(place) = turns.seats.get_mut(&self.id) else { return };
        if std::mem::take(&mut place.token) {
            return;
        }
        place.rest = Rest::Until(until);
        if turns.working == Some(self.id) {
            turns.working = None;
        }
        turns.pass_on();
        self.await_turn(turns);
    }

    fn wake(&self) {
        let mut turns = lock(&self.core.turns);
        let Some(place) = turns.seats.get_mut(&self.id) else { return };
        match place.rest {
            Rest::Until(_) => {
                place.rest = Rest::Ready;
                turns.ready.push_back(self.id);
                turns.pass_on();
            }
            Rest::Working | Rest::Ready => place.token = true,
        }
    }

    fn leave(&self) {
        let mut turns = lock(&self.core.turns);
        turns.seats.remove(&self.id);
        turns.ready.retain(|id| *id != self.id);
        if turns.working == Some(self.id) {
            turns.working = None;
        }
        turns.pass_on();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::thread;

    #[test]
    fn deadlines_are_taken_in_order_and_ties_by_age() {
        let clock = FakeClock::new();
        let me = clock.enter();
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut threads = Vec::new();
        for (name, period) in [("a", 30), ("b", 20), ("c", 10)] {
            let log = Arc::clone(&log);
            let spawned = thread::spawn(name, clock.seat(), move |seat| {
                for _ in 0..60 / period {
                    seat.sleep(Duration::from_millis(period));
                    lock(&log).push((seat.now().as_millis(), name));
                }
            });
            threads.push(spawned.unwrap());
        }
        drop(me);
        drop(threads);
        let expected = "10c 20b 20c 30a 30c 40b 40c 50c 60a 60b 60c";
        let seen: Vec<String> = lock(&log).iter().map(|(ms, name)| format!("{ms}{name}")).collect();
        assert_eq!(seen.join(" "), expected);
    }

    #[test]
    fn an_hour_passes_in_no_time() {
        let clock = FakeClock::new();
        let seat = clock.enter();
        seat.sleep(Duration::from_secs(3600));
        assert_eq!(clock.now(), Duration::from_secs(3600));
        assert_eq!(clock.stamp_nanos() - FAKE_EPOCH_NANOS, 3_600_000_000_000);
    }

    #[test]
    fn a_wake_from_outside_ends_a_wait_without_end() {
        let clock = FakeClock::new();
        let seat = clock.seat();
        let waker = seat.waker();
        let mut thread = thread::spawn("idle", seat, |seat| seat.wait(None)).unwrap();
        waker.wake();
        thread.join(Duration::from_secs(60)).unwrap();
    }
}
