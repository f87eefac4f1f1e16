//! `Series`: data of a program's own in a `FigureItem`, or the look of one of its job's series.
//!
//! GUI thread. The samples themselves are a [`LiveSeries`], which any thread may fill; this object is not needed for that,
//! and may come later and go earlier.

/// The Qt side of [`qobject::Series`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qcolor.h");
        /// Qt's colour.
        type QColor = cxx_qt_lib::QColor;
        include!("cxx-qt-lib/qpointf.h");
        /// Qt's point.
        type QPointF = cxx_qt_lib::QPointF;
        include!("cxx-qt-lib/core/qlist/qlist_f64.h");
        /// Qt's list of numbers.
        type QList_f64 = cxx_qt_lib::QList<f64>;
        include!("kymograph/src/bridge/figure_item.cxxqt.h");
        /// The figure that shows the series.
        type FigureItem = crate::bridge::figure_item::qobject::FigureItem;
    }

    /// Line patterns.
    #[qenum(Series)]
    enum Dash {
        /// Unbroken.
        Solid,
        /// Strokes.
        Dashed,
        /// Points.
        Dotted,
        /// Strokes and points in turn.
        DashDotted,
    }

    /// Marks at samples.
    #[qenum(Series)]
    enum Marker {
        /// None.
        NoMarker,
        /// A disc.
        Circle,
        /// A filled square.
        Square,
        /// A filled triangle, point up.
        Triangle,
        /// Two crossed strokes.
        Cross,
    }

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[qproperty(*mut FigureItem, figure, READ = figure, WRITE = set_figure, NOTIFY = figure_changed)]
        #[qproperty(QString, source, READ = source, WRITE = set_source, NOTIFY = source_changed)]
        #[qproperty(QString, name, READ = name, WRITE = set_name, NOTIFY = look_changed)]
        #[qproperty(QColor, color, READ = color, WRITE = set_color, NOTIFY = look_changed)]
        #[qproperty(f64, width, READ = width, WRITE = set_width, NOTIFY = look_changed)]
        #[qproperty(Dash, dash, READ = dash, WRITE = set_dash, NOTIFY = look_changed)]
        #[qproperty(Marker, marker, READ = marker, WRITE = set_marker, NOTIFY = look_changed)]
        #[qproperty(bool, visible, READ = visible, WRITE = set_visible, NOTIFY = look_changed)]
        #[qproperty(i32, count, READ = count, NOTIFY = count_changed)]
        /// A series of a figure. In a figure with a job, one whose name is that of a series of the job and that has no
        /// samples says how that looks; any other adds its own samples.
        type Series = super::SeriesRust;

        /// It is shown by another figure.
        #[qsignal]
        #[cxx_name = "figureChanged"]
        fn figure_changed(self: Pin<&mut Series>);

        /// Its samples come from elsewhere.
        #[qsignal]
        #[cxx_name = "sourceChanged"]
        fn source_changed(self: Pin<&mut Series>);

        /// Its name, or how it looks, changed; also when a person hid it or showed it again by the legend.
        #[qsignal]
        #[cxx_name = "lookChanged"]
        fn look_changed(self: Pin<&mut Series>);

        /// Samples came or went. What other threads do is told once a frame of the figure.
        #[qsignal]
        #[cxx_name = "countChanged"]
        fn count_changed(self: Pin<&mut Series>);

        /// Adds a sample at the end.
        #[qinvokable]
        pub fn append(self: Pin<&mut Series>, x: f64, y: f64);

        /// Adds samples at the end: as many `x` as `y`, else none is taken and a warning says so.
        #[qinvokable]
        #[cxx_name = "append"]
        pub fn append_all(self: Pin<&mut Series>, x: &QList_f64, y: &QList_f64);

        /// Puts samples in the place of all that are there: as many `x` as `y`, else nothing changes and a warning says so.
        #[qinvokable]
        pub fn replace(self: Pin<&mut Series>, x: &QList_f64, y: &QList_f64);

        /// Forgets all samples.
        #[qinvokable]
        pub fn clear(self: Pin<&mut Series>);

        /// Sample `index`, counted from 0; (0, 0) if there is none.
        #[qinvokable]
        pub fn at(self: &Series, index: i32) -> QPointF;
    }

    // What the properties read and write.
    extern "RustQt" {
        /// The figure that shows it; by default the one that it stands in.
        fn figure(self: &Series) -> *mut FigureItem;
        /// Sets it.
        #[cxx_name = "setFigure"]
        unsafe fn set_figure(self: Pin<&mut Series>, value: *mut FigureItem);
        /// Name in the program under which threads fill it (`kymograph::Series`); empty by default: its samples are its own.
        fn source(self: &Series) -> QString;
        /// Sets it.
        #[cxx_name = "setSource"]
        fn set_source(self: Pin<&mut Series>, value: QString);
        /// Shown in the legend; empty by default.
        fn name(self: &Series) -> QString;
        /// Sets it.
        #[cxx_name = "setName"]
        fn set_name(self: Pin<&mut Series>, value: QString);
        /// Its colour; transparent, the default, takes the next of the figure's cycle.
        fn color(self: &Series) -> QColor;
        /// Sets it.
        #[cxx_name = "setColor"]
        fn set_color(self: Pin<&mut Series>, value: QColor);
        /// Line width in logical pixels, 0.1 to 100; 1.5 by default.
        fn width(self: &Series) -> f64;
        /// Sets it.
        #[cxx_name = "setWidth"]
        fn set_width(self: Pin<&mut Series>, value: f64);
        /// Line pattern; solid by default.
        fn dash(self: &Series) -> Dash;
        /// Sets it.
        #[cxx_name = "setDash"]
        fn set_dash(self: Pin<&mut Series>, value: Dash);
        /// Mark at each sample where there is room; none by default.
        fn marker(self: &Series) -> Marker;
        /// Sets it.
        #[cxx_name = "setMarker"]
        fn set_marker(self: Pin<&mut Series>, value: Marker);
        /// Whether it is drawn; a hidden one stays in the legend, dimmed. True by default.
        fn visible(self: &Series) -> bool;
        /// Sets it.
        #[cxx_name = "setVisible"]
        fn set_visible(self: Pin<&mut Series>, value: bool);
        /// Number of samples.
        fn count(self: &Series) -> i32;
    }

    impl cxx_qt::Threading for Series {}
    impl cxx_qt::Initialize for Series {}
}

