//! One client and its run: takes what it says from a socket, on the worker's thread, and hands it on.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::batch::{Batch, Item, Layout, Level, Message, Outcome, Progress};
use crate::source::{Outlet, Remote, Source, SourceError, Stopped};

use super::layouter::Layouter;
use super::link::{ClientRemote, Link};
use super::lock;
use super::said::{Answer, Hello, Said, VERSION, read};
use super::wire::{FrameReader, Next, WireError};

/// How long a client may take to say who it is.
const HELLO_LIMIT: Duration = Duration::from_secs(10);

/// How long frames may go on before it is marked how far they are: less would fill the log with marks, more would keep a
/// client's memory full.
const MARK_PERIOD: Duration = Duration::from_millis(50);

/// Why a client is not served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// It did not say who it is.
    #[error("the client did not say who it is: {0}")]
    NoHello(String),
    /// Its connection cannot be used.
    #[error("the client's connection cannot be used: {0}")]
    Io(#[from] io::Error),
}

/// What an earlier viewer of the same run left on disk.
pub struct Earlier {
    /// Number of the last of the client's frames that is there.
    pub last: u64,
    /// Hands out what is there, in order.
    pub replay: Replay,
    /// Called when all of it is on disk once more, in the record of this viewer.
    pub on_kept: Box<dyn FnOnce() + Send>,
}

/// Hands out what is on disk to the function that it is given, until that is stopped.
pub type Replay = Box<dyn FnOnce(&mut dyn FnMut(Replayed) -> Result<(), Stopped>) -> Result<(), SourceError> + Send>;

/// Something that an earlier viewer left.
pub enum Replayed {
    /// Samples, or what they belong to.
    Item(Item),
    /// A line of the client.
    Line(Message),
    /// How far the client was.
    Progress(Progress),
}

/// A connected client. Its run is taken once.
pub struct Session {
    hello: Hello,
    link: Arc<Link>,
    waiting: Mutex<Option<Waiting>>,
}

/// What the run begins with.
struct Waiting {
    reader: FrameReader,
    stream: UnixStream,
    earlier: Option<Earlier>,
}

