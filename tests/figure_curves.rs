//! What is drawn besides plain curves: smoothed ones, what a log axis has no place for, right-hand axes. Looked up in the
//! scene, before it is pixels.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

mod figure_support;

use figure_support::{Made, has_text, scratch, sine};
use jiff::tz::TimeZone;
use kymograph::batch::{Batch, Color, SeriesId};
use kymograph::figure::readout::readout_in;
use kymograph::figure::{Dash, Join, Scale, SeriesStyle, Smoothing, XMode, YAxis};
use kymograph::render::draw::{Drawn, draw_prepared};
use kymograph::render::frame::FrameSize;
use kymograph::render::scene::Shape;

/// The colours of the curves of a drawing, in drawing order.
fn curve_colors(drawn: &Drawn) -> Vec<Color> {
    let shapes = &drawn.scene.shapes[drawn.curves.clone()];
    shapes
        .iter()
        .filter_map(|s| if let Shape::Line { stroke, .. } = s { Some(stroke.paint.color) } else { None })
        .collect()
}

/// Lowest and highest place of the curves of one colour.
fn extent(drawn: &Drawn, color: Color) -> (f32, f32) {
    let shapes = &drawn.scene.shapes[drawn.curves.clone()];
    let points = shapes.iter().filter_map(|s| match s {
        Shape::Line { points, stroke } if stroke.paint.color == color => Some(points),
        _ => None,
    });
    points.flatten().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), [_, y]| (low.min(*y), high.max(*y)))
}

fn noise(count: usize) -> Vec<f64> {
    (0..count).map(|i| ((i * 7919 % 1009) as f64) / 1009.0).collect()
}

#[test]
fn a_smoothed_curve_stands_in_full_colour_over_the_pale_one() {
    for (count, smoothing) in [
        (400, Smoothing::Exponential { weight: 0.95 }),
        (400, Smoothing::Median { window: 51 }),
        (200_000, Smoothing::Exponential { weight: 0.999 }),
        (200_000, Smoothing::Median { window: 101 }),
    ] {
        let mut made = Made::new();
        made.add(0, "a", noise(count));
        made.add(0, "b", noise(count).into_iter().map(|y| y + 2.0).collect());
        made.figure.smoothing = smoothing;
        let drawn = made.draw(800, 500, 1.0);
        let colors = curve_colors(&drawn);
        let [a, b] = [made.figure.theme.cycle[0], made.figure.theme.cycle[1]];
        assert_eq!(colors.len(), 4, "{smoothing:?}");
        assert_eq!(colors[2..], [a, b], "full colours last: no pale curve lies over a smoothed one");
        for (pale, full) in [(colors[0], a), (colors[1], b)] {
            assert_ne!(pale, full);
            let (raw, smooth) = (extent(&drawn, pale), extent(&drawn, full));
            assert!(smooth.1 - smooth.0 < 0.7 * (raw.1 - raw.0), "{smoothing:?}: {raw:?} {smooth:?}");
        }
        assert_eq!(drawn.stats.in_view, 2 * count as u64, "a curve drawn twice is counted once");
        made.figure.subplots[0].series[1].smoothing = Some(Smoothing::None);
        assert_eq!(curve_colors(&made.draw(800, 500, 1.0)).len(), 3, "a series may keep out of it");
    }
}

#[test]
fn a_smoothed_curve_that_grows_is_that_of_all_samples() {
    let mut made = Made::new();
    made.figure.smoothing = Smoothing::Median { window: 21 };
    made.add(0, "a", noise(5000));
    let mut live = scratch();
    for start in (5000..9000).step_by(500) {
        made.store.append(Batch::steps(SeriesId(0), 0, f64::from(start), 1.0, noise(500)));
        let grown = made.draw_with(&mut live, 700, 400, 1.0);
        let anew = made.draw(700, 400, 1.0);
        let curves = |drawn: &Drawn| drawn.scene.shapes[drawn.curves.clone()].to_vec();
        assert!(curves(&grown) == curves(&anew), "at {start}");
        live.recycle(grown);
    }
}

#[test]
fn gaps_are_marked_once_and_in_full_colour() {
    let mut made = Made::new();
    let mut y = noise(300);
    y[100] = f64::NAN;
    made.add(0, "a", y).dash = Dash::Dashed;
    made.figure.smoothing = Smoothing::Exponential { weight: 0.9 };
    let drawn = made.draw(700, 400, 1.0);
    let marks: Vec<_> = drawn.scene.shapes[drawn.over.clone()]
        .iter()
        .filter_map(|s| {
            if let Shape::Markers { centers_px, paint, .. } = s { Some((centers_px.len(), paint.color)) } else { None }
        })
        .collect();
    assert_eq!(marks, [(1, made.figure.theme.cycle[0])]);
    assert!(has_text(&drawn.scene, "1 sample without a value"));
}

