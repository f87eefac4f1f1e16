// Light or dark, and the few sizes and colours that the palette does not have. One for the whole program.
pragma Singleton

import QtQuick
import QtQuick.Controls

QtObject {
    id: appearance

    // What the person chose: "system", "light" or "dark".
    property string theme: "system"

    // What curves differ by besides their colours: a `FigureItem.Distinction`, at first `ColorOnly`. A number, because
    // two singletons of a module that both import it would need each other.
    property int distinction: 0

    // Whether the end of a job is told when its window is not in use.
    property bool notifies: true

    // What becomes of a command that runs when its window is closed: "ask", "leave" or "stop".
    property string closing: "ask"

    // Lines that each message pane keeps.
    property int paneLines: 10000

    // Height of the strips of buttons, and the distance between things, in pixels.
    readonly property int stripHeight: 44
    readonly property int spacing: 8
    readonly property int iconSize: 16

    // The family of time stamps, read-outs and messages.
    readonly property string fixedFamily: "monospace"

    // The palette of a theme that was chosen; null while the system's holds.
    readonly property Palette forced: theme === "light" ? light.createObject(appearance) as Palette
                                    : theme === "dark" ? dark.createObject(appearance) as Palette : null
    readonly property Component light: Component {
        Palette {
            window: "#eff0f1"
            windowText: "#232629"
            base: "#ffffff"
            alternateBase: "#f7f7f7"
            text: "#232629"
            button: "#fcfcfc"
            buttonText: "#232629"
            highlight: "#2a7ab0"
            highlightedText: "#ffffff"
            mid: "#bdc0c3"
            midlight: "#e3e5e7"
            dark: "#888e93"
            light: "#ffffff"
            shadow: "#474a4c"
            toolTipBase: "#f7f7f7"
            toolTipText: "#232629"
            placeholderText: "#707d8a"
            link: "#2980b9"
            disabled {
                windowText: "#a3a8ad"
                text: "#a3a8ad"
                buttonText: "#a3a8ad"
            }
        }
    }
    readonly property Component dark: Component {
        Palette {
            window: "#2a2e32"
            windowText: "#fcfcfc"
            base: "#1b1e20"
            alternateBase: "#232629"
            text: "#fcfcfc"
            button: "#31363b"
            buttonText: "#fcfcfc"
            highlight: "#3a87b8"
            highlightedText: "#ffffff"
            mid: "#4d5257"
            midlight: "#3d4247"
            dark: "#141618"
            light: "#464b50"
            shadow: "#0f1012"
            toolTipBase: "#31363b"
            toolTipText: "#fcfcfc"
            placeholderText: "#a1a9b1"
            link: "#1d99f3"
            disabled {
                windowText: "#70767c"
                text: "#70767c"
                buttonText: "#70767c"
            }
        }
    }

    // Whether `color`, a background, is a dark one.
    function isDark(color) {
        return 0.299 * color.r + 0.587 * color.g + 0.114 * color.b < 0.5
    }

    // Colours of warnings and errors on a background that is dark or not; both have a contrast above 4.5.
    function warningColor(background) {
        return isDark(background) ? "#f6b73c" : "#8f5902"
    }
    function errorColor(background) {
        return isDark(background) ? "#ff8080" : "#b3261e"
    }

    // Shows the tooltip of an item, or hides it. What a tooltip takes is attached to the item when it is first wanted.
    function showTip(item, isWanted, text) {
        item.ToolTip.text = text
        item.ToolTip.delay = 600
        item.ToolTip.visible = isWanted
    }

    // A system without any font would show a window without words; the only font that is there then serves all families.
    readonly property FontLoader bundled: FontLoader {
        source: Qt.fontFamilies().length > 0 ? "" : "qrc:/qt/qml/Kymograph/assets/fonts/DejaVuSans-subset.ttf"
    }
}
