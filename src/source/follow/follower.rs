//! All that is followed, and the loop that looks at it.
//!
//! Worker's thread. Waits only in its outlet, so a stop ends it at once and a full channel holds it.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::format::{self, Format};
use super::sheet::{Names, Sheet, say};
use super::tail::{Tail, Turn};
use super::tree::Tree;
use super::watch::Watch;
use super::{FORMATS, FollowOptions};
use crate::batch::{Level, Outcome};
use crate::source::{Outlet, SourceError, Stopped};

/// How often is asked what has changed: what people see as at once, at no cost that could be measured.
const TICK: Duration = Duration::from_millis(100);

/// How often each file is looked at without having been told of a change.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How often folders are looked at for new files.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// A look at everything takes at most one part in so many of the time, however slow the file system is.
const REST_FACTOR: u32 = 100;

/// The same while names change in the folders, as something new is likely then.
const BUSY_FACTOR: u32 = 10;

/// Most files followed at once.
const FILES_MAX: usize = 20_000;

/// Files that stay open; a program may have 1024 in all unless it asks for more.
const OPEN_MAX: usize = 200;

/// How often the files of a run are read again because of what a restart took back. A run that two programs write to at
/// once would else be read for ever.
const RELOADS_MAX: u32 = 100;

/// How long files that grow as fast as they are read may keep others waiting.
const READ_TIME: Duration = Duration::from_secs(1);

/// Files that are named one by one when they are found.
const NAMED_MAX: usize = 5;

pub(super) struct Follower {
    roots: Vec<Root>,
    once: bool,
    tails: Vec<Tail>,
    by_path: HashMap<PathBuf, usize>,
    sheets: Vec<SheetState>,
    by_run: HashMap<PathBuf, usize>,
    names: Names,
    watch: Watch,
    open: usize,
    failures: Vec<String>,
    /// Tails that have something to read, in order.
    due: Vec<usize>,
    is_full: bool,
}

/// A path that a person named.
struct Root {
    path: PathBuf,
    /// What its series' names begin with, if several paths are followed.
    prefix: String,
    state: RootState,
}

enum RootState {
    Missing { is_said: bool },
    File,
    Folder(Box<Tree>),
}

struct SheetState {
    sheet: Sheet,
    /// Its samples are sent when all its files were read: a later file may take some back.
    is_held: bool,
    reloads: u32,
}

impl Follower {
    pub fn new(options: &FollowOptions) -> Self {
        let prefixes = prefixes(&options.paths);
        let root = |(path, prefix): (&PathBuf, String)| Root {
            path: path.clone(),
            prefix,
            state: RootState::Missing { is_said: false },
        };
        Self {
            roots: options.paths.iter().zip(prefixes).map(root).collect(),
            once: options.once,
            tails: Vec::new(),
            by_path: HashMap::new(),
            sheets: Vec::new(),
            by_run: HashMap::new(),
            names: Names::default(),
            watch: Watch::new(),
            open: 0,
            failures: Vec::new(),
            due: Vec::new(),
            is_full: false,
        }
    }

    pub fn run(mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        let (mut look_at, mut poll_at, mut look_took) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        loop {
            let start = out.elapsed();
            if start >= look_at {
                self.look(out)?;
                let end = out.elapsed();
                look_took = end - start;
                look_at = end + LOOK_INTERVAL.max(look_took * REST_FACTOR);
            }
            self.read(out)?;
            if self.once {
                return self.finish(out);
            }
            self.give_up_if_hopeless()?;
            out.sleep(TICK)?;
            let changes = self.watch.changes();
            if changes.has_new_names || self.waits() {
                // Soon, but a folder in which names change all the time is not looked at all the time.
                look_at = look_at.min(out.elapsed() + TICK.max(look_took * BUSY_FACTOR));
            }
            let start = out.elapsed();
            if changes.is_everything || start >= poll_at {
                self.poll();
                let end = out.elapsed();
                poll_at = end + POLL_INTERVAL.max((end - start) * REST_FACTOR);
            }
            self.due.extend(changes.files.iter().filter_map(|path| self.by_path.get(path)));
        }
    }

    /// Whether a path is not there yet.
    fn waits(&self) -> bool {
        self.roots.iter().any(|root| matches!(root.state, RootState::Missing { .. }))
    }

    /// Looks for files that are new.
    fn look(&mut self, out: &mut dyn Outlet) -> Result<(), Stopped> {
        for index in 0..self.roots.len() {
            let Some(root) = self.roots.get_mut(index) else { break };
            let (path, prefix) = (root.path.clone(), root.prefix.clone());
            let mut folders = Vec::new();
            let found = match &mut root.state {
                RootState::File => continue,
                RootState::Missing { is_said } => match std::fs::metadata(&path) {
                    Ok(found) if found.is_dir() => {
                        root.state = RootState::Folder(Box::new(Tree::new(path.clone())));
                        // So that it is looked at in this round.
                        self.look_into(index, &mut folders, out)?
                    }
                    Ok(_) => {
                        root.state = RootState::File;
                        folders.extend(path.parent().map(Path::to_owned));
                        vec![path.clone()]
                    }
                    Err(error) => {
                        if !std::mem::replace(is_said, true) {
                            let wait = if self.once { "" } else { "; waiting for it" };
                            say(out, Level::Warning, format!("{}: {error}{wait}", path.display()))?;
                        }
                        continue;
                    }
                },
                RootState::Folder(_) => self.look_into(index, &mut folders, out)?,
            };
            for folder in folders {
                self.watch.add(&folder);
            }
            let mut added = Vec::new();
            for file in found {
                if !self.by_path.contains_key(&file) && self.add(&path, &prefix, &file) {
                    added.push(file);
                }
            }
            self.say_added(&path, &added, out)?;
        }
        Ok(())
    }

