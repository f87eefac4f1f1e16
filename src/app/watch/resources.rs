//! The resources that a command uses, as series beside those that it makes.
//!
//! The thread `resources:<job>` looks once a second and hands its samples to the receiver's sink, which the two share.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::batch::{AxisLayout, Batch, Item, Layout, Message, SeriesId, SeriesInfo, SubplotLayout};
use crate::job::watch::RESOURCE_IDS;
use crate::job::{Clock, Seat, Sink, SystemClock, Waker, lock, thread};
use crate::source::command::CommandProcesses;
use crate::source::resources::{Gpu, Gpus, LOOK_INTERVAL, Meter};
use crate::store::{SeriesList, number_in_job};

/// Time from a command's start to the first look, so that short ones have curves, too.
const FIRST_LOOK: Duration = Duration::from_millis(300);

/// How often it is asked whether the command has been started.
const START_INTERVAL: Duration = Duration::from_millis(20);

/// Names, in the order of their numbers; the GPUs follow.
const NAMES: [&str; 6] =
    ["cpu (cores)", "memory (MiB)", "processes", "threads", "disk read (MiB/s)", "disk written (MiB/s)"];

/// How the names of those that tell of a GPU end.
const GPU_ENDS: [&str; 2] = [" (%)", " memory (MiB)"];

/// Numbers that are used at most, from [`RESOURCE_IDS`] on: no machine has five hundred GPUs.
const NUMBERS: u32 = 1000;

const MIB: f64 = 1_048_576.0;

/// The thread. Dropping it waits for its end.
pub struct Resources {
    shared: Arc<Shared>,
    _thread: thread::Thread<()>,
}

struct Shared {
    /// The receiver's, until it lets go of it.
    sink: Mutex<Option<Box<dyn Sink>>>,
    is_over: AtomicBool,
    waker: Waker,
}

/// What the receiver has in the place of its sink. When it lets go of it, the thread ends.
struct SharedSink(Arc<Shared>);

impl Resources {
    /// Begins to look at the processes of the job of that name; gives the sink that its receiver has from now on.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub fn begin(name: &str, processes: CommandProcesses, sink: Box<dyn Sink>) -> io::Result<(Self, Box<dyn Sink>)> {
        let seat = SystemClock::new().seat();
        let (sink, is_over) = (Mutex::new(Some(sink)), AtomicBool::new(false));
        let shared = Arc::new(Shared { sink, is_over, waker: seat.waker() });
        let theirs = Arc::clone(&shared);
        let body = move |seat: &Seat| run(&theirs, &processes, seat);
        let thread = thread::spawn(&format!("resources:{name}"), seat, body)?;
        let sink = Box::new(SharedSink(Arc::clone(&shared)));
        Ok((Self { shared, _thread: thread }, sink))
    }
}

impl Drop for Resources {
    fn drop(&mut self) {
        // The thread's own drop waits for it.
        self.shared.end();
    }
}

impl Shared {
    fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        self.waker.wake();
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    /// Hands items on; not any more after the receiver's end.
    fn send(&self, items: Vec<Item>) {
        if let Some(sink) = &mut *lock(&self.sink) {
            items.into_iter().for_each(|item| sink.item(item));
            sink.flush();
        }
    }
}

impl SharedSink {
    fn with(&self, act: impl FnOnce(&mut dyn Sink)) {
        if let Some(sink) = &mut *lock(&self.0.sink) {
            act(&mut **sink);
        }
    }
}

impl Sink for SharedSink {
    fn item(&mut self, item: Item) {
        self.with(|sink| sink.item(item));
    }

    fn line(&mut self, line: &Message) {
        self.with(|sink| sink.line(line));
    }

    fn flush(&mut self) {
        self.with(|sink| sink.flush());
    }

    fn idle(&mut self) {
        self.with(|sink| sink.idle());
    }
}

impl Drop for SharedSink {
    fn drop(&mut self) {
        self.0.end();
        let sink = lock(&self.0.sink).take();
        drop(sink);
    }
}

/// Looks until the receiver has ended.
fn run(shared: &Shared, processes: &CommandProcesses, seat: &Seat) {
    let begun = seat.now();
    let mut next = begun;
    let (mut meter, mut gpus, mut curves) = (None, Gpus::start(), Curves::default());
    while !shared.is_over() {
        if seat.now() < next {
            seat.wait(Some(next));
            continue;
        }
        if meter.is_none() {
            meter = processes.tree().map(Meter::new);
            next = seat.now() + if meter.is_some() { FIRST_LOOK } else { START_INTERVAL };
            continue;
        }
        // Put off by a late look: no burst follows.
        next = seat.now() + LOOK_INTERVAL;
        let Some(usage) = meter.as_mut().and_then(Meter::look) else { continue };
        let values = [
            usage.cpu_cores,
            usage.memory_bytes / MIB,
            usage.processes as f64,
            usage.threads as f64,
            usage.read_rate / MIB,
            usage.written_rate / MIB,
        ];
        let gpus = gpus.as_mut().map(Gpus::look).unwrap_or_default();
        shared.send(curves.items(begun, seat.now(), values, &gpus));
    }
}

/// The series that are declared.
#[derive(Default)]
struct Curves {
    declared: HashSet<u32>,
    gpus: Vec<u32>,
}

