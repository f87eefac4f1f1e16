// Upright lines where the pointer of the crosshair stands in the other subplots and figures.
import QtQuick
import Kymograph

Item {
    id: overlay

    required property FigureItem figure
    // x, upper end and length of each line. Frames change where they stand.
    readonly property var lines: (figure.frames, figure.pointerLines(SharedPointer.x, SharedPointer.isTime))

    Repeater {
        model: overlay.lines.length / 3
        Rectangle {
            required property int index
            x: Math.round(overlay.lines[3 * index])
            y: overlay.lines[3 * index + 1]
            width: 1
            height: overlay.lines[3 * index + 2]
            color: Qt.alpha(palette.text, 0.3)
            // The crosshair itself stands there.
            visible: SharedPointer.figure !== overlay.figure || y !== overlay.figure.plotArea.y
                || Math.abs(overlay.lines[3 * index] - overlay.figure.cursorPoint.x) > 1
        }
    }
}
