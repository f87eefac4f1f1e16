//! Which columns of a table are read, and what becomes of them.
//!
//! Pure functions for the caller's thread.

use crate::batch::Xs;

use super::dialect::{Dialect, Kind};
use super::error::{TableError, file_name, list};
use super::rows::{Columns, RowError};
use super::{MISSING, Table, TableColumn, TableOptions};

/// Which columns are read, and how the lines are written.
pub(super) struct Plan {
    pub dialect: Dialect,
    /// For each column of the text, its place among the columns read.
    pub slots: Vec<Option<usize>>,
    /// For each column read, its place in the text and whether it was asked for by name.
    pub read: Vec<(usize, bool)>,
    /// Place of x among the columns read, if it is not the row number.
    x: Option<usize>,
}

impl Plan {
    pub fn new(dialect: Dialect, options: &TableOptions) -> Result<Self, TableError> {
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

    pub fn start(&self) -> Columns {
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

    pub fn into_table(self, mut columns: Columns, options: &TableOptions) -> Result<Table, TableError> {
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
            values.resize(rows, MISSING);
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
            Some((values, name, is_time)) => (Xs::Explicit(values.into()), name, is_time),
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
