// The settings of the sine job; they take effect at the next start.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Popup {
    id: popup

    required property Job job

    function openAt(anchor) {
        const at = anchor.mapToItem(parent, anchor.width, anchor.height)
        x = Math.max(4, Math.min(at.x - width, parent.width - width - 4))
        y = at.y
        open()
    }

    padding: 12
    focus: true
    enter: Transition { NumberAnimation { property: "opacity"; from: 0; to: 1; duration: 120 } }
    exit: Transition { NumberAnimation { property: "opacity"; to: 0; duration: 120 } }

    component Setting: RowLayout {
        id: setting
        property string thread
        property string title
        property string unit
        property int least: 0
        property int value
        signal edited(int value)
        spacing: 16
        Label {
            textFormat: Text.PlainText
            text: setting.title
            Layout.fillWidth: true
        }
        SpinBox {
            from: setting.least
            to: 1000000
            editable: true
            value: setting.value
            textFromValue: (value, locale) => setting.unit === "" && value === 0 && setting.least === 0 ? qsTr("endless")
                : Number(value).toLocaleString(locale, "f", 0) + (setting.unit === "" ? "" : " " + setting.unit)
            valueFromText: (text, locale) => {
                const digits = text.replace(/[^0-9]/g, "")
                return digits === "" ? setting.least : parseInt(digits)
            }
            validator: RegularExpressionValidator { regularExpression: /.*/ }
            onValueModified: setting.edited(value)
            Accessible.name: qsTr("%1: %2").arg(setting.thread).arg(setting.title)
        }
    }

    contentItem: ColumnLayout {
        spacing: 6
        Label {
            text: qsTr("Worker")
            font.weight: Font.DemiBold
        }
        Setting {
            thread: qsTr("Worker")
            title: qsTr("Iterations")
            value: popup.job.iterations
            onEdited: (value) => popup.job.iterations = value
        }
        Setting {
            thread: qsTr("Worker")
            title: qsTr("Interval")
            unit: qsTr("ms")
            value: popup.job.workerMs
            onEdited: (value) => popup.job.workerMs = value
        }
        Setting {
            thread: qsTr("Worker")
            title: qsTr("Iterations in a batch")
            least: 1
            value: popup.job.workerBatch
            onEdited: (value) => popup.job.workerBatch = value
        }
        Label {
            text: qsTr("Receiver")
            font.weight: Font.DemiBold
            topPadding: 6
        }
        Setting {
            thread: qsTr("Receiver")
            title: qsTr("Iterations")
            value: popup.job.receiverIterations
            onEdited: (value) => popup.job.receiverIterations = value
        }
        Setting {
            thread: qsTr("Receiver")
            title: qsTr("Interval")
            unit: qsTr("ms")
            least: 1
            value: popup.job.receiverMs
            onEdited: (value) => popup.job.receiverMs = value
        }
        Setting {
            thread: qsTr("Receiver")
            title: qsTr("Objects in a batch")
            least: 1
            value: popup.job.receiverBatch
            onEdited: (value) => popup.job.receiverBatch = value
        }
        RowLayout {
            Layout.topMargin: 6
            Label {
                Layout.fillWidth: true
                visible: popup.job.isActive
                text: qsTr("In force from the next start")
                color: Qt.alpha(palette.windowText, 0.7)
            }
            Item {
                Layout.fillWidth: true
                visible: !popup.job.isActive
            }
            Button {
                text: qsTr("&Defaults")
                Accessible.name: Words.plain(text)
                onClicked: popup.job.resetSettings()
            }
        }
    }
}
