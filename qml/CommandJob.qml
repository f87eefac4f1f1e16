// Runs a command as a job: `program`, found as a shell would, with `arguments`; numbers in its output become series.
import Kymograph

Job {
    kind: Job.Command
}
