//! `kymograph client` without a window, at the other end of a socket: what it takes, records, acknowledges and refuses.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test panics where it fails")]

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kymograph::batch::{Item, Notice};
use kymograph::record::{Body, DataDir, LogReader, RunState};
use serde_json::{Value, json};

const RUN: &str = "0123456789abcdef0123456789abcdef";

/// A client of the test's own making, and the viewer that it talks to.
struct Client {
    stream: UnixStream,
    viewer: Child,
    said: Vec<u8>,
}

impl Client {
    /// Starts a viewer and says hello.
    fn start(data_dir: &Path, first: u64) -> Self {
        let mut client = Self::silent(data_dir);
        client.send(&json!({"t": "hello", "v": 1, "run": RUN, "name": "training", "first": first}), &[]);
        client
    }

    fn silent(data_dir: &Path) -> Self {
        let (stream, theirs) = UnixStream::pair().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let viewer = Command::new(env!("CARGO_BIN_EXE_kymograph"))
            .args(["client", "--headless", "--data-dir"])
            .arg(data_dir)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { stream, viewer, said: Vec::new() }
    }

    fn frame(head: &Value, body: &[u8]) -> Vec<u8> {
        let head = head.to_string();
        [&(head.len() as u32).to_le_bytes()[..], &(body.len() as u32).to_le_bytes(), head.as_bytes(), body].concat()
    }

    fn send(&mut self, head: &Value, body: &[u8]) {
        self.stream.write_all(&Self::frame(head, body)).unwrap();
    }

    /// The next frame of the viewer; `None` at the end of the connection.
    fn hear(&mut self) -> Option<Value> {
        let mut lengths = [0; 8];
        self.stream.read_exact(&mut lengths).ok()?;
        let mut head = vec![0; u32::from_le_bytes(lengths[..4].try_into().unwrap()) as usize];
        self.stream.read_exact(&mut head).unwrap();
        Some(serde_json::from_slice(&head).unwrap())
    }

    /// Hears until a frame of that kind comes.
    fn await_frame(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.hear().unwrap_or_else(|| panic!("the connection ended before {kind:?}"));
            if frame["t"] == kind {
                return frame;
            }
        }
    }

    /// Hears until everything up to `seq` is acknowledged.
    fn await_ack(&mut self, seq: u64) {
        while self.await_frame("ack")["seq"].as_u64().unwrap() < seq {}
    }

    fn series(&mut self, seq: u64) {
        self.send(&json!({"t": "series", "seq": seq, "id": 0, "name": "loss", "x_label": "step"}), &[]);
    }

    /// Sends frame `seq` with three samples whose y are unlike those of all other frames.
    fn append(&mut self, seq: u64) {
        let (head, body) = samples(seq);
        self.send(&head, &body);
    }

    fn finish(&mut self, seq: u64) {
        self.send(&json!({"t": "finish", "seq": seq, "ok": true, "text": "done"}), &[]);
    }

    /// Waits for the viewer's end.
    fn end(mut self) -> (Option<i32>, String) {
        let limit = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = self.viewer.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < limit, "the viewer has not ended");
            std::thread::sleep(Duration::from_millis(5));
        };
        self.viewer.stderr.take().unwrap().read_to_end(&mut self.said).unwrap();
        (status.code(), String::from_utf8_lossy(&self.said).into_owned())
    }

    fn kill(mut self) {
        self.viewer.kill().unwrap();
        self.viewer.wait().unwrap();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // After a failure; else it is over already.
        self.viewer.kill().unwrap_or_default();
        self.viewer.wait().map(drop).unwrap_or_default();
    }
}

fn samples(seq: u64) -> (Value, Vec<u8>) {
    let y = [0.0, 1.0, 2.0].map(|part| seq as f64 * 3.0 + part);
    let body = y.iter().flat_map(|value: &f64| value.to_le_bytes()).collect();
    (json!({"t": "append", "seq": seq, "id": 0, "arrays": [["f8", 3]], "start": seq * 3}), body)
}

/// What is recorded of the only run: its state, y values and lines.
fn recorded(data_dir: &Path) -> (RunState, Vec<f64>, Vec<String>) {
    let runs = DataDir::new(data_dir).list().unwrap();
    let [run] = &runs[..] else { panic!("{runs:?}") };
    let (mut y, mut lines) = (Vec::new(), Vec::new());
    for entry in LogReader::open(&run.log_path()).unwrap() {
        match entry.body {
            Body::Item(Item::Append(batch)) => y.extend_from_slice(batch.y()),
            Body::Notice(Notice::Message(line)) => lines.push(line.text),
            _ => {}
        }
    }
    (run.state, y, lines)
}

