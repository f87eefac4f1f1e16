// flow-gui-blocked: the GUI thread is blocked while data flow; afterwards it catches up, in order.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "GuiBlocked"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_catch_up_keeps_the_order() {
            const job = findChild(main, "job")
            const worker = findChild(main, "messagePanes").paneAt(1).model
            job.start()
            tryVerify(() => worker.count > 5)
            const before = worker.total
            const until = Date.now() + 3000
            while (Date.now() < until) {
                // Blocked on purpose.
            }
            compare(worker.total, before)
            tryVerify(() => worker.total > before + 100, 2000)
            job.stop()
            tryCompare(job, "isActive", false, 3000)
            const numbers = worker.text(0, worker.count - 1).trim().split("\n").map((line) => parseInt(line.match(/teration (\d+)/)[1]))
            for (let i = 1; i < numbers.length; ++i)
                compare(numbers[i], numbers[i - 1] + 1)
            const times = worker.text(0, worker.count - 1).trim().split("\n").map((line) => parseFloat(line))
            for (let i = 1; i < times.length; ++i)
                verify(times[i] >= times[i - 1])
        }
    }
}
