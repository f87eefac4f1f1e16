//! Numbers put aside into a file of the run that nobody sees: for chunks that the store has gathered from small batches,
//! which stand in the log as many records and so cannot be mapped from there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use crate::batch::Column;

use super::disk::{FileDisk, write_all};
use super::floats;
use super::mapped::{InFile, MappedFile};

/// Its name, in the short time in which it has one.
const SPILL_NAME: &str = "spill.bin";

/// Puts numbers aside. For one thread; what it hands out is for all.
pub struct Spill {
    disk: FileDisk,
    file: Arc<MappedFile>,
    end: u64,
}

impl Spill {
    /// A spill file in the run's directory. Its name is taken away at once, so that nothing is left behind however the
    /// program ends; the system frees the room when the last column is gone.
    ///
    /// # Errors
    /// If no file can be made there.
    pub fn create(run: &super::RunDir) -> io::Result<Self> {
        Self::create_in(run.path())
    }

    /// The same in a directory, for a run that is only looked at.
    ///
    /// # Errors
    /// If no file can be made there.
    pub fn create_in(dir: &Path) -> io::Result<Self> {
        let path = dir.join(SPILL_NAME);
        let open = || OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        let file: File = match open() {
            // Left by a program that was killed between its two steps.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                fs::remove_file(&path)?;
                open()?
            }
            other => other?,
        };
        fs::remove_file(&path)?;
        Ok(Self { disk: FileDisk(file.try_clone()?), file: MappedFile::beside(file), end: 0 })
    }

    /// Writes `values` and returns them as a column that takes no heap.
    ///
    /// # Errors
    /// If the disk takes no more, or the file cannot be mapped; the caller then keeps its numbers in memory.
    pub fn put(&mut self, values: &[f64]) -> io::Result<Column> {
        let bytes = floats::as_bytes(values);
        write_all(&mut self.disk, &bytes, self.end)?;
        let range = self.end..self.end + bytes.len() as u64;
        let column = InFile::new(&self.file, range.clone()).column().ok_or(ErrorKind::OutOfMemory)?;
        self.end = range.end;
        Ok(column)
    }

    /// Bytes in the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_put_aside_come_back_and_leave_no_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(SPILL_NAME), "old").unwrap();
        let mut spill = Spill::create_in(dir.path()).unwrap();
        let columns: Vec<_> = (0..100).map(|i| spill.put(&vec![f64::from(i); 1000]).unwrap()).collect();
        assert_eq!(spill.bytes(), 800_000);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        drop(spill);
        for (i, column) in columns.iter().enumerate() {
            assert_eq!((column.len(), column.heap_bytes()), (1000, 0));
            assert!(column.iter().all(|value| *value == i as f64));
        }
    }
}
