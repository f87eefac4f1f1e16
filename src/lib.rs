//! Kymograph shows long background computations live: their curves, progress and printed output.
//!
//! The modules are the data flow, in order; each imports only those before it:
//! [`framing`] (records in files), [`batch`] (what travels), [`source`] and [`job`] (worker and receiver threads), [`record`] (runs on disk),
//! [`store`] (samples), [`figure`] (what to draw), [`render`] (pixels), [`export`] (files), [`app`] (all stages put together).
//! Only `bridge`, behind the feature `gui`, names Qt.

pub mod app;
pub mod batch;
#[cfg(feature = "gui")]
#[allow(missing_docs, reason = "the bridge macro writes items that nobody can document")]
pub mod bridge;
pub mod cli;
pub mod export;
pub mod figure;
pub mod framing;
pub mod job;
pub mod record;
pub mod render;
pub mod source;
pub mod store;

/// The README's code, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
