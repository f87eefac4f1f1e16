//! What stands where in a drawn figure: looked up in the scene, before it is pixels.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

mod figure_support;

use figure_support::{Made, has_text, is_inside, numbers, overlap, scratch, sine, text_box, texts, whole};
use kymograph::batch::{Batch, SeriesId, Xs};
use kymograph::figure::{AxisRange, Dash, Grid, Join, Marker, PlotRect, Scale, Spacing, Theme, YAxis};
use kymograph::render::draw::Drawn;
use kymograph::render::scene::Shape;

const SIZES: [(u32, u32); 8] =
    [(1000, 600), (480, 360), (1600, 300), (300, 900), (160, 120), (90, 60), (40, 30), (1, 1)];

/// Figures of many kinds.
fn zoo() -> Vec<(&'static str, Made)> {
    let mut made = Vec::new();
    let mut plain = Made::new();
    plain.figure.subplots[0].x.label = "x".into();
    plain.figure.subplots[0].y.label = "sin x".into();
    plain.add(0, "sine", sine(600));
    made.push(("plain", plain));

    let mut rich = Made::new();
    rich.figure.title = "A title of the whole figure that is rather long for a small one".into();
    rich.figure.subplots[0].title = "Training".into();
    rich.figure.subplots[0].x.label = "step".into();
    rich.figure.subplots[0].y.label = "loss (nats per token, averaged over the last epoch of training)".into();
    for k in 0..14_usize {
        let y = sine(20_000).iter().enumerate().map(|(i, y)| if i % 777 == k { f64::NAN } else { y * 1e-7 }).collect();
        let style = rich.add(0, &format!("run {k}"), y);
        style.dash = [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDotted][k % 4];
        style.marker = [Marker::None, Marker::Circle, Marker::Cross][k % 3];
        style.join = [Join::Line, Join::Steps, Join::Fill, Join::Points][k % 4];
    }
    made.push(("rich", rich));

    let mut log = Made::new();
    (log.figure.subplots[0].x.scale, log.figure.subplots[0].y.scale) = (Scale::Log, Scale::Log);
    log.add(0, "decay", (0..500).map(|i| (-(i as f64) / 20.0).exp()).collect());
    made.push(("log", log));

    let mut grid = Made::new();
    grid.figure.title = "Station".into();
    grid.figure.grid = Grid { rows: 2, columns: 3, share_x: true, share_y: true };
    for k in 0..5 {
        let start = 1_714_690_000.0;
        grid.add_at(k, "value", Xs::Steps { start, step: 60.0 }, sine(3000).iter().map(|y| y + 101_325.0).collect());
        grid.figure.subplots[k].x.scale = Scale::Time;
        grid.figure.subplots[k].title = format!("Sensor {k}");
    }
    made.push(("grid", grid));

    let mut right = Made::new();
    right.figure.title = "Two axes".into();
    right.figure.subplots[0].title = "Epoch".into();
    right.figure.subplots[0].y.label = "loss".into();
    right.figure.subplots[0].right.label = "learning rate".into();
    right.add(0, "loss", sine(300).iter().map(|y| 5e12 + y).collect());
    right.add(0, "rate", sine(300).iter().map(|y| 1e-7 * (y + 1e5)).collect()).axis = YAxis::Right;
    made.push(("right", right));

    let mut offsets = Made::new();
    let x = Xs::Steps { start: 1e9, step: 1e-3 };
    offsets.add_at(0, "a", x, sine(100).iter().map(|y| 5e12 + y).collect());
    made.push(("offsets", offsets));
    made
}

fn each_drawing(mut check: impl FnMut(&str, &Drawn)) {
    for (name, mut made) in zoo() {
        for theme in [Theme::light(), Theme::dark()] {
            made.figure.theme = theme;
            for (width, height) in SIZES {
                for scale in [1.0, 1.5, 2.0] {
                    let (width, height) = ((width as f32 * scale) as u32, (height as f32 * scale) as u32);
                    check(&format!("{name} at {width}x{height}, scale {scale}"), &made.draw(width, height, scale));
                }
            }
        }
    }
}

#[test]
fn no_text_is_clipped_by_the_edge() {
    each_drawing(|name, drawn| {
        for text in texts(&drawn.scene) {
            let place = text_box(text);
            assert!(is_inside(&place, &whole(&drawn.scene), 0.01), "{name}: {:?} at {place:?}", text.content);
        }
    });
}

#[test]
fn no_text_runs_into_another() {
    each_drawing(|name, drawn| {
        let all = texts(&drawn.scene);
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                let (place_a, place_b) = (text_box(a), text_box(b));
                assert!(
                    !overlap(&place_a, &place_b),
                    "{name}: {:?} {place_a:?}, {:?} {place_b:?}",
                    a.content,
                    b.content
                );
            }
        }
    });
}

