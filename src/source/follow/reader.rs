//! What reads one format: it takes the bytes of a file as they come and puts rows into a sheet.
//!
//! Worker's thread. A reader knows no path and no clock; how its bytes were cut into pieces makes no difference to it.

use super::sheet::Sheet;

/// What became of the bytes that a reader was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// It has them.
    Taken,
    /// The last so many bytes are not what they will be: they are to be given again when the file has changed.
    Back(u64),
    /// No more of this file can be read; the sheet was told why.
    Over,
}

/// Reads one format.
pub(super) trait Reader: Send {
    /// Takes the next bytes. What is incomplete at their end waits for more.
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed;

    /// Nothing more will come: what waits counts as it is.
    fn end(&mut self, sheet: &mut Sheet);

    /// The next bytes are the first ones of a file. What waits was lost with the file before.
    fn restart(&mut self);
}
