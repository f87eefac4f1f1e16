//! A figure that is laid out as a session file says, and what a session file says of a figure.

use super::{Changed, FigureControl};
use crate::app::session_file::{CursorsSpec, FigureSpec, Placed, RunAndName, SeriesSpec, split_run};
use crate::batch::SeriesId;
use crate::figure::{Figure, SeriesStyle};
use crate::store::Snapshot;

/// A layout that holds until another one is chosen, and which series have their places in it.
#[derive(Debug)]
pub(super) struct Laid {
    spec: FigureSpec,
    placed: Placed,
}

impl Laid {
    /// Lays `figure` out anew, without series.
    pub(super) fn begin(&mut self, figure: &mut Figure) {
        *figure = self.spec.skeleton(figure);
        self.placed = Placed::default();
    }

    /// Forgets series that `snapshot` does not hold: their numbers may come back as those of others.
    pub(super) fn forget_absent(&mut self, snapshot: &Snapshot) {
        self.placed.retain(|id| snapshot.get(id).is_some());
    }

    /// Looks again at series that had no place.
    pub(super) fn look_again(&mut self) {
        self.placed.look_again();
    }

    /// The subplots of the file that a series belongs to, and its looks there; nothing if it was asked for before, or if no
    /// entry of the file fits.
    pub(super) fn styles_of_new(
        &mut self,
        id: SeriesId,
        run_and_name: RunAndName<'_>,
    ) -> Vec<(Option<usize>, SeriesStyle)> {
        let styles = self.spec.styles_of_new(&mut self.placed, id, run_and_name);
        styles.into_iter().map(|(subplot, style)| (Some(subplot), style)).collect()
    }
}

impl FigureControl {
    /// Lays the figure out as a session file says, from its home view on; series find their places as they come. `runs` are
    /// the names of the runs where several are shown together
    /// ([`JobKind::run_names`](crate::app::pipeline::JobKind::run_names)).
    pub fn set_session(&mut self, spec: FigureSpec, runs: Vec<String>) -> Changed {
        let mut laid = Laid { spec, placed: Placed::default() };
        self.runs = runs;
        laid.begin(&mut self.base);
        self.laid = Some(laid);
        self.arrange_anew()
    }

    /// Gives new series the places that the session file names; returns whether the figure changed.
    pub(super) fn place_laid(&mut self, snapshot: &Snapshot) -> bool {
        let Some(Laid { spec, placed }) = &mut self.laid else { return false };
        spec.place(&mut self.base, placed, snapshot, |info| split_run(&info.name, &self.runs))
    }

    /// What a session file says of the figure as it is shown now, with the view that a person chose. What the file that it
    /// was laid out by held besides, which this program does not know, is in it too, for the figure itself.
    #[must_use]
    pub fn session(&self, runs: &[String]) -> FigureSpec {
        let nothing = Snapshot::default();
        let snapshot = self.known.as_ref().unwrap_or(&nothing);
        let rest = self.laid.as_ref().map(|laid| laid.spec.rest.clone()).unwrap_or_default();
        // What the kind of x writes beside the axes is not what was chosen there.
        let mut shown = self.shown.clone();
        for (shown, base) in shown.subplots.iter_mut().zip(&self.base.subplots) {
            (shown.x.label, shown.x.scale) = (base.x.label.clone(), base.x.scale);
        }
        FigureSpec { rest, ..FigureSpec::of(&shown, snapshot, |info| split_run(&info.name, runs)) }
    }

    /// The same without the view: what is remembered for the next time, when there are other data. Series that it does not
    /// name then stand in the last subplot.
    #[must_use]
    pub fn lasting_session(&self, runs: &[String]) -> FigureSpec {
        let nothing = Snapshot::default();
        let snapshot = self.known.as_ref().unwrap_or(&nothing);
        let mut spec = FigureSpec::of(&self.base, snapshot, |info| split_run(&info.name, runs));
        spec.cursors = CursorsSpec::default();
        if let Some(last) = spec.subplots.last_mut() {
            last.series.retain(|series| !series.takes_any());
            last.series.push(SeriesSpec::any());
        }
        spec
    }

    /// Lays the figure out as its data say again, from the next figure on.
    pub fn forget_session(&mut self) {
        self.laid = None;
    }

    /// How many series have no place in the layout, and so are not shown; 0 without one.
    #[must_use]
    pub fn unplaced_series(&self) -> usize {
        self.laid.as_ref().map_or(0, |laid| laid.placed.unplaced.len())
    }
}
