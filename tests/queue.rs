//! The queue: the program as people run it, and the calls that a window makes. Never opens a window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use kymograph::app::pipeline::JobKind;
use kymograph::app::queue::{Queue, QueueError};
use kymograph::app::supervisor::Supervisor;
use kymograph::record::{DataDir, RunEntry, RunState};
use kymograph::source::command::CommandOptions;
use run_support::{Home, is_alive, wait_for, wait_for_end, wait_until};
use rustix::process::{Pid, Signal, kill_process};

mod run_support;

fn queue(home: &Home) -> Queue {
    Queue::of(&DataDir::new(home.path())).unwrap()
}

fn supervisor(home: &Home) -> Supervisor {
    let program = env!("CARGO_BIN_EXE_kymograph").into();
    Supervisor { program, data_dir: Some(home.path().to_owned()), log: log::LevelFilter::Warn }
}

/// `sh -c script sh arguments…` in the directory of the test.
fn shell(home: &Home, name: &str, script: &str, arguments: &[&str]) -> JobKind {
    let argv: Vec<OsString> = ["sh", "-c", script, "sh"].iter().chain(arguments).map(Into::into).collect();
    let options = CommandOptions { argv, cwd: Some(home.path().to_owned()), ..CommandOptions::default() };
    JobKind::Command { name: Some(name.to_owned()), options, watch: Box::default() }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Adds a command; gives its number.
fn add(home: &Home, args: &[&str]) -> String {
    let output = home.output(&[&["run", "--queue"], args].concat());
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// The lines of a file that commands write, in order.
fn lines(home: &Home, file: &str) -> Vec<String> {
    fs::read_to_string(home.path().join(file)).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Names of what waits, in order.
fn waiting(home: &Home) -> Vec<String> {
    queue(home).list().unwrap().iter().map(|waiting| waiting.name.clone()).collect()
}

/// The run of a command that was added.
fn run(home: &Home, id: &str) -> Option<RunEntry> {
    home.runs().into_iter().find(|run| run.id().as_deref() == Some(id))
}

/// Numbers of the processes that work the queue off.
fn processes(home: &Home) -> Vec<i32> {
    let pids = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let end = [b"\0--data-dir\0", home.path().as_os_str().as_bytes(), b"\0"].concat();
    let is_meant = |pid: &i32| {
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        words.starts_with(b"kymograph\0queue\0") && words.ends_with(&end) && is_alive(*pid)
    };
    pids.filter(is_meant).collect()
}

fn signal(pid: i32, signal: Signal) {
    // It may just have ended.
    let _ended = kill_process(Pid::from_raw(pid).unwrap(), signal);
}

fn wait_for_idle(home: &Home) {
    wait_until("the queue's end", || processes(home).is_empty());
    assert!(waiting(home).is_empty());
}

/// Notes that it runs, notes a clash if another does, and ends when told.
const ALONE: &str =
    "mkdir busy || echo $1 >> clashes; echo $1 >> ran; while [ ! -e go ]; do sleep 0.02; done; rmdir busy";

fn go(home: &Home) {
    fs::write(home.path().join("go"), "").unwrap();
}

#[test]
fn commands_run_one_after_the_other_in_the_order_in_which_they_were_added() {
    let home = Home::new();
    let first = home.output(&["run", "--queue", "--name", "first", "--", "sh", "-c", ALONE, "sh", "0"]);
    assert_eq!(said(&first), "kymograph: first waits in the queue, 0 before\n");
    let ids: Vec<_> =
        (1..4).map(|n| add(&home, &["--name", "next", "--", "sh", "-c", ALONE, "sh", &n.to_string()])).collect();
    wait_until("the first", || lines(&home, "ran") == ["0"]);
    assert_eq!(waiting(&home).len(), 3);
    let last = home.output(&["run", "--queue", "--", "true"]);
    assert_eq!(said(&last), "kymograph: true waits in the queue, 3 before\n");
    assert_eq!(processes(&home).len(), 1, "one process for all");
    // One that is started by hand finds that and ends.
    let second = home.output(&["queue"]);
    assert_eq!((second.status.code(), &second.stdout[..]), (Some(0), &b"\"elsewhere\"\n"[..]));
    go(&home);
    wait_for_idle(&home);
    assert_eq!(
        (lines(&home, "ran"), lines(&home, "clashes")),
        (["0", "1", "2", "3"].map(str::to_owned).into(), vec![])
    );
    for id in ids {
        assert_eq!(run(&home, &id).unwrap().state, RunState::Finished, "the number is the run's id");
    }
    assert_eq!(home.runs().len(), 5);
}

#[test]
fn so_many_run_at_a_time_as_the_queue_is_told() {
    let home = Home::new();
    let script = "touch here-$1; while [ ! -e here-a ] || [ ! -e here-b ]; do sleep 0.02; done";
    add(&home, &["--", "sh", "-c", script, "sh", "a"]);
    wait_until("the first", || home.path().join("here-a").exists());
    // Alone, neither would end; the number can be raised while one runs.
    add(&home, &["--jobs", "2", "--", "sh", "-c", script, "sh", "b"]);
    wait_for_idle(&home);
    assert!(home.runs().iter().all(|run| run.state == RunState::Finished));
    assert_eq!(queue(&home).jobs(), 2);
}

#[test]
fn a_command_has_the_directory_and_environment_of_who_added_it() {
    let home = Home::new();
    queue(&home).hold(true).unwrap();
    for (dir, text) in [("one", "first"), ("two", "second")] {
        fs::create_dir(home.path().join(dir)).unwrap();
        let args = ["run", "--queue", "--no-pty", "--config", "seed=7", "--", "sh", "-c", "echo $GREETING > greeting"];
        let mut add = home.kymograph(&args);
        assert!(add.current_dir(home.path().join(dir)).env("GREETING", text).output().unwrap().status.success());
    }
    queue(&home).hold(false).unwrap();
    wait_for_idle(&home);
    assert_eq!(
        (lines(&home, "one/greeting"), lines(&home, "two/greeting")),
        (vec!["first".into()], vec!["second".into()])
    );
    for run in home.runs() {
        let meta = run.meta.unwrap();
        assert!(meta.cwd.ends_with("/one") || meta.cwd.ends_with("/two"), "{}", meta.cwd);
        assert_eq!(meta.config, serde_json::json!({"seed": 7}), "its flags are kept");
    }
}

#[test]
fn what_waits_is_listed_and_taken_out_by_number_or_name() {
    let home = Home::new();
    queue(&home).hold(true).unwrap();
    let ids: Vec<_> = ["alpha", "beta", "gamma", "gamma"]
        .map(|name| add(&home, &["--name", name, "--", "python", "train.py", "--lr", "0.1"]))
        .into();
    let list = home.output(&["ls"]);
    let text = String::from_utf8(list.stdout.clone()).unwrap();
    let rows: Vec<Vec<&str>> =
        text.lines().map(|line| line.split("  ").map(str::trim).filter(|s| !s.is_empty()).collect()).collect();
    assert_eq!(rows[0], ["ID", "NAME", "STATE", "SINCE", "COMMAND"]);
    assert_eq!(
        (rows[1][0], rows[1][1], rows[1][2], rows[1][4]),
        (&*ids[0], "alpha", "waiting", "python train.py --lr 0.1")
    );
    assert!(rows.len() == 5 && said(&list).contains("the queue is held"), "{text}");
    let json: serde_json::Value = serde_json::from_slice(&home.output(&["ls", "--json"]).stdout).unwrap();
    let of = |n: usize, key: &str| json[n][key].as_str().unwrap().to_owned();
    assert_eq!((of(1, "id"), of(1, "name"), of(1, "state")), (ids[1].clone(), "beta".into(), "waiting".into()));
    assert_eq!((&json[1]["place"], &json[1]["command"][1]), (&1.into(), &"train.py".into()));
    // By number, by the beginning of a name; not by a name that two have, and then none of those that were named.
    assert!(home.output(&["stop", &ids[0]]).status.success());
    let both = home.output(&["stop", "beta", "gamma"]);
    assert!(both.status.code() == Some(1) && said(&both).contains(&ids[2]) && said(&both).contains("give the number"));
    assert_eq!(waiting(&home), ["beta", "gamma", "gamma"]);
    // No number begins so: it is hexadecimal.
    assert!(home.output(&["rm", "bet", &ids[3]]).status.success());
    assert_eq!(waiting(&home), ["gamma"]);
    let gone = home.output(&["stop", &ids[0]]);
    assert!(gone.status.code() == Some(1) && said(&gone).contains("no run is called"), "{}", said(&gone));
    assert!(matches!(queue(&home).cancel(&ids[0]), Err(QueueError::NotWaiting { .. })));
    assert!(home.output(&["stop", "gamma"]).status.success());
    assert!(home.runs().is_empty());
    wait_for_idle(&home);
}

#[test]
fn the_order_can_be_changed_while_one_runs() {
    let home = Home::new();
    let add = |name: &str| {
        let job = shell(&home, name, ALONE, &[name]);
        queue(&home).add(&[job], false, &supervisor(&home)).unwrap().ids.remove(0)
    };
    let ids = ["a", "b", "c", "d"].map(add);
    wait_until("the first", || lines(&home, "ran") == ["a"]);
    let queue = queue(&home);
    queue.move_to(&ids[3], 0).unwrap();
    queue.move_to(&ids[1], 99).unwrap();
    assert_eq!(waiting(&home), ["d", "c", "b"]);
    match queue.move_to(&ids[0], 0) {
        Err(QueueError::Started { id, run }) => assert!(id == ids[0] && run == home.runs()[0].path),
        other => panic!("{other:?}"),
    }
    go(&home);
    wait_for_idle(&home);
    assert_eq!(lines(&home, "ran"), ["a", "d", "c", "b"]);
}

/// viewer-killed: who starts the commands may die, and nothing is lost or run twice.
#[test]
fn viewer_killed_a_queue_that_is_killed_loses_nothing_and_the_next_one_goes_on() {
    let home = Home::new();
    for n in 0..3 {
        add(&home, &["--", "sh", "-c", ALONE, "sh", &n.to_string()]);
    }
    wait_until("the first", || lines(&home, "ran") == ["0"]);
    let old = processes(&home)[0];
    signal(old, Signal::KILL);
    wait_until("its end", || !is_alive(old));
    assert_eq!(waiting(&home).len(), 2);
    assert_eq!(home.runs()[0].state, RunState::Running);
    // The next one knows that one of them still runs.
    add(&home, &["--", "sh", "-c", ALONE, "sh", "3"]);
    let new = wait_for("the next process", || processes(&home).first().copied());
    assert!(new != old && lines(&home, "ran") == ["0"]);
    go(&home);
    wait_for_idle(&home);
    assert_eq!(
        (lines(&home, "ran"), lines(&home, "clashes")),
        (["0", "1", "2", "3"].map(str::to_owned).into(), vec![])
    );
    assert_eq!(home.runs().len(), 4);
}

/// viewer-killed: at any moment, again and again.
#[test]
fn viewer_killed_at_any_moment_and_each_command_runs_once() {
    const COUNT: usize = 12;
    let home = Home::new();
    let (queue, supervisor) = (queue(&home), supervisor(&home));
    queue.set_jobs(3).unwrap();
    let jobs: Vec<_> = (0..COUNT).map(|n| shell(&home, "t", "echo $1 >> ran", &[&n.to_string()])).collect();
    queue.add(&jobs, false, &supervisor).unwrap();
    let mut turn = 0;
    wait_until("all of them", || {
        // No condition is waited for: the moment of the kill is to be any.
        std::thread::sleep(Duration::from_millis(turn * 37 % 210));
        turn += 1;
        processes(&home).into_iter().for_each(|pid| signal(pid, Signal::KILL));
        queue.revive(&supervisor).unwrap();
        lines(&home, "ran").len() >= COUNT && queue.list().unwrap().is_empty()
    });
    wait_for_idle(&home);
    let mut ran: Vec<usize> = lines(&home, "ran").iter().map(|line| line.parse().unwrap()).collect();
    ran.sort_unstable();
    assert_eq!(ran, (0..COUNT).collect::<Vec<_>>(), "after {turn} kills");
    wait_until("the end of runs that did not begin", || home.runs().len() == COUNT);
}

/// second-window: two that add at once, as processes of their own.
#[test]
fn second_window_adds_at_the_same_time_and_one_process_serves_both() {
    let home = Home::new();
    let add = |who: &str| -> Vec<String> {
        (0..6).map(|n| add(&home, &["--", "sh", "-c", "echo $1 >> ran", "sh", &format!("{who}{n}")])).collect()
    };
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| add("a"));
        let two = scope.spawn(|| add("b"));
        (one.join().unwrap(), two.join().unwrap())
    });
    wait_until("one process at most", || processes(&home).len() <= 1);
    wait_for_idle(&home);
    let ran = lines(&home, "ran");
    for who in ["a", "b"] {
        let own: Vec<_> = ran.iter().filter(|line| line.starts_with(who)).cloned().collect();
        assert_eq!(own, (0..6).map(|n| format!("{who}{n}")).collect::<Vec<_>>());
    }
    assert!(ran.len() == 12 && one.iter().chain(&two).all(|id| run(&home, id).is_some()));
}

