//! Which series are named, how the entries are arranged, and where the legend stands.

use super::*;
use crate::batch::SeriesInfo;
use crate::figure::figure::SeriesStyle;
use crate::figure::measure::Monospace;
use crate::store::Store;

const PLOT: PlotRect = PlotRect { x_px: 50.0, y_px: 20.0, width_px: 600.0, height_px: 300.0 };

fn subplot_of(names: &[&str]) -> (Subplot, Snapshot) {
    let mut store = Store::default();
    let mut subplot = Subplot::default();
    for (i, name) in names.iter().enumerate() {
        let id = SeriesId(i as u32);
        let info = SeriesInfo { id, name: (*name).into(), x_label: String::new(), x_is_time: false, color: None };
        store.declare(info);
        subplot.series.push(SeriesStyle::new(id));
    }
    (subplot, store.snapshot())
}

fn block_of(count: usize, plot: PlotRect) -> Option<LegendBlock> {
    let names: Vec<String> = (0..count).map(|i| format!("loss of run {i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (subplot, snapshot) = subplot_of(&names);
    block(&named(&subplot, &snapshot), plot, &Sizes::new(12.0, 1.0), &Monospace)
}

#[test]
fn a_single_series_is_named_only_by_a_name_of_its_own() {
    let shown = |names: &[&str], y_label: &str| {
        let (mut subplot, snapshot) = subplot_of(names);
        subplot.y.label = y_label.into();
        named(&subplot, &snapshot).into_iter().map(|n| n.name).collect::<Vec<_>>()
    };
    assert_eq!(shown(&["loss"], ""), ["loss"]);
    assert!(shown(&["loss"], "loss").is_empty());
    assert!(shown(&["series 0"], "").is_empty());
    assert!(shown(&[" "], "").is_empty());
    assert_eq!(shown(&["", "b"], ""), ["series 0", "b"]);
}

#[test]
fn a_style_name_wins_and_a_hidden_legend_names_nothing() {
    let (mut subplot, snapshot) = subplot_of(&["a", "b"]);
    subplot.series[0].name = "mine".into();
    subplot.series[1].is_visible = false;
    let all = named(&subplot, &snapshot);
    assert_eq!((all[0].name.as_str(), all[1].is_visible), ("mine", false));
    subplot.legend = LegendPlace::Hidden;
    assert!(named(&subplot, &snapshot).is_empty());
}

#[test]
fn entries_go_into_columns_and_the_rest_is_counted() {
    for count in [1, 2, 9, 12, 13, 20, 40, 5000] {
        let block = block_of(count, PLOT).unwrap();
        let left_out = block.more.as_ref().map_or(0, |(text, _)| text[4..].replace(" more", "").parse().unwrap());
        assert_eq!(block.entries.len() + left_out, count, "every series is named or counted");
        assert!(block.width_px <= PLOT.width_px && block.height_px <= PLOT.height_px);
        let rects: Vec<PlotRect> = block.entries.iter().map(|e| e.rect).chain(block.more.iter().map(|m| m.1)).collect();
        for (i, a) in rects.iter().enumerate() {
            assert!(a.x_px + a.width_px <= block.width_px && a.y_px + a.height_px <= block.height_px);
            for b in &rects[i + 1..] {
                let apart_x = a.x_px + a.width_px <= b.x_px || b.x_px + b.width_px <= a.x_px;
                let apart_y = a.y_px + a.height_px <= b.y_px || b.y_px + b.height_px <= a.y_px;
                assert!(apart_x || apart_y, "{a:?} over {b:?}");
            }
        }
    }
}

#[test]
fn names_hostile_names_do_not_push_the_legend_out_of_the_plot() {
    let long = "<img src=x>".repeat(400);
    let (subplot, snapshot) = subplot_of(&[&long, "b"]);
    let block = block(&named(&subplot, &snapshot), PLOT, &Sizes::new(12.0, 1.0), &Monospace).unwrap();
    assert!(block.width_px <= PLOT.width_px);
    assert!(block.entries[0].text.ends_with('…'));
}

#[test]
fn no_legend_where_there_is_no_room() {
    assert_eq!(block_of(3, PlotRect { width_px: 40.0, height_px: 30.0, ..PLOT }), None);
    assert_eq!(block_of(3, PlotRect { width_px: 1.0, height_px: 1.0, ..PLOT }), None);
    assert_eq!(block_of(0, PLOT), None);
}

#[test]
fn the_legend_stands_where_the_curve_is_not() {
    let block = block_of(2, PLOT).unwrap();
    let at = |points: &[[f32; 2]], before| {
        let mut covered = Covered::new(PLOT, 8.0);
        covered.line(points);
        place(&block, PLOT, 8.0, &covered, before).0
    };
    assert_eq!(at(&[], None), Corner::TopRight, "the usual place");
    let rising = [[50.0, 320.0], [650.0, 20.0]];
    assert_eq!(at(&rising, None), Corner::TopLeft);
    let falling = [[50.0, 20.0], [650.0, 320.0]];
    assert_eq!(at(&falling, None), Corner::TopRight);
    let roof = [[50.0, 40.0], [650.0, 40.0]];
    assert_eq!(at(&roof, None), Corner::BottomRight);
    assert_eq!(at(&falling, Some(Corner::BottomLeft)), Corner::BottomLeft, "it stays where it is free");
    assert_eq!(at(&rising, Some(Corner::TopRight)), Corner::TopLeft, "it moves where it would cover");
}

#[test]
fn a_forbidden_place_is_worse_than_any_curve() {
    let block = block_of(2, PLOT).unwrap();
    let mut covered = Covered::new(PLOT, 8.0);
    for y in (20..320).step_by(4) {
        covered.line(&[[50.0, y as f32], [650.0, y as f32]]);
    }
    let taken = PlotRect { x_px: 560.0, y_px: 20.0, width_px: 90.0, height_px: 20.0 };
    covered.forbid(taken);
    assert_eq!(place(&block, PLOT, 8.0, &covered, None).0, Corner::TopLeft);
}

#[test]
fn above_what_is_forbidden_is_a_place() {
    let block = block_of(2, PLOT).unwrap();
    let mut covered = Covered::new(PLOT, 8.0);
    for y in (20..150).step_by(4) {
        covered.line(&[[50.0, y as f32], [650.0, y as f32]]);
    }
    let note = PlotRect { x_px: 60.0, y_px: 300.0, width_px: 580.0, height_px: 18.0 };
    covered.forbid(note);
    let (corner, rect) = place(&block, PLOT, 8.0, &covered, None);
    assert_eq!(corner, Corner::BottomRight);
    assert!(!rect.overlaps(&note) && rect.y_px > 150.0);
}