#[test]
fn the_crosshair_says_what_was_measured_and_what_the_smoothed_curve_says() {
    let mut made = Made::new();
    made.add(0, "a", vec![0.0, 1.0, 9.0, 1.0, 0.0]);
    made.figure.smoothing = Smoothing::Median { window: 3 };
    let (mut scratch, size) = (scratch(), FrameSize { width_px: 600, height_px: 400, scale: 1.0 });
    let shown = scratch.prepare(&made.figure, &made.store.snapshot());
    let layout = draw_prepared(&made.figure, &shown, size, &mut scratch).layout;
    let subplot = &layout.subplots[0];
    let read = readout_in(&made.figure, &shown, &layout, subplot.x.to_px(2.0) as f32, 200.0, &TimeZone::UTC).unwrap();
    let value = &read.values[0];
    let smoothed = value.smoothed.as_ref().unwrap();
    assert_eq!((value.y_text.as_str(), smoothed.y_text.as_str()), ("9", "1"));
    assert_eq!(smoothed.y_px, subplot.y.to_px(1.0));
}

#[test]
fn a_log_axis_counts_and_marks_what_it_has_no_place_for() {
    for count in [40, 100_000] {
        for join in [Join::Line, Join::Points] {
            let mut made = Made::new();
            let y: Vec<f64> =
                sine(count).iter().enumerate().map(|(i, y)| if i % 10 == 5 { -y.abs() } else { 1.5 + y }).collect();
            let off = y.iter().filter(|y| **y <= 0.0).count();
            assert_eq!(off, count / 10);
            made.add(0, "a", y).join = join;
            assert_eq!(made.draw(800, 400, 1.0).stats.off_log, 0, "a linear axis has a place for all");
            made.figure.subplots[0].y.scale = Scale::Log;
            let drawn = made.draw(800, 400, 1.0);
            assert_eq!(drawn.stats.off_log, off as u64, "{join:?}");
            let over = &drawn.scene.shapes[drawn.over.clone()];
            assert!(over.iter().any(|s| matches!(s, Shape::Markers { .. })), "{join:?}, {count}: no mark");
            let note = if count == 40 {
                "4 samples ≤ 0 not on this log axis"
            } else {
                "10,000 samples ≤ 0 not on this log axis"
            };
            let texts = figure_support::texts(&drawn.scene);
            assert!(texts.iter().any(|t| t.content.contains(note)), "{join:?}, {count}: {texts:?}");
        }
    }
}

#[test]
fn what_lies_left_of_a_log_axis_is_counted_too() {
    let mut made = Made::new();
    made.add(0, "a", vec![1.0; 20]);
    made.figure.subplots[0].x.scale = Scale::Log;
    assert_eq!(made.draw(800, 400, 1.0).stats.off_log, 1, "x = 0");
    made.store.append(Batch::steps(SeriesId(0), 0, -3.0, 1.0, vec![1.0; 3]));
    assert_eq!(made.draw(800, 400, 1.0).stats.off_log, 4, "x in any order as well");
}

#[test]
fn each_series_fills_the_height_of_its_own_axis() {
    let mut made = Made::new();
    made.add(0, "small", sine(400));
    made.add(0, "large", sine(400).iter().map(|y| 1e6 * (y + 3.0)).collect());
    let [small, large] = [made.figure.theme.cycle[0], made.figure.theme.cycle[1]];
    let height = |(top, foot): (f32, f32)| foot - top;
    let alone = made.draw(700, 400, 1.0);
    assert!(height(extent(&alone, small)) < 3.0 && alone.layout.subplots[0].right.is_none());
    made.figure.subplots[0].series[1].axis = YAxis::Right;
    made.figure.subplots[0].right.label = "large values".into();
    let drawn = made.draw(700, 400, 1.0);
    let layout = &drawn.layout.subplots[0];
    let right = layout.right.unwrap();
    assert!(layout.y.max < 1.2 && right.min > 1e6 && right.max < 5e6, "{layout:?}");
    for color in [small, large] {
        assert!(height(extent(&drawn, color)) > 0.85 * layout.plot.height_px);
    }
    assert!(has_text(&drawn.scene, "large values") && has_text(&drawn.scene, "large →"));
    let beyond = layout.plot.x_px + layout.plot.width_px;
    let labels = figure_support::texts(&drawn.scene).into_iter().filter(|t| t.x_px > beyond).count();
    assert!(labels >= 4, "tick labels and the label stand on the right: {labels}");
}

#[test]
fn an_axis_whose_series_are_all_hidden_stays_where_it_was() {
    let mut made = Made::new();
    made.add(0, "a", sine(100));
    made.add(0, "b", sine(100).iter().map(|y| y + 70.0).collect()).axis = YAxis::Right;
    let before = made.draw(700, 400, 1.0).layout.subplots[0].right;
    made.figure.subplots[0].series[1].is_visible = false;
    let drawn = made.draw(700, 400, 1.0);
    assert_eq!(drawn.layout.subplots[0].right, before);
    assert_eq!(curve_colors(&drawn).len(), 1);
}

const SECOND: i64 = 1_000_000_000;

/// Two runs of a series each that began an hour apart: a sample a second, and one each two seconds.
fn runs() -> Made {
    let mut made = Made::new();
    for (run, start, pause) in [(0_u32, 1_700_000_000, 1), (1, 1_700_003_600, 2)] {
        made.store.set_run(run);
        made.figure.subplots[0].series.push(SeriesStyle::new(SeriesId(run)));
        for i in 0..50 {
            let stamp = (start + pause * i) * SECOND;
            made.store.append(Batch::point(SeriesId(run), stamp, i as f64, (i as f64 * 0.2).sin()));
        }
    }
    made
}

