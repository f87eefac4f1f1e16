//! Cursors, events and annotations in a drawn figure: looked up in the scene, before it is pixels.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

mod figure_support;

use figure_support::{Made, has_text, is_inside, numbers, overlap, sine, text_box, texts};
use kymograph::batch::Color;
use kymograph::figure::{Annotation, Cursors, EventLine, EventPlace, HandleKind, Pin, Scale, YAxis};
use kymograph::render::draw::Drawn;
use kymograph::render::scene::Shape;

fn made() -> Made {
    let mut made = Made::new();
    made.add(0, "a", sine(300));
    made
}

fn handles(drawn: &Drawn) -> Vec<HandleKind> {
    drawn.layout.subplots[0].handles.iter().map(|handle| handle.what).collect()
}

/// Upright thin lines over the curves, by their x.
fn uprights(drawn: &Drawn) -> Vec<f32> {
    let over = &drawn.scene.shapes[drawn.over.clone()];
    over.iter()
        .filter_map(|shape| match shape {
            Shape::Line { points, .. } if points.len() == 2 && points[0][0] == points[1][0] => Some(points[0][0]),
            Shape::Rect { rect, .. } if rect.width_px <= 2.0 && rect.height_px > 50.0 => Some(rect.x_px),
            _ => None,
        })
        .collect()
}

#[test]
fn marks_stand_where_their_data_are() {
    let mut made = made();
    let subplot = &mut made.figure.subplots[0];
    subplot.events = vec![
        EventLine::new(EventPlace::X(100.0), "checkpoint 3"),
        EventLine { color: Some(Color::new(200, 0, 0)), ..EventLine::new(EventPlace::Y(0.5), "limit") },
        EventLine::new(EventPlace::X(1e9), "elsewhere"),
        EventLine::new(EventPlace::Right(0.0), "no such axis"),
    ];
    subplot.annotations = vec![
        Annotation { text: "peak\nof the wave".into(), x: 31.0, y: 1.0, has_arrow: true, ..Annotation::default() },
        Annotation { text: "outside".into(), x: 31.0, y: 50.0, ..Annotation::default() },
    ];
    made.figure.cursors = Cursors { a: Some(50.0), b: Some(250.0) };
    let drawn = made.draw(800, 500, 1.0);
    let x = &drawn.layout.subplots[0].x;
    let near = |a: f32, b: f64| (f64::from(a) - b).abs() <= 1.0;
    let uprights = uprights(&drawn);
    for (place, value) in uprights.iter().zip([100.0, 50.0, 250.0]) {
        assert!(near(*place, x.to_px(value)), "{uprights:?}");
    }
    for shown in ["checkpoint 3", "limit", "peak", "of the wave", "A", "B"] {
        assert!(has_text(&drawn.scene, shown), "{shown}");
    }
    assert!(!has_text(&drawn.scene, "elsewhere") && !has_text(&drawn.scene, "outside"));
    let [a, b] = [Pin::A, Pin::B].map(HandleKind::Cursor);
    assert_eq!(handles(&drawn), [a, b, HandleKind::Annotation(0), HandleKind::Event(0), HandleKind::Event(1)]);
    for handle in &drawn.layout.subplots[0].handles {
        assert_eq!(drawn.layout.handle_at(handle.rect.x_px + 1.0, handle.rect.y_px + 1.0), Some((0, handle.what)));
    }
    let arrows = drawn.scene.shapes[drawn.over.clone()].iter().filter(|s| matches!(s, Shape::Polygon { .. })).count();
    assert_eq!(arrows, 1);
}

