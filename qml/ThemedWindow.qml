// A window in the colours of the theme that was chosen, or in those of the system, which it follows at run time.
import QtQuick
import QtQuick.Controls
import Kymograph

ApplicationWindow {
    id: window

    readonly property var forced: Appearance.forced

    // `undefined` gives a role back to the system.
    palette.window: forced ? forced.window : undefined
    palette.windowText: forced ? forced.windowText : undefined
    palette.base: forced ? forced.base : undefined
    palette.alternateBase: forced ? forced.alternateBase : undefined
    palette.text: forced ? forced.text : undefined
    palette.button: forced ? forced.button : undefined
    palette.buttonText: forced ? forced.buttonText : undefined
    palette.highlight: forced ? forced.highlight : undefined
    palette.highlightedText: forced ? forced.highlightedText : undefined
    palette.mid: forced ? forced.mid : undefined
    palette.midlight: forced ? forced.midlight : undefined
    palette.dark: forced ? forced.dark : undefined
    palette.light: forced ? forced.light : undefined
    palette.shadow: forced ? forced.shadow : undefined
    palette.toolTipBase: forced ? forced.toolTipBase : undefined
    palette.toolTipText: forced ? forced.toolTipText : undefined
    palette.placeholderText: forced ? forced.placeholderText : undefined
    palette.link: forced ? forced.link : undefined
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
