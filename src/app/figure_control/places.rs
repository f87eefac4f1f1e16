//! Where a person puts curves: into another subplot, or into one of their own.
//!
//! From the first such move on, the figure is arranged by hand: whatever gave the series their places before (one subplot, one
//! each, a program, a session file) only says where those belong that come later.

use std::collections::{HashMap, HashSet};

use super::{Changed, FigureControl};
use crate::app::session_file::{MOST_CELLS, split_run};
use crate::batch::{Color, SeriesId, SeriesInfo};
use crate::figure::{Annotation, Axis, AxisRange, EventLine, Scale, SeriesStyle, Subplot, YAxis};
use crate::store::Snapshot;

/// A place for a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubplotPlace {
    /// The subplot of this index.
    At(usize),
    /// A subplot of its own below all others.
    New,
}

/// The part of the lowest subplots where a curve that is dropped gets a subplot of its own.
const NEW_PART: f64 = 0.2;

/// An arrangement by hand.
#[derive(Debug)]
pub(super) struct ByHand {
    /// By subplot: its index before the first move; `None` for one that came by a move.
    origins: Vec<Option<usize>>,
}

impl FigureControl {
    /// Puts a curve into another subplot, out of all that it stands in. A subplot that is empty then goes, and what was
    /// written in it comes along; views of the others stay. Nothing if there is no such place, or if it stands there already.
    pub fn move_series(&mut self, series: SeriesId, place: SubplotPlace) -> Changed {
        let subplots = &mut self.base.subplots;
        let from: Vec<usize> = (0..)
            .zip(subplots.iter())
            .filter(|(_, subplot)| subplot.series.iter().any(|style| style.id == series))
            .map(|(index, _)| index)
            .collect();
        let is_alone = from.len() == 1
            && from.first().and_then(|from| subplots.get(*from)).is_some_and(|subplot| subplot.series.len() == 1);
        let can = match place {
            SubplotPlace::At(to) => to < subplots.len() && from != [to],
            SubplotPlace::New => !is_alone && subplots.len() < usize::from(MOST_CELLS),
        };
        let Some(first) = from.first().copied().filter(|_| can) else { return Changed::default() };
        let origins = || ByHand { origins: (0..subplots.len()).map(Some).collect() };
        self.by_hand.get_or_insert_with(origins);
        from.iter().for_each(|index| self.fix_colors(*index));
        let mut style = None;
        for subplot in &mut self.base.subplots {
            if let Some(at) = subplot.series.iter().position(|style| style.id == series) {
                style.get_or_insert(subplot.series.remove(at));
            }
        }
        let Some(mut style) = style else { return Changed::default() };
        let to = match place {
            SubplotPlace::At(to) => {
                self.fix_colors(to);
                style.color = style.color.map(|color| self.free_color(to, color));
                to
            }
            SubplotPlace::New => {
                // There may be no right-hand axis without a left one.
                style.axis = YAxis::Left;
                self.add_subplot(first)
            }
        };
        let known = self.known.as_ref().and_then(|known| known.get(series));
        let name = known.map(|known| known.info.name.clone()).unwrap_or_default();
        self.put_style(to, style, &name);
        self.drag = None;
        let emptied = |index: &&usize| self.base.subplots.get(**index).is_some_and(|subplot| subplot.series.is_empty());
        let emptied: Vec<usize> = from.iter().filter(emptied).copied().collect();
        self.remove_subplots(&emptied, to);
        Changed { style: true, ..self.view_changed() }
    }

    /// Lets the curves of a subplot keep the colours that they have by their places, whoever comes or goes.
    fn fix_colors(&mut self, subplot: usize) {
        let Self { base, known, .. } = self;
        let Some(drawn) = base.subplots.get_mut(subplot) else { return };
        for (place, style) in drawn.series.iter_mut().enumerate() {
            let own = known.as_ref().and_then(|known| known.get(style.id)).and_then(|series| series.info.color);
            if style.color.is_none() && own.is_none() {
                style.color = Some(base.theme.series_color(None, place));
            }
        }
    }

