//! Recorded runs as people use them from a shell: `ls`, `rm`, `export RUN` and `render RUN`.
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
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use cli_support::stderr;
use kymograph::batch::{Batch, Item, Outcome, SeriesId, SeriesInfo, Xs};
use kymograph::record::{DataDir, Recorder, RecorderOptions, RunAbout, RunDir, RunEnd};
use tempfile::TempDir;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs the program here; its runs are in `data`.
    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
        command.args(args).current_dir(self.0.path()).env("KYMOGRAPH_DATA_DIR", self.path("data"));
        command.stdin(Stdio::null()).output().unwrap()
    }

    #[track_caller]
    fn succeed(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Fails with 1 and a line that names all of `parts`.
    #[track_caller]
    fn refuse(&self, args: &[&str], parts: &[&str]) {
        let output = self.run(args);
        let said = stderr(&output);
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{args:?}: {said}");
        for part in parts {
            assert!(said.contains(part), "{args:?}: no `{part}` in: {said}");
        }
    }

    fn begin(&self, name: &str) -> RunDir {
        let about = RunAbout { name: name.into(), kind: "test".into(), command: Vec::new(), ..RunAbout::default() };
        DataDir::new(self.path("data")).create_run(&about).unwrap()
    }

    /// Records a run that has ended; gives its directory.
    fn record(&self, name: &str, items: &[Item]) -> PathBuf {
        let run = self.begin(name);
        let path = run.path().to_owned();
        let on_trouble = std::sync::Arc::new(|trouble| panic!("{trouble:?}"));
        let recorder = Recorder::start(run, RecorderOptions::default(), on_trouble).unwrap();
        let handle = recorder.handle();
        for item in items {
            handle.item(item);
        }
        drop(handle);
        recorder.finish(RunEnd::from(&Outcome::default())).unwrap();
        path
    }
}

fn declare(id: u32, name: &str, x_label: &str) -> Item {
    let (name, x_label) = (name.to_owned(), x_label.to_owned());
    Item::Declare(SeriesInfo { id: SeriesId(id), name, x_label, x_is_time: false, color: None })
}

fn point(id: u32, x: f64, y: f64) -> Item {
    Item::Append(Batch::point(SeriesId(id), 0, x, y))
}

fn batch(id: u32, x: Vec<f64>, y: Vec<f64>) -> Batch {
    Batch::new(SeriesId(id), 0, Xs::Explicit(x.into()), y).unwrap()
}

fn id_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().rsplit('-').next().unwrap().to_owned()
}

#[test]
fn series_with_the_same_x_stand_side_by_side() {
    let place = Place::new();
    // One series by points, one in two batches, one by a formula: the x values are the same.
    let items = [
        declare(0, "loss", "step"),
        declare(1, "=acc", "step"),
        declare(2, "steps", "step"),
        declare(3, "never filled", "step"),
        point(0, 0.0, 0.5),
        point(0, 0.5, f64::NAN),
        Item::Append(batch(1, vec![0.0], vec![-1.0])),
        point(0, 1.0, 5e-324),
        Item::Append(batch(1, vec![0.5, 1.0], vec![-2.0, f64::INFINITY])),
        Item::Append(Batch::steps(SeriesId(2), 0, 0.0, 0.5, vec![1.0, 2.0, 3.0])),
    ];
    place.record("alike", &items);
    place.succeed(&["export", "alike", "-o", "out.csv"]);
    assert_eq!(place.text("out.csv"), "step,loss,\"'=acc\",steps\n0,0.5,-1,1\n0.5,nan,-2,2\n1,5e-324,inf,3\n");
    place.succeed(&["export", "alike", "-o", "chosen.csv", "--y", "3,loss"]);
    assert_eq!(place.text("chosen.csv"), "step,steps,loss\n0,1,0.5\n0.5,2,nan\n1,3,5e-324\n");
    place.refuse(&["export", "alike", "-o", "none.csv", "--y", "los"], &["no series los", "loss, =acc, steps"]);
    place.refuse(&["export", "alike", "-o", "none.csv", "--x", "loss"], &["--x has no meaning for a run"]);
    place.refuse(&["render", "alike", "-o", "none.svg", "--x", "loss"], &["--x has no meaning for a run"]);
    place.succeed(&["render", "alike", "-o", "out.svg", "--y", "steps"]);
    let drawn = place.text("out.svg");
    assert!(drawn.contains("steps") && !drawn.contains("=acc"));
}

