//! Commands as a source, with real child processes that misbehave.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

#[path = "support/recorder.rs"]
mod recorder;

use std::ffi::OsString;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kymograph::batch::{Outcome, Pane, Progress};
use kymograph::source::command::{CommandOptions, CommandSource};
use kymograph::source::{Remote, Source, SourceError};
use recorder::Recorder;

const JOB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/job.py");

/// A command that runs on a thread of its own.
struct Run {
    recorder: Recorder,
    remote: Arc<dyn Remote>,
    thread: JoinHandle<Result<Outcome, SourceError>>,
    mark: String,
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn job(arguments: &[&str]) -> CommandOptions {
    let mut argv = words(&["python3", JOB]);
    argv.extend(words(arguments));
    CommandOptions { argv, ..CommandOptions::default() }
}

/// Runs `options` with a mark of the test's own, so that it can look for what is left behind.
fn spawn(mut options: CommandOptions, recorder: Recorder) -> Run {
    let mark = format!("census-{:x}", rand());
    options.env.push(("CENSUS".into(), mark.clone().into()));
    let mut source = CommandSource::new(options).unwrap();
    let remote = source.remote().unwrap();
    let mut out = recorder.clone();
    let thread = std::thread::Builder::new().name("worker".into()).spawn(move || source.run(&mut out)).unwrap();
    Run { recorder, remote, thread, mark }
}

fn rand() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish()
}

fn run(options: CommandOptions) -> (Recorder, Result<Outcome, SourceError>) {
    let run = spawn(options, Recorder::new());
    let result = run.thread.join().unwrap();
    (run.recorder, result)
}

impl Run {
    /// As the job's control does it: the source's remote first, then its outlet.
    fn stop(&self) {
        let start = Instant::now();
        self.remote.stop();
        self.recorder.with(|record| record.stopping = true);
        assert!(start.elapsed() < Duration::from_millis(500), "stop must not wait");
    }

    fn join(self) -> Result<Outcome, SourceError> {
        self.thread.join().unwrap()
    }

    /// Living processes that carry this test's mark.
    fn census(&self) -> Vec<i32> {
        marked(&self.mark)
    }
}

fn marked(mark: &str) -> Vec<i32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<i32>().ok()) else { continue };
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        let state = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let is_zombie = state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
        let wanted = format!("CENSUS={mark}");
        if !is_zombie && environment.split(|b| *b == 0).any(|e| e == wanted.as_bytes()) {
            found.push(pid);
        }
    }
    found
}

fn wait_until_gone(mark: &str) {
    let start = Instant::now();
    while !marked(mark).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20), "left behind: {:?}", marked(mark));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_hundred_thousand_lines_all_counted_in_order() {
    let start = Instant::now();
    let (recorder, result) = run(job(&["lines", "100000"]));
    eprintln!("100,000 lines in {:?}", start.elapsed());
    let outcome = result.unwrap();
    assert_eq!((outcome.exit_code, outcome.was_stopped), (0, false));
    recorder.with(|record| {
        assert_eq!(record.lines.len(), 100_000);
        for (i, line) in record.lines.iter().enumerate() {
            assert_eq!(line.text, format!("step={i} loss={:?}", i as f64 / 2.0));
            assert_eq!(line.pane, Pane::Worker);
        }
        let loss = record.named("loss");
        assert_eq!(loss.len(), 100_000);
        assert!(loss.iter().enumerate().all(|(i, (x, y))| *x == i as f64 && *y == i as f64 / 2.0));
        assert_eq!(record.series[&0].x_label, "step");
        assert!(record.batches < 2_000, "{} batches: they must be merged", record.batches);
        assert!(record.lines.windows(2).all(|pair| pair[0].time_secs <= pair[1].time_secs));
    });
}

#[test]
fn both_streams_and_last_lines_without_an_end() {
    let (recorder, result) = run(job(&["both"]));
    assert_eq!(result.unwrap().exit_code, 0);
    recorder.with(|record| {
        assert_eq!(record.texts(Pane::Worker), ["out", "out without an end"]);
        assert_eq!(record.texts(Pane::Receiver), ["err", "err without an end"]);
    });
}

