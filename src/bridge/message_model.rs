//! `MessageModel`: the lines of one pane as a list model.
//!
//! GUI thread. The lines themselves are kept by `app::pane_log`; the model tells Qt which rows came and went.

/// The Qt side of [`qobject::MessageModel`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qhash.h");
        /// Names of the roles.
        type QHash_i32_QByteArray = cxx_qt_lib::QHash<cxx_qt_lib::QHashPair_i32_QByteArray>;
        include!("cxx-qt-lib/qlist.h");
        /// Qt's list of numbers.
        type QList_i32 = cxx_qt_lib::QList<i32>;
        include!("cxx-qt-lib/qvariant.h");
        /// Qt's value of any type.
        type QVariant = cxx_qt_lib::QVariant;
        include!("cxx-qt-lib/qcolor.h");
        /// Qt's colour.
        type QColor = cxx_qt_lib::QColor;
        include!("cxx-qt-lib/qmodelindex.h");
        /// A row of the model.
        type QModelIndex = cxx_qt_lib::QModelIndex;
    }

    unsafe extern "C++Qt" {
        include!(<QtCore/QAbstractListModel>);
        /// Qt's base of list models.
        #[qobject]
        type QAbstractListModel;
    }

    unsafe extern "C++" {
        include!("kymograph/src/bridge/job.cxxqt.h");
        /// The job whose messages are shown.
        type Job = crate::bridge::job::qobject::Job;
    }

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[base = QAbstractListModel]
        #[qproperty(*mut Job, job, READ = job, WRITE = set_job, NOTIFY = job_changed)]
        #[qproperty(i32, pane, READ, WRITE = set_pane, NOTIFY = job_changed)]
        #[qproperty(QColor, background_color, cxx_name = "backgroundColor", READ, WRITE = set_background_color, NOTIFY = colors_changed)]
        #[qproperty(QColor, text_color, cxx_name = "textColor", READ, WRITE = set_text_color, NOTIFY = colors_changed)]
        #[qproperty(i32, count, READ = count, NOTIFY = count_changed)]
        #[qproperty(f64, total, READ = total, NOTIFY = count_changed)]
        /// The newest lines of pane `pane` (0 control, 1 worker, 2 receiver) of `job`. Roles: `time`, `text`, `level`
        /// (0 info, 1 warning, 2 error), `styled` (with the colours that a program chose, as styled text with all of it
        /// escaped; empty if it chose none).
        type MessageModel = super::MessageModelRust;

        /// Another job or pane is shown.
        #[qsignal]
        #[cxx_name = "jobChanged"]
        fn job_changed(self: Pin<&mut MessageModel>);

        /// The pane has other colours.
        #[qsignal]
        #[cxx_name = "colorsChanged"]
        fn colors_changed(self: Pin<&mut MessageModel>);

        /// Lines came or went.
        #[qsignal]
        #[cxx_name = "countChanged"]
        fn count_changed(self: Pin<&mut MessageModel>);

        /// Row of the next line after row `from` that contains `needle` whatever the case, going round; -1 if none does.
        #[qinvokable]
        pub fn find(self: &MessageModel, needle: &QString, from: i32, backwards: bool) -> i32;

        /// The rows `first` to `last`, both included, as lines of time, tab and text.
        #[qinvokable]
        pub fn text(self: &MessageModel, first: i32, last: i32) -> QString;

        /// Time of a row in seconds since the start; NaN if there is no such row.
        #[qinvokable]
        #[cxx_name = "timeOf"]
        pub fn time_of(self: &MessageModel, row: i32) -> f64;

        /// The row whose time is nearest to one in seconds since the start; -1 if there is none.
        #[qinvokable]
        #[cxx_name = "rowNear"]
        pub fn row_near(self: &MessageModel, time_secs: f64) -> i32;

        /// Forgets all lines.
        #[qinvokable]
        pub fn clear(self: Pin<&mut MessageModel>);
    }

    // What the properties read and write.
    extern "RustQt" {
        /// The job.
        fn job(self: &MessageModel) -> *mut Job;
        /// Shows the lines of another job.
        ///
        /// # Safety
        /// `job` is null or a living object of this thread.
        #[cxx_name = "setJob"]
        unsafe fn set_job(self: Pin<&mut MessageModel>, job: *mut Job);
        /// Shows another pane.
        #[cxx_name = "setPane"]
        fn set_pane(self: Pin<&mut MessageModel>, pane: i32);
        /// Sets what is behind the lines: the colours that programs choose are made legible there.
        #[cxx_name = "setBackgroundColor"]
        fn set_background_color(self: Pin<&mut MessageModel>, value: QColor);
        /// Sets the colour of plain text.
        #[cxx_name = "setTextColor"]
        fn set_text_color(self: Pin<&mut MessageModel>, value: QColor);
        /// Rows now.
        fn count(self: &MessageModel) -> i32;
        /// Lines since the last clear, dropped ones included.
        fn total(self: &MessageModel) -> f64;
    }

    // QAbstractListModel.
    extern "RustQt" {
        /// Value of a role of a row.
        #[cxx_override]
        fn data(self: &MessageModel, index: &QModelIndex, role: i32) -> QVariant;
        /// Names of the roles.
        #[cxx_override]
        #[cxx_name = "roleNames"]
        fn role_names(self: &MessageModel) -> QHash_i32_QByteArray;
        /// Rows now.
        #[cxx_override]
        #[cxx_name = "rowCount"]
        fn row_count(self: &MessageModel, parent: &QModelIndex) -> i32;
    }

    unsafe extern "RustQt" {
        /// Rows have other values.
        #[inherit]
        #[qsignal]
        #[cxx_name = "dataChanged"]
        fn data_changed(self: Pin<&mut MessageModel>, first: &QModelIndex, last: &QModelIndex, roles: &QList_i32);
        /// The place of a row.
        #[inherit]
        fn index(self: &MessageModel, row: i32, column: i32, parent: &QModelIndex) -> QModelIndex;
        /// # Safety
        /// To be followed by `end_insert_rows` after exactly these rows were added.
        #[inherit]
        #[cxx_name = "beginInsertRows"]
        unsafe fn begin_insert_rows(self: Pin<&mut MessageModel>, parent: &QModelIndex, first: i32, last: i32);
        /// # Safety
        /// Ends `begin_insert_rows`.
        #[inherit]
        #[cxx_name = "endInsertRows"]
        unsafe fn end_insert_rows(self: Pin<&mut MessageModel>);
        /// # Safety
        /// To be followed by `end_remove_rows` after exactly these rows were removed.
        #[inherit]
        #[cxx_name = "beginRemoveRows"]
        unsafe fn begin_remove_rows(self: Pin<&mut MessageModel>, parent: &QModelIndex, first: i32, last: i32);
        /// # Safety
        /// Ends `begin_remove_rows`.
        #[inherit]
        #[cxx_name = "endRemoveRows"]
        unsafe fn end_remove_rows(self: Pin<&mut MessageModel>);
        /// # Safety
        /// To be followed by `end_reset_model`.
        #[inherit]
        #[cxx_name = "beginResetModel"]
        unsafe fn begin_reset_model(self: Pin<&mut MessageModel>);
        /// # Safety
        /// Ends `begin_reset_model`.
        #[inherit]
        #[cxx_name = "endResetModel"]
        unsafe fn end_reset_model(self: Pin<&mut MessageModel>);
    }

    impl cxx_qt::Threading for MessageModel {}
}

