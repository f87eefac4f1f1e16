//! The program as people run it: what it prints, how it ends, what it leaves behind. Never opens a window.
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

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use cli_support::{assert_one_line, stderr};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// The sine job, short.
const SINE: [&str; 9] =
    ["sine", "--iterations", "3", "--worker-ms", "1", "--receiver-iterations", "8", "--receiver-ms", "1"];

fn kymograph(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
    command.args(args).stdin(Stdio::null());
    command
}

fn output(args: &[&str]) -> Output {
    kymograph(args).output().unwrap()
}

/// Runs `sh -c script` as a job without a window.
fn run_script(script: &str) -> Output {
    output(&["run", "--headless", "--", "sh", "-c", script])
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.path(name), content).unwrap();
        self.text(name)
    }
}

/// Width and height as the head of a PNG says.
fn png_size(path: &Path) -> (u32, u32) {
    let bytes = fs::read(path).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n", "{}", path.display());
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// The curves' points in an SVG, as a text to compare: same data, same text.
fn svg(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains("<svg") && text.trim_end().ends_with("</svg>"), "{text:.200}");
    text
}

// `run`.

#[test]
fn a_commands_output_goes_to_the_same_streams() {
    let output = run_script("echo one; echo two >&2; echo three; printf 'no end of line'");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), "one\nthree\nno end of line\n");
    assert_eq!(stderr(&output), "two\n", "the program says nothing of its own while all goes well");
}

#[test]
fn flow_a_slow_reader_gets_every_line_in_order() {
    let script = "i=0; while [ $i -lt 1000 ]; do echo e$i >&2; i=$((i+1)); done; seq 100000";
    let mut child = kymograph(&["run", "--headless", "--", "sh", "-c", script])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let mut errors = child.stderr.take().unwrap();
    let mut read = Vec::new();
    let mut buffer = [0; 16 * 1024];
    // The pipe holds four of these: the program has to wait for its reader again and again.
    loop {
        let count = pipe.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        read.extend_from_slice(&buffer[..count]);
        std::thread::sleep(Duration::from_millis(3));
    }
    let mut said = String::new();
    errors.read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    let expected: String = (1..=100_000).map(|i| format!("{i}\n")).collect();
    assert!(String::from_utf8(read).unwrap() == expected, "the lines are not whole or not in order");
    let numbers = said.lines().filter_map(|line| line.strip_prefix('e')?.parse::<u32>().ok());
    assert!(numbers.eq(0..1000), "the lines of the error output");
}

#[test]
fn exit_codes_are_handed_on() {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -KILL $$", 128 + 9)] {
        assert_eq!(run_script(script).status.code(), Some(code), "{script}");
    }
}

#[test]
fn a_command_that_does_not_exist_is_named_in_one_line() {
    let output = output(&["run", "--headless", "--", "no-such-program-here", "-x"]);
    assert_one_line(&output, &["no-such-program-here"]);
    assert_eq!(stdout(&output), "");
}

