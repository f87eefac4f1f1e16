// Runs a job that the program has registered under the name `source`: kymograph::registerJob() in C++,
// kymograph::app::host::register_job in Rust.
import Kymograph

Job {
    kind: Job.Host
}
