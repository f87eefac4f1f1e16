//! The view history: what part of each subplot a person chose to see, with Home, Back, Forward and Follow.
//!
//! Pure; owned by the GUI thread. Knows no pixels and no data: an automatic view stays a wish that each frame fills
//! with the data of its moment, so that Back and Forward stay right while data arrive.

use std::time::{Duration, Instant};

use crate::figure::figure::{AxisRange, Figure, Scale};
use crate::figure::layout::FrameLayout;

/// What is shown of one subplot. `None` is the range that the figure itself asks for, most often automatic.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SubplotView {
    /// The horizontal axis.
    pub x: Option<AxisRange>,
    /// The vertical axis.
    pub y: Option<AxisRange>,
    /// The right-hand axis.
    pub right: Option<AxisRange>,
}

/// What is shown of each subplot; those beyond its end are automatic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// In the order of the figure's subplots.
    pub subplots: Vec<SubplotView>,
}

/// How a change of the view came about: what belongs together becomes one entry of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// A change of its own: a rectangle, a key, a number typed in.
    Once,
    /// One of many small ones while a button is held; [`ViewHistory::end_gesture`] ends them.
    Drag,
    /// A turn of the wheel; turns that follow each other quickly are one gesture.
    Wheel,
}

/// Turns of the wheel closer than this are one gesture.
const WHEEL_PAUSE: Duration = Duration::from_millis(600);

/// Older views are forgotten beyond this many.
const MOST_VIEWS: usize = 200;

/// Per figure: the view that is shown, and those before and after it.
#[derive(Clone, Debug)]
pub struct ViewHistory {
    views: Vec<View>,
    current: usize,
    open: Option<(Gesture, Instant)>,
}

impl Default for ViewHistory {
    fn default() -> Self {
        Self { views: vec![View::default()], current: 0, open: None }
    }
}

impl View {
    /// Whether every axis is as the figure asks.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.subplots.iter().all(|s| *s == SubplotView::default())
    }

    /// This view with the axes that `change` names, in subplot `index` and in those that share the axis with it.
    #[must_use]
    pub fn with(&self, index: usize, change: SubplotView, figure: &Figure) -> Self {
        let (grid, count) = (figure.grid, figure.subplots.len());
        let columns = usize::from(grid.columns.max(1));
        let mut view = self.clone();
        view.subplots.resize(count.max(index + 1).max(view.subplots.len()), SubplotView::default());
        for (other, subplot) in view.subplots.iter_mut().enumerate() {
            if figure.shares_x(other, index) {
                subplot.x = change.x.or(subplot.x);
            }
            if other == index || (grid.share_y && other / columns == index / columns) {
                subplot.y = change.y.or(subplot.y);
                subplot.right = change.right.or(subplot.right);
            }
        }
        view
    }

    /// Sets the ranges of `figure` to what this view chose; the others stay.
    pub fn apply(&self, figure: &mut Figure) {
        for (view, subplot) in self.subplots.iter().zip(&mut figure.subplots) {
            subplot.x.range = view.x.unwrap_or(subplot.x.range);
            subplot.y.range = view.y.unwrap_or(subplot.y.range);
            subplot.right.range = view.right.unwrap_or(subplot.right.range);
        }
    }
}

impl ViewHistory {
    /// A history at home.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The view that is shown.
    #[must_use]
    pub fn view(&self) -> &View {
        // `current` is always inside; an empty view is home.
        static HOME: View = View { subplots: Vec::new() };
        self.views.get(self.current).unwrap_or(&HOME)
    }

    /// Shows `view` because a person asked for it. Views that lay ahead are forgotten.
    ///
    /// Changes of one gesture become one entry. `now` only tells gestures of the wheel apart.
    pub fn push(&mut self, view: View, gesture: Gesture, now: Instant) {
        let continues = match (self.open, gesture) {
            (Some((Gesture::Drag, _)), Gesture::Drag) => true,
            (Some((Gesture::Wheel, last)), Gesture::Wheel) => now.saturating_duration_since(last) < WHEEL_PAUSE,
            _ => false,
        };
        self.open = (gesture != Gesture::Once).then_some((gesture, now));
        if continues && let Some(current) = self.views.get_mut(self.current) {
            *current = view;
            return;
        }
        if *self.view() == view {
            // Nothing to go back from, but the gesture that begins must not change the entry before.
            self.open = None;
            return;
        }
        self.views.truncate(self.current + 1);
        self.views.push(view);
        if self.views.len() > MOST_VIEWS {
            self.views.remove(0);
        }
        self.current = self.views.len() - 1;
    }

