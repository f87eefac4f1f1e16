//! Rules held against what a job makes.
//!
//! For one thread at a time: that of the receiver, and whoever asks for silences. Knows no clock: it is told the time.
//! What no rule concerns costs one look into a table a batch; a sample of the rest costs one comparison.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::rule::{Actions, Condition, Rule, Test};
use super::{duration_text, is_resource};
use crate::batch::{Batch, Failure, Item, Outcome, SeriesId, Xs};

/// Samples in a row for which a rule must not hold before it can fire again, unless it asks for more of them itself: noise
/// about a threshold is one event.
const REARM_SAMPLES: u32 = 10;

/// Times that a rule is told of. More say nothing new, and a pattern may mean thousands of series.
const TELLINGS_MAX: u32 = 100;

/// A rule that has fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The rule, as it was written.
    pub rule: String,
    /// What it found, in words; empty if that was told too often already.
    pub text: String,
    /// What is to be done.
    pub actions: Actions,
}

/// The rules of one start of a job, and how far each is.
pub struct Book {
    rules: Vec<Entry>,
    concerns: HashMap<SeriesId, Vec<Concern>>,
    /// Rules that wait for silence, by their places.
    silences: Vec<usize>,
    held_since: Option<Duration>,
    is_over: bool,
}

struct Entry {
    rule: Rule,
    tellings: u32,
    /// When the last sample came that it listens for, and whether its absence was told.
    heard: Duration,
    is_missed: bool,
}

/// What one rule has seen of one series.
struct Concern {
    rule: usize,
    name: String,
    /// Samples in a row for which it holds.
    holds: u32,
    /// Samples in a row for which it does not, since it has fired.
    calm: u32,
    has_fired: bool,
}

impl Book {
    /// The rules of a job that starts at `now`.
    #[must_use]
    pub fn new(rules: &[Rule], now: Duration) -> Self {
        let entry = |rule: &Rule| Entry { rule: rule.clone(), tellings: 0, heard: now, is_missed: false };
        let silences = rules.iter().enumerate().filter(|(_, rule)| matches!(rule.condition, Condition::Silent { .. }));
        Self {
            silences: silences.map(|(place, _)| place).collect(),
            rules: rules.iter().map(entry).collect(),
            concerns: HashMap::new(),
            held_since: None,
            is_over: false,
        }
    }

    /// Whether there is a rule that samples concern.
    #[must_use]
    pub fn concerns_samples(&self) -> bool {
        self.rules
            .iter()
            .any(|entry| matches!(entry.rule.condition, Condition::Samples { .. } | Condition::Silent { .. }))
    }

    /// Whether there is a rule that the time concerns.
    #[must_use]
    pub fn concerns_silence(&self) -> bool {
        !self.silences.is_empty()
    }

    /// Looks at an item; what fires is handed to `fired`. `now` is asked for the time only if that matters. True if it ended
    /// a silence that was told of: there is then another one to [look](Self::look) for.
    pub fn item(&mut self, item: &Item, now: impl FnOnce() -> Duration, fired: &mut Vec<Fired>) -> bool {
        match item {
            Item::Declare(info) => {
                self.declare(info.id, &info.name);
                false
            }
            Item::Append(batch) | Item::Replace(batch, _) if !batch.is_empty() => self.samples(batch, now, fired),
            _ => false,
        }
    }

    fn declare(&mut self, id: SeriesId, name: &str) {
        let is_meant = |entry: &Entry| match &entry.rule.condition {
            Condition::Samples { series, .. } | Condition::Silent { series: Some(series), .. } => series.is_match(name),
            Condition::Silent { series: None, .. } => !is_resource(id),
            Condition::End | Condition::Fail => false,
        };
        let mut before = self.concerns.remove(&id).unwrap_or_default();
        let mut concerns = Vec::new();
        for (rule, _) in self.rules.iter().enumerate().filter(|(_, entry)| is_meant(entry)) {
            // A series that only gets another colour is where it was.
            let same = before.iter().position(|concern| concern.rule == rule && concern.name == name);
            concerns.push(match same {
                Some(place) => before.swap_remove(place),
                None => Concern { rule, name: name.to_owned(), holds: 0, calm: 0, has_fired: false },
            });
        }
        self.concerns.insert(id, concerns);
    }

