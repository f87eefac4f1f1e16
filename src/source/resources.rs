//! What the processes of a command use: processor, memory, threads, disks; and the machine's NVIDIA GPUs.
//!
//! For one thread, which asks about once a second. Knows no series.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Read};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::helper::Helper;
use super::process_tree::{ProcessKey, ProcessTree, Stat, proportional_bytes, resident_bytes};

/// What the processes use.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Processors in use since the last look: 1.5 is one and a half of them.
    pub cpu_cores: f64,
    /// Memory in bytes; what several share is counted once.
    pub memory_bytes: f64,
    /// Processes.
    pub processes: usize,
    /// Their threads.
    pub threads: u64,
    /// Bytes a second read from disks since the last look.
    pub read_rate: f64,
    /// Bytes a second written to disks since the last look.
    pub written_rate: f64,
}

/// Of the time that goes by, the part that may be spent on counting shared pages.
const COUNTING_SHARE: u32 = 400;

/// Measures the processes of a command.
pub struct Meter {
    tree: Arc<ProcessTree>,
    looked: Instant,
    before: HashMap<ProcessKey, Known>,
    /// Part of the resident memory that is left where shared pages are counted once, and when it is reckoned anew.
    unshared: f64,
    count_at: Instant,
}

/// What is known of a process: the parent, and what it and those of its children that it has waited for have used.
#[derive(Clone, Copy)]
struct Known {
    parent_pid: i32,
    cpu_ticks: u64,
    read_bytes: u64,
    written_bytes: u64,
}

impl Meter {
    /// A meter of these processes, which have just been started.
    #[must_use]
    pub fn new(tree: Arc<ProcessTree>) -> Self {
        let now = Instant::now();
        Self { tree, looked: now, before: HashMap::new(), unshared: 1.0, count_at: now }
    }

    /// What they use now; none if there are none.
    pub fn look(&mut self) -> Option<Usage> {
        let members = self.tree.members();
        let now = Instant::now();
        let secs = now.duration_since(self.looked).as_secs_f64().max(1e-3);
        let known: HashMap<ProcessKey, Known> = members.iter().map(|stat| (stat.key, known(stat))).collect();
        let used = |count: fn(&Known) -> u64| self.used(&known, count);
        let ticks_per_sec = rustix::param::clock_ticks_per_second().max(1) as f64;
        let cpu_cores = used(|known| known.cpu_ticks) / ticks_per_sec / secs;
        let read_rate = used(|known| known.read_bytes) / secs;
        let written_rate = used(|known| known.written_bytes) / secs;
        (self.looked, self.before) = (now, known);
        let memory_bytes = self.memory(&members);
        let threads = members.iter().map(|stat| stat.threads).sum();
        let usage = Usage { cpu_cores, memory_bytes, processes: members.len(), threads, read_rate, written_rate };
        (!members.is_empty()).then_some(usage)
    }

    /// What was used since the last look. What a process has used that is gone now has become its parent's, if that is one of
    /// them and waited for it.
    fn used(&self, now: &HashMap<ProcessKey, Known>, count: fn(&Known) -> u64) -> f64 {
        let pids: HashSet<i32> = now.keys().map(|key| key.pid).collect();
        let before = |key: &ProcessKey| self.before.get(key).map_or(0, count);
        let grown: i128 = now.iter().map(|(key, known)| i128::from(count(known)) - i128::from(before(key))).sum();
        let gone = self.before.iter().filter(|(key, known)| !now.contains_key(key) && pids.contains(&known.parent_pid));
        let moved: i128 = gone.map(|(_, known)| i128::from(count(known))).sum();
        (grown - moved).max(0) as f64
    }

    /// Resident memory is cheap to know; counting shared pages walks through all of them, so what that gave is used for a
    /// while.
    fn memory(&mut self, members: &[Stat]) -> f64 {
        let resident = members.iter().map(|stat| resident_bytes(stat.key.pid)).sum::<u64>() as f64;
        let begun = Instant::now();
        if begun >= self.count_at && resident > 0.0 {
            let counted = members.iter().map(|stat| proportional_bytes(stat.key.pid)).sum::<u64>() as f64;
            self.unshared = (counted / resident).min(1.0);
            self.count_at = Instant::now() + begun.elapsed() * COUNTING_SHARE;
        }
        resident * self.unshared
    }
}

fn known(stat: &Stat) -> Known {
    // Closed to other users' processes; missing in some kernels.
    let io = fs::read_to_string(format!("/proc/{}/io", stat.key.pid)).unwrap_or_default();
    let value = |name: &str| io.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or(0);
    Known {
        parent_pid: stat.parent_pid,
        cpu_ticks: stat.cpu_ticks,
        read_bytes: value("read_bytes:"),
        written_bytes: value("write_bytes:"),
    }
}

/// What a GPU says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gpu {
    /// Its number in the machine.
    pub index: u32,
    /// The part of the time in which it worked, in percent.
    pub busy_percent: Option<f64>,
    /// Its memory in use, in MiB.
    pub memory_mib: Option<f64>,
}

/// More GPUs than any machine has.
const GPUS_MAX: u32 = 64;

/// Longest line that is waited for, in bytes; it has three numbers.
const LINE_BYTES_MAX: usize = 4096;

/// The NVIDIA GPUs of the machine, as `nvidia-smi` reports them once a second. Dropping it ends that.
pub struct Gpus {
    _process: Helper,
    from: ChildStdout,
    waiting: Vec<u8>,
}

