//! What the bench needs of the window: the samples that it shows, and a way to move its view. Only with the feature
//! `bench`.
//!
//! Any thread.

use std::sync::{Mutex, PoisonError};

use cxx_qt::CxxQtThread;

use crate::bridge::figure_item::qobject::FigureItem;
use crate::store::SnapshotSlot;

static FIGURE: Mutex<Option<CxxQtThread<FigureItem>>> = Mutex::new(None);
static DATA: Mutex<Option<SnapshotSlot>> = Mutex::new(None);

/// Remembers the figure made last.
pub(crate) fn enter_figure(figure: CxxQtThread<FigureItem>) {
    *FIGURE.lock().unwrap_or_else(PoisonError::into_inner) = Some(figure);
}

/// Remembers the samples of the job started last.
pub(crate) fn enter_data(data: SnapshotSlot) {
    *DATA.lock().unwrap_or_else(PoisonError::into_inner) = Some(data);
}

/// The samples of the job started last.
#[must_use]
pub fn data() -> Option<SnapshotSlot> {
    DATA.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Shows the part of the first subplot between two x and two y values; returns at once.
pub fn show(x: (f64, f64), y: (f64, f64)) {
    let figure = FIGURE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(figure) = &*figure {
        // A failed post means that the window is gone, and with it the bench.
        _ = figure.queue(move |item| item.show(x, y));
    }
}
