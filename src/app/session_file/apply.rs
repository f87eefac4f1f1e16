//! From a figure of a session file to a figure that is drawn: series find their places by run and name.

use std::collections::{HashMap, HashSet};

use crate::app::session_file::pattern::matches;
use crate::app::session_file::spec::{AxisSpec, FigureSpec, SeriesSpec, SubplotSpec};
use crate::batch::{SeriesId, SeriesInfo};
use crate::figure::{
    Annotation, Axis, AxisRange, Cursors, EventLine, Figure, Grid, LegendPlace, Scale, SeriesStyle, Subplot,
};
use crate::store::Snapshot;

/// The run that a series belongs to, empty if there is only one, and its own name there.
pub type RunAndName<'a> = (&'a str, &'a str);

/// The run and the name of a series where several runs are shown together and its name is `run: name`; `runs` are their
/// names.
#[must_use]
pub fn split_run<'a>(name: &'a str, runs: &[String]) -> RunAndName<'a> {
    // Of runs whose names begin alike the longest is meant.
    let found = name.rmatch_indices(": ").find_map(|(at, colon)| {
        let (run, rest) = (name.get(..at)?, name.get(at + colon.len()..)?);
        runs.iter().any(|known| known == run).then_some((run, rest))
    });
    found.unwrap_or(("", name))
}

/// Which series of a figure have found their places. Empty at first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    seen: HashSet<SeriesId>,
    /// Series that no entry of the file fits: they are not shown.
    pub unplaced: Vec<SeriesId>,
    /// By subplot: the places of its series in the list of entries, so that they stand in its order.
    entries: Vec<Vec<usize>>,
}

impl Placed {
    /// Forgets all series but these.
    pub fn retain(&mut self, stays: impl Fn(SeriesId) -> bool) {
        self.seen.retain(|id| stays(*id));
        self.unplaced.retain(|id| stays(*id));
    }

    /// Looks again at series that found no place.
    pub fn look_again(&mut self) {
        for id in self.unplaced.drain(..) {
            self.seen.remove(&id);
        }
    }
}

impl FigureSpec {
    /// The figure without its series. Theme, hint and all that a session does not hold are those of `base`.
    #[must_use]
    pub fn skeleton(&self, base: &Figure) -> Figure {
        let (rows, columns) = (self.rows.max(1), self.columns.max(1));
        let plain = SubplotSpec::default();
        // The last row may have fewer.
        let (before, cells) = (usize::from(rows - 1) * usize::from(columns), usize::from(rows) * usize::from(columns));
        let cells = if self.subplots.len() > before { self.subplots.len().min(cells) } else { cells };
        Figure {
            title: self.title.clone(),
            grid: Grid { rows, columns, share_x: self.share_x, share_y: self.share_y },
            subplots: (0..cells).map(|place| subplot(self.subplots.get(place).unwrap_or(&plain))).collect(),
            x_link: self.x_link,
            x_mode: self.x_mode,
            smoothing: self.smoothing.sane(),
            distinction: self.distinguish,
            cursors: Cursors { a: self.cursors.a, b: self.cursors.b },
            ..base.clone()
        }
    }

    /// Gives the series of `snapshot` that are new to `placed` their places in `figure`, which
    /// [`skeleton`](Self::skeleton) made; `run_of` tells run and name of a series. A series may stand in several subplots.
    /// Returns whether the figure changed.
    pub fn place<'s>(
        &self,
        figure: &mut Figure,
        placed: &mut Placed,
        snapshot: &'s Snapshot,
        run_of: impl Fn(&'s SeriesInfo) -> RunAndName<'s>,
    ) -> bool {
        let mut is_changed = false;
        placed.entries.resize_with(figure.subplots.len(), Vec::new);
        for series in snapshot.series.iter().filter(|series| placed.seen.insert(series.info.id)) {
            let (run, name) = run_of(&series.info);
            let mut has_place = false;
            let Placed { entries, .. } = placed;
            for ((spec, subplot), entries) in self.subplots.iter().zip(&mut figure.subplots).zip(entries) {
                let fits = |entry: &SeriesSpec| matches(&entry.run, run) && matches(&entry.name, name);
                let Some((place, entry)) = spec.series.iter().enumerate().find(|(_, entry)| fits(entry)) else {
                    continue;
                };
                has_place = true;
                let at = entries.partition_point(|other| *other <= place);
                entries.insert(at, place);
                subplot.series.insert(at.min(subplot.series.len()), style(entry, series.info.id));
                if subplot.x.label.is_empty() {
                    subplot.x.label.clone_from(&series.info.x_label);
                }
                if subplot.x.scale == Scale::Linear && series.info.x_is_time {
                    subplot.x.scale = Scale::Time;
                }
            }
            is_changed |= has_place;
            if !has_place {
                placed.unplaced.push(series.info.id);
            }
        }
        is_changed
    }

