//! Which states of the rows are handed on, and when.
//!
//! Called on the worker's thread.

use std::time::Duration;

use super::likeness::alike;
use super::row::Styled;
use super::screen::{Row, Screen};
use super::{LineUpdate, REWRITE_INTERVAL, ROWS, SETTLE, Update};

/// States of longer rows are kept only as often as they may be shown: keeping one costs its length, rewriting a character
/// does not.
const KEPT_BYTES_MAX: usize = 4096;

/// Bars were wiped away and another text was written there: does it take their place, because they are drawn anew below
/// it, or do they stay as the last that was seen of them? What follows tells, if it comes at once; until then rows from
/// here on are not shown.
#[derive(Debug)]
pub(super) struct Pending {
    /// Place of the first row in question.
    row: usize,
    bars: Vec<Bar>,
    since: Duration,
}

/// The last state of a bar that was wiped away.
#[derive(Debug)]
struct Bar {
    number: u64,
    state: Styled,
    is_unshown: bool,
}

impl Row {
    /// When another state may be shown.
    fn next_show(&self) -> Duration {
        self.shown_at.map_or(Duration::ZERO, |at| at + REWRITE_INTERVAL)
    }

    fn has_unshown_text(&self) -> bool {
        self.is_dirty && !self.text.is_blank()
    }

    /// When its text is whole, if nothing comes in before.
    fn whole_at(&self, fed_at: Duration) -> Duration {
        if self.is_settled && self.is_rewritten { Duration::ZERO } else { fed_at + SETTLE }
    }
}

impl Screen {
    pub fn due(&self) -> Option<Duration> {
        let decision = self.pending.as_ref().map(|pending| pending.since.max(self.fed_at) + SETTLE);
        let rows = self.rows.iter().enumerate().filter(|(i, _)| !self.is_pending(*i));
        rows.filter_map(|(_, row)| {
            if row.has_unshown_text() {
                Some(row.next_show().max(row.whole_at(self.fed_at)))
            } else {
                row.is_last_unshown.then(|| row.next_show())
            }
        })
        .chain(decision)
        .min()
    }

    pub fn flush_due<E>(&mut self, now: Duration, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        if self.due().is_none_or(|due| due > now) {
            return Ok(());
        }
        if self.pending.as_ref().is_some_and(|pending| pending.since.max(self.fed_at) + SETTLE <= now) {
            self.resolve(self.row, each)?;
            self.decide(each)?;
        }
        for i in 0..self.rows.len() {
            let Some(row) = self.rows.get(i).filter(|row| row.next_show() <= now && !self.is_pending(i)) else {
                continue;
            };
            if row.has_unshown_text() {
                if row.whole_at(self.fed_at) <= now {
                    self.resolve(i, each)?;
                    self.decide(each)?;
                    self.show_text(i, false, now, each)?;
                }
            } else if row.is_last_unshown {
                self.show_last(i, now, each)?;
            }
        }
        Ok(())
    }

    /// Row `i` was left by a line feed.
    pub fn end_row<E>(&mut self, i: usize, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.resolve(i, each)?;
        let now = self.fed_at;
        match self.rows.get(i) {
            // Bars below each other are left and entered all the time: each is shown when its time has come.
            Some(row) if row.is_revisited && row.was_shown && now < row.next_show() => Ok(()),
            Some(_) if !self.is_pending(i) => self.show_end(i, each),
            _ => Ok(()),
        }
    }

    /// Nothing will be written to row `i` any more.
    pub fn close_row<E>(&mut self, i: usize, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.resolve(i, each)?;
        self.decide(each)?;
        self.show_end(i, each)
    }

    fn show_end<E>(&mut self, i: usize, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        let now = self.fed_at;
        let Some(row) = self.rows.get(i) else { return Ok(()) };
        let (is_blank, is_new) = (row.text.is_blank(), row.is_dirty || row.was_shown_open);
        if row.is_last_unshown && (is_blank || !is_new) {
            // The newest state was blanked out or left as it was: the one before it is the last to be seen.
            self.show_last(i, now, each)
        } else if !row.was_shown || (is_new && !is_blank) {
            self.show_text(i, true, now, each)
        } else {
            Ok(())
        }
    }

    /// Keeps the state of row `i`, which is whole and about to be changed.
    pub fn keep_state<E>(&mut self, i: usize, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.resolve(i, each)?;
        let now = self.fed_at;
        let is_pending = self.is_pending(i);
        let Some(row) = self.rows.get_mut(i) else { return Ok(()) };
        let may_show = now >= row.next_show() && !is_pending;
        let is_unshown = row.is_dirty || row.was_shown_open;
        if row.text.bytes() <= KEPT_BYTES_MAX || may_show || row.last.is_none() {
            let mut state = row.last.take().unwrap_or_default();
            row.text.read(true, &mut self.scratch, |text, spans| {
                state.text.clear();
                state.text.push_str(text);
                state.spans.clear();
                state.spans.extend_from_slice(spans);
            });
            row.last = Some(state);
            row.is_last_unshown = is_unshown;
        }
        row.is_dirty = false;
        if is_unshown && may_show { self.show_last(i, now, each) } else { Ok(()) }
    }

