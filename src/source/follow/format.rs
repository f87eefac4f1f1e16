//! Tells what a file is, by its content and its name.
//!
//! Pure functions for the worker's thread.

use std::path::Path;

use super::columns::{self, TableReader};
use super::events::EventReader;
use super::json_lines::JsonReader;
use super::plain::{LogReader, MlflowReader};
use super::reader::Reader;
use super::simulation::{LammpsReader, XvgReader};
use super::wandb::{self, WandbReader};
use crate::framing::{self, HEAD_BYTES};
use crate::source::table::cell::Cell;
use crate::source::table::dialect::{self, Delimiter};

/// Bytes at the start of a file that are looked at.
pub(super) const SAMPLE_BYTES: usize = 64 * 1024;

/// What is understood, for messages.
pub const FORMATS: &str = "CSV, TSV and other tables, JSON lines, TensorBoard event files, metric files of MLflow, \
     offline files of W&B, GROMACS .xvg, LAMMPS logs, and text with numbers";

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Events,
    Wandb,
    Mlflow,
    Xvg,
    Lammps,
    JsonLines,
    Table,
    Log,
}

/// What the start of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Format(Format),
    /// There is too little to tell.
    TooLittle,
    /// Nothing that is understood: what it looks like.
    Unknown(&'static str),
}

impl Format {
    /// What reads it; `name` is the metric's where the file has none.
    pub fn reader(self, name: &str) -> Box<dyn Reader> {
        match self {
            Self::Events => Box::new(EventReader::default()),
            Self::Wandb => Box::new(WandbReader::default()),
            Self::Mlflow => Box::new(MlflowReader::new(name.to_owned())),
            Self::Xvg => Box::new(XvgReader::default()),
            Self::Lammps => Box::new(LammpsReader::default()),
            Self::JsonLines => Box::new(JsonReader::default()),
            Self::Table => Box::new(TableReader::default()),
            Self::Log => Box::new(LogReader::default()),
        }
    }
}

/// What a file's name says, where it says enough to be followed when it is found in a folder.
pub(super) fn by_name(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_string_lossy();
    if name.contains("tfevents") {
        return Some(Format::Events);
    }
    if is_in_mlflow(path) {
        return Some(Format::Mlflow);
    }
    if name.starts_with("log.lammps") {
        return Some(Format::Lammps);
    }
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "csv" | "tsv" => Format::Table,
        "jsonl" | "ndjson" => Format::JsonLines,
        "xvg" => Format::Xvg,
        "wandb" if name.starts_with("run-") => Format::Wandb,
        "lammps" => Format::Lammps,
        _ => return None,
    })
}

/// The run of MLflow's that a metric file belongs to: the folder that holds `metrics` and a description.
pub(super) fn mlflow_run(path: &Path) -> Option<&Path> {
    let metrics = path.ancestors().skip(1).take(8).find(|folder| folder.file_name().is_some_and(|n| n == "metrics"))?;
    metrics.parent().filter(|run| run.join("meta.yaml").is_file())
}

fn is_in_mlflow(path: &Path) -> bool {
    mlflow_run(path).is_some()
}

/// What the first bytes of a file, at most [`SAMPLE_BYTES`], say of it. `is_whole` says that no more will come.
pub(super) fn find(path: &Path, sample: &[u8], is_whole: bool) -> Found {
    let named = by_name(path);
    if let Some(named @ (Format::Events | Format::Wandb | Format::Mlflow)) = named {
        return Found::Format(named);
    }
    let hole = sample.iter().take_while(|byte| **byte == 0).count();
    let text = sample.get(hole..).unwrap_or_default();
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        return Found::Unknown("text in UTF-16: save it as UTF-8");
    }
    if wandb::MAGIC.starts_with(text.get(..wandb::MAGIC.len().min(text.len())).unwrap_or_default()) && !text.is_empty()
    {
        return if text.len() < wandb::MAGIC.len() { Found::TooLittle } else { Found::Format(Format::Wandb) };
    }
    if sample.first_chunk::<HEAD_BYTES>().is_some_and(|head| framing::length(head).is_some()) {
        return Found::Format(Format::Events);
    }
    if text.contains(&0) {
        return Found::Unknown("binary data");
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let end = if is_whole || sample.len() >= SAMPLE_BYTES { Some(text.len()) } else { last_line_end(text) };
    let Some(lines) = end.and_then(|end| text.get(..end)) else { return Found::TooLittle };
    by_text(named, lines, is_whole || sample.len() >= SAMPLE_BYTES)
}

fn last_line_end(text: &[u8]) -> Option<usize> {
    memchr::memrchr(b'\n', text).map(|end| end + 1)
}

/// What whole lines say.
fn by_text(named: Option<Format>, text: &[u8], is_whole: bool) -> Found {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let Some(first) = lines.clone().find(|line| !line.starts_with(b"#") || line.starts_with(b"#@")) else {
        return if let (Some(named), true) = (named, is_whole) { Found::Format(named) } else { Found::TooLittle };
    };
    if first.starts_with(b"LAMMPS (") || named == Some(Format::Lammps) {
        return Found::Format(Format::Lammps);
    }
    if first.starts_with(b"{") {
        return Found::Format(Format::JsonLines);
    }
    let is_directive =
        |line: &[u8]| line.starts_with(b"@ ") || line.starts_with(b"@TYPE") || line.starts_with(b"@    ");
    if named == Some(Format::Xvg) || lines.any(is_directive) && is_directive(first) {
        return Found::Format(Format::Xvg);
    }
    if let Some(named) = named {
        return Found::Format(named);
    }
    if is_table(text) {
        return Found::Format(Format::Table);
    }
    let contents = text.split(|byte| *byte == b'\n').filter(|line| !dialect::is_skipped(line)).count();
    if contents < 2 && !is_whole { Found::TooLittle } else { Found::Format(Format::Log) }
}

/// Whether most lines are rows of one width with numbers in them, under at most one line of names.
fn is_table(text: &[u8]) -> bool {
    /// Lines looked at.
    const LINES: usize = 50;
    let Some(found) = dialect::find(text) else { return false };
    let rows = text.split(|byte| *byte == b'\n').filter(|line| !dialect::is_skipped(line)).take(LINES);
    let (mut count, mut fitting, mut numbers) = (0, 0, 0);
    for row in rows {
        let texts = dialect::split(row.trim_ascii(), found.delimiter);
        let cells: Vec<Cell> =
            texts.iter().map(|text| columns::parse(text.trim_ascii(), found.delimiter, found.decimal)).collect();
        let number_count = cells.iter().filter(|cell| matches!(cell, Cell::Number(_))).count();
        count += 1;
        // Prose has words at the same places too: in white space a row is mostly numbers.
        let is_row =
            number_count > 0 && (matches!(found.delimiter, Delimiter::Byte(_)) || number_count * 2 >= cells.len());
        // Names come again where a program was started again.
        let are_names = texts.iter().all(|text| found.names.iter().any(|name| name.as_bytes() == text.trim_ascii()));
        fitting += usize::from(texts.len().abs_diff(found.names.len()) <= 1 && (is_row || are_names));
        numbers += number_count;
    }
    numbers > 0 && (fitting + 1) * 10 >= count * 8
}
