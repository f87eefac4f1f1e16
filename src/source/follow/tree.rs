//! Finds the files to follow below a folder, again and again as new ones come.
//!
//! Worker's thread. Goes no deeper than a bound, enters no folder twice, whatever links there are, and reads only the
//! folders that have changed.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::format;

/// How deep folders are looked into: sweeps of sweeps are four deep, MLflow's metrics five.
pub const DEPTH_MAX: usize = 12;

/// Most folders that are looked into.
const FOLDERS_MAX: usize = 20_000;

/// Most entries of one folder that are looked at.
const ENTRIES_MAX: usize = 100_000;

/// A folder that changed so short a time ago may change again without a new time stamp: file systems count in ticks, some
/// in seconds.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

/// A folder and all that is below it.
#[derive(Debug)]
pub(super) struct Tree {
    pub root: PathBuf,
    folders: BTreeMap<PathBuf, Folder>,
}

#[derive(Clone, Debug, Default)]
struct Folder {
    modified: Option<SystemTime>,
    folders: Vec<PathBuf>,
}

/// What a look found.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Files in folders that are new or have changed, in the order of their names.
    pub files: Vec<PathBuf>,
    /// Folders that were not known before.
    pub folders: Vec<PathBuf>,
    /// What could not be looked at: the bound that was reached.
    pub left_out: Option<&'static str>,
}

impl Tree {
    /// The tree below `root`, which is not looked at yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root, folders: BTreeMap::new() }
    }

    /// Looks for what has come. `is_still_wanted` is asked at each folder and ends the look.
    pub fn look(&mut self, now: SystemTime, is_still_wanted: &mut dyn FnMut() -> bool) -> Look {
        let mut look = Look::default();
        let mut seen = HashSet::new();
        let mut open = vec![(self.root.clone(), 0)];
        let mut known = BTreeMap::new();
        while let Some((path, depth)) = open.pop() {
            if !is_still_wanted() {
                return look;
            }
            // Links lead anywhere, also back to where one is.
            let Ok(found) = fs::metadata(&path) else { continue };
            if !found.is_dir() || !seen.insert((found.dev(), found.ino())) {
                continue;
            }
            if seen.len() > FOLDERS_MAX {
                look.left_out = Some("more folders than can be looked into");
                break;
            }
            let folder = match self.folders.remove(&path) {
                Some(folder) if folder.modified.is_some() && folder.modified == found.modified().ok() => folder,
                before => {
                    if before.is_none() {
                        look.folders.push(path.clone());
                    }
                    read(&path, &found, now, &mut look)
                }
            };
            if depth < DEPTH_MAX {
                open.extend(folder.folders.iter().map(|path| (path.clone(), depth + 1)));
            } else if !folder.folders.is_empty() {
                look.left_out = Some("folders that are too deep");
            }
            known.insert(path, folder);
        }
        self.folders = known;
        look.files.sort();
        look
    }
}

/// Reads a folder.
fn read(path: &Path, found: &fs::Metadata, now: SystemTime, look: &mut Look) -> Folder {
    let modified = found.modified().ok();
    let is_settled = modified.is_some_and(|at| now.duration_since(at).is_ok_and(|age| age > SETTLED_AFTER));
    let mut folder = Folder { modified: modified.filter(|_| is_settled), folders: Vec::new() };
    let Ok(entries) = fs::read_dir(path) else { return folder };
    for (index, entry) in entries.flatten().enumerate() {
        if index >= ENTRIES_MAX {
            look.left_out = Some("more files in a folder than can be looked at");
            break;
        }
        // Hidden ones are other programs' own: version control, caches, half-made copies.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        let (is_folder, is_file) = if kind.is_symlink() {
            fs::metadata(&path).map_or((false, false), |found| (found.is_dir(), found.is_file()))
        } else {
            (kind.is_dir(), kind.is_file())
        };
        if is_folder {
            folder.folders.push(path);
        } else if is_file && format::by_name(&path).is_some() {
            look.files.push(path);
        }
    }
    folder.folders.sort();
    folder
}
