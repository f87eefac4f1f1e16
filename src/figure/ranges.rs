//! Which part of each axis is shown: the automatic, fixed and following ranges of a figure, made from the data.
//!
//! Pure; runs on the figure's thread. Every range that comes out is finite, ascending and wide enough to be divided
//! into ticks, whatever the data are: plotters and the curve code rely on it.

use std::ops::Range;

use crate::figure::figure::{
    Axis, AxisRange, Figure, FollowSpan, Grid, Join, Scale, SeriesStyle, Subplot, XLink, YAxis,
};
use crate::store::{SeriesSnapshot, Snapshot, XOrder};

/// Part of an axis: finite, `min < max`, above zero on a log axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AxisLimits {
    /// How values map to places.
    pub scale: Scale,
    /// Value at the left or lower end.
    pub min: f64,
    /// Value at the right or upper end.
    pub max: f64,
}

/// What a subplot shows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SubplotRanges {
    /// The horizontal axis; `None` if nothing says where it should lie.
    pub x: Option<AxisLimits>,
    /// The vertical axis; `None` if nothing says where it should lie.
    pub y: Option<AxisLimits>,
    /// The right-hand axis; `None` if nothing says where it should lie.
    pub right: Option<AxisLimits>,
    /// Whether there is a right-hand axis.
    pub has_right: bool,
    /// Whether any of its series, hidden ones included, has a sample.
    pub has_samples: bool,
}

/// Least width of a range, relative to the larger of its ends: below, neighbouring pixels would show the same number.
pub const LEAST_RELATIVE_WIDTH: f64 = 1e-13;

/// Least width of a range around zero; ticks below would lose digits as subnormal numbers.
pub const LEAST_WIDTH: f64 = 1e-300;

/// Least width of a range of times: today's seconds since the epoch, as floating-point numbers, end a little below.
pub const LEAST_TIME_SECS: f64 = 2e-5;

/// Largest value of an end of a range. The width of a range may be larger than any number: divide before subtracting.
pub const LARGEST: f64 = f64::MAX;

/// Smallest end of a range on a log axis; subnormal numbers are kept.
pub const LEAST_LOG: f64 = 1e-320;

// Free space above and below the data, as a part of their height.
const Y_MARGIN: f64 = 0.05;

/// The ranges of all subplots, in their order.
///
/// x shows exactly the data of the visible series, as a strip chart does, or the last of them ([`FollowSpan`]); y has a
/// margin of 5 % and looks only at the samples within the x range. Where all series are hidden, they count as visible, so
/// that the axes stay. Shared axes show the union of their column or row.
#[must_use]
pub fn resolve(figure: &Figure, snapshot: &Snapshot) -> Vec<SubplotRanges> {
    let mut scratch = RangeScratch::default();
    scratch.resolve(figure, snapshot);
    scratch.ranges
}

/// Buffers that [`resolve`] needs, kept from frame to frame.
#[derive(Default)]
pub struct RangeScratch {
    /// The series that count, subplot by subplot. Empty between calls: only the memory is kept.
    shown: Vec<Shown<'static>>,
    parts: Vec<Part>,
    ranges: Vec<SubplotRanges>,
}

/// A series that counts, and how it is drawn.
type Shown<'a> = (&'a SeriesStyle, &'a SeriesSnapshot);

/// Which of the series that count are those of a subplot.
struct Part {
    shown: Range<usize>,
    has_samples: bool,
    is_any_visible: bool,
    has_right: bool,
}