impl Session {
    /// Waits until the client has said who it is, ten seconds at most.
    ///
    /// # Errors
    /// [`ClientError`]; the client has been told.
    pub fn accept(stream: UnixStream) -> Result<Self, ClientError> {
        let link = Arc::new(Link::new(stream.try_clone()?));
        stream.set_read_timeout(Some(HELLO_LIMIT))?;
        let mut reader = FrameReader::default();
        let first = match reader.next(&mut &stream) {
            Ok(Next::Frame(frame)) => read(frame, (0, 0.0)).map_err(|refused| refused.0),
            Ok(Next::Idle) => Err("nothing came in ten seconds".to_owned()),
            Ok(Next::End) => Err("it went away".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let hello = match first {
            Ok((_, Said::Hello(hello))) if hello.v == VERSION => Ok(hello),
            Ok((_, Said::Hello(hello))) => {
                Err(format!("it speaks version {} of the protocol, this program version {VERSION}", hello.v))
            }
            Ok(_) => Err("the first frame must be `hello`".to_owned()),
            Err(why) => Err(why),
        };
        match hello {
            Ok(hello) => Ok(Self { hello, link, waiting: Mutex::new(Some(Waiting { reader, stream, earlier: None })) }),
            Err(why) => {
                link.say(&Answer::Refused { reason: &why });
                Err(ClientError::NoHello(why))
            }
        }
    }

    /// Who it is.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// The way back to it.
    #[must_use]
    pub fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// Shows first what an earlier viewer left.
    pub fn go_on_from(&self, earlier: Earlier) {
        if let Some(waiting) = &mut *lock(&self.waiting) {
            waiting.earlier = Some(earlier);
        }
    }

    /// Its run as a source; none if it was taken before.
    #[must_use]
    pub fn take_source(&self) -> Option<ClientSource> {
        let waiting = lock(&self.waiting).take()?;
        let Waiting { reader, stream, earlier } = waiting;
        let log = Progressed { applied: 0, marked: 0, acked: 0, marked_at: Instant::now(), on_kept: None };
        let (link, layout) = (Arc::clone(&self.link), Layouter::default());
        Some(ClientSource { reader, stream, earlier, link, first: self.hello.first, log, layout })
    }
}

/// The run of a client.
pub struct ClientSource {
    reader: FrameReader,
    stream: UnixStream,
    earlier: Option<Earlier>,
    link: Arc<Link>,
    /// The oldest frame that the client has.
    first: u64,
    log: Progressed,
    layout: Layouter,
}

/// How far the frames are.
struct Progressed {
    /// Number of the last that was applied.
    applied: u64,
    /// Handed to the recorder as a mark.
    marked: u64,
    /// Told the client.
    acked: u64,
    marked_at: Instant,
    /// Called when so much is told.
    on_kept: Option<(u64, Box<dyn FnOnce() + Send>)>,
}

impl Progressed {
    /// Frame `next` is the one to come; says how many before it the client gave up.
    fn skip_to(&mut self, next: u64, out: &mut dyn Outlet) {
        let missing = next - self.applied - 1;
        if missing > 0 {
            self.applied += missing;
            out.message(
                Level::Warning,
                format_args!("The program gave up {missing} of its frames; they are missing here"),
            );
        }
    }
}

impl Source for ClientSource {
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        if let Some(earlier) = self.earlier.take() {
            self.replay(earlier, out)?;
        }
        let next = (self.log.applied + 1).max(self.first);
        self.log.skip_to(next, out);
        let viewer = env!("CARGO_PKG_VERSION");
        let run_path = self.link.run_path();
        self.link.say(&Answer::Welcome { v: VERSION, next, viewer, run_path: run_path.as_deref() });
        loop {
            // While something is still to be acknowledged it is looked after.
            let is_due = self.log.acked < self.log.applied;
            self.stream
                .set_read_timeout(is_due.then_some(MARK_PERIOD))
                .map_err(|source| SourceError::Io { context: "waiting for the client".to_owned(), source })?;
            match self.reader.next(&mut self.stream) {
                Ok(Next::Frame(frame)) => {
                    let now = (out.stamp_nanos(), out.elapsed().as_secs_f64());
                    let said = read(frame, now).map_err(|refused| self.refuse(&refused.0))?;
                    if let Some(outcome) = self.take(said, out)? {
                        return outcome;
                    }
                    if self.log.marked_at.elapsed() >= MARK_PERIOD {
                        self.mark(out)?;
                    }
                }
                Ok(Next::Idle) => self.mark(out)?,
                Ok(Next::End) => return Err(self.lost(out, "The program is gone: it ended without finishing its run")),
                Err(WireError::Cut) => {
                    return Err(self.lost(out, "The program is gone: it ended in the middle of a frame"));
                }
                Err(error @ WireError::Io(_)) => return Err(self.lost(out, &error.to_string())),
                Err(error) => return Err(self.refuse(&error.to_string())),
            }
        }
    }

    fn remote(&self) -> Option<Arc<dyn Remote>> {
        Some(Arc::new(ClientRemote(Arc::clone(&self.link))))
    }
}

impl ClientSource {
    /// Shows what an earlier viewer left, and records it anew.
    fn replay(&mut self, earlier: Earlier, out: &mut dyn Outlet) -> Result<(), SourceError> {
        let Earlier { last, replay, on_kept } = earlier;
        let layout = &mut self.layout.layout;
        replay(&mut |replayed| match replayed {
            Replayed::Item(item) => {
                if let Item::Layout(known) = &item {
                    layout.clone_from(known);
                }
                out.deliver(item)
            }
            Replayed::Line(line) => out.line(line),
            Replayed::Progress(progress) => {
                out.progress(progress);
                Ok(())
            }
        })?;
        self.log.applied = last;
        self.log.on_kept = Some((last, on_kept));
        Ok(())
    }

