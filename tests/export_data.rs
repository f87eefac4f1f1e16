//! Samples written as data files are read back as the same numbers, to the last bit, by our reader and by others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

use std::fs;
use std::path::Path;

use kymograph::app::export_file::export;
use kymograph::app::input::read_table;
use kymograph::batch::Xs;
use kymograph::cli::ExportArgs;
use kymograph::export::{DataFormat, ExportError, Shape, save_data};
use kymograph::source::table::{MISSING, Table, is_missing};
use proptest::prelude::*;

/// All bits; NaN as one value, but a missing one as another.
fn bits(values: &[f64]) -> Vec<u64> {
    let one = |value: &f64| if value.is_nan() && !is_missing(*value) { f64::NAN.to_bits() } else { value.to_bits() };
    values.iter().map(one).collect()
}

fn x_of(table: &Table) -> Vec<f64> {
    match &table.x {
        Xs::Explicit(x) => x.to_vec(),
        Xs::Steps { start, step } => (0..table.rows()).map(|row| start + step * row as f64).collect(),
    }
}

fn read(path: &Path) -> Table {
    read_table(Some(path), None, &[]).unwrap()
}

fn wide(names: &[&str]) -> Shape {
    Shape::Wide { x_name: "x".into(), names: names.iter().map(|name| (*name).to_owned()).collect() }
}

fn save_wide(path: &Path, names: &[&str], x: &[f64], ys: &[&[f64]]) {
    let format = DataFormat::from_path(path).unwrap();
    save_data::<ExportError>(path, format, &wide(names), |writer| writer.rows(x, ys)).unwrap();
}

fn export_file(input: &Path, output: &Path) {
    export(&ExportArgs { input: input.into(), output: output.into(), x: None, y: Vec::new() }, None).unwrap();
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits).prop_filter("marks a missing value", |value| !is_missing(*value)),
        prop::sample::select(vec![0.0, -0.0, 5e-324, -5e-324, 2.2e-308, 1e308, -1e308, f64::MAX, f64::MIN_POSITIVE]),
        prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
        (-1_000_000_i32..1_000_000).prop_map(f64::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn data_hostile_numbers_come_back_bit_for_bit(
        mut rows in prop::collection::vec((any_number(), any_number(), any_number()), 2..200),
    ) {
        // A column without any number would be text or nothing to a reader.
        rows.push((1.0, 2.0, 3.0));
        let folder = tempfile::tempdir().unwrap();
        let (x, (a, b)): (Vec<f64>, (Vec<f64>, Vec<f64>)) = rows.into_iter().map(|(x, a, b)| (x, (a, b))).unzip();
        for ending in ["csv", "jsonl"] {
            let first = folder.path().join(format!("first.{ending}"));
            save_wide(&first, &["a", "b"], &x, &[&a, &b]);
            // Once more through the program, into the other format and back.
            let other = folder.path().join(if ending == "csv" { "other.jsonl" } else { "other.csv" });
            let again = folder.path().join(format!("again.{ending}"));
            export_file(&first, &other);
            export_file(&other, &again);
            prop_assert_eq!(fs::read(&first).unwrap(), fs::read(&again).unwrap());
            let table = read(&again);
            prop_assert_eq!(bits(&x_of(&table)), bits(&x));
            prop_assert_eq!(bits(&table.columns[0].values), bits(&a));
            prop_assert_eq!(bits(&table.columns[1].values), bits(&b));
        }
    }
}

#[test]
fn a_missing_value_stays_missing_and_nan_stays_nan() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.csv"), "t,a,b\n1,,2\n2,nan,\n3,5,NA\n4,6,7\n").unwrap();
    export_file(&path("in.csv"), &path("out.csv"));
    assert_eq!(fs::read_to_string(path("out.csv")).unwrap(), "t,a,b\n1,,2\n2,nan,\n3,5,\n4,6,7\n");
    export_file(&path("in.csv"), &path("out.jsonl"));
    let expected =
        "{\"t\": 1, \"b\": 2}\n{\"t\": 2, \"a\": NaN}\n{\"t\": 3, \"a\": 5}\n{\"t\": 4, \"a\": 6, \"b\": 7}\n";
    assert_eq!(fs::read_to_string(path("out.jsonl")).unwrap(), expected);
    let table = read(&path("out.jsonl"));
    let by_name = |name: &str| table.columns.iter().find(|column| column.name == name).unwrap().values.clone();
    assert_eq!(bits(&by_name("a")), bits(&[MISSING, f64::NAN, 5.0, 6.0]));
    assert_eq!(bits(&by_name("b")), bits(&[2.0, MISSING, MISSING, 7.0]));
}

