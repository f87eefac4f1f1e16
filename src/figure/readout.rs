//! The crosshair: what stands at a place of a frame, in data units and as text.
//!
//! Pure. Reads the layout of the frame that the person sees, so that what it says fits what is under the pointer. A
//! series whose x ascends costs a search, any other a walk over its samples.

use jiff::tz::TimeZone;

use crate::batch::{Color, SeriesId};
use crate::figure::figure::{Figure, Scale};
use crate::figure::layout::{AxisMap, FrameLayout};
use crate::figure::ticks::{format_significant, format_time, has_calendar};
use crate::store::{SeriesSnapshot, Snapshot, XOrder};

/// What stands at a place of a subplot.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// Index of the subplot under the place.
    pub subplot: usize,
    /// x there, in data units.
    pub x: f64,
    /// y there, in data units.
    pub y: f64,
    /// x with as many digits as a pixel tells apart; a time as `2024-05-03 12:30:05.2`.
    pub x_text: String,
    /// y with as many digits as a pixel tells apart.
    pub y_text: String,
    /// y on the right-hand axis, likewise; empty where there is none.
    pub right_text: String,
    /// The sample nearest in x of every visible series, in drawing order.
    pub values: Vec<SeriesReadout>,
}

/// A sample of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesReadout {
    /// The series.
    pub series: SeriesId,
    /// Its name; plain text from anywhere.
    pub name: String,
    /// The colour of its curve.
    pub color: Color,
    /// Index of the sample.
    pub index: usize,
    /// x of the sample, exactly.
    pub x: f64,
    /// y of the sample, exactly; may be NaN or infinite.
    pub y: f64,
    /// Place of the sample in the frame; NaN where it has none.
    pub x_px: f64,
    /// Place of the sample in the frame; NaN where it has none.
    pub y_px: f64,
    /// x as text.
    pub x_text: String,
    /// y as text; `no value` if it is NaN.
    pub y_text: String,
    /// What the smoothed curve says there, if there is one.
    pub smoothed: Option<SmoothedReadout>,
}

/// A value of a smoothed curve.
#[derive(Clone, Debug, PartialEq)]
pub struct SmoothedReadout {
    /// Exactly; may be NaN or infinite.
    pub y: f64,
    /// Place in the frame; NaN where it has none.
    pub y_px: f64,
    /// As text; `no value` if it is NaN.
    pub y_text: String,
}

/// Samples of a series in free order that are looked at for the nearest one; of longer series none is shown, because
/// the walk would hold up whoever asks.
const MOST_WALKED: usize = 2_000_000;

/// Significant digits of a sample's value: as many as people compare.
const VALUE_DIGITS: usize = 7;

/// What stands at a place in device pixels; `None` outside of all plotting areas.
#[must_use]
pub fn readout(figure: &Figure, snapshot: &Snapshot, layout: &FrameLayout, x_px: f32, y_px: f32) -> Option<Readout> {
    readout_in(figure, snapshot, layout, x_px, y_px, &TimeZone::system())
}

/// The series of the legend's entry at a place in device pixels, and the index of its subplot.
#[must_use]
pub fn legend_at(layout: &FrameLayout, x_px: f32, y_px: f32) -> Option<(usize, SeriesId)> {
    layout.subplots.iter().enumerate().find_map(|(index, subplot)| {
        let entry = subplot.legend.iter().find(|entry| entry.rect.contains(x_px, y_px))?;
        Some((index, entry.series))
    })
}

/// As [`readout`], with times told in `zone`.
#[must_use]
pub fn readout_in(
    figure: &Figure,
    snapshot: &Snapshot,
    layout: &FrameLayout,
    x_px: f32,
    y_px: f32,
    zone: &TimeZone,
) -> Option<Readout> {
    let (subplot, shown) = layout.subplots.iter().enumerate().find(|(_, s)| s.plot.contains(x_px, y_px))?;
    let styles = figure.subplots.get(subplot).map_or(&[][..], |s| &s.series);
    let x = shown.x.from_px(f64::from(x_px));
    let values = styles.iter().enumerate().filter(|(_, style)| style.is_visible).filter_map(|(place, style)| {
        let series = snapshot.get(style.id)?;
        let index = nearest(series, x, &shown.x, MOST_WALKED)?;
        let (sample_x, sample_y) = series.sample(index)?;
        let y_map = shown.y_map(style.axis);
        let derived = figure.smoothing_of(style).key().and_then(|key| snapshot.derived(style.id, key));
        let smoothed = derived.and_then(|derived| derived.sample(index)).map(|(_, y)| y);
        let name = if style.name.is_empty() { &series.info.name } else { &style.name };
        Some(SeriesReadout {
            series: style.id,
            name: name.clone(),
            color: figure.theme.series_color(style.color.or(series.info.color), place),
            index,
            x: sample_x,
            y: sample_y,
            x_px: shown.x.to_px(sample_x),
            y_px: y_map.to_px(sample_y),
            x_text: exact_text(sample_x, &shown.x, zone),
            y_text: exact_text(sample_y, y_map, zone),
            smoothed: smoothed.map(|y| SmoothedReadout { y, y_px: y_map.to_px(y), y_text: exact_text(y, y_map, zone) }),
        })
    });
    let y = shown.y.from_px(f64::from(y_px));
    Some(Readout {
        subplot,
        x,
        y,
        x_text: place_text(&shown.x, f64::from(x_px), zone),
        y_text: place_text(&shown.y, f64::from(y_px), zone),
        right_text: shown.right.map_or_else(String::new, |right| place_text(&right, f64::from(y_px), zone)),
        values: values.collect(),
    })
}

