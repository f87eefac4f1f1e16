// Words that several parts of the window share.
pragma Singleton

import QtQuick
import Kymograph

QtObject {
    // What a job or one of its threads is doing.
    function state(state) {
        switch (state) {
        case Job.Waiting:
            return qsTr("waiting")
        case Job.Running:
            return qsTr("running")
        case Job.Paused:
            return qsTr("paused")
        case Job.Stopping:
            return qsTr("stopping")
        case Job.Finished:
            return qsTr("finished")
        case Job.Failed:
            return qsTr("failed")
        default:
            return qsTr("ready")
        }
    }

    // How a job ended.
    function endTitle(job) {
        return job.state === Job.Failed ? qsTr("%1 failed").arg(job.name)
             : job.exitCode !== 0 ? qsTr("%1 ended with %2").arg(job.name).arg(job.exitCode)
             : qsTr("%1 finished").arg(job.name)
    }
    // What came of it.
    function endText(job) {
        return job.state === Job.Failed ? job.errorText
             : job.summary !== "" ? job.summary : qsTr("It took %1.").arg(job.elapsed)
    }

    // How a recorded run stands.
    function runState(state) {
        switch (state) {
        case RunModel.Running:
            return qsTr("running")
        case RunModel.Finished:
            return qsTr("finished")
        case RunModel.Failed:
            return qsTr("failed")
        case RunModel.Stopped:
            return qsTr("stopped")
        default:
            return qsTr("interrupted")
        }
    }

    // How long ago something was.
    function age(secs) {
        if (secs < 60)
            return qsTr("just now")
        if (secs < 3600)
            return qsTr("%n min ago", "", Math.floor(secs / 60))
        if (secs < 86400)
            return qsTr("%n h ago", "", Math.floor(secs / 3600))
        return qsTr("%n d ago", "", Math.floor(secs / 86400))
    }

    // A text without the mark of its key: before Qt 6.8 that would be read aloud.
    function plain(text) {
        return text.replace(/&(.)/g, "$1")
    }

    // Title of a message pane.
    function pane(kind) {
        switch (kind) {
        case Job.Worker:
            return qsTr("Worker")
        case Job.Receiver:
            return qsTr("Receiver")
        case Job.Output:
            return qsTr("Output")
        case Job.ErrorOutput:
            return qsTr("Error output")
        default:
            return qsTr("Control")
        }
    }
}
