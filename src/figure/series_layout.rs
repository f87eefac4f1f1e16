//! Which subplot a series stands in: gives every series of a snapshot that has no place yet one.
//!
//! Pure. Keeps the styles that are there, so that what a person hid stays hidden.

use std::collections::{HashMap, HashSet};

use crate::batch::{AxisLayout, Layout, SeriesId, SeriesInfo, SubplotLayout};
use crate::figure::figure::{Axis, AxisRange, Figure, Grid, LegendPlace, Scale, SeriesStyle, Subplot};
use crate::store::Snapshot;

/// More series than this share subplots; a smaller one could not be read.
pub const MOST_SUBPLOTS: usize = 12;

/// Gives every series of `snapshot` its place: all in the first subplot, or, if `separate`, each in one of its own,
/// sharing x. Returns whether the figure changed.
pub fn arrange_series(figure: &mut Figure, snapshot: &Snapshot, separate: bool) -> bool {
    let mut styles: Vec<SeriesStyle> = figure.subplots.iter().flat_map(|subplot| subplot.series.clone()).collect();
    let known = styles.len();
    let placed: HashSet<SeriesId> = styles.iter().map(|style| style.id).collect();
    for series in snapshot.series.iter() {
        if !placed.contains(&series.info.id) {
            styles.push(SeriesStyle::new(series.info.id));
        }
    }
    let rows = if separate { styles.len().clamp(1, MOST_SUBPLOTS) } else { 1 };
    if styles.len() == known && rows == figure.subplots.len() {
        return false;
    }
    let info = |style: &SeriesStyle| snapshot.get(style.id).map(|series| &*series.info);
    let mut template = figure.subplots.first().cloned().unwrap_or_default();
    if figure.subplots.len() > 1 {
        // It stood for one of them: shared, it would name the wrong one.
        template.y.label.clear();
    }
    // What was written stays where it stands; it is not for every subplot.
    let marks = figure.subplots.iter_mut().map(|s| (std::mem::take(&mut s.annotations), std::mem::take(&mut s.events)));
    let mut marks: Vec<_> = marks.collect();
    // That of a subplot that goes comes to the first one, which takes its series.
    for (annotations, events) in marks.split_off(rows.min(marks.len())) {
        if let Some(first) = marks.first_mut() {
            first.0.extend(annotations);
            first.1.extend(events);
        }
    }
    (template.annotations, template.events) = Default::default();
    figure.grid = Grid { rows: rows as u16, columns: 1, share_x: rows > 1, share_y: false };
    figure.subplots = (0..rows)
        .map(|row| {
            let series: Vec<_> =
                styles.iter().enumerate().filter(|(i, _)| i % rows == row).map(|(_, s)| s.clone()).collect();
            let mut subplot = Subplot { series, ..template.clone() };
            label_axes(&mut subplot, info, rows > 1);
            if let Some(marks) = marks.get_mut(row) {
                (subplot.annotations, subplot.events) = std::mem::take(marks);
            }
            subplot
        })
        .collect();
    true
}

/// Arranges a figure that shows `snapshot` for the first and only time.
pub fn arrange_all(figure: &mut Figure, snapshot: &Snapshot) {
    match &snapshot.layout {
        Some(layout) => lay_out(figure, layout, true, snapshot),
        None => _ = arrange_series(figure, snapshot, false),
    }
}

/// Lays the figure out as its program describes it: from the beginning if that `is_new`, else only series that came since
/// get their places, and the axes stay as a person may have set them. What a person hid stays hidden.
pub fn lay_out(figure: &mut Figure, layout: &Layout, is_new: bool, snapshot: &Snapshot) {
    let styles = figure.subplots.iter_mut().flat_map(|subplot| std::mem::take(&mut subplot.series));
    let known: HashMap<SeriesId, SeriesStyle> = styles.map(|style| (style.id, style)).collect();
    if is_new {
        let (rows, columns) = (layout.rows.max(1), layout.columns.max(1));
        let has_grid = figure.subplots.first().is_none_or(|subplot| subplot.has_grid);
        figure.title.clone_from(&layout.title);
        figure.grid = Grid { rows, columns, share_x: false, share_y: false };
        let plain = SubplotLayout::default();
        figure.subplots = (0..usize::from(rows) * usize::from(columns))
            .map(|place| described(layout.subplots.get(place).unwrap_or(&plain), has_grid))
            .collect();
    }
    let places: HashMap<SeriesId, Option<u16>> = layout.places.iter().copied().collect();
    for series in snapshot.series.iter() {
        let id = series.info.id;
        let Some(place) = places.get(&id).copied().unwrap_or(Some(0)) else { continue };
        // A place beyond the grid would hide it for ever.
        let place = usize::from(place).min(figure.subplots.len().saturating_sub(1));
        let style = known.get(&id).cloned().unwrap_or_else(|| SeriesStyle::new(id));
        if let Some(subplot) = figure.subplots.get_mut(place) {
            subplot.series.push(style);
        }
    }
    for subplot in &mut figure.subplots {
        label_axes(subplot, |style| snapshot.get(style.id).map(|series| &*series.info), false);
    }
}

