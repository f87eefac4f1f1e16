//! `kymograph client` with its window, on a display: Stop and Pause reach the client, and closing ends nothing.
#![cfg(feature = "gui")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic is a test's report, and a test that is skipped says so"
)]

mod client_support;

use std::process::Command;
use std::time::{Duration, Instant};

use client_support::{Client, place, recorded, y_of};
use kymograph::record::RunState;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

/// A client that was welcomed and has sent a series and a sample, up to frame 2, and whose viewer has a window on the
/// display of the tests; `None` where there is none.
fn with_window(data: &std::path::Path) -> Option<Client> {
    std::env::var_os("DISPLAY")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
    command.args(["client", "--data-dir"]).arg(data).env("QT_QPA_PLATFORM", "xcb");
    let mut client = Client::of(&mut command);
    client.hello(1);
    client.await_frame("welcome");
    client.series(1);
    client.append(2);
    Some(client)
}

/// The window of the viewer once it is seen.
fn window(client: &Client) -> String {
    let limit = Instant::now() + Duration::from_secs(20);
    let pid = client.viewer.id().to_string();
    loop {
        let found =
            Command::new("xdotool").args(["search", "--onlyvisible", "--pid", &pid, "--name", "training"]).output();
        let found = String::from_utf8(found.unwrap().stdout).unwrap();
        if let Some(window) = found.lines().next() {
            return window.to_owned();
        }
        assert!(Instant::now() < limit, "no window is seen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn press(client: &Client, keys: &str) {
    let window = window(client);
    let status = Command::new("xdotool").args(["windowfocus", "--sync", &window, "key", keys]).status().unwrap();
    assert!(status.success());
}

#[test]
fn stop_and_pause_reach_the_program() {
    let (_dir, data) = place();
    let Some(mut client) = with_window(&data) else { return println!("skipped: there is no display") };
    client.await_ack(2);
    for pressed in 1..=2 {
        press(&client, "shift+F5");
        assert_eq!(client.await_frame("stop")["press"], pressed);
    }
    press(&client, "F6");
    client.await_frame("pause");
    // What the program made before it stood still is taken nevertheless.
    client.append(3);
    client.await_ack(3);
    press(&client, "F6");
    client.await_frame("resume");
    client.send(&json!({"t": "finish", "seq": 4, "ok": false, "stopped": true, "text": "KeyboardInterrupt"}), &[]);
    client.await_ack(4);
    press(&client, "ctrl+q");
    let (status, said) = client.end();
    assert_eq!((status, said.as_str()), (Some(0), ""));
    let (state, y, lines) = recorded(&data);
    assert_eq!((state, y), (RunState::Stopped, y_of(2..=3)));
    assert!(lines.iter().any(|line| line.contains("press Stop again")), "{lines:?}");
}

#[test]
fn a_closed_window_ends_nothing_and_comes_back() {
    let (_dir, data) = place();
    let Some(mut client) = with_window(&data) else { return println!("skipped: there is no display") };
    press(&client, "ctrl+w");
    client.await_frame("closed");
    client.append(3);
    client.await_ack(3);
    client.send(&json!({"t": "show"}), &[]);
    window(&client);
    press(&client, "ctrl+w");
    client.await_frame("closed");
    // Without a window the viewer ends with the run.
    client.append(4);
    client.finish(5);
    client.await_ack(5);
    let (status, said) = client.end();
    assert_eq!((status, said.as_str()), (Some(0), ""));
    let (state, y, _) = recorded(&data);
    assert_eq!((state, y), (RunState::Finished, y_of(2..=4)));
}

#[test]
fn a_viewer_that_is_asked_to_end_ends_and_the_next_goes_on() {
    let (_dir, data) = place();
    let Some(mut client) = with_window(&data) else { return println!("skipped: there is no display") };
    client.await_ack(2);
    window(&client);
    kill_process(Pid::from_child(&client.viewer), Signal::TERM).unwrap();
    assert_eq!(client.end().1, "");
    let mut client = Client::start(&data, 1);
    assert_eq!(client.await_frame("welcome")["next"], 3);
    client.append(3);
    client.finish(4);
    client.await_ack(4);
    assert_eq!(client.end().0, Some(0));
    let (state, y, _) = recorded(&data);
    assert_eq!((state, y), (RunState::Finished, y_of(2..=3)));
}