impl RangeScratch {
    /// What [`resolve`] says; allocates nothing once it has seen a figure as large.
    pub fn resolve(&mut self, figure: &Figure, snapshot: &Snapshot) -> &[SubplotRanges] {
        let Self { shown: kept, parts, ranges } = self;
        let mut shown = emptied(std::mem::take(kept));
        parts.clear();
        parts.extend(figure.subplots.iter().map(|subplot| gather(subplot, snapshot, &mut shown)));
        ranges.clear();
        ranges.extend(parts.iter().map(|part| SubplotRanges {
            has_samples: part.has_samples,
            has_right: part.has_right,
            ..SubplotRanges::default()
        }));
        let shown_of = |i: usize| parts.get(i).and_then(|p| shown.get(p.shown.clone())).unwrap_or_default();
        let counts_for_x =
            |i: usize, style: &SeriesStyle| style.is_visible || parts.get(i).is_none_or(|p| !p.is_any_visible);
        for group in x_groups(figure, parts.len()) {
            let series = group.clone().flat_map(|i| {
                shown_of(i).iter().filter(move |(style, _)| counts_for_x(i, style)).map(|(_, series)| *series)
            });
            let axis = leading(group.clone().filter_map(|i| Some(&figure.subplots.get(i)?.x)));
            let limits = axis.and_then(|axis| pinned(axis, x_limits(axis, figure.follow_span, series)?));
            set(ranges, group, |r| r.x = limits);
        }
        for group in y_groups(parts.len(), figure.grid) {
            let limits = [YAxis::Left, YAxis::Right].map(|side| {
                let x_of = |i: usize| ranges.get(i).and_then(|r| r.x);
                let series = group.clone().flat_map(|i| {
                    let of_side = shown_of(i).iter().filter(move |(style, _)| style.axis == side);
                    of_side.map(move |(style, s)| (*style, *s, x_of(i)))
                });
                let axis_of = |i: usize| figure.subplots.get(i).map(|subplot| subplot.y_axis(side));
                let axis = leading(group.clone().filter_map(axis_of));
                axis.and_then(|axis| pinned(axis, y_limits(axis, series)?))
            });
            let [left, right] = limits;
            set(ranges, group, |r| (r.y, r.right) = (left, right.filter(|_| r.has_right)));
        }
        *kept = emptied(shown);
        ranges
    }
}

/// The memory of a list, without what was in it.
fn emptied<'b>(mut shown: Vec<Shown<'_>>) -> Vec<Shown<'b>> {
    shown.clear();
    // Collected in place: the list is empty, only what it may borrow from changes.
    shown.into_iter().map_while(|_| None).collect()
}

/// Adds the visible series of a subplot that hold samples; of a vertical axis that shows none, all of them.
fn gather<'a>(subplot: &'a Subplot, snapshot: &'a Snapshot, shown: &mut Vec<Shown<'a>>) -> Part {
    let start = shown.len();
    let series = subplot.series.iter().filter_map(|style| Some((style, snapshot.get(style.id)?)));
    shown.extend(series.filter(|(_, series)| !series.is_empty()));
    let has_samples = shown.len() > start;
    let [left, right] = [YAxis::Left, YAxis::Right]
        .map(|side| shown.iter().skip(start).any(|(style, _)| style.is_visible && style.axis == side));
    if left || right {
        let mut place = 0;
        shown.retain(|(style, _)| {
            place += 1;
            place <= start || style.is_visible || !(if style.axis == YAxis::Left { left } else { right })
        });
    }
    Part { shown: start..shown.len(), has_samples, is_any_visible: left || right, has_right: subplot.has_right() }
}

impl AxisLimits {
    /// The limits nearest to `min..max` that can be drawn: ordered, finite, wide enough, above zero on a log axis.
    /// `None` if an end is NaN or, on a log axis, nothing of the range lies above zero.
    #[must_use]
    pub fn sane(scale: Scale, min: f64, max: f64) -> Option<Self> {
        if min.is_nan() || max.is_nan() {
            return None;
        }
        let (min, max) = if min <= max { (min, max) } else { (max, min) };
        if scale == Scale::Log {
            if max < LEAST_LOG {
                return None;
            }
            let max = max.min(LARGEST);
            // Six decades are shown of a range that reaches down to where a log axis has no place.
            let min = if min > 0.0 { min.clamp(LEAST_LOG, LARGEST) } else { (max * 1e-6).max(LEAST_LOG) };
            let (lo, hi) = (min.log10(), max.log10());
            return if hi - lo >= LEAST_RELATIVE_WIDTH * (1.0 + hi.abs().max(lo.abs())) {
                Some(Self { scale, min, max })
            } else {
                Some(Self { scale, min: (min / 10.0).max(LEAST_LOG), max: (min * 10.0).min(LARGEST) })
            };
        }
        let (min, max) = (min.clamp(-LARGEST, LARGEST), max.clamp(-LARGEST, LARGEST));
        let magnitude = min.abs().max(max.abs());
        let least = match scale {
            Scale::Time => LEAST_TIME_SECS.max(magnitude * LEAST_RELATIVE_WIDTH),
            _ => LEAST_WIDTH.max(magnitude * LEAST_RELATIVE_WIDTH),
        };
        if max - min >= least {
            return Some(Self { scale, min, max });
        }
        let center = min / 2.0 + max / 2.0;
        let half = match scale {
            Scale::Time => 0.5_f64.max(least),
            _ if center.abs() > LEAST_WIDTH => center.abs() * 0.1,
            _ => 1.0,
        };
        Some(Self { scale, min: (center - half).max(-LARGEST), max: (center + half).min(LARGEST) })
    }
}

