//! Links, cursors and notes under a person's hand.

use super::*;
use crate::figure::{Annotation, EventLine, EventPlace, HandleKind, Pin, XLink};

/// A figure of two subplots, one above the other, that do not share x by their grid.
fn pair() -> Rig {
    let mut rig = Rig::new(2);
    rig.control.set_is_separate(true);
    rig.control.set_x_link(XLink::Off);
    rig.draw();
    rig
}

#[test]
fn linked_subplots_move_together_and_others_do_not() {
    let mut rig = pair();
    let before = rig.shown(1);
    rig.control.wheel(rig.place(0, 0.5, 0.5), 240.0);
    let zoomed = rig.shown(0);
    assert!(zoomed[0] > before[0] && rig.shown(1) == before);
    rig.control.home();
    rig.control.set_x_link(XLink::All);
    rig.draw();
    rig.control.wheel(rig.place(1, 0.5, 0.5), 240.0);
    let (first, second) = (rig.shown(0), rig.shown(1));
    assert!(first[0] > before[0] && first[..2] == second[..2]);
    assert_ne!(first[2..], second[2..], "y stays each one's own");
}

#[test]
fn the_crosshair_stands_in_all_subplots_and_in_those_of_other_figures() {
    let mut rig = pair();
    rig.control.move_to(rig.place(0, 0.25, 0.5));
    let (x, is_time) = rig.control.pointer_x().unwrap();
    assert!((x - 25.0).abs() < 0.2 && !is_time);
    let lines = rig.control.crosshair_lines(x, is_time);
    assert_eq!(lines.len(), 2);
    for (subplot, line) in lines.iter().enumerate() {
        assert_eq!(line.subplot, subplot);
        assert!((line.x - rig.place(subplot, 0.25, 0.5)[0]).abs() < 0.6, "{line:?}");
    }
    assert!(rig.control.crosshair_lines(x, true).is_empty(), "a time is no count");
    assert!(
        rig.control.crosshair_lines(1e9, false).is_empty() && rig.control.crosshair_lines(f64::NAN, false).is_empty()
    );
}

#[test]
fn a_cursor_is_pinned_and_dragged_by_its_tag() {
    let mut rig = pair();
    rig.control.pin_at(Pin::A, rig.place(0, 0.25, 0.5));
    rig.control.pin_at(Pin::B, rig.place(1, 0.5, 0.5));
    assert!((rig.control.pinned(Pin::A).unwrap() - 25.0).abs() < 0.2);
    rig.draw();
    let tags: Vec<_> = rig.control.layout.subplots.iter().map(|subplot| subplot.handles.len()).collect();
    assert_eq!(tags, [2, 2], "both stand in every subplot");
    let handle = rig.control.layout.subplots[1].handles[1];
    assert_eq!(handle.what, HandleKind::Cursor(Pin::B));
    let scale = f64::from(SCALE);
    let at = [f64::from(handle.rect.x_px) / scale + 2.0, f64::from(handle.rect.y_px) / scale + 2.0];
    let (to, view) = (rig.place(1, 0.75, 0.9), rig.shown(1));
    rig.drag(Button::Left, at, to);
    assert!((rig.control.pinned(Pin::B).unwrap() - 75.0).abs() < 0.2);
    assert_eq!(rig.shown(1), view, "the view stays");
    assert!(!rig.control.can_go_back());
    rig.draw();
    let handle = rig.control.layout.subplots[1].handles[1];
    let at = [f64::from(handle.rect.x_px) / scale + 2.0, f64::from(handle.rect.y_px) / scale + 2.0];
    let before = rig.control.pinned(Pin::B);
    rig.control.press(at, Button::Left);
    rig.control.move_to(rig.place(1, 0.1, 0.5));
    assert_ne!(rig.control.pinned(Pin::B), before);
    rig.control.cancel_drag();
    assert_eq!(rig.control.pinned(Pin::B), before, "a drag that is cancelled has not been");
    rig.control.pin(Pin::A, Some(f64::NAN));
    assert_eq!(rig.control.pinned(Pin::A), None);
    assert_eq!(rig.control.pin_at(Pin::A, [-5.0, 0.0]), Changed::default());
}

#[test]
fn notes_and_events_are_added_changed_and_taken_away() {
    let mut rig = pair();
    let (subplot, [x, y]) = rig.control.data_at(rig.place(1, 0.5, 0.5)).unwrap();
    let note = Annotation { text: "here".into(), x, y, ..Annotation::default() };
    assert_eq!(rig.control.add_annotation(subplot, note.clone()), Some(0));
    assert_eq!(rig.control.add_event(0, EventLine::new(EventPlace::X(10.0), "checkpoint")), Some(0));
    rig.draw();
    let kinds = |rig: &Rig, subplot: usize| {
        rig.control.layout.subplots[subplot].handles.iter().map(|handle| handle.what).collect::<Vec<_>>()
    };
    assert_eq!((kinds(&rig, 0), kinds(&rig, 1)), (vec![HandleKind::Event(0)], vec![HandleKind::Annotation(0)]));
    rig.control.set_annotation(1, 0, Some(Annotation { text: String::new(), ..note.clone() }));
    rig.draw();
    assert!(kinds(&rig, 1).is_empty(), "nothing to read is nothing to hold");
    rig.control.set_event(0, 0, None);
    assert!(rig.control.events(0).is_empty() && rig.control.annotations(1).len() == 1);
    assert_eq!(rig.control.add_annotation(9, note), None);
    assert_eq!(rig.control.set_event(0, 7, None), Changed::default());
}
