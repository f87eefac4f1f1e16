//! Runs on disk: one directory each, with an append-only log of all that a job made and said.
//!
//! ```text
//!  receiver, job ── RecordHandle ──▶ lane (bounded) ──▶ recorder:<name> ──▶ log.tfrecord ──▶ LogReader
//!                                                              └──────────▶ places of columns in the file
//! ```
//!
//! [`DataDir`] is where runs are kept, [`RunDir`] a run that is being made, [`Recorder`] the thread that writes it,
//! [`LogReader`] what reads it back, damaged or not. The format is described in `docs/run-format.md`. Knows no store and no
//! figure.

mod actor;
mod data_dir;
mod decode;
mod disk;
mod encode;
mod entry;
mod error;
mod floats;
mod format;
mod lane;
mod layout;
mod log_reader;
mod log_writer;
mod mapped;
mod meta;
mod recorder;
mod run_dir;
mod run_entry;
mod run_name;
mod spill;
mod stats;

use crate::framing;

pub use data_dir::DataDir;
pub use disk::Disk;
pub use entry::{Body, Entry, Gap, Header, RunEnd, RunState};
pub use error::RecordError;
pub use format::FORMAT_VERSION;
pub use lane::{LANE_BYTES, LANE_NOTICES, LANE_TEXT_BYTES};
pub use log_reader::{LogReader, Loss, LossKind, MAPPED_LEN};
pub use log_writer::{GROUP_BYTES, HOME_LEN};
pub use mapped::MappedFile;
pub use meta::RunMeta;
pub use recorder::{FINISH_BOUND, MakeRun, OnMade, OnTrouble, RecordHandle, Recorder, RecorderOptions, Trouble};
pub use run_dir::{LOG_NAME, META_NAME, RunAbout, RunDir};
pub use run_entry::RunEntry;
pub use run_name::{NAME_CHARS, new_id as new_run_id};
pub use spill::Spill;
pub use stats::RecordStats;
