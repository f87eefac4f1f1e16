//! What a program asks of a figure that it shows: its title, its axes, and how single series look.
//!
//! A person's choices (the view, hidden series, a logarithmic axis) win until the program asks for something else.

use super::{Changed, FigureControl};
use crate::batch::{Color, SeriesId};
use crate::figure::series_layout::arrange_series;
use crate::figure::ticks::TickFormat;
use crate::figure::{Axis, AxisRange, Dash, Marker, Scale, SeriesStyle, Subplot};
use crate::store::{Snapshot, is_member};

/// What a program asks of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisLook {
    /// Shown beside the axis; what the data say if empty.
    pub title: String,
    /// Left or lower end; follows the data if not given.
    pub min: Option<f64>,
    /// Right or upper end; follows the data if not given.
    pub max: Option<f64>,
    /// How tick labels are written; as short as they can be if not given.
    pub tick_format: Option<TickFormat>,
    /// How values map to places; linear, or as the data say, if not given.
    pub scale: Option<Scale>,
}

/// Which series is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeriesKey {
    /// That with this number.
    Id(SeriesId),
    /// Those of the job with this name.
    Name(String),
}

/// How a program wants a series to look.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesLook {
    /// Its colour; the series' own or that of its place in the cycle if not given.
    pub color: Option<Color>,
    /// Line width in logical pixels.
    pub width_px: f32,
    /// Line pattern.
    pub dash: Dash,
    /// Mark at each sample where there is room.
    pub marker: Marker,
    /// Whether it is drawn.
    pub is_visible: bool,
}

/// All that the program asked of the figure.
#[derive(Debug, Default)]
pub(super) struct Asked {
    title: Option<String>,
    x: Option<AxisLook>,
    y: Option<AxisLook>,
    looks: Vec<(SeriesKey, SeriesLook)>,
}

impl Asked {
    /// Gives a subplot that came the axes that were asked for.
    pub(super) fn axes(&self, subplot: &mut Subplot) {
        if let Some(look) = &self.x {
            look.apply(None, &mut subplot.x);
        }
        if let Some(look) = &self.y {
            look.apply(None, &mut subplot.y);
        }
    }
}

impl Default for SeriesLook {
    /// A solid line of 1.5 px.
    fn default() -> Self {
        Self { color: None, width_px: 1.5, dash: Dash::Solid, marker: Marker::None, is_visible: true }
    }
}

impl SeriesKey {
    fn means(&self, id: SeriesId, known: Option<&Snapshot>) -> bool {
        match self {
            Self::Id(own) => *own == id,
            Self::Name(name) => {
                !is_member(id)
                    && known.and_then(|known| known.get(id)).is_some_and(|series| series.info.name == name.as_str())
            }
        }
    }
}

impl SeriesLook {
    /// Changes of a style what is asked for otherwise than before.
    fn apply(&self, before: &Self, style: &mut SeriesStyle) {
        if self.color != before.color {
            style.color = self.color;
        }
        if self.width_px != before.width_px {
            style.width_px = self.width_px;
        }
        if self.dash != before.dash {
            style.dash = self.dash;
        }
        if self.marker != before.marker {
            style.marker = self.marker;
        }
        if self.is_visible != before.is_visible {
            style.is_visible = self.is_visible;
        }
    }
}

impl AxisLook {
    /// Changes an axis; `before` is what was asked for until now.
    fn apply(&self, before: Option<&Self>, axis: &mut Axis) {
        // Without a title, the axis is called what the data say.
        if !self.title.is_empty() || before.is_some_and(|before| before.title == axis.label) {
            axis.label.clone_from(&self.title);
        }
        axis.tick_format.clone_from(&self.tick_format);
        axis.scale = self.scale.unwrap_or(axis.scale);
        axis.range = match (self.min, self.max) {
            (None, None) => AxisRange::Auto,
            (Some(min), Some(max)) => AxisRange::Fixed { min, max },
            (min, max) => AxisRange::Partial { min, max },
        };
    }
}

