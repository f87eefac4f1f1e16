//! What the command line asked for, as plain data.

use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

use crate::app::pipeline::JobKind;
use crate::app::session_file::FigureSpec;
use crate::app::supervisor::Supervisor;

static LAUNCH: OnceLock<Launch> = OnceLock::new();

/// What the command line asked for.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// The job to show.
    pub kind: JobKind,
    /// Whether no command was given: the settings of the job that the person chose in the window then hold.
    pub is_plain: bool,
    /// Whether it starts without a press of the button.
    pub autostart: bool,
    /// Whether the window is to be one of its own, even if one is open that shows the same.
    pub new_window: bool,
    /// Whether the window closes when the job has ended.
    pub quit_when_done: bool,
    /// Where the window keeps its settings; where the desktop's conventions say if not given.
    pub settings_dir: Option<PathBuf>,
    /// Whether frames follow each other as fast as they are drawn, for measuring; else at most 60 a second.
    pub is_unpaced: bool,
    /// Whether the heartbeat of the GUI thread is watched.
    pub watches_gui: bool,
    /// Whether and where runs are recorded.
    pub recording: Recording,
    /// Bytes of samples that may stand in memory; a quarter of the machine's memory if not given.
    pub budget_bytes: Option<usize>,
    /// How the figures of the window are laid out at first; as the job says if not given.
    pub figure: Option<FigureSpec>,
    /// The program under which commands run, so that they outlive this one; if not given, they end with it.
    pub supervisor: Option<Supervisor>,
    /// Where the figure is written when the job has ended.
    pub save: Option<PathBuf>,
    /// The session file that says how figures are laid out.
    pub layout: Option<PathBuf>,
}

/// Whether and where runs are recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recording {
    /// In the data directory of the person: that of the environment, or that of the desktop's conventions.
    #[default]
    Standard,
    /// Below a directory of choice.
    Into(PathBuf),
    /// Not at all.
    Off,
}

/// Sets what this process was asked for; the first call counts.
pub fn set(launch: Launch) {
    _ = LAUNCH.set(launch);
}

/// What this process was asked for: the sine job, ready, if nobody said otherwise.
#[must_use]
pub fn get() -> &'static Launch {
    static PLAIN: LazyLock<Launch> = LazyLock::new(Launch::default);
    LAUNCH.get().unwrap_or(&PLAIN)
}

/// What this process was asked for, if it is the program and not one that shows our figures in windows of its own.
#[must_use]
pub fn if_set() -> Option<&'static Launch> {
    LAUNCH.get()
}