#[test]
fn grid_axes_and_ticks_lie_on_whole_pixels() {
    each_drawing(|name, drawn| {
        let under = &drawn.scene.shapes[drawn.under.clone()];
        for shape in under {
            match shape {
                Shape::Rect { rect, .. } => {
                    for edge in [rect.x_px, rect.y_px, rect.width_px, rect.height_px] {
                        assert_eq!(edge, edge.round(), "{name}: {rect:?}");
                    }
                    assert!(rect.width_px >= 1.0 && rect.height_px >= 1.0);
                }
                Shape::Text(_) => {}
                other => panic!("{name}: axes are rectangles and texts, not {other:?}"),
            }
        }
    });
}

#[test]
fn subplots_stand_apart_on_whole_pixels_inside_the_figure() {
    each_drawing(|name, drawn| {
        let plots: Vec<PlotRect> = drawn.layout.subplots.iter().map(|s| s.plot).collect();
        for (i, plot) in plots.iter().enumerate() {
            assert!(plot.width_px >= 1.0 && plot.height_px >= 1.0, "{name}: {plot:?}");
            let edges = [plot.x_px, plot.y_px, plot.width_px, plot.height_px];
            assert!(edges.iter().all(|edge| *edge == edge.round()), "{name}: {plot:?}");
            assert!(is_inside(plot, &whole(&drawn.scene), 0.0), "{name}: {plot:?}");
            let is_tiny = drawn.scene.width_px < 50;
            assert!(is_tiny || plots[i + 1..].iter().all(|other| !overlap(plot, other)), "{name}");
        }
        for subplot in &drawn.layout.subplots {
            for entry in &subplot.legend {
                assert!(is_inside(&entry.rect, &subplot.plot, 0.01), "{name}: a legend entry outside");
            }
        }
    });
}

#[test]
fn every_number_of_a_scene_is_finite_and_the_parts_cover_it() {
    each_drawing(|name, drawn| {
        assert!(numbers(&drawn.scene).iter().all(|v| v.is_finite()), "{name}");
        assert_eq!((drawn.under.start, drawn.under.end, drawn.curves.end), (0, drawn.curves.start, drawn.over.start));
        assert_eq!(drawn.over.end, drawn.scene.shapes.len());
    });
}

#[test]
fn both_axis_lines_and_the_outermost_grid_lines_coincide() {
    let mut made = Made::new();
    made.add(0, "a", sine(100));
    made.figure.subplots[0].x.range = AxisRange::Fixed { min: 0.0, max: 10.0 };
    made.figure.subplots[0].y.range = AxisRange::Fixed { min: 0.0, max: 10.0 };
    for scale in [1.0, 2.0, 3.0] {
        let drawn = made.draw((800.0 * scale) as u32, (500.0 * scale) as u32, scale);
        let rects: Vec<PlotRect> = drawn.scene.shapes[drawn.under.clone()]
            .iter()
            .filter_map(|s| if let Shape::Rect { rect, .. } = s { Some(*rect) } else { None })
            .collect();
        let plot = drawn.layout.subplots[0].plot;
        let long = |r: &&PlotRect, upright: bool| {
            if upright { r.height_px >= plot.height_px } else { r.width_px >= plot.width_px }
        };
        let lefts: Vec<f32> = rects.iter().filter(|r| long(r, true)).map(|r| r.x_px).collect();
        let tops: Vec<f32> = rects.iter().filter(|r| long(r, false)).map(|r| r.y_px).collect();
        let (axis_x, axis_y) =
            (lefts.iter().copied().fold(f32::MAX, f32::min), tops.iter().copied().fold(0.0, f32::max));
        assert_eq!(lefts.iter().filter(|x| **x == axis_x).count(), 2, "the y axis and the grid line at its foot");
        assert_eq!(tops.iter().filter(|y| **y == axis_y).count(), 2, "the x axis and the grid line at its end");
        let mut apart = lefts.clone();
        apart.sort_by(f32::total_cmp);
        apart.dedup();
        assert!(apart.windows(2).all(|p| p[1] - p[0] > 10.0), "no line beside another: {apart:?}");
    }
}

