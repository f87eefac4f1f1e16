//! Two cursors that a person pins to places of x, and the table of what all series say there and under the pointer.
//!
//! Pure. The cursors stay in data units; the table is made anew from the newest samples, so it follows them.

use jiff::tz::TimeZone;

use crate::batch::{Color, SeriesId};
use crate::figure::figure::{Figure, Scale};
use crate::figure::layout::{AxisMap, FrameLayout};
use crate::figure::readout::{exact_text, nearest};
use crate::figure::ticks::format_significant;
use crate::store::Snapshot;

/// Where the two cursors are pinned, in units of x; `None` where one is not shown. A value that is not finite counts as none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cursors {
    /// The first.
    pub a: Option<f64>,
    /// The second: differences are from the first to it.
    pub b: Option<f64>,
}

/// One of the two cursors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pin {
    /// The first.
    A,
    /// The second.
    B,
}

impl Pin {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// What stands on its handle.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

impl Cursors {
    /// Where one of them is pinned.
    #[must_use]
    pub fn get(&self, pin: Pin) -> Option<f64> {
        let x = match pin {
            Pin::A => self.a,
            Pin::B => self.b,
        };
        x.filter(|x| x.is_finite())
    }

    /// Pins one of them, or takes it away.
    pub fn set(&mut self, pin: Pin, x: Option<f64>) {
        match pin {
            Pin::A => self.a = x,
            Pin::B => self.b = x,
        }
    }
}

/// What all series say under the pointer and at the cursors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CursorTable {
    /// x under the pointer.
    pub pointer: Option<CursorX>,
    /// x of the first cursor.
    pub a: Option<CursorX>,
    /// x of the second cursor.
    pub b: Option<CursorX>,
    /// From the first to the second, where both are shown; seconds where x is a time.
    pub delta_x: Option<CursorX>,
    /// 1 divided by that: a frequency where x is a time. `None` where they stand at one place.
    pub rate: Option<CursorX>,
    /// Each visible series of each subplot, in their order.
    pub rows: Vec<CursorRow>,
    /// Visible series beyond those in `rows`.
    pub skipped: usize,
}

/// A number and how it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct CursorX {
    /// Exactly.
    pub value: f64,
    /// As text; a time as a date.
    pub text: String,
}

/// What one series says.
#[derive(Clone, Debug, PartialEq)]
pub struct CursorRow {
    /// Index of its subplot.
    pub subplot: usize,
    /// The series.
    pub series: SeriesId,
    /// Its name; plain text from anywhere.
    pub name: String,
    /// The colour of its curve.
    pub color: Color,
    /// Its sample nearest to the pointer's x.
    pub pointer: Option<CursorValue>,
    /// Its sample nearest to the first cursor.
    pub a: Option<CursorValue>,
    /// Its sample nearest to the second cursor.
    pub b: Option<CursorValue>,
    /// y at the second minus y at the first, as measured; `None` unless both are finite.
    pub delta: Option<CursorX>,
    /// The same of the smoothed curve, if there is one.
    pub smoothed_delta: Option<CursorX>,
}

/// A sample of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct CursorValue {
    /// Its x, exactly.
    pub x: f64,
    /// Its y, exactly; may be NaN or infinite.
    pub y: f64,
    /// y as text; `no value` if it is NaN.
    pub y_text: String,
    /// What the smoothed curve says there, if there is one.
    pub smoothed: Option<CursorX>,
}

/// Series in the table at most: of more, nobody reads them.
pub const MOST_ROWS: usize = 500;

/// Samples of a series in free order that are looked at for the nearest one: the table is made with every frame.
const MOST_WALKED: usize = 100_000;

/// Digits of differences.
const DIGITS: usize = 6;

