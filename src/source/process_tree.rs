//! The processes that a command has started, found in `/proc`: to signal them all and to add up their memory.
//!
//! Used by the worker's, the keeper's and the job's control thread at once. Knows neither output nor jobs.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions, pidfd_open, pidfd_send_signal, waitpid};

use super::helper::helpers;

/// Environment variable that marks every process of a job: the job's random identity, after those of the jobs around
/// it, separated by colons.
pub const JOB_VARIABLE: &str = "KYMOGRAPH_JOB";

/// A process and all that it started.
///
/// A process belongs to it if a chain of parents leads to the root, or if its environment carries the job's mark, so
/// that children which called `setsid`, or whose parent has ended, are found as well. Once found, it stays a member.
pub struct ProcessTree {
    root: ProcessKey,
    mark: String,
    /// The process that gets the children of members that have ended.
    adopter: Option<i32>,
    /// The members found so far that have not ended.
    known: Mutex<HashSet<ProcessKey>>,
}

/// A process for all time: numbers are used again, but not with the same start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ProcessKey {
    pub pid: i32,
    /// Start of the process, in clock ticks since boot.
    start_ticks: u64,
}

/// A line of `/proc/<pid>/stat`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stat {
    pub key: ProcessKey,
    pub parent_pid: i32,
    state: u8,
    /// Time on processors, its own and that of children that it has waited for, in clock ticks.
    pub cpu_ticks: u64,
    pub threads: u64,
}

impl Stat {
    /// Whether it can still run: a zombie only waits to be collected by its parent.
    fn is_alive(self) -> bool {
        !matches!(self.state, b'Z' | b'X' | b'x')
    }
}

/// An identity that no other job has, of 32 hexadecimal digits.
#[must_use]
pub fn random_mark() -> String {
    use std::hash::{BuildHasher, Hasher};
    // The standard library seeds its hash tables from the system's random source.
    let word = || std::hash::RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", word(), word().rotate_left(32) ^ u64::from(std::process::id()))
}

/// The value of [`JOB_VARIABLE`] for a child of this process: `mark` after the marks of the jobs around it.
#[must_use]
pub fn mark_value(mark: &str) -> OsString {
    match std::env::var_os(JOB_VARIABLE) {
        Some(mut outer) if !outer.is_empty() => {
            outer.push(":");
            outer.push(mark);
            outer
        }
        _ => mark.into(),
    }
}

impl ProcessTree {
    /// The tree below process `root_pid`, which must be a child of this process that was not waited for yet.
    #[must_use]
    pub fn new(root_pid: u32, mark: String) -> Self {
        let pid = i32::try_from(root_pid).unwrap_or(0);
        let start_ticks = read_stat(pid).map_or(0, |stat| stat.key.start_ticks);
        Self { root: ProcessKey { pid, start_ticks }, mark, adopter: None, known: Mutex::default() }
    }

    /// The same where this process has no other children and adopts those whose parents have ended (a child subreaper): all
    /// below it belong to the tree, whatever they did to their environment.
    #[must_use]
    pub fn adopting(root_pid: u32, mark: String) -> Self {
        Self { adopter: i32::try_from(std::process::id()).ok(), ..Self::new(root_pid, mark) }
    }

    /// Sends `signal` to every living member, the root included. Gives their number.
    pub fn signal(&self, signal: Signal) -> usize {
        let members = self.members();
        for member in &members {
            send(member.key, signal);
        }
        members.len()
    }

    /// Holds all members, also those that are being started meanwhile. Gives their number.
    pub fn hold(&self) -> usize {
        let mut held = HashSet::new();
        // Each round can find only what ran while the round before looked: a few rounds suffice unless it forks wildly.
        for _ in 0..HOLD_ROUNDS_MAX {
            let fresh: Vec<_> = self.members().into_iter().filter(|m| held.insert(m.key)).collect();
            if fresh.is_empty() {
                break;
            }
            fresh.iter().for_each(|m| send(m.key, Signal::STOP));
        }
        held.len()
    }

    /// Kills all members. They are held first, so that none can start another one in between. Gives their number.
    pub fn kill(&self) -> usize {
        let count = self.hold();
        self.signal(Signal::KILL);
        count
    }

    /// Number of members that can still run.
    #[must_use]
    pub fn count(&self) -> usize {
        self.members().len()
    }

