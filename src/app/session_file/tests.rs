//! What is written is read again, what is not known is kept, what is wrong is told with its line.

use proptest::prelude::*;

use super::*;
use crate::batch::{Batch, Color, SeriesId, SeriesInfo};
use crate::figure::{
    Annotation, AxisRange, Cursors, Dash, Distinction, EventLine, EventPlace, Figure, Grid, Join, LegendPlace, Marker,
    Scale, SeriesStyle, Smoothing, Subplot, XLink, XMode, YAxis,
};
use crate::store::{Snapshot, Store};

fn any_of<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(values.to_vec())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z*?\\\\:/ \"<>\u{e9}\u{202e}\n]{0,12}".prop_map(String::from)]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>().prop_filter("a number", |v| v.is_finite()), -10.0..10.0_f64, Just(0.1 + 0.2)]
}

fn color() -> impl Strategy<Value = Option<Color>> {
    prop::option::of((0..0x0100_0000_u32).prop_map(Color::from_rgb24))
}

fn range() -> impl Strategy<Value = AxisRange> {
    prop_oneof![
        Just(AxisRange::Auto),
        (number(), number()).prop_map(|(min, max)| AxisRange::Fixed { min, max }),
        number().prop_map(|min| AxisRange::Partial { min: Some(min), max: None }),
        number().prop_map(|max| AxisRange::Partial { min: None, max: Some(max) }),
        number().prop_map(|width| AxisRange::Last { width }),
    ]
}

fn axis() -> impl Strategy<Value = crate::figure::Axis> {
    (text(), any_of(&Scale::ALL), range()).prop_map(|(label, scale, range)| crate::figure::Axis {
        label,
        scale,
        range,
        tick_format: None,
    })
}

fn smoothing() -> impl Strategy<Value = Smoothing> {
    prop_oneof![
        Just(Smoothing::None),
        (0.001..0.999).prop_map(|weight| Smoothing::Exponential { weight }),
        (1..500_u32).prop_map(|half| Smoothing::Median { window: 2 * half + 1 }),
    ]
}

fn style(id: u32) -> impl Strategy<Value = SeriesStyle> {
    let look = (
        any_of(&[Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDotted]),
        any_of(&[Marker::None, Marker::Circle, Marker::Square, Marker::Triangle, Marker::Cross]),
        any_of(&[Join::Line, Join::Steps, Join::Fill, Join::Points]),
        any_of(&[YAxis::Left, YAxis::Right]),
    );
    (text(), color(), 0.25..50.0_f32, look, any::<bool>(), prop::option::of(smoothing())).prop_map(
        move |(name, color, width_px, (dash, marker, join, axis), is_visible, smoothing)| SeriesStyle {
            id: SeriesId(id),
            name,
            color,
            width_px,
            dash,
            marker,
            join,
            is_visible,
            smoothing,
            axis,
        },
    )
}

fn annotation() -> impl Strategy<Value = Annotation> {
    (text(), number(), number(), any_of(&[YAxis::Left, YAxis::Right]), any::<bool>(), color())
        .prop_map(|(text, x, y, axis, has_arrow, color)| Annotation { text, x, y, axis, has_arrow, color })
}

fn event() -> impl Strategy<Value = EventLine> {
    let at = (number(), 0..3_u8).prop_map(|(v, kind)| match kind {
        0 => EventPlace::X(v),
        1 => EventPlace::Y(v),
        _ => EventPlace::Right(v),
    });
    (at, text(), color(), any_of(&[Dash::Solid, Dash::Dashed])).prop_map(|(at, label, color, dash)| EventLine {
        at,
        label,
        color,
        dash,
    })
}

/// A subplot with series `ids`.
fn subplot(ids: std::ops::Range<u32>) -> impl Strategy<Value = Subplot> {
    let marks = (prop::collection::vec(annotation(), 0..3), prop::collection::vec(event(), 0..3));
    let styles = ids.map(style).collect::<Vec<_>>();
    (text(), axis(), axis(), axis(), styles, marks, any::<bool>(), any::<bool>()).prop_map(
        |(title, x, y, right, series, (annotations, events), has_grid, has_legend)| Subplot {
            title,
            // What the series would say is not asked.
            x: crate::figure::Axis { label: format!("x{}", x.label), ..x },
            y,
            right,
            series,
            annotations,
            events,
            has_grid,
            legend: if has_legend { LegendPlace::Best } else { LegendPlace::Hidden },
        },
    )
}

