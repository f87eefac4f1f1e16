//! The program on the desktop: what a second start does, and the notification at a job's end, on a session bus of the
//! test's own with a notification server that writes down what it is told.
#![cfg(feature = "gui")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what stands outside the test functions serves them; a panic is the report"
)]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Wide margin: the machine may be busy.
const LIMIT: Duration = Duration::from_secs(30);

const NAME: &str = "io.github.kymograph.Kymograph";

/// A session bus, a home, and all programs of a test, which end with it.
struct Desktop {
    home: tempfile::TempDir,
    address: String,
    bus: Child,
    programs: Vec<Child>,
}

impl Desktop {
    fn new() -> Self {
        let home = private_folder();
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { home, address: address.trim().to_owned(), bus, programs: Vec::new() }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    /// Starts the program; what it says goes to the file of that name.
    fn open(&mut self, log: &str, platform: &str, arguments: &[&str]) -> usize {
        let child = self
            .command(env!("CARGO_BIN_EXE_kymograph"))
            .args(["--log", "debug"])
            .args(arguments)
            .env("QT_QPA_PLATFORM", platform)
            .stderr(std::fs::File::create(self.path(log)).unwrap())
            .spawn()
            .unwrap();
        self.programs.push(child);
        self.programs.len() - 1
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env("XDG_DATA_HOME", self.home.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env_remove("KYMOGRAPH_DATA_DIR")
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Waits until the log holds `text` so many times.
    #[track_caller]
    fn wait_for(&self, log: &str, text: &str, times: usize) {
        wait(|| self.log(log).matches(text).count() >= times, || format!("no `{text}` in: {}", self.log(log)));
    }

    /// Waits until somebody has the name on the bus; says who.
    #[track_caller]
    fn owner(&self, name: &str) -> String {
        let mut owner = String::new();
        wait(
            || {
                let method = "org.freedesktop.DBus.GetNameOwner";
                let mut ask = self.command("dbus-send");
                ask.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/", method]);
                let output = ask.arg(format!("string:{name}")).stdout(Stdio::piped()).output().unwrap();
                owner = String::from_utf8(output.stdout).unwrap().trim().to_owned();
                output.status.success()
            },
            || format!("nobody has {name}"),
        );
        owner
    }

    fn signal(&self, program: usize, signal: Signal) {
        kill_process(Pid::from_child(&self.programs[program]), signal).unwrap();
    }

    #[track_caller]
    fn end(&mut self, program: usize) -> ExitStatus {
        let child = &mut self.programs[program];
        let mut status = None;
        wait(
            || {
                status = child.try_wait().unwrap();
                status.is_some()
            },
            || "the program does not end".to_owned(),
        );
        status.unwrap()
    }

    /// Interrupted, it ends with what it runs, with 0, and has not said a word above debug level.
    #[track_caller]
    fn close(&mut self, program: usize, log: &str) {
        self.close_after(program, log, 0);
    }

    /// The same after a job that ended with `code`.
    #[track_caller]
    fn close_after(&mut self, program: usize, log: &str, code: i32) {
        self.signal(program, Signal::INT);
        let status = self.end(program);
        assert_eq!((status.code(), self.complaints(log)), (Some(code), Vec::new()));
    }

    fn complaints(&self, log: &str) -> Vec<String> {
        let log = self.log(log);
        log.lines().filter(|line| !line.starts_with("DEBUG") && !line.starts_with("INFO")).map(str::to_owned).collect()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in self.programs.iter_mut().chain([&mut self.bus]) {
            // It may have ended, or been stopped.
            _ = child.kill();
            _ = child.wait();
        }
    }
}

#[track_caller]
fn wait(mut until: impl FnMut() -> bool, what: impl Fn() -> String) {
    let start = Instant::now();
    while !until() {
        assert!(start.elapsed() < LIMIT, "{}", what());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Said each second by a window that is on the screen.
const SHOWN: &str = "frames painted";

/// Said by a window that was asked for.
const ASKED: &str = "asked to come to the front";

#[test]
fn second_window_is_handed_to_the_first() {
    let mut desktop = Desktop::new();
    let first = desktop.open("first", "offscreen", &[]);
    let owner = desktop.owner(NAME);
    let second = desktop.open("second", "offscreen", &[]);
    let status = desktop.end(second);
    assert_eq!((status.code(), desktop.log("second").contains(SHOWN)), (Some(0), false));
    desktop.wait_for("first", ASKED, 1);
    assert_eq!(desktop.owner(NAME), owner);

    // Asked for, told to run something, or with other data: a window of its own each.
    let data = desktop.path("other").to_string_lossy().into_owned();
    let own: [&[&str]; 3] = [&["--new-window"], &["sine"], &["--data-dir", &data]];
    for (index, arguments) in own.into_iter().enumerate() {
        let log = format!("own{index}");
        let window = desktop.open(&log, "offscreen", arguments);
        desktop.wait_for(&log, SHOWN, 1);
        desktop.close(window, &log);
    }
    assert_eq!(desktop.log("first").matches(ASKED).count(), 1);
    desktop.close(first, "first");
}

#[test]
fn second_window_takes_the_place_of_the_first_when_that_is_closed() {
    let mut desktop = Desktop::new();
    let first = desktop.open("first", "offscreen", &[]);
    let owner = desktop.owner(NAME);
    let other = desktop.open("other", "offscreen", &["--data-dir", "data"]);
    desktop.wait_for("other", SHOWN, 1);
    desktop.close(first, "first");
    wait(|| desktop.owner(NAME) != owner, || "nobody else has the name".to_owned());
    let third = desktop.open("third", "offscreen", &["--data-dir", "data"]);
    assert_eq!(desktop.end(third).code(), Some(0));
    desktop.wait_for("other", ASKED, 1);
    desktop.close(other, "other");
}

#[test]
fn second_window_does_not_wait_for_a_first_that_hangs() {
    let mut desktop = Desktop::new();
    let first = desktop.open("first", "offscreen", &[]);
    desktop.owner(NAME);
    desktop.signal(first, Signal::STOP);
    let second = desktop.open("second", "offscreen", &[]);
    desktop.wait_for("second", SHOWN, 1);
    desktop.close(second, "second");
    desktop.signal(first, Signal::CONT);
    desktop.close(first, "first");
}

#[test]
fn second_window_of_a_run_is_the_one_that_shows_it() {
    let mut desktop = Desktop::new();
    for _ in 0..2 {
        let arguments = ["--iterations", "2", "--receiver-iterations", "3", "--autostart", "--quit-when-done"];
        let recorder = desktop.open("recorder", "offscreen", &[&["sine"], &arguments[..]].concat());
        assert_eq!(desktop.end(recorder).code(), Some(0));
    }
    let runs = desktop.path("kymograph/runs").read_dir().unwrap();
    let runs: Vec<String> = runs.map(|run| run.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(runs.len(), 2, "never two writers of one run");
    let first = desktop.open("first", "offscreen", &["open", &runs[0]]);
    desktop.wait_for("first", SHOWN, 2);
    let path = desktop.path("kymograph/runs").join(&runs[0]);
    let second = desktop.open("second", "offscreen", &["open", path.to_str().unwrap()]);
    assert_eq!(desktop.end(second).code(), Some(0));
    desktop.wait_for("first", ASKED, 1);
    let other = desktop.open("other", "offscreen", &["open", &runs[1]]);
    desktop.wait_for("other", SHOWN, 1);
    desktop.close(other, "other");
    desktop.close(first, "first");
}

/// A bus that is gone or hangs costs no window its life, and no start its time.
#[test]
fn session_bus_that_hangs_or_goes_is_no_obstacle() {
    let mut desktop = Desktop::new();
    kill_process(Pid::from_child(&desktop.bus), Signal::STOP).unwrap();
    let hung = desktop.open("hung", "offscreen", &[]);
    desktop.wait_for("hung", SHOWN, 1);
    desktop.close(hung, "hung");
    kill_process(Pid::from_child(&desktop.bus), Signal::CONT).unwrap();
    let window = desktop.open("window", "offscreen", &["run", "--", "sh", "-c", "sleep 1; echo loss=1"]);
    desktop.wait_for("window", SHOWN, 1);
    desktop.bus.kill().unwrap();
    desktop.wait_for("window", SHOWN, 4);
    desktop.close(window, "window");
}

/// The server, and what it was told.
struct Server {
    child: Child,
}

impl Server {
    fn new(desktop: &Desktop, arguments: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/notifications.py");
        // The bindings come from the system, for the system's Python.
        let python = if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" };
        let mut server = desktop.command(python);
        server.arg(script).args(arguments).stdin(Stdio::piped());
        server.stdout(std::fs::File::create(desktop.path("notes")).unwrap()).stderr(Stdio::inherit());
        let server = Self { child: server.spawn().unwrap() };
        desktop.wait_for("notes", "ready", 1);
        server
    }

    fn click(&mut self, note: &Value) {
        writeln!(self.child.stdin.as_mut().unwrap(), "click {} token-1", note["id"]).unwrap();
    }

    /// What was told, once there are so many.
    #[track_caller]
    fn notes(desktop: &Desktop, count: usize) -> Vec<Value> {
        desktop.wait_for("notes", "\"summary\"", count);
        let log = desktop.log("notes");
        log.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Whether a display is there whose windows are not active by themselves, as those drawn offscreen are.
fn platform() -> &'static str {
    assert!(std::env::var_os("DISPLAY").is_some(), "no DISPLAY: run the tests by `scripts/test-env`");
    "xcb"
}

/// names-hostile: what came from outside is no markup in a notification.
#[test]
fn names_hostile_end_of_a_job_is_told_and_a_click_shows_the_window() {
    let mut desktop = Desktop::new();
    let mut server = Server::new(&desktop, &[]);
    let window = desktop.open("window", platform(), &["run", "--name", "<b>x</b> & y", "--", "sh", "-c", "exit 3"]);
    let notes = Server::notes(&desktop, 1);
    let note = &notes[0];
    assert_eq!(note["summary"], "<b>x</b> & y failed", "the head is plain text");
    assert_eq!((&note["app"], &note["icon"]), (&"Kymograph".into(), &NAME.into()));
    assert_eq!(note["hints"]["desktop-entry"], NAME);
    assert_eq!(note["actions"], serde_json::json!(["default", "Show"]));
    server.click(note);
    desktop.wait_for("window", ASKED, 1);
    desktop.close_after(window, "window", 3);

    let script = "/no/such/<u>program</u>";
    let failed = desktop.open("failed", platform(), &["run", "--name", "lost", "--", script]);
    let notes = Server::notes(&desktop, 2);
    assert_eq!(notes[1]["summary"], "lost failed");
    let body = notes[1]["body"].as_str().unwrap();
    assert!(body.contains("&lt;u&gt;program&lt;/u&gt;") && !body.contains('<') && !body.contains('\n'), "{body}");
    desktop.close_after(failed, "failed", 1);
}

#[test]
fn nothing_is_told_that_the_person_did_or_does_not_want_to_hear() {
    let mut desktop = Desktop::new();
    let _server = Server::new(&desktop, &[]);
    let stopped = desktop.open("stopped", platform(), &["run", "--", "sleep", "60"]);
    desktop.wait_for("stopped", SHOWN, 1);
    desktop.close(stopped, "stopped");
    let settings = desktop.path("kymograph");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(settings.join("kymograph.conf"), "[appearance]\nnotifies=false\n").unwrap();
    let unwanted = desktop.open("unwanted", platform(), &["run", "--quit-when-done", "--", "true"]);
    assert_eq!(desktop.end(unwanted).code(), Some(0));
    std::fs::write(settings.join("kymograph.conf"), "[appearance]\nnotifies=true\n").unwrap();
    // The program ends with the job: told all the same, without a button that nobody would hear.
    let last = desktop.open("last", platform(), &["run", "--name", "last", "--quit-when-done", "--", "true"]);
    assert_eq!(desktop.end(last).code(), Some(0));
    let notes = Server::notes(&desktop, 1);
    assert_eq!((notes.len(), &notes[0]["summary"]), (1, &"last finished".into()));
    assert_eq!(notes[0]["actions"], serde_json::json!([]));
}

#[test]
fn notification_server_that_hangs_holds_nobody_up() {
    let mut desktop = Desktop::new();
    let _server = Server::new(&desktop, &["refuse"]);
    let window = desktop.open("window", platform(), &["run", "--", "true"]);
    Server::notes(&desktop, 1);
    let seen = desktop.log("window").matches(SHOWN).count();
    desktop.wait_for("window", SHOWN, seen + 2);
    desktop.close(window, "window");
    let last = desktop.open("last", platform(), &["run", "--quit-when-done", "--", "true"]);
    assert_eq!(desktop.end(last).code(), Some(0));
}

/// A folder that only this user may enter, as a runtime directory has to be.
fn private_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o700)).tempdir().unwrap()
}
