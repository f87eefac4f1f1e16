// The menu of the window.
import QtQuick
import QtQuick.Controls
import Kymograph

Menu {
    id: menu

    property bool isFullScreen: false
    signal figureWindowRequested()
    signal fullScreenRequested()
    signal linesRequested()
    signal shortcutsRequested()
    signal aboutRequested()
    signal quitRequested()

    component ThemeItem: MenuItem {
        required property string theme
        checkable: true
        checked: Appearance.theme === theme
        onTriggered: Appearance.theme = theme
    }

    MenuItem {
        text: qsTr("&New figure window")
        onTriggered: menu.figureWindowRequested()
    }
    MenuItem {
        text: menu.isFullScreen ? qsTr("Leave &full screen") : qsTr("&Full screen")
        onTriggered: menu.fullScreenRequested()
    }
    Menu {
        title: qsTr("&Theme")
        ThemeItem {
            theme: "system"
            text: qsTr("&System")
        }
        ThemeItem {
            theme: "light"
            text: qsTr("&Light")
        }
        ThemeItem {
            theme: "dark"
            text: qsTr("&Dark")
        }
    }
    MenuItem {
        text: qsTr("&Lines kept in panes…")
        onTriggered: menu.linesRequested()
    }
    MenuItem {
        text: qsTr("N&otify when a job ends")
        checkable: true
        checked: Appearance.notifies
        onTriggered: Appearance.notifies = checked
    }
    MenuSeparator {}
    MenuItem {
        text: qsTr("&Keyboard and mouse")
        onTriggered: menu.shortcutsRequested()
    }
    MenuItem {
        text: qsTr("&About Kymograph")
        onTriggered: menu.aboutRequested()
    }
    MenuSeparator {}
    MenuItem {
        text: qsTr("&Quit")
        onTriggered: menu.quitRequested()
    }
}
