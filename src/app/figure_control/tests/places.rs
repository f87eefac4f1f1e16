//! Which series are in a figure of several jobs, and where a person puts them.

use super::*;
use crate::app::session_file::{FigureSpec, SeriesSpec, SessionFile, SubplotSpec};
use crate::batch::{Layout, SeriesInfo};
use crate::figure::EventLine;
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

/// A figure of these series; more come by `add`.
struct Bench {
    rig: Rig,
    names: Vec<String>,
}

impl Bench {
    fn new(names: &[&str]) -> Self {
        let mut bench = Self { rig: Rig::new(0), names: Vec::new() };
        names.iter().for_each(|name| bench.add(name));
        bench
    }

    fn add(&mut self, name: &str) {
        let id = self.names.len() as u32;
        let info = SeriesInfo {
            id: SeriesId(id),
            name: name.to_owned(),
            x_label: "step".to_owned(),
            x_is_time: false,
            color: None,
        };
        self.names.push(name.to_owned());
        self.rig.store.declare(info);
        self.rig.add_series(id);
    }

    fn control(&mut self) -> &mut FigureControl {
        &mut self.rig.control
    }

    fn to(&mut self, series: u32, place: SubplotPlace) -> Changed {
        let changed = self.control().move_series(SeriesId(series), place);
        self.rig.draw();
        changed
    }

    /// The series of each subplot, by name.
    fn places(&self) -> Vec<Vec<String>> {
        names(&self.rig.control)
    }

    /// What is shown is also what a figure shows that was saved and read again.
    #[track_caller]
    fn assert_places(&self, expected: &[&[&str]], runs: &[&str]) {
        assert_eq!(self.places(), expected);
        let runs: Vec<String> = runs.iter().map(|run| (*run).to_owned()).collect();
        let text = SessionFile::of_figure(self.rig.control.session(&runs)).to_text();
        let path = std::path::Path::new("session");
        let spec = SessionFile::parse(&text, path).unwrap().first_figure(path).unwrap().clone();
        let mut again = FigureControl::default();
        again.set_session(spec, runs);
        again.arrange(&self.rig.store.snapshot());
        assert_eq!((names(&again), again.unplaced_series()), (self.places(), 0), "{text}");
        assert_eq!(again.figure().grid, self.rig.control.figure().grid);
    }
}

#[test]
fn a_curve_is_put_into_a_subplot_of_its_own_and_back() {
    let mut bench = Bench::new(&["a", "b", "c"]);
    let changed = bench.to(1, SubplotPlace::New);
    assert!(changed.figure && changed.style);
    bench.assert_places(&[&["a", "c"], &["b"]], &[]);
    let grid = bench.control().figure().grid;
    assert_eq!((grid.rows, grid.columns, grid.share_x), (2, 1, true));
    let x = bench.control().figure().subplots[1].x.label.clone();
    assert_eq!(x, "step");
    bench.to(0, SubplotPlace::At(1));
    bench.assert_places(&[&["c"], &["b", "a"]], &[]);
    bench.add("d");
    bench.assert_places(&[&["c", "d"], &["b", "a"]], &[]);
    // The first one goes; what comes now has no other place than the first that is there.
    bench.to(2, SubplotPlace::At(1));
    bench.to(3, SubplotPlace::At(1));
    bench.assert_places(&[&["b", "a", "c", "d"]], &[]);
    assert!(!bench.control().figure().grid.share_x);
    bench.add("e");
    bench.assert_places(&[&["b", "a", "c", "d", "e"]], &[]);
}

#[test]
fn what_would_change_nothing_does_nothing() {
    let mut bench = Bench::new(&["a"]);
    for (series, place) in
        [(0, SubplotPlace::New), (0, SubplotPlace::At(0)), (0, SubplotPlace::At(7)), (9, SubplotPlace::New)]
    {
        assert_eq!(bench.to(series, place), Changed::default());
    }
    assert!(bench.control().by_hand.is_none());
}

#[test]
fn series_of_one_name_come_to_each_other_run_by_run() {
    let mut bench = Bench::new(&["A: loss", "A: acc"]);
    bench.control().set_runs(vec!["A".to_owned(), "B".to_owned()]);
    bench.to(1, SubplotPlace::New);
    bench.add("B: acc");
    bench.add("B: lr");
    bench.add("B: loss");
    bench.assert_places(&[&["A: loss", "B: lr", "B: loss"], &["A: acc", "B: acc"]], &["A", "B"]);
}

