//! What frames say, checked: the description of `docs/protocol.md` as types, and numbers from bodies.

use serde::{Deserialize, Serialize};

use crate::batch::{AxisLayout, Batch, Color, Level, Message, Pane, Progress, SeriesId, SeriesInfo, SubplotLayout, Xs};

use super::wire::Frame;

/// The version of the protocol that this program speaks.
pub const VERSION: u32 = 1;

/// Most series of a run.
pub const MOST_SERIES: u32 = 10_000;

/// Most bytes of a name, label or title.
pub const NAME_BYTES: usize = 4096;

/// Most lines of a frame.
pub const MOST_LINES: usize = 10_000;

/// Most bytes of a line.
pub const LINE_BYTES: usize = 65_536;

/// Most subplots of a figure.
pub const MOST_SUBPLOTS: usize = 64;

/// Why a frame is refused; told to the client.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// The first frame of a client.
#[derive(Clone, Debug, Deserialize)]
pub struct Hello {
    /// Version of the protocol.
    pub v: u32,
    /// Names the run for ever: 32 hexadecimal digits.
    pub run: String,
    /// Its name for people; plain text from anywhere.
    pub name: String,
    /// Number of the oldest frame that the client still has.
    pub first: u64,
    /// What made it: `run`, `figure` or `job`.
    #[serde(default)]
    pub kind: String,
    /// Its settings: an object, or nothing.
    #[serde(default)]
    pub config: serde_json::Value,
    /// What the client is.
    #[serde(default)]
    pub client: String,
}

