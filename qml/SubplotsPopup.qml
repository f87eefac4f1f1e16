// Margins and distances of the subplots, and how the series are spread over them.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

Popup {
    id: popup

    required property FigureItem figure

    function openAt(anchor) {
        const at = anchor.mapToItem(parent, 0, anchor.height)
        x = Math.max(4, Math.min(at.x, parent.width - width - 4))
        y = at.y
        open()
    }

    padding: 12
    focus: true
    enter: Transition { NumberAnimation { property: "opacity"; from: 0; to: 1; duration: 120 } }
    exit: Transition { NumberAnimation { property: "opacity"; to: 0; duration: 120 } }

    component Distance: RowLayout {
        id: distance
        property string title
        property real value
        // -1 is tight: as little as the labels need.
        signal edited(real value)
        Label {
            textFormat: Text.PlainText
            text: distance.title
            Layout.fillWidth: true
        }
        SpinBox {
            from: -1
            to: 400
            value: Math.round(distance.value)
            editable: true
            textFromValue: (value) => value < 0 ? qsTr("tight") : qsTr("%1 px").arg(value)
            valueFromText: (text) => isNaN(parseInt(text)) ? -1 : parseInt(text)
            validator: RegularExpressionValidator { regularExpression: /.*/ }
            onValueModified: distance.edited(value)
            Accessible.name: distance.title
        }
    }

    contentItem: ColumnLayout {
        spacing: 6
        Label {
            text: qsTr("Configure subplots")
            font.weight: Font.DemiBold
        }
        CheckBox {
            text: qsTr("One subplot for each series")
            checked: popup.figure.isSeparate
            onToggled: popup.figure.isSeparate = checked
        }
        CheckBox {
            text: qsTr("Legend")
            checked: popup.figure.hasLegend
            onToggled: popup.figure.hasLegend = checked
        }
        CheckBox {
            text: qsTr("Logarithmic x axis (K)")
            checked: popup.figure.isLogX
            onToggled: popup.figure.toggleLogX()
        }
        CheckBox {
            text: qsTr("Logarithmic y axis (L)")
            checked: popup.figure.isLogY
            onToggled: popup.figure.toggleLogY()
        }
        MenuSeparator {
            Layout.fillWidth: true
        }
        Distance {
            title: qsTr("Left margin")
            value: popup.figure.leftMargin
            onEdited: (value) => popup.figure.leftMargin = value
        }
        Distance {
            title: qsTr("Right margin")
            value: popup.figure.rightMargin
            onEdited: (value) => popup.figure.rightMargin = value
        }
        Distance {
            title: qsTr("Top margin")
            value: popup.figure.topMargin
            onEdited: (value) => popup.figure.topMargin = value
        }
        Distance {
            title: qsTr("Bottom margin")
            value: popup.figure.bottomMargin
            onEdited: (value) => popup.figure.bottomMargin = value
        }
        Distance {
            title: qsTr("Between rows")
            value: popup.figure.rowGap
            onEdited: (value) => popup.figure.rowGap = value
        }
        Distance {
            title: qsTr("Between columns")
            value: popup.figure.columnGap
            onEdited: (value) => popup.figure.columnGap = value
        }
        Button {
            text: qsTr("&Tight layout")
            Accessible.name: Words.plain(text)
            Layout.alignment: Qt.AlignRight
            onClicked: popup.figure.makeTight()
        }
    }
}
