//! Commands with limits and rules: the program as people run it. Never opens a window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kymograph::app::launch::Recording;
use kymograph::app::pipeline::{self, JobKind, StartOptions};
use kymograph::app::supervisor::{Ask, Tell, ask};
use kymograph::app::watch::WatchOptions;
use kymograph::batch::Item;
use kymograph::job::{Limits, Mailbox};
use kymograph::record::{Body, RunState};
use kymograph::source::command::CommandOptions;
use kymograph::store::SnapshotSlot;
use run_support::{Home, PATIENCE, bodies, is_alive, messages, samples, wait_for, wait_for_end, wait_until};
use rustix::process::{Pid, Signal, kill_process};

mod run_support;

#[test]
fn time_limits_warn_first_and_then_end_the_whole_tree() {
    let home = Home::new();
    let script = "(setsid sleep 600 &) ; echo $$ > shell; sleep 600";
    let start = Instant::now();
    let output =
        home.output(&["run", "--headless", "--warn-time", "200ms", "--max-time", "0.5s", "--", "sh", "-c", script]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(124), "{said}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(said.contains("warning: the job runs for more than 0.2 s"), "{said}");
    assert!(said.lines().last().unwrap().starts_with("kymograph: the time limit of 0.5 s is reached"), "{said}");
    let run = home.run();
    let end = wait_for_end(&run);
    assert_eq!((end.state, end.meta.unwrap().exit_code), (RunState::Failed, Some(124)));
    assert!(messages(&run).iter().any(|text| text == "Stopping: the time limit of 0.5 s is reached"));
    let shell: i32 = fs::read_to_string(home.path().join("shell")).unwrap().trim().parse().unwrap();
    wait_until("the shell's end", || !is_alive(shell));
}

/// Two processes that share a block of memory use it once.
#[test]
fn memory_limits_count_the_tree_and_what_it_shares_once() {
    let home = Home::new();
    let script = "import os, time\n\
                  block = b'x' * (64 << 20)\n\
                  pids = [os.fork() for _ in range(2)]\n\
                  time.sleep(float(os.environ.get('SECS', '600')))\n";
    let mut gentle = home.kymograph(&["run", "--headless", "--max-memory", "190MiB", "--", "python3", "-c", script]);
    let output = gentle.env("SECS", "2").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "four processes with 64 MiB between them: {said}");
    let strict =
        ["run", "--headless", "--warn-memory", "20MiB", "--max-memory", "60MiB", "--", "python3", "-c", script];
    let output = home.output(&strict);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(137), "{said}");
    assert!(said.contains("kymograph: the memory limit of 60.0 MiB is reached: "), "{said}");
    assert!(said.contains(" of memory are used, more than 20.0 MiB"), "{said}");
}