    /// The subplots that name a series which is new to `placed`, by index, and its looks there.
    pub fn styles_of_new(
        &self,
        placed: &mut Placed,
        id: SeriesId,
        (run, name): RunAndName<'_>,
    ) -> Vec<(usize, SeriesStyle)> {
        if !placed.seen.insert(id) {
            return Vec::new();
        }
        let fits = |entry: &&SeriesSpec| matches(&entry.run, run) && matches(&entry.name, name);
        let found = self.subplots.iter().enumerate().filter_map(|(index, spec)| {
            let entry = spec.series.iter().find(fits)?;
            Some((index, style(entry, id)))
        });
        let found: Vec<_> = found.collect();
        if found.is_empty() {
            placed.unplaced.push(id);
        }
        found
    }

    /// The figure with all series of `snapshot` that it names, for the one time that it is drawn. Says in the log how many
    /// find no place.
    #[must_use]
    pub fn figure(&self, base: &Figure, snapshot: &Snapshot, runs: &[String]) -> Figure {
        let mut placed = Placed::default();
        let mut figure = self.skeleton(base);
        self.place(&mut figure, &mut placed, snapshot, |info| split_run(&info.name, runs));
        if !placed.unplaced.is_empty() {
            let names: HashMap<SeriesId, &str> =
                snapshot.series.iter().map(|series| (series.info.id, series.info.name.as_str())).collect();
            let first = placed.unplaced.first().and_then(|id| names.get(id)).copied().unwrap_or_default();
            let (count, first) = (placed.unplaced.len(), crate::app::printable::printable(first));
            log::warn!("{count} series are named nowhere in the layout and are not drawn, the first is {first}");
        }
        figure.dress_x();
        figure
    }
}

fn subplot(spec: &SubplotSpec) -> Subplot {
    Subplot {
        title: spec.title.clone(),
        x: axis(&spec.x),
        y: axis(&spec.y),
        right: axis(&spec.right),
        series: Vec::new(),
        annotations: spec
            .annotations
            .iter()
            .map(|a| Annotation {
                text: a.text.clone(),
                x: a.x,
                y: a.y,
                axis: a.axis,
                has_arrow: a.arrow,
                color: a.color,
            })
            .collect(),
        events: spec
            .events
            .iter()
            .map(|e| EventLine { at: e.at, label: e.label.clone(), color: e.color, dash: e.dash })
            .collect(),
        has_grid: spec.grid,
        legend: if spec.legend { LegendPlace::Best } else { LegendPlace::Hidden },
    }
}

fn axis(spec: &AxisSpec) -> Axis {
    let range = match (spec.last, spec.min, spec.max) {
        (Some(width), _, _) => AxisRange::Last { width },
        (None, None, None) => AxisRange::Auto,
        (None, Some(min), Some(max)) => AxisRange::Fixed { min, max },
        (None, min, max) => AxisRange::Partial { min, max },
    };
    Axis { label: spec.label.clone(), scale: spec.scale, range, tick_format: None }
}

fn style(spec: &SeriesSpec, id: SeriesId) -> SeriesStyle {
    SeriesStyle {
        id,
        name: spec.label.clone(),
        color: spec.color,
        width_px: spec.width,
        dash: spec.dash,
        marker: spec.marker,
        join: spec.join,
        is_visible: spec.visible,
        smoothing: spec.smoothing,
        axis: spec.axis,
    }
}
