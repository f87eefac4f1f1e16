//! Lines from samples to shapes: sparse, dense, broken, hostile.

use proptest::prelude::*;

use super::*;
use crate::batch::{Batch, SeriesId, Xs};
use crate::figure::Scale;
use crate::store::{Snapshot, Store};

const PLOT: PlotRect = PlotRect { x_px: 20.0, y_px: 10.0, width_px: 200.0, height_px: 100.0 };
const STYLE: ResolvedStyle = ResolvedStyle {
    color: Color::new(0, 0, 0),
    width_px: 1.5,
    dash: Dash::Solid,
    marker: Marker::None,
    marker_phase: None,
    join: Join::Line,
    alpha: 1.0,
};

fn axes(x: (f64, f64), y: (f64, f64), scale: Scale) -> (AxisMap, AxisMap) {
    (
        AxisMap { scale: Scale::Linear, min: x.0, max: x.1, start_px: 20.0, end_px: 220.0 },
        AxisMap { scale, min: y.0, max: y.1, start_px: 110.0, end_px: 10.0 },
    )
}

fn snapshot(xs: Xs, ys: Vec<f64>) -> Snapshot {
    let mut store = Store::default();
    store.append(Batch::new(SeriesId(0), 0, xs, ys).unwrap());
    store.snapshot()
}

fn draw(xs: Xs, ys: Vec<f64>, style: &ResolvedStyle, (x, y): (AxisMap, AxisMap)) -> (Vec<Shape>, CurveStats) {
    let snapshot = snapshot(xs, ys);
    let mut shapes = Vec::new();
    let series = snapshot.series.first().unwrap();
    let stats = curve(series, style, &PLOT, &x, &y, &mut shapes, &mut Scratch::new());
    (shapes, stats)
}

fn lines(shapes: &[Shape]) -> Vec<&[[f32; 2]]> {
    shapes
        .iter()
        .filter_map(|shape| if let Shape::Line { points, .. } = shape { Some(&points[..]) } else { None })
        .collect()
}

fn markers(shapes: &[Shape]) -> usize {
    shapes.iter().map(|shape| if let Shape::Markers { centers_px, .. } = shape { centers_px.len() } else { 0 }).sum()
}

const STEP: Xs = Xs::Steps { start: 0.0, step: 1.0 };

#[test]
fn a_line_leaves_the_view_towards_its_neighbours_outside() {
    let (shapes, stats) = draw(STEP, vec![0.0; 100], &STYLE, axes((40.5, 41.5), (-1.0, 1.0), Scale::Linear));
    assert_eq!(stats.in_view, 1);
    let [line] = lines(&shapes)[..] else { panic!("{shapes:?}") };
    assert!(line[0][0] < 20.0 && line[line.len() - 1][0] > 220.0, "{line:?}");
    // No sample in view at all: still a line across.
    let (shapes, stats) = draw(STEP, vec![0.0; 100], &STYLE, axes((40.2, 40.8), (-1.0, 1.0), Scale::Linear));
    assert_eq!((stats.in_view, lines(&shapes).len()), (0, 1));
}

#[test]
fn breaks_dots_and_places_of_samples_without_a_value() {
    let ys = vec![0.0, 0.1, f64::NAN, 0.2, f64::INFINITY, 0.3, 0.4, f64::NAN];
    let (shapes, stats) = draw(STEP, ys, &STYLE, axes((0.0, 10.0), (-1.0, 1.0), Scale::Linear));
    assert_eq!(lines(&shapes).len(), 2);
    assert_eq!(markers(&shapes), 1, "the sample alone is a dot");
    assert_eq!(stats.unplaced_x_px, [60.0, 100.0, 160.0]);
    assert_eq!((stats.by_column, stats.covered), (0, 0));
}

#[test]
fn many_samples_are_drawn_by_column_and_keep_their_extremes() {
    let mut ys: Vec<f64> = (0..100_000).map(|i| if i % 2 == 0 { 0.1 } else { -0.1 }).collect();
    ys[33_333] = 0.9;
    ys[66_666] = f64::NAN;
    let (shapes, stats) = draw(STEP, ys, &STYLE, axes((0.0, 1e5), (-1.0, 1.0), Scale::Linear));
    assert_eq!((stats.in_view, stats.by_column, stats.covered), (100_000, 100_000, 0));
    assert_eq!(stats.unplaced_x_px.len(), 1);
    let [line] = lines(&shapes)[..] else { panic!("a lost sample in a full column does not break the line") };
    assert!(line.len() <= 4 * 200 + 2, "{}", line.len());
    let top = line.iter().map(|p| p[1]).fold(f32::INFINITY, f32::min);
    assert!((top - 15.0).abs() < 0.01, "{top}");
}