    /// `color`, or the first of the cycle that no curve of a subplot has if one of them has it.
    fn free_color(&self, subplot: usize, color: Color) -> Color {
        let drawn = self.base.subplots.get(subplot).map_or(&[][..], |subplot| &subplot.series);
        let taken: Vec<Option<Color>> = drawn.iter().map(|style| style.color).collect();
        let cycle = (0..drawn.len() + 1).map(|place| self.base.theme.series_color(None, place));
        [color].into_iter().chain(cycle).find(|color| !taken.contains(&Some(*color))).unwrap_or(color)
    }

    /// Where a curve goes that is dropped at a place of the item, and the rectangle (x, y, width, height) that shows it: the
    /// subplot there, or a new one for the lowest part of the figure. `None` outside of the plotting areas.
    #[must_use]
    pub fn drop_place(&self, at: [f64; 2]) -> Option<(SubplotPlace, [f64; 4])> {
        let plots: Vec<[f64; 4]> = self.layout.subplots.iter().map(|subplot| self.logical(&subplot.plot)).collect();
        let left = plots.iter().map(|plot| plot[0]).fold(f64::INFINITY, f64::min);
        let right = plots.iter().map(|plot| plot[0] + plot[2]).fold(f64::NEG_INFINITY, f64::max);
        let bottom = plots.iter().map(|plot| plot[1] + plot[3]).fold(f64::NEG_INFINITY, f64::max);
        let lowest = plots.iter().filter(|plot| plot[1] + plot[3] >= bottom).map(|plot| plot[3]).fold(0.0, f64::max);
        let strip = lowest * NEW_PART;
        if at[1] >= bottom - strip && (left..=right).contains(&at[0]) {
            return Some((SubplotPlace::New, [left, bottom - strip, right - left, strip]));
        }
        let index = self.subplot_at(at)?;
        Some((SubplotPlace::At(index), *plots.get(index)?))
    }

    /// Adds a subplot at the end that looks like another one, without what is written there. Returns its index.
    fn add_subplot(&mut self, like: usize) -> usize {
        let subplots = &mut self.base.subplots;
        let template = subplots.get(like).cloned().unwrap_or_default();
        let axis = |axis: &Axis| Axis { label: String::new(), range: AxisRange::Auto, ..axis.clone() };
        let (y, right) = (axis(&template.y), axis(&template.right));
        let (series, annotations, events) = (Vec::new(), Vec::<Annotation>::new(), Vec::<EventLine>::new());
        let mut subplot = Subplot { title: String::new(), y, right, series, annotations, events, ..template };
        self.asked.axes(&mut subplot);
        let is_second = subplots.len() == 1;
        subplots.push(subplot);
        let index = subplots.len() - 1;
        if let Some(by_hand) = &mut self.by_hand {
            by_hand.origins.push(None);
        }
        // As where each series has a subplot of its own.
        self.base.grid.share_x |= is_second;
        self.fit_grid();
        if let Some(other) = (0..index).find(|other| self.base.shares_x(*other, index)) {
            self.history.share_x(index, other);
        }
        index
    }

    /// Puts a series of that name into a subplot, last.
    fn put_style(&mut self, to: usize, style: SeriesStyle, name: &str) {
        let name_of = |id: SeriesId| Some(self.known.as_ref()?.get(id)?.info.name.as_str());
        let Some(subplot) = self.base.subplots.get_mut(to) else { return };
        match subplot.series.as_slice() {
            [] if self.is_separate => name.clone_into(&mut subplot.y.label),
            // It bore the name of the one that stood alone.
            [only] if name_of(only.id) == Some(subplot.y.label.as_str()) => subplot.y.label.clear(),
            _ => {}
        }
        subplot.series.push(style);
    }

