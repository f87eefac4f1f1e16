//! `kymograph-bench`: the whole window under load, from the worker's thread to the painted frame, measured.
//!
//! Prints one line of JSON a case. Switches, workloads and fields are those of the benches of other plotting libraries
//! that `benches/side_by_side` runs beside it; docs/performance.md says what each means.

mod allocations;
mod micro;
mod report;
mod signal;
mod workload;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{Parser, ValueEnum};
use kymograph::app::gui;
use kymograph::app::launch::{Launch, Recording};
use kymograph::app::pipeline::JobKind;
use kymograph::app::pulse;
use kymograph::batch::Item;
use kymograph::job::JobSpec;
use kymograph::record::{Body, DataDir, LogReader};

use allocations::Counting;
use report::Report;

/// Below the data directory: the settings of the window.
const SETTINGS: &str = "settings";

/// The rest of the window around the figure is what Fusion's controls take with the usual font.
const WINDOW: &str = "[window]\nwidth=1000\nheight=988\n";

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Workload {
    /// Replace a curve of N points.
    W1,
    /// Append 1000 points to N.
    W2,
    /// Stream batches of 1000 points.
    W3,
    /// From the start of the process to the first frame with 1000 points.
    W4,
    /// Pan and zoom over N points.
    W5,
    /// N points into the store, without a window.
    Store,
    /// N points through a job into its log, without a window.
    Log,
    /// A recorded run of N points opened, without a window.
    Open,
}

/// When a frame is asked for while data stream in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// As the program does it: at most 60 frames a second.
    Timer,
    /// After each group of batches, as fast as frames are drawn.
    Each,
}

/// Measures the window under load.
#[derive(Clone, Debug, Parser)]
struct Args {
    /// The workload
    #[arg(long)]
    workload: Workload,
    /// Number of points
    #[arg(long, default_value = "1000", value_parser = count)]
    n: usize,
    /// Batches a second (W3)
    #[arg(long, default_value_t = 100.0)]
    rate: f64,
    /// When a frame is asked for (W3)
    #[arg(long, value_enum, default_value = "timer")]
    mode: Mode,
    /// Seconds that data stream (W3)
    #[arg(long, default_value_t = 20.0)]
    secs: f64,
    /// Most frames measured
    #[arg(long, default_value_t = 60)]
    frames: usize,
    /// Seconds measured at most
    #[arg(long, default_value_t = 10.0)]
    budget: f64,
    /// `default`, or `recorded`: every sample also goes to disk in W1, W2 and W5, as it always does in W3
    #[arg(long, default_value = "default")]
    variant: String,
    /// Where runs are recorded; they are removed at the end
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

fn without_window(args: &Args, data_dir: &Path) -> ExitCode {
    let found = micro::run(args, data_dir);
    if args.data_dir.is_none() {
        // There is none if nothing was recorded.
        std::fs::remove_dir_all(data_dir).unwrap_or_default();
    }
    match found {
        Ok(mut report) => {
            report.print();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kymograph-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Samples in the logs below `data_dir`, as read back from them.
fn recorded(data_dir: &Path, records: bool) -> Option<u64> {
    if !records {
        return None;
    }
    let mut count = 0;
    for run in DataDir::new(data_dir).list().ok()? {
        for entry in LogReader::open(&run.log_path()).ok()? {
            if let Body::Item(Item::Append(batch) | Item::Replace(batch, _)) = entry.body {
                count += batch.len() as u64;
            }
        }
    }
    Some(count)
}

/// Leaves the settings of a window whose figure has 1000 x 600 pixels where this process will find them; says where.
fn keep_window_size(data_dir: &Path) -> std::io::Result<PathBuf> {
    let folder = data_dir.join(SETTINGS);
    std::fs::create_dir_all(folder.join("kymograph"))?;
    std::fs::write(folder.join("kymograph/kymograph.conf"), WINDOW)?;
    Ok(folder)
}

fn count(text: &str) -> Result<usize, String> {
    let number = text.parse::<f64>().ok().filter(|number| (1.0..=1e10).contains(number));
    number.map(|number| number as usize).ok_or_else(|| "expected a number from 1 to 1e10, such as 1e6".to_owned())
}

fn main() -> ExitCode {
    let args = Args::parse();
    env_logger::Builder::new().filter_level(log::LevelFilter::Warn).init();
    let records = args.workload == Workload::W3 || args.variant == "recorded";
    let data_dir = args
        .data_dir
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("kymograph-bench-{}", std::process::id())));
    if matches!(args.workload, Workload::Store | Workload::Log | Workload::Open) {
        return without_window(&args, &data_dir);
    }
    let report = Arc::new(Mutex::new(Report::new(&args)));
    let job = {
        let (args, report) = (args.clone(), Arc::clone(&report));
        JobKind::custom("bench", move || {
            let (args, report) = (args.clone(), Arc::clone(&report));
            JobSpec::from_fn("bench", move |out| {
                let measured = workload::run(&args, out)?;
                *report.lock().unwrap_or_else(PoisonError::into_inner) = measured;
                Ok(())
            })
        })
    };
    let settings_dir = keep_window_size(&data_dir)
        .inspect_err(|error| eprintln!("kymograph-bench: the window has its usual size: {error}"))
        .ok();
    let code = gui::run(Launch {
        kind: job,
        autostart: true,
        quit_when_done: true,
        settings_dir,
        is_unpaced: args.workload != Workload::W3 || args.mode == Mode::Each,
        watches_gui: args.workload != Workload::W4,
        recording: if records { Recording::Into(data_dir.clone()) } else { Recording::Off },
        ..Launch::default()
    });
    let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
    report.count("samples_recorded", recorded(&data_dir, records));
    let size_px = pulse::last_painted().map(|painted| painted.size_px);
    report.text("canvas_px", &size_px.map_or_else(String::new, |(width, height)| format!("{width}x{height}")));
    std::fs::remove_dir_all(if args.data_dir.is_none() { data_dir } else { data_dir.join(SETTINGS) })
        .unwrap_or_default();
    report.print();
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
