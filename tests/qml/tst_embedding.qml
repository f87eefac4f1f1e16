// What a program of one's own writes: figures with series, axes and jobs, made and destroyed while data flow.
import QtQuick
import QtTest
import Kymograph 1.0

Item {
    id: root

    width: 600
    height: 400

    FigureView {
        id: view
        anchors.fill: parent
        title: "Two"
        xAxis: Axis { id: xAxis; title: "time (s)"; min: 0; max: 10 }
        yAxis: Axis { id: yAxis }

        Series { id: first; name: "first" }
        Series { id: second; name: "second"; color: "#ff0000"; width: 3; dash: Series.Dashed; marker: Series.Circle }
    }

    FigureItem {
        id: bare
        width: 100
        height: 100
        Series { id: inBare; source: "flood" }
    }

    // The test's program fills the series "flood" and the job "flood" from threads of its own.
    HostJob {
        id: flood
        source: "flood"
    }
    Loader {
        id: loader
        anchors.fill: parent
        active: false
        sourceComponent: FigureView {
            job: flood
            Series { source: "flood"; name: "own" }
            Series { name: "of the job"; color: "green" }
        }
    }

    Component {
        id: jobs
        CommandJob {}
    }
    Component {
        id: sines
        SineJob { workerMs: 1; receiverMs: 1 }
    }
    SignalSpy {
        id: counted
        target: first
        signalName: "countChanged"
    }
    SignalSpy {
        id: looked
        target: second
        signalName: "lookChanged"
    }

    TestCase {
        id: test
        name: "Embedding"
        when: windowShown

        function init() {
            first.clear()
            counted.clear()
            looked.clear()
        }

        function test_samples_come_and_go() {
            compare(first.count, 0)
            first.append(1, 2)
            compare(first.count, 1)
            compare(counted.count, 1)
            first.append([2, 3, 4], [4, 6, 8])
            compare(first.count, 4)
            compare(first.at(3), Qt.point(4, 8))
            compare(first.at(9), Qt.point(0, 0))
            first.append([1, 2], [1])
            compare(first.count, 4, "columns of different lengths are refused")
            first.replace([5], [6])
            compare(first.count, 1)
            compare(first.at(0), Qt.point(5, 6))
            first.clear()
            compare(first.count, 0)
        }

        function test_a_figure_shows_what_is_appended() {
            const frames = view.figure.frames
            first.append([0, 5, 10], [1, 2, 1])
            tryVerify(() => view.figure.frames > frames)
            compare(first.figure, view.figure)
            compare(view.figure.title, "Two")
        }

        function test_looks_have_defaults_and_tell_of_changes() {
            compare(first.width, 1.5)
            compare(first.dash, Series.Solid)
            compare(first.marker, Series.NoMarker)
            compare(first.visible, true)
            compare(first.color.a, 0)
            compare(second.width, 3)
            compare(second.dash, Series.Dashed)
            compare(second.marker, Series.Circle)
            verify(Qt.colorEqual(second.color, "red"))
            second.visible = false
            compare(looked.count, 1)
            second.visible = false
            compare(looked.count, 1, "nothing changed")
            second.visible = true
            second.width = NaN
            compare(second.width, 3)
        }

        function test_a_person_hides_a_series_by_the_legend() {
            first.append([0, 10], [0, 1])
            second.append([0, 10], [1, 0])
            const mouse = findChild(view, "figureMouse")
            // Wherever the legend stands: the pointer is a hand over it.
            let place = null
            tryVerify(() => {
                for (let y = 0; y < mouse.height && !place; y += 6) {
                    for (let x = 0; x < mouse.width && !place; x += 12) {
                        mouseMove(mouse, x, y)
                        if (view.figure.isOverLegend)
                            place = Qt.point(x, y + 2)
                    }
                }
                return place !== null
            })
            mouseClick(mouse, place.x, place.y)
            tryVerify(() => !first.visible || !second.visible)
            first.visible = true
            second.visible = true
        }

        function test_axes_tell_what_is_asked() {
            compare(xAxis.min, 0)
            verify(isNaN(yAxis.min))
            yAxis.labelFormat = "%.1f V"
            compare(yAxis.labelFormat, "%.1f V")
            yAxis.min = -1
            yAxis.isLogarithmic = true
            tryVerify(() => view.figure.isLogY)
            yAxis.isLogarithmic = false
            tryVerify(() => !view.figure.isLogY)
            view.yAxis = null
            compare(view.figure.yAxis, null)
            view.yAxis = yAxis
        }

        function test_an_axis_that_is_gone_is_none() {
            const axis = Qt.createQmlObject("import Kymograph; Axis { title: 'brief' }", root)
            view.xAxis = axis
            compare(view.figure.xAxis, axis)
            axis.destroy()
            tryCompare(view.figure, "xAxis", null)
            view.xAxis = xAxis
        }

        function test_a_series_in_a_bare_figure_finds_it() {
            tryCompare(inBare, "figure", bare)
        }

        function test_figures_come_and_go_while_data_flow() {
            flood.start()
            tryVerify(() => inBare.count > 0)
            for (let round = 0; round < 30; ++round) {
                loader.active = true
                wait(round % 7 * 5)
                loader.active = false
            }
            const count = inBare.count
            tryVerify(() => inBare.count > count)
            flood.stop()
            tryCompare(flood, "isActive", false)
            compare(flood.errorText, "")
        }

        function test_a_job_that_is_gone_is_none() {
            const job = sines.createObject(root)
            view.job = job
            job.start()
            tryVerify(() => job.progress > 0)
            job.destroy()
            tryCompare(view.figure, "job", null)
            view.job = null
            first.append(1, 1)
            compare(first.count, 1)
        }

        function test_jobs_say_what_is_wrong() {
            const job = jobs.createObject(root)
            job.start()
            tryCompare(job, "isActive", false)
            verify(job.errorText.includes("program"), job.errorText)
            job.program = "echo"
            job.arguments = ["loss=0.5"]
            job.start()
            tryCompare(job, "state", Job.Finished)
            compare(job.runPath, "", "nothing is recorded unless it is asked for")
            job.destroy()
            flood.source = "nobody"
            flood.start()
            tryCompare(flood, "isActive", false)
            verify(flood.errorText.includes("nobody"), flood.errorText)
            flood.source = "flood"
        }
    }
}
