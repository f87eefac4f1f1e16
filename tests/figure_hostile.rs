//! Data and names that no figure was made for: drawn finitely, inside the frame, without a panic, in bounded time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

mod figure_support;

use std::time::Instant;

use figure_support::{Made, is_inside, numbers, sine, text_box, texts, whole};
use kymograph::batch::Xs;
use kymograph::figure::{AxisRange, Grid, Join, Marker, PlotRect, Scale};
use kymograph::render::raster::Rasterizer;
use kymograph::render::scene::Shape;

const UGLY: [f64; 16] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
    1e308,
    -1e308,
    5e-324,
    -5e-324,
    0.0,
    -0.0,
    1.0,
    1.0 + f64::EPSILON,
    1e-310,
    1e15,
    -1e15,
];

/// Sizes at which something may go wrong, and one at which all is drawn.
const SIZES: [(u32, u32, f32); 6] =
    [(1, 1, 1.0), (40, 30, 1.0), (3, 2000, 1.0), (2000, 3, 2.0), (320, 240, 1.0), (640, 480, 2.0)];

fn check(made: &Made, name: &str) {
    let mut rasterizer = Rasterizer::new();
    for (width, height, scale) in SIZES {
        let drawn = made.draw(width, height, scale);
        assert!(numbers(&drawn.scene).iter().all(|v| v.is_finite()), "{name} at {width}x{height}");
        for text in texts(&drawn.scene) {
            assert!(is_inside(&text_box(text), &whole(&drawn.scene), 0.01), "{name}: {:?} outside", text.content);
        }
        let canvas = rasterizer.scene(&drawn.scene, Vec::new());
        assert_eq!(canvas.pixels().len(), width as usize * height as usize * 4);
    }
}

#[test]
fn data_hostile_pairs_are_drawn_on_every_scale() {
    for scale in [Scale::Linear, Scale::Log, Scale::Time] {
        for (i, a) in UGLY.iter().enumerate() {
            let mut made = Made::new();
            for (k, b) in UGLY.iter().enumerate() {
                let style =
                    made.add_at(0, &format!("s{k}"), Xs::Explicit(vec![*a, *b, 1.0, *a].into()), vec![*b, *a, *b, 2.0]);
                style.join = [Join::Line, Join::Steps, Join::Fill, Join::Points][(i + k) % 4];
                style.marker = [Marker::None, Marker::Cross][k % 2];
            }
            (made.figure.subplots[0].x.scale, made.figure.subplots[0].y.scale) = (scale, scale);
            check(&made, &format!("{scale:?} with {a}"));
        }
    }
}

#[test]
fn data_hostile_each_value_alone_is_drawn() {
    for a in UGLY {
        for b in UGLY {
            let mut made = Made::new();
            made.add_at(0, "alone", Xs::Explicit(vec![a].into()), vec![b]);
            let drawn = made.draw(320, 240, 1.0);
            assert!(numbers(&drawn.scene).iter().all(|v| v.is_finite()), "({a}, {b})");
            if a.is_finite() && b.is_finite() {
                let plot = drawn.layout.subplots[0].plot;
                // The largest number stands at the very edge: there is no room beyond.
                let plot = PlotRect { width_px: plot.width_px + 1.0, height_px: plot.height_px + 1.0, ..plot };
                let dots: Vec<[f32; 2]> = drawn.scene.shapes[drawn.curves]
                    .iter()
                    .filter_map(
                        |s| if let Shape::Markers { centers_px, .. } = s { Some(centers_px.clone()) } else { None },
                    )
                    .flatten()
                    .collect();
                assert!(dots.iter().any(|[x, y]| plot.contains(*x, *y)), "({a}, {b}) is not to be seen: {dots:?}");
            }
        }
    }
}

