// The keys that hold in the whole window.
import QtQuick
import Kymograph

Item {
    id: keys

    required property Job job
    signal quitRequested()
    signal closeRequested()
    signal runsRequested()
    signal helpRequested()
    signal menuRequested()
    signal figureWindowRequested()
    signal openRequested()
    signal findRequested()
    signal saveRequested()
    signal tabRequested()
    signal commandRequested()
    signal listRequested()
    // To the right (1) or to the left (-1).
    signal stepRequested(int by)

    Shortcut {
        sequences: [StandardKey.Quit]
        onActivated: keys.quitRequested()
    }
    Shortcut {
        sequences: [StandardKey.Close]
        onActivated: keys.closeRequested()
    }
    Shortcut {
        sequence: "F5"
        enabled: keys.job.canStart
        onActivated: keys.job.start()
    }
    Shortcut {
        sequence: "Shift+F5"
        onActivated: keys.job.stop()
    }
    Shortcut {
        sequence: "F6"
        onActivated: keys.job.togglePause()
    }
    Shortcut {
        sequence: "Ctrl+R"
        onActivated: keys.commandRequested()
    }
    Shortcut {
        sequence: "F8"
        onActivated: keys.listRequested()
    }
    Shortcut {
        sequence: "F9"
        onActivated: keys.runsRequested()
    }
    Shortcut {
        sequence: "F1"
        onActivated: keys.helpRequested()
    }
    Shortcut {
        sequence: "F10"
        onActivated: keys.menuRequested()
    }
    Shortcut {
        sequences: [StandardKey.AddTab]
        onActivated: keys.tabRequested()
    }
    Shortcut {
        sequences: ["Ctrl+Tab", "Ctrl+PgDown"]
        onActivated: keys.stepRequested(1)
    }
    Shortcut {
        sequences: ["Ctrl+Shift+Tab", "Ctrl+PgUp"]
        onActivated: keys.stepRequested(-1)
    }
    Shortcut {
        sequences: [StandardKey.New]
        onActivated: keys.figureWindowRequested()
    }
    Shortcut {
        sequences: [StandardKey.Open]
        onActivated: keys.openRequested()
    }
    Shortcut {
        sequences: [StandardKey.Find]
        onActivated: keys.findRequested()
    }
    Shortcut {
        sequences: [StandardKey.Save]
        onActivated: keys.saveRequested()
    }
}