impl FigureControl {
    /// What is shown above the figure.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.base.title
    }

    /// Shows a title above the figure, or none if empty.
    pub fn set_title(&mut self, title: String) -> Changed {
        self.base.title.clone_from(&title);
        self.asked.title = Some(title);
        self.style_changed()
    }

    /// Shows the x axes in another way.
    pub fn set_x_axis(&mut self, look: AxisLook) -> Changed {
        let before = self.asked.x.replace(look.clone());
        self.base.subplots.iter_mut().for_each(|subplot| look.apply(before.as_ref(), &mut subplot.x));
        self.style_changed()
    }

    /// Shows the y axes in another way.
    pub fn set_y_axis(&mut self, look: AxisLook) -> Changed {
        let before = self.asked.y.replace(look.clone());
        self.base.subplots.iter_mut().for_each(|subplot| look.apply(before.as_ref(), &mut subplot.y));
        self.style_changed()
    }

    /// Shows a series in another way, now or as soon as it comes. What a person chose stays where nothing else is asked.
    pub fn set_look(&mut self, key: SeriesKey, look: SeriesLook) -> Changed {
        let looks = &mut self.asked.looks;
        let before = match looks.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => std::mem::replace(known, look.clone()),
            None => {
                looks.push((key.clone(), look.clone()));
                SeriesLook::default()
            }
        };
        let known = self.known.as_ref();
        let styles = self.base.subplots.iter_mut().flat_map(|subplot| &mut subplot.series);
        styles.filter(|style| key.means(style.id, known)).for_each(|style| look.apply(&before, style));
        self.style_changed()
    }

    /// Whether a series is drawn; `None` if the figure has none such.
    #[must_use]
    pub fn is_series_visible(&self, key: &SeriesKey) -> Option<bool> {
        let known = self.known.as_ref();
        let mut styles = self.base.subplots.iter().flat_map(|subplot| &subplot.series);
        styles.find(|style| key.means(style.id, known)).map(|style| style.is_visible)
    }

    /// Does for another figure all that was asked of the one before.
    pub(super) fn ask_again(&mut self) {
        if let Some(title) = &self.asked.title {
            self.base.title.clone_from(title);
        }
        self.base.subplots.iter_mut().for_each(|subplot| self.asked.axes(subplot));
    }

    /// Takes series that left the figure's own set out of it, with all that was asked of them. Returns whether there were any.
    pub(super) fn let_go(&mut self, snapshot: &Snapshot) -> bool {
        self.drop_series(|id| is_member(id) && snapshot.get(id).is_none())
    }

    /// Takes all series out of the figure that `snapshot` does not hold, with all that was asked of them: to be called when a
    /// job is not shown any more. Without it they stay, as a job that is started again brings its series back.
    pub fn forget_absent(&mut self, snapshot: &Snapshot) -> Changed {
        if !self.drop_series(|id| snapshot.get(id).is_none()) {
            return Changed::default();
        }
        match &mut self.laid {
            Some(laid) => laid.forget_absent(snapshot),
            None if snapshot.layout.is_none() && self.by_hand.is_none() => {
                _ = arrange_series(&mut self.base, &self.part.of(snapshot), self.is_separate)
            }
            None => {}
        }
        Changed { view: true, ..self.style_changed() }
    }

    fn drop_series(&mut self, is_gone: impl Fn(SeriesId) -> bool) -> bool {
        let (mut any, mut emptied) = (false, Vec::new());
        for (index, subplot) in (0..).zip(&mut self.base.subplots) {
            let count = subplot.series.len();
            subplot.series.retain(|style| !is_gone(style.id));
            if subplot.series.len() < count {
                any = true;
                emptied.extend(subplot.series.is_empty().then_some(index));
            }
        }
        if any {
            self.asked.looks.retain(|(key, _)| !matches!(key, SeriesKey::Id(id) if is_gone(*id)));
            self.bests.retain(|id, _| !is_gone(*id));
        }
        if self.by_hand.is_some() && !emptied.is_empty() {
            let heir = self.base.subplots.iter().position(|subplot| !subplot.series.is_empty()).unwrap_or(0);
            self.remove_subplots(&emptied, heir);
        }
        any
    }

    /// Gives the series whose numbers are not among `styled` the looks that were asked for.
    pub(super) fn dress(&mut self, styled: &[SeriesId]) {
        let (known, plain) = (self.known.as_ref(), SeriesLook::default());
        for style in self.base.subplots.iter_mut().flat_map(|subplot| &mut subplot.series) {
            if styled.contains(&style.id) {
                continue;
            }
            let id = style.id;
            let looks = self.asked.looks.iter().filter(|(key, _)| key.means(id, known));
            looks.for_each(|(_, look)| look.apply(&plain, style));
        }
    }
}
