//! Tables from text in every dialect that people have, and errors with their place.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

use std::io::{self, Read, Write};
use std::time::Instant;

use kymograph::batch::{Item, Xs};
use kymograph::source::table::{Table, TableError, TableOptions, read_table};
use proptest::prelude::*;

fn options(x: &str, y: &str) -> TableOptions {
    let y = y.split(',').filter(|y| !y.is_empty()).map(str::to_owned).collect();
    TableOptions { file: "data.csv".into(), x: Some(x.to_owned()).filter(|x| !x.is_empty()), y }
}

fn read_as(text: &str, x: &str, y: &str) -> Result<Table, TableError> {
    read_table(text.as_bytes(), &options(x, y))
}

/// One line a column, x first: `x(1 2) y(3 4)`.
fn show(table: &Table) -> String {
    let join = |values: &[f64]| values.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    let x = match &table.x {
        Xs::Explicit(x) => format!("{}({})", table.x_name, join(x)),
        Xs::Steps { start, step } => format!("{}({start}+{step}i)", table.x_name),
    };
    table.columns.iter().fold(x, |text, c| format!("{text} {}({})", c.name, join(&c.values)))
}

fn check(case: &str, text: &str, expected: &str) {
    match read_as(text, "", "") {
        Ok(table) => assert_eq!(show(&table), expected, "case {case}"),
        Err(error) => panic!("case {case}: {error}"),
    }
}

fn error(text: &str) -> String {
    read_as(text, "", "").unwrap_err().to_string()
}

#[test]
fn csv_dialects_headers() {
    check("header", "t,v\n1,2\n3,4\n", "t(1 3) v(2 4)");
    check("no header", "1,2\n3,4\n", "column 1(1 3) column 2(2 4)");
    check("no end of the last line", "t,v\n1,2\n3,4", "t(1 3) v(2 4)");
    check("one column", "v\n1\n2\n", "row(1+1i) v(1 2)");
    check("one column without a header", "1\n2\n", "row(1+1i) column 1(1 2)");
    check("one row", "1,2", "column 1(1) column 2(2)");
    check("three columns", "t,a,b\n1,2,3\n4,5,6\n", "t(1 4) a(2 5) b(3 6)");
    check("index without a name", ",loss\n0,0.5\n1,0.4\n", "column 1(0 1) loss(0.5 0.4)");
    check("row names of R", "a b\nx 1 2\ny 3 4\n", "row(1+1i) a(1 3) b(2 4)");
    check("savetxt", "# t v\n1 2\n3 4\n", "t(1 3) v(2 4)");
    check("gnuplot", "# made by hand\n\n1 2\n3 4\n", "column 1(1 3) column 2(2 4)");
    check("nan is no name", "nan,1\n2,3\n", "column 1(NaN 2) column 2(1 3)");
}

