//! What a figure shows, in words, for people who hear it.

use super::FigureControl;
use crate::app::printable::printable;
use crate::figure::ticks::format_significant;
use crate::store::Snapshot;

/// Curves that are named: of more, nobody could keep the first in mind.
const NAMED: usize = 8;

/// Digits of a value: as many as one remembers.
const DIGITS: usize = 4;

/// The curves that a figure shows, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurveWords {
    /// How many there are.
    pub count: usize,
    /// Names and last values of the first eight, as `loss 0.25, accuracy 0.91`; ends with `…` where there are more.
    pub text: String,
}

impl FigureControl {
    /// The curves that are shown and have a sample, in words.
    #[must_use]
    pub fn curve_words(&self, snapshot: &Snapshot) -> CurveWords {
        let styles = self.shown.subplots.iter().flat_map(|subplot| &subplot.series);
        let curves = styles.filter(|style| style.is_visible).filter_map(|style| {
            let series = snapshot.get(style.id)?;
            let (_, last) = series.sample(series.len().checked_sub(1)?)?;
            Some((if style.name.is_empty() { &series.info.name } else { &style.name }, last))
        });
        let mut words = CurveWords::default();
        for (name, last) in curves {
            if words.count < NAMED {
                let separator = if words.count == 0 { "" } else { ", " };
                words.text.extend([separator, &printable(name), " ", &format_significant(last, DIGITS)]);
            }
            words.count += 1;
        }
        if words.count > NAMED {
            words.text.push_str(", …");
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, Item, SeriesId, SeriesInfo};
    use crate::store::Store;

    fn snapshot(count: u32) -> Snapshot {
        let mut store = Store::default();
        for id in 0..count {
            let name = format!("series {id}");
            store.declare(SeriesInfo { id: SeriesId(id), name, x_label: String::new(), x_is_time: false, color: None });
            store.apply(Item::Append(Batch::point(SeriesId(id), 0, 0.0, 9.0)));
            store.apply(Item::Append(Batch::point(SeriesId(id), 0, 1.0, 0.25 * f64::from(id))));
        }
        store.snapshot()
    }

    #[test]
    fn curves_are_named_with_their_last_values() {
        let mut control = FigureControl::default();
        assert_eq!(control.curve_words(&snapshot(0)), CurveWords::default());
        control.arrange(&snapshot(2));
        let words = control.curve_words(&snapshot(2));
        assert_eq!((words.count, words.text.as_str()), (2, "series 0 0, series 1 0.25"));
        control.toggle_series(0, SeriesId(0));
        assert_eq!(control.curve_words(&snapshot(2)).text, "series 1 0.25", "what is hidden is not read");
    }

    #[test]
    fn of_many_curves_the_first_are_named() {
        let mut control = FigureControl::default();
        control.arrange(&snapshot(30));
        let words = control.curve_words(&snapshot(30));
        assert_eq!(words.count, 30);
        assert!(words.text.contains("series 7") && words.text.ends_with(", …") && !words.text.contains("series 8"));
    }
}