#[test]
fn wrong_rules_are_usage_errors_with_a_place_and_a_remedy() {
    let home = Home::new();
    let output = home.output(&["run", "--rule", "loss > ten: stop", "--", "true"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("`ten` is no number: write one, such as 0.5 or 1e-3\n    loss > ten: stop\n           ^"),
        "{said}"
    );
    for wrong in [["--max-time", "90"], ["--max-memory", "8"], ["--rule", "loss > 10"], ["--config", "lr"]] {
        let output = home.output(&[&["run"], &wrong[..], &["--", "true"]].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
    assert!(home.runs().is_empty());
}

#[test]
fn data_hostile_nan_stops_the_command_by_a_rule() {
    let home = Home::new();
    let script = "for i in 1 2 3; do echo step=$i loss=0.$i; done; echo step=4 loss=nan; exec sleep 600";
    let output = home.output(&["run", "--headless", "--rule", "loss is nan: stop", "--", "sh", "-c", script]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "the command's own: INT ended it; {said}");
    let run = home.run();
    assert_eq!(wait_for_end(&run).state, RunState::Stopped);
    let wanted = "Rule `loss is nan: stop`: loss = NaN at x = 4; the job is stopped";
    assert!(messages(&run).iter().any(|text| text == wanted), "{:?}", messages(&run));
    assert!(said.contains(wanted), "{said}");
    assert_eq!(samples(&run, "loss").len(), 4, "what fires a rule is recorded");
}

#[test]
fn silence_pauses_the_command_and_who_looks_on_is_told() {
    let home = Home::new();
    let script = "echo step=1 loss=1; read line < go; echo step=2 loss=2; exec sleep 600";
    assert!(Command::new("mkfifo").arg(home.path().join("go")).status().unwrap().success());
    let run = home.detach(&["--rule", "silent 1500ms: pause", "--", "sh", "-c", script]);
    let dir = fs::File::open(&run).unwrap();
    let socket = UnixStream::connect(format!("/proc/self/fd/{}/control.sock", dir.as_raw_fd())).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let told = BufReader::new(socket).lines().map(Result::unwrap).find(|line| line.contains("\"rule\"")).unwrap();
    let tell: Tell = serde_json::from_str(&told).unwrap();
    let wanted = Tell::Rule {
        rule: "silent 1500ms: pause".into(),
        text: "no sample for 1.5 s".into(),
        notify: false,
        pause: true,
        stop: false,
    };
    assert_eq!(tell, wanted);
    let is_in = |wanted: &str| matches!(ask(&run, Ask::Status, PATIENCE).unwrap(), Tell::Status { state, .. } if state == wanted);
    wait_until("the pause", || is_in("paused"));
    // It goes on when it is told to; the sample that comes then arms the rule again.
    ask(&run, Ask::Resume, PATIENCE).unwrap();
    fs::write(home.path().join("go"), "\n").unwrap();
    wait_until("the second sample", || samples(&run, "loss") == [1.0, 2.0]);
    wait_until("the second pause", || is_in("paused"));
    wait_until("a second word of it", || {
        messages(&run).iter().filter(|text| text.contains("no sample for 1.5 s")).count() == 2
    });
}

#[test]
fn rules_may_come_and_go_while_the_command_runs() {
    let home = Home::new();
    assert!(Command::new("mkfifo").arg(home.path().join("go")).status().unwrap().success());
    let script = "echo step=1 loss=1; read line < go; echo step=2 loss=2; exec sleep 600";
    let run = home.detach(&["--", "sh", "-c", script]);
    wait_until("a sample", || samples(&run, "loss") == [1.0]);
    let [nan, two] = ["loss is nan: stop", "loss == 2: stop"].map(str::to_owned);
    let refused = ask(&run, Ask::AddRule { rule: "loss > x: stop".into() }, PATIENCE).unwrap_err().to_string();
    assert_eq!(refused, "`x` is no number: write one, such as 0.5 or 1e-3");
    for rule in [&nan, &two] {
        assert_eq!(ask(&run, Ask::AddRule { rule: rule.clone() }, PATIENCE).unwrap(), Tell::Done);
    }
    assert_eq!(ask(&run, Ask::RemoveRule { rule: nan.clone() }, PATIENCE).unwrap(), Tell::Done);
    assert!(ask(&run, Ask::RemoveRule { rule: nan }, PATIENCE).is_err());
    assert_eq!(ask(&run, Ask::Rules, PATIENCE).unwrap(), Tell::Rules { rules: vec![two] });
    fs::write(home.path().join("go"), "\n").unwrap();
    assert_eq!(wait_for_end(&run).state, RunState::Stopped);
    let wanted = "Rule `loss == 2: stop`: loss = 2 at x = 2; the job is stopped";
    assert!(messages(&run).iter().any(|text| text == wanted), "{:?}", messages(&run));
}

#[test]
fn rules_hold_for_followed_files() {
    let home = Home::new();
    fs::write(home.path().join("a.csv"), "step,loss\n1,0.5\n2,nan\n3,0.25\n").unwrap();
    let args = ["follow", "--headless", "--once", "--rule", "*loss is nan: notify", "--rule", "end: notify", "a.csv"];
    let output = home.output(&args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("Rule `*loss is nan: notify`: ") && said.contains("loss = NaN at x = 2"), "{said}");
    assert!(said.contains("Rule `end: notify`: the job has ended"), "{said}");
}

/// A session bus with a notification server, which end with this.
struct Desktop {
    bus: Child,
    address: String,
    server: Child,
    calls: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Desktop {
    fn new(mode: &[&str]) -> Self {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        // Another one may come first in PATH, without GLib.
        let python = if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" };
        let mut server = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/notifications.py"))
            .args(mode)
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut calls = BufReader::new(server.stdout.take().unwrap()).lines();
        assert!(calls.next().unwrap().unwrap().contains("ready"));
        Self { bus, address, server, calls }
    }

    /// The next notification: its head and its text.
    fn next(&mut self) -> (String, String) {
        let call: serde_json::Value = serde_json::from_str(&self.calls.next().unwrap().unwrap()).unwrap();
        (call["summary"].as_str().unwrap().to_owned(), call["body"].as_str().unwrap().to_owned())
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in [&mut self.server, &mut self.bus] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

#[test]
fn names_hostile_the_desktop_is_told_without_a_window_and_in_plain_text() {
    let home = Home::new();
    let mut desktop = Desktop::new(&[]);
    let rules = ["--rule", "* > 10: notify", "--rule", "fail: notify", "--rule", "end: notify"];
    let script = "echo '{\"step\": 1, \"<b>\\\"x\\\"\": 99}'; exit 3";
    let mut command = home.kymograph(&["run", "--detach", "--name", "<i>'n\"\\"]);
    let output = command
        .args(rules)
        .args(["--warn-time", "10ms", "--", "sh", "-c"])
        .arg(format!("sleep 0.3; {script}"))
        .env("DBUS_SESSION_BUS_ADDRESS", &desktop.address)
        .output()
        .unwrap();
    assert!(output.status.success());
    let name = "<i>'n\"\\".to_owned();
    assert_eq!(desktop.next(), (name.clone(), "the job runs for more than 0.01 s".to_owned()));
    assert_eq!(desktop.next(), (name.clone(), "&lt;b&gt;\"x\" = 99 at x = 1".to_owned()));
    for _ in 0..2 {
        let (head, body) = desktop.next();
        assert_eq!(head, name);
        assert!(body.starts_with("the job has failed: ") && body.ends_with(" ended with exit code 3"), "{body}");
    }
}

/// A desktop that does not answer holds nothing up: neither the job nor its end.
#[test]
fn viewer_killed_or_a_deaf_desktop_does_not_hold_the_job_up() {
    let home = Home::new();
    let desktop = Desktop::new(&["refuse"]);
    let rules = ["--rule", "x >= 1: notify", "--rule", "end: notify"];
    let mut command = home.kymograph(&["run", "--detach"]);
    let script = "echo step=1 x=1; sleep 1; echo done > done; exec sleep 600";
    command.args(rules).args(["--", "sh", "-c", script]).env("DBUS_SESSION_BUS_ADDRESS", &desktop.address);
    assert!(command.output().unwrap().status.success());
    let run = home.run();
    wait_until("the command", || home.path().join("done").exists());
    let refusals = || messages(&run).iter().filter(|text| text.starts_with("The desktop cannot be notified: ")).count();
    wait_until("a word of it", || refusals() == 1);
    let Tell::Status { pid, .. } = ask(&run, Ask::Status, PATIENCE).unwrap() else { panic!("no status") };
    let start = Instant::now();
    ask(&run, Ask::Stop, PATIENCE).unwrap();
    assert_eq!(wait_for_end(&run).state, RunState::Stopped);
    wait_until("the supervisor's end", || !is_alive(pid.try_into().unwrap()));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(refusals(), 1, "said once");
}

#[test]
fn without_a_bus_rules_still_do_the_rest() {
    let home = Home::new();
    let script = "echo step=1 x=1; exec sleep 600";
    let output = home.output(&["run", "--headless", "--rule", "x == 1: notify, stop", "--", "sh", "-c", script]);
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(wait_for_end(&home.run()).state, RunState::Stopped);
}

/// A tool of ours that runs while the job is stopped is no part of it.
#[test]
fn child_tree_has_no_helpers_of_ours() {
    let home = Home::new();
    // Counts the signals that it gets.
    let script =
        "#!/bin/sh\ntrap 'echo INT >> heard' INT TERM\necho begun > begun\nsleep 0.3\nsleep 0.1\necho ended > ended\n";
    let path = write_tool(&home.path().join("tools"), "gdbus", script);
    let bus = Desktop::new(&[]);
    let mut command = home.kymograph(&["run", "--headless", "--rule", "x == 1: notify", "--", "sh", "-c"]);
    command.arg("echo step=1 x=1; exec sleep 600").env("PATH", path).env("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    let mut viewer = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the tool", || home.path().join("begun").exists());
    kill_process(Pid::from_child(&viewer), Signal::INT).unwrap();
    viewer.wait().unwrap();
    wait_for("the tool's end", || fs::read(home.path().join("ended")).ok());
    assert!(!home.path().join("heard").exists(), "it was taken for a process of the job");
}

/// The names of the series of a run, each with the number of its subplot.
fn places(run: &Path) -> Vec<(String, u16)> {
    let (mut names, mut layout) = (Vec::new(), None);
    for body in bodies(run) {
        match body {
            Body::Item(Item::Declare(info)) if !names.contains(&(info.id, info.name.clone())) => {
                names.push((info.id, info.name));
            }
            Body::Item(Item::Layout(new)) => layout = Some(new),
            _ => {}
        }
    }
    let layout = layout.expect("a layout");
    let place = |id| layout.places.iter().find(|(known, _)| *known == id).map_or(Some(0), |(_, place)| *place);
    names.into_iter().map(|(id, name)| (name, place(id).unwrap())).collect()
}

fn write_tool(folder: &Path, name: &str, script: &str) -> std::ffi::OsString {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), script).unwrap();
    fs::set_permissions(folder.join(name), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()).into()
}

#[test]
fn resources_are_curves_beside_those_of_the_command() {
    let home = Home::new();
    let script =
        "echo step=1 loss=3; while :; do :; done & head -c 50000000 /dev/zero | tail -c 1 | (sleep 2.5); kill $!";
    let mut command = home.kymograph(&["run", "--headless", "--resources", "--", "sh", "-c", script]);
    // No GPU, whatever the machine has.
    let path = write_tool(&home.path().join("tools"), "nvidia-smi", "#!/bin/sh\necho NVIDIA-SMI has failed\nexit 9\n");
    let output = command.env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let run = home.run();
    let mut places = places(&run);
    places.sort();
    let wanted = [
        ("cpu (cores)", 1),
        ("disk read (MiB/s)", 5),
        ("disk written (MiB/s)", 5),
        ("loss", 0),
        ("memory (MiB)", 2),
        ("processes", 3),
        ("threads", 4),
    ];
    assert_eq!(places, wanted.map(|(name, place)| (name.to_owned(), place)));
    let cpu = samples(&run, "cpu (cores)");
    // The machine may be busy; alone, the loop takes one core.
    assert!(cpu.len() >= 2 && cpu.iter().all(|cores| (0.0..3.0).contains(cores)), "{cpu:?}");
    assert!(cpu.iter().any(|cores| *cores > 0.05), "{cpu:?}");
    assert!(samples(&run, "processes").iter().all(|count| (2.0..9.0).contains(count)));
    assert!(samples(&run, "memory (MiB)").iter().all(|mib| (0.05..100.0).contains(mib)));
    assert_eq!(samples(&run, "loss"), [3.0]);
}

#[test]
fn gpus_are_curves_and_their_tool_ends_with_the_job() {
    let home = Home::new();
    let tool = "#!/bin/sh\necho \"$@\" > smi-args\necho $$ > smi-pid\n\
                while :; do echo '0, 45, 1024'; echo '1, [N/A], 2048'; sleep 0.2; done\n";
    let path = write_tool(&home.path().join("tools"), "nvidia-smi", tool);
    let mut command = home.kymograph(&["run", "--headless", "--resources", "--rule", "silent 2500ms: stop"]);
    let script = "echo step=1 loss=3; exec sleep 600";
    let output = command.args(["--", "sh", "-c", script]).env("PATH", path).output().unwrap();
    assert_eq!(output.status.code(), Some(130), "samples of resources are no sign of life");
    let run = home.run();
    let places = places(&run);
    for (name, place) in [("gpu 0 (%)", 5), ("gpu 0 memory (MiB)", 2), ("gpu 1 memory (MiB)", 2), ("processes", 3)] {
        assert!(places.contains(&(name.to_owned(), place)), "{name} in {places:?}");
    }
    assert!(!places.iter().any(|(name, _)| name == "gpu 1 (%)"));
    assert!(samples(&run, "gpu 0 (%)").iter().all(|percent| *percent == 45.0));
    assert!(samples(&run, "processes").iter().all(|count| *count == 1.0), "the tool is no process of the job");
    let said = fs::read_to_string(home.path().join("smi-args")).unwrap();
    assert_eq!(said.trim(), "--query-gpu=index,utilization.gpu,memory.used --format=csv,noheader,nounits --loop=1");
    let pid: i32 = fs::read_to_string(home.path().join("smi-pid")).unwrap().trim().parse().unwrap();
    wait_until("the tool's end", || !is_alive(pid));
}

/// The threads of this process whose names begin so, as the system has them.
fn threads(beginning: &str) -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    tasks
        .filter(|task| fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.starts_with(beginning)))
        .count()
}

/// start-stop: the threads that watch a job end with it, whenever that is.
#[test]
fn start_stop_the_threads_that_watch_end_with_the_job() {
    let limits = Limits { run_time: Some(PATIENCE), ..Limits::default() };
    let rules = vec!["silent 10m: pause".parse().unwrap(), "x > 1: notify".parse().unwrap()];
    let watch = WatchOptions { limits, rules, resources: true, ..WatchOptions::default() };
    let argv = ["sh", "-c", "while :; do echo step=1 x=1; sleep 0.01; done"].map(Into::into).to_vec();
    let options = CommandOptions { argv, ..CommandOptions::default() };
    let kind = JobKind::Command { name: Some("w".into()), options, watch: Box::new(watch) };
    for round in 0..12_u64 {
        let data = SnapshotSlot::new();
        let options = StartOptions { recording: Recording::Off, ..StartOptions::default() };
        let job = pipeline::start(&kind, &data, Mailbox::discard(), options).unwrap();
        wait_until("both", || threads("watch:w") == 1 && threads("resources:w") == 1);
        // The moments are to differ; some come after the first sample of resources.
        std::thread::sleep(Duration::from_millis(round * 37));
        let start = Instant::now();
        drop(job);
        assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
        wait_until("none", || threads("watch:w") + threads("resources:w") == 0);
    }
}
