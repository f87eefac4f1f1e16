// The names of the figures; a click shows one, its cross or the middle button closes it.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

TabBar {
    id: bar
    objectName: "figureTabBar"

    required property FigureTabs tabs

    currentIndex: tabs.currentIndex

    Repeater {
        model: bar.tabs.views
        TabButton {
            id: tab
            required property int index
            required property FigureView modelData
            text: modelData.tabTitle
            width: Math.min(220, bar.tabs.width / bar.tabs.views.length)
            onClicked: {
                bar.tabs.currentIndex = index
                modelData.forceActiveFocus()
            }
            contentItem: RowLayout {
                spacing: 2
                Label {
                    Layout.fillWidth: true
                    text: tab.text
                    textFormat: Text.PlainText
                    elide: Text.ElideMiddle
                    color: palette.buttonText
                    horizontalAlignment: Text.AlignHCenter
                }
                StripButton {
                    objectName: "closeTabButton"
                    side: 22
                    symbolSide: 12
                    focusPolicy: Qt.NoFocus
                    symbol: "close"
                    tip: qsTr("Close the tab")
                    keys: qsTr("Ctrl+W")
                    onClicked: bar.tabs.close(tab.index)
                }
            }
            TapHandler {
                acceptedButtons: Qt.MiddleButton
                onTapped: bar.tabs.close(tab.index)
            }
        }
    }
}
