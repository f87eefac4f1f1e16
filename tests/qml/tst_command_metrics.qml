// A command's numbers become series, its streams fill two panes, its exit code is shown.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "CommandMetrics"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_output_and_exit_code() {
            const job = findChild(main, "job")
            const figure = findChild(main, "figure")
            job.start()
            tryCompare(job, "isActive", false, 10000)
            compare(job.exitCode, 3)
            compare(job.state, Job.Failed)
            verify(job.errorText.includes("3"), job.errorText)
            const output = findChild(main, "messagePanes").paneAt(1).model
            tryCompare(output, "count", 8)
            verify(output.text(7, 7).includes("step=8 loss=0.8 acc=0.1"))
            const errors = findChild(main, "messagePanes").paneAt(2).model
            tryCompare(errors, "count", 1)
            verify(errors.text(0, 0).includes("oops"))

            // The crosshair in the middle of the figure reads both series.
            figure.hasCrosshair = true
            const mouse = findChild(main, "figureMouse")
            mouseMove(mouse, mouse.width / 2 - 5, mouse.height / 2)
            wait(50)
            mouseMove(mouse, mouse.width / 2, mouse.height / 2)
            tryVerify(() => figure.hasReadout)
            tryCompare(figure.readoutNames, "length", 2)
            verify(figure.readoutNames.includes("loss") && figure.readoutNames.includes("acc"), figure.readoutNames)
            verify(figure.cursorText !== "")
        }
    }
}
