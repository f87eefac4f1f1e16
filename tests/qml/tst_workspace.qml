// Tabs, figure windows, what is remembered of them, the shared pointer, rules.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "Workspace"
        when: windowShown

        readonly property FigureTabs tabs: findChild(main, "figureTabs")
        readonly property Job job: findChild(main, "job")

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
            main.openPaths([Program.localPath(Qt.resolvedUrl("../data/training.csv"))])
            tryVerify(() => tabs.current.figure.listCurves().length === 2, 10000)
            tabs.current.job = job
        }
        function cleanup() {
            while (tabs.views.length > 1)
                tabs.close(tabs.views.length - 1)
            tabs.current.job = job
        }

        function test_tabs_come_go_and_show_their_own_jobs() {
            compare(tabs.views.length, 1)
            verify(findChild(main, "figureTabBar") === null)
            keyClick(Qt.Key_T, Qt.ControlModifier)
            compare(tabs.views.length, 2)
            compare(tabs.currentIndex, 1)
            main.openPaths([Program.localPath(Qt.resolvedUrl("../data/training.csv"))])
            verify(main.job.isFollowed)
            compare(findChild(main, "figureTabBar").count, 2)
            keyClick(Qt.Key_PageUp, Qt.ControlModifier)
            compare(tabs.currentIndex, 0)
            compare(main.job, job)
            keyClick(Qt.Key_PageUp, Qt.ControlModifier)
            compare(tabs.currentIndex, 1)
            keyClick(Qt.Key_W, Qt.ControlModifier)
            compare(tabs.views.length, 1)
            verify(main.visible)
            compare(main.job, job)
        }

        function test_a_tab_is_closed_by_its_cross_and_the_shown_one_stays() {
            tabs.add(job)
            tabs.add(main.jobs[1])
            compare(tabs.currentIndex, 2)
            const shown = tabs.current
            tryVerify(() => findChild(main, "figureTabBar") !== null)
            const first = findChild(main, "figureTabBar").itemAt(0)
            waitForRendering(first)
            mouseClick(findChild(first, "closeTabButton"))
            compare(tabs.views.length, 2)
            compare(tabs.current, shown)
            compare(tabs.currentIndex, 1)
        }

        function test_what_is_remembered_comes_back() {
            const keeper = main.services().session
            tabs.current.figure.smoothing = 0.5
            tabs.add(main.jobs[1])
            tabs.current.figure.hasLinkedX = true
            main.openFigureWindow()
            const text = keeper.text()
            const saved = JSON.parse(text)
            compare(saved.windows.length, 2)
            compare(saved.windows[0].tabs.map((tab) => tab.open.length), [0, 1])
            compare(saved.windows[0].shown_tab, 1)
            main.figureWindows[0].close()
            tryVerify(() => main.figureWindows.length === 0)
            cleanup()
            tabs.current.figure.smoothing = 0
            keeper.restore(text)
            compare(tabs.views.length, 2)
            compare(tabs.currentIndex, 1)
            compare(tabs.views[0].figure.smoothing, 0.5)
            verify(tabs.views[1].figure.hasLinkedX && !tabs.views[0].figure.hasLinkedX)
            compare(tabs.views[1].job, main.jobs[1])
            compare(main.figureWindows.length, 1)
            tryVerify(() => tabs.views[1].figure.listCurves().length === 2)
            main.figureWindows[0].close()
            tryVerify(() => main.figureWindows.length === 0)
            // The layout was that of this job.
            tabs.currentIndex = 0
            tabs.views[0].job = main.jobs[1]
            compare(tabs.views[0].figure.smoothing, 0.5)
            tryVerify(() => tabs.views[0].figure.listCurves().length === 2)
            tabs.views[0].figure.smoothing = 0
        }

        function test_the_pointer_is_seen_in_every_figure() {
            tabs.current.job = main.jobs[1]
            const first = tabs.current.figure
            main.openFigureWindow()
            const other = main.figureWindows[0].view.figure
            tryVerify(() => first.listCurves().length === 2 && other.listCurves().length === 2)
            tryVerify(() => other.frames > 0 && first.frames > 0)
            first.hasCrosshair = true
            mouseMove(first, first.width / 2, first.height / 2)
            tryVerify(() => first.hasReadout && first.pointerX > 0)
            compare(SharedPointer.figure, first)
            compare(SharedPointer.x, first.pointerX)
            tryVerify(() => other.pointerLines(first.pointerX, first.isPointerTime).length === 3)
            verify(other.pointerLines(1e9, false).length === 0)
            mouseMove(first, 1, 1)
            tryVerify(() => !first.hasReadout)
            compare(SharedPointer.figure, null)
            first.hasCrosshair = false
            main.figureWindows[0].close()
            tryVerify(() => main.figureWindows.length === 0)
        }

        function test_curves_are_listed_and_dragged_to_another_subplot() {
            tabs.current.job = main.jobs[1]
            const figure = tabs.current.figure
            tryVerify(() => figure.listCurves().length === 2)
            keyClick(Qt.Key_F8)
            verify(tabs.current.hasSeriesList)
            const list = () => findChild(main, "seriesList")
            tryVerify(() => list() !== null && list().count === 2, 10000)
            const loss = list().itemAtIndex(0)
            const accuracy = list().itemAtIndex(1)
            tryVerify(() => loss.last !== "")
            verify(!loss.bestIsMost && accuracy.bestIsMost)
            compare(figure.subplotCount(), 1)

            // Onto the foot of the figure.
            waitForRendering(accuracy)
            const from = accuracy.mapToItem(main.contentItem, 60, 13)
            const area = figure.dropArea(figure.width / 2, figure.height - 60)
            verify(area.width > 0)
            const to = figure.mapToItem(main.contentItem, area.x + area.width / 2, area.y + area.height / 2)
            mousePress(main.contentItem, from.x, from.y)
            for (let i = 1; i <= 8; ++i)
                mouseMove(main.contentItem, from.x + (to.x - from.x) * i / 8, from.y + (to.y - from.y) * i / 8)
            tryVerify(() => findChild(main, "dropMark").visible)
            mouseRelease(main.contentItem, to.x, to.y)
            tryVerify(() => figure.subplotCount() === 2)
            verify(!findChild(main, "dropMark").visible)
            tryVerify(() => list().itemAtIndex(1).subplot === 1)

            // Alone, and all again.
            mouseDoubleClickSequence(list().itemAtIndex(0))
            tryVerify(() => list().itemAtIndex(0).isShown && !list().itemAtIndex(1).isShown)
            verify(!figure.isCurveVisible(1))
            list().model.showAll()
            tryVerify(() => list().itemAtIndex(1).isShown)
            list().model.moveTo(1, 0)
            tryVerify(() => figure.subplotCount() === 1)
            keyClick(Qt.Key_F8)
            verify(!tabs.current.hasSeriesList)
        }

        function test_curves_of_two_jobs_stand_in_one_figure() {
            tabs.current.job = main.jobs[1]
            const figure = tabs.current.figure
            tryVerify(() => figure.listCurves().length === 2)
            job.start()
            tryVerify(() => job.progress > 0.1, 10000)
            tabs.current.setJobShown(job, true)
            compare(tabs.current.otherJobs, [job])
            tryVerify(() => figure.listCurves().length === 3, 10000)
            verify(tabs.current.tabTitle.includes("1"), tabs.current.tabTitle)
            tabs.current.setJobShown(job, false)
            tryVerify(() => figure.listCurves().length === 2, 10000)
            job.stop()
            tryVerify(() => !job.isActive, 10000)
        }

        function test_a_line_has_its_place_in_the_figure_and_the_figure_its_line() {
            const figure = tabs.current.figure
            job.start()
            tryVerify(() => !job.isActive, 15000)
            const pane = findChild(main, "messagePanes").paneAt(1)
            tryVerify(() => pane.model.count > 10)
            const list = findChild(pane, "messageList")
            verify(isNaN(figure.moment))
            list.positionViewAtBeginning()
            waitForRendering(list)
            mouseClick(list.itemAtIndex(2))
            tryVerify(() => !isNaN(figure.moment))
            compare(pane.markedRow, 2)
            fuzzyCompare(job.timeAt(figure.moment), pane.model.timeOf(2), 1e-3)
            figure.forceActiveFocus()
            keyClick(Qt.Key_Escape)
            verify(isNaN(figure.moment))
            // The last object is the one that is shown.
            mouseClick(figure, figure.width / 2, figure.height / 2)
            tryVerify(() => !isNaN(figure.moment))
            tryVerify(() => pane.markedRow > 10)
            keyClick(Qt.Key_Escape)
        }

        function test_jobs_that_ended_and_are_not_seen_are_let_go_of() {
            const count = main.jobs.length
            tabs.add(job)
            main.openPaths(["/no/such/file"])
            compare(main.jobs.length, count + 1)
            main.job.stop()
            tryVerify(() => !main.job.isActive, 10000)
            tabs.close(1)
            tryVerify(() => main.jobs.length === count)
            verify(main.jobs.includes(job) && main.jobs[1].isActive)
        }

        function test_rules_are_written_in_the_window() {
            tabs.current.job = main.jobs[1]
            tryVerify(() => main.job.isActive)
            verify(main.job.takesRules && !job.takesRules)
            compare(main.job.rules, [])
            verify(main.job.ruleError("loss <") !== "")
            compare(main.job.ruleError("loss is nan: notify"), "")
            keyClick(Qt.Key_F10)
            tryVerify(() => findChild(main, "rulesEntry") !== null)
            findChild(main, "rulesEntry").triggered()
            tryVerify(() => findChild(main, "ruleField") !== null && findChild(main, "ruleField").activeFocus)
            const field = findChild(main, "ruleField")
            field.text = "loss <"
            keyClick(Qt.Key_Return)
            tryVerify(() => findChild(main, "ruleError").visible)
            compare(main.job.rules, [])
            field.text = "loss is nan: notify"
            keyClick(Qt.Key_Return)
            tryVerify(() => main.job.rules.length === 1)
            compare(main.job.rules[0], "loss is nan: notify")
            verify(!findChild(main, "ruleError").visible && field.text === "")
            tryVerify(() => findChild(main, "ruleList").itemAtIndex(0) !== null)
            waitForRendering(findChild(main, "ruleList"))
            mouseClick(findChild(findChild(main, "ruleList").itemAtIndex(0), "removeRuleButton"))
            tryVerify(() => main.job.rules.length === 0)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !field.visible)
        }
    }
}