#[test]
fn csv_dialects_delimiters_and_decimals() {
    check("semicolon", "t;v\n1;2.5\n3;4.5\n", "t(1 3) v(2.5 4.5)");
    check("tab", "t\tv\n1\t2.5\n3\t4.5\n", "t(1 3) v(2.5 4.5)");
    check("blanks", "  t    v\n  1  2.5\n 10  4.5\n", "t(1 10) v(2.5 4.5)");
    check("blanks after commas", "t, v\n1, 2.5\n3, 4.5\n", "t(1 3) v(2.5 4.5)");
    check("pipes", "t|v\n1|2.5\n3|4.5\n", "t(1 3) v(2.5 4.5)");
    check("a drawn table", "| t | v |\n|---|---|\n| 1 | 2.5 |\n| 3 | 4.5 |\n", "t(1 3) v(2.5 4.5)");
    check("decimal comma", "t;v\n1;2,5\n3;-4,5e3\n", "t(1 3) v(2.5 -4500)");
    check("decimal comma, tab", "t\tv\n1,5\t2,5\n3\t4,5\n", "t(1.5 3) v(2.5 4.5)");
    check("decimal comma, blanks", "1,5 2,5\n3,5 4,5\n", "column 1(1.5 3.5) column 2(2.5 4.5)");
    check("decimal comma without a header", "1,5;2,5\n3,5;4,5\n", "column 1(1.5 3.5) column 2(2.5 4.5)");
    check("CRLF", "t,v\r\n1,2\r\n3,4\r\n", "t(1 3) v(2 4)");
    check("BOM", "\u{feff}t,v\n1,2\n3,4\n", "t(1 3) v(2 4)");
    check("BOM and no header", "\u{feff}1,2\n3,4\n", "column 1(1 3) column 2(2 4)");
    check("BOM, CRLF, semicolon, decimal comma", "\u{feff}t;v\r\n1;2,5\r\n3;4,5\r\n", "t(1 3) v(2.5 4.5)");
    check("trailing delimiter", "t,v,\n1,2,\n3,4,\n", "t(1 3) v(2 4)");
    check("trailing delimiter in the rows only", "t,v\n1,2,\n3,4,\n", "t(1 3) v(2 4)");
}

#[test]
fn csv_dialects_comments_and_blanks() {
    check("comments", "# one\n% two\nt,v\n# three\n1,2\n\n3,4\n   \n# end\n", "t(1 3) v(2 4)");
    check("comment behind a row", "t v\n1 2 # good\n3 4\n", "t(1 3) v(2 4)");
}

#[test]
fn csv_dialects_values() {
    check("words", "t,v\n1,nan\n2,inf\n3,-Infinity\n4,NaN\n", "t(1 2 3 4) v(NaN inf -inf NaN)");
    check("missing", "t,v\n1,\n2,NA\n3,null\n4,5\n5,N/A\n", "t(1 2 3 4 5) v(NaN NaN NaN 5 NaN)");
    check("exponents", "t,v\n1,1e-3\n2,2.5E+10\n3,1e400\n", "t(1 2 3) v(0.001 25000000000 inf)");
    check(
        "long digits",
        "t,v\n1,0.1234567890123456789012345\n2,123456789012345678901\n",
        "t(1 2) v(0.12345678901234568 123456789012345680000)",
    );
    check(
        "data-hostile",
        "x,y\n2,1e308\n1,5e-324\n1,-1e308\n",
        "x(2 1 1) y(1e308 5e-324 -1e308)"
            .replace("1e308", &1e308.to_string())
            .replace("5e-324", &5e-324.to_string())
            .as_str(),
    );
    let table = read_as("t,name,v\n1,a,2\n3,b,4\n", "", "").unwrap();
    assert_eq!(show(&table), "t(1 3) v(2 4)");
    assert_eq!(table.skipped, ["name"]);
    check("text first", "name,a,b\nx,1,2\ny,3,4\n", "row(1+1i) a(1 3) b(2 4)");
    check("empty column", "t,e,v\n1,,2\n3,,4\n", "t(1 3) v(2 4)");
}

#[test]
fn csv_dialects_quotes() {
    check("quoted", "\"t\",\"the, value\"\n\"1\",\"2.5\"\n3,\"4.5\"\n", "t(1 3) the, value(2.5 4.5)");
    check(
        "delimiters and line ends in text",
        "t,note,v\n1,\"a, b\",2\n3,\"c\nd \"\"e\"\"\",4\n5,f,6\n",
        "t(1 3 5) v(2 4 6)",
    );
    check("quoted decimal comma", "t,v\n1,\"2\"\n3,4\n", "t(1 3) v(2 4)");
    check("quoted, blanks", "\"t\" \"v\"\n\"1\" 2\n3 4\n", "t(1 3) v(2 4)");
    let error = error("t,note,v\n1,\"a\nb\",2\n3,c\n");
    assert!(error.starts_with("data.csv, line 4: 2 columns where"), "{error}");
    // The first quote far behind the sample, and the lines still counted right.
    let mut text = String::from("t,note,v\n");
    for i in 0..1000 {
        text.push_str(&format!("{i},n,{i}\n"));
    }
    text.push_str("1000,\"x,\ny\",1000\n1001,n,1001\n");
    let table = read_as(&text, "", "").unwrap();
    assert_eq!(table.rows(), 1002);
    assert_eq!(table.columns[0].values[1001], 1001.0);
    text.push_str("1002,n,bad\n");
    let error = read_as(&text, "", "").unwrap_err().to_string();
    assert!(error.starts_with("data.csv, line 1005, column v: \"bad\" is not a number"), "{error}");
}