    /// Memory of all members, in bytes. What several share is counted once where the system tells how much that is
    /// (`Pss`, the proportional set size); else a process counts with all that is resident.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.members().iter().map(|member| proportional_bytes(member.key.pid)).sum()
    }

    /// The same, but where all that is resident is not more than `floor`, that: the system counts shared pages by walking
    /// through all of them.
    #[must_use]
    pub fn memory_above(&self, floor: u64) -> u64 {
        let members = self.members();
        let resident = members.iter().map(|member| resident_bytes(member.key.pid)).sum::<u64>();
        if resident <= floor { resident } else { members.iter().map(|m| proportional_bytes(m.key.pid)).sum() }
    }

    /// Lets go of processes that were adopted and have ended, which would else stay in the system's table. The root is left
    /// to who waits for it.
    pub fn reap(&self) {
        let is_done = |stat: &Stat| !stat.is_alive() && stat.key != self.root && self.adopter == Some(stat.parent_pid);
        let helpers = helpers();
        let is_done = |stat: &Stat| is_done(stat) && !helpers.contains(&stat.key.pid);
        for stat in process_ids().filter_map(read_stat).filter(is_done) {
            if let Err(error) = waitpid(Pid::from_raw(stat.key.pid), WaitOptions::NOHANG) {
                log::debug!("process {}: {error}", stat.key.pid);
            }
        }
    }

    /// All members that can still run.
    pub(super) fn members(&self) -> Vec<Stat> {
        // Held meanwhile, so that none is started between the two looks.
        let helpers = helpers();
        let all: Vec<Stat> = process_ids().filter_map(read_stat).collect();
        let by_pid: HashMap<i32, Stat> = all.iter().map(|stat| (stat.key.pid, *stat)).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // A process older than the root cannot come from it: its environment need not be read, and memory of those
        // that have ended is dropped.
        known.retain(|key| by_pid.get(&key.pid).is_some_and(|stat| stat.key == *key));
        let candidates: Vec<Stat> =
            all.iter().filter(|s| s.key.start_ticks >= self.root.start_ticks).copied().collect();
        for stat in &candidates {
            if !known.contains(&stat.key)
                && (self.descends(*stat, &by_pid, &known, &helpers) || self.is_marked(stat.key.pid))
            {
                known.insert(stat.key);
            }
        }
        // A child may have been read before its parent was found by its mark.
        for stat in &candidates {
            if !known.contains(&stat.key) && self.descends(*stat, &by_pid, &known, &helpers) {
                known.insert(stat.key);
            }
        }
        candidates.into_iter().filter(|s| s.is_alive() && known.contains(&s.key)).collect()
    }

    /// Whether `stat` is the root or a chain of parents leads to it or to a process known as a member.
    fn descends(
        &self,
        stat: Stat,
        by_pid: &HashMap<i32, Stat>,
        known: &HashSet<ProcessKey>,
        helpers: &HashSet<i32>,
    ) -> bool {
        let mut at = stat;
        for _ in 0..PARENTS_MAX {
            if helpers.contains(&at.key.pid) {
                return false;
            }
            if at.key == self.root || self.adopter == Some(at.parent_pid) || known.contains(&at.key) {
                return true;
            }
            match by_pid.get(&at.parent_pid) {
                // A parent is older: otherwise its number was used again while we were reading.
                Some(parent) if parent.key.start_ticks <= at.key.start_ticks => at = *parent,
                _ => return false,
            }
        }
        false
    }

    /// Whether the environment that the process was started with carries the mark. Others' processes cannot be read.
    fn is_marked(&self, pid: i32) -> bool {
        let Ok(environment) = fs::read(format!("/proc/{pid}/environ")) else { return false };
        environment.split(|b| *b == 0).any(|entry| {
            entry
                .strip_prefix(JOB_VARIABLE.as_bytes())
                .and_then(|rest| rest.strip_prefix(b"="))
                .is_some_and(|value| value.split(|b| *b == b':').any(|mark| mark == self.mark.as_bytes()))
        })
    }
}

/// Rounds of looking for processes that were started while others were being held.
const HOLD_ROUNDS_MAX: usize = 16;

/// Longest chain of parents followed, against loops in what was read while it changed.
const PARENTS_MAX: usize = 1024;

fn process_ids() -> impl Iterator<Item = i32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| std::str::from_utf8(entry.file_name().as_bytes()).ok()?.parse().ok())
}