fn x_limits<'a>(
    axis: &Axis,
    span: FollowSpan,
    series: impl Iterator<Item = &'a SeriesSnapshot> + Clone,
) -> Option<AxisLimits> {
    let series = || series.clone();
    if let AxisRange::Fixed { min, max } = axis.range
        && let Some(limits) = fixed(axis.scale, min, max, series().filter_map(|s| s.least_positive().0))
    {
        return Some(limits);
    }
    let (first, last) = union(series().filter_map(SeriesSnapshot::x_bounds))?;
    let least = if axis.scale == Scale::Log { least_of(series().filter_map(|s| s.least_positive().0))? } else { first };
    let first = match axis.range {
        AxisRange::Last { width } => last_x(width, last),
        AxisRange::Auto | AxisRange::Partial { .. } => match span {
            FollowSpan::All => None,
            // Of data that reach less far, all: a strip of paper that fills up would waste the window.
            FollowSpan::LastX(width) => last_x(width, last).filter(|start| *start > first),
            FollowSpan::LastSamples(count) => last_samples(count, series()).filter(|start| *start > first),
        },
        AxisRange::Fixed { .. } => None,
    }
    .unwrap_or(least);
    let first = if axis.scale == Scale::Log && first <= 0.0 { least } else { first };
    if first == last && axis.scale != Scale::Log {
        // One place: as wide as the step between counts or seconds, so that it does not look like a precise one.
        let half = if last.abs() >= 1.0 || last == 0.0 { 0.5_f64.max(last.abs() * 1e-9) } else { last.abs() * 0.5 };
        return AxisLimits::sane(axis.scale, last - half, last + half);
    }
    AxisLimits::sane(axis.scale, first, last)
}

/// Where the last `width` before `last` begin.
fn last_x(width: f64, last: f64) -> Option<f64> {
    (width > 0.0 && (last - width).is_finite()).then_some(last - width)
}

/// Where the last `count` samples begin, of the series that reaches least far back; `None` if none has more samples.
///
/// For x in any order this looks at each of the last `count` samples.
fn last_samples<'a>(count: u64, series: impl Iterator<Item = &'a SeriesSnapshot>) -> Option<f64> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let start = |series: &SeriesSnapshot| {
        let index = series.len().checked_sub(count).filter(|index| *index > 0 && count > 0)?;
        match series.x_order() {
            XOrder::Ascending => series.sample(index).map(|(x, _)| x),
            XOrder::Free => {
                let mut least = f64::INFINITY;
                series.for_each(index..series.len(), |x, _| least = if x < least { x } else { least });
                Some(least)
            }
        }
    };
    series.filter_map(start).filter(|start| start.is_finite()).max_by(f64::total_cmp)
}

