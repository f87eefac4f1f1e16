// The crosshair under the cursor and what it reads.
import QtQuick
import QtQuick.Layouts
import Kymograph

Item {
    id: overlay

    required property FigureItem figure

    Rectangle {
        x: Math.round(overlay.figure.cursorPoint.x)
        y: overlay.figure.plotArea.y
        width: 1
        height: overlay.figure.plotArea.height
        color: Qt.alpha(palette.text, 0.45)
    }
    Rectangle {
        x: overlay.figure.plotArea.x
        y: Math.round(overlay.figure.cursorPoint.y)
        width: overlay.figure.plotArea.width
        height: 1
        color: Qt.alpha(palette.text, 0.45)
    }
    Rectangle {
        readonly property bool isRight: overlay.figure.cursorPoint.x + width + 24 < overlay.width
        x: isRight ? overlay.figure.cursorPoint.x + 12 : overlay.figure.cursorPoint.x - width - 12
        y: Math.max(4, Math.min(overlay.figure.cursorPoint.y + 12, overlay.height - height - 4))
        width: readout.implicitWidth + 16
        height: readout.implicitHeight + 10
        radius: 3
        color: Qt.alpha(palette.base, 0.9)
        border.color: Qt.alpha(palette.text, 0.2)

        GridLayout {
            id: readout
            x: 8
            y: 5
            columns: 3
            columnSpacing: 8
            rowSpacing: 1
            Repeater {
                model: overlay.figure.readoutNames.length
                Rectangle {
                    required property int index
                    Layout.row: index
                    Layout.column: 0
                    implicitWidth: 10
                    implicitHeight: 3
                    color: overlay.figure.readoutColors[index]
                }
            }
            Repeater {
                model: overlay.figure.readoutNames
                Text {
                    required property int index
                    required property string modelData
                    Layout.row: index
                    Layout.column: 1
                    Layout.maximumWidth: 220
                    text: modelData
                    textFormat: Text.PlainText
                    elide: Text.ElideRight
                    color: palette.text
                }
            }
            Repeater {
                model: overlay.figure.readoutValues
                Text {
                    required property int index
                    required property string modelData
                    Layout.row: index
                    Layout.column: 2
                    Layout.alignment: Qt.AlignRight
                    text: modelData
                    textFormat: Text.PlainText
                    font.family: Appearance.fixedFamily
                    color: palette.text
                }
            }
        }
    }
}
