//! What the handle and the actor of a figure's thread share: the wishes of one, the results of the other.
//!
//! Every lock is held for some assignments only, so the GUI thread never waits for a frame.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::figure::Figure;
use crate::figure::cursors::CursorTable;
use crate::figure::readout::Readout;
use crate::render::frame::{Frame, FrameSize, FrameSlot};
use crate::store::{Snapshot, SnapshotSlot, Subscription};

/// At least this long from the start of one frame to that of the next: what a display of 60 Hz can show.
pub(super) const FRAME_INTERVAL: Duration = Duration::from_nanos(16_666_667);

/// While a frame waits to be taken, new data alone are drawn this seldom: whoever shows the frames is held up.
pub(super) const HELD_UP_INTERVAL: Duration = Duration::from_millis(50);

/// Shared by the handle, the actor and the wake-up of the data.
pub(super) struct Shared {
    pub(super) frames: Arc<FrameSlot>,
    state: Mutex<State>,
    changed: Condvar,
    on_frame: Arc<dyn Fn() + Send + Sync>,
}

/// What is wanted, and what came of it.
#[derive(Default)]
pub(super) struct State {
    figure: Arc<Figure>,
    data: SnapshotSlot,
    subscription: Option<Subscription>,
    size: Option<FrameSize>,
    is_hidden: bool,
    is_unpaced: bool,
    probe_px: Option<[f32; 2]>,
    /// Figure, size or the source of the data changed since the last frame was begun.
    is_changed: bool,
    /// Samples came since the last frame was begun.
    has_new_data: bool,
    is_probe_new: bool,
    wants_table: bool,
    table: Option<CursorTable>,
    is_announced: bool,
    readout: Option<Option<Readout>>,
    error: Option<String>,
    begun: Option<Instant>,
    is_stopping: bool,
}

/// What the actor is to do next.
pub(super) enum Order {
    /// Draw a frame.
    Draw { figure: Arc<Figure>, snapshot: Snapshot, size: FrameSize },
    /// Answer a probe with the layout of the frame drawn last.
    Probe,
    /// End.
    Stop,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("frames", &self.frames).finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(on_frame: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { frames: Arc::default(), state: Mutex::default(), changed: Condvar::new(), on_frame }
    }

    pub(super) fn set_data(&self, data: SnapshotSlot, subscription: Subscription) {
        let old = {
            let mut state = self.lock();
            state.is_changed = true;
            (std::mem::replace(&mut state.data, data), state.subscription.replace(subscription))
        };
        self.changed.notify_all();
        // Ending a subscription takes the lock of its slot: outside of ours.
        drop(old);
    }

    pub(super) fn set_figure(&self, figure: Figure) {
        self.change(|state| {
            let is_new = *state.figure != figure;
            if is_new {
                state.figure = Arc::new(figure);
                state.is_changed = true;
            }
            is_new
        });
    }

    pub(super) fn set_size(&self, size: FrameSize) {
        self.change(|state| {
            let is_new = state.size != Some(size);
            state.size = Some(size);
            state.is_changed |= is_new;
            is_new
        });
    }

    pub(super) fn set_active(&self, is_active: bool) {
        self.change(|state| {
            state.is_hidden = !is_active;
            is_active
        });
    }

    pub(super) fn set_unpaced(&self) {
        self.change(|state| {
            state.is_unpaced = true;
            false
        });
    }

    pub(super) fn set_probe(&self, place_px: Option<[f32; 2]>) {
        self.change(|state| {
            state.probe_px = place_px;
            // A pointer that is gone is news for the table.
            state.is_probe_new = place_px.is_some() || state.wants_table;
            if place_px.is_none() {
                state.readout = None;
            }
            state.is_probe_new
        });
    }

    pub(super) fn set_table(&self, wants: bool) {
        self.change(|state| {
            state.wants_table = wants;
            if !wants {
                state.table = None;
            }
            state.is_probe_new |= wants;
            wants
        });
    }

    pub(super) fn data_changed(&self) {
        self.change(|state| {
            let is_first = !state.has_new_data;
            state.has_new_data = true;
            is_first
        });
    }

    pub(super) fn take_frame(&self) -> Option<Frame> {
        // First, so that a frame put from here on is told of: later, one put in between would wait untold.
        self.lock().is_announced = false;
        let frame = self.frames.take();
        // The actor may have held back until this frame was taken.
        self.change(|state| state.has_new_data && frame.is_some());
        frame
    }