    /// Applies a frame, unless it was applied before. `Some` is how the run ends.
    fn take(
        &mut self,
        (seq, said): (Option<u64>, Said),
        out: &mut dyn Outlet,
    ) -> Result<Option<Result<Outcome, SourceError>>, SourceError> {
        if let Some(seq) = seq {
            if seq <= self.log.applied {
                return Ok(None);
            }
            self.log.skip_to(seq, out);
            self.log.applied = seq;
        }
        match said {
            Said::Series(info, subplot) => {
                if self.layout.is_removed(info.id) {
                    // Another one under the number of one that is gone.
                    out.deliver(Item::Replace(Batch::steps(info.id, out.stamp_nanos(), 0.0, 1.0, Vec::new()), None))?;
                }
                self.layout.place(info.id, Some(subplot).filter(|place| *place != 0));
                out.deliver(Item::Declare(info))?;
            }
            Said::Append(batch) => {
                self.layout.send(out)?;
                out.deliver(Item::Append(batch))?;
            }
            Said::Replace(batch, color) => {
                self.layout.send(out)?;
                out.deliver(Item::Replace(batch, color))?;
            }
            Said::Remove(id) => self.layout.remove(id),
            Said::Layout { rows, columns, title, subplots } => {
                let places = std::mem::take(&mut self.layout.layout.places);
                self.layout = Layouter { layout: Layout { title, rows, columns, subplots, places }, is_new: true };
            }
            Said::Text(lines) => lines.into_iter().try_for_each(|line| out.line(line))?,
            Said::Progress(progress) => out.progress(progress),
            Said::Paused(true) => out.message(Level::Info, format_args!("The program stands still")),
            Said::Paused(false) => out.message(Level::Info, format_args!("The program goes on")),
            Said::Show => self.link.show(),
            Said::Finish { is_ok, exit_code, text, was_stopped } => {
                self.settle(out)?;
                // A program that was asked to stop did as it was told, however it puts it.
                return Ok(Some(if is_ok || was_stopped {
                    Ok(Outcome { summary: text, exit_code, was_stopped })
                } else {
                    let code = if exit_code == 0 { 1 } else { exit_code };
                    Err(SourceError::Exit { code, text })
                }));
            }
            Said::Hello(_) => return Err(self.refuse("a second `hello`")),
            Said::Other => {}
        }
        Ok(None)
    }

    /// Marks how far the frames are, and tells the client how far they are on disk.
    fn mark(&mut self, out: &mut dyn Outlet) -> Result<(), SourceError> {
        self.layout.send(out)?;
        let log = &mut self.log;
        if log.applied > log.marked {
            out.deliver(Item::Mark(log.applied))?;
            log.marked = log.applied;
        }
        log.marked_at = Instant::now();
        let flushed = self.link.last_mark(log.marked);
        if flushed > log.acked {
            log.acked = flushed;
            if let Some((_, on_kept)) = log.on_kept.take_if(|(last, _)| *last <= flushed) {
                on_kept();
            }
            self.link.say(&Answer::Ack { seq: flushed });
        }
        Ok(())
    }

    /// Waits until all is on disk and the client knows it, a moment at most: it may want to end.
    fn settle(&mut self, out: &mut dyn Outlet) -> Result<(), SourceError> {
        const LIMIT: Duration = Duration::from_secs(2);
        let begun = Instant::now();
        self.mark(out)?;
        while self.log.acked < self.log.applied && begun.elapsed() < LIMIT && !out.is_stopping() {
            std::thread::sleep(Duration::from_millis(10));
            self.mark(out)?;
        }
        Ok(())
    }

    /// Tells the client why it is not listened to any longer.
    fn refuse(&self, reason: &str) -> SourceError {
        self.link.say(&Answer::Refused { reason });
        SourceError::Failed(format!("what the program sent is refused: {reason}"))
    }

    /// The connection is over. If it was ended from here, that is a stop.
    fn lost(&mut self, out: &mut dyn Outlet, why: &str) -> SourceError {
        if let Err(error) = self.mark(out) {
            log::debug!("the last frames of a client are not marked: {error}");
        }
        if out.is_stopping() { Stopped.into() } else { SourceError::Failed(why.to_owned()) }
    }
}
