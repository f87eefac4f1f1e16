// The figures of the window, of which one is shown; a bar of tabs above them where there are several.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

FocusScope {
    id: tabs

    // The job of the first figure.
    required property Job job
    property var views: [first]
    property int currentIndex: 0
    readonly property FigureView current: views[currentIndex]
    signal fullScreenRequested()
    // A place of a figure was clicked: see FigureView.
    signal momentChosen(real moment)
    // A tab came, went or shows another job.
    signal changed()

    // Another figure of a job, shown at once.
    function add(job) {
        const view = make(job, FigureItem.Values)
        currentIndex = views.length - 1
        view.forceActiveFocus()
        return view
    }
    // What a job uses has a figure of its own, behind the one that is shown.
    function addResources(view) {
        const isThere = views.some((each) => each.job === view.job && each.part === FigureItem.Resources)
        if (view.figure.hasResources && view.part === FigureItem.Values && !isThere)
            make(view.job, FigureItem.Resources)
    }
    function make(job, part) {
        const view = viewMaker.createObject(stack, { job: job, part: part }) as FigureView
        views = views.concat([view])
        return view
    }
    // Does nothing where there is only one.
    function close(index) {
        if (views.length < 2)
            return
        const closed = views[index]
        const isBefore = index < currentIndex || currentIndex === views.length - 1
        const left = views.filter((view) => view !== closed)
        if (isBefore)
            currentIndex -= 1
        views = left
        closed.parent = null
        closed.destroy()
        tabs.current.forceActiveFocus()
    }
    // The next tab to the right (1) or to the left (-1), round and round.
    function step(by) {
        currentIndex = (currentIndex + by + views.length) % views.length
        current.forceActiveFocus()
    }

    onCurrentIndexChanged: changed()
    onViewsChanged: changed()

    component TabView: FigureView {
        objectName: "figureView"
        visible: tabs.current === this
        anchors.fill: parent
        onFullScreenRequested: tabs.fullScreenRequested()
        onJobChanged: tabs.changed()
        onResourcesFound: tabs.addResources(this)
        onMomentChosen: (moment) => tabs.momentChosen(moment)
    }
    Component {
        id: viewMaker
        TabView {}
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        Loader {
            Layout.fillWidth: true
            active: tabs.views.length > 1
            visible: active
            Component.onCompleted: setSource("FigureTabBar.qml", { tabs: tabs })
        }
        Item {
            id: stack
            Layout.fillWidth: true
            Layout.fillHeight: true

            TabView {
                id: first
                focus: true
                job: tabs.job
                part: FigureItem.Values
            }
        }
    }
}
