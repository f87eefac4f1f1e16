// The figure's tools: views, history, follow, keys, legend, subplots.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        id: test
        name: "FigureView"
        when: windowShown

        readonly property Job job: findChild(main, "job")
        readonly property FigureItem figure: findChild(main, "figure")
        readonly property Item mouse: findChild(main, "figureMouse")

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
            job.start()
            tryCompare(job, "isActive", false, 8000)
            tryVerify(() => figure.frames > 0)
        }
        function init() {
            findChild(main, "figureView").forceActiveFocus()
            figure.home()
            figure.tool = FigureItem.None
        }

        function test_wheel_leaves_following_and_home_returns() {
            verify(figure.isFollowing)
            mouseWheel(mouse, mouse.width / 2, mouse.height / 2, 0, 120)
            tryCompare(figure, "isFollowing", false)
            keyClick(Qt.Key_H)
            tryCompare(figure, "isFollowing", true)
        }

        function test_pan_back_forward() {
            keyClick(Qt.Key_P)
            compare(figure.tool, FigureItem.Pan)
            mouseDrag(mouse, mouse.width / 2, mouse.height / 2, 80, 30, Qt.LeftButton)
            verify(!figure.isFollowing)
            verify(figure.canGoBack)
            keyClick(Qt.Key_C)
            tryCompare(figure, "isFollowing", true)
            verify(figure.canGoForward)
            keyClick(Qt.Key_V)
            tryCompare(figure, "isFollowing", false)
        }

        function test_zoom_rectangle() {
            keyClick(Qt.Key_O)
            compare(figure.tool, FigureItem.Zoom)
            mousePress(mouse, 200, 100)
            mouseMove(mouse, 300, 200)
            verify(figure.isDragging)
            verify(figure.rubberBand.width > 50)
            mouseRelease(mouse, 300, 200)
            compare(figure.rubberBand.width, 0)
            verify(!figure.isFollowing)
            mousePress(mouse, 200, 100)
            mouseMove(mouse, 260, 160)
            keyClick(Qt.Key_Escape)
            verify(!figure.isDragging)
            mouseRelease(mouse, 260, 160)
        }

        function test_grid_and_log_keys() {
            const hadGrid = figure.hasGrid
            keyClick(Qt.Key_G)
            compare(figure.hasGrid, !hadGrid)
            keyClick(Qt.Key_G)
            keyClick(Qt.Key_L)
            verify(figure.isLogY)
            keyClick(Qt.Key_L)
            verify(!figure.isLogY)
            keyClick(Qt.Key_K)
            verify(figure.isLogX)
            keyClick(Qt.Key_K)
        }

        function test_cursor_is_read_in_data_units() {
            mouseMove(mouse, mouse.width / 2 - 3, mouse.height / 2)
            wait(50)
            mouseMove(mouse, mouse.width / 2, mouse.height / 2)
            tryVerify(() => figure.cursorText.includes("x") && figure.cursorText.includes("y"))
            figure.hasCrosshair = true
            wait(50)
            mouseMove(mouse, mouse.width / 2 + 3, mouse.height / 2)
            tryVerify(() => figure.hasReadout)
            compare(figure.readoutNames.length, 1)
            figure.hasCrosshair = false
            verify(!figure.hasReadout)
        }

        function test_save_says_where_and_why_not() {
            savedSpy.clear()
            failedSpy.clear()
            figure.save("file:///nonexistent-folder/figure.png")
            tryCompare(failedSpy, "count", 1)
            verify(failedSpy.signalArguments[0][0].includes("/nonexistent-folder"), failedSpy.signalArguments[0][0])
            figure.save("file:///tmp/figure.bmp")
            tryCompare(failedSpy, "count", 2)
            compare(savedSpy.count, 0)
        }
        SignalSpy {
            id: savedSpy
            target: test.figure
            signalName: "saved"
        }
        SignalSpy {
            id: failedSpy
            target: test.figure
            signalName: "saveFailed"
        }

        function test_nothing_is_drawn_without_a_change() {
            wait(300)
            const frames = figure.frames
            wait(500)
            compare(figure.frames, frames)
        }
    }
}
