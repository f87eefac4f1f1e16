//! Whether a window can be opened, found out before Qt tries: Qt ends the program when it cannot.

use std::env;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest wait for a display on another machine.
const REMOTE_TIMEOUT: Duration = Duration::from_secs(3);

/// Why no window can be opened: a sentence without its full stop; `None` if one can.
#[must_use]
pub fn missing_display() -> Option<String> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    // A platform that was asked for by name, such as `offscreen` or `vnc`, knows itself what it needs.
    if variable("QT_QPA_PLATFORM").is_some_and(|name| !name.starts_with("xcb") && !name.starts_with("wayland")) {
        return None;
    }
    if let Some(name) = variable("WAYLAND_DISPLAY")
        && UnixStream::connect(wayland_socket(&name, variable("XDG_RUNTIME_DIR"))).is_ok()
    {
        return None;
    }
    match variable("DISPLAY") {
        None => Some("there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set".to_owned()),
        Some(name) if x11_answers(&name) => None,
        Some(name) => Some(format!("the display {name} does not answer")),
    }
}

/// Whether OpenGL would be emulated on the processor, so that Qt's own software renderer is the faster one.
///
/// Told by the kernel's display drivers, because asking OpenGL itself takes longer than the whole start.
#[must_use]
pub fn has_software_gl_only() -> bool {
    if env::var("LIBGL_ALWAYS_SOFTWARE").is_ok_and(|value| value == "1" || value == "true") {
        return true;
    }
    let Ok(cards) = Path::new("/sys/class/drm").read_dir() else { return true };
    // A render node is what a driver that can draw offers; the others are plain frame buffers.
    !cards.flatten().any(|entry| {
        let is_render_node = entry.file_name().to_string_lossy().starts_with("renderD");
        is_render_node && !is_plain_driver(&entry.path())
    })
}

fn is_plain_driver(device: &Path) -> bool {
    const PLAIN: [&str; 4] = ["vgem", "vkms", "simpledrm", "simple-framebuffer"];
    let driver = device.join("device/driver").read_link().unwrap_or_default();
    driver.file_name().is_some_and(|name| PLAIN.iter().any(|plain| name == *plain))
}

fn wayland_socket(name: &str, runtime_dir: Option<String>) -> PathBuf {
    // An absolute name stands for itself: `join` sees to it.
    PathBuf::from(runtime_dir.unwrap_or_default()).join(name)
}

fn x11_answers(display: &str) -> bool {
    let Some((host, number)) = display.rsplit_once(':') else { return false };
    let Ok(number) = number.split('.').next().unwrap_or_default().parse::<u16>() else { return false };
    if host.is_empty() || host == "unix" {
        return local_x11_answers(number);
    }
    let Some(port) = number.checked_add(6000) else { return false };
    let host = host.trim_start_matches("tcp/");
    std::net::ToSocketAddrs::to_socket_addrs(&(host, port))
        .is_ok_and(|mut addresses| addresses.any(|at| TcpStream::connect_timeout(&at, REMOTE_TIMEOUT).is_ok()))
}

fn local_x11_answers(number: u16) -> bool {
    use std::os::linux::net::SocketAddrExt;
    let path = format!("/tmp/.X11-unix/X{number}");
    let is_abstract = || {
        let address = std::os::unix::net::SocketAddr::from_abstract_name(path.as_bytes());
        address.is_ok_and(|address| UnixStream::connect_addr(&address).is_ok())
    };
    UnixStream::connect(&path).is_ok() || is_abstract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_that_is_none_does_not_answer() {
        assert!(!x11_answers("nonsense"));
        assert!(!x11_answers(":notanumber"));
        assert!(!x11_answers(":60123"));
        assert!(!x11_answers("localhost:65535"));
    }

    #[test]
    fn a_wayland_name_may_be_a_path() {
        let runtime = Some("/run/user/1000".to_owned());
        assert_eq!(wayland_socket("wayland-0", runtime.clone()), Path::new("/run/user/1000/wayland-0"));
        assert_eq!(wayland_socket("/tmp/w", runtime), Path::new("/tmp/w"));
    }
}
