//! Where clients and viewers meet: what the socket's place must be, and `kymograph serve`, which waits there.
//!
//! A server is a process of its own, because it catches signals: this test program started again for its one ignored
//! test, which runs the library's `serve` with a stand-in for the viewer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use kymograph::app::serve::{self, MAX_VIEWERS, ServeOptions};
use kymograph::source::client::socket::{LOCK_NAME, SocketError, SocketPlace, own_uid, peer_uid};
use rustix::process::{Pid, Signal, getpgid, kill_process, test_kill_process};
use tempfile::TempDir;

/// Longest wait for anything.
const LIMIT: Duration = Duration::from_secs(20);

/// A user who is not the one that runs the tests.
const NOBODY: u32 = 65_534;

/// A stand-in for the viewer: hands back what it gets.
const ECHO: &str = "exec cat >&0";

/// The same, after it has said its process id and its arguments.
const ECHO_AND_ABOUT: &str = "echo $$ $* >&0; exec cat >&0";

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Whether the tests may give files away; says so where they may not.
fn is_root(test: &str) -> bool {
    let is_root = own_uid() == 0;
    if !is_root {
        eprintln!("{test}: skipped in part: only root can have files, or processes, of another user");
    }
    is_root
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        set_mode(folder.0.path(), 0o700);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn dir(&self, name: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        DirBuilder::new().mode(0o700).create(&path).unwrap();
        set_mode(&path, mode);
        path
    }
}

fn own_dir(dir: &Path) -> SocketPlace {
    SocketPlace::in_dir_of_its_own(dir.to_owned())
}

fn refused(place: &SocketPlace) -> SocketError {
    place.listen().expect_err("it was accepted")
}

// The place.

#[test]
fn the_path_is_the_first_that_is_set() {
    let folder = Folder::new();
    let run_user = folder.dir("run", 0o755);
    let path = |set: &[(&str, &str)], uid: u32| {
        let set: HashMap<_, _> = set.iter().copied().collect();
        SocketPlace::resolve(|name| set.get(name).map(OsString::from), uid, &run_user).map(|place| place.path())
    };
    let both = [("KYMOGRAPH_SOCKET", "/a/b.sock"), ("XDG_RUNTIME_DIR", "/run/x")];
    assert_eq!(path(&both, 7).unwrap(), Path::new("/a/b.sock"));
    assert_eq!(path(&both[1..], 7).unwrap(), Path::new("/run/x/kymograph/viewer.sock"));
    let neither = [("KYMOGRAPH_SOCKET", ""), ("XDG_RUNTIME_DIR", "relative")];
    assert_eq!(path(&neither, 7).unwrap(), Path::new("/tmp/kymograph-7/viewer.sock"));
    folder.dir("run/7", 0o700);
    assert_eq!(path(&neither, 7).unwrap(), run_user.join("7/kymograph/viewer.sock"));
    assert_eq!(path(&[], 8).unwrap(), Path::new("/tmp/kymograph-8/viewer.sock"));
    for wrong in ["/", "..", "/a/", "a/.."] {
        let error = path(&[("KYMOGRAPH_SOCKET", wrong)], 7).unwrap_err();
        assert!(matches!(error, SocketError::NoName { .. }), "{wrong}: {error}");
    }
}

#[test]
fn the_directory_is_made_for_the_user_alone() {
    let folder = Folder::new();
    let dir = folder.path("kymograph");
    let listener = own_dir(&dir).listen().unwrap().expect("the lock is free");
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("viewer.sock")), 0o600);
    assert_eq!(mode(&dir.join(LOCK_NAME)), 0o600);
    let client = UnixStream::connect(dir.join("viewer.sock")).unwrap();
    let connection = listener.accept().unwrap().expect("a connection waits");
    assert!(listener.accept().unwrap().is_none(), "one only");
    assert_eq!(peer_uid(&connection).unwrap(), own_uid());
    assert_eq!(peer_uid(&client).unwrap(), own_uid());
    drop(listener);
    assert!(!dir.join("viewer.sock").exists(), "the socket goes with its listener");
    assert!(dir.join(LOCK_NAME).exists(), "the lock's file stays: a new one would be another lock");
}