#[test]
fn series_of_their_own_x_are_written_one_sample_a_row() {
    let place = Place::new();
    let items = [declare(0, "a", "step"), point(0, 1.0, 10.0), point(7, 5.0, -0.0), point(0, 2.0, 20.0)];
    let path = place.record("unlike", &items);
    for (input, output) in [
        ("unlike".to_owned(), "name.csv"),
        (id_of(&path), "id.csv"),
        (path.to_str().unwrap().to_owned(), "path.csv"),
        (path.join("log.tfrecord").to_str().unwrap().to_owned(), "log.csv"),
    ] {
        place.succeed(&["export", &input, "-o", output]);
        assert_eq!(place.text(output), "series,x,y\na,1,10\nseries 7,5,-0\na,2,20\n", "{input}");
    }
    place.succeed(&["export", "unlike", "-o", "out.jsonl"]);
    let first = "{\"series\": \"a\", \"x\": 1, \"y\": 10}\n{\"series\": \"series 7\", \"x\": 5, \"y\": -0}\n";
    assert!(place.text("out.jsonl").starts_with(first), "{}", place.text("out.jsonl"));
}

#[test]
fn of_a_curve_that_was_replaced_the_last_one_counts() {
    let place = Place::new();
    let items = [
        declare(0, "sine", ""),
        point(0, 1.0, 1.0),
        Item::Replace(batch(0, vec![5.0, 6.0], vec![50.0, 60.0]), None),
        Item::Replace(batch(0, vec![7.0, 8.0], vec![70.0, 80.0]), None),
        point(0, 9.0, 90.0),
    ];
    place.record("replaced", &items);
    place.succeed(&["export", "replaced", "-o", "out.csv"]);
    assert_eq!(place.text("out.csv"), "x,sine\n7,70\n8,80\n9,90\n");
    place.succeed(&["render", "replaced", "-o", "run.svg"]);
    place.succeed(&["render", "out.csv", "-o", "csv.svg"]);
    let curves = |name: &str| place.text(name).matches("<p").count();
    assert!(curves("run.svg") > 0 && curves("run.svg") == curves("csv.svg"));
}

/// More rows than a block, in batches that do not end together: every sample, once, in order.
#[test]
fn long_runs_are_written_whole() {
    let place = Place::new();
    let rows = 400_000_usize;
    let value = |series: usize, row: usize| (row * 3 + series) as f64 / 7.0;
    let mut items = vec![declare(0, "a", ""), declare(1, "b", "")];
    let (mut first, mut second) = (0, 0);
    while first < rows || second < rows {
        for (series, at, len) in [(0_u32, &mut first, 1000), (1, &mut second, 700)] {
            let part: Vec<usize> = (*at..rows.min(*at + len)).collect();
            let y = part.iter().map(|row| value(series as usize, *row)).collect();
            items.push(Item::Append(batch(series, part.iter().map(|row| *row as f64).collect(), y)));
            *at = rows.min(*at + len);
        }
    }
    place.record("long", &items);
    place.succeed(&["export", "long", "-o", "out.csv"]);
    let text = place.text("out.csv");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("x,a,b"));
    for (row, line) in (0..rows).zip(lines.by_ref()) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(cells, [row as f64, value(0, row), value(1, row)]);
    }
    assert_eq!((lines.next(), text.lines().count()), (None, rows + 1));
}

#[test]
fn log_cut_what_is_left_is_exported() {
    let place = Place::new();
    let items: Vec<Item> = (0..100).map(|i| point(0, f64::from(i), f64::from(i * i))).collect();
    let path = place.record("cut", &items).join("log.tfrecord");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    place.succeed(&["export", "cut", "-o", "out.csv"]);
    let text = place.text("out.csv");
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert!(rows.len() > 20 && rows.len() < 100, "{}", rows.len());
    for (i, row) in rows.iter().enumerate() {
        assert_eq!(*row, format!("{i},{}", i * i));
    }
}

