// One read-only pane of time-stamped lines: select across lines, copy, find, clear; follows the end until scrolled up.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

FocusScope {
    id: pane

    required property Job job
    // 0 control, 1 worker, 2 receiver.
    required property int pane

    readonly property int kind: pane.job.paneKind(pane.pane)
    readonly property string title: Words.pane(kind)
    readonly property alias model: messages
    // A FindBar, once there is one.
    readonly property var bar: findBar.item
    readonly property bool hasSelection: selectionAnchor >= 0
    // Whether the view follows the newest line.
    property bool isFollowing: true
    property int selectionAnchor: -1
    property int selectionEnd: -1
    property real totalSeen: 0
    // The row that was pointed at, here or in the figure; -1 for none.
    property int markedRow: -1
    // A line was clicked: its time, in seconds since the start.
    signal timeChosen(real secs)

    function selectRows(anchor, end) {
        selectionAnchor = anchor
        selectionEnd = end
    }
    function copySelection() {
        const first = hasSelection ? Math.min(selectionAnchor, selectionEnd) : 0
        const last = hasSelection ? Math.max(selectionAnchor, selectionEnd) : messages.count - 1
        const carrier = clipboard.createObject(pane, { text: messages.text(first, last) }) as TextEdit
        carrier.selectAll()
        carrier.copy()
        carrier.destroy()
    }
    // Scrolls to the line of a time in seconds since the start, and marks it.
    function showTime(secs) {
        markedRow = messages.rowNear(secs)
        if (markedRow >= 0) {
            isFollowing = false
            list.positionViewAtIndex(markedRow, ListView.Center)
            isFollowing = list.atYEnd
        }
    }
    function clear() {
        selectRows(-1, -1)
        messages.clear()
    }
    function toEnd() {
        isFollowing = true
        list.positionViewAtEnd()
    }
    function openFind() {
        findBar.source = "FindBar.qml"
        findBar.visible = true
        pane.bar.begin()
    }
    function closeFind() {
        findBar.visible = false
        list.forceActiveFocus()
    }
    function findNext(backwards) {
        const text = pane.bar.text
        const row = messages.find(text, hasSelection ? selectionEnd : (backwards ? 0 : messages.count - 1), backwards)
        pane.bar.hasNoMatch = row < 0 && text !== ""
        if (row >= 0) {
            isFollowing = false
            selectRows(row, row)
            list.positionViewAtIndex(row, ListView.Contain)
        }
    }

    MessageModel {
        id: messages
        job: pane.job
        pane: pane.pane
        backgroundColor: pane.palette.base
        textColor: pane.palette.text
        onCountChanged: {
            if (count === 0) {
                pane.selectRows(-1, -1)
                pane.markedRow = -1
            }
            if (pane.isFollowing || count === 0) {
                pane.isFollowing = true
                pane.totalSeen = total
                Qt.callLater(list.positionViewAtEnd)
            }
        }
        onRowsRemoved: (parent, first, last) => {
            const removed = last - first + 1
            pane.markedRow = Math.max(-1, pane.markedRow - removed)
            if (pane.hasSelection && Math.max(pane.selectionAnchor, pane.selectionEnd) >= removed)
                pane.selectRows(Math.max(0, pane.selectionAnchor - removed), Math.max(0, pane.selectionEnd - removed))
            else
                pane.selectRows(-1, -1)
        }
    }

    // The only way to the clipboard from QML.
    Component {
        id: clipboard
        TextEdit {
            visible: false
            textFormat: TextEdit.PlainText
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            Layout.fillWidth: true
            Layout.leftMargin: 10
            Layout.rightMargin: 4
            Layout.preferredHeight: 30
            spacing: 0

            Label {
                text: pane.title
                font.weight: Font.DemiBold
                textFormat: Text.PlainText
                elide: Text.ElideRight
                Layout.fillWidth: true
            }
            Label {
                textFormat: Text.PlainText
                visible: messages.count > 0
                text: Number(messages.total).toLocaleString(Qt.locale(), "f", 0)
                font.family: Appearance.fixedFamily
                color: Qt.alpha(palette.windowText, 0.65)
                rightPadding: 4
                Accessible.name: qsTr("Number of lines: %1").arg(text)
            }
            StripButton {
                side: 28
                symbol: "find"
                // Three panes have it: the name says whose it is.
                Accessible.name: qsTr("%1: %2").arg(pane.title).arg(tip)
                tip: qsTr("Find")
                keys: qsTr("Ctrl+F")
                enabled: messages.count > 0
                onClicked: pane.openFind()
            }
            StripButton {
                side: 28
                symbol: "copy"
                Accessible.name: qsTr("%1: %2").arg(pane.title).arg(tip)
                tip: pane.hasSelection ? qsTr("Copy the selected lines") : qsTr("Copy all lines")
                keys: qsTr("Ctrl+C")
                enabled: messages.count > 0
                onClicked: pane.copySelection()
            }
            StripButton {
                side: 28
                symbol: "clear"
                Accessible.name: qsTr("%1: %2").arg(pane.title).arg(tip)
                tip: qsTr("Clear")
                enabled: messages.count > 0
                onClicked: pane.clear()
            }
        }

        // Loaded when it is first asked for.
        Loader {
            id: findBar
            visible: false
            Layout.fillWidth: true
            Layout.margins: 4
            onLoaded: {
                pane.bar.searched.connect(pane.findNext)
                pane.bar.closed.connect(pane.closeFind)
            }
        }

        Rectangle {
            Layout.fillWidth: true
            Layout.fillHeight: true
            color: palette.base
            border.width: list.activeFocus ? 1 : 0
            border.color: palette.highlight

            ListView {
                id: list
                objectName: "messageList"
                anchors.fill: parent
                anchors.margins: 1
                clip: true
                focus: true
                activeFocusOnTab: true
                model: messages
                // No line is the current one: a screen reader would take it for the one that has the focus.
                currentIndex: -1
                topMargin: 2
                bottomMargin: 2
                boundsBehavior: Flickable.StopAtBounds
                // Nothing is made ahead: Qt complains of it when the lines go meanwhile.
                cacheBuffer: 0
                Accessible.role: Accessible.List
                Accessible.name: qsTr("%1: messages").arg(pane.title)

                // Made when there is something to scroll.
                readonly property bool overflows: contentHeight > height
                onOverflowsChanged: if (overflows && !ScrollBar.vertical) ScrollBar.vertical = scrollBar.createObject(list)
                Component {
                    id: scrollBar
                    ScrollBar {
                        onPressedChanged: pane.isFollowing = list.atYEnd
                    }
                }
                onMovementEnded: pane.isFollowing = atYEnd
                onHeightChanged: if (pane.isFollowing) Qt.callLater(positionViewAtEnd)

                function scroll(distance) {
                    contentY = Math.max(originY - topMargin,
                                        Math.min(contentY + distance, originY + contentHeight + bottomMargin - height))
                    pane.isFollowing = atYEnd
                }

                Keys.onPressed: (event) => {
                    const page = height - 20
                    event.accepted = true
                    if (event.matches(StandardKey.Copy))
                        pane.copySelection()
                    else if (event.matches(StandardKey.SelectAll))
                        pane.selectRows(0, count - 1)
                    else if (event.matches(StandardKey.Find))
                        pane.openFind()
                    else if (event.key === Qt.Key_Up)
                        scroll(-20)
                    else if (event.key === Qt.Key_Down)
                        scroll(20)
                    else if (event.key === Qt.Key_PageUp)
                        scroll(-page)
                    else if (event.key === Qt.Key_PageDown)
                        scroll(page)
                    else if (event.key === Qt.Key_Home)
                        scroll(-contentHeight)
                    else if (event.key === Qt.Key_End)
                        pane.toEnd()
                    else if (event.key === Qt.Key_Menu)
                        paneMenu.get().popup(list, 20, 20)
                    else if (event.key === Qt.Key_Escape && pane.hasSelection)
                        pane.selectRows(-1, -1)
                    else
                        event.accepted = false
                }

                delegate: Rectangle {
                    id: line

                    required property int index
                    required property string time
                    required property string text
                    required property int level
                    // Not empty if the program chose colours.
                    required property string styled

                    readonly property bool isStyled: styled !== "" && !isSelected
                    readonly property bool isSelected: pane.hasSelection
                        && index >= Math.min(pane.selectionAnchor, pane.selectionEnd)
                        && index <= Math.max(pane.selectionAnchor, pane.selectionEnd)
                    readonly property color ink: isSelected ? palette.highlightedText
                        : level === 2 ? Appearance.errorColor(palette.base)
                        : level === 1 ? Appearance.warningColor(palette.base) : palette.text

                    width: ListView.view.width
                    height: (isStyled ? coloured.implicitHeight : body.implicitHeight) + 2
                    color: isSelected ? palette.highlight
                         : index === pane.markedRow ? Qt.alpha(palette.highlight, 0.18) : "transparent"
                    Accessible.role: Accessible.ListItem
                    Accessible.name: (level === 2 ? qsTr("Error: %1") : level === 1 ? qsTr("Warning: %1") : "%1").arg(time + " " + text)

                    Text {
                        id: stamp
                        x: 9
                        y: 1
                        text: line.time
                        textFormat: Text.PlainText
                        font.family: Appearance.fixedFamily
                        font.pointSize: Qt.application.font.pointSize * 0.95
                        color: Qt.alpha(line.ink, line.isSelected ? 0.85 : 0.6)
                    }
                    Text {
                        id: body
                        x: Math.max(stampMetrics.width, stamp.implicitWidth) + 18
                        y: 1
                        width: line.width - x - 14
                        text: (line.level === 2 ? "✖ " : line.level === 1 ? "▲ " : "") + line.text
                        textFormat: Text.PlainText
                        wrapMode: Text.WrapAtWordBoundaryOrAnywhere
                        maximumLineCount: 40
                        elide: Text.ElideRight
                        font: stamp.font
                        color: line.ink
                        visible: !line.isStyled
                    }
                    Loader {
                        id: coloured
                        active: line.isStyled
                        x: body.x
                        y: 1
                        width: body.width
                        sourceComponent: StyledLine {
                            width: body.width
                            text: line.styled
                            font: stamp.font
                            color: line.ink
                        }
                    }
                }

                TextMetrics {
                    id: stampMetrics
                    text: "0.00000"
                    font.family: Appearance.fixedFamily
                    font.pointSize: Qt.application.font.pointSize * 0.95
                }

                // Over the lines, so that a drag selects rows instead of flicking the list; the wheel passes through.
                MouseArea {
                    anchors.fill: parent
                    anchors.rightMargin: list.ScrollBar.vertical ? list.ScrollBar.vertical.width : 0
                    acceptedButtons: Qt.LeftButton | Qt.RightButton
                    preventStealing: true

                    function rowAt(y) {
                        const row = list.indexAt(10, list.contentY + Math.max(0, Math.min(y, list.height - 1)))
                        return row >= 0 ? row : (y < list.topMargin + 4 ? 0 : list.count - 1)
                    }
                    onPressed: (mouse) => {
                        list.forceActiveFocus()
                        if (mouse.button === Qt.RightButton) {
                            paneMenu.get().popup()
                            return
                        }
                        const row = rowAt(mouse.y)
                        pane.selectRows((mouse.modifiers & Qt.ShiftModifier) && pane.hasSelection ? pane.selectionAnchor : row, row)
                        pane.isFollowing = pane.isFollowing && list.atYEnd
                    }
                    onPositionChanged: (mouse) => {
                        if (mouse.buttons & Qt.LeftButton) {
                            if (mouse.y < 0)
                                list.scroll(-16)
                            else if (mouse.y > height)
                                list.scroll(16)
                            pane.selectRows(pane.selectionAnchor, rowAt(mouse.y))
                        }
                    }
                    // A click without a drag is no selection worth keeping.
                    onClicked: (mouse) => {
                        if (mouse.button === Qt.LeftButton && pane.selectionAnchor === pane.selectionEnd
                                && !(mouse.modifiers & Qt.ShiftModifier) && !mouse.wasHeld) {
                            pane.selectRows(-1, -1)
                            pane.markedRow = rowAt(mouse.y)
                            pane.timeChosen(messages.timeOf(pane.markedRow))
                        }
                    }
                    onDoubleClicked: (mouse) => pane.selectRows(rowAt(mouse.y), rowAt(mouse.y))
                }

                WheelHandler {
                    acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad
                    onWheel: (event) => list.scroll(event.pixelDelta.y !== 0 ? -event.pixelDelta.y : -event.angleDelta.y / 2)
                }
            }

            Label {
                anchors.centerIn: parent
                width: parent.width - 24
                visible: messages.count === 0
                text: qsTr("No messages yet")
                horizontalAlignment: Text.AlignHCenter
                wrapMode: Text.WordWrap
                color: Qt.alpha(palette.text, 0.6)
            }

            Loader {
                anchors.bottom: parent.bottom
                anchors.horizontalCenter: parent.horizontalCenter
                anchors.bottomMargin: 8
                readonly property real newLines: pane.isFollowing ? 0 : messages.total - pane.totalSeen
                active: newLines > 0
                source: "NewLinesChip.qml"
                onLoaded: {
                    item.newLines = Qt.binding(() => newLines)
                    item.clicked.connect(pane.toEnd)
                }
            }
        }
    }

    onIsFollowingChanged: if (isFollowing) totalSeen = messages.total

    LazyPopup {
        id: paneMenu
        host: pane
        file: "PaneMenu.qml"
        properties: ({pane: pane})
    }
}
