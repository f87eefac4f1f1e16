// Two figures of the thermometer's thread, the second in a window of its own, and a job between Start and Stop.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph 1.0

ApplicationWindow {
    id: window

    width: 900
    height: 640
    visible: true
    title: "Thermometer"

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        FigureView {
            objectName: "thermometer"
            Layout.fillWidth: true
            Layout.fillHeight: true
            title: "Temperatures"
            xAxis: Axis { title: "time (s)" }
            yAxis: Axis { title: "temperature (°C)"; min: 0; labelFormat: "%.0f" }
            figure.followX: 20

            Series { objectName: "inside"; source: "thermometer/inside"; name: "inside"; width: 2 }
            Series { source: "thermometer/outside"; name: "outside"; color: "steelblue"; dash: Series.Dashed }
        }

        RowLayout {
            Layout.margins: 8
            Layout.fillHeight: false
            Button {
                objectName: "start"
                text: "Start"
                enabled: !newton.isActive
                onClicked: newton.start()
            }
            Button {
                text: "Stop"
                enabled: newton.isActive
                onClicked: newton.stop()
            }
            ProgressBar {
                Layout.fillWidth: true
                value: Math.max(0, newton.progress)
            }
        }

        RowLayout {
            Layout.fillWidth: true
            Layout.fillHeight: false
            Layout.preferredHeight: 220
            spacing: 0
            FigureView {
                objectName: "newton"
                Layout.fillWidth: true
                Layout.fillHeight: true
                hasToolbar: false
                job: newton
                yAxis: Axis { isLogarithmic: true }
                // Says how that series of the job is to look.
                Series { name: "error"; color: "crimson"; marker: Series.Circle }
            }
            MessagePane {
                Layout.preferredWidth: 320
                Layout.fillHeight: true
                job: newton
                pane: 2
            }
        }
    }

    Shortcut {
        sequences: [StandardKey.Quit]
        onActivated: window.close()
    }

    HostJob {
        id: newton
        objectName: "job"
        source: "newton"
    }

    // The same samples once more. Closing it ends nothing: the samples are not its own.
    ApplicationWindow {
        objectName: "second"
        x: window.x + 40
        y: window.y + 40
        width: 480
        height: 320
        visible: window.visible
        title: "Inside"

        FigureView {
            objectName: "inside only"
            anchors.fill: parent
            Series { source: "thermometer/inside"; name: "inside" }
        }
    }
}
