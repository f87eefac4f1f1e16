"""Where a viewer listens: the path of its socket, whether it can be trusted, and how the program is started.

The rules are those of docs/protocol.md, "Where they meet". Nothing here waits: a socket that does not answer at once is
reported, and the caller comes back.
"""

import os
import shutil
import socket
import stat
import struct
import subprocess
import threading
import time
from typing import Callable, Optional

# Seconds between two starts of the program by this process.
START_INTERVAL_SECS = 5.0

# Seconds in which a program that was started should listen.
START_PATIENCE_SECS = 10.0

# The longest path that the kernel takes for a socket, without the final zero (unix(7)).
_PATH_MAX_BYTES = 107

_PEER = struct.Struct("3i")


class NobodyThere(Exception):
    """Nothing listens at the socket."""


class Busy(Exception):
    """Somebody listens but takes no connection now."""


class NotTrusted(Exception):
    """The socket, its directory or the other end does not belong to the user, or is open to others; the text says which."""


def socket_path() -> str:
    """The path of the viewer's socket, whether or not it is there."""
    named = os.environ.get("KYMOGRAPH_SOCKET")
    if named:
        return os.path.abspath(named)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    user_dir = "/run/user/%d" % os.getuid()
    if runtime and os.path.isabs(runtime):
        return os.path.join(runtime, "kymograph", "viewer.sock")
    if os.path.isdir(user_dir):
        return os.path.join(user_dir, "kymograph", "viewer.sock")
    return "/tmp/kymograph-%d/viewer.sock" % os.getuid()


def connect(path: str) -> socket.socket:
    """A connected socket that does not block.

    Raises `NobodyThere`, `Busy` or `NotTrusted`; `OSError` for what else the system has against it.
    """
    directory, name = os.path.split(path)
    _check(directory, stat.S_ISDIR, 0o700, "directory")
    _check(path, stat.S_ISSOCK, 0o600, "socket")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        _connect(connection, path, directory, name)
        uid = peer_uid(connection)
        if uid != os.getuid():
            raise NotTrusted("the viewer at %s belongs to user %d" % (path, uid))
    except BaseException:
        connection.close()
        raise
    return connection


def _check(path: str, is_right: Callable[[int], bool], mode: int, what: str) -> None:
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise NobodyThere("no %s %s" % (what, path)) from None
    if stat.S_ISLNK(found.st_mode):
        raise NotTrusted("%s is a symbolic link" % path)
    if not is_right(found.st_mode):
        raise NotTrusted("%s is no %s" % (path, what))
    if found.st_uid != os.getuid():
        raise NotTrusted("%s belongs to user %d" % (path, found.st_uid))
    if stat.S_IMODE(found.st_mode) != mode:
        raise NotTrusted("%s has mode %04o: %04o is needed" % (path, stat.S_IMODE(found.st_mode), mode))


def _connect(connection: socket.socket, path: str, directory: str, name: str) -> None:
    handle: Optional[int] = None
    try:
        if len(os.fsencode(path)) > _PATH_MAX_BYTES:
            handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            path = "/proc/self/fd/%d/%s" % (handle, name)
        connection.connect(path)
    except (ConnectionRefusedError, FileNotFoundError) as error:
        raise NobodyThere(str(error)) from None
    except BlockingIOError:
        # A Unix socket connects at once or not at all: the listener's queue is full.
        raise Busy("the viewer takes no connection") from None
    finally:
        if handle is not None:
            os.close(handle)


def peer_uid(connection: socket.socket) -> int:
    """The user at the other end, as the kernel knows it. Raises `NotTrusted` where the system cannot tell."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        raise NotTrusted("this system does not tell who is at the other end of a socket")
    _pid, uid, _gid = _PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, option, _PEER.size))
    return int(uid)


class _Starter:
    """Starts the program for all clients of this process, at most every five seconds."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last: Optional[float] = None
        self.children: list["subprocess.Popen[bytes]"] = []
        self.has_failed = False


_starter = _Starter()


def start_program() -> bool:
    """Starts `kymograph serve` if five seconds have passed since the last start.

    One that was started while another was just ending finds that one's lock held and ends, so a start is
    repeated. Never raises.

    Returns whether a viewer can be hoped for: one was started now or within the last ten seconds.
    """
    with _starter.lock:
        # Ended ones are reaped, so that none stays as a zombie. Status 0 is that of one that found another listening.
        _starter.has_failed |= any(child.poll() not in (None, 0) for child in _starter.children)
        _starter.children = [child for child in _starter.children if child.returncode is None]
        now = time.monotonic()
        if _starter.last is not None and now - _starter.last < START_INTERVAL_SECS:
            return not _starter.has_failed and now - _starter.last < START_PATIENCE_SECS
        program = find_program()
        if program is None:
            return False
        _starter.last, _starter.has_failed = now, False
        try:
            child = subprocess.Popen(
                [program, "serve"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # A session of its own: Ctrl-C and the end of this program do not reach it.
                start_new_session=True,
            )
        except (OSError, ValueError, RuntimeError):
            _starter.has_failed = True
            return False
        _starter.children.append(child)
        return True


def find_program() -> Optional[str]:
    """The program: `KYMOGRAPH_BIN` if that is set, else `kymograph` in `PATH`; None if there is none to run."""
    named = os.environ.get("KYMOGRAPH_BIN")
    if named is not None:
        return shutil.which(named) if named else None
    return shutil.which("kymograph")


def after_fork() -> None:
    """Forgets, in a child process, what the parent started: its lock may be held by a thread that is not here."""
    global _starter
    _starter = _Starter()
