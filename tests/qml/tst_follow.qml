// A file that is followed, and what people look into its curves with.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "Follow"
        when: windowShown

        readonly property FigureItem figure: findChild(main, "figure")

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
            main.openPaths([Program.localPath(Qt.resolvedUrl("../data/training.csv"))])
            tryVerify(() => figure.listCurves().length === 2, 10000)
        }

        function test_the_file_is_shown_and_the_window_goes_on_looking() {
            compare(main.jobs.length, 2)
            compare(main.job.name, "training.csv")
            verify(main.job.isFollowed && main.job.isActive && !main.job.isElsewhere)
            compare(figure.listCurves(), ["loss", "accuracy"])
            figure.readCurves()
            tryCompare(figure, "curveCount", 2)
        }

        function test_curves_are_smoothed_and_moved_to_another_axis() {
            compare(figure.smoothing, 0)
            figure.smoothing = 0.9
            compare(figure.smoothing, 0.9)
            figure.medianWindow = 4
            compare(figure.medianWindow, 5)
            compare(figure.smoothing, 0)
            figure.medianWindow = 0
            verify(!figure.isCurveRight(1))
            figure.setCurveRight(1, true)
            verify(figure.isCurveRight(1) && !figure.isCurveRight(0))
            figure.setCurveVisible(0, false)
            verify(!figure.isCurveVisible(0))
            figure.setCurveVisible(0, true)
            figure.setCurveRight(1, false)
            figure.xMode = FigureItem.SinceStart
            compare(figure.xMode, FigureItem.SinceStart)
            figure.xMode = FigureItem.OwnX
            figure.hasLinkedX = true
            verify(figure.hasLinkedX)
            figure.hasLinkedX = false
        }

        function test_the_popup_of_the_curves_does_the_same() {
            const button = findChild(main, "curvesButton")
            mouseClick(button)
            tryVerify(() => findChild(findChild(main, "figureView"), "smoothingSlider") !== null)
            const slider = findChild(findChild(main, "figureView"), "smoothingSlider")
            tryVerify(() => slider.visible)
            compare(findChild(findChild(main, "figureView"), "curveList").count, 2)
            slider.forceActiveFocus()
            keyClick(Qt.Key_Right)
            tryVerify(() => figure.smoothing > 0)
            figure.smoothing = 0
            keyClick(Qt.Key_Escape)
            tryVerify(() => !slider.visible)
        }

        function test_cursors_tell_what_lies_between_them() {
            tryVerify(() => figure.frames > 0)
            const [left, right, y] = [figure.width * 0.3, figure.width * 0.7, figure.height / 2]
            figure.pinCursor(0, left, y)
            verify(figure.hasCursors)
            figure.pinCursor(1, right, y)
            tryVerify(() => figure.tableHead.length === 5 && figure.tableHead[3] !== "", 5000)
            compare(figure.tableCells.length, 12)
            compare([figure.tableCells[1], figure.tableCells[7]], ["loss", "accuracy"])
            // The loss falls, the accuracy rises.
            tryVerify(() => figure.tableCells[5].startsWith("−") && Number(figure.tableCells[11]) > 0)
            figure.unpinCursors()
            verify(!figure.hasCursors)
            compare(figure.tableCells.length, 0)
        }

        function test_a_layout_is_saved_and_laid_out_again() {
            const file = "file:///tmp/kymograph-layout-" + Date.now() + ".json"
            const done = signalSpy.createObject(main, { target: figure, signalName: "layoutDone" })
            figure.smoothing = 0.5
            figure.setCurveRight(1, true)
            figure.saveLayout(file)
            tryCompare(done, "count", 1)
            compare(done.signalArguments[0][1], "")
            figure.smoothing = 0
            figure.setCurveRight(1, false)
            figure.loadLayout(file)
            tryCompare(done, "count", 2)
            compare(done.signalArguments[1][1], "")
            tryCompare(figure, "smoothing", 0.5)
            tryVerify(() => figure.isCurveRight(1))
            figure.loadLayout("file:///no/such/layout.json")
            tryCompare(done, "count", 3)
            verify(done.signalArguments[2][1].includes("/no/such/layout.json"))
            figure.smoothing = 0
            figure.setCurveRight(1, false)
        }

        Component {
            id: signalSpy
            SignalSpy {}
        }

        function test_notes_come_and_go() {
            verify(!figure.hasMarks)
            figure.addNote(figure.width / 2, figure.height / 2, "<b>steep</b> here")
            verify(figure.hasMarks)
            figure.addEvent(figure.width / 3, figure.height / 2, "checkpoint 3")
            figure.clearMarks()
            verify(!figure.hasMarks)
            figure.addNote(-5, -5, "outside")
            verify(!figure.hasMarks)
        }

        function cleanupTestCase() {
            main.job.stop()
            tryCompare(main.job, "isActive", false, 10000)
        }
    }
}
