//! The session of the window that was closed last: written when it closes, shown again by the next plain start.
//!
//! `session.json` in the state directory of the desktop's conventions, in the format of docs/session-format.md. Reading and
//! writing touch the disk: the GUI thread hands what it remembers to the thread `session`, which writes the newest and ends.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use crate::app::session_file::{SessionFile, SessionFileError};
use crate::job::thread::{self, Thread};
use crate::job::{Clock, SystemClock, lock};

/// Name of the file.
const FILE_NAME: &str = "session.json";

static SAVING: Mutex<Saving> = Mutex::new(Saving { newest: None, is_writing: false, thread: None });

/// What is on its way to the disk.
struct Saving {
    newest: Option<(String, PathBuf)>,
    is_writing: bool,
    thread: Option<Thread<()>>,
}

/// Where the session is kept: below `XDG_STATE_HOME`, else below `~/.local/state`. `None` without a home.
#[must_use]
pub fn path() -> Option<PathBuf> {
    path_by(|name| std::env::var_os(name))
}

fn path_by(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("kymograph").join(FILE_NAME))
}

/// Writes a session, given as the text of a session file, in place of the one before.
///
/// # Errors
/// [`SessionFileError`] if the text is no session or the file cannot be written; the old file is then as it was.
pub fn save(text: &str, path: &Path) -> Result<(), SessionFileError> {
    let session = SessionFile::parse(text, path)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|source| SessionFileError::Write { path: folder.to_owned(), source })?;
    }
    session.write(path)
}

/// Writes a session as [`save`] does, on a thread of its own; of several in a row the last one is sure to be written. What
/// fails is logged.
///
/// # Errors
/// The system's, if it starts no more threads.
pub fn save_aside(text: String, path: PathBuf) -> io::Result<()> {
    let mut saving = lock(&SAVING);
    saving.newest = Some((text, path));
    if !saving.is_writing {
        // The one before has nothing left to do but to end.
        saving.thread = Some(thread::spawn("session", SystemClock::new().seat(), |_| write_newest())?);
        saving.is_writing = true;
    }
    Ok(())
}

fn write_newest() {
    loop {
        let mut saving = lock(&SAVING);
        let Some((text, path)) = saving.newest.take() else {
            saving.is_writing = false;
            return;
        };
        drop(saving);
        if let Err(error) = save(&text, &path) {
            log::warn!("the session is not remembered: {error}");
        }
    }
}

/// Waits until what [`save_aside`] took is on disk, `limit` at most; returns whether it is. For the end of a program.
pub fn finish_saving(limit: Duration) -> bool {
    let thread = lock(&SAVING).thread.take();
    thread.is_none_or(|mut thread| {
        let has_ended = thread.join(limit).is_ok();
        thread.abandon();
        has_ended
    })
}

/// The session as the text of a session file, without what has gone since: tabs whose runs and files are no more. `None`
/// if there is no session.
///
/// # Errors
/// [`SessionFileError`] if the file is there and cannot be understood.
pub fn read(path: &Path) -> Result<Option<String>, SessionFileError> {
    if !path.exists() {
        return Ok(None);
    }
    let mut session = SessionFile::read(path)?;
    for window in &mut session.windows {
        let is_there = |paths: &[String]| paths.iter().all(|path| Path::new(path).exists());
        window.tabs.retain(|tab| is_there(&tab.open));
        window.tabs.iter_mut().for_each(|tab| tab.overlays.retain(|paths| is_there(paths)));
    }
    session.windows.retain(|window| !window.tabs.is_empty());
    Ok(Some(session.to_text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session_file::{FigureSpec, TabSpec, WindowSpec};

    #[test]
    fn the_desktop_says_where_it_is() {
        let by = |name: &str, value: &str| {
            let (name, value) = (name.to_owned(), value.to_owned());
            path_by(move |asked| (asked == name).then(|| value.clone().into()))
        };
        assert_eq!(by("XDG_STATE_HOME", "/state"), Some("/state/kymograph/session.json".into()));
        assert_eq!(by("HOME", "/home/a"), Some("/home/a/.local/state/kymograph/session.json".into()));
        assert_eq!(by("XDG_STATE_HOME", "relative"), None);
    }

    #[test]
    fn what_has_gone_is_left_out_and_the_rest_comes_back() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/kymograph/session.json");
        assert_eq!(read(&path).unwrap(), None, "there is none at first");
        let there = home.path().join("loss.csv");
        std::fs::write(&there, "x,y\n").unwrap();
        let tab = |open: &Path| TabSpec {
            open: vec![open.to_string_lossy().into_owned()],
            figures: vec![FigureSpec::default()],
            ..TabSpec::default()
        };
        let tabs = vec![TabSpec::default(), tab(&there), tab(&home.path().join("gone"))];
        let session = SessionFile {
            windows: vec![WindowSpec { tabs, ..WindowSpec::default() }],
            ..SessionFile::of_figure(FigureSpec::default())
        };
        save(&session.to_text(), &path).unwrap();
        let back = SessionFile::parse(&read(&path).unwrap().unwrap(), &path).unwrap();
        let open: Vec<_> = back.windows[0].tabs.iter().map(|tab| tab.open.len()).collect();
        assert_eq!(open, [0, 1]);
        let before = std::fs::read(&path).unwrap();
        assert!(save("{}", &path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), before, "what is no session takes nobody's place");
    }

    #[test]
    fn of_many_in_a_row_the_last_is_on_disk_at_the_end_and_a_bad_place_is_no_harm() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/session.json");
        let titled = |title: String| SessionFile::of_figure(FigureSpec { title, ..FigureSpec::default() }).to_text();
        for count in 0..50 {
            save_aside(titled(format!("number {count}")), path.clone()).unwrap();
        }
        assert!(finish_saving(Duration::from_secs(10)));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), titled("number 49".into()));
        std::fs::write(home.path().join("file"), "").unwrap();
        let below_a_file = home.path().join("file/session.json");
        assert!(matches!(save(&titled(String::new()), &below_a_file), Err(SessionFileError::Write { .. })));
        save_aside(titled(String::new()), below_a_file).unwrap();
        assert!(finish_saving(Duration::from_secs(10)), "it is logged");
        std::fs::write(&path, "{\"version\": 1,\n oops").unwrap();
        assert!(matches!(read(&path), Err(SessionFileError::Syntax { line: 2, .. })));
    }
}
