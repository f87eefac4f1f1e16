//! `SeriesModel`: the curves of a figure as a list model, and what a person does to them there.
//!
//! GUI thread. Looks when it is asked to; rows that only have other values stay where they are.

/// The Qt side of [`qobject::SeriesModel`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qstringlist.h");
        /// Qt's list of strings.
        type QStringList = cxx_qt_lib::QStringList;
        include!("cxx-qt-lib/qcolor.h");
        /// Qt's colour.
        type QColor = cxx_qt_lib::QColor;
        include!("cxx-qt-lib/qhash.h");
        /// Names of the roles.
        type QHash_i32_QByteArray = cxx_qt_lib::QHash<cxx_qt_lib::QHashPair_i32_QByteArray>;
        include!("cxx-qt-lib/qlist.h");
        /// Qt's list of numbers.
        type QList_i32 = cxx_qt_lib::QList<i32>;
        include!("cxx-qt-lib/qvariant.h");
        /// Qt's value of any type.
        type QVariant = cxx_qt_lib::QVariant;
        include!("cxx-qt-lib/qmodelindex.h");
        /// A row of the model.
        type QModelIndex = cxx_qt_lib::QModelIndex;
    }

    unsafe extern "C++" {
        include!(<QtCore/QAbstractListModel>);
        /// Qt's base of list models, which one bridge alone may declare.
        type QAbstractListModel = crate::bridge::message_model::qobject::QAbstractListModel;
        include!("kymograph/src/bridge/figure_item.cxxqt.h");
        /// The figure whose curves are listed.
        type FigureItem = crate::bridge::figure_item::qobject::FigureItem;
    }

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[base = QAbstractListModel]
        #[qproperty(*mut FigureItem, figure, READ = figure, WRITE = set_figure, NOTIFY = figure_changed)]
        #[qproperty(QString, filter, READ, WRITE = set_filter, NOTIFY = filter_changed)]
        #[qproperty(i32, count, READ = count, NOTIFY = count_changed)]
        #[qproperty(i32, total, READ = total, NOTIFY = count_changed)]
        /// The curves, below their runs where there are several. Roles: `isRun`, `run`, `name`, `color`, `isShown`, `isRight`,
        /// `last`, `best` (to be read; empty without a value), `bestIsMost`, `subplot`, `isCollapsed`.
        type SeriesModel = super::SeriesModelRust;

        /// Another figure is listed.
        #[qsignal]
        #[cxx_name = "figureChanged"]
        fn figure_changed(self: Pin<&mut SeriesModel>);

        /// Other curves are wanted.
        #[qsignal]
        #[cxx_name = "filterChanged"]
        fn filter_changed(self: Pin<&mut SeriesModel>);

        /// Curves came or went.
        #[qsignal]
        #[cxx_name = "countChanged"]
        fn count_changed(self: Pin<&mut SeriesModel>);

        /// Brings the rows up to date.
        #[qinvokable]
        pub fn look(self: Pin<&mut SeriesModel>);

        /// Draws the curve of a row, or all of a run, or leaves them out.
        #[qinvokable]
        #[cxx_name = "setShown"]
        pub fn set_shown(self: Pin<&mut SeriesModel>, row: i32, is_shown: bool);

        /// Draws the curve of a row, or all of a run, and no others.
        #[qinvokable]
        #[cxx_name = "showOnly"]
        pub fn show_only(self: Pin<&mut SeriesModel>, row: i32);

        /// Draws all curves.
        #[qinvokable]
        #[cxx_name = "showAll"]
        pub fn show_all(self: Pin<&mut SeriesModel>);

        /// Puts the curve of a row on the right-hand axis, or back on the left.
        #[qinvokable]
        #[cxx_name = "setRight"]
        pub fn set_right(self: Pin<&mut SeriesModel>, row: i32, is_right: bool);

        /// Draws the curve of a row in this colour.
        #[qinvokable]
        #[cxx_name = "setColor"]
        pub fn set_color(self: Pin<&mut SeriesModel>, row: i32, color: &QColor);

        /// The colours to choose from: those that the figure gives to its curves by itself, and the two ends of grey.
        #[qinvokable]
        pub fn choices(self: &SeriesModel) -> QStringList;

        /// Draws the curve of a row in its own colour again.
        #[qinvokable]
        #[cxx_name = "resetColor"]
        pub fn reset_color(self: Pin<&mut SeriesModel>, row: i32);

        /// Says whether the greatest value of the curve of a row is its best, or the least.
        #[qinvokable]
        #[cxx_name = "setBestIsMost"]
        pub fn set_best_is_most(self: Pin<&mut SeriesModel>, row: i32, is_most: bool);

        /// Puts the curve of a row into the subplot at a place of the figure, or into a new one at its foot. Returns whether
        /// there is such a place.
        #[qinvokable]
        #[cxx_name = "drop"]
        pub fn drop_at(self: Pin<&mut SeriesModel>, row: i32, x: f64, y: f64) -> bool;

        /// Puts the curve of a row into the subplot of that index; -1 for one of its own.
        #[qinvokable]
        #[cxx_name = "moveTo"]
        pub fn move_to(self: Pin<&mut SeriesModel>, row: i32, subplot: i32);

        /// Leaves the curves of a run out of the list, or lists them again.
        #[qinvokable]
        #[cxx_name = "toggleRun"]
        pub fn toggle_run(self: Pin<&mut SeriesModel>, row: i32);
    }

    // What the properties read and write.
    extern "RustQt" {
        /// The figure; null by default.
        fn figure(self: &SeriesModel) -> *mut FigureItem;
        /// Lists the curves of another one.
        ///
        /// # Safety
        /// `figure` is null or a living object of this thread.
        #[cxx_name = "setFigure"]
        unsafe fn set_figure(self: Pin<&mut SeriesModel>, value: *mut FigureItem);
        /// Lists only curves in whose name or run this stands, whatever the case; all if it is empty.
        #[cxx_name = "setFilter"]
        fn set_filter(self: Pin<&mut SeriesModel>, value: QString);
        /// Rows now.
        fn count(self: &SeriesModel) -> i32;
        /// Curves of the figure, filtered out ones included.
        fn total(self: &SeriesModel) -> i32;
    }

    // QAbstractListModel.
    extern "RustQt" {
        /// Value of a role of a row.
        #[cxx_override]
        fn data(self: &SeriesModel, index: &QModelIndex, role: i32) -> QVariant;
        /// Names of the roles.
        #[cxx_override]
        #[cxx_name = "roleNames"]
        fn role_names(self: &SeriesModel) -> QHash_i32_QByteArray;
        /// Rows now.
        #[cxx_override]
        #[cxx_name = "rowCount"]
        fn row_count(self: &SeriesModel, parent: &QModelIndex) -> i32;
    }

    unsafe extern "RustQt" {
        /// Rows have other values.
        #[inherit]
        #[qsignal]
        #[cxx_name = "dataChanged"]
        fn data_changed(self: Pin<&mut SeriesModel>, first: &QModelIndex, last: &QModelIndex, roles: &QList_i32);
        /// The place of a row.
        #[inherit]
        fn index(self: &SeriesModel, row: i32, column: i32, parent: &QModelIndex) -> QModelIndex;
        /// # Safety
        /// To be followed by `end_reset_model`.
        #[inherit]
        #[cxx_name = "beginResetModel"]
        unsafe fn begin_reset_model(self: Pin<&mut SeriesModel>);
        /// # Safety
        /// Ends `begin_reset_model`.
        #[inherit]
        #[cxx_name = "endResetModel"]
        unsafe fn end_reset_model(self: Pin<&mut SeriesModel>);
    }
}

