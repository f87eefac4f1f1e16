//! The command line: what people type becomes plain data. Decides nothing else.

mod watch;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::figure::Distinction;
use crate::job::watch::Rule;
use crate::source::sine::SineOptions;

pub use watch::{SweepArgs, WatchArgs};

/// Shows long background computations live: their curves, progress and printed output.
///
/// Without a command the window opens with the built-in sine job, ready to be started.
#[derive(Debug, Parser)]
#[command(name = "kymograph", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What holds for every command.
    #[command(flatten)]
    pub global: GlobalArgs,
}

/// What holds for every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct GlobalArgs {
    /// No window: messages and a progress bar in the terminal
    #[arg(long, global = true)]
    pub headless: bool,

    /// Write the figure to PATH (.png, .svg, .pdf) when the job has ended
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub save: Option<PathBuf>,

    /// Lay the figure out as a session file says: which series stand where, and how they look
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub layout: Option<PathBuf>,

    /// Start the job at once
    #[arg(long, global = true)]
    pub autostart: bool,

    /// Close the window when the job has ended
    #[arg(long, global = true)]
    pub quit_when_done: bool,

    /// Open a window of its own, even if one is open that shows the same
    #[arg(long, global = true)]
    pub new_window: bool,

    /// Where runs are kept [default: $KYMOGRAPH_DATA_DIR, else $XDG_DATA_HOME/kymograph]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,

    /// Samples kept in memory before the oldest are read back from disk, in MiB [default: a quarter of the memory]
    #[arg(long, global = true, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..))]
    pub memory: Option<u32>,

    /// How much the program says of itself on standard error
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn", ignore_case = true, value_parser = log_levels())]
    pub log: log::LevelFilter,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The built-in sine job: a worker sends sine curves, a receiver colours them
    Sine(SineArgs),
    /// Run a command as a job and watch it: its output, and the numbers in it as curves
    #[command(override_usage = "kymograph run [OPTIONS] -- <CMD> [ARGS]…")]
    Run(RunArgs),
    /// Look at a run that goes on elsewhere, with all that it has said and made so far
    Attach(AttachArgs),
    /// End a run that goes on without a window, or elsewhere; take a command out of the queue
    Stop(StopArgs),
    /// Follow files and folders that other programs write: tables, JSON lines, TensorBoard, MLflow, logs
    Follow(FollowArgs),
    /// Draw a file of numbers, or a recorded run, without a window
    Render(RenderArgs),
    /// Write the data of a file of numbers, or of a recorded run, at full resolution
    Export(ExportArgs),
    /// Show recorded runs as they were live
    Open(OpenArgs),
    /// List what waits in the queue, and the recorded runs, the newest first
    Ls(LsArgs),
    /// Remove recorded runs; take commands out of the queue
    Rm(RmArgs),
    /// Wait for programs that want a window
    Serve(ServeArgs),
    /// Show what comes through the connection that is the standard input
    #[command(hide = true)]
    Client,
    /// Run a command for those who look at it through its run
    #[command(hide = true)]
    Supervise(SuperviseArgs),
    /// Start the commands that wait, one after the other
    #[command(hide = true)]
    Queue(QueueArgs),
    /// Write what an installation has beside the program
    #[command(hide = true)]
    Generate(GenerateArgs),
}

/// Settings of the sine job.
#[derive(Debug, Args)]
pub struct SineArgs {
    /// Sine objects that the worker sends; 0 for no end
    #[arg(long, value_name = "N", default_value_t = SineOptions::default().iterations)]
    pub iterations: u64,
    /// Milliseconds between two of them
    #[arg(long, value_name = "N", default_value_t = SineOptions::default().worker_ms)]
    pub worker_ms: u64,
    /// Times that the receiver looks for one; 0 for no end
    #[arg(long, value_name = "N", default_value_t = SineOptions::default().receiver_iterations)]
    pub receiver_iterations: u64,
    /// Milliseconds between two looks, at least 1
    #[arg(long, value_name = "N", default_value_t = SineOptions::default().receiver_ms, value_parser = clap::value_parser!(u64).range(1..))]
    pub receiver_ms: u64,
    /// Iterations between two printed lines of the worker, at least 1
    #[arg(long, value_name = "N", default_value_t = SineOptions::default().worker_batch, value_parser = clap::value_parser!(u64).range(1..))]
    pub worker_batch: u64,
    /// Objects between two colours, at least 1
    #[arg(long, value_name = "N", default_value_t = SineOptions::default().receiver_batch, value_parser = clap::value_parser!(u64).range(1..))]
    pub receiver_batch: u64,
}

