//! Shapes to pixels: order, clips, buffers used again, odd numbers.

use super::*;
use crate::figure::Marker;
use crate::render::scene::{HAnchor, Paint, Stroke, Text, VAnchor};

const WHITE: Color = Color::new(255, 255, 255);
const RED: Color = Color::new(220, 30, 10);

fn stroke(width_px: f32, dash_px: Vec<f32>) -> Stroke {
    Stroke { paint: Paint::solid(RED), width_px, dash_px }
}

/// A line that turns, about the middle of a canvas of 100 by 80.
fn spiral(count: usize, radius_px: f32) -> Vec<[f32; 2]> {
    let place = |i: usize| {
        let part = i as f32 / count as f32;
        let (angle, radius) = (part * 6.0 * std::f32::consts::TAU, part * radius_px);
        [50.0 + radius * angle.cos(), 40.0 + radius * angle.sin()]
    };
    (0..count).map(place).collect()
}

/// One shape of each kind, all crossing a canvas of 100 by 80.
fn shapes() -> Vec<(&'static str, Shape)> {
    let paint = Paint::solid(RED);
    let zigzag = vec![[-10.0, 90.0], [50.0, -10.0], [110.0, 90.0]];
    let text = |is_upright| Text {
        content: "Wide text across the canvas".into(),
        x_px: 50.0,
        y_px: 40.0,
        size_px: 20.0,
        paint,
        h_anchor: HAnchor::Center,
        v_anchor: VAnchor::Middle,
        is_upright,
    };
    let all = PlotRect { x_px: -5.5, y_px: -5.5, width_px: 111.0, height_px: 91.0 };
    vec![
        ("rect", Shape::Rect { rect: all, paint }),
        ("line", Shape::Line { points: zigzag.clone(), stroke: stroke(3.0, vec![]) }),
        ("dashed", Shape::Line { points: zigzag.clone(), stroke: stroke(3.0, vec![6.0, 4.0]) }),
        (
            "turning",
            Shape::Line {
                points: vec![[50.0, -9.0], [90.0, 90.0], [5.0, 60.0], [95.0, 20.0]],
                stroke: stroke(2.0, vec![]),
            },
        ),
        (
            "segments",
            Shape::Segments {
                ends: vec![[[-5.0, 3.0], [105.0, 70.0]], [[30.0, -5.0], [60.0, 99.0]]],
                paint,
                width_px: 2.0,
            },
        ),
        ("many points", Shape::Line { points: spiral(300, 70.0), stroke: stroke(2.0, vec![]) }),
        (
            "area",
            Shape::Polygon {
                points: vec![[-9.0, -5.0], [50.0, 90.0], [109.0, 3.0], [109.0, 40.0], [-9.0, 40.0]],
                paint,
            },
        ),
        ("polygon", Shape::Polygon { points: zigzag, paint }),
        ("disc", Shape::Disc { center_px: [50.0, 40.0], radius_px: 45.0, paint }),
        (
            "markers",
            Shape::Markers {
                centers_px: vec![[0.0, 0.0], [50.0, 40.0], [99.0, 79.0], [30.0, 41.0]],
                marker: Marker::Triangle,
                size_px: 25.0,
                paint,
            },
        ),
        ("text", Shape::Text(text(false))),
        ("upright", Shape::Text(text(true))),
    ]
}

fn draw(shapes: &[Shape]) -> Canvas {
    let mut canvas = Canvas::filled(100, 80, WHITE, Vec::new());
    Rasterizer::new().draw(shapes, &mut canvas);
    canvas
}

#[test]
fn every_shape_has_its_colour_and_leaves_the_pixels_opaque() {
    for (name, shape) in shapes() {
        let canvas = draw(&[shape]);
        assert!(canvas.pixels().chunks(4).all(|p| p[3] == 255), "{name}");
        let reddest = canvas.pixels().chunks(4).min_by_key(|p| p[1]).unwrap();
        let nearness = reddest[2].abs_diff(RED.r).max(reddest[1].abs_diff(RED.g)).max(reddest[0].abs_diff(RED.b));
        assert!(nearness < 12, "{name}: {reddest:?}");
    }
}

