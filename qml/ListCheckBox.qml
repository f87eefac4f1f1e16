// A check box in a row of a list: small, and with an outline that is seen on a dark list, too.
import QtQuick
import QtQuick.Controls

CheckBox {
    padding: 0
    implicitWidth: 20
    // The list has the keyboard; a key of it does the same.
    focusPolicy: Qt.NoFocus
    // The style draws the outline in a darker shade of this.
    palette.window: !parent ? "white" : parent.palette.base.hslLightness < 0.5 ? "#a0a8b0" : parent.palette.window
}
