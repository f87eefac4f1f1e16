//! Processes of the program's own beside those of a job: short calls of a tool, or one that reports as long as a job runs.
//!
//! A supervisor adopts what a job leaves behind, so all below it would belong to the job: helpers are known by their
//! numbers and left out. For any thread.

use std::collections::HashSet;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// Time between two looks at a helper that is waited for.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

static HELPERS: LazyLock<Mutex<HashSet<i32>>> = LazyLock::new(Mutex::default);

/// A running helper. Dropping it kills it and all that it started in its process group, and lets go of it.
pub struct Helper {
    child: Child,
    pid: i32,
}

/// The numbers of all helpers. None is started while this is held.
pub(super) fn helpers() -> MutexGuard<'static, HashSet<i32>> {
    HELPERS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Helper {
    /// Starts one, as the leader of a process group of its own.
    ///
    /// # Errors
    /// The system's.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut helpers = helpers();
        let child = command.process_group(0).spawn()?;
        let pid = i32::try_from(child.id()).unwrap_or_default();
        helpers.insert(pid);
        Ok(Self { child, pid })
    }

    /// The process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for its end, `limit` at most; none if it still runs.
    ///
    /// # Errors
    /// The system's.
    pub fn wait(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || start.elapsed() >= limit {
                return Ok(status);
            }
            std::thread::sleep(LOOK_INTERVAL);
        }
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // It leads its group, and keeps its number until it is waited for below.
            let killed = Pid::from_raw(self.pid).map_or(Ok(()), |pid| kill_process_group(pid, Signal::KILL));
            if let Err(error) = killed.map_err(io::Error::from).and_then(|()| self.child.wait().map(drop)) {
                log::debug!("a helper is left alone: {error}");
            }
        }
        helpers().remove(&self.pid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_ends_with_its_handle_and_so_does_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("child");
        let mut command = Command::new("sh");
        command.args(["-c", r#"sleep 600 & echo $! > "$0.new"; mv "$0.new" "$0"; wait"#]).arg(&file);
        let mut helper = Helper::start(&mut command).unwrap();
        let pid = helper.pid;
        assert!(helpers().contains(&pid));
        let start = Instant::now();
        while !file.exists() {
            assert!(start.elapsed() < Duration::from_secs(30), "it does not start");
            std::thread::sleep(LOOK_INTERVAL);
        }
        assert_eq!(helper.wait(Duration::from_millis(1)).unwrap(), None);
        let grandchild: i32 = std::fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        drop(helper);
        assert!(!helpers().contains(&pid));
        let is_alive = || {
            let stat = std::fs::read_to_string(format!("/proc/{grandchild}/stat")).unwrap_or_default();
            stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
        };
        while is_alive() {
            assert!(start.elapsed() < Duration::from_secs(30), "it stays behind");
            std::thread::sleep(LOOK_INTERVAL);
        }
    }

    #[test]
    fn a_short_one_is_waited_for() {
        let mut helper = Helper::start(Command::new("sh").args(["-c", "exit 3"])).unwrap();
        assert_eq!(helper.wait(Duration::from_secs(30)).unwrap().unwrap().code(), Some(3));
    }
}
