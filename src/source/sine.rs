//! The sine job's worker and refinement: growing sine curves in changing colours, with printed lines and messages.
//!
//! The source runs on the worker's thread, the refinement on the receiver's. Neither knows a thread.

use std::f64::consts::PI;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::{Outlet, Refine, RefineOutlet, Source, SourceError};
use crate::batch::{Batch, Color, Item, Level, Outcome, Progress, SeriesId, SeriesInfo};
use crate::say;

/// The settings of the sine job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SineOptions {
    /// Iterations of the worker, each of which sends one sine object; 0 = endless.
    pub iterations: u64,
    /// Time between the worker's iterations, in milliseconds.
    pub worker_ms: u64,
    /// Iterations of the receiver; 0 = endless.
    pub receiver_iterations: u64,
    /// Time between the receiver's iterations, in milliseconds, at least 1.
    pub receiver_ms: u64,
    /// The worker prints a line every so many iterations, at least 1.
    pub worker_batch: u64,
    /// The receiver changes the colour every so many objects, at least 1.
    pub receiver_batch: u64,
}

impl Default for SineOptions {
    fn default() -> Self {
        Self {
            iterations: 20,
            worker_ms: 100,
            receiver_iterations: 50,
            receiver_ms: 50,
            worker_batch: 5,
            receiver_batch: 5,
        }
    }
}

/// The one series of the sine job.
pub const SINE: SeriesId = SeriesId(0);

/// Distance of neighbouring x values.
const STEP: f64 = 0.1;

/// Makes the sine objects: in iteration k the curve y = sin x for x = 0, 0.1, 0.2, … < k·π.
#[derive(Clone, Debug)]
pub struct SineSource {
    options: SineOptions,
}

impl SineSource {
    /// A source with these settings.
    #[must_use]
    pub fn new(options: SineOptions) -> Self {
        Self { options }
    }
}

impl Source for SineSource {
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        let SineOptions { iterations, worker_ms, worker_batch, .. } = self.options;
        let (interval, worker_batch) = (Duration::from_millis(worker_ms), worker_batch.max(1));
        let name = "sin x".to_owned();
        out.send(Item::Declare(SeriesInfo {
            id: SINE,
            name,
            x_label: "x".into(),
            x_is_time: false,
            color: Some(RED),
        }))?;
        let mut due = out.elapsed();
        let mut i = 0;
        while iterations == 0 || i < iterations {
            due = due.saturating_add(interval);
            out.checkpoint()?;
            out.sleep(due.saturating_sub(out.elapsed()))?;
            i += 1;
            let batch = (i - 1) / worker_batch + 1;
            out.send(Item::Replace(sine_object(i, out.stamp_nanos()), None))?;
            let now = out.elapsed();
            if now.saturating_sub(due) > interval {
                // Held up by a pause or a full channel: go on from here, no burst follows.
                due = now;
            }
            if i.is_multiple_of(worker_batch) {
                say!(out, "Printed by the worker in iteration {i}, batch {batch}")?;
            }
            let time = out.elapsed().as_secs_f64();
            out.message(Level::Info, format_args!("Iteration {i}: sine object {i} sent at {time:.5} s, batch {batch}"));
            let progress = if iterations == 0 {
                Progress::Unknown { done: i }
            } else {
                Progress::Steps { done: i, total: iterations }
            };
            out.progress(progress);
        }
        Ok(Outcome { summary: format!("{i} sine objects sent"), ..Outcome::default() })
    }
}

/// y = sin x for x = 0, 0.1, 0.2, … < `k`·π.
fn sine_object(k: u64, stamp_nanos: i64) -> Batch {
    let end = k as f64 * PI;
    // The quotient may be off by a rounding; the comparison that defines the curve decides.
    let guess = (end / STEP).ceil() as usize + 1;
    let y: Vec<f64> = (0..guess).map(|i| i as f64 * STEP).take_while(|x| *x < end).map(f64::sin).collect();
    Batch::steps(SINE, stamp_nanos, 0.0, STEP, y)
}

/// CSS red, the first colour.
const RED: Color = Color::from_rgb24(0xff_00_00);

/// The colours by their CSS names and values.
const COLORS: [(&str, Color); 8] = [
    ("blue", Color::from_rgb24(0x00_00_ff)),
    ("red", RED),
    ("orange", Color::from_rgb24(0xff_a5_00)),
    ("green", Color::from_rgb24(0x00_80_00)),
    ("darkgreen", Color::from_rgb24(0x00_64_00)),
    ("darkred", Color::from_rgb24(0x8b_00_00)),
    ("magenta", Color::from_rgb24(0xff_00_ff)),
    ("black", Color::from_rgb24(0x00_00_00)),
];

/// A seed that differs from run to run.
#[must_use]
pub fn random_seed() -> u64 {
    // The standard library's hasher is seeded by the system.
    RandomState::new().hash_one(0_u64)
}

