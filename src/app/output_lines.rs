//! What a command wrote, made into the lines that its panes show: for whoever reads a run's log.
//!
//! Plain data on the reader's thread. Times are those of the run.

use std::convert::Infallible;
use std::time::Duration;

use crate::batch::{Message, Stream};
use crate::source::terminal::{Terminal, Update};

/// The lines of a command's two streams.
#[derive(Default)]
pub struct OutputLines {
    streams: [Terminal; 2],
}

impl OutputLines {
    /// Takes `bytes` that were written at `time` and hands lines that are new, or look different, to `each`.
    pub fn feed(&mut self, stream: Stream, bytes: &[u8], time: Duration, mut each: impl FnMut(Message)) {
        let [output, error] = &mut self.streams;
        let terminal = if stream == Stream::Output { output } else { error };
        let mut take = taker(stream, time, &mut each);
        // A bar whose time had come before these bytes did.
        let Ok(()) = terminal.flush_due(time, &mut take);
        let Ok(()) = terminal.feed(bytes, time, &mut take);
    }

    /// When [`flush_due`](Self::flush_due) should be called if nothing comes before.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        self.streams.iter().filter_map(Terminal::due).min()
    }

    /// Hands lines that stand still at `time` to `each`.
    pub fn flush_due(&mut self, time: Duration, mut each: impl FnMut(Message)) {
        for (terminal, stream) in self.streams.iter_mut().zip(Stream::ALL) {
            let Ok(()) = terminal.flush_due(time, &mut taker(stream, time, &mut each));
        }
    }

    /// Hands on what is left, last lines without an end included.
    pub fn finish(&mut self, time: Duration, mut each: impl FnMut(Message)) {
        for (terminal, stream) in self.streams.iter_mut().zip(Stream::ALL) {
            let Ok(()) = terminal.finish(&mut taker(stream, time, &mut each));
        }
    }
}

/// Makes messages of a terminal's lines.
fn taker(
    stream: Stream,
    time: Duration,
    each: &mut impl FnMut(Message),
) -> impl FnMut(Update<'_>) -> Result<(), Infallible> {
    move |update| {
        // How far the program is stands in the log by itself.
        if let Update::Line(line) = update {
            each(line.to_message(stream.pane(), time));
        }
        Ok(())
    }
}
