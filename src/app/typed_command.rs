//! A command that a person types into the window: a line for the shell, run as a job.

use crate::app::job_kind::JobKind;
use crate::app::watch::WatchOptions;
use crate::source::command::CommandOptions;

/// Longest name made of a command, in characters.
const NAME_CHARS: usize = 40;

/// The job that runs `line` in `/bin/sh`, so that it means what it would in a terminal. It is called `name`, or, if that is
/// empty, by the words of the line up to the first option. With `has_resources` it has curves of the resources it uses.
#[must_use]
pub fn job(line: &str, name: &str, has_resources: bool) -> JobKind {
    let line = line.trim();
    let name = match name.trim() {
        "" => made_up(line),
        name => name.to_owned(),
    };
    let options = CommandOptions { argv: ["sh", "-c", line].map(Into::into).to_vec(), ..CommandOptions::default() };
    let watch = WatchOptions { resources: has_resources, ..WatchOptions::default() };
    JobKind::Command { name: Some(name), options, watch: Box::new(watch) }
}

/// `python train.py` of `python3 /home/a/train.py --lr 0.1`.
fn made_up(line: &str) -> String {
    let words = line.split_whitespace().take_while(|word| !word.starts_with(['-', '|', '>', '<', '&', ';']));
    let short = words.take(2).map(|word| word.rsplit('/').find(|part| !part.is_empty()).unwrap_or(word));
    let name: String = short.collect::<Vec<_>>().join(" ").chars().take(NAME_CHARS).collect();
    if name.is_empty() { "command".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_reads_the_line_and_the_name_is_short() {
        let JobKind::Command { name, options, watch } = job(" python3 /home/a/train.py --lr 0.1 | tee log ", "", true)
        else {
            panic!("no command")
        };
        assert_eq!(options.argv[2], "python3 /home/a/train.py --lr 0.1 | tee log");
        assert_eq!((name.as_deref(), watch.resources), (Some("python3 train.py"), true));
        assert_eq!(job("make", " my name ", false).name(), "my name");
        for (line, name) in [("--help", "command"), ("/", "/"), ("a;b", "a;b"), ("ls | wc", "ls")] {
            assert_eq!(job(line, "", false).name(), name);
        }
        assert_eq!(job(&"x".repeat(1000), "", false).name().chars().count(), NAME_CHARS);
    }
}
