//! What a program that ran to its end wrote to standard error.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::process::Output;

/// All of it.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The program failed with 1 and said why in one line that names all of `parts`.
#[track_caller]
pub fn assert_one_line(output: &Output, parts: &[&str]) {
    let said = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    for part in parts {
        assert!(said.contains(part), "no `{part}` in: {said}");
    }
}
