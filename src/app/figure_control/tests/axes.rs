//! Two vertical axes under a person's hand.

use super::*;
use crate::figure::{Smoothing, YAxis};

impl Rig {
    fn right(&mut self) -> [f64; 2] {
        self.draw();
        let right = self.control.layout.subplots[0].right.unwrap();
        [right.min, right.max]
    }
}

#[test]
fn a_drag_and_the_wheel_move_both_vertical_axes_by_the_same_part() {
    let mut rig = Rig::new(2);
    rig.control.set_series_axis(SeriesId(1), YAxis::Right);
    let ([.., low, high], right) = (rig.shown(0), rig.right());
    let parts = |rig: &mut Rig| {
        let ([.., min, max], [right_min, right_max]) = (rig.shown(0), rig.right());
        let part = |v: f64, low: f64, high: f64| (v - low) / (high - low);
        [
            part(min, low, high),
            part(max, low, high),
            part(right_min, right[0], right[1]),
            part(right_max, right[0], right[1]),
        ]
    };
    rig.control.set_tool(Tool::Pan);
    let (from, to) = (rig.place(0, 0.5, 0.5), rig.place(0, 0.5, 0.75));
    rig.drag(Button::Left, from, to);
    assert_near(parts(&mut rig), [0.25, 1.25, 0.25, 1.25]);
    rig.control.home();
    rig.draw();
    rig.control.wheel(rig.place(0, 0.5, 0.5), 240.0);
    let [min, max, right_min, right_max] = parts(&mut rig);
    assert!(min > 0.1 && max < 0.9);
    assert_near([min, max, 0.0, 0.0], [right_min, right_max, 0.0, 0.0]);
}

#[test]
fn the_wheel_over_an_axis_turns_that_axis_only() {
    let mut rig = Rig::new(2);
    rig.control.set_series_axis(SeriesId(1), YAxis::Right);
    let (before, right) = (rig.shown(0), rig.right());
    rig.control.wheel(rig.place(0, 1.02, 0.5), 120.0);
    assert_eq!(rig.shown(0), before);
    let closer = rig.right();
    assert!(closer[0] > right[0] && closer[1] < right[1]);
    rig.control.wheel(rig.place(0, -0.02, 0.5), 120.0);
    let after = rig.shown(0);
    assert!(after[2] > before[2] && after[0] == before[0] && rig.right() == closer);
    rig.control.wheel(rig.place(0, 0.5, 1.02), 120.0);
    let last = rig.shown(0);
    assert!(last[0] > after[0] && last[2] == after[2]);
    rig.control.home();
    assert_eq!((rig.shown(0), rig.right()), (before, right));
}

#[test]
fn a_series_that_goes_to_the_right_names_its_axis() {
    let mut rig = Rig::new(2);
    rig.control.set_series_axis(SeriesId(1), YAxis::Right);
    assert_eq!(rig.control.figure().subplots[0].right.label, "series 1");
    rig.control.set_right_label(0, "rate".into());
    rig.control.toggle_log_right();
    assert!(rig.control.is_log_right() && !rig.control.is_log_y());
    assert_eq!(rig.control.figure().subplots[0].right.label, "rate");
}

#[test]
fn smoothing_is_the_figures_unless_a_series_has_its_own_and_outlives_the_job() {
    let mut rig = Rig::new(2);
    rig.control.set_smoothing(Smoothing::Exponential { weight: 5.0 });
    assert_eq!(rig.control.smoothing(), Smoothing::Exponential { weight: 0.999 });
    rig.control.set_series_smoothing(SeriesId(1), Some(Smoothing::None));
    let ways = |rig: &Rig| {
        let figure = rig.control.figure();
        figure.subplots[0].series.iter().map(|style| figure.smoothing_of(style)).collect::<Vec<_>>()
    };
    assert_eq!(ways(&rig), [Smoothing::Exponential { weight: 0.999 }, Smoothing::None]);
    rig.control.set_figure(Figure::default());
    assert_eq!(rig.control.smoothing(), Smoothing::Exponential { weight: 0.999 });
}
