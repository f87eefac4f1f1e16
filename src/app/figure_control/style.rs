//! The look of the figure: colours, grid, legend, scales, distances, and which series stand where.

use super::{Changed, FigureControl};
use crate::batch::{Color, SeriesId};
use crate::figure::{Distinction, LegendPlace, Scale, SeriesStyle, Smoothing, Spacing, Subplot, Theme, YAxis};

impl FigureControl {
    /// Whether the crosshair is shown.
    #[must_use]
    pub fn has_crosshair(&self) -> bool {
        self.has_crosshair
    }

    /// Shows or hides the crosshair.
    pub fn set_has_crosshair(&mut self, shows: bool) -> Changed {
        self.has_crosshair = shows;
        Changed { cursor: true, ..Changed::default() }
    }

    pub(super) fn toggle_series(&mut self, subplot: usize, series: SeriesId) -> Changed {
        let styles = self.base.subplots.get_mut(subplot).map(|subplot| &mut subplot.series);
        if let Some(style) = styles.and_then(|styles| styles.iter_mut().find(|style| style.id == series)) {
            style.is_visible = !style.is_visible;
        }
        self.style_changed()
    }

    /// Sets background and text colour; the rest of the theme follows from them.
    pub fn set_colors(&mut self, background: Color, text: Color) -> Changed {
        self.base.theme = Theme::derived(background, text, self.base.theme.text_px);
        self.style_changed()
    }

    /// Height of label text in logical pixels.
    #[must_use]
    pub fn text_px(&self) -> f64 {
        f64::from(self.base.theme.text_px)
    }

    /// Sets the height of label text in logical pixels.
    pub fn set_text_px(&mut self, text_px: f64) -> Changed {
        self.base.theme.text_px = text_px.clamp(4.0, 200.0) as f32;
        self.style_changed()
    }

    /// What tells curves apart besides their colours.
    #[must_use]
    pub fn distinction(&self) -> Distinction {
        self.base.distinction
    }

    /// Sets it; a series whose style somebody chose keeps it.
    pub fn set_distinction(&mut self, distinction: Distinction) -> Changed {
        self.base.distinction = distinction;
        self.style_changed()
    }

    /// How the curves are smoothed for which nothing else was chosen.
    #[must_use]
    pub fn smoothing(&self) -> Smoothing {
        self.base.smoothing
    }

    /// Smooths all curves for which nothing else was chosen; what cannot be done counts as the nearest that can.
    pub fn set_smoothing(&mut self, smoothing: Smoothing) -> Changed {
        self.base.smoothing = smoothing.sane();
        self.style_changed()
    }

    /// Smooths a series in its own way wherever it stands, or, with `None`, as the figure says.
    pub fn set_series_smoothing(&mut self, series: SeriesId, smoothing: Option<Smoothing>) -> Changed {
        self.each_style(series, |style| style.smoothing = smoothing.map(Smoothing::sane))
    }

    /// Puts a series on the left or the right-hand axis wherever it stands. A right-hand axis without a label takes the name
    /// of the first series that comes to it.
    pub fn set_series_axis(&mut self, series: SeriesId, axis: YAxis) -> Changed {
        let known = self.known.as_ref().and_then(|known| known.get(series));
        let name = known.map(|known| known.info.name.clone()).unwrap_or_default();
        for subplot in &mut self.base.subplots {
            let is_first = axis == YAxis::Right && !subplot.has_right();
            let Some(style) = subplot.series.iter_mut().find(|style| style.id == series) else { continue };
            style.axis = axis;
            if is_first && subplot.right.label.is_empty() {
                subplot.right.label = if style.name.is_empty() { name.clone() } else { style.name.clone() };
            }
        }
        self.style_changed()
    }

