//! `RunModel`: the runs in the data directory as a list model.
//!
//! GUI thread; each look at the directory is on a thread of its own, and one at a time.

/// The Qt side of [`qobject::RunModel`].
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
        include!("cxx-qt-lib/qmodelindex.h");
        /// A row of the model.
        type QModelIndex = cxx_qt_lib::QModelIndex;
    }

    unsafe extern "C++" {
        include!(<QtCore/QAbstractListModel>);
        /// Qt's base of list models, which one bridge alone may declare.
        type QAbstractListModel = crate::bridge::message_model::qobject::QAbstractListModel;
    }

    /// How a run stands.
    #[qenum(RunModel)]
    enum RunState {
        /// It is being recorded.
        Running,
        /// It ended by itself.
        Finished,
        /// It ended by an error.
        Failed,
        /// It ended because it was asked to.
        Stopped,
        /// Whoever recorded it is gone without a word.
        Interrupted,
    }

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[base = QAbstractListModel]
        #[qproperty(QString, filter, READ, WRITE = set_filter, NOTIFY = filter_changed)]
        #[qproperty(i32, count, READ = count, NOTIFY = count_changed)]
        #[qproperty(i32, total, READ = total, NOTIFY = count_changed)]
        /// The runs, the newest first. Roles: `runId`, `path`, `name`, `state`, `isSupervised`, `command`, `ageSecs` (since its
        /// start; -1 if unknown), `took` (to be read; empty while it goes on), `samples` (-1 while it goes on).
        type RunModel = super::RunModelRust;

        /// Other runs are wanted.
        #[qsignal]
        #[cxx_name = "filterChanged"]
        fn filter_changed(self: Pin<&mut RunModel>);

        /// Runs came or went.
        #[qsignal]
        #[cxx_name = "countChanged"]
        fn count_changed(self: Pin<&mut RunModel>);

        /// What was asked of a run did not work; `text` says why.
        #[qsignal]
        fn failed(self: Pin<&mut RunModel>, text: &QString);

        /// Looks at the directory; what has changed is told when it is known.
        #[qinvokable]
        pub fn look(self: Pin<&mut RunModel>);

        /// Asks the run with this id to end.
        #[qinvokable]
        pub fn stop(self: Pin<&mut RunModel>, id: &QString);

        /// Removes the run with this id, which has ended, with all that is recorded of it.
        #[qinvokable]
        pub fn remove(self: Pin<&mut RunModel>, id: &QString);
    }

    // What the properties read and write.
    extern "RustQt" {
        /// Shows only runs in whose name, id or command this stands, whatever the case; all if it is empty.
        #[cxx_name = "setFilter"]
        fn set_filter(self: Pin<&mut RunModel>, value: QString);
        /// Rows now.
        fn count(self: &RunModel) -> i32;
        /// Runs, filtered out ones included.
        fn total(self: &RunModel) -> i32;
    }

    // QAbstractListModel.
    extern "RustQt" {
        /// Value of a role of a row.
        #[cxx_override]
        fn data(self: &RunModel, index: &QModelIndex, role: i32) -> QVariant;
        /// Names of the roles.
        #[cxx_override]
        #[cxx_name = "roleNames"]
        fn role_names(self: &RunModel) -> QHash_i32_QByteArray;
        /// Rows now.
        #[cxx_override]
        #[cxx_name = "rowCount"]
        fn row_count(self: &RunModel, parent: &QModelIndex) -> i32;
    }

    unsafe extern "RustQt" {
        /// Rows have other values.
        #[inherit]
        #[qsignal]
        #[cxx_name = "dataChanged"]
        fn data_changed(self: Pin<&mut RunModel>, first: &QModelIndex, last: &QModelIndex, roles: &QList_i32);
        /// The place of a row.
        #[inherit]
        fn index(self: &RunModel, row: i32, column: i32, parent: &QModelIndex) -> QModelIndex;
        /// # Safety
        /// To be followed by `end_reset_model`.
        #[inherit]
        #[cxx_name = "beginResetModel"]
        unsafe fn begin_reset_model(self: Pin<&mut RunModel>);
        /// # Safety
        /// Ends `begin_reset_model`.
        #[inherit]
        #[cxx_name = "endResetModel"]
        unsafe fn end_reset_model(self: Pin<&mut RunModel>);
    }

    impl cxx_qt::Threading for RunModel {}
}

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cxx_qt::{CxxQtType, Threading};
use cxx_qt_lib::{QHash, QHashPair_i32_QByteArray, QList, QModelIndex, QString, QVariant};
use jiff::Timestamp;

use crate::app::launch;
use crate::app::run_list::{RunList, RunRow};
use crate::app::runs;
use crate::app::supervisor::{self, Ask};
use crate::bridge::guarded;
use crate::bridge::roles::Roles;
use crate::job::{lock, spawn_detached};
use crate::record::RunState;

/// The roles, from `Qt::UserRole` on.
const ROLES: Roles<9> =
    Roles(["runId", "path", "name", "state", "isSupervised", "command", "ageSecs", "took", "samples"]);

/// State of [`qobject::RunModel`].
#[derive(Default)]
pub struct RunModelRust {
    filter: QString,
    all: Vec<RunRow>,
    /// Those that are shown.
    rows: Vec<RunRow>,
    /// None until the first look.
    list: Arc<Mutex<Option<RunList>>>,
    is_looking: bool,
}

