"""Where the viewer listens, whom a client trusts, and how it starts the program."""

import os
import pathlib
import socket
import stat
import subprocess
import sys
import textwrap

import pytest
from conftest import wait_for
from fake_viewer import FakeViewer

from kymograph import _socket
from kymograph._socket import Busy, NobodyThere, NotTrusted, connect, socket_path

NEEDS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")


@pytest.fixture
def starter(monkeypatch):
    """As in a process that has started nothing."""
    monkeypatch.setattr(_socket, "_starter", _socket._Starter())


def test_the_path_follows_the_protocol(monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_SOCKET", "/somewhere/else.sock")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/me")
    assert socket_path() == "/somewhere/else.sock"
    monkeypatch.delenv("KYMOGRAPH_SOCKET")
    assert socket_path() == "/run/me/kymograph/viewer.sock"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    user_dir = "/run/user/%d" % os.getuid()
    monkeypatch.setattr(os.path, "isdir", lambda path: path == user_dir)
    assert socket_path() == user_dir + "/kymograph/viewer.sock"
    monkeypatch.setattr(os.path, "isdir", lambda path: False)
    assert socket_path() == "/tmp/kymograph-%d/viewer.sock" % os.getuid()


def test_nobody_there(socket_path):
    with pytest.raises(NobodyThere):
        connect(socket_path)
    FakeViewer(socket_path).kill()
    assert stat.S_ISSOCK(os.stat(socket_path).st_mode)
    with pytest.raises(NobodyThere):
        connect(socket_path)


def test_a_listener_that_takes_nothing_does_not_hold_up(socket_path):
    os.makedirs(os.path.dirname(socket_path), mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(socket_path)
        os.chmod(socket_path, 0o600)
        listener.listen(0)
        connections = []
        with pytest.raises(Busy):
            for _ in range(10):
                connections.append(connect(socket_path))
        assert connections
        for one in connections:
            one.close()


def test_a_path_longer_than_the_kernel_takes(socket_path, monkeypatch):
    viewer = FakeViewer(socket_path)
    longer = os.path.join(os.path.dirname(os.path.dirname(socket_path)), "d" * 120)
    os.rename(os.path.dirname(socket_path), longer)
    connect(longer + "/viewer.sock").close()
    viewer.kill()


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o770, 0o1777])
def test_client_other_user_directory_open_to_others_is_refused(viewer, socket_path, mode):
    os.chmod(os.path.dirname(socket_path), mode)
    with pytest.raises(NotTrusted, match="mode"):
        connect(socket_path)


@pytest.mark.parametrize("mode", [0o666, 0o660, 0o606, 0o700])
def test_client_other_user_socket_open_to_others_is_refused(viewer, socket_path, mode):
    os.chmod(socket_path, mode)
    with pytest.raises(NotTrusted, match="mode"):
        connect(socket_path)


def test_client_other_user_symbolic_links_are_refused(viewer, socket_path, place):
    link = place / "link"
    link.symlink_to(os.path.dirname(socket_path))
    with pytest.raises(NotTrusted, match="symbolic link"):
        connect(str(link / "viewer.sock"))
    other = os.path.join(os.path.dirname(socket_path), "other.sock")
    os.symlink(socket_path, other)
    with pytest.raises(NotTrusted, match="symbolic link"):
        connect(other)
    assert viewer.connections == 0


def test_client_other_user_a_file_in_its_place_is_refused(socket_path):
    directory = pathlib.Path(socket_path).parent
    directory.mkdir(mode=0o700)
    pathlib.Path(socket_path).write_text("")
    with pytest.raises(NotTrusted, match="no socket"):
        connect(socket_path)


@NEEDS_ROOT
@pytest.mark.parametrize("what", ["directory", "socket"])
def test_client_other_user_foreign_places_are_refused(viewer, socket_path, what):
    os.chown(socket_path if what == "socket" else os.path.dirname(socket_path), 12345, -1)
    with pytest.raises(NotTrusted, match="belongs to user 12345"):
        connect(socket_path)


@NEEDS_ROOT
def test_client_other_user_squatted_socket_is_refused(socket_path):
    os.makedirs(os.path.dirname(socket_path), mode=0o700)
    script = """
        import os, socket, sys
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(sys.argv[1])
        os.chmod(sys.argv[1], 0o600)
        os.setuid(12345)
        listener.listen()
        print("listens", flush=True)
        sys.stdin.read()
    """
    argv = [sys.executable, "-c", textwrap.dedent(script), socket_path]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as squatter:
        assert squatter.stdout.readline() == b"listens\n"
        with pytest.raises(NotTrusted, match="belongs to user 12345"):
            connect(socket_path)
        squatter.stdin.close()


def program(place, monkeypatch, body):
    """Makes a program that notes each start, and lets clients find it."""
    path, starts = place / "kymograph", place / "starts"
    path.write_text('#!/bin/sh\necho "$@" >> %s\n%s\n' % (starts, body))
    path.chmod(0o700)
    monkeypatch.setenv("KYMOGRAPH_BIN", str(path))
    return lambda: starts.read_text().splitlines() if starts.exists() else []


def test_the_program_is_started_again_only_after_a_while(place, monkeypatch, starter):
    starts = program(place, monkeypatch, "exec sleep 30")
    assert _socket.start_program()
    wait_for(starts)
    assert _socket.start_program()
    _socket._starter.last -= 4
    assert _socket.start_program(), "the first may still be on its way"
    assert starts() == ["serve"]
    child = _socket._starter.children[0]
    assert os.getsid(child.pid) == child.pid
    _socket._starter.last -= 5
    assert _socket.start_program()
    wait_for(lambda: starts() == ["serve", "serve"])
    for child in _socket._starter.children:
        child.terminate()
        child.wait(10)


def test_nothing_is_hoped_for_from_a_program_that_fails(place, monkeypatch, starter):
    program(place, monkeypatch, "exit 3")
    assert _socket.start_program()
    wait_for(lambda: not _socket.start_program())
    assert _socket._starter.children == []


def test_status_0_says_that_another_listens(place, monkeypatch, starter):
    program(place, monkeypatch, "exit 0")
    assert _socket.start_program()
    child = _socket._starter.children[0]
    child.wait(10)
    assert _socket.start_program()


def test_no_program_to_start(monkeypatch, starter, place):
    assert not _socket.start_program()
    monkeypatch.delenv("KYMOGRAPH_BIN")
    monkeypatch.setenv("PATH", str(place))
    assert _socket.find_program() is None
    monkeypatch.setenv("KYMOGRAPH_BIN", str(place / "missing"))
    assert not _socket.start_program()
