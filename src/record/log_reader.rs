//! Reads a log back, damaged or not. Large columns are mapped, not copied. Runs on the caller's thread.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use memmap2::{Advice, Mmap};

use crate::batch::Column;

use super::decode::{What, decode};
use super::entry::{Entry, Header};
use super::error::RecordError;
use super::floats;
use super::format::FORMAT_VERSION;
use super::framing::{Frame, Frames, HEAD_BYTES};
use super::mapped::{self, MappedFile};

/// Samples from which on a column is left in the file: to copy fewer costs no more than to remember where they are.
pub const MAPPED_LEN: usize = 256;

/// Reads a log from its beginning to its end: an iterator over its [`Entry`]s.
///
/// The checksum of each payload is looked at, that of samples too: at several GB/s it costs less than the disk, and a
/// wrong sample that nobody was told of would be worse than a lost one. The log of a run that is still being recorded is
/// read up to what was written when it was opened; [`follow`](Self::follow) reads on.
pub struct LogReader {
    file: File,
    map: Arc<Mmap>,
    /// Set for a log that grows: where its columns are.
    growing: Option<Arc<MappedFile>>,
    /// Where the next record begins.
    at: usize,
    next_seq: u64,
    header: Option<Header>,
    lost: Vec<Loss>,
    unknown: u64,
}

/// A part of a log that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Where it stands in the file, in bytes.
    pub range: Range<u64>,
    /// What is wrong with it.
    pub kind: LossKind,
    /// How many records it held, where their numbers tell: not at the end of a log.
    pub records: Option<u64>,
}

/// What is wrong with a part of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    /// The log ends within a record: its writer was killed, or is still at work.
    Cut,
    /// A checksum is wrong.
    Damaged,
    /// The checksums are right, but what they cover is not what a record should be.
    Malformed,
    /// A record that stood before, or stands in the place of a later one.
    OutOfOrder,
    /// Records are missing here that were never in the file.
    Missing,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.range;
        let what = match self.kind {
            LossKind::Cut => "the log ends within a record",
            LossKind::Damaged => "damaged",
            LossKind::Malformed => "not a record of a log",
            LossKind::OutOfOrder => "out of order",
            LossKind::Missing => "records are missing",
        };
        write!(f, "The log cannot be read from byte {start} to {end}: {what}")?;
        match self.records {
            Some(1) => f.write_str("; one record is lost"),
            Some(records) => write!(f, "; {records} records are lost"),
            None => Ok(()),
        }
    }
}