    /// Shows the rows before the cursor's that were not shown yet.
    pub fn show_before_cursor<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.show_before(self.row, each)
    }

    fn show_before<E>(&mut self, i: usize, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        let first = self.rows.iter().take(i).rposition(|row| row.was_shown).map_or(0, |shown| shown + 1);
        for j in first..i {
            self.show_one(j, true, self.fed_at, each)?;
        }
        Ok(())
    }

    fn show_text<E>(
        &mut self,
        i: usize,
        is_final: bool,
        now: Duration,
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.show_before(i, each)?;
        self.show_one(i, is_final, now, each)
    }

    fn show_one<E>(
        &mut self,
        i: usize,
        is_final: bool,
        now: Duration,
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_cursors = i == self.row;
        let Some(row) = self.rows.get_mut(i) else { return Ok(()) };
        let is_open = !is_final && !row.is_rewritten && is_cursors;
        (row.is_dirty, row.is_last_unshown, row.was_shown, row.was_shown_open) = (false, false, true, is_open);
        row.shown_at = Some(now);
        let number = row.number;
        row.text.read(row.is_rewritten, &mut self.scratch, |text, spans| {
            each(Update::Line(LineUpdate { number, text, spans, is_final, is_open }))
        })
    }

    fn show_last<E>(
        &mut self,
        i: usize,
        now: Duration,
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.show_before(i, each)?;
        let Some(row) = self.rows.get_mut(i) else { return Ok(()) };
        (row.is_last_unshown, row.was_shown, row.was_shown_open) = (false, true, false);
        row.shown_at = Some(now);
        let Some(Styled { text, spans }) = &row.last else { return Ok(()) };
        each(Update::Line(LineUpdate { number: row.number, text, spans, is_final: false, is_open: false }))
    }

    /// Whether row `i` waits for a decision.
    fn is_pending(&self, i: usize) -> bool {
        self.pending.as_ref().is_some_and(|pending| i >= pending.row)
    }

    /// Looks at the whole text of row `i`: is it what was wiped away, or something else?
    fn resolve<E>(&mut self, i: usize, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        let Some(row) = self.rows.get(i).filter(|row| !row.text.is_blank()) else { return Ok(()) };
        if let Some(pending) = &self.pending {
            if i > pending.row {
                let is_bar = row.text.read(true, &mut self.scratch, |text, _| {
                    pending.bars.iter().any(|bar| alike(&bar.state.text, text))
                });
                if is_bar {
                    return self.replace(each);
                }
                if i - pending.row > ROWS / 2 {
                    return self.decide(each);
                }
            }
            return Ok(());
        }
        if !row.is_wiped {
            return Ok(());
        }
        let is_last = self.rows.iter().skip(i + 1).all(|row| row.text.is_blank());
        let is_same = !is_last
            || row.text.read(true, &mut self.scratch, |text, _| {
                self.rows.iter().skip(i).filter_map(|row| row.last.as_ref()).any(|last| alike(&last.text, text))
            });
        if is_same {
            if let Some(row) = self.rows.get_mut(i) {
                row.is_wiped = false;
            }
            return Ok(());
        }
        let bars = self.rows.iter_mut().skip(i).filter_map(|row| {
            row.is_wiped = false;
            let is_unshown = std::mem::take(&mut row.is_last_unshown);
            row.last.take().map(|state| Bar { number: row.number, state, is_unshown })
        });
        self.pending = Some(Pending { row: i, bars: bars.collect(), since: self.fed_at });
        Ok(())
    }

    /// The bars go on below: the text takes their place.
    fn replace<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        let Some(pending) = self.pending.take() else { return Ok(()) };
        self.end_rows_from(pending.row, each)
    }

    /// If a decision is due, the bars stay, and the text becomes new lines behind them.
    pub fn decide<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        let Some(Pending { row: first, bars, .. }) = self.pending.take() else { return Ok(()) };
        self.show_before(first, each)?;
        let newest = bars.iter().map(|bar| bar.number).max();
        for row in self.rows.iter().skip(first).take_while(|row| Some(row.number) <= newest) {
            let bar = bars.iter().find(|bar| bar.number == row.number);
            // A row between bars that nothing stood in is a line too.
            if bar.map_or(!row.was_shown, |bar| bar.is_unshown) {
                let (text, spans) = bar.map_or(("", &[][..]), |bar| (bar.state.text.as_str(), &bar.state.spans[..]));
                each(Update::Line(LineUpdate { number: row.number, text, spans, is_final: true, is_open: false }))?;
            }
        }
        let used = self.rows.iter().skip(first).filter(|row| row.was_shown).map(|row| row.number);
        let next = used.chain(bars.iter().map(|bar| bar.number)).max().map_or(self.next_number, |number| number + 1);
        let end = self.rows.iter().rposition(|row| !row.text.is_blank()).unwrap_or(0).max(self.row) + 1;
        self.rows.truncate(end);
        self.next_number = next;
        for row in self.rows.iter_mut().skip(first) {
            let text = std::mem::take(&mut row.text);
            let (is_rewritten, is_settled) = (row.is_rewritten, row.is_settled);
            let is_dirty = !text.is_blank();
            *row = Row { text, is_rewritten, is_settled, is_dirty, ..Row::new(self.next_number) };
            self.next_number += 1;
        }
        self.end_rows_from(first, each)
    }

    fn end_rows_from<E>(&mut self, first: usize, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        for i in first..self.row {
            self.show_end(i, each)?;
        }
        Ok(())
    }
}
