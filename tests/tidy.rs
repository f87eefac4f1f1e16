//! Keeps the house in order: the rules of ARCHITECTURE.md and CONTRIBUTING.md that a program can check.
//!
//! Each rule is a test; a failing one names file and line. Reads the sources as text and knows nothing of the program.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what stands outside the test functions serves them; a panic is the report"
)]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tidy_support::{Faults, File, files, has_word, is_qt_type, root, rust_files};

mod tidy_support;

/// The stages in the order of the flow; each imports only those before it. `cli` is what `app` is asked for.
const STAGES: [&str; 12] =
    ["framing", "batch", "source", "job", "record", "store", "figure", "render", "export", "cli", "app", "bridge"];

/// Files that may name a later stage, and why.
const STAGE_EXCEPTIONS: [(&str, &str, &str); 1] =
    [("src/app/gui.rs", "bridge", "it opens the window, so it makes the bridge's objects known to QML")];

/// Where Qt may be named: the bridge, the file that opens the window, and programs that are not ours.
const QT_ROOMS: [&str; 3] = ["src/bridge/", "src/app/gui.rs", "examples/embed/"];

/// Where plotters may be named.
const PLOTTERS_ROOMS: [&str; 2] = ["src/figure/chart.rs", "src/render/backend.rs"];

/// Where threads are started, and why there. All are named, and a panic in one is caught or joined.
const THREAD_ROOMS: [(&str, &str); 3] = [
    ("src/job/thread.rs", "the place for them"),
    ("src/source/command/keeper.rs", "a source stands before the job stage; joined by its guard"),
    ("src/source/table/rows.rs", "a source stands before the job stage; scoped, so joined at once"),
];

/// The file that makes channels.
const CHANNEL_ROOM: &str = "src/job/channel.rs";

/// A file has a seam at about 400 lines; beyond this it must have been found.
const MAX_LINES: usize = 450;

/// Where the length rule does not hold, and why.
const LONG_FILES: (&str, &str) =
    ("src/bridge/", "a bridge declares every property twice, and has to stand in one file for the code generator");

/// Names the program to the desktop: its desktop file, its icon and its windows.
const APP_ID: &str = "io.github.kymograph.Kymograph";

#[test]
fn every_rust_file_opens_with_what_it_is() {
    let mut faults = Faults::new("a file opens with `//!`: its role, its thread, what it does not know");
    for file in rust_files(&["src", "tests", "examples", "benches"]) {
        if !file.text.starts_with("//!") {
            faults.add(&file, 1, "no `//!`");
        }
    }
    faults.report();
}

#[test]
fn every_qml_and_cpp_file_opens_with_what_it_is() {
    let mut faults = Faults::new("a QML or C++ file opens with a comment: its role");
    for file in files(&["qml", "cpp"], &["qml", "h", "cpp"]) {
        if !file.text.starts_with("//") {
            faults.add(&file, 1, "no comment");
        }
    }
    faults.report();
}

#[test]
fn only_the_bridge_names_qt() {
    let mut faults =
        Faults::new("only src/bridge, cpp and src/app/gui.rs name Qt; all else builds and is tested without");
    for file in rust_files(&["src", "examples", "benches"]).iter().filter(|file| !file.is_in(&QT_ROOMS)) {
        for (line, word) in file.words() {
            if word.starts_with("cxx_qt") || word == "qmetaobject" || is_qt_type(word) {
                faults.add(file, line, word);
            }
        }
    }
    faults.report();
}

#[test]
fn only_two_files_name_plotters() {
    let mut faults = Faults::new("only figure/chart.rs and render/backend.rs name plotters");
    for file in rust_files(&["src"]).iter().filter(|file| !file.is_in(&PLOTTERS_ROOMS)) {
        for (line, word) in file.words() {
            if word == "plotters" || word == "plotters_backend" {
                faults.add(file, line, word);
            }
        }
    }
    faults.report();
}

