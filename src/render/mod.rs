//! From a figure and a snapshot to pixels, off the GUI thread.

pub mod scene;