/// Gives each sine object its colour: the first is red, and after every batch a new one is drawn.
#[derive(Clone, Debug)]
pub struct SineRefine {
    batch: u64,
    objects: u64,
    name: &'static str,
    color: Color,
    state: u64,
}

impl SineRefine {
    /// Changes the colour every `batch` objects, at least 1; equal seeds draw equal colours.
    #[must_use]
    pub fn new(batch: u64, seed: u64) -> Self {
        Self { batch: batch.max(1), objects: 0, name: "red", color: RED, state: seed }
    }

    /// Draws a colour other than the present one.
    fn change_color(&mut self) {
        let others = COLORS.iter().filter(|(name, _)| *name != self.name);
        let draw = next_random(&mut self.state) % (COLORS.len() as u64 - 1);
        if let Some((name, color)) = others.into_iter().nth(draw as usize) {
            (self.name, self.color) = (name, *color);
        }
    }
}

impl Refine for SineRefine {
    fn item(&mut self, item: Item, out: &mut dyn RefineOutlet) {
        let Item::Replace(curve, _) = item else { return out.emit(item) };
        out.emit(Item::Replace(curve, Some(self.color)));
        self.objects += 1;
        if self.objects.is_multiple_of(self.batch) {
            let (batch, objects, before) = (self.objects / self.batch, self.objects, self.name);
            self.change_color();
            out.message(
                Level::Info,
                format_args!(
                    "Batch {batch}: {objects} sine objects received, the last in {before}; next {}",
                    self.name
                ),
            );
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and good enough for colours.
fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;
    use crate::batch::Message;

    #[derive(Default)]
    struct Taken {
        items: Vec<Item>,
        messages: Vec<String>,
    }

    impl RefineOutlet for Taken {
        fn emit(&mut self, item: Item) {
            self.items.push(item);
        }
        fn message(&mut self, _: Level, text: fmt::Arguments<'_>) {
            self.messages.push(text.to_string());
        }
        fn line(&mut self, _: Message) {}
    }

    fn colors(count: u64, batch: u64, seed: u64) -> (Vec<Color>, Vec<String>) {
        let (mut refine, mut out) = (SineRefine::new(batch, seed), Taken::default());
        for k in 1..=count {
            refine.item(Item::Replace(sine_object(k, 0), None), &mut out);
        }
        let colors = out.items.into_iter().map(|item| match item {
            Item::Replace(_, Some(color)) => color,
            other => panic!("not a coloured curve: {other:?}"),
        });
        (colors.collect(), out.messages)
    }

    #[test]
    fn a_curve_ends_before_k_pi() {
        for k in 1..=200 {
            let curve = sine_object(k, 7);
            let last = (curve.len() - 1) as f64 * STEP;
            assert!(last < k as f64 * PI && curve.len() as f64 * STEP >= k as f64 * PI, "k = {k}");
            assert_eq!((curve.series, curve.stamp_nanos), (SINE, 7));
        }
        let curve = sine_object(1, 0);
        assert_eq!(curve.len(), 32, "0, 0.1, …, 3.1");
        assert_eq!(curve.y()[31], (31.0 * STEP).sin());
        assert_eq!(sine_object(20, 0).len(), 629);
    }

    #[test]
    fn the_first_batch_is_red_and_each_next_one_is_new() {
        for seed in 0..50 {
            let (colors, messages) = colors(40, 5, seed);
            assert!(colors[..5].iter().all(|color| *color == RED));
            for (batch, next) in colors.chunks(5).zip(colors.chunks(5).skip(1)) {
                assert!(batch.iter().all(|color| *color == batch[0]), "one colour a batch");
                assert_ne!(batch[0], next[0], "never the same twice running");
            }
            assert_eq!(messages.len(), 8);
        }
    }

    #[test]
    fn all_colors_come_and_equal_seeds_agree() {
        let (drawn, _) = colors(500, 1, 3);
        for (name, color) in COLORS {
            assert!(drawn.contains(&color), "{name} never came");
        }
        assert_eq!(drawn, colors(500, 1, 3).0);
        assert_ne!(drawn, colors(500, 1, 4).0);
    }

    #[test]
    fn batch_messages_are_exact() {
        let (_, messages) = colors(5, 5, 1);
        let start = "Batch 1: 5 sine objects received, the last in red; next ";
        assert!(messages[0].starts_with(start), "{}", messages[0]);
    }

    #[test]
    fn what_is_no_curve_goes_through() {
        let (mut refine, mut out) = (SineRefine::new(5, 0), Taken::default());
        let point = Item::Append(Batch::point(SINE, 0, 1.0, 2.0));
        refine.item(point.clone(), &mut out);
        assert_eq!(out.items, [point]);
    }
}