#[test]
fn the_exit_code_is_handed_on() {
    match run(job(&["exit-code", "3"])).1 {
        Err(SourceError::Exit { code: 3, text }) => {
            assert!(text.ends_with("exit-code 3 ended with exit code 3") && text.starts_with("python3 "), "{text}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_signal_is_said_in_words() {
    for (signal, code, name) in [("15", 143, "(TERM)"), ("11", 139, "(SEGV")] {
        let (recorder, result) = run(job(&["killed", signal]));
        match result {
            Err(SourceError::Exit { code: found, text }) => {
                assert_eq!(found, code);
                assert!(text.contains(&format!("was ended by signal {signal} {name}")), "{text}");
            }
            other => panic!("{other:?}"),
        }
        recorder.with(|record| assert_eq!(record.texts(Pane::Worker), ["going"]));
    }
}

#[test]
fn what_cannot_run_is_said_with_a_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).into_os_string();
    std::fs::write(path("data"), "x").unwrap();
    let error = |argv: Vec<OsString>, cwd: Option<&str>| {
        let options = CommandOptions { argv, cwd: cwd.map(Into::into), ..CommandOptions::default() };
        run(options).1.unwrap_err().to_string()
    };
    let text = error(words(&["no-such-command-xyz", "1"]), None);
    assert_eq!(text, "cannot run no-such-command-xyz: no such command in PATH; check the spelling, or give its path");
    let text = error(vec![path("data")], None);
    assert!(text.contains("it is not executable; chmod +x it"), "{text}");
    let text = error(vec![path("missing")], None);
    assert!(text.ends_with("there is no such file; check the path"), "{text}");
    let text = error(words(&["true"]), Some("/no/such/directory"));
    assert!(text.contains("the directory /no/such/directory does not exist"), "{text}");
    let text = error(vec![], None);
    assert!(text.contains("no command was given"), "{text}");
    assert!(error(vec!["/".into()], None).contains("it is a directory"));
}

#[test]
fn child_tree_is_gone_within_three_seconds_of_a_stop() {
    let run = spawn(job(&["tree"]), Recorder::new());
    run.recorder.wait_for("ready", |record| !record.lines.is_empty());
    assert_eq!(run.census().len(), 4, "the command and three below it");
    let mark = run.mark.clone();
    let start = Instant::now();
    run.stop();
    let outcome = run.join().unwrap();
    let took = start.elapsed();
    assert!(outcome.was_stopped);
    assert_eq!(marked(&mark), Vec::<i32>::new());
    eprintln!("tree gone after {took:?}");
    // The deaf one is killed after 2 s; 3 s are promised, and a busy machine is forgiven a little.
    assert!(took >= Duration::from_millis(1900) && took < Duration::from_secs(4), "{took:?}");
}

#[test]
fn child_deaf_is_killed_after_the_grace_and_its_last_lines_are_there() {
    let run = spawn(job(&["deaf"]), Recorder::new());
    run.recorder.wait_for("some lines", |record| record.lines.len() > 3);
    let start = Instant::now();
    run.stop();
    let recorder = run.recorder.clone();
    let outcome = run.join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(outcome.exit_code, 137);
    assert!(outcome.summary.contains("signal 9") && outcome.summary.contains("did not heed INT and TERM"));
    recorder.with(|record| {
        let texts = record.texts(Pane::Worker);
        let place = |text: &str| texts.iter().position(|t| *t == text).unwrap_or_else(|| panic!("{text} in {texts:?}"));
        assert!(place("heard 2") < place("heard 15"));
        assert!(place("heard 15") < texts.len() - 1, "what it printed after TERM is there: {texts:?}");
    });
}

#[test]
fn one_that_heeds_int_ends_at_once_and_well() {
    let run = spawn(job(&["polite"]), Recorder::new());
    run.recorder.wait_for("ready", |record| !record.lines.is_empty());
    run.stop();
    let recorder = run.recorder.clone();
    let outcome = run.join().unwrap();
    // TERM, a second later, would end it with 143.
    assert_eq!((outcome.exit_code, outcome.was_stopped), (0, true));
    recorder.with(|record| assert_eq!(record.texts(Pane::Worker), ["ready", "saved"]));
}

#[test]
fn child_tree_of_one_that_forks_wildly_is_killed() {
    let run = spawn(job(&["forks"]), Recorder::new());
    run.recorder.wait_for("ready", |record| !record.lines.is_empty());
    std::thread::sleep(Duration::from_millis(300));
    let mark = run.mark.clone();
    run.stop();
    assert!(run.join().unwrap().was_stopped);
    wait_until_gone(&mark);
}

#[test]
fn child_holds_pipe_and_the_job_ends_after_draining() {
    let start = Instant::now();
    let run = spawn(job(&["holds-pipe"]), Recorder::new());
    run.recorder.wait_for("its last line", |record| record.lines.len() == 2);
    let printed = Instant::now();
    let (recorder, remote, mark) = (run.recorder.clone(), Arc::clone(&run.remote), run.mark.clone());
    let outcome = run.join().unwrap();
    // Python itself needs a moment to end after its last line: 500 ms from then would be unfair to a busy machine.
    assert!(printed.elapsed() < Duration::from_millis(1500), "{:?} of {:?}", printed.elapsed(), start.elapsed());
    assert_eq!(outcome.exit_code, 0);
    recorder.with(|record| {
        assert_eq!(record.texts(Pane::Worker), ["first", "last"]);
        assert_eq!(record.messages, ["a process that the command started still runs"]);
    });
    assert_eq!(remote.memory_bytes(), None);
    let left = marked(&mark);
    assert_eq!(left.len(), 1, "left alone, as a shell does");
    for pid in left {
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::KILL)
            .unwrap();
    }
    wait_until_gone(&mark);
}

