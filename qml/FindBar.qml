// Finds text in a pane, line by line.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

RowLayout {
    id: bar

    property alias text: field.text
    // Set by whoever searches.
    property alias hasNoMatch: field.hasNoMatch
    signal searched(bool backwards)
    signal closed()

    function begin() {
        field.forceActiveFocus()
        field.selectAll()
    }

    spacing: 2

    TextField {
        id: field
        property bool hasNoMatch: false
        Layout.fillWidth: true
        placeholderText: qsTr("Find in messages")
        color: hasNoMatch ? Appearance.errorColor(palette.base) : palette.text
        onTextEdited: bar.searched(false)
        Keys.onReturnPressed: (event) => bar.searched(event.modifiers & Qt.ShiftModifier)
        Keys.onEscapePressed: bar.closed()
        Accessible.name: qsTr("Find in messages")
        ToolTip.text: qsTr("No line contains this")
        ToolTip.visible: hasNoMatch && activeFocus
    }
    StripButton {
        side: 28
        symbol: "up"
        tip: qsTr("Previous match")
        keys: qsTr("Shift+Enter")
        onClicked: bar.searched(true)
    }
    StripButton {
        side: 28
        symbol: "down"
        tip: qsTr("Next match")
        keys: qsTr("Enter")
        onClicked: bar.searched(false)
    }
    StripButton {
        side: 28
        symbol: "close"
        tip: qsTr("Close")
        keys: "Esc"
        onClicked: bar.closed()
    }
}
