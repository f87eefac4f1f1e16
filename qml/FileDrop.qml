// Takes files, folders and runs that are dropped on the window, and says so while they are held over it.
import QtQuick
import QtQuick.Controls
import Kymograph

DropArea {
    id: drop

    signal chosen(var paths)

    keys: ["text/uri-list"]
    onDropped: (event) => {
        const paths = []
        for (let i = 0; i < event.urls.length; ++i) {
            const path = Program.localPath(event.urls[i])
            if (path !== "")
                paths.push(path)
        }
        if (paths.length > 0) {
            event.acceptProposedAction()
            chosen(paths)
        }
    }

    Rectangle {
        anchors.fill: parent
        anchors.margins: 4
        visible: drop.containsDrag
        color: Qt.alpha(palette.highlight, 0.12)
        border.color: palette.highlight
        border.width: 2
        radius: 4
        Label {
            anchors.centerIn: parent
            width: parent.width - 24
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            text: qsTr("Drop files or folders to follow them, or runs to show them")
            textFormat: Text.PlainText
            font.bold: true
        }
    }
}
