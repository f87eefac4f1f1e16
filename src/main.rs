//! The program `kymograph`: reads the command line, sets the log up, and hands over to `app`.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use kymograph::app::launch::{Launch, Recording};
use kymograph::app::pipeline::JobKind;
use kymograph::app::serve::{self, ServeOptions};
use kymograph::app::{client, export_file, generate, headless, render_file, runs};
use kymograph::cli::{Cli, Command, GlobalArgs, OpenArgs, RunArgs};
use kymograph::record::{DataDir, LogReader};
use kymograph::source::command::CommandOptions;
use kymograph::source::metrics::Metrics;

fn main() -> ExitCode {
    let cli = Cli::parse();
    init_log(cli.global.log);
    match run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // One line, whatever the error's text holds; each of our errors names its cause itself.
            eprintln!("kymograph: {}", error.to_string().replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<u8> {
    let global = cli.global;
    let launch = match cli.command {
        Some(Command::Render(args)) => {
            render_file::render(&args, global.data_dir.as_deref(), global.layout.as_deref())?;
            return Ok(0);
        }
        Some(Command::Export(args)) => {
            export_file::export(&args, global.data_dir.as_deref())?;
            return Ok(0);
        }
        Some(Command::Ls(args)) => {
            runs::ls(&args, global.data_dir.as_deref(), &mut std::io::stdout().lock())?;
            return Ok(0);
        }
        Some(Command::Rm(args)) => {
            runs::rm(&args, global.data_dir.as_deref())?;
            return Ok(0);
        }
        Some(Command::Generate(args)) => {
            generate::generate(&args)?;
            return Ok(0);
        }
        Some(Command::Serve(args)) => {
            serve::run(&ServeOptions::new(&args, &global)?)?;
            return Ok(0);
        }
        Some(Command::Open(args)) => launch(recorded(&args, &global)?, &global, true),
        None => Launch { is_plain: true, ..launch(JobKind::default(), &global, global.autostart) },
        Some(Command::Sine(args)) => launch(JobKind::Sine(args.into()), &global, global.autostart),
        Some(Command::Run(args)) => launch(command(args)?, &global, true),
        Some(Command::Client) => launch(JobKind::Client(client::accept(global.data_dir.as_deref())?), &global, true),
    };
    let code = if global.headless { headless::run(&launch)? } else { run_window(launch)? };
    // The system hands on the lowest eight bits; a code beyond them must not look like success.
    Ok(u8::try_from(code).unwrap_or(1))
}

fn launch(kind: JobKind, global: &GlobalArgs, autostart: bool) -> Launch {
    let GlobalArgs { quit_when_done, save, layout, new_window, .. } = global;
    Launch {
        kind,
        autostart,
        quit_when_done: *quit_when_done,
        new_window: *new_window,
        save: save.clone(),
        layout: layout.clone(),
        recording: global.data_dir.clone().map_or(Recording::Standard, Recording::Into),
        budget_bytes: global.memory.map(|mebibytes| (mebibytes as usize) << 20),
        ..Launch::default()
    }
}

/// The runs that are meant, as far as their logs can be read.
fn recorded(args: &OpenArgs, global: &GlobalArgs) -> anyhow::Result<JobKind> {
    let data_dir = DataDir::find(global.data_dir.as_deref())?;
    let mut runs = Vec::with_capacity(args.runs.len());
    for run in &args.runs {
        let run = data_dir.find_run(run)?;
        LogReader::open(&run.log_path())?;
        runs.push(run);
    }
    Ok(JobKind::Recorded(runs))
}

fn command(args: RunArgs) -> anyhow::Result<JobKind> {
    let metrics = args.metrics.parse::<Metrics>().map_err(|error| anyhow::anyhow!("--metrics: {error}"))?;
    let options = CommandOptions { argv: args.command, metrics, ..CommandOptions::default() };
    Ok(JobKind::Command { name: args.name, options })
}

#[cfg(feature = "gui")]
fn run_window(launch: Launch) -> anyhow::Result<i32> {
    match kymograph::app::display::missing_display() {
        None => Ok(kymograph::app::gui::run(launch)),
        Some(reason) => {
            eprintln!("kymograph: {reason}; going on without a window, as with --headless");
            Ok(headless::run(&launch)?)
        }
    }
}

#[cfg(not(feature = "gui"))]
fn run_window(launch: Launch) -> anyhow::Result<i32> {
    eprintln!("kymograph: this program was built without its window; going on as with --headless");
    Ok(headless::run(&launch)?)
}

fn init_log(level: log::LevelFilter) {
    env_logger::Builder::new()
        .filter_level(level)
        .format(|out, record| writeln!(out, "{:<5} {}: {}", record.level(), record.target(), record.args()))
        .init();
}