fn y_of(seqs: impl IntoIterator<Item = u64>) -> Vec<f64> {
    seqs.into_iter().flat_map(|seq| [0.0, 1.0, 2.0].map(|part| seq as f64 * 3.0 + part)).collect()
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    (dir, path)
}

#[test]
fn a_run_is_taken_whole_recorded_and_acknowledged() {
    let (_dir, data) = place();
    let mut client = Client::start(&data, 1);
    let welcome = client.await_frame("welcome");
    assert_eq!((&welcome["v"], &welcome["next"]), (&json!(1), &json!(1)));
    let run_path = PathBuf::from(welcome["run_path"].as_str().unwrap());
    assert_eq!(run_path.parent(), Some(&*data.join("runs")));
    client.series(1);
    for seq in 2..=1000 {
        client.append(seq);
    }
    client.send(&json!({"t": "layout", "seq": 1001, "rows": 1, "cols": 1, "title": "all"}), &[]);
    client.send(&json!({"t": "text", "seq": 1002, "lines": ["epoch 1", "epoch 2"]}), &[]);
    client.send(&json!({"t": "progress", "done": 3, "total": 10}), &[]);
    client.finish(1003);
    client.await_ack(1003);
    let (status, said) = client.end();
    assert_eq!(status, Some(0), "{said}");
    let (state, y, lines) = recorded(&data);
    assert_eq!((state, y == y_of(2..=1000)), (RunState::Finished, true));
    let mine: Vec<_> = lines.iter().filter(|line| line.starts_with("epoch")).collect();
    assert_eq!(mine, ["epoch 1", "epoch 2"]);
    let runs = DataDir::new(&data).list().unwrap();
    let meta = runs[0].meta.as_ref().unwrap();
    assert_eq!((meta.name.as_str(), meta.kind.as_str(), meta.client_run.as_deref()), ("training", "client", Some(RUN)));
}

#[test]
fn a_killed_viewer_loses_nothing_and_its_successor_doubles_nothing() {
    let (_dir, data) = place();
    let mut client = Client::start(&data, 1);
    client.await_frame("welcome");
    client.series(1);
    let mut next = 2;
    for round in 0..4 {
        let until = next + 200;
        for seq in next..until {
            client.append(seq);
        }
        // Some are acknowledged, some may be on disk without that, some are lost with the viewer.
        client.await_ack(next + 50 * round);
        client.kill();
        client = Client::start(&data, 1);
        next = client.await_frame("welcome")["next"].as_u64().unwrap();
        assert!((until - 150..=until).contains(&next), "{next} in round {round}");
    }
    let last = next + 10;
    for seq in next..=last {
        client.append(seq);
    }
    // What was applied before is passed over.
    client.append(5);
    client.finish(last + 1);
    client.await_ack(last + 1);
    assert_eq!(client.end().0, Some(0));
    let (state, y, _) = recorded(&data);
    assert_eq!((state, y.len(), y == y_of(2..=last)), (RunState::Finished, 3 * (last as usize - 1), true));
}

#[test]
fn client_cut_keeps_whole_frames_and_says_that_the_program_is_gone() {
    let (head, body) = samples(4);
    let cut = Client::frame(&head, &body);
    for bytes in [0, 1, 7, 8, 20, cut.len() - 1] {
        let (_dir, data) = place();
        let mut client = Client::start(&data, 1);
        client.await_frame("welcome");
        client.series(1);
        client.append(2);
        client.append(3);
        client.stream.write_all(&cut[..bytes]).unwrap();
        client.stream.shutdown(std::net::Shutdown::Both).unwrap();
        let (status, said) = client.end();
        assert_eq!(status, Some(1));
        assert!(said.contains("The program is gone"), "{said}");
        let (state, y, _) = recorded(&data);
        assert_eq!((state, y == y_of(2..=3)), (RunState::Failed, true), "cut after {bytes} bytes");
    }
}

