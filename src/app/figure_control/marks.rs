//! What a person pins to and writes into a figure: linked axes, the shared crosshair, cursors, annotations, events.

use super::{Changed, FigureControl};
use crate::figure::view::ViewHistory;
use crate::figure::{Annotation, AxisMap, Cursors, EventLine, HandleKind, Pin, Scale, Subplot, XLink, XMode};

/// Annotations, and event lines, of a subplot at most: more come from a fault, not from a person.
pub const MOST_MARKS: usize = 100_000;

/// A line of the shared crosshair, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrosshairLine {
    /// Index of the subplot.
    pub subplot: usize,
    /// Where it stands.
    pub x: f64,
    /// Its upper end.
    pub top: f64,
    /// Its length.
    pub height: f64,
}

impl FigureControl {
    /// Which subplots show the same x range.
    #[must_use]
    pub fn x_link(&self) -> XLink {
        self.base.x_link
    }

    /// Links the x axes of the subplots, or lets each go its own way. Views that were chosen stay.
    pub fn set_x_link(&mut self, link: XLink) -> Changed {
        self.base.x_link = link;
        Changed { style: true, ..self.view_changed() }
    }

    /// What stands along x.
    #[must_use]
    pub fn x_mode(&self) -> XMode {
        self.base.x_mode
    }

    /// Shows the series over their own x or over time. Views and cursors start anew: their x means something else then.
    pub fn set_x_mode(&mut self, mode: XMode) -> Changed {
        if self.base.x_mode == mode {
            return Changed::default();
        }
        self.base.x_mode = mode;
        self.base.cursors = Cursors::default();
        self.has_other_x = true;
        self.history = ViewHistory::default();
        self.drag = None;
        self.apply();
        Changed { style: true, ..Changed::VIEW }
    }

    /// x under the pointer, and whether it is a time: what crosshairs of other figures show too.
    #[must_use]
    pub fn pointer_x(&self) -> Option<(f64, bool)> {
        let [x_px, y_px] = self.device(self.cursor?);
        let (index, x) = self.layout.place_at(x_px, y_px)?;
        Some((x, self.layout.subplots.get(index)?.x.scale == Scale::Time))
    }

    /// Where the crosshair of this or another figure ([`pointer_x`](Self::pointer_x)) stands in all subplots of this one:
    /// those whose x is of the same kind and shows the place.
    #[must_use]
    pub fn crosshair_lines(&self, x: f64, is_time: bool) -> Vec<CrosshairLine> {
        let line = |(subplot, place): (usize, &crate::figure::SubplotLayout)| {
            let part = place.x.part_of(x);
            let is_shown = (place.x.scale == Scale::Time) == is_time && (0.0..=1.0).contains(&part);
            let [_, top, _, height] = self.logical(&place.plot);
            is_shown.then(|| CrosshairLine { subplot, x: place.x.to_px(x) / self.scale.max(0.01), top, height })
        };
        self.layout.subplots.iter().enumerate().filter_map(line).collect()
    }

    /// Where a cursor is pinned, in units of x.
    #[must_use]
    pub fn pinned(&self, pin: Pin) -> Option<f64> {
        self.base.cursors.get(pin)
    }

    /// Pins a cursor to a place of x, or takes it away.
    pub fn pin(&mut self, pin: Pin, x: Option<f64>) -> Changed {
        self.base.cursors.set(pin, x.filter(|x| x.is_finite()));
        Changed { cursor: true, ..self.style_changed() }
    }

    /// Pins a cursor to the x under a place; nothing outside of the plotting areas.
    pub fn pin_at(&mut self, pin: Pin, at: [f64; 2]) -> Changed {
        let [x_px, y_px] = self.device(at);
        match self.layout.place_at(x_px, y_px) {
            Some((_, x)) => self.pin(pin, Some(x)),
            None => Changed::default(),
        }
    }