#[test]
fn rows_without_an_x_are_numbered() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.txt"), "5.5\n-6\n7\n").unwrap();
    export_file(&path("in.txt"), &path("out.csv"));
    assert_eq!(fs::read_to_string(path("out.csv")).unwrap(), "row,column 1\n1,5.5\n2,-6\n3,7\n");
}

#[test]
fn export_formula_names_are_quoted_and_numbers_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let names = ["=HYPERLINK(\"http://example.org\")", "+1", "-a", "@x", "\tb", "\rc", "plain, with a comma"];
    let values: Vec<&[f64]> = vec![&[-1.5, -2.0]; names.len()];
    save_wide(&out, &names, &[-1.0, -2.0], &values);
    let text = fs::read_to_string(&out).unwrap();
    let (head, body) = text.split_once("\n-1").unwrap();
    assert_eq!(
        head,
        "x,\"'=HYPERLINK(\"\"http://example.org\"\")\",\"'+1\",\"'-a\",\"'@x\",\"'\tb\",\"'\rc\",\"plain, with a comma\""
    );
    assert_eq!(body, format!("{}\n-2{}\n", ",-1.5".repeat(7), ",-2".repeat(7)));
    // Any reader of CSV finds the cells, and none of them starts like a formula.
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for (cell, name) in reader.headers().unwrap().iter().skip(1).zip(names) {
        assert!(cell == name || cell == format!("'{name}"), "{cell:?}");
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
    let shape = Shape::Long { names: vec!["=1+1".into(), "b".into()] };
    let long = folder.path().join("long.csv");
    save_data::<ExportError>(&long, DataFormat::Csv, &shape, |writer| {
        writer.samples(0, &[1.0], &[-2.0])?;
        writer.samples(1, &[-1.0, 2.0], &[f64::NAN, 0.5])
    })
    .unwrap();
    assert_eq!(fs::read_to_string(&long).unwrap(), "series,x,y\n\"'=1+1\",1,-2\nb,-1,nan\nb,2,0.5\n");
}

#[test]
fn names_hostile_are_json_strings() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    let shape = Shape::Long { names: vec!["a\"b\\c\n\u{1b}[2J".into()] };
    save_data::<ExportError>(&out, DataFormat::JsonLines, &shape, |writer| writer.samples(0, &[1.0], &[0.1])).unwrap();
    let text = fs::read_to_string(&out).unwrap();
    assert_eq!(text.lines().count(), 1);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((value["series"].as_str(), value["y"].as_f64()), (Some("a\"b\\c\n\u{1b}[2J"), Some(0.1)));
}

#[test]
fn columns_of_one_name_stay_apart_where_names_are_keys() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    save_wide(&out, &["a", "a", "x", "a (2)"], &[1.0], &[&[2.0], &[3.0], &[4.0], &[5.0]]);
    let text = fs::read_to_string(&out).unwrap();
    assert_eq!(text, "{\"x\": 1, \"a\": 2, \"a (2)\": 3, \"x (2)\": 4, \"a (2) (2)\": 5}\n");
}

/// Several blocks, each made on all cores, in order.
#[test]
fn many_rows_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let rows = 700_000;
    let x: Vec<f64> = (0..rows).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| (x * 0.001).sin()).collect();
    let (wide, long) = (folder.path().join("wide.csv"), folder.path().join("long.csv"));
    save_wide(&wide, &["y"], &x, &[&y]);
    let table = read(&wide);
    assert!(bits(&x_of(&table)) == bits(&x) && bits(&table.columns[0].values) == bits(&y));
    let shape = Shape::Long { names: vec!["even".into(), "odd".into()] };
    save_data::<ExportError>(&long, DataFormat::Csv, &shape, |writer| {
        x.chunks(777).zip(y.chunks(777)).zip((0..2_u32).cycle()).try_for_each(|((x, y), i)| writer.samples(i, x, y))
    })
    .unwrap();
    let table = read_table(Some(&long), Some("x"), &["y".to_owned()]).unwrap();
    assert!(bits(&x_of(&table)) == bits(&x) && bits(&table.columns[0].values) == bits(&y));
}

