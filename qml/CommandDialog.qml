// A command to be run now, or when its turn comes.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Dialog {
    id: dialog

    signal runRequested(string line, string name, bool hasResources)
    signal queueRequested(string line, string name, bool hasResources)

    readonly property bool hasLine: line.text.trim() !== ""

    title: qsTr("Run a command")
    modal: true
    anchors.centerIn: parent
    width: Math.min(520, parent.width - 24)
    height: Math.min(implicitHeight, parent.height - 24)
    onOpened: line.forceActiveFocus()

    function begin(isQueued) {
        if (!hasLine)
            return
        isQueued ? queueRequested(line.text, name.text, resources.checked)
                 : runRequested(line.text, name.text, resources.checked)
        line.clear()
        name.clear()
        close()
    }

    contentItem: ColumnLayout {
        spacing: Appearance.spacing

        TextField {
            id: line
            objectName: "commandLine"
            Layout.fillWidth: true
            selectByMouse: true
            maximumLength: 30000
            font.family: Appearance.fixedFamily
            placeholderText: "python train.py --lr 0.1"
            Accessible.name: qsTr("Command, as in a terminal")
            onAccepted: dialog.begin(false)
        }
        TextField {
            id: name
            objectName: "commandName"
            Layout.fillWidth: true
            selectByMouse: true
            maximumLength: 100
            placeholderText: qsTr("Name (by default the first words)")
            Accessible.name: placeholderText
            onAccepted: dialog.begin(false)
        }
        CheckBox {
            id: resources
            text: qsTr("With curves of the processor time and memory that it uses")
            Accessible.name: text
        }
        Label {
            Layout.fillWidth: true
            text: qsTr("Numbers in its output become curves, for example  loss=0.25  It goes on when this window is closed. In the queue it starts when those before it have ended.")
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: Qt.alpha(palette.windowText, 0.75)
        }
    }
    footer: RowLayout {
        spacing: Appearance.spacing
        Item {
            Layout.fillWidth: true
        }
        Button {
            Layout.bottomMargin: 12
            text: qsTr("&Cancel")
            Accessible.name: Words.plain(text)
            onClicked: dialog.reject()
        }
        Button {
            objectName: "queueButton"
            Layout.bottomMargin: 12
            text: qsTr("Add to the &queue")
            Accessible.name: Words.plain(text)
            enabled: dialog.hasLine
            onClicked: dialog.begin(true)
        }
        Button {
            objectName: "runNowButton"
            Layout.bottomMargin: 12
            Layout.rightMargin: 12
            text: qsTr("&Run now")
            Accessible.name: Words.plain(text)
            enabled: dialog.hasLine
            highlighted: enabled
            onClicked: dialog.begin(false)
        }
    }
}
