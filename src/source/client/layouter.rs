//! How a client's figure is laid out, gathered from many frames and handed on when it has changed.

use std::sync::Arc;

use crate::batch::{Item, Layout, SeriesId};
use crate::source::{Outlet, SourceError};

/// Makes one description of a figure from many frames.
#[derive(Default)]
pub(super) struct Layouter {
    pub layout: Layout,
    pub is_new: bool,
}

impl Layouter {
    /// Puts a series into a subplot; into the first one without a word.
    pub fn place(&mut self, id: SeriesId, subplot: Option<u16>) {
        let places = &mut self.layout.places;
        match (places.iter_mut().find(|(known, _)| *known == id), subplot) {
            (Some((_, known)), _) if *known == Some(subplot.unwrap_or(0)) => return,
            (Some((_, known)), _) => *known = Some(subplot.unwrap_or(0)),
            (None, Some(subplot)) => places.push((id, Some(subplot))),
            (None, None) => return,
        }
        self.is_new = true;
    }

    /// Whether a series was taken out of the figure.
    pub fn is_removed(&self, id: SeriesId) -> bool {
        self.layout.places.iter().any(|(known, place)| *known == id && place.is_none())
    }

    /// Takes a series out of the figure.
    pub fn remove(&mut self, id: SeriesId) {
        let places = &mut self.layout.places;
        match places.iter_mut().find(|(known, _)| *known == id) {
            Some((_, place)) => *place = None,
            None => places.push((id, None)),
        }
        self.is_new = true;
    }

    /// Hands the description on, if it is new.
    pub fn send(&mut self, out: &mut dyn Outlet) -> Result<(), SourceError> {
        if std::mem::take(&mut self.is_new) {
            let columns = self.layout.columns.max(1);
            let rows = self.layout.rows.max(1);
            // Series may have been placed before the subplots were described.
            let last = self.layout.places.iter().filter_map(|(_, place)| *place).max().unwrap_or(0);
            let rows = rows.max((last / columns).saturating_add(1)).min(64);
            out.deliver(Item::Layout(Arc::new(Layout { rows, columns, ..self.layout.clone() })))?;
        }
        Ok(())
    }
}