impl Gpus {
    /// Starts the report. None if there is no `nvidia-smi`.
    #[must_use]
    pub fn start() -> Option<Self> {
        let mut command = Command::new("nvidia-smi");
        command
            .args(["--query-gpu=index,utilization.gpu,memory.used", "--format=csv,noheader,nounits", "--loop=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Helper::start(&mut command).inspect_err(|error| log::debug!("nvidia-smi: {error}")).ok()?;
        let from = process.child().stdout.take()?;
        rustix::io::ioctl_fionbio(&from, true).ok()?;
        Some(Self { _process: process, from, waiting: Vec::new() })
    }

    /// The newest of each GPU that came since the last look; empty if it has nothing to say.
    pub fn look(&mut self) -> Vec<Gpu> {
        let mut buffer = [0; 4096];
        let mut newest: Vec<Gpu> = Vec::new();
        loop {
            match self.from.read(&mut buffer) {
                Ok(count) if count > 0 => self.waiting.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                _ => break,
            }
            while let Some(end) = memchr::memchr(b'\n', &self.waiting) {
                let rest = self.waiting.split_off(end + 1);
                let line = std::mem::replace(&mut self.waiting, rest);
                let Some(gpu) = gpu(&line) else { continue };
                match newest.iter_mut().find(|known| known.index == gpu.index) {
                    Some(known) => *known = gpu,
                    None => newest.push(gpu),
                }
            }
            if self.waiting.len() > LINE_BYTES_MAX {
                self.waiting.clear();
            }
        }
        newest
    }
}

/// A line such as `0, 45, 1024`; what a GPU does not know is `[N/A]`.
fn gpu(line: &[u8]) -> Option<Gpu> {
    let mut fields = std::str::from_utf8(line).ok()?.split(',').map(str::trim);
    let index = fields.next()?.parse().ok().filter(|index| *index < GPUS_MAX)?;
    let mut number = || fields.next()?.parse().ok().filter(|number: &f64| number.is_finite());
    let (busy_percent, memory_mib) = (number(), number());
    Some(Gpu { index, busy_percent, memory_mib })
}

/// How often the processes are worth a look.
pub const LOOK_INTERVAL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::process_tree::{JOB_VARIABLE, random_mark};

    fn start(script: &str) -> (std::process::Child, Arc<ProcessTree>) {
        let mark = random_mark();
        let child =
            Command::new("sh").args(["-c", script]).env(JOB_VARIABLE, &mark).stdin(Stdio::null()).spawn().unwrap();
        let tree = Arc::new(ProcessTree::new(child.id(), mark));
        (child, tree)
    }

    #[test]
    fn lines_of_gpus_are_numbers_or_nothing() {
        let gpu = |line: &str| gpu(line.as_bytes());
        assert_eq!(gpu("1, 45, 1024\n"), Some(Gpu { index: 1, busy_percent: Some(45.0), memory_mib: Some(1024.0) }));
        assert_eq!(gpu("0, [N/A], 7"), Some(Gpu { index: 0, busy_percent: None, memory_mib: Some(7.0) }));
        for wrong in ["", "NVIDIA-SMI has failed", "64, 1, 1", "-1, 1, 1", "\u{fffd}"] {
            assert_eq!(gpu(wrong), None, "{wrong}");
        }
        assert_eq!(super::gpu(b"\xff, 1, 1"), None);
    }

    /// What short-lived children use is counted, once.
    #[test]
    fn processor_time_of_children_that_are_gone_is_counted_once() {
        let work = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
        let (mut child, tree) = start(&format!("for n in 1 2 3 4 5 6; do sh -c '{work}'; done; sleep 600"));
        let mut meter = Meter::new(Arc::clone(&tree));
        let begun = Instant::now();
        let (mut secs, mut looked) = (0.0, begun);
        while tree.count() != 2 || begun.elapsed() < Duration::from_millis(300) {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not come to its sleep");
            std::thread::sleep(Duration::from_millis(20));
            let usage = meter.look().unwrap();
            secs += usage.cpu_cores * looked.elapsed().as_secs_f64();
            looked = Instant::now();
            assert!(usage.threads >= usage.processes as u64 && usage.memory_bytes > 1e5, "{usage:?}");
        }
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        let fields: Vec<u64> =
            stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(4).map(|f| f.parse().unwrap()).collect();
        let wanted = fields.iter().sum::<u64>() as f64 / rustix::param::clock_ticks_per_second() as f64;
        assert!((secs - wanted).abs() < 0.1 + 0.2 * wanted, "{secs} s, should be {wanted} s");
        tree.kill();
        child.wait().unwrap();
        // The one that sleeps is killed, but has nobody here who waits for it.
        let begun = Instant::now();
        while meter.look().is_some() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Half a percent of a processor for a tree of fifty processes.
    #[test]
    fn a_look_at_many_processes_is_cheap() {
        let (mut child, tree) = start("for n in $(seq 50); do sleep 600 & done; wait");
        let mut meter = Meter::new(Arc::clone(&tree));
        let begun = Instant::now();
        while tree.count() < 51 {
            assert!(begun.elapsed() < Duration::from_secs(60), "they do not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        meter.look().unwrap();
        let clock = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let nanos = |time: rustix::time::Timespec| time.tv_sec * 1_000_000_000 + time.tv_nsec;
        let before = clock();
        for _ in 0..10 {
            meter.look().unwrap();
        }
        let each = (nanos(clock()) - nanos(before)) / 10;
        eprintln!("{each} ns of processor time a look");
        // Without optimisation, and for the processes of the whole machine: an order of magnitude.
        assert!(each < 20_000_000, "{each} ns");
        tree.kill();
        child.wait().unwrap();
    }
}