#[test]
fn labels_give_way_to_each_other_and_lines_remain() {
    let mut made = made();
    made.figure.subplots[0].events =
        (0..200).map(|i| EventLine::new(EventPlace::X(f64::from(i) * 1.5), format!("checkpoint {i}"))).collect();
    made.figure.subplots[0].annotations = (0..6)
        .map(|i| Annotation {
            text: format!("note {i}"),
            x: 150.0,
            y: 0.0,
            has_arrow: i % 2 == 0,
            ..Annotation::default()
        })
        .collect();
    made.figure.cursors = Cursors { a: Some(150.0), b: Some(150.0) };
    for (width, height, scale) in [(900, 500, 1.0), (1800, 1000, 2.0), (300, 200, 1.0)] {
        let drawn = made.draw(width, height, scale);
        let layout = &drawn.layout.subplots[0];
        assert!(uprights(&drawn).len() >= 190, "every event has its line: {}", uprights(&drawn).len());
        let texts: Vec<_> = texts(&drawn.scene).into_iter().filter(|t| t.content.starts_with(['c', 'n'])).collect();
        assert!(texts.len() > 10 || width == 300, "{}", texts.len());
        for (i, a) in texts.iter().enumerate() {
            assert!(is_inside(&text_box(a), &layout.plot, 0.5), "{:?}", a.content);
            for b in &texts[i + 1..] {
                assert!(!overlap(&text_box(a), &text_box(b)), "{:?} and {:?} at {width}", a.content, b.content);
            }
        }
    }
}

#[test]
fn names_hostile_and_data_hostile_marks_are_drawn_finitely() {
    let mut made = made();
    made.add(0, "right", sine(300)).axis = YAxis::Right;
    let odd = [f64::NAN, f64::INFINITY, -f64::INFINITY, f64::MAX, -f64::MAX, 0.0, -1.0, 5e-324];
    let text =
        ["<b>&\"</b>", "\u{202e}gnp.exe\u{0}\u{1b}[31m", "", " \n\n ", &"long ".repeat(5000), &"\n".repeat(5000)];
    for x in odd {
        for (i, text) in text.iter().enumerate() {
            let subplot = &mut made.figure.subplots[0];
            for at in [EventPlace::X(x), EventPlace::Y(x), EventPlace::Right(x)] {
                subplot.events.push(EventLine::new(at, *text));
            }
            let axis = if i % 2 == 0 { YAxis::Left } else { YAxis::Right };
            let mark = Annotation {
                text: (*text).into(),
                x,
                y: x,
                axis,
                has_arrow: true,
                color: Some(Color::new(255, 255, 255)),
            };
            subplot.annotations.push(mark);
        }
    }
    for cursor in odd {
        made.figure.cursors = Cursors { a: Some(cursor), b: Some(-cursor) };
        for scale in [Scale::Linear, Scale::Log, Scale::Time] {
            (made.figure.subplots[0].x.scale, made.figure.subplots[0].y.scale) = (scale, scale);
            for (width, height) in [(700, 400), (60, 40), (1, 1)] {
                let drawn = made.draw(width, height, 1.0);
                assert!(numbers(&drawn.scene).into_iter().all(f32::is_finite));
            }
        }
    }
    let drawn = made.draw(700, 400, 1.0);
    assert!(texts(&drawn.scene).iter().all(|text| text.content.chars().count() <= 401));
}

#[test]
fn the_legend_keeps_clear_of_what_was_written() {
    let mut made = made();
    made.add(0, "b", sine(300).iter().map(|y| y * 0.5).collect());
    let place = |drawn: &Drawn| drawn.layout.subplots[0].legend[0].rect;
    let before = place(&made.draw(800, 500, 1.0));
    let layout = made.draw(800, 500, 1.0).layout;
    let (x, y) = (&layout.subplots[0].x, &layout.subplots[0].y);
    let (x, y) = (x.from_px(f64::from(before.x_px)), y.from_px(f64::from(before.y_px)));
    made.figure.subplots[0].annotations =
        vec![Annotation { text: "a text that stands where the legend was".into(), x, y, ..Annotation::default() }];
    let drawn = made.draw(800, 500, 1.0);
    let text = drawn.layout.subplots[0].handles[0].rect;
    assert!(drawn.layout.subplots[0].legend.iter().all(|entry| !overlap(&entry.rect, &text)));
}

#[test]
fn a_million_events_cost_a_plots_width_of_lines() {
    let mut made = made();
    let event = |i: u32| EventLine::new(EventPlace::X(f64::from(i) * 3e-4), "");
    made.figure.subplots[0].events = (0..1_000_000).map(event).collect();
    assert!(uprights(&made.draw(800, 500, 1.0)).len() <= 800);
}
