// The whole sine job in a real window: pane texts, curve colours, buttons, restart.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }
    TextEdit {
        id: paper
    }

    TestCase {
        name: "SineWindow"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        readonly property Job job: findChild(main, "job")

        function pane(index) {
            return findChild(main, "messagePanes").paneAt(index).model
        }
        function paneText(index) {
            const model = pane(index)
            return model.text(0, model.count - 1)
        }
        function button(name) {
            return findChild(main.header, name)
        }
        function lines(text, part) {
            return text.split("\n").filter((line) => line.includes(part)).length
        }

        function test_1_ready() {
            compare(job.state, Job.Idle)
            verify(button("startButton").enabled)
            verify(!button("stopButton").enabled)
            verify(!button("pauseButton").enabled)
            compare(pane(0).count, 0)
            verify(main.title.startsWith("sine"))
        }

        function test_2_full_run() {
            mouseClick(button("startButton"))
            compare(job.state, Job.Running)
            verify(!button("startButton").enabled)
            verify(button("stopButton").enabled)
            tryCompare(job, "state", Job.Finished, 8000)
            compare(job.exitCode, 0)
            compare(job.workerProgress, "20/20")
            compare(job.progress, 1)
            // One message an iteration in the worker's pane, a line captured every five iterations in the receiver's.
            tryCompare(pane(1), "count", 20)
            tryVerify(() => lines(paneText(2), "Printed") === 4)
            tryVerify(() => lines(paneText(0), "Worker") >= 2)
            tryVerify(() => lines(paneText(0), "Receiver") >= 2)
            verify(/^\d+\.\d{5}\t/.test(paneText(1)), paneText(1))
        }

        function test_3_lines_are_copied() {
            findChild(main, "messagePanes").paneAt(2).copySelection()
            paper.paste()
            compare(paper.text.trim(), paneText(2).trim())
        }

        function test_3_restart_clears() {
            const firstRun = paneText(1)
            mouseClick(button("startButton"))
            tryVerify(() => job.state === Job.Running && pane(1).count > 0 && pane(1).count < 20)
            verify(paneText(1) !== firstRun)
            mouseClick(button("stopButton"))
            tryCompare(job, "isActive", false, 2000)
            tryVerify(() => lines(paneText(0), "stop") > 0)
            compare(job.state, Job.Finished)
        }

        function test_4_pause() {
            keyClick(Qt.Key_F5)
            tryVerify(() => pane(1).count > 2)
            mouseClick(button("pauseButton"))
            tryCompare(job, "state", Job.Paused)
            wait(150)
            const held = pane(1).count
            wait(400)
            compare(pane(1).count, held)
            mouseClick(button("pauseButton"))
            tryVerify(() => pane(1).count > held)
            keyClick(Qt.Key_F5, Qt.ShiftModifier)
            tryCompare(job, "isActive", false, 2000)
        }

        function test_5_the_curve_has_the_colours_of_the_receiver() {
            const figure = findChild(main, "figure")
            keyClick(Qt.Key_F5)
            tryVerify(() => pane(1).count > 2 && figure.frames > 0)
            wait(200)
            // The first objects are red.
            verify(countColour(grabImage(figure), 255, 0, 0) > 20)
            keyClick(Qt.Key_F5, Qt.ShiftModifier)
            tryCompare(job, "isActive", false, 2000)
        }

        function countColour(image, red, green, blue) {
            let count = 0
            for (let y = 0; y < image.height; ++y) {
                for (let x = 0; x < image.width; x += 2) {
                    if (Math.abs(image.red(x, y) - red) < 40 && Math.abs(image.green(x, y) - green) < 40
                            && Math.abs(image.blue(x, y) - blue) < 40)
                        ++count
                }
            }
            return count
        }

        function test_6_restart_ten_times() {
            for (let i = 0; i < 10; ++i) {
                job.start()
                tryVerify(() => pane(1).count > 0)
                job.stop()
                tryCompare(job, "isActive", false, 2000)
            }
        }
    }
}
