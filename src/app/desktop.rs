//! The program among others on the desktop: which window a second start means, and what a notification may say.
//!
//! Plain data; the bus itself is in `bridge::desktop`. A window is a process, so what is handed over is the wish to see a
//! window: a run has one writer whatever comes of it.

use std::borrow::Cow;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::launch::{Launch, Recording};
use crate::app::pipeline::JobKind;
use crate::app::printable::printable;
use crate::record::DataDir;

/// The program's name for the desktop: its desktop file, its windows, and its place on the session bus.
pub const APP_ID: &str = "io.github.kymograph.Kymograph";

/// How long a second start waits for the first window's answer before it opens one of its own.
pub const ANSWER_LIMIT: Duration = Duration::from_millis(500);

/// Longest text of a notification, in characters; it shows a few lines.
const MAX_NOTE_CHARS: usize = 300;

/// What a window shows, so far as another start may mean the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name that the window has on the bus, and that a second start looks for.
    pub bus_name: String,
    /// The runs that it shows, as addresses; empty for the plain window.
    pub uris: Vec<String>,
    /// Where its runs are kept.
    pub data_dir: String,
}

impl Identity {
    /// What a window that is launched so will show; `None` where it is nobody else's: a job that it runs itself, a window
    /// that ends by itself, or one that was asked for.
    #[must_use]
    pub fn of(launch: &Launch) -> Option<Self> {
        if launch.new_window || launch.quit_when_done || launch.save.is_some() {
            return None;
        }
        let data_dir = data_dir(launch)?;
        match &launch.kind {
            JobKind::Sine(_) if launch.is_plain && !launch.autostart => {
                Some(Self { bus_name: APP_ID.to_owned(), uris: Vec::new(), data_dir })
            }
            JobKind::Recorded(runs) => Self::of_runs(runs.iter().map(|run| run.path.as_path()), data_dir),
            _ => None,
        }
    }

    /// What a window shows besides that: the run in the directory `path`, into which its job records.
    #[must_use]
    pub fn of_job(launch: &Launch, path: &Path) -> Option<Self> {
        Self::of_runs([path].into_iter(), data_dir(launch)?)
    }

    fn of_runs<'a>(runs: impl Iterator<Item = &'a Path>, data_dir: String) -> Option<Self> {
        let mut paths = runs.map(|run| run.canonicalize().ok()).collect::<Option<Vec<PathBuf>>>()?;
        paths.sort();
        let uris: Vec<String> = paths.iter().map(|path| file_uri(path)).collect();
        // Finds the window among many; the addresses decide.
        let key = uris.iter().fold(FNV_OFFSET, |hash, uri| fnv(hash, uri.as_bytes()));
        Some(Self { bus_name: format!("{APP_ID}.run_{key:016x}"), uris, data_dir })
    }

    /// Whether the window that shows this takes a call: a busy plain window is not what a second start wants, and other
    /// data are other windows. A launcher of the desktop names no data directory and means any.
    #[must_use]
    pub fn takes(&self, uris: &[String], data_dir: &str, is_busy: bool) -> bool {
        let is_same_data = data_dir.is_empty() || data_dir == self.data_dir;
        is_same_data && self.uris == uris && (!self.uris.is_empty() || !is_busy)
    }
}

fn data_dir(launch: &Launch) -> Option<String> {
    let flag = match &launch.recording {
        Recording::Standard => None,
        Recording::Into(folder) => Some(folder.as_path()),
        Recording::Off => return None,
    };
    let path = std::path::absolute(DataDir::find(flag).ok()?.path()).ok()?;
    Some(path.to_string_lossy().into_owned())
}

/// The token by which the desktop lets the window of a program come to the front that the person has just started.
#[must_use]
pub fn activation_token() -> String {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    variable("XDG_ACTIVATION_TOKEN").or_else(|| variable("DESKTOP_STARTUP_ID")).unwrap_or_default()
}

