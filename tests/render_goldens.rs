//! Pictures of curves and whole figures against accepted ones, ugly data among them.
//!
//! To accept what is drawn now: `KYMOGRAPH_ACCEPT=1 cargo test --test render_goldens`, then look at the pictures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

mod render_support;

use std::path::Path;

use kymograph::batch::{Batch, Color, SeriesId, SeriesInfo, Xs};
use kymograph::figure::{
    Annotation, Axis, AxisMap, Cursors, Dash, EventLine, EventPlace, Figure, Grid, Join, Marker, PlotRect, Scale,
    SeriesStyle, Smoothing, Subplot, Theme, YAxis,
};
use kymograph::render::draw::{DrawScratch, draw};
use kymograph::render::frame::FrameSize;
use kymograph::render::line::ResolvedStyle;
use kymograph::render::raster::Rasterizer;
use kymograph::store::{Snapshot, Store};
use render_support::{LINE, Picture, Plain, Random, leave_dir, snapshot};

/// Mean difference of a channel, of 255, that rounding on another processor may make.
const TOLERANCE: f64 = 0.05;
/// The same for the worst tile of 16 by 16 pixels: a missing tick label makes more than this.
const TILE_TOLERANCE: f64 = 2.0;

const RED: Color = Color::new(0xbd, 0x1f, 0x01);

/// A curve on a plain plot.
struct Curve {
    name: &'static str,
    xs: Xs,
    ys: Vec<f64>,
    x: (f64, f64),
    y: (f64, f64),
    style: ResolvedStyle,
    is_log: bool,
}

impl Curve {
    fn new(name: &'static str, ys: Vec<f64>) -> Self {
        let xs = Xs::Steps { start: 0.0, step: 1.0 / (ys.len().max(2) - 1) as f64 };
        Self { name, xs, ys, x: (0.0, 1.0), y: (-1.2, 1.2), style: LINE, is_log: false }
    }

    fn styled(self, change: impl FnOnce(&mut ResolvedStyle)) -> Self {
        let mut style = self.style;
        style.color = RED;
        change(&mut style);
        Self { style, ..self }
    }

    fn picture(self) -> Picture {
        let plot = PlotRect { x_px: 10.0, y_px: 10.0, width_px: 220.0, height_px: 130.0 };
        let mut plain = Plain::new(plot, self.x, self.y);
        if self.is_log {
            plain.y = AxisMap { scale: Scale::Log, ..plain.y };
        }
        Picture::of(&plain.draw(&snapshot(self.xs, self.ys), &self.style, 240, 150))
    }
}

fn sine(count: usize, turns: f64) -> Vec<f64> {
    (0..count).map(|i| (i as f64 / (count - 1) as f64 * turns * std::f64::consts::TAU).sin()).collect()
}

fn noise(count: usize) -> Vec<f64> {
    let mut random = Random(3);
    (0..count).map(|_| random.unit() * 2.0 - 1.0).collect()
}