    fn look_into(
        &mut self,
        index: usize,
        folders: &mut Vec<PathBuf>,
        out: &mut dyn Outlet,
    ) -> Result<Vec<PathBuf>, Stopped> {
        let Some(Root { path, state: RootState::Folder(tree), .. }) = self.roots.get_mut(index) else {
            return Ok(Vec::new());
        };
        let look = tree.look(SystemTime::now(), &mut || !out.is_stopping());
        folders.extend(look.folders);
        if let Some(what) = look.left_out
            && !std::mem::replace(&mut self.is_full, true)
        {
            say(out, Level::Warning, format!("{}: {what}; name a folder further down", path.display()))?;
        }
        Ok(look.files)
    }

    fn say_added(&self, root: &Path, added: &[PathBuf], out: &mut dyn Outlet) -> Result<(), Stopped> {
        if added.len() > NAMED_MAX {
            say(out, Level::Info, format!("following {} files below {}", added.len(), root.display()))?;
        } else {
            for file in added {
                say(out, Level::Info, format!("following {}", file.display()))?;
            }
        }
        Ok(())
    }

    /// Follows a file; says whether there is room for it.
    fn add(&mut self, root: &Path, prefix: &str, file: &Path) -> bool {
        if self.tails.len() >= FILES_MAX {
            if self.tails.len() == FILES_MAX && !std::mem::replace(&mut self.is_full, true) {
                self.failures.push(format!("more than {FILES_MAX} files; later ones are not followed"));
            }
            return false;
        }
        let named = format::by_name(file);
        let folder = file.parent().unwrap_or(Path::new(""));
        // What the series of a file share with those of others: for TensorBoard and MLflow the run.
        let (run, name) = match named {
            Some(Format::Events) => (folder, String::new()),
            Some(Format::Mlflow) => {
                let run = format::mlflow_run(file).unwrap_or(folder);
                (run, relative(&run.join("metrics"), file))
            }
            Some(Format::Wandb) => (folder, String::new()),
            _ => (file, String::new()),
        };
        let is_events = named == Some(Format::Events);
        let key = if is_events { run } else { file };
        let sheet = match self.by_run.get(key) {
            Some(sheet) => *sheet,
            None => {
                let below = if file == root { String::new() } else { relative(root, run) };
                let prefix = [prefix, &below].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
                let sheet = Sheet::new(key.display().to_string(), prefix.join("/"));
                self.sheets.push(SheetState { sheet, is_held: is_events, reloads: 0 });
                self.by_run.insert(key.to_owned(), self.sheets.len() - 1);
                self.sheets.len() - 1
            }
        };
        // The files of a run are never renamed, and there may be thousands.
        let keeps_open = !is_events && self.open < OPEN_MAX;
        self.open += usize::from(keeps_open);
        self.due.push(self.tails.len());
        self.by_path.insert(file.to_owned(), self.tails.len());
        self.tails.push(Tail::new(file.to_owned(), sheet, name, keeps_open));
        true
    }

    /// Looks at every file for a change.
    fn poll(&mut self) {
        let changed = self.tails.iter().enumerate().filter(|(_, tail)| tail.has_changed());
        self.due.extend(changed.map(|(index, _)| index));
    }

    /// Reads what has changed, each file some of it at a time, until there is nothing more.
    fn read(&mut self, out: &mut dyn Outlet) -> Result<(), Stopped> {
        let start = out.elapsed();
        let mut touched = BTreeSet::new();
        while !self.due.is_empty() && (self.once || out.elapsed() - start < READ_TIME) {
            self.order_due();
            let due = std::mem::take(&mut self.due);
            // The files of a run come one after the other, as their writers did.
            let mut unfinished = None;
            for (place, index) in due.iter().enumerate() {
                let Some(sheet) = self.tails.get(*index).map(|tail| tail.sheet) else { continue };
                if unfinished == Some(sheet) {
                    self.due.push(*index);
                    continue;
                }
                touched.insert(sheet);
                match self.turn(*index, out)? {
                    Turn::More => {
                        unfinished = Some(sheet);
                        self.due.push(*index);
                    }
                    Turn::Reload => {
                        unfinished = Some(sheet);
                        self.reload(sheet, out)?;
                    }
                    Turn::Idle | Turn::Failed(_) => {}
                }
                let is_last =
                    due.get(place + 1).and_then(|next| self.tails.get(*next)).is_none_or(|t| t.sheet != sheet);
                if let Some(state) = self.sheets.get_mut(sheet).filter(|_| is_last && unfinished != Some(sheet)) {
                    // A run is sent when it is read, so that no more than one is held.
                    state.is_held = false;
                    state.sheet.flush(&mut self.names, true, out)?;
                    touched.remove(&sheet);
                }
            }
        }
        for sheet in touched {
            let Some(state) = self.sheets.get_mut(sheet).filter(|state| !state.is_held) else { continue };
            state.sheet.flush(&mut self.names, false, out)?;
        }
        Ok(())
    }

