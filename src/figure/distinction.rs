//! What tells the curves of a subplot apart besides their colours: dashes or markers, for those who see no colours, for
//! grey print and for bad projectors.
//!
//! Pure. A style that somebody chose for a series stays as it is.

use serde::{Deserialize, Serialize};

use crate::figure::figure::{Dash, Join, Marker, SeriesStyle};

/// What the curves of a subplot differ by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Distinction {
    /// Their colours only.
    #[default]
    Color,
    /// Colours and line patterns; from the fifth curve on markers as well.
    Dashes,
    /// Colours and markers; from the fifth curve on line patterns as well.
    Markers,
}

const DASHES: [Dash; 4] = [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDotted];
const MARKERS: [Marker; 4] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Cross];

/// Line pattern and marker of a series once its place is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Line pattern.
    pub dash: Dash,
    /// Mark at samples.
    pub marker: Marker,
    /// Whether the marker names the curve: it is then shown every so often, however dense the samples are.
    pub names_curve: bool,
}

impl Distinction {
    /// How the series at place `index` of a subplot is drawn. The first sixteen places differ.
    #[must_use]
    pub fn look(self, style: &SeriesStyle, index: usize) -> Look {
        let SeriesStyle { dash, marker, join, .. } = style;
        let is_chosen = *dash != Dash::Solid || *marker != Marker::None;
        if is_chosen || self == Self::Color {
            return Look { dash: *dash, marker: *marker, names_curve: false };
        }
        let (fine, coarse) = (index % 4, index / 4 % 4);
        let dash = |place: usize| DASHES.get(place).copied().unwrap_or_default();
        let marker = |place: usize| MARKERS.get(place).copied().unwrap_or_default();
        match (self, join) {
            // Points have no lines whose pattern could be told.
            (_, Join::Points) => Look { dash: Dash::Solid, marker: marker(fine), names_curve: false },
            (Self::Markers, _) => Look { dash: dash(coarse), marker: marker(fine), names_curve: true },
            _ if coarse == 0 => Look { dash: dash(fine), marker: Marker::None, names_curve: false },
            _ => Look { dash: dash(fine), marker: marker(coarse - 1), names_curve: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::SeriesId;

    #[test]
    fn sixteen_curves_differ_without_their_colours() {
        let style = SeriesStyle::new(SeriesId(0));
        for distinction in [Distinction::Dashes, Distinction::Markers] {
            let looks: Vec<_> = (0..16).map(|index| distinction.look(&style, index)).collect();
            for (i, a) in looks.iter().enumerate() {
                for b in &looks[i + 1..] {
                    assert_ne!((a.dash, a.marker), (b.dash, b.marker), "{distinction:?}");
                }
            }
        }
        let look = Distinction::Color.look(&style, 3);
        assert_eq!((look.dash, look.marker), (Dash::Solid, Marker::None));
    }

    #[test]
    fn what_was_chosen_for_a_series_stays() {
        let style = SeriesStyle { dash: Dash::Dotted, ..SeriesStyle::new(SeriesId(0)) };
        for distinction in [Distinction::Color, Distinction::Dashes, Distinction::Markers] {
            let look = distinction.look(&style, 1);
            assert_eq!((look.dash, look.marker, look.names_curve), (Dash::Dotted, Marker::None, false));
        }
        let points = SeriesStyle { join: Join::Points, ..SeriesStyle::new(SeriesId(0)) };
        let look = |index| Distinction::Dashes.look(&points, index).marker;
        assert_ne!(look(0), look(1), "points differ by their form");
    }
}
