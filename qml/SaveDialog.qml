// Where the figure is saved: a path to type or to browse for; the ending chooses the format.
import QtQuick
import QtQuick.Controls
import QtQuick.Dialogs
import QtQuick.Layouts
import Kymograph

Dialog {
    id: dialog

    // Begins the name that is proposed.
    required property string name
    signal chosen(url file)

    title: qsTr("Save the figure")
    modal: true
    anchors.centerIn: parent
    width: Math.min(560, parent.width - 24)
    standardButtons: Dialog.Save | Dialog.Cancel

    function pathOf(address) {
        return decodeURIComponent(address.toString().replace(/^file:\/\//, ""))
    }
    function addressOf(path) {
        return "file://" + path.split("/").map(encodeURIComponent).join("/")
    }

    // The folder is the last one used, at first the one that the program was started in; the time keeps older files.
    onAboutToShow: {
        const folder = field.text === "" ? pathOf(browser.currentFolder) : field.text.replace(/\/[^/]*$/, "")
        const time = Qt.formatDateTime(new Date(), "yyyy-MM-dd-hhmmss")
        field.text = folder + "/" + name.replace(/[^A-Za-z0-9_-]+/g, "-") + "-" + time + ".png"
    }
    onOpened: {
        field.forceActiveFocus()
        field.selectAll()
    }
    onAccepted: chosen(addressOf(field.text))

    contentItem: ColumnLayout {
        RowLayout {
            TextField {
                id: field
                objectName: "pathField"
                Layout.fillWidth: true
                selectByMouse: true
                Accessible.name: qsTr("File to save to")
                onAccepted: dialog.accept()
            }
            Button {
                text: qsTr("&Browse…")
                Accessible.name: Words.plain(text)
                onClicked: browser.open()
            }
        }
        Label {
            Layout.fillWidth: true
            wrapMode: Text.WordWrap
            text: qsTr("The ending chooses the format: .png, .svg or .pdf. A file of that name is replaced.")
            color: Qt.alpha(palette.windowText, 0.7)
        }
    }

    FileDialog {
        id: browser
        title: dialog.title
        fileMode: FileDialog.SaveFile
        acceptLabel: qsTr("Choose")
        defaultSuffix: "png"
        nameFilters: [qsTr("PNG image (*.png)"), qsTr("SVG drawing (*.svg)"), qsTr("PDF document (*.pdf)")]
        // Qt 6.4's own dialog forgets a name that was typed into it: the folder that was found still counts.
        onAccepted: field.text = selectedFile.toString() !== "" ? dialog.pathOf(selectedFile)
                                                                : dialog.pathOf(currentFolder) + "/figure.png"
    }
}