#[test]
fn runs_are_laid_over_each_other_by_step_by_time_and_by_the_clock() {
    let mut made = runs();
    let x_of = |made: &Made| {
        let mut figure = made.figure.clone();
        figure.dress_x();
        let shown = scratch().prepare(&figure, &made.store.snapshot());
        [0, 1].map(|id| shown.get(SeriesId(id)).unwrap().x_bounds().unwrap())
    };
    assert_eq!(x_of(&made), [(0.0, 49.0), (0.0, 49.0)]);
    made.figure.x_mode = XMode::RelativeSecs;
    assert_eq!(x_of(&made), [(0.0, 49.0), (0.0, 98.0)], "both begin together");
    made.figure.x_mode = XMode::WallClock;
    assert_eq!(x_of(&made), [(1_700_000_000.0, 1_700_000_049.0), (1_700_003_600.0, 1_700_003_698.0)]);
    made.figure.dress_x();
    let drawn = made.draw(800, 400, 1.0);
    assert_eq!(drawn.layout.subplots[0].x.scale, Scale::Time);
    assert!(has_text(&drawn.scene, "Time"));
}

#[test]
fn a_figure_over_time_grows_with_its_samples_and_is_smoothed_like_any() {
    let mut made = runs();
    (made.figure.x_mode, made.figure.smoothing) = (XMode::RelativeSecs, Smoothing::Median { window: 5 });
    let mut live = scratch();
    for i in 50..70 {
        let stamp = (1_700_000_000 + i) * SECOND;
        made.store.append(Batch::point(SeriesId(0), stamp, i as f64, (i as f64 * 0.2).sin()));
        let curves = |drawn: &Drawn| drawn.scene.shapes[drawn.curves.clone()].to_vec();
        let grown = made.draw_with(&mut live, 700, 400, 1.0);
        assert!(curves(&grown) == curves(&made.draw(700, 400, 1.0)), "at {i}");
        assert_eq!(curve_colors(&grown).len(), 4);
        live.recycle(grown);
    }
}

#[test]
fn series_without_times_are_counted_and_do_not_pretend() {
    let mut made = runs();
    made.add(0, "table", sine(100));
    assert_eq!(made.draw(800, 400, 1.0).stats.untimed, 0);
    made.figure.x_mode = XMode::RelativeSecs;
    let drawn = made.draw(800, 400, 1.0);
    assert_eq!(drawn.stats.untimed, 1);
    assert_eq!(curve_colors(&drawn).len(), 2);
    let texts = figure_support::texts(&drawn.scene);
    assert!(texts.iter().any(|t| t.content.contains("1 series without times is not drawn")));
    let mut only = Made::new();
    only.add(0, "table", sine(100));
    only.figure.x_mode = XMode::WallClock;
    let drawn = only.draw(800, 400, 1.0);
    assert!(figure_support::texts(&drawn.scene).iter().any(|t| t.content.starts_with("Nothing says when")));
}

#[test]
fn data_hostile_samples_and_stamps_are_smoothed_and_drawn_finitely() {
    let odd = [f64::NAN, f64::INFINITY, -f64::INFINITY, f64::MAX, -f64::MAX, 5e-324, 0.0, -0.0, 1e308];
    let stamps = [i64::MIN, i64::MAX, 1, -1, 1_700_000_000 * SECOND, 1_700_000_000 * SECOND - 1, 0];
    for (first, without) in [(0, 1), (3, 0)] {
        let mut made = Made::new();
        for run in 0..3_u32 {
            made.store.set_run(run % 2);
            made.figure.subplots[0].series.push(SeriesStyle::new(SeriesId(run)));
            for i in 0..400_usize {
                let stamp = stamps[first..stamps.len() - without][i % (stamps.len() - without - first)];
                let y = odd[(i * 7 + run as usize) % odd.len()];
                made.store.append(Batch::point(SeriesId(run), stamp, (i / 2) as f64, y));
            }
        }
        made.figure.subplots[0].series[2].axis = YAxis::Right;
        for mode in [XMode::Value, XMode::RelativeSecs, XMode::WallClock] {
            for smoothing in [Smoothing::Exponential { weight: 0.9 }, Smoothing::Median { window: 7 }] {
                for scale in [Scale::Linear, Scale::Log] {
                    (made.figure.x_mode, made.figure.smoothing) = (mode, smoothing);
                    (made.figure.subplots[0].y.scale, made.figure.subplots[0].right.scale) = (scale, scale);
                    made.figure.subplots[0].x.scale = Scale::Linear;
                    made.figure.dress_x();
                    let drawn = made.draw(500, 300, 1.0);
                    let numbers = figure_support::numbers(&drawn.scene);
                    assert!(numbers.iter().all(|v| v.is_finite()), "{mode:?} {smoothing:?} {scale:?}");
                }
            }
        }
    }
}
