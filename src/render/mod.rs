//! From a figure and a snapshot to pixels, off the GUI thread.

pub mod backend;
pub mod draw;
pub mod figure_thread;
pub mod frame;
pub mod line;
mod pool;
pub mod raster;
pub mod scene;
pub mod symbol;
pub mod text;
