//! Whether two states of a row are the same bar, further on.
//!
//! A pure function. A program that wipes a bar and draws it anew, perhaps a row further down, must not leave a copy of it
//! behind; one that wipes a bar and says something else must.

/// Characters of each text that are looked at: what stands before and behind a bar on a usual screen.
const CHARS: usize = 400;

/// Words of each text that are looked at.
const WORDS: usize = 32;

/// Whether at least half of the words that either has are in both; the words of a bar stay, its numbers do not.
pub(super) fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    if a.is_empty() || b.is_empty() {
        return a.is_empty() && b.is_empty();
    }
    let shared = a.iter().filter(|word| b.contains(word)).count();
    let all = a.len() + b.len() - shared;
    shared * 2 >= all
}

/// The different words of letters in `text`.
fn words(text: &str) -> Vec<&str> {
    let end = text.char_indices().nth(CHARS).map_or(text.len(), |(at, _)| at);
    let text = text.get(..end).unwrap_or(text);
    let mut words: Vec<&str> = Vec::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        if words.len() < WORDS && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_known_again_and_another_text_is_not() {
        let bar = "train:  45%|████▌     | 45/100 [00:10<00:12,  4.50it/s, loss=0.4]";
        for same in [
            "train:   0%|          | 0/100 [00:00<?, ?it/s]",
            "train: 100%|██████████| 100/100 [00:20<00:00,  2.1s/it, loss=0.1]",
        ] {
            assert!(alike(bar, same), "{same}");
        }
        for other in ["epoch 3 is done", "", "next", "Traceback (most recent call last):"] {
            assert!(!alike(bar, other), "{other}");
        }
        assert!(alike("[12/345]", "[13/345]"));
        assert!(!alike("12 %", "done"));
    }
}
