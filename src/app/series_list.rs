//! The curves of a figure as rows of a list: below the runs that they belong to, where there are several.
//!
//! Pure: from what a figure knows of its curves to what is read there.

use std::collections::{HashMap, HashSet};

use crate::app::figure_control::{Best, Curve};
use crate::app::printable::printable;
use crate::batch::{Color, SeriesId};
use crate::figure::ticks::format_significant;

/// Significant digits of values: as many as can be compared at a glance.
const DIGITS: usize = 4;

/// A row: a run, or one of its curves.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesRow {
    /// The curves that it stands for: one, or all of a run.
    pub ids: Vec<SeriesId>,
    /// Whether it is a run.
    pub is_run: bool,
    /// The run, as the figure calls it; empty where there is only one.
    pub run: String,
    /// What is written in the row.
    pub name: String,
    /// Colour of the curve.
    pub color: Color,
    /// Whether it is drawn; of a run, whether any of its curves is.
    pub is_shown: bool,
    /// Whether it stands on the right-hand axis.
    pub is_right: bool,
    /// Its newest value, to be read; empty if it has none.
    pub last: String,
    /// Its best value, to be read; empty if it has none.
    pub best: String,
    /// Whether the greatest value is the best, or the least.
    pub best_is_most: bool,
    /// Index of its subplot.
    pub subplot: usize,
    /// Whether the curves of the run are left out of the list.
    pub is_collapsed: bool,
}

/// The rows for `curves`: runs in the order of their first curves, below each its curves in their order. With a `filter`
/// only curves in whose name or run it stands, whatever the case; runs in `collapsed` are then looked into, too.
#[must_use]
pub fn rows(curves: &[Curve], filter: &str, collapsed: &HashSet<String>) -> Vec<SeriesRow> {
    let filter = filter.trim().to_lowercase();
    let fits = |text: &str| filter.is_empty() || text.to_lowercase().contains(&filter);
    let mut runs: Vec<(&str, Vec<&Curve>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for curve in curves.iter().filter(|curve| fits(&curve.name) || fits(&curve.run)) {
        let place = *places.entry(&curve.run).or_insert_with(|| {
            runs.push((&curve.run, Vec::new()));
            runs.len() - 1
        });
        if let Some((_, curves)) = runs.get_mut(place) {
            curves.push(curve);
        }
    }
    let mut rows = Vec::new();
    for (run, curves) in runs {
        let is_collapsed = filter.is_empty() && !run.is_empty() && collapsed.contains(run);
        if !run.is_empty() {
            rows.push(run_row(run, &curves, is_collapsed));
        }
        if !is_collapsed {
            rows.extend(curves.into_iter().map(curve_row));
        }
    }
    rows
}

fn run_row(run: &str, curves: &[&Curve], is_collapsed: bool) -> SeriesRow {
    SeriesRow {
        ids: curves.iter().map(|curve| curve.id).collect(),
        is_run: true,
        run: run.to_owned(),
        name: printable(run).into_owned(),
        color: curves.first().map_or(Color::new(0, 0, 0), |curve| curve.color),
        is_shown: curves.iter().any(|curve| curve.is_visible),
        is_right: false,
        last: String::new(),
        best: String::new(),
        best_is_most: false,
        subplot: 0,
        is_collapsed,
    }
}

fn curve_row(curve: &Curve) -> SeriesRow {
    let text = |value: Option<f64>| value.map(number).unwrap_or_default();
    SeriesRow {
        ids: vec![curve.id],
        is_run: false,
        run: curve.run.clone(),
        name: printable(&curve.name).into_owned(),
        color: curve.color,
        is_shown: curve.is_visible,
        is_right: curve.is_right,
        last: text(curve.last),
        best: text(curve.best),
        best_is_most: curve.which_best == Best::Most,
        subplot: curve.subplot,
        is_collapsed: false,
    }
}

fn number(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "∞".to_owned(),
        f64::NEG_INFINITY => "−∞".to_owned(),
        value => format_significant(value, DIGITS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(id: u32, run: &str, name: &str) -> Curve {
        Curve {
            id: SeriesId(id),
            run: run.to_owned(),
            name: name.to_owned(),
            color: Color::new(1, 2, 3),
            subplot: 0,
            last: Some(0.123_456_789),
            best: Some(f64::NAN),
            which_best: Best::Least,
            is_visible: id != 1,
            is_right: false,
        }
    }

    fn names(rows: &[SeriesRow]) -> Vec<&str> {
        rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn curves_of_one_run_stand_alone() {
        let rows = rows(&[curve(1, "", "loss"), curve(2, "", "acc\n")], "", &HashSet::new());
        assert!(rows.iter().all(|row| !row.is_run) && rows.len() == 2);
        assert_eq!((rows[0].last.as_str(), rows[0].best.as_str(), rows[0].is_shown), ("0.1235", "NaN", false));
        assert!(!rows[1].name.contains('\n'), "names from anywhere are one line");
    }

    #[test]
    fn curves_of_several_stand_below_theirs() {
        let curves = [curve(1, "a", "loss"), curve(2, "b", "loss"), curve(3, "a", "acc")];
        let all = rows(&curves, "", &HashSet::new());
        assert_eq!(names(&all), ["a", "loss", "acc", "b", "loss"]);
        assert_eq!(all[0].ids, [SeriesId(1), SeriesId(3)]);
        assert!(all[0].is_shown, "one of its curves is");
        let collapsed = HashSet::from(["a".to_owned()]);
        assert_eq!(names(&rows(&curves, "", &collapsed)), ["a", "b", "loss"]);
        assert_eq!(names(&rows(&curves, " ACC", &collapsed)), ["a", "acc"], "what is looked for is found");
        assert_eq!(names(&rows(&curves, "b", &HashSet::new())), ["b", "loss"], "by its run, too");
    }
}
