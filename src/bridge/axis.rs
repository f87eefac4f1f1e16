//! `Axis`: what a program asks of an axis of a `FigureItem`: its title, its ends, its labels.
//!
//! GUI thread. The figure reads it when it says that it changed.

/// The Qt side of [`qobject::Axis`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
    }

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[qproperty(QString, title, READ = title, WRITE = set_title, NOTIFY = changed)]
        #[qproperty(f64, min, READ = min, WRITE = set_min, NOTIFY = changed)]
        #[qproperty(f64, max, READ = max, WRITE = set_max, NOTIFY = changed)]
        #[qproperty(QString, label_format, cxx_name = "labelFormat", READ = label_format, WRITE = set_label_format, NOTIFY = changed)]
        #[qproperty(bool, is_logarithmic, cxx_name = "isLogarithmic", READ = is_logarithmic, WRITE = set_is_logarithmic, NOTIFY = changed)]
        /// An axis of a figure, as a program wants it. A person may zoom and pan away from it, and Home comes back to it.
        type Axis = super::AxisRust;

        /// A property changed.
        #[qsignal]
        fn changed(self: Pin<&mut Axis>);
    }

    // What the properties read and write.
    extern "RustQt" {
        /// Shown beside the axis, with the unit; empty by default: then what the data say of themselves.
        fn title(self: &Axis) -> QString;
        /// Sets it.
        #[cxx_name = "setTitle"]
        fn set_title(self: Pin<&mut Axis>, value: QString);
        /// Left or lower end in data units; NaN, the default, follows the data.
        fn min(self: &Axis) -> f64;
        /// Sets it.
        #[cxx_name = "setMin"]
        fn set_min(self: Pin<&mut Axis>, value: f64);
        /// Right or upper end in data units; NaN, the default, follows the data.
        fn max(self: &Axis) -> f64;
        /// Sets it.
        #[cxx_name = "setMax"]
        fn set_max(self: Pin<&mut Axis>, value: f64);
        /// How tick labels are written, as `printf` writes one number: `%.2f`, `%.0f ms`, `%.1e`. Empty, the default: as short
        /// as they can be. What is no such format is warned of and counts as empty.
        #[cxx_name = "labelFormat"]
        fn label_format(self: &Axis) -> QString;
        /// Sets it.
        #[cxx_name = "setLabelFormat"]
        fn set_label_format(self: Pin<&mut Axis>, value: QString);
        /// Whether equal factors have equal lengths; values of zero or less have no place then. False by default.
        #[cxx_name = "isLogarithmic"]
        fn is_logarithmic(self: &Axis) -> bool;
        /// Sets it.
        #[cxx_name = "setIsLogarithmic"]
        fn set_is_logarithmic(self: Pin<&mut Axis>, value: bool);
    }
}

use std::pin::Pin;

use cxx_qt::CxxQtType;
use cxx_qt_lib::QString;

use crate::app::figure_control::AxisLook;
use crate::bridge::guest::Alive;
use crate::figure::Scale;
use crate::figure::ticks::TickFormat;

/// State of [`qobject::Axis`].
pub struct AxisRust {
    title: QString,
    min: f64,
    max: f64,
    label_format: QString,
    format: Option<TickFormat>,
    scale: Option<Scale>,
    alive: Alive,
}

impl Default for AxisRust {
    fn default() -> Self {
        let (title, label_format) = (QString::default(), QString::default());
        Self { title, min: f64::NAN, max: f64::NAN, label_format, format: None, scale: None, alive: Alive::default() }
    }
}

impl AxisRust {
    /// What is asked for, as plain data.
    pub(crate) fn look(&self) -> AxisLook {
        let end = |value: f64| value.is_finite().then_some(value);
        AxisLook {
            title: self.title.to_string(),
            min: end(self.min),
            max: end(self.max),
            tick_format: self.format.clone(),
            scale: self.scale,
        }
    }

    /// Ends with the object.
    pub(crate) fn alive(&self) -> &Alive {
        &self.alive
    }
}

impl qobject::Axis {
    fn title(&self) -> QString {
        self.title.clone()
    }

    fn set_title(mut self: Pin<&mut Self>, value: QString) {
        if self.title != value {
            self.as_mut().rust_mut().title = value;
            self.changed();
        }
    }

    fn min(&self) -> f64 {
        self.min
    }

    fn set_min(mut self: Pin<&mut Self>, value: f64) {
        if self.min.to_bits() != value.to_bits() {
            self.as_mut().rust_mut().min = value;
            self.changed();
        }
    }

    fn max(&self) -> f64 {
        self.max
    }

    fn set_max(mut self: Pin<&mut Self>, value: f64) {
        if self.max.to_bits() != value.to_bits() {
            self.as_mut().rust_mut().max = value;
            self.changed();
        }
    }

    fn label_format(&self) -> QString {
        self.label_format.clone()
    }

    fn set_label_format(mut self: Pin<&mut Self>, value: QString) {
        if self.label_format == value {
            return;
        }
        let text = value.to_string();
        let format = if text.is_empty() { None } else { TickFormat::parse(&text).map_err(|e| log::warn!("{e}")).ok() };
        let mut state = self.as_mut().rust_mut();
        (state.label_format, state.format) = (value, format);
        self.changed();
    }

    fn is_logarithmic(&self) -> bool {
        self.scale == Some(Scale::Log)
    }

    fn set_is_logarithmic(mut self: Pin<&mut Self>, value: bool) {
        let scale = Some(if value { Scale::Log } else { Scale::Linear });
        if self.scale != scale {
            self.as_mut().rust_mut().scale = scale;
            self.changed();
        }
    }
}
