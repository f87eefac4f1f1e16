//! `kymograph generate`: manual pages and completions, made from the description of the command line.
//!
//! Runs on the caller's thread, for `make install` and for packages. What a page says beside its flags is in [`pages`].

mod pages;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::Roff;

use crate::cli::{Cli, GenerateArgs, Generated};
use pages::Section;

/// What was not written, and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {error}", path.display())]
pub struct GenerateError {
    /// The file or directory.
    pub path: PathBuf,
    /// What the system says.
    pub error: io::Error,
}

/// Writes manual pages, or completions for the shells, into a directory, which is made if it is missing.
///
/// # Errors
/// [`GenerateError`] for the first file that cannot be written.
pub fn generate(args: &GenerateArgs) -> Result<(), GenerateError> {
    match args.what {
        Generated::Man => man(&args.dir),
        Generated::Completions => completions(&args.dir),
    }
}

/// The command line as people see it: what is hidden from help has no page and is not completed.
fn visible() -> clap::Command {
    without_hidden(&Cli::command()).version(env!("CARGO_PKG_VERSION")).disable_help_subcommand(true)
}

/// A command made anew of what it shows, because shells are given hidden commands and flags too.
fn without_hidden(all: &clap::Command) -> clap::Command {
    // The name has to last; the program ends when all is written.
    let name: &'static str = all.get_name().to_owned().leak();
    let mut command = clap::Command::new(name)
        .args(all.get_arguments().filter(|arg| !arg.is_hide_set()).cloned())
        .subcommands(all.get_subcommands().filter(|command| !command.is_hide_set()).map(without_hidden));
    if let Some(about) = all.get_about() {
        command = command.about(about.clone());
    }
    if let Some(about) = all.get_long_about() {
        command = command.long_about(about.clone());
    }
    if let Some(usage) = all.get_overridden_usage() {
        command = command.override_usage(usage.clone());
    }
    command
}

/// One page for the program and one for each command: `kymograph.1`, `kymograph-run.1` and so on.
fn man(dir: &Path) -> Result<(), GenerateError> {
    let mut program = visible();
    // Hands the flags of all commands on to each, and gives the commands their full names.
    program.build();
    for command in program.get_subcommands() {
        // What holds for this command alone comes first; the rest is the same on every page.
        let command = command.clone().mut_args(|arg| {
            let is_global = arg.is_global_set();
            arg.help_heading(is_global.then_some("Options of every command"))
        });
        let sections = pages::of_command(command.get_name());
        page(dir, command, &sections)?;
    }
    // Here they are all of one kind.
    page(dir, program.mut_args(|arg| arg.help_heading(None::<&str>)), &pages::of_program())
}

fn page(dir: &Path, command: clap::Command, sections: &[Section]) -> Result<(), GenerateError> {
    let has_commands = command.has_subcommands();
    // As `--help` has it: short, with the values of what must be given.
    let usage = command.clone().render_usage().to_string().replace("Usage: ", "");
    let man = Man::new(command.subcommand_help_heading("COMMANDS").override_usage(usage));
    let title = man.get_filename().trim_end_matches(".1").to_uppercase();
    let mut text = Vec::new();
    let written = (|| {
        // Without a date: the same program makes the same page. (The crate's own title drops an empty date.)
        writeln!(text, ".TH {title} 1 \"\" \"Kymograph {}\" \"User Commands\"", env!("CARGO_PKG_VERSION"))?;
        man.render_name_section(&mut text)?;
        man.render_synopsis_section(&mut text)?;
        man.render_description_section(&mut text)?;
        if has_commands {
            man.render_subcommands_section(&mut text)?;
        }
        man.render_options_section(&mut text)?;
        let mut roff = Roff::new();
        for section in sections {
            section.write(&mut roff);
        }
        roff.to_writer(&mut text)
    })();
    let path = dir.join(man.get_filename());
    written.and_then(|()| write(&path, &text)).map_err(|error| GenerateError { path, error })
}

/// Each shell's file where it stands in `share`; a packager whose shells look elsewhere moves it.
fn completions(share: &Path) -> Result<(), GenerateError> {
    let places = [
        (Shell::Bash, "bash-completion/completions/kymograph"),
        (Shell::Zsh, "zsh/site-functions/_kymograph"),
        (Shell::Fish, "fish/vendor_completions.d/kymograph.fish"),
    ];
    for (shell, place) in places {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut visible(), "kymograph", &mut text);
        let path = share.join(place);
        write(&path, &text).map_err(|error| GenerateError { path, error })?;
    }
    Ok(())
}

fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    let mut file = fs::File::create(path)?;
    file.write_all(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_visible_command_has_a_page_that_says_what_it_does() {
        let dir = tempfile::tempdir().unwrap();
        man(dir.path()).unwrap();
        let mut wanted = vec!["kymograph.1".to_owned()];
        for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = format!("kymograph-{}", command.get_name());
            let text = fs::read_to_string(dir.path().join(format!("{name}.1"))).unwrap();
            for part in [".SH SYNOPSIS", ".SH \"OPTIONS OF EVERY COMMAND\"", ".SH \"SEE ALSO\""] {
                assert!(text.contains(part), "{name}: no {part} in\n{text}");
            }
            assert!(!text.contains(".SH EVERYWHERE"), "{name}");
            wanted.push(format!("{name}.1"));
        }
        let mut found: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "a page too few or too many");
    }

    #[test]
    fn the_first_page_names_every_visible_command_and_no_hidden_one() {
        let dir = tempfile::tempdir().unwrap();
        man(dir.path()).unwrap();
        let text = fs::read_to_string(dir.path().join("kymograph.1")).unwrap();
        for command in Cli::command().get_subcommands() {
            let name = format!("kymograph\\-{}(1)", command.get_name());
            assert_eq!(text.contains(&name), !command.is_hide_set(), "{name}");
        }
        for part in [".SH \"EXIT STATUS\"", ".SH ENVIRONMENT", ".SH FILES", ".SH EXAMPLES"] {
            assert!(text.contains(part), "no {part} in\n{text}");
        }
    }

    #[test]
    fn no_shell_completes_what_is_hidden() {
        let dir = tempfile::tempdir().unwrap();
        completions(dir.path()).unwrap();
        for place in [
            "bash-completion/completions/kymograph",
            "zsh/site-functions/_kymograph",
            "fish/vendor_completions.d/kymograph.fish",
        ] {
            let text = fs::read_to_string(dir.path().join(place)).unwrap();
            assert!(text.contains("render") && text.contains("quit-when-done"), "{place}");
            assert!(!text.contains("generate") && !text.contains("idle-secs"), "{place}");
        }
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let error = man(Path::new("/dev/null/man1")).unwrap_err().to_string();
        assert!(error.starts_with("cannot write /dev/null/man1/kymograph-"), "{error}");
    }
}
