//! Builds the C++ side of the window: bridges, the canvas item, the QML module, the translations. Nothing without the
//! feature `gui`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "gui")]
    gui::build();
}

#[cfg(feature = "gui")]
mod gui {
    use cxx_qt_build::{CxxQtBuilder, QmlFile, QmlModule};
    use std::path::PathBuf;
    use std::process::Command;

    /// The files of src/bridge that declare Qt objects or call C++.
    const BRIDGES: [&str; 12] = [
        "axis",
        "desktop",
        "embed",
        "figure_item",
        "job",
        "message_model",
        "program",
        "qt",
        "queue_model",
        "run_model",
        "series",
        "series_model",
    ];

    /// The files of cpp; headers are those with Qt objects of ours.
    const CPP: [&str; 7] = [
        "canvas_item.h",
        "canvas_item.cpp",
        "desktop_bus.h",
        "desktop_bus.cpp",
        "qt_shims.cpp",
        "quick_test.cpp",
        "symbols.cpp",
    ];

    pub fn build() {
        translate();
        let qml = files("qml", "qml").into_iter().map(|path| {
            let is_singleton =
                ["Appearance.qml", "SharedPointer.qml", "Words.qml"].iter().any(|name| path.ends_with(name));
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
            .files(BRIDGES.map(|name| format!("src/bridge/{name}.rs")))
            .cpp_files(CPP.map(|name| format!("cpp/{name}")))
            .qrc_resources(resources())
            .build();
    }

    /// Makes the catalogue of each `translations/*.ts` in the build's folder, where `src/bridge/translations.rs` takes it.
    fn translate() {
        println!("cargo::rerun-if-env-changed=QMAKE");
        let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
        for source in files("translations", "ts") {
            let catalogue = out.join(source.with_extension("qm").file_name().unwrap_or_default());
            let made = Command::new(lrelease()).arg("-silent").arg(&source).arg("-qm").arg(&catalogue).status();
            if !made.is_ok_and(|status| status.success()) {
                println!(
                    "cargo::error=Qt's lrelease is missing or failed at {}: install qt6-l10n-tools (Debian), qt6-linguist \
                     (Fedora), qt6-tools (Arch) or qt6-tools-linguist (openSUSE); `scripts/setup run` does so",
                    source.display()
                );
            }
        }
    }

    /// Where Qt's tools are, or the name alone.
    fn lrelease() -> PathBuf {
        let chosen = std::env::var_os("QMAKE");
        let qmakes = chosen.into_iter().chain(["qmake6", "qmake-qt6", "qmake"].map(Into::into));
        let folders = qmakes.filter_map(|qmake| {
            let said = Command::new(qmake).args(["-query", "QT_HOST_BINS"]).output().ok()?;
            Some(PathBuf::from(String::from_utf8(said.stdout).ok()?.trim()))
        });
        folders.map(|folder| folder.join("lrelease")).find(|path| path.is_file()).unwrap_or_else(|| "lrelease".into())
    }

    fn resources() -> Vec<PathBuf> {
        let mut all = files("qml/icons", "svg");
        all.extend(files("assets/fonts", "ttf"));
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
