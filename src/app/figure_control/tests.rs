//! A person's hand at a figure, without a window: each step is followed by the layout of the frame that it leads to.

use super::*;
use crate::batch::{Batch, Color, SeriesId, Xs};
use crate::figure::{AxisRange, FollowSpan, LegendPlace, PlotRect, Scale};
use crate::render::figure_thread::FramePainter;
use crate::render::frame::FrameSize;
use crate::store::{LiveSeries, LiveSet, Member, Store};

/// Device pixels a logical pixel: not 1, so that a mix-up shows.
const SCALE: f32 = 2.0;

mod axes;
mod marks;
mod moment;
mod places;

struct Rig {
    control: FigureControl,
    painter: FramePainter,
    store: Store,
}

impl Rig {
    fn new(series: u32) -> Self {
        let mut rig = Self { control: FigureControl::default(), painter: FramePainter::new(), store: Store::default() };
        rig.control.set_figure(Figure::default());
        for id in 0..series {
            rig.add_series(id);
        }
        rig
    }

    fn add_series(&mut self, id: u32) {
        let ys: Vec<f64> = (0..101).map(|i| f64::from(i) + f64::from(id)).collect();
        self.store.append(Batch::new(SeriesId(id), 0, Xs::Steps { start: 0.0, step: 1.0 }, ys).unwrap());
        self.control.arrange(&self.store.snapshot());
        self.draw();
    }

    fn draw(&mut self) {
        let size = FrameSize { width_px: 1200, height_px: 800, scale: SCALE };
        let painted = self.painter.paint(self.control.figure(), &self.store.snapshot(), size, Vec::new());
        self.control.set_layout(painted.layout, SCALE);
    }

    /// A place in logical pixels, as parts of a plotting area from its left upper corner.
    fn place(&self, subplot: usize, x: f64, y: f64) -> [f64; 2] {
        let plot: PlotRect = self.control.layout.subplots[subplot].plot;
        let scale = f64::from(SCALE);
        [
            (f64::from(plot.x_px) + x * f64::from(plot.width_px)) / scale,
            (f64::from(plot.y_px) + y * f64::from(plot.height_px)) / scale,
        ]
    }

    /// x from, x to, y from, y to of what a subplot shows.
    fn shown(&mut self, subplot: usize) -> [f64; 4] {
        self.draw();
        let layout = &self.control.layout.subplots[subplot];
        [layout.x.min, layout.x.max, layout.y.min, layout.y.max]
    }

    fn drag(&mut self, button: Button, from: [f64; 2], to: [f64; 2]) {
        self.control.press(from, button);
        let middle = [f64::midpoint(from[0], to[0]), f64::midpoint(from[1], to[1])];
        self.control.move_to(middle);
        // A frame is drawn meanwhile: the drag must go on from where it began.
        self.draw();
        self.control.move_to(to);
        self.control.release(to);
    }

    fn legend_entry(&self, series: u32) -> [f64; 2] {
        let entries = self.control.layout.subplots.iter().flat_map(|subplot| &subplot.legend);
        let rect = entries.filter(|entry| entry.series == SeriesId(series)).map(|entry| entry.rect).next().unwrap();
        [(rect.x_px + rect.width_px / 2.0) / SCALE, (rect.y_px + rect.height_px / 2.0) / SCALE].map(f64::from)
    }

    fn hidden(&self) -> Vec<u32> {
        let styles = self.control.figure().subplots.iter().flat_map(|subplot| &subplot.series);
        styles.filter(|style| !style.is_visible).map(|style| style.id.0).collect()
    }
}

#[track_caller]
fn assert_near(actual: [f64; 4], expected: [f64; 4]) {
    let is_near = actual.iter().zip(&expected).all(|(a, e)| (a - e).abs() < 0.5);
    assert!(is_near, "{actual:?} instead of {expected:?}");
}

#[test]
fn a_pan_moves_what_was_under_the_hand_and_is_one_entry() {
    let mut rig = Rig::new(1);
    rig.control.set_tool(Tool::Pan);
    let [x0, x1, y0, y1] = rig.shown(0);
    let (width, height) = (x1 - x0, y1 - y0);
    rig.drag(Button::Left, rig.place(0, 0.5, 0.5), rig.place(0, 0.25, 0.75));
    assert_near(rig.shown(0), [x0 + 0.25 * width, x1 + 0.25 * width, y0 + 0.25 * height, y1 + 0.25 * height]);
    assert!(!rig.control.is_following() && !rig.control.is_dragging());
    assert!(rig.control.back().view);
    assert!(!rig.control.can_go_back(), "a drag is one entry");
    assert_near(rig.shown(0), [x0, x1, y0, y1]);
    assert!(rig.control.is_following());
}

