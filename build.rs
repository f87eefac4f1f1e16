//! Builds the C++ side of the window: bridges, the canvas item, the QML module. Nothing without the feature `gui`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "gui")]
    gui::build();
}

#[cfg(feature = "gui")]
mod gui {
    use cxx_qt_build::{CxxQtBuilder, QmlFile, QmlModule};
    use std::path::PathBuf;

    pub fn build() {
        let qml = files("qml", "qml").into_iter().map(|path| {
            let is_singleton = path.ends_with("Appearance.qml");
            QmlFile::from(path).singleton(is_singleton)
        });
        let module = QmlModule::new("Kymograph").qml_files(qml);
        CxxQtBuilder::new_qml_module(module)
            // Only cpp/ holds headers; without this the whole package would be watched for changes.
            .crate_include_root(Some("cpp".to_owned()))
            .qt_module("DBus")
            .qt_module("Quick")
            .qt_module("QuickTest")
            .qt_module("Test")
            .files(
                ["desktop", "figure_item", "job", "message_model", "program", "qt"]
                    .map(|name| format!("src/bridge/{name}.rs")),
            )
            .cpp_files(
                [
                    "canvas_item.h",
                    "canvas_item.cpp",
                    "desktop_bus.h",
                    "desktop_bus.cpp",
                    "qt_shims.cpp",
                    "quick_test.cpp",
                ]
                .into_iter()
                .chain(["symbols.cpp"])
                .map(|name| format!("cpp/{name}")),
            )
            .qrc_resources(resources())
            .build();
    }

    fn resources() -> Vec<PathBuf> {
        let mut all = files("qml/icons", "svg");
        all.extend(files("assets/fonts", "ttf"));
        all.push(PathBuf::from("assets/window-icon.png"));
        all
    }

    /// The files of a folder with an extension, in stable order.
    fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
        println!("cargo::rerun-if-changed={folder}");
        // A folder that is missing ends the build by what is missing from it.
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut found: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect();
        found.sort();
        found
    }
}
