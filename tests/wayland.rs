//! The program under a Wayland compositor: without a screen and without a keyboard, and in a window of X with both.
#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Wide margins over what takes a second: the machine may be busy.
const LIMIT: Duration = Duration::from_secs(30);

/// A compositor and the folder that its clients find it in.
struct Compositor {
    child: Child,
    home: tempfile::TempDir,
}

impl Compositor {
    /// Without a screen, and without the mouse and the keyboard that any desktop has.
    fn headless() -> Self {
        Self::start(&["--backend=headless-backend.so"])
    }

    /// In a window of X, which gives it a mouse and a keyboard.
    fn in_x() -> Self {
        assert!(std::env::var_os("DISPLAY").is_some(), "no display: run it through scripts/test-env");
        Self::start(&["--backend=x11-backend.so"])
    }

    fn start(backend: &[&str]) -> Self {
        let home = tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o700)).tempdir().unwrap();
        let child = Command::new("weston")
            .args(backend)
            .args(["--socket=kymograph-test", "--width=1280", "--height=900", "--no-config", "--idle-time=0"])
            .env("XDG_RUNTIME_DIR", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("weston: {error}: run scripts/setup test"));
        let compositor = Self { child, home };
        let start = Instant::now();
        while !compositor.home.path().join("kymograph-test").exists() {
            assert!(start.elapsed() < LIMIT, "weston made no socket");
            std::thread::sleep(Duration::from_millis(20));
        }
        compositor
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("XDG_RUNTIME_DIR", self.path())
            .env("WAYLAND_DISPLAY", "kymograph-test")
            .env("QT_QPA_PLATFORM", "wayland")
            .env("QT_QUICK_CONTROLS_STYLE", "Fusion")
            .envs(["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"].map(|name| (name, self.path())))
            .env_remove("KYMOGRAPH_DATA_DIR")
            .current_dir(self.path());
        command
    }

    /// The program, where there may be no keyboard: Qt 6.4 itself crashes there at the first empty text, whose direction it
    /// asks Wayland's input method for. Another input method does not ask.
    fn program(&self) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_kymograph"));
        command.env("QT_IM_MODULE", "compose");
        command
    }

    /// Runs it to its end, or for so long; its exit status and all that it said.
    fn run(&self, mut command: Command, limit: Duration) -> (Option<i32>, String) {
        // A file, because a pipe that nobody reads meanwhile would hold it up.
        let path = self.path().join("said");
        let said = File::create(&path).unwrap();
        command.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() && start.elapsed() < limit {
            std::thread::sleep(Duration::from_millis(10));
        }
        // Nothing happens to a process that has ended.
        _ = child.kill();
        (child.wait().unwrap().code(), std::fs::read_to_string(path).unwrap())
    }
}

impl Drop for Compositor {
    fn drop(&mut self) {
        // It has no state worth an orderly end.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[test]
fn the_window_works_under_wayland() {
    let compositor = Compositor::headless();
    let mut command = compositor.program();
    command.args(["sine", "--worker-ms", "5", "--receiver-ms", "2"]);
    command.args(["--autostart", "--quit-when-done", "--save", "figure.png"]);
    let (status, said) = compositor.run(command, LIMIT);
    // One line says where the figure is; a warning of Qt's would be another.
    assert_eq!((status, said.lines().count()), (Some(0), 1), "{said}");
    assert!(said.contains("figure.png"), "{said}");
    let figure = std::fs::read(compositor.path().join("figure.png")).unwrap();
    assert!(figure.starts_with(b"\x89PNG\r\n\x1a\n") && figure.len() > 2000, "{} bytes", figure.len());
}

/// A program of another's with our figures in its windows; scripts/hosts has built it.
#[test]
fn a_host_works_under_wayland() {
    let compositor = Compositor::headless();
    let host = Path::new(env!("CARGO_BIN_EXE_kymograph")).ancestors().nth(2).unwrap().join("hosts/bin/thermometer");
    let mut command = compositor.command(&host);
    // Says what goes over the wire, a line each.
    command.env("QT_IM_MODULE", "compose").env("WAYLAND_DEBUG", "client");
    let (_, said) = compositor.run(command, Duration::from_secs(5));
    let frames = said.lines().filter(|line| line.contains("wl_surface@") && line.contains("commit()")).count();
    assert!(frames > 20, "only {frames} frames of live data: {said}");
    let warnings: Vec<_> = said.lines().filter(|line| !line.trim_start().starts_with('[')).collect();
    assert!(warnings.is_empty(), "{warnings:?}");
}

/// The desktop knows the window by its application id: that of the desktop file, which has its icon and its name.
#[test]
fn wayland_is_told_the_name_of_the_desktop_file() {
    let compositor = Compositor::headless();
    let mut command = compositor.program();
    command.args(["sine", "--worker-ms", "5", "--receiver-ms", "2", "--autostart", "--quit-when-done"]);
    // Says what goes over the wire, a line each.
    command.env("WAYLAND_DEBUG", "client");
    let (status, said) = compositor.run(command, LIMIT);
    assert_eq!(status, Some(0), "{said}");
    let sent = |request: &str| said.lines().any(|line| line.contains(request));
    assert!(sent("set_app_id(\"io.github.kymograph.Kymograph\")"), "{said}");
    assert!(sent("set_min_size(480, 360)"), "a window cannot be made too small to be used");
}

/// Menus, dialogs and popups open under Wayland and are reached by keys, as under X: the same script looks.
#[test]
fn popups_open_under_wayland() {
    let compositor = Compositor::in_x();
    let mut command = compositor.command("dbus-run-session");
    command.args(["--", "/usr/bin/python3"]);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/accessible.py"));
    command.arg(env!("CARGO_BIN_EXE_kymograph")).env("PYTHONDONTWRITEBYTECODE", "1");
    let (status, said) = compositor.run(command, 8 * LIMIT);
    assert_eq!(status, Some(0), "{said}");
}
