//! Finds names with their numbers in the pieces of a line, and the counts that say where the job is.
//!
//! A false series is worse than none: a number counts only where its name and what follows it do not read as prose.
//! Called on the worker's thread.

use super::names;
use super::reading::{Count, Form, Reading};
use super::token::{Kind, Number, Space, Token};

/// Reads the pairs of `tokens`, which were cut from `line`, into `reading`.
pub(super) fn read(line: &str, tokens: &[Token], reading: &mut Reading) {
    let mut parser = Parser { line, tokens, at: 0, reading };
    if !parser.reading.has_count() {
        parser.leading_count();
    }
    // Bare pairs need the counts of the whole line to be judged: they are kept for the end.
    let mut bare = Vec::new();
    while parser.at < tokens.len() {
        if !parser.count() && !parser.separated_pair() && !parser.bare_pairs(&mut bare) {
            parser.at += 1;
        }
    }
    parser.judge(&bare);
}

/// A name and its number without a sign between them.
struct BarePair {
    name: (usize, usize),
    number: Number,
    word_count: usize,
    /// Whether it is alone between two separators.
    is_alone: bool,
}

struct Parser<'a> {
    line: &'a str,
    tokens: &'a [Token],
    at: usize,
    reading: &'a mut Reading,
}

/// Most words of a name before `:`; more are a sentence.
const NAME_WORDS_MAX: usize = 4;

