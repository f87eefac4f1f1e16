//! What tests of installations and packages share: `make` as a person calls it, and programs that may be missing.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program that this test was built with.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_kymograph");

/// The clone.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `make ARGUMENTS…` in the clone.
#[track_caller]
pub fn make(arguments: &[&str]) -> String {
    let mut command = Command::new("make");
    // A make that runs the tests hands on its variables, and this one would tell its directory because of it.
    for name in ["MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL"] {
        command.env_remove(name);
    }
    said(command.arg("--no-print-directory").args(arguments).current_dir(root()))
}

/// Runs to its end, well; what it printed.
#[track_caller]
pub fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}\n{}", output.status, both(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Its output and its error output.
pub fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether all of the programs can be started; says so if one cannot, and that the test is skipped.
pub fn has(programs: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &&&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    let missing: Vec<_> = programs.iter().filter(|name| !is_there(name)).collect();
    if !missing.is_empty() {
        eprintln!("skipped: these programs are missing: {missing:?}");
    }
    missing.is_empty()
}

/// All files below a folder, as paths relative to it.
pub fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found
}

/// The first value of `key = "value"` or `key: value`.
pub fn first<'a>(text: &'a str, start: &str, end: impl Fn(char) -> bool) -> &'a str {
    let at = text.find(start).unwrap_or_else(|| panic!("no `{start}`")) + start.len();
    text[at..].split(end).next().unwrap()
}

/// A file of the clone.
pub fn read(path: impl AsRef<OsStr>) -> String {
    let path = root().join(Path::new(path.as_ref()));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
