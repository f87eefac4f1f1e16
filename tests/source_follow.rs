//! Followed files that grow, are rotated, cut short, replaced and written anew, with a ledger: a sequence number in every
//! row, of which none may be missing or come twice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

#[path = "support/recorder.rs"]
mod recorder;

mod follow_support;

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use follow_support::{Following, once};
use kymograph::source::SourceError;

fn append(path: &Path, text: &str) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// Every number from 1 to `last` once, in order.
#[track_caller]
fn assert_ledger(samples: &[(f64, f64)], last: usize) {
    let expected: Vec<(f64, f64)> = (1..=last).map(|n| (n as f64, n as f64 / 8.0)).collect();
    let wrong = samples.iter().zip(&expected).position(|(a, b)| a != b);
    assert!(samples.len() == last && wrong.is_none(), "{} of {last}, first wrong at {wrong:?}", samples.len());
}

fn row(n: usize) -> String {
    format!("{n},{}\n", n as f64 / 8.0)
}

#[test]
fn a_file_that_is_not_there_yet_is_waited_for_and_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.csv");
    let following = Following::start(&[&path]);
    following.wait_said("waiting for it");
    fs::write(&path, "step,v\n1,0.125\n").unwrap();
    following.wait("v", 1);
    append(&path, "2,0.25\n3,0.375\n");
    assert_ledger(&following.wait("v", 3), 3);
    let (took, result) = following.stop();
    assert!(matches!(result, Err(SourceError::Stopped(_))));
    assert!(took < Duration::from_secs(1), "a stop took {took:?}");
}

#[test]
fn follow_partial_records_wait_for_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("a.csv"), folder.path().join("b.csv"));
    fs::write(&path, "step,v\n1,0.125\n2,0.2").unwrap();
    fs::write(&other, "step,w\n1,1\n").unwrap();
    let following = Following::start(&[&path, &other]);
    following.wait("a.csv: v", 1);
    // Each of these rows is read in a later round than the one before, so the half row was looked at.
    for n in 2..5 {
        append(&other, &format!("{n},1\n"));
        following.wait("b.csv: w", n);
    }
    assert_eq!(following.named("a.csv: v"), [(1.0, 0.125)]);
    append(&path, "5\n3,0.375\n");
    assert_ledger(&following.wait("a.csv: v", 3), 3);
}

#[test]
fn follow_rotate_every_100_ms_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.csv");
    fs::write(&path, "step,v\n1,0.125\n").unwrap();
    let following = Following::start(&[&path]);
    following.wait("v", 1);
    let mut n = 1;
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    for segment in 0..20 {
        let until = Instant::now() + Duration::from_millis(100);
        while Instant::now() < until {
            n += 1;
            file.write_all(row(n).as_bytes()).unwrap();
            // Rows come some hundred times a second, some of them after the last look before the rotation.
            std::thread::sleep(Duration::from_millis(2));
        }
        // As logrotate does it: .2 becomes .3, .1 becomes .2, the log becomes .1, and a new one is made.
        for number in (1..=segment).rev() {
            let name = |number: usize| folder.path().join(format!("metrics.csv.{number}"));
            fs::rename(name(number), name(number + 1)).unwrap();
        }
        fs::rename(&path, folder.path().join("metrics.csv.1")).unwrap();
        file = File::create(&path).unwrap();
        if segment % 2 == 0 {
            file.write_all(b"step,v\n").unwrap();
        }
    }
    n += 1;
    file.write_all(row(n).as_bytes()).unwrap();
    assert_ledger(&following.wait("v", n), n);
    assert!(following.said().contains("rotated"), "{}", following.said());
}

#[test]
fn follow_rotate_by_copying_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.csv");
    fs::write(&path, "step,v\n1,0.125\n").unwrap();
    let following = Following::start(&[&path]);
    following.wait("v", 1);
    let mut n = 1;
    for segment in 0..15 {
        let until = Instant::now() + Duration::from_millis(100);
        while Instant::now() < until {
            n += 1;
            append(&path, &row(n));
            std::thread::sleep(Duration::from_millis(2));
        }
        fs::copy(&path, folder.path().join(format!("metrics.csv-{segment:02}"))).unwrap();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(0).unwrap();
    }
    n += 1;
    append(&path, &row(n));
    assert_ledger(&following.wait("v", n), n);
}

