//! A command that waits, as it stands in its file: one line of JSON. docs/supervisor.md is the rule.
//!
//! Plain data for any thread. What is read is not trusted: it has a greatest size and a version.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::QueueError;
use crate::app::job_kind::JobKind;
use crate::app::supervisor::Order;
use crate::source::process_tree::JOB_VARIABLE;

/// Version of the form of entries.
const VERSION: u32 = 1;

/// Largest entry: the system takes 2 MiB of arguments and environment most often, and what is escaped takes more room.
pub const ENTRY_BYTES_MAX: u64 = 16 << 20;

/// Longest argument or variable that Linux hands to a program, its end included: 32 pages.
const WORD_BYTES_MAX: usize = 128 << 10;

/// A command that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    version: u32,
    /// Its name, for people: plain text from anywhere.
    pub name: String,
    /// When it was added: RFC 3339.
    pub since: String,
    /// Settings that tell it from others of its name.
    #[serde(default)]
    pub config: Vec<(String, String)>,
    /// The commands that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// The flags of `kymograph run` that it was given.
    flags: Vec<Word>,
    /// The program and its arguments.
    command: Vec<Word>,
    /// The directory that it runs in.
    cwd: Word,
    /// All variables of its environment.
    environment: Vec<(Word, Word)>,
}

/// Commands that were added together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sweep {
    /// What they share.
    pub id: String,
    /// Whether the first that fails ends the rest.
    pub fail_fast: bool,
}

/// Bytes as the system has them: text where they are UTF-8, else the bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Bytes { bytes: Vec<u8> },
}

/// A line after an entry: why it is not started.
#[derive(Serialize, Deserialize)]
struct Refusal {
    refused: String,
}

impl Entry {
    /// An entry for `kind`, in the directory and with the environment of this process.
    pub fn new(kind: &JobKind, sweep: Option<Sweep>) -> Result<Self, QueueError> {
        let JobKind::Command { options, watch, .. } = kind else { return Err(QueueError::NotACommand) };
        if options.argv.is_empty() {
            return Err(QueueError::Empty);
        }
        let cwd = match &options.cwd {
            Some(cwd) => std::path::absolute(cwd),
            None => std::env::current_dir(),
        };
        let cwd = cwd.map_err(QueueError::io("find", ".".as_ref()))?;
        // A job around this one is none of its own.
        let environment = std::env::vars_os().filter(|(name, _)| name != JOB_VARIABLE);
        let word = |text: &OsStr| Word::from(text);
        let entry = Self {
            version: VERSION,
            name: kind.name().to_owned(),
            since: jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string(),
            config: watch.config.clone(),
            sweep,
            flags: Order::flags(kind).iter().map(|flag| word(flag)).collect(),
            command: options.argv.iter().map(|argument| word(argument)).collect(),
            cwd: word(cwd.as_os_str()),
            environment: environment.chain(options.env.iter().cloned()).map(|(n, v)| (word(&n), word(&v))).collect(),
        };
        let variables = entry.environment.iter().map(|(name, value)| (name, name.len() + value.len() + 1));
        let words = entry.flags.iter().chain(&entry.command).map(|word| (word, word.len()));
        match words.chain(variables).find(|(_, bytes)| *bytes >= WORD_BYTES_MAX) {
            Some((word, _)) => {
                Err(QueueError::LongWord { begin: word.os().to_string_lossy().chars().take(20).collect() })
            }
            None => Ok(entry),
        }
    }

    /// The line that it is in its file.
    pub fn line(&self) -> Result<Vec<u8>, QueueError> {
        // Plain data of our own always have a form.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        if line.len() as u64 > ENTRY_BYTES_MAX { Err(QueueError::TooLong) } else { Ok(line) }
    }

