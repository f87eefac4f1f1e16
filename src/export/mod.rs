#![allow(missing_docs)]
use crate::figure::Figure;
use crate::store::Snapshot;
use std::path::Path;
pub struct ExportOptions {
    pub width_px: u32,
    pub height_px: u32,
    pub scale: f32,
}
pub fn save(_p: &Path, _f: &Figure, _s: &Snapshot, _o: &ExportOptions) -> std::io::Result<()> {
    Ok(())
}
