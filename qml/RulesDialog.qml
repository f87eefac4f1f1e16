// The rules that are held against the job: listed, added, taken away.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Dialog {
    id: dialog

    // The job that is shown, which may change.
    property Job job: null
    readonly property bool takesRules: job !== null && job.takesRules
    // Why what was written is no rule.
    property string error: ""

    function add() {
        const text = field.text.trim()
        if (!job || text === "")
            return
        error = job.ruleError(text)
        if (error === "") {
            job.addRule(text)
            field.clear()
        }
    }

    title: qsTr("Rules")
    modal: true
    anchors.centerIn: parent
    width: Math.min(480, parent.width - 24)
    height: Math.min(implicitHeight, parent.height - 24)
    standardButtons: Dialog.Close
    onOpened: field.forceActiveFocus()
    onAboutToShow: error = ""

    contentItem: ColumnLayout {
        spacing: Appearance.spacing

        Label {
            Layout.fillWidth: true
            text: dialog.takesRules ? qsTr("A rule watches the curves and acts by itself, also when no window is open.")
                                        : qsTr("Rules watch a command while it runs, and files that are followed.")
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
        }
        ListView {
            id: list
            objectName: "ruleList"
            Layout.fillWidth: true
            Layout.fillHeight: true
            visible: count > 0
            implicitHeight: Math.min(contentHeight, 220)
            clip: true
            model: dialog.job ? dialog.job.rules : []
            boundsBehavior: Flickable.StopAtBounds
            ScrollBar.vertical: ScrollBar {}
            delegate: RowLayout {
                id: row
                required property string modelData
                width: ListView.view.width
                Label {
                    Layout.fillWidth: true
                    text: row.modelData
                    textFormat: Text.PlainText
                    font.family: Appearance.fixedFamily
                    elide: Text.ElideRight
                }
                StripButton {
                    objectName: "removeRuleButton"
                    symbol: "close"
                    tip: qsTr("Take the rule away")
                    Accessible.name: qsTr("Take away the rule %1").arg(row.modelData)
                    onClicked: dialog.job?.removeRule(row.modelData)
                }
            }
        }
        RowLayout {
            enabled: dialog.takesRules
            TextField {
                id: field
                objectName: "ruleField"
                Layout.fillWidth: true
                maximumLength: 1000
                selectByMouse: true
                font.family: Appearance.fixedFamily
                placeholderText: "loss is nan: stop"
                Accessible.name: qsTr("New rule")
                onTextEdited: dialog.error = ""
                onAccepted: dialog.add()
            }
            Button {
                objectName: "addRuleButton"
                text: qsTr("&Add")
                Accessible.name: Words.plain(text)
                enabled: field.text.trim() !== ""
                onClicked: dialog.add()
            }
        }
        Label {
            objectName: "ruleError"
            Layout.fillWidth: true
            visible: dialog.error !== ""
            text: dialog.error
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: Appearance.errorColor(palette.window)
        }
        Label {
            Layout.fillWidth: true
            // The words of the rules are the same in every language.
            text: qsTr("For example:") + "\nval_acc >= 0.95: notify, stop\nloss > 10 for 20: pause\nsilent 10m: notify\nend: notify"
            textFormat: Text.PlainText
            font.family: Appearance.fixedFamily
            font.pointSize: Application.font.pointSize * 0.9
            color: Qt.alpha(palette.windowText, 0.75)
        }
    }
}
