// What can be done at a place of the figure.
import QtQuick
import QtQuick.Controls
import Kymograph

FittingMenu {
    id: menu

    required property FigureItem figure
    // The place, in the figure's own pixels.
    property real atX: 0
    property real atY: 0
    signal textWanted(bool isEvent)

    function openAt(x, y) {
        atX = x
        atY = y
        popup(x, y)
    }

    MenuEntry {
        text: qsTr("Pin cursor &A here")
        onTriggered: menu.figure.pinCursor(0, menu.atX, menu.atY)
    }
    MenuEntry {
        text: qsTr("Pin cursor &B here")
        onTriggered: menu.figure.pinCursor(1, menu.atX, menu.atY)
    }
    MenuEntry {
        text: qsTr("Take the &cursors away")
        enabled: menu.figure.hasCursors
        onTriggered: menu.figure.unpinCursors()
    }
    MenuSeparator {}
    MenuEntry {
        text: qsTr("Write a &note…")
        onTriggered: menu.textWanted(false)
    }
    MenuEntry {
        text: qsTr("Mark this &x…")
        onTriggered: menu.textWanted(true)
    }
    MenuEntry {
        text: qsTr("&Remove notes and marks")
        enabled: menu.figure.hasMarks
        onTriggered: menu.figure.clearMarks()
    }
}
