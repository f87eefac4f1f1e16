// A line over the figure that names runs which go on without a window, and shows one of them.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Rectangle {
    id: bar

    // Their directories and their names, in the same order.
    property var paths: []
    property var names: []
    signal showRequested(path: string)
    signal dismissed()

    visible: paths.length > 0
    implicitHeight: row.implicitHeight + 8
    color: Qt.tint(palette.window, Qt.alpha(palette.highlight, 0.18))

    Loader {
        id: row
        anchors.fill: parent
        anchors.leftMargin: 12
        anchors.rightMargin: 4
        active: bar.visible
        sourceComponent: RowLayout {
            spacing: Appearance.spacing
            Label {
                objectName: "runsLabel"
                Layout.fillWidth: true
                text: bar.paths.length === 1 ? qsTr("%1 goes on without a window.").arg(bar.names[0])
                                           : qsTr("%1 runs go on without a window.").arg(bar.paths.length)
                textFormat: Text.PlainText
                elide: Text.ElideRight
            }
            ComboBox {
                id: choice
                objectName: "runChoice"
                visible: bar.paths.length > 1
                model: bar.names
                Accessible.name: qsTr("Run")
            }
            Button {
                objectName: "showRunButton"
                flat: true
                text: qsTr("Sho&w")
                Accessible.name: Words.plain(text)
                onClicked: bar.showRequested(bar.paths[Math.max(0, choice.currentIndex)])
            }
            StripButton {
                symbol: "close"
                tip: qsTr("Dismiss")
                onClicked: bar.dismissed()
            }
        }
    }
}
