// The bar between two parts that can be dragged against each other; shows itself under the mouse.
import QtQuick
import QtQuick.Controls
import Kymograph

Item {
    id: handle

    implicitWidth: 7
    implicitHeight: 7

    Rectangle {
        anchors.centerIn: parent
        readonly property bool isUpright: handle.height > handle.width
        width: isUpright ? (handle.SplitHandle.hovered || handle.SplitHandle.pressed ? 3 : 1) : handle.width
        height: isUpright ? handle.height : (handle.SplitHandle.hovered || handle.SplitHandle.pressed ? 3 : 1)
        color: handle.SplitHandle.hovered || handle.SplitHandle.pressed ? palette.highlight : palette.mid
    }
}
