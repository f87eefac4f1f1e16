// What the program remembers from one start to the next: how things look, and the settings of the sine job.
import QtQuick
import Kymograph

QtObject {
    id: remembered

    required property Job job

    // Restores properties and remembers them from now on; `signalOf` gives the signal that tells of a change.
    function keep(group, object, names, signalOf) {
        for (const name of names) {
            const key = `${group}/${name}`
            let last = Program.remembered(key, object[name])
            // A number below zero stands for one that was never changed.
            if (last < 0)
                last = object[name]
            object[name] = last
            signalOf(name).connect(() => {
                if (object[name] !== last) {
                    last = object[name]
                    Program.remember(key, last)
                }
            })
        }
    }

    function restore() {
        // Of the program alone: it is one for all windows of a process.
        if (Qt.application.name === "kymograph")
            keep("appearance", Appearance, ["theme", "distinction", "paneLines", "notifies", "closing"],
                 (name) => Appearance[name + "Changed"])
        // Flags of the command line win and are not remembered.
        if (Program.isPlain)
            keep("sine", job, ["iterations", "workerMs", "workerBatch", "receiverIterations", "receiverMs", "receiverBatch"],
                 () => job.settingsChanged)
    }
}
