//! Hears from the kernel which files have changed, so that they are read at once.
//!
//! Worker's thread: it asks without waiting. inotify is spoken to directly and not through a crate, because those that
//! wrap it bring a thread and an unbounded channel. All of this is a hint: file systems of other machines say nothing, so
//! everything is looked at every so often anyway.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};

/// Most folders watched; the kernel allows a user some ten thousands in all, and other programs need some.
const WATCHES_MAX: usize = 8192;

/// Most changes that are told one by one.
const CHANGES_MAX: usize = 4096;

/// What has changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Files with new bytes.
    pub files: Vec<PathBuf>,
    /// Something came, went, or changed its name.
    pub has_new_names: bool,
    /// More happened than can be told: look at everything.
    pub is_everything: bool,
}

/// Watches folders.
#[derive(Default)]
pub(super) struct Watch {
    inotify: Option<OwnedFd>,
    folders: HashMap<i32, PathBuf>,
}

impl Watch {
    /// A watch over nothing. Where the kernel has no inotify left, it will never tell of a change.
    pub fn new() -> Self {
        let made = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC);
        if let Err(error) = &made {
            log::info!("no inotify: {error}; files are looked at every second");
        }
        Self { inotify: made.ok(), folders: HashMap::new() }
    }

    /// Watches the files in a folder as well.
    pub fn add(&mut self, folder: &Path) {
        let Some(inotify) = self.inotify.as_ref().filter(|_| self.folders.len() < WATCHES_MAX) else { return };
        let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let names = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::MOVED_FROM | WatchFlags::DELETE;
        match inotify::add_watch(inotify, place, names | WatchFlags::MODIFY | WatchFlags::ONLYDIR) {
            Ok(number) => _ = self.folders.insert(number, folder.to_owned()),
            Err(error) => log::info!("{} is not watched: {error}; it is looked at every second", folder.display()),
        }
    }

    /// What has changed since the last time. Never waits.
    pub fn changes(&mut self) -> Changes {
        let mut changes = Changes::default();
        let Some(inotify) = &self.inotify else { return changes };
        let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
        let mut reader = Reader::new(inotify, &mut buffer);
        while let Ok(event) = reader.next() {
            let flags = event.events();
            if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                changes.is_everything = true;
            }
            if flags.contains(ReadFlags::IGNORED) {
                self.folders.remove(&event.wd());
                continue;
            }
            changes.has_new_names |=
                flags.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO | ReadFlags::MOVED_FROM | ReadFlags::DELETE);
            let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
            if let (Some(folder), Some(name)) = (self.folders.get(&event.wd()), name) {
                let path = folder.join(name);
                if changes.files.last() != Some(&path) {
                    changes.files.push(path);
                }
            }
            if changes.files.len() >= CHANGES_MAX {
                changes.files.clear();
                changes.is_everything = true;
                break;
            }
        }
        changes
    }
}