/// second-window: whatever goes wrong with locks and processes, an entry is started by one.
#[test]
fn second_window_that_starts_the_same_command_finds_it_gone() {
    let home = Home::new();
    queue(&home).hold(true).unwrap();
    let id = add(&home, &["--", "true"]);
    let files = fs::read_dir(home.path().join("queue")).unwrap().flatten().map(|entry| entry.path());
    let file = files.into_iter().find(|path| path.to_string_lossy().ends_with(&format!("-{id}.json"))).unwrap();
    let queued = format!("--queued={}", file.display());
    let args = ["supervise", &queued, "--", "sh", "-c", "echo ran >> ran"];
    let start = || home.kymograph(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let supervisors: Vec<_> = (0..6).map(|_| start()).collect();
    let words: Vec<_> = supervisors.into_iter().map(|one| one.wait_with_output().unwrap().stdout).collect();
    assert_eq!(words.iter().filter(|word| word.starts_with(b"{\"run\":")).count(), 1);
    assert_eq!(words.iter().filter(|word| **word == b"\"taken\"\n").count(), 5);
    assert_eq!((lines(&home, "ran"), home.runs().len()), (vec!["ran".to_owned()], 1));
    assert!(run(&home, &id).is_some() && waiting(&home).is_empty());
    match queue(&home).cancel(&id) {
        Err(QueueError::Started { run, .. }) => assert_eq!(run, home.run()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_added_while_the_process_ends_is_not_forgotten() {
    let home = Home::new();
    let (queue, supervisor) = (queue(&home), supervisor(&home));
    for n in 0..20_u64 {
        let job = shell(&home, "t", "echo $1 >> ran", &[&n.to_string()]);
        let id = queue.add(&[job], false, &supervisor).unwrap().ids.remove(0);
        // The process finds that nothing waits when the run has ended, a moment later.
        let run = wait_for("its run", || run(&home, &id)).path;
        wait_for_end(&run);
        // No condition is waited for: the moment is to be any about that of its end.
        std::thread::sleep(Duration::from_millis(n % 5));
    }
    wait_for_idle(&home);
    assert_eq!(lines(&home, "ran").len(), 20);
}

#[test]
fn close_one_that_is_taken_out_while_it_starts_has_run_or_not_and_that_is_told() {
    const COUNT: usize = 16;
    let home = Home::new();
    let (queue, supervisor) = (queue(&home), supervisor(&home));
    queue.hold(true).unwrap();
    let jobs: Vec<_> = (0..COUNT).map(|n| shell(&home, "t", "echo $1 >> ran", &[&n.to_string()])).collect();
    let ids = queue.add(&jobs, false, &supervisor).unwrap().ids;
    queue.hold(false).unwrap();
    let mut taken_out = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        // No condition is waited for: the moment is to be any about that of the start.
        std::thread::sleep(Duration::from_millis(n as u64 * 53 % 160));
        match queue.cancel(id) {
            Ok(()) => taken_out.push(n),
            Err(QueueError::Started { run: path, .. }) => assert_eq!(run(&home, id).unwrap().path, path),
            Err(error) => panic!("{error}"),
        }
    }
    wait_for_idle(&home);
    let ran: Vec<usize> = lines(&home, "ran").iter().map(|line| line.parse().unwrap()).collect();
    for (n, id) in ids.iter().enumerate() {
        let count = ran.iter().filter(|other| **other == n).count();
        assert_eq!(count, usize::from(!taken_out.contains(&n)), "{n} of {ran:?}; taken out {taken_out:?}");
        assert_eq!(run(&home, id).is_some(), count == 1);
    }
}

#[test]
fn disk_full_or_read_only_is_said_and_nothing_is_half_added() {
    let home = Home::new();
    // No file may grow, as on a full disk; the signal that says so would end the program.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" run --queue -- true";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_kymograph")]).env("KYMOGRAPH_DATA_DIR", home.path());
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = said(&output);
    assert!(output.status.code() == Some(1) && text.lines().count() == 1 && text.contains("free some room"), "{text}");
    let left = fs::read_dir(home.path().join("queue")).unwrap().flatten().map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| name != "lock" && name != "change" && name != "started").collect();
    assert_eq!(left, Vec::<OsString>::new());
    assert!(waiting(&home).is_empty() && processes(&home).is_empty());
    // Where nobody may make a directory, not even root.
    let output = home.output(&["run", "--queue", "--data-dir", "/sys/kymograph", "--", "true"]);
    let text = said(&output);
    assert!(output.status.code() == Some(1) && text.lines().count() == 1, "{text}");
    assert!(text.contains("cannot create /sys/kymograph/queue") && text.contains("give another --data-dir"), "{text}");
}

#[test]
fn disk_full_when_a_command_is_to_start_is_waited_for() {
    let home = Home::new();
    // Where runs should be there is a file: no run can be made.
    fs::write(home.path().join("runs"), "").unwrap();
    let (queue, supervisor) = (queue(&home), supervisor(&home));
    queue.add(&[shell(&home, "t", "echo ran >> ran", &[])], false, &supervisor).unwrap();
    let why = wait_for("the reason", || queue.trouble());
    assert!(why.contains("runs"), "{why}");
    assert_eq!(waiting(&home), ["t"], "it is not lost");
    fs::remove_file(home.path().join("runs")).unwrap();
    wait_for_idle(&home);
    assert_eq!((lines(&home, "ran"), queue.trouble()), (vec!["ran".to_owned()], None));
}

#[test]
fn names_hostile_and_bytes_that_are_no_text_are_run_as_they_are() {
    let home = Home::new();
    queue(&home).hold(true).unwrap();
    let raw = OsString::from_vec(b"\xff\xfe\x01 \"'\n\\end".to_vec());
    let name = format!("../../\u{1b}[2J\u{202e}{}", "x/".repeat(2000));
    let mut add =
        home.kymograph(&["run", "--queue", "--name", &name, "--", "sh", "-c", "printf %s \"$1\" > raw", "sh"]);
    let output = add.arg(&raw).env(OsStr::from_bytes(b"BAD\xff"), OsStr::from_bytes(b"\xff")).output().unwrap();
    assert!(output.status.success() && !said(&output).contains('\u{1b}'), "{}", said(&output));
    for args in [&["ls"][..], &["ls", "--json"]] {
        let output = home.output(args);
        assert!(output.status.success() && !output.stdout.contains(&0x1b));
    }
    queue(&home).hold(false).unwrap();
    wait_for_idle(&home);
    assert_eq!(fs::read(home.path().join("raw")).unwrap(), raw.as_bytes());
    assert!(home.runs().len() == 1 && home.runs()[0].path.parent() == Some(&home.path().join("runs")));
    let long = home.output(&["run", "--queue", "--", "echo", &"x".repeat(131_000), "--name"]);
    assert!(long.status.success(), "what the system takes is taken: {}", said(&long));
    wait_for_idle(&home);
}

#[test]
fn names_hostile_files_in_the_queue_are_named_and_passed_over() {
    let home = Home::new();
    let dir = home.path().join("queue");
    queue(&home).hold(true).unwrap();
    fs::write(dir.join("0000000000000001-deadbee1.json"), "{\"version\": 1, ").unwrap();
    fs::write(dir.join("0000000000000002-deadbee2.json"), "{\"version\": 9}").unwrap();
    fs::write(dir.join("letter.txt"), "mine").unwrap();
    fs::write(dir.join("settings.json"), "nonsense").unwrap();
    let list = home.output(&["ls", "--json"]);
    assert_eq!((list.status.code(), &list.stdout[..]), (Some(0), &b"[]\n"[..]));
    for name in ["deadbee1.json", "deadbee2.json", "letter.txt", "settings.json"] {
        assert!(said(&list).contains(name), "{name} in {}", said(&list));
    }
    add(&home, &["--", "sh", "-c", "echo here >> ran"]);
    wait_until("the queue's end", || processes(&home).is_empty());
    assert_eq!(lines(&home, "ran"), ["here"]);
    assert!(dir.join("letter.txt").exists() && dir.join("0000000000000001-deadbee1.json").exists());
}

#[test]
fn one_that_cannot_be_started_is_set_aside_with_its_reason() {
    let home = Home::new();
    let queue = queue(&home);
    queue.hold(true).unwrap();
    let place = home.path().join("place");
    fs::create_dir(&place).unwrap();
    let args = ["run", "--queue", "--name", "lost", "--", "sh", "-c", "echo lost >> ../ran"];
    let output = home.kymograph(&args).current_dir(&place).output().unwrap();
    let id = String::from_utf8(output.stdout).unwrap().trim_end().to_owned();
    add(&home, &["--", "sh", "-c", "echo next >> ran"]);
    fs::remove_dir(&place).unwrap();
    queue.hold(false).unwrap();
    wait_until("the next one", || lines(&home, "ran") == ["next"]);
    wait_until("the queue's end", || processes(&home).is_empty());
    let list = home.output(&["ls"]);
    assert!(String::from_utf8_lossy(&list.stdout).contains("refused"));
    assert!(said(&list).contains(&id) && said(&list).contains("is no directory any more"), "{}", said(&list));
    // Put elsewhere, it is tried again.
    fs::create_dir(&place).unwrap();
    queue.move_to(&id, 0).unwrap();
    assert_eq!(queue.revive(&supervisor(&home)).unwrap(), 1);
    wait_for_idle(&home);
    assert_eq!(lines(&home, "ran"), ["next", "lost"]);
}

#[test]
fn the_first_failure_of_a_sweep_ends_its_own_runs_only() {
    let home = Home::new();
    queue(&home).hold(true).unwrap();
    let script = "echo {n} >> ran; [ {n} != 1 ]";
    let args = ["--name", "s", "--sweep", "n=1,2,3", "--fail-fast", "--", "sh", "-c", script];
    assert_eq!(add(&home, &args).lines().count(), 3);
    add(&home, &["--", "sh", "-c", "echo other >> ran"]);
    queue(&home).hold(false).unwrap();
    wait_for_idle(&home);
    assert_eq!(lines(&home, "ran"), ["1", "other"]);
    for args in [&["--queue", "--detach", "--", "true"][..], &["--queue", "--jobs", "0", "--", "true"]] {
        assert_eq!(home.output(&[&["run"], args].concat()).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn close_a_queue_that_is_asked_to_end_stops_its_runs_and_keeps_what_waits() {
    let home = Home::new();
    add(&home, &["--name", "long", "--", "sh", "-c", "exec sleep 600"]);
    add(&home, &["--name", "short", "--", "sh", "-c", "echo short >> ran"]);
    let first = wait_for("a run", || home.runs().into_iter().next()).path;
    signal(processes(&home)[0], Signal::TERM);
    assert_eq!(wait_for_end(&first).state, RunState::Stopped);
    wait_until("the queue's end", || processes(&home).is_empty());
    assert_eq!(waiting(&home), ["short"]);
    assert_eq!(queue(&home).revive(&supervisor(&home)).unwrap(), 1);
    wait_for_idle(&home);
    assert_eq!(lines(&home, "ran"), ["short"]);
}

#[test]
fn viewer_killed_a_detached_sweep_runs_beside_the_queue_and_can_be_taken_up_again() {
    let home = Home::new();
    add(&home, &["--", "sh", "-c", ALONE, "sh", "queued"]);
    wait_until("the first", || lines(&home, "ran") == ["queued"]);
    let script = "while [ ! -e go ]; do sleep 0.02; done; echo {n} >> swept";
    let output = home.output(&["run", "--detach", "--name", "s", "--sweep", "n=1,2,3", "--", "sh", "-c", script]);
    assert!(output.status.success(), "{}", said(&output));
    let first = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(RunEntry::find(Path::new(first.trim_end())).unwrap().state, RunState::Running, "at once");
    let pid = said(&output).split("kill ").nth(1).unwrap().split('`').next().unwrap().parse().unwrap();
    signal(pid, Signal::KILL);
    wait_until("its end", || !is_alive(pid));
    let queue = queue(&home);
    let list = queue.list().unwrap();
    assert_eq!(list.iter().map(|waiting| &*waiting.name).collect::<Vec<_>>(), ["s n=2", "s n=3"]);
    assert!(list[0].sweep.is_some() && list[0].config == [("n".to_owned(), "2".to_owned())]);
    assert_eq!(queue.revive(&supervisor(&home)).unwrap(), 1, "of two lanes one has its process");
    // It had its chance to start another before it said its first word.
    assert_eq!(home.runs().len(), 2, "what an earlier process started counts");
    assert_eq!(queue.revive(&supervisor(&home)).unwrap(), 0);
    go(&home);
    wait_until("the sweep's end", || lines(&home, "swept").len() == 3);
    assert_eq!(lines(&home, "swept"), ["1", "2", "3"]);
    let lane = home.path().join("queue").join(format!("sweep-{}", list[0].sweep.as_ref().unwrap()));
    wait_until("the end of its lane", || !lane.exists());
    wait_for_idle(&home);
}