use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cxx_qt::{CxxQtType, Threading};
use cxx_qt_lib::{QColor, QHash, QHashPair_i32_QByteArray, QList, QModelIndex, QString, QVariant};

use crate::app::feed::JobFeed;
use crate::app::terminal_colors::TerminalColors;
use crate::batch::{Level, Pane};
use crate::bridge::figure_item::color_of;
use crate::bridge::guarded;
use crate::bridge::roles::Roles;

/// The roles, from `Qt::UserRole` on.
const ROLES: Roles<4> = Roles(["time", "text", "level", "styled"]);

/// State of [`qobject::MessageModel`].
pub struct MessageModelRust {
    job: *mut qobject::Job,
    pane: i32,
    feed: Option<Arc<JobFeed>>,
    // Numbers of the lines that Qt knows as rows: first, and one past the last.
    rows: (u64, u64),
    generation: u64,
    // Replaced lines that Qt knows of.
    replacements: u64,
    background_color: QColor,
    text_color: QColor,
    // Set while a look at the lines is queued; dropped with the model, which ends the listening.
    wake: Arc<AtomicBool>,
}

impl Default for MessageModelRust {
    fn default() -> Self {
        Self {
            job: ptr::null_mut(),
            pane: 0,
            feed: None,
            rows: (0, 0),
            generation: 0,
            replacements: 0,
            background_color: QColor::default(),
            text_color: QColor::default(),
            wake: Arc::default(),
        }
    }
}

