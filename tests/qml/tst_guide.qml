// The QML of docs/embedding.md that is not part of its program: it loads.
import QtQuick
import QtTest
import Kymograph

Item {
    id: root

    width: 600
    height: 600

    TestCase {
        name: "Guide"
        when: windowShown

        function guide() {
            const request = new XMLHttpRequest()
            request.open("GET", Qt.resolvedUrl("../../docs/embedding.md"), false)
            request.send()
            return request.responseText
        }

        function test_the_job_of_the_guide_loads() {
            const block = /`Newton\.qml`:\n\n```qml\n([^]*?)```/.exec(guide())
            verify(block !== null, "the guide has a Newton.qml")
            const column = Qt.createQmlObject(block[1], root, "Newton.qml")
            verify(column !== null)
            column.width = root.width
            const button = column.children[0]
            compare(button.text, "Start")
            mouseClick(button)
            tryCompare(button, "text", "Start")
        }
    }
}
