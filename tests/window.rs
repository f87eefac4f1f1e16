//! The program with its window, as a process of its own, offscreen: start, end by signal at random moments, exit codes.
#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Wide margin over the two seconds that a person may wait for the window to close: the machine may be busy.
const ORDERLY_END: Duration = Duration::from_secs(6);

struct Window {
    child: Child,
    home: tempfile::TempDir,
}

impl Window {
    fn open(arguments: &[&str]) -> Self {
        Self::open_with(arguments, &[])
    }

    fn open_with(arguments: &[&str], variables: &[(&str, &Path)]) -> Self {
        Self::open_in(private_folder(), arguments, variables)
    }

    fn open_in(home: tempfile::TempDir, arguments: &[&str], variables: &[(&str, &Path)]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_kymograph"))
            .args(arguments)
            .env("QT_QPA_PLATFORM", "offscreen")
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("XDG_DATA_HOME", home.path())
            .env_remove("KYMOGRAPH_DATA_DIR")
            .envs(variables.iter().copied())
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child, home }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end; the exit status and what was written to standard error.
    fn end(mut self, limit: Duration) -> (ExitStatus, String, tempfile::TempDir) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > limit {
                self.child.kill().unwrap();
                panic!("the window did not end within {limit:?}; it said: {}", self.said());
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let said = self.said();
        (status, said, self.home)
    }

    fn said(&mut self) -> String {
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

fn assert_is_png(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.len() > 2000, "{} bytes", bytes.len());
}

#[test]
fn the_job_ends_and_the_window_with_it() {
    let window = Window::open(&["--autostart", "--quit-when-done", "--save", "figure.png"]);
    let (status, said, home) = window.end(Duration::from_secs(30));
    assert_eq!((status.code(), said.lines().count()), (Some(0), 1), "{said}");
    assert!(said.contains("figure.png"));
    assert_is_png(&home.path().join("figure.png"));
}

#[test]
fn the_workspace_of_the_last_time_comes_back() {
    let home = private_folder();
    let file = home.path().join("loss.csv");
    std::fs::write(&file, "step,loss\n0,3\n1,2\n2,1\n").unwrap();
    let state = home.path().join("state");
    let session = state.join("kymograph/session.json");
    std::fs::create_dir_all(session.parent().unwrap()).unwrap();
    let text = format!(
        r##"{{"version":1,"windows":[{{"tabs":[{{"figures":[{{"smoothing":{{"exponential":{{"weight":0.25}}}}}}]}},
        {{"open":["{}"],"figures":[{{"x_link":"all","subplots":[{{"series":[{{"name":"loss","color":"#123456"}}]}}]}}]}},
        {{"open":["/no/such/run"],"figures":[]}}],"shown_tab":1}}]}}"##,
        file.display()
    );
    std::fs::write(&session, text).unwrap();
    let written = || std::fs::read_to_string(&session).unwrap();
    let window = Window::open_in(home, &[], &[("XDG_STATE_HOME", &state)]);
    // The program puts a blank after colons.
    wait_for("the session to be remembered", || written().contains("\"shown_tab\": 1"));
    window.signal(Signal::TERM);
    let (status, said, _home) = window.end(ORDERLY_END);
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    let text = written();
    for part in ["0.25", "loss.csv", "\"x_link\": \"all\"", "#123456", "\"shown_tab\": 1"] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert!(!text.contains("no/such"), "{text}");
}

#[test]
fn size_and_looks_of_the_last_time_come_back_and_nonsense_does_not() {
    let home = private_folder();
    let settings = home.path().join("kymograph/kymograph.conf");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    let text = "[appearance]\npaneLines=500\ntheme=dark\n[window]\nheight=tall\nshowsRuns=true\nwidth=700\n";
    std::fs::write(&settings, text).unwrap();
    let window = Window::open_in(home, &[], &[]);
    std::thread::sleep(Duration::from_secs(2));
    window.signal(Signal::TERM);
    let (status, said, _home) = window.end(ORDERLY_END);
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    let text = std::fs::read_to_string(&settings).unwrap();
    for line in ["width=700", "height=800", "showsRuns=true", "theme=dark", "paneLines=500", "split="] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line} is missing: {text}");
    }
}