fn figure() -> impl Strategy<Value = Figure> {
    let whole = (
        any_of(&[XLink::AsGrid, XLink::All, XLink::Off]),
        any_of(&[XMode::Value, XMode::RelativeSecs, XMode::WallClock]),
        any_of(&[Distinction::Color, Distinction::Dashes, Distinction::Markers]),
    );
    let pins = (prop::option::of(number()), prop::option::of(number()));
    (text(), any::<[bool; 2]>(), [subplot(0..3), subplot(3..4)], whole, smoothing(), pins).prop_map(
        |(title, [share_x, share_y], subplots, (x_link, x_mode, distinction), smoothing, (a, b))| Figure {
            title,
            grid: Grid { rows: 2, columns: 1, share_x, share_y },
            subplots: subplots.into(),
            x_link,
            x_mode,
            distinction,
            smoothing,
            cursors: Cursors { a, b },
            ..Figure::default()
        },
    )
}

/// Series whose names ask for trouble.
fn snapshot() -> Snapshot {
    let mut store = Store::default();
    for (id, name) in (0..).zip(["run a: lo*ss", "run a: loss", "run b: loss", "\u{202e}?\\"]) {
        let id = SeriesId(id);
        store.declare(SeriesInfo { id, name: name.into(), x_label: String::new(), x_is_time: false, color: None });
        store.append(Batch::point(id, 0, 0.0, 0.0));
    }
    store.snapshot()
}

fn here() -> &'static Path {
    Path::new("my.session")
}

proptest! {
    #[test]
    fn a_figure_comes_back_as_it_was(figure in figure()) {
        let (snapshot, runs) = (snapshot(), ["run a".to_owned(), "run b".to_owned()]);
        let spec = FigureSpec::of(&figure, &snapshot, |info| split_run(&info.name, &runs));
        let text = SessionFile::of_figure(spec).to_text();
        let read = SessionFile::parse(&text, here()).unwrap();
        prop_assert_eq!(&read.to_text(), &text, "the text is stable");
        prop_assert!(read.unknown_keys().is_empty());
        let back = read.first_figure(here()).unwrap().figure(&Figure::default(), &snapshot, &runs);
        let mut figure = figure;
        figure.dress_x();
        prop_assert_eq!(back, figure);
    }

    #[test]
    fn names_hostile_texts_are_read_or_refused_but_never_panic(text in "[{}\\[\\],:\"a-z0-9. -]{0,80}") {
        drop(SessionFile::parse(&text, here()));
        drop(SessionFile::parse(&format!("{{\"version\":1,\"windows\":[{{\"tabs\":[{text}]}}]}}"), here()));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let error = |text: &str| SessionFile::parse(text, here()).unwrap_err().to_string();
    let figure =
        |body: &str| format!("{{\n\"version\": 1,\n\"windows\": [{{\"tabs\": [{{\"figures\": [\n{body}\n]}}]}}]}}");
    for (text, line, expected) in [
        ("{".to_owned(), 1, "EOF"),
        ("{\n  \"windows\": []\n}".to_owned(), 3, "missing field `version`"),
        (
            figure("{\"subplots\": [\n{\"x\": {\"scale\": \"cubic\"}}]}"),
            5,
            "unknown variant `cubic`, expected one of `linear`",
        ),
        (figure("{\"rows\":\n0}"), 5, "from 1 to 64"),
        (figure("{\"columns\": 100000000}"), 4, "from 1 to 64"),
        (figure("{\"subplots\": [{\"series\":\n[{\"name\": \"a\",\n\"color\": \"red\"}]}]}"), 6, "such as \"#4685cc\""),
        (figure("{\"subplots\": [{\"series\": [{}]}]}"), 4, "missing field `name`"),
        (figure("{\"cursors\": {\"a\": \"here\"}}"), 4, "expected f64"),
    ] {
        let error = error(&text);
        assert!(error.starts_with(&format!("my.session:{line}:")) && error.contains(expected), "{text}: {error}");
    }
    let newer = error("{\"version\": 7, \"anything\": [1, 2]}");
    assert!(newer.contains("version 7") && newer.contains("update"), "{newer}");
}

#[test]
fn what_is_not_known_is_kept_and_named() {
    let text = r#"{"version": 1, "later": true, "windows": [{"tabs": [{"figures": [
        {"subplots": [{"y": {"break": [1, 2]}, "series": [{"name": "a", "glow": 0.30000000000000004}]}], "sound": null}]}]}]}"#;
    let session = SessionFile::parse(text, here()).unwrap();
    let path = "windows[0].tabs[0].figures[0]";
    assert_eq!(
        session.unknown_keys(),
        [
            "later",
            &format!("{path}.sound"),
            &format!("{path}.subplots[0].y.break"),
            &format!("{path}.subplots[0].series[0].glow")
        ]
    );
    let again = SessionFile::parse(&session.to_text(), here()).unwrap();
    assert_eq!(again, session);
    assert!(session.to_text().contains("0.30000000000000004"));
}