    fn samples(&mut self, batch: &Batch, now: impl FnOnce() -> Duration, fired: &mut Vec<Fired>) -> bool {
        if !self.concerns.contains_key(&batch.series) {
            self.declare(batch.series, &format!("series {}", batch.series.0));
        }
        let Some(concerns) = self.concerns.get_mut(&batch.series).filter(|concerns| !concerns.is_empty()) else {
            return false;
        };
        let mut ends_silence = false;
        let now = if self.silences.is_empty() { Duration::ZERO } else { now() };
        for concern in concerns {
            let Some(entry) = self.rules.get_mut(concern.rule) else { continue };
            match entry.rule.condition {
                Condition::Silent { .. } => {
                    entry.heard = now;
                    ends_silence |= std::mem::take(&mut entry.is_missed);
                }
                Condition::Samples { test, count, .. } => {
                    let mut from = 0;
                    while let Some(place) = concern.next_fired(batch.y(), from, test, count) {
                        fired.push(entry.fire(|| sample_text(&concern.name, batch, place, count)));
                        from = place + 1;
                    }
                }
                Condition::End | Condition::Fail => {}
            }
        }
        ends_silence
    }

    /// Looks for silences. Gives the time at which one may be found next, if nothing comes.
    pub fn look(&mut self, now: Duration, fired: &mut Vec<Fired>) -> Option<Duration> {
        if self.held_since.is_some() || self.is_over {
            return None;
        }
        let mut next = None;
        for place in &self.silences {
            let Some(entry) = self.rules.get_mut(*place).filter(|entry| !entry.is_missed) else { continue };
            let Condition::Silent { after, .. } = entry.rule.condition else { continue };
            let due = entry.heard.saturating_add(after);
            if now >= due {
                entry.is_missed = true;
                fired.push(entry.fire(|| format!("no sample for {}", duration_text(after))));
            } else {
                next = Some(next.map_or(due, |next: Duration| next.min(due)));
            }
        }
        next
    }

    /// The job is held, or goes on: while it is held its silence means nothing.
    pub fn set_held(&mut self, is_held: bool, now: Duration) {
        match (is_held, self.held_since) {
            (true, None) => self.held_since = Some(now),
            (false, Some(since)) => {
                self.held_since = None;
                let pause = now.saturating_sub(since);
                self.rules.iter_mut().for_each(|entry| entry.heard += pause);
            }
            _ => {}
        }
    }

    /// The job is ending: its silence means nothing any more.
    pub fn set_ending(&mut self) {
        self.is_over = true;
    }

    /// The job has ended.
    pub fn end(&mut self, result: Result<&Outcome, &Failure>, fired: &mut Vec<Fired>) {
        self.is_over = true;
        for entry in &mut self.rules {
            let is_met = match entry.rule.condition {
                Condition::End => true,
                Condition::Fail => result.is_err(),
                _ => false,
            };
            if is_met {
                let (word, text) = match result {
                    Ok(outcome) if outcome.was_stopped => ("the job was stopped", &outcome.summary),
                    Ok(outcome) => ("the job has ended", &outcome.summary),
                    Err(failure) => ("the job has failed", &failure.text),
                };
                let line = text.lines().next().unwrap_or_default();
                let colon = if line.is_empty() { "" } else { ": " };
                fired.push(entry.fire(|| format!("{word}{colon}{line}")));
            }
        }
    }
}

impl Entry {
    fn fire(&mut self, text: impl FnOnce() -> String) -> Fired {
        self.tellings = self.tellings.saturating_add(1);
        let text = match self.tellings {
            TELLINGS_MAX => format!("{}; this rule is not told of any more", text()),
            n if n > TELLINGS_MAX => String::new(),
            _ => text(),
        };
        Fired { rule: self.rule.text.clone(), text, actions: self.rule.actions }
    }
}

