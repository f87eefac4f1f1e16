//! The packages, as people get them: built, looked at, installed in a system that has nothing else, and started there.
//!
//! `make test-packages` runs these: they need the network at first and some minutes, so `make test` leaves them out.
#![cfg(feature = "gui")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report, in its helpers too"
)]

// Linked for its own sake: the C++ side of the package has to be whole in every program.
use kymograph as _;

mod install_support;
mod screen_support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use install_support::{PROGRAM, both, files_below, has, make, root, said};
use screen_support::Screen;

/// Where packages, and systems to install them in, are made.
fn packages() -> PathBuf {
    root().join("target/packages")
}

/// `make TARGET` with the program of this test; the package, whose path is the last line that was printed.
fn package(target: &str) -> PathBuf {
    let text = make(&[target, &format!("BIN={PROGRAM}")]);
    let path = PathBuf::from(text.lines().last().unwrap_or_default());
    assert!(path.is_file(), "no package: {text}");
    path
}

#[test]
#[ignore = "part of `make test-packages`: takes minutes"]
fn the_debian_package_works_on_a_system_that_has_nothing_else() {
    if !has(&["dpkg-buildpackage", "dh", "lintian", "mmdebstrap", "unshare", "Xvfb"]) || !can_unshare() {
        return;
    }
    let deb = package("deb");
    let lintian =
        Command::new("lintian").args(["--fail-on", "error,warning", "--tag-display-limit", "0"]).arg(&deb).output();
    let lintian = lintian.unwrap();
    assert!(lintian.status.success(), "lintian: {}", both(&lintian));

    let screen = Screen::start();
    let base = base_system(&deb);
    // At a fixed place: what a test that was killed has left there is removed by the next one.
    let place = packages().join("system");
    fs::create_dir_all(&place).unwrap();
    let mut program = in_namespace();
    program.arg(root().join("tests/data/start_in_chroot.sh")).arg(&base).arg(&deb).arg(&place).arg(screen.display());
    let log = fs::File::create(packages().join("start.log")).unwrap();
    program.stdout(Stdio::from(log.try_clone().unwrap())).stderr(Stdio::from(log)).stdin(Stdio::null());
    let mut program = program.spawn().unwrap();
    let said = || fs::read_to_string(packages().join("start.log")).unwrap();

    // Where the window has its figure. The sine job's curve changes its colour every half second; sometimes it is black.
    let figure = (80..900, 110..480);
    let start = Instant::now();
    let picture = loop {
        let picture = screen.picture();
        if picture.saturated(&figure) > 1000 && picture.colors() > 50 {
            break picture;
        }
        if let Some(status) = program.try_wait().unwrap() {
            panic!("it ended with {status} before its window showed a curve: {}", said());
        }
        assert!(start.elapsed() < Duration::from_secs(300), "no window with a curve: {}", said());
        std::thread::sleep(Duration::from_millis(100));
    };
    picture.save(&packages().join("screenshot.png"));
    let status = program.wait().unwrap();
    assert!(status.success(), "{status}: {}", said());
    assert!(said().contains("\nFIGURE saved"), "no figure was saved: {}", said());
}

/// Whether a process may have mounts of its own, as root or by user namespaces; says so if not.
fn can_unshare() -> bool {
    let can = in_namespace().arg("true").output().is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("skipped: neither root nor user namespaces are to be had here");
    }
    can
}

/// The beginning of a command whose mounts and processes vanish with it.
fn in_namespace() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child"]);
    if !rustix::process::geteuid().is_root() {
        command.args(["--map-root-user", "--map-auto"]);
    }
    command
}

/// A minimal Debian 12 as a tarball, with the packages that ours asks for downloaded and not installed.
///
/// Made once for each list of such packages: it takes a minute or two and the network.
fn base_system(deb: &Path) -> PathBuf {
    let wanted = said(Command::new("dpkg-deb").args(["--field"]).arg(deb).arg("Depends"));
    let base = packages().join(format!("bookworm-{:08x}.tar", crc32c::crc32c(wanted.as_bytes())));
    if !base.exists() {
        let part = base.with_extension("part");
        let mut mmdebstrap = Command::new("mmdebstrap");
        mmdebstrap.args(["--quiet", "--variant=minbase", "--format=tar", "--skip=cleanup/apt"]);
        mmdebstrap.arg(format!("--customize-hook=copy-in {} /tmp", deb.display()));
        let name = deb.file_name().unwrap().to_string_lossy();
        let install = "apt-get install --yes --quiet --no-install-recommends --download-only";
        mmdebstrap.arg(format!("--customize-hook=chroot \"$1\" {install} /tmp/{name} && rm \"$1\"/tmp/{name}"));
        said(mmdebstrap.arg("bookworm").arg(&part));
        fs::rename(part, &base).unwrap();
    }
    base
}

#[test]
#[ignore = "part of `make test-packages`: builds a package"]
fn the_fedora_package_has_what_an_installation_has() {
    if !has(&["rpm", "cargo-generate-rpm"]) {
        return;
    }
    let rpm = package("rpm");
    let query = |what: &str| said(Command::new("rpm").args(["--query", "--package", what]).arg(&rpm));
    let listed: BTreeSet<_> = query("--list").lines().map(PathBuf::from).collect();
    let installed: BTreeSet<_> =
        files_below(&packages().join("rpm")).into_iter().map(|path| Path::new("/").join(path)).collect();
    assert!(installed.len() > 20 && installed.contains(Path::new("/usr/bin/kymograph")), "{installed:#?}");
    assert_eq!(listed, installed);
    let requires = query("--requires");
    for wanted in ["qt6-qtdeclarative >= 6.4", "qt6-qtsvg >= 6.4", "libQt6Quick.so.6()(64bit)", "libc.so.6"] {
        assert!(requires.contains(wanted), "{wanted} is not among\n{requires}");
    }
    assert!(query("--info").contains(env!("CARGO_PKG_VERSION")));
}

/// The tarball of the last commit builds with nothing but what is in it.
#[test]
#[ignore = "part of `make test-packages`: packs several hundred megabytes and builds anew"]
fn the_source_tarball_builds_without_a_network() {
    if !has(&["git", "xz"]) {
        return;
    }
    let text = make(&["dist"]);
    let tarball = PathBuf::from(text.lines().last().unwrap());
    let place = tempfile::Builder::new().prefix("unpacked-").tempdir_in(packages()).unwrap();
    said(Command::new("tar").arg("-xf").arg(&tarball).arg("-C").arg(place.path()));
    let clone = place.path().join(format!("kymograph-{}", env!("CARGO_PKG_VERSION")));
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).args(["--locked", "--offline"]).current_dir(&clone);
        // Nothing that was fetched before, and no setting of the person's.
        cargo.env("CARGO_HOME", place.path().join("cargo")).env_remove("CARGO_TARGET_DIR");
        said(&mut cargo)
    };
    let metadata = cargo(&["metadata", "--format-version=1"]);
    assert!(metadata.contains("\"name\":\"cxx-qt\""), "the window's crates are not there");
    cargo(&["check", "--quiet", "--no-default-features"]);
}
