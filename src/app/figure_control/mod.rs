//! What the mouse, the keys and the popups do to a figure: its views, its tool, its style. Pure reckoning, no Qt.
//!
//! Lives on the thread that shows the figure. Places are logical pixels of the item; the layout of the frame that the
//! person sees turns them into data units.

mod asked;
mod best;
mod cursor;
mod curves;
mod marks;
mod moment;
mod mouse;
mod part;
mod places;
mod session;
mod style;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use crate::app::watch::resources::is_resource;
use crate::batch::{Layout, SeriesId};
use crate::figure::series_layout::{arrange_series, lay_out};
use crate::figure::view::{Gesture, SubplotView, View, ViewHistory};
use crate::figure::zoom::{AxisLock, zoom_subplot};
use crate::figure::{AxisRange, Figure, FollowSpan, FrameLayout};
use crate::store::Snapshot;
use asked::Asked;
pub use asked::{AxisLook, SeriesKey, SeriesLook};
use mouse::Drag;
use places::ByHand;
use session::Laid;

pub use best::Best;
pub use curves::Curve;
pub use part::FigurePart;
pub use places::SubplotPlace;
pub use words::CurveWords;

/// What dragging with the left button does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Nothing; a click on the legend still hides and shows.
    #[default]
    None,
    /// Moves the view.
    Pan,
    /// Zooms to a rectangle.
    Zoom,
}

/// Buttons of the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// Uses the tool.
    Left,
    /// Zooms about the point pressed.
    Right,
    /// Moves the view whatever the tool.
    Middle,
}

/// What a call changed, so that the caller tells only those who care.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// The figure has to be drawn anew.
    pub figure: bool,
    /// The view, the history, the tool or the drag.
    pub view: bool,
    /// What stands under the cursor.
    pub cursor: bool,
    /// A property of the style.
    pub style: bool,
}

impl Changed {
    /// The figure looks different.
    pub const FIGURE: Self = Self { figure: true, view: false, cursor: false, style: true };
    /// What two calls changed.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            figure: self.figure | other.figure,
            view: self.view | other.view,
            cursor: self.cursor | other.cursor,
            style: self.style | other.style,
        }
    }

    const VIEW: Self = Self { figure: true, view: true, cursor: true, style: false };
    const STYLE: Self = Self { figure: true, view: false, cursor: false, style: true };
    const DRAG: Self = Self { figure: false, view: true, cursor: false, style: false };
}

/// What a notch of the wheel zooms; a step of the keys is two.
const WHEEL_FACTOR: f64 = 1.25;

/// A figure and all that a person may do to it.
#[derive(Default)]
pub struct FigureControl {
    // As asked for, without the views that a person chose.
    base: Figure,
    // `base` with the view applied: what is drawn.
    shown: Figure,
    history: ViewHistory,
    layout: Arc<FrameLayout>,
    scale: f64,
    // Whether x of `layout` means something else than it does now.
    has_other_x: bool,
    tool: Tool,
    lock: AxisLock,
    drag: Option<Drag>,
    cursor: Option<[f64; 2]>,
    has_crosshair: bool,
    is_separate: bool,
    known: Option<Snapshot>,
    asked: Asked,
    laid: Option<Laid>,
    by_hand: Option<ByHand>,
    // As they stand before the names of their series.
    runs: Vec<String>,
    bests: HashMap<SeriesId, Best>,
    part: FigurePart,
    has_resources: bool,
}

impl FigureControl {
    /// The figure as it is to be drawn.
    #[must_use]
    pub fn figure(&self) -> &Figure {
        &self.shown
    }

    /// Shows another figure from its home view on; theme, hint, smoothing, links, kind of x and what tells curves apart stay.
    pub fn set_figure(&mut self, figure: Figure) {
        let (theme, hint) = (self.base.theme.clone(), std::mem::take(&mut self.base.empty_hint));
        let Figure { distinction, smoothing, x_link, x_mode, .. } = self.base;
        self.base = Figure { theme, empty_hint: hint, distinction, smoothing, x_link, x_mode, ..figure };
        if let Some(laid) = &mut self.laid {
            laid.begin(&mut self.base);
        }
        self.ask_again();
        self.history = ViewHistory::default();
        (self.known, self.drag, self.by_hand) = (None, None, None);
        self.bests.clear();
        self.apply();
    }

    /// Takes the layout of the frame that is shown from now on, drawn at `scale` device pixels a logical pixel.
    pub fn set_layout(&mut self, layout: Arc<FrameLayout>, scale: f32) {
        self.layout = layout;
        self.scale = f64::from(scale);
        self.has_other_x = false;
    }

    /// Gives all series their places again, from the home view on.
    fn arrange_anew(&mut self) -> Changed {
        self.history = ViewHistory::default();
        (self.drag, self.by_hand) = (None, None);
        if let Some(snapshot) = self.known.take() {
            self.arrange(&snapshot);
        }
        self.apply();
        Changed { style: true, ..Changed::VIEW }
    }

