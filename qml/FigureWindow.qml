// The job's figure once more, in a window of its own with views of its own.
import QtQuick
import QtQuick.Controls
import Kymograph

ThemedWindow {
    id: window

    required property Job job

    width: 800
    height: 560
    minimumWidth: 360
    minimumHeight: 280
    visible: true
    title: qsTr("%1 · figure · Kymograph").arg(job.name)

    FigureView {
        anchors.fill: parent
        focus: true
        job: window.job
        onFullScreenRequested: window.toggleFullScreen()
    }

    Shortcut {
        sequences: [StandardKey.Close]
        onActivated: window.close()
    }
    onClosing: Qt.callLater(window.destroy)
}
