// names-hostile: markup, bidi and control characters in output and names are shown as text; nothing is fetched.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "NamesHostile"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        function test_literal_text() {
            const job = findChild(main, "job")
            job.start()
            tryCompare(job, "state", Job.Finished, 10000)
            const output = findChild(main, "messagePanes").paneAt(1).model
            tryVerify(() => output.count >= 5)
            const text = output.text(0, output.count - 1)
            verify(text.includes("<img src="), text)
            // No control or direction character reaches the screen as such.
            for (const character of text.replace(/[\n\t]/g, ""))
                verify(!/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(character), escape(text))
            wait(200)
        }
    }
}
