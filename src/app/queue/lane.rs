//! A lane: a directory in which each file is a command that waits, in the order of the files' names.
//!
//! The files alone are the queue. Adding is writing one, and taking out, starting and putting elsewhere are one call of the
//! system each (unlink, rename) that succeeds for one of those who try, so nothing is lost or run twice, whoever dies when.
//! For any thread and any process; waits for others for a moment only. What is found is not trusted.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::entry::{ENTRY_BYTES_MAX, Entry};
use super::error::QueueError;
use crate::job::lock;
use crate::record;
use crate::source::client::socket::own_uid;

/// Most commands that wait in a lane: as many as a sweep may have.
pub const ENTRIES_MAX: usize = 10_000;

/// Distance between the places of neighbours, so that something can be put between them many times.
const PLACE_STEP: u64 = 1 << 20;

/// Entries written while others wait for their turn to write.
const ENTRIES_AT_ONCE: usize = 64;

/// How long others may take to change the lane: each holds it for some milliseconds.
const CHANGE_TIME: Duration = Duration::from_secs(5);

/// Time between two attempts to be the one who changes it.
const CHANGE_INTERVAL: Duration = Duration::from_millis(2);

/// Attempts to be the one who starts what waits; whoever only looks holds the lock for microseconds.
const SERVE_ATTEMPTS: u32 = 100;

/// Held by the process that starts what waits.
const SERVE_NAME: &str = "lock";

/// Held by who changes the order.
const CHANGE_NAME: &str = "change";

/// Where entries go when they start, each under the name of its run's directory.
const STARTED_NAME: &str = "started";

/// What a half-written file begins with.
const NEW_PREFIX: &str = ".new-";

/// What the directory of a detached sweep begins with.
pub(super) const SWEEP_PREFIX: &str = "sweep-";

/// Other files of the lane's own.
const OWN_NAMES: [&str; 5] =
    [SERVE_NAME, CHANGE_NAME, STARTED_NAME, super::settings::NAME, super::settings::TROUBLE_NAME];

/// A lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    dir: PathBuf,
}

/// The name of an entry's file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    place: u64,
    /// The id of the entry, and of its run.
    pub id: String,
    /// Whether it has been tried and cannot be started.
    pub is_refused: bool,
}

impl Name {
    /// Sixteen hexadecimal digits of the place, a dash, eight of the id, and how it stands.
    pub fn parse(name: &OsStr) -> Option<Self> {
        let (stem, kind) = name.to_str()?.rsplit_once('.')?;
        let (place, id) = stem.split_once('-')?;
        let is_hex =
            |text: &str, len| text.len() == len && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_refused = match kind {
            "json" => false,
            "refused" => true,
            _ => return None,
        };
        let place = u64::from_str_radix(place, 16).ok().filter(|_| is_hex(place, 16))?;
        is_hex(id, 8).then(|| Self { place, id: id.to_owned(), is_refused })
    }

    /// The same, written.
    pub fn file(&self) -> String {
        format!("{:016x}-{}.{}", self.place, self.id, if self.is_refused { "refused" } else { "json" })
    }
}

