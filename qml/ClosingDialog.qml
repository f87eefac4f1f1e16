// What becomes of a command that runs when its window is closed: it can go on without one.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Dialog {
    id: dialog

    // What runs, in words.
    required property string jobName
    signal stopChosen()
    signal leaveChosen()

    function choose(closing) {
        if (remember.checked)
            Appearance.closing = closing
        close()
    }

    title: qsTr("Still running: %1").arg(jobName)
    modal: true
    anchors.centerIn: parent
    width: Math.min(480, parent.width - 24)
    onAboutToShow: {
        remember.checked = false
        leaveButton.forceActiveFocus()
    }

    contentItem: ColumnLayout {
        spacing: Appearance.spacing
        Label {
            Layout.fillWidth: true
            text: qsTr("It can go on without a window. Its output and its curves are recorded, and Kymograph shows all of them when you open it again.")
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
        }
        CheckBox {
            id: remember
            objectName: "rememberBox"
            text: qsTr("Do not ask again")
            Accessible.name: Words.plain(text)
        }
    }
    footer: RowLayout {
        spacing: Appearance.spacing
        Item {
            Layout.fillWidth: true
        }
        Button {
            objectName: "cancelButton"
            text: qsTr("&Cancel")
            Accessible.name: Words.plain(text)
            Layout.bottomMargin: 10
            onClicked: dialog.close()
        }
        Button {
            objectName: "stopAndCloseButton"
            text: qsTr("S&top it")
            Layout.bottomMargin: 10
            Accessible.name: Words.plain(text)
            onClicked: {
                dialog.choose("stop")
                dialog.stopChosen()
            }
        }
        Button {
            id: leaveButton
            objectName: "leaveButton"
            text: qsTr("&Leave it running")
            Layout.bottomMargin: 10
            Layout.rightMargin: 10
            highlighted: true
            Accessible.name: Words.plain(text)
            Keys.onReturnPressed: leaveButton.clicked()
            Keys.onEnterPressed: leaveButton.clicked()
            onClicked: {
                dialog.choose("leave")
                dialog.leaveChosen()
            }
        }
    }
}
