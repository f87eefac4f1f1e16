//! `make install` and `make uninstall`: what comes to lie where, and that the desktop and the shells can use it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

mod install_support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use install_support::{PROGRAM, files_below, first, has, make, read, said};
use tempfile::TempDir;

const APP_ID: &str = "io.github.kymograph.Kymograph";

/// Installed below `usr` of a folder of its own.
struct Installed(TempDir);

impl Installed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let installed = Self(folder);
        installed.make("install");
        installed
    }

    fn make(&self, target: &str) {
        let destination = format!("DESTDIR={}", self.0.path().display());
        make(&[target, &format!("BIN={PROGRAM}"), &destination, "PREFIX=/usr"]);
    }

    fn usr(&self, path: &str) -> PathBuf {
        self.0.path().join("usr").join(path)
    }

    fn files(&self) -> BTreeSet<PathBuf> {
        files_below(self.0.path())
    }
}

#[test]
fn an_installation_is_whole_and_is_removed_without_a_trace() {
    let installed = Installed::new();
    let icons = "share/icons/hicolor";
    let wanted = [
        "bin/kymograph".to_owned(),
        format!("share/applications/{APP_ID}.desktop"),
        format!("share/applications/{APP_ID}.Open.desktop"),
        format!("share/metainfo/{APP_ID}.metainfo.xml"),
        format!("share/mime/packages/{APP_ID}.xml"),
        format!("{icons}/scalable/apps/{APP_ID}.svg"),
        format!("{icons}/symbolic/apps/{APP_ID}-symbolic.svg"),
        format!("{icons}/scalable/mimetypes/application-x-kymograph-run.svg"),
        "share/man/man1/kymograph.1".to_owned(),
        "share/man/man1/kymograph-run.1".to_owned(),
        "share/bash-completion/completions/kymograph".to_owned(),
        "share/zsh/site-functions/_kymograph".to_owned(),
        "share/fish/vendor_completions.d/kymograph.fish".to_owned(),
        "share/doc/kymograph/LICENSE-MIT".to_owned(),
        "share/doc/kymograph/LICENSE-APACHE".to_owned(),
        "share/doc/kymograph/LICENSE-DejaVu.txt".to_owned(),
    ];
    let found = installed.files();
    for path in wanted {
        assert!(found.contains(&Path::new("usr").join(&path)), "{path} is missing of {found:#?}");
    }
    for path in &found {
        let mode = fs::metadata(installed.0.path().join(path)).unwrap().permissions().mode() & 0o777;
        let is_program = path.starts_with("usr/bin");
        // Shared libraries are executable on some systems and not on others.
        if is_program || path.starts_with("usr/share") {
            assert_eq!(mode, if is_program { 0o755 } else { 0o644 }, "{}", path.display());
        }
    }
    installed.make("uninstall");
    assert_eq!(installed.files(), BTreeSet::new(), "files are left");
}

#[test]
fn bash_completes_what_was_begun() {
    let installed = Installed::new();
    let file = installed.usr("share/bash-completion/completions/kymograph");
    let script = r#"
        source "$1"
        complete -p kymograph
        complete_last() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
            _kymograph kymograph "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"; echo "${COMPREPLY[*]}"; }
        complete_last kymograph ren
        complete_last kymograph run --met
        complete_last kymograph --log d"#;
    let mut bash = Command::new("bash");
    let text = said(bash.args(["--norc", "-eu", "-c", script, "bash"]).arg(&file));
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("complete ") && lines[0].ends_with("-F _kymograph kymograph"), "{text}");
    assert_eq!(lines[1..], ["render", "--metrics", "debug"]);
    said(Command::new("bash").arg("-n").arg(&file));
}

#[test]
fn manual_pages_are_set_without_a_warning() {
    if !has(&["groff"]) {
        return;
    }
    let installed = Installed::new();
    for page in files_below(&installed.usr("share/man/man1")) {
        let mut groff = Command::new("groff");
        groff.args(["-ww", "-man", "-Kutf8", "-Tutf8"]).arg(installed.usr("share/man/man1").join(&page));
        let output = groff.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", page.display());
        assert!(output.stdout.len() > 500, "{}: too short", page.display());
    }
}

