//! What passes between a supervisor and those who look at its run: one JSON object a line. docs/supervisor.md is the rule.
//!
//! Plain data. Bytes from the other end are not trusted: a line has a greatest length, and one that is not understood is
//! answered or passed over.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::batch::State;
use crate::job::watch::{Actions, Fired};

/// Longest line, its end included.
pub(super) const LINE_BYTES_MAX: usize = 4096;

/// Longest text of several in one line, in characters: of at most four bytes each, and the rest of the line beside them.
const TEXT_CHARS_MAX: usize = 400;

/// What is asked of a supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// How it stands. Told once to everybody who connects, unasked.
    Status,
    /// End the command and all that it started: INT, TERM, KILL.
    Stop,
    /// Hold all processes.
    Pause,
    /// Let them go on.
    Resume,
    /// Send a signal to all processes.
    Signal {
        /// Its number.
        signal: i32,
    },
}

/// What a supervisor says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tell", rename_all = "snake_case")]
pub enum Tell {
    /// How it stands.
    Status {
        /// `running`, `paused`, `stopping`, `finished` or `failed`.
        state: String,
        /// Seconds since the run's start.
        elapsed_secs: f64,
        /// The supervisor's process.
        pid: u32,
    },
    /// What was asked is under way.
    Done,
    /// What was asked cannot be done.
    Refused {
        /// Why, for a person.
        why: String,
    },
    /// A rule has fired. Told unasked.
    Rule {
        /// The rule, as it was written.
        rule: String,
        /// What it found.
        text: String,
        /// Whether the desktop is asked to tell the person.
        notify: bool,
        /// Whether the job is held for it.
        pause: bool,
        /// Whether the job is stopped for it.
        stop: bool,
    },
    /// Nothing is recorded at present, or all is well again. Told unasked.
    Recording {
        /// Why; none if all is well.
        cause: Option<String>,
        /// Whether recording begins again by itself.
        resumes: bool,
    },
}

impl Tell {
    /// What is told of a rule: short enough for a line.
    pub(super) fn of_rule(fired: &Fired) -> Self {
        let short =
            |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_CHARS_MAX).collect();
        let Actions { notify, pause, stop } = fired.actions;
        Self::Rule { rule: short(&fired.rule), text: short(&fired.text), notify, pause, stop }
    }
}

/// The word for a state.
pub(super) fn state_word(state: State) -> &'static str {
    match state {
        State::Idle => "idle",
        State::Waiting => "waiting",
        State::Running => "running",
        State::Paused => "paused",
        State::Stopping => "stopping",
        State::Finished => "finished",
        State::Failed => "failed",
    }
}

/// A line to be sent.
pub(super) fn line(value: &impl Serialize) -> String {
    // Plain data of our own always have a form.
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    line
}

/// Cuts what comes through a connection into lines.
#[derive(Default)]
pub(super) struct Lines {
    waiting: Vec<u8>,
}

/// A line was too long: whoever sends such lines does not know the rule.
#[derive(Debug)]
pub(super) struct TooLong;

impl Lines {
    /// Takes `bytes`; hands each whole line to `each`, or why it is not understood.
    pub fn feed<T: DeserializeOwned>(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(Result<T, String>),
    ) -> Result<(), TooLong> {
        self.waiting.extend_from_slice(bytes);
        while let Some(end) = memchr::memchr(b'\n', &self.waiting) {
            let rest = self.waiting.split_off(end + 1);
            let line = std::mem::replace(&mut self.waiting, rest);
            each(serde_json::from_slice(&line).map_err(|error| error.to_string()));
        }
        if self.waiting.len() > LINE_BYTES_MAX { Err(TooLong) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_documented() {
        assert_eq!(line(&Ask::Stop), "{\"ask\":\"stop\"}\n");
        assert_eq!(line(&Ask::Signal { signal: 10 }), "{\"ask\":\"signal\",\"signal\":10}\n");
        assert_eq!(line(&Tell::Done), "{\"tell\":\"done\"}\n");
    }

    #[test]
    fn lines_may_come_in_pieces_and_garbage_is_said() {
        let mut lines = Lines::default();
        let mut seen = Vec::new();
        for piece in
            [&b"{\"ask\":"[..], b"\"pause\"}\nnonsense\n{\"ask\":\"fly\"}\n{\"ask\":\"resume\",\"x\":1}", b"\n"]
        {
            lines.feed::<Ask>(piece, |ask| seen.push(ask.ok())).unwrap();
        }
        assert_eq!(seen, [Some(Ask::Pause), None, None, Some(Ask::Resume)]);
        assert!(lines.feed::<Ask>(&[b'x'; LINE_BYTES_MAX + 1], |_| ()).is_err());
    }
}
