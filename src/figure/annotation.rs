//! What people write into a subplot: notes at a place of the data, lines at moments and at thresholds.
//!
//! Plain data in data units, so it stays where it belongs while the view moves and the data grow.

use serde::{Deserialize, Serialize};

use crate::batch::Color;
use crate::figure::figure::{Dash, YAxis};

/// A text at a place of the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotation {
    /// Plain text from anywhere, never trusted as markup; may have several lines, of which the first eight are shown.
    pub text: String,
    /// The place that it is about, in data units. It is not shown where that lies outside of the view or has no place.
    pub x: f64,
    /// The same on the vertical axis.
    pub y: f64,
    /// The vertical axis that `y` belongs to.
    pub axis: YAxis,
    /// Whether an arrow leads from the text to the place; the text then stands a little further away.
    pub has_arrow: bool,
    /// Colour of text and arrow; that of the theme's text if not given.
    pub color: Option<Color>,
}

/// A line across a subplot, such as "checkpoint 3" or a threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct EventLine {
    /// Where it stands.
    pub at: EventPlace,
    /// Written beside it, on one line; empty for none. It is left out where it would cover another.
    pub label: String,
    /// Its colour; a dimmed text colour if not given.
    pub color: Option<Color>,
    /// Its pattern.
    pub dash: Dash,
}

/// Where an [`EventLine`] stands, in data units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventPlace {
    /// Upright at this x.
    X(f64),
    /// Level at this y.
    Y(f64),
    /// Level at this y of the right-hand axis.
    Right(f64),
}

impl EventLine {
    /// A dashed line in the theme's colour.
    #[must_use]
    pub fn new(at: EventPlace, label: impl Into<String>) -> Self {
        Self { at, label: label.into(), color: None, dash: Dash::Dashed }
    }
}