impl Lane {
    /// The lane in `dir`, which is made when it is needed.
    pub fn at(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file of an entry.
    pub fn path(&self, name: &Name) -> PathBuf {
        self.dir.join(name.file())
    }

    /// Where the entry is that became the run in the directory `run`.
    pub fn started(&self, run: &Path) -> PathBuf {
        self.dir.join(STARTED_NAME).join(run.file_name().unwrap_or_default())
    }

    /// Makes the directory. Fails if others could write to it: what stands in it is run.
    pub fn make(&self) -> Result<(), QueueError> {
        let started = self.dir.join(STARTED_NAME);
        DirBuilder::new().recursive(true).mode(0o700).create(&started).map_err(QueueError::io("create", &started))?;
        self.check().map(|_| ())
    }

    /// Whether there is a lane, which nobody else can write to.
    fn check(&self) -> Result<bool, QueueError> {
        match fs::metadata(&self.dir) {
            Ok(meta) if meta.uid() == own_uid() && meta.mode() & 0o022 == 0 => Ok(true),
            Ok(_) => Err(QueueError::Unsafe { path: self.dir.clone() }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(QueueError::io("read", &self.dir)(error)),
        }
    }

    /// What waits, in order. What does not belong there is passed over with a warning.
    pub fn names(&self) -> Result<Vec<Name>, QueueError> {
        if !self.check()? {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for file in fs::read_dir(&self.dir).map_err(QueueError::io("read", &self.dir))? {
            let file = file.map_err(QueueError::io("read", &self.dir))?.file_name();
            match Name::parse(&file) {
                Some(name) => names.push(name),
                None => self.warn_of_foreign(&file),
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn warn_of_foreign(&self, name: &OsStr) {
        let is_own = name.to_str().is_some_and(|name| {
            OWN_NAMES.contains(&name) || name.starts_with(NEW_PREFIX) || name.starts_with(SWEEP_PREFIX)
        });
        if !is_own {
            warn_once(&self.dir.join(name), "it does not belong to the queue: move it away");
        }
    }

    /// The directories of those who were started, by the names of their runs.
    pub fn started_names(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.dir.join(STARTED_NAME)).into_iter().flatten().flatten();
        entries.take(ENTRIES_MAX).map(|entry| entry.file_name().into()).collect()
    }

    /// An entry, and why it is not started; none if it does not wait any more, or is damaged, with a warning then.
    pub fn read(&self, name: &Name) -> Option<(Entry, Option<String>)> {
        read(&self.path(name))
    }

    /// Adds entries behind all others, in their order. Gives their ids and how many were before the first.
    pub fn add(&self, entries: &[Entry]) -> Result<(Vec<String>, usize), QueueError> {
        // All of them before one is written, so that a mistake adds none.
        let lines: Vec<_> = entries.iter().map(Entry::line).collect::<Result<_, _>>()?;
        self.make()?;
        let (mut ids, mut before) = (Vec::with_capacity(lines.len()), None);
        for lines in lines.chunks(ENTRIES_AT_ONCE) {
            let _change = self.change()?;
            let names = self.names()?;
            if names.len() + lines.len() > ENTRIES_MAX {
                return Err(QueueError::Full);
            }
            before = before.or(Some(names.iter().filter(|name| !name.is_refused).count()));
            let mut place = names.last().map_or(0, |name| name.place);
            for line in lines {
                place = place.saturating_add(PLACE_STEP);
                let id = record::new_run_id();
                let name = Name { place, id: id.clone(), is_refused: false };
                self.write(&name.file(), line)?;
                ids.push(id);
            }
        }
        self.sync();
        Ok((ids, before.unwrap_or_default()))
    }

    /// Takes one out. False if it does not wait here (any more).
    pub fn take_out(&self, id: &str) -> Result<bool, QueueError> {
        if !self.check()? {
            return Ok(false);
        }
        // Nobody else gives it another name meanwhile; it may only be started.
        let _change = self.change()?;
        let Some(name) = self.names()?.into_iter().find(|name| name.id == id) else { return Ok(false) };
        self.remove(&name)
    }

    /// Removes the file of an entry. False if it is gone.
    pub fn remove(&self, name: &Name) -> Result<bool, QueueError> {
        let path = self.path(name);
        let removed = fs::remove_file(&path);
        self.sync();
        happened(removed).map_err(QueueError::io("remove", &path))
    }

    /// Puts one at another place among those that wait, counted from 0; beyond the last is last. One that could not be
    /// started will be tried again. False if it does not wait here (any more).
    pub fn put(&self, id: &str, place: usize) -> Result<bool, QueueError> {
        if !self.check()? {
            return Ok(false);
        }
        let _change = self.change()?;
        let mut names = self.names()?;
        let Some(at) = names.iter().position(|name| name.id == id) else { return Ok(false) };
        let name = names.remove(at);
        let place = place.min(names.len());
        let left = place.checked_sub(1).and_then(|at| names.get(at)).map_or(0, |name| name.place);
        let right = names.get(place).map(|name| name.place);
        if right.is_some_and(|right| right.saturating_sub(left) < 2) {
            // From the last on, so that the order is right at every moment.
            for name in names.iter().skip(place).rev() {
                self.rename(name, &Name { place: name.place.saturating_add(2 * PLACE_STEP), ..name.clone() })?;
            }
        }
        let between = |right: u64| left + (right - left) / 2;
        let place = match right {
            None => left.saturating_add(PLACE_STEP),
            Some(right) if right.saturating_sub(left) < 2 => between(right.saturating_add(2 * PLACE_STEP)),
            Some(right) => between(right),
        };
        let put = self.rename(&name, &Name { place, is_refused: false, ..name.clone() });
        self.sync();
        put
    }

    /// Sets one aside that cannot be started. It stays in the list, with the reason, until it is taken out or put elsewhere.
    pub fn refuse(&self, name: &Name, why: &str) -> Result<(), QueueError> {
        let refused = Name { is_refused: true, ..name.clone() };
        if self.rename(name, &refused)? {
            // Not made anew: somebody may just have taken it out. Without room it stays without its reason.
            let path = self.path(&refused);
            let open = OpenOptions::new().append(true).custom_flags(nofollow()).open(&path);
            if let Err(error) = open.and_then(|mut file| file.write_all(&Entry::refusal(why))) {
                log::warn!("{}: {error}", path.display());
            }
        }
        Ok(())
    }

    fn rename(&self, from: &Name, to: &Name) -> Result<bool, QueueError> {
        let path = self.path(from);
        happened(fs::rename(&path, self.path(to))).map_err(QueueError::io("rename", &path))
    }

    /// Writes a file of the lane, whole or not at all.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), QueueError> {
        let (new, path) = (self.dir.join(format!("{NEW_PREFIX}{}", record::new_run_id())), self.dir.join(name));
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)
        };
        write().map_err(|error| {
            // What is left of it is removed by the next process that starts what waits.
            _ = fs::remove_file(&new);
            QueueError::io("write", &path)(error)
        })
    }

    /// Makes names survive a loss of power, where the file system can.
    fn sync(&self) {
        if let Err(error) = File::open(&self.dir).and_then(|dir| dir.sync_all()) {
            log::debug!("{}: {error}", self.dir.display());
        }
    }

    /// Waits for the turn to change the order, which lasts as long as what is given.
    pub fn change(&self) -> Result<File, QueueError> {
        let path = self.dir.join(CHANGE_NAME);
        let file = open_lock(&path).map_err(QueueError::io("open", &path))?;
        let begun = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(file),
                Err(Errno::WOULDBLOCK | Errno::INTR) if begun.elapsed() < CHANGE_TIME => {
                    std::thread::sleep(CHANGE_INTERVAL);
                }
                Err(Errno::WOULDBLOCK | Errno::INTR) => return Err(QueueError::Busy { path: self.dir.clone() }),
                Err(error) => return Err(self.no_lock(&path, error)),
            }
        }
    }

