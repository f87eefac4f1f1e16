//! What the mouse, the keys and the popups do to a figure: its views, its tool, its style. Pure reckoning, no Qt.
//!
//! Lives on the thread that shows the figure. Places are logical pixels of the item; the layout of the frame that the
//! person sees turns them into data units.

use std::sync::Arc;
use std::time::Instant;

use crate::batch::{Color, SeriesId};
use crate::figure::readout::{legend_at, readout};
use crate::figure::series_layout::arrange_series;
use crate::figure::view::{Gesture, SubplotView, View, ViewHistory};
use crate::figure::zoom::{AxisLock, pan_subplot, zoom_subplot, zoom_to_rectangle};
use crate::figure::{Figure, FrameLayout, LegendPlace, PlotRect, Scale, Spacing, Subplot, SubplotLayout, Theme};
use crate::store::Snapshot;

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
    const VIEW: Self = Self { figure: true, view: true, cursor: true, style: false };
    const STYLE: Self = Self { figure: true, view: false, cursor: false, style: true };
    const DRAG: Self = Self { figure: false, view: true, cursor: false, style: false };
}

/// A drag under way: where it began, and what was shown then.
struct Drag {
    action: Action,
    subplot: usize,
    from: [f64; 2],
    to: [f64; 2],
    layout: SubplotLayout,
    history: ViewHistory,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Pan,
    Rectangle,
    ZoomAboutPoint,
}

/// A drag shorter than this, in logical pixels, is a click.
const CLICK_PX: f64 = 4.0;

/// A notch of the wheel, in the eighths of a degree that Qt tells, and what it zooms.
const WHEEL_NOTCH: f64 = 120.0;
const WHEEL_FACTOR: f64 = 1.25;

/// Pixels of a right drag that double the zoom.
const DRAG_DOUBLE_PX: f64 = 100.0;

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
    tool: Tool,
    lock: AxisLock,
    drag: Option<Drag>,
    cursor: Option<[f64; 2]>,
    has_crosshair: bool,
    is_separate: bool,
    known: Option<Snapshot>,
}

impl FigureControl {
    /// The figure as it is to be drawn.
    #[must_use]
    pub fn figure(&self) -> &Figure {
        &self.shown
    }

    /// Shows another figure from its home view on; theme and hint stay.
    pub fn set_figure(&mut self, figure: Figure) {
        let (theme, hint) = (self.base.theme.clone(), std::mem::take(&mut self.base.empty_hint));
        self.base = Figure { theme, empty_hint: hint, ..figure };
        self.history = ViewHistory::default();
        self.known = None;
        self.drag = None;
        self.apply();
    }

    /// Takes the layout of the frame that is shown from now on, drawn at `scale` device pixels a logical pixel.
    pub fn set_layout(&mut self, layout: Arc<FrameLayout>, scale: f32) {
        self.layout = layout;
        self.scale = f64::from(scale);
    }

    /// Gives every series of `snapshot` its place in the figure. Returns whether the figure changed.
    pub fn arrange(&mut self, snapshot: &Snapshot) -> bool {
        let is_changed = arrange_series(&mut self.base, snapshot, self.is_separate);
        self.known = Some(snapshot.clone());
        if is_changed {
            self.apply();
        }
        is_changed
    }

    fn apply(&mut self) {
        self.shown = self.base.clone();
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

    // Views.

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
    pub fn set_is_following(&mut self, follows: bool) -> Changed {
        self.history.set_following(follows, &self.layout);
        self.view_changed()
    }

    /// Zooms about the middle of the subplot under the cursor, or of the first one: in for a positive number of steps.
    pub fn zoom_step(&mut self, steps: f64) -> Changed {
        let index = self.cursor.and_then(|at| self.subplot_at(at)).unwrap_or(0);
        let Some(plot) = self.layout.subplots.get(index).map(|subplot| subplot.plot) else { return Changed::default() };
        let middle = [f64::from(plot.x_px + plot.width_px / 2.0), f64::from(plot.y_px + plot.height_px / 2.0)];
        self.zoom_about(index, middle, WHEEL_FACTOR.powf(steps * 2.0), Gesture::Once)
    }

    fn zoom_about(&mut self, index: usize, at_px: [f64; 2], factor: f64, gesture: Gesture) -> Changed {
        let Some(subplot) = self.layout.subplots.get(index) else { return Changed::default() };
        let change = zoom_subplot(subplot, at_px[0], at_px[1], factor, self.lock);
        self.push(index, change, gesture);
        self.view_changed()
    }

    fn push(&mut self, index: usize, change: SubplotView, gesture: Gesture) {
        let view: View = self.history.view().with(index, change, self.base.grid, self.base.subplots.len());
        self.history.push(view, gesture, Instant::now());
    }

    // The mouse.

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
        let action = match (button, self.tool) {
            (Button::Middle, _) | (Button::Left, Tool::Pan) => Action::Pan,
            (Button::Left, Tool::Zoom) => Action::Rectangle,
            (Button::Right, _) => Action::ZoomAboutPoint,
            (Button::Left, Tool::None) => return Changed::default(),
        };
        let Some(subplot) = self.subplot_at(at) else { return Changed::default() };
        let Some(layout) = self.layout.subplots.get(subplot).cloned() else { return Changed::default() };
        self.drag = Some(Drag { action, subplot, from: at, to: at, layout, history: self.history.clone() });
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
        let view = drag.history.view().with(subplot, change, self.base.grid, self.base.subplots.len());
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
        self.history = drag.history;
        self.view_changed()
    }