/// The table for a frame. `pointer` is the subplot under the pointer and x there; series of subplots whose x is of another
/// kind (a time, a number) have no value there. `snapshot` is that of the frame: with the smoothed curves.
#[must_use]
pub fn cursor_table(
    figure: &Figure,
    snapshot: &Snapshot,
    layout: &FrameLayout,
    pointer: Option<(usize, f64)>,
    zone: &TimeZone,
) -> CursorTable {
    let is_time = |subplot: usize| layout.subplots.get(subplot).map(|subplot| subplot.x.scale == Scale::Time);
    let cursor_scale = layout.subplots.first().map_or(Scale::Linear, |subplot| subplot.x.scale);
    let x_text = |value: f64, scale| {
        let map = AxisMap { scale, ..AxisMap::default() };
        CursorX { value, text: exact_text(value, &map, zone) }
    };
    let (a, b) = (figure.cursors.get(Pin::A), figure.cursors.get(Pin::B));
    let delta_x = a.zip(b).map(|(a, b)| b - a).filter(|delta| delta.is_finite());
    let unit = if cursor_scale == Scale::Time { " s" } else { "" };
    let per_unit = if cursor_scale == Scale::Time { " /s" } else { "" };
    let mut table = CursorTable {
        pointer: pointer.map(|(subplot, x)| {
            x_text(x, layout.subplots.get(subplot).map_or(Scale::Linear, |subplot| subplot.x.scale))
        }),
        a: a.map(|x| x_text(x, cursor_scale)),
        b: b.map(|x| x_text(x, cursor_scale)),
        delta_x: delta_x.map(|value| number(value, unit)),
        rate: delta_x.map(f64::recip).filter(|rate| rate.is_finite()).map(|value| number(value, per_unit)),
        ..CursorTable::default()
    };
    for (subplot, (drawn, place)) in figure.subplots.iter().zip(&layout.subplots).enumerate() {
        let fits = |other: usize| is_time(other) == is_time(subplot);
        let xs =
            [pointer.filter(|(other, _)| fits(*other)).map(|(_, x)| x), a.filter(|_| fits(0)), b.filter(|_| fits(0))];
        for (index, style) in drawn.series.iter().enumerate().filter(|(_, style)| style.is_visible) {
            let Some(series) = snapshot.get(style.id) else { continue };
            if table.rows.len() >= MOST_ROWS {
                table.skipped += 1;
                continue;
            }
            let map = place.y_map(style.axis);
            let smoothed = figure.smoothing_of(style).key().and_then(|key| snapshot.derived(style.id, key));
            let [pointer, a, b] = xs.map(|x| {
                let index = nearest(series, x?, &place.x, MOST_WALKED)?;
                let (x, y) = series.sample(index)?;
                let value = |y| CursorX { value: y, text: exact_text(y, map, zone) };
                let smoothed = smoothed.and_then(|smoothed| smoothed.sample(index)).map(|(_, y)| value(y));
                Some(CursorValue { x, y, y_text: exact_text(y, map, zone), smoothed })
            });
            let between = |y: fn(&CursorValue) -> Option<f64>| {
                let delta = y(b.as_ref()?)? - y(a.as_ref()?)?;
                delta.is_finite().then(|| number(delta, ""))
            };
            table.rows.push(CursorRow {
                subplot,
                series: style.id,
                name: if style.name.is_empty() { series.info.name.clone() } else { style.name.clone() },
                color: figure.theme.series_color(style.color.or(series.info.color), index),
                delta: between(|value| Some(value.y)),
                smoothed_delta: between(|value| value.smoothed.as_ref().map(|smoothed| smoothed.value)),
                pointer,
                a,
                b,
            });
        }
    }
    table
}

