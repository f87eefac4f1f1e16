//! Builds the program's own QML module.
use cxx_qt_build::{CxxQtBuilder, QmlModule};

fn main() {
    CxxQtBuilder::new_qml_module(QmlModule::new("RandomWalk").qml_file("qml/Main.qml"))
        .qt_module("Quick")
        .files(["src/walk.rs"])
        .build();
}