/// A number with the decimals that a step of `resolution` warrants, all of them written, so that nothing shimmers while
/// the pointer moves; with a power of ten where it would be long.
#[must_use]
pub fn format_value(value: f64, resolution: f64) -> String {
    if !value.is_finite() {
        return format_significant(value, 1);
    }
    let resolution = if resolution.is_finite() { resolution.abs() } else { 0.0 };
    let place = if resolution > 0.0 { resolution.log10().floor() } else { -15.0 };
    let magnitude = if value == 0.0 { place } else { value.abs().log10().floor() };
    if place >= -6.0 && magnitude < 9.0 {
        let decimals = (-place).max(0.0) as usize;
        let text = format!("{:.decimals$}", value.abs());
        let is_zero = text.chars().all(|c| c == '0' || c == '.');
        return if value < 0.0 && !is_zero { format!("−{text}") } else { text };
    }
    format_significant(value, (magnitude - place + 1.0).clamp(1.0, 17.0) as usize)
}

fn place_text(map: &AxisMap, px: f64, zone: &TimeZone) -> String {
    let value = map.from_px(px);
    let resolution = (map.from_px(px + 0.5) - map.from_px(px - 0.5)).abs();
    match map.scale {
        Scale::Time => format_time(value, resolution, zone).unwrap_or_else(|| format_value(value, resolution)),
        Scale::Linear | Scale::Log => format_value(value, resolution),
    }
}

pub(crate) fn exact_text(value: f64, map: &AxisMap, zone: &TimeZone) -> String {
    if value.is_nan() {
        return "no value".to_owned();
    }
    if map.scale == Scale::Time && has_calendar(value, value) {
        // Milliseconds only where there are any.
        let resolution = if value == value.floor() { 1.0 } else { 1e-3 };
        if let Some(text) = format_time(value, resolution, zone) {
            return text;
        }
    }
    format_significant(value, VALUE_DIGITS)
}

