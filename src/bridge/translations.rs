//! The window's words in other languages: which of the catalogues that are built in is shown, if any.
//!
//! GUI thread. The source is English, so nothing is loaded for it. Catalogues are made of `translations/*.ts` by the
//! build.

use crate::bridge::qt;

/// The languages there are, and their catalogues.
const CATALOGUES: [(&str, &[u8]); 1] = [("de", include_bytes!(concat!(env!("OUT_DIR"), "/kymograph_de.qm")))];

/// The language of the source.
const SOURCE: &str = "en";

/// Shows the window's words in the person's language; returns which that is, or `None` for English.
pub(crate) fn install() -> Option<&'static str> {
    let (language, catalogue) = choose(&qt::ui_languages())?;
    // Qt's own words first: where both have a word, the catalogue that came last is asked first.
    qt::install_qt_translations(language);
    qt::install_translations(catalogue).then_some(language)
}

/// The first of the person's languages that there is. English among them ends the search: who prefers it to German
/// must not get German.
fn choose(languages: &[String]) -> Option<(&'static str, &'static [u8])> {
    let languages = languages.iter().map(|name| name.split(['-', '_']).next().unwrap_or(name));
    languages
        .take_while(|language| ![SOURCE, "C"].contains(language))
        .find_map(|language| CATALOGUES.into_iter().find(|(known, _)| *known == language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(languages: &[&str]) -> Option<&'static str> {
        let languages: Vec<_> = languages.iter().map(|language| (*language).to_owned()).collect();
        choose(&languages).map(|(language, _)| language)
    }

    #[test]
    fn the_first_language_that_is_there_is_shown() {
        assert_eq!(chosen(&["de-AT", "de", "en"]), Some("de"));
        assert_eq!(chosen(&["fr-FR", "de_CH"]), Some("de"));
        assert_eq!(chosen(&["fr"]), None);
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn who_prefers_english_gets_it() {
        assert_eq!(chosen(&["en-US", "de"]), None);
        assert_eq!(chosen(&["C"]), None);
    }
}
