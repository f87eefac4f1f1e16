// The list of keys.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Dialog {
    id: dialog

    title: qsTr("Keyboard and mouse")
    modal: true
    anchors.centerIn: parent
    width: Math.min(620, parent.width - 24)
    height: Math.min(implicitHeight, parent.height - 24)
    standardButtons: Dialog.Close
    enter: Transition { NumberAnimation { property: "opacity"; from: 0; to: 1; duration: 120 } }
    exit: Transition { NumberAnimation { property: "opacity"; to: 0; duration: 120 } }

    readonly property var rows: [
        ["", qsTr("Job")],
        ["F5", qsTr("Start")],
        [qsTr("Shift+F5"), qsTr("Stop")],
        ["F6", qsTr("Pause, go on")],
        [qsTr("Ctrl+Q"), qsTr("Stop in order and quit")],
        ["", qsTr("Figure")],
        [qsTr("H, R, Home"), qsTr("Show all data and follow it")],
        ["C, ←  /  V, →", qsTr("Previous view, next view")],
        ["P  /  O", qsTr("Pan tool, zoom tool")],
        ["X, Y", qsTr("Hold for one axis only while panning or zooming")],
        ["+  /  −", qsTr("Zoom in, zoom out")],
        [qsTr("S, Ctrl+S"), qsTr("Save")],
        ["G", qsTr("Grid")],
        ["L  /  K", qsTr("Logarithmic y axis, x axis")],
        [qsTr("Shift+C"), qsTr("Crosshair")],
        ["1, 2, 0", qsTr("Pin cursor A or B under the pointer, take them away")],
        [qsTr("Right click"), qsTr("Cursors, notes, marks")],
        ["F, F11", qsTr("Full screen")],
        [qsTr("Wheel"), qsTr("Zoom about the cursor")],
        [qsTr("Right drag"), qsTr("Zoom about the point pressed (pan tool)")],
        [qsTr("Legend"), qsTr("Click an entry to hide or show its curve")],
        ["", qsTr("Messages")],
        [qsTr("Ctrl+F"), qsTr("Find")],
        [qsTr("Ctrl+A, Ctrl+C"), qsTr("Select all lines, copy")],
        [qsTr("End"), qsTr("Follow the newest line")],
        ["", qsTr("Window")],
        [qsTr("Ctrl+R"), qsTr("Run a command, now or in the queue")],
        [qsTr("Ctrl+T, Ctrl+Tab"), qsTr("Another tab, the next tab")],
        [qsTr("Ctrl+W"), qsTr("Close the tab or the window")],
        [qsTr("Ctrl+N"), qsTr("Another window for the figure")],
        ["F8", qsTr("List of the curves")],
        ["F9", qsTr("Runs")],
        ["F1, F10", qsTr("This list, the menu")]
    ]

    contentItem: ScrollView {
        id: scroll
        clip: true
        contentWidth: availableWidth
        GridLayout {
            width: scroll.availableWidth
            columns: 2
            columnSpacing: 24
            rowSpacing: 4
            Repeater {
                model: dialog.rows
                Label {
                    textFormat: Text.PlainText
                    required property int index
                    required property var modelData
                    Layout.row: index
                    Layout.column: 0
                    text: modelData[0] === "" ? modelData[1] : modelData[0]
                    font.weight: modelData[0] === "" ? Font.DemiBold : Font.Normal
                    topPadding: modelData[0] === "" && index > 0 ? 8 : 0
                }
            }
            Repeater {
                model: dialog.rows
                Label {
                    textFormat: Text.PlainText
                    required property int index
                    required property var modelData
                    Layout.row: index
                    Layout.column: 1
                    Layout.fillWidth: true
                    wrapMode: Text.WordWrap
                    text: modelData[0] === "" ? "" : modelData[1]
                }
            }
        }
    }
}
