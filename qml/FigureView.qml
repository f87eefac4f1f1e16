// A figure with its toolbar, its keyboard and its mouse. All reckoning is in FigureItem; this forwards and overlays.
//
// In a program of one's own: give it a job, or put Series objects into it, or both.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

FocusScope {
    id: view

    // The job whose data are shown; none by default.
    property Job job: null
    // Series of the program's own; see Series.
    default property list<Series> series
    property alias figure: canvas
    // Shown above the figure; empty by default.
    property alias title: canvas.title
    // What is asked of the axes; null, the default, leaves them to the data.
    property alias xAxis: canvas.xAxis
    property alias yAxis: canvas.yAxis
    // What an empty figure says; by default what to do next.
    property alias emptyHint: canvas.emptyHint
    // Whether the toolbar is shown above the figure.
    property bool hasToolbar: true
    // Which series are shown; all by default.
    property alias part: canvas.part
    // Whether the curves are listed beside the figure.
    property bool hasSeriesList: false
    // Jobs whose curves are shown besides, for as long as `job` stays the same.
    property var otherJobs: []
    // What stands on its tab, where there are several.
    readonly property string tabTitle: !job ? qsTr("Figure")
        : part === FigureItem.Resources ? qsTr("%1: resources").arg(job.name) : otherJobs.length === 0 ? job.name
        : qsTr("%1 and %n more", "", otherJobs.length).arg(job.name)
    // A place was clicked: when what is shown there came, in nanoseconds since 1970.
    signal momentChosen(real moment)
    // The job tells of the resources that it uses.
    signal resourcesFound()
    // Asks the window to fill the screen, or no longer.
    signal fullScreenRequested()

    function openSaveDialog() {
        saveDialog.get().open()
    }
    function showNote(text, isError) {
        note.get().show(text, isError)
    }

    // Shows the curves of another job, too, or no longer.
    function setJobShown(other: Job, isShown: bool): void {
        const others = otherJobs.filter((each) => each !== other)
        if (isShown)
            canvas.addJob(other)
        else
            canvas.removeJob(other)
        otherJobs = isShown ? others.concat([other]) : others
    }
    // Marks a moment that was clicked.
    function chooseMoment(moment: real): void {
        if (!isNaN(moment)) {
            canvas.moment = moment
            momentChosen(moment)
        }
    }
    // Tells the other figures where the pointer stands.
    function sharePointer(): void {
        if (canvas.hasReadout) {
            SharedPointer.x = canvas.pointerX
            SharedPointer.isTime = canvas.isPointerTime
            SharedPointer.figure = canvas
        } else if (SharedPointer.figure === canvas) {
            SharedPointer.figure = null
        }
    }
    function takeSeries(): void {
        for (let i = 0; i < view.series.length; ++i)
            view.series[i].figure = canvas
    }

    onSeriesChanged: takeSeries()
    onJobChanged: otherJobs = []
    Component.onCompleted: takeSeries()

    Keys.onPressed: (event) => {
        if (event.modifiers & (Qt.ControlModifier | Qt.AltModifier | Qt.MetaModifier)) {
            if (event.key === Qt.Key_S && event.modifiers === Qt.ControlModifier) {
                view.openSaveDialog()
                event.accepted = true
            }
            return
        }
        event.accepted = true
        switch (event.key) {
        case Qt.Key_H:
        case Qt.Key_R:
        case Qt.Key_Home:
            canvas.home()
            break
        case Qt.Key_C:
            if (event.modifiers & Qt.ShiftModifier)
                canvas.hasCrosshair = !canvas.hasCrosshair
            else
                canvas.back()
            break
        case Qt.Key_Left:
        case Qt.Key_Backspace:
            canvas.back()
            break
        case Qt.Key_V:
        case Qt.Key_Right:
            canvas.forward()
            break
        case Qt.Key_P:
            canvas.tool = canvas.tool === FigureItem.Pan ? FigureItem.None : FigureItem.Pan
            break
        case Qt.Key_O:
            canvas.tool = canvas.tool === FigureItem.Zoom ? FigureItem.None : FigureItem.Zoom
            break
        case Qt.Key_S:
            view.openSaveDialog()
            break
        case Qt.Key_G:
            canvas.hasGrid = !canvas.hasGrid
            break
        case Qt.Key_L:
            canvas.toggleLogY()
            break
        case Qt.Key_K:
            canvas.toggleLogX()
            break
        case Qt.Key_F:
            view.fullScreenRequested()
            break
        case Qt.Key_X:
            canvas.axes = FigureItem.XOnly
            break
        case Qt.Key_Y:
            canvas.axes = FigureItem.YOnly
            break
        case Qt.Key_1:
        case Qt.Key_2:
            canvas.pinCursor(event.key === Qt.Key_1 ? 0 : 1, mouse.mouseX, mouse.mouseY)
            break
        case Qt.Key_0:
            canvas.unpinCursors()
            break
        case Qt.Key_Plus:
        case Qt.Key_Equal:
            canvas.zoomStep(1)
            break
        case Qt.Key_Minus:
            canvas.zoomStep(-1)
            break
        case Qt.Key_Escape:
            if (canvas.isDragging)
                canvas.cancelDrag()
            else if (canvas.tool !== FigureItem.None)
                canvas.tool = FigureItem.None
            else if (!isNaN(canvas.moment))
                canvas.moment = NaN
            else
                event.accepted = false
            break
        default:
            event.accepted = false
        }
    }
    Keys.onReleased: (event) => {
        if (event.key === Qt.Key_X || event.key === Qt.Key_Y)
            canvas.axes = FigureItem.Both
    }
    onActiveFocusChanged: if (!activeFocus) canvas.axes = FigureItem.Both

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        NavigationToolbar {
            Layout.fillWidth: true
            visible: view.hasToolbar
            figure: canvas
            onSaveRequested: view.openSaveDialog()
            onFollowSpanRequested: (anchor) => followPopup.get().openAt(anchor)
            onSubplotsRequested: (anchor) => subplotsPopup.get().openAt(anchor)
            onCurvesRequested: (anchor) => curvesPopup.get().openAt(anchor)
            hasSeriesList: view.hasSeriesList
            onListRequested: view.hasSeriesList = !view.hasSeriesList
        }

        RowLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            spacing: 0

            Rectangle {
                id: surface
                Layout.fillWidth: true
                Layout.fillHeight: true
                // In a narrow view there is room for one of the two.
                visible: !view.hasSeriesList || view.width >= 520
                color: palette.base

                FigureItem {
                    id: canvas
                    objectName: "figure"
                    anchors.fill: parent
                    job: view.job
                    backgroundColor: surface.palette.base
                    textColor: surface.palette.text
                    // One step smaller than the window's text.
                    textPx: Math.max(9, textProbe.fontInfo.pixelSize * 0.92)
                    emptyHint: !view.job || view.job.kind === Job.Host ? qsTr("Curves appear with the first values")
                        : view.job.isSine
                        ? qsTr("Press Start, drop a file or a folder here, or run\nkymograph run -- your command")
                        : view.job.isFollowed ? qsTr("Waiting for the first numbers in the files")
                        : view.job.outlivesWindow ? qsTr("Connected: curves appear with the first values")
                        : qsTr("Numbers in the output become curves,\nfor example  loss=0.25  or  {\"loss\": 0.25}")
                    distinction: Appearance.distinction
                    focus: true
                    Accessible.role: Accessible.Chart
                    Accessible.focusable: true
                    Accessible.name: view.job ? qsTr("Figure of %1").arg(view.job.name) : qsTr("Figure")
                    Accessible.description: canvas.curveCount === 0 ? qsTr("No data yet")
                        : canvas.curveCount === 1 ? qsTr("One curve with its last value: %1").arg(canvas.curveWords)
                        : qsTr("%n curves with their last values: %1", "", canvas.curveCount).arg(canvas.curveWords)
                    onSaved: (path) => view.showNote(qsTr("Saved %1").arg(path), false)
                    onSaveFailed: (text) => view.showNote(qsTr("Not saved: %1").arg(text), true)
                    onFigureChanged: canvas.readCurves()
                    onResourcesChanged: if (canvas.hasResources) view.resourcesFound()
                    onCursorChanged: view.sharePointer()
                    Component.onDestruction: {
                        if (SharedPointer.figure === canvas)
                            SharedPointer.figure = null
                    }
                    onLayoutDone: (path, error) => view.showNote(error === "" ? qsTr("Layout: %1").arg(path) : error, error !== "")
                }

                // Often enough for people who hear what the figure shows.
                Timer {
                    interval: 1000
                    repeat: true
                    running: view.job !== null && view.job.isActive
                    onTriggered: canvas.readCurves()
                    onRunningChanged: canvas.readCurves()
                }

                // Tells the size of the window's text in pixels.
                Text {
                    textFormat: Text.PlainText
                    id: textProbe
                    visible: false
                    font: Qt.application.font
                }

                MouseArea {
                    id: mouse
                    objectName: "figureMouse"
                    anchors.fill: parent
                    acceptedButtons: Qt.LeftButton | Qt.RightButton | Qt.MiddleButton
                    hoverEnabled: true
                    property point pressedAt
                    cursorShape: canvas.isOverLegend && !canvas.isDragging ? Qt.PointingHandCursor
                               : canvas.tool === FigureItem.Pan ? (canvas.isDragging ? Qt.ClosedHandCursor : Qt.OpenHandCursor)
                               : canvas.tool === FigureItem.Zoom || canvas.hasCrosshair ? Qt.CrossCursor : Qt.ArrowCursor

                    onPressed: (event) => {
                        canvas.forceActiveFocus(Qt.MouseFocusReason)
                        pressedAt = Qt.point(event.x, event.y)
                        canvas.press(event.x, event.y, event.button)
                    }
                    onPositionChanged: (event) => canvas.move(event.x, event.y)
                    onReleased: (event) => {
                        canvas.release(event.x, event.y)
                        // A click, not a drag.
                        const way = Math.max(Math.abs(event.x - pressedAt.x), Math.abs(event.y - pressedAt.y))
                        if (way >= Qt.styleHints.startDragDistance)
                            return
                        if (event.button === Qt.RightButton)
                            figureMenu.get().openAt(event.x, event.y)
                        else if (event.button === Qt.LeftButton && canvas.tool === FigureItem.None && !canvas.isOverLegend)
                            view.chooseMoment(canvas.momentAt(event.x, event.y))
                    }
                    onCanceled: canvas.cancelDrag()
                    onExited: canvas.leave()
                    onDoubleClicked: (event) => {
                        if (event.button === Qt.LeftButton && canvas.tool === FigureItem.None) {
                            canvas.moment = NaN
                            canvas.home()
                        }
                    }
                    onWheel: (event) => canvas.wheel(event.x, event.y, event.angleDelta.y !== 0 ? event.angleDelta.y : event.pixelDelta.y)
                }

                Rectangle {
                    objectName: "figureFocusRing"
                    anchors.fill: parent
                    visible: canvas.visualFocus
                    color: "transparent"
                    border.color: palette.highlight
                    border.width: 2
                }

                // Where a curve would go that is being dragged.
                Rectangle {
                    objectName: "dropMark"
                    readonly property rect place: seriesPanel.list?.dropArea ?? Qt.rect(0, 0, 0, 0)
                    visible: place.width > 0
                    x: place.x
                    y: place.y
                    width: place.width
                    height: place.height
                    color: Qt.alpha(palette.highlight, 0.15)
                    border.color: palette.highlight
                    border.width: 2
                }

                // The rectangle being zoomed to.
                Rectangle {
                    visible: canvas.rubberBand.width > 0 || canvas.rubberBand.height > 0
                    x: canvas.rubberBand.x
                    y: canvas.rubberBand.y
                    width: canvas.rubberBand.width
                    height: canvas.rubberBand.height
                    color: Qt.alpha(palette.highlight, 0.15)
                    border.color: palette.highlight
                }

                Loader {
                    anchors.fill: parent
                    active: SharedPointer.figure !== null
                    Component.onCompleted: setSource("PointerLines.qml", { figure: canvas })
                }
                Loader {
                    anchors.fill: parent
                    active: canvas.hasReadout
                    Component.onCompleted: setSource("Crosshair.qml", { figure: canvas })
                }

                LazyPopup {
                    id: figureMenu
                    host: canvas
                    file: "FigureMenu.qml"
                    properties: ({figure: canvas})
                    onMade: (menu) => menu.textWanted.connect((isEvent) => {
                        const dialog = noteDialog.get()
                        dialog.isEvent = isEvent
                        dialog.open()
                    })
                }
                LazyPopup {
                    id: noteDialog
                    host: view
                    file: "NoteDialog.qml"
                    onMade: (dialog) => dialog.written.connect((text) => {
                        const menu = figureMenu.get()
                        dialog.isEvent ? canvas.addEvent(menu.atX, menu.atY, text) : canvas.addNote(menu.atX, menu.atY, text)
                    })
                }
                LazyPopup {
                    id: note
                    host: surface
                    file: "NotePopup.qml"
                }
            }
            Rectangle {
                visible: view.hasSeriesList && surface.visible
                Layout.fillHeight: true
                implicitWidth: 1
                color: Qt.alpha(palette.text, 0.15)
            }
            Loader {
                id: seriesPanel
                // A SeriesPanel, once there is one.
                readonly property var list: item
                objectName: "seriesPanel"
                Layout.fillHeight: true
                Layout.fillWidth: !surface.visible
                Layout.preferredWidth: 320
                active: view.hasSeriesList
                visible: active
                Component.onCompleted: setSource("SeriesPanel.qml", { figure: canvas })
                onLoaded: list.closeRequested.connect(() => view.hasSeriesList = false)
            }
        }

        Loader {
            Layout.fillWidth: true
            active: canvas.hasCursors
            visible: active
            Component.onCompleted: setSource("CursorTable.qml", { figure: canvas })
        }
    }

    LazyPopup {
        id: subplotsPopup
        host: view
        file: "SubplotsPopup.qml"
        properties: ({figure: canvas})
    }
    LazyPopup {
        id: curvesPopup
        host: view
        file: "CurvesPopup.qml"
        properties: ({figure: canvas})
        onMade: (popup) => popup.layoutRequested.connect((saves) => {
            const dialog = layoutDialog.get()
            dialog.saves = saves
            dialog.open()
        })
    }
    LazyPopup {
        id: layoutDialog
        host: view
        file: "LayoutDialog.qml"
        properties: ({figure: canvas})
    }
    LazyPopup {
        id: followPopup
        host: view
        file: "FollowPopup.qml"
        properties: ({figure: canvas})
    }
    LazyPopup {
        id: saveDialog
        host: view
        file: "SaveDialog.qml"
        properties: ({name: Qt.binding(() => view.job ? view.job.name : qsTr("figure"))})
        onMade: (dialog) => dialog.chosen.connect((file) => canvas.save(file))
    }
}
