"""What the process jobs of the tests run. In a file of its own, so that a child can import it."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np

from kymograph import _job


def add(a, b):
    return a + b


@_job.job(process=True)
def decorated(value):
    return value * 2, os.getpid()


def speak(job):
    print("hello")
    threading.Thread(target=print, args=("from a thread",)).start()
    print("wrong", file=sys.stderr)
    job.log({"loss": 0.5})
    job.append("curve", [1, 2], [3, 4])
    job.plot("whole", np.arange(1000.0))
    for _ in job.track(range(10)):
        pass
    return _job.current_job() is job


class Odd(Exception):
    """Cannot be read back: it wants two arguments."""

    def __init__(self, a, b):
        super().__init__(f"{a} and {b}")


def fail(kind):
    if kind == "odd":
        raise Odd(1, 2)
    if kind == "unsendable":
        return lambda: threading.Lock(), threading.Lock()
    raise ValueError(kind)


def endless(job):
    print("running")
    for _ in job.track(iter(int, 1)):
        time.sleep(0.005)


def deaf_in_c():
    print("running")
    time.sleep(600)


def deaf_to_all(mark):
    """Ignores everything but a kill, and has a child that would outlive it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", mark])
    print("child", child.pid)
    while True:
        try:
            time.sleep(600)
        except KeyboardInterrupt:
            print("no", flush=True)


def die():
    print("last words")
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)


def leave():
    os._exit(7)
