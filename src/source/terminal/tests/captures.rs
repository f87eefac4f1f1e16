//! Output of real programs, recorded at a terminal of 80 columns (rich: 50).

use super::*;

/// What a pane shows of a recording in the end, and how many lines were handed on.
fn pane_of_recording(bytes: &[u8]) -> (Vec<String>, usize) {
    let mut bench = Bench::default();
    // As in life: a piece each 10 ms.
    for (i, piece) in bytes.chunks(40).enumerate() {
        bench.feed_bytes(i as u64 * 10, piece);
        bench.tick(i as u64 * 10 + 5);
    }
    bench.end();
    (bench.pane().into_iter().map(str::to_owned).collect(), bench.shown.len())
}

#[test]
fn child_bytes_of_nested_tqdm_bars_and_messages() {
    let (pane, count) = pane_of_recording(include_bytes!("../../../../tests/data/terminal/tqdm.raw"));
    let bar = pane.last().unwrap();
    assert_eq!(pane[..3], ["epoch 0 is done", "epoch 1 is done", "epoch 2 is done"]);
    assert!(bar.starts_with("epochs: 100%|████") && pane.len() == 4, "{pane:?}");
    assert!(count < 40, "{count}");
}

#[test]
fn child_bytes_of_two_rich_bars_and_a_message() {
    let (pane, _) = pane_of_recording(include_bytes!("../../../../tests/data/terminal/rich.raw"));
    let [message, load, train] = &pane[..] else { panic!("{pane:?}") };
    assert_eq!(message, "halfway");
    assert!(load.starts_with("Load  ━━━") && load.ends_with("100% 0:00:00"), "{load}");
    assert!(train.starts_with("Train ━━━") && train.contains(" 70% "), "{train}");
}

#[test]
fn child_bytes_of_ninja() {
    let (pane, _) = pane_of_recording(include_bytes!("../../../../tests/data/terminal/ninja.raw"));
    assert_eq!(pane, ["ninja: Entering directory `nj'", "[6/6] MAKE f"]);
}

#[test]
fn child_bytes_of_pip() {
    let (pane, _) = pane_of_recording(include_bytes!("../../../../tests/data/terminal/pip.raw"));
    assert_eq!(pane.len(), 6, "{pane:?}");
    assert!(
        pane[3].starts_with("     ━━━━━") && pane[3].ends_with(" 16.9/16.9 MB 229.7 MB/s eta 0:00:00"),
        "{}",
        pane[3]
    );
    assert_eq!(pane[5], "Successfully installed numpy-2.4.6");
}
