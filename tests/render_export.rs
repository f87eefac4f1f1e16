//! Figures as files: what is in them, and what is left of the old ones when saving fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

mod render_support;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kymograph::batch::{Batch, SeriesId, SeriesInfo, Xs};
use kymograph::export::{ExportError, ExportOptions, Format, encode, save};
use kymograph::figure::{Dash, Figure, Join, Marker, SeriesStyle};
use kymograph::render::figure_thread::FigureThread;
use kymograph::store::{Snapshot, SnapshotSlot, Store};
use render_support::Picture;

const OPTIONS: ExportOptions = ExportOptions { width_px: 480, height_px: 300, scale: 1.0 };

/// A figure with one series of each kind of shape, under these names.
fn figure(names: &[&str]) -> (Figure, Snapshot) {
    let mut figure = Figure { title: names.join(" & "), ..Figure::default() };
    let subplot = &mut figure.subplots[0];
    subplot.x.label = names[0].to_owned();
    let mut store = Store::default();
    for (id, name) in (0..).zip(names) {
        let mut style = SeriesStyle::new(SeriesId(id));
        match id % 4 {
            1 => (style.dash, style.marker) = (Dash::Dashed, Marker::Cross),
            2 => style.join = Join::Fill,
            3 => (style.join, style.marker) = (Join::Points, Marker::Circle),
            _ => {}
        }
        subplot.series.push(style);
        store.declare(SeriesInfo {
            id: SeriesId(id),
            name: (*name).to_owned(),
            x_label: String::new(),
            x_is_time: false,
            color: None,
        });
        let ys: Vec<f64> = (0..50).map(|i| (f64::from(i) * 0.2 + f64::from(id)).sin()).collect();
        store.append(Batch::new(SeriesId(id), 0, Xs::Steps { start: 0.0, step: 0.1 }, ys).unwrap());
    }
    (figure, store.snapshot())
}

fn svg(names: &[&str]) -> String {
    let (figure, snapshot) = figure(names);
    String::from_utf8(encode(Format::Svg, &figure, &snapshot, OPTIONS).unwrap()).unwrap()
}

/// Walks an XML document: names of all elements, and all text between tags, unescaped. Panics where it is not well formed.
fn elements(xml: &str) -> (Vec<String>, Vec<String>) {
    let (mut open, mut all, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        assert!(!text.contains(']') || !text.contains("]]>"));
        for part in text.split('&').skip(1) {
            let entity = part.split_once(';').unwrap().0;
            assert!(["amp", "lt", "gt", "quot"].contains(&entity), "&{entity};");
        }
        let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        if !plain.trim().is_empty() {
            assert!(!open.is_empty(), "text outside of the document");
            texts.push(plain);
        }
        let end = rest[start..].find('>').unwrap() + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!tag.contains('<'), "{tag}");
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        all.push(name.clone());
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty());
    (all, texts)
}

#[test]
fn a_png_has_its_size_and_says_how_large_a_pixel_is() {
    let (figure, snapshot) = figure(&["a", "b", "c", "d"]);
    let options = ExportOptions { width_px: 960, height_px: 600, scale: 2.0 };
    let bytes = encode(Format::Png, &figure, &snapshot, options).unwrap();
    let picture = Picture::decode(&bytes);
    assert_eq!((picture.width, picture.height), (960, 600));
    assert_eq!(picture.rgb[..3], [255, 255, 255]);
    assert!(picture.rgb.chunks(3).any(|pixel| pixel[0].abs_diff(pixel[2]) > 60), "there are coloured curves");
    let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let info = reader.info();
    assert_eq!(info.pixel_dims.map(|dims| dims.xppu), Some(7559), "192 pixels an inch");
    assert!(info.srgb.is_some());
}