    /// Reads some of a file, or all of it if its samples are held.
    fn turn(&mut self, index: usize, out: &mut dyn Outlet) -> Result<Turn, Stopped> {
        loop {
            out.checkpoint()?;
            let Some(tail) = self.tails.get_mut(index) else { return Ok(Turn::Idle) };
            let Some(state) = self.sheets.get_mut(tail.sheet) else { return Ok(Turn::Idle) };
            let turn = tail.turn(&mut state.sheet, self.once);
            if let Turn::Failed(text) = &turn {
                say(out, Level::Error, text.clone())?;
                self.failures.push(text.clone());
            }
            if !state.is_held && state.sheet.pending() > 0 {
                state.sheet.flush(&mut self.names, false, out)?;
            }
            if turn != Turn::More || !state.is_held {
                return Ok(turn);
            }
        }
    }

    /// The files of a run in the order of their names, which hold the time when they were made.
    fn order_due(&mut self) {
        let tails = &self.tails;
        self.due.sort_by_key(|index| tails.get(*index).map(|tail| (tail.sheet, &tail.path)));
        self.due.dedup();
    }

    /// Reads all files of a run again.
    fn reload(&mut self, sheet: usize, out: &mut dyn Outlet) -> Result<(), Stopped> {
        let Some(state) = self.sheets.get_mut(sheet) else { return Ok(()) };
        if state.reloads >= RELOADS_MAX {
            let text = "the steps go back again and again; what is shown is not put in order any more";
            state.sheet.tell(Level::Warning, text);
            state.sheet.forgive();
            self.due.extend(self.tails.iter().enumerate().filter(|(_, t)| t.sheet == sheet).map(|(index, _)| index));
            return Ok(());
        }
        state.reloads += 1;
        state.is_held = true;
        state.sheet.reload();
        say(out, Level::Info, format!("{}: a restart took samples back; reading the run again", state.sheet.label))?;
        for (index, tail) in self.tails.iter_mut().enumerate().filter(|(_, tail)| tail.sheet == sheet) {
            tail.rewind();
            self.due.push(index);
        }
        Ok(())
    }

    /// Fails if every path is a file that will never be read.
    fn give_up_if_hopeless(&self) -> Result<(), SourceError> {
        let are_files = self.roots.iter().all(|root| matches!(root.state, RootState::File));
        match self.failures.first() {
            Some(text) if are_files && self.failures.len() >= self.roots.len() => {
                Err(SourceError::Failed(text.clone()))
            }
            _ => Ok(()),
        }
    }

    /// All was read: takes what has no line end as it is.
    fn finish(mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        for tail in &mut self.tails {
            if let Some(state) = self.sheets.get_mut(tail.sheet) {
                tail.end(&mut state.sheet);
            }
        }
        for state in &mut self.sheets {
            state.sheet.flush(&mut self.names, true, out)?;
        }
        let missing = self.roots.iter().find(|root| matches!(root.state, RootState::Missing { .. }));
        if let Some(Root { path, .. }) = missing {
            return Err(SourceError::Failed(format!("{}: there is no such file or folder", path.display())));
        }
        if let Some(text) = self.failures.first() {
            return Err(SourceError::Failed(text.clone()));
        }
        if self.tails.is_empty() {
            let paths: Vec<_> = self.roots.iter().map(|root| root.path.display().to_string()).collect();
            let text = format!("{}: nothing to follow in there; what can be followed: {FORMATS}", paths.join(", "));
            return Err(SourceError::Failed(text));
        }
        let files = self.tails.iter().filter(|tail| tail.has_begun()).count();
        let series = self.names.count();
        let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
        Ok(format!("{files} read, {series} series").into())
    }
}

/// What the names of each path's series begin with: nothing if it is the only one, else as much of the end of the path as
/// no other has.
fn prefixes(paths: &[PathBuf]) -> Vec<String> {
    if paths.len() < 2 {
        return vec![String::new(); paths.len()];
    }
    let end = |path: &PathBuf, parts: usize| -> PathBuf {
        let all: Vec<_> = path.components().collect();
        all.iter().skip(all.len().saturating_sub(parts)).collect()
    };
    let unique = |path: &PathBuf| {
        let is_unique =
            |parts: &usize| paths.iter().filter(|other| end(other, *parts) == end(path, *parts)).count() == 1;
        (1..=8).find(is_unique).map_or_else(|| path.clone(), |parts| end(path, parts))
    };
    paths.iter().map(|path| unique(path).display().to_string()).collect()
}

/// `path` as seen from `root`, with slashes.
fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}