#[test]
fn a_failure_leaves_the_old_file_and_nothing_beside() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    fs::write(&out, "old").unwrap();
    let failed = save_data(&out, DataFormat::Csv, &wide(&["y"]), |writer| {
        writer.rows(&[1.0], &[&[2.0]])?;
        Err(ExportError::Panicked("the source broke".into()))
    });
    assert!(matches!(failed, Err(ExportError::Panicked(_))), "{failed:?}");
    assert_eq!(fs::read_to_string(&out).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let unequal = save_data::<ExportError>(&out, DataFormat::Csv, &wide(&["y"]), |writer| writer.rows(&[1.0], &[&[]]));
    assert!(matches!(unequal, Err(ExportError::Write { .. })), "columns of unequal length");
    assert_eq!(fs::read_to_string(&out).unwrap(), "old");
}

#[test]
fn disk_full_is_said_with_a_remedy() {
    let full = Path::new("/dev/full");
    let y = vec![0.5; 10_000];
    let error = save_data::<ExportError>(full, DataFormat::Csv, &wide(&["y"]), |writer| writer.rows(&y, &[&y]));
    let text = error.unwrap_err().to_string();
    assert!(text.starts_with("/dev/full: ") && text.ends_with("free some room, or choose another disk"), "{text}");
}

#[cfg(feature = "parquet")]
mod parquet {
    use std::fs::File;

    use ::parquet::column::reader::ColumnReader;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;

    use super::*;

    /// Each column as the Parquet crate reads it; null is missing.
    fn columns(path: &Path) -> Vec<(String, Vec<f64>)> {
        let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr();
        let mut out: Vec<_> = schema.columns().iter().map(|c| (c.name().to_owned(), Vec::new())).collect();
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).unwrap();
            for (index, (_, out)) in out.iter_mut().enumerate() {
                let ColumnReader::DoubleColumnReader(mut column) = group.get_column_reader(index).unwrap() else {
                    panic!("column {index} holds no doubles")
                };
                let (mut values, mut levels) = (Vec::new(), Vec::new());
                let rows = usize::try_from(group.metadata().num_rows()).unwrap();
                column.read_records(rows, Some(&mut levels), None, &mut values).unwrap();
                let mut values = values.into_iter();
                out.extend(levels.iter().map(|level| if *level == 1 { values.next().unwrap() } else { MISSING }));
            }
        }
        out
    }

    #[test]
    fn data_hostile_columns_come_back_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.parquet");
        let rows = 2_100_000;
        let x: Vec<f64> = (0..rows).map(f64::from).collect();
        let odd = [0.0, -0.0, f64::NAN, MISSING, f64::INFINITY, -1e308, 5e-324];
        let y: Vec<f64> = (0..x.len()).map(|row| if row % 3 == 0 { odd[row % 7] } else { row as f64 / 7.0 }).collect();
        let dense: Vec<f64> = x.iter().map(|x| x.sqrt()).collect();
        save_wide(&out, &["y", "a, =b"], &x, &[&y, &dense]);
        let read = columns(&out);
        assert_eq!(read.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["x", "y", "a, =b"]);
        assert!(bits(&read[0].1) == bits(&x) && bits(&read[1].1) == bits(&y) && bits(&read[2].1) == bits(&dense));
        let reader = SerializedFileReader::new(File::open(&out).unwrap()).unwrap();
        assert_eq!(reader.num_row_groups(), 3, "row groups of a million rows");
    }

    #[test]
    fn series_with_an_x_of_their_own_are_rows_with_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.parquet");
        let shape = Shape::Long { names: vec!["loss".into(), "é\"=".into()] };
        save_data::<ExportError>(&out, DataFormat::Parquet, &shape, |writer| {
            writer.samples(0, &[1.0, 2.0], &[0.5, f64::NAN])?;
            writer.samples(1, &[-1.0], &[1e308])
        })
        .unwrap();
        let reader = SerializedFileReader::new(File::open(&out).unwrap()).unwrap();
        let rows: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().into_columns().into_iter().map(|(_, field)| field).collect())
            .collect();
        let name = |name: &str| Field::Str(name.to_owned());
        assert_eq!(rows[0], [name("loss"), Field::Double(1.0), Field::Double(0.5)]);
        assert!(rows[1][0] == name("loss") && matches!(rows[1][2], Field::Double(y) if y.is_nan()));
        assert_eq!(rows[2], [name("é\"="), Field::Double(-1.0), Field::Double(1e308)]);
    }
}
