// What the window has and nobody sees at first: dialogs, menu, queue, and what it shows again from the last time.
import QtQuick
import Kymograph

Item {
    id: services

    required property Main window
    readonly property alias dialogs: dialogs
    readonly property alias queue: waiting
    readonly property alias session: session

    // Opens the menu with its upper right corner at a place of an item.
    function openMenu(item, right, y) {
        const menu = dialogs.menu.get()
        menu.popup(item, right - menu.width, y)
    }

    FileDrop {
        objectName: "fileDrop"
        anchors.fill: parent
        onChosen: (paths) => services.window.openPaths(paths)
    }
    QueueModel {
        id: waiting
        // Said in the list, where that is shown.
        onFailed: (text) => {
            if (!services.window.showsRuns)
                services.window.figures.current.showNote(text, true)
        }
    }
    WindowDialogs {
        id: dialogs
        host: services.window.contentItem
        job: services.window.job
        ownJob: services.window.ownJob
        isFullScreen: services.window.visibility === Window.FullScreen
        runningName: services.window.runningName
        onPathsChosen: (paths) => services.window.openPaths(paths)
        onRunRequested: (line, name, hasResources) => services.window.runLine(line, name, hasResources)
        onQueueRequested: (line, name, hasResources) => {
            waiting.add(line, name, hasResources)
            services.window.showsRuns = true
        }
        onStopChosen: services.window.endAndQuit()
        onLeaveChosen: services.window.leaveAndQuit()
        onTabRequested: services.window.figures.add(services.window.job)
        onFigureWindowRequested: services.window.openFigureWindow()
        onFullScreenRequested: services.window.toggleFullScreen()
        onQuitRequested: services.window.requestQuit()
    }
    SessionKeeper {
        id: session
        tabs: services.window.figures
        figureWindows: services.window.figureWindows
        jobFor: services.window.jobFor
        windowFor: services.window.openFigureWindow
        onFailed: (text) => services.window.figures.current.showNote(qsTr("The windows of the last time do not come back: %1").arg(text), true)
    }
}
