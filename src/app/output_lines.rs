//! What a command wrote, made into the lines that its panes show: for whoever reads a run's log.
//!
//! Plain data on the reader's thread. Times are those of the run.

use std::convert::Infallible;
use std::time::Duration;

use crate::batch::{Level, Message, Stream};
use crate::source::ansi::plain_text;
use crate::source::lines::LineSplitter;

/// The lines of a command's two streams.
#[derive(Default)]
pub struct OutputLines {
    streams: [LineSplitter; 2],
}

impl OutputLines {
    /// Takes `bytes` that were written at `time` and hands lines that are complete to `each`.
    pub fn feed(&mut self, stream: Stream, bytes: &[u8], time: Duration, mut each: impl FnMut(Message)) {
        let [output, error] = &mut self.streams;
        let lines = if stream == Stream::Output { output } else { error };
        let mut each = |line: &[u8]| -> Result<(), Infallible> {
            each(message(stream, line, time));
            Ok(())
        };
        // A bar whose time had come before these bytes did.
        let Ok(()) = lines.flush_due(time, &mut each);
        let Ok(()) = lines.feed(bytes, time, &mut each);
    }

    /// When [`flush_due`](Self::flush_due) should be called if nothing comes before.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        self.streams.iter().filter_map(LineSplitter::due).min()
    }

    /// Hands rewritten lines that stand still at `time` to `each`.
    pub fn flush_due(&mut self, time: Duration, mut each: impl FnMut(Message)) {
        for (lines, stream) in self.streams.iter_mut().zip(Stream::ALL) {
            let Ok::<(), Infallible>(()) = lines.flush_due(time, &mut |line| {
                each(message(stream, line, time));
                Ok(())
            });
        }
    }

    /// Hands on what is left, last lines without an end included.
    pub fn finish(&mut self, time: Duration, mut each: impl FnMut(Message)) {
        for (lines, stream) in self.streams.iter_mut().zip(Stream::ALL) {
            let Ok::<(), Infallible>(()) = lines.finish(&mut |line| {
                each(message(stream, line, time));
                Ok(())
            });
        }
    }
}

fn message(stream: Stream, line: &[u8], time: Duration) -> Message {
    let lossy = String::from_utf8_lossy(line);
    let (time_secs, text) = (time.as_secs_f64(), plain_text(&lossy).into_owned());
    Message { pane: stream.pane(), level: Level::Info, time_secs, text }
}