#[test]
fn series_find_their_places_by_run_and_name_as_they_come() {
    let spec: FigureSpec = serde_json::from_str(
        r##"{"rows": 2, "subplots": [
            {"series": [{"name": "val*", "color": "#ff0000"}, {"name": "*loss", "run": "run b"}]},
            {"series": [{"name": "lr", "axis": "right"}, {"name": "*loss"}]}]}"##,
    )
    .unwrap();
    let runs = ["run".to_owned(), "run b".to_owned()];
    let (mut store, mut figure) = (Store::default(), spec.skeleton(&Figure::default()));
    let mut placed = Placed::default();
    let mut come = |id: u32, name: &str| {
        let info =
            SeriesInfo { id: SeriesId(id), name: name.into(), x_label: "step".into(), x_is_time: false, color: None };
        store.declare(info);
        spec.place(&mut figure, &mut placed, &store.snapshot(), |info| split_run(&info.name, &runs))
    };
    let came = [(0, "run b: loss"), (1, "run: train loss"), (2, "val/acc"), (3, "run b: lr"), (4, "other")];
    let changes = came.map(|(id, name)| come(id, name));
    assert_eq!(changes, [true, true, true, true, false]);
    assert!(!come(0, "run b: loss"), "a place is given once");
    let ids: Vec<Vec<u32>> =
        figure.subplots.iter().map(|s| s.series.iter().map(|style| style.id.0).collect()).collect();
    assert_eq!(ids, [vec![2, 0], vec![3, 0, 1]], "in the order of the file");
    assert_eq!(figure.subplots[0].series[0].color, Some(Color::new(255, 0, 0)));
    assert_eq!((figure.subplots[1].series[0].axis, figure.subplots[0].x.label.as_str()), (YAxis::Right, "step"));
    assert_eq!(placed.unplaced, [SeriesId(4)]);
}

#[test]
fn a_file_is_written_whole_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.session");
    let session = SessionFile::of_figure(FigureSpec { title: "a".into(), ..FigureSpec::default() });
    session.write(&path).unwrap();
    assert_eq!(SessionFile::read(&path).unwrap(), session);
    assert_eq!(FigureSpec::read(&path).unwrap().title, "a");
    let error = session.write(&folder.path().join("none/a.session")).unwrap_err().to_string();
    assert!(error.contains("make the folder first"), "{error}");
    std::fs::write(&path, "{\"version\": 1}").unwrap();
    assert!(FigureSpec::read(&path).unwrap_err().to_string().contains("no figure"));
    let large = std::fs::File::create(&path).unwrap();
    large.set_len(MOST_BYTES + 1).unwrap();
    assert!(matches!(SessionFile::read(&path), Err(SessionFileError::TooLarge { .. })));
}

#[test]
fn the_example_of_the_documentation_is_a_session() {
    let page = include_str!("../../../docs/session-format.md");
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let session = SessionFile::parse(example, here()).unwrap();
    assert_eq!(session.unknown_keys(), [""; 0]);
    assert_eq!(session.first_figure(here()).unwrap().subplots.len(), 2);
}
