//! The few calls into Qt that no binding has: identity, import path, renderer, translations.
//!
//! GUI thread.

/// The C++ side, in `cpp/qt_shims.h`.
#[cxx_qt::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qvariant.h");
        type QVariant = cxx_qt_lib::QVariant;
        include!("cxx-qt-lib/qqmlapplicationengine.h");
        type QQmlApplicationEngine = cxx_qt_lib::QQmlApplicationEngine;
        include!(<QtCore/QObject>);
        type QObject = cxx_qt::QObject;
        include!("kymograph/canvas_item.h");
        type CanvasItem = crate::bridge::figure_item::qobject::CanvasItem;
        include!("cxx-qt-lib/qguiapplication.h");
        type QGuiApplication = cxx_qt_lib::QGuiApplication;
        include!("kymograph/qt_shims.h");
    }

    #[namespace = "kymograph"]
    extern "Rust" {
        // Draws a bundled symbol; called by `cpp/symbols.cpp`.
        #[cxx_name = "drawSymbol"]
        fn draw_symbol(svg: &[u8], side_px: u16, pixels: &mut [u8]);
    }

    #[namespace = "kymograph"]
    unsafe extern "C++" {
        #[rust_name = "new_application"]
        fn newApplication(with_widgets: bool) -> UniquePtr<QGuiApplication>;
        #[rust_name = "connect_session_bus"]
        fn connectSessionBus(is_there: bool);
        #[rust_name = "set_names"]
        fn setNames(name: &QString, version: &QString, desktop_file_name: &QString);
        #[rust_name = "set_window_icon"]
        fn setWindowIcon(rgba: &[u8], side_px: i32);
        #[rust_name = "keep_settings_in"]
        fn keepSettingsIn(folder: &QString);
        fn remembered(key: &QString, fallback: &QVariant) -> QVariant;
        fn remember(key: &QString, value: &QVariant);
        #[rust_name = "qml_import_path"]
        fn qmlImportPath() -> QString;
        #[rust_name = "use_software_renderer"]
        fn useSoftwareRenderer();
        #[rust_name = "draw_without_delay"]
        fn drawWithoutDelay();
        #[rust_name = "start_heartbeat"]
        fn startHeartbeat(interval_ms: i32, beat: fn());
        #[rust_name = "look_up_fonts"]
        fn lookUpFonts();
        #[rust_name = "enclosing_canvas"]
        unsafe fn enclosingCanvas(object: *const QObject) -> *mut CanvasItem;
        #[rust_name = "ui_languages"]
        fn uiLanguages() -> Vec<String>;
        #[rust_name = "install_translations"]
        fn installTranslations(catalogue: &[u8]) -> bool;
        #[rust_name = "install_qt_translations"]
        fn installQtTranslations(language: &QString);
        #[rust_name = "has_root_object"]
        fn hasRootObject(engine: Pin<&mut QQmlApplicationEngine>) -> bool;
    }
}

use std::io::Cursor;
use std::path::Path;
use std::pin::Pin;

use crate::app::pulse;
use crate::bridge::figure_item::qobject::CanvasItem;
use crate::bridge::guarded;
use crate::render::symbol;

use cxx::UniquePtr;
use cxx_qt_lib::{QGuiApplication, QQmlApplicationEngine, QString, QVariant};

/// Makes the application object; with what Qt Widgets need where `with_widgets`, if they are installed.
pub(crate) fn new_application(with_widgets: bool) -> UniquePtr<QGuiApplication> {
    ffi::new_application(with_widgets)
}

/// Connects to the session bus, or, if it is not there, keeps Qt from starting one. Qt would do so while the window is
/// made, and wait. Any thread, while the application object stands; the GUI thread, before other threads, if it is not there.
pub(crate) fn connect_session_bus(is_there: bool) {
    ffi::connect_session_bus(is_there);
}

/// Sets the names under which settings are kept and the desktop knows the program. May come before the application.
pub(crate) fn set_names(name: &str, version: &str, desktop_file_name: &str) {
    ffi::set_names(&QString::from(name), &QString::from(version), &QString::from(desktop_file_name));
}

