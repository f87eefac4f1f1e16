//! Commands that outlive who started them: the program as people run it, killed and asked as told. Never opens a window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use kymograph::app::supervisor::{Ask, Tell, ask};
use kymograph::batch::{Item, Stream};
use kymograph::record::{Body, RunEntry, RunState};
use run_support::{Home, PATIENCE, bodies, is_alive, messages, samples, wait_for, wait_for_end, wait_until};
use rustix::process::{Pid, Signal, kill_process};

mod run_support;

const JOB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/job.py");

fn state(run: &Path) -> RunState {
    RunEntry::find(run).unwrap().state
}

/// All that was written to one of the streams.
fn raw(run: &Path, wanted: Stream) -> Vec<u8> {
    let mut all = Vec::new();
    for body in bodies(run) {
        if let Body::Item(Item::Output(stream, bytes)) = body
            && stream == wanted
        {
            all.extend_from_slice(&bytes);
        }
    }
    all
}

fn supervisor_pid(run: &Path) -> u32 {
    match ask(run, Ask::Status, PATIENCE).unwrap() {
        Tell::Status { pid, .. } => pid,
        other => panic!("{other:?}"),
    }
}

/// Prints `value=0` to `value=<count - 1>`, one each 10 ms.
fn counter(count: u32) -> String {
    format!("i=0; while [ $i -lt {count} ]; do echo value=$i; i=$((i+1)); sleep 0.01; done")
}

#[test]
fn viewer_killed_and_the_computation_goes_on_and_the_next_viewer_shows_all_of_it() {
    let home = Home::new();
    let script = counter(300);
    let mut viewer = home.kymograph(&["run", "--headless", "--name", "long", "--", "sh", "-c", &script]);
    let mut viewer = viewer.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(viewer.stdout.take().unwrap()).lines();
    let first: Vec<_> = lines.by_ref().take(20).map(Result::unwrap).collect();
    assert_eq!(first[19], "value=19");
    viewer.kill().unwrap();
    viewer.wait().unwrap();
    let run = home.run();
    assert_eq!(state(&run), RunState::Running);
    // The next one begins with what the first had shown.
    let next = home.output(&["attach", "--headless", "long"]);
    assert_eq!(next.status.code(), Some(0), "{}", String::from_utf8_lossy(&next.stderr));
    let shown = String::from_utf8(next.stdout).unwrap();
    let wanted: Vec<_> = (0..300).map(|i| format!("value={i}")).collect();
    assert_eq!(shown.lines().collect::<Vec<_>>(), wanted);
    assert_eq!(wait_for_end(&run).state, RunState::Finished);
    assert_eq!(samples(&run, "value"), (0..300).map(f64::from).collect::<Vec<_>>());
    assert_eq!(raw(&run, Stream::Output), format!("{}\n", wanted.join("\n")).into_bytes());
}

/// second-window: any number look on, one writes.
#[test]
fn second_window_of_a_run_reads_what_the_first_does() {
    let home = Home::new();
    let run = home.detach(&["--name", "shared", "--", "sh", "-c", &counter(150)]);
    let viewers: Vec<Child> = (0..3)
        .map(|_| {
            let mut viewer = home.kymograph(&["attach", "--headless", "shared"]);
            viewer.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let wanted: String = (0..150).map(|i| format!("value={i}\n")).collect();
    for viewer in viewers {
        let output = viewer.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap()), (Some(0), wanted.clone()));
    }
    assert_eq!(wait_for_end(&run).state, RunState::Finished);
    assert_eq!(home.runs().len(), 1, "nobody made a run of their own");
}

#[test]
fn viewer_that_is_asked_to_end_leaves_a_run_that_it_only_looked_at() {
    let home = Home::new();
    let run = home.detach(&["--", "sh", "-c", &counter(100_000)]);
    let mut viewer = home.kymograph(&["attach", "--headless"]);
    let mut viewer = viewer.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(viewer.stdout.take().unwrap()).read_line(&mut line).unwrap();
    kill_process(Pid::from_child(&viewer), Signal::INT).unwrap();
    let output = viewer.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(said.contains("the run goes on; `kymograph stop "), "{said}");
    assert_eq!(state(&run), RunState::Running);
}

#[test]
fn a_detached_command_is_stopped_with_all_that_it_started() {
    let home = Home::new();
    let begun = Instant::now();
    let run = home.detach(&["--", "python3", JOB, "tree"]);
    assert!(begun.elapsed() < Duration::from_secs(10), "it must not be waited for: {:?}", begun.elapsed());
    wait_until("the tree", || raw(&run, Stream::Output) == b"ready\n");
    let name = run.file_name().unwrap().to_str().unwrap();
    let start = Instant::now();
    let output = home.output(&["stop", name]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert_eq!(state(&run), RunState::Stopped);
    wait_until("the socket's end", || !run.join("control.sock").exists());
    let again = home.output(&["stop", name]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("has ended already (stopped)"));
}

/// child-tree: one that forgot its environment, its parents and its session is found by who adopted it.
#[test]
fn child_tree_of_orphans_without_an_environment_is_gone() {
    let home = Home::new();
    let orphan = "(env -i setsid sh -c 'echo $$ > orphan; exec sleep 600' &) ; sleep 0.2; sleep 600";
    let folder = tempfile::tempdir().unwrap();
    let mut command = home.kymograph(&["run", "--detach", "--", "sh", "-c", orphan]);
    let output = command.current_dir(folder.path()).output().unwrap();
    let run = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end());
    let pid: i32 =
        wait_for("the orphan", || fs::read_to_string(folder.path().join("orphan")).ok()?.trim().parse().ok());
    assert!(is_alive(pid));
    ask(&run, Ask::Stop, PATIENCE).unwrap();
    wait_for_end(&run);
    wait_until("the orphan's end", || !is_alive(pid));
}

