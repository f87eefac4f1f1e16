// A popup that is loaded and made when it is first asked for: the window starts sooner without it, and takes less memory.
import QtQuick

QtObject {
    id: lazy

    // The item that the popup belongs to.
    required property Item host
    // The file beside this one that describes it, and what its properties are set or, by Qt.binding, bound to.
    required property string file
    property var properties: ({})
    // Once, when there is one: the place to connect to its signals.
    signal made(popup: var)
    property var popup: null

    function get() {
        if (!popup) {
            popup = Qt.createComponent(Qt.resolvedUrl(file)).createObject(host, properties)
            made(popup)
        }
        return popup
    }
}
