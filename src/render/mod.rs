//! From a figure and a snapshot to pixels, off the GUI thread.

pub mod backend;
pub mod frame;
pub mod scene;
pub mod text;