#[test]
fn the_middle_button_pans_whatever_the_tool() {
    let mut rig = Rig::new(1);
    let before = rig.shown(0);
    rig.drag(Button::Left, rig.place(0, 0.5, 0.5), rig.place(0, 0.25, 0.75));
    assert_near(rig.shown(0), before);
    rig.drag(Button::Middle, rig.place(0, 0.5, 0.5), rig.place(0, 0.25, 0.5));
    assert!(rig.shown(0)[0] > before[0] + 20.0);
}

#[test]
fn a_rectangle_is_zoomed_to_and_shown_while_it_is_drawn() {
    let mut rig = Rig::new(1);
    rig.control.set_tool(Tool::Zoom);
    let [x0, x1, y0, y1] = rig.shown(0);
    let (width, height) = (x1 - x0, y1 - y0);
    let (from, to) = (rig.place(0, 0.75, 0.25), rig.place(0, 0.25, 0.5));
    rig.control.press(from, Button::Left);
    rig.control.move_to(to);
    let band = rig.control.rubber_band().unwrap();
    assert_near(band, [to[0], from[1], from[0] - to[0], to[1] - from[1]]);
    assert_near(rig.shown(0), [x0, x1, y0, y1]);
    rig.control.release(to);
    assert!(rig.control.rubber_band().is_none());
    assert_near(rig.shown(0), [x0 + 0.25 * width, x0 + 0.75 * width, y0 + 0.5 * height, y0 + 0.75 * height]);
    assert!(rig.control.back().view && !rig.control.can_go_back());
    assert!(rig.control.forward().view);
}

#[test]
fn a_click_is_no_rectangle_and_one_beyond_the_edge_ends_there() {
    let mut rig = Rig::new(1);
    rig.control.set_tool(Tool::Zoom);
    let before = rig.shown(0);
    let at = rig.place(0, 0.5, 0.5);
    rig.drag(Button::Left, at, [at[0] + 2.0, at[1] + 2.0]);
    assert_near(rig.shown(0), before);
    assert!(!rig.control.can_go_back());
    rig.drag(Button::Left, at, rig.place(0, 3.0, -3.0));
    let shown = rig.shown(0);
    assert_near([shown[1], shown[3], 0.0, 0.0], [before[1], before[3], 0.0, 0.0]);
    rig.control.press([0.0, 0.0], Button::Left);
    assert!(!rig.control.is_dragging(), "outside of all plotting areas");
}

#[test]
fn a_right_drag_zooms_about_the_point_pressed() {
    let mut rig = Rig::new(1);
    let [x0, x1, y0, y1] = rig.shown(0);
    let (x, y) = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
    let from = rig.place(0, 0.5, 0.5);
    rig.drag(Button::Right, from, [from[0] + 100.0, from[1]]);
    let (width, height) = ((x1 - x0) / 4.0, (y1 - y0) / 4.0);
    assert_near(rig.shown(0), [x - width, x + width, y - height, y + height]);
    rig.control.back();
    assert_near(rig.shown(0), [x0, x1, y0, y1]);
    assert!(!rig.control.can_go_back());
}

#[test]
fn a_burst_of_the_wheel_is_one_entry_and_the_place_under_the_cursor_stays() {
    let mut rig = Rig::new(1);
    let [x0, x1, y0, y1] = rig.shown(0);
    let at = rig.place(0, 0.25, 0.5);
    for _ in 0..3 {
        rig.control.wheel(at, 120.0);
        rig.draw();
    }
    let shown = rig.shown(0);
    let width = (x1 - x0) / 1.25_f64.powi(3);
    assert!((shown[1] - shown[0] - width).abs() < 0.5, "{shown:?}");
    let fixed = x0 + 0.25 * (x1 - x0);
    assert!((shown[0] + 0.25 * width - fixed).abs() < 0.5, "{shown:?}");
    rig.control.back();
    assert_near(rig.shown(0), [x0, x1, y0, y1]);
    assert!(!rig.control.can_go_back());
    assert_eq!(rig.control.wheel([0.0, 0.0], 120.0), Changed::default(), "outside nothing turns");
}