#[test]
fn separate_curves_are_moved_and_those_to_come_stay_separate() {
    let mut bench = Bench::new(&["a", "b", "c"]);
    bench.control().set_is_separate(true);
    bench.to(0, SubplotPlace::At(2));
    bench.assert_places(&[&["b"], &["c", "a"]], &[]);
    let label = |bench: &mut Bench, subplot: usize| bench.control().figure().subplots[subplot].y.label.clone();
    assert_eq!((label(&mut bench, 0), label(&mut bench, 1)), ("b".to_owned(), String::new()));
    bench.add("d");
    bench.assert_places(&[&["b"], &["c", "a"], &["d"]], &[]);
    assert_eq!(label(&mut bench, 2), "d");
    // Chosen again, the arrangement is as it was before a hand came.
    bench.control().set_is_separate(true);
    assert_eq!(bench.places().len(), 4);
    bench.to(0, SubplotPlace::At(1));
    bench.control().set_is_separate(false);
    bench.assert_places(&[&["b", "c", "a", "d"]], &[]);
}

#[test]
fn a_figure_of_a_program_is_changed_by_hand_until_it_asks_for_another() {
    let mut bench = Bench::new(&["a", "b", "c"]);
    let places = vec![(SeriesId(1), Some(1)), (SeriesId(2), Some(2)), (SeriesId(3), Some(2)), (SeriesId(4), None)];
    let layout = Layout { rows: 2, columns: 2, places, ..Layout::default() };
    bench.rig.store.apply(crate::batch::Item::Layout(std::sync::Arc::new(layout.clone())));
    let snapshot = bench.rig.store.snapshot();
    bench.control().arrange(&snapshot);
    assert_eq!(bench.places(), [vec!["a"], vec!["b"], vec!["c"], vec![]]);
    bench.to(0, SubplotPlace::At(3));
    bench.assert_places(&[&["b"], &["c"], &["a"]], &[]);
    let grid = bench.control().figure().grid;
    assert_eq!((grid.rows, grid.columns), (2, 2));
    bench.add("with c");
    bench.add("taken out");
    bench.add("where a was");
    assert_eq!(bench.places(), [vec!["b", "where a was"], vec!["c", "with c"], vec!["a"]]);
    bench.rig.store.apply(crate::batch::Item::Layout(std::sync::Arc::new(layout)));
    let snapshot = bench.rig.store.snapshot();
    bench.control().arrange(&snapshot);
    assert_eq!(bench.places(), [vec!["a", "where a was"], vec!["b"], vec!["c", "with c"], vec![]]);
}

#[test]
fn a_figure_of_a_session_file_is_changed_by_hand_and_series_still_find_their_places() {
    let mut bench = Bench::new(&["loss", "acc", "lr"]);
    let entry = |name: &str| SeriesSpec { width: 3.0, ..SeriesSpec::new(name) };
    let subplot = |names: &[&str]| SubplotSpec {
        series: names.iter().map(|name| entry(name)).collect(),
        ..SubplotSpec::default()
    };
    let subplots = vec![subplot(&["loss*", "lr"]), subplot(&["acc*"])];
    let spec = FigureSpec { rows: 2, subplots, ..FigureSpec::default() };
    bench.control().set_session(spec, Vec::new());
    bench.to(0, SubplotPlace::New);
    bench.assert_places(&[&["lr"], &["acc"], &["loss"]], &[]);
    bench.to(2, SubplotPlace::At(1));
    bench.assert_places(&[&["acc", "lr"], &["loss"]], &[]);
    bench.add("acc 2");
    bench.add("loss 2");
    bench.add("nobody's");
    assert_eq!(bench.places(), [vec!["acc", "lr", "acc 2", "loss 2"], vec!["loss"]]);
    assert_eq!((bench.control().unplaced_series(), bench.control().figure().subplots[0].series[3].width_px), (1, 3.0));
}

#[test]
fn views_of_subplots_that_stay_are_kept() {
    let mut bench = Bench::new(&["a", "b", "c"]);
    bench.control().set_is_separate(true);
    bench.control().set_x_link(crate::figure::XLink::Off);
    bench.rig.draw();
    let at = bench.rig.place(2, 0.5, 0.5);
    bench.control().wheel(at, 360.0);
    let zoomed = bench.rig.shown(2);
    bench.control().add_event(0, EventLine::new(crate::figure::EventPlace::X(3.0), "mark"));
    bench.to(0, SubplotPlace::At(1));
    assert_eq!(bench.places(), [vec!["b", "a"], vec!["c"]]);
    assert_eq!(bench.rig.shown(1), zoomed);
    assert_eq!(bench.control().events(0).len(), 1, "what was written comes along");
    bench.control().back();
    assert_ne!(bench.rig.shown(1), zoomed);
    bench.control().forward();
    // One that comes shows the x range that it shares.
    bench.control().set_x_link(crate::figure::XLink::All);
    let at = bench.rig.place(0, 0.5, 0.5);
    bench.control().wheel(at, 360.0);
    bench.to(0, SubplotPlace::New);
    let (first, new) = (bench.rig.shown(0), bench.rig.shown(2));
    assert_eq!(first[..2], new[..2]);
    assert!(first[0] > 0.0, "zoomed");
}

