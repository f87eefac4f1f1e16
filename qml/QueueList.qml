// The commands that wait for their turn: how many at a time, which first, or not at all.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

ColumnLayout {
    id: queue

    required property QueueModel model

    spacing: 0
    Layout.fillHeight: false
    visible: model.count > 0 || model.isHeld

    RowLayout {
        Layout.fillWidth: true
        Layout.leftMargin: 10
        Layout.rightMargin: 4
        Label {
            Layout.fillWidth: true
            text: queue.model.isHeld ? qsTr("Queue, held") : qsTr("Queue")
            textFormat: Text.PlainText
            font.bold: true
            elide: Text.ElideRight
        }
        SpinBox {
            objectName: "queueJobs"
            implicitWidth: 76
            from: 1
            to: 64
            value: queue.model.jobs
            onValueModified: queue.model.jobs = value
            Accessible.name: qsTr("Commands at a time")
            readonly property bool wantsTip: hovered
            onWantsTipChanged: Appearance.showTip(this, wantsTip, qsTr("Commands at a time"))
        }
        StripButton {
            objectName: "holdQueueButton"
            symbol: queue.model.isHeld ? "start" : "pause"
            tip: queue.model.isHeld ? qsTr("Go on with the queue") : qsTr("Start no more from the queue")
            onClicked: queue.model.isHeld = !queue.model.isHeld
        }
    }
    Label {
        Layout.fillWidth: true
        Layout.margins: 8
        visible: queue.model.trouble !== ""
        text: queue.model.trouble
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: Appearance.errorColor(palette.base)
    }
    ListView {
        id: list
        objectName: "queueList"
        Layout.fillWidth: true
        Layout.preferredHeight: Math.min(contentHeight, 220)
        clip: true
        model: queue.model
        boundsBehavior: Flickable.StopAtBounds
        ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Queue")
        delegate: ItemDelegate {
            id: row
            required property int index
            required property string waitingId
            required property string name
            required property string command
            required property string refused
            required property bool canMove
            width: ListView.view.width
            height: 34
            leftPadding: 10
            rightPadding: 4
            topPadding: 0
            bottomPadding: 0
            Accessible.name: qsTr("%1: waiting").arg(name)
            readonly property bool wantsTip: hovered
            onWantsTipChanged: Appearance.showTip(this, wantsTip, refused === "" ? command : command + "\n" + refused)
            contentItem: RowLayout {
                spacing: 0
                Label {
                    Layout.fillWidth: true
                    text: row.refused === "" ? row.name : qsTr("%1: not started").arg(row.name)
                    textFormat: Text.PlainText
                    elide: Text.ElideRight
                    color: row.refused === "" ? palette.text : Appearance.errorColor(palette.base)
                }
                StripButton {
                    objectName: "waitingUpButton"
                    side: 26
                    visible: row.canMove
                    enabled: row.index > 0
                    symbol: "up"
                    tip: qsTr("Earlier")
                    Accessible.name: qsTr("%1: %2").arg(row.name).arg(tip)
                    onClicked: queue.model.moveTo(row.waitingId, row.index - 1)
                }
                StripButton {
                    side: 26
                    visible: row.canMove
                    enabled: row.index < list.count - 1
                    symbol: "down"
                    tip: qsTr("Later")
                    Accessible.name: qsTr("%1: %2").arg(row.name).arg(tip)
                    onClicked: queue.model.moveTo(row.waitingId, row.index + 1)
                }
                StripButton {
                    objectName: "cancelWaitingButton"
                    side: 26
                    symbol: "close"
                    tip: qsTr("Take out of the queue")
                    Accessible.name: qsTr("%1: %2").arg(row.name).arg(tip)
                    onClicked: queue.model.cancel(row.waitingId)
                }
            }
        }
    }
    Rectangle {
        Layout.fillWidth: true
        Layout.topMargin: 6
        Layout.bottomMargin: 6
        implicitHeight: 1
        color: Qt.alpha(palette.text, 0.15)
    }
}