impl LogReader {
    /// Opens the log at `path`. A log whose header is damaged is read nevertheless; an empty one has no entries.
    ///
    /// # Errors
    /// [`RecordError::Io`] if it cannot be read, [`RecordError::NotALog`] if no record of a log is in it,
    /// [`RecordError::Newer`] if this program does not know its format.
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        let io = |cause| RecordError::Io { action: "read", path: path.to_owned(), cause };
        let file = File::open(path).map_err(io)?;
        if !file.metadata().map_err(io)?.is_file() {
            return Err(RecordError::NotALog { path: path.to_owned() });
        }
        // SAFETY: logs are only ever appended to, so the bytes that are there now never change; a program of the same
        // user that cuts the file short while it is read ends this process, which nobody can rule out. See `mapped.rs`.
        let map = unsafe { Mmap::map(&file) }.map_err(io)?;
        if let Err(error) = map.advise(Advice::Sequential) {
            log::debug!("{}: {error}", path.display());
        }
        let mut reader = Self {
            file,
            map: Arc::new(map),
            growing: None,
            at: 0,
            next_seq: 0,
            header: None,
            lost: Vec::new(),
            unknown: 0,
        };
        reader.read_header(path)?;
        Ok(reader)
    }

    /// Reads a log that somebody writes: what its end is missing is waited for, and [`refresh`](Self::refresh) lets it
    /// read on. Until [`conclude`](Self::conclude) nothing at its end is taken for damage.
    ///
    /// # Errors
    /// If the system refuses another handle of the file.
    pub fn follow(mut self) -> io::Result<Self> {
        // Columns share a few windows there: a mapping for each look at the file would soon be too many.
        self.growing = Some(MappedFile::new(self.file.try_clone()?));
        Ok(self)
    }

    /// Looks whether the log has grown, and says so.
    ///
    /// # Errors
    /// If it cannot be read any more.
    pub fn refresh(&mut self) -> io::Result<bool> {
        if self.file.metadata()?.len() <= self.map.len() as u64 {
            return Ok(false);
        }
        // SAFETY: as in `open`.
        self.map = Arc::new(unsafe { Mmap::map(&self.file) }?);
        Ok(true)
    }

    /// Nobody writes the log any more: what is missing at its end will not come.
    pub fn conclude(&mut self) {
        self.growing = None;
    }

    /// The first record; none if it is damaged or not yet written.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// What could not be read so far.
    #[must_use]
    pub fn lost(&self) -> &[Loss] {
        &self.lost
    }

    /// Records of a kind that this program does not know, passed over so far.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    /// Bytes of the log, and how many of them have been read: for a progress bar.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.at as u64, self.map.len() as u64)
    }

    fn read_header(&mut self, path: &Path) -> Result<(), RecordError> {
        let first = Frames::new(&self.map, 0).next();
        let not_a_log = || RecordError::NotALog { path: path.to_owned() };
        match first {
            Some(Frame::Record { offset, payload }) => {
                let end = offset + HEAD_BYTES + payload.len() + super::framing::FOOT_BYTES;
                let header = match decode(payload, |_| Column::default()).map(|decoded| decoded.body) {
                    Some(What::Header(header)) => header,
                    _ => return Err(not_a_log()),
                };
                if header.format_version > FORMAT_VERSION {
                    return Err(RecordError::Newer { path: path.to_owned(), version: header.format_version });
                }
                self.header = Some(header);
                (self.at, self.next_seq) = (end, 1);
            }
            // Nothing that can be read: a file of another kind, if it is not the beginning of a header.
            Some(Frame::Damaged(range)) if range.end == self.map.len() => return Err(not_a_log()),
            // No header is as long as four gigabytes, so the upper half of its length is zero.
            Some(Frame::Cut(_)) if self.map.iter().take(8).skip(4).any(|byte| *byte != 0) => return Err(not_a_log()),
            _ => {}
        }
        Ok(())
    }

    fn lose(&mut self, range: Range<usize>, kind: LossKind) {
        let range = range.start as u64..range.end as u64;
        match self.lost.last_mut() {
            // One hole, found in pieces.
            Some(last) if last.range.end == range.start && last.kind == kind && last.records.is_none() => {
                last.range.end = range.end;
            }
            _ => self.lost.push(Loss { range, kind, records: None }),
        }
    }

    /// The numbers of records tell how many are missing before `seq`, which stands at `offset`.
    fn count_missing(&mut self, seq: u64, offset: usize) {
        let missing = seq - self.next_seq;
        match self.lost.last_mut() {
            Some(last) if last.range.end == offset as u64 && last.records.is_none() => last.records = Some(missing),
            _ if missing > 0 => {
                let at = offset as u64;
                self.lost.push(Loss { range: at..at, kind: LossKind::Missing, records: Some(missing) });
            }
            _ => {}
        }
    }
}

impl Iterator for LogReader {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let map = Arc::clone(&self.map);
        let mut frames = Frames::new(&map, self.at);
        loop {
            let frame = frames.next()?;
            self.at = frames.offset();
            let (offset, payload) = match frame {
                Frame::Record { offset, payload } => (offset, payload),
                // Half of it may be on its way.
                Frame::Damaged(range) | Frame::Cut(range) if self.growing.is_some() && range.end == map.len() => {
                    self.at = range.start;
                    return None;
                }
                Frame::Damaged(range) => {
                    self.lose(range, LossKind::Damaged);
                    continue;
                }
                Frame::Cut(range) => {
                    self.lose(range, LossKind::Cut);
                    continue;
                }
            };
            let base = offset + HEAD_BYTES;
            let growing = self.growing.as_deref();
            let decoded = decode(payload, |part| column(&map, growing, part.start + base..part.end + base));
            let Some(decoded) = decoded else {
                self.lose(offset..self.at, LossKind::Malformed);
                continue;
            };
            if decoded.seq < self.next_seq {
                self.lose(offset..self.at, LossKind::OutOfOrder);
                continue;
            }
            self.count_missing(decoded.seq, offset);
            self.next_seq = decoded.seq.saturating_add(1);
            match decoded.body {
                What::Body(body) => return Some(Entry { seq: decoded.seq, time_nanos: decoded.time_nanos, body }),
                What::Header(header) => self.header = Some(header),
                What::Unknown => self.unknown += 1,
            }
        }
    }
}

fn column(map: &Arc<Mmap>, growing: Option<&MappedFile>, range: Range<usize>) -> Column {
    if range.len() >= MAPPED_LEN * floats::F64_BYTES {
        let values = match growing {
            Some(file) => file.column(range.start as u64..range.end as u64),
            None => mapped::values(Arc::clone(map), range.clone(), Some(range.start as u64)),
        };
        if let Some(values) = values {
            return Column::elsewhere(values);
        }
    }
    floats::copied(map.get(range).unwrap_or_default()).into()
}
