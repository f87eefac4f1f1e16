//! Hostile and large output: any bytes in any pieces.

use proptest::prelude::*;

use super::*;

#[test]
fn child_bytes_sequences_are_swallowed_wherever_they_are_cut() {
    for (raw, text) in [
        ("\u{1b}]0;title\u{7}loss", "loss"),
        ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
        ("a\u{1b}Pq#0;2\u{1b}\\b", "ab"),
        ("\u{1b}(Bx", "x"),
        ("\u{9b}31mred", "red"),
        ("\u{9d}evil\u{1b}\\good", "good"),
        ("bell\u{7} nul\u{0} del\u{7f}", "bell nul del"),
        ("cut \u{1b}[3", "cut "),
        ("cut \u{1b}", "cut "),
        ("\u{1b}[31\u{e9}", "\u{e9}"),
        ("caf\u{e9} \u{a0}\u{c2}", "caf\u{e9} \u{a0}\u{c2}"),
        ("\u{1b}[3:<mx", "x"),
        ("\u{1b}[?25l\u{1b}[?2026hx\u{1b}[?25h", "x"),
        ("\u{1b}_Ga=T;AAAA\u{1b}\\x", "x"),
        ("\u{1b}[38;2;1mx\u{1b}[99999999999999;4mx", "xx"),
    ] {
        for size in 1..=raw.len() {
            let lines: Vec<String> = pane_of(raw.as_bytes(), &[size]).into_iter().map(|line| line.text).collect();
            assert_eq!(lines, [text], "{raw:?} in pieces of {size}");
        }
    }
}

#[test]
fn child_bytes_a_sequence_without_an_end_ends_with_its_line() {
    let mut bench = Bench::default();
    bench.feed(0, "a\u{1b}]0;never ended\nb\u{1b}Palso\nc\u{1b}[3\nd\n");
    assert_eq!(bench.finish(), ["a", "b", "c", "d"]);
}

#[test]
fn child_bytes_that_are_no_text_become_replacement_characters() {
    let bytes = b"\xff\xfe caf\xe9\n\xf0\x9f\x98\x80 \xe2\x82\nend \xe2\x82";
    for size in 1..=bytes.len() {
        let lines: Vec<String> = pane_of(bytes, &[size]).into_iter().map(|line| line.text).collect();
        assert_eq!(lines, ["\u{fffd}\u{fffd} caf\u{fffd}", "😀 \u{fffd}", "end \u{fffd}"], "in pieces of {size}");
    }
}

#[test]
fn child_flood_long_lines_are_split_between_characters() {
    let mut bench = Bench::default();
    let text = "é".repeat(LINE_BYTES_MAX);
    bench.feed(0, "x");
    bench.feed(0, &text);
    bench.feed(0, "\n");
    let lines = bench.finish();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines.concat(), format!("x{text}"));
    assert!(lines.iter().all(|l| l.len() <= LINE_BYTES_MAX && !l.contains('\u{fffd}')));
}

#[test]
fn child_flood_memory_is_bounded() {
    let mut bench = Bench::default();
    let tabs = "\t\u{1b}[31mé".repeat(2000);
    for _ in 0..400 {
        bench.drive(|terminal, _| {
            terminal.feed(tabs.as_bytes(), ms(0), &mut |_| Ok::<_, Infallible>(())).unwrap();
        });
    }
    let held: usize = bench.terminal.screen.rows.iter().map(|row| row.text.held_bytes()).sum();
    assert!(held < 48 << 20, "{held} bytes");
    assert!(bench.terminal.screen.rows.len() <= ROWS);
}

/// Pieces that terminals know, and others.
fn output() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "\r",
        "\n",
        "\u{8}",
        "\t",
        "\u{1b}[A",
        "\u{1b}[2B",
        "\u{1b}[3C",
        "\u{1b}[2D",
        "\u{1b}[K",
        "\u{1b}[1K",
        "\u{1b}[2K",
        "\u{1b}[J",
        "\u{1b}[2J",
        "\u{1b}[H",
        "\u{1b}[2;2H",
        "\u{1b}[P",
        "\u{1b}[@",
        "\u{1b}[3X",
        "\u{1b}[31m",
        "\u{1b}[m",
        "\u{1b}7",
        "\u{1b}8",
        "\u{1b}]0;t\u{7}",
        "\u{1b}]",
        "\u{1b}P",
        "load 10%",
        "load 20%",
        "done",
        "漢",
        "é",
        "e\u{301}",
        "\u{9b}",
        "\r\n",
        "   ",
        "\u{1b}[5E",
        "\u{1b}[9F",
        "\u{1b}M",
    ]);
    let piece = prop_oneof![
        6 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
        1 => prop::collection::vec(b' '..=b'~', 0..12),
    ];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn child_bytes_pieces_make_no_difference(
        bytes in output(),
        sizes in prop::collection::vec(1_usize..12, 1..8),
    ) {
        let whole = pane_of(&bytes, &[bytes.len().max(1)]);
        prop_assert_eq!(&pane_of(&bytes, &sizes), &whole);
        for line in whole {
            prop_assert!(line.text.chars().all(|c| c == '\t' || !c.is_control()), "{:?}", line.text);
            prop_assert!(line.spans.iter().all(|s| line.text.get(s.start as usize..(s.start + s.len) as usize).is_some()));
        }
    }

    #[test]
    fn child_bytes_of_plain_text_are_all_kept(lines in prop::collection::vec("[^\\p{Cc}\\p{M}]{0,40}", 0..20), size in 1_usize..30) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let shown: Vec<String> = pane_of(text.as_bytes(), &[size]).into_iter().map(|line| line.text).collect();
        prop_assert_eq!(shown, lines);
    }

    #[test]
    fn child_bytes_at_any_time_are_shown_in_order(pieces in prop::collection::vec((output(), 0_u64..120), 0..12)) {
        let mut bench = Bench::default();
        let mut now = 0;
        for (bytes, pause) in pieces {
            bench.feed_bytes(now, &bytes);
            bench.tick(now);
            now += pause;
            bench.tick(now);
        }
        bench.end();
        bench.pane();
    }
}

/// Pieces of 64 KiB as programs that print without pause make them.
fn floods() -> [(&'static str, Vec<u8>); 4] {
    let filled = |line: &str| line.bytes().cycle().take(64 << 10).collect::<Vec<u8>>();
    [
        ("yes", filled("y\n")),
        ("lines", filled("step=1000 loss=0.123456 accuracy=0.98 rate=12.5/s\r\n")),
        ("no line end", filled("x")),
        ("coloured", filled("\u{1b}[32mstep\u{1b}[0m=1000 \u{1b}[1mloss\u{1b}[0m=0.123456 accuracy=0.98\n")),
    ]
}

#[test]
#[ignore = "a measurement of some seconds, to be run in an optimised build"]
fn a_gigabyte_takes_seconds() {
    for (name, piece) in floods() {
        let mut terminal = Terminal::default();
        let (start, mut bytes) = (std::time::Instant::now(), 0);
        for _ in 0..(1 << 30) / piece.len() {
            let mut each = |update: Update<'_>| {
                if let Update::Line(line) = update {
                    bytes += std::hint::black_box(line.text).len();
                }
                Ok::<_, Infallible>(())
            };
            terminal.feed(&piece, ms(0), &mut each).unwrap();
            terminal.flush_due(ms(0), &mut each).unwrap();
        }
        let took = start.elapsed();
        eprintln!("1 GiB of {name}: {took:?}, {bytes} bytes of text");
        assert!(took < Duration::from_secs(60), "{name}: {took:?}");
    }
}
