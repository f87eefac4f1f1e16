//! Home, Back, Forward and Follow, as a person would try them.

use super::*;
use crate::figure::figure::{Grid, Subplot};
use crate::figure::layout::{AxisMap, SubplotLayout};

fn fixed(min: f64, max: f64) -> AxisRange {
    AxisRange::Fixed { min, max }
}

fn x_view(min: f64, max: f64) -> View {
    View { subplots: vec![SubplotView { x: Some(fixed(min, max)), ..SubplotView::default() }] }
}

fn layout(min: f64, max: f64) -> FrameLayout {
    let map = AxisMap { scale: Scale::Linear, min, max, start_px: 0.0, end_px: 100.0 };
    FrameLayout {
        subplots: vec![SubplotLayout { plot: Default::default(), x: map, y: map, ..SubplotLayout::default() }],
    }
}

fn at(millis: u64) -> Instant {
    // One fixed point for all: only differences matter.
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *START.get_or_init(Instant::now) + Duration::from_millis(millis)
}

#[test]
fn back_and_forward_walk_the_entries_and_a_change_cuts_what_lay_ahead() {
    let mut history = ViewHistory::new();
    assert!(history.view().is_home() && !history.can_back() && !history.can_forward() && !history.back());
    history.push(x_view(0.0, 1.0), Gesture::Once, at(0));
    history.push(x_view(0.0, 0.5), Gesture::Once, at(1));
    assert!(history.back());
    assert_eq!(history.view(), &x_view(0.0, 1.0));
    assert!(history.back() && history.view().is_home() && !history.back());
    assert!(history.forward() && history.forward() && !history.forward());
    assert_eq!(history.view(), &x_view(0.0, 0.5));
    history.back();
    history.push(x_view(7.0, 8.0), Gesture::Once, at(2));
    assert!(!history.can_forward());
    history.back();
    assert_eq!(history.view(), &x_view(0.0, 1.0));
}

#[test]
fn home_is_an_entry_and_going_home_twice_is_one() {
    let mut history = ViewHistory::new();
    history.home();
    assert!(!history.can_back());
    history.push(x_view(0.0, 1.0), Gesture::Once, at(0));
    history.home();
    history.home();
    assert!(history.view().is_home());
    history.back();
    assert_eq!(history.view(), &x_view(0.0, 1.0));
}

#[test]
fn a_drag_is_one_entry_however_many_moves_it_has() {
    let mut history = ViewHistory::new();
    for i in 0..50 {
        history.push(x_view(f64::from(i), 100.0), Gesture::Drag, at(u64::from(i as u32) * 1000));
    }
    history.end_gesture();
    for i in 0..50 {
        history.push(x_view(0.0, 100.0 + f64::from(i)), Gesture::Drag, at(60_000));
    }
    history.end_gesture();
    history.back();
    assert_eq!(history.view(), &x_view(49.0, 100.0));
    history.back();
    assert!(history.view().is_home());
}

#[test]
fn turns_of_the_wheel_are_one_entry_until_it_rests() {
    let mut history = ViewHistory::new();
    history.push(x_view(0.0, 9.0), Gesture::Wheel, at(0));
    history.push(x_view(0.0, 8.0), Gesture::Wheel, at(500));
    history.push(x_view(0.0, 7.0), Gesture::Wheel, at(1000));
    history.push(x_view(0.0, 6.0), Gesture::Wheel, at(1700));
    history.back();
    assert_eq!(history.view(), &x_view(0.0, 7.0));
    history.push(x_view(0.0, 5.0), Gesture::Wheel, at(1800));
    history.back();
    assert_eq!(history.view(), &x_view(0.0, 7.0), "a wheel after Back does not change the entry it came back to");
}

#[test]
fn a_gesture_that_changes_nothing_leaves_no_entry_and_does_not_spoil_the_one_before() {
    let mut history = ViewHistory::new();
    history.push(x_view(0.0, 1.0), Gesture::Once, at(0));
    history.push(x_view(0.0, 1.0), Gesture::Drag, at(1));
    history.push(x_view(0.5, 1.5), Gesture::Drag, at(2));
    history.back();
    assert_eq!(history.view(), &x_view(0.0, 1.0));
}

#[test]
fn follow_keeps_the_width_that_was_chosen_and_holding_keeps_what_is_shown() {
    let mut history = ViewHistory::new();
    assert!(history.is_following(), "the automatic view follows");
    history.set_following(false, &layout(3.0, 13.0));
    assert!(!history.is_following());
    assert_eq!(history.view(), &x_view(3.0, 13.0));
    history.push(x_view(5.0, 7.5), Gesture::Once, at(0));
    history.set_following(true, &layout(5.0, 7.5));
    assert!(history.is_following());
    assert_eq!(
        history.view().subplots[0],
        SubplotView { x: Some(AxisRange::Last { width: 2.5 }), ..SubplotView::default() }
    );
    history.back();
    assert!(!history.is_following(), "Back leads out of following as well");
    history.home();
    assert!(history.is_following());
}

#[test]
fn a_view_that_chose_only_y_still_follows() {
    let mut history = ViewHistory::new();
    history.push(
        View { subplots: vec![SubplotView { y: Some(fixed(0.0, 1.0)), ..SubplotView::default() }] },
        Gesture::Once,
        at(0),
    );
    assert!(history.is_following());
}

#[test]
fn shared_axes_change_together_and_a_view_keeps_the_other_axis() {
    let grid = Grid { rows: 2, columns: 2, share_x: true, share_y: false };
    let figure = Figure { grid, subplots: vec![Subplot::default(); 4], ..Figure::default() };
    let view = View::default().with(
        2,
        SubplotView { x: Some(fixed(0.0, 1.0)), y: Some(fixed(5.0, 6.0)), right: None },
        &figure,
    );
    let x: Vec<bool> = view.subplots.iter().map(|s| s.x.is_some()).collect();
    let y: Vec<bool> = view.subplots.iter().map(|s| s.y.is_some()).collect();
    assert_eq!((x, y), (vec![true, false, true, false], vec![false, false, true, false]));
    let view = view.with(2, SubplotView { x: Some(fixed(3.0, 4.0)), ..SubplotView::default() }, &figure);
    assert_eq!(view.subplots[2], SubplotView { x: Some(fixed(3.0, 4.0)), y: Some(fixed(5.0, 6.0)), right: None });
}

#[test]
fn applying_leaves_the_figures_own_ranges_where_nothing_was_chosen() {
    let mut figure = Figure::default();
    figure.subplots[0].y.range = fixed(-1.0, 1.0);
    x_view(2.0, 3.0).apply(&mut figure);
    assert_eq!(figure.subplots[0].x.range, fixed(2.0, 3.0));
    assert_eq!(figure.subplots[0].y.range, fixed(-1.0, 1.0));
}

#[test]
fn the_history_is_bounded() {
    let mut history = ViewHistory::new();
    for i in 0..10_000 {
        history.push(x_view(0.0, 1.0 + f64::from(i)), Gesture::Once, at(0));
    }
    let mut steps = 0;
    while history.back() {
        steps += 1;
    }
    assert_eq!(steps, MOST_VIEWS - 1);
}
