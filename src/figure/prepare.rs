//! Makes what a figure shows of its series besides their samples: smoothed curves.
//!
//! Runs on the figure's thread, or on that of whoever exports. What was made is kept from frame to frame and goes on with
//! the samples that came.

use std::collections::HashMap;
use std::sync::Arc;

use crate::batch::SeriesId;
use crate::figure::figure::{Figure, SeriesStyle};
use crate::figure::smoothing::Smoothing;
use crate::store::{Derived, DerivedKey, DerivedSet, Snapshot};

/// What was made for the frames before. Empty at first.
#[derive(Default)]
pub struct Preparation {
    made: HashMap<(SeriesId, DerivedKey), Derived>,
}

impl Preparation {
    /// `snapshot` with all that drawing `figure` needs besides. What no series asks for any more is forgotten.
    pub fn prepare(&mut self, figure: &Figure, snapshot: &Snapshot) -> Snapshot {
        let wanted = || {
            let styles = figure.subplots.iter().flat_map(|subplot| &subplot.series);
            styles.filter_map(|style| {
                let smoothing = figure.smoothing_of(style);
                Some((style.id, smoothing.key()?, smoothing)).filter(|_| style.is_visible)
            })
        };
        if wanted().next().is_none() {
            self.made.clear();
            return snapshot.clone();
        }
        let mut set = DerivedSet::new();
        for (id, key, smoothing) in wanted() {
            let Some(series) = snapshot.get(id).filter(|series| smoothing.applies_to(series)) else { continue };
            let Some(filter) = smoothing.filter() else { continue };
            let derived = self.made.entry((id, key)).or_insert_with(|| Derived::new(filter));
            set.entry((id, key)).or_insert_with(|| derived.follow(series));
        }
        self.made.retain(|place, _| set.contains_key(place));
        Snapshot { derived: Some(Arc::new(set)), ..snapshot.clone() }
    }
}

impl Figure {
    /// How a series of this figure is smoothed: as its style says, else as the figure does.
    #[must_use]
    pub fn smoothing_of(&self, style: &SeriesStyle) -> Smoothing {
        style.smoothing.unwrap_or(self.smoothing).sane()
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