impl qobject::RunModel {
    /// Looks at the directory; what has changed is told when it is known.
    pub fn look(mut self: Pin<&mut Self>) {
        if self.is_looking {
            return;
        }
        self.as_mut().rust_mut().is_looking = true;
        let (list, queue) = (Arc::clone(&self.list), self.qt_thread());
        let looked = spawn_detached("runs", move |_| {
            let mut list = lock(&list);
            if list.is_none() {
                *list = runs::data_dir(&launch::get().recording).map(RunList::new);
            }
            let rows = list.as_mut().map_or_else(|| Ok(Vec::new()), RunList::look);
            // A failed post means that the model is gone.
            _ = queue
                .queue(move |model| guarded("listing runs", || model.take(rows.map_err(|error| error.to_string()))));
            Ok(())
        });
        if let Err(error) = looked {
            self.take(Err(error.to_string()));
        }
    }

    fn take(mut self: Pin<&mut Self>, rows: Result<Vec<RunRow>, String>) {
        self.as_mut().rust_mut().is_looking = false;
        match rows {
            Ok(rows) => {
                self.as_mut().rust_mut().all = rows;
                self.show();
            }
            Err(error) => log::warn!("runs are not listed: {error}"),
        }
    }

    /// Shows those of all runs that are wanted.
    fn show(mut self: Pin<&mut Self>) {
        let needle = self.filter.to_string();
        let rows: Vec<RunRow> = self.all.iter().filter(|row| row.matches(&needle)).cloned().collect();
        let is_same = rows.len() == self.rows.len() && rows.iter().zip(&self.rows).all(|(new, old)| new.id == old.id);
        if is_same {
            // Their ages have changed, whatever else has.
            self.as_mut().rust_mut().rows = rows;
            if let Some(last) = self.count().checked_sub(1).filter(|last| *last >= 0) {
                let root = QModelIndex::default();
                let (first, last) = (self.index(0, 0, &root), self.index(last, 0, &root));
                self.as_mut().data_changed(&first, &last, &QList::default());
            }
        } else {
            // SAFETY: the rows are exchanged between the two calls.
            unsafe {
                self.as_mut().begin_reset_model();
                self.as_mut().rust_mut().rows = rows;
                self.as_mut().end_reset_model();
            }
        }
        self.count_changed();
    }

    fn set_filter(mut self: Pin<&mut Self>, value: QString) {
        if self.filter != value {
            self.as_mut().rust_mut().filter = value;
            self.as_mut().filter_changed();
            self.show();
        }
    }

    /// Asks the run with this id to end.
    pub fn stop(self: Pin<&mut Self>, id: &QString) {
        self.act(id, |list, id| {
            let path = list.path(id).ok_or("there is no such run any more")?;
            supervisor::ask(&path, Ask::Stop, runs::ANSWER_TIME).map(|_| ()).map_err(|error| error.to_string())
        });
    }

    /// Removes the run with this id, which has ended, with all that is recorded of it.
    pub fn remove(self: Pin<&mut Self>, id: &QString) {
        self.act(id, |list, id| list.remove(id).map_err(|error| error.to_string()));
    }

    /// Does something with a run where it may take its time, then looks again.
    fn act(
        self: Pin<&mut Self>,
        id: &QString,
        act: impl FnOnce(&RunList, &str) -> Result<(), String> + Send + 'static,
    ) {
        let (list, queue, id) = (Arc::clone(&self.list), self.qt_thread(), id.to_string());
        let acted = spawn_detached("runs", move |_| {
            let done = lock(&list).as_ref().map_or(Ok(()), |list| act(list, &id));
            // A failed post means that the model is gone.
            _ = queue.queue(move |mut model| {
                if let Err(why) = done {
                    model.as_mut().failed(&QString::from(&why));
                }
                model.look();
            });
            Ok(())
        });
        if let Err(error) = acted {
            self.failed(&QString::from(&error.to_string()));
        }
    }

    fn count(&self) -> i32 {
        i32::try_from(self.rows.len()).unwrap_or(i32::MAX)
    }

    fn total(&self) -> i32 {
        i32::try_from(self.all.len()).unwrap_or(i32::MAX)
    }

    fn row_count(&self, parent: &QModelIndex) -> i32 {
        if parent.is_valid() { 0 } else { self.count() }
    }

    fn role_names(&self) -> QHash<QHashPair_i32_QByteArray> {
        ROLES.names()
    }

    fn data(&self, index: &QModelIndex, role: i32) -> QVariant {
        let row = usize::try_from(index.row()).ok().and_then(|row| self.rows.get(row));
        let Some(row) = row else { return QVariant::default() };
        let secs = |time: Option<Duration>| time.map_or(-1.0, |time| time.as_secs_f64());
        match ROLES.name(role) {
            Some("runId") => (&QString::from(&row.id)).into(),
            Some("path") => (&QString::from(&*row.path.to_string_lossy())).into(),
            Some("name") => (&QString::from(&row.name)).into(),
            Some("state") => (&qobject::RunState::from(row.state).repr).into(),
            Some("isSupervised") => (&row.is_supervised).into(),
            Some("command") => (&QString::from(&row.command)).into(),
            Some("ageSecs") => {
                let age = row.start.and_then(|start| Duration::try_from(Timestamp::now().duration_since(start)).ok());
                (&secs(age)).into()
            }
            Some("took") => (&QString::from(&row.took.map(runs::duration_text).unwrap_or_default())).into(),
            Some("samples") => (&row.samples.map_or(-1.0, |samples| samples as f64)).into(),
            _ => QVariant::default(),
        }
    }
}

impl From<RunState> for qobject::RunState {
    fn from(state: RunState) -> Self {
        match state {
            RunState::Running => Self::Running,
            RunState::Finished => Self::Finished,
            RunState::Failed => Self::Failed,
            RunState::Stopped => Self::Stopped,
            RunState::Interrupted => Self::Interrupted,
        }
    }
}
