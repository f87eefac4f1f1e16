// Says over the end of a pane how many lines came below; brings one there.
import QtQuick
import QtQuick.Controls

RoundButton {
    property real newLines: 0

    radius: 14
    leftPadding: 12
    rightPadding: 12
    highlighted: true
    text: qsTr("%n new line(s)", "", newLines)
    focusPolicy: Qt.NoFocus
}
