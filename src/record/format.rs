//! The messages of a log, as protocol buffers. `docs/run-format.md` is their description for people and other readers.
//!
//! Field numbers are for ever: a new field gets a new number, and a reader passes over those that it does not know.

use crate::batch::{
    Color, Failure, Level, Message, Notice, Outcome, Pane, Progress, Role, SeriesId, SeriesInfo, State, Stream,
};

use super::entry::{Gap, Header, RunEnd, RunState};

/// Version of the format that this program writes, and the latest that it reads.
pub const FORMAT_VERSION: u32 = 1;

/// Fields of a record. All before the body come in this order; the body is the last.
pub(super) mod record {
    pub const SEQ: u32 = 1;
    pub const TIME: u32 = 2;
    pub const PAD: u32 = 3;
    pub const HEADER: u32 = 4;
    pub const DECLARE: u32 = 5;
    pub const APPEND: u32 = 6;
    pub const REPLACE: u32 = 7;
    pub const LINE: u32 = 8;
    pub const PROGRESS: u32 = 9;
    pub const THREAD: u32 = 10;
    pub const JOB: u32 = 11;
    pub const SKIPPED: u32 = 12;
    pub const FINISHED: u32 = 13;
    pub const FAILED: u32 = 14;
    pub const GAP: u32 = 15;
    pub const END: u32 = 16;
    pub const LAYOUT: u32 = 17;
    pub const MARK: u32 = 18;
    pub const OUTPUT: u32 = 19;
}

