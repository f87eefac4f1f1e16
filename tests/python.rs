//! The Python client: its own tests, run by pytest against this very program.
//!
//! Without the window all of them, against viewers that only record; with it those that need a window, offscreen.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test panics where it fails")]

use std::path::PathBuf;
use std::process::Command;

fn pytest(arguments: &[&str]) {
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project.join("target"), |dir| project.join(dir));
    let python = target.join("python/bin/python");
    assert!(python.exists(), "{} is missing: run scripts/setup test", python.display());
    let output = Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .args(arguments)
        .current_dir(project.join("python"))
        .env("KYMOGRAPH_TEST_BIN", env!("CARGO_BIN_EXE_kymograph"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // Its viewers go on without a window where there is none to be had.
        .env_remove("DISPLAY")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(not(feature = "gui"))]
#[test]
fn the_client_keeps_its_promises() {
    pytest(&[]);
}

#[cfg(feature = "gui")]
#[test]
fn the_client_works_with_a_window() {
    pytest(&["tests/test_program.py", "tests/test_notebooks.py"]);
}
