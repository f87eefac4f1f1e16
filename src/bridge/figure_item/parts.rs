//! What a program puts into a `FigureItem`: series of its own, and what it asks of title and axes.
//!
//! GUI thread. The objects belong to others and may go at any time.

use std::pin::Pin;

use cxx_qt::{CxxQtType, QMetaObjectConnectionGuard, Threading};
use cxx_qt_lib::QString;

use super::qobject;
use crate::app::figure_control::{AxisLook, Curve, SeriesKey, SeriesLook, SubplotPlace};
use crate::batch::SeriesId;
use crate::bridge::guarded;
use crate::bridge::guest::{Alive, Guest};
use crate::figure::Theme;
use crate::store::{LiveJob, LiveSet, Member, SnapshotSlot};

/// A series that wants to be shown.
pub(crate) struct Entry {
    /// Its samples and its name.
    pub member: Member,
    /// How it is to look.
    pub look: SeriesLook,
    /// Called after each frame.
    pub on_frame: OnFrame,
}

/// See [`Entry::on_frame`].
pub(crate) type OnFrame = Box<dyn Fn() + Send>;

/// What a program has put into a figure.
#[derive(Default)]
pub(super) struct Parts {
    set: LiveSet,
    job: Option<LiveJob>,
    others: Vec<(Guest<qobject::Job>, LiveJob)>,
    tell: Vec<(SeriesId, OnFrame)>,
    x_axis: Guest<qobject::Axis>,
    y_axis: Guest<qobject::Axis>,
    x_signal: Option<QMetaObjectConnectionGuard>,
    y_signal: Option<QMetaObjectConnectionGuard>,
}

impl Parts {
    /// Shows the data of another job, or of none, and of no other ones.
    pub(super) fn set_job(&mut self, job: Option<LiveJob>) {
        self.job = job;
        self.others.clear();
        self.show_jobs();
    }

    fn show_jobs(&self) {
        self.set.set_jobs(self.job.iter().chain(self.others.iter().map(|(_, job)| job)).cloned().collect());
    }

    /// Names of the jobs, if there are several: they stand before those of their series.
    pub(super) fn job_names(&self) -> Vec<String> {
        self.set.job_names()
    }

    /// All data of the figure: those of the job as they are, as long as there are no others.
    pub(super) fn data(&self) -> SnapshotSlot {
        let alone = self.job.as_ref().filter(|_| self.set.is_empty() && self.others.is_empty());
        alone.map_or_else(|| self.set.slot().clone(), |job| job.data.clone())
    }

    /// Tells the series of a frame.
    pub(super) fn frame_was_drawn(&self) {
        self.tell.iter().for_each(|(_, tell)| tell());
    }
}

/// Which of the two axes.
#[derive(Clone, Copy)]
enum Direction {
    X,
    Y,
}

impl qobject::FigureItem {
    /// Ends with the figure.
    pub(crate) fn alive(&self) -> &Alive {
        &self.rust().alive
    }

    /// Shows the curves of another job, too, for as long as `job` stays the same.
    ///
    /// # Safety
    /// `job` is null or a living object of this thread.
    pub unsafe fn add_job(mut self: Pin<&mut Self>, job: *mut qobject::Job) {
        let is_known =
            job == self.rust().job.get() || self.rust().parts.others.iter().any(|(other, _)| other.get() == job);
        // SAFETY: as this function's own.
        let Some(shown) = unsafe { job.as_ref() }.map(|job| job.rust()).filter(|_| !is_known) else { return };
        let live = LiveJob { data: shown.feed().data().clone(), name: shown.kind().name().to_owned() };
        let guest = Guest::new(job, shown.alive());
        self.as_mut().rust_mut().parts.others.push((guest, live));
        self.jobs_were_changed();
    }

    /// Does not show the curves of a job that was added any more.
    ///
    /// # Safety
    /// As [`Self::add_job`].
    pub unsafe fn remove_job(mut self: Pin<&mut Self>, job: *mut qobject::Job) {
        self.as_mut().rust_mut().parts.others.retain(|(other, _)| other.get() != job);
        self.jobs_were_changed();
    }

    fn jobs_were_changed(mut self: Pin<&mut Self>) {
        let mut state = self.as_mut().rust_mut();
        state.parts.show_jobs();
        state.has_other_jobs = true;
        if let Some(thread) = &state.thread {
            thread.set_data(state.parts.data());
        }
        let names = self.run_names();
        self.as_mut().act("runs", |control| control.set_runs(names));
        self.job_changed();
    }

