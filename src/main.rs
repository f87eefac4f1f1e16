//! The program `kymograph`: reads the command line, sets the log up, and hands over to `app`.

use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use kymograph::app::launch::{Launch, Recording};
use kymograph::app::pipeline::JobKind;
use kymograph::app::printable::printable;
use kymograph::app::queue::{self, Queue};
use kymograph::app::serve::{self, ServeOptions};
use kymograph::app::supervisor::{self, Supervisor};
use kymograph::app::sweep::{self, SweepOptions};
use kymograph::app::watch::WatchOptions;
use kymograph::app::{client, export_file, followed, generate, headless, render_file, runs};
use kymograph::cli::{AttachArgs, Cli, Command, GlobalArgs, OpenArgs, RunArgs, SweepArgs, WatchArgs};
use kymograph::job::Limits;
use kymograph::record::{DataDir, LogReader, RunState};
use kymograph::source::command::{CommandOptions, Wiring};
use kymograph::source::follow::FollowOptions;
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
        Some(Command::Stop(args)) => {
            runs::stop(&args, global.data_dir.as_deref())?;
            return Ok(0);
        }
        Some(Command::Supervise(args)) => {
            let data_dir = DataDir::find(global.data_dir.as_deref())?;
            let supervised = supervisor::run(&command(args.run, true)?, &data_dir, args.queued.as_deref());
            // Who started it was told why; a terminal would hear of it twice.
            return Ok(u8::from(supervised.is_err()));
        }
        Some(Command::Queue(args)) => {
            let supervisor = Supervisor::own(global.data_dir.as_deref(), global.log)?;
            let served = queue::serve(&DataDir::find(global.data_dir.as_deref())?, args.sweep.as_deref(), &supervisor);
            // The same.
            return Ok(u8::from(served.is_err()));
        }
        Some(Command::Run(args)) if args.sweep.jobs.is_some() && args.sweep.axes.is_empty() && !args.queue => {
            usage("--jobs is for --sweep and --queue");
        }
        Some(Command::Run(args)) if args.queue => return add_to_queue(args, &global),
        Some(Command::Run(args)) if !args.sweep.axes.is_empty() => return run_sweep(args, &global),
        Some(Command::Run(args)) if args.detach => {
            let supervisor = Supervisor::own(global.data_dir.as_deref(), global.log)?;
            let run = supervisor.start(&command(args, false)?)?.run;
            writeln!(std::io::stdout(), "{}", run.display())?;
            return Ok(0);
        }
        Some(Command::Follow(args)) => {
            let options = FollowOptions { paths: args.paths, once: args.once };
            launch(followed::job(options)?.with_rules(args.rules), &global, true)
        }
        Some(Command::Attach(args)) => launch(live(&args, &global)?, &global, true),
        Some(Command::Open(args)) => launch(recorded(&args, &global)?, &global, true),
        None => Launch { is_plain: true, ..launch(JobKind::default(), &global, global.autostart) },
        Some(Command::Sine(args)) => launch(JobKind::Sine(args.into()), &global, global.autostart),
        Some(Command::Run(mut args)) => {
            // Who sends the two to different places wants them apart.
            args.split |= global.headless && !is_one_place();
            launch(command(args, false)?, &global, true)
        }
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
        supervisor: Supervisor::own(global.data_dir.as_deref(), global.log)
            .inspect_err(|error| {
                log::warn!("commands end with this window: the program's own file is not found: {error}")
            })
            .ok(),
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
    Ok(JobKind::of_runs(runs))
}

/// The run that is meant; the newest that goes on if none is named. One that has ended is shown as it was.
fn live(args: &AttachArgs, global: &GlobalArgs) -> anyhow::Result<JobKind> {
    if let Some(run) = &args.run {
        return recorded(&OpenArgs { runs: vec![run.clone()] }, global);
    }
    let runs = DataDir::find(global.data_dir.as_deref())?.list()?;
    let newest = runs.into_iter().find(|run| run.state == RunState::Running);
    newest
        .map(|run| JobKind::of_runs(vec![run]))
        .ok_or_else(|| anyhow::anyhow!("no run goes on; `kymograph ls` lists those that have ended"))
}

fn command(args: RunArgs, is_supervised: bool) -> anyhow::Result<JobKind> {
    let metrics = args.metrics.parse::<Metrics>().map_err(|error| anyhow::anyhow!("--metrics: {error}"))?;
    let wiring = match (args.no_pty, args.split) {
        (true, _) => Wiring::Pipes,
        (false, true) => Wiring::Terminals,
        (false, false) => Wiring::Terminal,
    };
    let options =
        CommandOptions { argv: args.command, metrics, wiring, adopts: is_supervised, ..CommandOptions::default() };
    Ok(JobKind::Command { name: args.name, options, watch: Box::new(watch(args.watch)) })
}