impl Curves {
    /// The samples of one look, after what has to be said of their series.
    fn items(&mut self, begun: Duration, now: Duration, values: [f64; 6], gpus: &[Gpu]) -> Vec<Item> {
        let x = now.saturating_sub(begun).as_secs_f64();
        let mut items = Vec::new();
        for gpu in gpus {
            if !self.gpus.contains(&gpu.index) {
                self.gpus.push(gpu.index);
                // All of it anew, as it is with GPUs.
                self.declared.clear();
            }
        }
        let is_new = self.declared.is_empty();
        for (number, (name, value)) in NAMES.iter().zip(values).enumerate() {
            self.add(number as u32, x, value, || (*name).to_owned(), &mut items);
        }
        for gpu in gpus {
            let number = NAMES.len() as u32 + 2 * gpu.index;
            if let Some(percent) = gpu.busy_percent {
                self.add(number, x, percent, || format!("gpu {} (%)", gpu.index), &mut items);
            }
            if let Some(mib) = gpu.memory_mib {
                self.add(number + 1, x, mib, || format!("gpu {} memory (MiB)", gpu.index), &mut items);
            }
        }
        if is_new {
            items.insert(0, Item::Layout(Arc::new(layout(&self.gpus))));
        }
        items
    }

    fn add(&mut self, number: u32, x: f64, y: f64, name: impl FnOnce() -> String, items: &mut Vec<Item>) {
        let id = SeriesId(RESOURCE_IDS + number);
        if self.declared.insert(number) {
            let info = SeriesInfo { id, name: name(), x_label: "time (s)".into(), x_is_time: false, color: None };
            items.push(Item::Declare(info));
        }
        items.push(Item::Append(Batch::point(id, SystemClock::new().stamp_nanos(), x, y)));
    }
}

/// Whether a series of a figure, perhaps of several jobs, tells of resources.
#[must_use]
pub fn is_resource(info: &SeriesInfo) -> bool {
    // The number alone could be that of the millionth series of a job.
    number(info).is_some()
        && (NAMES.iter().any(|name| info.name.ends_with(name)) || GPU_ENDS.iter().any(|end| info.name.ends_with(end)))
}

/// What a series tells of, if its number is one of those that are used here.
fn number(info: &SeriesInfo) -> Option<u32> {
    number_in_job(info.id).0.checked_sub(RESOURCE_IDS).filter(|number| *number < NUMBERS)
}

/// Resources alone: subplots by what they tell of, in two columns.
#[must_use]
pub fn own_layout(series: &SeriesList) -> Layout {
    let gpus = NAMES.len() as u32;
    let has_gpus = series.iter().any(|series| number(&series.info).is_some_and(|number| number >= gpus));
    let labels: &[&str] = if has_gpus {
        &["cpu (cores)", "memory (MiB)", "disk (MiB/s)", "gpu (%)", "processes", "threads"]
    } else {
        &["cpu (cores)", "memory (MiB)", "disk (MiB/s)", "processes, threads"]
    };
    let place = |number: u32| match number {
        0 | 1 => number,
        2 if has_gpus => 4,
        3 if has_gpus => 5,
        2 | 3 => 3,
        4 | 5 => 2,
        // Of each GPU how busy it is and, beside that of the processes, its memory.
        _ if number.is_multiple_of(2) => 3,
        _ => 1,
    };
    let places = series.iter().filter_map(|series| Some((series.info.id, Some(place(number(&series.info)?) as u16))));
    let subplots = labels.iter().map(|label| SubplotLayout {
        y: AxisLayout { label: (*label).to_owned(), ..AxisLayout::default() },
        ..SubplotLayout::default()
    });
    Layout {
        title: String::new(),
        rows: (labels.len() / 2) as u16,
        columns: 2,
        subplots: subplots.collect(),
        places: places.collect(),
    }
}

/// The job's own curves first, then the resources: six subplots, none of them empty.
fn layout(gpus: &[u32]) -> Layout {
    let subplot = |label: &str, hides_legend: bool| SubplotLayout {
        y: AxisLayout { label: label.to_owned(), ..AxisLayout::default() },
        hides_legend,
        ..SubplotLayout::default()
    };
    let has_gpus = !gpus.is_empty();
    let mut subplots = vec![SubplotLayout::default(), subplot("cpu (cores)", true), subplot("memory (MiB)", !has_gpus)];
    let mut places: Vec<u16> = vec![1, 2];
    if has_gpus {
        subplots.extend([subplot("", false), subplot("disk (MiB/s)", false), subplot("gpu (%)", false)]);
        places.extend([3, 3, 4, 4]);
    } else {
        subplots.extend([subplot("processes", true), subplot("threads", true), subplot("disk (MiB/s)", false)]);
        places.extend([3, 4, 5, 5]);
    }
    let mut places: Vec<_> = (RESOURCE_IDS..).map(SeriesId).zip(places).map(|(id, place)| (id, Some(place))).collect();
    for gpu in gpus {
        let first = RESOURCE_IDS + NAMES.len() as u32 + 2 * gpu;
        places.extend([(SeriesId(first), Some(5)), (SeriesId(first + 1), Some(2))]);
    }
    Layout { title: String::new(), rows: 3, columns: 2, subplots, places }
}
