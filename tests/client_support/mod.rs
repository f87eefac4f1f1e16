//! A client of the tests' own making: it knows nothing of the program but docs/protocol.md.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kymograph::batch::{Item, Notice};
use kymograph::record::{Body, DataDir, LogReader, RunState};
use serde_json::{Value, json};

/// The run's name for ever.
pub const RUN: &str = "0123456789abcdef0123456789abcdef";

/// A client of the test's own making, and the viewer that it talks to.
pub struct Client {
    pub stream: UnixStream,
    pub viewer: Child,
    said: Vec<u8>,
}

impl Client {
    /// Starts a viewer without a window and says hello.
    pub fn start(data_dir: &Path, first: u64) -> Self {
        let mut client = Self::silent(data_dir);
        client.hello(first);
        client
    }

    /// Says hello; `first` is the oldest frame that there is.
    pub fn hello(&mut self, first: u64) {
        self.send(
            &json!({"t": "hello", "v": 1, "run": RUN, "name": "training", "first": first, "config": {"lr": 0.1}}),
            &[],
        );
    }

    /// Starts a viewer without a window and says nothing.
    pub fn silent(data_dir: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
        Self::of(command.args(["client", "--headless", "--data-dir"]).arg(data_dir))
    }

    /// Starts a viewer by a command of one's own.
    pub fn of(command: &mut Command) -> Self {
        let (stream, theirs) = UnixStream::pair().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let viewer = command
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { stream, viewer, said: Vec::new() }
    }

    pub fn frame(head: &Value, body: &[u8]) -> Vec<u8> {
        let head = head.to_string();
        [&(head.len() as u32).to_le_bytes()[..], &(body.len() as u32).to_le_bytes(), head.as_bytes(), body].concat()
    }

    pub fn send(&mut self, head: &Value, body: &[u8]) {
        self.stream.write_all(&Self::frame(head, body)).unwrap();
    }

    /// The next frame of the viewer; `None` at the end of the connection.
    pub fn hear(&mut self) -> Option<Value> {
        let mut lengths = [0; 8];
        self.stream.read_exact(&mut lengths).ok()?;
        let mut head = vec![0; u32::from_le_bytes(lengths[..4].try_into().unwrap()) as usize];
        self.stream.read_exact(&mut head).unwrap();
        Some(serde_json::from_slice(&head).unwrap())
    }

    /// Hears until a frame of that kind comes.
    pub fn await_frame(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.hear().unwrap_or_else(|| panic!("the connection ended before {kind:?}"));
            if frame["t"] == kind {
                return frame;
            }
        }
    }

    /// Hears until everything up to `seq` is acknowledged.
    pub fn await_ack(&mut self, seq: u64) {
        while self.await_frame("ack")["seq"].as_u64().unwrap() < seq {}
    }

    pub fn series(&mut self, seq: u64) {
        self.send(&json!({"t": "series", "seq": seq, "id": 0, "name": "loss", "x_label": "step"}), &[]);
    }

    /// Sends frame `seq` with three samples whose y are unlike those of all other frames.
    pub fn append(&mut self, seq: u64) {
        let (head, body) = samples(seq);
        self.send(&head, &body);
    }

    pub fn finish(&mut self, seq: u64) {
        self.send(&json!({"t": "finish", "seq": seq, "ok": true, "text": "done"}), &[]);
    }

    /// Waits for the viewer's end.
    pub fn end(mut self) -> (Option<i32>, String) {
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

    pub fn kill(mut self) {
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

pub fn samples(seq: u64) -> (Value, Vec<u8>) {
    let y = [0.0, 1.0, 2.0].map(|part| seq as f64 * 3.0 + part);
    let body = y.iter().flat_map(|value: &f64| value.to_le_bytes()).collect();
    (json!({"t": "append", "seq": seq, "id": 0, "arrays": [["f8", 3]], "start": seq * 3}), body)
}

/// What is recorded of the only run: its state, y values and lines.
pub fn recorded(data_dir: &Path) -> (RunState, Vec<f64>, Vec<String>) {
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

pub fn y_of(seqs: impl IntoIterator<Item = u64>) -> Vec<f64> {
    seqs.into_iter().flat_map(|seq| [0.0, 1.0, 2.0].map(|part| seq as f64 * 3.0 + part)).collect()
}

pub fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    (dir, path)
}
