// The job's figure once more, in a window of its own with views of its own.
import QtQuick
import QtQuick.Controls
import Kymograph

ThemedWindow {
    id: window

    required property Job job
    readonly property alias view: figureView
    // Asks the program to end.
    signal quitRequested()

    width: 800
    height: 560
    minimumWidth: 360
    minimumHeight: 280
    visible: true
    title: qsTr("%1 · figure · Kymograph").arg(job.name)

    FigureView {
        id: figureView
        anchors.fill: parent
        focus: true
        job: window.job
        onFullScreenRequested: window.toggleFullScreen()
    }

    Shortcut {
        sequences: [StandardKey.Close]
        onActivated: window.close()
    }
    Shortcut {
        sequence: "F8"
        onActivated: figureView.hasSeriesList = !figureView.hasSeriesList
    }
    Shortcut {
        sequences: [StandardKey.Quit]
        onActivated: window.quitRequested()
    }
    onClosing: Qt.callLater(window.destroy)
}
