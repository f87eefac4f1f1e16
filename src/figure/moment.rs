//! A moment in a figure: where it stands on the x axes, and what moment a place stands for.
//!
//! Pure. Works on the samples as they are, whatever stands along x. Times are nanoseconds since the Unix epoch.

use std::collections::HashMap;

use crate::figure::figure::{Figure, SeriesStyle, XMode};
use crate::figure::layout::AxisMap;
use crate::figure::readout::nearest;
use crate::store::{SeriesSnapshot, Snapshot};

/// A line of text is told when it was read, the numbers in it some milliseconds later: a run may have begun with it.
const LINE_SLACK_NANOS: i64 = 50_000_000;

/// Samples in free order that are looked at for the nearest one, of all series of a subplot.
const MOST_WALKED: usize = 1_000_000;

/// x of the moment `nanos` in each subplot, in their order; `None` where nothing is known of when samples came. Of several
/// runs the first counts that has samples before and after it. Over time the moment stands where it is, over their own x
/// at the sample that came nearest to it.
#[must_use]
pub fn places(figure: &Figure, snapshot: &Snapshot, nanos: i64) -> Vec<Option<f64>> {
    let starts = starts(figure, snapshot);
    let of_subplot = |subplot: &crate::figure::Subplot| {
        if figure.x_mode == XMode::WallClock {
            return Some(nanos as f64 / 1e9);
        }
        let known = || visible(&subplot.series, snapshot);
        let spans = |series: &&SeriesSnapshot| {
            let nanos = nanos.saturating_add(LINE_SLACK_NANOS);
            series.first_nanos().is_some_and(|first| first <= nanos)
                && series.last_nanos().is_some_and(|last| last >= nanos)
        };
        let series = known().find(spans).or_else(|| known().next())?;
        match figure.x_mode {
            XMode::RelativeSecs => {
                let start = starts.get(&series.run)?;
                Some((i128::from(nanos) - i128::from(*start)) as f64 / 1e9)
            }
            _ => series.x_near_nanos(nanos),
        }
    };
    figure.subplots.iter().map(of_subplot).collect()
}

/// The moment that `x` of a subplot stands for: over time that time, of the run that is nearest to it; over their own x, when
/// the sample came that is nearest on the axis `map`. `None` if nothing is known of it.
#[must_use]
pub fn nanos_at(figure: &Figure, snapshot: &Snapshot, subplot: usize, x: f64, map: &AxisMap) -> Option<i64> {
    let subplot = figure.subplots.get(subplot)?;
    if !x.is_finite() {
        return None;
    }
    let mut left = MOST_WALKED;
    let starts = starts(figure, snapshot);
    let found = visible(&subplot.series, snapshot).filter_map(|series| match figure.x_mode {
        XMode::WallClock => Some((0.0, (x * 1e9) as i64)),
        XMode::RelativeSecs => {
            let nanos = starts.get(&series.run)?.saturating_add((x * 1e9) as i64);
            let nearest = nanos.clamp(series.first_nanos()?, series.last_nanos()?.max(series.first_nanos()?));
            Some(((i128::from(nearest) - i128::from(nanos)).abs() as f64, nearest))
        }
        XMode::Value => {
            let index = nearest(series, x, map, left)?;
            if series.x_order() == crate::store::XOrder::Free {
                left = left.saturating_sub(series.len());
            }
            let (own, _) = series.sample(index)?;
            Some(((own - x).abs(), series.nanos_of(index)?))
        }
    });
    found.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, nanos)| nanos)
}

/// The series that are drawn and of which is known when their samples came.
fn visible<'a>(styles: &'a [SeriesStyle], snapshot: &'a Snapshot) -> impl Iterator<Item = &'a SeriesSnapshot> {
    let shown = styles.iter().filter(|style| style.is_visible).filter_map(|style| snapshot.get(style.id));
    shown.filter(|series| series.first_nanos().is_some())
}

/// When each run began, where x counts from there.
pub(super) fn starts(figure: &Figure, snapshot: &Snapshot) -> HashMap<u32, i64> {
    let mut starts: HashMap<u32, i64> = HashMap::new();
    for series in snapshot.series.iter().filter(|_| figure.x_mode == XMode::RelativeSecs) {
        if let Some(first) = series.first_nanos() {
            starts.entry(series.run).and_modify(|start| *start = first.min(*start)).or_insert(first);
        }
    }
    starts
}
