// Files or folders to be followed, or runs to be shown: paths to type or to browse for.
import QtQuick
import QtQuick.Controls
import QtQuick.Dialogs
import QtQuick.Layouts
import Kymograph

Dialog {
    id: dialog

    signal chosen(var paths)

    title: qsTr("Open or follow")
    modal: true
    anchors.centerIn: parent
    width: Math.min(560, parent.width - 24)
    standardButtons: Dialog.Open | Dialog.Cancel
    onOpened: {
        field.forceActiveFocus()
        field.selectAll()
    }
    onAccepted: {
        if (field.text.trim() !== "")
            chosen([field.text.trim()])
    }

    contentItem: ColumnLayout {
        RowLayout {
            TextField {
                id: field
                objectName: "openField"
                Layout.fillWidth: true
                selectByMouse: true
                placeholderText: qsTr("Path of a file or folder")
                Accessible.name: placeholderText
                onAccepted: dialog.accept()
            }
            Button {
                text: qsTr("&File…")
                Accessible.name: Words.plain(text)
                onClicked: fileBrowser.open()
            }
            Button {
                text: qsTr("F&older…")
                Accessible.name: Words.plain(text)
                onClicked: folderBrowser.open()
            }
        }
        Label {
            Layout.fillWidth: true
            wrapMode: Text.WordWrap
            text: qsTr("Tables (CSV, TSV, white space), JSON lines, TensorBoard, MLflow and W&B files and folders of them, logs, recorded runs. What grows is followed.")
            textFormat: Text.PlainText
            color: Qt.alpha(palette.windowText, 0.75)
        }
    }

    FileDialog {
        id: fileBrowser
        title: dialog.title
        fileMode: FileDialog.OpenFiles
        onAccepted: {
            dialog.close()
            const paths = []
            for (let i = 0; i < selectedFiles.length; ++i)
                paths.push(Program.localPath(selectedFiles[i]))
            dialog.chosen(paths)
        }
    }
    FolderDialog {
        id: folderBrowser
        title: dialog.title
        onAccepted: {
            dialog.close()
            dialog.chosen([Program.localPath(selectedFolder)])
        }
    }
}