#[test]
fn an_svg_holds_shapes_and_text() {
    let svg = svg(&["loss", "accuracy", "rate", "time"]);
    let (names, texts) = elements(&svg);
    for name in ["svg", "title", "rect", "clipPath", "g", "polyline", "polygon", "path", "text"] {
        assert!(names.iter().any(|n| n == name), "no {name}");
    }
    for text in ["loss", "accuracy", "rate", "time", "loss & accuracy & rate & time", "0.0"] {
        assert!(texts.iter().any(|t| t == text), "no text {text} in {texts:?}");
    }
    assert!(svg.contains("font-family=\"DejaVu Sans"));
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn names_hostile_stay_text_in_every_format() {
    let names = [
        "<img src='http://127.0.0.1:9/x.png'>",
        "]]>&amp;<!--",
        "\u{0}\u{1b}[2J\u{202e}\u{ffff}\n",
        "../../etc/passwd",
    ];
    let (_, texts) = elements(&svg(&names));
    assert!(texts.iter().any(|text| text == names[0]), "{texts:?}");
    assert!(texts.iter().any(|text| text == "]]>&amp;<!--"), "{texts:?}");
    assert!(texts.iter().all(|text| !text.chars().any(|c| c.is_control() && c != '\n')), "{texts:?}");
    let long = "W".repeat(4096);
    for names in [&names[..], &[long.as_str()]] {
        let (figure, snapshot) = figure(names);
        for format in Format::ALL {
            assert!(!encode(format, &figure, &snapshot, OPTIONS).unwrap().is_empty());
        }
    }
}

#[test]
fn data_hostile_values_give_finite_files() {
    let ys = vec![f64::NAN, 1e308, -1e308, f64::INFINITY, 5e-324, 0.0, f64::NEG_INFINITY, 1.0];
    for xs in [
        Xs::Steps { start: -1e308, step: 2e307 },
        Xs::Explicit(vec![3.0, f64::NAN, -1e308, 0.0, 1e308, 2.0, 2.0, 1.0].into()),
    ] {
        let snapshot = render_support::snapshot(xs, ys.clone());
        for join in [Join::Line, Join::Steps, Join::Fill, Join::Points] {
            let mut figure = Figure::default();
            figure.subplots[0].series.push(SeriesStyle { join, ..SeriesStyle::new(SeriesId(0)) });
            let svg = String::from_utf8(encode(Format::Svg, &figure, &snapshot, OPTIONS).unwrap()).unwrap();
            elements(&svg);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{join:?}");
            encode(Format::Png, &figure, &snapshot, OPTIONS).unwrap();
            encode(Format::Pdf, &figure, &snapshot, OPTIONS).unwrap();
        }
    }
}

#[test]
fn a_pdf_is_one_page_of_vectors_with_the_font_in_it() {
    let (figure, snapshot) = figure(&["loss", "accuracy", "rate", "time"]);
    let bytes = encode(Format::Pdf, &figure, &snapshot, OPTIONS).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(bytes.starts_with(b"%PDF-1.") && text.trim_end().ends_with("%%EOF"));
    assert_eq!(text.matches("/Type/Page/").count() + text.matches("/Type /Page\n").count(), 1);
    // 480 x 300 logical pixels are 360 x 225 points.
    assert!(text.contains("/MediaBox [0 0 360 225]"), "{}", &text[..text.len().min(600)]);
    assert!(text.contains("DejaVuSans"));
    assert!(!text.contains("/Subtype/Image") && !text.contains("/Subtype /Image"));
    assert!(bytes.len() < 100_000, "{} bytes: the font is cut down to what is used", bytes.len());
}

#[test]
fn the_name_decides_the_format_and_a_wrong_one_lists_all() {
    assert_eq!(Format::from_path(Path::new("a.b.PNG")).unwrap(), Format::Png);
    assert_eq!(Format::from_path(Path::new("x/figure.svg")).unwrap(), Format::Svg);
    for name in ["figure", "figure.jpg", ".png", "figure.png.", ""] {
        let error = Format::from_path(Path::new(name)).unwrap_err().to_string();
        assert!([".png", ".svg", ".pdf"].iter().all(|known| error.contains(known)), "{error}");
    }
}

#[test]
fn saving_replaces_the_file_or_leaves_it_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (figure, snapshot) = figure(&["a"]);
    let path = folder.path().join("figure.svg");
    std::fs::write(&path, "old").unwrap();
    let none = ExportOptions { width_px: 0, ..OPTIONS };
    let error = save(&path, None, &figure, &snapshot, none).unwrap_err();
    assert!(matches!(error, ExportError::Size { width_px: 0, .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    save(&path, None, &figure, &snapshot, OPTIONS).unwrap();
    elements(&std::fs::read_to_string(&path).unwrap());
    let nowhere = folder.path().join("missing/figure.png");
    let error = save(&nowhere, None, &figure, &snapshot, OPTIONS).unwrap_err().to_string();
    assert!(error.contains("missing/figure.png") && error.contains("make the folder first"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_figures_thread_saves_what_it_shows_without_being_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let thread = FigureThread::spawn("save", Arc::new(|| ())).unwrap();
    let (figure, snapshot) = figure(&["a", "b"]);
    let slot = SnapshotSlot::new();
    slot.publish(snapshot);
    thread.set_data(slot);
    thread.set_figure(figure);
    let (sender, done) = crossbeam_channel::bounded(2);
    for name in ["figure.pdf", "none/figure.pdf"] {
        let sender = sender.clone();
        let on_done = Box::new(move |saved: Result<(), ExportError>| {
            sender.send((name, saved.map_err(|error| error.to_string()))).unwrap();
        });
        thread.save(folder.path().join(name), None, OPTIONS, on_done).unwrap();
    }
    for _ in 0..2 {
        match done.recv_timeout(Duration::from_secs(20)).unwrap() {
            ("figure.pdf", saved) => assert_eq!(saved, Ok(())),
            (_, saved) => assert!(saved.unwrap_err().contains("none/figure.pdf")),
        }
    }
    assert!(std::fs::read(folder.path().join("figure.pdf")).unwrap().starts_with(b"%PDF"));
}
