//! A figure that is laid out as a session file says, and what a session file says of a figure.

use super::{Changed, FigureControl};
use crate::app::session_file::{FigureSpec, Placed, split_run};
use crate::figure::Figure;
use crate::store::Snapshot;

/// A layout that holds until another one is chosen, and which series have their places in it.
#[derive(Debug)]
pub(super) struct Laid {
    spec: FigureSpec,
    placed: Placed,
    runs: Vec<String>,
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

    /// Gives new series their places; returns whether the figure changed.
    pub(super) fn place(&mut self, figure: &mut Figure, snapshot: &Snapshot) -> bool {
        let Self { spec, placed, runs } = self;
        spec.place(figure, placed, snapshot, |info| split_run(&info.name, runs))
    }
}

impl FigureControl {
    /// Lays the figure out as a session file says, from its home view on; series find their places as they come. `runs` are
    /// the names of the runs where several are shown together
    /// ([`JobKind::run_names`](crate::app::pipeline::JobKind::run_names)).
    pub fn set_session(&mut self, spec: FigureSpec, runs: Vec<String>) -> Changed {
        let mut laid = Laid { spec, placed: Placed::default(), runs };
        laid.begin(&mut self.base);
        self.laid = Some(laid);
        self.arrange_anew()
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

    /// How many series have no place in the layout, and so are not shown; 0 without one.
    #[must_use]
    pub fn unplaced_series(&self) -> usize {
        self.laid.as_ref().map_or(0, |laid| laid.placed.unplaced.len())
    }
}
