//! The curves of a figure as a list: what each is called, what it came to, and what a person can switch.

use std::collections::HashSet;

use super::{Changed, FigureControl};
use crate::app::figure_control::best::Best;
use crate::app::session_file::split_run;
use crate::batch::{Color, SeriesId};
use crate::figure::{SeriesStyle, YAxis};
use crate::store::SeriesSnapshot;

/// One curve, as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its series.
    pub id: SeriesId,
    /// The run that it belongs to, where several are shown ([`FigureControl::set_runs`]); else empty. Plain text from
    /// anywhere.
    pub run: String,
    /// Its name in that run; plain text from anywhere.
    pub name: String,
    /// Its colour as it is drawn.
    pub color: Color,
    /// Index of the first subplot that it stands in.
    pub subplot: usize,
    /// y of its newest sample, which may be NaN or infinite; `None` if it has none.
    pub last: Option<f64>,
    /// The least or the greatest of its finite y; `None` if it has none.
    pub best: Option<f64>,
    /// Which of the two.
    pub which_best: Best,
    /// Whether it is drawn.
    pub is_visible: bool,
    /// Whether it stands on the right-hand axis.
    pub is_right: bool,
}

impl FigureControl {
    /// The curves that are in the figure, in their order, `most` at most. One that stands in several subplots is listed
    /// once. Takes some hundred nanoseconds a curve, however many samples it has.
    #[must_use]
    pub fn curves(&self, most: usize) -> Vec<Curve> {
        let mut seen: HashSet<SeriesId> = HashSet::new();
        let styles = self.base.subplots.iter().enumerate().flat_map(|(subplot, drawn)| {
            drawn.series.iter().enumerate().map(move |(place, style)| (subplot, place, style))
        });
        let curves = styles.filter_map(|(subplot, place, style)| {
            let known = self.known.as_ref()?.get(style.id)?;
            seen.insert(style.id).then(|| self.curve(known, style, subplot, place))
        });
        curves.take(most).collect()
    }

    fn curve(&self, known: &SeriesSnapshot, style: &SeriesStyle, subplot: usize, place: usize) -> Curve {
        let (run, own) = split_run(&known.info.name, &self.runs);
        let which_best = self.which_best(style.id, own);
        Curve {
            id: style.id,
            run: run.to_owned(),
            name: if style.name.is_empty() { own.to_owned() } else { style.name.clone() },
            color: self.base.theme.series_color(style.color.or(known.info.color), place),
            subplot,
            last: known.len().checked_sub(1).and_then(|last| known.sample(last)).map(|(_, y)| y),
            best: known.y_bounds().map(|(least, most)| if which_best == Best::Least { least } else { most }),
            which_best,
            is_visible: style.is_visible,
            is_right: style.axis == YAxis::Right,
        }
    }

    fn which_best(&self, series: SeriesId, name: &str) -> Best {
        self.bests.get(&series).copied().unwrap_or_else(|| Best::of_name(name))
    }

    /// Says which value of a series is its best; without that its name decides ([`Best::of_name`]). Not part of a session.
    pub fn set_best(&mut self, series: SeriesId, best: Best) {
        self.bests.insert(series, best);
    }

    /// The names of the runs that are shown together, as they stand before those of their series
    /// ([`JobKind::run_names`](crate::app::pipeline::JobKind::run_names), [`LiveSet::job_names`](crate::store::LiveSet)).
    /// Series that had no place in a layout because they were called otherwise are looked at again.
    pub fn set_runs(&mut self, runs: Vec<String>) -> Changed {
        if self.runs == runs {
            return Changed::default();
        }
        self.runs = runs;
        let Some(laid) = &mut self.laid else { return Changed { style: true, ..Changed::default() } };
        laid.look_again();
        // What is known is not news, so it is forgotten for a moment.
        if let Some(snapshot) = self.known.take() {
            self.arrange(&snapshot);
        }
        Changed::FIGURE
    }

    /// Draws a series, or leaves it out, wherever it stands; it stays in the legend.
    pub fn set_series_visible(&mut self, series: SeriesId, is_visible: bool) -> Changed {
        self.each_style(series, |style| style.is_visible = is_visible)
    }

    /// Draws a series in a colour wherever it stands; with `None` in its own, or that of its place.
    pub fn set_series_color(&mut self, series: SeriesId, color: Option<Color>) -> Changed {
        self.each_style(series, |style| style.color = color)
    }
}