    /// The right to start what waits, for as long as what is given lives; none if another process has it.
    pub fn serve(&self) -> Result<Option<File>, QueueError> {
        let path = self.dir.join(SERVE_NAME);
        let file = open_lock(&path).map_err(QueueError::io("open", &path))?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Some(file)),
                Err(Errno::WOULDBLOCK | Errno::INTR) if attempt < SERVE_ATTEMPTS => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(Errno::WOULDBLOCK | Errno::INTR) => return Ok(None),
                Err(error) => return Err(self.no_lock(&path, error)),
            }
        }
    }

    fn no_lock(&self, path: &Path, error: Errno) -> QueueError {
        match error {
            Errno::NOTSUP | Errno::NOSYS | Errno::NOLCK => QueueError::NoLocks { path: self.dir.clone() },
            error => QueueError::io("lock", path)(error.into()),
        }
    }

    /// Whether a process starts what waits.
    pub fn is_served(&self) -> bool {
        // Given back when the file is closed.
        let file = File::open(self.dir.join(SERVE_NAME));
        file.is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK))
    }

    /// Removes the lane with all that is in it: that of a sweep which has ended.
    pub fn discard(&self) {
        if let Err(error) = fs::remove_dir_all(&self.dir)
            && error.kind() != ErrorKind::NotFound
        {
            log::info!("{}: {error}", self.dir.display());
        }
    }

    /// Removes what killed processes have left half-written.
    pub fn tidy(&self) -> Result<(), QueueError> {
        let _change = self.change()?;
        for file in fs::read_dir(&self.dir).map_err(QueueError::io("read", &self.dir))?.flatten() {
            if file.file_name().to_str().is_some_and(|name| name.starts_with(NEW_PREFIX)) {
                fs::remove_file(file.path()).map_err(QueueError::io("remove", &file.path()))?;
            }
        }
        Ok(())
    }
}

/// The entry in the file `path`; none if there is none, or it is damaged, with a warning then.
pub(super) fn read(path: &Path) -> Option<(Entry, Option<String>)> {
    match read_bytes(path).map(|bytes| Entry::parse(&bytes)) {
        Ok(Ok(read)) => return Some(read),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => warn_once(path, &format!("it cannot be read: {error}")),
        Ok(Err(why)) => {
            warn_once(path, &format!("it is passed over, because it is no command that waits: {why}; remove the file"));
        }
    }
    None
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe of that name must not be waited for, and a link leads to nothing of ours.
    let file = OpenOptions::new().read(true).custom_flags(nofollow()).open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() || meta.uid() != own_uid() || meta.len() > 2 * ENTRY_BYTES_MAX {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is no file of the queue"));
    }
    let mut bytes = Vec::new();
    file.take(2 * ENTRY_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Flags of files that must not be waited for, and not be links.
pub(super) fn nofollow() -> i32 {
    (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed()
}

fn open_lock(path: &Path) -> io::Result<File> {
    // A lock is never removed: two processes could hold two files of one name.
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(nofollow())
        .open(path)
}

/// Whether it was there for that to be done.
fn happened(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Tells of a file once, however often the list is read.
fn warn_once(path: &Path, why: &str) {
    static TOLD: LazyLock<Mutex<HashSet<PathBuf>>> = LazyLock::new(Mutex::default);
    let mut told = lock(&TOLD);
    if told.len() < ENTRIES_MAX && told.insert(path.to_owned()) {
        log::warn!("{}: {why}", path.display());
    }
}

#[cfg(test)]
mod tests;