    /// Ends a drag, or a run of the wheel: the next change is an entry of its own.
    pub fn end_gesture(&mut self) {
        self.open = None;
    }

    /// Shows all subplots as the figure asks. An entry like any other: Back leads to the view before.
    pub fn home(&mut self) {
        self.open = None;
        if !self.view().is_home() {
            self.push(View::default(), Gesture::Once, Instant::now());
        }
    }

    /// Shows the view before; returns whether there was one.
    pub fn back(&mut self) -> bool {
        self.open = None;
        let can = self.can_back();
        self.current -= usize::from(can);
        can
    }

    /// Shows the view after; returns whether there was one.
    pub fn forward(&mut self) -> bool {
        self.open = None;
        let can = self.can_forward();
        self.current += usize::from(can);
        can
    }

    /// Whether there is a view before.
    #[must_use]
    pub fn can_back(&self) -> bool {
        self.current > 0
    }

    /// Whether there is a view after.
    #[must_use]
    pub fn can_forward(&self) -> bool {
        self.current + 1 < self.views.len()
    }

    /// Whether the view moves with the data as they come: no subplot's x was nailed down by a person.
    #[must_use]
    pub fn is_following(&self) -> bool {
        self.view().subplots.iter().all(|s| !matches!(s.x, Some(AxisRange::Fixed { .. })))
    }

    /// Lets the view move with the data, or holds it as it is shown.
    ///
    /// On: where a person had chosen an x range, its width is kept and runs along with the newest sample; y becomes
    /// automatic, because a range chosen for other data would soon show none. Where nothing was chosen, and on a log
    /// axis, x is as the figure asks. Off: what `shown` shows now stays. Both are entries of the history.
    pub fn set_following(&mut self, follows: bool, shown: &FrameLayout) {
        if follows == self.is_following() {
            return;
        }
        self.open = None;
        let view = if follows { self.view().running() } else { held(shown) };
        self.push(view, Gesture::Once, Instant::now());
    }

    /// Forgets what was chosen for a subplot that goes; those behind it move up.
    pub fn remove_subplot(&mut self, index: usize) {
        self.open = None;
        for view in self.views.iter_mut().filter(|view| index < view.subplots.len()) {
            view.subplots.remove(index);
        }
    }

    /// Gives a subplot that came the x ranges of another one, with which it shares them.
    pub fn share_x(&mut self, index: usize, other: usize) {
        self.open = None;
        for view in &mut self.views {
            let Some(x) = view.subplots.get(other).and_then(|other| other.x) else { continue };
            if view.subplots.len() <= index {
                view.subplots.resize(index + 1, SubplotView::default());
            }
            if let Some(view) = view.subplots.get_mut(index) {
                view.x = Some(x);
            }
        }
    }

    /// Lets x move with the data in the way that the figure asks for, and y with it. Where a person chose no x, and so
    /// the view follows already, it stays as it is. An entry of the history.
    pub fn follow_as_figure(&mut self) {
        self.open = None;
        let follow = |subplot: &SubplotView| if subplot.x.is_none() { *subplot } else { SubplotView::default() };
        let view = View { subplots: self.view().subplots.iter().map(follow).collect() };
        // An entry that shows the same as the one before would make Back seem dead.
        self.push(if view.is_home() { View::default() } else { view }, Gesture::Once, Instant::now());
    }
}

impl View {
    /// This view with every chosen x range turned into one of the same width that runs along.
    fn running(&self) -> Self {
        let running = |subplot: &SubplotView| match subplot.x {
            Some(AxisRange::Fixed { min, max }) if (max - min).is_finite() && max > min => {
                SubplotView { x: Some(AxisRange::Last { width: max - min }), ..SubplotView::default() }
            }
            Some(AxisRange::Last { .. }) => SubplotView { x: subplot.x, ..SubplotView::default() },
            _ => SubplotView::default(),
        };
        Self { subplots: self.subplots.iter().map(running).collect() }
    }
}

/// The view that keeps what a frame shows: x is held, y stays with what is seen.
fn held(shown: &FrameLayout) -> View {
    let hold = |subplot: &crate::figure::SubplotLayout| SubplotView {
        x: Some(AxisRange::Fixed { min: subplot.x.min, max: subplot.x.max })
            .filter(|_| subplot.x.min < subplot.x.max && (subplot.x.scale != Scale::Log || subplot.x.min > 0.0)),
        ..SubplotView::default()
    };
    View { subplots: shown.subplots.iter().map(hold).collect() }
}

#[cfg(test)]
mod tests;
