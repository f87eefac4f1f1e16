//! Whatever stands in a file, and however it comes in pieces: no reader panics, and the pieces make no difference.

use std::path::Path;

use proptest::prelude::*;

use super::collect::Kept;
use super::format::{self, Format};
use super::reader::Fed;
use super::sheet::{Names, Sheet};

const FORMATS: [Format; 8] = [
    Format::Events,
    Format::Wandb,
    Format::Mlflow,
    Format::Xvg,
    Format::Lammps,
    Format::JsonLines,
    Format::Table,
    Format::Log,
];

/// What a reader makes of `bytes` in pieces of these sizes, again and again, as text that can be compared.
fn read(format: Format, bytes: &[u8], sizes: &[usize]) -> String {
    let (mut reader, mut sheet) = (format.reader("metric"), Sheet::new("file".to_owned(), String::new()));
    let mut rest = bytes;
    for size in sizes.iter().copied().cycle() {
        let (piece, behind) = rest.split_at(size.clamp(1, rest.len().max(1)).min(rest.len()));
        rest = behind;
        if rest.is_empty() && piece.is_empty() || reader.feed(piece, &mut sheet) != Fed::Taken {
            break;
        }
    }
    reader.end(&mut sheet);
    let mut kept = Kept::default();
    sheet.flush(&mut Names::default(), true, &mut kept).unwrap();
    format!("{:?}", kept.series)
}

/// Bytes that look like one of the formats, with faults.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        "[0-9]{1,3}([.,][0-9]{1,3})?(e[0-9])?".prop_map(String::into_bytes),
        "(step|loss|Step|nan|inf|@ s0 legend \"a\"|keywords:|Loop time|\\{\"a\": 1|\"b\": NaN\\})"
            .prop_map(String::into_bytes),
        "[,;\t \"#*=|\\[\\]-]{1,3}".prop_map(String::into_bytes),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(super::wandb::MAGIC.to_vec()),
        Just(crate::framing::head(5).to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn pieces_make_no_difference_and_nothing_panics(
        bytes in content(),
        sizes in prop::collection::vec(1_usize..40, 1..6),
    ) {
        for format in FORMATS {
            let whole = read(format, &bytes, &[usize::MAX]);
            prop_assert_eq!(&whole, &read(format, &bytes, &sizes), "{:?}", format);
            prop_assert_eq!(&whole, &read(format, &bytes, &[1]), "{:?}", format);
        }
        format::find(Path::new("x"), &bytes, false);
        format::find(Path::new("x"), &bytes, true);
    }

    #[test]
    fn tables_are_the_same_in_any_pieces(
        rows in prop::collection::vec((any::<i16>(), any::<f32>()), 1..40),
        sizes in prop::collection::vec(1_usize..20, 1..6),
        delimiter in prop::sample::select(vec![",", ";", "\t", "  "]),
        end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let mut text = format!("\u{feff}step{delimiter}value{end}");
        rows.iter().for_each(|(x, y)| text.push_str(&format!("{x}{delimiter}{y}{end}")));
        let whole = read(Format::Table, text.as_bytes(), &[usize::MAX]);
        prop_assert_eq!(&whole, &read(Format::Table, text.as_bytes(), &sizes));
        for (x, y) in rows {
            let (x, y) = (f64::from(x), y.to_string().parse::<f64>().unwrap());
            prop_assert!(whole.contains(&format!("{x:?}")) && whole.contains(&format!("{y:?}")), "{} {}: {}", x, y, whole);
        }
    }
}
