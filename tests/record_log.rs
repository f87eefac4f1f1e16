//! A log says exactly what was recorded, in order; cut or damaged, it says all that is left and what is missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what stands outside the test functions serves them")]

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use kymograph::batch::{Batch, Item, Notice, Progress, SeriesId, Stream, Xs};
use kymograph::record::{Body, HOME_LEN, LogReader, LossKind, RecordError, RunState};

use record_support::start as start_recorder;
use record_support::{Place, all_kinds, finished, ledger, ledger_of, push, read, same, start};

mod record_support;

#[test]
fn what_was_recorded_is_read_to_the_bit() {
    let place = Place::new();
    let run = place.run("all kinds");
    let (path, meta) = (run.log_path(), run.meta().clone());
    let recorder = start(run);
    let handle = recorder.handle();
    let pushed = all_kinds();
    for body in &pushed {
        push(&recorder, body);
    }
    let stats = recorder.finish(finished()).unwrap();
    let (entries, reader) = read(&path);
    let header = reader.header().unwrap();
    assert_eq!((&header.run_id, &header.name), (&meta.id, &meta.name));
    assert!(reader.lost().is_empty(), "{:?}", reader.lost());
    assert_eq!(entries.len(), pushed.len() + 1);
    for (entry, body) in entries.iter().zip(&pushed) {
        assert!(same(&entry.body, body), "{entry:?} is not {body:?}");
    }
    assert_eq!(entries.last().unwrap().body, Body::End(finished()));
    assert!(entries.iter().zip(1..).all(|(entry, seq)| entry.seq == seq));
    assert!(entries.windows(2).all(|pair| pair[0].time_nanos <= pair[1].time_nanos));
    assert_eq!((stats.records, stats.records_synced), (entries.len() as u64 + 1, entries.len() as u64 + 1));
    assert_eq!((stats.samples, stats.bytes), (19, fs::metadata(&path).unwrap().len()));
    assert_eq!(handle.stats(), stats);
}

#[test]
fn large_columns_are_mapped_and_told_their_place() {
    let place = Place::new();
    let run = place.run("large");
    let path = run.log_path();
    let recorder = start(run);
    let mut pushed = Vec::new();
    // Through the buffer and past it, with a small one between, so that each place would be wrong if one were.
    for count in [HOME_LEN - 1, HOME_LEN, 5000, 3, 100_000, 1, 1_000_000, 2000] {
        let values = |factor: f64| (0..count).map(|i| i as f64 * factor).collect::<Vec<_>>();
        let x = Xs::Explicit(values(0.5).into());
        pushed.push(Batch::new(SeriesId(0), 0, x, values(3.0)).unwrap());
        pushed.push(Batch::steps(SeriesId(1), 0, 0.0, 1.0, values(7.0)));
    }
    for batch in &pushed {
        recorder.handle().item(&Item::Append(batch.clone()));
    }
    recorder.finish(finished()).unwrap();
    let (entries, reader) = read(&path);
    assert!(reader.lost().is_empty());
    for (batch, entry) in pushed.iter().zip(&entries) {
        let Body::Item(Item::Append(found)) = &entry.body else { panic!("{entry:?}") };
        assert_eq!(found, batch);
        let columns = |batch: &Batch| {
            let x = if let Xs::Explicit(x) = batch.x() { Some(x.clone()) } else { None };
            x.into_iter().chain([batch.y_column().clone()]).collect::<Vec<_>>()
        };
        for (column, found) in columns(batch).into_iter().zip(columns(found)) {
            let home = column.at_home();
            assert_eq!(home.is_some(), column.len() >= HOME_LEN, "{} samples", column.len());
            if let Some(home) = home {
                assert_eq!(home, column);
                assert_eq!((home.heap_bytes(), found.heap_bytes()), (0, 0), "both are mapped in place");
            }
        }
    }
    // The file may go: who looks at a column keeps it.
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
    let last = pushed.last().unwrap();
    assert_eq!(last.y_column().at_home().unwrap()[..], *last.y());
}

