//! `QueueModel`: the commands that wait for their turn, as a list model, and what a person does to them.
//!
//! GUI thread; all that touches the disk is on a thread of its own.

/// The Qt side of [`qobject::QueueModel`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qhash.h");
        /// Names of the roles.
        type QHash_i32_QByteArray = cxx_qt_lib::QHash<cxx_qt_lib::QHashPair_i32_QByteArray>;
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

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[base = QAbstractListModel]
        #[qproperty(i32, count, READ = count, NOTIFY = changed)]
        #[qproperty(i32, jobs, READ = jobs, WRITE = set_jobs, NOTIFY = changed)]
        #[qproperty(bool, is_held, cxx_name = "isHeld", READ = is_held, WRITE = set_is_held, NOTIFY = changed)]
        #[qproperty(QString, trouble, READ = trouble, NOTIFY = changed)]
        /// The commands that wait, in the order in which they start. Roles: `waitingId`, `name`, `command`, `refused` (why it
        /// does not start; empty if it will), `canMove`.
        type QueueModel = super::QueueModelRust;

        /// Commands came or went, or the queue is worked off otherwise.
        #[qsignal]
        fn changed(self: Pin<&mut QueueModel>);

        /// What was asked of the queue did not work; `text` says why.
        #[qsignal]
        fn failed(self: Pin<&mut QueueModel>, text: &QString);

        /// Looks at the queue; `changed` follows if it has.
        #[qinvokable]
        pub fn look(self: Pin<&mut QueueModel>);

        /// Adds a line for the shell behind all others; see `Job.runLine`.
        #[qinvokable]
        pub fn add(self: Pin<&mut QueueModel>, line: &QString, name: &QString, has_resources: bool);

        /// Takes one out.
        #[qinvokable]
        pub fn cancel(self: Pin<&mut QueueModel>, id: &QString);

        /// Puts one at another place, counted from 0.
        #[qinvokable]
        #[cxx_name = "moveTo"]
        pub fn move_to(self: Pin<&mut QueueModel>, id: &QString, place: i32);
    }

    // What the properties read and write.
    extern "RustQt" {
        /// Commands that wait.
        fn count(self: &QueueModel) -> i32;
        /// Commands at a time, at least 1.
        fn jobs(self: &QueueModel) -> i32;
        /// Sets it; those that run go on.
        #[cxx_name = "setJobs"]
        fn set_jobs(self: Pin<&mut QueueModel>, value: i32);
        /// Whether no more are started.
        #[cxx_name = "isHeld"]
        fn is_held(self: &QueueModel) -> bool;
        /// Starts no more, or goes on.
        #[cxx_name = "setIsHeld"]
        fn set_is_held(self: Pin<&mut QueueModel>, value: bool);
        /// Why nothing is started though there is room; empty if all is well.
        fn trouble(self: &QueueModel) -> QString;
    }

    // QAbstractListModel.
    extern "RustQt" {
        /// Value of a role of a row.
        #[cxx_override]
        fn data(self: &QueueModel, index: &QModelIndex, role: i32) -> QVariant;
        /// Names of the roles.
        #[cxx_override]
        #[cxx_name = "roleNames"]
        fn role_names(self: &QueueModel) -> QHash_i32_QByteArray;
        /// Rows now.
        #[cxx_override]
        #[cxx_name = "rowCount"]
        fn row_count(self: &QueueModel, parent: &QModelIndex) -> i32;
    }

    unsafe extern "RustQt" {
        /// # Safety
        /// To be followed by `end_reset_model`.
        #[inherit]
        #[cxx_name = "beginResetModel"]
        unsafe fn begin_reset_model(self: Pin<&mut QueueModel>);
        /// # Safety
        /// Ends `begin_reset_model`.
        #[inherit]
        #[cxx_name = "endResetModel"]
        unsafe fn end_reset_model(self: Pin<&mut QueueModel>);
    }

    impl cxx_qt::Threading for QueueModel {}
}

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use cxx_qt::{CxxQtType, Threading};
use cxx_qt_lib::{QHash, QHashPair_i32_QByteArray, QModelIndex, QString, QVariant};

use crate::app::printable::printable;
use crate::app::queue::{JOBS_MAX, Queue, QueueError, Waiting};
use crate::app::{launch, runs, typed_command};
use crate::bridge::guarded;
use crate::bridge::roles::Roles;
use crate::job::{lock, spawn_detached};
use crate::source::command::command_text;

/// The roles, from `Qt::UserRole` on.
const ROLES: Roles<5> = Roles(["waitingId", "name", "command", "refused", "canMove"]);

/// What a look at the queue sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    rows: Vec<Arc<Waiting>>,
    jobs: u16,
    is_held: bool,
    trouble: String,
}

/// State of [`qobject::QueueModel`].
#[derive(Default)]
pub struct QueueModelRust {
    seen: Seen,
    /// None until the first look.
    queue: Arc<Mutex<Option<Queue>>>,
    is_looking: bool,
}

impl qobject::QueueModel {
    /// Looks at the queue; `changed` follows if it has.
    pub fn look(self: Pin<&mut Self>) {
        if !self.is_looking {
            self.act(|_| Ok(()));
        }
    }

