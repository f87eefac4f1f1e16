// The settings of the sine job, remembered; flags of the command line win and are not.
import QtQuick
import Qt.labs.settings
import Kymograph

QtObject {
    id: settings

    required property Job job
    // Whether changes are remembered.
    property bool keeps: false
    readonly property var names: ["iterations", "workerMs", "workerBatch", "receiverIterations", "receiverMs", "receiverBatch"]

    function restore() {
        for (const name of names) {
            if (kept[name] >= 0)
                job[name] = kept[name]
        }
        keeps = true
    }

    // Apart, because all properties of such an object are written down.
    readonly property Settings kept: Settings {
        category: "sine"
        // -1: never changed, so the job's own default holds.
        property int iterations: -1
        property int workerMs: -1
        property int workerBatch: -1
        property int receiverIterations: -1
        property int receiverMs: -1
        property int receiverBatch: -1
    }
    readonly property Connections watch: Connections {
        target: settings.job
        enabled: settings.keeps
        function onSettingsChanged() {
            settings.names.forEach((name) => settings.kept[name] = settings.job[name])
        }
    }
}