fn curves() -> Vec<Curve> {
    let mut gaps = sine(60, 2.0);
    for i in [7, 9, 20, 21, 22, 40, 59] {
        gaps[i] = f64::NAN;
    }
    gaps[30] = f64::INFINITY;
    gaps[50] = f64::NEG_INFINITY;
    let mut dense_gaps = noise(50_000);
    dense_gaps[20_000..25_000].fill(f64::NAN);
    dense_gaps[40_000] = f64::NAN;
    let mut spike = vec![-0.8; 100_000];
    spike[61_803] = 1.0;
    let huge = vec![0.0, 1e308, 0.0, -1e308, 0.5, f64::MAX, -f64::MAX, 0.2, 5e-324];
    let powers: Vec<f64> = (0..40).map(|i| if i % 9 == 4 { 0.0 } else { 10_f64.powi(i % 7 - 3) }).collect();
    let mut random = Random(11);
    let wander: (Vec<f64>, Vec<f64>) = (0..400)
        .map(|i| {
            let angle = f64::from(i) * 0.2;
            let radius = f64::from(i) / 400.0;
            (0.5 + 0.45 * radius * angle.cos(), radius * angle.sin())
        })
        .collect();
    let cloud: (Vec<f64>, Vec<f64>) = (0..60_000).map(|_| (random.unit(), random.unit() * 2.0 - 1.0)).collect();
    let descending = Xs::Steps { start: 1.0, step: -1.0 / 99.0 };
    let few = noise(12);
    vec![
        Curve::new("sine", sine(400, 2.0)),
        Curve::new("sine-dense", sine(40_000, 3.0)),
        Curve::new("noise-dense", noise(100_000)),
        Curve::new("spike", spike),
        Curve::new("gaps", gaps),
        Curve::new("gaps-dense", dense_gaps),
        Curve::new("one-sample", vec![0.5]),
        Curve::new("constant", vec![0.25; 1000]),
        Curve::new("huge", huge),
        Curve { y: (1e-3, 1e3), is_log: true, ..Curve::new("log", powers) },
        Curve { xs: descending, ..Curve::new("descending", sine(100, 1.5)) },
        Curve { xs: Xs::Explicit(wander.0.into()), ..Curve::new("spiral", wander.1) },
        Curve { xs: Xs::Explicit(cloud.0.clone().into()), ..Curve::new("any-order", cloud.1.clone()) },
        Curve { xs: Xs::Explicit(cloud.0.into()), ..Curve::new("scatter", cloud.1).styled(|s| s.join = Join::Points) },
        Curve { x: (0.31, 0.33), ..Curve::new("zoomed", noise(1000)) },
        Curve {
            xs: Xs::Explicit(vec![0.2, 0.5, 0.5, 0.5, 0.8].into()),
            ..Curve::new("same-x", vec![0.0, 1.0, -1.0, 0.5, 0.0])
        },
        Curve::new("steps", few.clone()).styled(|s| (s.join, s.marker) = (Join::Steps, Marker::Circle)),
        Curve::new("fill", sine(300, 1.5)).styled(|s| s.join = Join::Fill),
        Curve::new("dashed", few.clone()).styled(|s| (s.dash, s.marker) = (Dash::Dashed, Marker::Square)),
        Curve::new("dotted", few.clone()).styled(|s| (s.dash, s.marker) = (Dash::Dotted, Marker::Triangle)),
        Curve::new("crosses", few).styled(|s| (s.join, s.marker) = (Join::Points, Marker::Cross)),
        Curve::new("wide-pale", noise(30)).styled(|s| (s.width_px, s.alpha) = (7.0, 0.5)),
        Curve::new("thin", sine(200, 3.0)).styled(|s| s.width_px = 0.5),
    ]
}

fn declared(names: &[&str], data: &[Vec<f64>]) -> Snapshot {
    let mut store = Store::default();
    for (id, (name, ys)) in (0..).zip(names.iter().zip(data)) {
        let id = SeriesId(id);
        store.declare(SeriesInfo {
            id,
            name: (*name).to_owned(),
            x_label: String::new(),
            x_is_time: false,
            color: None,
        });
        store.append(Batch::new(id, 0, Xs::Steps { start: 0.0, step: 0.1 }, ys.clone()).unwrap());
    }
    store.snapshot()
}

