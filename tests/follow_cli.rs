//! `kymograph follow` as people type it: what it says, what it leaves behind, and how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

mod cli_support;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use cli_support::{assert_one_line, stderr};
use rustix::process::{Pid, Signal, kill_process};

fn kymograph(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
    command.current_dir(folder).args(arguments).arg("--headless").arg("--data-dir").arg(folder.join("runs"));
    command
}

#[test]
fn it_ends_well_at_ctrl_c_and_saves_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "step,v\n1,2\n2,3\n").unwrap();
    let mut command = kymograph(folder.path(), &["follow", "--save", "a.svg", "a.csv", "later.csv"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut lines = String::new();
    while !(lines.contains("following a.csv") && lines.contains("later.csv: No such file")) {
        assert_ne!(said.read_line(&mut lines).unwrap(), 0, "it ended by itself: {lines}");
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    said.read_to_string(&mut lines).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{lines}");
    assert!(fs::read_to_string(folder.path().join("a.svg")).unwrap().contains("<svg"), "{lines}");
    assert!(!folder.path().join("runs").exists(), "a followed file is its own record");
}

#[test]
fn what_was_read_once_is_summed_up() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "step,v\n1,2\n2,3").unwrap();
    let output = kymograph(folder.path(), &["follow", "--once", "a.csv"]).output().unwrap();
    assert!(output.status.success() && stderr(&output).contains("1 file read, 1 series"), "{}", stderr(&output));
}

#[test]
fn what_cannot_be_followed_is_said_in_the_last_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let status = kymograph(folder.path(), &["sine", "--iterations", "1", "--worker-ms", "1"]).status().unwrap();
    assert!(status.success());
    let run = fs::read_dir(path("runs/runs")).unwrap().next().unwrap().unwrap().path();
    let run = run.to_str().unwrap();
    assert_one_line(&kymograph(folder.path(), &["follow", run]).output().unwrap(), &["recorded run", "kymograph open"]);
    fs::write(path("binary"), [0, 1, 2, 0]).unwrap();
    for (name, part) in [("binary", "what can be followed: CSV"), ("gone.csv", "there is no such file")] {
        let output = kymograph(folder.path(), &["follow", "--once", name]).output().unwrap();
        let said = stderr(&output);
        let last = said.lines().last().unwrap();
        assert!(output.status.code() == Some(1) && last.contains(name) && last.contains(part), "{said}");
    }
}