/// A small log with one of each kind, and where its records end.
fn small_log() -> (Vec<u8>, Vec<usize>) {
    let place = Place::new();
    let run = place.run("small");
    let path = run.log_path();
    let recorder = start(run);
    for mut body in all_kinds() {
        if let Body::Notice(kymograph::batch::Notice::Message(message)) = &mut body {
            message.text.truncate(40);
        }
        push(&recorder, &body);
    }
    recorder.finish(finished()).unwrap();
    let bytes = fs::read(&path).unwrap();
    let mut ends = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at += 16 + u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
        ends.push(at);
    }
    assert_eq!(at, bytes.len());
    (bytes, ends)
}

#[test]
fn log_cut_at_every_byte_leaves_the_exact_prefix() {
    let (bytes, ends) = small_log();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    fs::write(&path, &bytes).unwrap();
    let (whole, _) = read(&path);
    for cut in 0..=bytes.len() {
        fs::write(&path, &bytes[..cut]).unwrap();
        let (entries, reader) = read(&path);
        let records = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(reader.header().is_some(), records > 0);
        assert_eq!(entries.len(), records.saturating_sub(1), "cut at {cut}");
        assert!(entries.iter().zip(&whole).all(|(entry, other)| same(&entry.body, &other.body)));
        let start = records.checked_sub(1).map_or(0, |last| ends[last]);
        let lost: Vec<_> = reader.lost().iter().map(|loss| (loss.kind, loss.range.clone())).collect();
        let wanted = if start == cut { vec![] } else { vec![(LossKind::Cut, start as u64..cut as u64)] };
        assert_eq!(lost, wanted, "cut at {cut}");
    }
}

#[test]
fn log_flip_of_every_bit_loses_one_record_and_says_so() {
    let (bytes, ends) = small_log();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    fs::write(&path, &bytes).unwrap();
    let (whole, _) = read(&path);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        // A new file, so that the mapping of the one before is not changed under it.
        fs::remove_file(&path).unwrap();
        fs::write(&path, &flipped).unwrap();
        let hit = ends.iter().position(|end| bit / 8 < *end).unwrap();
        let (entries, reader) = read(&path);
        assert_eq!(reader.header().is_some(), hit != 0);
        let kept: Vec<_> =
            whole.iter().enumerate().filter(|(index, _)| index + 1 != hit).map(|(_, entry)| entry).collect();
        assert_eq!(entries.len(), kept.len(), "bit {bit}");
        assert!(
            entries.iter().zip(kept).all(|(entry, other)| entry.seq == other.seq && same(&entry.body, &other.body))
        );
        let [loss] = reader.lost() else { panic!("bit {bit}: {:?}", reader.lost()) };
        let start = hit.checked_sub(1).map_or(0, |before| ends[before]);
        assert_eq!(loss.range, start as u64..ends[hit] as u64, "bit {bit}");
        let is_last = hit + 1 == ends.len();
        assert_eq!(loss.records, if is_last { None } else { Some(1) }, "bit {bit}");
    }
}

/// The reader in Python knows nothing of this program but the description of the format.
fn by_python(path: &std::path::Path, flags: &[&str]) -> (Option<i32>, Vec<serde_json::Value>) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/read_run.py");
    let output = Command::new("python3").arg(script).args(flags).arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), lines)
}

