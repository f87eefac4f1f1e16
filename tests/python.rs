//! The Python client: its own tests, run by pytest against this very program.
//!
//! Its viewers open offscreen windows where the program has them, and only record where it has none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test panics where it fails")]

use std::path::PathBuf;
use std::process::Command;

#[test]
fn the_client_keeps_its_promises() {
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project.join("target"), |dir| project.join(dir));
    let python = target.join("python/bin/python");
    assert!(python.exists(), "{} is missing: run scripts/setup test", python.display());
    let output = Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .current_dir(project.join("python"))
        .env("KYMOGRAPH_TEST_BIN", env!("CARGO_BIN_EXE_kymograph"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
