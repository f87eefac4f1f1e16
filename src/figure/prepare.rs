//! Makes what a figure shows of its series besides their samples: curves over time, smoothed curves.
//!
//! Runs on the figure's thread, or on that of whoever exports. What was made is kept from frame to frame and goes on with
//! the samples that came.

use std::collections::HashMap;
use std::sync::Arc;

use crate::batch::SeriesId;
use crate::figure::figure::{Figure, Scale, SeriesStyle, Subplot, XMode};
use crate::figure::moment;
use crate::figure::smoothing::Smoothing;
use crate::store::{Derived, DerivedKey, DerivedSet, Snapshot, Timed};

/// What was made for the frames before. Empty at first.
#[derive(Default)]
pub struct Preparation {
    made: HashMap<(SeriesId, DerivedKey), Derived>,
    timed: HashMap<SeriesId, Timed>,
    /// By subplot: x of the moment that is marked.
    moments: Vec<Option<f64>>,
}

/// Marks series that a figure over time cannot show, because nothing is known of when their samples came.
const UNTIMED: DerivedKey = DerivedKey(u64::MAX);

impl Preparation {
    /// `snapshot` with all that drawing `figure` needs besides. What no series asks for any more is forgotten.
    pub fn prepare(&mut self, figure: &Figure, snapshot: &Snapshot) -> Snapshot {
        self.moments = figure.moment_nanos.map_or_else(Vec::new, |nanos| moment::places(figure, snapshot, nanos));
        let mut set = DerivedSet::new();
        let timed = self.over_time(figure, snapshot, &mut set);
        let snapshot = timed.as_ref().unwrap_or(snapshot);
        let styles = figure.subplots.iter().flat_map(|subplot| &subplot.series);
        let wanted = styles.filter_map(|style| {
            let smoothing = figure.smoothing_of(style);
            Some((style.id, smoothing.key()?, smoothing)).filter(|_| style.is_visible)
        });
        for (id, key, smoothing) in wanted {
            let Some(series) = snapshot.get(id).filter(|series| smoothing.applies_to(series)) else { continue };
            let Some(filter) = smoothing.filter() else { continue };
            let derived = self.made.entry((id, key)).or_insert_with(|| Derived::new(filter));
            set.entry((id, key)).or_insert_with(|| derived.follow(series));
        }
        self.made.retain(|place, _| set.contains_key(place));
        Snapshot { derived: (!set.is_empty()).then(|| Arc::new(set)), ..snapshot.clone() }
    }

    /// x of the moment that the figure marked when it was prepared last, in a subplot where it has a place.
    #[must_use]
    pub fn moment_x(&self, subplot: usize) -> Option<f64> {
        self.moments.get(subplot).copied().flatten()
    }

    /// `snapshot` with the series of `figure` over the times of their samples; `None` where x is their own. Those without
    /// times are left without samples, and noted in `set`.
    fn over_time(&mut self, figure: &Figure, snapshot: &Snapshot, set: &mut DerivedSet) -> Option<Snapshot> {
        if figure.x_mode == XMode::Value {
            self.timed.clear();
            return None;
        }
        let is_relative = figure.x_mode == XMode::RelativeSecs;
        let origins = moment::starts(figure, snapshot);
        let mut shown = snapshot.clone();
        let mut kept = HashMap::with_capacity(self.timed.len());
        for style in figure.subplots.iter().flat_map(|subplot| &subplot.series) {
            let Some(series) = snapshot.get(style.id).filter(|series| !series.is_empty()) else { continue };
            if kept.contains_key(&style.id) || !is_relative && series.info.x_is_time {
                continue;
            }
            let mut timed = self.timed.remove(&style.id).unwrap_or_default();
            let origin = origins.get(&series.run).copied().unwrap_or(0);
            match timed.follow(series, origin) {
                Some(series) => shown.series.put(series),
                None => {
                    set.insert((style.id, UNTIMED), series.emptied());
                    shown.series.put(series.emptied());
                }
            }
            kept.insert(style.id, timed);
        }
        self.timed = kept;
        Some(shown)
    }
}

/// How many series of a subplot have no times, in a snapshot that was prepared for a figure over time.
#[must_use]
pub fn untimed(subplot: &Subplot, snapshot: &Snapshot) -> u64 {
    if snapshot.derived.is_none() {
        return 0;
    }
    subplot.series.iter().filter(|style| snapshot.derived(style.id, UNTIMED).is_some()).count() as u64
}

impl Figure {
    /// How a series of this figure is smoothed: as its style says, else as the figure does.
    #[must_use]
    pub fn smoothing_of(&self, style: &SeriesStyle) -> Smoothing {
        style.smoothing.unwrap_or(self.smoothing).sane()
    }

    /// Gives the x axes the scale and the label that [`x_mode`](Self::x_mode) asks for; nothing where x is the series' own.
    pub fn dress_x(&mut self) {
        let (label, is_clock) = match self.x_mode {
            XMode::Value => return,
            XMode::RelativeSecs => ("Time since start (s)", false),
            XMode::WallClock => ("Time", true),
        };
        for axis in self.subplots.iter_mut().map(|subplot| &mut subplot.x) {
            label.clone_into(&mut axis.label);
            axis.scale = match axis.scale {
                _ if is_clock => Scale::Time,
                Scale::Time => Scale::Linear,
                scale => scale,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Batch;
    use crate::store::Store;

    #[test]
    fn what_is_asked_for_is_made_once_and_goes_on() {
        let (mut store, id) = (Store::default(), SeriesId(0));
        store.append(Batch::steps(id, 0, 0.0, 1.0, vec![1.0, 3.0, 2.0]));
        let mut figure = Figure::default();
        figure.subplots[0].series.push(SeriesStyle::new(id));
        let mut preparation = Preparation::default();
        assert!(preparation.prepare(&figure, &store.snapshot()).derived.is_none(), "nothing was asked for");
        figure.smoothing = Smoothing::Median { window: 3 };
        let key = figure.smoothing.key().unwrap();
        let prepared = preparation.prepare(&figure, &store.snapshot());
        assert_eq!(prepared.derived(id, key).unwrap().sample(1), Some((1.0, 2.0)));
        store.append(Batch::point(id, 0, 3.0, 9.0));
        let prepared = preparation.prepare(&figure, &store.snapshot());
        assert_eq!(prepared.derived(id, key).unwrap().sample(2), Some((2.0, 3.0)));
        figure.subplots[0].series[0].smoothing = Some(Smoothing::None);
        assert!(preparation.prepare(&figure, &store.snapshot()).derived.is_none(), "the series' own word counts");
        assert!(preparation.made.is_empty());
    }

    #[test]
    fn a_constant_series_is_left_alone_until_it_changes() {
        let (mut store, id) = (Store::default(), SeriesId(0));
        store.append(Batch::steps(id, 0, 0.0, 1.0, vec![0.1; 50]));
        let mut figure = Figure { smoothing: Smoothing::Exponential { weight: 0.9 }, ..Figure::default() };
        figure.subplots[0].series.push(SeriesStyle::new(id));
        let key = figure.smoothing.key().unwrap();
        let mut preparation = Preparation::default();
        assert!(preparation.prepare(&figure, &store.snapshot()).derived(id, key).is_none());
        store.append(Batch::point(id, 0, 50.0, 7.0));
        let prepared = preparation.prepare(&figure, &store.snapshot());
        assert_eq!(prepared.derived(id, key).map(|series| series.len()), Some(51));
    }
}
