//! What to draw: the figure as plain data, and its layout by plotters into any drawing backend.

pub mod annotation;
pub mod arrange;
pub mod chart;
pub mod cursors;
pub mod distinction;
#[allow(clippy::module_inception, reason = "folder and file are both named after what they hold, as the field says it")]
pub mod figure;
pub mod labels;
pub mod layout;
pub mod legend;
pub mod measure;
pub mod moment;
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

pub use annotation::{Annotation, EventLine, EventPlace};
pub use cursors::{Cursors, Pin};
pub use distinction::Distinction;
pub use figure::*;
pub use layout::{AxisMap, AxisSide, FrameLayout, Handle, HandleKind, LegendEntry, PlotRect, SubplotLayout};
pub use smoothing::Smoothing;
pub use theme::Theme;