    /// Takes subplots away, ascending; what is written there goes to `heir`, which stays.
    pub(super) fn remove_subplots(&mut self, which: &[usize], heir: usize) {
        let mut heir_now = heir;
        for index in which.iter().rev().copied().filter(|index| *index != heir) {
            let subplots = &mut self.base.subplots;
            if index >= subplots.len() || subplots.len() < 2 {
                continue;
            }
            let Subplot { annotations, events, .. } = subplots.remove(index);
            heir_now -= usize::from(index < heir);
            if let Some(heir) = subplots.get_mut(heir_now) {
                heir.annotations.extend(annotations);
                heir.events.extend(events);
            }
            self.history.remove_subplot(index);
            if let Some(by_hand) = self.by_hand.as_mut().filter(|by_hand| index < by_hand.origins.len()) {
                by_hand.origins.remove(index);
            }
        }
        self.fit_grid();
    }

    /// Makes the grid as large as the subplots need, with as many columns as before if there are enough of them.
    fn fit_grid(&mut self) {
        let (grid, count) = (&mut self.base.grid, self.base.subplots.len().max(1));
        let columns = usize::from(grid.columns.max(1)).min(count);
        grid.columns = u16::try_from(columns).unwrap_or(u16::MAX);
        grid.rows = u16::try_from(count.div_ceil(columns)).unwrap_or(u16::MAX);
        grid.share_x &= count > 1;
    }

    /// Gives series that came since their places in a figure that is arranged by hand: with those of their name in other
    /// runs, else where they would have come without a hand, else in the first subplot. Returns whether any did.
    pub(super) fn place_by_hand(&mut self, snapshot: &Snapshot) -> bool {
        let mut kin: HashMap<String, (String, usize)> = HashMap::new();
        let mut placed: HashSet<SeriesId> = HashSet::new();
        for (index, subplot) in (0..).zip(&self.base.subplots) {
            for info in subplot.series.iter().filter_map(|style| snapshot.get(style.id)).map(|series| &series.info) {
                let (run, name) = split_run(&info.name, &self.runs);
                placed.insert(info.id);
                kin.entry(name.to_owned()).or_insert_with(|| (run.to_owned(), index));
            }
        }
        let places: HashMap<SeriesId, Option<u16>> =
            snapshot.layout.iter().flat_map(|layout| &layout.places).copied().collect();
        let mut any = false;
        for info in snapshot.series.iter().map(|series| &series.info).filter(|info| !placed.contains(&info.id)) {
            let (run, name) = split_run(&info.name, &self.runs);
            let wanted = match &mut self.laid {
                Some(laid) => laid.styles_of_new(info.id, (run, name)),
                None => match places.get(&info.id) {
                    // Its program took it out.
                    Some(None) => Vec::new(),
                    Some(Some(place)) => vec![(Some(usize::from(*place)), SeriesStyle::new(info.id))],
                    None if self.is_separate && snapshot.layout.is_none() => vec![(None, SeriesStyle::new(info.id))],
                    None => vec![(Some(0), SeriesStyle::new(info.id))],
                },
            };
            let of_kin = kin.get(name).filter(|(other, _)| other != run).map(|(_, index)| *index);
            for (origin, style) in wanted {
                any = true;
                let origins = self.by_hand.as_ref().map(|by_hand| by_hand.origins.as_slice()).unwrap_or_default();
                let of_origin = || origins.iter().position(|known| origin.is_some() && *known == origin);
                let is_new = origin.is_none() && self.base.subplots.len() < crate::figure::series_layout::MOST_SUBPLOTS;
                let to = match of_kin.or_else(of_origin) {
                    Some(to) => to,
                    None if is_new => self.add_subplot(0),
                    None => 0,
                };
                let is_there = |subplot: &Subplot| subplot.series.iter().any(|there| there.id == info.id);
                if !self.base.subplots.get(to).is_some_and(is_there) {
                    self.put_style(to, style, &info.name);
                    self.label_x(to, info);
                }
                kin.entry(name.to_owned()).or_insert_with(|| (run.to_owned(), to));
            }
        }
        any
    }

    fn label_x(&mut self, to: usize, info: &SeriesInfo) {
        let Some(axis) = self.base.subplots.get_mut(to).map(|subplot| &mut subplot.x) else { return };
        if axis.label.is_empty() {
            axis.label.clone_from(&info.x_label);
        }
        if axis.scale == Scale::Linear && info.x_is_time {
            axis.scale = Scale::Time;
        }
    }
}
