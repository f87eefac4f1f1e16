// The file that a figure's layout is saved to or loaded from.
import QtQuick
import QtQuick.Dialogs
import Kymograph

FileDialog {
    id: dialog

    required property FigureItem figure
    property bool saves: false

    title: saves ? qsTr("Save the layout") : qsTr("Load a layout")
    fileMode: saves ? FileDialog.SaveFile : FileDialog.OpenFile
    defaultSuffix: "json"
    nameFilters: [qsTr("Layouts (*.json)"), qsTr("All files (*)")]
    onAccepted: saves ? figure.saveLayout(selectedFile) : figure.loadLayout(selectedFile)
}
