// What the desktop is told of: whether the window is busy, and whether a job's end is news.
import QtQuick
import QtTest
import Kymograph

Item {
    width: 960
    height: 800

    Main {
        id: main
    }

    TestCase {
        name: "Desktop"
        when: windowShown

        readonly property Job job: findChild(main, "job")

        function init() {
            verify(!Desktop.isBusy && !job.endIsNews)
            job.start()
            verify(Desktop.isBusy, "while the job runs")
        }

        function test_an_end_by_itself_is_news() {
            tryVerify(() => !job.isActive, 10000)
            verify(!Desktop.isBusy)
            verify(job.endIsNews)
        }

        function test_a_stop_is_none() {
            tryVerify(() => job.state === Job.Running)
            job.stop()
            tryVerify(() => !job.isActive, 10000)
            verify(!Desktop.isBusy)
            verify(!job.endIsNews)
        }
    }
}