fn read_stat(pid: i32) -> Option<Stat> {
    let mut buffer = [0_u8; 1024];
    let mut file = fs::File::open(format!("/proc/{pid}/stat")).ok()?;
    let count = file.read(&mut buffer).ok()?;
    let line = buffer.get(..count)?;
    // The name stands in brackets and may hold anything, brackets included.
    let after_name = line.get(memchr::memrchr(b')', line)? + 1..)?;
    let mut fields = std::str::from_utf8(after_name).ok()?.split_ascii_whitespace();
    let state = *fields.next()?.as_bytes().first()?;
    let parent_pid = fields.next()?.parse().ok()?;
    // utime, stime, cutime, cstime: man 5 proc_pid_stat.
    let mut times = fields.by_ref().skip(9).take(4).map_while(|ticks| ticks.parse::<u64>().ok());
    let cpu_ticks = times.by_ref().fold(0, u64::saturating_add);
    let threads = fields.nth(2)?.parse().ok()?;
    let start_ticks = fields.nth(1)?.parse().ok()?;
    Some(Stat { key: ProcessKey { pid, start_ticks }, parent_pid, state, cpu_ticks, threads })
}

/// Resident memory of a process, in bytes; 0 for one that has ended.
pub(super) fn resident_bytes(pid: i32) -> u64 {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let pages: u64 = statm.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages.saturating_mul(rustix::param::page_size() as u64)
}

/// Its part of what it shares and all else, in bytes; what is resident where the system does not tell.
pub(super) fn proportional_bytes(pid: i32) -> u64 {
    // Linux 4.14; closed to other users' processes.
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let kib = rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix("kB")?.trim().parse().ok());
    kib.map_or_else(|| resident_bytes(pid), |kib: u64| kib.saturating_mul(1024))
}

/// Sends a signal to exactly this process. One that has ended meanwhile needs none.
fn send(key: ProcessKey, signal: Signal) {
    let Some(pid) = Pid::from_raw(key.pid) else { return };
    let result = match pidfd_open(pid, PidfdFlags::empty()) {
        // The handle fixes the process; only then is its start compared.
        Ok(handle) => match read_stat(key.pid) {
            Some(stat) if stat.key == key => pidfd_send_signal(&handle, signal),
            _ => return,
        },
        Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => rustix::process::kill_process(pid, signal),
        Err(_) => return,
    };
    match result {
        Ok(()) | Err(rustix::io::Errno::SRCH) => {}
        Err(error) => log::warn!("process {} could not be sent signal {}: {error}", key.pid, signal.as_raw()),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
        let start = Instant::now();
        while !holds() {
            assert!(start.elapsed() < Duration::from_secs(20), "waited in vain for: {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn spawn(script: &str, mark: &str) -> std::process::Child {
        Command::new("sh").args(["-c", script]).env(JOB_VARIABLE, mark).stdin(Stdio::null()).spawn().unwrap()
    }

    #[test]
    fn finds_children_and_those_that_left_the_family() {
        let mark = random_mark();
        // The inner shell ends at once: its sleeper is adopted by another process, in a session of its own.
        let mut child = spawn("(setsid sleep 300 &) ; sleep 300 & wait", &mark);
        let tree = ProcessTree::new(child.id(), mark);
        wait_until("two sleepers and the shell", || tree.count() == 3);
        assert!(tree.memory_bytes() > 100_000);
        tree.kill();
        wait_until("none left", || tree.count() == 0);
        child.wait().unwrap();
        assert_eq!(tree.memory_bytes(), 0);
    }

    #[test]
    fn one_that_cleared_its_environment_stays_known() {
        let mark = random_mark();
        let mut child = spawn("env -i sleep 300 & sleep 0.5; kill -9 $$", &mark);
        let tree = ProcessTree::new(child.id(), mark);
        wait_until("the bare sleeper", || tree.count() >= 2);
        child.wait().unwrap();
        wait_until("only the bare sleeper", || tree.count() == 1);
        tree.kill();
        wait_until("none left", || tree.count() == 0);
    }

    #[test]
    fn a_hold_stops_all_and_a_forker_is_killed() {
        let mark = random_mark();
        let mut child = spawn("while :; do (sleep 0.05; sleep 0.05) & sleep 0.01; done", &mark);
        let tree = ProcessTree::new(child.id(), mark);
        wait_until("some", || tree.count() > 3);
        tree.hold();
        // A signal is on its way for a moment before the state shows it.
        wait_until("all held", || tree.members().iter().all(|m| m.state == b'T'));
        tree.kill();
        wait_until("none left", || tree.count() == 0);
        child.wait().unwrap();
    }

    #[test]
    fn marks_differ() {
        assert_ne!(random_mark(), random_mark());
        assert_eq!(random_mark().len(), 32);
    }
}
