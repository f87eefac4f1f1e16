//! Where a log's bytes go: a file, or in tests something that fails as told.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt, MetadataExt};

/// A place for bytes that may refuse them. All calls come from the recorder's thread.
pub trait Disk: Send {
    /// Writes some of `bytes` at `offset` and says how many.
    ///
    /// # Errors
    /// What the system says; nothing was written then.
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Returns when all that was written would survive a loss of power.
    ///
    /// # Errors
    /// What the system says, or that the file is gone; some of what was written may be lost then.
    fn sync(&mut self) -> io::Result<()>;
}

/// The log's own file.
pub(super) struct FileDisk(pub File);

impl Disk for FileDisk {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.0.write_at(bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()?;
        // A file without a name takes all that is written, and keeps nothing.
        if self.0.metadata()?.nlink() == 0 {
            return Err(io::Error::new(ErrorKind::NotFound, "the run's directory is gone"));
        }
        Ok(())
    }
}

/// Writes all of `bytes`. After an error some of them may have been written.
pub(super) fn write_all(disk: &mut dyn Disk, bytes: &[u8], offset: u64) -> io::Result<()> {
    let mut done = 0;
    while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
        match disk.write_at(rest, offset + done as u64) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => done += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Why nothing is written, and what a person can do about it.
pub(super) fn explain(error: &io::Error) -> String {
    let remedy = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some room",
        ErrorKind::FileTooLarge => "the file may not grow further here",
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => "make the place writable",
        ErrorKind::NotFound => "put it back, or start again",
        _ => "look at the disk",
    };
    format!("{error}; {remedy}")
}