/// Runs a command many times: in this terminal, or detached.
fn run_sweep(mut args: RunArgs, global: &GlobalArgs) -> anyhow::Result<u8> {
    let is_detached = args.detach;
    let SweepArgs { axes, jobs, fail_fast } = std::mem::take(&mut args.sweep);
    let options = SweepOptions { jobs: jobs.unwrap_or(1).into(), fail_fast };
    let base = command(args, false)?;
    if global.save.is_some() {
        usage("--save draws one run: `kymograph open --headless --save PATH RUN…` draws several");
    }
    let runs = sweep::runs(&base, &axes).unwrap_or_else(|error| usage(&error.to_string()));
    if is_detached {
        let kinds: Vec<_> = runs.into_iter().map(|run| run.kind).collect();
        let supervisor = Supervisor::own(global.data_dir.as_deref(), global.log)?;
        let (first, pid) = queue_of(global)?.detach(&kinds, options, &supervisor)?;
        writeln!(std::io::stdout(), "{}", first.display())?;
        eprintln!("kymograph: {} runs; `kill {pid}` stops all of them", kinds.len());
        return Ok(0);
    }
    let code = sweep::run(runs, options, &launch(base, global, true))?;
    Ok(u8::try_from(code).unwrap_or(1))
}

/// Lets a command wait in the queue, or all runs of a sweep.
fn add_to_queue(mut args: RunArgs, global: &GlobalArgs) -> anyhow::Result<u8> {
    let SweepArgs { axes, jobs, fail_fast } = std::mem::take(&mut args.sweep);
    let base = command(args, false)?;
    if global.save.is_some() {
        usage("--save draws a run that has ended: `kymograph open --headless --save PATH RUN` does so later");
    }
    let kinds: Vec<_> = if axes.is_empty() {
        vec![base]
    } else {
        let runs = sweep::runs(&base, &axes).unwrap_or_else(|error| usage(&error.to_string()));
        runs.into_iter().map(|run| run.kind).collect()
    };
    let queue = queue_of(global)?;
    if let Some(jobs) = jobs {
        queue.set_jobs(jobs)?;
    }
    let added = queue.add(&kinds, fail_fast, &Supervisor::own(global.data_dir.as_deref(), global.log)?)?;
    let mut out = std::io::stdout();
    for id in &added.ids {
        writeln!(out, "{id}")?;
    }
    let who = match kinds.as_slice() {
        [one] => format!("{} waits", printable(one.name())),
        all => format!("{} commands wait", all.len()),
    };
    let held = if queue.is_held() { "; the queue is held" } else { "" };
    eprintln!("kymograph: {who} in the queue, {} before{held}", added.before);
    Ok(0)
}

fn queue_of(global: &GlobalArgs) -> anyhow::Result<Queue> {
    Ok(Queue::of(&DataDir::find(global.data_dir.as_deref())?)?)
}

/// Ends the program: what was typed makes no sense.
fn usage(text: &str) -> ! {
    Cli::command().error(ErrorKind::ValueValidation, text).exit()
}

fn watch(args: WatchArgs) -> WatchOptions {
    let WatchArgs { max_time, warn_time, max_memory, warn_memory, rules, resources, config } = args;
    let limits = Limits { run_time: max_time, memory_bytes: max_memory, warn_time, warn_memory_bytes: warn_memory };
    WatchOptions { limits, rules, resources, config }
}

/// Whether standard output and standard error go to the same place.
fn is_one_place() -> bool {
    let place = |stat: rustix::fs::Stat| (stat.st_dev, stat.st_ino, stat.st_rdev);
    let (output, error) = (rustix::fs::fstat(std::io::stdout()), rustix::fs::fstat(std::io::stderr()));
    matches!((output.map(place), error.map(place)), (Ok(output), Ok(error)) if output == error)
}

#[cfg(feature = "gui")]
fn run_window(launch: Launch) -> anyhow::Result<i32> {
    use kymograph::app::session_file::FigureSpec;

    match kymograph::app::display::missing_display() {
        None => {
            // What is wrong with it is better said before there is a window.
            let figure = launch.layout.as_deref().map(FigureSpec::read).transpose()?;
            Ok(kymograph::app::gui::run(Launch { figure, ..launch }))
        }
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
