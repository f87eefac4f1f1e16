// The window in German: its own words, those that come from states and panes, and plural forms.
import QtQuick
import QtQuick.Controls
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        id: test
        name: "German"
        when: windowShown

        readonly property Job job: findChild(main, "job")

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_1_the_window_speaks_german() {
            compare(main.title, "sine · bereit · Kymograph")
            compare(findChild(main, "startButton").text, "Threads &starten")
            const titles = [0, 1, 2].map((pane) => findChild(main, "messagePanes").paneAt(pane).title)
            compare(titles.join(), "Steuerung,Worker,Empfänger")
            compare(findChild(main, "figure").Accessible.name, "Abbildung von sine")
            compare(findChild(main, "figure").emptyHint, "Auf „Starten“ klicken, eine Datei oder einen Ordner hierher ziehen, oder\nkymograph run -- Befehl")
        }

        function test_2_states_are_translated_in_one_place() {
            job.workerMs = 5
            job.receiverMs = 2
            job.start()
            compare(main.stateText, "läuft")
            tryCompare(job, "state", Job.Finished, 8000)
            compare(main.stateText, "fertig")
            compare(Words.state(Job.Stopping), "wird gestoppt")
            // What is recorded is the same in every language.
            verify(findChild(main, "messagePanes").paneAt(0).model.text(0, 0).includes("Worker started"))
        }

        function test_3_plural_forms() {
            const surface = findChild(main, "figure")
            tryVerify(() => surface.Accessible.description.startsWith("Eine Kurve mit ihrem letzten Wert: "))
        }

        function test_4_dialogs_that_are_made_when_asked_for() {
            findChild(main, "figureView").openSaveDialog()
            const field = () => findChild(main, "pathField")
            tryVerify(() => field() && field().visible)
            compare(field().Accessible.name, "Datei zum Speichern")
            keyClick(Qt.Key_Escape)
            tryVerify(() => !field().visible)
        }

        // Nothing is cut off where it is narrowest: every text of the strip has the width that it asks for.
        function test_5_german_words_fit() {
            main.width = main.minimumWidth
            main.height = main.minimumHeight
            const control = findChild(main, "threadControl")
            tryVerify(() => control.width === main.minimumWidth)
            for (const name of ["startButton", "stopButton", "timeLabel"]) {
                const item = findChild(main, name)
                verify(item.width >= item.implicitWidth - 0.5, name + " is " + item.width + " of " + item.implicitWidth)
                const right = item.mapToItem(control, item.width, 0).x
                verify(right <= control.width, name + " ends at " + right)
            }
        }
    }
}