#[test]
fn nothing_is_drawn_outside_of_the_clips() {
    let clip = |x_px, y_px, width_px, height_px| Shape::Clip(PlotRect { x_px, y_px, width_px, height_px });
    for (name, shape) in shapes() {
        let outer = clip(20.0, 10.0, 60.0, 60.0);
        let inner = clip(0.0, 25.0, 70.0, 30.0);
        let canvas = draw(&[outer, inner, shape.clone(), Shape::Unclip, Shape::Unclip]);
        let mut inside = 0;
        for y in 0..80 {
            for x in 0..100 {
                let is_white = canvas.color_at(x, y) == Some(WHITE);
                let is_inside = (20..70).contains(&x) && (25..55).contains(&y);
                assert!(is_white || is_inside, "{name} at {x}, {y}");
                inside += usize::from(!is_white);
            }
        }
        assert!(inside > 0, "{name}");
        let nothing = draw(&[clip(20.0, 10.0, 0.0, 60.0), shape.clone(), Shape::Unclip]);
        assert!(nothing == Canvas::filled(100, 80, WHITE, Vec::new()), "{name}");
        assert!(
            draw(&[clip(0.0, 0.0, 5.0, 5.0), Shape::Unclip, Shape::Unclip, shape.clone()]) == draw(&[shape]),
            "{name}"
        );
    }
}

#[test]
fn shapes_keep_their_order() {
    let blue = Paint::solid(Color::new(0, 0, 255));
    let over = Shape::Rect { rect: PlotRect { x_px: 0.0, y_px: 0.0, width_px: 100.0, height_px: 80.0 }, paint: blue };
    for (name, shape) in shapes() {
        let canvas = draw(&[shape, over.clone()]);
        assert!(canvas.pixels().chunks(4).all(|p| p == [255, 0, 0, 255]), "{name}");
    }
}

#[test]
fn odd_numbers_are_left_out_without_a_panic() {
    let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, 0.0, -1.0];
    let paint = Paint { color: RED, alpha: f32::NAN };
    for a in bad {
        for b in bad {
            let text = Text {
                content: "x\u{0}\u{202e}".into(),
                x_px: a,
                y_px: b,
                size_px: a,
                paint,
                h_anchor: HAnchor::Right,
                v_anchor: VAnchor::Top,
                is_upright: b == 0.0,
            };
            let rect = PlotRect { x_px: a, y_px: b, width_px: b, height_px: a };
            draw(&[
                Shape::Rect { rect, paint },
                Shape::Line { points: vec![[a, b], [b, a], [1.0, 2.0]], stroke: stroke(a, vec![b, a]) },
                Shape::Line { points: vec![[1.0, b], [2.0, a]], stroke: stroke(2.0, vec![0.0, 0.0]) },
                Shape::Line { points: vec![], stroke: stroke(2.0, vec![]) },
                Shape::Segments { ends: vec![[[a, b], [b, 1.0]]], paint, width_px: a },
                Shape::Polygon { points: vec![[a, b], [b, a], [1.0, 2.0]], paint },
                Shape::Disc { center_px: [a, b], radius_px: a, paint },
                Shape::Markers { centers_px: vec![[a, b]], marker: Marker::Cross, size_px: a, paint },
                Shape::Text(text),
                Shape::Clip(rect),
                Shape::Rect { rect, paint },
            ]);
        }
    }
    assert_eq!(Canvas::filled(0, 5, WHITE, Vec::new()).pixels().len(), 0);
    Rasterizer::new().draw(&shapes().into_iter().map(|s| s.1).collect::<Vec<_>>(), &mut Canvas::default());
}

