// The text of a note in the figure, or the label of a mark.
import QtQuick
import QtQuick.Controls
import Kymograph

Dialog {
    id: dialog

    property bool isEvent: false
    signal written(string text)

    title: isEvent ? qsTr("Label of the mark") : qsTr("Note")
    modal: true
    anchors.centerIn: parent
    width: Math.min(360, parent.width - 24)
    standardButtons: Dialog.Ok | Dialog.Cancel
    onAboutToShow: field.clear()
    onOpened: field.forceActiveFocus()
    onAccepted: written(field.text)

    contentItem: TextField {
        id: field
        objectName: "noteField"
        maximumLength: 200
        selectByMouse: true
        Accessible.name: dialog.title
        onAccepted: dialog.accept()
    }
}
