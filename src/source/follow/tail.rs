//! One followed file: what was read of it, and what becomes of it: it grows, is cut short, written anew, renamed away and
//! replaced.
//!
//! Worker's thread. Reads by pieces, so that memory does not grow with the file, and never trusts that the bytes behind the
//! place where it stopped follow those before it: it looks at both.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use super::format::{self, Found, SAMPLE_BYTES};
use super::reader::{Fed, Reader};
use super::segments::{self, Identity, Segment, Siblings};
use super::sheet::Sheet;
use crate::batch::Level;

/// Bytes read at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// Pieces read before others have their turn.
const CHUNKS: usize = 4;

/// Looks, about a second apart, after which a file that is not there is said to be gone.
const GONE_LOOKS: u32 = 3;

/// Bytes before a place, and at the start of a file, by which it is known again.
const PRINT_BYTES: usize = 64;

/// What a turn came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing more at present.
    Idle,
    /// There may be more.
    More,
    /// The run that the file belongs to has to be read again.
    Reload,
    /// The file will never be read: why.
    Failed(String),
}

/// A file that is followed.
pub(super) struct Tail {
    pub path: PathBuf,
    /// The place of its sheet.
    pub sheet: usize,
    /// Name of its series, where only the file's name tells it.
    name: String,
    file: Option<File>,
    /// Whether the file stays open between two turns: only then is a log that was renamed away read to its end.
    keeps_open: bool,
    identity: Option<Identity>,
    offset: u64,
    print: Print,
    reader: Option<Box<dyn Reader>>,
    queue: VecDeque<Segment>,
    siblings: Siblings,
    /// The state of the path before the last look that found nothing more.
    seen: Option<Stamp>,
    is_replaced: bool,
    /// Looks since it was last there.
    gone_looks: u32,
    is_over: bool,
    /// What was said last of why it cannot be read.
    trouble: Option<String>,
}

/// The state of a path, by which a change is noticed without reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    identity: Identity,
    bytes: u64,
    modified_nanos: (i64, i64),
}

/// How a file looks at its start and before the place up to which it was read.
#[derive(Debug, Default)]
struct Print {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Tail {
    /// A file that is not looked at yet.
    pub fn new(path: PathBuf, sheet: usize, name: String, keeps_open: bool) -> Self {
        Self {
            path,
            sheet,
            name,
            file: None,
            keeps_open,
            identity: None,
            offset: 0,
            print: Print::default(),
            reader: None,
            queue: VecDeque::new(),
            siblings: Siblings::default(),
            seen: None,
            is_replaced: false,
            gone_looks: 0,
            is_over: false,
            trouble: None,
        }
    }

    /// Whether the file has changed since it was read.
    pub fn has_changed(&self) -> bool {
        let stamp = self.stamp();
        let is_another = stamp.is_some_and(|stamp| Some(stamp.identity) != self.identity);
        !self.is_over && (is_another || stamp != self.seen || stamp.is_none())
    }

    /// Whether something of it was read.
    pub fn has_begun(&self) -> bool {
        self.reader.is_some()
    }

    /// Reads some of what is new. `is_last` says that no more will come.
    pub fn turn(&mut self, sheet: &mut Sheet, is_last: bool) -> Turn {
        if self.is_over {
            return Turn::Idle;
        }
        let stamp = self.stamp();
        for _ in 0..CHUNKS {
            let turn = self.step(sheet, is_last).unwrap_or_else(|error| {
                self.file = None;
                self.say_trouble(sheet, &format!("cannot be read: {error}"));
                Turn::Idle
            });
            if turn != Turn::More {
                if turn == Turn::Idle {
                    self.seen = stamp;
                }
                if !self.keeps_open {
                    self.file = None;
                }
                return turn;
            }
        }
        Turn::More
    }

    /// Nothing more will come.
    pub fn end(&mut self, sheet: &mut Sheet) {
        if let Some(reader) = &mut self.reader {
            reader.end(sheet);
        }
    }

    /// Reads all of it again.
    pub fn rewind(&mut self) {
        (self.offset, self.print, self.seen, self.is_over) = (0, Print::default(), None, false);
        if let Some(reader) = &mut self.reader {
            reader.restart();
        }
    }