    /// Whether the right-hand axes are logarithmic.
    #[must_use]
    pub fn is_log_right(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.right.scale == Scale::Log)
    }

    /// Switches the right-hand axes between linear and logarithmic.
    pub fn toggle_log_right(&mut self) -> Changed {
        let scale = if self.is_log_right() { Scale::Linear } else { Scale::Log };
        self.each_subplot(|subplot| subplot.right.scale = scale)
    }

    /// Labels the right-hand axis of a subplot.
    pub fn set_right_label(&mut self, subplot: usize, label: String) -> Changed {
        if let Some(subplot) = self.base.subplots.get_mut(subplot) {
            subplot.right.label = label;
        }
        self.style_changed()
    }

    /// Changes the style of a series wherever it stands.
    pub(super) fn each_style(&mut self, series: SeriesId, change: impl Fn(&mut SeriesStyle)) -> Changed {
        let styles = self.base.subplots.iter_mut().flat_map(|subplot| &mut subplot.series);
        styles.filter(|style| style.id == series).for_each(change);
        self.style_changed()
    }

    /// Sets what an empty figure says.
    pub fn set_empty_hint(&mut self, hint: String) -> Changed {
        self.base.empty_hint = hint;
        self.style_changed()
    }

    /// Whether grid lines are drawn.
    #[must_use]
    pub fn has_grid(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.has_grid)
    }

    /// Shows or hides grid lines.
    pub fn set_has_grid(&mut self, shows: bool) -> Changed {
        self.each_subplot(|subplot| subplot.has_grid = shows)
    }

    /// Whether the legend is drawn.
    #[must_use]
    pub fn has_legend(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.legend != LegendPlace::Hidden)
    }

    /// Shows or hides the legend.
    pub fn set_has_legend(&mut self, shows: bool) -> Changed {
        let place = if shows { LegendPlace::Best } else { LegendPlace::Hidden };
        self.each_subplot(|subplot| subplot.legend = place)
    }

    /// Whether the x axes are logarithmic.
    #[must_use]
    pub fn is_log_x(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.x.scale == Scale::Log)
    }

    /// Whether the y axes are logarithmic.
    #[must_use]
    pub fn is_log_y(&self) -> bool {
        self.base.subplots.iter().any(|subplot| subplot.y.scale == Scale::Log)
    }

    /// Switches the x axes between linear and logarithmic.
    pub fn toggle_log_x(&mut self) -> Changed {
        let scale = if self.is_log_x() { Scale::Linear } else { Scale::Log };
        self.each_subplot(|subplot| subplot.x.scale = scale)
    }

    /// Switches the y axes between linear and logarithmic.
    pub fn toggle_log_y(&mut self) -> Changed {
        let scale = if self.is_log_y() { Scale::Linear } else { Scale::Log };
        self.each_subplot(|subplot| subplot.y.scale = scale)
    }

    fn each_subplot(&mut self, change: impl Fn(&mut Subplot)) -> Changed {
        self.base.subplots.iter_mut().for_each(change);
        self.style_changed()
    }

    /// Whether each series has a subplot of its own.
    #[must_use]
    pub fn is_separate(&self) -> bool {
        self.is_separate
    }

    /// Gives each series a subplot of its own, or all of them one, whatever was moved by hand. Views start anew, as they belong
    /// to subplots.
    pub fn set_is_separate(&mut self, separate: bool) -> Changed {
        if self.is_separate == separate && self.by_hand.is_none() {
            return Changed::default();
        }
        self.is_separate = separate;
        self.laid = None;
        self.arrange_anew()
    }

    /// Makes all margins and gaps as small as the labels allow.
    pub fn make_tight(&mut self) -> Changed {
        self.base.spacing = Spacing::default();
        self.style_changed()
    }
}

/// A distance of [`Spacing`] as a number: -1 is tight.
macro_rules! distance {
    ($($get:ident, $set:ident, $field:ident, $what:literal;)*) => {
        impl FigureControl {
            $(
                #[doc = concat!($what, " in logical pixels; -1 is as little as the labels need.")]
                #[must_use]
                pub fn $get(&self) -> f64 {
                    self.base.spacing.$field.map_or(-1.0, f64::from)
                }

                #[doc = concat!("Sets it: ", $what, ".")]
                pub fn $set(&mut self, px: f64) -> Changed {
                    self.base.spacing.$field = (px >= 0.0).then_some(px as f32);
                    self.style_changed()
                }
            )*
        }
    };
}

distance! {
    left_margin, set_left_margin, left, "Left margin";
    right_margin, set_right_margin, right, "Right margin";
    top_margin, set_top_margin, top, "Top margin";
    bottom_margin, set_bottom_margin, bottom, "Bottom margin";
    row_gap, set_row_gap, row_gap, "Distance between rows";
    column_gap, set_column_gap, column_gap, "Distance between columns";
}
