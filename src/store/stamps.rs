//! When the samples of a series came: the time stamps of its batches, in little memory.
//!
//! Owned by the series; a clone shares nearly all. Kept are corners of a line from sample numbers to times. A batch whose
//! stamp lies on the line so far, within [`TOLERANCE_NANOS`], moves its end instead of adding a corner: the swinging door of
//! Bristol, "Swinging door trending: adaptive trend recording?", ISA National Conference Proceedings 1990. Samples within a
//! batch are taken to have come evenly since the batch before it.

use std::sync::Arc;

/// How far from its stamp a batch may be told to have come: a frame lasts sixteen times as long.
const TOLERANCE_NANOS: f64 = 500_000.0;

/// Corners that every series may have; beyond, one for each [`SAMPLES_A_CORNER`] samples, which is less than a byte a sample.
const FREE_CORNERS: usize = 64;

/// See [`FREE_CORNERS`]. What comes more irregularly is told to the nearest corner.
const SAMPLES_A_CORNER: usize = 20;

/// Corners in a block that clones share.
const BLOCK: usize = 256;

/// The last of some samples, and when it came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corner {
    /// Number of samples up to and with it.
    pub end: usize,
    /// Nanoseconds since the Unix epoch.
    pub nanos: i64,
}

/// The time stamps of a series. None at first. As small as a pointer or two: there may be a million series.
#[derive(Clone, Debug, Default)]
pub(super) enum Stamps {
    /// There is no sample yet.
    #[default]
    None,
    /// A batch had no stamp: nothing is known of any sample.
    Unknown,
    /// All batches had one.
    Known(Arc<Line>),
}

/// The line from sample numbers to times.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Blocks of [`BLOCK`] corners.
    frozen: Vec<Arc<[Corner]>>,
    /// The newest corners; the last one may still move.
    growing: Vec<Corner>,
    /// The corner before the last one.
    anchor: Option<Corner>,
    /// Slopes from the anchor, in nanoseconds a sample, that are right for all stamps since.
    slopes: (f64, f64),
}

impl Stamps {
    /// Notes that the samples up to number `end` came with a batch of that stamp. 0 stands for no stamp.
    pub fn push(&mut self, end: usize, nanos: i64) {
        match self {
            _ if nanos == 0 => *self = Self::Unknown,
            Self::None => {
                *self = Self::Known(Arc::new(Line { growing: vec![Corner { end, nanos }], ..Line::default() }))
            }
            Self::Unknown => {}
            Self::Known(line) => Arc::make_mut(line).push(Corner { end, nanos }),
        }
    }

    /// Whether it is known when the samples came.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// When the first batch came, in nanoseconds since the Unix epoch.
    pub fn first_nanos(&self) -> Option<i64> {
        self.line()?.get(0).map(|corner| corner.nanos)
    }

    /// When sample `index` came, in nanoseconds since the Unix epoch.
    pub fn nanos_of(&self, index: usize) -> Option<i64> {
        let line = self.line()?;
        let place = line.partition_point(index);
        let corner = line.get(place)?;
        let Some(before) = place.checked_sub(1).and_then(|before| line.get(before)) else { return Some(corner.nanos) };
        let (count, done) = (corner.end - before.end, index + 1 - before.end);
        let rise = i128::from(corner.nanos) - i128::from(before.nanos);
        // Between two numbers of 64 bits.
        i64::try_from(i128::from(before.nanos) + rise * done as i128 / count.max(1) as i128).ok()
    }

    /// The last sample that had come at a moment; the first if that is before all. Where the clock went back, one of those
    /// that came then.
    pub fn index_at(&self, nanos: i64) -> Option<usize> {
        let line = self.line()?;
        let place = line.partition(|corner| corner.nanos <= nanos);
        let Some(before) = place.checked_sub(1).and_then(|before| line.get(before)) else { return Some(0) };
        let Some(corner) = line.get(place) else { return before.end.checked_sub(1) };
        let (count, rise) = (corner.end - before.end, i128::from(corner.nanos) - i128::from(before.nanos));
        let passed = i128::from(nanos) - i128::from(before.nanos);
        // The greatest that `nanos_of`, which rounds down, tells no later.
        let done = ((passed + 1) * count as i128 - 1) / rise.max(1);
        let done = usize::try_from(done).unwrap_or(0).min(count.saturating_sub(1));
        (before.end + done).checked_sub(1)
    }