#[test]
fn the_static_layer_stands_while_the_ranges_stand() {
    let mut made = Made::new();
    made.add(0, "a", sine(100));
    made.figure.subplots[0].x.range = AxisRange::Fixed { min: 0.0, max: 200.0 };
    made.figure.subplots[0].y.range = AxisRange::Fixed { min: -1.0, max: 1.0 };
    let mut kept = scratch();
    let before = made.draw_with(&mut kept, 800, 500, 1.0);
    made.store.append(Batch::point(SeriesId(0), 0, 150.0, 0.5));
    let after = made.draw_with(&mut kept, 800, 500, 1.0);
    assert_eq!(before.scene.shapes[before.under.clone()], after.scene.shapes[after.under.clone()]);
    assert_ne!(before.scene.shapes[before.curves.clone()], after.scene.shapes[after.curves.clone()]);
    made.figure.subplots[0].x.range = AxisRange::Fixed { min: 0.0, max: 100.0 };
    let zoomed = made.draw_with(&mut kept, 800, 500, 1.0);
    assert_ne!(after.scene.shapes[after.under], zoomed.scene.shapes[zoomed.under]);
}

#[test]
fn an_empty_figure_says_what_to_do_instead_of_showing_axes() {
    let mut made = Made::new();
    made.figure.empty_hint = "Press Start,\nor drop a file".into();
    made.add(0, "a", Vec::new());
    for (width, height) in SIZES {
        let drawn = made.draw(width, height, 1.0);
        assert!(drawn.layout.subplots.is_empty());
        assert!(drawn.scene.shapes.iter().all(|s| matches!(s, Shape::Text(_))), "no 0 to 1 box");
        if width >= 160 {
            assert!(has_text(&drawn.scene, "Press Start,") && has_text(&drawn.scene, "or drop a file"));
        }
    }
}

