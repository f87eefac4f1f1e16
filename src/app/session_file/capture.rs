//! From a figure that is shown to what a session file says of it.

use crate::app::session_file::apply::RunAndName;
use crate::app::session_file::pattern::escaped;
use crate::app::session_file::spec::{
    AnnotationSpec, AxisSpec, CursorsSpec, EventSpec, FigureSpec, Rest, SeriesSpec, SubplotSpec,
};
use crate::batch::SeriesInfo;
use crate::figure::{
    Axis, AxisRange, Dash, EventPlace, Figure, Join, LegendPlace, Marker, Pin, SeriesStyle, Subplot, YAxis,
};
use crate::store::Snapshot;

/// The pattern that every name fits.
const ANY: &str = "*";

impl FigureSpec {
    /// What a session file says of `figure`; `run_of` tells run and name of a series. Series that `snapshot` does not hold
    /// have no name, and are left out, as are numbers that are none.
    #[must_use]
    pub fn of<'s>(
        figure: &Figure,
        snapshot: &'s Snapshot,
        run_of: impl Fn(&'s SeriesInfo) -> RunAndName<'s> + Copy,
    ) -> Self {
        Self {
            title: figure.title.clone(),
            rows: figure.grid.rows.max(1),
            columns: figure.grid.columns.max(1),
            share_x: figure.grid.share_x,
            share_y: figure.grid.share_y,
            x_link: figure.x_link,
            x_mode: figure.x_mode,
            smoothing: figure.smoothing.sane(),
            distinguish: figure.distinction,
            cursors: CursorsSpec { a: figure.cursors.get(Pin::A), b: figure.cursors.get(Pin::B), rest: Rest::new() },
            subplots: figure.subplots.iter().map(|subplot| of_subplot(subplot, snapshot, run_of)).collect(),
            rest: Rest::new(),
        }
    }
}

fn of_subplot<'s>(
    subplot: &Subplot,
    snapshot: &'s Snapshot,
    run_of: impl Fn(&'s SeriesInfo) -> RunAndName<'s>,
) -> SubplotSpec {
    let series = |style: &SeriesStyle| Some(of_style(style, run_of(&snapshot.get(style.id)?.info)));
    let annotations = subplot.annotations.iter().filter(|a| a.x.is_finite() && a.y.is_finite());
    let events = subplot.events.iter().filter(|event| {
        let (EventPlace::X(value) | EventPlace::Y(value) | EventPlace::Right(value)) = event.at;
        value.is_finite()
    });
    SubplotSpec {
        title: subplot.title.clone(),
        x: of_axis(&subplot.x),
        y: of_axis(&subplot.y),
        right: of_axis(&subplot.right),
        series: subplot.series.iter().filter_map(series).collect(),
        annotations: annotations
            .map(|a| AnnotationSpec {
                text: a.text.clone(),
                x: a.x,
                y: a.y,
                axis: a.axis,
                arrow: a.has_arrow,
                color: a.color,
                rest: Rest::new(),
            })
            .collect(),
        events: events
            .map(|e| EventSpec { at: e.at, label: e.label.clone(), color: e.color, dash: e.dash, rest: Rest::new() })
            .collect(),
        grid: subplot.has_grid,
        legend: subplot.legend != LegendPlace::Hidden,
        rest: Rest::new(),
    }
}

fn of_axis(axis: &Axis) -> AxisSpec {
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let (min, max, last) = match axis.range {
        AxisRange::Auto => (None, None, None),
        AxisRange::Fixed { min, max } => (finite(min), finite(max), None),
        AxisRange::Partial { min, max } => (min.and_then(finite), max.and_then(finite), None),
        AxisRange::Last { width } => (None, None, finite(width)),
    };
    AxisSpec { label: axis.label.clone(), scale: axis.scale, min, max, last, rest: Rest::new() }
}

fn of_style(style: &SeriesStyle, (run, name): RunAndName<'_>) -> SeriesSpec {
    let width = if style.width_px.is_finite() { style.width_px } else { 1.5 };
    SeriesSpec {
        // A run that has no name is the only one: next time there may be another in its place.
        run: if run.is_empty() { ANY.to_owned() } else { escaped(run) },
        name: escaped(name),
        label: style.name.clone(),
        color: style.color,
        width,
        dash: style.dash,
        marker: style.marker,
        join: style.join,
        visible: style.is_visible,
        smoothing: style.smoothing,
        axis: style.axis,
        rest: Rest::new(),
    }
}

impl SeriesSpec {
    /// The usual look, for series of any name.
    #[must_use]
    pub fn any() -> Self {
        Self {
            run: ANY.to_owned(),
            name: ANY.to_owned(),
            label: String::new(),
            color: None,
            width: 1.5,
            dash: Dash::default(),
            marker: Marker::default(),
            join: Join::default(),
            visible: true,
            smoothing: None,
            axis: YAxis::default(),
            rest: Rest::new(),
        }
    }

    /// Whether every series fits it.
    #[must_use]
    pub fn takes_any(&self) -> bool {
        self.run == ANY && self.name == ANY
    }
}