#[test]
fn client_garbage_is_refused_in_words_and_what_came_before_is_kept() {
    let too_long = [&[0xff; 4][..], &[0; 4]].concat();
    let many = Client::frame(&json!({"t": "series", "seq": 3, "id": 10_000, "name": "a"}), &[]);
    let odd = Client::frame(&json!({"t": "append", "seq": 3, "id": 0, "arrays": [["f8", 2]]}), &[1; 9]);
    for (bytes, word) in [(too_long, "4294967295"), (many, "10000 are allowed"), (odd, "9 bytes")] {
        let (_dir, data) = place();
        let mut client = Client::start(&data, 1);
        client.await_frame("welcome");
        client.series(1);
        client.append(2);
        client.stream.write_all(&bytes).unwrap();
        let reason = client.await_frame("refused")["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains(word), "{reason}");
        assert_eq!(client.end().0, Some(1));
        let (state, y, _) = recorded(&data);
        assert_eq!((state, y), (RunState::Failed, y_of([2])));
    }
}

#[test]
fn whoever_does_not_say_hello_is_refused() {
    let (_dir, data) = place();
    for (head, word) in [
        (json!({"t": "hello", "v": 2, "run": RUN, "name": "a", "first": 1}), "version 2"),
        (json!({"t": "hello", "v": 1, "run": "../../etc", "name": "a", "first": 1}), "32 hexadecimal"),
        (json!({"t": "show"}), "must be `hello`"),
    ] {
        let mut client = Client::silent(&data);
        client.send(&head, &[]);
        assert!(client.await_frame("refused")["reason"].as_str().unwrap().contains(word));
        assert_eq!(client.end().0, Some(1));
    }
    assert!(DataDir::new(&data).list().unwrap().is_empty());
}

#[test]
fn frames_that_a_client_gave_up_are_told() {
    let (_dir, data) = place();
    let mut client = Client::start(&data, 1);
    client.await_frame("welcome");
    client.series(1);
    client.append(2);
    client.append(12);
    client.finish(13);
    client.await_ack(13);
    assert_eq!(client.end().0, Some(0));
    let (_, y, lines) = recorded(&data);
    assert_eq!(y, y_of([2, 12]));
    assert!(lines.iter().any(|line| line.contains("gave up 9 of its frames")), "{lines:?}");
}

#[test]
fn a_failure_hands_on_its_status_and_text() {
    let (_dir, data) = place();
    let mut client = Client::start(&data, 1);
    client.await_frame("welcome");
    client.send(
        &json!({"t": "finish", "seq": 1, "ok": false, "exit_code": 7, "text": "ValueError: no\n  at line 3"}),
        &[],
    );
    client.await_ack(1);
    let (status, said) = client.end();
    assert_eq!((status, said.contains("ValueError: no")), (Some(7), true), "{said}");
    assert_eq!(recorded(&data).0, RunState::Failed);
}

#[test]
fn ten_million_points_arrive_in_one_frame() {
    let (_dir, data) = place();
    let mut client = Client::start(&data, 1);
    client.await_frame("welcome");
    let count = 10_000_000_usize;
    let body: Vec<u8> = (0..count).flat_map(|i| (i as f64).to_le_bytes()).collect();
    let begun = Instant::now();
    client.send(&json!({"t": "replace", "seq": 1, "id": 0, "arrays": [["f8", count]]}), &body);
    client.await_ack(1);
    println!("10 million points on disk after {:?}", begun.elapsed());
    client.finish(2);
    client.await_ack(2);
    assert_eq!(client.end().0, Some(0));
    let runs = DataDir::new(&data).list().unwrap();
    assert_eq!(runs[0].meta.as_ref().unwrap().samples, Some(count as u64));
}

#[test]
fn a_number_that_is_free_again_names_another_series() {
    let (_dir, data) = place();
    let mut client = Client::start(&data, 1);
    client.await_frame("welcome");
    client.series(1);
    client.append(2);
    client.send(&json!({"t": "remove", "seq": 3, "id": 0}), &[]);
    client.send(&json!({"t": "series", "seq": 4, "id": 0, "name": "another", "subplot": 2}), &[]);
    client.append(5);
    client.finish(6);
    client.await_ack(6);
    assert_eq!(client.end().0, Some(0));
    let runs = DataDir::new(&data).list().unwrap();
    let mut items = Vec::new();
    for entry in LogReader::open(&runs[0].log_path()).unwrap() {
        if let Body::Item(item) = entry.body {
            items.push(item);
        }
    }
    let emptied = items.iter().position(|item| matches!(item, Item::Replace(batch, _) if batch.is_empty())).unwrap();
    assert!(matches!(&items[emptied + 1], Item::Declare(info) if info.name == "another"));
    let layout =
        items.iter().filter_map(|item| if let Item::Layout(layout) = item { Some(layout) } else { None }).last();
    let layout = layout.unwrap();
    assert_eq!((layout.rows, layout.places[0].1), (3, Some(2)), "there is room for the subplot that was named");
}