#[test]
fn a_lock_holds_an_axis_during_a_drag_and_lets_it_go_again() {
    let mut rig = Rig::new(1);
    rig.control.set_tool(Tool::Pan);
    let [x0, x1, y0, y1] = rig.shown(0);
    let (width, height) = (x1 - x0, y1 - y0);
    let (from, to) = (rig.place(0, 0.5, 0.5), rig.place(0, 0.25, 0.75));
    rig.control.press(from, Button::Left);
    rig.control.move_to(to);
    rig.control.set_lock(AxisLock::XOnly);
    let shown = rig.shown(0);
    assert_near([shown[0], shown[1], 0.0, 0.0], [x0 + 0.25 * width, x1 + 0.25 * width, 0.0, 0.0]);
    assert_eq!(rig.control.figure().subplots[0].y.range, Figure::default().subplots[0].y.range, "y is automatic again");
    rig.control.set_lock(AxisLock::YOnly);
    assert_near(rig.shown(0), [x0, x1, y0 + 0.25 * height, y1 + 0.25 * height]);
    rig.control.release(to);
    assert_near(rig.shown(0), [x0, x1, y0 + 0.25 * height, y1 + 0.25 * height]);
    rig.control.set_tool(Tool::Zoom);
    rig.control.press(rig.place(0, 0.25, 0.25), Button::Left);
    rig.control.move_to(rig.place(0, 0.75, 0.75));
    let (band, top) = (rig.control.rubber_band().unwrap(), rig.place(0, 0.0, 0.25));
    assert!((band[0] - top[0]).abs() < 0.5 && (band[1] - top[1]).abs() < 0.5, "the whole width: {band:?}");
}

#[test]
fn a_drag_that_is_cancelled_has_not_been() {
    let mut rig = Rig::new(1);
    rig.control.set_tool(Tool::Pan);
    let before = rig.shown(0);
    rig.control.press(rig.place(0, 0.5, 0.5), Button::Left);
    rig.control.move_to(rig.place(0, 0.1, 0.1));
    assert!((rig.shown(0)[0] - before[0]).abs() > 10.0);
    rig.control.cancel_drag();
    assert_near(rig.shown(0), before);
    assert!(!rig.control.can_go_back() && !rig.control.is_dragging() && rig.control.is_following());
    assert_eq!(rig.control.cancel_drag(), Changed::default());
}

#[test]
fn a_series_hidden_by_its_entry_stays_hidden_when_others_come() {
    let mut rig = Rig::new(2);
    let entry = rig.legend_entry(1);
    rig.control.move_to(entry);
    assert!(rig.control.is_over_legend());
    assert!(rig.control.press(entry, Button::Left).style);
    rig.control.release(entry);
    assert_eq!(rig.hidden(), [1]);
    rig.add_series(2);
    assert_eq!(rig.hidden(), [1]);
    rig.control.set_is_separate(true);
    assert_eq!(rig.hidden(), [1]);
    rig.control.set_is_separate(false);
    rig.draw();
    let entry = rig.legend_entry(1);
    rig.control.press(entry, Button::Left);
    assert_eq!(rig.hidden(), [0_u32; 0], "a second click shows it");
}

#[test]
fn separate_subplots_share_x_and_home_shows_all_again() {
    let mut rig = Rig::new(3);
    rig.control.set_tool(Tool::Zoom);
    rig.drag(Button::Left, rig.place(0, 0.25, 0.25), rig.place(0, 0.75, 0.75));
    rig.control.set_is_separate(true);
    assert!(!rig.control.can_go_back(), "views belong to subplots");
    assert_eq!(rig.control.figure().subplots.len(), 3);
    let home: Vec<_> = (0..3).map(|i| rig.shown(i)).collect();
    rig.drag(Button::Left, rig.place(1, 0.25, 0.25), rig.place(1, 0.75, 0.75));
    let ranges: Vec<_> =
        rig.control.figure().subplots.iter().map(|subplot| (subplot.x.range, subplot.y.range)).collect();
    assert!(ranges.iter().all(|(x, _)| *x == ranges[1].0 && matches!(x, AxisRange::Fixed { .. })), "{ranges:?}");
    assert!(matches!(ranges[1].1, AxisRange::Fixed { .. }));
    assert!(!matches!(ranges[0].1, AxisRange::Fixed { .. }), "y is each one's own");
    rig.control.wheel(rig.place(2, 0.5, 0.5), -120.0);
    rig.control.press(rig.place(0, 0.5, 0.5), Button::Middle);
    rig.control.move_to(rig.place(0, 0.9, 0.5));
    rig.control.home();
    assert!(!rig.control.is_dragging() && rig.control.is_following());
    for (i, home) in home.into_iter().enumerate() {
        assert_near(rig.shown(i), home);
    }
    rig.control.set_is_separate(false);
    assert_eq!(rig.control.figure().subplots.len(), 1);
}