#[test]
fn csv_dialects_times() {
    let table = read_as("time,v\n2024-05-01T12:00:00Z,1\n2024-05-01T12:00:01.5Z,2\n", "", "").unwrap();
    assert_eq!(show(&table), "time(1714564800 1714564801.5) v(1 2)");
    assert!(table.x_is_time);
    let table = read_as("date,v\n2024-05-01,1\n2024-05-02,2\n", "", "").unwrap();
    let Xs::Explicit(x) = &table.x else { panic!() };
    assert_eq!(x[1] - x[0], 86400.0);
    let table = read_as("v,when\n1,2024-05-01 12:00:00+02:00\n2,\n", "when", "").unwrap();
    assert_eq!(show(&table), "when(1714557600 NaN) v(1 2)");
    // A number is never taken for a time.
    assert!(!read_as("time,v\n1714564800,1\n", "", "").unwrap().x_is_time);
    let error = error("time,v\n2024-05-01T12:00:00Z,1\nsoon,2\n");
    assert!(error.starts_with("data.csv, line 3, column time: \"soon\" is not a time"), "{error}");
}

#[test]
fn columns_are_chosen_by_name_or_number() {
    let text = "t,a,b,name\n1,2,3,x\n4,5,6,y\n";
    for (x, y, expected) in [
        ("a", "", "a(2 5) t(1 4) b(3 6)"),
        ("2", "3", "a(2 5) b(3 6)"),
        ("", "b,a", "t(1 4) b(3 6) a(2 5)"),
        ("", "t", "row(1+1i) t(1 4)"),
        ("t", "t", "t(1 4) t(1 4)"),
        ("t", "a,a", "t(1 4) a(2 5)"),
    ] {
        assert_eq!(show(&read_as(text, x, y).unwrap()), expected, "x {x} y {y}");
    }
    assert_eq!(
        show(&read_as("2,1\n10,20\nx,y\n".get(..10).unwrap(), "2", "1").unwrap()),
        "column 2(1 20) column 1(2 10)"
    );
    let text_of = |x: &str, y: &str| read_as(text, x, y).unwrap_err().to_string();
    assert_eq!(text_of("z", ""), "data.csv has no column z; it has: t, a, b, name");
    assert_eq!(text_of("", "0"), "data.csv has no column 0; it has: t, a, b, name");
    assert!(
        text_of("", "name").starts_with("data.csv, line 2, column name: \"x\" is not a number"),
        "{}",
        text_of("", "name")
    );
}

