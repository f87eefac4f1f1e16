//! Runs each `tests/qml/tst_*.qml` in a process of its own, offscreen. A Qt or QML warning fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use std::env;
use std::ffi::{CString, c_char, c_int};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kymograph::app::host;
use kymograph::app::launch::{self, Launch, Recording};
use kymograph::app::pipeline::{self, JobKind, StartOptions};
use kymograph::app::supervisor::Supervisor;
use kymograph::batch::{Batch, Item, Notice, SeriesId, SeriesInfo};
use kymograph::job::{JobSpec, mailbox};
use kymograph::record::DataDir;
use kymograph::source::SourceError;
use kymograph::source::command::CommandOptions;
use kymograph::source::sine::SineOptions;
use kymograph::store::{LiveSeries, SnapshotSlot};
use libtest_mimic::{Arguments, Failed, Trial};

/// Names the QML file that a child process runs.
const FILE_VARIABLE: &str = "KYMOGRAPH_QML_TEST";

unsafe extern "C" {
    fn kymograph_quick_test(argc: c_int, argv: *mut *mut c_char, folder: *const c_char) -> c_int;
}

fn main() {
    if let Some(file) = env::var_os(FILE_VARIABLE) {
        std::process::exit(run_file(Path::new(&file)));
    }
    let arguments = Arguments::from_args();
    libtest_mimic::run(&arguments, trials()).exit();
}

fn trials() -> Vec<Trial> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/qml");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with("tst_"));
    files.sort();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().trim_start_matches("tst_").to_owned();
    files.into_iter().map(|path| Trial::test(name(&path), move || run_child(&path))).collect()
}

fn run_child(file: &Path) -> Result<(), Failed> {
    let home = private_folder();
    let output = Command::new(env::current_exe().unwrap())
        .env(FILE_VARIABLE, file)
        .env("QT_QPA_PLATFORM", "offscreen")
        .env("LANGUAGE", if file.ends_with("tst_german.qml") { "de" } else { "en" })
        .env("QT_QUICK_CONTROLS_STYLE", "Fusion")
        .env("QML_XHR_ALLOW_FILE_READ", "1")
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("TMPDIR", home.path())
        .env_remove("KYMOGRAPH_DATA_DIR")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let has_warning =
        text.lines().any(|line| ["QWARN", "QCRITICAL", "QFATAL"].iter().any(|word| line.starts_with(word)));
    if output.status.success() && !has_warning { Ok(()) } else { Err(format!("{}\n{text}", output.status).into()) }
}

/// The job that a test's window shows; the usual sine job if the test asks for no other.
fn job_of(file: &Path) -> JobKind {
    match file.file_stem().unwrap().to_string_lossy().as_ref() {
        "tst_worker_panic" => JobKind::custom("breaks", || {
            JobSpec::from_fn("breaks", |out| {
                out.sleep(std::time::Duration::from_millis(20))?;
                if out.elapsed().is_zero() { Ok(()) } else { panic!("the third wheel came off") }
            })
        }),
        "tst_command_flood" => command("seq 1 100000"),
        "tst_command_metrics" => {
            command("for i in 1 2 3 4 5 6 7 8; do echo step=$i loss=0.$i acc=0.$((9-i)); done; echo oops >&2; exit 3")
        }
        "tst_supervised" => command("i=0; while :; do echo value=$i; i=$((i+1)); sleep 0.02; done"),
        "tst_names_hostile" => command(include_str!("data/hostile_output.sh")),
        "tst_recorded_run" => recorded(),
        "tst_endless" | "tst_monkey" | "tst_gui_blocked" => JobKind::Sine(SineOptions {
            iterations: 0,
            receiver_iterations: 0,
            worker_ms: 5,
            receiver_ms: 2,
            ..SineOptions::default()
        }),
        _ => JobKind::default(),
    }
}

fn command(script: &str) -> JobKind {
    let options = CommandOptions { argv: ["sh", "-c", script].map(Into::into).to_vec(), ..CommandOptions::default() };
    JobKind::Command { name: None, options, watch: Box::default() }
}

