// A window in the colours of the theme that was chosen, or in those of the system, which it follows at run time.
import QtQuick
import QtQuick.Controls
import Kymograph

ApplicationWindow {
    id: window

    readonly property var forced: Appearance.forced
    property bool isForced: false

    // At the start most often nothing: each role that is set goes through all items.
    onForcedChanged: {
        if (!forced && !isForced)
            return
        isForced = forced !== null
        for (const role in Appearance.lightColors) {
            // `undefined` gives a role back to the system.
            palette[role] = forced ? forced[role] : undefined
        }
    }
    color: palette.window

    function comeForward() {
        if (visibility === Window.Minimized)
            showNormal()
        else
            show()
        // Wayland has no such thing and says so.
        if (Qt.platform.pluginName === "xcb")
            raise()
        requestActivate()
    }
    function toggleFullScreen() {
        visibility = visibility === Window.FullScreen ? Window.Windowed : Window.FullScreen
    }

    Shortcut {
        sequence: "F11"
        onActivated: window.toggleFullScreen()
    }
}