/// A file with a slip of the pen in it is told of, and left to the person who wrote it.
#[test]
fn a_workspace_that_is_not_understood_is_left_as_it_is() {
    let home = private_folder();
    let session = home.path().join("kymograph/session.json");
    std::fs::create_dir_all(session.parent().unwrap()).unwrap();
    std::fs::write(&session, "{\"version\": 1, windows: []}").unwrap();
    let state = home.path().to_owned();
    let window = Window::open_in(home, &[], &[("XDG_STATE_HOME", &state)]);
    // Long enough for the first frame, which comes before the file is read, on a busy machine too.
    std::thread::sleep(Duration::from_secs(3));
    window.signal(Signal::TERM);
    let (status, said, _home) = window.end(ORDERLY_END);
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    assert_eq!(std::fs::read_to_string(&session).unwrap(), "{\"version\": 1, windows: []}");
}

#[test]
fn a_command_hands_on_its_exit_status() {
    for (script, code) in [("echo loss=1; exit 0", 0), ("exit 7", 7)] {
        let window = Window::open(&["run", "--quit-when-done", "--", "sh", "-c", script]);
        let (status, said, _home) = window.end(Duration::from_secs(30));
        assert_eq!(status.code(), Some(code), "{said}");
    }
}

/// child-tree, close: a person who interrupts the window while a command runs ends its whole tree, and that is no failure.
#[test]
fn close_by_an_interrupt_ends_a_command_and_its_children() {
    let script = "setsid sleep 4711 & sleep 4711 & echo up > up; sleep 4711";
    let window = Window::open(&["run", "--", "sh", "-c", script]);
    wait_for("the command", || window.home.path().join("up").exists());
    window.signal(Signal::INT);
    let (status, said, _home) = window.end(ORDERLY_END);
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    assert_eq!(processes_with("sleep\x004711\0"), Vec::<String>::new(), "processes are left");
}

/// viewer-killed: whatever ends the window, the command goes on, and the next window shows all of it.
#[test]
fn viewer_killed_or_asked_to_end_leaves_the_command() {
    let script = "i=0; while [ ! -e enough ]; do echo value=$i; i=$((i+1)); sleep 0.01; done; echo last=$i";
    for signal in [Signal::KILL, Signal::TERM] {
        let window = Window::open(&["run", "--name", "long", "--", "sh", "-c", script]);
        let runs = window.home.path().join("kymograph/runs");
        let grown =
            || read_dir(&runs).iter().any(|run| run.join("log.tfrecord").metadata().is_ok_and(|log| log.len() > 2000));
        wait_for("some output", grown);
        window.signal(signal);
        let (status, said, home) = window.end(ORDERLY_END);
        if signal == Signal::TERM {
            assert_eq!(status.code(), Some(0), "{said}");
            assert!(said.starts_with("kymograph: long goes on; `kymograph attach "), "{said}");
        }
        let before = read_dir(&runs)[0].join("log.tfrecord").metadata().unwrap().len();
        wait_for("more output", || read_dir(&runs)[0].join("log.tfrecord").metadata().unwrap().len() > before + 1000);
        let next = Window::open_in(home, &["attach", "--quit-when-done", "--save", "figure.png"], &[]);
        std::thread::sleep(Duration::from_millis(300));
        std::fs::write(next.home.path().join("enough"), "").unwrap();
        let (status, said, home) = next.end(Duration::from_secs(30));
        assert_eq!((status.code(), said.lines().count()), (Some(0), 1), "{said}");
        assert_is_png(&home.path().join("figure.png"));
    }
}

