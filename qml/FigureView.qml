// A figure with its toolbar, its keyboard and its mouse. All reckoning is in FigureItem; this forwards and overlays.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

FocusScope {
    id: view

    required property Job job
    property alias figure: canvas
    // Asks the window to fill the screen, or no longer.
    signal fullScreenRequested()

    function openSaveDialog() {
        saveDialog.get().open()
    }
    function showNote(text, isError) {
        note.get().show(text, isError)
    }

    activeFocusOnTab: true

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
            figure: canvas
            onSaveRequested: view.openSaveDialog()
            onFollowSpanRequested: (anchor) => followPopup.get().openAt(anchor)
            onSubplotsRequested: (anchor) => subplotsPopup.get().openAt(anchor)
        }

        Rectangle {
            id: surface
            Layout.fillWidth: true
            Layout.fillHeight: true
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
                emptyHint: view.job.isSine
                    ? qsTr("Press Start, or run\nkymograph run -- your command")
                    : view.job.outlivesWindow ? qsTr("Connected: curves appear with the first values")
                    : qsTr("Numbers in the output become curves,\nfor example  loss=0.25  or  {\"loss\": 0.25}")
                Accessible.role: Accessible.Chart
                Accessible.name: qsTr("Figure of %1").arg(view.job.name)
                onSaved: (path) => view.showNote(qsTr("Saved %1").arg(path), false)
                onSaveFailed: (text) => view.showNote(text, true)
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
                cursorShape: canvas.isOverLegend && !canvas.isDragging ? Qt.PointingHandCursor
                           : canvas.tool === FigureItem.Pan ? (canvas.isDragging ? Qt.ClosedHandCursor : Qt.OpenHandCursor)
                           : canvas.tool === FigureItem.Zoom || canvas.hasCrosshair ? Qt.CrossCursor : Qt.ArrowCursor

                onPressed: (event) => {
                    view.forceActiveFocus()
                    canvas.press(event.x, event.y, event.button)
                }
                onPositionChanged: (event) => canvas.move(event.x, event.y)
                onReleased: (event) => canvas.release(event.x, event.y)
                onCanceled: canvas.cancelDrag()
                onExited: canvas.leave()
                onDoubleClicked: (event) => {
                    if (event.button === Qt.LeftButton && canvas.tool === FigureItem.None)
                        canvas.home()
                }
                onWheel: (event) => canvas.wheel(event.x, event.y, event.angleDelta.y !== 0 ? event.angleDelta.y : event.pixelDelta.y)
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
                active: canvas.hasReadout
                Component.onCompleted: setSource("Crosshair.qml", { figure: canvas })
            }

            LazyPopup {
                id: note
                host: surface
                file: "NotePopup.qml"
            }
        }
    }

    LazyPopup {
        id: subplotsPopup
        host: view
        file: "SubplotsPopup.qml"
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
        properties: ({name: Qt.binding(() => view.job.name)})
        onMade: (dialog) => dialog.chosen.connect((file) => canvas.save(file))
    }
}
