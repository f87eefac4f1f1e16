//! Logs of simulations: GROMACS `.xvg` and the thermo output of LAMMPS.
//!
//! Worker's thread. The formats are those of `xvgr` as GROMACS writes it (reference manual, file formats: xvg) and of the
//! LAMMPS command `thermo_style` (styles one, custom, multi and yaml).

use super::cutter::{Cutter, Line};
use super::reader::{Fed, Reader};
use super::sheet::{RowX, Sheet};
use crate::source::float;

/// Most columns of a log.
const COLUMNS_MAX: usize = 1000;

/// Reads a file of the plotting program Grace as GROMACS writes it.
#[derive(Default)]
pub(super) struct XvgReader {
    cutter: Cutter,
    plot: Plot,
}

#[derive(Default)]
struct Plot {
    x_label: String,
    y_label: String,
    legends: Vec<String>,
    cells: Vec<(usize, f64)>,
}

impl Reader for XvgReader {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed {
        let plot = &mut self.plot;
        self.cutter.feed(bytes, &mut |line| plot.line(line, sheet));
        Fed::Taken
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let plot = &mut self.plot;
        self.cutter.end(&mut |line| plot.line(line, sheet));
    }

    fn restart(&mut self) {
        self.cutter.restart();
    }
}

impl Plot {
    fn line(&mut self, line: Line<'_>, sheet: &mut Sheet) {
        let (number, text) = match line {
            Line::Text(number, text) => (number, text.trim_ascii()),
            Line::TooLong(number) => return sheet.fault(&format!("line {number}: too long and left out")),
        };
        match text.first() {
            None | Some(b'#' | b'&') => {}
            Some(b'@') => self.directive(&String::from_utf8_lossy(text)),
            Some(_) => self.row(number, text, sheet),
        }
    }

    /// `@ xaxis label "Time (ps)"`, `@ yaxis label "(kJ/mol)"`, `@ s0 legend "Potential"`.
    fn directive(&mut self, text: &str) {
        let Some((head, rest)) = text.split_once('"') else { return };
        let value = rest.rsplit_once('"').map_or(rest, |(value, _)| value);
        let words: Vec<&str> = head.trim_start_matches('@').split_whitespace().collect();
        match words.as_slice() {
            ["xaxis", "label"] => value.clone_into(&mut self.x_label),
            ["yaxis", "label"] => value.clone_into(&mut self.y_label),
            [set, "legend"] => {
                let index = set.strip_prefix('s').and_then(|index| index.parse::<usize>().ok());
                if let Some(index) = index.filter(|index| *index < COLUMNS_MAX) {
                    self.legends.resize(self.legends.len().max(index + 1), String::new());
                    if let Some(legend) = self.legends.get_mut(index) {
                        value.clone_into(legend);
                    }
                }
            }
            _ => {}
        }
    }

    fn row(&mut self, number: u64, text: &[u8], sheet: &mut Sheet) {
        let mut values = words(text).map(|word| float::parse(word, b'.'));
        let Some(Some(x)) = values.next() else {
            return sheet.fault(&format!("line {number}: this is no row of numbers; it is left out"));
        };
        self.cells.clear();
        for (index, value) in values.take(COLUMNS_MAX).enumerate() {
            let Some(value) = value else {
                return sheet.fault(&format!("line {number}: a column holds no number; the line is left out"));
            };
            let legend = self.legends.get(index).filter(|legend| !legend.is_empty());
            let name = match legend {
                Some(legend) => legend.clone(),
                None if index == 0 && !self.y_label.is_empty() => self.y_label.clone(),
                None => format!("s{index}"),
            };
            let x_label = if self.x_label.is_empty() { "x" } else { &self.x_label };
            self.cells.extend(sheet.series(&name, x_label, false).map(|series| (series, value)));
        }
        sheet.row(RowX::At(x), &self.cells);
    }
}

/// Reads a log of LAMMPS.
#[derive(Default)]
pub(super) struct LammpsReader {
    cutter: Cutter,
    thermo: Thermo,
}

