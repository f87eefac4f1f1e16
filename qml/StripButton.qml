// A flat button of a strip: a symbol, a name for those who cannot see it, and a tooltip with its shortcut.
import QtQuick
import QtQuick.Controls
import Kymograph

ToolButton {
    id: button

    // What it does, in a few words; shown as the tooltip.
    property string tip
    // Its keys, as people read them.
    property string keys
    // Name of a bundled icon.
    property string symbol

    // Once pressed, the tooltip stays away until the mouse comes again: it would cover what the press opened.
    property bool isPressed: false
    onPressed: isPressed = true
    onHoveredChanged: if (!hovered) isPressed = false

    implicitWidth: Math.max(32, implicitContentWidth + leftPadding + rightPadding)
    implicitHeight: 32
    display: AbstractButton.IconOnly
    focusPolicy: Qt.TabFocus
    // Not shown: what the button is called by those who read it aloud.
    text: tip
    icon.source: symbol === "" ? "" : Program.symbol(symbol)
    icon.width: Appearance.iconSize
    icon.height: Appearance.iconSize
    icon.color: enabled ? palette.buttonText : Qt.alpha(palette.buttonText, 0.4)

    readonly property bool wantsTip: tip !== "" && (hovered || visualFocus) && !isPressed
    onWantsTipChanged: Appearance.showTip(button, wantsTip, keys === "" ? tip : qsTr("%1 (%2)").arg(tip).arg(keys))
}