    pub(super) fn take_readout(&self) -> Option<Option<Readout>> {
        self.lock().readout.take()
    }

    pub(super) fn take_table(&self) -> Option<CursorTable> {
        self.lock().table.take()
    }

    pub(super) fn take_error(&self) -> Option<String> {
        self.lock().error.take()
    }

    pub(super) fn contents(&self) -> (Arc<Figure>, Snapshot) {
        let state = self.lock();
        (Arc::clone(&state.figure), state.data.latest())
    }

    /// Asks the actor to end.
    pub(super) fn stop(&self) {
        let subscription = {
            let mut state = self.lock();
            state.is_stopping = true;
            state.subscription.take()
        };
        self.changed.notify_all();
        drop(subscription);
    }

    /// Waits for something to do. On the actor's thread.
    ///
    /// `drawn_version` is the version of the snapshot drawn last: data of the same version are no change.
    pub(super) fn next_order(&self, drawn_version: Option<u64>) -> Order {
        let mut state = self.lock();
        loop {
            if state.is_stopping {
                return Order::Stop;
            }
            if std::mem::take(&mut state.is_probe_new) {
                return Order::Probe;
            }
            let Some(wait) = self.time_to_draw(&mut state, drawn_version) else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            if wait.is_zero()
                && let Some(order) = state.begin()
            {
                return order;
            }
            state = self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Leaves a frame, tells that it is there.
    pub(super) fn finish_frame(&self, frame: Frame) {
        self.frames.put(frame);
        self.announce(|_| ());
    }

    /// Leaves the reason why no frame could be drawn.
    pub(super) fn fail(&self, error: String) {
        self.announce(|state| state.error = Some(error));
    }

    /// Leaves the answer to a probe, unless the question was withdrawn.
    pub(super) fn finish_readout(&self, readout: Option<Readout>) {
        if self.lock().probe_px.is_some() {
            self.announce(|state| state.readout = Some(readout));
        }
    }

    /// Leaves the table of the cursors, unless it is not wanted any more.
    pub(super) fn finish_table(&self, table: CursorTable) {
        if self.wants_table() {
            self.announce(|state| state.table = Some(table));
        }
    }

    pub(super) fn wants_table(&self) -> bool {
        self.lock().wants_table
    }

    /// The place asked for. The question counts as heard: it is not an order of its own any more.
    pub(super) fn probe(&self) -> Option<[f32; 2]> {
        let mut state = self.lock();
        state.is_probe_new = false;
        state.probe_px
    }

    /// How long until a frame is to be begun; `None` if there is nothing to draw.
    fn time_to_draw(&self, state: &mut State, drawn_version: Option<u64>) -> Option<Duration> {
        if state.is_hidden || !state.size.is_some_and(|size| size.is_drawable()) {
            return None;
        }
        if state.has_new_data && drawn_version == Some(state.data.latest().version) && !state.is_changed {
            state.has_new_data = false;
        }
        let interval = if state.is_unpaced && (state.is_changed || state.has_new_data) {
            Duration::ZERO
        } else if state.is_changed {
            FRAME_INTERVAL
        } else if state.has_new_data {
            if self.frames.is_waiting() { HELD_UP_INTERVAL } else { FRAME_INTERVAL }
        } else {
            return None;
        };
        Some(state.begun.map_or(Duration::ZERO, |begun| interval.saturating_sub(begun.elapsed())))
    }

    fn announce(&self, set: impl FnOnce(&mut State)) {
        let was_announced = {
            let mut state = self.lock();
            set(&mut state);
            std::mem::replace(&mut state.is_announced, true)
        };
        if !was_announced {
            (self.on_frame)();
        }
    }

    fn change(&self, set: impl FnOnce(&mut State) -> bool) {
        let is_worth_a_look = set(&mut self.lock());
        if is_worth_a_look {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Changes under the lock are assignments; a panic elsewhere cannot leave them half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self) -> Option<Order> {
        self.is_changed = false;
        self.has_new_data = false;
        self.begun = Some(Instant::now());
        let size = self.size?;
        Some(Order::Draw { figure: Arc::clone(&self.figure), snapshot: self.data.latest(), size })
    }
}
