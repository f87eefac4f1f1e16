//! Ranges for kind and for hostile data.

use super::*;
use crate::batch::{Batch, SeriesId, SeriesInfo, Xs};
use crate::store::Store;

/// A figure whose subplots hold one series each, unless `put` says otherwise.
fn figure_of(series: &[(&[f64], &[f64])]) -> (Figure, Store) {
    let (mut figure, mut store) = (Figure::default(), Store::default());
    for (i, (x, y)) in series.iter().enumerate() {
        let id = SeriesId(i as u32);
        store.declare(SeriesInfo { id, name: format!("s{i}"), x_label: String::new(), x_is_time: false, color: None });
        store.append(Batch::new(id, 0, Xs::Explicit(x.to_vec().into()), y.to_vec()).unwrap());
        figure.subplots[0].series.push(SeriesStyle::new(id));
    }
    (figure, store)
}

fn one(figure: &Figure, store: &Store) -> SubplotRanges {
    resolve(figure, &store.snapshot())[0]
}

fn ends(limits: Option<AxisLimits>) -> (f64, f64) {
    limits.map(|l| (l.min, l.max)).unwrap()
}

fn near(limits: Option<AxisLimits>, min: f64, max: f64) {
    let (a, b) = ends(limits);
    let slack = 1e-9 * (max - min);
    assert!((a - min).abs() <= slack && (b - max).abs() <= slack, "{a}..{b} instead of {min}..{max}");
}

#[test]
fn x_shows_exactly_the_data_and_y_has_a_margin() {
    let (figure, store) = figure_of(&[(&[0.0, 10.0], &[1.0, 2.0]), (&[-5.0, 3.0], &[0.0, f64::NAN])]);
    let ranges = one(&figure, &store);
    near(ranges.x, -5.0, 10.0);
    near(ranges.y, -0.1, 2.1);
}

#[test]
fn hidden_series_do_not_count_unless_all_are_hidden() {
    let (mut figure, store) = figure_of(&[(&[0.0, 10.0], &[0.0, 10.0]), (&[0.0, 99.0], &[0.0, 99.0])]);
    figure.subplots[0].series[1].is_visible = false;
    near(one(&figure, &store).x, 0.0, 10.0);
    figure.subplots[0].series[0].is_visible = false;
    near(one(&figure, &store).x, 0.0, 99.0);
}

#[test]
fn nothing_has_no_range_and_a_fixed_range_needs_no_data() {
    let (mut figure, store) = figure_of(&[(&[], &[])]);
    assert_eq!(one(&figure, &store), SubplotRanges::default());
    figure.subplots[0].x.range = AxisRange::Fixed { min: 1.0, max: 2.0 };
    let ranges = one(&figure, &store);
    assert_eq!((ends(ranges.x), ranges.y, ranges.has_samples), ((1.0, 2.0), None, false));
}

#[test]
fn only_nan_has_an_x_range_but_none_of_y() {
    let (figure, store) = figure_of(&[(&[0.0, 4.0], &[f64::NAN, f64::INFINITY])]);
    let ranges = one(&figure, &store);
    near(ranges.x, 0.0, 4.0);
    assert_eq!((ranges.y, ranges.has_samples), (None, true));
}

#[test]
fn a_single_sample_stands_in_the_middle() {
    for (x, y) in [(0.0, 0.0), (7.0, -3.0), (1e-9, 1e-12), (1.7e9, 1e300), (-1e17, 5e-324), (1e308, -1.79e308)] {
        let (figure, store) = figure_of(&[(&[x], &[y])]);
        let ranges = one(&figure, &store);
        let ((x0, x1), (y0, y1)) = (ends(ranges.x), ends(ranges.y));
        assert!(x0 < x && x < x1, "{x} in {x0}..{x1}");
        assert!(y0 < y && y < y1, "{y} in {y0}..{y1}");
    }
}

#[test]
fn y_looks_at_the_visible_part_of_x_and_stays_where_nothing_is() {
    let x: Vec<f64> = (0..1000).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| x * 2.0).collect();
    let (mut figure, store) = figure_of(&[(&x, &y)]);
    figure.subplots[0].x.range = AxisRange::Fixed { min: 100.0, max: 200.0 };
    near(one(&figure, &store).y, 190.0, 410.0);
    figure.subplots[0].x.range = AxisRange::Last { width: 99.0 };
    let ranges = one(&figure, &store);
    near(ranges.x, 900.0, 999.0);
    near(ranges.y, 1800.0 - 9.9, 1998.0 + 9.9);
    figure.subplots[0].x.range = AxisRange::Fixed { min: 5000.0, max: 6000.0 };
    near(one(&figure, &store).y, -99.9, 1998.0 + 99.9);
}

