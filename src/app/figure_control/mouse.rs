//! Buttons, drags and the wheel: from places of the mouse to changes of the view.

use std::time::Instant;

use super::{Button, Changed, FigureControl, Tool, WHEEL_FACTOR};
use crate::figure::view::{Gesture, SubplotView, ViewHistory};
use crate::figure::zoom::{AxisLock, pan_subplot, zoom_subplot, zoom_to_rectangle};
use crate::figure::{AxisSide, Cursors, Pin, PlotRect, SubplotLayout};

/// A drag under way: where it began, and what was shown then.
pub(super) struct Drag {
    action: Action,
    subplot: usize,
    from: [f64; 2],
    to: [f64; 2],
    layout: SubplotLayout,
    history: ViewHistory,
    cursors: Cursors,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Pan,
    Rectangle,
    ZoomAboutPoint,
    Cursor(Pin),
}

/// A drag shorter than this, in logical pixels, is a click.
const CLICK_PX: f64 = 4.0;

/// Pixels of a right drag that double the zoom.
const DRAG_DOUBLE_PX: f64 = 100.0;

/// A notch of the wheel, in the eighths of a degree that Qt tells.
const WHEEL_NOTCH: f64 = 120.0;

impl FigureControl {
    /// What dragging with the left button does.
    #[must_use]
    pub fn tool(&self) -> Tool {
        self.tool
    }

    /// Chooses what dragging with the left button does.
    pub fn set_tool(&mut self, tool: Tool) -> Changed {
        self.tool = tool;
        Changed::DRAG
    }

    /// Which axes a drag or the wheel acts on.
    #[must_use]
    pub fn lock(&self) -> AxisLock {
        self.lock
    }

    /// Chooses which axes a drag or the wheel acts on.
    pub fn set_lock(&mut self, lock: AxisLock) -> Changed {
        if self.lock == lock {
            return Changed::default();
        }
        self.lock = lock;
        // A drag under way is locked, or let go, at once.
        let at = self.drag.as_ref().map(|drag| drag.to);
        at.map_or(Changed::DRAG, |at| self.drag_to(at))
    }

    /// A button went down.
    pub fn press(&mut self, at: [f64; 2], button: Button) -> Changed {
        if button == Button::Left
            && let Some((subplot, series)) = self.legend_entry(at)
        {
            return self.toggle_series(subplot, series);
        }
        let held = if button == Button::Left { self.cursor_tag(at) } else { None };
        let action = match (button, self.tool) {
            _ if held.is_some() => held.map_or(Action::Pan, Action::Cursor),
            (Button::Middle, _) | (Button::Left, Tool::Pan) => Action::Pan,
            (Button::Left, Tool::Zoom) => Action::Rectangle,
            (Button::Right, _) => Action::ZoomAboutPoint,
            (Button::Left, Tool::None) => return Changed::default(),
        };
        let Some(subplot) = self.subplot_at(at) else { return Changed::default() };
        let Some(layout) = self.layout.subplots.get(subplot).cloned() else { return Changed::default() };
        self.drag = Some(Drag {
            action,
            subplot,
            from: at,
            to: at,
            layout,
            history: self.history.clone(),
            cursors: self.base.cursors,
        });
        Changed::DRAG
    }

    /// The mouse moved, with or without a button.
    pub fn move_to(&mut self, at: [f64; 2]) -> Changed {
        self.cursor = Some(at);
        let dragged = if self.drag.is_some() { self.drag_to(at) } else { Changed::default() };
        Changed { cursor: true, ..dragged }
    }

    fn drag_to(&mut self, at: [f64; 2]) -> Changed {
        let scale = self.scale;
        let Some(drag) = &mut self.drag else { return Changed::default() };
        drag.to = at;
        let (dx, dy) = (at[0] - drag.from[0], at[1] - drag.from[1]);
        let change = match drag.action {
            Action::Rectangle => return Changed::DRAG,
            Action::Cursor(pin) => {
                let x_px = inside(&drag.layout.plot, [at[0] * scale, at[1] * scale])[0];
                let x = drag.layout.x.from_px(x_px);
                return self.pin(pin, Some(x));
            }
            Action::Pan => pan_subplot(&drag.layout, dx * scale, dy * scale, self.lock),
            Action::ZoomAboutPoint => {
                // To the right and up is closer, as in Matplotlib; both axes by the longer way.
                let way = if dx.abs() > dy.abs() { dx } else { -dy };
                let factor = (way / DRAG_DOUBLE_PX).exp2();
                zoom_subplot(&drag.layout, drag.from[0] * scale, drag.from[1] * scale, factor, self.lock)
            }
        };
        let subplot = drag.subplot;
        // From the view that the drag began with, so that a lock that is let go leaves the other axis as it was.
        let view = drag.history.view().with(subplot, change, &self.base);
        self.history.push(view, Gesture::Drag, Instant::now());
        self.view_changed()
    }

