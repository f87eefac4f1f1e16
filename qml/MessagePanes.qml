// The third row: the job's three panes side by side, or as tabs where there is no room.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

FocusScope {
    id: panes

    required property Job job
    readonly property bool isNarrow: width > 0 && width < 640
    // The pane that is shown where there is no room for all.
    property int currentTab: 0

    // Pane 0 (control), 1 (worker) or 2 (receiver).
    function paneAt(index) {
        return repeater.itemAt(index)
    }
    // A line was clicked: its time, in seconds since the start.
    signal timeChosen(real secs)
    // Scrolls all panes to a time, but not the one that has the focus where it was chosen.
    function showTime(secs, except) {
        for (let i = 0; i < repeater.count; ++i) {
            if (i !== except)
                repeater.itemAt(i).showTime(secs)
        }
    }
    // The pane that has the focus, or the first.
    function current() {
        for (let i = 0; i < repeater.count; ++i) {
            if (repeater.itemAt(i).activeFocus)
                return repeater.itemAt(i)
        }
        return repeater.itemAt(isNarrow ? currentTab : 0)
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        Loader {
            visible: panes.isNarrow
            Layout.fillWidth: true
            active: panes.isNarrow
            Component.onCompleted: setSource("PaneTabs.qml", { panes: panes })
        }

        SplitView {
            id: split
            objectName: "paneSplit"
            Layout.fillWidth: true
            Layout.fillHeight: true
            orientation: Qt.Horizontal
            handle: PaneHandle {}

            Repeater {
                id: repeater
                model: 3
                MessagePane {
                    required property int index
                    objectName: "messagePane" + index
                    job: panes.job
                    pane: index
                    // Most commands write all to one terminal.
                    readonly property bool isUnused: index === 2 && kind === Job.ErrorOutput && model.count === 0
                    onTimeChosen: (secs) => {
                        panes.showTime(secs, index)
                        panes.timeChosen(secs)
                    }
                    visible: panes.isNarrow ? panes.currentTab === index : !isUnused
                    SplitView.minimumWidth: 120
                    SplitView.preferredWidth: split.width / 3
                    SplitView.fillWidth: index === 1 || panes.isNarrow
                }
            }
        }
    }
}
