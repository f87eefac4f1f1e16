//! What followed files are written in: tables in their dialects, logs of simulations, files of trackers.
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

use std::fs;

use follow_support::{once, read};

/// A file of W&B's own: an offline run of wandb 0.31 with two steps.
const WANDB: &[u8] = include_bytes!("data/run-tiny.wandb");

#[test]
fn csv_dialects_are_told_apart() {
    for (name, text) in [
        ("plain", "step,a,b\n1,0.5,2\n2,1.5,3\n"),
        ("bom and crlf", "\u{feff}step,a,b\r\n1,0.5,2\r\n2,1.5,3\r\n"),
        ("tabs", "step\ta\tb\n1\t0.5\t2\n2\t1.5\t3\n"),
        ("decimal comma", "step;a;b\n1;0,5;2\n2;1,5;3\n"),
        ("quotes", "\"step\",\"a\",\"b\"\n\"1\",\"0.5\",\"2\"\n2,1.5,3\n"),
        ("white space", "  step     a   b\n     1   0.5   2\n     2   1.5   3\n"),
        ("comments", "# made by hand\nstep,a,b\n1,0.5,2 # good\n\n2,1.5,3\n"),
        ("no line end", "step,a,b\n1,0.5,2\n2,1.5,3"),
        ("units", "step,a,b\n(1),(m),(s)\n1,0.5,2\n2,1.5,3\n"),
    ] {
        let found = read("x.csv", text);
        assert_eq!(found.named("a"), [(1.0, 0.5), (2.0, 1.5)], "{name}");
        assert_eq!(found.named("b"), [(1.0, 2.0), (2.0, 3.0)], "{name}");
        assert_eq!(found.x_label("a"), "step", "{name}");
    }
}

#[test]
fn csv_dialects_a_decimal_comma_may_show_late() {
    let found = read("x.csv", "step;a\n1;2\n2;2,5\n3;1e3\n");
    assert_eq!(found.named("a"), [(1.0, 2.0), (2.0, 2.5), (3.0, 1000.0)]);
}

#[test]
fn csv_dialects_words_for_what_is_no_number() {
    let found = read("x.csv", "step,a,b\n1,nan,inf\n2,NA,-Infinity\n3,,NaN\n4,1,null\n");
    let bits = |name: &str| found.named(name).iter().map(|(x, y)| (*x, y.to_bits())).collect::<Vec<_>>();
    assert_eq!(bits("a"), [(1.0, f64::NAN.to_bits()), (4.0, 1_f64.to_bits())]);
    let (inf, neg) = (f64::INFINITY.to_bits(), f64::NEG_INFINITY.to_bits());
    assert_eq!(bits("b"), [(1.0, inf), (2.0, neg), (3.0, f64::NAN.to_bits())]);
}

#[test]
fn csv_dialects_wrong_lines_are_told_with_their_number_and_passed_over() {
    let found = read("x.csv", "step,a\n1,0.5\n2,1,7\n3\n4,abc\nx,5\n6,0.25\n");
    assert_eq!(found.named("a"), [(1.0, 0.5), (6.0, 0.25)]);
    for part in [
        "x.csv, line 3: 3 columns",
        "should be 2",
        "line 4: 1 columns",
        "line 5, column a: \"abc\"",
        "line 6: no value",
    ] {
        assert!(found.said.contains(part), "no {part} in: {}", found.said);
    }
    let many: String = (0..1000).map(|_| "1\n").collect();
    let found = read("x.csv", format!("step,a\n1,2\n{many}3,4\n"));
    assert!(found.said.lines().count() < 20, "the rest is not told one by one: {}", found.said);
    assert_eq!(found.named("a").len(), 2);
}

#[test]
fn csv_dialects_a_line_beyond_the_bound_is_told_and_passed_over() {
    let long = "7".repeat(kymograph::source::follow::LINE_BYTES_MAX + 1);
    let found = read("x.csv", format!("step,a\n1,0.5\n2,{long}\n3,0.25\n"));
    assert_eq!(found.named("a"), [(1.0, 0.5), (3.0, 0.25)]);
    assert!(found.said.contains("line 3: longer than 4 MiB"), "{}", found.said);
}

#[test]
fn csv_dialects_names_come_again_or_change() {
    // A program that is started again and appends, first as before, then with one more column.
    let found = read("x.csv", "step,a\n1,0.5\nstep,a\n2,0.25\nstep,a,b\n3,0.125,9\n");
    assert_eq!(found.named("a"), [(1.0, 0.5), (2.0, 0.25), (3.0, 0.125)]);
    assert_eq!(found.named("b"), [(3.0, 9.0)]);
}