#[test]
fn a_following_range_moves_with_the_newest_sample() {
    let (mut figure, mut store) = figure_of(&[(&[0.0, 1.0], &[0.0, 1.0])]);
    figure.subplots[0].x.range = AxisRange::Last { width: 5.0 };
    near(one(&figure, &store).x, -4.0, 1.0);
    store.append(Batch::point(SeriesId(0), 0, 100.0, 0.0));
    near(one(&figure, &store).x, 95.0, 100.0);
    for width in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e308] {
        figure.subplots[0].x.range = AxisRange::Last { width };
        let (min, max) = ends(one(&figure, &store).x);
        assert!(min < max && min.is_finite() && max.is_finite());
    }
}

#[test]
fn an_automatic_range_shows_the_last_x_and_y_of_what_is_in_view() {
    let x: Vec<f64> = (0..1000).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| x * 2.0).collect();
    let (mut figure, mut store) = figure_of(&[(&x, &y)]);
    figure.follow_span = FollowSpan::LastX(99.0);
    near(one(&figure, &store).x, 900.0, 999.0);
    near(one(&figure, &store).y, 1800.0 - 9.9, 1998.0 + 9.9);
    store.append(Batch::point(SeriesId(0), 0, 1099.0, 1900.0));
    near(one(&figure, &store).x, 1000.0, 1099.0);
    figure.follow_span = FollowSpan::LastX(5000.0);
    near(one(&figure, &store).x, 0.0, 1099.0);
    for width in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e308] {
        figure.follow_span = FollowSpan::LastX(width);
        near(one(&figure, &store).x, 0.0, 1099.0);
    }
    // What a person chose rules.
    figure.follow_span = FollowSpan::LastX(99.0);
    figure.subplots[0].x.range = AxisRange::Fixed { min: 3.0, max: 4.0 };
    near(one(&figure, &store).x, 3.0, 4.0);
}

#[test]
fn an_automatic_range_shows_the_last_samples_of_the_densest_series() {
    let dense: Vec<f64> = (0..1000).map(f64::from).collect();
    let sparse: Vec<f64> = (0..11).map(|i| f64::from(i) * 100.0).collect();
    let (mut figure, mut store) = figure_of(&[(&dense, &dense), (&sparse, &sparse)]);
    figure.follow_span = FollowSpan::LastSamples(100);
    near(one(&figure, &store).x, 900.0, 1000.0);
    figure.follow_span = FollowSpan::LastSamples(2);
    near(one(&figure, &store).x, 998.0, 1000.0);
    store.append(Batch::point(SeriesId(0), 0, 1200.0, 7.0));
    near(one(&figure, &store).x, 999.0, 1200.0);
    for count in [0, 1001, 5000, u64::MAX] {
        figure.follow_span = FollowSpan::LastSamples(count);
        near(one(&figure, &store).x, 0.0, 1200.0);
    }
    // The last sample of all alone has room around it.
    figure.follow_span = FollowSpan::LastSamples(1);
    let (min, max) = ends(one(&figure, &store).x);
    assert!(min < 1200.0 && 1200.0 < max && max - min < 10.0, "{min}..{max}");
}

#[test]
fn x_in_any_order_follows_its_greatest_x_or_what_came_last() {
    let (mut figure, store) = figure_of(&[(&[5.0, 90.0, 2.0, 60.0, 40.0, f64::NAN, 55.0], &[1.0; 7])]);
    figure.follow_span = FollowSpan::LastX(10.0);
    near(one(&figure, &store).x, 80.0, 90.0);
    figure.follow_span = FollowSpan::LastSamples(4);
    near(one(&figure, &store).x, 40.0, 90.0);
}

#[test]
fn log_axes_begin_at_the_least_positive_value() {
    let (mut figure, store) = figure_of(&[(&[-1.0, 0.0, 0.1, 100.0], &[0.0, -5.0, 1e-3, 1e3])]);
    figure.subplots[0].x.scale = Scale::Log;
    figure.subplots[0].y.scale = Scale::Log;
    let ranges = one(&figure, &store);
    near(ranges.x, 0.1, 100.0);
    let (min, max) = ends(ranges.y);
    assert!((min.log10() + 3.3).abs() < 1e-9 && (max.log10() - 3.3).abs() < 1e-9, "{min:e}..{max:e}");
    let (mut none, store) = figure_of(&[(&[0.0, 1.0], &[0.0, -1.0])]);
    none.subplots[0].y.scale = Scale::Log;
    assert_eq!(one(&none, &store).y, None, "nothing has a place on a log axis");
    none.subplots[0].y.range = AxisRange::Fixed { min: -3.0, max: 10.0 };
    near(one(&none, &store).y, 1e-5, 10.0);
}

