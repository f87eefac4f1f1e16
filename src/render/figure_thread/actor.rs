//! The loop of a figure's thread.

use std::sync::Arc;
use std::time::Instant;

use jiff::tz::TimeZone;

use crate::figure::Figure;
use crate::figure::cursors::cursor_table;
use crate::figure::layout::FrameLayout;
use crate::figure::readout::readout;
use crate::job::thread::caught;
use crate::render::figure_thread::painter::Paint;
use crate::render::figure_thread::state::{Order, Shared};
use crate::render::frame::{Frame, FrameSize};
use crate::store::Snapshot;

/// Draws until it is stopped. Panics of the drawing are caught, so it always ends this way.
pub(super) fn run(shared: &Arc<Shared>, painter: Box<dyn Paint>) {
    let mut actor = Actor { shared, painter, drawn: None, drawn_version: None, serial: 0, told: None };
    loop {
        match shared.next_order(actor.drawn_version) {
            Order::Stop => return,
            Order::Draw { figure, snapshot, size } => {
                actor.guarded("drawn", |actor| actor.draw(figure, snapshot, size));
                actor.guarded("read", Actor::answer);
            }
            Order::Probe => actor.guarded("read", Actor::answer),
        }
    }
}

struct Actor<'a> {
    shared: &'a Shared,
    painter: Box<dyn Paint>,
    drawn: Option<Drawn>,
    drawn_version: Option<u64>,
    serial: u64,
    /// The failure told last; the same is not told again.
    told: Option<String>,
}

/// What the frame drawn last shows. A probe is answered from it: newer data read by an older layout would put a sample
/// where nobody sees it.
struct Drawn {
    figure: Arc<Figure>,
    snapshot: Snapshot,
    layout: Arc<FrameLayout>,
}

impl Actor<'_> {
    fn draw(&mut self, figure: Arc<Figure>, snapshot: Snapshot, size: FrameSize) {
        let start = Instant::now();
        // Set before the drawing: if that panics, the same data are not tried again and again.
        self.drawn_version = Some(snapshot.version);
        let buffer = self.shared.frames.buffer(size.width_px as usize * size.height_px as usize * 4);
        let painted = self.painter.paint(&figure, &snapshot, size, buffer);
        let (version, layout) = (snapshot.version, Arc::clone(&painted.layout));
        self.drawn = Some(Drawn { figure, snapshot: painted.shown, layout });
        self.serial += 1;
        self.told = None;
        self.shared.finish_frame(Frame {
            pixels: painted.pixels,
            size,
            layout: painted.layout,
            stats: painted.stats,
            snapshot_version: version,
            draw_time: start.elapsed(),
            serial: self.serial,
        });
    }

    fn answer(&mut self) {
        let place_px = self.shared.probe();
        let drawn = self.drawn.as_ref();
        if let Some([x_px, y_px]) = place_px {
            self.shared.finish_readout(drawn.and_then(|d| readout(&d.figure, &d.snapshot, &d.layout, x_px, y_px)));
        }
        if let Some(drawn) = drawn.filter(|_| self.shared.wants_table()) {
            let pointer = place_px.and_then(|[x_px, y_px]| drawn.layout.place_at(x_px, y_px));
            let zone = TimeZone::system();
            let table = cursor_table(&drawn.figure, &drawn.snapshot, &drawn.layout, pointer, &zone);
            self.shared.finish_table(table);
        }
    }

    /// Does `work`; a panic in it is told once and the painter made anew.
    fn guarded(&mut self, what: &str, work: impl FnOnce(&mut Self)) {
        // The actor's own fields hold whole values at every point where the work can panic.
        let Err(panic) = caught(|| work(self)) else { return };
        self.painter.reset();
        let error = format!("the figure could not be {what}: {panic}");
        if self.told.as_ref() != Some(&error) {
            log::error!("{error}");
            self.told = Some(error.clone());
            if let Err(panic) = caught(|| self.shared.fail(error)) {
                log::error!("the listener of a figure panicked: {panic}");
            }
        }
    }
}
