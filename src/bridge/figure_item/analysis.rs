//! What people look into curves with: smoothing, the right-hand axis, what x means, cursors, notes, events.
//!
//! GUI thread.

use std::path::{Path, PathBuf};
use std::pin::Pin;

use cxx_qt::{CxxQtType, Threading};
use cxx_qt_lib::{QList, QRectF, QString, QStringList, QUrl};

use super::qobject;
use crate::app::figure_control::{Changed, FigureControl, FigurePart};
use crate::app::printable::printable;
use crate::app::session_file::{FigureSpec, SessionFile, SessionFileError};
use crate::batch::SeriesId;
use crate::figure::cursors::{CursorRow, CursorValue, CursorX};
use crate::figure::{Annotation, Dash, EventLine, EventPlace, Pin as Cursor, Smoothing, XLink, XMode, YAxis};
use crate::job::spawn_detached;

/// Curves that a list shows at most: nobody looks through more one by one.
const MOST_CURVES: usize = 200;

impl qobject::FigureItem {
    pub(super) fn smoothing(&self) -> f64 {
        if let Smoothing::Exponential { weight } = self.control.smoothing() { weight } else { 0.0 }
    }

    pub(super) fn set_smoothing(self: Pin<&mut Self>, value: f64) {
        self.act("smoothing", |control| control.set_smoothing(Smoothing::Exponential { weight: value }));
    }

    pub(super) fn median_window(&self) -> i32 {
        if let Smoothing::Median { window } = self.control.smoothing() { i32::try_from(window).unwrap_or(0) } else { 0 }
    }

    pub(super) fn set_median_window(self: Pin<&mut Self>, value: i32) {
        let window = u32::try_from(value).unwrap_or(0);
        self.act("smoothing", |control| control.set_smoothing(Smoothing::Median { window }));
    }

    pub(super) fn x_mode(&self) -> qobject::XMode {
        match self.control.x_mode() {
            XMode::Value => qobject::XMode::OwnX,
            XMode::RelativeSecs => qobject::XMode::SinceStart,
            XMode::WallClock => qobject::XMode::TimeOfDay,
        }
    }

    pub(super) fn set_x_mode(self: Pin<&mut Self>, value: qobject::XMode) {
        let mode = match value {
            qobject::XMode::SinceStart => XMode::RelativeSecs,
            qobject::XMode::TimeOfDay => XMode::WallClock,
            _ => XMode::Value,
        };
        self.act("x axis", |control| control.set_x_mode(mode));
    }

    pub(super) fn part(&self) -> qobject::Part {
        match self.control.part() {
            FigurePart::All => qobject::Part::AllSeries,
            FigurePart::Values => qobject::Part::Values,
            FigurePart::Resources => qobject::Part::Resources,
        }
    }

    pub(super) fn set_part(self: Pin<&mut Self>, value: qobject::Part) {
        let part = match value {
            qobject::Part::Values => FigurePart::Values,
            qobject::Part::Resources => FigurePart::Resources,
            _ => FigurePart::All,
        };
        self.act("part", |control| control.set_part(part));
    }

    pub(super) fn has_resources(&self) -> bool {
        self.control.has_resources()
    }

    pub(super) fn has_linked_x(&self) -> bool {
        self.control.x_link() == XLink::All
    }

    pub(super) fn set_has_linked_x(self: Pin<&mut Self>, value: bool) {
        let link = if value { XLink::All } else { XLink::AsGrid };
        self.act("linked axes", |control| control.set_x_link(link));
    }

    /// Names of the curves, for a list.
    pub fn list_curves(&self) -> QStringList {
        self.control.curves(MOST_CURVES).iter().map(|curve| QString::from(&*printable(&curve.name))).collect()
    }

    /// Whether a curve of that list stands on the right-hand axis.
    pub fn is_curve_right(&self, index: i32) -> bool {
        self.curve(index).is_some_and(|curve| curve.is_right)
    }

    /// Whether a curve of that list is drawn.
    pub fn is_curve_visible(&self, index: i32) -> bool {
        self.curve(index).is_some_and(|curve| curve.is_visible)
    }

    fn curve(&self, index: i32) -> Option<crate::app::figure_control::Curve> {
        self.control.curves(MOST_CURVES).into_iter().nth(usize::try_from(index).ok()?)
    }

    /// Puts a curve of that list on the right-hand axis, or back on the left.
    pub fn set_curve_right(self: Pin<&mut Self>, index: i32, is_right: bool) {
        let axis = if is_right { YAxis::Right } else { YAxis::Left };
        self.with_curve(index, |control, series| control.set_series_axis(series, axis));
    }

