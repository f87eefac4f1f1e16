//! `kymograph client` without a window, at the other end of a socket: what it takes, records, acknowledges and refuses.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic is a test's report, and it says what it measured"
)]

mod client_support;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use client_support::{Client, RUN, place, recorded, samples, y_of};
use kymograph::app::input::InputError;
use kymograph::app::run_samples::RunSamples;
use kymograph::batch::Item;
use kymograph::record::{Body, DataDir, LogReader, RunState};
use serde_json::json;

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
    assert_eq!(meta.config["lr"], 0.1);
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
        items.iter().filter_map(|item| if let Item::Layout(layout) = item { Some(layout) } else { None }).next_back();
    let layout = layout.unwrap();
    // A figure drawn of the run is laid out in the same way.
    let mut drawn = Vec::new();
    let samples = RunSamples::scan(&runs[0]).unwrap();
    let keep = |item| {
        drawn.push(item);
        Ok::<(), InputError>(())
    };
    samples.for_each(keep).unwrap();
    assert!(drawn.contains(&Item::Layout(Arc::clone(layout))));
    assert_eq!((layout.rows, layout.places[0].1), (3, Some(2)), "there is room for the subplot that was named");
}