#[derive(Default)]
struct Thermo {
    /// The columns of the block that is being read; empty between blocks.
    columns: Vec<String>,
    /// The step of a block in the style multi.
    step: Option<f64>,
    cells: Vec<(usize, f64)>,
}

impl Reader for LammpsReader {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed {
        let thermo = &mut self.thermo;
        self.cutter.feed(bytes, &mut |line| thermo.line(line, sheet));
        Fed::Taken
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let thermo = &mut self.thermo;
        self.cutter.end(&mut |line| thermo.line(line, sheet));
        self.thermo = Thermo::default();
    }

    fn restart(&mut self) {
        self.cutter.restart();
        self.thermo = Thermo::default();
    }
}

impl Thermo {
    fn line(&mut self, line: Line<'_>, sheet: &mut Sheet) {
        let Line::Text(_, text) = line else { return };
        let text = String::from_utf8_lossy(text.trim_ascii());
        if text.starts_with("Loop time") || text.starts_with("...") {
            *self = Self::default();
        } else if let Some(names) = text.strip_prefix("keywords:") {
            self.columns = listed(names).map(|name| name.trim_matches(['\'', '"']).to_owned()).collect();
        } else if text.starts_with("---") && text.contains(" Step ") {
            // ------------ Step  100 ----- CPU =  0.5 (sec) -------------
            (self.columns, self.step) = (Vec::new(), text.split_whitespace().find_map(|word| word.parse().ok()));
        } else if self.step.is_some() && text.contains(" = ") {
            self.pairs(&text, sheet);
        } else if is_header(&text) {
            (self.columns, self.step) = (text.split_whitespace().map(str::to_owned).collect(), None);
        } else if !self.columns.is_empty() {
            let row = text.strip_prefix("- [").map(|row| row.trim_end_matches(']'));
            let values: Option<Vec<f64>> = match row {
                Some(row) => listed(row).map(|word| float::parse(word.as_bytes(), b'.')).collect(),
                None => text.split_whitespace().map(|word| float::parse(word.as_bytes(), b'.')).collect(),
            };
            // Warnings stand among the rows.
            if let Some(values) = values.filter(|values| values.len() == self.columns.len()) {
                self.row(&values, sheet);
            }
        }
    }

    fn row(&mut self, values: &[f64], sheet: &mut Sheet) {
        let x = self.columns.iter().position(|name| name == "Step");
        self.cells.clear();
        for (index, (name, value)) in self.columns.iter().zip(values).enumerate() {
            if Some(index) != x {
                self.cells.extend(sheet.series(name, "Step", false).map(|series| (series, *value)));
            }
        }
        let x = x.and_then(|x| values.get(x)).map_or(RowX::Count, |x| RowX::At(*x));
        sheet.row(x, &self.cells);
    }

    /// `TotEng   =   -4621.2  KinEng   =   20.1`
    fn pairs(&mut self, text: &str, sheet: &mut Sheet) {
        let words: Vec<&str> = text.split_whitespace().collect();
        self.cells.clear();
        for triple in words.windows(3) {
            if let [name, "=", value] = triple
                && let Some(value) = float::parse(value.as_bytes(), b'.')
            {
                self.cells.extend(sheet.series(name, "Step", false).map(|series| (series, value)));
            }
        }
        sheet.row(self.step.map_or(RowX::Count, RowX::At), &self.cells);
    }
}

/// The entries of `['Step', 'Temp', ]`.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.trim().trim_matches(['[', ']']).split(',').map(str::trim).filter(|name| !name.is_empty()).take(COLUMNS_MAX)
}

/// Whether a line names the columns of a thermo block.
fn is_header(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let is_name = |word: &str| word.starts_with(|c: char| c.is_ascii_alphabetic());
    words.clone().count() <= COLUMNS_MAX && words.clone().any(|word| word == "Step") && words.all(is_name)
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty())
}