    fn stamp(&self) -> Option<Stamp> {
        let found = fs::metadata(&self.path).ok()?;
        let modified_nanos = (found.mtime(), found.mtime_nsec());
        Some(Stamp { identity: Identity::of(&found), bytes: found.len(), modified_nanos })
    }

    fn step(&mut self, sheet: &mut Sheet, is_last: bool) -> io::Result<Turn> {
        if self.file.is_none()
            && let Some(turn) = self.open(sheet)?
        {
            return Ok(turn);
        }
        let Some(file) = &self.file else { return Ok(Turn::Idle) };
        let Some(reader) = &mut self.reader else {
            let sample = segments::read(file, 0, SAMPLE_BYTES)?;
            return Ok(match format::find(&self.path, &sample, is_last) {
                Found::Format(format) => {
                    log::debug!("{} is read as {format:?}", self.path.display());
                    self.reader = Some(format.reader(&self.name));
                    Turn::More
                }
                Found::TooLittle => self.at_end(sheet),
                Found::Unknown(what) => {
                    self.is_over = true;
                    let path = self.path.display();
                    Turn::Failed(format!("{path}: this is {what}; what can be followed: {}", format::FORMATS))
                }
            });
        };
        let known = self.print.tail.len();
        let bytes = segments::read(file, self.offset - known as u64, known + CHUNK_BYTES)?;
        let head = segments::read(file, 0, self.print.head.len())?;
        let Some(new) = bytes.strip_prefix(self.print.tail.as_slice()).filter(|_| head == self.print.head) else {
            return self.cut_short(sheet);
        };
        if new.is_empty() {
            return Ok(self.at_end(sheet));
        }
        self.offset += new.len() as u64;
        let fed = reader.feed(new, sheet);
        match fed {
            Fed::Taken => self.print.advance(new),
            Fed::Back(count) => {
                self.offset = self.offset.saturating_sub(count);
                let kept = new.len().saturating_sub(usize::try_from(count).unwrap_or(usize::MAX));
                self.print.advance(new.get(..kept).unwrap_or_default());
                if kept == 0 {
                    // Also bytes that were taken before are to be given again.
                    self.print.tail.clear();
                    self.print.head.truncate(usize::try_from(self.offset).unwrap_or(usize::MAX));
                }
                return Ok(Turn::Idle);
            }
            Fed::Over => self.is_over = true,
        }
        Ok(if sheet.needs_reload() { Turn::Reload } else { Turn::More })
    }

