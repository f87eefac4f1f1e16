// Small and large windows, light and dark: nothing is clipped, panes become tabs, dialogs open.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "Layouts"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_sizes_data() {
            return [{ tag: "least", width: 480, height: 360 }, { tag: "usual", width: 960, height: 800 },
                    { tag: "large", width: 1600, height: 1000 }]
        }
        function test_sizes(data) {
            main.width = data.width
            main.height = data.height
            wait(150)
            const header = main.header
            for (const name of ["startButton", "stopButton", "pauseButton"]) {
                const button = findChild(header, name)
                const at = button.mapToItem(header, button.width, button.height)
                verify(at.x <= header.width && at.y <= header.height, name + " ends at " + at)
            }
            const figure = findChild(main, "figure")
            verify(figure.height >= 60, "figure " + figure.height)
            const panes = [0, 1, 2].map((i) => findChild(main, "messagePanes").paneAt(i)).filter((pane) => pane.visible)
            compare(panes.length, data.width < 640 ? 1 : 3)
            panes.forEach((pane) => verify(pane.width >= 120))
        }

        function test_themes() {
            const figure = findChild(main, "figure")
            const systemHighlight = String(main.palette.highlight)
            Appearance.theme = "dark"
            verify(String(main.palette.highlight) !== systemHighlight)
            tryVerify(() => figure.backgroundColor.hslLightness < 0.3)
            Appearance.theme = "light"
            tryVerify(() => figure.backgroundColor.hslLightness > 0.9)
            compare(String(main.palette.disabled.buttonText), "#a3a8ad")
            Appearance.theme = "system"
            compare(String(main.palette.highlight), systemHighlight)
        }

        function test_dialogs_open_and_escape() {
            const help = main.services().dialogs.shortcuts
            keyClick(Qt.Key_F1)
            tryVerify(() => help.popup !== null && help.popup.opened)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !help.popup.opened)
            const settings = findChild(main.header, "settingsButton")
            mouseClick(settings)
            wait(200)
            keyClick(Qt.Key_Escape)
            wait(200)
            verify(main.visible)
        }
    }
}
