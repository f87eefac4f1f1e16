//! What is said of a command: its own text, how it ended, why it could not run.
//!
//! Pure functions for any thread.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

/// Longest text of a command in messages, in characters.
const TEXT_CHARS_MAX: usize = 80;

/// The command as one would type it in a shell, shortened to 80 characters.
#[must_use]
pub fn command_text(argv: &[OsString]) -> String {
    let mut text = String::new();
    for argument in argv {
        if !text.is_empty() {
            text.push(' ');
        }
        let argument = argument.to_string_lossy();
        let is_plain =
            !argument.is_empty() && argument.chars().all(|c| c.is_alphanumeric() || "-_./=:,+@%".contains(c));
        if is_plain {
            text.push_str(&argument);
        } else {
            text.push('\'');
            text.push_str(&argument.replace('\'', r"'\''").replace(char::is_control, " "));
            text.push('\'');
        }
    }
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

/// The exit status that a shell would report: the command's own, or 128 + n for signal n.
pub(super) fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

pub(super) fn how_it_ended(text: &str, status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(0), _) => format!("{text} ended"),
        (Some(code), _) => format!("{text} ended with exit code {code}"),
        (None, Some(signal)) => format!("{text} was ended by signal {signal}{}", signal_name(signal)),
        (None, None) => format!("{text} ended, its exit status unknown"),
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        1 => " (HUP)",
        2 => " (INT)",
        3 => " (QUIT)",
        4 => " (ILL, an illegal instruction)",
        6 => " (ABRT, it gave up by itself)",
        7 => " (BUS, a bad memory access)",
        8 => " (FPE, a division by zero)",
        9 => " (KILL; the system does so when memory runs out)",
        11 => " (SEGV, a bad memory access)",
        13 => " (PIPE)",
        14 => " (ALRM)",
        15 => " (TERM)",
        24 => " (XCPU, its limit of CPU time)",
        25 => " (XFSZ, its limit of file size)",
        31 => " (SYS, a forbidden system call)",
        _ => "",
    }
}

pub(super) fn left_behind(count: usize) -> String {
    match count {
        1 => "a process that the command started still runs".to_owned(),
        n => format!("{n} processes that the command started still run"),
    }
}

/// Why the program could not be started, and what to do.
pub(super) fn cannot_run(program: &OsStr, cwd: Option<&Path>, error: &io::Error) -> String {
    let name = program.to_string_lossy();
    if let Some(cwd) = cwd.filter(|cwd| !cwd.is_dir()) {
        return format!("cannot run {name}: the directory {} does not exist or is none", cwd.display());
    }
    let has_path = name.contains('/');
    match error.kind() {
        io::ErrorKind::NotFound if has_path && Path::new(program).exists() => format!(
            "cannot run {name}: the interpreter named in its first line, or its loader, was not found; check the line \
             that starts with #!"
        ),
        io::ErrorKind::NotFound if has_path => format!("cannot run {name}: there is no such file; check the path"),
        io::ErrorKind::NotFound if Path::new(program).exists() => {
            format!("cannot run {name}: no such command in PATH; to run the file of that name here, write ./{name}")
        }
        io::ErrorKind::NotFound => {
            format!("cannot run {name}: no such command in PATH; check the spelling, or give its path")
        }
        io::ErrorKind::PermissionDenied if Path::new(program).is_dir() => {
            format!("cannot run {name}: it is a directory")
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "cannot run {name}: it is not executable; chmod +x it, or name its interpreter, as in python {name}"
            )
        }
        // ENOEXEC: neither a program nor a script with its interpreter in the first line.
        _ if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => format!(
            "cannot run {name}: it is no program for this machine, and has no line #! that names its interpreter"
        ),
        _ => format!("cannot run {name}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_read_as_typed() {
        let text = |words: &[&str]| command_text(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(text(&["python", "train.py", "--lr=0.1"]), "python train.py --lr=0.1");
        assert_eq!(text(&["sh", "-c", "echo 'a b'\n", ""]), r"sh -c 'echo '\''a b'\'' ' ''");
        assert_eq!(text(&["x".repeat(200).as_str()]).chars().count(), 81);
    }
}
