//! The window as a screen reader finds it, in a D-Bus session of its own: tests/support/accessible.py reads the tree.
#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

use std::path::Path;
use std::process::Command;

/// The system's Python has AT-SPI; the tests' own has not.
const PYTHON: &str = "/usr/bin/python3";

#[test]
fn every_control_has_a_name_and_tab_reaches_it() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/accessible.py");
    assert!(std::env::var_os("DISPLAY").is_some(), "no display: run it through scripts/test-env");
    let output = Command::new("dbus-run-session")
        .args(["--", PYTHON])
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_kymograph"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("QT_QPA_PLATFORM", "xcb")
        .env_remove("KYMOGRAPH_DATA_DIR")
        .output()
        .unwrap_or_else(|error| panic!("dbus-run-session: {error}: run scripts/setup test"));
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).join("");
    assert!(output.status.success(), "{said}");
}
