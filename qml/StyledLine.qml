// A printed line with the colours that its program asked for. The text comes from MessageModel, which escapes all of it.
import QtQuick

Text {
    // Not plain: see above. Nothing in it can be a tag of a stranger's.
    textFormat: Text.StyledText
    wrapMode: Text.WrapAtWordBoundaryOrAnywhere
    maximumLineCount: 40
    elide: Text.ElideRight
}