impl MessageModelRust {
    fn shown_pane(&self) -> Pane {
        usize::try_from(self.pane).ok().and_then(|pane| Pane::ALL.get(pane).copied()).unwrap_or(Pane::Control)
    }

    fn number(&self, row: i32) -> Option<u64> {
        let number = self.rows.0 + u64::try_from(row).ok()?;
        (number < self.rows.1).then_some(number)
    }

    fn row_total(&self) -> i32 {
        i32::try_from(self.rows.1 - self.rows.0).unwrap_or(i32::MAX)
    }
}

impl qobject::MessageModel {
    fn job(&self) -> *mut qobject::Job {
        self.job
    }

    unsafe fn set_job(mut self: Pin<&mut Self>, job: *mut qobject::Job) {
        if self.job == job {
            return;
        }
        // SAFETY: QML hands over null or a living object of this thread; only its feed is kept.
        let feed = unsafe { job.as_ref() }.map(|job| Arc::clone(job.rust().feed()));
        if let Some(feed) = &feed {
            let thread = self.qt_thread();
            let pending = Arc::new(AtomicBool::new(false));
            let alive = Arc::downgrade(&pending);
            feed.listen(Box::new(move || {
                let Some(pending) = alive.upgrade() else { return false };
                pending.swap(true, Ordering::AcqRel)
                    || thread.queue(|model| guarded("showing messages", || model.sync())).is_ok()
            }));
            self.as_mut().rust_mut().wake = pending;
        }
        let mut state = self.as_mut().rust_mut();
        state.job = job;
        state.feed = feed;
        self.as_mut().reset();
        self.job_changed();
    }

    fn set_pane(mut self: Pin<&mut Self>, pane: i32) {
        self.as_mut().rust_mut().pane = pane;
        self.as_mut().reset();
        self.job_changed();
    }

    fn set_background_color(mut self: Pin<&mut Self>, value: QColor) {
        if self.background_color != value {
            self.as_mut().rust_mut().background_color = value;
            self.as_mut().colors_changed();
            self.reset();
        }
    }

    fn set_text_color(mut self: Pin<&mut Self>, value: QColor) {
        if self.text_color != value {
            self.as_mut().rust_mut().text_color = value;
            self.as_mut().colors_changed();
            self.reset();
        }
    }

    /// Tells Qt which rows came and went since the last time.
    fn sync(mut self: Pin<&mut Self>) {
        self.wake.store(false, Ordering::Release);
        let Some(feed) = self.feed.clone() else { return };
        let (generation, first, end, replacements, replaced) = {
            let log = feed.pane(self.shown_pane());
            let replaced = log.replaced_since(self.replacements);
            (log.generation(), log.first_number(), log.end_number(), log.replacements(), replaced)
        };
        let (old_first, old_end) = self.rows;
        if (generation, first, end, replacements) == (self.generation, old_first, old_end, self.replacements) {
            return;
        }
        self.as_mut().rust_mut().replacements = replacements;
        if generation != self.generation || first >= old_end {
            return self.reset();
        }
        let root = QModelIndex::default();
        let row = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        if first > old_first {
            // SAFETY: exactly the rows before `first` are removed between begin and end.
            unsafe { self.as_mut().begin_remove_rows(&root, 0, row(first - old_first - 1)) };
            self.as_mut().rust_mut().rows.0 = first;
            // SAFETY: ends the call above.
            unsafe { self.as_mut().end_remove_rows() };
        }
        if end > old_end {
            // SAFETY: exactly the rows from `old_end` on are added between begin and end.
            unsafe { self.as_mut().begin_insert_rows(&root, row(old_end - first), row(end - first - 1)) };
            self.as_mut().rust_mut().rows.1 = end;
            // SAFETY: ends the call above.
            unsafe { self.as_mut().end_insert_rows() };
        }
        // Rows that are new were read as they are now.
        if let Some((from, to)) = replaced.map(|(from, to)| (from.max(first), to.min(old_end.saturating_sub(1))))
            && from <= to
        {
            let (from, to) = (self.index(row(from - first), 0, &root), self.index(row(to - first), 0, &root));
            self.as_mut().data_changed(&from, &to, &QList::default());
        }
        self.count_changed();
    }

