//! A notification of the desktop, from any process of ours: by the tools that desktops have.
//!
//! A call waits at most as long as it is told; a tool that hangs is killed. Knows no job.

use std::io::ErrorKind;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::app::desktop::{APP_ID, note_body, note_summary};
use crate::app::session_bus;
use crate::source::helper::Helper;

/// Asks the desktop to show a notification; waits `limit` at most for its answer.
///
/// # Errors
/// Why nobody shows it, in words.
pub(super) fn notify(summary: &str, body: &str, limit: Duration) -> Result<(), String> {
    if !session_bus::answers() {
        return Err("no session bus answers".to_owned());
    }
    let (summary, body) = (note_summary(summary), note_body(body));
    match call(&mut gdbus(&summary, &body), limit) {
        Err(Trouble::Missing) => {}
        result => return result.map_err(|trouble| trouble.words("gdbus", limit)),
    }
    let mut command = Command::new("notify-send");
    command.args(["--app-name=Kymograph", &format!("--icon={APP_ID}"), "--", &summary, &body]);
    call(&mut command, limit).map_err(|trouble| trouble.words("gdbus nor notify-send", limit))
}

/// The call as `gdbus`, a part of GLib, makes it.
fn gdbus(summary: &str, body: &str) -> Command {
    let mut command = Command::new("gdbus");
    command
        .args(["call", "--session", "--dest=org.freedesktop.Notifications"])
        .args(["--object-path=/org/freedesktop/Notifications", "--method=org.freedesktop.Notifications.Notify", "--"])
        .args([&quoted("Kymograph"), "0", &quoted(APP_ID), &quoted(summary), &quoted(body)])
        .args(["[]", &format!("{{'desktop-entry': <'{APP_ID}'>}}"), "-1"]);
    command
}

/// A text as GVariant writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

enum Trouble {
    Missing,
    Late,
    Other(String),
}

impl Trouble {
    fn words(self, tool: &str, limit: Duration) -> String {
        match self {
            Self::Missing => format!("there is neither {tool}"),
            Self::Late => format!("the desktop has not answered in {} ms", limit.as_millis()),
            Self::Other(text) => format!("{tool}: {text}"),
        }
    }
}

fn call(command: &mut Command, limit: Duration) -> Result<(), Trouble> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut helper = Helper::start(command).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Trouble::Missing,
        _ => Trouble::Other(error.to_string()),
    })?;
    match helper.wait(limit) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(Trouble::Other(status.to_string())),
        Ok(None) => Err(Trouble::Late),
        Err(error) => Err(Trouble::Other(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hostile_text_stays_one_text() {
        assert_eq!(quoted(r#"a"b\c'd"#), r#""a\"b\\c'd""#);
    }
}