#[test]
fn a_path_that_is_too_long_is_said_in_words() {
    let folder = Folder::new();
    let room = 107 - folder.0.path().as_os_str().len() - 1;
    let longest = SocketPlace::at(&folder.path(&"s".repeat(room))).unwrap();
    assert_eq!(longest.path().as_os_str().len(), 107);
    drop(longest.listen().unwrap().expect("the longest path that the system takes"));
    let error = refused(&SocketPlace::at(&folder.path(&"s".repeat(room + 1))).unwrap());
    assert!(matches!(error, SocketError::TooLong { bytes: 108, .. }), "{error}");
    assert!(
        error.to_string().contains("at most 107 bytes") && error.to_string().contains("KYMOGRAPH_SOCKET"),
        "{error}"
    );
}

#[test]
fn client_other_user_directory_of_a_wrong_mode_is_refused() {
    let folder = Folder::new();
    for wrong in [0o755, 0o770, 0o701, 0o777, 0o1777, 0o600] {
        let dir = folder.dir(&format!("{wrong:o}"), wrong);
        let error = refused(&own_dir(&dir));
        assert!(matches!(error, SocketError::OpenToOthers { mode, .. } if mode == wrong), "{wrong:o}: {error}");
        assert_eq!(mode(&dir), wrong, "left as it is");
        assert_eq!(fs::read_dir(&dir).map_or(0, Iterator::count), 0, "{wrong:o}: nothing was made in it");
    }
}

#[test]
fn client_other_user_chosen_directory_may_be_read_but_not_written() {
    let folder = Folder::new();
    for (mode, is_right) in [(0o700, true), (0o755, true), (0o775, false), (0o757, false), (0o1777, false)] {
        let place = SocketPlace::at(&folder.dir(&format!("{mode:o}"), mode).join("a.sock")).unwrap();
        match place.listen() {
            Ok(listener) => assert!(is_right && listener.is_some(), "{mode:o}"),
            Err(error) => assert!(!is_right && matches!(error, SocketError::OpenToOthers { .. }), "{mode:o}: {error}"),
        }
    }
    let missing = folder.path("missing");
    let error = refused(&SocketPlace::at(&missing.join("a.sock")).unwrap());
    assert!(matches!(&error, SocketError::Io { source, .. } if source.kind() == ErrorKind::NotFound), "{error}");
    assert!(!missing.exists(), "it is not ours to make");
}

#[test]
fn client_other_user_symbolic_link_for_a_directory_is_refused() {
    let folder = Folder::new();
    let real = folder.dir("real", 0o700);
    symlink(&real, folder.path("link")).unwrap();
    symlink(folder.path("nowhere"), folder.path("broken")).unwrap();
    fs::write(folder.path("file"), "").unwrap();
    for name in ["link", "broken", "file"] {
        let error = refused(&own_dir(&folder.path(name)));
        assert!(matches!(error, SocketError::NotADir { .. }), "{name}: {error}");
    }
    let error = refused(&SocketPlace::at(&folder.path("link").join("a.sock")).unwrap());
    assert!(matches!(error, SocketError::NotADir { .. }), "{error}");
    assert_eq!(fs::read_dir(&real).unwrap().count(), 0, "nothing was made behind the link");
    assert!(!folder.path("nowhere").exists());
}

#[test]
fn client_other_user_place_in_which_others_rename_is_refused() {
    let folder = Folder::new();
    let above = folder.dir("above", 0o777);
    let error = refused(&own_dir(&above.join("kymograph")));
    assert!(matches!(&error, SocketError::OpenToOthers { path, mode: 0o777, .. } if *path == above), "{error}");
    assert!(!above.join("kymograph").exists());
    set_mode(&above, 0o1777);
    assert!(own_dir(&above.join("kymograph")).listen().unwrap().is_some(), "as in /tmp");
}