    /// The line after it that says why it is not started.
    pub fn refusal(why: &str) -> Vec<u8> {
        let mut line = serde_json::to_vec(&Refusal { refused: why.to_owned() }).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// What stands in a file, and why it is not started if that was written behind it; or what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Option<String>), String> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let entry: Self =
            serde_json::from_slice(lines.next().unwrap_or_default()).map_err(|error| error.to_string())?;
        if entry.version != VERSION {
            return Err(format!("it has version {}, but this program knows version {VERSION}", entry.version));
        }
        if entry.command.is_empty() {
            return Err("it has no command".to_owned());
        }
        let mut refusals = lines.filter_map(|line| serde_json::from_slice::<Refusal>(line).ok());
        Ok((entry, refusals.next_back().map(|refusal| refusal.refused)))
    }

    /// The program and its arguments.
    pub fn argv(&self) -> Vec<OsString> {
        self.command.iter().map(Word::os).collect()
    }

    /// The directory that it runs in.
    pub fn cwd(&self) -> PathBuf {
        self.cwd.os().into()
    }

    /// What a supervisor is started with.
    pub fn order(&self) -> Order {
        Order {
            flags: self.flags.iter().map(Word::os).collect(),
            argv: self.argv(),
            cwd: self.cwd(),
            environment: self.environment.iter().map(|(name, value)| (name.os(), value.os())).collect(),
        }
    }
}

impl Word {
    fn os(&self) -> OsString {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes { bytes } => OsString::from_vec(bytes.clone()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes { bytes } => bytes.len(),
        }
    }
}

impl From<&OsStr> for Word {
    fn from(text: &OsStr) -> Self {
        text.to_str()
            .map_or_else(|| Self::Bytes { bytes: text.as_bytes().to_owned() }, |text| Self::Text(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::command::CommandOptions;

    fn command(argv: &[OsString]) -> JobKind {
        let options = CommandOptions { argv: argv.to_vec(), ..CommandOptions::default() };
        JobKind::Command { name: None, options, watch: Box::default() }
    }

    #[test]
    fn bytes_that_are_no_text_come_back_as_they_were() {
        let argv = [OsString::from("echo"), OsString::from_vec(b"\xff\x01\"\n".to_vec()), "größe\u{202e}".into()];
        let entry = Entry::new(&command(&argv), None).unwrap();
        let line = entry.line().unwrap();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "one line, whatever stands in it");
        let (read, refused) = Entry::parse(&line).unwrap();
        assert_eq!((read.argv().as_slice(), refused), (&argv[..], None));
        assert_eq!(read.order().environment, entry.order().environment);
        let both = [line, Entry::refusal("its directory\nis gone")].concat();
        assert_eq!(Entry::parse(&both).unwrap().1.unwrap(), "its directory\nis gone");
    }

    #[test]
    fn names_hostile_what_no_program_takes_is_said_when_it_is_added() {
        let long = OsString::from("x".repeat(WORD_BYTES_MAX));
        let said = Entry::new(&command(&["echo".into(), long]), None).unwrap_err().to_string();
        assert!(said.contains("longer than 128 KiB") && said.contains("in a file"), "{said}");
        assert!(matches!(Entry::new(&command(&[]), None), Err(QueueError::Empty)));
        assert!(matches!(Entry::new(&JobKind::default(), None), Err(QueueError::NotACommand)));
    }

    #[test]
    fn what_is_no_entry_says_so() {
        let good = String::from_utf8(Entry::new(&command(&["true".into()]), None).unwrap().line().unwrap()).unwrap();
        assert!(Entry::parse(good.as_bytes()).is_ok());
        let newer = good.replace("\"version\":1", "\"version\":7");
        assert!(Entry::parse(newer.as_bytes()).unwrap_err().contains("version 7"));
        let idle = good.replace("[\"true\"]", "[]");
        assert_eq!(Entry::parse(idle.as_bytes()).unwrap_err(), "it has no command");
        for bad in ["", "{}", "nonsense", "[1]", "\0\0", &good[..good.len() / 2]] {
            assert!(Entry::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Entry::parse("[".repeat(100_000).as_bytes()).is_err(), "depth is bounded");
    }
}
