//! Reads text in blocks of whole lines.
//!
//! Runs on the caller's thread. Knows nothing of columns.

use std::io::{self, Read};

use super::TableOptions;
use super::error::{TableError, file_name};

/// Longest line, in bytes. What is longer is no table, or a quote is missing.
pub(super) const LINE_BYTES_MAX: usize = 64 << 20;

/// Size of a block, in bytes: large enough that starting threads for it costs nothing, small beside the columns.
const BLOCK_BYTES: usize = 4 << 20;

/// Blocks of whole lines; the last one may lack its line end.
pub(super) struct Blocks<R> {
    input: R,
    carry: Vec<u8>,
    at_end: bool,
    failed: Option<BlockError>,
}

/// Why there is no next block. The line is known to the caller.
#[derive(Debug)]
pub(super) enum BlockError {
    Io(io::Error),
    LineTooLong,
}

impl BlockError {
    pub fn at(self, options: &TableOptions, line: u64) -> TableError {
        let file = file_name(options);
        match self {
            Self::Io(source) => TableError::Io { file, source },
            Self::LineTooLong => TableError::LineTooLong { file, line },
        }
    }
}

impl<R: Read> Blocks<R> {
    pub fn new(input: R) -> Self {
        Self { input, carry: Vec::new(), at_end: false, failed: None }
    }

    /// The next block; none at the end.
    pub fn next(&mut self) -> Result<Option<Vec<u8>>, BlockError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut block = std::mem::take(&mut self.carry);
        let mut wanted = BLOCK_BYTES;
        while !self.at_end {
            block.reserve(wanted.saturating_sub(block.len()));
            let missing = wanted.saturating_sub(block.len()) as u64;
            let count = match (&mut self.input).take(missing).read_to_end(&mut block) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(BlockError::Io(error)),
            };
            if (count as u64) < missing {
                self.at_end = true;
            } else if let Some(end) = memchr::memrchr(b'\n', &block) {
                self.carry = block.split_off(end + 1);
                return Ok(Some(block));
            } else if block.len() > LINE_BYTES_MAX {
                return Err(BlockError::LineTooLong);
            } else {
                wanted = (block.len() * 2).min(LINE_BYTES_MAX + 1);
            }
        }
        let longest =
            if block.len() > LINE_BYTES_MAX { block.split(|b| *b == b'\n').map(<[u8]>::len).max() } else { None };
        if longest.is_some_and(|length| length > LINE_BYTES_MAX) {
            return Err(BlockError::LineTooLong);
        }
        Ok(Some(block).filter(|block| !block.is_empty()))
    }

    /// Gives `error` instead of the next block.
    pub fn fail_next(&mut self, error: BlockError) {
        self.failed = Some(error);
    }

    /// All that was not handed on yet, as one stream.
    pub fn into_rest(self) -> impl Read {
        io::Cursor::new(self.carry).chain(self.input)
    }
}
