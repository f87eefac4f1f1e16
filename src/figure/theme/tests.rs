//! The colours as people see them: contrast, distance, and what is left of it without one kind of cones.

use super::*;

fn oklab(color: Color) -> [f64; 3] {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    let (r, g, b) = (linear(color.r), linear(color.g), linear(color.b));
    // Ottosson, "A perceptual color space for image processing", 2020.
    let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
    let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
    let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
    [
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    ]
}

fn distance(a: Color, b: Color) -> f64 {
    oklab(a).iter().zip(oklab(b)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn every_colour_of_the_cycle_stands_out_from_its_background_and_from_the_others() {
    for theme in [Theme::light(), Theme::dark()] {
        for (i, a) in theme.cycle.iter().enumerate() {
            assert!(contrast(*a, theme.background) >= LEAST_CONTRAST - 0.01, "{a:?} on {:?}", theme.background);
            for b in theme.cycle.iter().skip(i + 1) {
                // 0.02 is a just noticeable difference; curves must be named from the legend at a glance.
                assert!(distance(*a, *b) > 0.075, "{a:?} and {b:?} are {:.3} apart", distance(*a, *b));
            }
        }
    }
}

#[test]
fn palettes_of_any_lightness_get_a_cycle_that_can_be_seen() {
    for level in (0..=255_u8).step_by(5) {
        let background = Color::new(level, level, level);
        let text = if level > 127 { Color::new(0, 0, 0) } else { Color::new(255, 255, 255) };
        let theme = Theme::derived(background, text, 12.0);
        for color in theme.cycle {
            assert!(contrast(color, background) >= LEAST_CONTRAST, "{color:?} on {background:?}");
        }
    }
}

#[test]
fn grid_is_lighter_than_axes_and_axes_are_lighter_than_text() {
    for theme in [Theme::light(), Theme::dark()] {
        let against = |c| contrast(c, theme.background);
        assert!(against(theme.grid) < against(theme.axis) && against(theme.axis) < against(theme.text));
        assert!(against(theme.dimmed_text()) >= 4.5, "notes can be read");
        assert!(against(theme.grid) > 1.1, "the grid can be seen");
    }
}

#[test]
fn chosen_colours_stay_unless_they_could_not_be_seen() {
    let named = [0x0000ff, 0xff0000, 0xffa500, 0x008000, 0x006400, 0x8b0000, 0xff00ff, 0x000000];
    for rgb in named {
        let color = Color::from_rgb24(rgb);
        assert_eq!(Theme::light().series_color(Some(color), 0), color);
        assert!(contrast(Theme::dark().series_color(Some(color), 0), Theme::dark().background) >= 1.95);
    }
    assert_eq!(Theme::light().series_color(None, 13), Theme::light().cycle[3]);
}

/// How people see who lack one kind of cones, as matrices on linear sRGB: Machado, Oliveira, Fernandes, "A
/// physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15(6), 2009, severity 1.0.
const VISIONS: [(&str, [[f64; 3]; 3]); 4] = [
    ("all colours", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
];

/// CIE 1976 L*a*b* under D65 of a colour as it is seen.
fn seen(color: Color, vision: [[f64; 3]; 3]) -> [f64; 3] {
    let linear = [color.r, color.g, color.b].map(|channel| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    let times = |m: [[f64; 3]; 3], v: [f64; 3]| m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2]);
    let [x, y, z] = times(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
        times(vision, linear).map(|c| c.clamp(0.0, 1.0)),
    );
    let f = |t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    let (x, y, z) = (f(x / 0.95047), f(y), f(z / 1.08883));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// CIEDE2000: Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", Color Res. Appl. 30(1), 2005. A difference
/// of 1 is about what can just be seen side by side.
fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let ratio = |c: f64| (c.powi(7) / (c.powi(7) + 25_f64.powi(7))).sqrt();
    let g = 0.5 * (1.0 - ratio(f64::midpoint(a1.hypot(b1), a2.hypot(b2))));
    let (a1, a2) = (a1 * (1.0 + g), a2 * (1.0 + g));
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let (h1, h2) = (b1.atan2(a1).to_degrees().rem_euclid(360.0), b2.atan2(a2).to_degrees().rem_euclid(360.0));
    let is_grey = c1 * c2 == 0.0;
    let turn = if is_grey { 0.0 } else { (h2 - h1 + 180.0).rem_euclid(360.0) - 180.0 };
    let h = match () {
        () if is_grey => h1 + h2,
        () if (h1 - h2).abs() <= 180.0 => f64::midpoint(h1, h2),
        () => f64::midpoint(h1, h2) + if h1 + h2 < 360.0 { 180.0 } else { -180.0 },
    };
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0) - 0.20 * cos(4.0 * h - 63.0);
    let s_l = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
    let d_l = (l2 - l1) / s_l;
    let d_c = (c2 - c1) / (1.0 + 0.045 * c);
    let d_h = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * c * t);
    let bend = 60.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let r = -bend.to_radians().sin() * 2.0 * ratio(c);
    (d_l.powi(2) + d_c.powi(2) + d_h.powi(2) + r * d_c * d_h).sqrt()
}

#[test]
fn the_distance_is_that_of_the_standard() {
    // The first, fourth and last pair of the table in Sharma et al.
    let table = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0000),
        ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
    ];
    for (a, b, wanted) in table {
        assert!((ciede2000(a, b) - wanted).abs() < 1e-4, "{a:?} {b:?}: {}", ciede2000(a, b));
    }
}

/// Six are told apart at a glance whatever a person's colour vision. Ten cannot be: within the contrast that both
/// backgrounds ask for, the closest two of them are about five just noticeable differences apart.
#[test]
fn six_colours_are_told_apart_with_any_colour_vision() {
    for theme in [Theme::light(), Theme::dark()] {
        for (vision, matrix) in VISIONS {
            let lab: Vec<_> = theme.cycle.iter().map(|color| seen(*color, matrix)).collect();
            for (i, a) in lab.iter().enumerate() {
                for (j, b) in lab.iter().enumerate().skip(i + 1) {
                    let (apart, least) = (ciede2000(*a, *b), if j < 6 { 10.0 } else { 5.0 });
                    assert!(apart >= least, "{vision}: colours {i} and {j} are {apart:.1} apart");
                }
            }
        }
    }
}