/// What to run and how to read it.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Name of the job [default: that of the program]
    #[arg(long, value_name = "N")]
    pub name: Option<String>,
    /// How numbers are found in the output: `auto`, or a regular expression with a named group for each series
    /// (the group `step` is x), or with the groups key and value
    #[arg(long, value_name = "auto|REGEX", default_value = "auto")]
    pub metrics: String,
    /// Connect the command to pipes and not to a terminal: most programs then write less often, without colours and bars
    #[arg(long)]
    pub no_pty: bool,
    /// Keep standard error apart from standard output where both go to a terminal; `--no-pty` always does
    #[arg(long)]
    pub split: bool,
    /// Start the command and return, without a window; `kymograph attach` looks at it, `kymograph stop` ends it
    #[arg(long)]
    pub detach: bool,
    /// Let the command wait until those that were queued before it have ended, and return; `kymograph ls` lists what waits,
    /// `kymograph stop` takes it out
    #[arg(long, conflicts_with = "detach")]
    pub queue: bool,
    /// The command and its arguments, after `--`
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "CMD",
        value_hint = ValueHint::CommandWithArguments
    )]
    pub command: Vec<OsString>,
    // Last, because their headings hold for all that follows.
    /// How it is watched.
    #[command(flatten)]
    pub watch: WatchArgs,
    /// How it is run many times.
    #[command(flatten)]
    pub sweep: SweepArgs,
}

/// What to run under this process.
#[derive(Debug, Args)]
pub struct SuperviseArgs {
    /// The file in which the command waits
    #[arg(long, value_name = "FILE")]
    pub queued: Option<PathBuf>,
    /// The command.
    #[command(flatten)]
    pub run: RunArgs,
}

/// What to work off.
#[derive(Debug, Args)]
pub struct QueueArgs {
    /// The sweep, by its id [default: the queue]
    #[arg(value_name = "ID")]
    pub sweep: Option<String>,
}

/// What to follow.
#[derive(Debug, Args)]
pub struct FollowArgs {
    /// Read what is there and end, instead of waiting for more
    #[arg(long)]
    pub once: bool,
    /// Do something when a series behaves as told, such as `loss is nan: notify`; may be given again. What stands in the
    /// files already counts, too
    #[arg(long = "rule", value_name = "RULE", action = ArgAction::Append)]
    pub rules: Vec<Rule>,
    /// Files, and folders with all that is below them; they need not exist yet
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
}

/// What to draw.
#[derive(Debug, Args)]
pub struct RenderArgs {
    /// A recorded run, a file of columns (CSV, TSV, white space) or of JSON lines, a TensorBoard file or folder; `-` for
    /// standard input
    #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
    pub input: PathBuf,
    /// Where the figure goes: .png, .svg or .pdf
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,
    /// Size in pixels at scale 1
    #[arg(long, value_name = "WxH", default_value = "1000x600", value_parser = parse_size)]
    pub size: (u32, u32),
    /// Pixels of the image a pixel of the size; 2 for sharp print
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = parse_scale)]
    pub scale: f32,
    /// The column that is x, by name or number from 1 [default: the first]
    #[arg(long, value_name = "COL")]
    pub x: Option<String>,
    /// The columns, or series of a run, that are drawn, by name or number from 1 [default: all others that hold numbers]
    #[arg(long, value_name = "COL,…", value_delimiter = ',', action = ArgAction::Append)]
    pub y: Vec<String>,
    /// What curves differ by besides their colours
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub distinguish: DistinguishArg,
}

/// What curves differ by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DistinguishArg {
    /// Nothing else.
    #[default]
    Color,
    /// Line patterns.
    Dashes,
    /// Markers.
    Markers,
}

impl From<DistinguishArg> for Distinction {
    fn from(argument: DistinguishArg) -> Self {
        match argument {
            DistinguishArg::Color => Self::Color,
            DistinguishArg::Dashes => Self::Dashes,
            DistinguishArg::Markers => Self::Markers,
        }
    }
}