#[test]
fn csv_dialects_errors_name_file_line_and_remedy() {
    assert_eq!(
        error("t,v\n1,2\n3\n4,5\n"),
        "data.csv, line 3: 1 columns where the lines before have 2; complete or remove the line, or put # before it"
    );
    assert!(error("# c\n\nt,v\n1,2\n1,2,3\n").starts_with("data.csv, line 5: 3 columns where the lines before have 2"));
    let mut many: String = (0..300_000).map(|i| format!("{i},{i}\n")).collect();
    many.push_str("1,oops\n");
    assert!(
        error(&many)
            .starts_with("data.csv, line 300001, column column 2: \"oops\" is not a number; leave the cell empty")
    );
    let mut many: String = (0..2_000_000).map(|i| format!("{i},{i}\n")).collect();
    many.push_str("7\n");
    assert!(error(&many).starts_with("data.csv, line 2000001: 1 columns"), "{}", error(&many));
    assert_eq!(error(""), "data.csv is empty: give a file with rows of numbers");
    assert_eq!(error("\n# only a comment\n"), "data.csv is empty: give a file with rows of numbers");
    assert_eq!(error("a,b\nx,y\n"), "data.csv has no column of numbers to draw: a, b");
    assert_eq!(error("a,b\n"), "data.csv has no column of numbers to draw: a, b");
    let nameless = read_table(&b""[..], &TableOptions::default()).unwrap_err().to_string();
    assert!(nameless.starts_with("standard input is empty"));
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let broken = read_table(Broken, &options("", "")).unwrap_err().to_string();
    assert_eq!(broken, "data.csv: reading failed: the disk is on fire");
}

#[test]
fn csv_dialects_a_line_of_a_gigabyte_is_refused_soon() {
    for (head, byte, line) in
        [(&b"t,v\n1,2\n"[..], b'1', 3), (b"", b'x', 1), (b"t,v\n1,\"", b'y', 2), (b"{\"a\": 1}\n", b'{', 2)]
    {
        let start = Instant::now();
        let error = read_table(head.chain(io::repeat(byte).take(1 << 30)), &options("", "")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("data.csv, line {line}: the line is longer than 64 MiB")), "{error}");
        assert!(start.elapsed().as_secs() < 20);
    }
}

#[test]
fn json_lines() {
    check("plain", "{\"step\": 1, \"loss\": 0.5}\n{\"step\": 2, \"loss\": 0.4}\n", "step(1 2) loss(0.5 0.4)");
    check(
        "later keys",
        "{\"step\":1,\"a\":1}\n{\"step\":2,\"b\":5}\n{\"step\":3,\"a\":3,\"b\":6}\n",
        "step(1 2 3) a(1 NaN 3) b(NaN 5 6)",
    );
    check(
        "not finite",
        "{\"t\":1,\"v\":NaN}\n{\"t\":2,\"v\":-Infinity}\n{\"t\":3,\"v\":null}\n",
        "t(1 2 3) v(NaN -inf NaN)",
    );
    check("nested and text", "{\"a\":{\"x\":1,\"y\":\"2\"},\"tag\":\"q\",\"ok\":true,\"l\":[1]}\n", "a/x(1) a/y(2)");
    check("x is not first", "{\"loss\":0.5,\"epoch\":1}\n{\"loss\":0.4,\"epoch\":2}\n", "epoch(1 2) loss(0.5 0.4)");
    check("one key", "{\"loss\":0.5}\n\n{\"loss\":0.4}", "row(1+1i) loss(0.5 0.4)");
    check("one key that could be x", "{\"step\":5}\n", "row(1+1i) step(5)");
    let table = read_as("\u{feff}{\"time\":\"2024-05-01T12:00:00Z\",\"v\":1}\r\n", "", "").unwrap();
    assert_eq!((show(&table).as_str(), table.x_is_time), ("time(1714564800) v(1)", true));
    assert_eq!(show(&read_as("{\"a\":1,\"b\":2,\"c\":3}\n", "b", "a").unwrap()), "b(2) a(1)");
    for (text, line) in
        [("{\"a\":1}\nnot json\n", 2), ("{\"a\":1\n", 1), ("{\"a\":1} x\n", 1), ("{\"a\":1}\n\n[1]\n", 3)]
    {
        let error = error(text);
        assert!(error.starts_with(&format!("data.csv, line {line}: this is no JSON object")), "{text}: {error}");
    }
    let error = error("{\"t\":1,\"v\":1}\n{\"t\":2,\"v\":\"high\"}\n");
    assert!(error.starts_with("data.csv, line 2, column v: \"high\" is not a number"), "{error}");
}

