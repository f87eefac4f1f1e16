//! What the store says of its samples is what a pass over all of them says, whatever they are and however they came.

#[cfg(test)]
mod common {
    use kymograph::batch::{Batch, SeriesId, Xs};
    use kymograph::store::{Column, SeriesSnapshot, Store};

    pub const ID: SeriesId = SeriesId(3);

    /// A small generator (splitmix64), so that a failing case is named by a seed.
    pub struct Random(pub u64);

    impl Random {
        pub fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }

        /// Below `end`.
        pub fn below(&mut self, end: usize) -> usize {
            (self.next() % end.max(1) as u64) as usize
        }

        /// From -1 to 1.
        pub fn unit(&mut self) -> f64 {
            self.next() as f64 / u64::MAX as f64 * 2.0 - 1.0
        }
    }

    /// The store and, beside it, its samples as plain numbers.
    #[derive(Default)]
    pub struct Pair {
        pub store: Store,
        pub model: Vec<(f64, f64)>,
    }

    impl Pair {
        pub fn append(&mut self, x: Xs, y: Vec<f64>) {
            self.model.extend(samples(&x, &y));
            self.store.append(Batch::new(ID, 0, x, y).unwrap());
        }

        pub fn replace(&mut self, x: Xs, y: Vec<f64>) {
            self.model = samples(&x, &y);
            self.store.replace(Batch::new(ID, 0, x, y).unwrap(), None);
        }

        pub fn series(&self) -> SeriesSnapshot {
            self.store.snapshot().get(ID).unwrap().clone()
        }
    }

    pub fn samples(x: &Xs, y: &[f64]) -> Vec<(f64, f64)> {
        let x = |i: usize| match x {
            Xs::Explicit(x) => x[i],
            Xs::Steps { start, step } => start + i as f64 * step,
        };
        y.iter().enumerate().map(|(i, y)| (x(i), *y)).collect()
    }

    /// The documentation of `Column`, word by word, as a pass over all samples.
    pub fn naive_columns(samples: &[(f64, f64)], edges: &[f64]) -> Vec<Column> {
        let mut out = Vec::new();
        let mut is_broken = false;
        for (index, edge) in edges.windows(2).enumerate() {
            let is_last = index + 2 == edges.len();
            let holds = |x: f64| edge[0] <= x && (x < edge[1] || is_last && x <= edge[1]);
            let inside: Vec<f64> = samples.iter().filter(|(x, _)| holds(*x)).map(|(_, y)| *y).collect();
            let finite: Vec<f64> = inside.iter().copied().filter(|y| y.is_finite()).collect();
            let leading = inside.iter().take_while(|y| !y.is_finite()).count();
            is_broken |= leading > 0;
            if let (Some(first), Some(last)) = (finite.first(), finite.last()) {
                out.push(Column {
                    index: index as u32,
                    first: *first,
                    min: finite.iter().copied().fold(f64::INFINITY, f64::min),
                    max: finite.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                    last: *last,
                    count: inside.len() as u64,
                    breaks_before: is_broken,
                    has_gap: finite.len() < inside.len(),
                });
                is_broken = inside.last().is_some_and(|y| !y.is_finite());
            }
        }
        out
    }

    pub fn naive_bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
        values.filter(|v| v.is_finite()).fold(None, |all, v| match all {
            None => Some((v, v)),
            Some((min, max)) => Some((v.min(min), v.max(max))),
        })
    }

    /// y values of one of several characters: smooth, ragged with holes, long gaps, extreme.
    pub fn ys(random: &mut Random, character: usize, count: usize) -> Vec<f64> {
        let mut level = 0.0;
        let mut gap_left = 0;
        let mut y = |_| {
            level += random.unit();
            match character % 5 {
                0 => level,
                1 if random.below(20) == 0 => [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][random.below(3)],
                2 => {
                    if gap_left == 0 && random.below(100) == 0 {
                        gap_left = random.below(700);
                    }
                    gap_left = gap_left.max(1) - 1;
                    if gap_left > 0 { f64::NAN } else { level }
                }
                3 => [1e308, -1e308, 5e-324, -5e-324, 0.0, -0.0, f64::MAX, f64::MIN, f64::NAN][random.below(9)],
                4 if random.below(3) > 0 => f64::NAN,
                _ => random.unit() * 10.0,
            }
        };
        (0..count).map(&mut y).collect()
    }

    /// Edges that often hit samples, lie beyond them, or coincide.
    pub fn edges(random: &mut Random, samples: &[(f64, f64)]) -> Vec<f64> {
        let count = [2, 3, 5, 40][random.below(4)];
        let (min, max) = naive_bounds(samples.iter().map(|s| s.0)).unwrap_or((0.0, 1.0));
        let mut edges: Vec<f64> = (0..count)
            .map(|_| match random.below(8) {
                0..=2 if !samples.is_empty() => samples[random.below(samples.len())].0,
                3 => min - 1.0,
                4 => max + 1.0,
                5 if random.below(10) == 0 => f64::INFINITY,
                _ => min + (max - min) * (random.unit() + 1.0) / 2.0,
            })
            .filter(|x| !x.is_nan())
            .collect();
        if random.below(3) == 0 {
            edges.extend(edges.clone());
        }
        edges.sort_by(f64::total_cmp);
        edges
    }
}

