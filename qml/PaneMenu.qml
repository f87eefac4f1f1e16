// What can be done with the lines of a message pane.
import QtQuick
import QtQuick.Controls
import Kymograph

Menu {
    id: menu

    required property MessagePane pane

    component Entry: MenuItem {
        enabled: menu.pane.model.count > 0
        opacity: enabled ? 1 : 0.5
    }
    Entry {
        text: menu.pane.hasSelection ? qsTr("&Copy the selected lines") : qsTr("&Copy all lines")
        onTriggered: menu.pane.copySelection()
    }
    Entry {
        text: qsTr("Select &all")
        onTriggered: menu.pane.selectRows(0, menu.pane.model.count - 1)
    }
    Entry {
        text: qsTr("&Find…")
        onTriggered: menu.pane.openFind()
    }
    MenuSeparator {}
    Entry {
        text: qsTr("C&lear")
        onTriggered: menu.pane.clear()
    }
}
