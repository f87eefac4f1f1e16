//! Runs the examples that define jobs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]
#![allow(clippy::print_stdout, reason = "a test says what it measured, and a panic is its report")]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

use std::time::Duration;

#[path = "../examples/headless_job.rs"]
mod headless_job;
#[path = "../examples/parameter_sweep.rs"]
mod parameter_sweep;
#[path = "../examples/system_load.rs"]
mod system_load;

#[test]
fn headless_job_finds_the_root() {
    assert_eq!(headless_job::run().unwrap(), "the square root of 2 is 1.414213562373");
}

#[test]
fn parameter_sweep_settles_where_the_theory_says() {
    let rows = parameter_sweep::run(12).unwrap();
    assert_eq!(rows.len(), 12);
    let (r, values) = &rows[0];
    assert_eq!(values.len(), 8);
    // Below r = 3 the logistic map has one stable point, 1 - 1/r.
    assert!(values.iter().all(|x| (x - (1.0 - 1.0 / r)).abs() < 1e-9), "{values:?}");
    // At r = 3.2 it swings between two.
    let (r, values) = &rows[4];
    assert!((r - 3.2).abs() < 1e-12 && (values[0] - values[2]).abs() < 1e-9 && (values[0] - values[1]).abs() > 0.1);
}

#[test]
fn system_load_polls() {
    let summary = system_load::run(4, Duration::from_millis(20)).unwrap();
    assert!(summary.starts_with("4 ticks"), "{summary}");
}
