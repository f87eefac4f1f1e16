//! One pipe of a command, from bytes to lines, their looks and numbers.
//!
//! Runs on the worker's thread. Knows no process.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::lead::Lead;
use crate::batch::{Batch, Item, Level, LineId, Message, Pane, SeriesId, SeriesInfo, Xs};
use crate::source::metrics::{MetricParser, Metrics, Readings};
use crate::source::terminal::{Terminal, Update};
use crate::source::{Outlet, Stopped};

/// Bytes read at once: enough that the costs of a read and of a batch are small.
const READ_BYTES: usize = 64 * 1024;

/// The reading end of a pipe.
pub(super) struct Output {
    pipe: Option<OwnedFd>,
    pane: Pane,
    terminal: Terminal,
    buffer: Vec<u8>,
    /// Bytes that lay in the pipe when the command ended and were not read yet.
    owed_bytes: u64,
}

impl Output {
    pub fn new(pipe: Option<OwnedFd>, pane: Pane) -> io::Result<Self> {
        if let Some(pipe) = &pipe {
            fcntl_setfl(pipe, fcntl_getfl(pipe)? | OFlags::NONBLOCK)?;
            // Refused beyond a user's share of pipe memory; the default serves too.
            let _default_size = rustix::pipe::fcntl_setpipe_size(pipe, super::PIPE_BYTES);
        }
        Ok(Self { pipe, pane, terminal: Terminal::default(), buffer: vec![0; READ_BYTES], owed_bytes: 0 })
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
        self.owed_bytes = self.pipe.as_ref().and_then(|pipe| rustix::io::ioctl_fionread(pipe).ok()).unwrap_or(0);
    }

    /// Whether output of the command itself is still unread.
    pub fn owes(&self) -> bool {
        self.pipe.is_some() && self.owed_bytes > 0
    }

    /// Reads once, if there is something, and hands on the lines that are complete.
    pub fn read(&mut self, now: Duration, sink: &mut Sink, out: &mut dyn Outlet) -> io::Result<()> {
        if let Some(pipe) = &self.pipe {
            match rustix::io::read(pipe, &mut self.buffer) {
                Ok(0) => self.pipe = None,
                Ok(count) => {
                    self.owed_bytes = self.owed_bytes.saturating_sub(count as u64);
                    let bytes = self.buffer.get(..count).unwrap_or_default();
                    let pane = self.pane;
                    let Ok(()) = self.terminal.feed(bytes, now, &mut |update| sink.take(update, pane, now, out));
                }
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let pane = self.pane;
        let Ok(()) = self.terminal.flush_due(now, &mut |update| sink.take(update, pane, now, out));
        Ok(())
    }

    /// Hands on what is left, a last line without an end included.
    pub fn finish(&mut self, now: Duration, sink: &mut Sink, out: &mut dyn Outlet) {
        let pane = self.pane;
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
            let id = LineId { number: line.number, is_open: line.is_open };
            let message = Message {
                line: Some(id),
                spans: line.spans.into(),
                ..Message::new(pane, Level::Info, now.as_secs_f64(), line.text)
            };
            self.refuses_lines = out.line(message).is_err();
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
