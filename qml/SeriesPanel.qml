// The curves of a figure, below their runs where there are several: shown or not, colour, newest and best value.
//
// A curve is dragged onto another subplot, or onto the foot of the figure for one of its own.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

FocusScope {
    id: panel

    required property FigureItem figure
    // The rectangle of the figure where the curve would go that is being dragged; empty if none is.
    property rect dropArea
    signal closeRequested()

    // Points of the figure for those of another item.
    function placeIn(item, point) {
        return item.mapToItem(panel.figure, point.x, point.y)
    }

    SeriesModel {
        id: curves
        figure: panel.figure
    }
    Timer {
        interval: 1000
        repeat: true
        triggeredOnStart: true
        running: panel.visible && panel.Window.visibility !== Window.Minimized
        onTriggered: curves.look()
    }
    Connections {
        target: panel.figure
        function onFigureChanged() {
            curves.look()
        }
    }

    Rectangle {
        anchors.fill: parent
        color: palette.base
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            Layout.fillWidth: true
            Layout.leftMargin: 10
            Layout.rightMargin: 4
            Label {
                Layout.fillWidth: true
                text: qsTr("Curves")
                textFormat: Text.PlainText
                font.bold: true
            }
            Label {
                text: curves.total
                textFormat: Text.PlainText
                color: Qt.alpha(palette.text, 0.75)
            }
            StripButton {
                symbol: "close"
                tip: qsTr("Close")
                keys: "F8"
                onClicked: panel.closeRequested()
            }
        }
        TextField {
            objectName: "seriesFilter"
            Layout.fillWidth: true
            Layout.leftMargin: 8
            Layout.rightMargin: 8
            Layout.bottomMargin: 6
            visible: curves.total > 5
            placeholderText: qsTr("Filter by name or run")
            Accessible.name: placeholderText
            onTextEdited: curves.filter = text
            Keys.onEscapePressed: {
                clear()
                curves.filter = ""
            }
            Keys.onDownPressed: list.forceActiveFocus()
        }
        RowLayout {
            Layout.fillWidth: true
            Layout.leftMargin: 10
            Layout.rightMargin: 10
            visible: curves.count > 0
            spacing: 6
            Item {
                Layout.fillWidth: true
            }
            Repeater {
                model: [qsTr("newest"), qsTr("best")]
                Label {
                    required property string modelData
                    Layout.preferredWidth: 84
                    horizontalAlignment: Text.AlignRight
                    text: modelData
                    textFormat: Text.PlainText
                    font.pointSize: Application.font.pointSize * 0.9
                    color: Qt.alpha(palette.text, 0.75)
                }
            }
        }
        ListView {
            id: list
            objectName: "seriesList"
            Layout.fillWidth: true
            Layout.fillHeight: true
            clip: true
            focus: true
            model: curves
            currentIndex: -1
            boundsBehavior: Flickable.StopAtBounds
            keyNavigationEnabled: true
            ScrollBar.vertical: ScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Curves")
            Keys.onSpacePressed: (currentItem as CurveRow)?.toggle()
            Keys.onMenuPressed: (currentItem as CurveRow)?.openMenu()

            delegate: CurveRow {}

            Label {
                anchors.centerIn: parent
                width: parent.width - 32
                visible: curves.total === 0
                text: qsTr("No curves yet: they are listed here as soon as there are values.")
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
                color: Qt.alpha(palette.text, 0.75)
            }
        }
    }

    component Value: Label {
        Layout.preferredWidth: 84
        horizontalAlignment: Text.AlignRight
        textFormat: Text.PlainText
        font.family: Appearance.fixedFamily
        font.pointSize: Application.font.pointSize * 0.95
        elide: Text.ElideRight
    }

    component CurveRow: ItemDelegate {
        id: row
        required property int index
        required property bool isRun
        required property string name
        required property color color
        required property bool isShown
        required property bool isRight
        required property string last
        required property string best
        required property bool bestIsMost
        required property int subplot
        required property bool isCollapsed

        function toggle() {
            curves.setShown(index, !isShown)
        }
        function openMenu() {
            curveMenu.row = row
            curveMenu.popup(row, row.width / 2, row.height / 2)
        }

        width: ListView.view ? ListView.view.width : 0
        height: 26
        leftPadding: isRun ? 4 : 10
        rightPadding: 10
        topPadding: 0
        bottomPadding: 0
        highlighted: ListView.isCurrentItem && ListView.view.activeFocus
        Accessible.name: isRun ? qsTr("Run %1").arg(name)
            : qsTr("%1: newest %2, best %3").arg(name).arg(last).arg(best)
        onClicked: {
            ListView.view.currentIndex = index
            if (isRun)
                curves.toggleRun(index)
        }
        onDoubleClicked: if (!isRun) curves.showOnly(index)

        readonly property bool wantsTip: hovered && !drag.active && !isRun
        onWantsTipChanged: Appearance.showTip(row, wantsTip,
            name + "\n" + qsTr("Double click shows it alone; drag it onto another subplot, or onto the foot of the figure"))

        contentItem: RowLayout {
            spacing: 6
            StripButton {
                visible: row.isRun
                side: 20
                symbolSide: 12
                focusPolicy: Qt.NoFocus
                symbol: row.isCollapsed ? "forward" : "down"
                tip: row.isCollapsed ? qsTr("List the curves of %1").arg(row.name) : qsTr("Hide the curves of %1 in the list").arg(row.name)
                onClicked: curves.toggleRun(row.index)
            }
            ListCheckBox {
                objectName: "curveShown"
                checked: row.isShown
                onToggled: curves.setShown(row.index, checked)
                Accessible.name: qsTr("Show %1").arg(row.name)
            }
            Rectangle {
                visible: !row.isRun
                implicitWidth: 12
                implicitHeight: 12
                radius: 2
                color: row.color
                opacity: row.isShown ? 1 : 0.35
                TapHandler {
                    onTapped: {
                        colors.openFor(row, row.index)
                    }
                }
                HoverHandler {
                    cursorShape: Qt.PointingHandCursor
                }
            }
            Label {
                Layout.fillWidth: true
                text: row.isRight ? qsTr("%1 (right)").arg(row.name) : row.name
                textFormat: Text.PlainText
                elide: Text.ElideMiddle
                font.bold: row.isRun
                color: row.highlighted ? palette.highlightedText : Qt.alpha(palette.text, row.isShown ? 1 : 0.6)
            }
            Value {
                visible: !row.isRun
                text: row.last
                color: row.highlighted ? palette.highlightedText : palette.text
            }
            Value {
                visible: !row.isRun
                text: row.best
                color: row.highlighted ? palette.highlightedText : palette.text
            }
        }

        TapHandler {
            acceptedButtons: Qt.RightButton
            onTapped: {
                row.ListView.view.currentIndex = row.index
                curveMenu.row = row
                curveMenu.popup()
            }
        }
        DragHandler {
            id: drag
            target: null
            enabled: !row.isRun
            // The list is moved by the wheel.
            grabPermissions: PointerHandler.CanTakeOverFromAnything
            onCentroidChanged: {
                if (active) {
                    const at = panel.placeIn(row, centroid.position)
                    panel.dropArea = panel.figure.dropArea(at.x, at.y)
                }
            }
            onActiveChanged: {
                if (!active) {
                    const at = panel.placeIn(row, centroid.position)
                    panel.dropArea = Qt.rect(0, 0, 0, 0)
                    curves.drop(row.index, at.x, at.y)
                }
            }
        }
    }

    FittingMenu {
        id: curveMenu
        property CurveRow row: null
        readonly property int index: row ? row.index : -1
        onAboutToShow: places.subplots = panel.figure.subplotCount()

        MenuEntry {
            text: qsTr("&Only this")
            onTriggered: curves.showOnly(curveMenu.index)
        }
        MenuEntry {
            text: qsTr("Show &all")
            onTriggered: curves.showAll()
        }
        MenuSeparator {}
        MenuEntry {
            text: qsTr("&Colour…")
            enabled: curveMenu.row !== null && !curveMenu.row.isRun
            onTriggered: colors.openFor(curveMenu.row, curveMenu.index)
        }
        MenuEntry {
            text: qsTr("On the &right-hand axis")
            checkable: true
            checked: curveMenu.row !== null && curveMenu.row.isRight
            enabled: curveMenu.row !== null && !curveMenu.row.isRun
            onTriggered: curves.setRight(curveMenu.index, checked)
        }
        MenuEntry {
            text: qsTr("The &greatest value is the best")
            checkable: true
            checked: curveMenu.row !== null && curveMenu.row.bestIsMost
            enabled: curveMenu.row !== null && !curveMenu.row.isRun
            onTriggered: curves.setBestIsMost(curveMenu.index, checked)
        }
        MenuSeparator {}
        MenuEntry {
            objectName: "ownSubplotEntry"
            text: qsTr("In a subplot of its &own")
            onTriggered: curves.moveTo(curveMenu.index, -1)
        }
        FittingMenu {
            id: places
            property int subplots: 0
            title: qsTr("In &subplot")
            enabled: subplots > 1
            Instantiator {
                model: places.subplots
                MenuEntry {
                    required property int index
                    text: index + 1
                    checkable: true
                    checked: curveMenu.row !== null && curveMenu.row.subplot === index
                    onTriggered: curves.moveTo(curveMenu.index, index)
                }
                onObjectAdded: (index, object) => places.insertItem(index, object)
                onObjectRemoved: (index, object) => places.removeItem(object)
            }
        }
    }

    Popup {
        id: colors
        objectName: "curveColors"
        property var choices: []
        property int index: -1
        function openFor(row: Item, index: int): void {
            colors.index = index
            choices = curves.choices()
            const at = row.mapToItem(panel, 0, row.height)
            x = Math.max(4, Math.min(at.x + 24, panel.width - width - 4))
            y = Math.min(at.y, panel.height - height - 4)
            open()
        }
        padding: 8
        focus: true
        contentItem: ColumnLayout {
            GridLayout {
                columns: 6
                Repeater {
                    model: colors.choices
                    Button {
                        id: choice
                        required property string modelData
                        implicitWidth: 26
                        implicitHeight: 26
                        flat: true
                        Accessible.name: qsTr("Colour %1").arg(modelData)
                        onClicked: {
                            curves.setColor(colors.index, modelData)
                            colors.close()
                        }
                        Rectangle {
                            anchors.centerIn: parent
                            width: 16
                            height: 16
                            radius: 2
                            color: choice.modelData
                            border.color: Qt.alpha(palette.text, 0.4)
                        }
                    }
                }
            }
            Button {
                Layout.fillWidth: true
                flat: true
                text: qsTr("As the &figure says")
                Accessible.name: Words.plain(text)
                onClicked: {
                    curves.resetColor(colors.index)
                    colors.close()
                }
            }
        }
    }
}
