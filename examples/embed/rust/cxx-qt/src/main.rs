//! A Rust program, bound to Qt by cxx-qt, that shows live data of a thread of its own by Kymograph's figure.

use cxx_qt_lib::{QGuiApplication, QQmlApplicationEngine, QString, QUrl};

mod walk;

fn main() {
    cxx_qt::init_crate!(cxx_qt_lib);
    cxx_qt::init_qml_module!("RandomWalk");
    let mut app = QGuiApplication::new();
    kymograph::app::gui::register();
    let mut engine = QQmlApplicationEngine::new();
    if let Some(mut engine) = engine.as_mut() {
        // Among the usual import paths from Qt 6.5 on.
        engine.as_mut().add_import_path(&QString::from("qrc:/qt/qml"));
        engine.load(&QUrl::from("qrc:/qt/qml/RandomWalk/qml/Main.qml"));
    }
    let code = app.as_mut().map_or(1, |app| app.exec());
    // The window goes before the application object.
    drop(engine);
    std::process::exit(code);
}