    fn reset(mut self: Pin<&mut Self>) {
        // SAFETY: the rows are replaced between begin and end.
        unsafe { self.as_mut().begin_reset_model() };
        let known = self.feed.as_ref().map(|feed| {
            let log = feed.pane(self.shown_pane());
            (log.generation(), (log.first_number(), log.end_number()), log.replacements())
        });
        let mut state = self.as_mut().rust_mut();
        (state.generation, state.rows, state.replacements) = known.unwrap_or_default();
        // SAFETY: ends the call above.
        unsafe { self.as_mut().end_reset_model() };
        self.count_changed();
    }

    /// Row of the next line after row `from` that contains `needle`; -1 if none does.
    pub fn find(&self, needle: &QString, from: i32, backwards: bool) -> i32 {
        let Some(feed) = &self.feed else { return -1 };
        let from = self.rows.0 + u64::try_from(from).unwrap_or(0);
        let found = feed.pane(self.shown_pane()).find(&needle.to_string(), from, backwards);
        found
            .filter(|number| (self.rows.0..self.rows.1).contains(number))
            .and_then(|number| i32::try_from(number - self.rows.0).ok())
            .unwrap_or(-1)
    }

    /// The rows `first` to `last` as text.
    pub fn text(&self, first: i32, last: i32) -> QString {
        match (&self.feed, self.number(first.max(0)), self.number(last.min(self.row_total() - 1))) {
            (Some(feed), Some(first), Some(last)) => QString::from(&feed.pane(self.shown_pane()).text(first, last)),
            _ => QString::default(),
        }
    }

    /// Time of a row in seconds since the start; NaN if there is no such row.
    pub fn time_of(&self, row: i32) -> f64 {
        let feed = self.feed.as_ref().zip(self.number(row));
        feed.and_then(|(feed, number)| feed.pane(self.shown_pane()).time_of(number)).unwrap_or(f64::NAN)
    }

    /// The row whose time is nearest to one in seconds since the start; -1 if there is none.
    pub fn row_near(&self, time_secs: f64) -> i32 {
        let number = self.feed.as_ref().and_then(|feed| feed.pane(self.shown_pane()).row_near(time_secs));
        let row = number.and_then(|number| number.checked_sub(self.rows.0));
        row.and_then(|row| i32::try_from(row).ok()).filter(|row| *row < self.row_total()).unwrap_or(-1)
    }

    /// Forgets all lines.
    pub fn clear(self: Pin<&mut Self>) {
        if let Some(feed) = self.feed.clone() {
            feed.pane(self.shown_pane()).clear();
            feed.panes_changed();
        }
    }

    fn count(&self) -> i32 {
        self.row_total()
    }

    fn total(&self) -> f64 {
        self.feed.as_ref().map_or(0.0, |feed| feed.pane(self.shown_pane()).total() as f64)
    }

    fn row_count(&self, _parent: &QModelIndex) -> i32 {
        self.row_total()
    }

    fn data(&self, index: &QModelIndex, role: i32) -> QVariant {
        let (Some(feed), Some(number)) = (&self.feed, self.number(index.row())) else { return QVariant::default() };
        let log = feed.pane(self.shown_pane());
        let Some(line) = log.line(number) else { return QVariant::default() };
        match ROLES.name(role) {
            Some("time") => QVariant::from(&QString::from(&line.time)),
            Some("text") => QVariant::from(&QString::from(&line.text)),
            Some("styled") if line.spans.is_empty() => QVariant::from(&QString::default()),
            Some("styled") => {
                let colors = TerminalColors::new(color_of(&self.background_color), color_of(&self.text_color));
                QVariant::from(&QString::from(&colors.styled(&line.text, &line.spans)))
            }
            Some("level") => QVariant::from(&match line.level {
                Level::Info => 0_i32,
                Level::Warning => 1,
                Level::Error => 2,
            }),
            _ => QVariant::default(),
        }
    }

    fn role_names(&self) -> QHash<QHashPair_i32_QByteArray> {
        ROLES.names()
    }
}