    /// The mouse left the item.
    pub fn leave(&mut self) -> Changed {
        self.cursor = None;
        Changed { cursor: true, ..Changed::default() }
    }

    /// The wheel turned by `angle` eighths of a degree: zooms about the cursor.
    pub fn wheel(&mut self, at: [f64; 2], angle: f64) -> Changed {
        let Some(index) = self.subplot_at(at) else { return Changed::default() };
        let factor = WHEEL_FACTOR.powf((angle / WHEEL_NOTCH).clamp(-10.0, 10.0));
        self.zoom_about(index, [at[0] * self.scale, at[1] * self.scale], factor, Gesture::Wheel)
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

    // The cursor.

    /// Where the mouse is.
    #[must_use]
    pub fn cursor(&self) -> Option<[f64; 2]> {
        self.cursor
    }

    /// Place in device pixels that the crosshair reads; `None` if nothing is to be read.
    #[must_use]
    pub fn probe(&self) -> Option<[f32; 2]> {
        let at = self.cursor.filter(|_| self.has_crosshair)?;
        self.subplot_at(at).map(|_| self.device(at))
    }

    /// The place of the cursor in data units, as text; empty outside of all plotting areas.
    #[must_use]
    pub fn cursor_text(&self) -> String {
        let place = self.cursor.and_then(|at| {
            let [x_px, y_px] = self.device(at);
            readout(&self.shown, &Snapshot::default(), &self.layout, x_px, y_px)
        });
        place.map(|place| format!("x {}   y {}", place.x_text, place.y_text)).unwrap_or_default()
    }

    /// The plotting area under the cursor: x, y, width, height.
    #[must_use]
    pub fn plot_area(&self) -> Option<[f64; 4]> {
        let index = self.subplot_at(self.cursor?)?;
        self.layout.subplots.get(index).map(|subplot| self.logical(&subplot.plot))
    }

    /// Whether the cursor stands on an entry of the legend.
    #[must_use]
    pub fn is_over_legend(&self) -> bool {
        self.cursor.is_some_and(|at| self.legend_entry(at).is_some())
    }

    fn legend_entry(&self, at: [f64; 2]) -> Option<(usize, SeriesId)> {
        let [x_px, y_px] = self.device(at);
        legend_at(&self.layout, x_px, y_px)
    }

    fn subplot_at(&self, at: [f64; 2]) -> Option<usize> {
        let [x_px, y_px] = self.device(at);
        self.layout.subplots.iter().position(|subplot| subplot.plot.contains(x_px, y_px))
    }

    fn device(&self, [x, y]: [f64; 2]) -> [f32; 2] {
        [(x * self.scale) as f32, (y * self.scale) as f32]
    }

    fn logical(&self, rect: &PlotRect) -> [f64; 4] {
        [rect.x_px, rect.y_px, rect.width_px, rect.height_px].map(|length| f64::from(length) / self.scale.max(0.01))
    }

    // The style.

    /// Whether the crosshair is shown.
    #[must_use]
    pub fn has_crosshair(&self) -> bool {
        self.has_crosshair
    }

    /// Shows or hides the crosshair.
    pub fn set_has_crosshair(&mut self, shows: bool) -> Changed {
        self.has_crosshair = shows;
        Changed { cursor: true, ..Changed::default() }
    }

    fn toggle_series(&mut self, subplot: usize, series: SeriesId) -> Changed {
        let styles = self.base.subplots.get_mut(subplot).map(|subplot| &mut subplot.series);
        if let Some(style) = styles.and_then(|styles| styles.iter_mut().find(|style| style.id == series)) {
            style.is_visible = !style.is_visible;
        }
        self.style_changed()
    }

    /// Sets background and text colour; the rest of the theme follows from them.
    pub fn set_colors(&mut self, background: Color, text: Color) -> Changed {
        self.base.theme = Theme::derived(background, text, self.base.theme.text_px);
        self.style_changed()
    }

    /// Height of label text in logical pixels.
    #[must_use]
    pub fn text_px(&self) -> f64 {
        f64::from(self.base.theme.text_px)
    }

    /// Sets the height of label text in logical pixels.
    pub fn set_text_px(&mut self, text_px: f64) -> Changed {
        self.base.theme.text_px = text_px.clamp(4.0, 200.0) as f32;
        self.style_changed()
    }

    /// Sets what an empty figure says.
    pub fn set_empty_hint(&mut self, hint: String) -> Changed {
        self.base.empty_hint = hint;
        self.style_changed()
    }

    /// Whether grid lines are drawn.
    #[must_use]
    pub fn has_grid(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.has_grid)
    }