    /// Draws a curve of that list, or leaves it out.
    pub fn set_curve_visible(self: Pin<&mut Self>, index: i32, is_visible: bool) {
        self.with_curve(index, |control, series| control.set_series_visible(series, is_visible));
    }

    fn with_curve(self: Pin<&mut Self>, index: i32, change: impl FnOnce(&mut FigureControl, SeriesId) -> Changed) {
        if let Some(curve) = self.curve(index) {
            self.act("a curve", |control| change(control, curve.id));
        }
    }

    pub(super) fn moment(&self) -> f64 {
        self.control.moment().map_or(f64::NAN, |nanos| nanos as f64)
    }

    pub(super) fn set_moment(self: Pin<&mut Self>, value: f64) {
        let moment = value.is_finite().then_some(value as i64);
        self.act("a moment", |control| control.set_moment(moment));
    }

    /// The moment that a place of the item stands for; NaN if it is not known.
    pub fn moment_at(&self, x: f64, y: f64) -> f64 {
        self.control.moment_at([x, y]).map_or(f64::NAN, |nanos| nanos as f64)
    }

    /// Pins cursor A (0) or B (1) to the x under a place of the item.
    pub fn pin_cursor(mut self: Pin<&mut Self>, cursor: i32, x: f64, y: f64) {
        let pin = if cursor == 0 { Cursor::A } else { Cursor::B };
        self.as_mut().act("cursor", |control| control.pin_at(pin, [x, y]));
        self.want_table();
    }

    /// Takes both cursors away.
    pub fn unpin_cursors(mut self: Pin<&mut Self>) {
        for pin in [Cursor::A, Cursor::B] {
            self.as_mut().act("cursor", |control| control.pin(pin, None));
        }
        self.want_table();
    }

    pub(super) fn has_cursors(&self) -> bool {
        self.control.pinned(Cursor::A).is_some() || self.control.pinned(Cursor::B).is_some()
    }

    /// Has the figure's thread read all curves at the cursors while there is one.
    fn want_table(mut self: Pin<&mut Self>) {
        let has_cursors = self.has_cursors();
        if let Some(thread) = &self.thread {
            thread.set_table(has_cursors);
        }
        if !has_cursors {
            self.as_mut().rust_mut().table = None;
        }
        self.table_changed();
    }

    /// Takes what the figure's thread has read.
    pub(super) fn take_table(mut self: Pin<&mut Self>) {
        let table = self.thread.as_ref().and_then(|thread| thread.take_table());
        if let Some(table) = table.filter(|_| self.has_cursors()) {
            self.as_mut().rust_mut().table = Some(table);
            self.table_changed();
        }
    }

    pub(super) fn table_head(&self) -> QStringList {
        let text = |x: &Option<CursorX>| x.as_ref().map(|x| x.text.clone()).unwrap_or_default();
        let table = self.table.as_ref();
        let cells = table.map(|table| [&table.pointer, &table.a, &table.b, &table.delta_x, &table.rate].map(text));
        cells.unwrap_or_default().iter().map(QString::from).collect()
    }

    pub(super) fn table_cells(&self) -> QStringList {
        let value = |value: &Option<CursorValue>| {
            value.as_ref().map_or_else(String::new, |value| match &value.smoothed {
                Some(smoothed) => format!("{} ({})", smoothed.text, value.y_text),
                None => value.y_text.clone(),
            })
        };
        let delta = |row: &CursorRow| {
            let delta = row.smoothed_delta.as_ref().or(row.delta.as_ref());
            delta.map(|delta| delta.text.clone()).unwrap_or_default()
        };
        let rows = self.table.iter().flat_map(|table| &table.rows);
        let cells = rows.flat_map(|row| {
            let color = format!("#{:02x}{:02x}{:02x}", row.color.r, row.color.g, row.color.b);
            [color, printable(&row.name).into_owned(), value(&row.pointer), value(&row.a), value(&row.b), delta(row)]
        });
        cells.map(|cell| QString::from(&cell)).collect()
    }

    /// Writes a text at a place of the item, with an arrow to it.
    pub fn add_note(self: Pin<&mut Self>, x: f64, y: f64, text: &QString) {
        let text = text.to_string();
        self.act("a note", |control| {
            let Some((subplot, [x, y])) = control.data_at([x, y]).filter(|_| !text.is_empty()) else {
                return Changed::default();
            };
            let note = Annotation { text, x, y, axis: YAxis::Left, has_arrow: true, color: None };
            control.add_annotation(subplot, note);
            Changed::FIGURE
        });
    }

