//! The symbols of buttons, from their drawings to pixels: few lines of one width, in black.
//!
//! GUI thread, some microseconds each. Reads as much of SVG as these drawings hold, which `tests/tidy.rs` keeps of one
//! style: Qt's own way would first load every image plug-in that is installed.

use vello_cpu::kurbo::{Affine, BezPath, Cap, Circle, Join, Rect, Shape as _, Stroke};
use vello_cpu::peniko::color::{AlphaColor, Srgb};
use vello_cpu::{PixmapMut, RasterizerSettings, RenderContext, Resources, TargetInit};

/// Width and height of a drawing, in its own units.
const SIDE: f64 = 16.0;

/// Width of its lines, in its own units.
const STROKE: f64 = 1.5;

/// How far a curve may be from its pieces, in units of the drawing.
const TOLERANCE: f64 = 0.01;

/// Draws a symbol `side_px` pixels wide and high into `pixels`, four bytes each and rows from the top: black, with the
/// coverage in the last byte. What is no path, circle or rectangle is left out; nothing is drawn if `pixels` is not of that
/// size.
pub fn draw(svg: &str, side_px: u16, pixels: &mut [u8]) {
    pixels.fill(0);
    if side_px == 0 {
        return;
    }
    let mut context = RenderContext::new(side_px, side_px);
    context.set_transform(Affine::scale(f64::from(side_px) / SIDE));
    context.set_stroke(Stroke::new(STROKE).with_caps(Cap::Round).with_join(Join::Round));
    context.set_paint(AlphaColor::<Srgb>::BLACK);
    for path in svg.split('<').filter_map(path) {
        context.stroke_path(&path);
    }
    context.flush();
    if let Some(target) = PixmapMut::new(side_px, side_px, pixels) {
        let settings = RasterizerSettings { target_init: TargetInit::SrcOver, ..RasterizerSettings::default() };
        context.render_with(target, &mut Resources::default(), settings);
    }
}

/// The outline that an element describes; `None` if it is none of those that draw.
fn path(element: &str) -> Option<BezPath> {
    let number = |name: &str| attribute(element, name)?.parse::<f64>().ok();
    match element.split_whitespace().next()? {
        "path" => BezPath::from_svg(attribute(element, "d")?).ok(),
        "circle" => Some(Circle::new((number("cx")?, number("cy")?), number("r")?).to_path(TOLERANCE)),
        "rect" => {
            let (x, y) = (number("x")?, number("y")?);
            let rect = Rect::new(x, y, x + number("width")?, y + number("height")?);
            Some(rect.to_rounded_rect(number("rx").unwrap_or_default()).to_path(TOLERANCE))
        }
        _ => None,
    }
}

fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = element.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(svg: &str, side_px: u16) -> Vec<u8> {
        let mut pixels = vec![7; usize::from(side_px).pow(2) * 4];
        draw(svg, side_px, &mut pixels);
        assert!(pixels.chunks(4).all(|pixel| pixel[..3] == [0, 0, 0]), "black");
        pixels.chunks(4).map(|pixel| pixel[3]).collect()
    }

    #[test]
    fn every_bundled_symbol_is_drawn_whole() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("qml/icons");
        for file in folder.read_dir().unwrap() {
            let file = file.unwrap().path();
            let svg = std::fs::read_to_string(&file).unwrap();
            let drawn = svg.split('<').filter_map(path).count();
            let meant = svg.split('<').filter(|element| element.trim_end().ends_with("/>")).count();
            assert_eq!(drawn, meant, "{}: an element that is not understood", file.display());
            for side_px in [16, 32] {
                let inked = coverage(&svg, side_px).iter().filter(|alpha| **alpha > 128).count();
                assert!(inked > usize::from(side_px), "{}: {inked} pixels", file.display());
            }
        }
    }

    #[test]
    fn lines_lie_where_the_drawing_says() {
        let pixels = coverage(r#"<svg><path d="M2 8H14"/></svg>"#, 32);
        let rows: Vec<u32> = pixels.chunks(32).map(|row| u32::from(row[16])).collect();
        // 1.5 units wide about 8: from 14.5 to 17.5 pixels.
        assert_eq!(rows.iter().position(|alpha| *alpha > 0), Some(14));
        assert_eq!(rows[15..17], [255, 255]);
        assert!(rows.iter().sum::<u32>().abs_diff(3 * 255) < 8, "{rows:?}");
    }

    #[test]
    fn nonsense_draws_nothing() {
        for svg in ["", "<", "<path", "<path d=\"?\"/>", "<circle cx=\"a\"/>", "<rect x=\"1\"/>"] {
            assert!(coverage(svg, 8).iter().all(|alpha| *alpha == 0), "{svg}");
        }
        let mut wrong = [1; 12];
        draw("<path d=\"M2 8H14\"/>", 16, &mut wrong);
        assert_eq!(wrong, [0; 12], "no buffer of that size");
    }
}