impl Parser<'_> {
    fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.token(at).map(|t| t.kind)
    }

    fn text(&self, at: usize) -> &str {
        self.token(at).and_then(|t| self.line.get(t.start..t.end)).unwrap_or_default()
    }

    fn number(&self, at: usize) -> Option<Number> {
        match self.kind(at) {
            Some(Kind::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// `[10]`, `[10/345]`, CatBoost's `10:` and a bare `45/100` at the start of a line are counts.
    fn leading_count(&mut self) {
        let (count, next) = if matches!(self.kind(0), Some(Kind::Open(b'['))) {
            if let Some(number) = self.number(1).filter(|n| n.is_percent && self.kind(2) == Some(Kind::Close)) {
                self.reading.percent = Some(number.value);
                self.at = 3;
                return;
            }
            let Some((count, next)) = self.plain_count(1) else { return };
            if self.kind(next) != Some(Kind::Close) {
                return;
            }
            (count, next + 1)
        } else {
            let Some((count, next)) = self.plain_count(0) else { return };
            let is_catboost = count.total.is_none()
                && self.kind(next) == Some(Kind::Colon)
                && self.token(next + 1).is_some_and(|t| t.space == Space::Gap && t.kind == Kind::Word);
            if count.total.is_none() && !is_catboost {
                return;
            }
            (count, if is_catboost { next + 1 } else { next })
        };
        let unit = if count.total.is_some() { names::CountUnit::Batch } else { names::CountUnit::Step("iteration") };
        self.reading.set_count(unit, count);
        self.at = next;
    }

    /// `3`, `3/10` or `3 of 10` at token `at`, and where it ends.
    fn plain_count(&self, at: usize) -> Option<(Count, usize)> {
        let done = self.number(at).filter(|n| n.value >= 0.0 && !n.has_unit)?;
        let joins = self.kind(at + 1) == Some(Kind::Slash) || self.text(at + 1) == "of";
        // Three numbers with slashes are a date.
        let total = self
            .number(at + 2)
            .filter(|n| joins && n.is_count() && n.value > 0.0 && self.kind(at + 3) != Some(Kind::Slash));
        match total {
            Some(total) if done.is_count() => Some((Count { done: done.value, total: Some(total.value) }, at + 3)),
            _ if self.kind(at + 1) == Some(Kind::Slash) => None,
            _ => Some((Count { done: done.value, total: None }, at + 1)),
        }
    }

    /// A count that may stand in brackets.
    fn bracketed_count(&self, at: usize) -> Option<(Count, usize)> {
        if !matches!(self.kind(at), Some(Kind::Open(b'[' | b'('))) {
            return self.plain_count(at);
        }
        let (count, next) = self.plain_count(at + 1)?;
        // As in `[640/60000 (1%)]`.
        let skips = matches!(self.kind(next), Some(Kind::Open(b'('))) && self.number(next + 1).is_some();
        let next = if skips { next + 3 } else { next };
        (self.kind(next) == Some(Kind::Close)).then_some((count, next + 1))
    }

    /// `step 100`, `Epoch [3/10]`, `Train Epoch: 1 [640/60000 (1%)]`, `epoch 001:    100 / 1000`.
    fn count(&mut self) -> bool {
        if self.kind(self.at) != Some(Kind::Word) {
            return false;
        }
        let mut word = self.at;
        if names::is_phase(self.text(word)) && self.kind(word + 1) == Some(Kind::Word) {
            word += 1;
        }
        let Some(unit) = names::count_unit(self.text(word)) else { return false };
        let mut next = word + 1;
        // mmengine writes `Epoch(train)  [1][ 50/100]`.
        if matches!(self.kind(next), Some(Kind::Open(b'(')))
            && self.kind(next + 1) == Some(Kind::Word)
            && self.kind(next + 2) == Some(Kind::Close)
        {
            next += 3;
        }
        let is_separated = matches!(self.kind(next), Some(Kind::Colon | Kind::Equals));
        if is_separated {
            next += 1;
        }
        let Some((count, after)) = self.bracketed_count(next) else { return false };
        let is_fraction_ok = unit == names::CountUnit::Epoch && (is_separated || self.is_end(after));
        if count.done.fract() != 0.0 && !is_fraction_ok {
            return false;
        }
        self.at = after;
        self.reading.set_count(unit, count);
        if self.kind(self.at) == Some(Kind::Colon) {
            self.at += 1;
        }
        // The batch within the epoch follows without a name of its own.
        if unit == names::CountUnit::Epoch
            && let Some((batch, after)) = self.bracketed_count(self.at)
            && batch.total.is_some()
        {
            self.reading.set_count(names::CountUnit::Batch, batch);
            self.at = after;
        }
        true
    }

    /// `name: value`, `name=value`, `two words: value`, `name (unit): value`.
    fn separated_pair(&mut self) -> bool {
        if self.kind(self.at) != Some(Kind::Word) {
            return false;
        }
        let first = self.at;
        let mut end = first + 1;
        while self.token(end).is_some_and(|t| t.kind == Kind::Word && t.space == Space::Blank) {
            end += 1;
        }
        let mut sign = end;
        if matches!(self.kind(sign), Some(Kind::Open(b'('))) && self.kind(sign + 2) == Some(Kind::Close) {
            sign += 3;
        }
        let Some(sign_token) = self.token(sign) else { return false };
        let value_at = self.value_at(sign + 1);
        let (Some(number), Some(value_token)) = (self.number(value_at), self.token(value_at)) else {
            // The words of a sentence are no names either.
            if matches!(sign_token.kind, Kind::Colon | Kind::Equals) {
                self.at = sign + 1;
                return true;
            }
            return false;
        };
        let after = self.after_value(value_at);
        let (name_first, form, is_pair) = match sign_token.kind {
            Kind::Equals => {
                let is_glued = sign_token.space == Space::None && value_token.space == Space::None;
                // In `using lr=0.1` only the word that touches the sign is the name.
                let is_sentence = is_glued || end - first > NAME_WORDS_MAX;
                let start = if is_sentence { end - 1 } else { first };
                (start, Form::Written, !matches!(self.kind(after), Some(Kind::Slash)))
            }
            Kind::Colon => {
                let words = first..end;
                let is_sentence = words.len() > NAME_WORDS_MAX || words.clone().any(|w| names::is_filler(self.text(w)));
                let is_address =
                    value_token.space == Space::None && !number.is_real && names::is_place(self.text(end - 1));
                (first, Form::Spoken, !is_sentence && !is_address && self.may_follow(after))
            }
            _ => return false,
        };
        // `Receiving objects: 45% (45/100)` tells how far something is.
        let is_share = number.is_percent
            && matches!(self.kind(after), Some(Kind::Open(b'(')))
            && self.kind(after + 2) == Some(Kind::Slash);
        if is_share {
            self.reading.percent = Some(number.value);
        } else if is_pair {
            self.add_pair(name_first, end, number, form);
        }
        self.at = after;
        true
    }

    fn add_pair(&mut self, first: usize, end: usize, number: Number, form: Form) {
        let (Some(from), Some(to)) = (self.token(first), self.token(end - 1)) else { return };
        let Some(name) = self.line.get(from.start..to.end) else { return };
        if end - first == 1
            && let Some(unit) = names::count_unit(name)
            && (number.is_count() || unit == names::CountUnit::Epoch)
        {
            self.reading.set_count(unit, Count { done: number.value, total: None });
        } else if number.is_percent && names::is_progress(name) {
            self.reading.percent = Some(number.value);
        } else {
            self.reading.add(name, number.value, form);
        }
    }

    /// Steps into `tensor(0.5`, `np.float64(0.5`.
    fn value_at(&self, at: usize) -> usize {
        let is_wrapper = self.kind(at) == Some(Kind::Word)
            && matches!(self.text(at), "tensor" | "array" | "np.float64" | "np.float32" | "np.float16" | "Decimal")
            && matches!(self.kind(at + 1), Some(Kind::Open(b'(')));
        if is_wrapper { at + 2 } else { at }
    }

    /// Skips what may belong to a value: a deviation, an average in brackets.
    fn after_value(&self, value_at: usize) -> usize {
        let mut after = value_at + 1;
        if self.kind(after) == Some(Kind::PlusMinus) {
            after += 1;
            // `+/-`
            while matches!(self.kind(after), Some(Kind::Slash | Kind::Dash | Kind::Other)) {
                after += 1;
            }
            if self.number(after).is_some() {
                after += 1;
            }
        }
        if matches!(self.kind(after), Some(Kind::Open(b'(')))
            && self.number(after + 1).is_some()
            && self.kind(after + 2) == Some(Kind::Close)
        {
            after += 3;
        }
        after
    }

    fn is_end(&self, at: usize) -> bool {
        match self.token(at) {
            None => true,
            Some(t) => {
                matches!(t.kind, Kind::Comma | Kind::Semicolon | Kind::Pipe | Kind::Dash | Kind::Close | Kind::Open(_))
                    || t.space == Space::Gap
            }
        }
    }

    /// Whether what stands at `at` can follow the value of `name: value`: an end, a unit and an end, or another pair.
    fn may_follow(&self, at: usize) -> bool {
        if self.is_end(at) || (names::is_unit(self.text(at)) && self.is_end(at + 1)) {
            return true;
        }
        let mut end = at;
        while self.kind(end) == Some(Kind::Word) && end - at < NAME_WORDS_MAX && !names::is_filler(self.text(end)) {
            end += 1;
        }
        match self.kind(end) {
            _ if end == at => false,
            Some(Kind::Colon | Kind::Equals) => true,
            Some(Kind::Number(_)) => end - at <= 2,
            Some(Kind::Open(b'(')) => {
                self.kind(end + 2) == Some(Kind::Close) && self.kind(end + 3) == Some(Kind::Colon)
            }
            _ => false,
        }
    }

    /// `loss 0.53 acc 0.91`: as many as follow each other up to the next separator, or none of them.
    fn bare_pairs(&mut self, out: &mut Vec<BarePair>) -> bool {
        if self.kind(self.at) != Some(Kind::Word) {
            return false;
        }
        let kept = out.len();
        let mut at = self.at;
        loop {
            // A count between the pairs is read in its turn.
            if at > self.at && names::count_unit(self.text(at)).is_some() {
                break;
            }
            let first = at;
            while self.token(at).is_some_and(|t| t.kind == Kind::Word && (at == first || t.space == Space::Blank)) {
                at += 1;
            }
            let word_count = at - first;
            let is_name = (1..=2).contains(&word_count) && (first..at).all(|w| !names::is_prose(self.text(w)));
            let (Some(number), Some(from), Some(to)) = (self.number(at), self.token(first), self.token(at.max(1) - 1))
            else {
                return self.skip_sentence(out, kept, at);
            };
            at = self.after_value(at);
            if !is_name || matches!(self.kind(at), Some(Kind::Slash | Kind::Colon | Kind::Equals | Kind::Other)) {
                return self.skip_sentence(out, kept, at);
            }
            out.push(BarePair { name: (from.start, to.end), number, word_count, is_alone: false });
            if self.kind(at) != Some(Kind::Word) {
                // A number after a number, or a time, belongs to something else, as in a listing of files.
                if !self.is_end(at) {
                    return self.skip_sentence(out, kept, at);
                }
                break;
            }
        }
        if let [pair] = out.get_mut(kept..).unwrap_or_default() {
            pair.is_alone = true;
        }
        self.at = at;
        true
    }

    /// Gives up the bare pairs since `kept` and goes on behind the sentence: at the next separator or sign.
    fn skip_sentence(&mut self, out: &mut Vec<BarePair>, kept: usize, at: usize) -> bool {
        out.truncate(kept);
        self.at = at.max(self.at + 1);
        while let Some(token) = self.token(self.at) {
            let opens_pair = token.kind == Kind::Word
                && (matches!(self.kind(self.at + 1), Some(Kind::Colon | Kind::Equals))
                    || names::count_unit(self.text(self.at)).is_some());
            if self.is_end(self.at) || opens_pair {
                break;
            }
            self.at += 1;
        }
        true
    }

    /// Bare pairs are believed if the line says where the job is, if there are several, or if the line is nothing but
    /// one name and one real number.
    fn judge(&mut self, bare: &[BarePair]) {
        let has_count = self.reading.has_count();
        let is_whole_line = self.tokens.len() == 2 && bare.first().is_some_and(|p| p.number.is_real);
        let has_other = self.reading.pair_count() > 0;
        if !(has_count || bare.len() >= 2 || is_whole_line || has_other) {
            return;
        }
        for pair in bare {
            // Two words without a sign are a name only where the line has a count, as in `step 5: train loss 1.9`.
            let is_sure = has_count || (pair.word_count == 1 && (!pair.is_alone || pair.number.is_real));
            if let Some(name) = self.line.get(pair.name.0..pair.name.1).filter(|_| is_sure) {
                self.reading.add(name, pair.number.value, Form::Spoken);
            }
        }
    }
}
