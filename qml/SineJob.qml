// The built-in sine job, for trying things out: 20 sine curves, each half a period longer than the one before, in 2 s. Its
// settings are the properties iterations, workerMs, workerBatch, receiverIterations, receiverMs and receiverBatch of Job.
import Kymograph

Job {
    kind: Job.Sine
}