/// Index of the sample whose x is nearest to `x`; of equals the first. `None` for series in free order of more than
/// `most_walked` samples.
pub(crate) fn nearest(series: &SeriesSnapshot, x: f64, map: &AxisMap, most_walked: usize) -> Option<usize> {
    let distance = |index: usize| Some((map.part_of(series.sample(index)?.0) - map.part_of(x)).abs());
    if series.x_order() == XOrder::Ascending {
        let after = series.lower_bound(x);
        let before = after.checked_sub(1);
        return match (before.and_then(distance), distance(after)) {
            (Some(b), Some(a)) if b < a => before,
            // On a log axis what lies at zero or below has no distance.
            (Some(b), Some(a)) if a.is_nan() && !b.is_nan() => before,
            (_, Some(_)) => Some(after),
            (_, None) => before,
        };
    }
    if series.len() > most_walked {
        return None;
    }
    let mut best: Option<(usize, f64)> = None;
    let mut index = 0;
    let target = map.part_of(x);
    series.for_each(0..series.len(), |sample_x, _| {
        let away = (map.part_of(sample_x) - target).abs();
        if away.is_finite() && best.is_none_or(|(_, least)| away < least) {
            best = Some((index, away));
        }
        index += 1;
    });
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, SeriesInfo, Xs};
    use crate::figure::figure::SeriesStyle;
    use crate::figure::layout::{LegendEntry, PlotRect, SubplotLayout};
    use crate::store::Store;

    fn layout(x: (Scale, f64, f64)) -> FrameLayout {
        FrameLayout {
            subplots: vec![SubplotLayout {
                plot: PlotRect { x_px: 100.0, y_px: 50.0, width_px: 800.0, height_px: 400.0 },
                x: AxisMap { scale: x.0, min: x.1, max: x.2, start_px: 100.0, end_px: 900.0 },
                y: AxisMap { scale: Scale::Linear, min: -1.0, max: 1.0, start_px: 450.0, end_px: 50.0 },
                right: None,
                rooms_px: [0.0; 3],
                handles: Vec::new(),
                legend: vec![LegendEntry {
                    series: SeriesId(3),
                    rect: PlotRect { x_px: 800.0, y_px: 60.0, width_px: 80.0, height_px: 16.0 },
                }],
            }],
        }
    }

    fn figure_of(series: &[(&str, Vec<f64>, Vec<f64>)]) -> (Figure, Snapshot) {
        let (mut figure, mut store) = (Figure::default(), Store::default());
        for (i, (name, x, y)) in series.iter().enumerate() {
            let id = SeriesId(i as u32);
            let name = (*name).to_owned();
            store.declare(SeriesInfo { id, name, x_label: String::new(), x_is_time: false, color: None });
            store.append(Batch::new(id, 0, Xs::Explicit(x.clone().into()), y.clone()).unwrap());
            figure.subplots[0].series.push(SeriesStyle::new(id));
        }
        (figure, store.snapshot())
    }

    #[test]
    fn the_nearest_sample_of_every_visible_series_is_read_exactly() {
        let (mut figure, snapshot) = figure_of(&[
            ("a", vec![0.0, 1.0, 2.0], vec![0.1, 0.2, f64::NAN]),
            ("free", vec![2.0, 0.9, f64::NAN, -7.0], vec![5.0, 0.123456789, 1.0, 1.0]),
            ("hidden", vec![0.0], vec![0.0]),
            ("empty", vec![], vec![]),
        ]);
        figure.subplots[0].series[2].is_visible = false;
        // 340 px is x = 0.6.
        let read = readout(&figure, &snapshot, &layout((Scale::Linear, 0.0, 2.0)), 340.0, 250.0).unwrap();
        assert_eq!((read.x_text.as_str(), read.y_text.as_str()), ("0.600", "0.000"));
        let got: Vec<_> = read.values.iter().map(|v| (v.name.as_str(), v.index, v.x, v.y_text.as_str())).collect();
        assert_eq!(got, [("a", 1, 1.0, "0.2"), ("free", 1, 0.9, "0.1234568")]);
        assert_eq!(read.values[0].x_px, 500.0);
        assert_eq!(read.values[1].color, figure.theme.cycle[1]);
        let end = readout(&figure, &snapshot, &layout((Scale::Linear, 0.0, 2.0)), 899.0, 250.0).unwrap();
        assert_eq!(end.values[0].y_text, "no value");
        assert!(end.values[0].y_px.is_nan());
    }

    #[test]
    fn outside_of_the_plotting_areas_there_is_nothing_to_read() {
        let (figure, snapshot) = figure_of(&[("a", vec![0.0], vec![0.0])]);
        let layout = layout((Scale::Linear, 0.0, 2.0));
        assert_eq!(readout(&figure, &snapshot, &layout, 99.0, 100.0), None);
        assert_eq!(readout(&figure, &snapshot, &layout, f32::NAN, 100.0), None);
        assert_eq!(readout(&figure, &snapshot, &FrameLayout::default(), 200.0, 100.0), None);
    }

    #[test]
    fn times_are_told_as_dates_with_the_parts_of_a_second_that_a_pixel_warrants() {
        let (figure, snapshot) = figure_of(&[("a", vec![1_714_732_205.25], vec![0.0])]);
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let near = layout((Scale::Time, 1_714_732_200.0, 1_714_732_208.0));
        let read = readout_in(&figure, &snapshot, &near, 600.0, 60.0, &zone).unwrap();
        assert_eq!(read.x_text, "2024-05-03 12:30:05.00");
        assert_eq!(read.values[0].x_text, "2024-05-03 12:30:05.250");
        let far = layout((Scale::Time, 1_714_732_200.0, 1_714_832_200.0));
        assert_eq!(readout_in(&figure, &snapshot, &far, 100.0, 60.0, &zone).unwrap().x_text, "2024-05-03 12:30:00");
    }

    #[test]
    fn numbers_have_the_digits_that_a_pixel_warrants() {
        for (value, resolution, expected) in [
            (12.3456, 0.01, "12.35"),
            (-0.0004, 0.01, "0.00"),
            (-12.0, 0.5, "−12.0"),
            (123456.0, 10.0, "123456"),
            (1.5e12, 1e9, "1.5×10¹²"),
            (1.23456e-9, 1e-11, "1.23×10⁻⁹"),
            (0.0, 0.0, "0"),
            (f64::INFINITY, 1.0, "∞"),
            (f64::NAN, 1.0, "NaN"),
            (1e308, f64::NAN, "10³⁰⁸"),
        ] {
            assert_eq!(format_value(value, resolution), expected, "{value} to {resolution}");
        }
    }

    #[test]
    fn a_click_finds_the_entry_of_the_legend() {
        let layout = layout((Scale::Linear, 0.0, 2.0));
        assert_eq!(legend_at(&layout, 801.0, 61.0), Some((0, SeriesId(3))));
        assert_eq!(legend_at(&layout, 700.0, 61.0), None);
    }
}