#[test]
fn data_hostile_order_duplicates_and_gaps() {
    let mut made = Made::new();
    let count = 5000_usize;
    made.add_at(0, "descending", Xs::Explicit((0..count).rev().map(|i| i as f64).collect()), sine(count));
    made.add_at(0, "duplicates", Xs::Explicit((0..count).map(|i| (i / 100) as f64).collect()), sine(count));
    made.add_at(0, "circle", Xs::Explicit(sine(count).into()), (0..count).map(|i| (i as f64 * 0.05).cos()).collect());
    let gaps = (0..count).map(|i| if i % 2 == 0 { f64::NAN } else { i as f64 }).collect();
    made.add(0, "every other missing", gaps);
    made.add(0, "nothing but gaps", vec![f64::NAN; count]);
    made.add_at(0, "x unknown", Xs::Explicit(vec![f64::NAN; count].into()), sine(count));
    check(&made, "orders");
}

#[test]
fn data_hostile_views_are_drawn() {
    let mut made = Made::new();
    made.add(0, "a", sine(2000));
    for (min, max) in [(0.0, 1e-300), (1e308, 1.7e308), (-1.7e308, 1.7e308), (5.0, 5.0 + 1e-12), (1e15, 1e15 + 1.0)] {
        for scale in [Scale::Linear, Scale::Log, Scale::Time] {
            let subplot = &mut made.figure.subplots[0];
            (subplot.x.scale, subplot.x.range) = (scale, AxisRange::Fixed { min, max });
            check(&made, &format!("{min:e} to {max:e}"));
            let subplot = &mut made.figure.subplots[0];
            (subplot.y.scale, subplot.y.range) = (scale, AxisRange::Fixed { min, max });
            check(&made, &format!("{min:e} to {max:e} on both"));
            made.figure.subplots[0].y.range = AxisRange::Auto;
        }
    }
}

#[test]
fn names_hostile_texts_stay_in_their_place() {
    let names = [
        "<img src='http://127.0.0.1:9/x'>",
        "\u{202e}drawkcab",
        "line\nbreak\ttab\0nul\u{1b}[31m",
        "../../etc/passwd",
        "👩‍👩‍👧 e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "",
        "   ",
    ];
    let long = "W".repeat(4096);
    let mut made = Made::new();
    for name in names.iter().copied().chain([long.as_str()]) {
        made.add(0, name, sine(50));
    }
    for name in names.iter().copied().chain([long.as_str()]) {
        made.figure.title = name.into();
        made.figure.empty_hint = name.into();
        let subplot = &mut made.figure.subplots[0];
        (subplot.title, subplot.x.label, subplot.y.label) = (name.into(), name.into(), name.into());
        check(&made, name.get(..20).unwrap_or(name));
    }
}

#[test]
fn odd_styles_and_grids_do_not_break_a_figure() {
    let mut made = Made::new();
    for (k, width_px) in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e9].into_iter().enumerate() {
        made.add(k, "a", sine(100)).width_px = width_px;
    }
    for (rows, columns) in [(0, 0), (1, 1), (60_000, 1), (1, 60_000), (2, 2), (500, 500)] {
        made.figure.grid = Grid { rows, columns, share_x: rows % 2 == 0, share_y: columns % 2 == 0 };
        for text_px in [12.0, f32::NAN, 0.0, 1e9, -4.0] {
            made.figure.theme.text_px = text_px;
            check(&made, &format!("{rows}x{columns}, text {text_px}"));
        }
    }
}

#[test]
fn data_hostile_many_series_are_drawn_in_bounded_time() {
    let mut made = Made::new();
    for k in 0..2000_u32 {
        made.add(0, &format!("series with the number {k}"), vec![f64::from(k), f64::from(k % 17)]);
    }
    let drawn = made.draw(1000, 600, 1.0);
    let start = Instant::now();
    let again = made.draw(1000, 600, 1.0);
    // Generous: a debug build on a busy machine. What is watched for is a cost that grows with the square.
    assert!(start.elapsed().as_millis() < 1000, "{:?}", start.elapsed());
    assert_eq!(drawn.layout, again.layout);
    assert!(drawn.layout.subplots[0].legend.len() < 60);
}
