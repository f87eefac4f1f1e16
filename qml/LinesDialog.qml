// How many lines the panes keep.
import QtQuick
import QtQuick.Controls
import Kymograph

Dialog {
    id: dialog

    title: qsTr("Lines kept in each pane")
    modal: true
    anchors.centerIn: parent
    standardButtons: Dialog.Ok | Dialog.Cancel
    onAboutToShow: box.value = Appearance.paneLines
    onAccepted: Appearance.paneLines = box.value
    contentItem: SpinBox {
        id: box
        from: 100
        to: 1000000
        stepSize: 1000
        editable: true
        Accessible.name: dialog.title
    }
}
