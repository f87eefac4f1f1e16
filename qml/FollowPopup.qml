// How much of the data a view that follows shows.
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
    onAboutToShow: {
        if (figure.followSamples > 0)
            samples.text = figure.followSamples
        if (figure.followX > 0)
            span.text = figure.followX
    }

    // The number in a field, or 0.
    function numberOf(field) {
        const value = Number(field.text)
        return isFinite(value) && value > 0 ? value : 0
    }

    contentItem: GridLayout {
        columns: 2
        columnSpacing: 12
        RadioButton {
            objectName: "followAll"
            Layout.columnSpan: 2
            text: qsTr("All data")
            checked: popup.figure.followSamples === 0 && popup.figure.followX === 0
            onClicked: popup.figure.followX = 0
        }
        RadioButton {
            id: bySamples
            objectName: "followSamples"
            text: qsTr("The last samples:")
            checked: popup.figure.followSamples > 0
            onClicked: popup.figure.followSamples = popup.numberOf(samples)
        }
        TextField {
            id: samples
            objectName: "followSamplesField"
            Layout.preferredWidth: 110
            text: "1000"
            selectByMouse: true
            validator: RegularExpressionValidator { regularExpression: /[1-9][0-9]{0,12}/ }
            Accessible.name: bySamples.text
            onEditingFinished: popup.figure.followSamples = popup.numberOf(samples)
        }
        RadioButton {
            id: bySpan
            objectName: "followSpan"
            text: qsTr("The last of x (seconds, steps, …):")
            checked: popup.figure.followX > 0
            onClicked: popup.figure.followX = popup.numberOf(span)
        }
        TextField {
            id: span
            objectName: "followSpanField"
            Layout.preferredWidth: 110
            text: "60"
            selectByMouse: true
            validator: RegularExpressionValidator { regularExpression: /[0-9]{0,12}[.]?[0-9]{0,9}([eE][-+]?[0-9]{1,2})?/ }
            Accessible.name: bySpan.text
            onEditingFinished: popup.figure.followX = popup.numberOf(span)
        }
    }
}
