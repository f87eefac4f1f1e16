//! One stream of a command, from bytes to lines, their looks and numbers.
//!
//! Runs on the worker's thread. Knows no process.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;

use super::lead::Lead;
use crate::batch::{Batch, Item, Level, Pane, SeriesId, SeriesInfo, Stream, Xs};
use crate::source::metrics::{MetricParser, Metrics, Readings};
use crate::source::terminal::{Terminal, Update};
use crate::source::{Outlet, Stopped};

/// Bytes read at once: enough that the costs of a read and of a batch are small.
const READ_BYTES: usize = 64 * 1024;

/// Most bytes that a terminal holds back: two buffers of the system.
const TERMINAL_BYTES: u64 = 128 * 1024;

/// The reading end of a pipe or of a terminal.
pub(super) struct Output {
    pipe: Option<OwnedFd>,
    is_terminal: bool,
    stream: Stream,
    terminal: Terminal,
    buffer: Vec<u8>,
    /// Bytes that lay in the pipe when the command ended and were not read yet.
    owed_bytes: u64,
}

impl Output {
    pub fn new(pipe: Option<OwnedFd>, stream: Stream) -> io::Result<Self> {
        if let Some(pipe) = &pipe {
            fcntl_setfl(pipe, fcntl_getfl(pipe)? | OFlags::NONBLOCK)?;
            // Refused beyond a user's share of pipe memory; the default serves too.
            let _default_size = rustix::pipe::fcntl_setpipe_size(pipe, super::PIPE_BYTES);
        }
        Ok(Self {
            is_terminal: pipe.as_ref().is_some_and(rustix::termios::isatty),
            pipe,
            stream,
            terminal: Terminal::default(),
            buffer: vec![0; READ_BYTES],
            owed_bytes: 0,
        })
    }

    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    pub fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// When a rewritten line should be shown, in time since the job's start.
    pub fn due(&self) -> Option<Duration> {
        self.terminal.due()
    }

    /// The command has ended: what lies in the pipe now is its own and must be read.
    pub fn note_end(&mut self) {
        let waiting = self.pipe.as_ref().and_then(|pipe| rustix::io::ioctl_fionread(pipe).ok()).unwrap_or(0);
        // A terminal does not tell of what is on its way within the system.
        self.owed_bytes = if self.is_terminal { TERMINAL_BYTES } else { waiting };
    }

    /// Whether output of the command itself is still unread.
    pub fn owes(&self) -> bool {
        self.pipe.is_some() && self.owed_bytes > 0
    }

    /// Reads what there is, up to the size of the buffer, and hands on the lines that are complete.
    pub fn read(&mut self, now: Duration, sink: &mut Sink, out: &mut dyn Outlet) -> io::Result<()> {
        let count = self.fill()?;
        let pane = self.stream.pane();
        if let Some(bytes) = self.buffer.get(..count).filter(|bytes| !bytes.is_empty()) {
            sink.raw(self.stream, bytes, out);
            let Ok(()) = self.terminal.feed(bytes, now, &mut |update| sink.take(update, pane, now, out));
        }
        let Ok(()) = self.terminal.flush_due(now, &mut |update| sink.take(update, pane, now, out));
        Ok(())
    }