#[test]
fn a_run_without_samples_has_nothing_to_export() {
    let place = Place::new();
    place.record("empty", &[declare(0, "a", "")]);
    place.refuse(&["export", "empty", "-o", "out.csv"], &["empty", "no sample"]);
    place.refuse(&["render", "empty", "-o", "out.png"], &["empty", "nothing to draw"]);
    place.refuse(&["export", "unknown", "-o", "out.csv"], &["unknown"]);
    assert!(!place.path("out.csv").exists() && !place.path("out.png").exists());
}

#[test]
fn the_list_shows_the_newest_first() {
    let place = Place::new();
    assert_eq!(place.succeed(&["ls"]), "");
    assert_eq!(place.succeed(&["ls", "--json"]), "[]\n");
    let first = place.record("first", &[point(0, 1.0, 2.0), point(0, 2.0, 3.0)]);
    std::thread::sleep(std::time::Duration::from_millis(5));
    let second = place.record("names-hostile \u{1b}[2J<b>\u{202e}", &[]);
    std::thread::sleep(std::time::Duration::from_millis(5));
    let live = place.begin("live");
    let list = place.succeed(&["ls"]);
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 4, "{list}");
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>(),
        ["ID", "NAME", "STATE", "START", "DURATION", "SAMPLES", "SIZE"]
    );
    assert!(lines[1].contains("live") && lines[1].contains("running"), "{list}");
    assert!(lines[2].starts_with(&id_of(&second)) && lines[2].contains("names-hostile ␛[2J<b>\u{fffd}"), "{list}");
    assert!(lines[3].starts_with(&id_of(&first)) && lines[3].contains(" first ") && lines[3].contains("finished"));
    assert!(!list.contains(['\u{1b}', '\u{202e}']));
    let runs: serde_json::Value = serde_json::from_str(&place.succeed(&["ls", "--json"])).unwrap();
    let words = |field: &str| runs.as_array().unwrap().iter().map(|run| run[field].clone()).collect::<Vec<_>>();
    assert_eq!(words("state"), ["running", "finished", "finished"]);
    assert_eq!(words("name")[2], "first");
    assert_eq!(words("samples")[2], 2);
    assert_eq!(words("path")[2], first.to_str().unwrap());
    drop(live);
}

#[test]
fn runs_are_removed_all_or_none() {
    let place = Place::new();
    let first = place.record("first", &[point(0, 1.0, 2.0)]);
    let second = place.record("second", &[]);
    let live = place.begin("live");
    place.refuse(&["rm", "first", "unknown"], &["unknown"]);
    place.refuse(&["rm", "first", "live"], &["still being recorded"]);
    place.refuse(&["rm", "/tmp"], &["/tmp"]);
    assert!(first.exists() && second.exists());
    drop(live);
    assert_eq!(place.succeed(&["rm", "first", &id_of(&first), second.to_str().unwrap()]), "");
    assert!(!first.exists() && !second.exists());
    assert_eq!(place.run(&["rm"]).status.code(), Some(2));
}

#[test]
fn the_flag_names_another_place() {
    let place = Place::new();
    let path = place.record("here", &[point(0, 1.0, 2.0)]);
    fs::create_dir(place.path("other")).unwrap();
    fs::rename(place.path("data"), place.path("other/data")).unwrap();
    assert!(!path.exists());
    place.refuse(&["export", "here", "-o", "out.csv"], &["here"]);
    place.succeed(&["--data-dir", "other/data", "export", "here", "-o", "out.csv"]);
    assert_eq!(place.text("out.csv"), "x,series 0\n1,2\n");
    assert_eq!(place.succeed(&["ls", "--data-dir", "other/data"]).lines().count(), 2);
    place.succeed(&["rm", "--data-dir", "other/data", "here"]);
    assert_eq!(place.succeed(&["ls", "--data-dir", "other/data"]), "");
}
