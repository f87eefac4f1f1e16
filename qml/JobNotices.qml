// What is wrong with the job that is shown: why it failed, why nothing is recorded.
import QtQuick
import QtQuick.Layouts
import Kymograph

ColumnLayout {
    id: notices

    required property Job job
    // The failure that was seen; empty again when a job is started.
    property string seenError: ""
    signal detailsRequested()

    spacing: 0
    // Layouts in layouts take all the room there is, if not told otherwise.
    Layout.fillHeight: false

    NoticeBar {
        objectName: "errorBar"
        Layout.fillWidth: true
        visible: notices.job.errorText !== "" && notices.job.errorText !== notices.seenError
        text: notices.job.errorText
        onDetailsRequested: notices.detailsRequested()
        onDismissed: notices.seenError = notices.job.errorText
    }
    // For as long as that is so.
    NoticeBar {
        objectName: "recordingBar"
        property string seen
        Layout.fillWidth: true
        visible: notices.job.recordingTrouble !== "" && seen !== notices.job.recordingTrouble
        text: notices.job.recordingTrouble === "" ? ""
            : notices.job.recordingResumes
            ? qsTr("Nothing is recorded at present: %1. The job goes on; recording begins by itself.").arg(notices.job.recordingTrouble)
            : qsTr("Not all of this run is recorded: %1").arg(notices.job.recordingTrouble)
        onDismissed: seen = notices.job.recordingTrouble
    }
}