    /// Draws an upright line at a place of the item, with a label.
    pub fn add_event(self: Pin<&mut Self>, x: f64, y: f64, label: &QString) {
        let label = label.to_string();
        self.act("an event", |control| {
            let Some((subplot, [x, _])) = control.data_at([x, y]) else { return Changed::default() };
            control.add_event(subplot, EventLine { at: EventPlace::X(x), label, color: None, dash: Dash::Dashed });
            Changed::FIGURE
        });
    }

    /// Writes how the figure is laid out to a local file; `layout_done` follows.
    pub fn save_layout(self: Pin<&mut Self>, url: &QUrl) {
        let session = SessionFile::of_figure(self.control.session(&self.run_names()));
        self.with_file(url, move |path| session.write(path).map(|()| None));
    }

    /// Lays the figure out as a local file says; `layout_done` follows.
    pub fn load_layout(self: Pin<&mut Self>, url: &QUrl) {
        self.with_file(url, |path| FigureSpec::read(path).map(Some));
    }

    /// How the figure is laid out, without its view, as a figure of a session file.
    pub fn layout_text(&self) -> QString {
        let spec = self.control.lasting_session(&self.run_names());
        QString::from(&serde_json::to_string(&spec).unwrap_or_default())
    }

    /// Lays the figure out as such a text says, for as long as it shows this job.
    pub fn restore_layout(mut self: Pin<&mut Self>, text: &QString) {
        match serde_json::from_str::<FigureSpec>(&text.to_string()) {
            Ok(spec) => {
                let runs = self.run_names();
                self.as_mut().act("layout", |control| control.set_session(spec, runs));
                self.as_mut().rust_mut().is_restored = true;
            }
            Err(error) => log::warn!("the layout of the last time is not understood: {error}"),
        }
    }

    /// x under the pointer in data units; NaN outside of the plotting areas.
    pub(super) fn pointer_x(&self) -> f64 {
        self.control.pointer_x().map_or(f64::NAN, |(x, _)| x)
    }

    pub(super) fn is_pointer_time(&self) -> bool {
        self.control.pointer_x().is_some_and(|(_, is_time)| is_time)
    }

    /// Where the pointer of a figure stands in the subplots of this one: for each line its x, its upper end and its length.
    pub fn pointer_lines(&self, x: f64, is_time: bool) -> QList<f64> {
        let mut numbers = QList::default();
        for line in self.control.crosshair_lines(x, is_time) {
            [line.x, line.top, line.height].into_iter().for_each(|number| numbers.append(number));
        }
        numbers
    }

    /// Names of the runs, where several are shown together.
    pub(super) fn run_names(&self) -> Vec<String> {
        let jobs = self.parts.job_names();
        if !jobs.is_empty() {
            return jobs;
        }
        // SAFETY: null, or a living object of this thread.
        unsafe { self.job().as_ref() }.map(|job| job.rust().kind().run_names()).unwrap_or_default()
    }

    /// Does something with a file where it may take its time, and lays the figure out by what comes of it.
    fn with_file(
        self: Pin<&mut Self>,
        url: &QUrl,
        act: impl FnOnce(&Path) -> Result<Option<FigureSpec>, SessionFileError> + Send + 'static,
    ) {
        let path = PathBuf::from(url.to_local_file().unwrap_or_default().to_string());
        let queue = self.qt_thread();
        let acted = spawn_detached("layout", move |_| {
            let done = act(&path);
            // A failed post means that the figure is gone.
            _ = queue.queue(move |mut item| {
                let path = QString::from(&*path.to_string_lossy());
                let error = done.as_ref().err().map(ToString::to_string).unwrap_or_default();
                if let Ok(Some(spec)) = done {
                    let runs = item.run_names();
                    item.as_mut().act("layout", |control| control.set_session(spec, runs));
                }
                item.layout_done(&path, &QString::from(&error));
            });
            Ok(())
        });
        if let Err(error) = acted {
            self.layout_done(&QString::default(), &QString::from(&error.to_string()));
        }
    }

    /// Takes all notes and event lines away.
    pub fn clear_marks(self: Pin<&mut Self>) {
        self.act("notes", FigureControl::clear_marks);
    }

    /// Where a curve goes that is dropped at a place of the item; empty outside of the plotting areas.
    pub fn drop_area(&self, x: f64, y: f64) -> QRectF {
        self.control
            .drop_place([x, y])
            .map(|(_, [x, y, width, height])| QRectF::new(x, y, width, height))
            .unwrap_or_default()
    }

    /// Number of subplots.
    pub fn subplot_count(&self) -> i32 {
        i32::try_from(self.control.figure().subplots.len()).unwrap_or(i32::MAX)
    }

    /// Whether there are notes or event lines.
    pub fn has_marks(&self) -> bool {
        self.control.has_marks()
    }
}
