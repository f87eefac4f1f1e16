// The runs, the newest first: what goes on, what has ended and how. A click shows one.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

FocusScope {
    id: panel

    // The jobs of the window, and the one that is shown.
    required property var jobs
    required property Job job
    // What waits for its turn.
    required property QueueModel queue
    // Those whose curves are shown besides.
    required property var otherJobs
    // The job of the window that shows the run in a directory; null if there is none.
    required property var jobOf
    signal jobChosen(Job job)
    signal runChosen(string path)
    // The curves of a run are to be shown besides, or no longer.
    signal overlayChosen(string path, bool isShown)
    signal closeRequested()
    // A command is to be typed.
    signal commandRequested()

    component RunRow: ItemDelegate {
        id: row
        required property string title
        required property bool isShown
        required property bool isLive
        required property bool isFailed
        required property string detail
        // 0 to 1; less than 0 if unknown.
        property real part: -1
        // Whether its curves can be shown beside those of another run, and are.
        property bool canOverlay: false
        property bool isOverlaid: false
        readonly property bool isBoxHovered: box.hovered
        signal overlayToggled(bool isShown)
        function toggleOverlay() {
            if (canOverlay)
                overlayToggled(!isOverlaid)
        }
        signal removalRequested()

        width: ListView.view ? ListView.view.width : parent.width
        highlighted: isShown
        leftPadding: 10
        rightPadding: 10
        topPadding: 5
        bottomPadding: 5
        Accessible.name: qsTr("%1: %2").arg(title).arg(detail)
        contentItem: RowLayout {
            spacing: 4
            GridLayout {
                Layout.fillWidth: true
                columns: 2
                columnSpacing: 8
                rowSpacing: 1
                Rectangle {
                    implicitWidth: 10
                    implicitHeight: 10
                    // A square for what failed, a disc for the rest: told apart without colour.
                    radius: row.isFailed ? 1 : 5
                    color: row.isLive ? (row.isShown ? palette.highlightedText : palette.highlight) : row.isFailed ? Appearance.errorColor(palette.base) : "transparent"
                    border.width: 1.5
                    border.color: row.isLive ? (row.isShown ? palette.highlightedText : palette.highlight)
                                : row.isFailed ? Appearance.errorColor(palette.base)
                                : Qt.alpha(row.isShown ? palette.highlightedText : palette.text, 0.6)
                }
                Label {
                    Layout.fillWidth: true
                    text: row.title
                    textFormat: Text.PlainText
                    elide: Text.ElideRight
                    color: row.isShown ? palette.highlightedText : palette.text
                }
                Item {
                    implicitWidth: 1
                    implicitHeight: 1
                }
                Label {
                    Layout.fillWidth: true
                    text: row.detail
                    textFormat: Text.PlainText
                    elide: Text.ElideRight
                    font.pointSize: Application.font.pointSize * 0.9
                    color: Qt.alpha(row.isShown ? palette.highlightedText : palette.text, 0.75)
                }
                ProgressBar {
                    Layout.columnSpan: 2
                    Layout.fillWidth: true
                    implicitHeight: 4
                    visible: row.isLive && row.part >= 0
                    value: row.part
                    Accessible.ignored: true
                }
            }
            ListCheckBox {
                id: box
                objectName: "overlayBox"
                visible: row.canOverlay
                checked: row.isOverlaid
                onToggled: row.overlayToggled(checked)
                Accessible.name: qsTr("Show the curves of %1, too").arg(row.title)
                readonly property bool wantsTip: hovered
                onWantsTipChanged: Appearance.showTip(this, wantsTip, qsTr("Show its curves in the figure, too"))
            }
        }
    }

    RunModel {
        id: runs
        onFailed: (text) => note.text = text
    }
    Connections {
        target: panel.queue
        function onFailed(text) {
            note.text = text
        }
    }
    Timer {
        interval: 2000
        repeat: true
        triggeredOnStart: true
        running: panel.visible && panel.Window.visibility !== Window.Minimized
        onTriggered: {
            runs.look()
            panel.queue.look()
        }
    }

    Rectangle {
        anchors.fill: parent
        color: palette.base
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            Layout.fillWidth: true
            Layout.leftMargin: 10
            Layout.rightMargin: 4
            Label {
                Layout.fillWidth: true
                text: qsTr("Runs")
                textFormat: Text.PlainText
                font.bold: true
            }
            Label {
                objectName: "runTotal"
                text: runs.count === runs.total ? runs.total : qsTr("%1 of %2").arg(runs.count).arg(runs.total)
                textFormat: Text.PlainText
                color: Qt.alpha(palette.text, 0.75)
            }
            StripButton {
                objectName: "runCommandButton"
                symbol: "add"
                tip: qsTr("Run a command")
                keys: qsTr("Ctrl+R")
                onClicked: panel.commandRequested()
            }
            StripButton {
                symbol: "close"
                tip: qsTr("Close")
                keys: "F9"
                onClicked: panel.closeRequested()
            }
        }
        TextField {
            objectName: "runFilter"
            Layout.fillWidth: true
            Layout.leftMargin: 8
            Layout.rightMargin: 8
            Layout.bottomMargin: 6
            visible: runs.total > 5
            placeholderText: qsTr("Filter by name or command")
            Accessible.name: placeholderText
            onTextEdited: runs.filter = text
            Keys.onEscapePressed: {
                clear()
                runs.filter = ""
            }
            Keys.onDownPressed: list.forceActiveFocus()
        }
        QueueList {
            Layout.fillWidth: true
            model: panel.queue
        }
        // What is not recorded, or not yet.
        Column {
            Layout.fillWidth: true
            Repeater {
                model: panel.jobs.filter((each) => each.runPath === "" && !each.isRecorded)
                RunRow {
                    required property Job modelData
                    title: modelData.name
                    isShown: modelData === panel.job
                    isLive: modelData.isActive
                    isFailed: modelData.state === Job.Failed
                    detail: Words.state(modelData.state)
                    part: modelData.progress
                    onClicked: panel.jobChosen(modelData)
                }
            }
        }
        ListView {
            id: list
            objectName: "runList"
            Layout.fillWidth: true
            Layout.fillHeight: true
            clip: true
            focus: true
            model: runs
            currentIndex: -1
            boundsBehavior: Flickable.StopAtBounds
            keyNavigationEnabled: true
            highlightFollowsCurrentItem: true
            ScrollBar.vertical: ScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Runs")
            Keys.onReturnPressed: (currentItem as RunRow)?.clicked()
            Keys.onSpacePressed: (currentItem as RunRow)?.toggleOverlay()
            Keys.onDeletePressed: (currentItem as RunRow)?.removalRequested()

            delegate: RunRow {
                id: run
                required property int index
                required property string runId
                required property string path
                required property string name
                required property int state
                required property bool isSupervised
                required property string command
                required property real ageSecs
                required property string took
                readonly property Job mine: (panel.jobs, panel.jobOf(path))

                function show() {
                    panel.runChosen(path)
                }
                function remove() {
                    if (state !== RunModel.Running) {
                        removal.runId = runId
                        removal.title = qsTr("Remove %1?").arg(name)
                        removal.open()
                    }
                }

                title: name
                isLive: state === RunModel.Running
                isFailed: state === RunModel.Failed || state === RunModel.Interrupted
                isShown: mine !== null && mine === panel.job
                detail: Words.runState(state) + (took !== "" ? " · " + took : "")
                      + (ageSecs >= 0 ? " · " + Words.age(ageSecs) : "")
                part: mine !== null ? mine.progress : -1
                canOverlay: !isShown
                isOverlaid: mine !== null && panel.otherJobs.includes(mine)
                onOverlayToggled: (isShown) => panel.overlayChosen(path, isShown)
                onClicked: {
                    list.currentIndex = index
                    show()
                }
                onRemovalRequested: remove()
                readonly property bool wantsTip: hovered && !pressed && !isBoxHovered
                onWantsTipChanged: Appearance.showTip(this, wantsTip, command === "" ? runId : command + "\n" + runId)

                TapHandler {
                    acceptedButtons: Qt.RightButton
                    onTapped: {
                        list.currentIndex = run.index
                        menu.row = run
                        menu.popup()
                    }
                }
            }

            Label {
                anchors.centerIn: parent
                width: parent.width - 32
                visible: runs.total === 0
                text: qsTr("No runs yet. Press Start, or run a command:\nkymograph run -- your command")
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
                color: Qt.alpha(palette.text, 0.75)
            }
        }
        Label {
            id: note
            objectName: "runNote"
            Layout.fillWidth: true
            Layout.margins: 8
            visible: text !== ""
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: Appearance.errorColor(palette.base)
        }
    }

    FittingMenu {
        id: menu
        property var row: null
        MenuEntry {
            text: qsTr("&Show")
            onTriggered: menu.row.show()
        }
        MenuEntry {
            text: qsTr("Show in the figure, t&oo")
            checkable: true
            enabled: menu.row !== null && menu.row.canOverlay
            checked: menu.row !== null && menu.row.isOverlaid
            onTriggered: menu.row.overlayToggled(checked)
        }
        MenuEntry {
            text: qsTr("S&top")
            enabled: menu.row !== null && menu.row.isLive && menu.row.isSupervised
            onTriggered: runs.stop(menu.row.runId)
        }
        MenuEntry {
            text: qsTr("&Remove…")
            enabled: menu.row !== null && !menu.row.isLive
            onTriggered: menu.row.remove()
        }
    }
    Dialog {
        id: removal
        property string runId
        parent: Overlay.overlay
        anchors.centerIn: parent
        width: Math.min(420, parent ? parent.width - 24 : 420)
        modal: true
        standardButtons: Dialog.Cancel | Dialog.Ok
        onAccepted: {
            note.text = ""
            runs.remove(runId)
        }
        Label {
            width: parent.width
            text: qsTr("All that is recorded of this run is deleted. This cannot be undone.")
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
        }
    }
}