#[test]
fn client_other_user_foreign_directory_is_refused() {
    if !is_root("client_other_user_foreign_directory_is_refused") {
        return;
    }
    let folder = Folder::new();
    let foreign = folder.dir("foreign", 0o700);
    chown(&foreign, Some(NOBODY), Some(NOBODY)).unwrap();
    // As the directory itself, of choice or not, and as the runtime directory above it.
    let places =
        [own_dir(&foreign), SocketPlace::at(&foreign.join("a.sock")).unwrap(), own_dir(&foreign.join("kymograph"))];
    for place in places {
        let error = refused(&place);
        assert!(matches!(&error, SocketError::OtherOwner { path, uid: NOBODY } if *path == foreign), "{error}");
    }
    assert_eq!(fs::read_dir(&foreign).unwrap().count(), 0);
}

#[test]
fn client_other_user_squatted_socket_is_left_alone() {
    let folder = Folder::new();
    let socket = folder.path("viewer.sock");
    let place = own_dir(folder.0.path());
    fs::write(&socket, "precious").unwrap();
    let error = refused(&place);
    assert!(matches!(error, SocketError::InTheWay { .. }), "{error}");
    assert_eq!(fs::read_to_string(&socket).unwrap(), "precious");
    fs::remove_file(&socket).unwrap();

    symlink(folder.path("elsewhere"), &socket).unwrap();
    assert!(matches!(refused(&place), SocketError::InTheWay { .. }));
    assert!(fs::symlink_metadata(&socket).unwrap().is_symlink() && !folder.path("elsewhere").exists());
    fs::remove_file(&socket).unwrap();

    if is_root("client_other_user_squatted_socket_is_left_alone") {
        drop(UnixListener::bind(&socket).unwrap());
        chown(&socket, Some(NOBODY), Some(NOBODY)).unwrap();
        let error = refused(&place);
        assert!(matches!(error, SocketError::OtherOwner { uid: NOBODY, .. }), "{error}");
        assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
    }
}

#[test]
fn client_other_user_squatted_lock_is_left_alone() {
    let folder = Folder::new();
    let lock = folder.path(LOCK_NAME);
    let place = own_dir(folder.0.path());
    symlink(folder.path("elsewhere"), &lock).unwrap();
    assert!(matches!(refused(&place), SocketError::InTheWay { .. }));
    assert!(!folder.path("elsewhere").exists(), "nothing was made behind the link");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    assert!(matches!(refused(&place), SocketError::InTheWay { .. }));
    fs::remove_dir(&lock).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, &lock, 0o600.into()).unwrap();
    assert!(matches!(refused(&place), SocketError::InTheWay { .. }), "and without waiting for a writer");
    fs::remove_file(&lock).unwrap();
    if is_root("client_other_user_squatted_lock_is_left_alone") {
        fs::write(&lock, "").unwrap();
        chown(&lock, Some(NOBODY), Some(NOBODY)).unwrap();
        assert!(matches!(refused(&place), SocketError::OtherOwner { uid: NOBODY, .. }));
    }
    assert!(!folder.path("viewer.sock").exists());
}

#[test]
fn a_socket_that_was_left_behind_is_replaced() {
    let folder = Folder::new();
    let socket = folder.path("viewer.sock");
    drop(UnixListener::bind(&socket).unwrap());
    assert!(UnixStream::connect(&socket).is_err(), "nobody listens");
    let listener = own_dir(folder.0.path()).listen().unwrap().expect("the lock is free");
    let _client = UnixStream::connect(&socket).unwrap();
    assert!(listener.accept().unwrap().is_some());
    assert_eq!(mode(&socket), 0o600);
}

#[test]
fn a_socket_that_somebody_listens_at_is_not_replaced() {
    let folder = Folder::new();
    let path = folder.path("a.sock");
    let place = SocketPlace::at(&path).unwrap();
    let other = UnixListener::bind(&path).unwrap();
    let error = refused(&place);
    assert!(matches!(error, SocketError::Taken { .. }), "{error}");
    let _client = UnixStream::connect(&path).unwrap();
    drop(other);
    fs::remove_file(&path).unwrap();
    let _other = UnixDatagram::bind(&path).unwrap();
    assert!(matches!(refused(&place), SocketError::Taken { .. }));
}