    /// The button went up.
    pub fn release(&mut self, at: [f64; 2]) -> Changed {
        self.history.end_gesture();
        let Some(drag) = self.drag.take() else { return Changed::default() };
        let is_click = (at[0] - drag.from[0]).abs() < CLICK_PX && (at[1] - drag.from[1]).abs() < CLICK_PX;
        if drag.action != Action::Rectangle || is_click {
            return Changed::DRAG;
        }
        let corners = [drag.from, at].map(|[x, y]| inside(&drag.layout.plot, [x * self.scale, y * self.scale]));
        let [from, to] = corners;
        let change = zoom_to_rectangle(&drag.layout, from, to, self.lock);
        self.push(drag.subplot, change, Gesture::Once);
        self.view_changed()
    }

    /// Ends a drag as if it had not been.
    pub fn cancel_drag(&mut self) -> Changed {
        let Some(drag) = self.drag.take() else { return Changed::default() };
        (self.history, self.base.cursors) = (drag.history, drag.cursors);
        self.view_changed()
    }

    /// The mouse left the item.
    pub fn leave(&mut self) -> Changed {
        self.cursor = None;
        Changed { cursor: true, ..Changed::default() }
    }

    /// The wheel turned by `angle` eighths of a degree: zooms about the cursor; over the labels of an axis, that axis only.
    pub fn wheel(&mut self, at: [f64; 2], angle: f64) -> Changed {
        let factor = WHEEL_FACTOR.powf((angle / WHEEL_NOTCH).clamp(-10.0, 10.0));
        let Some(index) = self.subplot_at(at) else { return self.wheel_over_axis(at, factor) };
        self.zoom_about(index, [at[0] * self.scale, at[1] * self.scale], factor, Gesture::Wheel)
    }

    fn wheel_over_axis(&mut self, at: [f64; 2], factor: f64) -> Changed {
        let [x_px, y_px] = [at[0] * self.scale, at[1] * self.scale];
        let Some((index, side)) = self.layout.axis_at(x_px as f32, y_px as f32) else { return Changed::default() };
        let Some(subplot) = self.layout.subplots.get(index) else { return Changed::default() };
        let all = zoom_subplot(subplot, x_px, y_px, factor, AxisLock::Both);
        let change = match side {
            AxisSide::X => SubplotView { x: all.x, ..SubplotView::default() },
            AxisSide::Left => SubplotView { y: all.y, ..SubplotView::default() },
            AxisSide::Right => SubplotView { right: all.right, ..SubplotView::default() },
        };
        self.push(index, change, Gesture::Wheel);
        self.view_changed()
    }

    /// Whether a drag is under way.
    #[must_use]
    pub fn is_dragging(&self) -> bool {
        self.drag.is_some()
    }

    /// The rectangle being zoomed to: x, y, width, height.
    #[must_use]
    pub fn rubber_band(&self) -> Option<[f64; 4]> {
        let drag = self.drag.as_ref().filter(|drag| drag.action == Action::Rectangle)?;
        let plot = &drag.layout.plot;
        let [x0, y0] = inside(plot, drag.from.map(|v| v * self.scale)).map(|v| v / self.scale);
        let [x1, y1] = inside(plot, drag.to.map(|v| v * self.scale)).map(|v| v / self.scale);
        let whole = self.logical(plot);
        let (x, width) =
            if self.lock == AxisLock::YOnly { (whole[0], whole[2]) } else { (x0.min(x1), (x1 - x0).abs()) };
        let (y, height) =
            if self.lock == AxisLock::XOnly { (whole[1], whole[3]) } else { (y0.min(y1), (y1 - y0).abs()) };
        Some([x, y, width, height])
    }
}

/// The nearest point inside a rectangle.
fn inside(rect: &PlotRect, [x, y]: [f64; 2]) -> [f64; 2] {
    let (left, top) = (f64::from(rect.x_px), f64::from(rect.y_px));
    [x.clamp(left, left + f64::from(rect.width_px).max(0.0)), y.clamp(top, top + f64::from(rect.height_px).max(0.0))]
}
