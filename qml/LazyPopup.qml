// A popup that is made when it is first asked for: the window starts sooner without it.
import QtQuick

QtObject {
    id: lazy

    // The item that the popup belongs to.
    required property Item host
    // Describes the popup.
    default property Component component
    property var popup: null

    function get() {
        if (!popup)
            popup = component.createObject(host)
        return popup
    }
}
