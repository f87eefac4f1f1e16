// Says for a moment what was done, or until it is dismissed what failed.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Popup {
    id: note

    property bool isError: false

    function show(text, isBad) {
        noteText.text = text
        isError = isBad
        open()
    }

    x: (parent.width - width) / 2
    // Not of the height, which depends on what room is left below y.
    y: parent.height - implicitHeight - 16
    width: Math.min(implicitWidth, parent.width - 32)
    padding: 10
    closePolicy: Popup.CloseOnEscape | Popup.CloseOnPressOutside
    enter: Transition { NumberAnimation { property: "opacity"; from: 0; to: 1; duration: 120 } }
    exit: Transition { NumberAnimation { property: "opacity"; to: 0; duration: 120 } }
    onOpened: if (!isError) hideNote.restart()
    contentItem: RowLayout {
        Label {
            textFormat: Text.PlainText
            text: note.isError ? "✖" : "✓"
            color: note.isError ? Appearance.errorColor(palette.window) : palette.windowText
        }
        Label {
            id: noteText
            Layout.fillWidth: true
            textFormat: Text.PlainText
            wrapMode: Text.WrapAnywhere
        }
    }
    Timer {
        id: hideNote
        interval: 4000
        onTriggered: note.close()
    }
}
