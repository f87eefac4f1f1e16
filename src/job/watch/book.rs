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

/// Most rules of a job.
const RULES_MAX: usize = 1000;

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
    /// All series that are known, for rules that come later.
    names: HashMap<SeriesId, String>,
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
        let mut book = Self {
            silences: Vec::new(),
            rules: rules.iter().map(entry).collect(),
            concerns: HashMap::new(),
            names: HashMap::new(),
            held_since: None,
            is_over: false,
        };
        book.connect();
        book
    }

    /// Whether there is a rule that samples concern.
    #[must_use]
    pub fn concerns_samples(&self) -> bool {
        self.rules
            .iter()
            .any(|entry| matches!(entry.rule.condition, Condition::Samples { .. } | Condition::Silent { .. }))
    }

    /// The rules, as they were written.
    #[must_use]
    pub fn rules(&self) -> Vec<String> {
        self.rules.iter().map(|entry| entry.rule.text.clone()).collect()
    }

    /// Adds a rule, for what comes from `now` on. False if there are too many.
    pub fn add(&mut self, rule: &Rule, now: Duration) -> bool {
        if self.rules.len() >= RULES_MAX {
            return false;
        }
        self.rules.push(Entry { rule: rule.clone(), tellings: 0, heard: now, is_missed: false });
        self.connect();
        true
    }

    /// Takes the rules away that were written so. False if there are none.
    pub fn remove(&mut self, text: &str) -> bool {
        let count = self.rules.len();
        let kept: Vec<Option<usize>> = self
            .rules
            .iter()
            .scan(0, |next, entry| {
                let is_kept = entry.rule.text != text;
                *next += usize::from(is_kept);
                Some(is_kept.then(|| *next - 1))
            })
            .collect();
        self.rules.retain(|entry| entry.rule.text != text);
        for concerns in self.concerns.values_mut() {
            concerns.retain_mut(|concern| match kept.get(concern.rule).copied().flatten() {
                Some(place) => {
                    concern.rule = place;
                    true
                }
                None => false,
            });
        }
        self.connect();
        self.rules.len() < count
    }

    /// Finds the series of each rule, and what waits for silence.
    fn connect(&mut self) {
        let is_silence = |entry: &Entry| matches!(entry.rule.condition, Condition::Silent { .. });
        self.silences = (0..self.rules.len()).filter(|place| self.rules.get(*place).is_some_and(is_silence)).collect();
        for (id, name) in std::mem::take(&mut self.names) {
            self.declare(id, &name);
        }
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
        self.names.insert(id, name.to_owned());
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
mod tests;