#[test]
fn samples_without_a_value_are_marked_where_they_are_and_counted() {
    let mut made = Made::new();
    let y: Vec<f64> =
        (0..=1000).map(|i| if i == 500 || i > 900 { f64::NAN } else { (i as f64 * 0.01).sin() }).collect();
    made.add(0, "a", y);
    let drawn = made.draw(1000, 600, 1.0);
    let subplot = &drawn.layout.subplots[0];
    let marks: Vec<[f32; 2]> = drawn.scene.shapes[drawn.over.clone()]
        .iter()
        .filter_map(|s| match s {
            Shape::Markers { centers_px, marker: Marker::Triangle, .. } => Some(centers_px.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    for x in [500.0, 901.0] {
        let x_px = subplot.x.to_px(x) as f32;
        assert!(marks.iter().any(|m| (m[0] - x_px).abs() < 4.0), "no mark at x = {x} ({x_px} px): {marks:?}");
    }
    assert!(marks.iter().all(|m| m[1] > subplot.plot.y_px + subplot.plot.height_px - 10.0), "at the lower edge");
    assert!(marks.iter().all(|m| subplot.x.from_px(f64::from(m[0])) > 490.0), "none where all is well");
    assert!(texts(&drawn.scene).iter().any(|t| t.content.starts_with("101 samples without a value")));
    assert_eq!(drawn.stats.without_value, 101);
}

#[test]
fn reduced_data_are_said_to_be_reduced_and_others_are_not() {
    let mut made = Made::new();
    made.add(0, "a", sine(300_000));
    let drawn = made.draw(1000, 600, 1.0);
    assert!(has_text(&drawn.scene, "300,000 of 300,000 samples drawn as min-max"));
    assert_eq!((drawn.stats.in_view, drawn.stats.by_column), (300_000, 300_000));
    made.figure.subplots[0].x.range = AxisRange::Fixed { min: 0.0, max: 100.0 };
    let near = made.draw(1000, 600, 1.0);
    assert!(!texts(&near.scene).iter().any(|t| t.content.contains("min-max")));
}

#[test]
fn notes_keep_clear_of_the_legend_and_the_legend_of_the_curve() {
    let mut made = Made::new();
    // The curve fills the upper half; only below is room, where the notes stand as well.
    let y: Vec<f64> = (0..100_000).map(|i| if i % 999 == 0 { f64::NAN } else { ((i * 7919) % 1000) as f64 }).collect();
    made.add(0, "noise", y);
    made.figure.subplots[0].y.range = AxisRange::Fixed { min: -1000.0, max: 1000.0 };
    for (width, height) in [(1000, 600), (480, 360)] {
        let drawn = made.draw(width, height, 1.0);
        let subplot = &drawn.layout.subplots[0];
        let entry = subplot.legend[0].rect;
        assert!(f64::from(entry.y_px) > subplot.y.to_px(0.0), "the legend is below the curve");
        let notes: Vec<PlotRect> =
            texts(&drawn.scene).iter().filter(|t| t.content.contains("samples")).map(|t| text_box(t)).collect();
        assert!(!notes.is_empty() && notes.iter().all(|note| !overlap(note, &entry)));
    }
}

#[test]
fn a_hidden_series_is_not_drawn_but_stays_in_the_legend_dimmed() {
    let mut made = Made::new();
    made.add(0, "a", sine(100));
    made.add(0, "b", sine(100)).is_visible = false;
    let drawn = made.draw(800, 500, 1.0);
    let lines = drawn.scene.shapes[drawn.curves.clone()].iter().filter(|s| matches!(s, Shape::Line { .. })).count();
    assert_eq!(lines, 1);
    assert_eq!(drawn.layout.subplots[0].legend.iter().map(|e| e.series.0).collect::<Vec<_>>(), [0, 1]);
    let alpha = |name: &str| texts(&drawn.scene).iter().find(|t| t.content == name).map(|t| t.paint.alpha).unwrap();
    assert!(alpha("b") < alpha("a"));
    made.figure.subplots[0].series[0].is_visible = false;
    let drawn = made.draw(800, 500, 1.0);
    assert_eq!(drawn.layout.subplots[0].legend.len(), 2, "both can be shown again");
    assert!(has_text(&drawn.scene, "0.0"), "and the axes stay");
}

#[test]
fn fixed_spacing_is_kept_and_none_breaks_a_figure() {
    let mut made = Made::new();
    made.figure.grid = Grid { rows: 2, columns: 2, share_x: false, share_y: false };
    (0..4).for_each(|k| {
        made.add(k, "a", sine(50));
    });
    made.figure.spacing = Spacing {
        left: Some(70.0),
        right: Some(20.0),
        top: Some(30.0),
        bottom: Some(50.0),
        column_gap: Some(60.0),
        row_gap: Some(40.0),
    };
    let plots: Vec<PlotRect> = made.draw(2000, 1200, 2.0).layout.subplots.iter().map(|s| s.plot).collect();
    assert_eq!((plots[0].x_px, plots[0].y_px), (140.0, 60.0));
    assert_eq!(plots[3].x_px + plots[3].width_px, 1960.0);
    assert_eq!(plots[3].y_px + plots[3].height_px, 1100.0);
    assert!((plots[1].x_px - plots[0].x_px - plots[0].width_px - 120.0).abs() <= 1.0);
    assert!((plots[2].y_px - plots[0].y_px - plots[0].height_px - 80.0).abs() <= 1.0);
    for value in [f32::NAN, f32::INFINITY, -50.0, 1e9, 0.0] {
        let all = Some(value);
        made.figure.spacing = Spacing { left: all, right: all, top: all, bottom: all, column_gap: all, row_gap: all };
        let drawn = made.draw(800, 500, 1.0);
        assert!(numbers(&drawn.scene).iter().all(|v| v.is_finite()));
        assert!(drawn.layout.subplots.iter().all(|s| s.plot.width_px >= 1.0 && s.plot.height_px >= 1.0));
    }
}

#[test]
fn shared_axes_leave_the_inner_labels_out() {
    let mut made = Made::new();
    made.figure.grid = Grid { rows: 2, columns: 2, share_x: true, share_y: true };
    for k in 0..3 {
        made.add(k, "a", sine(50));
        made.figure.subplots[k].x.label = format!("x{k}");
        made.figure.subplots[k].y.label = format!("y{k}");
    }
    let drawn = made.draw(1000, 700, 1.0);
    let shown = |name: &str| has_text(&drawn.scene, name);
    // The second column ends in the first row: its lowest subplot carries the labels.
    assert_eq!(["x0", "x1", "x2"].map(shown), [false, true, true]);
    assert_eq!(["y0", "y1", "y2"].map(shown), [true, false, true]);
    let [a, b] = [&drawn.layout.subplots[0], &drawn.layout.subplots[1]];
    assert_eq!((a.y.min, a.y.max), (b.y.min, b.y.max));
}

#[test]
fn the_legend_does_not_hop_about_while_data_arrive() {
    let mut made = Made::new();
    made.add(0, "walk", Vec::new());
    let mut kept = scratch();
    let (mut moves, mut before) = (0, None);
    let mut y = 0.0_f64;
    for i in 0..600_u32 {
        y += f64::from(i.wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5;
        made.store.append(Batch::point(SeriesId(0), 0, f64::from(i), y));
        let drawn = made.draw_with(&mut kept, 600, 400, 1.0);
        let Some(entry) = drawn.layout.subplots[0].legend.first() else { continue };
        let plot = drawn.layout.subplots[0].plot;
        let place =
            (entry.rect.x_px > plot.x_px + plot.width_px / 2.0, entry.rect.y_px > plot.y_px + plot.height_px / 2.0);
        moves += u32::from(before.is_some_and(|b| b != place));
        before = Some(place);
    }
    assert!(moves <= 12, "{moves} moves in 600 frames");
}
