//! The flags that say how a command is watched.

use std::time::Duration;

use clap::{ArgAction, Args};

use crate::job::sweep::SweepAxis;
use crate::job::watch::{Rule, parse_duration, parse_size};

/// How a command is watched besides being shown.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Watching")]
pub struct WatchArgs {
    /// Stop the command when it has run for DURATION, such as 90s or 1h30m, without its pauses; the status is then 124
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub max_time: Option<Duration>,
    /// Warn, and notify, when it has run for DURATION
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub warn_time: Option<Duration>,
    /// Stop the command when all its processes together use more than SIZE of memory, such as 8GiB; the status is then 137
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_memory: Option<u64>,
    /// Warn, and notify, when they use more than SIZE
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub warn_memory: Option<u64>,
    /// Do something when a series or the command behaves as told: `loss is nan: stop`, `loss > 10 for 5: notify`,
    /// `acc >= 0.95: notify, stop`, `silent 10m: pause`, `loss silent 5m: notify`, `end: notify`, `fail: notify`. May be
    /// given again. Names of series may have `*` and `?`, and quotes
    #[arg(long = "rule", value_name = "RULE", action = ArgAction::Append)]
    pub rules: Vec<Rule>,
    /// Show what its processes use as curves: CPU, memory, processes and threads, input and output, NVIDIA GPUs
    #[arg(long)]
    pub resources: bool,
    /// Note a setting in the description of the run; may be given again
    #[arg(long, value_name = "NAME=VALUE", action = ArgAction::Append, value_parser = parse_setting)]
    pub config: Vec<(String, String)>,
}

/// How a command is run many times.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Sweeps and the queue")]
pub struct SweepArgs {
    /// Run the command for each value, which takes the place of {NAME} in it: `lr=0.1,0.01`, `x=0..1:5`,
    /// `lr=1e-4..1e-1:4log`. Given again, for each combination. `{{` and `}}` are then braces
    #[arg(long = "sweep", value_name = "NAME=VALUES", action = ArgAction::Append)]
    pub axes: Vec<SweepAxis>,
    /// Runs at a time, of the sweep or of the queue [default: 1, or what the queue was told before]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// End the rest when a run fails
    #[arg(long, requires = "axes")]
    pub fail_fast: bool,
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE, such as lr=0.1".to_owned()),
    }
}
