// worker-panic: a panicking worker is the job's failure, said in the window; the window lives on and restarts it.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "WorkerPanic"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_failure_is_said_and_start_works_again() {
            const job = findChild(main, "job")
            for (let i = 0; i < 3; ++i) {
                job.start()
                tryCompare(job, "state", Job.Failed, 5000)
                verify(job.errorText.includes("the third wheel came off"), job.errorText)
                verify(findChild(main, "errorBar").visible)
                verify(findChild(main.header, "startButton").enabled)
            }
        }
    }
}
