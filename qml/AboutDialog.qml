// What the program is.
import QtQuick
import QtQuick.Controls
import Kymograph

Dialog {
    title: qsTr("About Kymograph")
    modal: true
    anchors.centerIn: parent
    width: Math.min(440, parent.width - 24)
    standardButtons: Dialog.Close
    // In an item, so that the height of the wrapped text, which follows from the width, is not asked for while the width
    // is being found.
    contentItem: Item {
        implicitHeight: words.height
        Label {
            id: words
            width: parent.width
            wrapMode: Text.WordWrap
            textFormat: Text.PlainText
            text: qsTr("Kymograph %1\n\nShows long background computations live: their curves, progress and printed output.\n\nLicence: MIT or Apache-2.0").arg(Program.version)
        }
    }
}