    /// Shows or hides grid lines.
    pub fn set_has_grid(&mut self, shows: bool) -> Changed {
        self.each_subplot(|subplot| subplot.has_grid = shows)
    }

    /// Whether the legend is drawn.
    #[must_use]
    pub fn has_legend(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.legend != LegendPlace::Hidden)
    }

    /// Shows or hides the legend.
    pub fn set_has_legend(&mut self, shows: bool) -> Changed {
        let place = if shows { LegendPlace::Best } else { LegendPlace::Hidden };
        self.each_subplot(|subplot| subplot.legend = place)
    }

    /// Whether the x axes are logarithmic.
    #[must_use]
    pub fn is_log_x(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.x.scale == Scale::Log)
    }

    /// Whether the y axes are logarithmic.
    #[must_use]
    pub fn is_log_y(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.y.scale == Scale::Log)
    }

    /// Switches the x axes between linear and logarithmic.
    pub fn toggle_log_x(&mut self) -> Changed {
        let scale = if self.is_log_x() { Scale::Linear } else { Scale::Log };
        self.each_subplot(|subplot| subplot.x.scale = scale)
    }

    /// Switches the y axes between linear and logarithmic.
    pub fn toggle_log_y(&mut self) -> Changed {
        let scale = if self.is_log_y() { Scale::Linear } else { Scale::Log };
        self.each_subplot(|subplot| subplot.y.scale = scale)
    }

    fn each_subplot(&mut self, change: impl Fn(&mut Subplot)) -> Changed {
        self.base.subplots.iter_mut().for_each(change);
        self.style_changed()
    }

    /// Whether each series has a subplot of its own.
    #[must_use]
    pub fn is_separate(&self) -> bool {
        self.is_separate
    }

    /// Gives each series a subplot of its own, or all of them one. Views start anew, as they belong to subplots.
    pub fn set_is_separate(&mut self, separate: bool) -> Changed {
        if self.is_separate == separate {
            return Changed::default();
        }
        self.is_separate = separate;
        self.history = ViewHistory::default();
        self.drag = None;
        if let Some(snapshot) = self.known.take() {
            self.arrange(&snapshot);
        }
        self.apply();
        Changed { style: true, ..Changed::VIEW }
    }

    /// Makes all margins and gaps as small as the labels allow.
    pub fn make_tight(&mut self) -> Changed {
        self.base.spacing = Spacing::default();
        self.style_changed()
    }
}

/// A distance of [`Spacing`] as a number: -1 is tight.
macro_rules! distance {
    ($($get:ident, $set:ident, $field:ident, $what:literal;)*) => {
        impl FigureControl {
            $(
                #[doc = concat!($what, " in logical pixels; -1 is as little as the labels need.")]
                #[must_use]
                pub fn $get(&self) -> f64 {
                    self.base.spacing.$field.map_or(-1.0, f64::from)
                }

                #[doc = concat!("Sets it: ", $what, ".")]
                pub fn $set(&mut self, px: f64) -> Changed {
                    self.base.spacing.$field = (px >= 0.0).then_some(px as f32);
                    self.style_changed()
                }
            )*
        }
    };
}

distance! {
    left_margin, set_left_margin, left, "Left margin";
    right_margin, set_right_margin, right, "Right margin";
    top_margin, set_top_margin, top, "Top margin";
    bottom_margin, set_bottom_margin, bottom, "Bottom margin";
    row_gap, set_row_gap, row_gap, "Distance between rows";
    column_gap, set_column_gap, column_gap, "Distance between columns";
}

/// The nearest point inside a rectangle.
fn inside(rect: &PlotRect, [x, y]: [f64; 2]) -> [f64; 2] {
    let (left, top) = (f64::from(rect.x_px), f64::from(rect.y_px));
    [x.clamp(left, left + f64::from(rect.width_px).max(0.0)), y.clamp(top, top + f64::from(rect.height_px).max(0.0))]
}