#[test]
fn a_stage_imports_only_earlier_stages() {
    let mut faults = Faults::new("a stage imports only stages before it in the flow");
    let rank = |stage: &str| STAGES.iter().position(|name| *name == stage);
    for file in rust_files(&["src"]) {
        let Some(own) = rank(file.stage()) else { continue };
        for (line, stage) in file.crate_paths() {
            let is_later = rank(&stage).is_some_and(|other| other > own);
            let is_excepted = STAGE_EXCEPTIONS.iter().any(|(path, allowed, _)| *path == file.path && *allowed == stage);
            if is_later && !is_excepted {
                faults.add(&file, line, &format!("`{}` comes before `{stage}`", file.stage()));
            }
        }
    }
    faults.report();
}

#[test]
fn every_stage_is_in_the_order() {
    let mut faults = Faults::new("a folder or file of src is a stage with a place in the flow");
    for file in rust_files(&["src"]) {
        if !["lib", "main"].contains(&file.stage()) && !STAGES.contains(&file.stage()) {
            faults.add(&file, 1, "give its stage a place in STAGES");
        }
    }
    faults.report();
}

#[test]
fn files_are_short() {
    let mut faults = Faults::new("a file is one idea; look for the seam at 400 lines, it must be found at 450");
    let all = files(&["src", "cpp", "qml"], &["rs", "h", "cpp", "qml"]);
    for file in all.into_iter().filter(|file| !file.is_in(&[LONG_FILES.0])) {
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            faults.add(&file, MAX_LINES, &format!("{lines} lines"));
        }
    }
    faults.report();
}

#[test]
fn nothing_is_left_open() {
    // Put together here, so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!"), concat!("unimple", "mented!")];
    let mut faults = Faults::new("nothing is left open in the code: do it, or open an issue");
    let mut all = files(&["src", "tests", "examples", "benches", "cpp", "qml"], &["rs", "h", "cpp", "qml"]);
    all.extend(files(&["scripts", ".ci"], &[""]));
    for file in &all {
        for (number, text) in file.lines() {
            for mark in marks.iter().filter(|mark| has_word(text, mark)) {
                faults.add(file, number, mark);
            }
        }
    }
    faults.report();
}

#[test]
fn threads_are_started_in_one_file() {
    let calls = ["std::thread::spawn(", "thread::Builder", "thread::scope("];
    let mut faults = Faults::new("threads are named, caught and joined: only the files in THREAD_ROOMS start them");
    faults.find_calls(&calls, &THREAD_ROOMS.map(|(path, _)| path));
    faults.report();
}

#[test]
fn channels_are_made_in_one_file() {
    let calls = ["bounded(", "bounded::<", "mpsc::channel", "sync_channel", "crossbeam_channel::never"];
    let mut faults =
        Faults::new("channels are bounded and named with their policy: only src/job/channel.rs makes them");
    faults.find_calls(&calls, &[CHANNEL_ROOM]);
    faults.report();
}

#[test]
fn scripts_can_be_run() {
    let mut faults = Faults::new("a script is executable, names its shell and stops at errors and unset names");
    for file in files(&["scripts", ".ci"], &[""]) {
        let mode = fs::metadata(root().join(&file.path)).unwrap().permissions().mode();
        if mode & 0o111 != 0o111 {
            faults.add(&file, 1, "not executable");
        }
        if !file.text.starts_with("#!/usr/bin/env bash\n# ") {
            faults.add(&file, 1, "no `#!/usr/bin/env bash` with a comment under it");
        }
        if !file.text.contains("\nset -euo pipefail\n") && !file.text.contains("\nset -uo pipefail\n") {
            faults.add(&file, 1, "no `set -euo pipefail`");
        }
    }
    faults.report();
}

#[test]
fn every_lint_says_why() {
    let mut faults = Faults::new("a lint carries its reason");
    let cargo = File::read("Cargo.toml");
    let mut is_lints = false;
    let mut before = "";
    for (number, text) in cargo.lines() {
        if text.starts_with('[') {
            is_lints = text.starts_with("[lints.");
        } else if is_lints && text.contains('=') && !text.starts_with('#') && !before.starts_with('#') {
            faults.add(&cargo, number, "no comment above it");
        }
        before = text;
    }
    let clippy = File::read("clippy.toml");
    for (number, text) in clippy.lines() {
        if text.trim_start().starts_with("{ path") && !text.contains("reason = \"") {
            faults.add(&clippy, number, "no reason");
        }
    }
    // Tests may unwrap: clippy.toml says why, once for all of them.
    for file in rust_files(&["src", "examples", "benches"]) {
        for (number, attribute) in file.lint_attributes() {
            if !attribute.contains("reason = \"") {
                faults.add(&file, number, attribute.lines().next().unwrap());
            }
        }
    }
    faults.report();
}