/// child-holds-pipe: what stays behind keeps its terminal, is not hung up, and does not hold the end up.
#[test]
fn child_holds_pipe_and_outlives_the_job() {
    let home = Home::new();
    let script = "(trap '' INT; sleep 5; sleep 600) & echo $! ; echo last";
    for wiring in [&[][..], &["--no-pty"], &["--split"]] {
        let run = home.detach(&[wiring, &["--", "sh", "-c", script]].concat());
        let end = wait_for_end(&run);
        assert_eq!(end.state, RunState::Finished);
        let said = String::from_utf8(raw(&run, Stream::Output)).unwrap();
        let (pid, rest) = said.split_once('\n').unwrap();
        assert_eq!(rest, "last\n");
        let pid: i32 = pid.parse().unwrap();
        std::thread::sleep(Duration::from_millis(200));
        assert!(is_alive(pid), "it is left alone, {wiring:?}");
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }
}

/// child-bytes: what is recorded is what was written, whatever it was written to.
#[test]
fn child_bytes_are_recorded_exactly() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bytes");
    let mut bytes: Vec<u8> = (0..1_000_000_u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    bytes.extend_from_slice(b"\x1b]8;;http://x\x1b\\link\x1b[3A\r\n\x1bP\xff\x04\x03\x1a\x00");
    fs::write(&path, &bytes).unwrap();
    for wiring in ["--no-pty", "--split"] {
        let script = r#"cat "$0"; echo loss >&2"#;
        let run = home.detach(&[wiring, "--", "sh", "-c", script, path.to_str().unwrap()]);
        assert_eq!(wait_for_end(&run).state, RunState::Finished);
        assert!(raw(&run, Stream::Output) == bytes, "{wiring}: the bytes differ");
        assert_eq!(raw(&run, Stream::Error), b"loss\n");
    }
    let run = home.detach(&["--", "cat", path.to_str().unwrap()]);
    wait_for_end(&run);
    assert!(raw(&run, Stream::Output) == bytes, "the bytes differ");
}