/// Whole figures: name, size, figure, data.
fn figures() -> Vec<(&'static str, FrameSize, Figure, Snapshot)> {
    let size = FrameSize { width_px: 480, height_px: 300, scale: 1.0 };
    let axis = |label: &str, scale| Axis { label: label.into(), scale, ..Axis::default() };
    let subplot = |ids: &[u32]| Subplot {
        x: axis("Time (s)", Scale::Linear),
        y: axis("Amplitude (mV)", Scale::Linear),
        series: ids.iter().map(|id| SeriesStyle::new(SeriesId(*id))).collect(),
        ..Subplot::default()
    };
    let one = Figure { title: "Sine".into(), subplots: vec![subplot(&[0])], ..Figure::default() };
    let two = declared(&["train loss", "validation loss"], &[sine(300, 2.0), noise(300)]);
    let pair = Figure { subplots: vec![subplot(&[0, 1])], ..Figure::default() };
    let mut grid = Figure {
        title: "Four".into(),
        grid: Grid { rows: 2, columns: 2, share_x: true, share_y: false },
        subplots: vec![subplot(&[0]), subplot(&[1]), subplot(&[1]), subplot(&[0])],
        ..Figure::default()
    };
    grid.subplots[3].y.scale = Scale::Log;
    let mut smoothed = pair.clone();
    smoothed.subplots[0].series[0].smoothing = Some(Smoothing::Median { window: 31 });
    smoothed.subplots[0].series[1].smoothing = Some(Smoothing::Exponential { weight: 0.95 });
    let mut log = pair.clone();
    log.subplots[0].y.scale = Scale::Log;
    let mut right = pair.clone();
    right.subplots[0].series[1].axis = YAxis::Right;
    right.subplots[0].right = axis("Loss", Scale::Log);
    let mut marked = pair.clone();
    marked.cursors = Cursors { a: Some(4.0), b: Some(18.5) };
    marked.subplots[0].events = vec![
        EventLine::new(EventPlace::X(10.0), "checkpoint 1"),
        EventLine::new(EventPlace::X(12.0), "checkpoint 2"),
        EventLine { color: Some(RED), dash: Dash::Solid, ..EventLine::new(EventPlace::Y(0.9), "limit") },
    ];
    let note = |text: &str, x, y, has_arrow| Annotation { text: text.into(), x, y, has_arrow, ..Annotation::default() };
    marked.subplots[0].annotations =
        vec![note("lowest\nof all", 11.2, -1.0, true), note("<b>zero</b>", 15.0, 0.0, false)];
    let hostile = ["<b>&\"'</b>", "\u{202e}gnp.exe\u{0}\u{1b}[31m"];
    let single = declared(&["sine"], &[sine(4000, 4.0)]);
    let doubled = FrameSize { width_px: 960, height_px: 600, scale: 2.0 };
    vec![
        ("figure-light", size, one.clone(), single.clone()),
        ("figure-dark", size, Figure { theme: Theme::dark(), ..one.clone() }, single.clone()),
        ("figure-scale-2", doubled, one.clone(), single),
        ("figure-legend", size, pair.clone(), two.clone()),
        ("figure-smoothed", size, smoothed, two.clone()),
        ("figure-log", size, log, two.clone()),
        ("figure-marked", size, marked, two.clone()),
        ("figure-right", size, right, two.clone()),
        ("figure-grid", size, grid, two),
        ("figure-names-hostile", size, pair, declared(&hostile, &[sine(50, 1.0), noise(50)])),
        ("figure-empty", size, Figure { empty_hint: "Press Start".into(), ..one.clone() }, Snapshot::default()),
        ("figure-all-nan", size, one, declared(&["none"], &[vec![f64::NAN; 20]])),
    ]
}

fn drawn(figure: &Figure, snapshot: &Snapshot, size: FrameSize) -> Picture {
    let mut scratch = DrawScratch::in_zone(jiff::tz::TimeZone::UTC);
    let scene = draw(figure, snapshot, size, &mut scratch).scene;
    Picture::of(&Rasterizer::new().scene(&scene, Vec::new()))
}

/// What differs, or `None`. Accepts the picture if asked to.
fn compare(name: &str, actual: &Picture) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(format!("{name}.png"));
    let golden = Picture::read(&path);
    let (mean, tile) = golden.as_ref().map_or((f64::INFINITY, f64::INFINITY), |golden| {
        (actual.mean_difference(golden), actual.worst_tile_or_infinity(golden))
    });
    if mean <= TOLERANCE && tile <= TILE_TOLERANCE {
        return None;
    }
    if std::env::var_os("KYMOGRAPH_ACCEPT").is_some_and(|value| value == "1") {
        actual.write(&path);
        return None;
    }
    actual.write(&leave_dir().join(format!("{name}-actual.png")));
    if let Some(golden) = golden.filter(|golden| (golden.width, golden.height) == (actual.width, actual.height)) {
        actual.difference(&golden).write(&leave_dir().join(format!("{name}-difference.png")));
    }
    Some(format!("{name}: mean difference {mean:.3} of 255, worst tile {tile:.2}"))
}

fn report(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{}\nThe pictures drawn, and where they differ, are in {}. If they are right, accept them with \
         KYMOGRAPH_ACCEPT=1 and this test again.",
        failures.join("\n"),
        leave_dir().display()
    );
}

#[test]
fn data_hostile_curves_look_as_accepted() {
    let failures: Vec<String> = curves().into_iter().filter_map(|case| compare(case.name, &case.picture())).collect();
    report(&failures);
}

#[test]
fn names_hostile_figures_look_as_accepted() {
    let failures: Vec<String> = figures()
        .into_iter()
        .filter_map(|(name, size, figure, snapshot)| compare(name, &drawn(&figure, &snapshot, size)))
        .collect();
    report(&failures);
}

#[test]
fn a_changed_picture_is_noticed() {
    let name = "sine";
    let [mut changed, same] = [0, 1].map(|_| curves().into_iter().find(|case| case.name == name).unwrap().picture());
    // A square of 6 by 6 pixels goes missing.
    for y in 60..66 {
        for x in 60..66 {
            let start = ((y * changed.width + x) * 3) as usize;
            changed.rgb[start..start + 3].fill(128);
        }
    }
    assert!(same.worst_tile_or_infinity(&changed) > TILE_TOLERANCE);
}
