//! The program with its window: sets Qt up, loads the interface, runs the event loop.
//!
//! GUI thread. Qt's and QML's own messages come into our log from the first line on.

use std::env;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use cxx_qt_lib::{QQmlApplicationEngine, QQuickStyle, QString, QUrl};

use crate::app::desktop::APP_ID;
use crate::app::display;
use crate::app::last_session;
use crate::app::launch::{self, Launch};
use crate::app::session_bus;
use crate::bridge::program::{self, DESKTOP_STYLE};
use crate::bridge::{self, desktop, qt};
use crate::export;
use crate::job::{Clock, SystemClock, thread};

/// How long the end of the program waits for a figure that is being saved. One takes some ten milliseconds.
const SAVING_LIMIT: Duration = Duration::from_secs(2);

/// The icon: `packaging/icons` in 64 pixels. Reading SVG takes a library more.
const ICON: &[u8] = include_bytes!("../../assets/window-icon.png");

/// Makes the QML module `Kymograph` known to Qt, and changes nothing else: for programs that show our figures in windows of
/// their own. On the GUI thread, before QML that imports it is loaded; the engine needs the import path `qrc:/qt/qml`, which
/// is among the usual ones from Qt 6.5 on.
pub fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        cxx_qt::init_crate!(cxx_qt_lib);
        cxx_qt::init_crate!(kymograph);
        cxx_qt::init_qml_module!("Kymograph");
    });
}

/// Prepares this process to be the program: its QML module, and the names by which settings and desktop know it.
pub fn init() {
    register();
    qt::set_names("kymograph", env!("CARGO_PKG_VERSION"), APP_ID);
}

/// Shows the words of the QML module in the person's language (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`), if it is one
/// of those built in: English, German. Returns which, or `None` for English, for which nothing is loaded.
///
/// The program calls it by itself. A host of the module calls it after its application object was made and before it
/// loads QML, or leaves it and shows its own words.
pub fn install_translations() -> Option<&'static str> {
    bridge::install_translations()
}

/// Shows the window until it is closed; returns the exit status of the program.
#[must_use]
pub fn run(launch: Launch) -> i32 {
    launch::set(launch);
    qmetaobject::log::init_qt_to_rust();
    init();
    if let Some(folder) = &launch::get().settings_dir {
        qt::keep_settings_in(folder);
    }
    choose_renderer();
    // Our figures come at most 60 times a second, so there is nothing to merge.
    qt::draw_without_delay();
    let style = choose_style();
    QQuickStyle::set_style(&QString::from(&style));
    // KDE's style draws with Qt Widgets, which need the larger application object.
    let mut app = qt::new_application(style == DESKTOP_STYLE);
    let has_bus = session_bus::answers();
    if !has_bus {
        // Qt would start one, or wait for it, when the window is made.
        qt::connect_session_bus(false);
    } else if desktop::is_handed_over(launch::get()) {
        return 0;
    }
    let Some(_engine) = load(has_bus) else { return 1 };
    app.as_mut().map_or_else(|| failed("the application object"), |app| finish(app.exec()))
}

fn load(has_bus: bool) -> Option<cxx::UniquePtr<QQmlApplicationEngine>> {
    if let Some(language) = install_translations() {
        log::debug!("the window's language is {language}");
    }
    qt::set_window_icon(ICON);
    if launch::get().watches_gui || log::log_enabled!(log::Level::Debug) {
        qt::start_heartbeat();
    }
    // Meanwhile another thread of Qt loads what the window is made of. If ours cannot be started, the window just waits.
    let _ahead = thread::spawn("ahead", SystemClock::new().seat(), move |_| {
        qt::look_up_fonts();
        if has_bus {
            qt::connect_session_bus(true);
        }
    });
    let mut engine = QQmlApplicationEngine::new();
    let mut loading = engine.as_mut()?;
    // The default from Qt 6.5 on.
    loading.as_mut().add_import_path(&QString::from("qrc:/qt/qml"));
    loading.as_mut().load(&QUrl::from("qrc:/qt/qml/Kymograph/qml/Main.qml"));
    if qt::has_root_object(loading) {
        return Some(engine);
    }
    _ = failed("the window's description");
    None
}

fn failed(what: &str) -> i32 {
    log::error!("cannot load {what}; the messages above say why");
    eprintln!("kymograph: cannot load {what}: is Qt Quick Controls installed? Run `scripts/setup run`");
    1
}

fn finish(event_loop_code: i32) -> i32 {
    if !export::finish_saving(SAVING_LIMIT) {
        log::warn!("a figure was still being saved after {SAVING_LIMIT:?} and is not on disk");
    }
    if !last_session::finish_saving(SAVING_LIMIT) {
        log::warn!("the session was still being written after {SAVING_LIMIT:?} and is not remembered");
    }
    if event_loop_code == 0 { program::exit_code() } else { event_loop_code }
}

/// Without a graphics processor, Qt's software renderer starts in a third of the time and draws faster than an emulated
/// OpenGL. A choice by the environment wins.
fn choose_renderer() {
    let is_chosen =
        ["QT_QUICK_BACKEND", "QSG_RHI_BACKEND", "QMLSCENE_DEVICE"].iter().any(|name| env::var_os(name).is_some());
    if !is_chosen && display::has_software_gl_only() {
        qt::use_software_renderer();
    }
}

fn choose_style() -> String {
    if let Some(style) = env::var("QT_QUICK_CONTROLS_STYLE").ok().filter(|style| !style.is_empty()) {
        return style;
    }
    let has_desktop_style = qt::qml_import_path().map(|path| Path::new(&path).join("org/kde/desktop").is_dir());
    if has_desktop_style.unwrap_or(false) { DESKTOP_STYLE.to_owned() } else { "Fusion".to_owned() }
}
