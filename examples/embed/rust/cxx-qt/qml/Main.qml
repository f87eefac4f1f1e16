// The walk's figure beside a control of the program's own object.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph
import RandomWalk

ApplicationWindow {
    id: window

    width: 800
    height: 520
    visible: true
    title: "Random walk"

    Shortcut {
        sequences: [StandardKey.Quit]
        onActivated: window.close()
    }

    Walk {
        id: walk
        objectName: "walk"
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        FigureView {
            objectName: "figure"
            Layout.fillWidth: true
            Layout.fillHeight: true
            xAxis: Axis { title: "step" }
            yAxis: Axis { title: "position" }
            Series { source: "walk/position"; name: "position" }
        }
        RowLayout {
            Layout.margins: 8
            Layout.fillHeight: false
            Label {
                text: "Size of a step"
            }
            Slider {
                Layout.fillWidth: true
                from: 0.1
                to: 5
                value: walk.stepSize
                onMoved: walk.stepSize = value
            }
        }
    }
}
