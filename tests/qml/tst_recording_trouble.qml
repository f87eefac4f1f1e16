// A disk that takes nothing: said at once, and the job goes on. And how much a view that follows shows.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        id: test
        name: "RecordingTrouble"
        when: windowShown

        readonly property Job job: findChild(main, "job")
        readonly property FigureItem figure: findChild(main, "figure")
        readonly property Item bar: findChild(main, "recordingBar")

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_1_read_only_is_said_and_the_job_goes_on() {
            verify(!bar.visible)
            job.workerMs = 5
            job.receiverMs = 2
            job.start()
            tryVerify(() => bar.visible)
            verify(bar.text.indexOf("Nothing is recorded") >= 0, bar.text)
            tryCompare(job, "isActive", false, 8000)
            compare(job.state, Job.Finished)
            bar.dismissed()
            tryVerify(() => !bar.visible)
        }

        function test_2_following_may_show_the_last_samples_only() {
            mouseClick(findChild(main, "followSpanButton"))
            const radio = () => findChild(main, "followSamples")
            tryVerify(() => radio() && radio().visible)
            verify(findChild(main, "followAll").checked)
            mouseClick(radio())
            tryCompare(figure, "followSamples", 1000)
            const field = findChild(main, "followSamplesField")
            field.forceActiveFocus()
            field.selectAll()
            for (const digit of "250")
                keyClick(digit)
            keyClick(Qt.Key_Return)
            tryCompare(figure, "followSamples", 250)
            mouseClick(findChild(main, "followSpan"))
            tryCompare(figure, "followX", 60)
            compare(figure.followSamples, 0)
            mouseClick(findChild(main, "followAll"))
            tryCompare(figure, "followX", 0)
            verify(figure.isFollowing)
        }
    }
}
