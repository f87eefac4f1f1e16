//! A Rust program built on the `qmetaobject` crate: an object of its own, with properties, beside Kymograph's figure.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kymograph::store::LiveSeries;
use qmetaobject::prelude::*;
use qmetaobject::{QObjectPinned, QPointer, queued_callback};

/// The heart: QML reads its beats, a thread makes them.
#[derive(QObject, Default)]
struct Heart {
    base: qt_base_class!(trait QObject),
    beats: qt_property!(i32; NOTIFY beats_changed),
    beats_changed: qt_signal!(),
}

const WINDOW: &str = r#"
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

ApplicationWindow {
    id: window

    width: 720
    height: 420
    visible: true
    title: "Heartbeat"

    Shortcut {
        sequences: [StandardKey.Quit]
        onActivated: window.close()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        Label {
            objectName: "beats"
            Layout.margins: 8
            text: heart.beats + " beats"
        }
        FigureView {
            objectName: "figure"
            Layout.fillWidth: true
            Layout.fillHeight: true
            figure.followX: 5
            xAxis: Axis { title: "time (s)" }
            Series { source: "heart/potential"; name: "potential (mV)"; color: "firebrick" }
        }
    }
}
"#;

fn main() {
    let heart = QObjectBox::new(Heart::default());
    let mut engine = QmlEngine::new();
    kymograph::app::gui::register();
    // Among the usual import paths from Qt 6.5 on.
    engine.add_import_path("qrc:/qt/qml".into());
    engine.set_object_property("heart".into(), heart.pinned());
    engine.load_data(WINDOW.into());

    let is_stopping = Arc::new(AtomicBool::new(false));
    let beating = start(heart.pinned(), Arc::clone(&is_stopping));
    engine.exec();
    is_stopping.store(true, Ordering::Relaxed);
    // A thread that panicked has said so already.
    _ = beating.join();
}

fn start(heart: QObjectPinned<'_, Heart>, is_stopping: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    let heart = QPointer::from(&*heart.borrow());
    // Called from the thread, run on Qt's.
    let beat = queued_callback(move |beats: i32| {
        if let Some(heart) = heart.as_pinned() {
            heart.borrow_mut().beats = beats;
            heart.borrow().beats_changed();
        }
    });
    std::thread::spawn(move || {
        let potential = LiveSeries::named("heart/potential");
        for step in 0.. {
            if is_stopping.load(Ordering::Relaxed) {
                return;
            }
            let seconds = f64::from(step) * 0.01;
            let phase = seconds.fract();
            let spike = 1.2 * (-((phase - 0.3) / 0.02).powi(2)).exp() - 0.25 * (-((phase - 0.36) / 0.03).powi(2)).exp();
            potential.push(seconds, spike);
            if step % 100 == 0 {
                beat(step / 100);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    })
}