#[test]
fn a_table_becomes_items() {
    let items = read_as("t,a,b\n1,2,3\n4,5,6\n", "", "").unwrap().into_items(7);
    assert_eq!(items.len(), 4);
    let [Item::Declare(a), Item::Append(first), Item::Declare(b), Item::Append(second)] = &items[..] else { panic!() };
    assert_eq!((a.name.as_str(), b.name.as_str(), a.x_label.as_str(), a.x_is_time), ("a", "b", "t", false));
    assert_eq!((first.series, first.stamp_nanos, first.y()), (a.id, 7, &[2.0, 5.0][..]));
    assert_eq!(first.x(), second.x());
    assert_eq!(second.y(), [3.0, 6.0]);
}

/// Reads arrive in any portions; the table is the same.
#[test]
fn small_reads_give_the_same_table() {
    struct Drip<'a>(&'a [u8]);
    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(out.len()).min(7);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }
    let text: String = (0..10_000).map(|i| format!("{i};{},5\r\n", i * 3)).collect();
    let whole = read_as(&text, "", "").unwrap();
    assert_eq!(read_table(Drip(text.as_bytes()), &options("", "")).unwrap(), whole);
    assert_eq!(whole.columns[0].values[9999], 29997.5);
}

/// Several blocks, parsed at once, put together in order. Prints the rate; the bound is wide.
#[test]
fn a_million_rows_in_order() {
    let mut text = Vec::with_capacity(40 << 20);
    text.extend_from_slice(b"t,v\n");
    let rows = 1_000_000;
    for i in 0..rows {
        writeln!(text, "{:.3},{}", i as f64 / 1000.0, (i as f64 * 0.001).sin()).unwrap();
    }
    let start = Instant::now();
    let table = read_table(&text[..], &options("", "")).unwrap();
    let took = start.elapsed();
    eprintln!("{rows} rows, {} MB in {took:?}", text.len() >> 20);
    assert!(took.as_secs_f64() < 20.0, "{took:?}");
    let Xs::Explicit(x) = &table.x else { panic!() };
    assert_eq!((x.len(), table.rows()), (rows, rows));
    for i in (0..rows).step_by(997) {
        assert_eq!(x[i], i as f64 / 1000.0);
        assert_eq!(table.columns[0].values[i], (i as f64 * 0.001).sin());
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _any = read_table(&bytes[..], &options("", ""));
    }

    #[test]
    fn any_mix_of_the_pieces_never_panics(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "1", "2.5", "-3e5", "nan", ",", ";", "\t", " ", "|", "\n", "\r\n", "\"", "'", "#", "%", "a", "t", "NA", "{", "}", ":",
            "\u{feff}", "2024-05-01", "T12:00:00Z", "12:00", "\"a\"", "[", "]", "---", "é", "\0",
        ]), 0..60),
        x in prop::sample::select(vec!["", "1", "2", "a", "t"]),
        y in prop::sample::select(vec!["", "1", "2,1", "a,t"]),
    ) {
        let _any = read_as(&pieces.concat(), x, y);
    }

    #[test]
    fn what_was_written_is_read(
        rows in prop::collection::vec((any::<f64>(), any::<f64>()), 2..50),
        delimiter in prop::sample::select(vec![",", ";", "\t", " ", "|"]),
        has_header in any::<bool>(),
    ) {
        let mut text = if has_header { format!("t{delimiter}v\n") } else { String::new() };
        for (t, v) in &rows {
            text.push_str(&format!("{t:?}{delimiter}{v:?}\n"));
        }
        let table = read_as(&text, "", "").unwrap();
        let Xs::Explicit(x) = &table.x else { panic!() };
        let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        prop_assert!(x.iter().zip(&rows).all(|(x, row)| same(*x, row.0)), "{}", text);
        prop_assert!(table.columns[0].values.iter().zip(&rows).all(|(v, row)| same(*v, row.1)), "{}", text);
        prop_assert_eq!(x.len(), rows.len());
    }
}
