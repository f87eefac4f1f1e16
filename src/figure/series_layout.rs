//! Which subplot a series stands in: gives every series of a snapshot that has no place yet one.
//!
//! Pure. Keeps the styles that are there, so that what a person hid stays hidden.

use crate::batch::SeriesInfo;
use crate::figure::figure::{Figure, Grid, Scale, SeriesStyle, Subplot};
use crate::store::Snapshot;

/// More series than this share subplots; a smaller one could not be read.
const MOST_SUBPLOTS: usize = 12;

/// Gives every series of `snapshot` its place: all in the first subplot, or, if `separate`, each in one of its own,
/// sharing x. Returns whether the figure changed.
pub fn arrange_series(figure: &mut Figure, snapshot: &Snapshot, separate: bool) -> bool {
    let mut styles: Vec<SeriesStyle> = figure.subplots.iter().flat_map(|subplot| subplot.series.clone()).collect();
    let known = styles.len();
    for series in snapshot.series.iter() {
        if !styles.iter().any(|style| style.id == series.info.id) {
            styles.push(SeriesStyle::new(series.info.id));
        }
    }
    let rows = if separate { styles.len().clamp(1, MOST_SUBPLOTS) } else { 1 };
    if styles.len() == known && rows == figure.subplots.len() {
        return false;
    }
    let template = figure.subplots.first().cloned().unwrap_or_default();
    let info = |style: &SeriesStyle| snapshot.get(style.id).map(|series| &*series.info);
    figure.grid = Grid { rows: rows as u16, columns: 1, share_x: rows > 1, share_y: false };
    figure.subplots = (0..rows)
        .map(|row| {
            let series: Vec<_> =
                styles.iter().enumerate().filter(|(i, _)| i % rows == row).map(|(_, s)| s.clone()).collect();
            let mut subplot = Subplot { series, ..template.clone() };
            label_axes(&mut subplot, info, rows > 1);
            subplot
        })
        .collect();
    true
}

/// Labels x as the source calls it, and y by the name of a series that stands alone, where the figure says nothing.
fn label_axes<'a>(subplot: &mut Subplot, info: impl Fn(&SeriesStyle) -> Option<&'a SeriesInfo>, has_own_name: bool) {
    let Some(first) = subplot.series.first().and_then(&info) else { return };
    if subplot.x.label.is_empty() {
        subplot.x.label.clone_from(&first.x_label);
    }
    if subplot.x.scale == Scale::Linear && first.x_is_time {
        subplot.x.scale = Scale::Time;
    }
    if has_own_name && subplot.series.len() == 1 {
        subplot.y.label.clone_from(&first.name);
    }
}
