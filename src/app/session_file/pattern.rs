//! Patterns for names: `*` stands for any text, `?` for one character, `\` before one of these for itself.

/// Whether a name fits a pattern. Takes no longer than the product of their lengths, whatever they hold.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let tokens = tokens(pattern);
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut token) = (0, 0);
    // Where the last `*` stood, and up to where it was tried.
    let mut star: Option<(usize, usize)> = None;
    while at < name.len() {
        match tokens.get(token) {
            Some(Token::Any) => {
                star = Some((token, at));
                token += 1;
            }
            Some(Token::One) => (at, token) = (at + 1, token + 1),
            Some(Token::Just(c)) if name.get(at) == Some(c) => (at, token) = (at + 1, token + 1),
            _ => {
                let Some((starred, tried)) = star else { return false };
                star = Some((starred, tried + 1));
                (at, token) = (tried + 1, starred + 1);
            }
        }
    }
    tokens.iter().skip(token).all(|token| *token == Token::Any)
}

/// The pattern that fits just `name`.
#[must_use]
pub fn escaped(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '*' | '?' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Any,
    One,
    Just(char),
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let token = match c {
            '*' => Token::Any,
            '?' => Token::One,
            // At the end it stands for itself.
            '\\' => Token::Just(chars.next().unwrap_or('\\')),
            c => Token::Just(c),
        };
        // Several in a row are one, so that none is tried in vain.
        if token != Token::Any || tokens.last() != Some(&Token::Any) {
            tokens.push(token);
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_to_a_shell() {
        for (pattern, yes, no) in [
            ("loss", &["loss"][..], &["Loss", "loss2", ""][..]),
            ("*", &["", "a", "日本"], &[]),
            ("val*", &["val", "val/loss"], &["xval"]),
            ("*/loss", &["train/loss", "/loss"], &["loss", "train/loss2"]),
            ("l?ss", &["loss", "l日ss"], &["lss", "looss"]),
            ("a*b*c", &["abc", "aXbYc", "abbcc"], &["acb", "ab"]),
            ("what\\?", &["what?"], &["whats"]),
            ("back\\", &["back\\"], &["back"]),
        ] {
            assert!(yes.iter().all(|name| matches(pattern, name)), "{pattern}");
            assert!(no.iter().all(|name| !matches(pattern, name)), "{pattern}");
        }
    }

    #[test]
    fn names_hostile_patterns_end_soon() {
        let pattern = "*a".repeat(2000) + "b";
        assert!(!matches(&pattern, &"a".repeat(4096)));
    }

    proptest! {
        #[test]
        fn an_escaped_name_fits_itself_and_no_other(name in "[a-c*?\\\\]{0,12}", other in "[a-c*?\\\\]{0,12}") {
            prop_assert!(matches(&escaped(&name), &name));
            prop_assert_eq!(matches(&escaped(&name), &other), name == other);
        }
    }
}
