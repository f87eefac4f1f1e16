//! Reads a rule: `condition: action, action`.
//!
//! Pure. An error names the place and what could stand there.

use super::quantity::parse_duration;
use super::rule::{Actions, Condition, Pattern, Rule, RuleError, Test};

/// Longest rule, in bytes: names of series are shorter.
const RULE_BYTES_MAX: usize = 4096;

const ACTIONS: &str = "write what to do after a colon: notify, pause, stop, or several with commas";

const CONDITIONS: &str = "write a condition, such as `loss > 10`, `loss is nan`, `loss > 10 for 5`, `silent 10m`, `loss silent \
                          5m`, `end` or `fail`";

/// Reads a rule.
pub(super) fn parse(text: &str) -> Result<Rule, RuleError> {
    let mut parser = Parser { text, at: 0 };
    if text.len() > RULE_BYTES_MAX {
        return Err(parser.error(0, format!("a rule has {RULE_BYTES_MAX} bytes at most")));
    }
    let condition = parser.condition()?;
    let actions = parser.actions(&condition)?;
    Ok(Rule { text: text.trim().to_owned(), condition, actions })
}

struct Parser<'a> {
    text: &'a str,
    /// Byte from which on it is not read yet.
    at: usize,
}

/// A name or word.
struct Word {
    text: String,
    is_quoted: bool,
    start: usize,
}

