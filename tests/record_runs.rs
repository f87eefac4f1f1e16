//! Runs on disk: made, listed, found by what people call them, and removed, whatever they are called.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what stands outside the test functions serves them")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use kymograph::record::{DataDir, LOG_NAME, META_NAME, RecordError, RunAbout, RunState, Spill};

use record_support::{Place, finished, ledger, start};

mod record_support;

#[test]
fn a_run_tells_of_itself_from_start_to_end() {
    let place = Place::new();
    let command = vec!["python3".to_owned(), "train.py".to_owned(), "a b\n".to_owned()];
    let about = RunAbout {
        name: "my run".to_owned(),
        kind: "command".to_owned(),
        command: command.clone(),
        ..RunAbout::default()
    };
    let run = place.data.create_run(&about).unwrap();
    let mode = fs::metadata(run.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "private to the user");
    let before = place.data.find_run("my run").unwrap();
    assert_eq!(before.state, RunState::Running);
    assert_eq!(before.meta.as_ref().unwrap(), run.meta());
    let recorder = start(run);
    recorder.handle().item(&ledger(0, 0, 10));
    recorder.finish(finished()).unwrap();
    let after = place.data.find_run("my run").unwrap();
    let meta = after.meta.clone().unwrap();
    assert_eq!((after.state, meta.exit_code, meta.samples), (RunState::Finished, Some(0), Some(10)));
    assert_eq!((meta.command, meta.kind.as_str(), meta.pid), (command, "command", std::process::id()));
    assert_eq!(meta.log_bytes, Some(after.log_bytes));
    assert!(meta.end.unwrap() >= meta.start && meta.start.contains('T'));
    let id = after.id().unwrap();
    assert!(after.dir_name().ends_with(&format!("-my-run-{id}")), "{}", after.dir_name());
}

#[test]
fn names_hostile_never_leave_their_directory() {
    let place = Place::new();
    let names = [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a\0b",
        "a\nb\u{1b}[31m",
        "\u{202e}gnp",
        "-rf *",
        &"x/".repeat(2048),
    ];
    for name in names {
        let run = place.run(name);
        assert_eq!(run.path().parent(), Some(place.data.runs().as_path()), "{name:?}");
        let dir_name = run.path().file_name().unwrap().to_str().unwrap();
        assert!(dir_name.len() <= 80 && !dir_name.contains(char::is_control), "{dir_name:?}");
        assert_eq!(run.meta().name, name, "the name itself is kept as it is");
    }
    assert_eq!(fs::read_dir(place.dir.path()).unwrap().count(), 1, "nothing but the runs");
    assert_eq!(place.data.list().unwrap().len(), names.len());
    assert_eq!(place.data.find_run("a\nb\u{1b}[31m").unwrap().name(), "a\nb\u{1b}[31m");
}

#[test]
fn second_window_gets_a_run_of_its_own() {
    let place = Place::new();
    let runs: Vec<_> = (0..50).map(|_| place.run("same")).collect();
    let mut paths: Vec<_> = runs.iter().map(|run| run.path().to_owned()).collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 50);
}

#[test]
fn runs_are_found_by_path_id_name_and_beginning() {
    let place = Place::new();
    let (one, two, three) = (place.run("sine"), place.run("sine"), place.run("training"));
    let find = |what: &str| place.data.find_run(what).map(|run| run.path);
    for run in [&one, &two, &three] {
        let path = run.path().to_owned();
        let name = path.file_name().unwrap().to_str().unwrap();
        for what in [name, &run.meta().id, path.to_str().unwrap(), run.log_path().to_str().unwrap()] {
            assert_eq!(find(what).unwrap(), path, "{what}");
        }
        assert_eq!(find(&run.meta().id.to_uppercase()).unwrap(), path);
    }
    assert_eq!(find("train").unwrap(), three.path());
    let error = find("sine").unwrap_err();
    let RecordError::Ambiguous { candidates, .. } = &error else { panic!("{error}") };
    assert_eq!(candidates.len(), 2);
    assert!(candidates.iter().all(|name| error.to_string().contains(name)), "{error}");
    let error = find("cosine").unwrap_err();
    assert!(matches!(&error, RecordError::NotFound { known, .. } if known.len() == 3), "{error}");
    assert!(matches!(find(""), Err(RecordError::NotFound { .. })));
    assert!(matches!(find("./nowhere/at/all"), Err(RecordError::Io { .. })));
    assert!(matches!(find(place.dir.path().to_str().unwrap()), Err(RecordError::NotARun { .. })));
}