fn read_dir(path: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The process numbers whose command line is `words`, each ended by a zero byte.
fn processes_with(words: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| std::fs::read(format!("/proc/{name}/cmdline")).is_ok_and(|line| line == words.as_bytes()))
        .collect()
}

fn close_at_random_moments(signal: Signal, times: u64) {
    for i in 0..times {
        let window = Window::open(&["sine", "--autostart", "--iterations", "0", "--receiver-iterations", "0"]);
        // From before the event loop runs to well into the job; spread evenly rather than by chance.
        let moment = Duration::from_millis(250 + (i * 97) % 700);
        std::thread::sleep(moment);
        window.signal(signal);
        let (status, said, _home) = window.end(ORDERLY_END);
        assert_eq!((status.code(), said.as_str()), (Some(0), ""), "closed after {moment:?}");
    }
}

/// close: SIGTERM takes the orderly path: exit status 0 and not one warning.
#[test]
fn close_by_sigterm_while_running() {
    close_at_random_moments(Signal::TERM, 25);
}

/// close: SIGINT does the same.
#[test]
fn close_by_sigint_while_running() {
    close_at_random_moments(Signal::INT, 25);
}

/// names-hostile: CANARY: what a command prints is never fetched, neither by a pane nor by a legend or a title.
#[test]
fn names_hostile_output_makes_no_request() {
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let image = format!("<img src='http://{}/x.png'>", canary.local_addr().unwrap());
    let script = format!("echo \"{image}\"; echo \"{{\\\"{image}\\\": 1}}\"; echo \"{{\\\"{image}\\\": 2}}\"; sleep 1");
    let window = Window::open(&["run", "--name", &image, "--quit-when-done", "--", "sh", "-c", &script]);
    let (status, said, _home) = window.end(Duration::from_secs(30));
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    assert_eq!(canary.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "something was fetched");
}

/// font-missing: without a font on the system the window opens all the same, and the figure has its labels.
#[test]
fn font_missing_is_no_obstacle() {
    let fonts = private_folder();
    let config = fonts.path().join("fonts.conf");
    let text = format!("<fontconfig><cachedir>{}</cachedir></fontconfig>", fonts.path().display());
    std::fs::write(&config, text).unwrap();
    let arguments = ["--autostart", "--quit-when-done", "--save", "figure.png"];
    let window = Window::open_with(&arguments, &[("FONTCONFIG_FILE", &config)]);
    let (status, said, home) = window.end(Duration::from_secs(30));
    assert_eq!(status.code(), Some(0), "{said}");
    assert_is_png(&home.path().join("figure.png"));
}

/// Nobody can show a window: the program says so and goes on without one.
#[test]
fn without_a_display_it_goes_on_headless() {
    let home = private_folder();
    let output = Command::new(env!("CARGO_BIN_EXE_kymograph"))
        .args(["sine", "--iterations", "3", "--worker-ms", "1", "--receiver-iterations", "8", "--receiver-ms", "1"])
        .args(["--save", "figure.png"])
        .current_dir(home.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("QT_QPA_PLATFORM")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("no display") && said.contains("headless") && said.contains("figure.png"), "{said}");
    assert_is_png(&home.path().join("figure.png"));
}

/// A folder that only this user may enter, as a runtime directory has to be.
fn private_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o700)).tempdir().unwrap()
}

#[test]
fn a_recorded_run_opens_in_the_window() {
    let (status, said, home) = Window::open(&["--autostart", "--quit-when-done"]).end(Duration::from_secs(30));
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    let runs = home.path().join("kymograph/runs");
    let run = runs.read_dir().unwrap().next().unwrap().unwrap().path();
    let again = Window::open(&["open", run.to_str().unwrap(), "--quit-when-done", "--save", "again.png"]);
    let (status, said, home) = again.end(Duration::from_secs(30));
    assert_eq!((status.code(), said.lines().count()), (Some(0), 1), "{said}");
    assert_is_png(&home.path().join("again.png"));
}
