//! `kymograph export` as people run it: what it writes, what it refuses, how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

mod cli_support;

use cli_support::{assert_one_line, stderr};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const TABLE: &str = "step,loss,note,accuracy\n1,0.9,first,-0.1\n2,0.5,second,0.5\n3,3e-7,third,0.8\n";

/// Runs the program in `folder` with `input` as its standard input.
fn run(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
    command.args(args).current_dir(folder).env("KYMOGRAPH_DATA_DIR", folder.join("data"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that does not read its input may be gone by now.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

#[test]
fn a_table_is_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.csv"), TABLE).unwrap();
    let output = run(folder.path(), &["export", "in.csv", "-o", "out.csv"], "");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let written = fs::read_to_string(folder.path().join("out.csv")).unwrap();
    assert_eq!(written, "step,loss,accuracy\n1,0.9,-0.1\n2,0.5,0.5\n3,3e-7,0.8\n");
    assert!(stderr(&output).contains("column note holds no numbers and was left out"), "{}", stderr(&output));
    let output = run(folder.path(), &["export", "in.csv", "-o", "out.JSONL", "--x", "loss", "--y", "4"], "");
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let written = fs::read_to_string(folder.path().join("out.JSONL")).unwrap();
    assert_eq!(
        written,
        "{\"loss\": 0.9, \"accuracy\": -0.1}\n{\"loss\": 0.5, \"accuracy\": 0.5}\n{\"loss\": 3e-7, \"accuracy\": 0.8}\n"
    );
}

#[test]
fn standard_input_and_json_lines_are_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let json = "{\"step\": 1, \"loss\": 0.5}\n{\"step\": 2, \"loss\": NaN}\n";
    let output = run(folder.path(), &["export", "-", "-o", "out.csv"], json);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(folder.path().join("out.csv")).unwrap(), "step,loss\n1,0.5\n2,nan\n");
}

#[test]
fn an_export_is_drawn_as_its_source_is() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..500).map(|i| format!("{}\t{}\n", i, (f64::from(i) * 0.1).sin())).collect();
    fs::write(folder.path().join("in.tsv"), format!("t\tv\n{rows}")).unwrap();
    for args in [
        ["export", "in.tsv", "-o", "out.csv"],
        ["render", "in.tsv", "-o", "in.svg"],
        ["render", "out.csv", "-o", "out.svg"],
    ] {
        let output = run(folder.path(), &args, "");
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
    }
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("in.svg") == read("out.svg"));
}

#[test]
fn what_cannot_be_exported_is_said_in_one_line_and_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.csv"), TABLE).unwrap();
    fs::write(path("bad.csv"), "a,b\n1,2\n3,oops\n").unwrap();
    fs::write(path("empty.csv"), "").unwrap();
    fs::write(path("events.out.tfevents.1.host"), "x").unwrap();
    fs::create_dir(path("logs")).unwrap();
    fs::write(path("logs/events.out.tfevents.2.host"), "x").unwrap();
    fs::create_dir(path("folder")).unwrap();
    std::os::unix::fs::symlink("in.csv", path("link.csv")).unwrap();
    fs::write(path("old.csv"), "old").unwrap();
    for (input, output, parts) in [
        ("in.csv", "out.xlsx", &["out.xlsx", ".csv", ".parquet", ".jsonl"][..]),
        ("in.csv", "out", &[".csv"]),
        ("in.csv", "in.csv", &["in.csv", "the file that is read"]),
        ("link.csv", "./in.csv", &["the file that is read"]),
        ("in.csv", "none/out.csv", &["none/out.csv", "make the folder first"]),
        ("missing.csv", "old.csv", &["missing.csv"]),
        ("folder", "old.csv", &["folder"]),
        ("bad.csv", "old.csv", &["bad.csv, line 3, column b"]),
        ("empty.csv", "old.csv", &["empty.csv is empty"]),
        ("events.out.tfevents.1.host", "old.csv", &["no sample"]),
        ("logs", "old.csv", &["no sample"]),
    ] {
        let output = run(folder.path(), &["export", input, "-o", output], "");
        assert_one_line(&output, parts);
    }
    assert_eq!(fs::read_to_string(path("in.csv")).unwrap(), TABLE);
    assert_eq!(fs::read_to_string(path("old.csv")).unwrap(), "old");
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains(".tmp")), "nothing half done");
}

#[test]
fn wrong_usage_is_two() {
    let folder = tempfile::tempdir().unwrap();
    for args in [&["export"][..], &["export", "in.csv"], &["export", "-o", "out.csv"], &["export", "a", "-o", "b", "c"]]
    {
        assert_eq!(run(folder.path(), args, "").status.code(), Some(2), "{args:?}");
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_that_was_left_out_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.csv"), TABLE).unwrap();
    let output = run(folder.path(), &["export", "in.csv", "-o", "out.parquet"], "");
    assert_one_line(&output, &["built without Parquet", ".csv"]);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_is_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.csv"), TABLE).unwrap();
    let output = run(folder.path(), &["export", "in.csv", "-o", "out.parquet", "--y", "loss"], "");
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let bytes = fs::read(folder.path().join("out.parquet")).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}