#[cfg(test)]
mod tests {
    use super::common::*;
    use kymograph::batch::Xs;
    use kymograph::store::{Column, SegmentX, XOrder};
    use proptest::prelude::*;

    /// How x goes on from batch to batch.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Course {
        Explicit,
        Steps,
        Mixed,
        /// Ascending within each batch, and back to the beginning between some of them.
        Restarts,
        Free,
    }

    fn lengths() -> impl Strategy<Value = Vec<usize>> {
        let length = prop_oneof![4 => 0_usize..5, 4 => 0_usize..200, 2 => 900_usize..1100, 2 => 1024_usize..6000, 1 => 16_000_usize..40_000];
        proptest::collection::vec(length, 1..14)
    }

    fn fill(course: Course, lengths: &[usize], seed: u64) -> Pair {
        let mut random = Random(seed);
        let mut pair = Pair::default();
        let mut x = random.unit() * 10.0;
        let character = random.below(6);
        for &count in lengths {
            let y = ys(&mut random, if character == 5 { seed as usize } else { character }, count);
            let is_even = match course {
                Course::Explicit | Course::Free => false,
                Course::Steps => true,
                Course::Mixed | Course::Restarts => random.below(2) == 0,
            };
            if course == Course::Restarts && random.below(3) == 0 {
                x = random.unit() * 10.0;
            }
            let xs = if is_even {
                // A step of 0.25 goes on to the last bit, others do not, and a jump never does.
                let steps = [0.25, 0.25, 0.1, 0.0, -0.1, f64::NAN, f64::INFINITY, 1e306];
                let step = steps[random.below(if course == Course::Restarts { 8 } else { 4 })];
                x += if random.below(4) == 0 { 3.7 } else { 0.0 };
                let start = x;
                let next = start + count as f64 * step;
                x = if next.is_finite() { next } else { 0.0 };
                Xs::Steps { start, step }
            } else {
                let stray = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
                Xs::Explicit(
                    (0..count)
                        .map(|_| {
                            x += [0.0, 0.01, 1.0, 30.0][random.below(4)];
                            match course {
                                Course::Free if random.below(50) == 0 => stray[random.below(3)],
                                Course::Free => random.unit() * 100.0 + x,
                                _ => x,
                            }
                        })
                        .collect(),
                )
            };
            if random.below(12) == 0 {
                pair.replace(xs, y);
            } else {
                pair.append(xs, y);
            }
            // A snapshot that is held makes the writer copy what it goes on writing.
            if random.below(2) == 0 {
                std::mem::forget(pair.store.snapshot());
            }
        }
        pair
    }

    fn course() -> impl Strategy<Value = Course> {
        prop_oneof![
            Just(Course::Explicit),
            Just(Course::Steps),
            Just(Course::Mixed),
            Just(Course::Restarts),
            Just(Course::Free)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

        #[test]
        fn everything_is_as_a_pass_over_all_samples_says(course in course(), lengths in lengths(), seed: u64) {
            let pair = fill(course, &lengths, seed);
            let (series, model) = (pair.series(), &pair.model);
            let mut random = Random(seed ^ 1);

            // The samples themselves, bit by bit.
            prop_assert_eq!(series.len(), model.len());
            let mut at = 0;
            series.for_each(0..usize::MAX, |x, y| {
                assert_eq!((x.to_bits(), y.to_bits()), (model[at].0.to_bits(), model[at].1.to_bits()), "sample {at}");
                at += 1;
            });
            prop_assert_eq!(at, model.len());
            for _ in 0..20 {
                let i = random.below(model.len() + 2);
                let bits = |s: (f64, f64)| (s.0.to_bits(), s.1.to_bits());
                prop_assert_eq!(series.sample(i).map(bits), model.get(i).copied().map(bits));
            }

            // What is known without looking.
            let x = || model.iter().map(|s| s.0);
            let y = || model.iter().map(|s| s.1);
            let least = |v: &mut dyn Iterator<Item = f64>| v.filter(|v| *v > 0.0 && v.is_finite()).min_by(f64::total_cmp);
            let ascending = x().is_sorted() && x().all(f64::is_finite);
            prop_assert_eq!(series.x_order() == XOrder::Ascending, ascending);
            prop_assert_eq!(series.x_bounds(), naive_bounds(x()));
            prop_assert_eq!(series.y_bounds(), naive_bounds(y()));
            prop_assert_eq!(series.least_positive(), (least(&mut x()), least(&mut y())));
            prop_assert_eq!(series.nonfinite_count(), y().filter(|y| !y.is_finite()).count() as u64);

            // Views.
            let mut columns = vec![Column {
                index: 9, first: 0.0, min: 0.0, max: 0.0, last: 0.0, count: 0, breaks_before: false, has_gap: false,
            }];
            for _ in 0..6 {
                let edges = edges(&mut random, model);
                series.reduce(&edges, &mut columns);
                if ascending {
                    prop_assert_eq!(&columns, &naive_columns(model, &edges), "edges {:?}", edges);
                    for edge in &edges {
                        prop_assert_eq!(series.lower_bound(*edge), model.partition_point(|s| s.0 < *edge));
                    }
                } else {
                    prop_assert!(columns.is_empty());
                }
                for view in edges.windows(2) {
                    let inside = model.iter().filter(|s| (view[0]..=view[1]).contains(&s.0));
                    prop_assert_eq!(series.y_bounds_in(view[0], view[1]), naive_bounds(inside.map(|s| s.1)), "{:?}", view);
                }
                let (a, b) = (random.below(model.len() + 1), random.below(model.len() + 1));
                let inside = &model[a.min(b)..a.max(b)];
                prop_assert_eq!(series.has_gap_in(a.min(b)..a.max(b)), inside.iter().any(|s| !s.1.is_finite()));
            }
        }

        #[test]
        fn every_sample_of_the_view_lies_in_the_span_of_its_column(lengths in lengths(), seed: u64) {
            let pair = fill(Course::Mixed, &lengths, seed);
            let series = pair.series();
            let mut random = Random(seed ^ 2);
            let mut columns = Vec::new();
            let (left, right) = series.x_bounds().unwrap_or((0.0, 1.0));
            let (left, width) = (left + (right - left) * random.unit().abs(), (right - left) * random.unit().abs());
            let edges: Vec<f64> = (0..=300).map(|i| left + width * f64::from(i) / 300.0).collect();
            series.reduce(&edges, &mut columns);
            for (x, y) in pair.model.iter().filter(|s| s.1.is_finite() && left <= s.0 && s.0 <= edges[300]) {
                let index = edges.partition_point(|e| e <= x).min(300) - 1;
                let column = columns.iter().find(|c| c.index as usize == index).unwrap();
                prop_assert!(column.min <= *y && *y <= column.max);
            }
        }

        #[test]
        fn ranges_near_a_view_hold_every_line_that_touches_it(lengths in lengths(), seed: u64, course in course()) {
            let pair = fill(course, &lengths, seed);
            let (series, model) = (pair.series(), &pair.model);
            let mut random = Random(seed ^ 3);
            let mut ranges = Vec::new();
            for _ in 0..5 {
                let (a, b) = (random.unit() * 300.0, random.unit() * 300.0);
                let (x0, x1) = (a.min(b), a.max(b));
                series.ranges_near(x0, x1, &mut ranges);
                prop_assert!(ranges.iter().all(|r| r.start < r.end && r.end <= model.len()));
                prop_assert!(ranges.windows(2).all(|r| r[0].end < r[1].start), "{:?}", ranges);
                for (i, pair) in model.windows(2).enumerate() {
                    let (from, to) = (pair[0].0.min(pair[1].0), pair[0].0.max(pair[1].0));
                    let touches = from.is_finite() && to.is_finite() && from <= x1 && x0 <= to;
                    let is_held = ranges.iter().any(|r| r.contains(&i) && r.contains(&(i + 1)));
                    prop_assert!(!touches || is_held, "line {} of {:?} in {:?}", i, (from, to), (x0, x1));
                }
            }
        }

        #[test]
        fn segments_hold_the_range_asked_for(lengths in lengths(), seed: u64, course in course()) {
            let pair = fill(course, &lengths, seed);
            let series = pair.series();
            let mut random = Random(seed ^ 4);
            let (a, b) = (random.below(series.len() + 1), random.below(series.len() + 50));
            let (start, end) = (a.min(b), a.max(b));
            let mut at = start;
            for segment in series.segments(start..end) {
                prop_assert_eq!(segment.first, at);
                if let SegmentX::Slice(x) = segment.x {
                    prop_assert_eq!(x.len(), segment.y.len());
                }
                at += segment.y.len();
            }
            prop_assert_eq!(at, end.min(series.len()).max(start));
        }
    }

    #[test]
    fn many_small_batches_make_a_deep_tree_that_answers_the_same() {
        let mut random = Random(11);
        let mut pair = Pair::default();
        let mut x = 0.0;
        while pair.model.len() < 600_000 {
            let count = random.below(900);
            let start = x;
            x += count as f64 * 0.125;
            let y = ys(&mut random, 1, count);
            pair.append(Xs::Steps { start, step: 0.125 }, y);
        }
        let series = pair.series();
        let mut columns = Vec::new();
        for _ in 0..12 {
            let edges = edges(&mut random, &pair.model);
            series.reduce(&edges, &mut columns);
            assert_eq!(columns, naive_columns(&pair.model, &edges));
        }
    }

    #[test]
    fn one_spike_in_ten_million_is_seen_at_every_zoom() {
        let count = 10_000_000;
        let spike = 7_654_321_usize;
        let mut y = vec![0.0; count];
        y[spike] = 1.0;
        let mut pair = Pair::default();
        pair.store.replace(kymograph::batch::Batch::new(ID, 0, Xs::Steps { start: 0.0, step: 1.0 }, y).unwrap(), None);
        let series = pair.series();
        let mut columns = Vec::new();
        let mut width = count as f64;
        while width > 10.0 {
            for part in [0.01, 0.37, 0.5, 0.99] {
                let left = spike as f64 - width * part;
                let edges: Vec<f64> = (0..=1000).map(|i| left + width * f64::from(i) / 1000.0).collect();
                series.reduce(&edges, &mut columns);
                assert_eq!(columns.iter().filter(|c| c.max == 1.0).count(), 1, "{width} wide");
                assert_eq!(series.y_bounds_in(left, left + width).unwrap().1, 1.0);
            }
            width /= 3.0;
        }
    }

    #[test]
    fn gaps_at_the_borders_of_blocks_and_columns() {
        // 64 samples make a block. A gap ends column 0, fills column 2 and begins column 4.
        let mut y = vec![1.0; 640];
        y[127] = f64::NAN;
        y[256..384].fill(f64::INFINITY);
        y[512] = f64::NEG_INFINITY;
        let mut pair = Pair::default();
        pair.append(Xs::Steps { start: 0.0, step: 1.0 }, y);
        let edges = [0.0, 128.0, 256.0, 384.0, 512.0, 639.0];
        let mut columns = Vec::new();
        pair.series().reduce(&edges, &mut columns);
        let marks: Vec<_> = columns.iter().map(|c| (c.index, c.breaks_before, c.has_gap)).collect();
        assert_eq!(marks, [(0, false, true), (1, true, false), (3, true, false), (4, true, true)]);
        assert_eq!(columns, naive_columns(&pair.model, &edges));
    }

    #[test]
    fn one_step_back_at_any_border_makes_x_free() {
        for back_at in [1, 63, 64, 65, 1023, 1024, 1025, 2048, 2999] {
            for batch_len in [1, 64, 1000, 1024, 3000] {
                let mut pair = Pair::default();
                let x: Vec<f64> =
                    (0..3000).map(|i| if i < back_at { f64::from(i) } else { f64::from(i) - 1.5 }).collect();
                for x in x.chunks(batch_len) {
                    assert_eq!(pair.model.len() > back_at as usize, {
                        !pair.model.is_empty() && pair.series().x_order() == XOrder::Free
                    });
                    pair.append(Xs::Explicit(x.to_vec().into()), vec![0.0; x.len()]);
                }
                assert_eq!(pair.series().x_order(), XOrder::Free);
                pair.replace(Xs::Explicit(vec![1.0, 2.0].into()), vec![0.0; 2]);
                assert_eq!(pair.series().x_order(), XOrder::Ascending, "what was replaced no longer counts");
            }
        }
    }

    #[test]
    fn edges_that_are_no_edges_give_no_columns() {
        let mut pair = Pair::default();
        pair.append(Xs::Explicit(vec![1.0, 2.0, 3.0].into()), vec![1.0, 2.0, 3.0]);
        let series = pair.series();
        let mut columns = Vec::new();
        for edges in [&[][..], &[2.0], &[f64::NAN, f64::NAN], &[4.0, 5.0], &[-5.0, -4.0], &[3.0, 1.0]] {
            series.reduce(edges, &mut columns);
            assert!(columns.is_empty(), "{edges:?}");
        }
        series.reduce(&[2.0, 2.0], &mut columns);
        assert_eq!(columns.len(), 1, "the last column includes its end");
    }
}
