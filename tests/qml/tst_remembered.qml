// What is remembered from one start to the next: values of the kind that is asked for, and changes as they come.
import QtQuick
import QtTest
import Kymograph

Item {
    Job {
        id: job
    }
    QtObject {
        id: thing
        property int size: 3
        property bool isOn: false
        property string name: "a"
        property int untouched: 9
    }
    Remembered {
        id: remembered
        job: job
    }

    TestCase {
        name: "Remembered"

        function test_a_value_has_the_type_of_its_fallback() {
            Program.remember("test/text", "12")
            compare(Program.remembered("test/text", 5), 12)
            compare(Program.remembered("test/text", "none"), "12")
            Program.remember("test/text", "twelve")
            compare(Program.remembered("test/text", 5), 5)
            compare(Program.remembered("test/missing", 5), 5)
            compare(Program.remembered("test/missing", undefined), undefined)
            Program.remember("test/text", "true")
            compare(Program.remembered("test/text", false), true)
        }

        function test_properties_are_restored_and_changes_remembered() {
            Program.remember("thing/size", "7")
            Program.remember("thing/isOn", "true")
            // Below zero: never changed.
            Program.remember("thing/untouched", -1)
            remembered.keep("thing", thing, ["size", "isOn", "name", "untouched"], (name) => thing[name + "Changed"])
            compare([thing.size, thing.isOn, thing.name, thing.untouched], [7, true, "a", 9])
            compare(Program.remembered("thing/name", "nothing"), "nothing")
            thing.name = "b"
            thing.size = 8
            compare(Program.remembered("thing/name", "nothing"), "b")
            compare(Program.remembered("thing/size", 0), 8)
            thing.size = 7
            compare(Program.remembered("thing/size", 0), 7)
        }
    }
}
