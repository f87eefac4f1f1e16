// A line over the figure that says what is wrong, with more of it on request.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Rectangle {
    id: bar

    // Several lines: the first is shown.
    property string text
    signal detailsRequested()
    signal dismissed()

    readonly property var lines: text.split("\n")
    implicitHeight: row.implicitHeight + 8
    color: Qt.tint(palette.window, Qt.alpha(Appearance.errorColor(palette.window), 0.18))

    // Made when there is something to say.
    Loader {
        id: row
        anchors.fill: parent
        anchors.leftMargin: 12
        anchors.rightMargin: 4
        active: bar.visible
        sourceComponent: RowLayout {
            Label {
                textFormat: Text.PlainText
                text: "✖"
                color: Appearance.errorColor(palette.window)
            }
            Label {
                objectName: "errorLabel"
                Layout.fillWidth: true
                text: bar.lines[0]
                textFormat: Text.PlainText
                elide: Text.ElideRight
            }
            Button {
                visible: bar.lines.length > 1
                flat: true
                text: qsTr("&Details")
                Accessible.name: Words.plain(text)
                onClicked: bar.detailsRequested()
            }
            StripButton {
                symbol: "close"
                tip: qsTr("Dismiss")
                onClicked: bar.dismissed()
            }
        }
    }
}