#[test]
fn follow_holds_the_view_and_lets_it_go() {
    let mut rig = Rig::new(1);
    let before = rig.shown(0);
    rig.control.set_is_following(false);
    let ys = vec![1000.0; 100];
    rig.store.append(Batch::steps(SeriesId(0), 0, 101.0, 1.0, ys));
    assert_near(rig.shown(0), before);
    rig.control.home();
    assert!(rig.control.is_following());
    assert!(rig.shown(0)[1] > 190.0);
}

#[test]
fn a_follow_span_shows_the_last_of_the_data_and_a_chosen_view_gives_way_to_it() {
    let mut rig = Rig::new(1);
    assert_eq!(rig.control.follow_span(), FollowSpan::All);
    let changed = rig.control.set_follow_span(FollowSpan::LastX(20.0));
    assert!(changed.figure && changed.style);
    assert!(!rig.control.can_go_back(), "nothing was chosen that Back could show");
    assert_near(rig.shown(0), [80.0, 100.0, 79.0, 101.0]);
    rig.store.append(Batch::steps(SeriesId(0), 0, 101.0, 1.0, vec![90.0; 100]));
    assert_near(
        rig.shown(0)[..2].try_into().map(|[a, b]: [f64; 2]| [a, b, 0.0, 0.0]).unwrap(),
        [180.0, 200.0, 0.0, 0.0],
    );
    rig.control.set_tool(Tool::Zoom);
    rig.drag(Button::Left, rig.place(0, 0.25, 0.25), rig.place(0, 0.75, 0.75));
    let chosen = rig.shown(0);
    assert!(!rig.control.is_following());
    rig.control.set_follow_span(FollowSpan::LastSamples(51));
    assert_eq!(rig.control.follow_span(), FollowSpan::LastSamples(51));
    assert!(rig.control.is_following());
    let shown = rig.shown(0);
    assert_near([shown[0], shown[1], 0.0, 0.0], [150.0, 200.0, 0.0, 0.0]);
    assert!(rig.control.back().view);
    assert_near(rig.shown(0), chosen);
    rig.control.set_is_following(true);
    let shown = rig.shown(0);
    assert_near([shown[0], shown[1], 0.0, 0.0], [150.0, 200.0, 0.0, 0.0]);
    rig.control.set_is_following(false);
    rig.control.set_follow_span(FollowSpan::All);
    let shown = rig.shown(0);
    assert_near([shown[0], shown[1], 0.0, 0.0], [0.0, 200.0, 0.0, 0.0]);
}

#[test]
fn the_style_changes_what_is_drawn_and_leaves_the_view() {
    let mut rig = Rig::new(2);
    rig.control.set_tool(Tool::Zoom);
    rig.drag(Button::Left, rig.place(0, 0.25, 0.25), rig.place(0, 0.75, 0.75));
    let view = rig.shown(0);
    rig.control.set_has_grid(false);
    rig.control.set_has_legend(false);
    assert!(!rig.control.has_grid() && !rig.control.has_legend());
    assert_eq!(rig.control.figure().subplots[0].legend, LegendPlace::Hidden);
    rig.control.set_colors(Color::new(0, 0, 0), Color::new(255, 255, 255));
    assert_eq!(rig.control.figure().theme.background, Color::new(0, 0, 0));
    assert_eq!(rig.control.left_margin(), -1.0);
    rig.control.set_left_margin(120.0);
    rig.draw();
    assert!(rig.control.layout.subplots[0].plot.x_px >= 240.0, "logical pixels");
    rig.control.make_tight();
    assert_eq!(rig.control.left_margin(), -1.0);
    assert_near(rig.shown(0), view);
    rig.control.toggle_log_y();
    assert!(rig.control.is_log_y() && !rig.control.is_log_x());
    rig.control.toggle_log_y();
    assert_eq!(rig.control.figure().subplots[0].y.scale, Scale::Linear);
}

