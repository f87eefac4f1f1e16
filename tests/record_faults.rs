//! What recording does when it is killed, when the disk is full or slow, when the place is read-only, when clocks jump.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what stands outside the test functions serves them")]

use std::fs;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kymograph::batch::{Batch, Item, Level, Message, Notice, Pane, SeriesId, SeriesInfo};
use kymograph::record::{
    Body, DataDir, Entry, LANE_BYTES, LANE_NOTICES, LogReader, LossKind, RecordError, Recorder, RecorderOptions,
    RunAbout, RunState, Trouble,
};

use record_support::{Call, Moody, Place, finished, ledger, ledger_of, listener, log_of, read, start};

mod record_support;

/// Says to a child of a test where to work.
const CHILD_PLACE: &str = "KYMOGRAPH_TEST_RECORD_PLACE";

const QUICK: RecorderOptions = RecorderOptions {
    flush_every: Duration::from_millis(200),
    sync_every: Duration::from_millis(50),
    retry_every: Duration::from_millis(5),
    finish_bound: Duration::from_secs(60),
};

/// Runs one of the ignored tests below as a process of its own.
fn child(test: &str, place: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", test]).env(CHILD_PLACE, place);
    command
}

fn child_place() -> DataDir {
    DataDir::new(std::env::var_os(CHILD_PLACE).unwrap())
}

fn wait_for(what: &str, mut is_true: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} does not come");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn line(text: &str) -> Notice {
    Notice::Message(Message::new(Pane::Worker, Level::Info, 0.0, text))
}

fn full() -> io::Error {
    Error::from_raw_os_error(rustix::io::Errno::NOSPC.raw_os_error())
}

/// Numbers that differ from run to run.
fn random() -> impl FnMut(u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    let (state, mut count) = (RandomState::new(), 0_u64);
    move |below| {
        count += 1;
        state.hash_one(count) % below
    }
}

#[test]
#[ignore = "the child of log_killed"]
fn log_killed_child() {
    let run = child_place().create_run(&RunAbout { name: "killed".to_owned(), ..RunAbout::default() }).unwrap();
    let recorder = start(run);
    let handle = recorder.handle();
    let (mut random, mut next, mut said) = (random(), 0, 0);
    loop {
        let count = if random(30) == 0 { 20_000 } else { 1 + random(3000) as usize };
        handle.item(&ledger(0, next, count));
        handle.notice(&line("a line between"));
        next += count;
        let acknowledged = handle.stats().samples;
        if acknowledged != said {
            said = acknowledged;
            writeln!(io::stdout(), "{said}").unwrap();
        }
        std::thread::sleep(Duration::from_micros(100));
    }
}

