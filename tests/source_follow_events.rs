//! TensorBoard's event files: what is read, in what order, and what is damaged.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

#[path = "support/event_file.rs"]
mod event_file;
#[path = "support/recorder.rs"]
mod recorder;

mod follow_support;

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use event_file::{append, framed, scalar, tensor_scalar, text, write};
use follow_support::{Following, once, read};
use kymograph::framing;

/// Written by tensorboardX 2.6.5: `loss` at steps 0 to 2 (0.5, 0.25, nan) and a text.
const REAL: &[u8] = include_bytes!("data/events.out.tfevents.1700000000.real");

fn scalars(steps: std::ops::Range<u64>, value: f32) -> Vec<Vec<u8>> {
    steps.map(|step| scalar(step, "loss", value)).collect()
}

#[track_caller]
fn assert_read(path: &Path, name: &str, expected: &[(f64, f64)]) -> String {
    let (out, result) = once(&[path]);
    result.unwrap();
    out.with(|record| assert_eq!(record.named(name), expected, "{:?}", record.series));
    out.with(|record| record.texts(kymograph::batch::Pane::Control).join("\n"))
}

#[test]
fn a_file_of_a_real_writer_is_read() {
    let found = read("events.out.tfevents.1700000000.real", REAL);
    let loss = found.named("loss");
    assert_eq!(loss[..2], [(0.0, 0.5), (1.0, 0.25)]);
    assert!(loss[2].0 == 2.0 && loss[2].1.is_nan() && loss.len() == 3);
    assert_eq!(found.lines(), ["note, step 1: hello <b>world</b>"]);
    assert_eq!(found.x_label("loss"), "step");
}

#[test]
fn scalars_of_both_forms_and_texts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run/events.out.tfevents.1.host");
    write(&path, &[scalar(1, "a", 0.5), tensor_scalar(1, "b", 0.1), text(1, "t", "one\ntwo"), scalar(2, "a", 0.25)]);
    let (out, result) = once(&[folder.path()]);
    result.unwrap();
    out.with(|record| {
        assert_eq!(record.named("run: a"), [(1.0, 0.5), (2.0, 0.25)]);
        assert_eq!(record.named("run: b"), [(1.0, 0.1)], "a double stays what it is");
        assert_eq!(record.texts(kymograph::batch::Pane::Worker), ["t, step 1: one", "two"]);
    });
}

#[test]
fn a_restart_takes_back_what_came_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // Steps 0 to 9, cut short after the checkpoint of step 6; the third file takes the last of the second back. The first
    // is far longer than what is read at once, so the order in which files are read matters.
    let mut first = scalars(0..60_000, 1.0);
    first.extend(scalars(60_000..60_010, 1.0));
    write(&path("events.out.tfevents.1.host"), &first);
    write(&path("events.out.tfevents.2.host"), &scalars(7..12, 2.0));
    write(&path("events.out.tfevents.3.host"), &scalars(10..13, 3.0));
    let expected: Vec<(f64, f64)> = (0..13_u32)
        .map(|step| {
            (
                f64::from(step),
                if step < 7 {
                    1.0
                } else if step < 10 {
                    2.0
                } else {
                    3.0
                },
            )
        })
        .collect();
    assert_read(folder.path(), "loss", &expected);
}

#[test]
fn a_restart_takes_back_what_was_shown_already() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write(&path("events.out.tfevents.1.host"), &[scalars(0..5, 1.0), vec![text(1, "t", "said once")]].concat());
    let following = Following::start(&[folder.path()]);
    following.wait("loss", 5);
    write(&path("events.out.tfevents.2.host"), &scalars(3..6, 2.0));
    let expected = [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (3.0, 2.0), (4.0, 2.0), (5.0, 2.0)];
    following.recorder.wait_for("the restart", |record| record.named("loss") == expected);
    append(&path("events.out.tfevents.2.host"), &framed(&scalar(6, "loss", 2.0)));
    assert_eq!(following.wait("loss", 7)[..6], expected);
    following
        .recorder
        .with(|record| assert_eq!(record.texts(kymograph::batch::Pane::Worker), ["t, step 1: said once"]));
}

#[test]
fn follow_partial_events_wait_for_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.out.tfevents.1.host");
    write(&path, &scalars(0..2, 1.0));
    let following = Following::start(&[&path]);
    following.wait("loss", 2);
    // Byte by byte, as a slow file system shows it.
    for (count, step) in (3..6).zip(2..) {
        for byte in framed(&scalar(step, "loss", 1.0)) {
            append(&path, &[byte]);
        }
        following.wait("loss", count);
    }
    assert_eq!(following.named("loss").len(), 5);
    assert!(!following.said().contains("damaged"), "{}", following.said());
}