#[test]
fn csv_dialects_a_quoted_line_end_belongs_to_its_cell() {
    let found = read("x.csv", "step,note,a\n1,\"two\nlines, and a comma\",0.5\n2,\"a \"\"b\"\"\",1.5\n");
    assert_eq!(found.named("a"), [(1.0, 0.5), (2.0, 1.5)]);
    // A lone quote does not swallow the file.
    let rows: String = (1..200).map(|n| if n == 3 { "3,5\",1\n".to_owned() } else { format!("{n},x,{n}\n") }).collect();
    let found = read("x.csv", format!("step,note,a\n{rows}"));
    assert_eq!(found.named("a").len(), 199, "{}", found.said);
}

#[test]
fn times_are_x() {
    let found = read("x.csv", "time,a\n2024-05-01T12:00:00Z,1\n2024-05-01T12:00:01Z,2\n");
    assert_eq!(found.named("a"), [(1_714_564_800.0, 1.0), (1_714_564_801.0, 2.0)]);
    let found = read("x.csv", "a\n5\n7\n");
    assert_eq!(found.named("a"), [(1.0, 5.0), (2.0, 7.0)], "without x the rows are counted");
}

#[test]
fn json_lines_as_python_writes_them() {
    let text = "{\"step\": 1, \"loss\": NaN, \"eval\": {\"acc\": 0.5}, \"name\": \"x\"}\n{\"note\": \"no number\"}\n\
                {\"step\": 2, \"loss\": Infinity, \"ok\": true}\nbroken {\n{\"loss\": -Infinity}\n";
    let found = read("x.jsonl", text);
    let loss = found.named("loss");
    assert!(loss[0].0 == 1.0 && loss[0].1.is_nan());
    assert_eq!(loss[1..], [(2.0, f64::INFINITY), (2.0, f64::NEG_INFINITY)]);
    assert_eq!(found.named("eval/acc"), [(1.0, 0.5)]);
    assert_eq!(found.names(), ["loss", "eval/acc"]);
    assert!(found.said.contains("line 4: this is no JSON object"), "{}", found.said);
}

#[test]
fn keras_writes_its_epochs() {
    let found = read("log.csv", "epoch,accuracy,loss,val_loss\n0,0.5,1.25,1.5\n1,0.75,1.0,1.25\n");
    assert_eq!(found.named("val_loss"), [(0.0, 1.5), (1.0, 1.25)]);
    assert_eq!(found.x_label("loss"), "epoch");
}

#[test]
fn ase_has_names_over_its_columns() {
    let text = "      Step     Time          Energy          fmax\n\
                BFGS:    0 12:34:56       -10.125000*        0.5000\n\
                BFGS:    1 12:34:57       -10.250000*        0.2500\n\
                      Step     Time          Energy          fmax\n\
                BFGS:    2 12:34:58       -10.500000*        0.1250\n";
    let found = read("opt.log", text);
    assert_eq!(found.named("Energy"), [(0.0, -10.125), (1.0, -10.25), (2.0, -10.5)]);
    assert_eq!(found.named("fmax"), [(0.0, 0.5), (1.0, 0.25), (2.0, 0.125)]);
    let found = read("md.log", "Time[ps]      Etot[eV]     T[K]\n0.0000   -1.5  300.0\n0.0100   -1.25  310.0\n");
    assert_eq!(found.named("T[K]"), [(0.0, 300.0), (0.01, 310.0)]);
}

#[test]
fn gromacs_names_its_curves() {
    let text = "# This file was created\n@    title \"GROMACS Energies\"\n@    xaxis  label \"Time (ps)\"\n\
                @    yaxis  label \"(kJ/mol)\"\n@TYPE xy\n@ s0 legend \"Potential\"\n@ s1 legend \"Temperature\"\n\
                    0.000000  -5.5  300.0\n    1.000000  -5.25  301.0\n";
    let found = read("energy.xvg", text);
    assert_eq!(found.named("Potential"), [(0.0, -5.5), (1.0, -5.25)]);
    assert_eq!(found.named("Temperature"), [(0.0, 300.0), (1.0, 301.0)]);
    assert_eq!(found.x_label("Potential"), "Time (ps)");
    // By what is in it, whatever its name.
    assert_eq!(read("energy", text).named("Temperature").len(), 2);
}

