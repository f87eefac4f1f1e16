// The menu of the window.
import QtQuick
import QtQuick.Controls
import Kymograph

FittingMenu {
    id: menu

    property bool isFullScreen: false
    signal commandRequested()
    signal openRequested()
    signal tabRequested()
    signal figureWindowRequested()
    signal rulesRequested()
    signal fullScreenRequested()
    signal linesRequested()
    signal shortcutsRequested()
    signal aboutRequested()
    signal quitRequested()

    component ThemeItem: MenuEntry {
        required property string theme
        checkable: true
        checked: Appearance.theme === theme
        onTriggered: Appearance.theme = theme
    }

    component DistinctionItem: MenuEntry {
        required property int distinction
        checkable: true
        checked: Appearance.distinction === distinction
        onTriggered: Appearance.distinction = distinction
    }

    component ClosingItem: MenuEntry {
        required property string closing
        checkable: true
        checked: Appearance.closing === closing
        onTriggered: Appearance.closing = closing
    }

    MenuEntry {
        text: qsTr("&Run a command…")
        onTriggered: menu.commandRequested()
    }
    MenuEntry {
        text: qsTr("&Open or follow files…")
        onTriggered: menu.openRequested()
    }
    MenuEntry {
        text: qsTr("New ta&b")
        onTriggered: menu.tabRequested()
    }
    MenuEntry {
        text: qsTr("&New figure window")
        onTriggered: menu.figureWindowRequested()
    }
    MenuEntry {
        text: menu.isFullScreen ? qsTr("Leave &full screen") : qsTr("&Full screen")
        onTriggered: menu.fullScreenRequested()
    }
    FittingMenu {
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
    FittingMenu {
        title: qsTr("&Distinguish curves by")
        DistinctionItem {
            distinction: FigureItem.ColorOnly
            text: qsTr("&Colour only")
        }
        DistinctionItem {
            distinction: FigureItem.Dashes
            text: qsTr("Colour and &dashes")
        }
        DistinctionItem {
            distinction: FigureItem.Markers
            text: qsTr("Colour and &markers")
        }
    }
    FittingMenu {
        title: qsTr("&When closing while a command runs")
        ClosingItem {
            closing: "ask"
            text: qsTr("&Ask")
        }
        ClosingItem {
            closing: "leave"
            text: qsTr("&Leave it running")
        }
        ClosingItem {
            closing: "stop"
            text: qsTr("S&top it")
        }
    }
    MenuEntry {
        objectName: "rulesEntry"
        text: qsTr("R&ules…")
        onTriggered: menu.rulesRequested()
    }
    MenuEntry {
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
    MenuEntry {
        text: qsTr("&Keyboard and mouse")
        onTriggered: menu.shortcutsRequested()
    }
    MenuEntry {
        text: qsTr("&About Kymograph")
        onTriggered: menu.aboutRequested()
    }
    MenuSeparator {}
    MenuEntry {
        text: qsTr("&Quit")
        onTriggered: menu.quitRequested()
    }
}
