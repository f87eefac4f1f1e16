//! Parameter sweeps: the program as people run it. Never opens a window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use kymograph::app::queue::Queue;
use kymograph::record::{DataDir, RunState};
use run_support::{Home, is_alive, wait_for_end, wait_until};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

mod run_support;

/// The names and states of all runs, in order of their names.
fn runs(home: &Home) -> Vec<(String, RunState)> {
    let mut runs: Vec<_> = home.runs().into_iter().map(|run| (run.name(), run.state)).collect();
    runs.sort_by(|a, b| a.0.cmp(&b.0));
    runs
}

#[test]
fn a_sweep_runs_each_combination_in_a_run_of_its_own() {
    let home = Home::new();
    let args =
        ["run", "--headless", "--name", "t", "--sweep", "lr=0.1,0.01", "--sweep", "opt=sgd,adam", "--config", "seed=7"];
    let script = "echo \"$1 $2\"; echo step=1 loss=$1; [ $1$2 != 0.1adam ] || exit 5; [ $1$2 != 0.01sgd ] || exit 6";
    let output = home.output(&[&args[..], &["--", "sh", "-c", script, "sh", "{lr}", "{opt}"]].concat());
    let (said, cried) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(5), "that of the first that failed: {cried}");
    for line in ["[lr=0.1 opt=sgd] 0.1 sgd", "[lr=0.1 opt=adam] 0.1 adam", "[lr=0.01 opt=sgd] 0.01 sgd"] {
        assert!(said.lines().any(|found| found == line), "{line} in {said}");
    }
    let failure = "[lr=0.1 opt=adam] kymograph: ";
    assert!(cried.lines().any(|line| line.starts_with(failure) && line.ends_with("ended with exit code 5")), "{cried}");
    let wanted = [
        ("t lr=0.01 opt=adam", RunState::Finished),
        ("t lr=0.01 opt=sgd", RunState::Failed),
        ("t lr=0.1 opt=adam", RunState::Failed),
        ("t lr=0.1 opt=sgd", RunState::Finished),
    ];
    assert_eq!(runs(&home), wanted.map(|(name, state)| (name.to_owned(), state)));
    let run = home.runs().into_iter().find(|run| run.name() == "t lr=0.01 opt=adam").unwrap();
    assert_eq!(run.meta.unwrap().config, json!({"seed": 7, "lr": 0.01, "opt": "adam"}));
    // They are shown together.
    let names: Vec<String> = home.runs().iter().map(|run| run.dir_name()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let figure = home.path().join("all.svg");
    let open = [&["open", "--headless", "--save", figure.to_str().unwrap()], &names[..]].concat();
    assert_eq!(home.output(&open).status.code(), Some(0));
    assert!(fs::read_to_string(figure).unwrap().contains("<svg"));
}

