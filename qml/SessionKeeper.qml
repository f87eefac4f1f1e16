// Remembers tabs, figure windows and how they are laid out, and brings them back at the next start.
import QtQuick
import Kymograph

QtObject {
    id: keeper

    required property FigureTabs tabs
    // Windows that show one figure each.
    required property var figureWindows
    // The job that shows these paths, opened if there is none yet.
    required property var jobFor
    // Opens a window for a figure.
    required property var windowFor
    // Nothing is remembered before what was is back, and nothing takes the place of a file that is not understood.
    property bool isReady: false
    // Why what was does not come back.
    signal failed(string text)

    function tabOf(view) {
        const others = view.otherJobs.map((each) => each.paths).filter((paths) => paths.length > 0)
        return { open: view.job.paths, overlays: others, figures: [JSON.parse(view.figure.layoutText())] }
    }
    function text() {
        // Those of resources come by themselves.
        const views = tabs.views.filter((view) => view.part !== FigureItem.Resources)
        const own = { tabs: views.map(tabOf), shown_tab: Math.max(0, views.indexOf(tabs.current)) }
        const others = figureWindows.map((window) => ({
            tabs: [tabOf(window.view)], size: [Math.round(window.width), Math.round(window.height)]
        }))
        return JSON.stringify({ version: 1, windows: [own, ...others] })
    }
    function save() {
        later.stop()
        if (isReady)
            Program.saveSession(text())
    }
    function saveLater() {
        later.restart()
    }

    function layOut(view, tab) {
        const others = tab.overlays ?? []
        for (let i = 0; i < others.length; ++i)
            view.setJobShown(jobFor(others[i]), true)
        if (tab.figures.length > 0)
            view.figure.restoreLayout(JSON.stringify(tab.figures[0]))
    }
    function restore(text) {
        const windows = JSON.parse(text).windows
        for (let i = 0; i < windows.length; ++i) {
            const saved = windows[i].tabs
            for (let j = 0; j < saved.length; ++j) {
                const tab = saved[j]
                const open = tab.open ?? []
                if (i > 0)
                    layOut(windowFor(jobFor(open), windows[i].size ?? [800, 560]).view, tab)
                else if (open.length === 0 && j === 0)
                    layOut(tabs.views[0], tab)
                else
                    layOut(tabs.add(jobFor(open)), tab)
            }
        }
        if (windows.length > 0) {
            // The first tab is always that of the window's own job.
            const before = tabs.views.length - windows[0].tabs.length
            tabs.currentIndex = Program.autostart ? 0
                : Math.max(0, Math.min((windows[0].shown_tab ?? 0) + before, tabs.views.length - 1))
        }
    }

    // Once for many changes.
    readonly property Timer later: Timer {
        interval: 2000
        onTriggered: keeper.save()
    }
    readonly property Connections watched: Connections {
        target: keeper.tabs
        function onChanged() {
            keeper.saveLater()
        }
    }
    readonly property Connections program: Connections {
        target: Program
        function onSessionRead(text) {
            if (text !== "")
                keeper.restore(text)
            keeper.isReady = true
        }
        function onSessionFailed(text) {
            keeper.failed(text)
        }
    }
}
