// The first row: start, stop and hold the job, and see how it stands.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

ToolBar {
    id: control

    required property Job job
    // Asks the window for one of its menus.
    signal menuRequested(Item anchor)
    signal settingsRequested(Item anchor)
    // Asks the window to show or hide the list of runs.
    signal runsRequested()
    property bool showsRuns: false

    // Room for a short bar, the times and the distances, besides what is as wide as its words.
    readonly property real neededWidth: buttons.implicitWidth + chips.implicitWidth + corner.implicitWidth + 200
    readonly property bool isNarrow: width < neededWidth
    readonly property bool isStopping: job.state === Job.Stopping
    // People know nothing of the threads through which the output of a program comes.
    readonly property bool isProgram: job.command !== "" || job.outlivesWindow || job.isFollowed
    readonly property bool wasStarted: job.state !== Job.Idle

    implicitHeight: isNarrow ? 2 * Appearance.stripHeight - 8 : Appearance.stripHeight
    leftPadding: Appearance.spacing
    rightPadding: Appearance.spacing
    topPadding: 0
    bottomPadding: 0

    // Two rows of their own, side by side or one below the other: nested layouts polish each other without end.
    Item {
        anchors.fill: parent

        RowLayout {
            id: buttons
            width: control.isNarrow ? parent.width : implicitWidth
            height: control.isNarrow ? parent.height / 2 : parent.height
            spacing: Appearance.spacing

            StripButton {
                objectName: "runsButton"
                symbol: "runs"
                tip: qsTr("Runs")
                keys: "F9"
                checkable: true
                checked: control.showsRuns
                onClicked: control.runsRequested()
            }
            Button {
                id: startButton
                objectName: "startButton"
                // What a program beyond a socket does is started there.
                visible: !control.job.outlivesWindow
                text: control.wasStarted && !control.job.isActive
                    ? (control.isProgram ? qsTr("Re&start") : qsTr("Re&start threads"))
                    : (control.isProgram ? qsTr("&Start") : qsTr("&Start threads"))
                icon.source: Program.symbol(control.wasStarted && !control.job.isActive ? "restart" : "start")
                icon.width: Appearance.iconSize
                icon.height: Appearance.iconSize
                icon.color: palette.buttonText
                enabled: !control.job.isActive && control.job.canStart
                onClicked: control.job.start()
                Accessible.name: Words.plain(text)
                readonly property bool wantsTip: hovered || visualFocus
                onWantsTipChanged: Appearance.showTip(this, wantsTip, control.job.isRecorded
                    ? qsTr("A recorded run is shown, not run again")
                    : control.isProgram ? qsTr("Clear the panes and run the command anew (F5)")
                    : qsTr("Clear the panes and start the worker and the receiver (F5)"))
            }
            Button {
                id: stopButton
                objectName: "stopButton"
                text: control.isStopping ? qsTr("Stopping…")
                    : control.isProgram ? qsTr("S&top") : qsTr("S&top threads")
                icon.source: Program.symbol("stop")
                icon.width: Appearance.iconSize
                icon.height: Appearance.iconSize
                icon.color: palette.buttonText
                enabled: control.job.isActive && !control.isStopping
                onClicked: control.job.stop()
                Accessible.name: Words.plain(text)
                readonly property bool wantsTip: hovered || visualFocus
                onWantsTipChanged: Appearance.showTip(this, wantsTip, control.job.outlivesWindow
                    ? qsTr("Ask the program to stop; press again to interrupt it (Shift+F5)")
                    : control.isProgram ? qsTr("End the command and all that it started (Shift+F5)")
                    : qsTr("Stop the receiver and the worker in order (Shift+F5)"))
            }
            StripButton {
                objectName: "pauseButton"
                symbol: control.job.state === Job.Paused ? "start" : "pause"
                tip: control.job.state === Job.Paused ? qsTr("Go on") : qsTr("Pause")
                keys: "F6"
                enabled: control.job.state === Job.Running || control.job.state === Job.Paused
                onClicked: control.job.togglePause()
            }
            Item {
                Layout.fillWidth: true
                visible: control.isNarrow
            }
        }

        RowLayout {
            x: control.isNarrow ? 0 : buttons.width + 16
            y: control.isNarrow ? buttons.height : 0
            width: (control.isNarrow ? parent.width : corner.x - spacing) - x
            height: buttons.height
            spacing: 14

            Row {
                id: chips
                spacing: 14
                ThreadChip {
                    objectName: "jobChip"
                    visible: control.isProgram
                    title: control.job.name
                    threadState: control.job.state
                    progressText: control.job.workerProgress
                }
                ThreadChip {
                    visible: !control.isProgram
                    title: qsTr("worker")
                    threadState: control.job.workerState
                    progressText: control.job.workerProgress
                }
                ThreadChip {
                    visible: !control.isProgram
                    title: qsTr("receiver")
                    threadState: control.job.receiverState
                    progressText: control.job.receiverProgress
                }
            }
            ProgressBar {
                objectName: "progressBar"
                Layout.fillWidth: true
                Layout.minimumWidth: 40
                Layout.maximumWidth: 360
                // Nothing moves where nothing is known: what moves without end costs as much as a curve does.
                visible: control.wasStarted && (control.job.progress >= 0 || control.job.state === Job.Finished)
                // A command that ended well is done, wherever its own count stopped.
                value: control.job.state === Job.Finished ? 1 : Math.max(0, control.job.progress)
                Accessible.name: qsTr("Progress of the job")
            }
            Label {
                objectName: "timeLabel"
                // Who follows a file waits for nothing.
                visible: control.job.elapsed !== "" && !control.job.isFollowed
                font.family: Appearance.fixedFamily
                // What is left is the first to go where there is little room.
                readonly property bool hasRoom: control.isNarrow || control.width >= control.neededWidth + 110
                text: control.job.remaining === "" || !hasRoom ? control.job.elapsed
                                                   : qsTr("%1, %2 left").arg(control.job.elapsed).arg(control.job.remaining)
                textFormat: Text.PlainText
                Accessible.name: qsTr("Elapsed time: %1").arg(text)
            }
            Item {
                Layout.fillWidth: true
            }
        }

        Row {
            id: corner
            anchors.right: parent.right
            y: Math.round((buttons.height - height) / 2)
            spacing: control.isNarrow ? Appearance.spacing : 14
            StripButton {
                visible: control.job.isSine
                objectName: "settingsButton"
                symbol: "settings"
                tip: qsTr("Settings of the job")
                onClicked: control.settingsRequested(this)
            }
            StripButton {
                objectName: "menuButton"
                symbol: "menu"
                tip: qsTr("Menu")
                keys: "F10"
                onClicked: control.menuRequested(this)
            }
        }
    }
}
