// The window: thread control, the figure, the messages.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

ThemedWindow {
    id: window

    // Set once the person asked to close while the job ran; the window closes when the job has ended.
    property bool isClosing: false
    // Set at the very end: commands may go on.
    property bool isQuitting: false

    // No display system has larger windows, whatever stands in the settings.
    width: Math.min(Program.remembered("window/width", 960), 32767)
    height: Math.min(Program.remembered("window/height", 800), 32767)
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
        else if (!isClosing && Appearance.closing !== "stop" && jobs.some((each) => each.isActive && each.isElsewhere))
            Appearance.closing === "leave" ? leaveAndQuit() : services().dialogs.closing.get().open()
        else
            endAndQuit()
    }
    // Commands go on under their supervisors; what runs here ends.
    function leaveAndQuit() {
        for (const each of jobs.filter((each) => each.isActive && each.isElsewhere)) {
            // To the terminal, which is spoken to in English.
            Program.say("%1 goes on; `kymograph attach %2` shows it, `kymograph stop %2` ends it".arg(each.name).arg(each.runId))
        }
        endAll((each) => each.isActive && !each.isElsewhere)
    }
    function endAndQuit() {
        endAll((each) => each.isActive)
    }
    function endAll(isEnded) {
        const ending = jobs.filter(isEnded)
        isClosing = true
        ending.forEach((each) => each.end())
        if (ending.length === 0)
            quit()
    }
    // The job goes on and is recorded; the window comes back when the program that makes the data asks for it.
    function leave() {
        hide()
        job.leaveWindow()
    }
    function quit() {
        saveSession()
        isClosing = true
        isQuitting = true
        Qt.quit()
    }

    onClosing: (event) => {
        if (isBusy && !isQuitting) {
            event.accepted = false
            requestQuit()
        } else {
            saveSession()
        }
    }

    // Whether all that is described here is there.
    property bool isMade: false
    // Whether the list of runs is shown.
    property bool showsRuns: Program.remembered("window/showsRuns", false)
    // The jobs of this window, its own, and the one that is shown.
    property var jobs: [theJob]
    readonly property alias ownJob: theJob
    readonly property Job job: figures.current.job
    readonly property alias figures: figures
    property var figureWindows: []
    // The figures of the tabs and of the other windows.
    readonly property var allViews: figures.views.concat(figureWindows.map((each) => each.view))
    readonly property bool isBusy: activeCount > 0
    property int activeCount: 0

    function countActive() {
        activeCount = jobs.filter((each) => each.isActive).length
        Desktop.isBusy = activeCount > 0
    }
    // Lets go of jobs that nobody looks at and that do not go on.
    function releaseUnseen() {
        const isSeen = (job) => job === theJob || job.isActive
            || allViews.some((view) => view.job === job || view.otherJobs.includes(job))
        const unseen = jobs.filter((job) => !isSeen(job))
        jobs = unseen.length > 0 ? jobs.filter(isSeen) : jobs
        unseen.forEach((job) => job.letGo())
        unseen.forEach((job) => job.destroy())
    }
    // Marks when a line was said in all figures of its job.
    function markMoment(moment) {
        allViews.filter((view) => view.job === job).forEach((view) => view.figure.moment = moment)
    }
    // The job of this window that shows the run in this directory, if there is one.
    function jobOf(path) {
        return jobs.find((each) => each.runPath === path || (each.paths.length === 1 && each.paths[0] === path)) ?? null
    }
    // Shows the curves of a run in the figure, too, or no longer.
    function overlay(path, isShown) {
        figures.current.setJobShown(jobOf(path) ?? jobFor([path]), isShown)
    }
    // Shows the run in this directory: that of a job of this window, or in a job of its own.
    function showRun(path) {
        const shown = jobOf(path)
        if (!shown)
            openPaths([path])
        else
            figures.current.job = shown
    }
    // Shows runs, or follows files and folders, in a job of their own.
    function openPaths(paths) {
        figures.current.job = openJob(paths)
    }
    // Runs a line as in a terminal, in a job of its own.
    function runLine(line, name, hasResources) {
        const made = addJob()
        made.runLine(line, name, hasResources)
        figures.current.job = made
    }
    function addJob() {
        const made = jobMaker.createObject(window)
        adopt(made)
        jobs = jobs.concat([made])
        return made
    }
    // The job that shows these paths; that of the window if there are none.
    function jobFor(paths) {
        if (paths.length === 0)
            return theJob
        return jobs.find((each) => each.paths.join("\n") === paths.join("\n")) ?? openJob(paths)
    }
    // Not shown yet: what it is decides how its figure and its panes will look.
    function openJob(paths) {
        const made = addJob()
        made.open(paths)
        return made
    }
    function adopt(made) {
        made.setPaneLines(Appearance.paneLines)
        made.started.connect(() => {
            notices.seenError = ""
            Desktop.showsRun(made.runPath)
        })
        made.stateChanged.connect(window.countActive)
        made.ended.connect(() => {
            window.countActive()
            window.tellEnd(made)
            if (made === theJob && Program.saveUrl.toString() !== "")
                figures.views[0].figure.save(Program.saveUrl)
            else
                window.afterEnd()
        })
    }

    // What runs, in words.
    function runningName() {
        const names = jobs.filter((each) => each.isActive && each.isElsewhere).map((each) => each.name)
        return names.length === 1 ? names[0] : qsTr("%1 and %n more", "", names.length - 1).arg(names[0])
    }
    // Tells the end of a job to a person who is looking elsewhere.
    function tellEnd(ended) {
        if (!ended.endIsNews || !Appearance.notifies || isClosing || Qt.application.state === Qt.ApplicationActive)
            return
        Desktop.tell(Words.endTitle(ended), Words.endText(ended), qsTr("Show"), Program.quitWhenDone || !visible)
    }

    Job {
        id: theJob
        objectName: "job"
        onShowRequested: window.comeForward()
        Component.onCompleted: {
            window.adopt(theJob)
            remembered.restore()
            if (Program.autostart)
                start()
        }
    }
    Component {
        id: jobMaker
        Job {}
    }

    // After the job's end and, if it was asked for, the saved figure.
    function afterEnd() {
        if (!isBusy && (isClosing || Program.quitWhenDone || !visible))
            Qt.callLater(quit)
    }

    Connections {
        target: figures.views[0].figure
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
    // What nobody sees at first comes after the first frame, so late that the frame with the first data seldom waits for it.
    Connections {
        id: firstFrame
        target: window
        function onFrameSwapped() {
            firstFrame.enabled = false
            afterwards.start()
        }
    }
    Timer {
        id: afterwards
        interval: 20
        onTriggered: {
            window.services()
            Desktop.begin()
            if (Program.isPlain) {
                Program.readSession()
                Program.findRuns()
            }
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
            wantsStop ? window.endAndQuit() : window.leaveAndQuit()
        }
        function onRunsFound(paths, names) {
            runsBar.paths = paths
            runsBar.names = names
        }
    }
    Connections {
        target: Appearance
        function onPaneLinesChanged() {
            window.jobs.forEach((each) => each.setPaneLines(Appearance.paneLines))
        }
    }
    Timer {
        // As often as what is read there changes: without an end, or far from it, that is once a second.
        interval: window.jobs.reduce((least, each) => each.isActive ? Math.min(least, each.tickMs) : least, 1000)
        repeat: true
        running: window.isBusy
        onTriggered: window.jobs.filter((each) => each.isActive).forEach((each) => each.tick())
    }

    header: ThreadControl {
        objectName: "threadControl"
        job: window.job
        onMenuRequested: (anchor) => window.services().openMenu(anchor, anchor.width, anchor.height)
        onSettingsRequested: (anchor) => window.services().dialogs.settings.get().openAt(anchor)
        showsRuns: window.showsRuns
        onRunsRequested: window.showsRuns = !window.showsRuns
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RunsBar {
            id: runsBar
            objectName: "runsBar"
            Layout.fillWidth: true
            visible: paths.length > 0
            onShowRequested: (path) => {
                paths = []
                window.showRun(path)
            }
            onDismissed: paths = []
        }
        JobNotices {
            id: notices
            Layout.fillWidth: true
            job: window.job
            onDetailsRequested: window.services().dialogs.details.get().open()
        }

        SplitView {
            objectName: "columnSplit"
            Layout.fillWidth: true
            Layout.fillHeight: true
            orientation: Qt.Horizontal
            handle: PaneHandle {}

            Loader {
                id: runsPanel
                objectName: "runsPanel"
                visible: window.showsRuns
                SplitView.preferredWidth: Math.max(140, Math.min(240, window.width - 470))
                SplitView.minimumWidth: 140
                SplitView.fillWidth: !split.visible

                function load() {
                    if (!window.showsRuns) {
                        source = ""
                        return
                    }
                    setSource("RunsPanel.qml", {
                        jobs: window.jobs, job: window.job, otherJobs: [], jobOf: window.jobOf, queue: window.services().queue
                    })
                }
                onLoaded: {
                    const panel = item
                    panel.jobs = Qt.binding(() => window.jobs)
                    panel.job = Qt.binding(() => window.job)
                    panel.otherJobs = Qt.binding(() => figures.current.otherJobs)
                    panel.overlayChosen.connect(window.overlay)
                    panel.commandRequested.connect(() => window.services().dialogs.command.get().open())
                    panel.jobChosen.connect((job) => {
                        figures.current.job = job
                        window.showsRuns = split.visible
                    })
                    panel.runChosen.connect((path) => {
                        window.showRun(path)
                        window.showsRuns = split.visible
                    })
                    panel.closeRequested.connect(() => window.showsRuns = false)
                }
            }
            SplitView {
                id: split
                objectName: "rowSplit"
                // In a narrow window there is room for one of the two.
                visible: !window.showsRuns || window.width >= 640
                SplitView.fillWidth: true
                SplitView.minimumWidth: 460
                orientation: Qt.Vertical
                handle: PaneHandle {}

                FigureTabs {
                    id: figures
                    objectName: "figureTabs"
                    focus: true
                    job: theJob
                    SplitView.fillHeight: true
                    SplitView.minimumHeight: 140
                    onFullScreenRequested: window.toggleFullScreen()
                    onChanged: Qt.callLater(window.releaseUnseen)
                    onMomentChosen: (moment) => panes.showTime(window.job.timeAt(moment), -1)
                }
                MessagePanes {
                    id: panes
                    objectName: "messagePanes"
                    job: window.job
                    onTimeChosen: (secs) => window.markMoment(window.job.momentAt(secs))
                    SplitView.minimumHeight: 70
                    SplitView.preferredHeight: window.height * 0.3
                }
            }
        }
    }

    // What nobody sees at first is made after the first frame, or when it is first asked for.
    Loader {
        id: unseen
        anchors.fill: parent
    }
    function services() {
        if (!unseen.item)
            unseen.setSource("WindowServices.qml", { window: window })
        return unseen.item
    }
    function saveSession() {
        unseen.item?.session.save()
    }

    function openFigureWindow(job = window.job, size = [800, 560]) {
        const made = Qt.createComponent("FigureWindow.qml").createObject(null, { job: job, width: size[0], height: size[1] })
        figureWindows = figureWindows.concat([made])
        made.quitRequested.connect(window.requestQuit)
        made.closing.connect(() => figureWindows = figureWindows.filter((each) => each !== made))
        return made
    }
    onFigureWindowsChanged: unseen.item?.session.saveLater()

    WindowShortcuts {
        job: window.job
        onQuitRequested: window.requestQuit()
        onCloseRequested: figures.views.length > 1 ? figures.close(figures.currentIndex) : window.close()
        onRunsRequested: window.showsRuns = !window.showsRuns
        onHelpRequested: window.services().dialogs.shortcuts.get().open()
        onMenuRequested: window.services().openMenu(window.contentItem, window.width - 8, 0)
        onFigureWindowRequested: window.openFigureWindow()
        onOpenRequested: window.services().dialogs.files.get().open()
        onFindRequested: panes.current().openFind()
        onSaveRequested: figures.current.openSaveDialog()
        onCommandRequested: window.services().dialogs.command.get().open()
        onTabRequested: figures.add(window.job)
        onListRequested: figures.current.hasSeriesList = !figures.current.hasSeriesList
        onStepRequested: (by) => figures.step(by)
    }
    Remembered {
        id: remembered
        job: theJob
    }

    Component.onCompleted: {
        const state = Program.remembered("window/split", undefined)
        if (state)
            split.restoreState(state)
        isMade = true
        if (showsRuns)
            runsPanel.load()
        figures.current.forceActiveFocus()
    }
    onShowsRunsChanged: {
        Program.remember("window/showsRuns", showsRuns)
        if (isMade)
            runsPanel.load()
    }
    Component.onDestruction: {
        Program.remember("window/width", width)
        Program.remember("window/height", height)
        Program.remember("window/split", split.saveState())
    }
}