#[test]
fn log_killed_keeps_every_acknowledged_sample() {
    let mut random = random();
    let mut total = 0;
    for round in 0..200 {
        let place = Place::new();
        let mut child = child("log_killed_child", place.dir.path()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        // Kill only what has begun: its first acknowledgement, which the test's own head stands before.
        while text.trim().parse::<usize>().is_err() {
            text.clear();
            assert!(said.read_line(&mut text).unwrap() > 0, "the child ended");
        }
        std::thread::sleep(Duration::from_micros(random(20_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        said.read_to_string(&mut text).unwrap();
        // The last line may be cut.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let acknowledged: usize = whole.lines().last().unwrap().parse().unwrap();
        let runs = place.data.list().unwrap();
        assert_eq!(runs[0].state, RunState::Interrupted, "round {round}");
        let (entries, reader) = read(&runs[0].log_path());
        assert!(reader.lost().iter().all(|loss| loss.kind == LossKind::Cut), "round {round}: {:?}", reader.lost());
        let samples = ledger_of(&entries);
        assert!(samples.len() >= acknowledged, "round {round}: {} of {acknowledged}", samples.len());
        assert!(samples.iter().enumerate().all(|(index, value)| *value == index as f64), "round {round}");
        total += acknowledged;
    }
    assert!(total > 200_000, "{total}");
}

#[test]
fn disk_full_at_any_write_loses_nothing_while_there_is_memory() {
    for bad in 0.. {
        let place = Place::new();
        let run = place.run("full");
        let path = run.log_path();
        let mut writes = 0;
        let ask = move |call| match call {
            Call::Write(len) => {
                writes += 1;
                match writes - 1 - bad {
                    // Some of it goes in, then nothing, a few times over.
                    0 => Ok(len / 2 + 1),
                    1..=4 => Err(full()),
                    5 => Ok(3.min(len)),
                    6 => Err(full()),
                    _ => Ok(len),
                }
            }
            Call::Sync => Ok(0),
        };
        let (told, on_trouble) = listener();
        let disk = Moody { file: log_of(&run), ask };
        let recorder = Recorder::start_on(Box::new(disk), run, QUICK, on_trouble).unwrap();
        let mut next = 0;
        for count in [10, 40_000, 3, 9000, 2000, 100_000, 5000, 1, 20_000, 7, 30_000, 1000] {
            recorder.handle().item(&ledger(0, next, count));
            recorder.handle().notice(&line("between"));
            next += count;
        }
        wait_for("the last sample", || recorder.handle().stats().samples == next as u64);
        let stats = recorder.finish(finished()).unwrap();
        let (entries, reader) = read(&path);
        assert_eq!((reader.lost(), stats.samples_lost), (&[][..], 0), "write {bad}");
        assert_eq!(ledger_of(&entries), (0..next).map(|i| i as f64).collect::<Vec<_>>(), "write {bad}");
        assert!(entries.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1));
        assert!(!entries.iter().any(|entry| matches!(entry.body, Body::Gap(_))), "nothing is missing");
        let told = told.lock().unwrap();
        if told.is_empty() {
            assert!(bad > 12, "so many writes were there, and each has failed");
            return;
        }
        assert!(matches!(told[0], Trouble::Stopped { .. }) && matches!(told[1], Trouble::Resumed { .. }), "{told:?}");
        assert!(
            matches!(&told[0], Trouble::Stopped { text, .. } if text.contains("No space left on device")),
            "{told:?}"
        );
    }
}

#[test]
fn disk_full_for_long_holds_nobody_up_and_records_the_gap() {
    let place = Place::new();
    let run = place.run("full");
    let path = run.log_path();
    let is_full = Arc::new(AtomicBool::new(false));
    let theirs = Arc::clone(&is_full);
    let ask = move |call| match call {
        _ if theirs.load(Ordering::SeqCst) => Err(full()),
        Call::Write(len) => Ok(len),
        Call::Sync => Ok(0),
    };
    let (told, on_trouble) = listener();
    let recorder = Recorder::start_on(Box::new(Moody { file: log_of(&run), ask }), run, QUICK, on_trouble).unwrap();
    let handle = recorder.handle();
    let name = |name: &str| {
        let info = SeriesInfo {
            id: SeriesId(9),
            name: name.to_owned(),
            x_label: String::new(),
            x_is_time: false,
            color: None,
        };
        Item::Declare(info)
    };
    handle.item(&ledger(0, 0, 1000));
    wait_for("the first flush", || handle.stats().samples == 1000);
    is_full.store(true, Ordering::SeqCst);
    let (count, items) = (1 << 17, 100);
    let mut next = 1000;
    for _ in 0..items {
        handle.item(&ledger(0, next, count));
        next += count;
        // Otherwise the first of them might wait for room before the disk is known to be full.
        wait_for("the word", || !told.lock().unwrap().is_empty());
    }
    handle.item(&name("declared while the disk was full"));
    assert!(!handle.stats().is_writing);
    let before = handle.stats();
    assert!(before.samples_lost > 0);
    is_full.store(false, Ordering::SeqCst);
    wait_for("the resumption", || handle.stats().is_writing);
    wait_for("room", || handle.stats().samples > 1000 + LANE_BYTES as u64 / 8 - count as u64);
    handle.item(&ledger(0, next, 500));
    let stats = recorder.finish(finished()).unwrap();
    assert_eq!(stats.samples + stats.samples_lost, next as u64 + 500);
    let (entries, reader) = read(&path);
    assert!(reader.lost().is_empty(), "{:?}", reader.lost());
    let place_of = |is_it: fn(&Entry) -> bool| entries.iter().position(is_it).unwrap();
    let gap_at = place_of(|entry| matches!(entry.body, Body::Gap(_)));
    let Body::Gap(gap) = &entries[gap_at].body else { unreachable!() };
    assert_eq!((gap.items, gap.samples), (stats.items_lost, stats.samples_lost));
    assert!(gap.from_nanos <= gap.to_nanos && gap.reason.contains("No space left"), "{gap:?}");
    let kept = (LANE_BYTES / (8 * count)) * count;
    assert!(stats.samples as usize >= kept, "64 MiB are kept in memory");
    // The ledger is whole before the gap and after it.
    let samples = ledger_of(&entries);
    let breaks: Vec<_> = samples.windows(2).filter(|pair| pair[1] != pair[0] + 1.0).collect();
    assert_eq!(breaks.len(), 1);
    assert_eq!((breaks[0][1] - breaks[0][0] - 1.0) as u64, gap.samples);
    let declared = place_of(|entry| matches!(&entry.body, Body::Item(Item::Declare(info)) if info.id == SeriesId(9)));
    assert!(declared > gap_at, "what was declared meanwhile has its name");
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(matches!(&told[1], Trouble::Resumed { text } if text.contains("samples")), "{told:?}");
}

#[test]
fn disk_full_at_the_end_is_said_and_does_not_hang() {
    let place = Place::new();
    let run = place.run("full");
    let disk = Moody { file: log_of(&run), ask: |_| Err(full()) };
    let (told, on_trouble) = listener();
    let recorder = Recorder::start_on(Box::new(disk), run, QUICK, on_trouble).unwrap();
    recorder.handle().item(&ledger(0, 0, 1000));
    let handle = recorder.handle();
    let Err(RecordError::Unwritten { text }) = recorder.finish(finished()) else { panic!("nothing was written") };
    assert!(text.contains("No space left") && text.contains("1000 samples"), "{text}");
    assert_eq!((handle.stats().samples, handle.stats().samples_lost, told.lock().unwrap().len()), (0, 1000, 1));
}

#[test]
fn disk_full_or_hanging_the_end_comes_within_its_bound() {
    let options = RecorderOptions { finish_bound: Duration::from_millis(100), ..QUICK };
    for is_dropped in [false, true] {
        let place = Place::new();
        let run = place.run("hanging");
        let gate = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&gate);
        let ask = move |_| {
            while !theirs.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(full())
        };
        let disk = Moody { file: log_of(&run), ask };
        let recorder = Recorder::start_on(Box::new(disk), run, options, listener().1).unwrap();
        recorder.handle().item(&ledger(0, 0, 10));
        let start = Instant::now();
        if is_dropped {
            drop(recorder);
        } else {
            let error = recorder.finish(finished()).unwrap_err();
            assert!(error.to_string().contains("has not ended after 100ms"), "{error}");
        }
        let took = start.elapsed();
        assert!((Duration::from_millis(100)..Duration::from_secs(5)).contains(&took), "{took:?}");
        gate.store(true, Ordering::SeqCst);
    }
}

#[test]
fn disk_full_errors_of_any_kind_are_survived_and_told_once() {
    use rustix::io::Errno;
    for errno in [Errno::IO, Errno::ROFS, Errno::DQUOT, Errno::FBIG, Errno::STALE] {
        let place = Place::new();
        let run = place.run("trouble");
        let path = run.log_path();
        let mut calls = 0;
        // The sync fails too, as it does on a network's disk.
        let ask = move |call| {
            calls += 1;
            match call {
                _ if (3..9).contains(&calls) => Err(errno.into()),
                Call::Write(len) => Ok(len),
                Call::Sync => Ok(0),
            }
        };
        let (told, on_trouble) = listener();
        let recorder = Recorder::start_on(Box::new(Moody { file: log_of(&run), ask }), run, QUICK, on_trouble).unwrap();
        for number in 0..100 {
            recorder.handle().item(&ledger(0, number * 1000, 1000));
            std::thread::sleep(Duration::from_millis(3));
        }
        wait_for("all samples", || recorder.handle().stats().samples_synced == 100_000);
        recorder.finish(finished()).unwrap();
        assert_eq!(ledger_of(&read(&path).0).len(), 100_000, "{errno}");
        assert_eq!(told.lock().unwrap().len(), 2, "{errno}: {:?}", told.lock().unwrap());
    }
}

#[test]
#[ignore = "the child of disk_full_on_a_real_file"]
fn disk_full_child() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    // With a handler in place the system refuses the write, as a full disk does, and does not end the process.
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false))).unwrap();
    let before = getrlimit(Resource::Fsize);
    let limit = |current| setrlimit(Resource::Fsize, rustix::process::Rlimit { current, ..before }).unwrap();
    let data = child_place();
    let run = data.create_run(&RunAbout::default()).unwrap();
    let path = run.log_path();
    limit(Some(1_000_000));
    let (told, on_trouble) = listener();
    let recorder = Recorder::start(run, QUICK, on_trouble).unwrap();
    for number in 0..300 {
        recorder.handle().item(&ledger(0, number * 1000, 1000));
    }
    wait_for("the word", || !told.lock().unwrap().is_empty());
    // Whoever reads now finds the log up to where the room ended.
    let (entries, reader) = read(&path);
    assert!(ledger_of(&entries).len() >= 90_000, "{}", entries.len());
    assert!(reader.lost().iter().all(|loss| loss.kind == LossKind::Cut), "{:?}", reader.lost());
    limit(before.current);
    recorder.finish(finished()).unwrap();
    let (entries, reader) = read(&path);
    assert!(ledger_of(&entries).len() == 300_000 && reader.lost().is_empty());
    assert_eq!(told.lock().unwrap().len(), 2);
}