    /// Does something to the queue where it may take its time, then takes in how it stands.
    fn act(mut self: Pin<&mut Self>, act: impl FnOnce(&Queue) -> Result<(), QueueError> + Send + 'static) {
        self.as_mut().rust_mut().is_looking = true;
        let (queue, thread) = (Arc::clone(&self.queue), self.qt_thread());
        let acted = spawn_detached("queue", move |_| {
            let mut queue = lock(&queue);
            if queue.is_none() {
                let data_dir = runs::data_dir(&launch::get().recording);
                *queue = data_dir.and_then(|dir| Queue::of(&dir).inspect_err(|error| log::warn!("{error}")).ok());
            }
            let (done, seen) = match queue.as_ref() {
                Some(queue) => (act(queue), look_at(queue)),
                None => (Ok(()), Ok(Seen::default())),
            };
            // A failed post means that the model is gone.
            _ = thread.queue(move |model| {
                guarded("listing what waits", || model.take(done.map_err(|error| error.to_string()), seen));
            });
            Ok(())
        });
        if let Err(error) = acted {
            self.failed(&QString::from(&error.to_string()));
        }
    }

    fn take(mut self: Pin<&mut Self>, done: Result<(), String>, seen: Result<Seen, QueueError>) {
        self.as_mut().rust_mut().is_looking = false;
        match seen {
            Ok(seen) if seen != self.seen => {
                // SAFETY: the rows are exchanged between the two calls.
                unsafe {
                    self.as_mut().begin_reset_model();
                    self.as_mut().rust_mut().seen = seen;
                    self.as_mut().end_reset_model();
                }
                self.as_mut().changed();
            }
            Ok(_) => {}
            Err(error) => log::warn!("what waits is not listed: {error}"),
        }
        if let Err(why) = done {
            self.failed(&QString::from(&why));
        }
    }

    /// Adds a line for the shell behind all others.
    pub fn add(self: Pin<&mut Self>, line: &QString, name: &QString, has_resources: bool) {
        let kind = typed_command::job(&line.to_string(), &name.to_string(), has_resources);
        let Some(supervisor) = launch::get().supervisor.clone() else {
            return self.failed(&QString::from("commands cannot be queued by this program"));
        };
        self.act(move |queue| queue.add(&[kind], false, &supervisor).map(|_| ()));
    }

    /// Takes one out.
    pub fn cancel(self: Pin<&mut Self>, id: &QString) {
        let id = id.to_string();
        self.act(move |queue| queue.cancel(&id));
    }

    /// Puts one at another place, counted from 0.
    pub fn move_to(self: Pin<&mut Self>, id: &QString, place: i32) {
        let (id, place) = (id.to_string(), usize::try_from(place).unwrap_or(0));
        self.act(move |queue| {
            queue.move_to(&id, place)?;
            // One that was refused is tried again.
            launch::get().supervisor.as_ref().map_or(Ok(0), |supervisor| queue.revive(supervisor)).map(|_| ())
        });
    }

    fn count(&self) -> i32 {
        i32::try_from(self.seen.rows.len()).unwrap_or(i32::MAX)
    }

    fn jobs(&self) -> i32 {
        i32::from(self.seen.jobs.max(1))
    }

    fn set_jobs(self: Pin<&mut Self>, value: i32) {
        let jobs = u16::try_from(value).unwrap_or(1).clamp(1, JOBS_MAX);
        self.act(move |queue| queue.set_jobs(jobs));
    }

    fn is_held(&self) -> bool {
        self.seen.is_held
    }

    fn set_is_held(self: Pin<&mut Self>, value: bool) {
        self.act(move |queue| queue.hold(value));
    }

    fn trouble(&self) -> QString {
        QString::from(&*printable(&self.seen.trouble))
    }

    fn row_count(&self, parent: &QModelIndex) -> i32 {
        if parent.is_valid() { 0 } else { self.count() }
    }

    fn role_names(&self) -> QHash<QHashPair_i32_QByteArray> {
        ROLES.names()
    }

    fn data(&self, index: &QModelIndex, role: i32) -> QVariant {
        let row = usize::try_from(index.row()).ok().and_then(|row| self.seen.rows.get(row));
        let Some(row) = row else { return QVariant::default() };
        match ROLES.name(role) {
            Some("waitingId") => (&QString::from(&row.id)).into(),
            Some("name") => (&QString::from(&*printable(&row.name))).into(),
            Some("command") => (&QString::from(&*printable(&command_text(&row.command)))).into(),
            Some("refused") => (&QString::from(&*printable(row.refused.as_deref().unwrap_or_default()))).into(),
            Some("canMove") => (&row.sweep.is_none()).into(),
            _ => QVariant::default(),
        }
    }
}

fn look_at(queue: &Queue) -> Result<Seen, QueueError> {
    let trouble = queue.trouble().unwrap_or_default();
    Ok(Seen { rows: queue.list()?, jobs: queue.jobs(), is_held: queue.is_held(), trouble })
}
