// A recorded run in the window: as it was live, and nothing to start.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        id: test
        name: "RecordedRun"
        when: windowShown

        readonly property Job job: findChild(main, "job")
        readonly property FigureItem figure: findChild(main, "figure")

        function test_a_run_is_shown_as_it_was() {
            verify(job.isRecorded)
            job.start()
            tryCompare(job, "isActive", false, 8000)
            compare(job.name, "training")
            compare(job.state, Job.Failed)
            compare(job.errorText, "out of memory")
            tryVerify(() => figure.frames > 0)
            verify(main.title.indexOf("failed") > 0, main.title)
            verify(!findChild(main, "startButton").enabled)
            compare(job.runPath, "")
        }
    }
}
