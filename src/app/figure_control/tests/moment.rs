//! A moment in a figure: where its line stands, and what moment a place stands for.

use super::*;
use crate::figure::XMode;
use crate::render::draw::{DrawScratch, draw};
use crate::render::scene::Shape;

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_700_000_000 * SECOND;

/// Two series of runs that began a minute apart: a sample a second, x counts in tens, `longer` ones in the second.
fn rig(longer: i64) -> Rig {
    let mut rig = Rig::new(0);
    for (run, start, count) in [(0, START, 100), (1, START + 60 * SECOND, 100 + longer)] {
        rig.store.set_run(run);
        for i in 0..count {
            rig.store.append(Batch::point(SeriesId(run), start + i * SECOND, 10.0 * i as f64, i as f64));
        }
    }
    let snapshot = rig.store.snapshot();
    rig.control.arrange(&snapshot);
    rig.draw();
    rig
}

/// x in data units of the lines that mark a moment, by subplot.
fn lines(rig: &mut Rig) -> Vec<f64> {
    rig.draw();
    let size = FrameSize { width_px: 1200, height_px: 800, scale: SCALE };
    let drawn = draw(rig.control.figure(), &rig.store.snapshot(), size, &mut DrawScratch::new());
    let lines = drawn.scene.shapes[drawn.over.clone()].iter().filter_map(|shape| match shape {
        Shape::Rect { rect, paint } if paint.alpha == 0.6 => Some(*rect),
        _ => None,
    });
    let x = |rect: PlotRect| {
        let place = drawn.layout.subplots.iter().find(|place| place.plot.y_px == rect.y_px).unwrap();
        assert_eq!(rect.height_px, place.plot.height_px);
        place.x.from_px(f64::from(rect.x_px + rect.width_px / 2.0))
    };
    lines.map(x).collect()
}

#[track_caller]
fn assert_lines(rig: &mut Rig, expected: &[f64]) {
    let lines = lines(rig);
    let is_near = lines.len() == expected.len() && lines.iter().zip(expected).all(|(a, e)| (a - e).abs() < 2.0);
    assert!(is_near, "{lines:?} instead of {expected:?}");
}

#[test]
fn a_moment_stands_where_the_curve_was_then() {
    let mut rig = rig(0);
    assert!(lines(&mut rig).is_empty());
    let session = rig.control.session(&[]);
    // The first run had ended when the second came to this.
    assert!(rig.control.set_moment(Some(START + 130 * SECOND + SECOND / 2)).figure);
    assert_lines(&mut rig, &[700.0]);
    rig.control.set_moment(Some(START + 30 * SECOND));
    assert_lines(&mut rig, &[300.0]);
    // A line is told a little earlier than its number.
    rig.control.set_moment(Some(START + 30 * SECOND - SECOND / 100));
    assert_lines(&mut rig, &[300.0]);
    rig.control.set_is_separate(true);
    assert_lines(&mut rig, &[300.0, 0.0]);
    rig.control.set_is_separate(false);
    assert_eq!(rig.control.session(&[]), session, "no part of a session");
    // Both stood there; of hidden curves nothing is asked.
    rig.control.set_moment(Some(START + 80 * SECOND));
    assert_lines(&mut rig, &[800.0]);
    rig.control.set_series_visible(SeriesId(0), false);
    assert_lines(&mut rig, &[200.0]);
    rig.control.set_moment(None);
    assert!(lines(&mut rig).is_empty() && rig.control.moment().is_none());
}

#[test]
fn over_time_it_stands_at_its_time() {
    let mut rig = rig(50);
    rig.control.set_x_mode(XMode::RelativeSecs);
    rig.control.set_moment(Some(START + 30 * SECOND));
    assert_lines(&mut rig, &[30.0]);
    rig.control.set_moment(Some(START + 150 * SECOND));
    assert_lines(&mut rig, &[90.0]);
    let at = rig.place(0, 20.0 / 149.0, 0.5);
    let nanos = rig.control.moment_at(at).unwrap();
    assert!((nanos - START - 20 * SECOND).abs() < SECOND, "{nanos}: of the first run, as both were there");
    let at = rig.place(0, 140.0 / 149.0, 0.5);
    let nanos = rig.control.moment_at(at).unwrap();
    assert!((nanos - START - 200 * SECOND).abs() < SECOND, "{nanos}: only the second went on so long");
    rig.control.set_x_mode(XMode::WallClock);
    rig.control.set_moment(Some(START + 150 * SECOND));
    assert_lines(&mut rig, &[(START / SECOND + 150) as f64]);
    let at = rig.place(0, 0.5, 0.5);
    let nanos = rig.control.moment_at(at).unwrap();
    assert!((nanos - START - 209 * SECOND / 2).abs() < SECOND, "{nanos}");
}

#[test]
fn the_view_is_moved_to_a_moment_outside_and_keeps_its_width() {
    let mut rig = rig(0);
    rig.control.show((100.0, 200.0), (0.0, 50.0));
    rig.draw();
    rig.control.set_moment(Some(START + 15 * SECOND));
    assert_near(rig.shown(0), [100.0, 200.0, 0.0, 50.0]);
    assert!(rig.control.set_moment(Some(START + 50 * SECOND)).view);
    assert_near(rig.shown(0), [450.0, 550.0, 0.0, 50.0]);
    assert_lines(&mut rig, &[500.0]);
    rig.control.back();
    assert_near(rig.shown(0), [100.0, 200.0, 0.0, 50.0]);
    assert!(lines(&mut rig).is_empty(), "the moment lies outside of that view again");
    // On a logarithmic axis, too.
    rig.control.toggle_log_x();
    rig.draw();
    rig.control.set_moment(Some(START + 50 * SECOND));
    let [x0, x1, ..] = rig.shown(0);
    assert!((x1 / x0 - 2.0).abs() < 1e-6 && (x0 * x1).sqrt().log10() - 500.0_f64.log10() < 1e-3, "{x0} {x1}");
    // What has no place there moves nothing.
    assert!(!rig.control.set_moment(Some(START)).view);
}

#[test]
fn the_line_stays_at_its_sample_while_data_come() {
    let mut rig = rig(0);
    rig.control.set_series_visible(SeriesId(0), false);
    rig.control.set_follow_span(FollowSpan::LastX(100.0));
    rig.draw();
    rig.control.set_moment(Some(START + 155 * SECOND));
    assert_lines(&mut rig, &[950.0]);
    assert!(rig.control.is_following(), "it was in view");
    rig.store.append(Batch::point(SeriesId(1), START + 160 * SECOND, 1000.0, 0.0));
    assert_near(rig.shown(0), [900.0, 1000.0, rig.shown(0)[2], rig.shown(0)[3]]);
    assert_lines(&mut rig, &[950.0]);
}

#[test]
fn a_place_stands_for_the_sample_nearest_to_it() {
    let rig = rig(50);
    // Only the second run came to so large an x.
    let at = rig.place(0, 1304.0 / 1490.0, 0.1);
    assert_eq!(rig.control.moment_at(at), Some(START + 190 * SECOND));
    let at = rig.place(0, 506.0 / 1490.0, 0.9);
    assert_eq!(rig.control.moment_at(at), Some(START + 51 * SECOND), "where both are, the first");
    assert_eq!(rig.control.moment_at([-1.0, 5.0]), None);
    let mut bare = Rig::new(1);
    let at = bare.place(0, 0.5, 0.5);
    assert_eq!(bare.control.moment_at(at), None, "nothing says when these came");
    assert!(!bare.control.set_moment(Some(START)).view);
    assert!(lines(&mut bare).is_empty());
}