#[test]
fn the_list_of_curves_says_what_each_came_to() {
    let mut bench = Bench::new(&["A: loss", "A: val_acc"]);
    bench.control().set_runs(vec!["A".to_owned(), "B".to_owned()]);
    bench.rig.store.append(Batch::point(SeriesId(0), 0, 200.0, f64::NAN));
    let snapshot = bench.rig.store.snapshot();
    bench.control().arrange(&snapshot);
    bench.to(1, SubplotPlace::New);
    let red = Color::new(200, 0, 0);
    bench.control().set_series_color(SeriesId(1), Some(red));
    let theme = bench.control().figure().theme.clone();
    let curves = bench.control().curves(10);
    let [loss, acc] = curves.as_slice() else { unreachable!("two curves") };
    assert_eq!((loss.run.as_str(), loss.name.as_str(), loss.subplot, loss.color), ("A", "loss", 0, theme.cycle[0]));
    assert_eq!((loss.best, loss.which_best), (Some(0.0), Best::Least));
    assert!(loss.last.unwrap().is_nan());
    assert_eq!((acc.name.as_str(), acc.subplot, acc.color), ("val_acc", 1, red));
    assert_eq!((acc.last, acc.best), (Some(101.0), Some(101.0)));
    bench.control().set_best(SeriesId(1), Best::Least);
    bench.control().set_series_color(SeriesId(1), None);
    let acc = bench.control().curves(10)[1].clone();
    assert_eq!((acc.best, acc.color), (Some(1.0), theme.cycle[0]));
    assert_eq!(bench.control().curves(1).len(), 1);
}

#[test]
fn curves_keep_their_colours_wherever_they_are_put_and_no_two_of_a_subplot_are_alike() {
    let (set, mut control) = (LiveSet::default(), FigureControl::default());
    set.set_jobs(vec![live(&job(&["a", "b", "c"]), "job")]);
    control.arrange(&set.slot().latest());
    let colors = |control: &FigureControl| -> Vec<(String, crate::batch::Color)> {
        let mut all: Vec<_> = control.curves(9).into_iter().map(|curve| (curve.name, curve.color)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    };
    let before = colors(&control);
    let id = |control: &FigureControl, name: &str| {
        control.curves(9).into_iter().find(|curve| curve.name == name).unwrap().id
    };
    control.move_series(id(&control, "a"), SubplotPlace::New);
    assert_eq!(colors(&control), before);
    control.set_series_color(id(&control, "b"), Some(before[0].1));
    control.move_series(id(&control, "a"), SubplotPlace::At(0));
    let after = colors(&control);
    assert!(after[0].1 != after[1].1 && after[0].1 != after[2].1, "{after:?}");
    assert_eq!(after[1..], [("b".to_owned(), before[0].1), before[2].clone()]);
}

#[test]
fn a_curve_is_dropped_into_the_subplot_under_it_or_onto_the_foot_of_the_figure() {
    let mut bench = Bench::new(&["a", "b"]);
    bench.to(1, SubplotPlace::New);
    let drop =
        |bench: &Bench, subplot, x, y| bench.rig.control.drop_place(bench.rig.place(subplot, x, y)).map(|it| it.0);
    assert_eq!(drop(&bench, 0, 0.5, 0.5), Some(SubplotPlace::At(0)));
    assert_eq!(drop(&bench, 1, 0.5, 0.5), Some(SubplotPlace::At(1)));
    assert_eq!(drop(&bench, 1, 0.5, 0.95), Some(SubplotPlace::New));
    assert_eq!(drop(&bench, 1, 0.5, 1.2), Some(SubplotPlace::New), "also below the labels");
    assert_eq!(drop(&bench, 0, -0.5, 0.5), None);
    let (_, [x, y, width, height]) = bench.rig.control.drop_place(bench.rig.place(1, 0.5, 0.95)).unwrap();
    let [left, bottom] = bench.rig.place(1, 0.0, 1.0);
    assert!((x - left).abs() < 1.0 && (y + height - bottom).abs() < 1.0 && width > 100.0 && height > 10.0);
}