#[test]
fn values_of_zero_or_less_break_a_line_on_a_log_axis() {
    let ys = vec![1.0, 10.0, 0.0, 10.0, -5.0, 100.0, 10.0];
    let (shapes, stats) = draw(STEP, ys, &STYLE, axes((0.0, 10.0), (0.1, 1000.0), Scale::Log));
    assert_eq!((lines(&shapes).len(), markers(&shapes)), (2, 1));
    assert_eq!(stats.unplaced_x_px, [60.0, 100.0], "where they are missing is told");
}

#[test]
fn markers_stand_where_there_is_room_for_them() {
    let style = ResolvedStyle { marker: Marker::Circle, ..STYLE };
    let view = axes((0.0, 100.0), (-1.0, 1.0), Scale::Linear);
    // 20 px apart, against a marker of 6.
    let roomy = Xs::Steps { start: 0.0, step: 10.0 };
    assert_eq!(markers(&draw(roomy, vec![0.0; 11], &style, view).0), 11);
    assert_eq!(markers(&draw(STEP, vec![0.0; 101], &style, view).0), 0, "2 px apart: none, but a line");
    let points = ResolvedStyle { join: Join::Points, ..STYLE };
    let (shapes, _) = draw(STEP, vec![0.0; 101], &points, view);
    assert_eq!((markers(&shapes), lines(&shapes).len()), (101, 0));
}

#[test]
fn dashes_that_cannot_be_told_are_left_out() {
    let style = ResolvedStyle { dash: Dash::Dashed, ..STYLE };
    let is_dashed = |shapes: &[Shape]| matches!(shapes, [Shape::Line { stroke, .. }] if !stroke.dash_px.is_empty());
    let view = axes((0.0, 100.0), (-1.0, 1.0), Scale::Linear);
    assert!(is_dashed(&draw(STEP, vec![0.0, 0.5, 0.0], &style, view).0));
    let noise: Vec<f64> = (0..100_000).map(|i| f64::from(i % 7) / 4.0 - 0.9).collect();
    let fine = Xs::Steps { start: 0.0, step: 1e-3 };
    assert!(!is_dashed(&draw(fine, noise, &style, view).0));
}

#[test]
fn a_million_samples_in_any_order_become_some_thousand_lines() {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let (mut xs, mut ys): (Vec<f64>, Vec<f64>) = (0..1_000_000).map(|_| (random(), random() - 0.5)).collect();
    // The one sample far out must not be lost among them.
    (xs[777_777], ys[777_777]) = (0.5, 0.95);
    let (shapes, stats) = draw(Xs::Explicit(xs.into()), ys, &STYLE, axes((0.0, 1.0), (-1.0, 1.0), Scale::Linear));
    assert_eq!((stats.in_view, stats.by_column), (1_000_000, 0));
    assert!((950_000..1_000_000).contains(&stats.covered), "{}", stats.covered);
    let segments: Vec<_> =
        shapes.iter().flat_map(|s| if let Shape::Segments { ends, .. } = s { &ends[..] } else { &[] }).collect();
    assert!((500..20_000).contains(&segments.len()), "{}", segments.len());
    let reach = segments.iter().flat_map(|ends| ends.iter()).map(|end| end[1]).fold(f32::INFINITY, f32::min);
    assert!((reach - 12.5).abs() < 0.1, "{reach}");
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        -10.0..10.0_f64,
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(1e308),
        Just(-f64::MAX),
        Just(5e-324),
        Just(0.0),
    ]
}

fn join() -> impl Strategy<Value = Join> {
    prop_oneof![Just(Join::Line), Just(Join::Steps), Just(Join::Fill), Just(Join::Points)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn data_hostile_shapes_stay_finite_and_near_the_plot(
        samples in prop::collection::vec((value(), value()), 0..60),
        is_sorted: bool,
        repeat in prop_oneof![Just(1_usize), Just(60)],
        x in (value(), value()),
        y in (value(), value()),
        is_log: bool,
        join in join(),
    ) {
        let mut samples: Vec<(f64, f64)> = samples.repeat(repeat);
        if is_sorted {
            samples.retain(|(x, _)| x.is_finite());
            samples.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let (xs, ys): (Vec<f64>, Vec<f64>) = samples.into_iter().unzip();
        let style = ResolvedStyle { join, marker: Marker::Square, ..STYLE };
        let scale = if is_log { Scale::Log } else { Scale::Linear };
        let (shapes, _) = draw(Xs::Explicit(xs.into()), ys, &style, axes(x, y, scale));
        for shape in &shapes {
            let places: Vec<[f32; 2]> = match shape {
                Shape::Line { points, .. } | Shape::Polygon { points, .. } => points.clone(),
                Shape::Segments { ends, .. } => ends.as_flattened().to_vec(),
                Shape::Markers { centers_px, .. } => centers_px.clone(),
                other => panic!("{other:?}"),
            };
            for [x, y] in places {
                prop_assert!((0.0..250.0).contains(&x) && (-10.0..130.0).contains(&y), "{x} {y}");
            }
        }
    }
}