fn number(value: f64, unit: &str) -> CursorX {
    CursorX { value, text: format_significant(value, DIGITS) + unit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, SeriesInfo};
    use crate::figure::figure::{SeriesStyle, Subplot};
    use crate::figure::layout::SubplotLayout;
    use crate::figure::smoothing::Smoothing;
    use crate::store::Store;

    /// Two subplots of one series each: y = x and y = x².
    fn figure() -> (Figure, Store, FrameLayout) {
        let (mut store, mut figure) = (Store::default(), Figure::default());
        figure.subplots = vec![Subplot::default(); 2];
        for id in 0..2_u32 {
            let info = SeriesInfo {
                id: SeriesId(id),
                name: format!("power {}", id + 1),
                x_label: String::new(),
                x_is_time: false,
                color: None,
            };
            store.declare(info);
            let y = (0..10).map(|i| f64::from(i).powi(id as i32 + 1)).collect::<Vec<_>>();
            store.append(Batch::steps(SeriesId(id), 0, 0.0, 1.0, y));
            figure.subplots[id as usize].series.push(SeriesStyle::new(SeriesId(id)));
        }
        let map = AxisMap { scale: Scale::Linear, min: 0.0, max: 9.0, start_px: 0.0, end_px: 900.0 };
        let subplot = SubplotLayout { x: map, y: map, ..SubplotLayout::default() };
        (figure, store, FrameLayout { subplots: vec![subplot.clone(), subplot] })
    }

    #[test]
    fn the_table_tells_all_subplots_and_the_difference() {
        let (mut figure, store, layout) = figure();
        figure.cursors = Cursors { a: Some(2.2), b: Some(6.0) };
        let table = cursor_table(&figure, &store.snapshot(), &layout, Some((1, 3.9)), &TimeZone::UTC);
        let text = |x: &Option<CursorX>| x.as_ref().map(|x| x.text.clone()).unwrap_or_default();
        assert_eq!([&table.a, &table.b, &table.delta_x, &table.rate].map(text), ["2.2", "6", "3.8", "0.263158"]);
        let rows: Vec<_> = table
            .rows
            .iter()
            .map(|row| {
                let y = |value: &Option<CursorValue>| value.as_ref().map_or(f64::NAN, |value| value.y);
                (row.subplot, row.name.as_str(), y(&row.pointer), y(&row.a), y(&row.b), text(&row.delta))
            })
            .collect();
        assert_eq!(rows, [(0, "power 1", 4.0, 2.0, 6.0, "4".into()), (1, "power 2", 16.0, 4.0, 36.0, "32".into())]);
    }

    #[test]
    fn it_follows_the_data_and_says_what_the_smoothed_curve_says() {
        let (mut figure, mut store, layout) = figure();
        figure.cursors.b = Some(20.0);
        figure.smoothing = Smoothing::Median { window: 3 };
        let mut preparation = crate::figure::prepare::Preparation::default();
        let mut last = |store: &Store| {
            let snapshot = preparation.prepare(&figure, &store.snapshot());
            let table = cursor_table(&figure, &snapshot, &layout, None, &TimeZone::UTC);
            let value = table.rows[0].b.clone().unwrap();
            (value.y, value.smoothed.unwrap().value)
        };
        assert_eq!(last(&store), (9.0, 8.5));
        store.append(Batch::steps(SeriesId(0), 0, 10.0, 1.0, vec![0.0; 20]));
        assert_eq!(last(&store), (0.0, 0.0));
    }

    #[test]
    fn data_hostile_cursors_and_samples_make_no_difference_that_is_none() {
        let (mut figure, mut store, layout) = figure();
        store.append(Batch::steps(SeriesId(0), 0, 10.0, 1.0, vec![f64::NAN, f64::INFINITY, f64::MAX]));
        for (a, b) in
            [(f64::NAN, 1.0), (f64::INFINITY, 1.0), (1.0, 10.0), (1.0, 11.0), (-f64::MAX, f64::MAX), (3.0, 3.0)]
        {
            figure.cursors = Cursors { a: Some(a), b: Some(b) };
            let table = cursor_table(&figure, &store.snapshot(), &layout, Some((7, f64::NAN)), &TimeZone::UTC);
            let all = [&table.delta_x, &table.rate, &table.rows[0].delta];
            assert!(all.into_iter().flatten().all(|x| x.value.is_finite()), "{a} {b}: {table:?}");
        }
        figure.subplots[0].series = (0..2000).map(|_| SeriesStyle::new(SeriesId(0))).collect();
        let table = cursor_table(&figure, &store.snapshot(), &layout, None, &TimeZone::UTC);
        assert_eq!((table.rows.len(), table.skipped), (MOST_ROWS, 1501));
    }
}
