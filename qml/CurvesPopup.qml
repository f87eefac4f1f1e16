// How the curves are looked at: smoothed, over what, on which axis.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Popup {
    id: popup

    required property FigureItem figure
    property var curves: []
    // Asks for the file that a layout is saved to or loaded from.
    signal layoutRequested(bool saves)

    function openAt(anchor) {
        const at = anchor.mapToItem(parent, 0, anchor.height)
        x = Math.max(4, Math.min(at.x, parent.width - width - 4))
        y = at.y
        open()
    }

    padding: 12
    focus: true
    width: 320
    height: Math.min(implicitHeight, parent.height - y - 8)
    enter: Transition { NumberAnimation { property: "opacity"; from: 0; to: 1; duration: 120 } }
    exit: Transition { NumberAnimation { property: "opacity"; to: 0; duration: 120 } }
    onAboutToShow: curves = figure.listCurves()

    contentItem: ColumnLayout {
        spacing: Appearance.spacing

        RowLayout {
            Button {
                objectName: "loadLayoutButton"
                flat: true
                text: qsTr("&Load layout…")
                Accessible.name: Words.plain(text)
                onClicked: {
                    popup.close()
                    popup.layoutRequested(false)
                }
            }
            Button {
                objectName: "saveLayoutButton"
                flat: true
                text: qsTr("Sa&ve layout…")
                Accessible.name: Words.plain(text)
                onClicked: {
                    popup.close()
                    popup.layoutRequested(true)
                }
            }
        }
        GridLayout {
            columns: 3
            columnSpacing: 8
            Label {
                text: qsTr("Smoothing")
                textFormat: Text.PlainText
            }
            Slider {
                id: weight
                objectName: "smoothingSlider"
                Layout.fillWidth: true
                from: 0
                to: 0.999
                stepSize: 0.01
                value: popup.figure.smoothing
                onMoved: popup.figure.smoothing = value
                Accessible.name: qsTr("Smoothing")
                readonly property bool wantsTip: hovered && !pressed
                onWantsTipChanged: Appearance.showTip(this, wantsTip, qsTr("Exponential average without bias, as in TensorBoard; the curve as measured stays behind it"))
            }
            Label {
                Layout.preferredWidth: 40
                horizontalAlignment: Text.AlignRight
                font.family: Appearance.fixedFamily
                text: popup.figure.smoothing.toFixed(2)
                textFormat: Text.PlainText
            }
            Label {
                text: qsTr("Median of")
                textFormat: Text.PlainText
            }
            SpinBox {
                objectName: "medianBox"
                Layout.fillWidth: true
                from: 1
                to: 1001
                stepSize: 2
                editable: true
                value: Math.max(1, popup.figure.medianWindow)
                onValueModified: popup.figure.medianWindow = value > 1 ? value : 0
                Accessible.name: qsTr("Samples of the running median; 1 for none")
            }
            Label {
                text: qsTr("samples")
                textFormat: Text.PlainText
            }
            Label {
                text: qsTr("Along x")
                textFormat: Text.PlainText
            }
            ComboBox {
                objectName: "xModeBox"
                Layout.columnSpan: 2
                Layout.fillWidth: true
                model: [qsTr("Step, or what the curves have"), qsTr("Time since the start"), qsTr("Time of day")]
                currentIndex: popup.figure.xMode
                onActivated: (index) => popup.figure.xMode = index
                Accessible.name: qsTr("What stands along x")
            }
        }
        CheckBox {
            objectName: "linkBox"
            text: qsTr("All subplots show the same part of x")
            checked: popup.figure.hasLinkedX
            onToggled: popup.figure.hasLinkedX = checked
            Accessible.name: text
        }
        RowLayout {
            visible: popup.curves.length > 0
            Label {
                Layout.fillWidth: true
                text: qsTr("Curves")
                textFormat: Text.PlainText
                font.bold: true
            }
            Label {
                text: qsTr("Right-hand axis")
                textFormat: Text.PlainText
                color: Qt.alpha(palette.windowText, 0.75)
            }
        }
        ListView {
            id: list
            objectName: "curveList"
            Layout.fillWidth: true
            Layout.fillHeight: true
            implicitHeight: Math.min(contentHeight, 240)
            clip: true
            model: popup.curves
            boundsBehavior: Flickable.StopAtBounds
            ScrollBar.vertical: ScrollBar {}
            delegate: RowLayout {
                id: row
                required property int index
                required property string modelData
                width: ListView.view.width
                spacing: 0
                CheckBox {
                    checked: popup.figure.isCurveVisible(row.index)
                    onToggled: popup.figure.setCurveVisible(row.index, checked)
                    Accessible.name: qsTr("Show %1").arg(row.modelData)
                }
                Label {
                    Layout.fillWidth: true
                    text: row.modelData
                    textFormat: Text.PlainText
                    elide: Text.ElideRight
                }
                CheckBox {
                    Layout.rightMargin: 34
                    checked: popup.figure.isCurveRight(row.index)
                    onToggled: popup.figure.setCurveRight(row.index, checked)
                    Accessible.name: qsTr("%1 on the right-hand axis").arg(row.modelData)
                    readonly property bool wantsTip: hovered || visualFocus
                    onWantsTipChanged: Appearance.showTip(this, wantsTip, qsTr("On the right-hand axis"))
                }
            }
        }
    }
}
