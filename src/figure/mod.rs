//! What to draw: the figure as plain data, and its layout by plotters into any drawing backend.

pub mod arrange;
pub mod chart;
pub mod distinction;
#[allow(clippy::module_inception, reason = "folder and file are both named after what they hold, as the field says it")]
pub mod figure;
pub mod layout;
pub mod legend;
pub mod measure;
pub mod prepare;
pub mod ranges;
pub mod readout;
pub mod series_layout;
pub mod sizes;
pub mod smoothing;
pub mod theme;
pub mod ticks;
pub mod view;
pub mod zoom;

pub use distinction::Distinction;
pub use figure::*;
pub use layout::{AxisMap, AxisSide, FrameLayout, LegendEntry, PlotRect, SubplotLayout};
pub use smoothing::Smoothing;
pub use theme::Theme;
