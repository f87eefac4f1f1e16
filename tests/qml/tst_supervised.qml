// A command that runs elsewhere: the window asks what becomes of it, lists it, shows it twice, and ends it.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "Supervised"
        when: windowShown

        readonly property Job job: findChild(main, "job")

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_it_goes_on_until_it_is_stopped() {
            job.start()
            const output = findChild(main, "messagePanes").paneAt(1).model
            tryVerify(() => output.count > 5, 10000)
            verify(output.text(0, 0).endsWith("value=0\n"), output.text(0, 0))
            verify(job.isElsewhere)
            tryVerify(() => job.runPath !== "" && job.runId.length === 8)

            // Closing asks; Cancel leaves all as it is.
            main.close()
            tryVerify(() => findChild(main.contentItem, "cancelButton") !== null
                || findChild(main.contentItem.Window.window, "cancelButton") !== null)
            verify(main.visible && job.isActive && !main.isClosing)
            keyClick(Qt.Key_Escape)

            // The list knows it.
            main.showsRuns = true
            const list = () => findChild(main, "runList")
            tryVerify(() => list() !== null && list().count === 1, 10000)
            tryVerify(() => list().itemAtIndex(0) !== null)
            const row = list().itemAtIndex(0)
            compare(row.state, RunModel.Running)
            verify(row.isSupervised && row.isShown, row.detail)

            // A second look begins at the beginning, too.
            main.openPaths([job.runPath])
            compare(main.jobs.length, 2)
            verify(main.job !== job)
            tryVerify(() => output.count > 5, 10000)
            verify(output.text(0, 0).endsWith("value=0\n"), output.text(0, 0))
            verify(!main.job.canStart)

            // Both see the end that one of them asked for.
            main.job.stop()
            tryCompare(main.job, "isActive", false, 15000)
            tryCompare(job, "isActive", false, 15000)
            compare(job.state, Job.Finished)
            tryVerify(() => list().itemAtIndex(0).state === RunModel.Stopped, 10000)
        }
    }
}
