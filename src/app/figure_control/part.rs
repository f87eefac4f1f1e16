//! Which series of a job a figure shows: what it makes, or the resources that it uses.

use std::sync::Arc;

use super::{Changed, FigureControl};
use crate::app::watch::resources;
use crate::figure::Figure;
use crate::store::Snapshot;

/// Which series a figure shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FigurePart {
    /// All.
    #[default]
    All,
    /// Those that the job makes.
    Values,
    /// Those that tell of the resources it uses, in subplots by kind.
    Resources,
}

impl FigurePart {
    /// The series of `snapshot` that belong to the part, and how they want to be laid out.
    pub(super) fn of(self, snapshot: &Snapshot) -> Snapshot {
        let is_wanted = |is_resource: bool| match self {
            Self::All => true,
            Self::Values => !is_resource,
            Self::Resources => is_resource,
        };
        let has_resources = snapshot.series.iter().any(|series| resources::is_resource(&series.info));
        if self == Self::All || (!has_resources && self == Self::Values) {
            return snapshot.clone();
        }
        let series = snapshot.series.only(|series| is_wanted(resources::is_resource(&series.info)));
        // With resources there is the layout of those alone.
        let layout = (self == Self::Resources).then(|| Arc::new(resources::own_layout(&series)));
        Snapshot { series, layout, ..snapshot.clone() }
    }
}

impl FigureControl {
    /// Which series the figure shows; all by default.
    #[must_use]
    pub fn part(&self) -> FigurePart {
        self.part
    }

    /// Shows other series, from the home view on.
    pub fn set_part(&mut self, part: FigurePart) -> Changed {
        if self.part == part {
            return Changed::default();
        }
        self.part = part;
        let known = self.known.clone();
        let base = Figure { empty_hint: self.base.empty_hint.clone(), ..Figure::default() };
        self.set_figure(base);
        self.known = known;
        self.arrange_anew()
    }

    /// Whether the job tells of the resources that it uses.
    #[must_use]
    pub fn has_resources(&self) -> bool {
        self.has_resources
    }
}
