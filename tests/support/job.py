"""JOB: a child program that misbehaves as told by its first argument. Standard library only."""

import os
import signal
import subprocess
import sys
import time


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def sleeper(**options):
    code = options.pop("code", "import time; time.sleep(600)")
    return subprocess.Popen([sys.executable, "-c", code], **options)


DEAF = (
    "import signal, time\n"
    "for s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, signal.SIG_IGN)\n"
    "time.sleep(600)\n"
)


def tree(_):
    """Grandchildren: one plain, one in a session of its own, one adopted by another process and deaf."""
    sleeper()
    sleeper(start_new_session=True)
    orphan = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', %r], start_new_session=True)" % DEAF
    subprocess.run([sys.executable, "-c", orphan], check=True)
    time.sleep(0.3)
    say("ready\n")
    time.sleep(600)


def deaf(_):
    """Ignores INT and TERM and goes on printing."""
    for s in (signal.SIGINT, signal.SIGTERM):
        signal.signal(s, lambda n, frame: say("heard %d\n" % n))
    say("ready\n")
    i = 0
    while True:
        time.sleep(0.05)
        i += 1
        say("deaf %d\n" % i)


def polite(_):
    """Saves its state on INT and ends well."""
    def save(number, frame):
        say("saved\n")
        sys.exit(0)
    signal.signal(signal.SIGINT, save)
    say("ready\n")
    time.sleep(600)


def holds_pipe(_):
    """Ends at once; its grandchild keeps the pipes open."""
    sleeper()
    say("first\nlast\n")


def lines(arguments):
    """Prints as fast as it can: `step=<i> loss=<i / 2>`."""
    count = int(arguments[0])
    for start in range(0, count, 1000):
        say("".join("step=%d loss=%r\n" % (i, i / 2) for i in range(start, min(count, start + 1000))))


def endless(_):
    i = 0
    while True:
        say("".join("step=%d loss=1\n" % n for n in range(i, i + 1000)))
        i += 1000


def both(_):
    """One line to each stream, and a last one without an end."""
    say("out\n")
    sys.stderr.write("err\nerr without an end")
    sys.stderr.flush()
    say("out without an end")


def garbage(_):
    sys.stdout.buffer.write(bytes(range(256)) * 400 + b"\n\xff\xfe caf\xe9\n\x1b[31mred\x1b[0m\n")
    sys.stdout.buffer.flush()


def flood(arguments):
    """Megabytes without a line end."""
    piece = b"x" * (1 << 20)
    for _ in range(int(arguments[0])):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def bar(_):
    for i in range(101):
        say("\r%3d%%|%s| %d/100 [00:01<00:01, 30.0it/s, loss=%g]" % (i, "#" * (i // 10), i, 100 - i))
        time.sleep(0.01)
    say("\ndone\n")


def ticks(_):
    """A line each 20 ms, without an end."""
    i = 0
    while True:
        i += 1
        say("step=%d\n" % i)
        time.sleep(0.02)


def memory(_):
    block = bytearray(os.urandom(1024)) * (64 * 1024)
    say("ready %d\n" % len(block))
    time.sleep(600)


def exit_code(arguments):
    say("going\n")
    sys.exit(int(arguments[0]))


def killed(arguments):
    say("going\n")
    os.kill(os.getpid(), int(arguments[0]))
    time.sleep(10)


def forks(_):
    """Waits, while a process below it replaces itself by its child again and again, heeding nothing."""
    for s in (signal.SIGINT, signal.SIGTERM):
        signal.signal(s, signal.SIG_IGN)
    if os.fork() > 0:
        say("ready\n")
        time.sleep(600)
    end = time.time() + 60
    while time.time() < end:
        if os.fork() > 0:
            time.sleep(0.02)
            os._exit(0)
        time.sleep(0.005)


def environment(_):
    say("%s %s %s\n" % (os.environ.get("PYTHONUNBUFFERED"), os.environ.get("KYMOGRAPH_JOB", ""), os.environ.get("EXTRA")))
    say("%s %s %s\n" % (os.getcwd(), os.getpgid(0) == os.getpid(), repr(sys.stdin.read())))


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](sys.argv[2:])