use std::pin::Pin;

use cxx_qt::casting::{Downcast, Upcast};
use cxx_qt::{CxxQtType, Initialize, Threading};
use cxx_qt_lib::{QColor, QList, QPointF, QString};

use crate::app::figure_control::SeriesLook;
use crate::batch::{Color, LengthMismatch, SeriesId};
use crate::bridge::figure_item::qobject::{CanvasItem, FigureItem};
use crate::bridge::figure_item::{Entry, color_of};
use crate::bridge::guest::Guest;
use crate::bridge::{guarded, qt};
use crate::figure::{Dash, Marker};
use crate::store::{LiveSeries, LiveSet, Member};

/// State of [`qobject::Series`].
#[derive(Default)]
pub struct SeriesRust {
    live: LiveSeries,
    source: QString,
    name: QString,
    look: SeriesLook,
    figure: Guest<FigureItem>,
    place: Option<Place>,
    told_count: usize,
}

/// The place of a series in its figure; dropping it takes the series out.
struct Place {
    set: LiveSet,
    id: SeriesId,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.set.leave(self.id);
    }
}

impl Initialize for qobject::Series {
    fn initialize(self: Pin<&mut Self>) {
        // Its parent is known when whoever makes it has made it.
        let posted = self.qt_thread().queue(|series| guarded("finding a series' figure", || series.find_figure()));
        if posted.is_err() {
            log::debug!("a series was gone before it had its place");
        }
    }
}

impl SeriesRust {
    /// Its samples, for other threads.
    pub(crate) fn live(&self) -> &LiveSeries {
        &self.live
    }

    fn member(&self) -> Member {
        Member { series: self.live.clone(), name: self.name.to_string(), color: self.look.color }
    }
}

