//! All stages put together: a job's pipeline, the window, the program without a window.

pub mod client;
pub mod desktop;
pub mod display;
pub mod export_file;
pub mod feed;
pub mod figure_control;
pub mod generate;
#[cfg(feature = "gui")]
pub mod gui;
pub mod headless;
pub mod host;
pub mod host_context;
pub mod input;
pub mod job_view;
pub mod launch;
pub mod open_run;
pub mod pane_log;
pub mod pipeline;
pub mod printable;
pub mod pulse;
pub mod recording;
pub mod render_file;
pub mod run_samples;
pub mod runs;
pub mod serve;
pub mod session_bus;