/// A job that fills a series of its own and one of the program's as fast as it can, until it is stopped.
fn register_flood() {
    host::register_job("flood", || {
        JobSpec::from_fn("flood", |out| {
            let shared = LiveSeries::named("flood");
            let info = SeriesInfo {
                id: SeriesId(0),
                name: "of the job".into(),
                x_label: "step".into(),
                x_is_time: false,
                color: None,
            };
            out.send(Item::Declare(info))?;
            for step in 0_u32.. {
                shared.push(step.into(), f64::from(step % 100));
                out.send(Item::Append(Batch::point(SeriesId(0), 0, step.into(), f64::from(step % 70))))?;
                if step % 64 == 0 {
                    out.sleep(Duration::from_millis(1))?;
                }
            }
            Ok(())
        })
    });
}

/// A run of the sine job that failed at its end, recorded now.
fn recorded() -> JobKind {
    let data_dir = env::temp_dir().join(format!("kymograph-recorded-{}", std::process::id()));
    let kind = JobKind::custom("training", || {
        JobSpec::from_fn("training", |out| {
            for step in 0..50_u32 {
                let stamp_nanos = out.stamp_nanos();
                let loss = Batch::point(SeriesId(0), stamp_nanos, step.into(), 1.0 / f64::from(step + 1));
                out.send(Item::Append(loss))?;
                kymograph::say!(out, "step {step}")?;
            }
            Err::<(), _>(SourceError::Failed("out of memory".into()))
        })
    });
    let options = StartOptions { recording: Recording::Into(data_dir.clone()), ..StartOptions::default() };
    let (mailbox, mut drain) = mailbox();
    let running = pipeline::start(&kind, &SnapshotSlot::new(), mailbox, options).unwrap();
    let mut is_over = false;
    while !is_over {
        drain.wait(Duration::from_millis(20));
        drain.drain(Duration::MAX, |notice| is_over |= matches!(notice, Notice::Failed(_)));
    }
    drop(running);
    let runs = DataDir::new(&data_dir).list().unwrap();
    // The log stays readable for whoever has it open.
    JobKind::Recorded(runs)
}

fn run_file(file: &Path) -> i32 {
    let is_troubled = file.ends_with("tst_recording_trouble.qml");
    let recording = if is_troubled { Recording::Into("/dev/null/runs".into()) } else { Recording::Standard };
    if file.ends_with("tst_embedding.qml") {
        // No program of ours: nobody asked it for anything.
        register_flood();
    } else {
        let program = env!("CARGO_BIN_EXE_kymograph").into();
        let is_supervised = ["tst_supervised.qml", "tst_queue.qml"].iter().any(|name| file.ends_with(name));
        let supervisor = Supervisor { program, data_dir: None, log: log::LevelFilter::Warn };
        let supervisor = is_supervised.then_some(supervisor);
        launch::set(Launch { kind: job_of(file), recording, supervisor, ..Launch::default() });
    }
    kymograph::app::gui::init();
    let words = ["kymograph", "-input", &file.to_string_lossy(), "-import", "qrc:/qt/qml"];
    let owned: Vec<_> = words.iter().map(|word| CString::new(*word).unwrap()).collect();
    let pointers: Vec<_> = owned.iter().map(|word| word.as_ptr().cast_mut()).collect();
    let folder = CString::new(file.parent().unwrap().to_string_lossy().as_ref()).unwrap();
    // Qt keeps the arguments for the life of the process.
    let pointers = Box::leak(pointers.into_boxed_slice());
    // SAFETY: as many valid, terminated strings as `argc` says, and they live on: `owned` lives until the return.
    unsafe { kymograph_quick_test(pointers.len() as c_int, pointers.as_mut_ptr(), folder.as_ptr()) }
}

/// A folder that only this user may enter, as a runtime directory has to be.
fn private_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o700)).tempdir().unwrap()
}