impl qobject::Series {
    fn find_figure(mut self: Pin<&mut Self>) {
        if !self.figure.get().is_null() {
            return;
        }
        let object: &cxx_qt::QObject = self.as_ref().get_ref().upcast();
        // SAFETY: null or a living parent, on this thread, which nobody else borrows now.
        let canvas: Option<&mut CanvasItem> = unsafe { qt::enclosing_canvas(object).as_mut() };
        if let Some(figure) = canvas.and_then(|canvas| canvas.downcast_mut::<FigureItem>()) {
            let figure: *mut FigureItem = figure;
            // SAFETY: a living figure of this thread.
            unsafe { self.as_mut().set_figure(figure) };
        }
    }

    fn figure(&self) -> *mut FigureItem {
        self.figure.get()
    }

    unsafe fn set_figure(mut self: Pin<&mut Self>, value: *mut FigureItem) {
        if self.figure.get() == value {
            return;
        }
        self.as_mut().rust_mut().place = None;
        self.as_mut().rust_mut().figure = Guest::default();
        // SAFETY: QML hands over null or a living figure of this thread, which is not moved here.
        let figure = unsafe { value.as_mut().map(|figure| Pin::new_unchecked(figure)) };
        if let Some(figure) = figure {
            let guest = Guest::new(value, figure.alive());
            let thread = self.qt_thread();
            let on_frame = Box::new(move || {
                // A failed post means that the series is gone, and soon its place.
                _ = thread.queue(|series| guarded("noting a series' frame", || series.was_drawn()));
            });
            let entry = Entry { member: self.member(), look: self.look.clone(), on_frame };
            let (set, id) = figure.adopt(entry);
            let mut state = self.as_mut().rust_mut();
            (state.figure, state.place) = (guest, Some(Place { set, id }));
        }
        self.figure_changed();
    }

    /// The figure drew a frame. A person may have hidden the series there, or shown it: asked for now, because what the
    /// program set since the frame wins.
    fn was_drawn(mut self: Pin<&mut Self>) {
        // SAFETY: null or a living figure of this thread.
        let figure = unsafe { self.figure.get().as_ref() };
        let visible = figure.zip(self.place.as_ref()).and_then(|(figure, place)| figure.shows(place.id));
        if visible.is_some_and(|visible| visible != self.look.is_visible) {
            let mut state = self.as_mut().rust_mut();
            state.look.is_visible = !state.look.is_visible;
            self.as_mut().dress();
        }
        self.tell_count();
    }

    fn tell_count(mut self: Pin<&mut Self>) {
        let count = self.live.len();
        if count != self.told_count {
            self.as_mut().rust_mut().told_count = count;
            self.count_changed();
        }
    }

    /// Tells the figure how it looks now.
    fn dress(self: Pin<&mut Self>) {
        if let Some(place) = &self.place {
            place.set.change(place.id, self.member());
            let (id, name, look) = (place.id, self.name.to_string(), self.look.clone());
            // SAFETY: null or a living figure of this thread, which is not moved here.
            if let Some(figure) = unsafe { self.figure.get().as_mut().map(|figure| Pin::new_unchecked(figure)) } {
                figure.dress(id, &name, look);
            }
        }
        self.look_changed();
    }

    fn source(&self) -> QString {
        self.source.clone()
    }

    fn set_source(mut self: Pin<&mut Self>, value: QString) {
        if self.source == value {
            return;
        }
        let name = value.to_string();
        let live = if name.is_empty() { LiveSeries::new() } else { LiveSeries::named(&name) };
        let mut state = self.as_mut().rust_mut();
        (state.source, state.live) = (value, live);
        if let Some(place) = &self.place {
            place.set.change(place.id, self.member());
        }
        self.as_mut().source_changed();
        self.tell_count();
    }

    fn name(&self) -> QString {
        self.name.clone()
    }

    fn set_name(mut self: Pin<&mut Self>, value: QString) {
        if self.name != value {
            self.as_mut().rust_mut().name = value;
            self.dress();
        }
    }

    fn color(&self) -> QColor {
        self.look.color.map_or_else(
            || QColor::from_rgba(0, 0, 0, 0),
            |color| QColor::from_rgb(color.r.into(), color.g.into(), color.b.into()),
        )
    }

