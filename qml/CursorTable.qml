// What all curves say under the pointer and at the pinned cursors, and what lies between those.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Rectangle {
    id: table

    required property FigureItem figure
    readonly property var head: figure.tableHead
    readonly property var cells: figure.tableCells
    // There is one while the crosshair is shown.
    readonly property bool hasPointer: (head[0] ?? "") !== ""
    readonly property var titles: [qsTr("Curve"), head[0] ?? "", head[1] ? qsTr("A  %1").arg(head[1]) : "",
                                   head[2] ? qsTr("B  %1").arg(head[2]) : "", head[3] ? qsTr("Δ  %1").arg(head[3]) : ""]

    implicitHeight: Math.min(grid.implicitHeight + 10, 150)
    color: palette.base

    Rectangle {
        width: parent.width
        height: 1
        color: Qt.alpha(palette.text, 0.2)
    }
    ScrollView {
        anchors.fill: parent
        anchors.leftMargin: 10
        anchors.rightMargin: 36
        anchors.topMargin: 5
        anchors.bottomMargin: 5
        clip: true
        contentWidth: availableWidth

        GridLayout {
            id: grid
            width: parent.width
            columns: table.hasPointer ? 5 : 4
            columnSpacing: 16
            rowSpacing: 1
            Repeater {
                model: table.titles
                Label {
                    required property int index
                    required property string modelData
                    visible: index !== 1 || table.hasPointer
                    Layout.fillWidth: true
                    Layout.preferredWidth: index === 0 ? 120 : 150
                    text: modelData
                    textFormat: Text.PlainText
                    elide: Text.ElideRight
                    horizontalAlignment: index === 0 ? Text.AlignLeft : Text.AlignRight
                    font.family: index === 0 ? Application.font.family : Appearance.fixedFamily
                    color: Qt.alpha(palette.text, 0.75)
                }
            }
            Repeater {
                // All but the colours, which are part of the names' cells.
                model: table.cells.length / 6 * 5
                Label {
                    required property int index
                    readonly property int row: Math.floor(index / 5)
                    readonly property int column: index % 5
                    visible: column !== 1 || table.hasPointer
                    Layout.fillWidth: true
                    Layout.preferredWidth: column === 0 ? 120 : 150
                    leftPadding: column === 0 ? 18 : 0
                    text: table.cells[row * 6 + column + 1] ?? ""
                    textFormat: Text.PlainText
                    elide: Text.ElideRight
                    horizontalAlignment: column === 0 ? Text.AlignLeft : Text.AlignRight
                    font.family: column === 0 ? Application.font.family : Appearance.fixedFamily
                    color: palette.text
                    Rectangle {
                        visible: parent.column === 0
                        y: Math.round((parent.height - height) / 2)
                        width: 10
                        height: 3
                        color: parent.column === 0 ? (table.cells[parent.row * 6] ?? "transparent") : "transparent"
                    }
                }
            }
        }
    }
    StripButton {
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: 2
        symbol: "close"
        tip: qsTr("Take the cursors away")
        keys: "0"
        onClicked: table.figure.unpinCursors()
    }
}