/// child-flood: the supervisor stays small, and nothing is missing.
#[test]
fn child_flood_is_kept_whole_in_little_memory() {
    let home = Home::new();
    for wiring in ["--no-pty", "--split"] {
        let run = home.detach(&[wiring, "--", "python3", JOB, "flood", "256"]);
        let pid = supervisor_pid(&run);
        let mut peak_kib = 0;
        while state(&run) == RunState::Running {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let peak =
                status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
            peak_kib = peak.unwrap_or(peak_kib);
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(wait_for_end(&run).state, RunState::Finished);
        assert_eq!(raw(&run, Stream::Output).len(), 256 << 20, "{wiring}");
        eprintln!("{wiring}: at most {peak_kib} KiB");
        assert!(peak_kib > 1000 && peak_kib < 160 << 10, "{wiring}: {peak_kib} KiB");
    }
}

#[test]
fn child_deaf_is_killed_for_a_viewer_that_is_interrupted() {
    let home = Home::new();
    let mut viewer = home.kymograph(&["run", "--headless", "--", "python3", JOB, "deaf"]);
    let mut viewer = viewer.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(viewer.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "ready");
    let start = Instant::now();
    kill_process(Pid::from_child(&viewer), Signal::INT).unwrap();
    let rest: Vec<String> = lines.collect();
    assert!(rest.iter().any(|line| line == "heard 15"), "{rest:?}");
    assert_eq!(viewer.wait().unwrap().code(), Some(137));
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert_eq!(wait_for_end(&home.run()).state, RunState::Stopped);
}

#[test]
fn it_is_paused_resumed_and_signalled_through_its_socket() {
    let home = Home::new();
    let run = home.detach(&["--", "python3", JOB, "ticks"]);
    wait_until("ticks", || raw(&run, Stream::Output).len() > 100);
    let is_in = |wanted: &str| {
        matches!(ask(&run, Ask::Status, PATIENCE).unwrap(), Tell::Status { state, elapsed_secs, .. }
            if state == wanted && elapsed_secs > 0.0)
    };
    assert!(is_in("running"));
    assert_eq!(ask(&run, Ask::Pause, PATIENCE).unwrap(), Tell::Done);
    wait_until("the pause", || is_in("paused"));
    std::thread::sleep(Duration::from_millis(300));
    let held = raw(&run, Stream::Output).len();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(raw(&run, Stream::Output).len(), held);
    assert_eq!(ask(&run, Ask::Resume, PATIENCE).unwrap(), Tell::Done);
    wait_until("more", || raw(&run, Stream::Output).len() > held + 100);
    let refused = ask(&run, Ask::Signal { signal: 99 }, PATIENCE).unwrap_err().to_string();
    assert_eq!(refused, "there is no signal 99");
    assert_eq!(ask(&run, Ask::Signal { signal: 9 }, PATIENCE).unwrap(), Tell::Done);
    let end = wait_for_end(&run);
    assert_eq!((end.state, end.meta.unwrap().exit_code), (RunState::Failed, Some(137)));
}

#[test]
fn garbage_at_its_socket_harms_nobody() {
    let home = Home::new();
    let run = home.detach(&["--", "sh", "-c", &counter(100_000)]);
    let dir = File::open(&run).unwrap();
    let connect = || UnixStream::connect(format!("/proc/self/fd/{}/control.sock", dir.as_raw_fd())).unwrap();
    let mut said = String::new();
    let mut curious = connect();
    curious.write_all(b"nonsense\n{\"ask\":\"fly\"}\n").unwrap();
    let mut lines = BufReader::new(curious.try_clone().unwrap());
    for _ in 0..3 {
        lines.read_line(&mut said).unwrap();
    }
    assert!(said.starts_with("{\"tell\":\"status\""), "{said}");
    assert_eq!(said.matches("{\"tell\":\"refused\"").count(), 2, "{said}");
    let mut endless = connect();
    // Cut off at once, or after some of it.
    let _cut_off = endless.write_all(&vec![b'x'; 1 << 20]);
    let mut rest = Vec::new();
    let _reset = endless.read_to_end(&mut rest);
    assert!(rest.len() < 1000, "{}", rest.len());
    let crowd: Vec<_> = (0..100).map(|_| connect()).collect();
    drop(crowd);
    wait_until("an answer", || ask(&run, Ask::Status, PATIENCE).is_ok());
    let mode = fs::metadata(run.join("control.sock")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o600);
    assert_eq!(state(&run), RunState::Running);
}

#[test]
fn a_supervisor_that_is_killed_is_missed_by_who_looks_on() {
    let home = Home::new();
    // The command goes on by itself, so it is one that ends.
    let run = home.detach(&["--", "sh", "-c", &counter(1000)]);
    let viewer =
        home.kymograph(&["attach", "--headless"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("some output", || raw(&run, Stream::Output).len() > 100);
    let pid = Pid::from_raw(supervisor_pid(&run).try_into().unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    let output = viewer.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("the process that recorded this run is gone"), "{said}");
    assert_eq!(state(&run), RunState::Interrupted);
    assert!(output.stdout.starts_with(b"value=0\nvalue=1\n"));
}

#[test]
fn a_place_that_takes_no_runs_is_said_and_the_command_runs_all_the_same() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let place = file.to_str().unwrap();
    let output = home.output(&["run", "--headless", "--data-dir", place, "--", "sh", "-c", "echo here; exit 3"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(3), &b"here\n"[..]), "{said}");
    assert!(said.contains("warning: This run is not recorded: cannot create "), "{said}");
    let output = home.output(&["run", "--detach", "--data-dir", place, "--", "true"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
}

/// A supervisor whose command says nothing costs nothing.
#[test]
fn it_sleeps_while_nothing_happens() {
    let home = Home::new();
    let run = home.detach(&["--", "sleep", "600"]);
    let pid = supervisor_pid(&run);
    let ticks = || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let after = stat.rsplit_once(')').unwrap().1;
        let fields: Vec<u64> = after.split_whitespace().skip(11).take(2).map(|field| field.parse().unwrap()).collect();
        fields[0] + fields[1]
    };
    std::thread::sleep(Duration::from_millis(1500));
    let before = ticks();
    std::thread::sleep(Duration::from_secs(3));
    assert!(ticks() - before <= 3, "{} ticks of 10 ms in 3 s", ticks() - before);
}

#[test]
fn the_log_of_a_command_has_its_output_once() {
    let home = Home::new();
    let run = home.detach(&["--no-pty", "--", "sh", "-c", "echo out; echo err >&2; printf unended"]);
    wait_for_end(&run);
    let messages = messages(&run);
    assert!(messages.iter().all(|text| !["out", "err", "unended"].contains(&text.as_str())), "{messages:?}");
    // Shown again, it reads as it did.
    let shown = home.output(&["open", "--headless", run.file_name().unwrap().to_str().unwrap()]);
    assert_eq!(shown.status.code(), Some(0));
    let said = format!("{}{}", String::from_utf8_lossy(&shown.stdout), String::from_utf8_lossy(&shown.stderr));
    for text in ["out", "err", "unended"] {
        assert!(said.lines().any(|line| line.ends_with(text)), "{text} in {said}");
    }
}
