//! What a read of a binary file ends with and the next one goes on with: a record of which only a part is there.
//!
//! Knows no format.

use super::reader::Fed;

/// The bytes that were not used yet.
#[derive(Debug, Default)]
pub(super) struct Carry(Vec<u8>);

impl Carry {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Hands what is left and `bytes` to `read`, which says how many of them it used; the rest is kept, unless nothing more
    /// is wanted. Bytes that come when nothing is left are not copied before they are read.
    pub fn feed(&mut self, bytes: &[u8], read: impl FnOnce(&[u8]) -> (usize, Fed)) -> Fed {
        let is_first = self.0.is_empty();
        if !is_first {
            self.0.extend_from_slice(bytes);
        }
        let (used, fed) = read(if is_first { bytes } else { &self.0 });
        match fed {
            Fed::Taken if is_first => self.0.extend_from_slice(bytes.get(used..).unwrap_or_default()),
            Fed::Taken => drop(self.0.drain(..used.min(self.0.len()))),
            _ => self.0 = Vec::new(),
        }
        fed
    }
}