impl Concern {
    /// The next sample from `from` on at which the rule fires.
    fn next_fired(&mut self, y: &[f64], from: usize, test: Test, count: u32) -> Option<usize> {
        for (offset, y) in y.get(from..)?.iter().enumerate() {
            if test.holds(*y) {
                self.calm = 0;
                self.holds = self.holds.saturating_add(1);
                if self.holds >= count && !self.has_fired {
                    self.has_fired = true;
                    return Some(from + offset);
                }
            } else {
                self.holds = 0;
                if self.has_fired {
                    self.calm += 1;
                    self.has_fired = self.calm < count.max(REARM_SAMPLES);
                }
            }
        }
        None
    }
}

fn sample_text(name: &str, batch: &Batch, place: usize, count: u32) -> String {
    let y = batch.y().get(place).copied().unwrap_or(f64::NAN);
    let x = match batch.x() {
        Xs::Explicit(x) => x.get(place).copied().unwrap_or(f64::NAN),
        Xs::Steps { start, step } => start + place as f64 * step,
    };
    let mut text = format!("{name} = {y} at x = {x}");
    if count > 1 {
        // Writing to a string cannot fail.
        let _written = write!(text, ", the sample {count} in a row");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::SeriesInfo;

    const SEC: Duration = Duration::from_secs(1);

    fn book(rules: &[&str]) -> Book {
        let rules: Vec<Rule> = rules.iter().map(|text| text.parse().unwrap()).collect();
        Book::new(&rules, Duration::ZERO)
    }

    fn declare(book: &mut Book, id: u32, name: &str) {
        let info =
            SeriesInfo { id: SeriesId(id), name: name.into(), x_label: String::new(), x_is_time: false, color: None };
        book.item(&Item::Declare(info), || Duration::ZERO, &mut Vec::new());
    }

    fn feed(book: &mut Book, id: u32, y: &[f64]) -> Vec<String> {
        let mut fired = Vec::new();
        let batch = Batch::steps(SeriesId(id), 0, 100.0, 1.0, y.to_vec());
        book.item(&Item::Append(batch), || 9 * SEC, &mut fired);
        fired.into_iter().map(|fired| fired.text).collect()
    }

    #[test]
    fn data_hostile_nan_is_found_among_others() {
        let mut book = book(&["loss is nan: stop", "*loss is not finite for 2: notify"]);
        declare(&mut book, 0, "loss");
        declare(&mut book, 1, "val_loss");
        declare(&mut book, 2, "accuracy");
        assert!(feed(&mut book, 0, &[1.0, f64::INFINITY, 0.5]).is_empty());
        assert_eq!(feed(&mut book, 0, &[1.0, f64::NAN]), ["loss = NaN at x = 101"]);
        assert_eq!(feed(&mut book, 0, &[-f64::INFINITY]), ["loss = -inf at x = 100, the sample 2 in a row"]);
        assert!(feed(&mut book, 1, &[f64::NAN]).is_empty());
        assert!(feed(&mut book, 2, &[f64::NAN; 3]).is_empty());
    }

    #[test]
    fn a_rule_fires_once_a_crossing_and_noise_is_none() {
        let mut book = book(&["x > 10: notify"]);
        declare(&mut book, 0, "x");
        assert_eq!(feed(&mut book, 0, &[9.0, 11.0, 12.0, 9.0, 11.0, 9.0]).len(), 1);
        assert!(feed(&mut book, 0, &[9.0; 8]).is_empty());
        assert!(feed(&mut book, 0, &[11.0]).is_empty(), "9 calm samples are too few");
        assert_eq!(feed(&mut book, 0, &[[9.0; 10].as_slice(), &[11.0]].concat()), ["x = 11 at x = 110"]);
        // Several crossings within one batch.
        let waves: Vec<f64> = (0..100).map(|i| if i % 20 < 10 { 0.0 } else { 99.0 }).collect();
        assert_eq!(feed(&mut book, 0, &waves).len(), 5);
    }

    #[test]
    fn a_rule_may_ask_for_samples_in_a_row() {
        let mut book = book(&["x >= 1 for 3: stop"]);
        declare(&mut book, 7, "x");
        assert!(feed(&mut book, 7, &[1.0, 1.0, 0.0, 1.0, 1.0]).is_empty());
        assert_eq!(feed(&mut book, 7, &[1.0]), ["x = 1 at x = 100, the sample 3 in a row"]);
    }

    #[test]
    fn silence_is_missed_once_and_not_while_the_job_is_held() {
        let mut book = book(&["silent 10s: pause", "loss silent 5s: notify"]);
        declare(&mut book, 0, "loss");
        declare(&mut book, 1, "other");
        let look = |book: &mut Book, secs: u32| {
            let mut fired = Vec::new();
            let next = book.look(secs * SEC, &mut fired);
            (fired.into_iter().map(|fired| fired.rule).collect::<Vec<_>>(), next)
        };
        assert_eq!(look(&mut book, 4), (vec![], Some(5 * SEC)));
        assert_eq!(look(&mut book, 5), (vec!["loss silent 5s: notify".to_owned()], Some(10 * SEC)));
        // At 9 s.
        feed(&mut book, 1, &[1.0]);
        assert_eq!(look(&mut book, 10), (vec![], Some(19 * SEC)));
        book.set_held(true, 11 * SEC);
        assert_eq!(look(&mut book, 100), (vec![], None));
        book.set_held(false, 111 * SEC);
        assert_eq!(look(&mut book, 118), (vec![], Some(119 * SEC)));
        assert_eq!(look(&mut book, 119), (vec!["silent 10s: pause".to_owned()], None));
        // A sample ends both silences.
        feed(&mut book, 0, &[1.0]);
        assert_eq!(look(&mut book, 10), (vec![], Some(14 * SEC)));
        book.set_ending();
        assert_eq!(look(&mut book, 999), (vec![], None));
    }

    #[test]
    fn ends_are_told_by_how_they_came() {
        let failure = Failure::from("it broke\nsomewhere");
        let mut fired = Vec::new();
        book(&["end: notify", "fail: notify", "x > 1: stop"]).end(Err(&failure), &mut fired);
        let texts: Vec<_> = fired.iter().map(|fired| fired.text.as_str()).collect();
        assert_eq!(texts, ["the job has failed: it broke", "the job has failed: it broke"]);
        fired.clear();
        book(&["end: notify", "fail: notify"]).end(Ok(&Outcome::default()), &mut fired);
        assert_eq!((fired.len(), fired[0].text.as_str()), (1, "the job has ended"));
    }

    /// Ten million samples a second pass, with rules for them and without.
    #[test]
    fn a_sample_costs_one_comparison_or_nothing() {
        let mut book = book(&["loss > 10 for 5: stop", "loss is nan: stop", "silent 10m: pause"]);
        declare(&mut book, 0, "loss");
        declare(&mut book, 1, "other");
        let nanos = || {
            let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
            time.tv_sec * 1_000_000_000 + time.tv_nsec
        };
        for id in [0, 1] {
            let item = Item::Append(Batch::steps(SeriesId(id), 0, 0.0, 1.0, vec![1.0; 10_000]));
            let (before, mut fired) = (nanos(), Vec::new());
            for _ in 0..1000 {
                book.item(&item, || SEC, &mut fired);
            }
            let each = (nanos() - before) as f64 / 1e7;
            eprintln!("series {id}: {each:.3} ns of processor time a sample");
            assert!(each < 100.0 && fired.is_empty(), "{each} ns a sample");
        }
    }

    #[test]
    fn names_hostile_a_pattern_that_means_thousands_is_told_of_a_hundred_times() {
        let mut book = book(&["* is nan: stop"]);
        let mut told = Vec::new();
        for id in 0..1000 {
            told.extend(feed(&mut book, id, &[f64::NAN]));
        }
        assert_eq!(told.len(), 1000, "each of them stops the job");
        assert_eq!(told.iter().filter(|text| !text.is_empty()).count(), 100);
        assert!(told[99].ends_with("; this rule is not told of any more") && told[98] == "series 98 = NaN at x = 100");
    }
}