#[test]
fn tfevents_bad_payloads_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.out.tfevents.1.host");
    write(&path, &scalars(0..1, 1.0));
    let mut wrong = framed(&scalar(1, "loss", 1.0));
    wrong[framing::HEAD_BYTES + 3] ^= 1;
    append(&path, &wrong);
    append(&path, &framed(b"\xff\xff\xff"));
    append(&path, &framed(&scalar(2, "loss", 1.0)));
    let said = assert_read(&path, "loss", &[(0.0, 1.0), (2.0, 1.0)]);
    assert!(said.contains("a damaged record was passed over") && said.contains("no event"), "{said}");
}

#[test]
fn tfevents_bad_zeros_at_the_end_wait_to_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.out.tfevents.1.host");
    write(&path, &scalars(0..1, 1.0));
    let end = fs::metadata(&path).unwrap().len();
    append(&path, &[0; 4096]);
    let following = Following::start(&[&path]);
    following.wait("loss", 1);
    // The writer fills the room that it made before.
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&framed(&scalar(1, "loss", 2.0)), end).unwrap();
    assert_eq!(following.wait("loss", 2), [(0.0, 1.0), (1.0, 2.0)]);
    assert!(!following.said().contains("cannot be"), "{}", following.said());
}

#[test]
fn tfevents_bad_lengths_end_the_file() {
    for length in [usize::MAX, 3 << 30] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.out.tfevents.1.host");
        write(&path, &scalars(0..2, 1.0));
        append(&path, &framing::head(length));
        append(&path, &framed(&scalar(2, "loss", 1.0)));
        let said = assert_read(&path, "loss", &[(0.0, 1.0), (1.0, 1.0)]);
        assert!(said.contains("a length that cannot be"), "{said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.out.tfevents.1.host");
    write(&path, &scalars(0..2, 1.0));
    append(&path, &[7; 100]);
    let said = assert_read(&path, "loss", &[(0.0, 1.0), (1.0, 1.0)]);
    assert!(said.contains("a length that cannot be"), "{said}");
}

#[test]
fn tfevents_bad_large_records_are_not_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.out.tfevents.1.host");
    write(&path, &scalars(0..1, 1.0));
    append(&path, &framed(&vec![b'x'; 20 << 20]));
    append(&path, &framed(&scalar(1, "loss", 1.0)));
    assert_read(&path, "loss", &[(0.0, 1.0), (1.0, 1.0)]);
}

#[test]
fn an_event_folder_is_an_input_of_render_and_export() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write(&path("logs/a/events.out.tfevents.1.host"), &scalars(0..3, 0.5));
    write(&path("logs/b/events.out.tfevents.1.host"), &[scalars(0..3, 0.25), vec![scalar(0, "lr", 1.0)]].concat());
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
        command.current_dir(folder.path()).args(arguments).output().unwrap()
    };
    let said = run(&["export", "logs", "-o", "all.csv"]);
    assert!(said.status.success(), "{said:?}");
    let expected = "series,x,y\na: loss,0,0.5\na: loss,1,0.5\na: loss,2,0.5\nb: loss,0,0.25\nb: loss,1,0.25\n\
                    b: loss,2,0.25\nb: lr,0,1\n";
    assert_eq!(fs::read_to_string(path("all.csv")).unwrap(), expected);
    let said = run(&["export", "logs", "-o", "two.csv", "--y", "a: loss,2"]);
    assert!(said.status.success(), "{said:?}");
    assert_eq!(
        fs::read_to_string(path("two.csv")).unwrap(),
        "step,a: loss,b: loss\n0,0.5,0.25\n1,0.5,0.25\n2,0.5,0.25\n",
        "series with the same x stand side by side"
    );
    let said = run(&["render", "logs/a/events.out.tfevents.1.host", "-o", "a.svg"]);
    assert!(said.status.success() && fs::metadata(path("a.svg")).unwrap().len() > 1000, "{said:?}");
    let said = run(&["follow", "--once", "--headless", "--save", "b.png", "logs"]);
    assert!(said.status.success() && fs::read(path("b.png")).unwrap().starts_with(b"\x89PNG"), "{said:?}");
    let said = run(&["export", "logs", "-o", "x.csv", "--y", "nothing"]);
    assert!(String::from_utf8_lossy(&said.stderr).contains("no series nothing; it has: a: loss"), "{said:?}");
}

#[test]
fn two_hundred_runs_are_read_and_followed_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = |run: u32| folder.path().join(format!("sweep{}/run{run:03}/events.out.tfevents.1.host", run % 7));
    (0..200).for_each(|run| write(&path(run), &scalars(0..20, run as f32)));
    let following = Following::start(&[folder.path()]);
    following.wait("sweep3/run199: loss", 20);
    append(&path(42), &framed(&scalar(20, "loss", 42.0)));
    following.wait("sweep0/run042: loss", 21);
    following.recorder.with(|record| {
        assert_eq!(record.series.len(), 200);
        assert_eq!(record.points.values().map(Vec::len).sum::<usize>(), 200 * 20 + 1);
    });
    assert!(following.said().contains("following 200 files"), "{}", following.said());
}
