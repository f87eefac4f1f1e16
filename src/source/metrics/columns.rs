//! Plain columns: a line of names, then lines of as many numbers, as vmstat, iostat, sar, fastai and YOLO print.
//!
//! Called on the worker's thread.

use super::names;
use super::reading::{Count, Form, Reading};
use super::token::{self, Kind, Number};

/// Remembers the last line that could be a header, and the header in force.
#[derive(Debug, Default)]
pub(super) struct Columns {
    candidate: String,
    /// Only a ruled line, as of dashes, came after the candidate.
    is_ruled: bool,
    header: Vec<String>,
    split: Split,
}

/// How a line is cut into cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Split {
    #[default]
    Blanks,
    Gaps,
    Commas,
    Pipes,
}

/// A cell of a row.
#[derive(Clone, Copy, Debug)]
enum Cell<'a> {
    Number(Number),
    Count(Count),
    Clock,
    Text(&'a str),
}

/// Longest line looked at; a wider table is not read off a terminal.
const LINE_BYTES_MAX: usize = 2000;

impl Columns {
    /// Notes a line without numbers, which may be the header of what follows.
    pub fn note(&mut self, line: &str) {
        if line.len() > LINE_BYTES_MAX || line.trim().is_empty() {
            return;
        }
        if !line.bytes().any(|b| b.is_ascii_alphabetic()) {
            self.is_ruled = true;
            return;
        }
        self.is_ruled = false;
        self.candidate.clear();
        self.candidate.push_str(line);
    }

    /// Reads `line` as a row, `message` being its part behind a time stamp. Says whether it was one.
    pub fn row(&mut self, line: &str, message: &str, reading: &mut Reading) -> bool {
        if line.len() > LINE_BYTES_MAX || (self.header.is_empty() && self.candidate.is_empty()) || !may_be_row(message)
        {
            return false;
        }
        let forms = if line.len() == message.len() { &[message][..] } else { &[message, line] };
        for form in forms {
            if !self.candidate.is_empty() && self.try_candidate(form, form.len() != message.len()) {
                break;
            }
            if !self.header.is_empty() && row_cells(form, self.split).is_some_and(|c| c.len() == self.header.len()) {
                break;
            }
        }
        for form in forms {
            let Some(cells) = row_cells(form, self.split).filter(|c| c.len() == self.header.len()) else { continue };
            self.read_row(&cells, reading);
            return true;
        }
        false
    }

    /// Makes the candidate the header if it has a name for each cell of `row`.
    fn try_candidate(&mut self, row: &str, is_stamped: bool) -> bool {
        let line = if is_stamped { self.candidate.as_str() } else { super::stamp::message_of(&self.candidate) };
        for split in [Split::Blanks, Split::Gaps, Split::Commas, Split::Pipes] {
            let Some(cells) = row_cells(row, split).filter(|cells| cells.len() >= 2) else { continue };
            if self.is_ruled && cells.iter().any(|cell| matches!(cell, Cell::Text(_))) {
                continue;
            }
            let mut words: Vec<&str> = cut(line, split).collect();
            // iostat begins its header by `avg-cpu:`.
            if words.len() == cells.len() + 1 && words.first().is_some_and(|w| w.ends_with(':')) {
                words.remove(0);
            }
            let are_names = words.iter().all(|w| w.bytes().any(|b| b.is_ascii_alphabetic()) && w.len() <= 40);
            if words.len() == cells.len() && are_names {
                self.header = unique(&words);
                self.split = split;
                self.candidate.clear();
                return true;
            }
        }
        false
    }

    fn read_row(&self, cells: &[Cell<'_>], reading: &mut Reading) {
        let label = match cells.first() {
            Some(Cell::Text(text)) => *text,
            _ => "",
        };
        let mut name = String::new();
        for (title, cell) in self.header.iter().zip(cells) {
            let unit = names::count_unit(title);
            match cell {
                Cell::Count(count) => {
                    if let Some(unit) = unit {
                        reading.set_count(unit, *count);
                    }
                }
                Cell::Number(number) => {
                    if let Some(unit) = unit.filter(|_| number.is_count()) {
                        reading.set_count(unit, Count { done: number.value, total: None });
                        continue;
                    }
                    name.clear();
                    if !label.is_empty() {
                        name.push_str(label);
                        name.push(' ');
                    }
                    name.push_str(title);
                    reading.add_column(&name, number.value, Form::Written);
                }
                Cell::Clock | Cell::Text(_) => {}
            }
        }
    }
}

/// A quick look that rules out most lines: a row begins with a number, or with one word and three numbers.
fn may_be_row(line: &str) -> bool {
    let mut words = line.split([' ', '\t', '|', ',']).filter(|w| !w.is_empty());
    let mut is_number = || words.next().is_some_and(|w| !matches!(cell(w), Cell::Text(_)));
    is_number() || (is_number() && is_number() && is_number())
}

/// The cells of `line` if it is a row: numbers, with at most a label in front of at least three of them.
fn row_cells(line: &str, split: Split) -> Option<Vec<Cell<'_>>> {
    let mut cells = Vec::new();
    for text in cut(line, split) {
        let cell = cell(text);
        if matches!(cell, Cell::Text(_)) && !cells.is_empty() {
            return None;
        }
        cells.push(cell);
    }
    let numbers = cells.iter().filter(|c| matches!(c, Cell::Number(_))).count();
    let needed = if matches!(cells.first(), Some(Cell::Text(_))) { 3 } else { 1 };
    (numbers >= needed).then_some(cells)
}

fn cut(line: &str, split: Split) -> Box<dyn Iterator<Item = &str> + '_> {
    match split {
        Split::Blanks => Box::new(line.split_whitespace()),
        Split::Gaps => {
            Box::new(line.split("  ").flat_map(|part| part.split('\t')).map(str::trim).filter(|c| !c.is_empty()))
        }
        Split::Commas => Box::new(line.split(',').map(str::trim)),
        Split::Pipes => Box::new(line.trim().trim_matches('|').split('|').map(str::trim)),
    }
}

fn cell(text: &str) -> Cell<'_> {
    if let Some((done, total)) = text.split_once('/')
        && let (Some(done), Some(total)) = (number(done), number(total))
        && done.is_count()
        && total.is_count()
    {
        return Cell::Count(Count { done: done.value, total: Some(total.value).filter(|t| *t >= 1.0) });
    }
    match token::whole(text) {
        Some(Kind::Number(number)) => Cell::Number(number),
        Some(Kind::Clock) => Cell::Clock,
        // A date stands where a time could.
        _ if text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-') => Cell::Clock,
        _ => Cell::Text(text),
    }
}

fn number(text: &str) -> Option<Number> {
    match token::whole(text)? {
        Kind::Number(number) => Some(number),
        _ => None,
    }
}

/// Names in which none stands twice: the second `rate` becomes `rate 2`.
fn unique(words: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let mut name = (*word).to_owned();
        let mut count = 1;
        while names.contains(&name) {
            count += 1;
            name = format!("{word} {count}");
        }
        names.push(name);
    }
    names
}
