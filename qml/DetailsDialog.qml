// The whole text of a failure.
import QtQuick
import QtQuick.Controls
import Kymograph

Dialog {
    id: dialog

    required property string text

    title: qsTr("Why the job failed")
    modal: true
    anchors.centerIn: parent
    width: Math.min(680, parent.width - 24)
    height: Math.min(420, parent.height - 24)
    standardButtons: Dialog.Close
    contentItem: ScrollView {
        TextArea {
            text: dialog.text
            textFormat: TextEdit.PlainText
            readOnly: true
            wrapMode: TextEdit.Wrap
            font.family: Appearance.fixedFamily
        }
    }
}