#[test]
fn names_hostile_text_of_four_kibibytes_is_drawn_fast() {
    let text = |content: String| {
        Shape::Text(Text {
            content,
            x_px: 0.0,
            y_px: 40.0,
            size_px: 12.0,
            paint: Paint::solid(RED),
            h_anchor: HAnchor::Left,
            v_anchor: VAnchor::Middle,
            is_upright: false,
        })
    };
    let start = std::time::Instant::now();
    for content in ["W".repeat(4096), "\u{202e}\u{301}א".repeat(700), "\u{10ffff}".repeat(1024)] {
        draw(&[text(content)]);
    }
    assert!(start.elapsed() < std::time::Duration::from_millis(500), "{:?}", start.elapsed());
}

#[test]
fn text_is_fitted_to_whole_pixels() {
    let text = |y_px| {
        Shape::Text(Text {
            content: "H".into(),
            x_px: 10.0,
            y_px,
            size_px: 12.0,
            paint: Paint::solid(Color::new(0, 0, 0)),
            h_anchor: HAnchor::Left,
            v_anchor: VAnchor::Baseline,
            is_upright: false,
        })
    };
    let canvas = draw(&[text(40.3)]);
    let darkest = |y: u32| (0..100).filter_map(|x| canvas.color_at(x, y)).map(|c| c.g).min().unwrap();
    // Nine rows, the capitals' height of 8.75 fitted, end sharply at the base line, which is at 40.
    assert_eq!((darkest(30), darkest(40)), (255, 255));
    assert!((31..40).all(|y| darkest(y) < 110), "{:?}", (31..40).map(darkest).collect::<Vec<_>>());
    assert!(canvas == draw(&[text(39.8)]));
}

/// Mean difference of the green of two canvases, of 255.
fn mean_difference(a: &Canvas, b: &Canvas) -> f64 {
    let differences = a.pixels().chunks(4).zip(b.pixels().chunks(4)).map(|(a, b)| f64::from(a[1].abs_diff(b[1])));
    differences.sum::<f64>() / (a.pixels().len() / 4) as f64
}

#[test]
fn many_points_look_as_few_do() {
    let drawn = |pieces: usize| {
        let points = spiral(400, 38.0);
        let mut canvas = Canvas::filled(100, 80, WHITE, Vec::new());
        for piece in points.windows(pieces + 1).step_by(pieces) {
            let line = Shape::Line { points: piece.to_vec(), stroke: stroke(2.0, vec![]) };
            Rasterizer::new().draw(&[line], &mut canvas);
        }
        canvas
    };
    // By the pen, and in three pieces by paths.
    let (pen, paths) = (drawn(399), drawn(133));
    assert!(mean_difference(&pen, &Canvas::filled(100, 80, WHITE, Vec::new())) > 20.0);
    let difference = mean_difference(&pen, &paths);
    assert!(difference > 0.0 && difference < 2.5, "{difference}");
}

#[test]
fn segments_are_the_same_however_the_rows_are_divided() {
    let mut state = 5_u32;
    let mut random = |most: f32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * most
    };
    let mut place = || [random(340.0) - 20.0, random(240.0) - 20.0];
    let ends: Vec<[[f32; 2]; 2]> = (0..4000).map(|_| [place(), place()]).collect();
    let paint = Paint { color: RED, alpha: 0.6 };
    let draw = |rects: &[PlotRect]| {
        let mut canvas = Canvas::filled(300, 200, WHITE, Vec::new());
        for rect in rects {
            let segments = Shape::Segments { ends: ends.clone(), paint, width_px: 1.5 };
            Rasterizer::new().draw(&[Shape::Clip(*rect), segments, Shape::Unclip], &mut canvas);
        }
        canvas
    };
    let rows = |y_px: f32, height_px: f32| PlotRect { x_px: 0.0, y_px, width_px: 300.0, height_px };
    // Whole: shared in bands. In slices of too few rows to be shared.
    let slices: Vec<PlotRect> = (0..40).map(|slice| rows(slice as f32 * 5.0, 5.0)).collect();
    assert!(draw(&[rows(0.0, 200.0)]) == draw(&slices));
}