/// A frame's head. What it does not know it passes over.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
enum Head {
    Hello(Hello),
    Series(SeriesHead),
    Append(SamplesHead),
    Replace(SamplesHead),
    Remove {
        seq: u64,
        id: u32,
    },
    Layout(LayoutHead),
    Text(TextHead),
    Progress {
        done: u64,
        total: Option<u64>,
    },
    State {
        paused: bool,
    },
    Finish(FinishHead),
    Show,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Numbered {
    seq: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
struct SeriesHead {
    seq: u64,
    id: u32,
    name: String,
    #[serde(default)]
    x_label: String,
    #[serde(default)]
    x_is_time: bool,
    color: Option<String>,
    #[serde(default)]
    subplot: u16,
}

#[derive(Clone, Debug, Deserialize)]
struct SamplesHead {
    seq: u64,
    id: u32,
    arrays: Vec<(String, usize)>,
    #[serde(default)]
    start: f64,
    step: Option<f64>,
    color: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct LayoutHead {
    seq: u64,
    rows: u16,
    cols: u16,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    subplots: Vec<SubplotHead>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SubplotHead {
    title: Option<String>,
    x_label: Option<String>,
    y_label: Option<String>,
    x_scale: Option<String>,
    y_scale: Option<String>,
    x_limits: Option<(f64, f64)>,
    y_limits: Option<(f64, f64)>,
    legend: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
struct TextHead {
    seq: u64,
    lines: Vec<String>,
    #[serde(default)]
    level: String,
    #[serde(default)]
    pane: String,
    time: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
struct FinishHead {
    seq: u64,
    ok: bool,
    #[serde(default)]
    exit_code: i32,
    #[serde(default)]
    text: String,
    #[serde(default)]
    stopped: bool,
}

/// What a client says, checked.
#[derive(Clone, Debug)]
pub enum Said {
    /// Who it is.
    Hello(Hello),
    /// A series and the number of its subplot.
    Series(SeriesInfo, u16),
    /// Samples to add.
    Append(Batch),
    /// Samples in place of earlier ones.
    Replace(Batch, Option<Color>),
    /// Takes a series out of the figure.
    Remove(SeriesId),
    /// Rows, columns, title and subplots of the figure.
    Layout {
        /// Rows of subplots.
        rows: u16,
        /// Columns of subplots.
        columns: u16,
        /// Above all.
        title: String,
        /// Row by row.
        subplots: Vec<SubplotLayout>,
    },
    /// Printed lines.
    Text(Vec<Message>),
    /// How far it is.
    Progress(Progress),
    /// Whether it stands still because it was asked to.
    Paused(bool),
    /// The run's end.
    Finish {
        /// Whether it ended well.
        is_ok: bool,
        /// Exit status.
        exit_code: i32,
        /// Its summary, or why it failed.
        text: String,
        /// Whether it ended because it was asked to.
        was_stopped: bool,
    },
    /// Wants its window to be seen.
    Show,
    /// Nothing that this program knows.
    Other,
}

/// What a viewer says.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Answer<'a> {
    /// Answers the hello.
    Welcome {
        /// Version of the protocol.
        v: u32,
        /// Number of the frame that is wanted first.
        next: u64,
        /// Version of the program.
        viewer: &'a str,
        /// Where the run is recorded, if that is known.
        run_path: Option<&'a str>,
    },
    /// Refuses the client or what it said.
    Refused {
        /// Why.
        reason: &'a str,
    },
    /// All frames up to this one are on disk.
    Ack {
        /// Its number.
        seq: u64,
    },
    /// The person pressed Stop.
    Stop {
        /// How often.
        press: u32,
    },
    /// The person pressed Pause.
    Pause,
    /// The person pressed Pause again.
    Resume,
    /// The person closed the window.
    Closed,
}

/// Reads a frame: what it says, and its number if it is kept. `now` is when it came: nanoseconds since the Unix epoch, and
/// seconds since the run's start.
///
/// # Errors
/// [`Refused`] with the rule that is broken.
pub fn read(frame: Frame, (stamp_nanos, time_secs): (i64, f64)) -> Result<(Option<u64>, Said), Refused> {
    let head: Head =
        serde_json::from_slice(&frame.head).map_err(|error| Refused(format!("a head that cannot be read: {error}")))?;
    let samples = |head: SamplesHead, body: &[u8]| {
        let color = color(head.color.as_deref())?;
        Ok::<_, Refused>((Some(head.seq), batch(&head, body, stamp_nanos)?, color))
    };
    if !matches!(head, Head::Append(_) | Head::Replace(_) | Head::Other) && !frame.body.is_empty() {
        return Err(Refused("a body where none belongs".to_owned()));
    }
    Ok(match head {
        Head::Hello(hello) => {
            short("name", &hello.name)?;
            let is_id = hello.run.len() == 32 && hello.run.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_id {
                return Err(Refused("`run` must be 32 hexadecimal digits".to_owned()));
            }
            (None, Said::Hello(hello))
        }
        Head::Series(head) => {
            let SeriesHead { seq, id, name, x_label, x_is_time, color: wanted, subplot } = head;
            short("name", &name)?;
            short("x_label", &x_label)?;
            let color = color(wanted.as_deref())?;
            (Some(seq), Said::Series(SeriesInfo { id: series(id)?, name, x_label, x_is_time, color }, subplot))
        }
        Head::Append(head) => {
            let (seq, batch, _) = samples(head, &frame.body)?;
            (seq, Said::Append(batch))
        }
        Head::Replace(head) => {
            let (seq, batch, color) = samples(head, &frame.body)?;
            (seq, Said::Replace(batch, color))
        }
        Head::Remove { seq, id } => (Some(seq), Said::Remove(series(id)?)),
        Head::Layout(head) => {
            let cells = usize::from(head.rows) * usize::from(head.cols);
            if !(1..=MOST_SUBPLOTS).contains(&cells) || head.subplots.len() > cells {
                let (rows, cols, given) = (head.rows, head.cols, head.subplots.len());
                return Err(Refused(format!(
                    "{rows} rows, {cols} columns, {given} subplots: 1 to {MOST_SUBPLOTS} are allowed"
                )));
            }
            let title = text("title", head.title)?;
            let subplots = head.subplots.into_iter().map(subplot).collect::<Result<_, _>>()?;
            (Some(head.seq), Said::Layout { rows: head.rows, columns: head.cols, title, subplots })
        }
        Head::Text(head) => {
            if head.lines.len() > MOST_LINES {
                return Err(Refused(format!("{} lines: {MOST_LINES} are allowed", head.lines.len())));
            }
            let level = match head.level.as_str() {
                "warning" => Level::Warning,
                "error" => Level::Error,
                _ => Level::Info,
            };
            let pane = match head.pane.as_str() {
                "control" => Pane::Control,
                "receiver" => Pane::Receiver,
                _ => Pane::Worker,
            };
            let time_secs = head.time.filter(|time| time.is_finite()).unwrap_or(time_secs);
            let line = |line: String| {
                let text = line.replace(['\n', '\r'], " ");
                (text.len() <= LINE_BYTES)
                    .then_some(Message::new(pane, level, time_secs, text))
                    .ok_or_else(|| Refused(format!("a line of {} bytes: {LINE_BYTES} are allowed", line.len())))
            };
            (Some(head.seq), Said::Text(head.lines.into_iter().map(line).collect::<Result<_, _>>()?))
        }
        Head::Progress { done, total } => {
            let progress = match total {
                Some(total) if total > 0 => Progress::Steps { done, total },
                _ => Progress::Unknown { done },
            };
            (None, Said::Progress(progress))
        }
        Head::State { paused } => (None, Said::Paused(paused)),
        Head::Finish(FinishHead { seq, ok, exit_code, text, stopped }) => {
            (Some(seq), Said::Finish { is_ok: ok, exit_code, text, was_stopped: stopped })
        }
        Head::Show => (None, Said::Show),
        // It may be a kept frame of a later version: its number counts.
        Head::Other => (serde_json::from_slice(&frame.head).map_or(None, |Numbered { seq }| seq), Said::Other),
    })
}

fn series(id: u32) -> Result<SeriesId, Refused> {
    if id < MOST_SERIES { Ok(SeriesId(id)) } else { Err(Refused(format!("series {id}: {MOST_SERIES} are allowed"))) }
}

fn short(what: &str, text: &str) -> Result<(), Refused> {
    if text.len() <= NAME_BYTES {
        return Ok(());
    }
    Err(Refused(format!("`{what}` has {} bytes: {NAME_BYTES} are allowed", text.len())))
}

fn text(what: &str, text: Option<String>) -> Result<String, Refused> {
    let text = text.unwrap_or_default();
    short(what, &text).map(|()| text)
}

fn subplot(head: SubplotHead) -> Result<SubplotLayout, Refused> {
    let SubplotHead { title, x_label, y_label, x_scale, y_scale, x_limits, y_limits, legend } = head;
    let axis = |label, scale: Option<String>, limits: Option<(f64, f64)>| {
        let is_log = match scale.as_deref() {
            None | Some("linear") => false,
            Some("log") => true,
            Some(other) => return Err(Refused(format!("scale {other:?}: `linear` or `log` is allowed"))),
        };
        // Turned limits turn the axis elsewhere; here they mean the same part of it.
        let limits = limits.map(|(a, b)| if b < a { (b, a) } else { (a, b) });
        Ok(AxisLayout { label: text("label", label)?, is_log, limits })
    };
    Ok(SubplotLayout {
        title: text("title", title)?,
        x: axis(x_label, x_scale, x_limits)?,
        y: axis(y_label, y_scale, y_limits)?,
        hides_legend: legend == Some(false),
    })
}

fn color(text: Option<&str>) -> Result<Option<Color>, Refused> {
    let Some(text) = text else { return Ok(None) };
    let code = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let rgb = code.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let rgb = rgb.ok_or_else(|| Refused(format!("colour {text:?}: `#rrggbb` is wanted")))?;
    Ok(Some(Color::from_rgb24(rgb)))
}

fn batch(head: &SamplesHead, body: &[u8], stamp_nanos: i64) -> Result<Batch, Refused> {
    let id = series(head.id)?;
    let mut rest = body;
    let mut columns = Vec::with_capacity(2);
    for (kind, count) in &head.arrays {
        let bytes = width(kind)?.saturating_mul(*count);
        let Some((here, after)) = rest.split_at_checked(bytes) else { return Err(wrong_body(head, body)) };
        rest = after;
        columns.push(numbers(kind, here));
    }
    if !rest.is_empty() {
        return Err(wrong_body(head, body));
    }
    let mut columns = columns.into_iter();
    match (columns.next(), columns.next(), columns.next()) {
        (Some(y), None, None) => Ok(Batch::steps(id, stamp_nanos, head.start, head.step.unwrap_or(1.0), y)),
        (Some(x), Some(y), None) => {
            Batch::new(id, stamp_nanos, Xs::Explicit(x.into()), y).map_err(|error| Refused(error.to_string()))
        }
        _ => Err(Refused(format!("{} arrays: y, or x and y, are wanted", head.arrays.len()))),
    }
}

fn wrong_body(head: &SamplesHead, body: &[u8]) -> Refused {
    Refused(format!("the arrays {:?} do not add up to the body's {} bytes", head.arrays, body.len()))
}

fn width(kind: &str) -> Result<usize, Refused> {
    match kind {
        "f8" | "i8" => Ok(8),
        "f4" | "i4" => Ok(4),
        "u1" => Ok(1),
        _ => Err(Refused(format!("array type {kind:?}: f8, f4, i8, i4 or u1 is wanted"))),
    }
}

fn numbers(kind: &str, bytes: &[u8]) -> Vec<f64> {
    fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        bytes.as_chunks::<N>().0.iter().map(|chunk| number(*chunk)).collect()
    }
    match kind {
        "f8" => each(bytes, f64::from_le_bytes),
        "f4" => each(bytes, |chunk| f32::from_le_bytes(chunk).into()),
        "i8" => each(bytes, |chunk| i64::from_le_bytes(chunk) as f64),
        "i4" => each(bytes, |chunk| i32::from_le_bytes(chunk).into()),
        _ => each(bytes, |[byte]: [u8; 1]| byte.into()),
    }
}

#[cfg(test)]
mod tests;