#[test]
fn the_cursor_reads_its_place() {
    let mut rig = Rig::new(1);
    rig.shown(0);
    assert_eq!(rig.control.cursor_text(), "");
    assert!(rig.control.plot_area().is_none());
    let at = rig.place(0, 0.5, 0.5);
    rig.control.move_to(at);
    assert!(rig.control.cursor_text().starts_with("x 5"), "{}", rig.control.cursor_text());
    assert!(rig.control.plot_area().is_some());
    assert!(rig.control.probe().is_none(), "only the crosshair asks");
    rig.control.set_has_crosshair(true);
    let [x_px, y_px] = rig.control.probe().unwrap();
    assert!((f64::from(x_px) - at[0] * 2.0).abs() < 0.01 && (f64::from(y_px) - at[1] * 2.0).abs() < 0.01);
    rig.control.leave();
    assert!(rig.control.probe().is_none() && rig.control.cursor_text().is_empty());
}

#[test]
fn a_series_looks_as_the_program_asks_as_soon_as_it_comes() {
    let mut rig = Rig::new(1);
    let (first, second) = (SeriesKey::Id(SeriesId(0)), SeriesKey::Name("series 1".to_owned()));
    let look = SeriesLook { width_px: 3.0, is_visible: false, ..SeriesLook::default() };
    rig.control.set_look(second.clone(), look.clone());
    assert_eq!(rig.control.is_series_visible(&second), None);
    rig.add_series(1);
    let style = |rig: &Rig, at: usize| rig.control.figure().subplots[0].series[at].clone();
    assert_eq!((style(&rig, 1).width_px, rig.control.is_series_visible(&second)), (3.0, Some(false)));
    assert_eq!((style(&rig, 0).width_px, rig.control.is_series_visible(&first)), (1.5, Some(true)));
    // A person shows it; another colour is no reason to hide it again.
    rig.control.toggle_series(0, SeriesId(1));
    let red = Some(Color::new(255, 0, 0));
    rig.control.set_look(second.clone(), SeriesLook { color: red, ..look });
    assert_eq!((style(&rig, 1).color, style(&rig, 1).is_visible), (red, true));
    rig.control.set_look(second, SeriesLook::default());
    assert_eq!((style(&rig, 1).color, style(&rig, 1).width_px, style(&rig, 1).is_visible), (None, 1.5, true));
}

#[test]
fn axes_and_title_asked_for_stay_when_another_job_is_shown() {
    let mut rig = Rig::new(1);
    rig.control.set_title("both".to_owned());
    rig.control.set_x_axis(AxisLook { title: "t (s)".to_owned(), min: Some(-10.0), ..AxisLook::default() });
    rig.control.set_y_axis(AxisLook { min: Some(0.0), max: Some(1.0), ..AxisLook::default() });
    assert_eq!(rig.shown(0), [-10.0, 100.0, 0.0, 1.0]);
    rig.control.set_figure(Figure::default());
    rig.control.arrange(&rig.store.snapshot());
    assert_eq!(rig.shown(0), [-10.0, 100.0, 0.0, 1.0]);
    let subplot = &rig.control.figure().subplots[0];
    assert_eq!((subplot.x.label.as_str(), rig.control.title()), ("t (s)", "both"));
    rig.control.home();
    assert_eq!(rig.shown(0), [-10.0, 100.0, 0.0, 1.0], "home is what the program asked for");
}

#[test]
fn a_series_that_left_is_forgotten_and_one_that_came_is_dressed() {
    let set = LiveSet::default();
    let join = |name: &str| {
        let member = Member { series: LiveSeries::new(), name: name.to_owned(), color: None };
        member.series.push(0.0, 1.0);
        set.join(member)
    };
    let mut control = FigureControl::default();
    let first = join("first");
    control.arrange(&set.slot().latest());
    let ids = |control: &FigureControl| -> Vec<SeriesId> {
        control.figure().subplots.iter().flat_map(|subplot| &subplot.series).map(|style| style.id).collect()
    };
    assert_eq!(ids(&control), [first]);
    set.leave(first);
    let second = join("second");
    control.set_look(SeriesKey::Id(second), SeriesLook { width_px: 4.0, ..SeriesLook::default() });
    assert!(control.arrange(&set.slot().latest()));
    assert_eq!((ids(&control), control.figure().subplots[0].series[0].width_px), (vec![second], 4.0));
    set.leave(second);
    assert!(control.arrange(&set.slot().latest()));
    assert!(ids(&control).is_empty());
}
