// What can be done with the lines of a message pane.
import QtQuick
import QtQuick.Controls
import Kymograph

FittingMenu {
    id: menu

    required property MessagePane pane

    readonly property bool hasLines: pane.model.count > 0

    MenuEntry {
        enabled: menu.hasLines
        text: menu.pane.hasSelection ? qsTr("&Copy the selected lines") : qsTr("&Copy all lines")
        onTriggered: menu.pane.copySelection()
    }
    MenuEntry {
        enabled: menu.hasLines
        text: qsTr("Select &all")
        onTriggered: menu.pane.selectRows(0, menu.pane.model.count - 1)
    }
    MenuEntry {
        enabled: menu.hasLines
        text: qsTr("&Find…")
        onTriggered: menu.pane.openFind()
    }
    MenuSeparator {}
    MenuEntry {
        enabled: menu.hasLines
        text: qsTr("C&lear")
        onTriggered: menu.pane.clear()
    }
}