    fn set_color(self: Pin<&mut Self>, value: QColor) {
        let color: Option<Color> = (value.is_valid() && value.alpha() > 0).then(|| color_of(&value));
        self.set_look(|look| look.color = color);
    }

    fn width(&self) -> f64 {
        f64::from(self.look.width_px)
    }

    fn set_width(self: Pin<&mut Self>, value: f64) {
        if value.is_finite() {
            self.set_look(|look| look.width_px = value.clamp(0.1, 100.0) as f32);
        }
    }

    fn dash(&self) -> qobject::Dash {
        match self.look.dash {
            Dash::Solid => qobject::Dash::Solid,
            Dash::Dashed => qobject::Dash::Dashed,
            Dash::Dotted => qobject::Dash::Dotted,
            Dash::DashDotted => qobject::Dash::DashDotted,
        }
    }

    fn set_dash(self: Pin<&mut Self>, value: qobject::Dash) {
        let dash = match value {
            qobject::Dash::Dashed => Dash::Dashed,
            qobject::Dash::Dotted => Dash::Dotted,
            qobject::Dash::DashDotted => Dash::DashDotted,
            _ => Dash::Solid,
        };
        self.set_look(|look| look.dash = dash);
    }

    fn marker(&self) -> qobject::Marker {
        match self.look.marker {
            Marker::None => qobject::Marker::NoMarker,
            Marker::Circle => qobject::Marker::Circle,
            Marker::Square => qobject::Marker::Square,
            Marker::Triangle => qobject::Marker::Triangle,
            Marker::Cross => qobject::Marker::Cross,
        }
    }

    fn set_marker(self: Pin<&mut Self>, value: qobject::Marker) {
        let marker = match value {
            qobject::Marker::Circle => Marker::Circle,
            qobject::Marker::Square => Marker::Square,
            qobject::Marker::Triangle => Marker::Triangle,
            qobject::Marker::Cross => Marker::Cross,
            _ => Marker::None,
        };
        self.set_look(|look| look.marker = marker);
    }

    fn visible(&self) -> bool {
        self.look.is_visible
    }

    fn set_visible(self: Pin<&mut Self>, value: bool) {
        self.set_look(|look| look.is_visible = value);
    }

    fn set_look(mut self: Pin<&mut Self>, change: impl FnOnce(&mut SeriesLook)) {
        let mut look = self.look.clone();
        change(&mut look);
        if look != self.look {
            self.as_mut().rust_mut().look = look;
            self.dress();
        }
    }

    fn count(&self) -> i32 {
        i32::try_from(self.live.len()).unwrap_or(i32::MAX)
    }

    /// Adds a sample at the end.
    pub fn append(self: Pin<&mut Self>, x: f64, y: f64) {
        guarded("appending a sample", || self.live.push(x, y));
        self.tell_count();
    }

    /// Adds samples at the end.
    pub fn append_all(self: Pin<&mut Self>, x: &QList<f64>, y: &QList<f64>) {
        let refusal = guarded("appending samples", || self.live.append(&numbers(x), &numbers(y)).err());
        self.after(refusal);
    }

    /// Puts samples in the place of all that are there.
    pub fn replace(self: Pin<&mut Self>, x: &QList<f64>, y: &QList<f64>) {
        let refusal = guarded("replacing samples", || self.live.replace(&numbers(x), &numbers(y)).err());
        self.after(refusal);
    }

    /// Forgets all samples.
    pub fn clear(self: Pin<&mut Self>) {
        guarded("clearing a series", || self.live.clear());
        self.tell_count();
    }

    fn after(self: Pin<&mut Self>, refusal: Option<LengthMismatch>) {
        if let Some(refusal) = refusal {
            log::warn!("the series \"{}\" did not change: {refusal}", self.name);
        }
        self.tell_count();
    }

    /// Sample `index`.
    pub fn at(&self, index: i32) -> QPointF {
        let sample = usize::try_from(index).ok().and_then(|index| self.live.sample(index));
        sample.map(|(x, y)| QPointF::new(x, y)).unwrap_or_default()
    }
}

fn numbers(list: &QList<f64>) -> Vec<f64> {
    list.iter().copied().collect()
}