/// `series` come with the x range that they are seen in.
fn y_limits<'a>(
    axis: &Axis,
    series: impl Iterator<Item = (&'a SeriesStyle, &'a SeriesSnapshot, Option<AxisLimits>)> + Clone,
) -> Option<AxisLimits> {
    let series = || series.clone();
    let least_positive = || least_of(series().filter_map(|(_, s, _)| s.least_positive().1));
    if let AxisRange::Fixed { min, max } = axis.range
        && let Some(limits) = fixed(axis.scale, min, max, least_positive().into_iter())
    {
        return Some(limits);
    }
    let in_view = union(series().filter_map(|(_, s, x)| match (x, s.x_bounds()) {
        (Some(x), Some((first, last))) if first < x.min || last > x.max => s.y_bounds_in(x.min, x.max),
        _ => s.y_bounds(),
    }));
    // Nothing within the view: the axis stays where the data are.
    let (mut min, mut max) = in_view.or_else(|| union(series().filter_map(|(_, s, _)| s.y_bounds())))?;
    if axis.scale == Scale::Log {
        if min <= 0.0 {
            min = least_positive()?;
        }
        max = max.max(min);
        let margin = (max.log10() - min.log10()) * Y_MARGIN;
        return AxisLimits::sane(axis.scale, 10_f64.powf(min.log10() - margin), 10_f64.powf(max.log10() + margin));
    }
    if series().any(|(style, _, _)| style.join == Join::Fill) {
        (min, max) = (min.min(0.0), max.max(0.0));
    }
    let limits = AxisLimits::sane(axis.scale, min, max)?;
    if limits.min > min || limits.max < max || (limits.min == min && limits.max == max) {
        let margin = (max / 2.0 - min / 2.0) * 2.0 * Y_MARGIN;
        return AxisLimits::sane(axis.scale, (min - margin).max(-LARGEST), (max + margin).min(LARGEST));
    }
    Some(limits)
}

/// The automatic limits with the ends that the axis gives, as far as that leaves something between them.
fn pinned(axis: &Axis, limits: AxisLimits) -> Option<AxisLimits> {
    let AxisRange::Partial { min, max } = axis.range else { return Some(limits) };
    let is_usable = |end: &f64| end.is_finite() && (axis.scale != Scale::Log || *end > 0.0);
    let min = min.filter(is_usable).filter(|min| *min < limits.max).unwrap_or(limits.min);
    let max = max.filter(is_usable).filter(|max| min < *max).unwrap_or(limits.max);
    AxisLimits::sane(axis.scale, min, max)
}

fn fixed(scale: Scale, min: f64, max: f64, positive: impl Iterator<Item = f64>) -> Option<AxisLimits> {
    // A range that cannot be meant leaves the axis automatic.
    if !(min.is_finite() && max.is_finite() && min < max) {
        return None;
    }
    let min =
        if scale == Scale::Log && min <= 0.0 { least_of(positive).filter(|v| *v < max).unwrap_or(min) } else { min };
    AxisLimits::sane(scale, min, max)
}

/// Indices of the subplots that show the same x range, group by group.
fn x_groups(figure: &Figure, count: usize) -> impl Iterator<Item = impl Iterator<Item = usize> + Clone> {
    let columns = usize::from(figure.grid.columns.max(1));
    let (starts, step) = match figure.x_link {
        XLink::AsGrid if figure.grid.share_x => (columns.min(count), columns),
        XLink::AsGrid | XLink::Off => (count, count),
        XLink::All => (Scale::ALL.len(), 1),
    };
    (0..starts).map(move |start| {
        // Linked are only axes of one kind: a time and a count have no range in common.
        let scale = Scale::ALL.get(start).copied().filter(|_| figure.x_link == XLink::All);
        let first = if scale.is_some() { 0 } else { start };
        let is_in = move |i: &usize| scale.is_none_or(|s| figure.subplots.get(*i).is_some_and(|sub| sub.x.scale == s));
        (first..count).step_by(step.max(1)).filter(is_in)
    })
}

/// Indices of the subplots that show the same y range, group by group.
fn y_groups(count: usize, grid: Grid) -> impl Iterator<Item = Range<usize>> {
    let columns = if grid.share_y { usize::from(grid.columns.max(1)) } else { 1 };
    (0..count).step_by(columns).map(move |i| i..(i + columns).min(count))
}

/// The axis that rules a group: the first that is not automatic, else the first.
fn leading<'a>(mut axes: impl Iterator<Item = &'a Axis> + Clone) -> Option<&'a Axis> {
    axes.clone().find(|axis| axis.range != AxisRange::Auto).or_else(|| axes.next())
}

fn set(ranges: &mut [SubplotRanges], group: impl Iterator<Item = usize>, change: impl Fn(&mut SubplotRanges)) {
    for index in group {
        if let Some(ranges) = ranges.get_mut(index) {
            change(ranges);
        }
    }
}

fn union(bounds: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn least_of(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests;
