//! Rows of delimited text into columns of numbers, on several threads when there is much of it.
//!
//! The caller's thread reads the next blocks while others parse the last ones; results are put together in order.

use std::io::Read;
use std::num::NonZero;
use std::thread;

use crate::batch::Xs;

use super::blocks::{BlockError, Blocks};
use super::cell::{self, Cell};
use super::dialect::{self, Delimiter, Dialect, Kind};
use super::error::{TableError, file_name, list, short};
use super::{Table, TableColumn, TableOptions, quoted};
use crate::source::float;

/// Threads that parse at most: the disk and the memory set the pace beyond.
const PARSERS_MAX: usize = 4;

/// Which columns are read, and how the lines are written.
pub(super) struct Plan {
    pub dialect: Dialect,
    /// For each column of the text, its place among the columns read.
    slots: Vec<Option<usize>>,
    /// For each column read, its place in the text and whether it was asked for by name.
    read: Vec<(usize, bool)>,
    /// Place of x among the columns read, if it is not the row number.
    x: Option<usize>,
}

/// Columns as they grow.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    pub kinds: Vec<Kind>,
    values: Vec<Vec<f64>>,
    rows: usize,
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

impl Plan {
    fn new(dialect: Dialect, options: &TableOptions) -> Result<Self, TableError> {
        let find = |wanted: &str| find_column(&dialect.names, wanted, options);
        let x_asked = options.x.as_deref().map(find).transpose()?;
        let x = x_asked.or_else(|| {
            let is_value = dialect.kinds.first().is_some_and(|kind| *kind != Kind::Text);
            let is_alone = dialect.kinds.iter().filter(|kind| **kind != Kind::Text).count() < 2;
            (is_value && !is_alone && !options.y.iter().any(|y| find(y).is_ok_and(|y| y == 0))).then_some(0)
        });
        let mut read: Vec<(usize, bool)> = x.map(|x| (x, x_asked.is_some())).into_iter().collect();
        if options.y.is_empty() {
            let others = dialect.kinds.iter().enumerate();
            // Times are drawn along x; as y they would need an axis of their own.
            let is_y = |kind: &Kind| matches!(kind, Kind::Number | Kind::Unknown);
            read.extend(others.filter(|(i, kind)| Some(*i) != x && is_y(kind)).map(|(i, _)| (i, false)));
        } else {
            for y in &options.y {
                let y = find(y)?;
                if !read.iter().skip(usize::from(x.is_some())).any(|(i, _)| *i == y) {
                    read.push((y, true));
                }
            }
        }
        let mut slots = vec![None; dialect.names.len()];
        for (slot, (column, _)) in read.iter().enumerate() {
            // A column may be x and y at once: its values are copied at the end.
            if let Some(place @ None) = slots.get_mut(*column) {
                *place = Some(slot);
            }
        }
        Ok(Self { slots, read, x: x.map(|_| 0), dialect })
    }

    fn start(&self) -> Columns {
        let kind = |(column, is_asked): &(usize, bool)| match self.dialect.kinds.get(*column) {
            // A text in a column that was asked for is an error at its line.
            Some(Kind::Text) if *is_asked => Kind::Number,
            Some(kind) => *kind,
            None => Kind::Unknown,
        };
        Columns {
            kinds: self.read.iter().map(kind).collect(),
            values: vec![Vec::new(); self.read.len()],
            rows: 0,
            lines: self.dialect.lines_before,
        }
    }

    pub fn width(&self) -> usize {
        self.slots.len()
    }

    pub fn error(&self, error: RowError, line: u64, options: &TableOptions) -> TableError {
        let file = file_name(options);
        match error {
            RowError::ColumnCount(found) => TableError::ColumnCount { file, line, found, expected: self.width() },
            RowError::NotANumber { slot, text, kind } => {
                let column = self.read.get(slot).and_then(|(c, _)| self.dialect.names.get(*c));
                TableError::NotANumber { file, line, column: column.cloned().unwrap_or_default(), text, kind }
            }
        }
    }

    fn into_table(self, mut columns: Columns, options: &TableOptions) -> Result<Table, TableError> {
        let rows = columns.rows;
        let name = |column: usize| self.dialect.names.get(column).cloned().unwrap_or_default();
        // A column that is x and y was read once.
        for (slot, (column, _)) in self.read.iter().enumerate() {
            let first = self.slots.get(*column).copied().flatten();
            if let Some(first) = first.filter(|first| *first != slot) {
                let copy = columns.values.get(first).cloned();
                if let (Some(copy), Some(values)) = (copy, columns.values.get_mut(slot)) {
                    *values = copy;
                }
                let kind = columns.kinds.get(first).copied();
                if let (Some(kind), Some(own)) = (kind, columns.kinds.get_mut(slot)) {
                    *own = kind;
                }
            }
        }
        let is_read = |column: usize| self.read.iter().any(|(c, _)| *c == column);
        let is_left_out = |(column, kind): &(usize, &Kind)| {
            options.y.is_empty() && matches!(kind, Kind::Text | Kind::Time) && !is_read(*column)
        };
        let kinds = self.dialect.kinds.iter().enumerate();
        let mut skipped: Vec<String> = kinds.filter(is_left_out).map(|(column, _)| name(column)).collect();
        let mut x = None;
        let mut out = Vec::new();
        let all = self.read.iter().zip(columns.values).zip(columns.kinds).enumerate();
        for (slot, (((column, is_asked), mut values), kind)) in all {
            values.resize(rows, f64::NAN);
            if Some(slot) == self.x {
                x = Some((values, name(*column), kind == Kind::Time)).filter(|_| kind != Kind::Text);
            } else if kind == Kind::Text || (kind == Kind::Unknown && !is_asked) || (kind == Kind::Time && !is_asked) {
                skipped.push(name(*column));
            } else {
                out.push(TableColumn { name: name(*column), values });
            }
        }
        if out.is_empty() || rows == 0 {
            let columns = list(&self.dialect.names);
            return Err(TableError::NoNumbers { file: file_name(options), columns });
        }
        let (x, x_name, x_is_time) = match x {
            Some((values, name, is_time)) => (Xs::Explicit(values), name, is_time),
            None => (Xs::Steps { start: 1.0, step: 1.0 }, "row".to_owned(), false),
        };
        Ok(Table { x, x_name, x_is_time, columns: out, skipped })
    }
}

/// The column called `wanted`, or else the one with that number from 1.
pub(super) fn find_column(names: &[String], wanted: &str, options: &TableOptions) -> Result<usize, TableError> {
    let wanted = wanted.trim();
    let by_number = || wanted.parse::<usize>().ok()?.checked_sub(1).filter(|n| *n < names.len());
    names.iter().position(|name| name == wanted).or_else(by_number).ok_or_else(|| TableError::NoSuchColumn {
        file: file_name(options),
        column: wanted.to_owned(),
        columns: list(names),
    })
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
            (Cell::Missing, _) => f64::NAN,
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