#[test]
fn only_one_listens() {
    let folder = Folder::new();
    let place = own_dir(folder.0.path());
    let first = place.listen().unwrap().expect("the lock is free");
    assert!(place.listen().unwrap().is_none(), "the lock is held");
    let _client = UnixStream::connect(first.path()).unwrap();
    assert!(first.accept().unwrap().is_some(), "the second has taken nothing away");
    drop(first);
    assert!(place.listen().unwrap().is_some(), "the lock is free again");
}

#[test]
fn only_its_own_socket_is_taken_away() {
    let folder = Folder::new();
    let listener = own_dir(folder.0.path()).listen().unwrap().expect("the lock is free");
    let path = listener.path();
    fs::rename(&path, folder.path("moved")).unwrap();
    fs::write(&path, "another's").unwrap();
    drop(listener);
    assert_eq!(fs::read_to_string(&path).unwrap(), "another's");
}

// The server.

/// Not a test: a server for the tests below, in a process that gets its signals alone.
#[test]
#[ignore = "the tests start it as a process of its own"]
fn stand_in_server() {
    // Nobody has started it for a purpose, as with `--run-ignored`.
    let Some(socket) = env::var_os("STAND_IN_SOCKET") else { return };
    env_logger::Builder::new().filter_level(log::LevelFilter::Debug).init();
    let args = env::var("STAND_IN_ARGS").unwrap();
    serve::run(&ServeOptions {
        place: SocketPlace::at(Path::new(&socket)).unwrap(),
        program: env::var_os("STAND_IN_PROGRAM").unwrap().into(),
        args: args.split('\n').map(OsString::from).collect(),
        idle: Duration::from_millis(env::var("STAND_IN_IDLE_MS").unwrap().parse().unwrap()),
    })
    .unwrap();
}

/// Not a test: another user who tries to connect; says on standard error what came of it.
#[test]
#[ignore = "the tests start it as a process of another user"]
fn stand_in_client() {
    let Some(socket) = env::var_os("STAND_IN_CONNECT") else { return };
    let mut connection = UnixStream::connect(socket).unwrap();
    connection.set_read_timeout(Some(LIMIT)).unwrap();
    let mut said = Vec::new();
    // A server that closes what was not read cuts the connection.
    let end = connection.write_all(b"hello").and_then(|()| connection.read_to_end(&mut said));
    eprintln!("connected as {}, heard {said:?}, end {:?}", own_uid(), end.map_err(|error| error.kind()));
}