fn described(layout: &SubplotLayout, has_grid: bool) -> Subplot {
    let axis = |axis: &AxisLayout| Axis {
        label: axis.label.clone(),
        scale: if axis.is_log { Scale::Log } else { Scale::Linear },
        range: match axis.limits {
            Some((min, max)) if min.is_finite() && max.is_finite() && min < max => AxisRange::Fixed { min, max },
            _ => AxisRange::Auto,
        },
        tick_format: None,
    };
    Subplot {
        title: layout.title.clone(),
        x: axis(&layout.x),
        y: axis(&layout.y),
        has_grid,
        legend: if layout.hides_legend { LegendPlace::Hidden } else { LegendPlace::Best },
        ..Subplot::default()
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, SeriesId};
    use crate::store::Store;

    fn snapshot(count: u32) -> Snapshot {
        let mut store = Store::default();
        for id in 0..count {
            store.declare(SeriesInfo {
                id: SeriesId(id),
                name: format!("series {id}"),
                x_label: "step".into(),
                x_is_time: false,
                color: None,
            });
            store.append(Batch::point(SeriesId(id), 0, 0.0, 0.0));
        }
        store.snapshot()
    }

    fn ids(figure: &Figure) -> Vec<Vec<u32>> {
        figure.subplots.iter().map(|subplot| subplot.series.iter().map(|style| style.id.0).collect()).collect()
    }

    #[test]
    fn every_series_gets_one_place_and_keeps_its_style() {
        let mut figure = Figure::default();
        assert!(arrange_series(&mut figure, &snapshot(2), false));
        assert_eq!(ids(&figure), [[0, 1]]);
        assert_eq!(figure.subplots[0].x.label, "step");
        assert!(!arrange_series(&mut figure, &snapshot(2), false), "nothing is new");
        figure.subplots[0].series[1].is_visible = false;
        assert!(arrange_series(&mut figure, &snapshot(3), false));
        assert_eq!(ids(&figure), [[0, 1, 2]]);
        let visible: Vec<_> = figure.subplots[0].series.iter().map(|style| style.is_visible).collect();
        assert_eq!(visible, [true, false, true], "what was hidden stays hidden");
    }

    #[test]
    fn what_was_written_stays_in_its_subplot_and_is_not_copied() {
        let mut figure = Figure::default();
        arrange_series(&mut figure, &snapshot(2), false);
        figure.subplots[0].annotations.push(crate::figure::Annotation::default());
        arrange_series(&mut figure, &snapshot(3), false);
        assert_eq!(figure.subplots[0].annotations.len(), 1);
        arrange_series(&mut figure, &snapshot(3), true);
        let counts: Vec<_> = figure.subplots.iter().map(|subplot| subplot.annotations.len()).collect();
        assert_eq!(counts, [1, 0, 0]);
        figure.subplots[2].annotations.push(crate::figure::Annotation::default());
        arrange_series(&mut figure, &snapshot(3), false);
        assert_eq!(figure.subplots[0].annotations.len(), 2, "what was written is kept when subplots become one");
    }

    #[test]
    fn separate_series_share_x_and_are_named_beside_y() {
        let mut figure = Figure::default();
        figure.subplots[0].has_grid = !figure.subplots[0].has_grid;
        let grid = figure.subplots[0].has_grid;
        arrange_series(&mut figure, &snapshot(3), true);
        assert_eq!(ids(&figure), [[0], [1], [2]]);
        assert_eq!((figure.grid.rows, figure.grid.columns, figure.grid.share_x), (3, 1, true));
        for (i, subplot) in figure.subplots.iter().enumerate() {
            assert_eq!(subplot.y.label, format!("series {i}"));
            assert_eq!(subplot.has_grid, grid, "all look as the first did");
        }
        assert!(arrange_series(&mut figure, &snapshot(3), false));
        assert_eq!(ids(&figure), [[0, 1, 2]]);
        assert_eq!(figure.subplots[0].y.label, "", "no one series names what all share");
        assert!(!figure.grid.share_x);
    }

    #[test]
    fn a_described_figure_is_laid_out_as_its_program_says() {
        let limits = Some((0.0, 5.0));
        let y = AxisLayout { label: "loss".into(), is_log: true, limits };
        let second = SubplotLayout { title: "b".into(), y, hides_legend: true, ..SubplotLayout::default() };
        let layout = Layout {
            title: "both".into(),
            rows: 1,
            columns: 2,
            subplots: vec![SubplotLayout::default(), second],
            places: vec![(SeriesId(1), Some(1)), (SeriesId(2), None), (SeriesId(3), Some(9))],
        };
        let mut figure = Figure::default();
        lay_out(&mut figure, &layout, true, &snapshot(4));
        assert_eq!(ids(&figure), [vec![0], vec![1, 3]], "one that was taken out is nowhere, one beyond is in the last");
        assert_eq!((figure.title.as_str(), figure.grid.rows, figure.grid.columns), ("both", 1, 2));
        let b = &figure.subplots[1];
        assert_eq!(
            (b.title.as_str(), b.y.label.as_str(), b.y.scale, b.legend),
            ("b", "loss", Scale::Log, LegendPlace::Hidden)
        );
        assert_eq!(b.y.range, AxisRange::Fixed { min: 0.0, max: 5.0 });
        assert_eq!(b.x.label, "step", "what is not said comes from the series");
        figure.subplots[0].series[0].is_visible = false;
        figure.subplots[1].y.scale = Scale::Linear;
        lay_out(&mut figure, &layout, false, &snapshot(5));
        assert_eq!(ids(&figure), [vec![0, 4], vec![1, 3]]);
        assert_eq!(figure.subplots[1].y.scale, Scale::Linear, "an axis that a person set stays");
        assert!(!figure.subplots[0].series[0].is_visible, "what was hidden stays hidden");
        let limits = Some((f64::NAN, 1.0));
        let bad = Layout {
            rows: 0,
            subplots: vec![SubplotLayout {
                x: AxisLayout { limits, ..AxisLayout::default() },
                ..SubplotLayout::default()
            }],
            ..Layout::default()
        };
        lay_out(&mut figure, &bad, true, &snapshot(1));
        assert_eq!((figure.subplots.len(), figure.subplots[0].x.range), (1, AxisRange::Auto));
    }

    #[test]
    fn more_series_than_can_be_read_share_subplots() {
        let mut figure = Figure::default();
        arrange_series(&mut figure, &snapshot(30), true);
        assert_eq!(figure.subplots.len(), MOST_SUBPLOTS);
        let mut all: Vec<u32> = ids(&figure).concat();
        all.sort_unstable();
        assert_eq!(all, (0..30).collect::<Vec<_>>(), "each once");
        assert_eq!(figure.subplots[0].y.label, "", "a shared subplot bears no one's name");
    }

    #[test]
    fn without_series_there_is_one_empty_subplot() {
        let mut figure = Figure::default();
        assert!(!arrange_series(&mut figure, &Snapshot::default(), true));
        assert_eq!(ids(&figure), [[0_u32; 0]]);
    }

    #[test]
    fn times_make_a_calendar_axis_and_a_label_that_was_chosen_stays() {
        let mut store = Store::default();
        store.declare(SeriesInfo {
            id: SeriesId(0),
            name: "load".into(),
            x_label: "time".into(),
            x_is_time: true,
            color: None,
        });
        let mut figure = Figure::default();
        figure.subplots[0].x.label = "when".into();
        arrange_series(&mut figure, &store.snapshot(), false);
        assert_eq!((figure.subplots[0].x.scale, figure.subplots[0].x.label.as_str()), (Scale::Time, "when"));
    }
}
