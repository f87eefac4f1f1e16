//! What a session file holds. Everything that is as usual is left out when it is written.
//!
//! Plain data. Keys that are not known are kept in `rest`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::batch::Color;
use crate::figure::{Dash, Distinction, EventPlace, Join, Marker, Scale, Smoothing, XLink, XMode, YAxis};

/// Keys that are not known, with their values.
pub type Rest = Map<String, Value>;

/// Largest number of rows, and of columns, of a figure.
pub const MOST_CELLS: u16 = 64;

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    /// Version of the format.
    pub version: u32,
    /// From the first to the last opened.
    #[serde(default)]
    pub windows: Vec<WindowSpec>,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowSpec {
    /// From left to right.
    #[serde(default)]
    pub tabs: Vec<TabSpec>,
    /// Index of the tab that is shown.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub shown_tab: usize,
    /// Width and height in logical pixels; as usual if not given.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub size: Option<[u32; 2]>,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A tab.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TabSpec {
    /// What stands on it; a name made up by the program if empty.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub title: String,
    /// Runs (their directories), or files and folders that are followed: what its figures show. Empty for the job of the
    /// window.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub open: Vec<String>,
    /// The same of jobs whose curves are shown besides.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub overlays: Vec<Vec<String>>,
    /// One below the other.
    #[serde(default)]
    pub figures: Vec<FigureSpec>,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureSpec {
    /// Shown above it.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub title: String,
    /// Rows of subplots.
    #[serde(default = "one", deserialize_with = "cells")]
    pub rows: u16,
    /// Columns of subplots.
    #[serde(default = "one", deserialize_with = "cells")]
    pub columns: u16,
    /// Whether subplots of a column share x.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub share_x: bool,
    /// Whether subplots of a row share y.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub share_y: bool,
    /// Which x axes move together.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub x_link: XLink,
    /// What stands along x.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub x_mode: XMode,
    /// How curves are smoothed that say nothing of it.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub smoothing: Smoothing,
    /// What curves differ by besides their colours.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub distinguish: Distinction,
    /// Where the two cursors are pinned.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub cursors: CursorsSpec,
    /// Row by row.
    #[serde(default)]
    pub subplots: Vec<SubplotSpec>,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// The two cursors, in units of x.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CursorsSpec {
    /// The first.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub a: Option<f64>,
    /// The second.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub b: Option<f64>,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A subplot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubplotSpec {
    /// Shown above it.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub title: String,
    /// The horizontal axis.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub x: AxisSpec,
    /// The vertical axis.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub y: AxisSpec,
    /// The right-hand axis.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub right: AxisSpec,
    /// Which series stand in it, in drawing order.
    #[serde(default)]
    pub series: Vec<SeriesSpec>,
    /// Texts at places of the data.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub annotations: Vec<AnnotationSpec>,
    /// Lines at moments and thresholds.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub events: Vec<EventSpec>,
    /// Whether grid lines are drawn.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub grid: bool,
    /// Whether the legend is drawn.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub legend: bool,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// An axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AxisSpec {
    /// Shown beside it; what the data say if empty.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub label: String,
    /// How values map to places.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub scale: Scale,
    /// Left or lower end; follows the data if not given.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub min: Option<f64>,
    /// Right or upper end; follows the data if not given.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub max: Option<f64>,
    /// Shows the last so many units before the newest sample, instead of `min` and `max`.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub last: Option<f64>,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Series that stand in a subplot, and how they look. A series takes the first entry that matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesSpec {
    /// Pattern of its run's name; all runs, also none, if not given.
    #[serde(default = "any", skip_serializing_if = "is_any")]
    pub run: String,
    /// Pattern of its own name.
    pub name: String,
    /// Name in the legend; its own if empty.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub label: String,
    /// Colour as `#rrggbb`; its own or that of its place if not given.
    #[serde(default, skip_serializing_if = "is_usual", with = "color_text")]
    pub color: Option<Color>,
    /// Line width in logical pixels.
    #[serde(default = "usual_width", skip_serializing_if = "is_usual_width")]
    pub width: f32,
    /// Line pattern.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub dash: Dash,
    /// Mark at samples.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub marker: Marker,
    /// How neighbours are joined.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub join: Join,
    /// Whether it is drawn.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub visible: bool,
    /// How it is smoothed; as the figure says if not given.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub smoothing: Option<Smoothing>,
    /// The vertical axis that it stands on.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub axis: YAxis,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A text at a place of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnnotationSpec {
    /// What it says.
    pub text: String,
    /// Its place.
    pub x: f64,
    /// Its place.
    pub y: f64,
    /// The vertical axis that `y` belongs to.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub axis: YAxis,
    /// Whether an arrow leads to the place.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub arrow: bool,
    /// Colour as `#rrggbb`.
    #[serde(default, skip_serializing_if = "is_usual", with = "color_text")]
    pub color: Option<Color>,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A line across a subplot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventSpec {
    /// Where: `{"x": 3}`, `{"y": 0.5}` or `{"right": 0.5}`.
    pub at: EventPlace,
    /// What stands beside it.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub label: String,
    /// Colour as `#rrggbb`.
    #[serde(default, skip_serializing_if = "is_usual", with = "color_text")]
    pub color: Option<Color>,
    /// Line pattern.
    #[serde(default = "dashed", skip_serializing_if = "is_dashed")]
    pub dash: Dash,
    /// Not known.
    #[serde(flatten)]
    pub rest: Rest,
}

impl Default for FigureSpec {
    /// One subplot that names no series.
    fn default() -> Self {
        Self {
            title: String::new(),
            rows: 1,
            columns: 1,
            share_x: false,
            share_y: false,
            x_link: XLink::default(),
            x_mode: XMode::default(),
            smoothing: Smoothing::None,
            distinguish: Distinction::default(),
            cursors: CursorsSpec::default(),
            subplots: Vec::new(),
            rest: Rest::new(),
        }
    }
}

impl Default for SubplotSpec {
    fn default() -> Self {
        Self {
            title: String::new(),
            x: AxisSpec::default(),
            y: AxisSpec::default(),
            right: AxisSpec::default(),
            series: Vec::new(),
            annotations: Vec::new(),
            events: Vec::new(),
            grid: true,
            legend: true,
            rest: Rest::new(),
        }
    }
}

impl SeriesSpec {
    /// Series of all runs whose names match a pattern, in the usual look.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            run: any(),
            name: name.into(),
            label: String::new(),
            color: None,
            width: usual_width(),
            dash: Dash::Solid,
            marker: Marker::None,
            join: Join::Line,
            visible: true,
            smoothing: None,
            axis: YAxis::Left,
            rest: Rest::new(),
        }
    }
}