/// Fields of the samples in an append or a replace; the data are the last.
pub(super) mod samples {
    pub const SERIES: u32 = 1;
    pub const STAMP: u32 = 2;
    pub const COUNT: u32 = 3;
    pub const X_START: u32 = 4;
    pub const X_STEP: u32 = 5;
    pub const COLOR: u32 = 6;
    pub const DATA: u32 = 15;
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct HeaderRecord {
    #[prost(uint32, tag = "1")]
    pub format_version: u32,
    #[prost(string, tag = "2")]
    pub run_id: String,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(sfixed64, tag = "4")]
    pub created_nanos: i64,
    #[prost(string, tag = "5")]
    pub program_version: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct DeclareRecord {
    #[prost(uint32, tag = "1")]
    pub series: u32,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(string, tag = "3")]
    pub x_label: String,
    #[prost(bool, tag = "4")]
    pub x_is_time: bool,
    #[prost(uint32, optional, tag = "5")]
    pub color: Option<u32>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct LineRecord {
    #[prost(uint32, tag = "1")]
    pub pane: u32,
    #[prost(uint32, tag = "2")]
    pub level: u32,
    #[prost(double, tag = "3")]
    pub time_secs: f64,
    #[prost(string, tag = "4")]
    pub text: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ProgressRecord {
    #[prost(uint32, tag = "1")]
    pub role: u32,
    #[prost(uint64, tag = "2")]
    pub done: u64,
    #[prost(uint64, optional, tag = "3")]
    pub total: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct StateRecord {
    #[prost(uint32, tag = "1")]
    pub role: u32,
    #[prost(uint32, tag = "2")]
    pub state: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct SkippedRecord {
    #[prost(uint32, tag = "1")]
    pub pane: u32,
    #[prost(uint64, tag = "2")]
    pub count: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ResultRecord {
    #[prost(string, tag = "1")]
    pub text: String,
    #[prost(sint32, tag = "2")]
    pub exit_code: i32,
    #[prost(bool, tag = "3")]
    pub was_stopped: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct GapRecord {
    #[prost(uint64, tag = "1")]
    pub items: u64,
    #[prost(uint64, tag = "2")]
    pub samples: u64,
    #[prost(uint64, tag = "3")]
    pub notices: u64,
    #[prost(uint64, tag = "4")]
    pub from_nanos: u64,
    #[prost(uint64, tag = "5")]
    pub to_nanos: u64,
    #[prost(string, tag = "6")]
    pub reason: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct EndRecord {
    #[prost(uint32, tag = "1")]
    pub state: u32,
    #[prost(sint32, optional, tag = "2")]
    pub exit_code: Option<i32>,
    #[prost(string, tag = "3")]
    pub text: String,
}

/// What a command wrote. Its fields are named here because the bytes are not copied to be encoded.
pub(super) mod output {
    pub const STREAM: u32 = 1;
    pub const DATA: u32 = 2;
}

/// The number of a stream.
pub(super) fn stream_code(stream: Stream) -> u32 {
    code(&Stream::ALL, &stream)
}

/// The stream of a number.
pub(super) fn stream(code: u64) -> Option<Stream> {
    value(&Stream::ALL, u32::try_from(code).ok()?)
}

/// `0xRRGGBB`.
pub(super) fn color_code(color: Color) -> u32 {
    u32::from(color.r) << 16 | u32::from(color.g) << 8 | u32::from(color.b)
}

const PANES: [Pane; 3] = Pane::ALL;
const LEVELS: [Level; 3] = [Level::Info, Level::Warning, Level::Error];
const ROLES: [Role; 2] = [Role::Worker, Role::Receiver];
const STATES: [State; 7] =
    [State::Idle, State::Waiting, State::Running, State::Paused, State::Stopping, State::Finished, State::Failed];
const ENDS: [RunState; 5] = RunState::ALL;

/// A value's number in a log: its place in the list.
fn code<T: PartialEq>(list: &[T], value: &T) -> u32 {
    list.iter().position(|other| other == value).map_or(0, |place| place as u32)
}

fn value<T: Copy>(list: &[T], code: u32) -> Option<T> {
    list.get(code as usize).copied()
}

impl From<&Header> for HeaderRecord {
    fn from(header: &Header) -> Self {
        Self {
            format_version: header.format_version,
            run_id: header.run_id.clone(),
            name: header.name.clone(),
            created_nanos: header.created_nanos,
            program_version: header.program_version.clone(),
        }
    }
}

impl From<HeaderRecord> for Header {
    fn from(record: HeaderRecord) -> Self {
        let HeaderRecord { format_version, run_id, name, created_nanos, program_version } = record;
        Self { format_version, run_id, name, created_nanos, program_version }
    }
}

impl From<SeriesInfo> for DeclareRecord {
    fn from(info: SeriesInfo) -> Self {
        let SeriesInfo { id, name, x_label, x_is_time, color } = info;
        Self { series: id.0, name, x_label, x_is_time, color: color.map(color_code) }
    }
}

impl From<DeclareRecord> for SeriesInfo {
    fn from(record: DeclareRecord) -> Self {
        let DeclareRecord { series, name, x_label, x_is_time, color } = record;
        Self { id: SeriesId(series), name, x_label, x_is_time, color: color.map(Color::from_rgb24) }
    }
}

impl From<Gap> for GapRecord {
    fn from(gap: Gap) -> Self {
        let Gap { items, samples, notices, from_nanos, to_nanos, reason } = gap;
        Self { items, samples, notices, from_nanos, to_nanos, reason }
    }
}

impl From<GapRecord> for Gap {
    fn from(record: GapRecord) -> Self {
        let GapRecord { items, samples, notices, from_nanos, to_nanos, reason } = record;
        Self { items, samples, notices, from_nanos, to_nanos, reason }
    }
}

impl From<RunEnd> for EndRecord {
    fn from(end: RunEnd) -> Self {
        Self { state: code(&ENDS, &end.state), exit_code: end.exit_code, text: end.text }
    }
}

impl EndRecord {
    pub fn into_end(self) -> Option<RunEnd> {
        Some(RunEnd { state: value(&ENDS, self.state)?, exit_code: self.exit_code, text: self.text })
    }
}

/// A notice as a message of the log, with the number of its field. `write` gets the message.
pub(super) fn with_notice<R>(notice: Notice, write: impl FnOnce(u32, &dyn Encode) -> R) -> R {
    match notice {
        Notice::Message(Message { pane, level, time_secs, text, .. }) => {
            let (pane, level) = (code(&PANES, &pane), code(&LEVELS, &level));
            write(record::LINE, &LineRecord { pane, level, time_secs, text })
        }
        Notice::Skipped(pane, count) => write(record::SKIPPED, &SkippedRecord { pane: code(&PANES, &pane), count }),
        Notice::Progress(role, progress) => {
            let (done, total) = match progress {
                Progress::Unknown { done } => (done, None),
                shown => shown.steps().map_or((0, None), |(done, total)| (done, Some(total))),
            };
            write(record::PROGRESS, &ProgressRecord { role: code(&ROLES, &role), done, total })
        }
        Notice::Thread(role, state) => {
            write(record::THREAD, &StateRecord { role: code(&ROLES, &role), state: code(&STATES, &state) })
        }
        Notice::Job(state) => write(record::JOB, &StateRecord { role: 0, state: code(&STATES, &state) }),
        // Of the recording itself, which the recorder does not hear of from others; as a line if it ever does.
        Notice::Recording(_) | Notice::Took(_) | Notice::Began(_) | Notice::Rules(_) | Notice::Origin(_) => {
            let (pane, level) = (code(&PANES, &Pane::Control), code(&LEVELS, &Level::Info));
            let text = match notice {
                Notice::Recording(trouble) => {
                    trouble.map_or_else(|| "recording goes on".to_owned(), |trouble| trouble.cause)
                }
                _ => String::new(),
            };
            write(record::LINE, &LineRecord { pane, level, time_secs: 0.0, text })
        }
        Notice::Finished(Outcome { summary, exit_code, was_stopped }) => {
            write(record::FINISHED, &ResultRecord { text: summary, exit_code, was_stopped })
        }
        Notice::Failed(Failure { text, exit_code }) => {
            write(record::FAILED, &ResultRecord { text, exit_code, was_stopped: false })
        }
    }
}

/// The notice in field `tag` of a record; none if it cannot be read.
pub(super) fn notice(tag: u32, bytes: &[u8]) -> Option<Notice> {
    fn read<T: prost::Message + Default>(bytes: &[u8]) -> Option<T> {
        T::decode(bytes).ok()
    }
    Some(match tag {
        record::LINE => {
            let LineRecord { pane, level, time_secs, text } = read(bytes)?;
            let (pane, level) = (value(&PANES, pane)?, value(&LEVELS, level)?);
            Notice::Message(Message::new(pane, level, time_secs, text))
        }
        record::SKIPPED => {
            let SkippedRecord { pane, count } = read(bytes)?;
            Notice::Skipped(value(&PANES, pane)?, count)
        }
        record::PROGRESS => {
            let ProgressRecord { role, done, total } = read(bytes)?;
            let progress = total.map_or(Progress::Unknown { done }, |total| Progress::Steps { done, total });
            Notice::Progress(value(&ROLES, role)?, progress)
        }
        record::THREAD => {
            let StateRecord { role, state } = read(bytes)?;
            Notice::Thread(value(&ROLES, role)?, value(&STATES, state)?)
        }
        record::JOB => Notice::Job(value(&STATES, read::<StateRecord>(bytes)?.state)?),
        record::FINISHED => {
            let ResultRecord { text, exit_code, was_stopped } = read(bytes)?;
            Notice::Finished(Outcome { summary: text, exit_code, was_stopped })
        }
        record::FAILED => {
            let ResultRecord { text, exit_code, .. } = read(bytes)?;
            Notice::Failed(Failure { text, exit_code })
        }
        _ => return None,
    })
}

/// A message that can be put behind what is in a buffer; `prost::Message` itself cannot be used through a pointer.
pub(super) trait Encode {
    fn put(&self, out: &mut Vec<u8>);
}

impl<T: prost::Message> Encode for T {
    fn put(&self, out: &mut Vec<u8>) {
        self.encode_raw(out);
    }
}
