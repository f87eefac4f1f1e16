// The dialogs and the menu of the window, each made when it is first asked for.
import QtQuick
import Kymograph

QtObject {
    id: dialogs

    // The item over which they stand.
    required property Item host
    // The job that is shown, and the window's own.
    required property Job job
    required property Job ownJob
    required property bool isFullScreen
    // Tells what runs, in words.
    required property var runningName

    signal pathsChosen(var paths)
    signal runRequested(string line, string name, bool hasResources)
    signal queueRequested(string line, string name, bool hasResources)
    signal stopChosen()
    signal leaveChosen()
    signal tabRequested()
    signal figureWindowRequested()
    signal fullScreenRequested()
    signal quitRequested()

    readonly property LazyPopup files: LazyPopup {
        host: dialogs.host
        file: "OpenDialog.qml"
        onMade: (dialog) => dialog.chosen.connect(dialogs.pathsChosen)
    }
    readonly property LazyPopup settings: LazyPopup {
        host: dialogs.host
        file: "JobSettings.qml"
        properties: ({job: dialogs.ownJob})
    }
    readonly property LazyPopup shortcuts: LazyPopup {
        host: dialogs.host
        file: "ShortcutsDialog.qml"
    }
    readonly property LazyPopup details: LazyPopup {
        host: dialogs.host
        file: "DetailsDialog.qml"
        properties: ({text: Qt.binding(() => dialogs.job.errorText)})
    }
    readonly property LazyPopup command: LazyPopup {
        host: dialogs.host
        file: "CommandDialog.qml"
        onMade: (dialog) => {
            dialog.runRequested.connect(dialogs.runRequested)
            dialog.queueRequested.connect(dialogs.queueRequested)
        }
    }
    readonly property LazyPopup rules: LazyPopup {
        host: dialogs.host
        file: "RulesDialog.qml"
        // Qt 6.4 takes no binding of an object among the properties.
        onMade: (dialog) => dialog.job = Qt.binding(() => dialogs.job)
    }
    readonly property LazyPopup closing: LazyPopup {
        host: dialogs.host
        file: "ClosingDialog.qml"
        properties: ({jobName: Qt.binding(() => dialogs.runningName())})
        onMade: (dialog) => {
            dialog.stopChosen.connect(dialogs.stopChosen)
            dialog.leaveChosen.connect(dialogs.leaveChosen)
        }
    }
    readonly property LazyPopup lines: LazyPopup {
        host: dialogs.host
        file: "LinesDialog.qml"
    }
    readonly property LazyPopup about: LazyPopup {
        host: dialogs.host
        file: "AboutDialog.qml"
    }
    readonly property LazyPopup menu: LazyPopup {
        host: dialogs.host
        file: "MainMenu.qml"
        properties: ({isFullScreen: Qt.binding(() => dialogs.isFullScreen)})
        onMade: (menu) => {
            menu.commandRequested.connect(() => dialogs.command.get().open())
            menu.openRequested.connect(() => dialogs.files.get().open())
            menu.tabRequested.connect(dialogs.tabRequested)
            menu.figureWindowRequested.connect(dialogs.figureWindowRequested)
            menu.rulesRequested.connect(() => dialogs.rules.get().open())
            menu.fullScreenRequested.connect(dialogs.fullScreenRequested)
            menu.linesRequested.connect(() => dialogs.lines.get().open())
            menu.shortcutsRequested.connect(() => dialogs.shortcuts.get().open())
            menu.aboutRequested.connect(() => dialogs.about.get().open())
            menu.quitRequested.connect(dialogs.quitRequested)
        }
    }
}