use std::collections::HashSet;
use std::pin::Pin;

use cxx_qt::CxxQtType;
use cxx_qt_lib::{QColor, QHash, QHashPair_i32_QByteArray, QList, QModelIndex, QString, QStringList, QVariant};

use crate::app::figure_control::{Best, Changed, FigureControl, SubplotPlace};
use crate::app::series_list::{SeriesRow, rows};
use crate::batch::{Color, SeriesId};
use crate::bridge::guest::Guest;
use crate::bridge::roles::Roles;
use crate::figure::{Theme, YAxis};

/// Curves that are listed at most: more are not told apart in one figure either.
const MOST_CURVES: usize = 2000;

/// The roles, from `Qt::UserRole` on.
const ROLES: Roles<11> = Roles([
    "isRun",
    "run",
    "name",
    "color",
    "isShown",
    "isRight",
    "last",
    "best",
    "bestIsMost",
    "subplot",
    "isCollapsed",
]);

/// State of [`qobject::SeriesModel`].
#[derive(Default)]
pub struct SeriesModelRust {
    figure: Guest<qobject::FigureItem>,
    filter: QString,
    collapsed: HashSet<String>,
    rows: Vec<SeriesRow>,
    total: usize,
}

impl qobject::SeriesModel {
    fn figure(&self) -> *mut qobject::FigureItem {
        self.figure.get()
    }