    /// The curves of the figure.
    pub(crate) fn curves(&self, most: usize) -> Vec<Curve> {
        self.rust().control.curves(most)
    }

    /// The colours of the figure.
    pub(crate) fn theme(&self) -> &Theme {
        &self.rust().control.figure().theme
    }

    /// Where a curve goes that is dropped at a place of the item.
    pub(crate) fn drop_place(&self, at: [f64; 2]) -> Option<(SubplotPlace, [f64; 4])> {
        self.rust().control.drop_place(at)
    }

    /// Takes a series in; it leaves by itself.
    pub(crate) fn adopt(mut self: Pin<&mut Self>, entry: Entry) -> (LiveSet, SeriesId) {
        let name = entry.member.name.clone();
        let (set, id) = {
            let mut state = self.as_mut().rust_mut();
            let set = state.parts.set.clone();
            let was_empty = set.is_empty();
            let id = set.join(entry.member);
            let tell = &mut state.parts.tell;
            tell.retain(|(id, _)| set.has(*id));
            tell.push((id, entry.on_frame));
            if was_empty && let Some(thread) = &state.thread {
                thread.set_data(set.slot().clone());
            }
            (set, id)
        };
        self.dress(id, &name, entry.look);
        (set, id)
    }

    /// Whether a series is visible now, if it is in the figure.
    pub(crate) fn shows(&self, id: SeriesId) -> Option<bool> {
        self.rust().control.is_series_visible(&SeriesKey::Id(id))
    }

    /// Lets a series, and those of the job that have its name, look otherwise.
    pub(crate) fn dress(self: Pin<&mut Self>, id: SeriesId, name: &str, look: SeriesLook) {
        self.act("a series' look", |control| {
            let changed = control.set_look(SeriesKey::Id(id), look.clone());
            if name.is_empty() { changed } else { control.set_look(SeriesKey::Name(name.to_owned()), look) }
        });
    }

    pub(super) fn title(&self) -> QString {
        QString::from(self.rust().control.title())
    }

    pub(super) fn set_title(self: Pin<&mut Self>, value: QString) {
        if self.title() != value {
            self.act("title", |control| control.set_title(value.to_string()));
        }
    }

    pub(super) fn x_axis(&self) -> *mut qobject::Axis {
        self.rust().parts.x_axis.get()
    }

    pub(super) unsafe fn set_x_axis(self: Pin<&mut Self>, value: *mut qobject::Axis) {
        if self.x_axis() != value {
            // SAFETY: as this function's own.
            unsafe { self.set_axis(Direction::X, value) };
        }
    }

    pub(super) fn y_axis(&self) -> *mut qobject::Axis {
        self.rust().parts.y_axis.get()
    }

    pub(super) unsafe fn set_y_axis(self: Pin<&mut Self>, value: *mut qobject::Axis) {
        if self.y_axis() != value {
            // SAFETY: as this function's own.
            unsafe { self.set_axis(Direction::Y, value) };
        }
    }

    unsafe fn set_axis(mut self: Pin<&mut Self>, direction: Direction, value: *mut qobject::Axis) {
        // SAFETY: QML hands over null or a living object of this thread, which is not moved here.
        let axis = unsafe { value.as_mut().map(|axis| Pin::new_unchecked(axis)) };
        let guest = axis.as_ref().map(|axis| Guest::new(value, axis.rust().alive())).unwrap_or_default();
        let signal = axis.map(|axis| {
            let thread = self.qt_thread();
            axis.on_changed(move |_| {
                // Merging many changes; a failed post means that the figure is gone.
                _ = thread.queue(move |item| guarded("reading an axis", || item.read_axis(direction)));
            })
        });
        let parts = &mut self.as_mut().rust_mut().parts;
        match direction {
            Direction::X => (parts.x_axis, parts.x_signal) = (guest, signal),
            Direction::Y => (parts.y_axis, parts.y_signal) = (guest, signal),
        }
        self.as_mut().read_axis(direction);
        self.axes_changed();
    }

    fn read_axis(self: Pin<&mut Self>, direction: Direction) {
        let axis = match direction {
            Direction::X => self.x_axis(),
            Direction::Y => self.y_axis(),
        };
        // SAFETY: null or a living object of this thread.
        let look = unsafe { axis.as_ref() }.map_or_else(AxisLook::default, |axis| axis.rust().look());
        self.act("axis", |control| match direction {
            Direction::X => control.set_x_axis(look),
            Direction::Y => control.set_y_axis(look),
        });
    }
}
