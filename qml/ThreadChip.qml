// The state of one thread in a word and a shape: a disc while it runs, a ring while it does not, and how far it is.
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Kymograph

RowLayout {
    id: chip

    required property string title
    required property int threadState
    required property string progressText

    readonly property bool isRunning: threadState === Job.Running
    readonly property bool isFailed: threadState === Job.Failed

    spacing: 6
    // Says all of it at once: its parts are left out.
    Accessible.role: Accessible.StaticText
    Accessible.name: progressText === "" ? qsTr("%1: %2").arg(title).arg(Words.state(threadState))
                                         : qsTr("%1: %2 %3").arg(title).arg(Words.state(threadState)).arg(progressText)

    Rectangle {
        implicitWidth: 10
        implicitHeight: 10
        // A square for what failed, a disc for the rest: told apart without colour.
        radius: chip.isFailed ? 1 : 5
        color: chip.isRunning ? palette.highlight : chip.isFailed ? Appearance.errorColor(palette.window) : "transparent"
        border.width: 1.5
        border.color: chip.isRunning ? palette.highlight
                    : chip.isFailed ? Appearance.errorColor(palette.window) : Qt.alpha(palette.windowText, 0.6)
    }
    Label {
        textFormat: Text.PlainText
        text: chip.title
        elide: Text.ElideRight
        Layout.maximumWidth: 160
        Accessible.ignored: true
    }
    Label {
        text: chip.progressText === "" ? Words.state(chip.threadState) : chip.progressText
        font.family: Appearance.fixedFamily
        color: Qt.alpha(palette.windowText, 0.75)
        textFormat: Text.PlainText
        Accessible.ignored: true
    }

    HoverHandler {
        id: hover
    }
    ToolTip.visible: hover.hovered
    ToolTip.delay: 600
    ToolTip.text: Accessible.name
}