#[test]
fn a_damaged_description_hides_no_run() {
    let place = Place::new();
    let run = place.run("good");
    start(run).finish(finished()).unwrap();
    let texts: [&[u8]; 6] = [
        b"",
        b"{",
        b"[]",
        b"{\"id\":1}",
        b"\xff\xfe",
        b"{\"id\":\"a\",\"name\":\"b\",\"state\":\"odd\",\"start\":\"x\"}",
    ];
    for text in texts {
        let run = place.run("bad");
        fs::write(run.path().join(META_NAME), text).unwrap();
    }
    let gone = place.run("gone");
    fs::remove_file(gone.path().join(META_NAME)).unwrap();
    drop(gone);
    // What is no run is passed over.
    fs::create_dir(place.data.runs().join("empty")).unwrap();
    fs::write(place.data.runs().join("file"), "").unwrap();
    symlink(place.data.runs(), place.data.runs().join("link")).unwrap();
    let runs = place.data.list().unwrap();
    assert_eq!(runs.len(), texts.len() + 2);
    for run in &runs {
        assert_eq!(run.fault.is_none(), run.meta.is_some());
        let wanted = if run.meta.is_some() { RunState::Finished } else { RunState::Interrupted };
        assert_eq!(run.state, wanted, "{run:?}");
    }
    assert!(DataDir::new("/nowhere/at/all").list().unwrap().is_empty());
}

#[test]
fn a_run_without_its_writer_is_interrupted() {
    let place = Place::new();
    let run = place.run("lost");
    let path = run.path().to_owned();
    assert_eq!(place.data.list().unwrap()[0].state, RunState::Running);
    drop(run);
    assert_eq!(place.data.list().unwrap()[0].state, RunState::Interrupted);
    fs::remove_file(path.join(LOG_NAME)).unwrap();
    assert_eq!(place.data.list().unwrap()[0].state, RunState::Interrupted);
}

#[test]
fn columns_in_the_file_do_not_make_a_run_live() {
    let place = Place::new();
    let recorder = start(place.run("columns"));
    let item = ledger(0, 0, 5000);
    recorder.handle().item(&item);
    recorder.finish(finished()).unwrap();
    let kymograph::batch::Item::Append(batch) = &item else { unreachable!() };
    let home = batch.y_column().at_home().unwrap();
    let entry = &place.data.list().unwrap()[0];
    place.data.remove(entry).unwrap();
    assert_eq!(home[..], *batch.y());
}

#[test]
fn only_runs_are_removed() {
    let place = Place::new();
    let (live, done) = (place.run("live"), place.run("done"));
    start(done).finish(finished()).unwrap();
    let precious = place.dir.path().join("precious");
    fs::create_dir(&precious).unwrap();
    fs::write(precious.join("file"), "").unwrap();
    let (live, done) =
        (place.data.find_run("live").map(|run| (run, live)).unwrap(), place.data.find_run("done").unwrap());
    assert!(matches!(place.data.remove(&live.0), Err(RecordError::Live { .. })));
    symlink(&precious, done.path.join("link")).unwrap();
    // A run that stands elsewhere, and a link to a run.
    let elsewhere = Place::new();
    let foreign = elsewhere.run("foreign").path().to_owned();
    let foreign = place.data.find_run(foreign.to_str().unwrap()).unwrap();
    assert!(matches!(place.data.remove(&foreign), Err(RecordError::Outside { .. })));
    let mut linked = foreign.clone();
    linked.path = place.data.runs().join("linked");
    symlink(&foreign.path, &linked.path).unwrap();
    assert!(matches!(place.data.remove(&linked), Err(RecordError::NotARun { .. })));
    let mut precious_entry = done.clone();
    precious_entry.path.clone_from(&precious);
    assert!(matches!(place.data.remove(&precious_entry), Err(RecordError::NotARun { .. })));
    place.data.remove(&done).unwrap();
    assert!(!done.path.exists() && precious.join("file").exists() && foreign.path.exists());
    assert!(matches!(place.data.remove(&done), Err(RecordError::NotARun { .. })));
}

#[test]
fn numbers_are_put_aside_in_a_run() {
    let place = Place::new();
    let run = place.run("spill");
    let mut spill = Spill::create(&run).unwrap();
    let column = spill.put(&[1.0, f64::NAN]).unwrap();
    assert_eq!((column[0], column[1].is_nan(), column.is_in_memory()), (1.0, true, false));
    let names: Vec<_> = fs::read_dir(run.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "the log and its description: {names:?}");
}
