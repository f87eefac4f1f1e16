//! Programs that show our figures in windows of their own: each is built against an installed tree by scripts/hosts, runs
//! here on a display of its own, shows the data of its thread, takes a click, and ends in order.
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

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use screen_support::Screen;

#[allow(dead_code, reason = "shared with tests that look at more")]
mod screen_support;

/// Wide: several programs may start at once on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// A running host on its display.
struct Host {
    child: Child,
    screen: Screen,
    home: tempfile::TempDir,
}

fn host_binary(name: &str) -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_kymograph"));
    let path = program.ancestors().nth(2).unwrap().join("hosts/bin").join(name);
    assert!(path.exists(), "{} is missing: run scripts/hosts", path.display());
    path
}

impl Host {
    fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let (screen, home) = (Screen::start(), tempfile::tempdir().unwrap());
        let child = Command::new(host_binary(name))
            .env("QT_QPA_PLATFORM", "xcb")
            .env("QT_QUICK_BACKEND", "software")
            .env("DISPLAY", screen.display())
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .env("XDG_DATA_HOME", home.path())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child, screen, home }
    }

    /// Waits until the display shows so many pixels in colours as curves have; more than an empty window of ours ever has.
    fn wait_for_curves(&mut self, least: usize) {
        self.wait_for("curves", |host| host.screen.picture().saturated(&(0..1280, 0..1024)) >= least);
    }

    fn wait_for(&mut self, what: &str, is_there: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is_there(self) {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("it ended by itself, {status}: {}", self.said());
            }
            if start.elapsed() > LIMIT {
                let picture = std::env::temp_dir().join("kymograph-host.png");
                self.screen.picture().save(&picture);
                panic!("no {what} after {LIMIT:?}; the display is in {}", picture.display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn xdotool(&self, arguments: &[&str]) {
        let status = Command::new("xdotool").env("DISPLAY", self.screen.display()).args(arguments).status().unwrap();
        assert!(status.success(), "xdotool {arguments:?}");
    }

    /// Ends it as a person does, by the keyboard; it must have nothing to say, and nothing written to the person's data.
    fn close(mut self, window: &str) {
        self.xdotool(&["search", "--sync", "--onlyvisible", "--name", window, "windowfocus", "--sync"]);
        self.xdotool(&["key", "ctrl+q"]);
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < LIMIT, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let said = self.said();
        assert!(status.success(), "{status}: {said}");
        assert_eq!(said, "", "Qt has nothing to warn of");
        assert!(
            !self.home.path().join("kymograph").exists(),
            "a host's jobs are not recorded, its settings are its own"
        );
    }

    fn said(&mut self) -> String {
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[test]
fn a_qt_quick_program_shows_its_thread_in_two_windows() {
    let mut host = Host::start("thermometer", &[]);
    host.wait_for_curves(600);
    host.close("Thermometer");
}

#[test]
fn a_qt_widgets_program_shows_its_thread_between_docks() {
    let mut host = Host::start("oscilloscope", &[]);
    host.wait_for_curves(2_000);
    host.close("Oscilloscope");
}

#[test]
fn a_rust_program_with_cxx_qt_shows_its_thread() {
    let mut host = Host::start("random-walk", &[]);
    host.wait_for_curves(600);
    host.close("Random walk");
}

#[test]
fn a_rust_program_with_qmetaobject_shows_its_thread() {
    let mut host = Host::start("heartbeat", &[]);
    host.wait_for_curves(600);
    host.close("Heartbeat");
}

#[test]
fn the_program_of_the_guide_shows_its_curve() {
    let mut host = Host::start("barometer", &[]);
    host.wait_for_curves(300);
    host.close("Barometer");
}

/// Each promise of `kymograph.h`; the program says which one was broken.
#[test]
fn the_header_keeps_its_promises() {
    let output = Command::new(host_binary("embed_api")).env("QT_QPA_PLATFORM", "offscreen").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    // One of its jobs does not listen, which is worth a warning.
    let is_expected = said.lines().all(|line| line.contains("api/deaf") && line.contains("abandoned"));
    assert!(output.status.success() && is_expected, "{}: {said}", output.status);
}

#[test]
fn a_program_keeps_its_own_style() {
    let mut host = Host::start("thermometer", &[("QT_QUICK_CONTROLS_STYLE", "Basic")]);
    host.wait_for_curves(600);
    host.close("Thermometer");
}
