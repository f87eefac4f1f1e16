// Commands that are typed into the window: run at once, or queued, put in order and taken out.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "Queue"
        when: windowShown

        function list() {
            return findChild(main, "queueList")
        }
        function names() {
            const all = []
            for (let i = 0; i < list().count; ++i)
                all.push(list().itemAtIndex(i).name)
            return all
        }
        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
            main.showsRuns = true
            tryVerify(() => list() !== null)
        }

        function test_a_line_is_run_as_in_a_terminal() {
            keyClick(Qt.Key_R, Qt.ControlModifier)
            tryVerify(() => findChild(main, "commandLine") !== null && findChild(main, "commandLine").activeFocus)
            const line = findChild(main, "commandLine")
            verify(!findChild(main, "runNowButton").enabled)
            line.text = "for i in 1 2 3; do echo loss=0.$i; done; exit 3"
            keyClick(Qt.Key_Return)
            tryVerify(() => !line.visible)
            tryVerify(() => main.job.state === Job.Failed, 15000)
            compare(main.job.exitCode, 3)
            compare(main.job.name, "for i")
            tryVerify(() => main.job.runPath !== "")
            compare(findChild(main, "messagePanes").paneAt(1).kind, Job.Output)
        }

        function test_what_waits_is_put_in_order_and_taken_out() {
            const queue = list().model
            queue.isHeld = true
            tryVerify(() => queue.isHeld, 10000)
            const words = ["one", "two", "three"]
            for (const word of words) {
                const count = queue.count
                queue.add("echo " + word, word, false)
                tryVerify(() => queue.count === count + 1, 10000)
            }
            tryVerify(() => names().join() === "one,two,three", 10000)
            const third = list().itemAtIndex(2)
            waitForRendering(third)
            mouseClick(findChild(third, "waitingUpButton"))
            tryVerify(() => names().join() === "one,three,two", 10000)
            waitForRendering(list().itemAtIndex(0))
            mouseClick(findChild(list().itemAtIndex(0), "cancelWaitingButton"))
            tryVerify(() => names().join() === "three,two", 10000)
            queue.jobs = 2
            tryVerify(() => queue.jobs === 2, 10000)

            // They start when nothing holds them.
            mouseClick(findChild(main, "holdQueueButton"))
            tryVerify(() => !queue.isHeld && queue.count === 0, 15000)
            const runs = findChild(main, "runList")
            tryVerify(() => {
                const done = []
                for (let i = 0; i < runs.count; ++i) {
                    const run = runs.itemAtIndex(i)
                    if (run && run.state === RunModel.Finished)
                        done.push(run.name)
                }
                return done.includes("three") && done.includes("two") && !done.includes("one")
            }, 20000)
        }
    }
}
