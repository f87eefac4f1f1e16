//! Finds places for small texts in a plotting area so that they do not cover each other.
//!
//! Pure; runs on the figure's thread.

use crate::figure::layout::PlotRect;

/// Texts that are placed in one subplot at most: each is compared with those before it.
pub const MOST_LABELS: usize = 300;

/// The rectangles that are taken in one subplot. Empty at first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    rects: Vec<PlotRect>,
}

impl Taken {
    /// Forgets all; keeps the memory.
    pub fn clear(&mut self) {
        self.rects.clear();
    }

    /// The rectangles, in the order in which they were taken.
    #[must_use]
    pub fn rects(&self) -> &[PlotRect] {
        &self.rects
    }

    /// Takes a rectangle, whatever stands there.
    pub fn take(&mut self, rect: PlotRect) {
        self.rects.push(rect);
    }

    /// Takes the first of `candidates` that lies within `area` and covers nothing taken; `None` if there is none, or if
    /// [`MOST_LABELS`] are placed already.
    pub fn place(&mut self, area: &PlotRect, candidates: impl IntoIterator<Item = PlotRect>) -> Option<PlotRect> {
        if self.rects.len() >= MOST_LABELS {
            return None;
        }
        let is_free = |rect: &PlotRect| is_within(rect, area) && !self.rects.iter().any(|taken| taken.overlaps(rect));
        let rect = candidates.into_iter().find(is_free)?;
        self.rects.push(rect);
        Some(rect)
    }
}

/// Whether `inner` lies in `outer` altogether.
fn is_within(inner: &PlotRect, outer: &PlotRect) -> bool {
    inner.x_px >= outer.x_px
        && inner.y_px >= outer.y_px
        && inner.x_px + inner.width_px <= outer.x_px + outer.width_px
        && inner.y_px + inner.height_px <= outer.y_px + outer.height_px
}

/// `rect` moved into `area` as far as it fits, its upper left corner first.
#[must_use]
pub fn moved_into(rect: PlotRect, area: &PlotRect) -> PlotRect {
    let within = |start: f32, length: f32, least: f32, room: f32| start.min(least + room - length).max(least);
    PlotRect {
        x_px: within(rect.x_px, rect.width_px, area.x_px, area.width_px),
        y_px: within(rect.y_px, rect.height_px, area.y_px, area.height_px),
        ..rect
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AREA: PlotRect = PlotRect { x_px: 50.0, y_px: 20.0, width_px: 400.0, height_px: 200.0 };

    proptest! {
        #[test]
        fn what_is_placed_lies_within_and_covers_nothing(
            wishes in prop::collection::vec((0.0..500.0_f32, 0.0..300.0_f32, 5.0..120.0_f32), 0..60),
        ) {
            let mut taken = Taken::default();
            for (x_px, y_px, width_px) in wishes {
                let rect = PlotRect { x_px, y_px, width_px, height_px: 14.0 };
                let below = (0..6).map(|row| PlotRect { y_px: y_px + 16.0 * row as f32, ..rect });
                taken.place(&AREA, below);
            }
            for (i, a) in taken.rects().iter().enumerate() {
                prop_assert!(is_within(a, &AREA));
                prop_assert!(taken.rects()[i + 1..].iter().all(|b| !a.overlaps(b)));
            }
        }

        #[test]
        fn what_fits_is_moved_inside(x_px in -900.0..900.0_f32, y_px in -900.0..900.0_f32, width_px in 1.0..400.0_f32) {
            let rect = moved_into(PlotRect { x_px, y_px, width_px, height_px: 30.0 }, &AREA);
            prop_assert!(rect.x_px >= AREA.x_px && rect.x_px + rect.width_px <= AREA.x_px + AREA.width_px + 1e-3);
            prop_assert!(rect.y_px >= AREA.y_px && rect.y_px + rect.height_px <= AREA.y_px + AREA.height_px + 1e-3);
        }
    }

    #[test]
    fn there_is_a_limit() {
        let mut taken = Taken::default();
        let rect = PlotRect { x_px: 60.0, y_px: 30.0, width_px: 1.0, height_px: 1.0 };
        (0..MOST_LABELS).for_each(|_| taken.take(rect));
        assert_eq!(taken.place(&AREA, [PlotRect { x_px: 100.0, ..rect }]), None);
    }
}
