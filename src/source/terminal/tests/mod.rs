//! What is shown of what programs print, and when.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::*;
use crate::batch::{TextColor, TextStyle};

mod bytes;
mod captures;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A line as it was handed on.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    number: u64,
    text: String,
    spans: Vec<Span>,
    is_open: bool,
}

#[derive(Default)]
struct Bench {
    terminal: Terminal,
    shown: Vec<Shown>,
    tasks: Vec<TaskProgress>,
}

impl Bench {
    fn drive(&mut self, act: impl FnOnce(&mut Terminal, &mut dyn FnMut(Update<'_>) -> Result<(), Infallible>)) {
        let (shown, tasks) = (&mut self.shown, &mut self.tasks);
        act(&mut self.terminal, &mut |update| {
            match update {
                Update::Line(LineUpdate { number, text, spans, is_open, .. }) => {
                    let (text, spans) = (text.to_owned(), spans.to_vec());
                    shown.push(Shown { number, text, spans, is_open });
                }
                Update::Task(task) => tasks.push(task),
            }
            Ok(())
        });
    }

    fn feed(&mut self, at: u64, text: &str) {
        self.feed_bytes(at, text.as_bytes());
    }

    fn feed_bytes(&mut self, at: u64, bytes: &[u8]) {
        self.drive(|terminal, mut each| terminal.feed(bytes, ms(at), &mut each).unwrap());
    }

    fn tick(&mut self, at: u64) {
        self.drive(|terminal, mut each| terminal.flush_due(ms(at), &mut each).unwrap());
    }

    fn end(&mut self) {
        self.drive(|terminal, mut each| terminal.finish(&mut each).unwrap());
    }

    /// All states in the order in which they were handed on.
    fn states(&self) -> Vec<&str> {
        self.shown.iter().map(|line| line.text.as_str()).collect()
    }

    fn finish(mut self) -> Vec<String> {
        self.end();
        self.states().into_iter().map(str::to_owned).collect()
    }

    /// What a pane shows.
    fn pane(&self) -> Vec<&str> {
        let newest: BTreeMap<u64, &str> = self.shown.iter().map(|line| (line.number, line.text.as_str())).collect();
        assert!(newest.keys().copied().eq(0..newest.len() as u64), "no number is left out: {newest:?}");
        newest.into_values().collect()
    }
}

/// What a pane shows in the end of `bytes` that come in pieces of `sizes`, all at once.
fn pane_of(bytes: &[u8], sizes: &[usize]) -> Vec<Shown> {
    let mut bench = Bench::default();
    let mut rest = bytes;
    for size in sizes.iter().cycle() {
        let (head, tail) = rest.split_at((*size).clamp(1, rest.len().max(1)).min(rest.len()));
        bench.feed_bytes(0, head);
        rest = tail;
        if rest.is_empty() {
            break;
        }
    }
    bench.end();
    let mut seen = None;
    for line in &bench.shown {
        assert!(line.number <= seen.map_or(0, |n: u64| n + 1), "lines are first shown in their order");
        seen = seen.max(Some(line.number));
    }
    let newest: BTreeMap<u64, Shown> = bench.shown.into_iter().map(|line| (line.number, line)).collect();
    newest.into_values().collect()
}

#[test]
fn lines_end_at_line_feeds_wherever_reads_fall() {
    for cut in 0..18 {
        let mut bench = Bench::default();
        let (a, b) = "one\r\n\ntwo\nthree\r\nx".split_at(cut);
        bench.feed(0, a);
        bench.feed(1, b);
        assert_eq!(bench.finish(), ["one", "", "two", "three", "x"], "cut at {cut}");
    }
}

#[test]
fn child_bytes_bar_shows_ten_states_a_second_and_the_last() {
    let mut bench = Bench::default();
    for i in 0..=1000 {
        bench.feed(i, &format!("\r{:3}%", i / 10));
    }
    bench.feed(1000, "\ndone\n");
    bench.end();
    assert_eq!(bench.pane(), ["100%", "done"]);
    assert!((10..=13).contains(&bench.shown.len()), "{:?}", bench.shown);
}

#[test]
fn a_bar_that_stands_still_is_shown_once() {
    let mut bench = Bench::default();
    bench.feed(0, "\r 10%");
    bench.tick(20);
    assert!(bench.shown.is_empty(), "not settled yet");
    bench.tick(60);
    bench.tick(400);
    assert_eq!(bench.states(), [" 10%"]);
    bench.feed(500, "\r 20%");
    bench.feed(501, "\r 30%");
    assert_eq!(bench.terminal.due(), Some(ms(601)), "20% was shown at 501");
    bench.tick(601);
    assert_eq!(bench.terminal.due(), None);
    bench.feed(700, "\n");
    assert_eq!(bench.finish(), [" 10%", " 20%", " 30%"]);
}

#[test]
fn a_bar_that_is_wiped_away_leaves_its_last_state() {
    for wipe in ["\r\u{1b}[2K\r", "\r      \r", "\r\u{1b}[K", "\u{1b}[1K\r", "\r\u{1b}[J"] {
        let mut bench = Bench::default();
        bench.feed(0, &format!("a 1%\ra 2%\ra 100%{wipe}next\n"));
        bench.end();
        assert_eq!(bench.states(), ["a 1%", "a 100%", "next"], "{wipe:?}");
        assert_eq!(bench.pane(), ["a 100%", "next"], "{wipe:?}");
    }
}

#[test]
fn a_bar_that_is_wiped_and_drawn_anew_stays_one_line() {
    let mut bench = Bench::default();
    for i in 0..100 {
        bench.feed(i * 10, &format!("\r\u{1b}[2Ka {i}%"));
        bench.tick(i * 10);
    }
    bench.end();
    assert_eq!(bench.pane(), ["a 99%"]);
}

#[test]
fn a_message_above_a_bar_leaves_one_bar() {
    // As tqdm.write and rich's live displays do it.
    let mut bench = Bench::default();
    bench.feed(0, "\rload 10% |#  |");
    bench.tick(60);
    bench.feed(100, "\r              \r");
    bench.feed(101, "a message\nof two lines\n");
    bench.feed(102, "\rload 20% |## |");
    bench.tick(200);
    assert_eq!(bench.pane(), ["a message", "of two lines", "load 20% |## |"]);
}

#[test]
fn a_message_in_the_place_of_a_bar_is_not_kept_back() {
    let mut bench = Bench::default();
    bench.feed(0, "\rload 10% |#  |");
    bench.tick(60);
    bench.feed(100, "\r              \rdone\n");
    assert_eq!(bench.terminal.due(), Some(ms(150)));
    bench.tick(150);
    assert_eq!(bench.pane(), ["load 10% |#  |", "done"]);
    bench.feed(200, "more\n");
    assert_eq!(bench.pane(), ["load 10% |#  |", "done", "more"]);
}

#[test]
fn backspaces_rewrite_as_keras_does() {
    let mut bench = Bench::default();
    bench.feed(0, "1/3 [=>...]");
    bench.feed(0, &"\u{8}".repeat(11));
    bench.feed(200, "2/3 [==>..]");
    bench.feed(200, &"\u{8}".repeat(20));
    bench.feed(400, "\r3/3 [=====]\n");
    assert_eq!(bench.pane(), ["3/3 [=====]"]);
    assert_eq!(bench.finish(), ["1/3 [=>...]", "2/3 [==>..]", "3/3 [=====]"]);
}

#[test]
fn a_spinner_overwrites_one_character() {
    let mut bench = Bench::default();
    bench.feed(0, "wait |\u{8}/\u{8}-\u{8}é\u{8}ok\n");
    assert_eq!(bench.finish(), ["wait ok"]);
}

#[test]
fn a_question_is_shown_before_its_line_ends() {
    let mut bench = Bench::default();
    bench.feed(0, "go on? ");
    bench.tick(49);
    assert!(bench.shown.is_empty());
    bench.tick(50);
    assert!(bench.shown[0].is_open && bench.shown[0].text == "go on? ");
    bench.feed(500, "yes\n");
    assert!(!bench.shown[1].is_open);
    assert_eq!(bench.pane(), ["go on? yes"]);
}

#[test]
fn a_line_that_was_shown_open_is_said_again_when_it_ends_as_it_was() {
    let mut bench = Bench::default();
    bench.feed(0, "loss=0.25");
    bench.tick(60);
    bench.feed(100, "\n");
    let open: Vec<bool> = bench.shown.iter().map(|line| line.is_open).collect();
    assert_eq!((bench.states(), open), (vec!["loss=0.25", "loss=0.25"], vec![true, false]));
}

#[test]
fn child_bytes_bars_below_each_other_move_in_their_places() {
    let mut bench = Bench::default();
    bench.feed(0, "start\n");
    for i in 0..=50_u64 {
        // As tqdm does with two bars: the inner one is drawn a row below, and the cursor goes back up.
        bench.feed(i * 20, &format!("\router {}%", i / 10));
        bench.feed(i * 20, &format!("\n\rinner {}%\u{1b}[A", i * 2));
        bench.tick(i * 20);
    }
    bench.feed(1100, "\n\nend\n");
    bench.end();
    assert_eq!(bench.pane(), ["start", "outer 5%", "inner 100%", "end"]);
    // Two bars, ten states a second each.
    assert!((15..=30).contains(&bench.shown.len()), "{} of {:?}", bench.shown.len(), bench.shown);
}

#[test]
fn rows_are_reached_through_plain_lines() {
    let mut bench = Bench::default();
    let lines: String = (0..200).map(|i| format!("line {i}\n")).collect();
    bench.feed(0, &lines);
    bench.feed(1, "\u{1b}[3A\u{1b}[2Kthis\u{1b}[3E\u{1b}[999A\u{1b}[6Gx");
    bench.end();
    let pane = bench.pane();
    assert_eq!((pane.len(), pane[197], pane[198]), (200, "this", "line 198"));
    assert_eq!(pane[151], "line x51", "49 rows above the cursor's can be reached");
}

#[test]
fn colours_become_spans() {
    let mut bench = Bench::default();
    bench.feed(0, "\u{1b}[1;31mé\u{1b}[0m ok \u{1b}[38;5;208ma\u{1b}[38;2;1;2;3mb\u{1b}[48:2::4:5:6;39mc\u{1b}[m!\n");
    let line = &bench.shown[0];
    assert_eq!(line.text, "é ok abc!");
    let plain = TextStyle::default();
    let rgb = |r, g, b| Some(TextColor::Rgb(crate::batch::Color::new(r, g, b)));
    let expected = [
        (0, 2, TextStyle { foreground: Some(TextColor::Ansi(1)), is_bold: true, ..plain }),
        (6, 1, TextStyle { foreground: Some(TextColor::Indexed(208)), ..plain }),
        (7, 1, TextStyle { foreground: rgb(1, 2, 3), ..plain }),
        (8, 1, TextStyle { background: rgb(4, 5, 6), ..plain }),
    ];
    assert_eq!(line.spans, expected.map(|(start, len, style)| Span { start, len, style }));
}

#[test]
fn programs_say_how_far_they_are() {
    let mut bench = Bench::default();
    bench
        .feed(0, "\u{1b}]9;4;1;45\u{7}\u{1b}]9;4;3\u{1b}\\\u{1b}]9;4;1;250\u{7}\u{1b}]9;4;0;0\u{7}\u{1b}]9;4;1;x\u{7}");
    bench.feed(0, "\u{1b}]9;a notification\u{7}\u{1b}]9;4;1;99\nnot ended");
    use TaskProgress::{Busy, Gone, Percent};
    assert_eq!(bench.tasks, [Percent(45), Busy, Percent(100), Gone]);
}

#[test]
fn clearing_the_screen_leaves_what_was_there() {
    let mut bench = Bench::default();
    bench.feed(0, "one\ntwo\u{1b}[H\u{1b}[2Jthree\u{1b}[2;3Hfour\u{1b}[1;1HTHR");
    bench.end();
    assert_eq!(bench.pane(), ["one", "two", "THRee", "  four"]);
}

#[test]
fn a_last_line_without_an_end_is_kept() {
    let mut bench = Bench::default();
    bench.feed(0, "a\nb");
    assert_eq!(bench.finish(), ["a", "b"]);
    let mut bench = Bench::default();
    bench.feed(0, "1%\r2%\r3%\r");
    assert_eq!(bench.finish(), ["1%", "3%"]);
}
