//! Rows of delimited text into columns of numbers, on several threads when there is much of it.
//!
//! The caller's thread reads the next blocks while others parse the last ones; results are put together in order.

use std::io::Read;
use std::num::NonZero;
use std::thread;

use super::blocks::{BlockError, Blocks};
use super::cell::{self, Cell};
use super::dialect::{self, Delimiter, Kind};
use super::error::{TableError, file_name, short};
use super::plan::Plan;
use super::{MISSING, Table, TableOptions, quoted};
use crate::source::float;

/// Threads that parse at most: the disk and the memory set the pace beyond.
const PARSERS_MAX: usize = 4;

/// Columns as they grow.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    pub kinds: Vec<Kind>,
    /// One vector for each column read; empty for one that turned out to hold text.
    pub values: Vec<Vec<f64>>,
    /// Rows read.
    pub rows: usize,
    /// Lines read, blank ones and comments included.
    pub lines: u64,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq)]
pub(super) enum RowError {
    ColumnCount(usize),
    /// A cell of a column read, and what the column holds.
    NotANumber {
        slot: usize,
        text: String,
        kind: &'static str,
    },
}

/// Reads a table whose first block is `first`.
pub(super) fn read<R: Read + Send>(
    first: Vec<u8>,
    mut blocks: Blocks<R>,
    options: &TableOptions,
) -> Result<Table, TableError> {
    let Some(dialect) = dialect::find(&first) else {
        return Err(TableError::Empty { file: file_name(options) });
    };
    let plan = Plan::new(dialect, options)?;
    let mut columns = plan.start();
    let mut first = first;
    let mut pending = vec![first.split_off(plan.dialect.data_start.min(first.len()))];
    drop(first);
    let parsers = thread::available_parallelism().map_or(1, NonZero::get).min(PARSERS_MAX);
    let is_quoted =
        |block: &[u8]| matches!(plan.dialect.delimiter, Delimiter::Byte(_)) && memchr::memchr(b'"', block).is_some();
    while !pending.is_empty() {
        // From the first quote on, a line end may stand inside a cell: only a sequential reader can tell.
        if let Some(at) = pending.iter().position(|block| is_quoted(block)) {
            let tail = pending.split_off(at);
            parse_round(&pending, &plan, &mut columns, options, || ())?;
            quoted::read(tail, blocks, &plan, &mut columns, options)?;
            return plan.into_table(columns, options);
        }
        let mut next: Result<Vec<Vec<u8>>, BlockError> = Ok(Vec::new());
        parse_round(&pending, &plan, &mut columns, options, || next = read_round(&mut blocks, parsers))?;
        pending = next.map_err(|error| error.at(options, columns.lines + 1))?;
    }
    plan.into_table(columns, options)
}

/// Reads up to `count` blocks. An error waits until the blocks before it were parsed, so that its line is known.
fn read_round<R: Read>(blocks: &mut Blocks<R>, count: usize) -> Result<Vec<Vec<u8>>, BlockError> {
    let mut round = Vec::with_capacity(count);
    while round.len() < count {
        match blocks.next() {
            Ok(Some(block)) => round.push(block),
            Ok(None) => break,
            Err(error) if round.is_empty() => return Err(error),
            Err(error) => {
                blocks.fail_next(error);
                break;
            }
        }
    }
    Ok(round)
}

/// Parses `round`, a thread a block, while `meanwhile` runs on this one; adds the rows in order.
fn parse_round(
    round: &[Vec<u8>],
    plan: &Plan,
    columns: &mut Columns,
    options: &TableOptions,
    meanwhile: impl FnOnce(),
) -> Result<(), TableError> {
    /// Below this a thread costs more than it saves.
    const THREAD_BYTES_MIN: usize = 256 * 1024;
    let kinds = columns.kinds.clone();
    let parse = |block: &[u8]| {
        let mut part = Columns { values: vec![Vec::new(); kinds.len()], kinds: kinds.clone(), rows: 0, lines: 0 };
        let result = part.parse(block, plan);
        (part, result)
    };
    let parts: Vec<Option<(Columns, Result<(), RowError>)>> = match round {
        [only] if only.len() < THREAD_BYTES_MIN => {
            meanwhile();
            vec![Some(parse(only))]
        }
        _ => thread::scope(|scope| {
            let threads: Vec<_> = round
                .iter()
                .map(|block| thread::Builder::new().name("table:parse".into()).spawn_scoped(scope, || parse(block)))
                .collect();
            meanwhile();
            // A thread that could not be started leaves its block to this one.
            threads
                .into_iter()
                .zip(round)
                .map(|(thread, block)| match thread {
                    Ok(thread) => thread.join().ok(),
                    Err(_) => Some(parse(block)),
                })
                .collect()
        }),
    };
    for part in parts {
        let Some((part, result)) = part else {
            return Err(TableError::Internal { file: file_name(options), line: columns.lines });
        };
        let lines = columns.lines + part.lines;
        result.map_err(|error| plan.error(error, lines, options))?;
        columns.append(part, plan).map_err(|error| plan.error(error, lines, options))?;
    }
    Ok(())
}