#[test]
fn so_many_run_at_a_time_as_are_asked_for() {
    let home = Home::new();
    // Each waits until the other is there, too: alone, none would end.
    let script = "touch here-{n}; while [ ! -e here-1 ] || [ ! -e here-2 ]; do sleep 0.02; done";
    let output = home.output(&["run", "--headless", "--sweep", "n=1,2", "--jobs", "2", "--", "sh", "-c", script]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    // One at a time: none finds another.
    let script = "mkdir busy || exit 9; sleep 0.2; rmdir busy";
    let output = home.output(&["run", "--headless", "--sweep", "n=1,2,3", "--", "sh", "-c", script, "{n}"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_first_failure_ends_the_rest_if_that_is_asked_for() {
    let home = Home::new();
    let args = ["run", "--headless", "--name", "f", "--sweep", "n=1,2,3", "--jobs", "2", "--fail-fast", "--"];
    let script = "[ {n} = 2 ] && { sleep 0.3; exit 4; }; exec sleep 600";
    let start = Instant::now();
    let output = home.output(&[&args[..], &["sh", "-c", script]].concat());
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    // The first in order was stopped, which is no failure.
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    let wanted = [("f n=1", RunState::Stopped), ("f n=2", RunState::Failed)];
    assert_eq!(runs(&home), wanted.map(|(name, state)| (name.to_owned(), state)), "the third was not begun");
}

#[test]
fn close_an_interrupted_sweep_stops_what_runs_and_starts_no_more() {
    let home = Home::new();
    let script = "echo ready; exec sleep 600";
    let mut sweep = home.kymograph(&["run", "--headless", "--sweep", "n=1,2", "--", "sh", "-c", script, "{n}"]);
    let mut sweep = sweep.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(sweep.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "[n=1] ready");
    kill_process(Pid::from_child(&sweep), Signal::INT).unwrap();
    assert_eq!(sweep.wait().unwrap().code(), Some(130));
    assert_eq!(runs(&home), [("sh n=1".to_owned(), RunState::Stopped)]);
}

#[test]
fn mistakes_are_told_before_anything_runs() {
    let home = Home::new();
    for (args, wanted) in [
        (vec!["--sweep", "lr=1,2", "--", "echo", "{LR}"], "{lr} stands nowhere in the command"),
        (vec!["--sweep", "lr=1,2", "--detach", "--", "echo", "{LR}"], "{lr} stands nowhere in the command"),
        (vec!["--sweep", "lr", "--", "echo", "{lr}"], "`=` is missing: write NAME=VALUE"),
        (vec!["--sweep", "a=1", "--sweep", "a=2", "--", "echo", "{a}"], "the parameter a is given twice"),
        (vec!["--jobs", "2", "--", "echo"], "--sweep"),
        (vec!["--save", "a.png", "--sweep", "a=1", "--", "echo", "{a}"], "--save draws one run"),
    ] {
        let output = home.output(&[&["run", "--headless"], &args[..]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains(wanted), "{args:?}: {said}");
    }
    assert!(home.runs().is_empty());
    // Without a sweep, braces are braces.
    let output = home.output(&["run", "--headless", "--", "echo", "{{lr}} {x}"]);
    assert_eq!(output.stdout, b"{{lr}} {x}\n");
}

/// What `--detach` says: the first run's directory, and who starts the others.
fn detach(home: &Home, args: &[&str]) -> (std::path::PathBuf, i32) {
    let output = home.output(&[&["run", "--detach", "--name", "d"], args].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let pid = said.split("kill ").nth(1).unwrap().split('`').next().unwrap().parse().unwrap();
    (String::from_utf8(output.stdout).unwrap().trim_end().into(), pid)
}

#[test]
fn a_detached_sweep_goes_on_without_a_terminal() {
    let home = Home::new();
    let script = "while [ ! -e go ]; do sleep 0.02; done; exit {n}";
    let (first, pid) = detach(&home, &["--sweep", "n=0,3,0x0", "--rule", "fail: notify", "--", "sh", "-c", script]);
    assert_eq!(runs(&home), [("d n=0".to_owned(), RunState::Running)], "one at a time");
    // Nobody is left who started it; a hang-up of the terminal does not reach it.
    kill_process(Pid::from_raw(pid).unwrap(), Signal::HUP).unwrap();
    fs::write(home.path().join("go"), "").unwrap();
    assert_eq!(wait_for_end(&first).state, RunState::Finished);
    wait_until("the queue's end", || !is_alive(pid));
    let states: Vec<_> = runs(&home).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states.len(), 3);
    assert_eq!(states[..1], [RunState::Finished]);
    assert!(runs(&home).contains(&("d n=3".to_owned(), RunState::Failed)));
}

/// viewer-killed: who starts the runs may die, and they go on.
#[test]
fn viewer_killed_a_queue_that_is_killed_takes_no_run_with_it() {
    let home = Home::new();
    let (first, pid) = detach(&home, &["--sweep", "n=1,2", "--", "sh", "-c", "exec sleep 600", "{n}"]);
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    wait_until("its end", || !is_alive(pid));
    assert_eq!(runs(&home), [("d n=1".to_owned(), RunState::Running)]);
    let name = first.file_name().unwrap().to_str().unwrap();
    assert!(home.output(&["stop", name]).status.success());
    assert_eq!(runs(&home), [("d n=1".to_owned(), RunState::Stopped)], "the other was not begun");
}

#[test]
fn close_a_queue_that_is_asked_to_end_stops_its_runs() {
    let home = Home::new();
    let args = ["--sweep", "n=1,2,3", "--jobs", "2", "--", "sh", "-c", "exec sleep 600", "{n}"];
    let (first, pid) = detach(&home, &args);
    wait_until("two runs", || runs(&home).len() == 2);
    kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
    assert_eq!(wait_for_end(&first).state, RunState::Stopped);
    wait_until("the queue's end", || !is_alive(pid));
    let wanted = [("d n=1", RunState::Stopped), ("d n=2", RunState::Stopped)];
    assert_eq!(runs(&home), wanted.map(|(name, state)| (name.to_owned(), state)));
}

#[test]
fn a_place_that_takes_no_runs_is_said_at_once() {
    let home = Home::new();
    fs::write(home.path().join("file"), "").unwrap();
    let place = home.path().join("file");
    let args = ["run", "--detach", "--data-dir", place.to_str().unwrap(), "--sweep", "n=1,2", "--", "echo", "{n}"];
    let output = home.output(&args);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
    // The same if it is the first run that finds no place.
    let home = Home::new();
    fs::write(home.path().join("runs"), "").unwrap();
    let output = home.output(&["run", "--detach", "--sweep", "n=1,2", "--", "echo", "{n}"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.lines().count() == 1 && said.contains("runs"), "{said}");
    assert!(Queue::of(&DataDir::new(home.path())).unwrap().list().unwrap().is_empty(), "nothing is left of it");
    fs::remove_file(home.path().join("runs")).unwrap();
}
