// A window in the colours of the theme that was chosen, or in those of the system, which it follows at run time.
import QtQuick
import QtQuick.Controls
import Kymograph

ApplicationWindow {
    id: window

    readonly property Palette forced: Appearance.forced

    property bool isForced: false

    // `undefined` gives the palette back to the system; Qt 6.4 does not survive that while the window is made.
    onForcedChanged: {
        if (forced || isForced)
            palette = forced ?? undefined
        isForced = forced !== null
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
