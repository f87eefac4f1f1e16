//! Whether the session bus is there and answers, found out before Qt connects: Qt and libdbus would wait long for one that
//! hangs, and start one where there is none.
//!
//! Knows the handshake's first line, no messages.

use std::env;
use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::Path;
use std::time::Duration;

/// Longest wait for the bus; one that lives answers in a tenth of a millisecond.
const ANSWER_LIMIT: Duration = Duration::from_millis(250);

/// Whether the desktop offers a session bus that answers. One that is no local socket is taken at its word.
#[must_use]
pub fn answers() -> bool {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    match (variable("DBUS_SESSION_BUS_ADDRESS"), variable("XDG_RUNTIME_DIR")) {
        (Some(address), _) => address_answers(&address),
        (None, Some(folder)) => UnixStream::connect(Path::new(&folder).join("bus")).is_ok_and(greets),
        (None, None) => false,
    }
}

fn address_answers(address: &str) -> bool {
    let first = address.split(';').next().unwrap_or_default();
    let Some(keys) = first.strip_prefix("unix:") else { return !first.starts_with("disabled") };
    let value = |name: &str| {
        let pair = keys.split(',').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        // Escaped bytes are rare; libdbus will read them.
        pair.filter(|value| !value.contains('%'))
    };
    if let Some(path) = value("path") {
        return UnixStream::connect(path).is_ok_and(greets);
    }
    match value("abstract").map(SocketAddr::from_abstract_name) {
        Some(name) => name.and_then(|name| UnixStream::connect_addr(&name)).is_ok_and(greets),
        None => true,
    }
}

/// Whether the bus knows us, in its first line.
fn greets(mut stream: UnixStream) -> bool {
    let user = rustix::process::getuid().as_raw().to_string();
    let hex: String = user.bytes().map(|digit| format!("{digit:02x}")).collect();
    let mut answer = [0; 2];
    let greeted = stream
        .set_read_timeout(Some(ANSWER_LIMIT))
        .and_then(|()| stream.set_write_timeout(Some(ANSWER_LIMIT)))
        .and_then(|()| stream.write_all(format!("\0AUTH EXTERNAL {hex}\r\n").as_bytes()))
        .and_then(|()| stream.read_exact(&mut answer));
    match greeted {
        Ok(()) => &answer == b"OK",
        Err(error) => {
            log::debug!("the session bus does not answer: {error}");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;
    use std::time::Instant;

    #[test]
    fn a_bus_that_hangs_or_is_gone_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let address = format!("unix:path={},guid=1", path.display());
        assert!(!address_answers(&address), "gone");
        let _listener = UnixListener::bind(&path).unwrap();
        let start = Instant::now();
        assert!(!address_answers(&address), "nobody accepts");
        assert!(start.elapsed() < ANSWER_LIMIT * 8, "{:?}", start.elapsed());
    }

    #[test]
    fn other_addresses_are_taken_at_their_word() {
        assert!(address_answers("tcp:host=localhost,port=1") && address_answers("unix:path=/a%20b"));
        assert!(!address_answers("disabled:") && !address_answers("unix:abstract=kymograph-nobody"));
    }
}