/// Keeps the window's settings below a folder. Before anything reads them.
pub(crate) fn keep_settings_in(folder: &Path) {
    ffi::keep_settings_in(&QString::from(folder.to_string_lossy().as_ref()));
}

/// What is kept in the settings under a key, as a value of the type of `fallback`; that itself if there is nothing of the
/// kind. After the application object was made.
pub(crate) fn remembered(key: &QString, fallback: &QVariant) -> QVariant {
    ffi::remembered(key, fallback)
}

/// Keeps a value in the settings. After the application object was made.
pub(crate) fn remember(key: &QString, value: &QVariant) {
    ffi::remember(key, value);
}

/// Sets the icon of all windows, from the bytes of a PNG file of 8-bit RGBA pixels, as wide as high. Qt would load every
/// image plug-in to read it. After the application object was made.
pub(crate) fn set_window_icon(png: &[u8]) {
    let read = || {
        let mut reader = png::Decoder::new(Cursor::new(png)).read_info()?;
        let mut rgba = vec![0; reader.output_buffer_size().unwrap_or_default()];
        let info = reader.next_frame(&mut rgba)?;
        Ok::<_, png::DecodingError>((rgba, i32::try_from(info.width).unwrap_or_default()))
    };
    match read() {
        Ok((rgba, side_px)) => ffi::set_window_icon(&rgba, side_px),
        Err(error) => log::warn!("the window has no icon: {error}"),
    }
}

/// Where Qt's own QML modules are installed.
pub(crate) fn qml_import_path() -> Option<String> {
    Some(ffi::qml_import_path().to_string()).filter(|path| !path.is_empty())
}

/// Lets Qt Quick draw without OpenGL. Only before the first window.
pub(crate) fn use_software_renderer() {
    ffi::use_software_renderer();
}

/// Lets Qt draw a frame as soon as it is asked for one. Only before the application object is made.
pub(crate) fn draw_without_delay() {
    ffi::draw_without_delay();
}

/// Lets a timer of the GUI thread call [`pulse::beat`]. After the application object was made.
pub(crate) fn start_heartbeat() {
    let interval_ms = i32::try_from(pulse::BEAT.as_millis()).unwrap_or(i32::MAX);
    ffi::start_heartbeat(interval_ms, || guarded("the heartbeat", pulse::beat));
}

/// Lets Qt look the fonts up, which takes some ten milliseconds that the window's first text would wait for. Any thread,
/// while the application object stands.
pub(crate) fn look_up_fonts() {
    ffi::look_up_fonts();
}

/// The languages that the person reads, the best first, as `de-AT` or `de`.
pub(crate) fn ui_languages() -> Vec<String> {
    ffi::ui_languages()
}

/// Shows the words of a catalogue in the form of Qt's `lrelease`; it wins over those installed before. Returns whether it
/// could be read. After the application object was made.
pub(crate) fn install_translations(catalogue: &'static [u8]) -> bool {
    ffi::install_translations(catalogue)
}

/// Shows Qt's own words, those of its dialogs, in a language, where the system has them. After the application object was
/// made.
pub(crate) fn install_qt_translations(language: &str) {
    ffi::install_qt_translations(&QString::from(language));
}

fn draw_symbol(svg: &[u8], side_px: u16, pixels: &mut [u8]) {
    guarded("drawing a symbol", || symbol::draw(&String::from_utf8_lossy(svg), side_px, pixels));
}

/// Whether the engine has loaded a window.
pub(crate) fn has_root_object(engine: Pin<&mut QQmlApplicationEngine>) -> bool {
    ffi::has_root_object(engine)
}

/// The figure among the parents of an object, or null.
pub(crate) fn enclosing_canvas(object: &cxx_qt::QObject) -> *mut CanvasItem {
    // SAFETY: a living object; Qt keeps its parents alive as long as it.
    unsafe { ffi::enclosing_canvas(object) }
}
