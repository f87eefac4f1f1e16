//! The built-in job `sine`: its source and its refinement put together with the pace of its receiver.

use std::time::Duration;

use super::receiver::ReceiverPlan;
use super::spec::JobSpec;
use crate::source::sine::{SineOptions, SineRefine, SineSource, random_seed};

/// The job `sine`, with random colours.
#[must_use]
pub fn spec(options: SineOptions) -> JobSpec {
    spec_with_seed(options, random_seed())
}

/// The job `sine` with the same colours for the same `seed`.
#[must_use]
pub fn spec_with_seed(options: SineOptions, seed: u64) -> JobSpec {
    // A zero interval would mean "as it comes"; the sine receiver always keeps its own pace.
    let interval = Duration::from_millis(options.receiver_ms.max(1));
    JobSpec::new("sine", SineSource::new(options))
        .with_refine(SineRefine::new(options.receiver_batch, seed))
        .with_receiver(ReceiverPlan { iterations: options.receiver_iterations, interval })
}