#[test]
fn disk_full_on_a_real_file() {
    let place = Place::new();
    let output = child("disk_full_child", place.dir.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(place.data.list().unwrap()[0].state, RunState::Finished);
}

#[test]
fn disk_full_includes_a_directory_that_is_gone() {
    let place = Place::new();
    let run = place.run("gone");
    let dir = run.path().to_owned();
    let (told, on_trouble) = listener();
    let recorder = Recorder::start(run, QUICK, on_trouble).unwrap();
    recorder.handle().item(&ledger(0, 0, 1000));
    wait_for("the first sync", || recorder.handle().stats().samples_synced == 1000);
    fs::remove_dir_all(&dir).unwrap();
    recorder.handle().item(&ledger(0, 1000, 1000));
    wait_for("the word", || !told.lock().unwrap().is_empty());
    assert!(matches!(&told.lock().unwrap()[0], Trouble::Stopped { text, .. } if text.contains("directory is gone")));
    assert!(recorder.finish(finished()).is_err());
}

#[test]
#[ignore = "the child of read_only, an ordinary user"]
fn read_only_child() {
    assert!(!rustix::process::geteuid().is_root(), "root may write anywhere, so it would see nothing");
    let data = child_place();
    let runs = data.runs();
    fs::create_dir_all(&runs).unwrap();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&runs, 0o500);
    let error = data.create_run(&RunAbout::default()).unwrap_err();
    let RecordError::Io { action: "create", path, cause } = &error else { panic!("{error}") };
    assert_eq!(cause.kind(), ErrorKind::PermissionDenied);
    assert!(path.starts_with(&runs) && error.to_string().contains("Permission denied"), "{error}");
    mode(&runs, 0o700);
    // It becomes read-only while a run is recorded: the log is open, so only the end cannot be told.
    let run = data.create_run(&RunAbout::default()).unwrap();
    let (dir, log) = (run.path().to_owned(), run.log_path());
    let recorder = start(run);
    mode(&dir, 0o500);
    recorder.handle().item(&ledger(0, 0, 5000));
    let Err(RecordError::Unwritten { text }) = recorder.finish(finished()) else { panic!("meta.json was written") };
    assert!(text.contains("meta.json"), "{text}");
    assert_eq!(ledger_of(&read(&log).0).len(), 5000);
    // Nobody lists it as running, and what the log says of its end is there.
    assert_eq!(data.list().unwrap()[0].state, RunState::Interrupted);
    assert!(data.remove(&data.list().unwrap()[0]).is_err(), "nor can it be removed");
    mode(&dir, 0o700);
    data.remove(&data.list().unwrap()[0]).unwrap();
    assert!(data.list().unwrap().is_empty());
}

