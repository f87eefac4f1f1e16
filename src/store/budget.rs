//! Which samples leave memory first when a store may hold only so many bytes of them.
//!
//! The store's thread. Notes frozen chunks in the order of their age and names the next one to leave; the store asks the
//! chunk's columns where else they stand, or has them written by a [`Spill`]. Knows no files itself.

use std::collections::VecDeque;
use std::io;

use crate::batch::{Column, SeriesId};

/// Takes numbers out of memory: into a file of the run that is mapped, for instance.
pub trait Spill: Send {
    /// Keeps `values` somewhere else than in the heap and returns them as a column that lies there.
    ///
    /// # Errors
    /// Whatever kept them from being written. The store then keeps them in memory and tries others later.
    fn put(&mut self, values: &[f64]) -> io::Result<Column>;
}

/// How much memory a store may fill with samples.
pub struct BudgetOptions {
    /// Bytes of samples that may stand in memory; what is kept about them, about 0.7 bytes a sample, comes on top.
    pub budget_bytes: usize,
    /// Where samples go that stand nowhere else. Without one, only those leave that have a home in a file.
    pub spill: Option<Box<dyn Spill>>,
}

/// The usual budget in bytes: a quarter of the machine's memory, at least 256 MiB.
#[must_use]
pub fn budget_default() -> usize {
    // Where it cannot be read, the least is taken: too small a budget costs some reading, too large a one the program.
    let total = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| total_bytes(&text)).unwrap_or(0);
    (total / 4).max(256 << 20)
}

/// The line `MemTotal:  16384 kB` of the kernel's table.
fn total_bytes(meminfo: &str) -> Option<usize> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// A frozen chunk that may leave memory.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub id: SeriesId,
    /// Which of the series that stood under that number, one after the other, it belongs to.
    pub life: u64,
    /// Index of its first sample.
    pub first: usize,
}

/// A limit on the bytes of samples in memory, and the chunks that may leave.
pub(super) struct Budget {
    pub budget_bytes: usize,
    spill: Option<Box<dyn Spill>>,
    /// In the order of their age; each stands here once.
    queue: VecDeque<Candidate>,
    /// Those that could not leave when it was their turn, to be asked again in turn.
    late: VecDeque<Candidate>,
    /// At most so many of both belong to series that were replaced.
    stale: usize,
    /// How often spilling is passed over after it failed, and how often still.
    pause: (usize, usize),
}

/// Late chunks that are asked again for each chunk that comes in: more than one, so that a long row of them grows shorter.
const LATE_TRIES: usize = 2;

/// Longest pause of spilling after failures, in chunks that wanted to leave meanwhile.
const PAUSE_MAX: usize = 256;

impl Budget {
    pub fn new(options: BudgetOptions) -> Self {
        let BudgetOptions { budget_bytes, spill } = options;
        Self { budget_bytes, spill, queue: VecDeque::new(), late: VecDeque::new(), stale: 0, pause: (0, 0) }
    }

    /// Bytes of the queues.
    pub fn bytes(&self) -> usize {
        (self.queue.capacity() + self.late.capacity()) * size_of::<Candidate>()
    }

    /// Number of late chunks to ask after `count` new ones have come.
    pub fn late_tries(&self, count: usize) -> usize {
        (count * LATE_TRIES).min(self.late.len())
    }

    /// Number of all late chunks.
    pub fn late_len(&self) -> usize {
        self.late.len()
    }

    /// Notes the newest chunk.
    pub fn note(&mut self, candidate: Candidate) {
        self.queue.push_back(candidate);
    }

    /// The next chunk to ask, and whether it is a late one; late ones come first while there are tries left.
    pub fn next(&mut self, late_tries: &mut usize) -> Option<Candidate> {
        if *late_tries > 0
            && let Some(late) = self.late.pop_front()
        {
            *late_tries -= 1;
            return Some(late);
        }
        self.queue.pop_front()
    }

    /// Puts a chunk back that could not leave.
    pub fn put_back(&mut self, candidate: Candidate) {
        self.late.push_back(candidate);
    }

    /// Takes note that `count` chunks are gone, and sweeps the queues when half of what stands in them may be.
    pub fn forget(&mut self, count: usize, is_alive: impl Fn(&Candidate) -> bool) {
        self.stale += count;
        if self.stale > (self.queue.len() + self.late.len()) / 2 + 64 {
            for queue in [&mut self.queue, &mut self.late] {
                queue.retain(&is_alive);
                if queue.capacity() / 4 > queue.len() {
                    queue.shrink_to(queue.len() * 2);
                }
            }
            self.stale = 0;
        }
    }

    /// Forgets all chunks.
    pub fn clear(&mut self) {
        (self.queue, self.late, self.stale) = (VecDeque::new(), VecDeque::new(), 0);
    }

    /// Writes `values` out of memory; none if that cannot be done now.
    pub fn spill(&mut self, values: &[f64]) -> Option<Column> {
        let spill = self.spill.as_mut()?;
        let (length, left) = &mut self.pause;
        if *left > 0 {
            *left -= 1;
            return None;
        }
        match spill.put(values) {
            Ok(column) => {
                *length = 0;
                Some(column)
            }
            Err(error) => {
                if *length == 0 {
                    log::warn!("samples stay in memory beyond its budget: they cannot be written: {error}");
                }
                // A full disk stays full for a while; asking it for each chunk would hold the receiver up.
                *length = (*length * 2).clamp(1, PAUSE_MAX);
                *left = *length;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_table_is_read_as_it_is_written() {
        let text = "MemTotal:       16318484 kB\nMemFree:         1023 kB\n";
        assert_eq!(total_bytes(text), Some(16_318_484 * 1024));
        assert_eq!(total_bytes("MemFree: 3 kB\n"), None);
        assert!(budget_default() >= 256 << 20);
    }
}
