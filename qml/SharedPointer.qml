// Where the pointer stands in the figure that has a crosshair: shown in all others, too.
pragma Singleton

import QtQuick

QtObject {
    // The figure under the pointer; null if there is none.
    property QtObject figure: null
    property real x: NaN
    property bool isTime: false
}