#[test]
fn read_only_is_said_as_an_ordinary_user() {
    /// The user and group `nobody`.
    const NOBODY: u32 = 65_534;
    let place = Place::new();
    // The program itself may stand where only root gets to.
    let copy = place.dir.path().join("child");
    fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    let home = place.dir.path().join("home");
    fs::create_dir(&home).unwrap();
    let mut command = Command::new(&copy);
    command.args(["--ignored", "--exact", "--nocapture", "read_only_child"]).env(CHILD_PLACE, &home);
    if rustix::process::geteuid().is_root() {
        fs::set_permissions(place.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn clock_jumps_change_no_order_and_no_time() {
    let place = Place::new();
    let run = place.run("clock");
    let path = run.log_path();
    let recorder = start(run);
    let stamps = [0, 5_000_000_000, -7, i64::MAX, i64::MIN, 1, 1];
    for stamp in stamps {
        recorder.handle().item(&Item::Append(Batch::point(SeriesId(0), stamp, 0.0, 0.0)));
        std::thread::sleep(Duration::from_millis(2));
    }
    recorder.finish(finished()).unwrap();
    let (entries, _) = read(&path);
    let found: Vec<_> = entries
        .iter()
        .filter_map(
            |entry| if let Body::Item(Item::Append(batch)) = &entry.body { Some(batch.stamp_nanos) } else { None },
        )
        .collect();
    assert_eq!(found, stamps);
    assert!(entries.windows(2).all(|pair| pair[0].seq < pair[1].seq && pair[0].time_nanos < pair[1].time_nanos));
    let span = entries[6].time_nanos - entries[0].time_nanos;
    assert!((12_000_000..60_000_000_000).contains(&span), "{span} ns for six sleeps of 2 ms");
}

#[test]
fn flow_slow_receiver_waits_for_a_slow_disk_with_bounded_memory() {
    let place = Place::new();
    let run = place.run("slow");
    let path = run.log_path();
    let ask = |call| {
        if let Call::Write(len) = call {
            std::thread::sleep(Duration::from_nanos(len as u64 * 4));
            return Ok(len);
        }
        Ok(0)
    };
    let recorder = Recorder::start_on(Box::new(Moody { file: log_of(&run), ask }), run, QUICK, listener().1).unwrap();
    let handle = recorder.handle();
    let (count, items) = (1 << 17, 160);
    let (mut waited, mut most) = (0, 0);
    for number in 0..items {
        let start = Instant::now();
        handle.item(&ledger(0, number * count, count));
        waited += usize::from(start.elapsed() > Duration::from_millis(1));
        most = most.max(((number + 1) * count) as u64 - handle.stats().samples);
    }
    assert!(waited > 10, "it never waited");
    let bound = LANE_BYTES as u64 / 8 + 3 * count as u64;
    assert!(most <= bound, "{most} samples waited, {bound} may");
    let stats = recorder.finish(finished()).unwrap();
    assert_eq!((stats.samples, stats.samples_lost), ((items * count) as u64, 0));
    let samples = ledger_of(&read(&path).0);
    assert!(samples.iter().enumerate().all(|(index, value)| *value == index as f64));
}

#[test]
fn flow_slow_receiver_never_waits_for_notices_and_counts_those_too_many() {
    let place = Place::new();
    let run = place.run("flood");
    let path = run.log_path();
    let (gate, has_begun) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (their_gate, begins) = (Arc::clone(&gate), Arc::clone(&has_begun));
    let ask = move |call| {
        if let Call::Write(len) = call {
            // Held at the first write, until all notices have come.
            begins.store(true, Ordering::SeqCst);
            while !their_gate.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
            return Ok(len);
        }
        Ok(0)
    };
    let recorder = Recorder::start_on(Box::new(Moody { file: log_of(&run), ask }), run, QUICK, listener().1).unwrap();
    let handle = recorder.handle();
    wait_for("the first write", || has_begun.load(Ordering::SeqCst));
    let pushed = LANE_NOTICES + 10_000;
    for number in 0..pushed {
        handle.notice(&line(&number.to_string()));
    }
    let lost = handle.stats().notices_lost;
    assert_eq!(lost, 10_000);
    gate.store(true, Ordering::SeqCst);
    wait_for("room", || handle.stats().records > LANE_NOTICES as u64);
    handle.notice(&line("after"));
    recorder.finish(finished()).unwrap();
    let (entries, reader) = read(&path);
    assert!(reader.lost().is_empty());
    let texts: Vec<_> = entries
        .iter()
        .map(|entry| match &entry.body {
            Body::Notice(Notice::Message(message)) => message.text.clone(),
            Body::Gap(gap) => format!("gap of {}", gap.notices),
            _ => "end".to_owned(),
        })
        .collect();
    let mut wanted: Vec<_> = (0..LANE_NOTICES).map(|number| number.to_string()).collect();
    wanted.extend(["gap of 10000", "after", "end"].map(ToOwned::to_owned));
    assert!(texts == wanted, "{:?}", &texts[texts.len() - 5..]);
}

#[test]
fn what_is_still_recorded_can_be_read() {
    let place = Place::new();
    let run = place.run("live");
    let path = run.log_path();
    let recorder = start(run);
    recorder.handle().item(&ledger(0, 0, 10));
    let start = Instant::now();
    wait_for("the flush", || recorder.handle().stats().samples == 10);
    assert!(start.elapsed() < Duration::from_secs(2), "a group is flushed after 200 ms, not {:?}", start.elapsed());
    let mut reader = LogReader::open(&path).unwrap();
    assert_eq!(reader.by_ref().count(), 1);
    assert!(reader.lost().is_empty());
    wait_for("the sync", || recorder.handle().stats().samples_synced == 10);
    io::stdout().flush().unwrap();
}