#[test]
fn a_stop_works_while_the_channel_is_full() {
    let recorder = Recorder::new();
    recorder.with(|record| record.room = Some(10));
    let run = spawn(job(&["endless"]), recorder);
    run.recorder.wait_for("a full channel", |record| record.lines.len() == 10);
    std::thread::sleep(Duration::from_millis(200));
    let (mark, start) = (run.mark.clone(), Instant::now());
    // Only the source is told: the worker still waits for room, and yet the processes end.
    run.remote.stop();
    wait_until_gone(&mark);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    run.stop();
    assert!(run.join().unwrap().was_stopped);
}

#[test]
fn a_stop_before_the_start_runs_nothing() {
    let mut source = CommandSource::new(job(&["endless"])).unwrap();
    source.remote().unwrap().stop();
    assert!(matches!(source.run(&mut Recorder::new()), Err(SourceError::Stopped(_))));
}

#[test]
fn start_stop_at_any_moment_leaves_nothing() {
    for i in 0..12 {
        let run = spawn(job(&["ticks"]), Recorder::new());
        std::thread::sleep(Duration::from_millis(i * 12));
        run.stop();
        let mark = run.mark.clone();
        match run.join() {
            Ok(outcome) => assert!(outcome.was_stopped),
            Err(SourceError::Stopped(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
        assert_eq!(marked(&mark), Vec::<i32>::new());
    }
}

#[test]
fn child_bytes_garbage_is_shown_and_harmless() {
    let (recorder, result) = run(job(&["garbage"]));
    assert!(result.is_ok());
    recorder.with(|record| {
        let texts = record.texts(Pane::Worker);
        assert_eq!(texts[texts.len() - 2..], ["\u{fffd}\u{fffd} caf\u{fffd}", "red"]);
        assert!(texts.iter().all(|t| t.chars().all(|c| c == '\t' || !c.is_control())));
    });
}

#[test]
fn child_flood_is_split_and_whole() {
    let (recorder, result) = run(job(&["flood", "16"]));
    assert!(result.is_ok());
    recorder.with(|record| {
        assert!(record.lines.iter().all(|l| l.text.len() <= 64 * 1024));
        assert_eq!(record.lines.iter().map(|l| l.text.len()).sum::<usize>(), 16 << 20);
    });
}

#[test]
fn child_bytes_bars_show_their_last_state() {
    let (recorder, result) = run(job(&["bar"]));
    assert!(result.is_ok());
    recorder.with(|record| {
        let texts = record.texts(Pane::Worker);
        assert_eq!(texts[texts.len() - 1], "done");
        assert!(texts[texts.len() - 2].starts_with("100%|"), "{texts:?}");
        assert!(texts.len() >= 5, "{texts:?}");
        // About ten a second: a slow machine takes longer for the hundred states, and shows more of them.
        let secs = record.lines.last().unwrap().time_secs;
        assert!((texts.len() as f64) < secs * 10.0 + 5.0, "{} states in {secs} s", texts.len());
        assert_eq!(record.named("loss").last(), Some(&(100.0, 0.0)));
        assert_eq!(record.progress.last(), Some(&Progress::Steps { done: 100, total: 100 }));
    });
}

#[test]
fn pause_holds_the_processes_and_resume_lets_them_go_on() {
    let run = spawn(job(&["ticks"]), Recorder::new());
    run.recorder.wait_for("ticks", |record| record.lines.len() > 3);
    run.remote.set_paused(true);
    // The signal takes a moment; from then on no line comes.
    std::thread::sleep(Duration::from_millis(700));
    let count = run.recorder.with(|record| record.lines.len());
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(run.recorder.with(|record| record.lines.len()), count);
    run.remote.set_paused(false);
    run.recorder.wait_for("more ticks", |record| record.lines.len() > count + 3);
    run.remote.set_paused(true);
    std::thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    run.stop();
    assert!(run.join().unwrap().was_stopped);
    assert!(start.elapsed() < Duration::from_secs(4), "a held one can be stopped: {:?}", start.elapsed());
}

#[test]
fn memory_of_the_tree_is_told() {
    let run = spawn(job(&["memory"]), Recorder::new());
    run.recorder.wait_for("ready", |record| !record.lines.is_empty());
    let bytes = run.remote.memory_bytes().unwrap();
    assert!((64 << 20..512 << 20).contains(&bytes), "{bytes}");
    run.stop();
    assert!(run.join().is_ok());
}

#[test]
fn the_environment_is_as_promised() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = job(&["environment"]);
    options.cwd = Some(directory.path().to_owned());
    options.env.push(("EXTRA".into(), "more".into()));
    let (recorder, result) = run(options);
    assert!(result.is_ok());
    recorder.with(|record| {
        let texts = record.texts(Pane::Worker);
        let parts: Vec<&str> = texts[0].split(' ').collect();
        assert_eq!((parts[0], parts[2]), ("1", "more"));
        assert!(parts[1].len() >= 32, "{parts:?}");
        let cwd = directory.path().canonicalize().unwrap();
        assert_eq!(texts[1], format!("{} True ''", cwd.display()));
    });
}
