// The window: thread control, the figure, the messages.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Qt.labs.settings
import Kymograph

ThemedWindow {
    id: window

    // Whether changes of the sine job's settings are remembered.
    property bool keepsSineSettings: false
    // Set once the person asked to close while the job ran; the window closes when the job has ended.
    property bool isClosing: false

    width: 960
    height: 800
    minimumWidth: 480
    minimumHeight: 360
    visible: true
    title: qsTr("%1 · %2 · Kymograph").arg(job.name).arg(stateText)

    readonly property string stateText: job.state === Job.Finished && job.exitCode !== 0
        ? qsTr("ended with %1").arg(job.exitCode) : Words.state(job.state)

    // The orderly path: a running job is stopped first, and the window closes when its threads are joined.
    function requestQuit() {
        if (job.isActive && job.outlivesWindow)
            leave()
        else if (job.isActive && job.isElsewhere && !isClosing && Appearance.closing !== "stop")
            Appearance.closing === "leave" ? leaveAndQuit() : closingDialog.get().open()
        else
            endAndQuit()
    }
    // The command goes on under its supervisor.
    function leaveAndQuit() {
        // To the terminal, which is spoken to in English.
        Program.say("the run goes on; `kymograph attach " + job.runId + "` shows it, `kymograph stop " + job.runId + "` ends it")
        quit()
    }
    function endAndQuit() {
        if (job.isActive) {
            isClosing = true
            job.end()
        } else {
            quit()
        }
    }
    // The job goes on and is recorded; the window comes back when the program that makes the data asks for it.
    function leave() {
        hide()
        job.leaveWindow()
    }
    function quit() {
        isClosing = true
        Qt.quit()
    }

    onClosing: (event) => {
        if (job.isActive) {
            event.accepted = false
            requestQuit()
        }
    }

    function comeForward() {
        if (visibility === Window.Minimized)
            showNormal()
        else
            show()
        // Wayland has no such thing and says so.
        if (Qt.platform.pluginName === "xcb")
            raise()
        requestActivate()
    }
    // Tells the end of a job to a person who is looking elsewhere.
    function tellEnd() {
        if (!theJob.endIsNews || !Appearance.notifies || isClosing || Qt.application.state === Qt.ApplicationActive)
            return
        const summary = theJob.state === Job.Failed ? qsTr("%1 failed").arg(theJob.name)
                      : theJob.exitCode !== 0 ? qsTr("%1 ended with %2").arg(theJob.name).arg(theJob.exitCode)
                      : qsTr("%1 finished").arg(theJob.name)
        const text = theJob.state === Job.Failed ? theJob.errorText
                   : theJob.summary !== "" ? theJob.summary : qsTr("It took %1.").arg(theJob.elapsed)
        Desktop.tell(summary, text, qsTr("Show"), Program.quitWhenDone || !visible)
    }

    Job {
        id: theJob
        objectName: "job"
        onStarted: {
            errorBar.isDismissed = false
            Desktop.showsRun(runPath)
        }
        onStateChanged: Desktop.isBusy = isActive
        onShowRequested: window.comeForward()
        onEnded: {
            window.tellEnd()
            if (Program.saveUrl.toString() !== "") {
                figureView.figure.save(Program.saveUrl)
                return
            }
            window.afterEnd()
        }
        Component.onCompleted: {
            setPaneLines(Appearance.paneLines)
            if (Program.isPlain)
                sineSettings.restore()
            if (Program.autostart)
                start()
        }
    }
    readonly property alias job: theJob

    // After the job's end and, if it was asked for, the saved figure.
    function afterEnd() {
        if (isClosing || Program.quitWhenDone || !visible)
            Qt.callLater(quit)
    }

    Connections {
        target: figureView.figure
        function onSaved(path) {
            if (Program.saveUrl.toString() !== "" && path === Program.localPath(Program.saveUrl)) {
                // To the terminal, which is spoken to in English.
                Program.say("the figure is in " + path)
                window.afterEnd()
            }
        }
        function onSaveFailed(text) {
            if (Program.saveUrl.toString() !== "" && !theJob.isActive) {
                Program.say(text)
                window.afterEnd()
            }
        }
    }
    // After the first frame, so that nobody waits for the bus before.
    Connections {
        id: firstFrame
        target: figureView.figure
        function onPresented() {
            firstFrame.enabled = false
            Desktop.begin()
            if (Program.isPlain)
                Program.findRuns()
        }
    }
    Connections {
        target: Desktop
        function onRaiseRequested() {
            window.comeForward()
        }
    }
    Connections {
        target: Program
        function onQuitRequested(wantsStop) {
            if (!wantsStop && theJob.isActive && theJob.isElsewhere)
                window.leaveAndQuit()
            else
                window.endAndQuit()
        }
        function onRunsFound(ids, names) {
            runsBar.ids = ids
            runsBar.names = names
        }
    }
    Connections {
        target: Appearance
        function onPaneLinesChanged() {
            theJob.setPaneLines(Appearance.paneLines)
        }
    }
    Timer {
        interval: 100
        repeat: true
        running: theJob.isActive
        onTriggered: theJob.tick()
    }

    header: ThreadControl {
        objectName: "threadControl"
        job: theJob
        onMenuRequested: (anchor) => {
            const menu = mainMenu.get()
            menu.popup(anchor, anchor.width - menu.width, anchor.height)
        }
        onSettingsRequested: (anchor) => jobSettings.get().openAt(anchor)
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RunsBar {
            id: runsBar
            objectName: "runsBar"
            Layout.fillWidth: true
            visible: ids.length > 0 && !theJob.isActive
            onShowRequested: (id) => {
                ids = []
                window.keepsSineSettings = false
                theJob.attach(id)
            }
            onDismissed: ids = []
        }
        // Why the job failed, until it is started again or the bar is dismissed.
        NoticeBar {
            id: errorBar
            objectName: "errorBar"
            property bool isDismissed: false
            Layout.fillWidth: true
            visible: theJob.errorText !== "" && !isDismissed
            text: theJob.errorText
            onDetailsRequested: details.get().open()
            onDismissed: isDismissed = true
        }
        // Why nothing is recorded, for as long as that is so.
        NoticeBar {
            id: recordingBar
            objectName: "recordingBar"
            property string seen
            Layout.fillWidth: true
            visible: theJob.recordingTrouble !== "" && seen !== theJob.recordingTrouble
            text: theJob.recordingTrouble === "" ? ""
                : theJob.recordingResumes
                ? qsTr("Nothing is recorded at present: %1. The job goes on; recording begins by itself.").arg(theJob.recordingTrouble)
                : qsTr("Not all of this run is recorded: %1").arg(theJob.recordingTrouble)
            onDismissed: seen = theJob.recordingTrouble
        }

        SplitView {
            id: split
            objectName: "rowSplit"
            Layout.fillWidth: true
            Layout.fillHeight: true
            orientation: Qt.Vertical
            handle: PaneHandle {}

            FigureView {
                id: figureView
                objectName: "figureView"
                focus: true
                job: theJob
                SplitView.fillHeight: true
                SplitView.minimumHeight: 140
                onFullScreenRequested: window.toggleFullScreen()
            }
            MessagePanes {
                id: panes
                objectName: "messagePanes"
                job: theJob
                SplitView.minimumHeight: 70
                SplitView.preferredHeight: window.height * 0.3
            }
        }
    }

    LazyPopup {
        id: jobSettings
        host: window.contentItem
        file: "JobSettings.qml"
        properties: ({job: theJob})
    }
    LazyPopup {
        id: shortcuts
        host: window.contentItem
        file: "ShortcutsDialog.qml"
    }
    LazyPopup {
        id: details
        host: window.contentItem
        file: "DetailsDialog.qml"
        properties: ({text: Qt.binding(() => theJob.errorText)})
    }
    LazyPopup {
        id: closingDialog
        host: window.contentItem
        file: "ClosingDialog.qml"
        properties: ({jobName: Qt.binding(() => theJob.name)})
        onMade: (dialog) => {
            dialog.stopChosen.connect(window.endAndQuit)
            dialog.leaveChosen.connect(window.leaveAndQuit)
        }
    }
    LazyPopup {
        id: linesDialog
        host: window.contentItem
        file: "LinesDialog.qml"
    }
    LazyPopup {
        id: about
        host: window.contentItem
        file: "AboutDialog.qml"
    }
    LazyPopup {
        id: mainMenu
        host: window.contentItem
        file: "MainMenu.qml"
        properties: ({isFullScreen: Qt.binding(() => window.visibility === Window.FullScreen)})
        onMade: (menu) => {
            menu.figureWindowRequested.connect(window.openFigureWindow)
            menu.fullScreenRequested.connect(window.toggleFullScreen)
            menu.linesRequested.connect(() => linesDialog.get().open())
            menu.shortcutsRequested.connect(() => shortcuts.get().open())
            menu.aboutRequested.connect(() => about.get().open())
            menu.quitRequested.connect(window.requestQuit)
        }
    }

    function openFigureWindow() {
        Qt.createComponent("FigureWindow.qml").createObject(null, { job: theJob })
    }

    Shortcut {
        sequences: [StandardKey.Quit]
        onActivated: window.requestQuit()
    }
    Shortcut {
        sequences: [StandardKey.Close]
        onActivated: window.close()
    }
    Shortcut {
        sequence: "F5"
        enabled: theJob.canStart
        onActivated: theJob.start()
    }
    Shortcut {
        sequence: "Shift+F5"
        onActivated: theJob.stop()
    }
    Shortcut {
        sequence: "F6"
        onActivated: theJob.togglePause()
    }
    Shortcut {
        sequence: "F1"
        onActivated: shortcuts.get().open()
    }
    Shortcut {
        sequence: "F10"
        onActivated: {
            const menu = mainMenu.get()
            menu.popup(window.width - menu.width - 8, Appearance.stripHeight)
        }
    }
    Shortcut {
        sequences: [StandardKey.New]
        onActivated: window.openFigureWindow()
    }
    Shortcut {
        sequences: [StandardKey.Find]
        onActivated: panes.current().openFind()
    }
    Shortcut {
        sequences: [StandardKey.Save]
        onActivated: figureView.openSaveDialog()
    }

    readonly property var sineSettingNames: ["iterations", "workerMs", "workerBatch", "receiverIterations", "receiverMs",
                                             "receiverBatch"]
    // The settings of the sine job are remembered, but flags of the command line win and are not.
    Settings {
        id: sineSettings
        category: "sine"
        // -1: never changed, so the job's own default holds.
        property int iterations: -1
        property int workerMs: -1
        property int workerBatch: -1
        property int receiverIterations: -1
        property int receiverMs: -1
        property int receiverBatch: -1

        function restore() {
            for (const name of window.sineSettingNames) {
                if (sineSettings[name] >= 0)
                    theJob[name] = sineSettings[name]
            }
            window.keepsSineSettings = true
        }
    }
    Connections {
        target: theJob
        enabled: window.keepsSineSettings
        function onSettingsChanged() {
            window.sineSettingNames.forEach((name) => sineSettings[name] = theJob[name])
        }
    }

    // Size and splitter are remembered.
    Settings {
        category: "window"
        property alias width: window.width
        property alias height: window.height
        property alias split: window.splitState
    }
    property var splitState
    Component.onCompleted: {
        if (splitState)
            split.restoreState(splitState)
        figureView.forceActiveFocus()
    }
    Component.onDestruction: splitState = split.saveState()
}
