//! Gathers places into unbroken lines: cut to the window, without repeats, with dots for what stands alone.

use crate::figure::Join;
use crate::render::line::Scratch;
use crate::render::line::clip::{Point, Window};

/// Steps of a pixel within which two places count as one.
const STEPS_PER_PX: f64 = 16.0;

/// The lines of a curve in the making.
pub(super) struct Runs {
    window: Window,
    join: Join,
    /// The last place, before it was cut; `None` after a break.
    previous: Option<Point>,
    /// Whether the run so far is this one place.
    is_alone: bool,
    key: Option<(i64, i64)>,
    points: Vec<[f32; 2]>,
    lines: Vec<Vec<[f32; 2]>>,
    dots: Vec<[f32; 2]>,
    segments: Vec<[[f32; 2]; 2]>,
    spare: Vec<Vec<[f32; 2]>>,
}

/// The lines of a curve.
pub(super) struct Finished {
    /// Unbroken lines of two points or more.
    pub(super) lines: Vec<Vec<[f32; 2]>>,
    /// Places of samples that stand alone.
    pub(super) dots: Vec<[f32; 2]>,
    /// Ends of lines that stand for many.
    pub(super) segments: Vec<[[f32; 2]; 2]>,
}

impl Runs {
    pub(super) fn new(window: Window, join: Join, scratch: &mut Scratch) -> Self {
        let dots = scratch.take_marks();
        Self {
            window,
            join,
            previous: None,
            is_alone: false,
            key: None,
            points: scratch.take_points(),
            lines: std::mem::take(&mut scratch.lines),
            dots,
            segments: scratch.take_segments(),
            // All that there are: each gap begins a line.
            spare: std::mem::take(&mut scratch.points),
        }
    }

    /// The next place of a line whose x ascends. NaN breaks the line.
    #[inline]
    pub(super) fn ascend(&mut self, place: Point) {
        if self.is_break(place) {
            return;
        }
        match self.previous.replace(place) {
            None => self.is_alone = true,
            Some(previous) if self.join == Join::Steps => {
                let corner = (place.0, previous.1);
                self.follow(previous, corner);
                self.follow(corner, place);
            }
            Some(previous) => self.follow(previous, place),
        }
    }

    /// The next place of a line that may turn anywhere. NaN breaks the line.
    pub(super) fn wander(&mut self, place: Point) {
        if self.is_break(place) {
            return;
        }
        match self.previous.replace(place) {
            None => self.is_alone = true,
            Some(previous) if self.join == Join::Steps => {
                let corner = (place.0, previous.1);
                self.cut(previous, corner);
                self.cut(corner, place);
            }
            Some(previous) => self.cut(previous, place),
        }
    }

    /// The next place, with lines of their own to it: `draw` gets each way there that meets the window, adds what is to be
    /// drawn of it to the segments, and says whether that was anything. The line goes on from here.
    ///
    /// Returns whether anything was drawn, or could not be because all of it lies outside.
    pub(super) fn leap(
        &mut self,
        place: Point,
        mut draw: impl FnMut((Point, Point), &mut Vec<[[f32; 2]; 2]>) -> bool,
    ) -> bool {
        self.close();
        let Some(previous) = self.previous.replace(place) else { return true };
        self.is_alone = false;
        let corner = if self.join == Join::Steps { (place.0, previous.1) } else { previous };
        let (mut is_inside, mut is_drawn) = (false, false);
        for (a, b) in [(previous, corner), (corner, place)] {
            if a != b
                && let Some(way) = self.window.cut(a, b)
            {
                is_inside = true;
                is_drawn |= draw(way, &mut self.segments);
            }
        }
        is_drawn || !is_inside
    }

    /// The last place, if the line goes on from it.
    pub(super) fn previous(&self) -> Option<Point> {
        self.previous
    }

    /// Breaks the line.
    pub(super) fn gap(&mut self) {
        if let (Some(place), true) = (self.previous, self.is_alone)
            && self.join != Join::Points
            && self.window.contains(place)
        {
            self.dots.push([place.0 as f32, place.1 as f32]);
        }
        self.close();
        self.previous = None;
        self.is_alone = false;
    }

    /// The lines, the dots and what became segments.
    pub(super) fn finish(mut self, scratch: &mut Scratch) -> Finished {
        self.gap();
        self.spare.append(&mut scratch.points);
        scratch.points = self.spare;
        scratch.give_points(self.points);
        Finished { lines: self.lines, dots: self.dots, segments: self.segments }
    }

    fn is_break(&mut self, (x, y): Point) -> bool {
        let is_break = x.is_nan() || y.is_nan();
        if is_break {
            self.gap();
        }
        is_break
    }

    #[inline]
    fn follow(&mut self, a: Point, b: Point) {
        self.is_alone = false;
        if self.join == Join::Points {
            return;
        }
        let is_start = self.points.is_empty();
        let Self { window, points, key, .. } = self;
        if !window.follow(a, b, is_start, |p| push(points, key, p)) {
            self.close();
        }
    }

    fn cut(&mut self, a: Point, b: Point) {
        self.is_alone = false;
        if self.join == Join::Points {
            return;
        }
        let Some((from, to)) = self.window.cut(a, b) else {
            self.close();
            return;
        };
        if from != a {
            self.close();
        }
        if self.points.is_empty() {
            push(&mut self.points, &mut self.key, from);
        }
        push(&mut self.points, &mut self.key, to);
        if to != b {
            self.close();
        }
    }

    fn close(&mut self) {
        self.key = None;
        match self.points.as_slice() {
            [] => {}
            // Samples so close that they are one place: a dot, like a sample alone.
            [place] => {
                self.dots.push(*place);
                self.points.clear();
            }
            _ => {
                let empty = self.spare.pop().unwrap_or_default();
                self.lines.push(std::mem::replace(&mut self.points, empty));
            }
        }
    }
}

#[inline]
fn push(points: &mut Vec<[f32; 2]>, key: &mut Option<(i64, i64)>, (x, y): Point) {
    let place = ((x * STEPS_PER_PX).round() as i64, (y * STEPS_PER_PX).round() as i64);
    if *key != Some(place) {
        *key = Some(place);
        points.push([x as f32, y as f32]);
    }
}