    /// What can be taken hold of at a place, with the index of its subplot.
    #[must_use]
    pub fn handle_at(&self, at: [f64; 2]) -> Option<(usize, HandleKind)> {
        let [x_px, y_px] = self.device(at);
        self.layout.handle_at(x_px, y_px)
    }

    /// The cursor whose tag stands at a place and in a plotting area.
    pub(super) fn cursor_tag(&self, at: [f64; 2]) -> Option<Pin> {
        match self.handle_at(at)? {
            (_, HandleKind::Cursor(pin)) if self.subplot_at(at).is_some() => Some(pin),
            _ => None,
        }
    }

    /// The place under the pointer as data units of a subplot and its left axis: where an annotation made here belongs.
    #[must_use]
    pub fn data_at(&self, at: [f64; 2]) -> Option<(usize, [f64; 2])> {
        let index = self.subplot_at(at)?;
        let value = |map: &AxisMap, px: f64| map.from_px(px * self.scale);
        let place = self.layout.subplots.get(index)?;
        Some((index, [value(&place.x, at[0]), value(&place.y, at[1])]))
    }

    /// The annotations of a subplot.
    #[must_use]
    pub fn annotations(&self, subplot: usize) -> &[Annotation] {
        self.base.subplots.get(subplot).map_or(&[], |subplot| &subplot.annotations)
    }

    /// Writes a text into a subplot. Returns its index there; `None` if there is no such subplot, or no room for more.
    pub fn add_annotation(&mut self, subplot: usize, annotation: Annotation) -> Option<usize> {
        self.add(subplot, annotation, |subplot| &mut subplot.annotations)
    }

    /// Changes an annotation, or, with `None`, takes it away: those behind it then count one less.
    pub fn set_annotation(&mut self, subplot: usize, index: usize, annotation: Option<Annotation>) -> Changed {
        self.put(subplot, index, annotation, |subplot| &mut subplot.annotations)
    }

    /// The event lines of a subplot.
    #[must_use]
    pub fn events(&self, subplot: usize) -> &[EventLine] {
        self.base.subplots.get(subplot).map_or(&[], |subplot| &subplot.events)
    }

    /// Draws a line across a subplot. Returns its index there; `None` if there is no such subplot, or no room for more.
    pub fn add_event(&mut self, subplot: usize, event: EventLine) -> Option<usize> {
        self.add(subplot, event, |subplot| &mut subplot.events)
    }

    /// Changes an event line, or, with `None`, takes it away: those behind it then count one less.
    pub fn set_event(&mut self, subplot: usize, index: usize, event: Option<EventLine>) -> Changed {
        self.put(subplot, index, event, |subplot| &mut subplot.events)
    }

    /// Whether there are annotations or event lines.
    #[must_use]
    pub fn has_marks(&self) -> bool {
        self.base.subplots.iter().any(|subplot| !subplot.annotations.is_empty() || !subplot.events.is_empty())
    }

    /// Takes all annotations and event lines away.
    pub fn clear_marks(&mut self) -> Changed {
        for subplot in &mut self.base.subplots {
            subplot.annotations.clear();
            subplot.events.clear();
        }
        self.style_changed()
    }

    fn add<M>(&mut self, subplot: usize, mark: M, list: impl Fn(&mut Subplot) -> &mut Vec<M>) -> Option<usize> {
        let list = list(self.base.subplots.get_mut(subplot)?);
        if list.len() >= MOST_MARKS {
            return None;
        }
        list.push(mark);
        let index = list.len() - 1;
        self.apply();
        Some(index)
    }

    fn put<M>(
        &mut self,
        subplot: usize,
        index: usize,
        mark: Option<M>,
        list: impl Fn(&mut Subplot) -> &mut Vec<M>,
    ) -> Changed {
        let Some(list) = self.base.subplots.get_mut(subplot).map(list) else { return Changed::default() };
        match (list.get_mut(index), mark) {
            (Some(place), Some(mark)) => *place = mark,
            (Some(_), None) => drop(list.remove(index)),
            (None, _) => return Changed::default(),
        }
        self.style_changed()
    }
}