#[test]
fn ranges_that_cannot_be_meant_leave_the_axis_automatic() {
    let (mut figure, store) = figure_of(&[(&[0.0, 10.0], &[0.0, 1.0])]);
    for (min, max) in [(f64::NAN, 1.0), (0.0, f64::INFINITY), (3.0, 3.0), (4.0, 2.0)] {
        figure.subplots[0].x.range = AxisRange::Fixed { min, max };
        near(one(&figure, &store).x, 0.0, 10.0);
    }
}

#[test]
fn an_axis_may_hold_one_end_and_let_the_other_follow() {
    let (mut figure, store) = figure_of(&[(&[0.0, 10.0], &[1.0, 2.0])]);
    figure.subplots[0].x.range = AxisRange::Partial { min: Some(-5.0), max: None };
    figure.subplots[0].y.range = AxisRange::Partial { min: Some(0.0), max: None };
    let ranges = one(&figure, &store);
    assert_eq!(ends(ranges.x), (-5.0, 10.0));
    near(ranges.y, 0.0, 2.05);
    figure.subplots[0].y.range = AxisRange::Partial { min: Some(3.0), max: None };
    near(one(&figure, &store).y, 0.95, 2.05);
}

#[test]
fn a_filling_shows_its_base() {
    let (mut figure, store) = figure_of(&[(&[0.0, 10.0], &[100.0, 110.0])]);
    figure.subplots[0].series[0].join = Join::Fill;
    near(one(&figure, &store).y, -5.5, 115.5);
}

#[test]
fn shared_axes_show_the_union_of_their_column_or_row() {
    let (mut figure, store) = figure_of(&[
        (&[0.0, 10.0], &[0.0, 1.0]),
        (&[5.0, 20.0], &[2.0, 3.0]),
        (&[-3.0, 1.0], &[4.0, 5.0]),
        (&[7.0, 8.0], &[6.0, 7.0]),
    ]);
    let styles = std::mem::take(&mut figure.subplots[0].series);
    figure.subplots = styles.into_iter().map(|s| Subplot { series: vec![s], ..Subplot::default() }).collect();
    figure.grid = Grid { rows: 2, columns: 2, share_x: true, share_y: true };
    let ranges = resolve(&figure, &store.snapshot());
    near(ranges[0].x, -3.0, 10.0);
    near(ranges[2].x, -3.0, 10.0);
    near(ranges[1].x, 5.0, 20.0);
    near(ranges[0].y, -0.15, 3.15);
    near(ranges[1].y, -0.15, 3.15);
    // One chosen range rules its column.
    figure.subplots[2].x.range = AxisRange::Fixed { min: 0.0, max: 2.0 };
    near(resolve(&figure, &store.snapshot())[0].x, 0.0, 2.0);
}

#[test]
fn data_hostile_values_give_ranges_that_can_be_drawn() {
    let ugly = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        1e308,
        -1e308,
        5e-324,
        -5e-324,
        0.0,
        -0.0,
        1.0,
        1e-310,
        f64::MIN_POSITIVE,
    ];
    for (a, b) in ugly.iter().flat_map(|a| ugly.iter().map(move |b| (*a, *b))) {
        for scale in [Scale::Linear, Scale::Log, Scale::Time] {
            for range in [
                AxisRange::Auto,
                AxisRange::Last { width: 1e-3 },
                AxisRange::Fixed { min: a, max: b },
                AxisRange::Partial { min: Some(a), max: Some(b) },
                AxisRange::Partial { min: None, max: Some(b) },
            ] {
                let (mut figure, store) = figure_of(&[(&[a, b], &[b, a])]);
                figure.follow_span = if a > b { FollowSpan::LastX(b) } else { FollowSpan::LastSamples(1) };
                let subplot = &mut figure.subplots[0];
                (subplot.x.scale, subplot.y.scale) = (scale, scale);
                (subplot.x.range, subplot.y.range) = (range, range);
                let ranges = one(&figure, &store);
                for limits in [ranges.x, ranges.y].into_iter().flatten() {
                    assert!(limits.min.is_finite() && limits.max.is_finite() && limits.min < limits.max, "{limits:?}");
                    assert!(scale != Scale::Log || limits.min > 0.0);
                }
            }
        }
    }
}