#[test]
fn a_reader_made_from_the_description_finds_the_same() {
    let place = Place::new();
    let run = place.run("oracle");
    let path = run.log_path();
    let recorder = start(run);
    let mut pushed = all_kinds();
    pushed.push(Body::Item(ledger(3, 0, 20_000)));
    for body in &pushed {
        push(&recorder, body);
    }
    recorder.finish(finished()).unwrap();
    let (status, lines) = by_python(path.parent().unwrap(), &["--bits"]);
    assert_eq!(status, Some(0), "{lines:?}");
    assert_eq!(lines[0]["kind"], "header");
    assert_eq!(lines[0]["name"], "oracle");
    let (entries, _) = read(&path);
    assert_eq!(lines.len(), entries.len() + 1);
    for (line, entry) in lines[1..].iter().zip(&entries) {
        assert_eq!((line["seq"].as_u64(), line["time_nanos"].as_u64()), (Some(entry.seq), Some(entry.time_nanos)));
        let hex =
            |values: &[f64]| -> Vec<_> { values.iter().map(|v| format!("{:016x}", v.to_bits()).into()).collect() };
        match &entry.body {
            Body::Item(Item::Append(batch) | Item::Replace(batch, _)) => {
                assert_eq!(line["stamp_nanos"], batch.stamp_nanos);
                assert_eq!(line["series"], batch.series.0);
                assert_eq!(line["y"], serde_json::Value::Array(hex(batch.y())));
                match batch.x() {
                    Xs::Explicit(x) => assert_eq!(line["x"], serde_json::Value::Array(hex(x))),
                    Xs::Steps { start, step } => {
                        assert_eq!(line["x_start"], hex(&[*start])[0]);
                        assert_eq!(line["x_step"], hex(&[*step])[0]);
                    }
                }
            }
            Body::Item(Item::Declare(info)) => {
                assert_eq!((&line["name"], &line["x_is_time"]), (&info.name.clone().into(), &info.x_is_time.into()))
            }
            Body::Item(Item::Layout(layout)) => {
                let y = &layout.subplots[1].y;
                assert_eq!((&line["rows"], &line["columns"]), (&layout.rows.into(), &layout.columns.into()));
                assert_eq!(line["subplots"][1]["y"]["label"], *y.label);
                assert_eq!(line["subplots"][0]["x"]["limits"], serde_json::Value::Null);
                assert_eq!(line["subplots"][1]["y"]["limits"].as_array().map(Vec::len), Some(2));
                assert_eq!((&line["places"][0]["subplot"], line["places"][1]["subplot"].is_null()), (&1.into(), true));
            }
            Body::Item(Item::Output(stream, bytes)) => {
                let (stream, bytes) = match (stream, &bytes[..]) {
                    (Stream::Output, b"loss 1\r\xff\0\x1b[31m") => ("output", "bG9zcyAxDf8AG1szMW0="),
                    (Stream::Error, b"") => ("error", ""),
                    other => panic!("{other:?}"),
                };
                assert_eq!((&line["stream"], &line["base64"]), (&stream.into(), &bytes.into()));
            }
            Body::Item(Item::Mark(mark)) => assert_eq!(line["number"].as_u64(), Some(*mark)),
            Body::Notice(Notice::Message(message)) => {
                assert_eq!((&line["kind"], &line["text"]), (&"line".into(), &message.text.clone().into()));
                assert_eq!(line["pane"], message.pane.to_string());
            }
            Body::Notice(Notice::Failed(failure)) => assert_eq!(line["exit_code"], failure.exit_code),
            Body::Notice(Notice::Finished(outcome)) => assert_eq!(line["exit_code"], outcome.exit_code),
            Body::Notice(Notice::Skipped(_, count)) => assert_eq!(line["count"], *count),
            Body::Notice(Notice::Progress(_, progress)) => {
                let (done, total) = match progress {
                    Progress::Unknown { done } => (*done, None),
                    shown => shown.steps().map_or((0, None), |(done, total)| (done, Some(total))),
                };
                assert_eq!((line["done"].as_u64(), line["total"].as_u64()), (Some(done), total));
            }
            Body::Notice(Notice::Job(_)) => assert_eq!(line["state"], "running"),
            Body::Notice(Notice::Thread(role, _)) => {
                assert_eq!((&line["role"], &line["state"]), (&role.to_string().into(), &"stopping".into()))
            }
            Body::Notice(
                other @ (Notice::Recording(_)
                | Notice::Took(_)
                | Notice::Began(_)
                | Notice::Origin(_)
                | Notice::Rules(_)),
            ) => {
                panic!("{other:?}")
            }
            Body::Gap(gap) => panic!("{gap:?}"),
            Body::End(end) => {
                assert_eq!((&line["state"], &line["text"]), (&end.state.word().into(), &end.text.clone().into()))
            }
        }
    }
}

