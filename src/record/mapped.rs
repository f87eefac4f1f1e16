//! Columns that stand in a file: windows of the file are mapped into memory, and many columns share one.
//!
//! The system reads what is looked at and lets go of it where memory is short, so such columns cost no heap. Used from any
//! thread.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::sync::{Arc, Mutex, Weak};

use memmap2::{Mmap, MmapOptions};

use crate::batch::{Column, Home, Values};
use crate::job::lock;

use super::floats;

/// Bytes of a window, shared by the columns in it: large enough that a thousand million samples take some sixty mappings
/// of the 65,530 that Linux allows. A column that does not fit into one window gets a mapping of its own.
const WINDOW_BYTES: u64 = 256 << 20;

/// Where a mapping may begin: a multiple of every page size in use.
const PAGE_BYTES: u64 = 64 << 10;

/// A file of numbers that is only ever appended to.
pub struct MappedFile {
    file: File,
    /// Whether columns can be found again by where they stand in it.
    is_log: bool,
    windows: Mutex<BTreeMap<u64, Weak<Mmap>>>,
}

/// Where a column stands in a file.
pub(super) struct InFile {
    file: Arc<MappedFile>,
    range: Range<u64>,
}

/// Numbers in a mapping.
struct InMap {
    map: Arc<Mmap>,
    range: Range<usize>,
    /// Where they begin in the log, in bytes; none if the file is no log.
    place: Option<u64>,
}

/// Numbers that cannot be read in place.
struct Copied(Vec<f64>);

impl MappedFile {
    /// Columns of a log, which must be open for reading.
    pub fn new(file: File) -> Arc<Self> {
        Arc::new(Self { file, windows: Mutex::default(), is_log: true })
    }

    /// The same for a file that is no log: its columns have no place there.
    pub fn beside(file: File) -> Arc<Self> {
        Arc::new(Self { file, windows: Mutex::default(), is_log: false })
    }

    /// The bytes at `range` as numbers, without a copy where they can be read in place; none if they cannot be reached.
    pub fn column(&self, range: Range<u64>) -> Option<Arc<dyn Values>> {
        // A look beyond the end of a file ends the program, so a file that was cut by somebody else is left alone.
        if self.file.metadata().ok()?.len() < range.end {
            return None;
        }
        let index = range.start / WINDOW_BYTES;
        let window = index * WINDOW_BYTES;
        let (map, base) = if range.end <= window + WINDOW_BYTES {
            (self.window(index)?, window)
        } else {
            let base = range.start / PAGE_BYTES * PAGE_BYTES;
            (Arc::new(map(&self.file, base, range.end - base)?), base)
        };
        let inside = usize::try_from(range.start - base).ok()?..usize::try_from(range.end - base).ok()?;
        values(map, inside, self.is_log.then_some(range.start))
    }

    fn window(&self, index: u64) -> Option<Arc<Mmap>> {
        let mut windows = lock(&self.windows);
        if let Some(map) = windows.get(&index).and_then(Weak::upgrade) {
            return Some(map);
        }
        // The window may reach beyond the present end of the file: what is appended later appears in it.
        let map = Arc::new(map(&self.file, index * WINDOW_BYTES, WINDOW_BYTES)?);
        windows.insert(index, Arc::downgrade(&map));
        Some(map)
    }
}

fn map(file: &File, at: u64, len: u64) -> Option<Mmap> {
    let len = usize::try_from(len).ok()?;
    // SAFETY: a shared mapping is sound while nobody changes what is looked at. The log and the spill file are only ever
    // appended to, and columns are made of what has been written, so their bytes never change, not even when recording
    // stops for want of room and resumes. Deleting or replacing the file does no harm,
    // because the mapping keeps the old one. What nobody can rule out is another program that cuts the file short: a look
    // at the missing part then ends this process (SIGBUS). Runs are private to their user (mode 0700), so only the user
    // can do that to themselves.
    unsafe { MmapOptions::new().offset(at).len(len).map(file) }
        .inspect_err(|error| log::warn!("could not map a part of a file: {error}"))
        .ok()
}

/// The numbers at `range` of a mapping, which begin at `place` of the log.
pub(super) fn values(map: Arc<Mmap>, range: Range<usize>, place: Option<u64>) -> Option<Arc<dyn Values>> {
    let bytes = map.get(range.clone())?;
    if floats::in_place(bytes).is_some() {
        return Some(Arc::new(InMap { map, range, place }));
    }
    Some(Arc::new(Copied(floats::copied(bytes))))
}

impl InFile {
    /// The bytes at `range` of `file`.
    pub fn new(file: &Arc<MappedFile>, range: Range<u64>) -> Self {
        Self { file: Arc::clone(file), range }
    }

    /// The column itself, if it can be reached.
    pub fn column(&self) -> Option<Column> {
        self.fetch().map(Column::elsewhere)
    }
}

impl Home for InFile {
    fn fetch(&self) -> Option<Arc<dyn Values>> {
        self.file.column(self.range.clone())
    }

    fn place(&self) -> Option<u64> {
        self.file.is_log.then_some(self.range.start)
    }
}

impl Values for InMap {
    fn values(&self) -> &[f64] {
        self.map.get(self.range.clone()).and_then(floats::in_place).unwrap_or_default()
    }

    fn place(&self) -> Option<u64> {
        self.place
    }
}

impl Values for Copied {
    fn values(&self) -> &[f64] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn windows_grow_with_their_file() {
        let mut file = tempfile::tempfile().unwrap();
        let mapped = MappedFile::new(file.try_clone().unwrap());
        assert!(mapped.column(0..8).is_none(), "nothing is there yet");
        file.write_all(&floats::as_bytes(&[1.0, 2.0])).unwrap();
        let first = mapped.column(0..16).unwrap();
        file.write_all(&floats::as_bytes(&[3.0])).unwrap();
        let second = mapped.column(8..24).unwrap();
        assert_eq!((first.values(), second.values()), (&[1.0, 2.0][..], &[2.0, 3.0][..]));
        assert!(std::ptr::eq(&raw const first.values()[1], &raw const second.values()[0]), "one mapping for both");
        file.set_len(8).unwrap();
        assert!(mapped.column(8..16).is_none(), "a file that was cut is not looked at");
    }

    #[test]
    fn a_column_over_two_windows_and_one_that_is_not_aligned() {
        use std::os::unix::fs::FileExt;
        let file = tempfile::tempfile().unwrap();
        let numbers: Vec<f64> = (0..40).map(f64::from).collect();
        let at = WINDOW_BYTES - 160;
        file.write_all_at(&floats::as_bytes(&numbers), at).unwrap();
        file.write_all_at(&floats::as_bytes(&numbers), 3).unwrap();
        let mapped = MappedFile::new(file);
        assert_eq!(mapped.column(at..at + 320).unwrap().values(), numbers);
        assert_eq!(mapped.column(3..323).unwrap().values(), numbers);
    }
}