#[test]
fn follow_rotate_many_times_between_two_looks_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    fs::write(&path, "step,v\n1,0.125\n").unwrap();
    fs::write(folder.path().join("log.csv.old"), "step,v\n900,1\n").unwrap();
    let following = Following::start(&[&path]);
    following.wait("v", 1);
    let mut n = 1;
    // No pause at all: whole segments come and go unseen.
    for segment in 0..30 {
        for _ in 0..50 {
            n += 1;
            append(&path, &row(n));
        }
        fs::rename(&path, folder.path().join(format!("log.csv.{segment:03}"))).unwrap();
        // Files of one tick have one time; a rotation within it cannot be told from its neighbour by that alone.
        std::thread::sleep(Duration::from_millis(10));
    }
    n += 1;
    append(&path, &row(n));
    assert_ledger(&following.wait("v", n), n);
}

#[test]
fn follow_truncate_goes_on_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, "step,v\n1,0.125\n2,0.25\n").unwrap();
    let following = Following::start(&[&path]);
    following.wait("v", 2);
    fs::write(&path, "step,v\n3,0.375\n").unwrap();
    following.wait("v", 3);
    // Longer than before at the first look: only the bytes show that it is another content.
    let rows: String = (4..=40).map(row).collect();
    fs::write(&path, format!("step,v\n{rows}")).unwrap();
    assert_ledger(&following.wait("v", 40), 40);
    assert!(following.said().contains("reading it from its start"), "{}", following.said());
}

#[test]
fn follow_truncate_leaves_a_hole_that_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, "step,v\n1,0.125\n2,0.25\n").unwrap();
    let following = Following::start(&[&path]);
    following.wait("v", 2);
    // A writer that does not append goes on at its old place after a cut.
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(0).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"3,0.375\n", 22).unwrap();
    assert_ledger(&following.wait("v", 3), 3);
}

#[test]
fn a_file_that_is_replaced_by_renaming_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.csv");
    fs::write(&path, "step,v\n1,0.125\n2,0.25\n").unwrap();
    let following = Following::start(&[&path]);
    following.wait("v", 2);
    // Written whole beside it and moved there, with all that was in it before.
    fs::write(folder.path().join("aside"), "step,v\n1,0.125\n2,0.25\n3,0.375\n").unwrap();
    fs::rename(folder.path().join("aside"), &path).unwrap();
    assert_ledger(&following.wait("v", 3), 3);
    assert!(following.said().contains("starts over"), "{}", following.said());
}

#[test]
fn csv_dialects_growing_gets_new_columns_without_doubles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.csv");
    // As Lightning's CSVLogger does: with a new metric the whole file is written again.
    fs::write(&path, "epoch,step,train_loss\n0,1,0.125\n0,2,0.25\n").unwrap();
    let following = Following::start(&[&path]);
    following.wait("train_loss", 2);
    fs::write(&path, "epoch,step,train_loss,val_loss\n0,1,0.125,\n0,2,0.25,\n0,2,,9.5\n1,3,0.375,\n").unwrap();
    assert_eq!(following.wait("val_loss", 1), [(2.0, 9.5)]);
    assert_ledger(&following.wait("train_loss", 3), 3);
    append(&path, "1,4,0.5,\n1,4,,9.25\n");
    assert_ledger(&following.wait("train_loss", 4), 4);
    assert_eq!(following.wait("val_loss", 2), [(2.0, 9.5), (4.0, 9.25)]);
}