    /// Hands the times of samples `from..to` to `each`, in order, as seconds since `origin_nanos`. Beyond the last batch
    /// nothing is handed on.
    pub fn each_secs(&self, from: usize, to: usize, origin_nanos: i64, mut each: impl FnMut(f64)) {
        let Some(line) = self.line() else { return };
        let mut place = line.partition_point(from);
        let mut at = from;
        while let Some(corner) = line.get(place).filter(|_| at < to) {
            let until = corner.end.min(to);
            let secs = |nanos: i64| (i128::from(nanos) - i128::from(origin_nanos)) as f64 / 1e9;
            // Before the first batch there is none that its samples could have come after.
            let before = place.checked_sub(1).and_then(|before| line.get(before));
            let (start, start_secs) = before.map_or((0, secs(corner.nanos)), |before| (before.end, secs(before.nanos)));
            let end_secs = secs(corner.nanos);
            let count = (corner.end - start).max(1) as f64;
            for index in at..until {
                let part = (index + 1 - start) as f64 / count;
                each(if index + 1 == corner.end { end_secs } else { start_secs + (end_secs - start_secs) * part });
            }
            (at, place) = (until, place + 1);
        }
    }

    /// All corners in order; none where nothing is known.
    pub fn corners(&self) -> impl Iterator<Item = Corner> {
        let lists = self.line().map(|line| line.frozen.iter().flat_map(|block| block.iter()).chain(&line.growing));
        lists.into_iter().flatten().copied()
    }

    /// Number of corners.
    pub fn len(&self) -> usize {
        self.line().map_or(0, Line::len)
    }

    /// What [`corners`](Self::corners) gave, for `len` samples; `None` if they cannot be.
    pub fn from_corners(corners: Vec<Corner>, len: usize) -> Option<Self> {
        let Some(last) = corners.last().copied() else { return Some(Self::Unknown) };
        let is_rising = corners.iter().zip(corners.iter().skip(1)).all(|(a, b)| a.end < b.end);
        if !is_rising || last.end != len || corners.first().is_some_and(|first| first.end == 0) {
            return None;
        }
        let anchor = corners.len().checked_sub(2).and_then(|before| corners.get(before)).copied();
        // The last one may still move, so it stays among those that grow.
        let blocks = corners.get(..corners.len() - 1).unwrap_or_default().chunks_exact(BLOCK);
        let frozen: Vec<Arc<[Corner]>> = blocks.map(Arc::from).collect();
        let growing = corners.get(frozen.len() * BLOCK..).unwrap_or_default().to_vec();
        let mut line = Line { frozen, growing, anchor, ..Line::default() };
        line.swing(last, None);
        Some(Self::Known(Arc::new(line)))
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let counts = 2 * size_of::<usize>();
        self.line().map_or(0, |line| {
            let frozen = line.frozen.iter().map(|block| size_of_val(&**block) + counts).sum::<usize>();
            let lists =
                line.frozen.capacity() * size_of::<Arc<[Corner]>>() + line.growing.capacity() * size_of::<Corner>();
            counts + size_of::<Line>() + frozen + lists
        })
    }

    fn line(&self) -> Option<&Line> {
        if let Self::Known(line) = self { Some(line) } else { None }
    }
}

impl Line {
    fn push(&mut self, corner: Corner) {
        let Corner { end, nanos } = corner;
        let Some(last) = self.growing.last().copied() else { return };
        let Some(anchor) = self.anchor else {
            // The first two corners stand by themselves.
            return self.add(last, corner);
        };
        let slope = (nanos as f64 - anchor.nanos as f64) / (end as f64 - anchor.end as f64);
        let is_on_line = self.slopes.0 <= slope && slope <= self.slopes.1;
        if is_on_line || self.len() >= FREE_CORNERS + end / SAMPLES_A_CORNER {
            let before = is_on_line.then_some(self.slopes);
            if let Some(last) = self.growing.last_mut() {
                *last = corner;
            }
            self.swing(corner, before);
        } else {
            self.add(last, corner);
        }
    }

    /// Adds a corner behind the last one.
    fn add(&mut self, last: Corner, corner: Corner) {
        self.anchor = Some(last);
        self.swing(corner, None);
        self.growing.push(corner);
        if self.growing.len() > BLOCK {
            let block: Vec<Corner> = self.growing.drain(..BLOCK).collect();
            self.frozen.push(block.into());
        }
    }

    /// Narrows the slopes so that the line meets `corner` too.
    fn swing(&mut self, corner: Corner, before: Option<(f64, f64)>) {
        let Some(anchor) = self.anchor else { return };
        let (run, rise) = (corner.end as f64 - anchor.end as f64, corner.nanos as f64 - anchor.nanos as f64);
        let (low, high) = ((rise - TOLERANCE_NANOS) / run, (rise + TOLERANCE_NANOS) / run);
        self.slopes = before.map_or((low, high), |(l, h)| (l.max(low), h.min(high)));
    }

    fn len(&self) -> usize {
        self.frozen.len() * BLOCK + self.growing.len()
    }

    fn get(&self, place: usize) -> Option<Corner> {
        match self.frozen.get(place / BLOCK) {
            Some(block) => block.get(place % BLOCK).copied(),
            None => self.growing.get(place - self.frozen.len() * BLOCK).copied(),
        }
    }