/// The path that a `file` address means; `None` for any other address.
#[must_use]
pub fn path_of_uri(uri: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let path = uri.strip_prefix("file://")?;
    let path = path.get(path.find('/')?..)?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits =
            std::str::from_utf8(&digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    Some(std::ffi::OsString::from_vec(bytes).into())
}

/// The `file` address of an absolute path.
fn file_uri(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let mut uri = "file://".to_owned();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// The head of a notification, which is plain text: of one line, and not too long.
#[must_use]
pub fn note_summary(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    printable(line).chars().take(MAX_NOTE_CHARS).collect()
}

/// The text of a notification. What came from outside must not become markup, which notifications may have.
#[must_use]
pub fn note_body(text: &str) -> String {
    note_summary(text).chars().map(escaped).collect()
}

fn escaped(c: char) -> Cow<'static, str> {
    match c {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        _ => c.to_string().into(),
    }
}

/// Start of the hash FNV-1a of 64 bits, which stays the same from one build of the program to the next.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().chain(&[0]).fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Launch {
        Launch { is_plain: true, recording: Recording::Into("/data".into()), ..Launch::default() }
    }

    #[test]
    fn second_window_of_a_plain_start_is_the_first_one() {
        let first = Identity::of(&plain()).unwrap();
        assert_eq!((first.bus_name.as_str(), first.data_dir.as_str()), (APP_ID, "/data"));
        assert!(first.takes(&[], "/data", false) && first.takes(&[], "", false));
        assert!(!first.takes(&[], "/data", true), "busy");
        assert!(!first.takes(&[], "/other", false), "other data");
        assert!(!first.takes(&["file:///r".to_owned()], "/data", false), "a run");
    }

    #[test]
    fn second_window_is_its_own_where_it_runs_a_job_or_was_asked_for() {
        let own = [
            Launch { autostart: true, ..plain() },
            Launch { is_plain: false, ..plain() },
            Launch { new_window: true, ..plain() },
            Launch { quit_when_done: true, ..plain() },
            Launch { save: Some("a.png".into()), ..plain() },
            Launch { recording: Recording::Off, ..plain() },
        ];
        for launch in own {
            assert_eq!(Identity::of(&launch), None, "{launch:?}");
        }
    }

    #[test]
    fn second_window_of_a_run_is_the_one_that_shows_it() {
        let folder = tempfile::tempdir().unwrap();
        let of = |names: &[&str]| {
            let runs = names.iter().map(|name| {
                let path = folder.path().join(name);
                std::fs::create_dir_all(&path).unwrap();
                let state = crate::record::RunState::Finished;
                crate::record::RunEntry { path, meta: None, fault: None, state, log_bytes: 0 }
            });
            Identity::of(&Launch { kind: JobKind::Recorded(runs.collect()), ..plain() }).unwrap()
        };
        let (a, b) = (of(&["a b"]), of(&["b"]));
        assert_ne!(a.bus_name, b.bus_name);
        assert_eq!(a, of(&["./b/../a b"]), "by another path");
        assert_eq!(a, Identity::of_job(&plain(), &folder.path().join("a b")).unwrap());
        assert_eq!(of(&["a b", "b"]), of(&["b", "a b"]), "the order does not matter");
        assert!(a.takes(&a.uris, &a.data_dir, true) && !a.takes(&b.uris, &a.data_dir, false));
        assert_eq!(path_of_uri(&a.uris[0]).unwrap(), folder.path().canonicalize().unwrap().join("a b"));
        assert!(
            a.bus_name.len() < 255 && a.bus_name.split('.').all(|part| !part.starts_with(|c: char| c.is_ascii_digit()))
        );
    }

    #[test]
    fn names_hostile_addresses_are_paths_or_nothing() {
        assert_eq!(path_of_uri("file:///a%20b").unwrap(), Path::new("/a b"));
        assert_eq!(path_of_uri("file://host/a").unwrap(), Path::new("/a"));
        for wrong in ["", "/a", "http:///a", "file://", "file:///%", "file:///%2", "file:///%+1", "file:///%zz"] {
            assert_eq!(path_of_uri(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_hostile_text_is_no_markup_in_a_notification() {
        assert_eq!(note_body("<b>&amp;</b>\nmore"), "&lt;b&gt;&amp;amp;&lt;/b&gt;");
        assert_eq!(note_summary("a\u{1b}[2J<b>"), "a␛[2J<b>");
        assert_eq!(note_body(&"&".repeat(9999)).len(), MAX_NOTE_CHARS * "&amp;".len());
    }
}