    /// Fills the buffer as far as there is something: a terminal hands out little at a time. Gives the bytes in it.
    fn fill(&mut self) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(pipe) = &self.pipe
            && let Some(room) = self.buffer.get_mut(filled..).filter(|room| !room.is_empty())
        {
            match rustix::io::read(pipe, room) {
                // A terminal says it thus when nobody has its other end any more.
                Ok(0) | Err(Errno::IO) => self.pipe = None,
                Ok(count) => filled += count,
                Err(Errno::AGAIN) => {
                    if self.is_terminal {
                        self.owed_bytes = 0;
                    }
                    break;
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if !self.is_terminal {
                break;
            }
        }
        self.owed_bytes = self.owed_bytes.saturating_sub(filled as u64);
        Ok(filled)
    }

    /// Hands on what is left, a last line without an end included.
    pub fn finish(&mut self, now: Duration, sink: &mut Sink, out: &mut dyn Outlet) {
        let pane = self.stream.pane();
        let Ok(()) = self.terminal.finish(&mut |update| sink.take(update, pane, now, out));
    }
}

/// Takes the lines of both pipes, in the order in which they were read, and finds the numbers in them.
pub(super) struct Sink {
    parser: MetricParser,
    readings: Readings,
    lead: Lead,
    line_count: u64,
    declared: usize,
    /// The samples since the last flush, by series.
    columns: Vec<(Vec<f64>, Vec<f64>)>,
    /// A stop was asked for: samples are not taken any more, lines are as long as the channel is open.
    refuses_items: bool,
    refuses_lines: bool,
    has_warned: bool,
}

/// Errors that cannot happen: a refused line is remembered, not returned.
type Never = std::convert::Infallible;

impl Sink {
    pub fn new(metrics: Metrics) -> Self {
        Self {
            parser: MetricParser::new(metrics),
            readings: Readings::default(),
            lead: Lead::default(),
            line_count: 0,
            declared: 0,
            columns: Vec::new(),
            refuses_items: false,
            refuses_lines: false,
            has_warned: false,
        }
    }

    /// What was written, as it is. Not held by a stop: what a program says last matters most.
    fn raw(&mut self, stream: Stream, bytes: &[u8], out: &mut dyn Outlet) {
        if out.deliver(Item::Output(stream, bytes.into())).is_err() {
            log::debug!("{} bytes came after the job's end", bytes.len());
        }
    }

    fn take(&mut self, update: Update<'_>, pane: Pane, now: Duration, out: &mut dyn Outlet) -> Result<(), Never> {
        let line = match update {
            Update::Line(line) => line,
            Update::Task(progress) => {
                self.lead.task(progress);
                return Ok(());
            }
        };
        // The numbers of a line that may go on may be cut; it is said again when it is whole.
        if !line.is_open {
            self.line_count += 1;
            if !self.refuses_items {
                self.parser.parse(line.text, self.line_count, &mut self.readings);
                if let Some(progress) = self.readings.progress.take() {
                    self.lead.line(pane, line.number, progress, self.readings.is_bar);
                }
            }
        }
        if !self.refuses_lines {
            self.refuses_lines = out.line(line.to_message(pane, now)).is_err();
        }
        Ok(())
    }

    /// Sends the samples found since the last flush, one batch a series, and the newest progress.
    pub fn flush(&mut self, out: &mut dyn Outlet) {
        if let Some(progress) = self.lead.take() {
            out.progress(progress);
        }
        if self.readings.samples.is_empty() {
            return;
        }
        self.refuses_items = self.send(out).is_err();
        self.readings.samples.clear();
        if self.parser.refused() > 0 && !self.has_warned {
            self.has_warned = true;
            out.message(
                Level::Warning,
                format_args!(
                    "the output names more than 1000 series; the numbers of later ones are only shown as text"
                ),
            );
        }
    }

    fn send(&mut self, out: &mut dyn Outlet) -> Result<(), Stopped> {
        if self.refuses_items {
            return Err(Stopped);
        }
        let known = self.parser.series();
        while let Some(series) = known.get(self.declared) {
            let Ok(id) = u32::try_from(self.declared) else { break };
            self.declared += 1;
            self.columns.push(Default::default());
            out.send(Item::Declare(SeriesInfo {
                id: SeriesId(id),
                name: series.name.clone(),
                x_label: series.x_label.to_owned(),
                x_is_time: false,
                color: None,
            }))?;
        }
        for sample in &self.readings.samples {
            if let Some((x, y)) = self.columns.get_mut(sample.series) {
                x.push(sample.x);
                y.push(sample.y);
            }
        }
        let stamp_nanos = out.stamp_nanos();
        for (id, (x, y)) in (0..).zip(&mut self.columns) {
            if y.is_empty() {
                continue;
            }
            let (x, y) = (std::mem::take(x), std::mem::take(y));
            if let Ok(batch) = Batch::new(SeriesId(id), stamp_nanos, Xs::Explicit(x.into()), y) {
                out.send(Item::Append(batch))?;
            }
        }
        Ok(())
    }

    /// Sends what the parser held back, when the output has ended.
    pub fn finish(&mut self, out: &mut dyn Outlet) {
        self.parser.finish(&mut self.readings);
        self.flush(out);
    }
}
