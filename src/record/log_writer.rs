//! Puts records into a log: small ones gathered in a buffer, large columns straight from memory. Runs on the recorder's
//! thread.
//!
//! A call that fails may be repeated, and nothing else may come between: it writes the same bytes to the same place, so a
//! record that was written by half is completed, and a byte that stands in the log never changes. Nothing is ever cut
//! off, because that would end the process of whoever looks at the log through a mapping at that moment.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::batch::{Batch, Color, Column, Item, Xs};

use super::disk::{Disk, write_all};
use super::encode::{Encoder, Saying, close, data_bytes};
use super::entry::Header;
use super::floats;
use super::framing;
use super::mapped::{InFile, MappedFile};

/// Bytes that are gathered before they are written: enough that the cost of a system call vanishes, and no more than what
/// a killed process may lose.
pub const GROUP_BYTES: usize = 256 << 10;

/// Numbers of a record that are written from where they are, without passing through the buffer.
const DIRECT_BYTES: usize = 64 << 10;

/// Samples from which on a column is told its place in the log: what a smaller one would give back is hardly more than
/// what it costs to remember the place.
pub const HOME_LEN: usize = 1024;

/// What has been written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub records: u64,
    pub samples: u64,
    pub bytes: u64,
    pub mark: u64,
}

pub(super) struct LogWriter {
    disk: Box<dyn Disk>,
    encoder: Encoder,
    /// Whole records, to be written at `end`.
    buffer: Vec<u8>,
    /// The head of a record whose numbers do not pass through the buffer.
    head: Vec<u8>,
    /// Where the records that are written end.
    end: u64,
    /// Samples in the buffer.
    waiting_samples: u64,
    samples: u64,
    /// The last mark put in, and the last of the flushed ones.
    waiting_mark: u64,
    mark: u64,
    /// Columns whose record is in the buffer.
    homeless: Vec<(Column, Range<u64>)>,
    homes: Option<Arc<MappedFile>>,
}

impl LogWriter {
    /// A log that begins with `header`. Columns are told their place in `homes`.
    pub fn new(disk: Box<dyn Disk>, header: &Header, homes: Option<Arc<MappedFile>>) -> Self {
        let mut writer = Self {
            disk,
            encoder: Encoder::new(),
            buffer: Vec::with_capacity(GROUP_BYTES + DIRECT_BYTES + 4096),
            head: Vec::new(),
            end: 0,
            waiting_samples: 0,
            samples: 0,
            waiting_mark: 0,
            mark: 0,
            homeless: Vec::new(),
            homes,
        };
        writer.encoder.say(&mut writer.buffer, 0, Saying::Header(header));
        writer
    }

    /// Puts in a record. After an error it is not in, and the call may be repeated.
    pub fn item(&mut self, time_nanos: u64, item: &Item) -> io::Result<()> {
        match item {
            Item::Declare(info) => {
                self.make_room()?;
                self.say(time_nanos, Saying::Declare(info.clone()));
                Ok(())
            }
            Item::Layout(layout) => {
                self.make_room()?;
                self.say(time_nanos, Saying::Layout(layout));
                Ok(())
            }
            Item::Mark(mark) => {
                self.make_room()?;
                self.say(time_nanos, Saying::Mark(*mark));
                self.waiting_mark = *mark;
                Ok(())
            }
            Item::Output(stream, bytes) => {
                self.make_room()?;
                self.say(time_nanos, Saying::Output(*stream, bytes));
                Ok(())
            }
            Item::Append(batch) => self.samples(time_nanos, batch, None),
            Item::Replace(batch, color) => self.samples(time_nanos, batch, Some(*color)),
        }
    }

    /// Puts in a record without samples, where [`make_room`](Self::make_room) has found room.
    pub fn say(&mut self, time_nanos: u64, saying: Saying<'_>) {
        self.encoder.say(&mut self.buffer, time_nanos, saying);
    }

    /// Writes what has been gathered if it is enough.
    pub fn make_room(&mut self) -> io::Result<()> {
        if self.buffer.len() >= GROUP_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes what has been gathered. After an error it is still there.
    pub fn flush(&mut self) -> io::Result<()> {
        write_all(&mut *self.disk, &self.buffer, self.end)?;
        self.end += self.buffer.len() as u64;
        self.buffer.clear();
        self.samples += std::mem::take(&mut self.waiting_samples);
        self.mark = self.waiting_mark;
        for (column, range) in self.homeless.drain(..) {
            if let Some(homes) = &self.homes {
                column.set_home(Box::new(InFile::new(homes, range)));
            }
        }
        Ok(())
    }

    /// Sees to it that all that was flushed survives a loss of power.
    pub fn sync(&mut self) -> io::Result<()> {
        self.disk.sync()
    }

    /// What was flushed.
    pub fn written(&self) -> Written {
        let records = if self.end == 0 { 0 } else { self.encoder.next_seq() };
        Written { records, samples: self.samples, bytes: self.end, mark: self.mark }
    }

    /// Samples that were put in and are not flushed.
    pub fn waiting_samples(&self) -> u64 {
        self.waiting_samples
    }

    /// Whether all that was put in is flushed.
    pub fn is_flushed(&self) -> bool {
        self.buffer.is_empty()
    }

    fn samples(&mut self, time_nanos: u64, batch: &Batch, replaces: Option<Option<Color>>) -> io::Result<()> {
        let x = if let Xs::Explicit(x) = batch.x() { Some(x) } else { None };
        let data_at = if data_bytes(batch) >= DIRECT_BYTES {
            self.direct(time_nanos, batch, replaces, x.map_or(&[], |x| x))?
        } else {
            self.make_room()?;
            let opened = self.encoder.samples(&mut self.buffer, time_nanos, batch, replaces);
            let data_at = self.end + self.buffer.len() as u64;
            for values in x.map(|x| &x[..]).into_iter().chain([batch.y()]) {
                self.buffer.extend_from_slice(&floats::as_bytes(values));
            }
            close(&mut self.buffer, &opened);
            self.waiting_samples += batch.len() as u64;
            data_at
        };
        if batch.len() >= HOME_LEN {
            let mut at = data_at;
            for column in x.into_iter().chain([batch.y_column()]) {
                let range = at..at + size_of_val(&column[..]) as u64;
                at = range.end;
                match &self.homes {
                    Some(homes) if range.end <= self.end => column.set_home(Box::new(InFile::new(homes, range))),
                    Some(_) => self.homeless.push((column.clone(), range)),
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// Writes a record whose numbers are not copied; says where they begin.
    fn direct(
        &mut self,
        time_nanos: u64,
        batch: &Batch,
        replaces: Option<Option<Color>>,
        x: &[f64],
    ) -> io::Result<u64> {
        self.flush()?;
        self.head.clear();
        let opened = self.encoder.samples(&mut self.head, time_nanos, batch, replaces);
        let (x, y) = (floats::as_bytes(x), floats::as_bytes(batch.y()));
        let crc = crc32c::crc32c_append(crc32c::crc32c_append(opened.crc(&self.head), &x), &y);
        let mut at = self.end;
        for part in [&self.head[..], &x, &y, &framing::foot(crc)] {
            if let Err(error) = write_all(&mut *self.disk, part, at) {
                self.encoder.take_back();
                return Err(error);
            }
            at += part.len() as u64;
        }
        let data_at = self.end + self.head.len() as u64;
        self.end = at;
        self.samples += batch.len() as u64;
        Ok(data_at)
    }
}