impl Parser<'_> {
    fn condition(&mut self) -> Result<Condition, RuleError> {
        let first = self.word()?;
        match first.text.as_str() {
            "end" if !first.is_quoted && self.is_at_colon() => return Ok(Condition::End),
            "fail" if !first.is_quoted && self.is_at_colon() => return Ok(Condition::Fail),
            "silent" if !first.is_quoted && self.peek().is_some_and(|c| c.is_ascii_digit()) => {
                return Ok(Condition::Silent { series: None, after: self.duration()? });
            }
            _ => {}
        }
        let too_complex = self.error(first.start, "this name cannot be looked for; write a shorter one");
        let series = Pattern::new(&first.text, first.is_quoted).ok_or(too_complex)?;
        let place = self.place();
        let test = match self.operator() {
            Some(operator) => self.comparison(operator)?,
            None => match self.word_if(|word| matches!(word, "is" | "silent")).as_deref() {
                Some("is") => self.state()?,
                Some(_) => return Ok(Condition::Silent { series: Some(series), after: self.duration()? }),
                None => {
                    let what = "expected <, <=, >, >=, ==, !=, `is` or `silent` after the name of the series";
                    return Err(self.error(place, format!("{what}: {CONDITIONS}")));
                }
            },
        };
        let count = if self.word_if(|word| word == "for").is_some() { self.count()? } else { 1 };
        Ok(Condition::Samples { series, test, count })
    }

    fn comparison(&mut self, operator: &str) -> Result<Test, RuleError> {
        let word = self.word_or("expected a number")?;
        let bound = match word.text.parse::<f64>() {
            Ok(bound) if bound.is_nan() => {
                return Err(self.error(word.start, "nothing compares with nan: write `is nan`"));
            }
            Ok(bound) => bound,
            Err(_) => {
                return Err(
                    self.error(word.start, format!("`{}` is no number: write one, such as 0.5 or 1e-3", word.text))
                );
            }
        };
        Ok(match operator {
            "<" => Test::Less(bound),
            "<=" => Test::LessOrEqual(bound),
            ">" => Test::Greater(bound),
            ">=" => Test::GreaterOrEqual(bound),
            "!=" => Test::NotEqual(bound),
            _ => Test::Equal(bound),
        })
    }

    fn state(&mut self) -> Result<Test, RuleError> {
        let word = self.word_or("expected `nan`, `inf` or `not finite`")?;
        match word.text.as_str() {
            "nan" | "NaN" => Ok(Test::Nan),
            "inf" | "Inf" | "infinite" => Ok(Test::Infinite),
            "not" if self.word_if(|next| next == "finite").is_some() => Ok(Test::NotFinite),
            _ => Err(self.error(word.start, "a sample can be asked whether it `is nan`, `is inf` or `is not finite`")),
        }
    }

    fn count(&mut self) -> Result<u32, RuleError> {
        let word = self.word_or("expected a count of samples")?;
        let count = word.text.parse::<u32>().ok().filter(|count| *count > 0);
        count.ok_or_else(|| {
            let why = format!("`{}` is no count: `for` counts samples in a row, such as `for 5`", word.text);
            self.error(word.start, why)
        })
    }

    fn duration(&mut self) -> Result<std::time::Duration, RuleError> {
        let start = self.place();
        let rest = self.text.get(start..).unwrap_or_default();
        let end = rest.find(':').unwrap_or(rest.len());
        self.at = start + end;
        parse_duration(rest.get(..end).unwrap_or_default().trim()).map_err(|why| self.error(start, why))
    }

    fn actions(&mut self, condition: &Condition) -> Result<Actions, RuleError> {
        let place = self.place();
        if self.peek() != Some(':') {
            let why = if place >= self.text.len() { "no action" } else { "this does not belong to a condition" };
            return Err(self.error(place, format!("{why}: {ACTIONS}")));
        }
        self.at = place;
        let mut actions = Actions::default();
        let is_of_end = matches!(condition, Condition::End | Condition::Fail);
        loop {
            // The colon or the comma.
            self.at += 1;
            let place = self.place();
            let word = self.word_or(ACTIONS)?;
            match word.text.as_str() {
                "notify" => actions.notify = true,
                "pause" | "stop" if is_of_end => {
                    return Err(self.error(place, "a job that has ended can only be told of: write `notify`"));
                }
                "pause" => actions.pause = true,
                "stop" => actions.stop = true,
                other => return Err(self.error(place, format!("`{other}` is no action: {ACTIONS}"))),
            }
            self.at = self.place();
            match self.peek() {
                None => break,
                Some(',') => {}
                Some(_) => return Err(self.error(self.at, format!("expected a comma or the end: {ACTIONS}"))),
            }
        }
        if actions.pause && actions.stop {
            return Err(self.error(place, "a job is paused or stopped, not both"));
        }
        Ok(actions)
    }

    /// The byte at which the next word begins.
    fn place(&self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at + (rest.len() - rest.trim_start().len())
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.place()..)?.chars().next()
    }

    fn is_at_colon(&self) -> bool {
        matches!(self.peek(), Some(':') | None)
    }

    fn operator(&mut self) -> Option<&'static str> {
        let place = self.place();
        let rest = self.text.get(place..)?;
        let found = ["<=", ">=", "==", "!=", "<", ">", "="].into_iter().find(|operator| rest.starts_with(operator))?;
        self.at = place + found.len();
        Some(found)
    }

    fn word(&mut self) -> Result<Word, RuleError> {
        self.word_or(CONDITIONS)
    }

    /// The next word, in quotes or not; `wanted` says what is missing if there is none.
    fn word_or(&mut self, wanted: &str) -> Result<Word, RuleError> {
        let start = self.place();
        let rest = self.text.get(start..).unwrap_or_default();
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let inner = rest.get(1..).unwrap_or_default();
            let Some(length) = inner.find(quote) else {
                return Err(self.error(start, format!("this quotation has no end: close it with {quote}")));
            };
            self.at = start + length + 2;
            let text = inner.get(..length).unwrap_or_default().to_owned();
            return Ok(Word { text, is_quoted: true, start });
        }
        let is_end = |c: char| c.is_whitespace() || "<>=!:,\"'".contains(c);
        let length = rest.find(is_end).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.error(start, wanted.to_owned()));
        }
        self.at = start + length;
        Ok(Word { text: rest.get(..length).unwrap_or_default().to_owned(), is_quoted: false, start })
    }

    /// The next word, if it is one of those.
    fn word_if(&mut self, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
        let before = self.at;
        match self.word() {
            Ok(word) if !word.is_quoted && is_wanted(&word.text) => Some(word.text),
            _ => {
                self.at = before;
                None
            }
        }
    }

    /// An error at a byte.
    fn error(&self, at: usize, why: impl Into<String>) -> RuleError {
        let place = self.text.get(..at).unwrap_or(self.text).chars().count();
        RuleError { text: self.text.to_owned(), place, why: why.into() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> (usize, String) {
        let error = parse(text).unwrap_err();
        (error.place, error.why)
    }

    #[test]
    fn rules_are_read_as_documented() {
        let rule = parse(" loss > 10 for 5 : notify, stop ").unwrap();
        assert_eq!(rule.text(), "loss > 10 for 5 : notify, stop");
        assert_eq!(rule.actions(), Actions { notify: true, stop: true, pause: false });
        let Condition::Samples { series, test: Test::Greater(10.0), count: 5 } = &rule.condition else {
            panic!("{rule:?}")
        };
        assert!(series.is_match("loss") && !series.is_match("val_loss") && !series.is_match("losses"));
        let Condition::Samples { series, test: Test::Nan, count: 1 } = parse("*/loss is nan:stop").unwrap().condition
        else {
            panic!("no test for nan")
        };
        assert!(series.is_match("train/loss") && series.is_match("a\nb/loss") && !series.is_match("loss"));
        let Condition::Samples { series, test: Test::GreaterOrEqual(bound), .. } =
            parse("'a*: b'>=-1e-3: pause").unwrap().condition
        else {
            panic!("no comparison")
        };
        assert!(series.is_match("a*: b") && !series.is_match("ax: b") && bound == -1e-3);
        let Condition::Silent { series: None, after } = parse("silent 1h 30m: pause").unwrap().condition else {
            panic!("no silence")
        };
        assert_eq!(after, Duration::from_secs(5400));
        assert!(matches!(
            parse("loss silent 5m: notify").unwrap().condition,
            Condition::Silent { series: Some(_), .. }
        ));
        assert!(matches!(parse("end: notify").unwrap().condition, Condition::End));
        assert!(matches!(parse("fail:notify").unwrap().condition, Condition::Fail));
        // Series of these names are meant where a comparison follows.
        for text in ["end > 3: stop", "silent < 1: stop", "fail is nan: stop", "silent silent 5m: notify"] {
            assert!(matches!(
                parse(text).unwrap().condition,
                Condition::Samples { .. } | Condition::Silent { series: Some(_), .. }
            ));
        }
        assert!(matches!(
            parse("x is not finite: stop").unwrap().condition,
            Condition::Samples { test: Test::NotFinite, .. }
        ));
    }

    #[test]
    fn errors_name_the_place_and_what_to_write() {
        assert_eq!(error("").0, 0);
        assert_eq!(
            error("loss"),
            (4, format!("expected <, <=, >, >=, ==, !=, `is` or `silent` after the name of the series: {CONDITIONS}"))
        );
        assert_eq!(error("loss 10: stop").0, 5);
        assert_eq!(error("loss > ten: stop"), (7, "`ten` is no number: write one, such as 0.5 or 1e-3".to_owned()));
        assert_eq!(error("loss == nan: stop"), (8, "nothing compares with nan: write `is nan`".to_owned()));
        assert_eq!(error("loss > 10"), (9, format!("no action: {ACTIONS}")));
        assert_eq!(error("loss > 10 stop"), (10, format!("this does not belong to a condition: {ACTIONS}")));
        assert_eq!(error("loss > 10: fly"), (11, format!("`fly` is no action: {ACTIONS}")));
        assert_eq!(error("loss > 10: stop pause").0, 16);
        assert_eq!(error("loss > 10: stop,").0, 16);
        assert_eq!(error("loss > 10: stop, pause").1, "a job is paused or stopped, not both");
        assert_eq!(error("end: stop"), (5, "a job that has ended can only be told of: write `notify`".to_owned()));
        assert_eq!(error("loss is big: stop").0, 8);
        assert_eq!(error("loss > 1 for 0: stop").0, 13);
        assert_eq!(error("loss silent 5: stop").0, 12);
        assert_eq!(error("'loss > 1: stop").0, 0);
        assert_eq!(error("größe > x: stop").0, 8, "in characters");
        let said = parse("loss > 10 stop").unwrap_err().to_string();
        assert_eq!(said.lines().skip(1).collect::<Vec<_>>(), ["    loss > 10 stop", "              ^"]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_rule_or_an_error_with_a_place_in_it(text in "(?s).{0,40}|[a-z*?'\" <>=!:,.0-9]{0,40}") {
            if let Err(error) = parse(&text) {
                prop_assert!(error.place <= text.chars().count());
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
