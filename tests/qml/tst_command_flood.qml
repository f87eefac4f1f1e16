// A command that prints 100,000 lines as fast as it can: the window stays responsive, all lines are counted.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    // BEAT: how late the GUI thread is at most, in milliseconds.
    Timer {
        id: beat
        property real last: 0
        property real worst: 0
        interval: 10
        repeat: true
        onTriggered: {
            const now = Date.now()
            if (last > 0)
                worst = Math.max(worst, now - last - interval)
            last = now
        }
    }

    TestCase {
        name: "CommandFlood"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_all_lines_are_counted() {
            const job = findChild(main, "job")
            const output = findChild(main, "messagePanes").paneAt(1).model
            beat.start()
            job.start()
            tryCompare(job, "state", Job.Finished, 60000)
            beat.stop()
            tryCompare(output, "total", 100000)
            tryCompare(output, "count", 10000)
            compare(output.text(9999, 9999).trim().split("\t")[1], "100000")
            // A wide margin: the machine may be busy with other tests.
            verify(beat.worst < 500, "the GUI thread was late by " + beat.worst + " ms")
        }
    }
}
