//! Which series are in a figure of several jobs, and where a person puts them.

use super::*;
use crate::batch::SeriesInfo;
use crate::store::{LiveJob, SnapshotSlot};

/// A job with series of one sample each.
pub(super) fn job(names: &[&str]) -> SnapshotSlot {
    let (mut store, slot) = (Store::default(), SnapshotSlot::new());
    for (name, id) in names.iter().zip(0..) {
        let id = SeriesId(id);
        let (name, x_label) = ((*name).to_owned(), "step".to_owned());
        store.declare(SeriesInfo { id, name, x_label, x_is_time: false, color: None });
        store.append(Batch::point(id, 7, 1.0, 2.0));
    }
    slot.publish(store.snapshot());
    slot
}

pub(super) fn live(data: &SnapshotSlot, name: &str) -> LiveJob {
    LiveJob { data: data.clone(), name: name.to_owned() }
}

/// The names of the series of each subplot.
fn names(control: &FigureControl) -> Vec<Vec<String>> {
    let known = control.known.as_ref().unwrap();
    let name = |style: &crate::figure::SeriesStyle| known.get(style.id).unwrap().info.name.clone();
    control.figure().subplots.iter().map(|subplot| subplot.series.iter().map(name).collect()).collect()
}

#[test]
fn jobs_come_into_a_figure_and_go_and_the_others_keep_their_looks() {
    let (a, b, c) = (job(&["loss"]), job(&["loss"]), job(&["loss"]));
    let (set, mut control) = (LiveSet::default(), FigureControl::default());
    set.set_jobs(vec![live(&a, "a"), live(&b, "b")]);
    control.arrange(&set.slot().latest());
    assert_eq!(names(&control), [["a: loss", "b: loss"]]);
    let of_b = set.slot().latest().series.get(1).unwrap().info.id;
    control.set_series_visible(of_b, false);
    set.set_jobs(vec![live(&c, "c"), live(&b, "b")]);
    let snapshot = set.slot().latest();
    assert!(control.arrange(&snapshot), "as many series as before, but others");
    assert!(control.forget_absent(&snapshot).figure);
    assert_eq!(names(&control), [["b: loss", "c: loss"]]);
    let visible: Vec<bool> = control.figure().subplots[0].series.iter().map(|style| style.is_visible).collect();
    assert_eq!(visible, [false, true]);
    assert_eq!(control.forget_absent(&snapshot), Changed::default());
    control.set_is_separate(true);
    assert_eq!(names(&control).len(), 2);
    set.set_jobs(vec![live(&b, "b")]);
    control.forget_absent(&set.slot().latest());
    assert_eq!(control.figure().subplots.len(), 1, "a subplot of nobody goes");
}
