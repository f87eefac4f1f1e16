// A bundled symbol, in the colour of the text around it.
import QtQuick
import Kymograph

Image {
    id: image

    // Its name; none shows nothing.
    required property string name
    property color ink: palette.buttonText
    property int side: Appearance.iconSize

    readonly property real sidePx: side * Screen.devicePixelRatio

    // Its own size is that of its pixels.
    width: side
    height: side
    source: name === "" ? "" : Program.tintedSymbol(name, ink)
    sourceSize.width: sidePx
    sourceSize.height: sidePx
    fillMode: Image.PreserveAspectFit
}
