//! How large a text will be: what the layout asks of whoever draws. Knows no font.

/// Tells the size of a text of one line in the font that will draw it.
pub trait Measure {
    /// Its width at font size `size_px`, in the unit of that size.
    fn width_px(&self, content: &str, size_px: f32) -> f32;

    /// Height of capitals and digits above the base line.
    fn cap_px(&self, size_px: f32) -> f32;

    /// Height of ascenders above the base line.
    fn ascent_px(&self, size_px: f32) -> f32;

    /// Depth of descenders below the base line.
    fn descent_px(&self, size_px: f32) -> f32;
}

/// `content`, or as much of its start as fits `max_px` with an ellipsis behind it; empty if not even that fits.
pub fn elide(content: &str, size_px: f32, max_px: f32, measure: &dyn Measure) -> String {
    // Longer names cannot fit any screen; cutting first keeps the cost of measuring bounded.
    const MOST_CHARACTERS: usize = 400;
    let is_short = content.char_indices().nth(MOST_CHARACTERS).is_none();
    if is_short && measure.width_px(content, size_px) <= max_px {
        return content.to_owned();
    }
    let starts: Vec<usize> = content.char_indices().take(MOST_CHARACTERS).map(|(at, _)| at).collect();
    let cut = |count: usize| {
        let end = starts.get(count).copied().unwrap_or(content.len());
        format!("{}…", content.get(..end).unwrap_or("").trim_end())
    };
    // Longest start that fits, by bisection: widths grow with the number of characters.
    let (mut fits, mut too_long) = (0, starts.len());
    while fits + 1 < too_long {
        let middle = usize::midpoint(fits, too_long);
        if measure.width_px(&cut(middle), size_px) <= max_px { fits = middle } else { too_long = middle }
    }
    if fits > 0 || measure.width_px("…", size_px) <= max_px { cut(fits) } else { String::new() }
}

/// A font whose characters are all 0.6 em wide, for tests.
#[cfg(test)]
pub(crate) struct Monospace;

#[cfg(test)]
impl Measure for Monospace {
    fn width_px(&self, content: &str, size_px: f32) -> f32 {
        content.chars().count() as f32 * 0.6 * size_px
    }

    fn cap_px(&self, size_px: f32) -> f32 {
        0.73 * size_px
    }

    fn ascent_px(&self, size_px: f32) -> f32 {
        0.76 * size_px
    }

    fn descent_px(&self, size_px: f32) -> f32 {
        0.21 * size_px
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hostile_names_are_cut_to_their_room() {
        assert_eq!(elide("loss", 10.0, 24.0, &Monospace), "loss");
        assert_eq!(elide("accuracy", 10.0, 30.0, &Monospace), "accu…");
        assert_eq!(elide("a b c d", 10.0, 18.0, &Monospace), "a…");
        assert_eq!(elide("accuracy", 10.0, 5.0, &Monospace), "");
        let long = "é".repeat(4096);
        let cut = elide(&long, 10.0, 100.0, &Monospace);
        assert_eq!(cut.chars().count(), 16);
        assert_eq!(elide(&long, 0.0, 1.0, &Monospace).chars().count(), 400, "bounded, also where all would fit");
    }
}