/// What to export.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A recorded run, a file of columns (CSV, TSV, white space) or of JSON lines, a TensorBoard file or folder; `-` for
    /// standard input
    #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
    pub input: PathBuf,
    /// Where the data go: .csv, .parquet or .jsonl
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,
    /// The column that is x, by name or number from 1 [default: the first]
    #[arg(long, value_name = "COL")]
    pub x: Option<String>,
    /// The columns, or the series of a run, by name or number from 1 [default: all that hold numbers]
    #[arg(long, value_name = "COL,…", value_delimiter = ',', action = ArgAction::Append)]
    pub y: Vec<String>,
}

/// What to open.
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// Runs, by id, name, the beginning of one of them that no other has, or path; several share one figure
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<String>,
}

/// What to look at.
#[derive(Debug, Args)]
pub struct AttachArgs {
    /// The run, by id, name, the beginning of one of them that no other has, or path [default: the newest that goes on]
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
}

/// What to end.
#[derive(Debug, Args)]
pub struct StopArgs {
    /// Runs, or commands that wait, by id, name, the beginning of one of them that no other has, or path
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<String>,
}

/// How to list runs.
#[derive(Debug, Args)]
pub struct LsArgs {
    /// An array of JSON objects, for programs
    #[arg(long)]
    pub json: bool,
}

/// What to remove.
#[derive(Debug, Args)]
pub struct RmArgs {
    /// Runs, or commands that wait, by id, name, the beginning of one of them that no other has, or path
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<String>,
}

/// How to wait for programs.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Seconds without a viewer after which it ends; for tests
    #[arg(long, hide = true, value_name = "SECS")]
    pub idle_secs: Option<u64>,
}

/// What to write for an installation.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// What to write
    #[arg(value_enum)]
    pub what: Generated,
    /// The directory for it; made if it is missing
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

/// What is made from this description of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Generated {
    /// Manual pages, side by side
    Man,
    /// Completions for bash, zsh and fish, each where it stands below `share`
    Completions,
}

impl From<SineArgs> for SineOptions {
    fn from(args: SineArgs) -> Self {
        Self {
            iterations: args.iterations,
            worker_ms: args.worker_ms,
            receiver_iterations: args.receiver_iterations,
            receiver_ms: args.receiver_ms,
            worker_batch: args.worker_batch,
            receiver_batch: args.receiver_batch,
        }
    }
}

/// The levels by name, so that help and completions know them.
fn log_levels() -> impl TypedValueParser<Value = log::LevelFilter> {
    PossibleValuesParser::new(["off", "error", "warn", "info", "debug", "trace"]).try_map(|name| name.parse())
}

/// Largest side of a figure at scale 1, in pixels: what a texture and a person's screen can hold.
const MAX_SIDE_PX: u32 = 16_384;

fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let parse = |side: &str| side.trim().parse::<u32>().ok().filter(|side| (1..=MAX_SIDE_PX).contains(side));
    text.split_once(['x', 'X', '×'])
        .and_then(|(width, height)| Some((parse(width)?, parse(height)?)))
        .ok_or_else(|| format!("expected WIDTHxHEIGHT in pixels from 1 to {MAX_SIDE_PX}, such as 1000x600"))
}

fn parse_scale(text: &str) -> Result<f32, String> {
    let scale = text.parse::<f32>().ok().filter(|scale| (0.1..=16.0).contains(scale));
    scale.ok_or_else(|| "expected a number from 0.1 to 16".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_command_keeps_its_own_flags() {
        let cli = Cli::parse_from(["kymograph", "run", "--name", "t", "--", "python", "-u", "train.py", "--headless"]);
        let Some(Command::Run(run)) = cli.command else { panic!("run") };
        assert_eq!(run.command, ["python", "-u", "train.py", "--headless"]);
        assert!(!cli.global.headless);
    }

    #[test]
    fn sizes_are_two_whole_numbers() {
        assert_eq!(parse_size("800x600"), Ok((800, 600)));
        for wrong in ["800", "0x5", "x", "800x-1", "99999x10", "1e3x5"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn columns_may_be_given_with_commas_or_again() {
        let cli = Cli::parse_from(["kymograph", "render", "a.csv", "-o", "b.png", "--y", "a,b", "--y", "3"]);
        let Some(Command::Render(render)) = cli.command else { panic!("render") };
        assert_eq!(render.y, ["a", "b", "3"]);
    }
}
