//! The legend of a subplot kept from frame to frame: names are compared, not copied, while nothing changes.

use crate::figure::figure::{LegendPlace, SeriesStyle, Subplot, YAxis};
use crate::figure::layout::PlotRect;
use crate::figure::legend::{LegendBlock, Named, block, named, names};
use crate::figure::measure::Measure;
use crate::figure::sizes::Sizes;
use crate::store::Snapshot;

/// The legend of a subplot, kept while what it names and the room stand. Empty at first.
#[derive(Debug, Default)]
pub struct KeptLegend {
    seen: Seen,
    /// The series that it names; see [`named`].
    pub named: Vec<Named>,
    room: (PlotRect, Sizes),
    /// Its form; see [`block`].
    pub block: Option<LegendBlock>,
}

/// What [`named`] was made from.
#[derive(Debug, Default)]
struct Seen {
    legend: LegendPlace,
    title: String,
    y_label: String,
    names: Vec<Named>,
}

impl KeptLegend {
    /// Brings it up to date; allocates nothing where nothing changed.
    pub fn update(
        &mut self,
        subplot: &Subplot,
        snapshot: &Snapshot,
        plot: PlotRect,
        sizes: &Sizes,
        measure: &dyn Measure,
    ) {
        let is_same = self.seen.is_same(subplot, snapshot);
        if !is_same {
            self.seen.take(subplot, snapshot);
            self.named = named(subplot, snapshot);
        }
        if !is_same || self.room != (plot, *sizes) {
            self.room = (plot, *sizes);
            self.block = block(&self.named, plot, sizes, measure);
        }
    }
}

impl Seen {
    fn is_same(&self, subplot: &Subplot, snapshot: &Snapshot) -> bool {
        let mut seen = self.names.iter();
        let is_known = |(index, style, name): (usize, &SeriesStyle, &str)| {
            seen.next().is_some_and(|known| {
                known.index == index
                    && known.series == style.id
                    && known.is_visible == style.is_visible
                    && known.is_on_right == (style.axis == YAxis::Right)
                    && known.name == name
            })
        };
        self.legend == subplot.legend
            && (self.legend == LegendPlace::Hidden
                || self.title == subplot.title
                    && self.y_label == subplot.y.label
                    && names(subplot, snapshot).all(is_known)
                    && seen.next().is_none())
    }

    fn take(&mut self, subplot: &Subplot, snapshot: &Snapshot) {
        self.legend = subplot.legend;
        self.title.clone_from(&subplot.title);
        self.y_label.clone_from(&subplot.y.label);
        let name = |(index, style, name): (usize, &SeriesStyle, &str)| Named {
            series: style.id,
            index,
            name: name.to_owned(),
            is_visible: style.is_visible,
            is_on_right: style.axis == YAxis::Right,
        };
        self.names.clear();
        if self.legend != LegendPlace::Hidden {
            self.names.extend(names(subplot, snapshot).map(name));
        }
    }
}