#[test]
fn ignored_tests_say_why() {
    let mut faults = Faults::new("a test that is not run says why");
    for file in rust_files(&["src", "tests", "examples"]) {
        for (number, text) in file.lines().filter(|(_, text)| text.trim() == concat!("#[igno", "re]")) {
            faults.add(&file, number, text);
        }
    }
    faults.report();
}

#[test]
fn the_desktop_finds_the_program() {
    let desktop = File::read(&format!("packaging/{APP_ID}.desktop"));
    for line in ["[Desktop Entry]", "Type=Application", "Name=Kymograph", &format!("Icon={APP_ID}"), "Exec=kymograph"] {
        assert!(desktop.text.lines().any(|found| found == line), "{}: no line `{line}`", desktop.path);
    }
    for icon in [format!("{APP_ID}.svg"), format!("{APP_ID}-symbolic.svg")] {
        let icon = File::read(&format!("packaging/icons/{icon}"));
        assert!(icon.text.starts_with("<svg "), "{}: no SVG", icon.path);
    }
}

#[test]
fn people_read_plain_text() {
    let mut faults = Faults::new("text that is not the program's own is plain: `textFormat: Text.PlainText`");
    // The one place that shows styled text: `app/styled_text.rs` escapes all of it.
    let is_styled = |file: &File| file.path.ends_with("qml/StyledLine.qml");
    for file in files(&["qml"], &["qml"]).into_iter().filter(|file| !is_styled(file)) {
        for (number, block) in file.qml_blocks(&["Text", "Label", "TextEdit", "TextArea"]) {
            let is_own = block.lines().any(|line| line.trim().starts_with("text: qsTr(") && !line.contains("arg("));
            let is_plain = ["Text.PlainText", "TextEdit.PlainText"].iter().any(|plain| block.contains(plain));
            // A text set elsewhere, or none, cannot be judged: it must be plain.
            if !is_own && !is_plain {
                faults.add(&file, number, "no `textFormat: Text.PlainText`");
            }
        }
    }
    faults.report();
}

#[test]
fn the_icons_are_of_one_style() {
    let mut faults =
        Faults::new("a toolbar icon is 16x16 with black strokes of 1.5, so that all look alike and can be tinted");
    for file in files(&["qml/icons"], &["svg"]) {
        let wanted = ["viewBox=\"0 0 16 16\"", "fill=\"none\"", "stroke=\"#000\"", "stroke-width=\"1.5\""];
        for part in wanted.iter().filter(|part| !file.text.contains(*part)) {
            faults.add(&file, 1, &format!("no {part}"));
        }
        // One of each: a second colour or width would be a style of its own.
        if file.text.matches("stroke=").count() != 1 || file.text.matches("fill=").count() != 1 {
            faults.add(&file, 1, "more than one fill or stroke");
        }
    }
    faults.report();
}

#[test]
fn the_rules_see_what_they_look_for() {
    let file = File {
        path: "src/store/a.rs".to_owned(),
        text: "//! QObject\nuse crate::{batch::Batch, app::{x, render}};\nlet q: QString = crate::figure::f();\n"
            .to_owned(),
    };
    assert_eq!(file.stage(), "store");
    let stages: Vec<_> = file.crate_paths();
    assert_eq!(stages, [(2, "batch".to_owned()), (2, "app".to_owned()), (3, "figure".to_owned())]);
    let qt: Vec<_> = file.words().filter(|(_, word)| is_qt_type(word)).collect();
    assert_eq!(qt, [(3, "QString")], "comments may name Qt");
    assert!(!is_qt_type("QUEUE") && !is_qt_type("Queue") && !is_qt_type("Q"));
    assert!(has_word("// x: now", "x") && !has_word("next", "x"));
}
