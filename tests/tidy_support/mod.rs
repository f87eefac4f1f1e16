//! What the rules of tests/tidy.rs look with: files as text, their words, imports and attributes.
//!
//! No parser: a line is a line, a comment starts at `//`, which is close enough for code that rustfmt has formatted.

use std::fs;
use std::path::{Path, PathBuf};

/// What a rule found.
pub struct Faults {
    rule: &'static str,
    found: Vec<String>,
}

impl Faults {
    pub fn new(rule: &'static str) -> Self {
        Self { rule, found: Vec::new() }
    }

    pub fn add(&mut self, file: &File, line: usize, what: &str) {
        self.found.push(format!("{}:{line}: {what}", file.path));
    }

    /// Adds each of the calls that stands in src outside its room. Unit tests may do what they like.
    pub fn find_calls(&mut self, calls: &[&str], rooms: &[&str]) {
        for file in rust_files(&["src"]).iter().filter(|file| !file.is_in(rooms) && !file.is_test()) {
            for (line, text) in file.code_lines().take_while(|(_, text)| text.trim() != "#[cfg(test)]") {
                for call in calls.iter().filter(|call| has_call(text, call)) {
                    self.add(file, line, call);
                }
            }
        }
    }

    pub fn report(self) {
        assert!(self.found.is_empty(), "{}:\n  {}", self.rule, self.found.join("\n  "));
    }
}

/// A file of the project.
pub struct File {
    /// From the project's root, with slashes.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl File {
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text }
    }

    /// Whether the file is one of these, or in one of these folders.
    pub fn is_in(&self, rooms: &[&str]) -> bool {
        rooms.iter().any(|room| self.path == *room || (room.ends_with('/') && self.path.starts_with(room)))
    }

    /// Whether the file holds unit tests only.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// `store` for src/store/series.rs, `batch` for src/batch.rs.
    pub fn stage(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split(['/', '.']).next().unwrap_or(inside)
    }

    /// The lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, text)| (index + 1, text))
    }

    /// The lines without comments.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().map(|(number, text)| (number, text.split("//").next().unwrap_or(text)))
    }

    /// The identifiers and keywords of the code, with their lines.
    pub fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        // Kept simple: a word in a string literal counts too.
        self.code_lines().flat_map(|(number, text)| {
            text.split(|c: char| !is_word_char(c)).filter(|word| !word.is_empty()).map(move |word| (number, word))
        })
    }

    /// The first name after each `crate::`, with its line: `a` and `b` for `use crate::{a::x, b}`.
    pub fn crate_paths(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let code: String = self.code_lines().map(|(_, text)| format!("{text}\n")).collect();
        for (at, _) in code.match_indices("crate::").filter(|(at, _)| !code[..*at].ends_with(is_word_char)) {
            let line = code[..at].matches('\n').count() + 1;
            let rest = &code[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(list) => found.extend(first_names(list).into_iter().map(|name| (line, name))),
                None => found.push((line, leading_word(rest))),
            }
        }
        found
    }

    /// The objects of these types, from their name to their closing brace, with their lines.
    pub fn qml_blocks(&self, types: &[&str]) -> Vec<(usize, String)> {
        let lines: Vec<_> = self.lines().collect();
        let opens = |text: &str| types.iter().any(|name| text.trim() == format!("{name} {{"));
        let indent = |text: &str| text.len() - text.trim_start().len();
        let starts = lines.iter().enumerate().filter(|(_, (_, text))| opens(text));
        let block = |(at, (number, head)): (usize, &(usize, &str))| {
            let is_inside = |line: &&(usize, &str)| line.1.trim().is_empty() || indent(line.1) > indent(head);
            let body: Vec<_> = lines[at + 1..].iter().take_while(is_inside).map(|(_, text)| *text).collect();
            (*number, body.join("\n"))
        };
        starts.map(block).collect()
    }

    /// The attributes that switch a lint off, whole, with their lines.
    pub fn lint_attributes(&self) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        let mut at_byte = 0;
        for (number, text) in self.lines() {
            let start = text.trim_start();
            if ["#[allow(", "#![allow(", "#[expect(", "#![expect("].iter().any(|open| start.starts_with(open)) {
                let rest = &self.text[at_byte..];
                found.push((number, &rest[..rest.find(")]").unwrap_or(rest.len())]));
            }
            at_byte += text.len() + 1;
        }
        found
    }
}

/// The first name of each entry of a list in braces: `a` and `b` for `a::{x, y}, b}`.
fn first_names(list: &str) -> Vec<String> {
    let mut depth = 0;
    let mut is_start = true;
    let mut names = Vec::new();
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_start = true,
            _ if is_start && is_word_char(c) => {
                names.push(leading_word(&list[at..]));
                is_start = false;
            }
            _ => {}
        }
    }
    names
}

fn leading_word(text: &str) -> String {
    text.chars().take_while(|c| is_word_char(*c)).collect()
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `QObject`, `QString`; not `QUEUE`.
pub fn is_qt_type(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next() == Some('Q')
        && chars.next().is_some_and(|c| c.is_ascii_uppercase())
        && chars.next().is_some_and(|c| c.is_ascii_lowercase())
}

/// Whether the text holds the word with no other word character beside it.
pub fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_word_char) && !text[at + word.len()..].starts_with(is_word_char))
}

/// Whether the text holds the call, and not the end of a longer name. `un` makes a bounded channel a worse one.
fn has_call(text: &str, call: &str) -> bool {
    text.match_indices(call).any(|(at, _)| {
        let before = text[..at].trim_end_matches("un");
        !before.ends_with(is_word_char) && !before.ends_with("fn ")
    })
}

pub fn rust_files(folders: &[&str]) -> Vec<File> {
    files(folders, &["rs"])
}

/// The files of the folders and all below, with one of the extensions; "" is none. Sorted.
pub fn files(folders: &[&str], extensions: &[&str]) -> Vec<File> {
    let mut paths = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut paths);
    }
    paths.retain(|path| extensions.contains(&path.extension().unwrap_or_default().to_str().unwrap()));
    paths.sort();
    paths.iter().map(|path| File::read(path.strip_prefix(root()).unwrap().to_str().unwrap())).collect()
}

/// Adds all files below a folder; a folder that does not exist has none.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = folder.read_dir() else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