    /// Opens the file at the path. Gives a turn if there is nothing to read in it.
    fn open(&mut self, sheet: &mut Sheet) -> io::Result<Option<Turn>> {
        let (file, found) = match segments::open(&self.path) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A folder's file that is gone is not waited for.
                return Ok(Some(Turn::Idle));
            }
            Err(error) => return Err(error),
        };
        if !found.is_file() {
            self.is_over = true;
            let path = self.path.display();
            let text =
                format!("{path}: this is no file that can grow; send it through a pipe: kymograph run -- cat {path}");
            return Ok(Some(Turn::Failed(text)));
        }
        let identity = Identity::of(&found);
        match self.identity {
            None => self.siblings.know_all(&self.path),
            Some(before) if before != identity => {
                self.tell_change(sheet, "replaced by another file; going on with that");
                self.begin(Segment { file, identity, offset: 0 }, sheet);
                return Ok((!self.keeps_open).then_some(Turn::Reload));
            }
            Some(_) => {}
        }
        self.siblings.know(identity);
        (self.identity, self.trouble, self.file) = (Some(identity), None, Some(file));
        Ok(None)
    }

    /// All of the present file was read: goes on with the next one, if there is one.
    fn at_end(&mut self, sheet: &mut Sheet) -> Turn {
        if let Some(next) = self.queue.pop_front() {
            // Its writer went on elsewhere, so a last line without an end is whole.
            self.end(sheet);
            self.begin(next, sheet);
            return Turn::More;
        }
        let Some(stamp) = self.stamp() else {
            // Between the two steps of a rotation it is not there for a moment.
            self.gone_looks = self.gone_looks.saturating_add(1);
            if self.gone_looks == GONE_LOOKS {
                self.tell_change(sheet, "gone; waiting for a new file of that name");
            }
            return Turn::Idle;
        };
        self.gone_looks = 0;
        if Some(stamp.identity) == self.identity {
            self.is_replaced = false;
            return Turn::Idle;
        }
        if !std::mem::replace(&mut self.is_replaced, true) {
            // What was written before the change may have come after the last look.
            return Turn::More;
        }
        self.is_replaced = false;
        if !self.keeps_open {
            self.file = None;
            return Turn::More;
        }
        let Some(mut segments) = self.siblings.take_new(&self.path) else { return Turn::More };
        if segments.is_empty()
            && let Ok((file, found)) = segments::open(&self.path)
            && Identity::of(&found) == stamp.identity
        {
            segments.push(Segment { file, identity: stamp.identity, offset: 0 });
        }
        let text = match segments.len() {
            0 => return Turn::Idle,
            1 => "replaced or rotated; going on with the new file".to_owned(),
            count => format!("rotated {count} times; going on with the new files"),
        };
        self.tell_change(sheet, &text);
        self.queue.extend(segments);
        Turn::More
    }

    /// The file is not what it was: cut short, or written anew in its place.
    fn cut_short(&mut self, sheet: &mut Sheet) -> io::Result<Turn> {
        if !self.keeps_open {
            self.tell_change(sheet, "written anew; reading it again");
            return Ok(Turn::Reload);
        }
        // A rotation that copies leaves what was not read in its copy, and whole pieces in further ones.
        let Some(copies) = self.siblings.take_new(&self.path) else { return Ok(Turn::More) };
        let mut copies = VecDeque::from(copies);
        let is_copy = match copies.front() {
            Some(first) => self.print.fits(&first.file, self.offset)?,
            None => false,
        };
        let Some((file, identity)) = self.file.take().zip(self.identity) else { return Ok(Turn::Idle) };
        let size = file.metadata()?.len();
        if is_copy && let Some(first) = copies.front_mut() {
            first.offset = self.offset;
            self.tell_change(sheet, "cut short after it was copied; going on with the copy, then from its start");
            let first = copies.pop_front();
            self.queue.extend(copies);
            self.queue.push_back(Segment { file, identity, offset: 0 });
            // The same bytes go on: neither a line nor the columns begin anew.
            if let Some(Segment { file, identity, .. }) = first {
                (self.file, self.identity) = (Some(file), Some(identity));
            }
            return Ok(Turn::More);
        }
        let what = if size < self.offset { "cut short" } else { "written anew" };
        self.tell_change(sheet, &format!("{what} at {size} bytes; reading it from its start"));
        self.begin(Segment { file, identity, offset: 0 }, sheet);
        Ok(Turn::More)
    }

    /// Reads another file from now on.
    fn begin(&mut self, segment: Segment, sheet: &mut Sheet) {
        (self.file, self.identity, self.offset) = (Some(segment.file), Some(segment.identity), segment.offset);
        self.print = Print::default();
        if let Some(reader) = &mut self.reader {
            reader.restart();
        }
        sheet.restart();
    }

    fn tell_change(&self, sheet: &mut Sheet, text: &str) {
        sheet.tell_of(&self.path, Level::Info, text);
    }

    fn say_trouble(&mut self, sheet: &mut Sheet, text: &str) {
        if self.trouble.as_deref() != Some(text) {
            self.trouble = Some(text.to_owned());
            sheet.tell_of(&self.path, Level::Warning, text);
        }
    }
}

impl Print {
    /// Goes on by `new`.
    fn advance(&mut self, new: &[u8]) {
        let missing = PRINT_BYTES.saturating_sub(self.head.len()).min(new.len());
        self.head.extend_from_slice(new.get(..missing).unwrap_or_default());
        self.tail.extend_from_slice(new.get(new.len().saturating_sub(PRINT_BYTES)..).unwrap_or_default());
        self.tail.drain(..self.tail.len().saturating_sub(PRINT_BYTES));
    }

    /// Whether `file` looks the same up to `offset`.
    fn fits(&self, file: &File, offset: u64) -> io::Result<bool> {
        let before = self.tail.len();
        let tail = segments::read(file, offset.saturating_sub(before as u64), before)?;
        Ok(tail == self.tail && segments::read(file, 0, self.head.len())? == self.head)
    }
}
