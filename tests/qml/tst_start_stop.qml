// start-stop: the job is started and stopped 200 times at random moments; no thread is left over, it ends at once.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "StartStop"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        // CENSUS: the threads of this process, as the kernel counts them.
        function threads() {
            const request = new XMLHttpRequest()
            request.open("GET", "file:///proc/self/status", false)
            request.send()
            return parseInt(request.responseText.match(/Threads:\s+(\d+)/)[1])
        }

        function test_no_thread_is_left() {
            const job = findChild(main, "job")
            const start = findChild(main.header, "startButton")
            const stop = findChild(main.header, "stopButton")
            // Once before the count, so that what is made for good is made.
            job.start()
            wait(50)
            job.stop()
            tryCompare(job, "isActive", false, 2000)
            wait(300)
            const before = threads()
            let slowest = 0
            for (let i = 0; i < 200; ++i) {
                mouseClick(start)
                verify(job.isActive)
                wait((i * 37) % 60)
                const asked = Date.now()
                mouseClick(stop)
                tryCompare(job, "isActive", false, 3000)
                slowest = Math.max(slowest, Date.now() - asked)
            }
            wait(500)
            compare(threads(), before)
            // A wide margin over the 200 ms that a cooperative job may take; the look itself is every 50 ms.
            verify(slowest < 1000, "the slowest stop took " + slowest + " ms")
        }
    }
}