impl SessionFile {
    /// The paths of all keys that are not known, such as `windows[0].tabs[1].colour`, in their order.
    #[must_use]
    pub fn unknown_keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        let mut note = |path: &str, rest: &Rest| {
            let dot = if path.is_empty() { "" } else { "." };
            keys.extend(rest.keys().map(|key| format!("{path}{dot}{}", crate::app::printable::printable(key))));
        };
        note("", &self.rest);
        for (w, window) in self.windows.iter().enumerate() {
            note(&format!("windows[{w}]"), &window.rest);
            for (t, tab) in window.tabs.iter().enumerate() {
                note(&format!("windows[{w}].tabs[{t}]"), &tab.rest);
                for (f, figure) in tab.figures.iter().enumerate() {
                    figure.unknown_keys(&format!("windows[{w}].tabs[{t}].figures[{f}]"), &mut note);
                }
            }
        }
        keys
    }
}

impl FigureSpec {
    fn unknown_keys(&self, path: &str, note: &mut impl FnMut(&str, &Rest)) {
        note(path, &self.rest);
        note(&format!("{path}.cursors"), &self.cursors.rest);
        for (index, subplot) in self.subplots.iter().enumerate() {
            let path = format!("{path}.subplots[{index}]");
            note(&path, &subplot.rest);
            for (name, axis) in [("x", &subplot.x), ("y", &subplot.y), ("right", &subplot.right)] {
                note(&format!("{path}.{name}"), &axis.rest);
            }
            let lists = [
                ("series", subplot.series.iter().map(|entry| &entry.rest).collect::<Vec<_>>()),
                ("annotations", subplot.annotations.iter().map(|entry| &entry.rest).collect()),
                ("events", subplot.events.iter().map(|entry| &entry.rest).collect()),
            ];
            for (name, rests) in lists {
                rests.into_iter().enumerate().for_each(|(i, rest)| note(&format!("{path}.{name}[{i}]"), rest));
            }
        }
    }
}

/// Colours as `#rrggbb`.
mod color_text {
    use super::{Color, Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(color: &Option<Color>, serializer: S) -> Result<S::Ok, S::Error> {
        match color {
            Some(Color { r, g, b }) => serializer.serialize_str(&format!("#{r:02x}{g:02x}{b:02x}")),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Color>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let digits =
            text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let rgb = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        rgb.map(|rgb| Some(Color::from_rgb24(rgb)))
            .ok_or_else(|| serde::de::Error::custom("expected a colour such as \"#4685cc\""))
    }
}

fn cells<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let count = u64::deserialize(deserializer)?;
    let count = u16::try_from(count).ok().filter(|count| (1..=MOST_CELLS).contains(count));
    count
        .ok_or_else(|| serde::de::Error::custom(format!("expected a number of rows or columns from 1 to {MOST_CELLS}")))
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn one() -> u16 {
    1
}

fn yes() -> bool {
    true
}

fn is_yes(value: &bool) -> bool {
    *value
}

fn any() -> String {
    "*".to_owned()
}

fn is_any(pattern: &String) -> bool {
    pattern == "*"
}

fn usual_width() -> f32 {
    1.5
}

fn is_usual_width(width: &f32) -> bool {
    *width == usual_width()
}

fn dashed() -> Dash {
    Dash::Dashed
}

fn is_dashed(dash: &Dash) -> bool {
    *dash == Dash::Dashed
}
