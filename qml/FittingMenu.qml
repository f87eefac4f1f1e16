// A menu as wide as its widest entry, in whatever language.
import QtQuick
import QtQuick.Controls
import Kymograph

Menu {
    id: menu

    width: {
        let widest = 120
        for (let i = 0; i < count; ++i)
            widest = Math.max(widest, itemAt(i).implicitWidth)
        return widest + leftPadding + rightPadding
    }
    // Those that open another menu.
    delegate: MenuEntry {}
}
