// A flat button of a strip: a symbol, a name for those who cannot see it, and a tooltip with its shortcut.
//
// Of few parts: a window has thirty of them, and to make one of the style's buttons takes three times as long.
import QtQuick
import QtQuick.Templates as T
import Kymograph

T.ToolButton {
    id: button

    // What it does, in a few words; shown as the tooltip.
    property string tip
    // Its keys, as people read them.
    property string keys
    // How wide and high it is.
    property int side: 32
    // Name of a bundled symbol, and how wide and high it is shown.
    property string symbol
    property int symbolSide: Appearance.iconSize

    // Once pressed, the tooltip stays away until the mouse comes again: it would cover what the press opened.
    property bool isPressed: false
    onPressed: isPressed = true
    onHoveredChanged: if (!hovered) isPressed = false

    implicitWidth: side
    implicitHeight: side
    padding: (side - symbolSide) / 2
    focusPolicy: Qt.TabFocus
    // Not shown: what the button is called by those who read it aloud.
    text: tip
    contentItem: Symbol {
        name: button.symbol
        side: button.symbolSide
    }
    readonly property bool isLit: down || checked || visualFocus || (hovered && enabled)
    onIsLitChanged: if (isLit && !background) background = panel.createObject(button)
    Component {
        id: panel
        Rectangle {
            visible: button.isLit
            radius: 3
            color: button.down || button.checked ? Qt.alpha(palette.highlight, 0.3) : Qt.alpha(palette.buttonText, 0.1)
            border.color: palette.highlight
            border.width: button.checked || button.visualFocus ? 1 : 0
        }
    }

    readonly property bool wantsTip: tip !== "" && (hovered || visualFocus) && !isPressed
    onWantsTipChanged: Appearance.showTip(button, wantsTip, keys === "" ? tip : qsTr("%1 (%2)").arg(tip).arg(keys))
}