#[test]
fn log_flip_is_reported_alike_by_the_reader_in_python() {
    let (bytes, ends) = small_log();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.tfrecord");
    for (at, wanted) in [(ends[4] + 3, "damaged"), (ends[6] + 20, "damaged"), (bytes.len(), "cut")] {
        let mut bytes = bytes.clone();
        match bytes.get_mut(at) {
            Some(byte) => *byte ^= 0x10,
            None => bytes.truncate(at - 5),
        }
        fs::write(&path, &bytes).unwrap();
        let (_, reader) = {
            let mut reader = LogReader::open(&path).unwrap();
            let count = reader.by_ref().count();
            (count, reader)
        };
        let (status, lines) = by_python(&path, &[]);
        let lost: Vec<_> = lines.iter().filter(|line| line["kind"] == "lost").collect();
        let [loss] = reader.lost() else { panic!("{:?}", reader.lost()) };
        assert_eq!((status, lost.len()), (Some(1), 1));
        assert_eq!((&lost[0]["from_byte"], &lost[0]["to_byte"]), (&loss.range.start.into(), &loss.range.end.into()));
        assert_eq!((&lost[0]["why"], &lost[0]["records"]), (&wanted.into(), &loss.records.into()));
    }
}

#[test]
fn a_file_of_another_kind_is_no_log() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    for text in ["x,y\n1,2\n", "{\"a\": 1}", &"binary\0".repeat(1000)] {
        fs::write(&path, text).unwrap();
        assert!(matches!(LogReader::open(&path), Err(RecordError::NotALog { .. })), "{text:.20}");
    }
    assert!(matches!(LogReader::open(dir.path()), Err(RecordError::NotALog { .. })));
    assert!(matches!(LogReader::open(&dir.path().join("none")), Err(RecordError::Io { .. })));
}

#[test]
fn a_recorder_that_is_dropped_ends_its_run() {
    let place = Place::new();
    let run = place.run("dropped");
    let path = run.log_path();
    let recorder = start(run);
    recorder.handle().item(&ledger(0, 0, 10));
    drop(recorder);
    let (entries, reader) = read(&path);
    assert_eq!((ledger_of(&entries).len(), reader.lost().len()), (10, 0));
    assert!(matches!(&entries.last().unwrap().body, Body::End(end) if end.state == RunState::Failed));
    assert_eq!(place.data.list().unwrap()[0].state, RunState::Failed);
}

#[test]
fn twenty_million_samples_are_recorded_and_read_in_time() {
    let place = Place::new();
    let run = place.run("fast");
    let path = run.log_path();
    let recorder = start(run);
    let handle = recorder.handle();
    let items: Vec<_> = (0..1000).map(|number| ledger(0, number * 1000, 1000)).collect();
    let start = Instant::now();
    for _ in 0..20 {
        for item in &items {
            handle.item(item);
        }
    }
    let pushed = start.elapsed();
    let stats = recorder.finish(finished()).unwrap();
    let recorded = start.elapsed();
    let start = Instant::now();
    let mut reader = LogReader::open(&path).unwrap();
    let samples: usize = reader
        .by_ref()
        .map(|entry| if let Body::Item(Item::Append(batch)) = &entry.body { batch.len() } else { 0 })
        .sum();
    let walked = start.elapsed();
    assert_eq!((samples, stats.samples, reader.lost().len()), (20_000_000, 20_000_000, 0));
    eprintln!("2e7 samples: pushed in {pushed:?}, recorded in {recorded:?}, read in {walked:?}");
    assert!(recorded.as_secs() < 20 && walked.as_secs() < 5, "{recorded:?} and {walked:?}");
    // A push is a lock, a few counts and a move; what waits for the disk is not counted, so few are pushed at a time.
    let small = ledger(0, 0, 10);
    let mut pushes = Vec::new();
    let run = place.run("push");
    let recorder = start_recorder(run);
    let handle = recorder.handle();
    for _ in 0..20 {
        let start = Instant::now();
        for _ in 0..2000 {
            handle.item(&small);
        }
        pushes.push(start.elapsed() / 2000);
        std::thread::sleep(Duration::from_millis(20));
    }
    pushes.sort();
    eprintln!("a push takes {:?} (median), {:?} (least)", pushes[10], pushes[0]);
    assert!(pushes[10] < Duration::from_micros(20), "{pushes:?}");
}
