// The titles of the message panes as tabs, where there is no room for the panes side by side.
import QtQuick
import QtQuick.Controls
import Kymograph

TabBar {
    id: tabs

    required property MessagePanes panes

    currentIndex: panes.currentTab
    onCurrentIndexChanged: panes.currentTab = currentIndex

    Repeater {
        model: 3
        TabButton {
            required property int index
            text: Words.pane(tabs.panes.job.paneKind(index))
        }
    }
}