/// This program once more, for one of its ignored tests.
fn again(test: &str) -> Command {
    // By this name it is found even where its folder is closed to the user who runs it.
    let mut command = Command::new("/proc/self/exe");
    command.args(["--exact", test, "--ignored", "--nocapture"]).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

struct Served {
    folder: Folder,
    process: Child,
}

impl Served {
    /// A server whose viewers are `sh -c script`.
    fn new(script: &str, idle_ms: u64) -> Self {
        Self::with_program("/bin/sh", &format!("-c\n{script}\nsh\nclient\n--log\nwarn"), idle_ms)
    }

    fn with_program(program: &str, args: &str, idle_ms: u64) -> Self {
        let folder = Folder::new();
        let process = again("stand_in_server")
            .env("STAND_IN_SOCKET", folder.path("viewer.sock"))
            .env("STAND_IN_PROGRAM", program)
            .env("STAND_IN_ARGS", args)
            .env("STAND_IN_IDLE_MS", idle_ms.to_string())
            .stderr(File::create(folder.path("log")).unwrap())
            .spawn()
            .unwrap();
        let served = Self { folder, process };
        wait_until("the server", || served.log().contains("waiting at"));
        served
    }

    fn socket(&self) -> PathBuf {
        self.folder.path("viewer.sock")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path("log")).unwrap()
    }

    fn connect(&self) -> UnixStream {
        let connection = UnixStream::connect(self.socket()).unwrap();
        connection.set_read_timeout(Some(LIMIT)).unwrap();
        connection
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    /// How it ended, once it has.
    fn end(&mut self) -> ExitStatus {
        end(&mut self.process)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

fn end(process: &mut Child) -> ExitStatus {
    let mut status = None;
    wait_until("the end of a process", || {
        status = process.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

/// Sends bytes and gets them back.
fn echo(connection: &mut UnixStream, bytes: &[u8]) {
    connection.write_all(bytes).unwrap();
    let mut back = vec![0; bytes.len()];
    connection.read_exact(&mut back).unwrap();
    assert_eq!(back, bytes);
}

/// The rest of what is said, to the end of the connection.
fn rest(connection: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn line(connection: &mut UnixStream) -> String {
    let mut bytes = Vec::new();
    while bytes.last() != Some(&b'\n') {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap().trim_end().to_owned()
}

/// The reason in a frame `refused`, which must be all there is.
fn refusal(bytes: &[u8]) -> String {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((number(0), number(4)), (bytes.len() - 8, 0), "{bytes:?}");
    let head: serde_json::Value = serde_json::from_slice(&bytes[8..]).unwrap();
    assert_eq!(head["t"], "refused");
    head["reason"].as_str().unwrap().to_owned()
}

fn is_alive(pid: Pid) -> bool {
    test_kill_process(pid).is_ok()
}

#[test]
fn each_connection_gets_a_viewer_with_its_bytes() {
    let served = Served::new(ECHO_AND_ABOUT, 60_000);
    let (mut one, mut two) = (served.connect(), served.connect());
    let abouts = [line(&mut one), line(&mut two)];
    let pids = abouts.map(|about| {
        let (pid, args) = about.split_once(' ').unwrap();
        assert_eq!(args, "client --log warn");
        Pid::from_raw(pid.parse().unwrap()).unwrap()
    });
    assert_ne!(pids[0], pids[1]);
    for pid in pids {
        assert_eq!(getpgid(Some(pid)).unwrap(), pid, "a group of its own: a Ctrl+C at the terminal passes it by");
    }
    let all: Vec<u8> = (0..=255).cycle().take(40_000).collect();
    let other: Vec<u8> = all.iter().rev().copied().collect();
    for _ in 0..8 {
        echo(&mut one, &all);
        echo(&mut two, &other);
    }
    one.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&mut one).unwrap(), b"", "the viewer was the last to hold it");
    wait_until("the end of the first viewer", || !is_alive(pids[0]));
    echo(&mut two, b"still here");
}

#[test]
fn a_viewer_prints_to_nobody() {
    let served = Served::new("t=$(readlink /proc/$$/fd/1); echo $t >&0; echo to nobody; echo to the log >&2", 60_000);
    assert_eq!(rest(&mut served.connect()).unwrap(), b"/dev/null\n");
    wait_until("the line", || served.log().contains("to the log"));
}

#[test]
fn it_ends_when_it_had_no_viewer_for_a_while() {
    let mut served = Served::new(ECHO, 400);
    let mut connection = served.connect();
    echo(&mut connection, b"a");
    // Real time: what is tested is that this wait does not end it.
    std::thread::sleep(Duration::from_millis(900));
    echo(&mut connection, b"b");
    let left = Instant::now();
    drop(connection);
    assert!(served.end().success(), "{}", served.log());
    assert!(left.elapsed() >= Duration::from_millis(400), "it waited from the end of the viewer on");
    assert!(!served.socket().exists());
}

#[test]
fn start_stop_a_signal_ends_it_and_leaves_the_viewers() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut served = Served::new(ECHO_AND_ABOUT, 60_000);
        let mut connection = served.connect();
        let pid: i32 = line(&mut connection).split(' ').next().unwrap().parse().unwrap();
        let asked = Instant::now();
        served.signal(signal);
        assert_eq!(served.end().code(), Some(0), "{}", served.log());
        assert!(asked.elapsed() < Duration::from_secs(2), "at once");
        assert!(!served.socket().exists());
        echo(&mut connection, b"goes on");
        drop(connection);
        wait_until("the viewer's own end", || !is_alive(Pid::from_raw(pid).unwrap()));
    }
}

#[test]
fn one_viewer_too_many_is_refused() {
    let served = Served::new(ECHO, 60_000);
    let mut viewers: Vec<_> = (0..MAX_VIEWERS).map(|_| served.connect()).collect();
    for viewer in &mut viewers {
        echo(viewer, b"in");
    }
    let reason = refusal(&rest(&mut served.connect()).unwrap());
    assert!(reason.contains("64 viewers"), "{reason}");
    for viewer in &mut viewers {
        echo(viewer, b"still in");
    }
    drop(viewers.pop());
    wait_until("room", || served.log().contains("has ended"));
    echo(&mut served.connect(), b"in again");
}

#[test]
fn a_viewer_that_cannot_be_started_is_told() {
    let served = Served::with_program("/nonexistent/kymograph", "client", 60_000);
    for _ in 0..2 {
        let reason = refusal(&rest(&mut served.connect()).unwrap());
        assert!(reason.contains("cannot be started"), "{reason}");
    }
    assert!(served.log().contains("/nonexistent/kymograph"), "{}", served.log());
}

#[test]
fn client_other_user_connection_is_refused() {
    if !is_root("client_other_user_connection_is_refused") {
        return;
    }
    let served = Served::new(ECHO, 60_000);
    let nobody = |socket: &Path| {
        let output = again("stand_in_client")
            .env("STAND_IN_CONNECT", socket)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .current_dir("/")
            .uid(NOBODY)
            .gid(NOBODY)
            .output()
            .unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let said = nobody(&served.socket());
    assert!(said.contains("PermissionDenied"), "the modes alone keep others out: {said}");
    // As if they did not.
    set_mode(served.folder.0.path(), 0o755);
    set_mode(&served.socket(), 0o777);
    let said = nobody(&served.socket());
    assert!(said.contains(&format!("connected as {NOBODY}, heard []")), "{said}");
    assert!(served.log().contains(&format!("another user (uid {NOBODY})")), "{}", served.log());
    assert!(!served.log().contains("has started"), "no viewer: {}", served.log());
    echo(&mut served.connect(), b"ours is served");
}

// The program.

fn kymograph(socket: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
    command.arg("serve").args(args).env("KYMOGRAPH_SOCKET", socket).stdin(Stdio::null());
    command
}

#[test]
fn second_window_a_second_server_leaves_it_to_the_first() {
    let served = Served::new(ECHO, 60_000);
    let quiet = kymograph(&served.socket(), &[]).output().unwrap();
    assert!(quiet.status.success());
    assert_eq!((quiet.stdout, quiet.stderr), (Vec::new(), Vec::new()));
    let open = kymograph(&served.socket(), &["--log", "info"]).output().unwrap();
    assert!(open.status.success());
    assert!(String::from_utf8(open.stderr).unwrap().contains("somebody waits there already"));
    echo(&mut served.connect(), b"served by the first");
}

#[test]
fn the_program_waits_and_ends_by_itself() {
    let folder = Folder::new();
    let socket = folder.path("viewer.sock");
    let mut process = kymograph(&socket, &["--idle-secs", "1"]).spawn().unwrap();
    wait_until("the socket", || socket.exists());
    assert!(end(&mut process).success());
    assert!(!socket.exists());
    assert!(folder.path(LOCK_NAME).exists());
}

#[test]
fn the_program_says_in_one_line_why_it_cannot_wait() {
    let folder = Folder::new();
    let socket = folder.dir("open", 0o777).join("viewer.sock");
    let output = kymograph(&socket, &[]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("kymograph: ") && said.contains("its mode is 0777"), "{said}");
}