    /// Gives every series of `snapshot` its place in the figure. Returns whether the figure changed.
    pub fn arrange(&mut self, snapshot: &Snapshot) -> bool {
        let known = self.known.as_ref();
        let is_news = known.is_none_or(|known| !known.series.declares_as(&snapshot.series));
        let layout = snapshot.layout.as_ref().map(Arc::as_ptr);
        if !is_news && self.known_layout() == layout {
            // So it is with nearly every frame, and there may be thousands of series.
            self.known = Some(snapshot.clone());
            return false;
        }
        let styled: Vec<SeriesId> = if is_news { self.styled() } else { Vec::new() };
        let has_lost = is_news && self.let_go(snapshot);
        let is_described = self.laid.is_none() && snapshot.layout.is_some() && layout != self.known_layout();
        if is_described {
            // The program asks for something else.
            self.by_hand = None;
        }
        self.has_resources = snapshot.series.iter().any(|series| is_resource(&series.info));
        let part = self.part.of(snapshot);
        let is_changed = has_lost
            | match &part.layout {
                _ if self.by_hand.is_some() => self.place_by_hand(&part),
                _ if self.laid.is_some() => self.place_laid(&part),
                Some(layout) => self.lay_out(layout, &part),
                None => arrange_series(&mut self.base, &part, self.is_separate),
            };
        self.known = Some(snapshot.clone());
        if is_changed {
            if is_news {
                self.dress(&styled);
            }
            self.apply();
        }
        is_changed
    }

    /// What the program said last of its figure.
    fn known_layout(&self) -> Option<*const Layout> {
        self.known.as_ref()?.layout.as_ref().map(Arc::as_ptr)
    }

    /// The series that have their place.
    fn styled(&self) -> Vec<SeriesId> {
        self.base.subplots.iter().flat_map(|subplot| &subplot.series).map(|style| style.id).collect()
    }

    /// Arranges the figure as its program describes it, if that or the series are new.
    fn lay_out(&mut self, layout: &Arc<Layout>, snapshot: &Snapshot) -> bool {
        let known = self.known.as_ref();
        let is_new = !known.and_then(|known| known.layout.as_ref()).is_some_and(|known| Arc::ptr_eq(known, layout));
        if !is_new && known.is_some_and(|known| known.series.len() == snapshot.series.len()) {
            return false;
        }
        let grid = self.base.grid;
        lay_out(&mut self.base, layout, is_new, snapshot);
        if grid != self.base.grid {
            // Views belong to subplots.
            self.history = ViewHistory::default();
            self.drag = None;
        }
        true
    }

    fn apply(&mut self) {
        self.shown = self.base.clone();
        self.shown.dress_x();
        self.history.view().apply(&mut self.shown);
    }

    fn view_changed(&mut self) -> Changed {
        self.apply();
        Changed::VIEW
    }

    fn style_changed(&mut self) -> Changed {
        self.apply();
        Changed::STYLE
    }

    /// Shows all data and follows it.
    pub fn home(&mut self) -> Changed {
        self.drag = None;
        self.history.home();
        self.view_changed()
    }

    /// Shows the view before this one.
    pub fn back(&mut self) -> Changed {
        if self.history.back() { self.view_changed() } else { Changed::default() }
    }

    /// Shows the view that [`FigureControl::back`] left.
    pub fn forward(&mut self) -> Changed {
        if self.history.forward() { self.view_changed() } else { Changed::default() }
    }

    /// Whether there is a view before this one.
    #[must_use]
    pub fn can_go_back(&self) -> bool {
        self.history.can_back()
    }

    /// Whether there is a view after this one.
    #[must_use]
    pub fn can_go_forward(&self) -> bool {
        self.history.can_forward()
    }

    /// Whether the view follows the data.
    #[must_use]
    pub fn is_following(&self) -> bool {
        self.history.is_following()
    }

    /// Lets the view follow the data, or holds it as it is.
    ///
    /// It follows by the span that was set; without one it keeps the width of x that is shown.
    pub fn set_is_following(&mut self, follows: bool) -> Changed {
        if follows && self.base.follow_span != FollowSpan::All {
            self.history.follow_as_figure();
        } else {
            self.history.set_following(follows, &self.layout);
        }
        self.view_changed()
    }

    /// How much of the data the view shows while it follows them.
    #[must_use]
    pub fn follow_span(&self) -> FollowSpan {
        self.base.follow_span
    }

    /// Shows so much of the data and follows them: a range of x that was chosen gives way, and Back leads to it.
    pub fn set_follow_span(&mut self, span: FollowSpan) -> Changed {
        self.drag = None;
        self.base.follow_span = span;
        self.history.follow_as_figure();
        Changed { style: true, ..self.view_changed() }
    }

    /// Zooms about the middle of the subplot under the cursor, or of the first one: in for a positive number of steps.
    pub fn zoom_step(&mut self, steps: f64) -> Changed {
        let index = self.cursor.and_then(|at| self.subplot_at(at)).unwrap_or(0);
        let Some(plot) = self.layout.subplots.get(index).map(|subplot| subplot.plot) else { return Changed::default() };
        let middle = [f64::from(plot.x_px + plot.width_px / 2.0), f64::from(plot.y_px + plot.height_px / 2.0)];
        self.zoom_about(index, middle, WHEEL_FACTOR.powf(steps * 2.0), Gesture::Once)
    }

    /// Shows the part of the first subplot between two x and two y values, as if a person had zoomed to it.
    pub fn show(&mut self, x: (f64, f64), y: (f64, f64)) -> Changed {
        let range = |(min, max): (f64, f64)| (min < max).then_some(AxisRange::Fixed { min, max });
        self.push(0, SubplotView { x: range(x), y: range(y), right: None }, Gesture::Once);
        self.view_changed()
    }

    fn zoom_about(&mut self, index: usize, at_px: [f64; 2], factor: f64, gesture: Gesture) -> Changed {
        let Some(subplot) = self.layout.subplots.get(index) else { return Changed::default() };
        let change = zoom_subplot(subplot, at_px[0], at_px[1], factor, self.lock);
        self.push(index, change, gesture);
        self.view_changed()
    }

    fn push(&mut self, index: usize, change: SubplotView, gesture: Gesture) {
        let view: View = self.history.view().with(index, change, &self.base);
        self.history.push(view, gesture, Instant::now());
    }
}