#[test]
fn lammps_prints_blocks() {
    let text = "LAMMPS (2 Aug 2023)\nthermo 100\nPer MPI rank memory allocation (min/avg/max) = 3.1 | 3.1 | 3.1 Mbytes\n\
                   Step          Temp          E_pair\n         0   1.44          -6.5\nWARNING: something (src/x.cpp:1)\n\
                       100   0.75          -5.5\nLoop time of 0.5 on 1 procs for 100 steps with 4000 atoms\n\
                1 2 3\n   Step          Temp          Press\n       100   0.75          1.5\n       200   0.5           1.25\n\
                Loop time of 1\n";
    let found = read("log.lammps", text);
    assert_eq!(found.named("Temp"), [(0.0, 1.44), (100.0, 0.75), (100.0, 0.75), (200.0, 0.5)]);
    assert_eq!(found.named("Press"), [(100.0, 1.5), (200.0, 1.25)]);
    let multi = "LAMMPS (2 Aug 2023)\n------------ Step              0 ----- CPU =            0 (sec) -------------\n\
                 TotEng   =     -4621.5     KinEng   =        20.25\nPress    =       526.5\n";
    let found = read("log.lammps", multi);
    assert_eq!(found.named("KinEng"), [(0.0, 20.25)]);
    assert_eq!(found.named("Press"), [(0.0, 526.5)]);
    let yaml = "LAMMPS (2 Aug 2023)\n---\nkeywords: ['Step', 'Temp', ]\ndata:\n  - [0, 1.5, ]\n  - [50, 1.25, ]\n...\n";
    assert_eq!(read("log.lammps", yaml).named("Temp"), [(0.0, 1.5), (50.0, 1.25)]);
}

#[test]
fn mlflow_has_a_file_a_metric() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("mlruns/0/abc");
    fs::create_dir_all(run.join("metrics/val")).unwrap();
    fs::write(run.join("meta.yaml"), "run_id: abc\n").unwrap();
    fs::write(run.join("metrics/loss"), "1700000000000 0.5 1\n1700000001000 0.25 2\n").unwrap();
    fs::write(run.join("metrics/stepless"), "1700000000000 5 0\n1700000001000 6 0\n1700000002000 7 0\n").unwrap();
    fs::write(run.join("metrics/val/acc"), "1700000000000 0.75 1\nbroken\n").unwrap();
    let (out, result) = once(&[&folder.path().join("mlruns")]);
    result.unwrap();
    out.with(|record| {
        assert_eq!(record.named("0/abc: loss"), [(1.0, 0.5), (2.0, 0.25)]);
        assert_eq!(record.named("0/abc: val/acc"), [(1.0, 0.75)]);
        assert_eq!(
            record.named("0/abc: stepless"),
            [(0.0, 5.0), (1.0, 6.0), (2.0, 7.0)],
            "values without steps are counted"
        );
        assert!(follow_support::says(record, "line 2: this is no metric"));
    });
}

#[test]
fn wandb_offline_files() {
    let found = read("run-tiny.wandb", WANDB);
    assert_eq!(found.named("loss"), [(0.0, 0.5), (1.0, 0.25)]);
    assert_eq!(found.named("val/acc"), [(0.0, 0.0), (1.0, 0.125)]);
    assert!(found.named("bad").iter().all(|(_, y)| y.is_nan()));
    assert_eq!(found.names(), ["loss", "val/acc", "bad"]);
    // What is damaged is told; nothing is made up.
    let mut bytes = WANDB.to_vec();
    bytes[40] ^= 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run-tiny.wandb");
    fs::write(&path, bytes).unwrap();
    let (out, _) = once(&[&path]);
    out.with(|record| assert_eq!(record.points.values().map(Vec::len).sum::<usize>(), 0));
}

#[test]
fn logs_for_people_are_read_like_a_commands_output() {
    let text = "starting\nepoch 1: loss=0.5 acc=0.25\nepoch 2: loss=0.25 acc=0.5\n";
    let found = read("train.log", text);
    assert_eq!(found.named("loss"), [(1.0, 0.5), (2.0, 0.25)]);
    assert_eq!(found.lines(), text.lines().collect::<Vec<_>>());
}

#[test]
fn names_hostile_stay_names() {
    let name = format!("<img src='http://x/'>\u{202e}../{}", "é".repeat(3000));
    let found = read("x.jsonl", format!("{{\"step\": 1, \"{name}\": 2}}\n"));
    let names = found.names();
    assert!(names[0].len() <= 1024 && name.starts_with(&names[0]), "whole characters, cut at the bound");
}