#[test]
fn wrong_usage_is_two() {
    for args in [&["run", "--headless"][..], &["run", "--headless", "--"], &["--headless", "--no-such-flag"]] {
        let output = output(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("Usage"), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn a_metrics_pattern_that_is_none_says_why() {
    let output = output(&["run", "--headless", "--metrics", "(?P<loss>[", "--", "true"]);
    assert_one_line(&output, &["--metrics"]);
}

// `sine` and `--save`.

#[test]
fn the_sine_job_leaves_its_figure() {
    let folder = Folder::new();
    let save = folder.text("x.png");
    let args = [&SINE[..], &["--headless", "--save", &save]].concat();
    let output = output(&args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let (width, height) = png_size(&folder.path("x.png"));
    assert!(width >= 100 && height >= 100, "{width}x{height}");
    let said = stderr(&output);
    assert!(said.contains("3 items") && said.contains("x.png"), "{said}");
}

#[test]
fn an_ending_that_names_no_format_is_refused_before_the_job() {
    let folder = Folder::new();
    let touched = folder.text("touched");
    let save = folder.text("x.bmp");
    let started = Instant::now();
    let output = output(&["run", "--headless", "--save", &save, "--", "sh", "-c", &format!("sleep 5; : > {touched}")]);
    assert_one_line(&output, &["x.bmp"]);
    assert!(started.elapsed() < Duration::from_secs(4));
    assert!(!folder.path("touched").exists() && !folder.path("x.bmp").exists());
}

#[test]
fn an_interrupt_ends_an_endless_job_in_order() {
    let folder = Folder::new();
    let save = folder.text("x.svg");
    let endless = ["sine", "--iterations", "0", "--receiver-iterations", "0", "--worker-ms", "5", "--receiver-ms", "5"];
    let args = [&endless[..], &["--headless", "--save", &save]].concat();
    let mut child = kymograph(&args).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert!(child.try_wait().unwrap().is_none(), "it has no end of its own");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let took = wait_bounded(&mut child, Duration::from_secs(2));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(took.is_some(), "it takes longer than 2 s to end");
    svg(&folder.path("x.svg"));
}

fn wait_bounded(child: &mut Child, bound: Duration) -> Option<Duration> {
    let start = Instant::now();
    while start.elapsed() < bound {
        if child.try_wait().unwrap().is_some() {
            return Some(start.elapsed());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    None
}

// `render`.

const TABLE: &str = "step,loss,accuracy\n1,0.9,0.1\n2,0.5,0.5\n3,0.3,0.8\n";

#[test]
fn a_table_is_drawn_into_each_format() {
    let folder = Folder::new();
    let input = folder.write("in.csv", TABLE);
    for (name, head) in [("out.png", &b"\x89PNG"[..]), ("out.svg", b"<"), ("out.pdf", b"%PDF-")] {
        let output = output(&["render", &input, "-o", &folder.text(name)]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        assert!(stderr(&output).is_empty() && output.stdout.is_empty(), "{name}: {}", stderr(&output));
        let bytes = fs::read(folder.path(name)).unwrap();
        assert!(bytes.starts_with(head) && bytes.len() > 500, "{name}: {} bytes", bytes.len());
    }
    let drawn = svg(&folder.path("out.svg"));
    for text in ["loss", "accuracy", "step"] {
        assert!(drawn.contains(text), "no `{text}`");
    }
}

#[test]
fn standard_input_is_drawn_as_a_file_is() {
    let folder = Folder::new();
    let input = folder.write("in.csv", TABLE);
    assert!(output(&["render", &input, "-o", &folder.text("file.svg")]).status.success());
    let mut child = kymograph(&["render", "-", "-o", &folder.text("pipe.svg")]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(TABLE.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(svg(&folder.path("pipe.svg")), svg(&folder.path("file.svg")));
}

#[test]
fn a_header_is_not_needed() {
    let folder = Folder::new();
    let input = folder.write("in.txt", "1 10\n2 20\n3 15\n");
    let output = output(&["render", &input, "-o", &folder.text("out.svg")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    svg(&folder.path("out.svg"));
}

#[test]
fn columns_are_chosen_by_name_or_number() {
    let folder = Folder::new();
    let input = folder.write("in.csv", TABLE);
    let draw = |name: &str, args: &[&str]| {
        let out = folder.text(name);
        let args = [&["render", &input, "-o", &out], args].concat();
        let output = output(&args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
        svg(&folder.path(name))
    };
    let by_name = draw("name.svg", &["--x", "step", "--y", "accuracy"]);
    let by_number = draw("number.svg", &["--x", "1", "--y", "3"]);
    assert_eq!(by_name, by_number);
    assert!(by_name != draw("other.svg", &["--x", "step", "--y", "loss"]), "another column, another curve");
    assert!(by_name != draw("turned.svg", &["--x", "accuracy", "--y", "step"]));
    let missing = output(&["render", &input, "-o", &folder.text("no.svg"), "--y", "los"]);
    assert_one_line(&missing, &["in.csv", "los"]);
}

#[test]
fn iso_times_make_a_calendar_axis() {
    let folder = Folder::new();
    let input =
        folder.write("in.csv", "when,load\n2024-05-03T12:00:00Z,1\n2024-05-03T13:00:00Z,3\n2024-05-03T14:00:00Z,2\n");
    let output = output(&["render", &input, "-o", &folder.text("out.svg")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let drawn = svg(&folder.path("out.svg"));
    assert!(drawn.contains(":00") || drawn.contains(":30"), "no time of day beside x");
}

#[test]
fn an_image_has_the_size_asked_for() {
    let folder = Folder::new();
    let input = folder.write("in.csv", TABLE);
    for (args, size) in [
        (&[][..], (1000, 600)),
        (&["--size", "640x480"], (640, 480)),
        (&["--size", "640x480", "--scale", "2"], (1280, 960)),
        (&["--size", "333x101", "--scale", "1.5"], (500, 152)),
    ] {
        let out = folder.text("out.png");
        let args = [&["render", &input, "-o", &out], args].concat();
        let output = output(&args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
        assert_eq!(png_size(&folder.path("out.png")), size, "{args:?}");
    }
    assert_eq!(output(&["render", &input, "-o", &folder.text("out.png"), "--size", "0x5"]).status.code(), Some(2));
}

#[test]
fn what_cannot_be_drawn_leaves_the_old_file() {
    let folder = Folder::new();
    let old = folder.write("out.png", "the old file");
    fs::create_dir(folder.path("folder")).unwrap();
    let cases = [
        ("empty.csv", Some(""), vec!["empty.csv"]),
        ("missing.csv", None, vec!["missing.csv"]),
        ("folder", None, vec!["folder"]),
        ("bad.csv", Some("a,b\n1,2\n3,4\n5,oops\n6,7\n"), vec!["bad.csv", "4"]),
        ("short.csv", Some("a,b\n1,2\n3\n4,5\n"), vec!["short.csv", "3"]),
        ("words.csv", Some("a,b\n"), vec!["words.csv"]),
    ];
    for (name, content, parts) in cases {
        if let Some(content) = content {
            folder.write(name, content);
        }
        let output = output(&["render", &folder.text(name), "-o", &old]);
        assert_one_line(&output, &parts);
        assert_eq!(fs::read_to_string(&old).unwrap(), "the old file", "{name}");
    }
    let left: Vec<_> = fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("out.png.")), "nothing half done: {left:?}");
}

#[test]
fn an_output_that_cannot_be_is_said_in_one_line() {
    let folder = Folder::new();
    let input = folder.write("in.csv", TABLE);
    assert_one_line(&output(&["render", &input, "-o", &folder.text("out.bmp")]), &["out.bmp"]);
    assert_one_line(&output(&["render", &input, "-o", &folder.text("no/such/out.png")]), &["out.png"]);
}