    unsafe fn set_figure(mut self: Pin<&mut Self>, value: *mut qobject::FigureItem) {
        if self.figure() == value {
            return;
        }
        // SAFETY: QML hands over null or a living object of this thread.
        let guest = unsafe { value.as_ref() }.map(|figure| Guest::new(value, figure.alive()));
        self.as_mut().rust_mut().figure = guest.unwrap_or_default();
        self.as_mut().figure_changed();
        self.look();
    }

    fn set_filter(mut self: Pin<&mut Self>, value: QString) {
        if self.filter != value {
            self.as_mut().rust_mut().filter = value;
            self.as_mut().filter_changed();
            self.look();
        }
    }

    /// Brings the rows up to date.
    pub fn look(mut self: Pin<&mut Self>) {
        // SAFETY: null or a living object of this thread.
        let curves = unsafe { self.figure().as_ref() }.map(|figure| figure.curves(MOST_CURVES)).unwrap_or_default();
        let new = rows(&curves, &self.filter.to_string(), &self.collapsed);
        let is_same = new.len() == self.rows.len()
            && new.iter().zip(&self.rows).all(|(new, old)| (new.is_run, &new.ids) == (old.is_run, &old.ids));
        let has_count = self.total != curves.len() || new.len() != self.rows.len();
        self.as_mut().rust_mut().total = curves.len();
        if is_same {
            let changed: Vec<i32> = (0..)
                .zip(new.iter().zip(&self.rows))
                .filter(|(_, (new, old))| new != old)
                .map(|(row, _)| row)
                .collect();
            self.as_mut().rust_mut().rows = new;
            if let (Some(first), Some(last)) = (changed.first(), changed.last()) {
                let root = QModelIndex::default();
                let (first, last) = (self.index(*first, 0, &root), self.index(*last, 0, &root));
                self.as_mut().data_changed(&first, &last, &QList::default());
            }
        } else {
            // SAFETY: the rows are exchanged between the two calls.
            unsafe {
                self.as_mut().begin_reset_model();
                self.as_mut().rust_mut().rows = new;
                self.as_mut().end_reset_model();
            }
        }
        if has_count {
            self.count_changed();
        }
    }

    fn row(&self, row: i32) -> Option<&SeriesRow> {
        self.rows.get(usize::try_from(row).ok()?)
    }

    /// Does something to the figure, then looks again.
    fn change(self: Pin<&mut Self>, call: impl FnOnce(&mut FigureControl) -> Changed) {
        // SAFETY: null or a living object of this thread, which is not moved here.
        if let Some(figure) = unsafe { self.figure().as_mut().map(|figure| Pin::new_unchecked(figure)) } {
            figure.act("a curve", call);
        }
        self.look();
    }

    /// Does something to each curve of a row.
    fn change_row(self: Pin<&mut Self>, row: i32, call: impl Fn(&mut FigureControl, SeriesId) -> Changed) {
        let Some(ids) = self.row(row).map(|row| row.ids.clone()) else { return };
        self.change(|control| ids.into_iter().map(|id| call(control, id)).fold(Changed::default(), Changed::and));
    }

    /// Draws the curve of a row, or all of a run, or leaves them out.
    pub fn set_shown(self: Pin<&mut Self>, row: i32, is_shown: bool) {
        self.change_row(row, |control, id| control.set_series_visible(id, is_shown));
    }

    /// Draws the curve of a row, or all of a run, and no others.
    pub fn show_only(self: Pin<&mut Self>, row: i32) {
        let Some(ids) = self.row(row).map(|row| row.ids.iter().copied().collect::<HashSet<_>>()) else { return };
        self.change(|control| show_where(control, |id| ids.contains(&id)));
    }

    /// Draws all curves.
    pub fn show_all(self: Pin<&mut Self>) {
        self.change(|control| show_where(control, |_| true));
    }

    /// Puts the curve of a row on the right-hand axis, or back on the left.
    pub fn set_right(self: Pin<&mut Self>, row: i32, is_right: bool) {
        let axis = if is_right { YAxis::Right } else { YAxis::Left };
        self.change_row(row, |control, id| control.set_series_axis(id, axis));
    }

    /// Draws the curve of a row in this colour.
    pub fn set_color(self: Pin<&mut Self>, row: i32, color: &QColor) {
        let part = |value: i32| u8::try_from(value).unwrap_or(u8::MAX);
        let color = Color::new(part(color.red()), part(color.green()), part(color.blue()));
        self.change_row(row, |control, id| control.set_series_color(id, Some(color)));
    }

