//! `--layout FILE` as people use it: the figure is laid out by a session file, and what is wrong in one is told.
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
use std::path::Path;
use std::process::{Command, Output};

const TABLE: &str = "step,loss,rate,other\n1,0.9,1e-3,5\n2,0.5,1e-4,6\n3,0.4,1e-5,7\n";

const LAYOUT: &str = r##"{
  "version": 1,
  "windows": [{"tabs": [{"figures": [{
    "title": "Second try",
    "smoothing": {"exponential": {"weight": 0.6}},
    "cursors": {"a": 1.5, "b": 2.5},
    "subplots": [{
      "right": {"label": "learning rate", "scale": "log"},
      "series": [{"name": "l?ss", "label": "the loss"}, {"name": "rate", "axis": "right"}],
      "events": [{"at": {"x": 2}, "label": "checkpoint"}],
      "annotations": [{"text": "best <so far>", "x": 3, "y": 0.4, "arrow": true}]
    }]
  }]}]}]
}
"##;

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
    command.args(args).current_dir(folder).env("KYMOGRAPH_DATA_DIR", folder.join("data"));
    command.output().unwrap()
}

#[test]
fn a_layout_says_what_is_drawn_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.csv"), TABLE).unwrap();
    fs::write(folder.path().join("my.session"), LAYOUT).unwrap();
    for output in ["out.svg", "out.png", "out.pdf"] {
        let output = run(folder.path(), &["render", "in.csv", "-o", output, "--layout", "my.session"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains("1 series are named nowhere in the layout") && said.contains("other"), "{said}");
    }
    let svg = fs::read_to_string(folder.path().join("out.svg")).unwrap();
    for shown in
        ["Second try", "learning rate", "the loss", "rate →", "checkpoint", "best &lt;so far&gt;", ">A<", ">B<"]
    {
        assert!(svg.contains(shown), "{shown}");
    }
    assert!(!svg.contains(">other<"));
}

#[test]
fn a_job_without_a_window_is_saved_as_the_layout_says() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("my.session"), LAYOUT).unwrap();
    let args = ["run", "--headless", "--layout", "my.session", "--save", "out.svg", "--", "echo", "step=1 loss=0.5"];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let svg = fs::read_to_string(folder.path().join("out.svg")).unwrap();
    assert!(svg.contains("Second try") && svg.contains("the loss"));
}

#[test]
fn recorded_runs_are_laid_over_each_other_by_the_time_since_their_start() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        let script = "for i in 1 2 3; do echo step=$i loss=0.$i; done";
        let output = run(folder.path(), &["run", "--headless", "--name", name, "--", "sh", "-c", script]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let figure = r#"{"x_mode": "relative-secs", "subplots": [{"series": [{"run": "t*", "name": "loss", "label": "mine"}, {"name": "loss"}]}]}"#;
    let layout = format!("{{\"version\": 1, \"windows\": [{{\"tabs\": [{{\"figures\": [{figure}]}}]}}]}}");
    fs::write(folder.path().join("my.session"), layout).unwrap();
    let args = ["open", "one", "two", "--headless", "--layout", "my.session", "--save", "out.svg"];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let svg = fs::read_to_string(folder.path().join("out.svg")).unwrap();
    for shown in ["Time since start (s)", ">mine<", ">one: loss<"] {
        assert!(svg.contains(shown), "{shown}");
    }
    assert!(!svg.contains("without times"), "a run's log holds the times of its samples");
}

#[test]
fn what_is_wrong_in_a_layout_is_told_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.csv"), TABLE).unwrap();
    fs::write(folder.path().join("bad.session"), "{\n\"version\": 1,\n\"windows\": {}\n}").unwrap();
    for args in [
        &["render", "in.csv", "-o", "out.svg", "--layout", "bad.session"][..],
        &["run", "--headless", "--layout", "bad.session", "--save", "out.svg", "--", "touch", "was-run"],
    ] {
        let output = run(folder.path(), args);
        assert_one_line(&output, &["bad.session:3:"]);
        assert!(!folder.path().join("out.svg").exists() && !folder.path().join("was-run").exists());
    }
    let output = run(folder.path(), &["render", "in.csv", "-o", "out.svg", "--layout", "none.session"]);
    assert!(stderr(&output).contains("none.session: No such file"), "{}", stderr(&output));
}