/// The desktop tells a run's log by its name, and under any other name by how it begins.
#[test]
fn the_desktop_knows_the_log_of_a_run() {
    if !has(&["update-mime-database", "gio"]) {
        return;
    }
    let installed = Installed::new();
    let mut update = Command::new("update-mime-database");
    said(update.arg(installed.usr("share/mime")));

    let runs = tempfile::tempdir().unwrap();
    let mut sine = Command::new(PROGRAM);
    sine.args(["sine", "--headless", "--iterations", "2", "--worker-ms", "1", "--receiver-iterations", "4"]);
    said(sine.args(["--receiver-ms", "1", "--data-dir"]).arg(runs.path()));
    let log = files_below(runs.path()).into_iter().find(|path| path.ends_with("log.tfrecord")).unwrap();
    let log = runs.path().join(log);
    // Another program's records, and a run's log whose header is a little longer.
    let (renamed, other) = (runs.path().join("renamed"), runs.path().join("other"));
    fs::copy(&log, &renamed).unwrap();
    fs::write(&other, [&[24, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22][..], &[9; 28]].concat()).unwrap();

    let is_run = |path: &Path| {
        let mut gio = Command::new("gio");
        gio.args(["info", "-a", "standard::content-type"]).arg(path);
        gio.env("XDG_DATA_DIRS", format!("{}:/usr/share", installed.usr("share").display()));
        said(&mut gio).contains("standard::content-type: application/x-kymograph-run")
    };
    assert!(is_run(&log), "by its name");
    assert!(is_run(&renamed), "by its content");
    assert!(!is_run(&other), "other records");
}

#[test]
fn every_package_has_the_version_of_the_program() {
    let version = env!("CARGO_PKG_VERSION");
    let debian = read("packaging/debian/changelog");
    assert_eq!(first(&debian, "kymograph (", |end| end == '-'), version, "packaging/debian/changelog");
    let releases = read(format!("packaging/{APP_ID}.metainfo.xml"));
    assert_eq!(first(&releases, "<release version=\"", |end| end == '"'), version, "the newest release");
    assert_eq!(first(&read("CHANGELOG.md"), "\n## ", |end| end == ','), version, "CHANGELOG.md");
    let flatpak = read(format!("packaging/flatpak/{APP_ID}.yml"));
    assert!(flatpak.contains(&format!("/kymograph-{version}.tar.xz")), "the flatpak's tarball");
}

/// What `make run` installs so that the window works, the package asks for.
#[test]
fn the_debian_package_asks_for_what_the_setup_installs() {
    let setup = read("scripts/setup");
    let run = first(&setup, "run=(qt6-qpa-plugins", |end| end == ')');
    let control = read("packaging/debian/control");
    for package in run.split_whitespace().chain(["qt6-qpa-plugins"]) {
        assert!(
            control.lines().any(|line| line.split([',', ' ']).any(|word| word == package)),
            "packaging/debian/control does not name {package}"
        );
    }
}

#[test]
fn file_managers_and_software_centres_get_what_they_ask_for() {
    let types = format!("{APP_ID}.mime.xml");
    let name = "application/x-kymograph-run";
    for (file, line) in [
        (format!("{APP_ID}.Open.desktop"), format!("MimeType={name};")),
        (format!("{APP_ID}.Open.desktop"), "Exec=kymograph open %F".to_owned()),
        (types, format!("<mime-type type=\"{name}\">")),
        (format!("{APP_ID}.metainfo.xml"), format!("<mediatype>{name}</mediatype>")),
        (format!("{APP_ID}.metainfo.xml"), format!("<id>{APP_ID}</id>")),
        (format!("{APP_ID}.metainfo.xml"), format!("<launchable type=\"desktop-id\">{APP_ID}.desktop</launchable>")),
    ] {
        let path = format!("packaging/{file}");
        assert!(read(&path).lines().any(|found| found.trim() == line), "{path}: no `{line}`");
    }
}