    /// The colours to choose from: those that the figure gives to its curves by itself, and the two ends of grey.
    pub fn choices(&self) -> QStringList {
        // SAFETY: null or a living object of this thread.
        let cycle =
            unsafe { self.figure().as_ref() }.map(|figure| figure.theme().cycle).unwrap_or(Theme::light().cycle);
        let mut choices = QStringList::default();
        for color in cycle.into_iter().chain([Color::new(0, 0, 0), Color::new(255, 255, 255)]) {
            choices.append(QString::from(&*format!("#{:02x}{:02x}{:02x}", color.r, color.g, color.b)));
        }
        choices
    }

    /// Draws the curve of a row in its own colour again.
    pub fn reset_color(self: Pin<&mut Self>, row: i32) {
        self.change_row(row, |control, id| control.set_series_color(id, None));
    }

    /// Says whether the greatest value of the curve of a row is its best, or the least.
    pub fn set_best_is_most(self: Pin<&mut Self>, row: i32, is_most: bool) {
        let best = if is_most { Best::Most } else { Best::Least };
        self.change_row(row, |control, id| {
            control.set_best(id, best);
            Changed::default()
        });
    }

    /// Puts the curve of a row into the subplot at a place of the figure, or into a new one at its foot. Returns whether
    /// there is such a place.
    pub fn drop_at(self: Pin<&mut Self>, row: i32, x: f64, y: f64) -> bool {
        // SAFETY: null or a living object of this thread.
        let place = unsafe { self.figure().as_ref() }.and_then(|figure| figure.drop_place([x, y]));
        let Some((place, _)) = place else { return false };
        self.change_row(row, |control, id| control.move_series(id, place));
        true
    }

    /// Puts the curve of a row into the subplot of that index; -1 for one of its own.
    pub fn move_to(self: Pin<&mut Self>, row: i32, subplot: i32) {
        let place = usize::try_from(subplot).map_or(SubplotPlace::New, SubplotPlace::At);
        self.change_row(row, |control, id| control.move_series(id, place));
    }

    /// Leaves the curves of a run out of the list, or lists them again.
    pub fn toggle_run(mut self: Pin<&mut Self>, row: i32) {
        let Some(run) = self.row(row).filter(|row| row.is_run).map(|row| row.run.clone()) else { return };
        let mut state = self.as_mut().rust_mut();
        if !state.collapsed.remove(&run) {
            state.collapsed.insert(run);
        }
        self.look();
    }

    fn count(&self) -> i32 {
        i32::try_from(self.rows.len()).unwrap_or(i32::MAX)
    }

    fn total(&self) -> i32 {
        i32::try_from(self.total).unwrap_or(i32::MAX)
    }

    fn row_count(&self, parent: &QModelIndex) -> i32 {
        if parent.is_valid() { 0 } else { self.count() }
    }

    fn role_names(&self) -> QHash<QHashPair_i32_QByteArray> {
        ROLES.names()
    }

    fn data(&self, index: &QModelIndex, role: i32) -> QVariant {
        let Some(row) = self.row(index.row()) else { return QVariant::default() };
        match ROLES.name(role) {
            Some("isRun") => (&row.is_run).into(),
            Some("run") => (&QString::from(&row.run)).into(),
            Some("name") => (&QString::from(&row.name)).into(),
            Some("color") => {
                (&QColor::from_rgb(i32::from(row.color.r), i32::from(row.color.g), i32::from(row.color.b))).into()
            }
            Some("isShown") => (&row.is_shown).into(),
            Some("isRight") => (&row.is_right).into(),
            Some("last") => (&QString::from(&row.last)).into(),
            Some("best") => (&QString::from(&row.best)).into(),
            Some("bestIsMost") => (&row.best_is_most).into(),
            Some("subplot") => (&i32::try_from(row.subplot).unwrap_or(i32::MAX)).into(),
            Some("isCollapsed") => (&row.is_collapsed).into(),
            _ => QVariant::default(),
        }
    }
}

/// Draws the curves that are wanted, and no others.
fn show_where(control: &mut FigureControl, is_wanted: impl Fn(SeriesId) -> bool) -> Changed {
    let curves = control.curves(usize::MAX);
    let changes = curves.into_iter().map(|curve| control.set_series_visible(curve.id, is_wanted(curve.id)));
    changes.fold(Changed::default(), Changed::and)
}
