//! Names of run directories: safe whatever a run is called, and never the same twice.

use std::hash::{BuildHasher, RandomState};

/// The longest that a run's name is in the name of its directory, in characters.
pub const NAME_CHARS: usize = 40;

/// `name` reduced to letters, digits, `_`, `.` and `-`, not beginning or ending with a dot or a dash.
pub(super) fn safe(name: &str) -> String {
    let mut safe = String::new();
    for char in name.chars() {
        let char = if char.is_alphanumeric() || matches!(char, '_' | '.') { char } else { '-' };
        // Neither `..` nor a row of dashes says anything.
        if matches!(char, '-' | '.') && safe.chars().next_back().is_none_or(|last| matches!(last, '-' | '.')) {
            continue;
        }
        safe.push(char);
        if safe.chars().count() == NAME_CHARS {
            break;
        }
    }
    let safe = safe.trim_end_matches(['-', '.']);
    if safe.is_empty() { "run".to_owned() } else { safe.to_owned() }
}

/// The id of a new run: eight hexadecimal digits of chance.
#[must_use]
pub fn new_id() -> String {
    // The keys of a hash state come from the system's random numbers; the process makes two of a thread differ.
    let random = RandomState::new().hash_one((std::process::id(), std::time::SystemTime::now()));
    format!("{:08x}", random as u32)
}

/// The id in a directory's name, if it ends like one.
pub(super) fn id_of(dir_name: &str) -> Option<&str> {
    let (_, id) = dir_name.rsplit_once('-')?;
    (id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hostile_become_harmless() {
        for (name, wanted) in [
            ("sine", "sine"),
            ("", "run"),
            ("../../etc/passwd", "etc-passwd"),
            ("..", "run"),
            (".hidden", "hidden"),
            ("-rf", "rf"),
            ("a b\tc\nd\0e\u{7f}f", "a-b-c-d-e-f"),
            ("x\u{202e}gpj.exe", "x-gpj.exe"),
            ("<b>fett</b>", "b-fett-b"),
            ("größe_π", "größe_π"),
            ("train.py --lr 1e-3", "train.py-lr-1e-3"),
        ] {
            assert_eq!(safe(name), wanted, "{name:?}");
        }
        let long = safe(&"ab/".repeat(1400));
        assert!(long.chars().count() <= NAME_CHARS && !long.contains('/'), "{long}");
        assert_eq!(safe(&"💥".repeat(1024)), "run");
    }

    #[test]
    fn ids_differ() {
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| new_id()).collect();
        assert!(ids.len() > 990 && ids.iter().all(|id| id_of(&format!("x-{id}")) == Some(id)));
        assert_eq!(id_of("2026-01-01T00-00-00-sine"), None);
    }
}
