// Says over the end of a pane how many lines came below; brings one there.
import QtQuick
import QtQuick.Controls

RoundButton {
    property real newLines: 0

    radius: 14
    leftPadding: 12
    rightPadding: 12
    highlighted: true
    text: newLines === 1 ? qsTr("One new line") : qsTr("%n new lines", "", newLines)
    focusPolicy: Qt.NoFocus
}
