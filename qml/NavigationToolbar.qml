// The figure's tools, as people know them from Matplotlib, and the cursor's place in data units.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

ToolBar {
    id: toolbar

    required property FigureItem figure
    signal saveRequested()
    signal subplotsRequested(Item anchor)
    signal followSpanRequested(Item anchor)
    signal curvesRequested(Item anchor)
    // Whether the curves are listed beside the figure.
    property bool hasSeriesList: false
    signal listRequested()

    implicitHeight: 40
    leftPadding: 6
    rightPadding: 10
    topPadding: 0
    bottomPadding: 0

    RowLayout {
        anchors.fill: parent
        spacing: 2

        StripButton {
            objectName: "homeButton"
            symbol: "home"
            tip: qsTr("Home: show all data and follow it")
            keys: "H"
            onClicked: toolbar.figure.home()
        }
        StripButton {
            objectName: "backButton"
            symbol: "back"
            tip: qsTr("Back to the previous view")
            keys: "C, ←"
            enabled: toolbar.figure.canGoBack
            onClicked: toolbar.figure.back()
        }
        StripButton {
            objectName: "forwardButton"
            symbol: "forward"
            tip: qsTr("Forward to the next view")
            keys: "V, →"
            enabled: toolbar.figure.canGoForward
            onClicked: toolbar.figure.forward()
        }
        ToolSeparator {
            visible: toolbar.width >= 560
        }
        StripButton {
            objectName: "panButton"
            symbol: "pan"
            tip: qsTr("Pan: drag to move, drag with the right button to zoom")
            keys: "P"
            checked: toolbar.figure.tool === FigureItem.Pan
            onClicked: toolbar.figure.tool = checked ? FigureItem.None : FigureItem.Pan
        }
        StripButton {
            objectName: "zoomButton"
            symbol: "zoom"
            tip: qsTr("Zoom to a rectangle; hold X or Y for one axis")
            keys: "O"
            checked: toolbar.figure.tool === FigureItem.Zoom
            onClicked: toolbar.figure.tool = checked ? FigureItem.None : FigureItem.Zoom
        }
        ToolSeparator {
            visible: toolbar.width >= 560
        }
        StripButton {
            objectName: "subplotsButton"
            symbol: "subplots"
            tip: qsTr("Configure subplots")
            onClicked: toolbar.subplotsRequested(this)
        }
        StripButton {
            objectName: "seriesListButton"
            symbol: "list"
            tip: qsTr("List of the curves with their values")
            keys: "F8"
            checkable: true
            checked: toolbar.hasSeriesList
            onClicked: {
                toolbar.listRequested()
                checked = Qt.binding(() => toolbar.hasSeriesList)
            }
        }
        StripButton {
            objectName: "curvesButton"
            symbol: "smooth"
            tip: qsTr("Smoothing, layout, what stands along x")
            onClicked: toolbar.curvesRequested(this)
        }
        StripButton {
            objectName: "saveButton"
            symbol: "save"
            tip: qsTr("Save the figure as PNG, SVG or PDF")
            keys: qsTr("S, Ctrl+S")
            onClicked: toolbar.saveRequested()
        }
        ToolSeparator {
            visible: toolbar.width >= 560
        }
        StripButton {
            objectName: "crosshairButton"
            symbol: "crosshair"
            tip: qsTr("Crosshair: read all curves at the cursor")
            keys: qsTr("Shift+C")
            checkable: true
            checked: toolbar.figure.hasCrosshair
            onToggled: toolbar.figure.hasCrosshair = checked
        }
        StripButton {
            objectName: "gridButton"
            symbol: "grid"
            tip: qsTr("Grid")
            keys: "G"
            checkable: true
            checked: toolbar.figure.hasGrid
            onToggled: toolbar.figure.hasGrid = checked
        }
        StripButton {
            id: followButton
            objectName: "followButton"
            symbol: "follow"
            text: qsTr("Follow")
            tip: qsTr("Follow: keep showing the newest data")
            // It shows its text, so that is not its name.
            Accessible.name: tip
            implicitWidth: implicitContentWidth + 2 * padding
            contentItem: Row {
                spacing: 6
                Symbol {
                    name: followButton.symbol
                    anchors.verticalCenter: parent.verticalCenter
                }
                // No Label, which would be read aloud besides the button.
                Text {
                    visible: toolbar.width >= 620
                    text: followButton.text
                    textFormat: Text.PlainText
                    font: followButton.font
                    color: palette.buttonText
                    anchors.verticalCenter: parent.verticalCenter
                }
            }
            checkable: true
            checked: toolbar.figure.isFollowing
            onToggled: toolbar.figure.isFollowing = checked
        }
        StripButton {
            objectName: "followSpanButton"
            symbol: "down"
            tip: qsTr("How much to show while following")
            onClicked: toolbar.followSpanRequested(this)
        }
        Label {
            objectName: "cursorLabel"
            Layout.fillWidth: true
            horizontalAlignment: Text.AlignRight
            elide: Text.ElideLeft
            font.family: Appearance.fixedFamily
            text: toolbar.figure.cursorText
            textFormat: Text.PlainText
            Accessible.name: qsTr("Place of the cursor: %1").arg(text)
        }
    }
}