#[test]
fn a_program_that_starts_again_shows_its_new_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    fs::write(&path, "epoch,loss\n0,5\n1,4\n2,3\n").unwrap();
    let following = Following::start(&[&path]);
    following.wait("loss", 3);
    fs::write(&path, "epoch,loss\n0,7\n").unwrap();
    following.recorder.wait_for("the new run", |record| record.named("loss") == [(0.0, 7.0)]);
    assert!(following.said().contains("3 samples"), "it says what makes room: {}", following.said());
}

#[test]
fn a_folder_finds_new_files_and_survives_loops() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("a/b")).unwrap();
    std::os::unix::fs::symlink(folder.path(), path("a/b/up")).unwrap();
    fs::write(path("a/one.csv"), "step,v\n1,0.125\n").unwrap();
    fs::write(path("a/notes.md"), "1,2\n3,4\n").unwrap();
    let following = Following::start(&[folder.path()]);
    following.wait("a/one.csv: v", 1);
    fs::create_dir_all(path("c/d")).unwrap();
    fs::write(path("c/d/two.jsonl"), "{\"step\": 1, \"v\": 0.125}\n").unwrap();
    following.wait("c/d/two.jsonl: v", 1);
    append(&path("c/d/two.jsonl"), "{\"step\": 2, \"v\": 0.25}\n");
    assert_ledger(&following.wait("c/d/two.jsonl: v", 2), 2);
    assert_eq!(following.recorder.with(|record| record.series.len()), 2, "each file once");
}

#[test]
fn several_paths_keep_their_series_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["a/m.csv", "b/m.csv"] {
        fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        fs::write(path(name), "step,v,v\n1,2,3\n").unwrap();
    }
    let (out, result) = once(&[&path("a/m.csv"), &path("b/m.csv")]);
    result.unwrap();
    let names: Vec<_> = out.with(|record| record.series.values().map(|series| series.name.clone()).collect());
    assert_eq!(names, ["a/m.csv: v", "a/m.csv: v (2)", "b/m.csv: v", "b/m.csv: v (2)"]);
}

#[test]
fn what_is_not_understood_is_named_with_what_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("binary"), [1, 2, 0, 3, 10]).unwrap();
    fs::write(path("wide.txt"), b"\xff\xfes\0t\0").unwrap();
    fs::create_dir(path("empty")).unwrap();
    for (name, words) in [
        ("binary", ["binary data", "TensorBoard"]),
        ("wide.txt", ["UTF-16", "save it as UTF-8"]),
        ("missing.csv", ["missing.csv", "no such file"]),
        ("empty", ["nothing to follow", "CSV"]),
    ] {
        let (_, result) = once(&[&path(name)]);
        let error = result.unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)) && error.contains(name), "{error}");
    }
    let following = Following::start(&[&path("binary")]);
    following.wait_said("binary data");
    // Nothing else is followed, so there is nothing to wait for: it ends by itself.
    let error = following.join().unwrap_err().to_string();
    assert!(error.contains("binary data"), "{error}");
}

#[test]
fn more_series_than_the_limit_are_left_out_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.jsonl");
    let mut text = String::new();
    for block in 0..12 {
        text.push_str("{\"step\": 1");
        (0..1000).for_each(|n| text.push_str(&format!(", \"s{block}_{n}\": {n}")));
        text.push_str("}\n");
    }
    fs::write(&path, text).unwrap();
    let (out, result) = once(&[&path]);
    result.unwrap();
    assert_eq!(out.with(|record| record.series.len()), kymograph::source::follow::SERIES_MAX);
    assert!(out.with(|record| follow_support::says(record, "more than 10000 series")));
}

#[test]
fn follow_rotate_leaves_other_logs_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("m.csv"), "step,v\n1,0.125\n").unwrap();
    let following = Following::start(&[&path("m.csv")]);
    following.wait("v", 1);
    // Another program's log of a like name comes while this one is replaced.
    fs::write(path("m_val.csv"), "step,v\n9,9\n").unwrap();
    fs::write(path("aside"), "step,v\n2,0.25\n").unwrap();
    fs::rename(path("aside"), path("m.csv")).unwrap();
    append(&path("m.csv"), "3,0.375\n");
    assert_ledger(&following.wait("v", 3), 3);
}