impl Columns {
    /// Parses the lines of `block` up to the first wrong one; `lines` then counts that one too.
    fn parse(&mut self, block: &[u8], plan: &Plan) -> Result<(), RowError> {
        let mut at = 0;
        for end in memchr::memchr_iter(b'\n', block).chain(std::iter::once(block.len())) {
            let Some(line) = block.get(at..end).filter(|_| at < block.len()) else { break };
            at = end + 1;
            self.lines += 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if needs_look(line) && dialect::is_skipped(line) {
                continue;
            }
            self.line(line, plan)?;
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8], plan: &Plan) -> Result<(), RowError> {
        let found = match plan.dialect.delimiter {
            Delimiter::Byte(byte) => {
                let line = dialect::trim_pipes(line, byte);
                self.cells(line.split(|b| *b == byte), plan)?
            }
            Delimiter::Blanks => {
                self.cells(line.split(|b| *b == b' ' || *b == b'\t').filter(|c| !c.is_empty()), plan)?
            }
        };
        let Err(found) = found else { return Ok(()) };
        // Only a comment behind the row can excuse it.
        let comment = memchr::memchr2(b'#', b'%', line).filter(|at| *at > 0);
        match comment.and_then(|at| line.get(..at)) {
            Some(row) if !row.trim_ascii().is_empty() => self.line(row.trim_ascii_end(), plan),
            _ => Err(RowError::ColumnCount(found)),
        }
    }

    /// Adds a row. If it has another number of cells than columns, nothing is added and the number is given back.
    #[inline]
    pub fn cells<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a [u8]>,
        plan: &Plan,
    ) -> Result<Result<(), usize>, RowError> {
        let mut count = 0;
        let mut is_last_empty = false;
        let mut wrong = None;
        for text in cells {
            is_last_empty = text.is_empty();
            if let Some(Some(slot)) = plan.slots.get(count)
                && wrong.is_none()
            {
                wrong = self.cell(*slot, text, plan.dialect.decimal).err();
            }
            count += 1;
        }
        if count == plan.width() || (count == plan.width() + 1 && is_last_empty) {
            if wrong.is_none() {
                self.rows += 1;
                return Ok(Ok(()));
            }
        } else {
            wrong = None;
        }
        self.drop_half_row();
        wrong.map_or(Ok(Err(count)), Err)
    }

    #[inline]
    fn cell(&mut self, slot: usize, text: &[u8], decimal: u8) -> Result<(), RowError> {
        let (Some(values), Some(kind)) = (self.values.get_mut(slot), self.kinds.get_mut(slot)) else { return Ok(()) };
        if *kind == Kind::Number
            && let Some(value) = float::parse(text, decimal)
        {
            values.push(value);
            return Ok(());
        }
        if *kind == Kind::Text {
            return Ok(());
        }
        let text = dialect::unquote(text.trim_ascii()).trim_ascii();
        let value = match (cell::parse(text, decimal), *kind) {
            (Cell::Missing, _) => MISSING,
            (Cell::Number(value), Kind::Number | Kind::Unknown) => {
                *kind = Kind::Number;
                value
            }
            (Cell::Number(value), _) if value.is_nan() => value,
            (Cell::Time(secs), Kind::Time | Kind::Unknown) => {
                *kind = Kind::Time;
                secs
            }
            (_, Kind::Unknown) => {
                *kind = Kind::Text;
                *values = Vec::new();
                return Ok(());
            }
            (_, kind) => {
                let kind = if kind == Kind::Time { "time" } else { "number" };
                return Err(RowError::NotANumber { slot, text: short(text), kind });
            }
        };
        values.push(value);
        Ok(())
    }

    /// Takes back the cells of a row that was given up.
    fn drop_half_row(&mut self) {
        for values in &mut self.values {
            values.truncate(self.rows);
        }
    }

    /// Adds the rows of `part`, which was parsed knowing the same kinds.
    fn append(&mut self, part: Self, plan: &Plan) -> Result<(), RowError> {
        for (slot, (values, new)) in part.values.into_iter().zip(part.kinds).enumerate() {
            let (Some(own), Some(kind)) = (self.values.get_mut(slot), self.kinds.get_mut(slot)) else { continue };
            if plan.slots.get(plan.read.get(slot).map_or(0, |(c, _)| *c)).copied().flatten() != Some(slot) {
                continue;
            }
            let merged = match (*kind, new) {
                (kind, Kind::Unknown) => kind,
                (Kind::Unknown, new) => new,
                (kind, new) if kind == new => kind,
                // Two blocks that were parsed at once found different things in a column that was empty before.
                (kind, _) => {
                    let kind = if kind == Kind::Time { "time" } else { "number" };
                    return Err(RowError::NotANumber { slot, text: "a value of another kind".into(), kind });
                }
            };
            *kind = merged;
            if merged == Kind::Text {
                *own = Vec::new();
            } else {
                own.extend_from_slice(&values);
            }
        }
        self.rows += part.rows;
        self.lines += part.lines;
        Ok(())
    }
}

/// A quick look that spares rows of numbers the question whether they are comments.
#[inline]
fn needs_look(line: &[u8]) -> bool {
    !matches!(line.first(), Some(b'0'..=b'9'))
}