    /// Place of the corner that sample `index` comes at or before.
    fn partition_point(&self, index: usize) -> usize {
        self.partition(|corner| corner.end <= index)
    }

    /// Place of the first corner that is not before what is looked for.
    fn partition(&self, is_before: impl Fn(&Corner) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).as_ref().is_some_and(&is_before) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn secs(stamps: &Stamps, from: usize, to: usize) -> Vec<f64> {
        let mut all = Vec::new();
        stamps.each_secs(from, to, 0, |secs| all.push(secs));
        all
    }

    #[test]
    fn samples_of_a_batch_came_evenly_since_the_batch_before() {
        let mut stamps = Stamps::default();
        stamps.push(2, 10 * SECOND);
        stamps.push(6, 14 * SECOND);
        stamps.push(7, 20 * SECOND);
        assert_eq!(secs(&stamps, 0, 9), [10.0, 10.0, 11.0, 12.0, 13.0, 14.0, 20.0]);
        assert_eq!(secs(&stamps, 3, 5), [12.0, 13.0]);
        assert_eq!(stamps.first_nanos(), Some(10 * SECOND));
    }

    #[test]
    fn what_comes_evenly_takes_two_corners_and_what_comes_anyhow_a_byte_a_sample() {
        let mut even = Stamps::default();
        let jitter = |i: i64| i * 7919 % 300_000;
        (1..=100_000).for_each(|i| even.push(i as usize, i * 10_000_000 + jitter(i)));
        assert!(even.len() < 100, "{}", even.len());
        let mut anyhow = Stamps::default();
        (1..=100_000_i64).for_each(|i| anyhow.push(i as usize, i * SECOND + i * 7919 % 907 * 1_000_000));
        assert!(anyhow.bytes() <= 100_000, "{}", anyhow.bytes());
    }

    #[test]
    fn without_a_stamp_nothing_is_known() {
        let mut stamps = Stamps::default();
        assert!(!stamps.is_known());
        stamps.push(1, SECOND);
        assert!(stamps.is_known());
        stamps.push(2, 0);
        stamps.push(3, SECOND);
        assert!(!stamps.is_known() && secs(&stamps, 0, 3).is_empty());
    }

    proptest! {
        #[test]
        fn few_batches_are_told_to_half_a_millisecond(
            batches in prop::collection::vec((1..40_usize, 0..3_000_000_000_i64), 1..60),
        ) {
            let (mut stamps, mut end, mut nanos) = (Stamps::default(), 0, 1_700_000_000 * SECOND);
            let mut told = Vec::new();
            for (len, pause) in batches {
                (end, nanos) = (end + len, nanos + pause);
                stamps.push(end, nanos);
                told.push((end, nanos));
            }
            let again = Stamps::from_corners(stamps.corners().collect(), end).unwrap();
            let origin = 1_700_000_000 * SECOND;
            for stamps in [&stamps, &again] {
                let mut all = Vec::new();
                stamps.each_secs(0, end, origin, |secs| all.push(secs));
                prop_assert_eq!(all.len(), end);
                prop_assert!(all.is_sorted(), "clocks that run on never go back");
                for (index, told) in all.iter().enumerate() {
                    let nanos = stamps.nanos_of(index).unwrap();
                    prop_assert!(((nanos - origin) as f64 / 1e9 - told).abs() < 1e-6);
                    // A sample has come at its time, and with it those of the same time.
                    let found = stamps.index_at(nanos).unwrap();
                    let next = stamps.nanos_of(found + 1);
                    prop_assert!(found >= index && next.is_none_or(|next| next > nanos), "{found} for {index}");
                }
                for (end, nanos) in &told {
                    prop_assert!((all[end - 1] - (nanos - origin) as f64 / 1e9).abs() <= 0.000_51);
                }
            }
        }

        #[test]
        fn any_stamps_are_told_without_a_panic(batches in prop::collection::vec((1..5_usize, any::<i64>()), 1..600)) {
            let (mut stamps, mut end) = (Stamps::default(), 0);
            for (len, nanos) in batches {
                end += len;
                stamps.push(end, nanos);
                let expected = if stamps.is_known() { end } else { 0 };
                prop_assert_eq!(secs(&stamps, 0, end).len(), expected);
            }
            prop_assert!(secs(&stamps, 0, end).iter().all(|secs| secs.is_finite()));
            for nanos in [i64::MIN, -1, 0, 1 << 40, i64::MAX] {
                prop_assert_eq!(stamps.index_at(nanos).is_some_and(|index| index < end), stamps.is_known());
            }
            prop_assert!((0..end).all(|index| stamps.nanos_of(index).is_some() == stamps.is_known()));
        }
    }
}
