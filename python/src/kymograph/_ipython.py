"""`%load_ext kymograph`: the magics `%kymograph` and `%%kymograph job` for IPython and Jupyter.

Loading also marks the cells as work of the main thread, so that a second press of Stop interrupts a cell that runs, and
never a kernel that waits.
"""

from __future__ import annotations

import ast
import shlex
import types
from typing import Any, Callable, Optional

from . import _figure, _job, _ship, _stop

HELP = """\
%kymograph start            starts the program, so that the first window opens at once
%kymograph open             brings the windows of this kernel's jobs and figures to the front, or back
%kymograph status           lists the jobs
%kymograph stop [NAME]      stops the jobs, or the one of this name; again: interrupts them
%%kymograph job [--name N] [--process]
                            runs the cell in the background and returns its Job; the value of its last line is the result.
                            It shares your variables; with --process it has copies of those that it uses.
                            In it, kymograph.current_job() is the job."""

# What a cell is called in the tracebacks of a child process, which has no history.
_CELL = "<cell>"


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext kymograph`."""
    _stop.watch_cells(shell)
    _stop.main_thread.enter_cell()
    shell.register_magic_function(_line_magic, "line", "kymograph")
    shell.register_magic_function(_cell_magic, "cell", "kymograph")


def unload_ipython_extension(shell: Any) -> None:
    """Called by `%unload_ext kymograph`, and before a reload. Jobs run on."""
    _stop.unwatch_cells(shell)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("kymograph", None)


def _shell() -> Any:
    from IPython import get_ipython

    return get_ipython()


def _wrong(text: str) -> Exception:
    from IPython.core.error import UsageError

    error: Exception = UsageError(text)
    return error


def _line_magic(line: str) -> None:
    words = _split(line)
    if not words or words[0] in ("help", "-h", "--help"):
        print(HELP)
        return
    call = _COMMANDS.get(words[0])
    if call is None:
        hint = "; a job is a cell: %%kymograph job" if words[0] == "job" else ""
        raise _wrong(f"%kymograph has no {words[0]!r}{hint}\n{HELP}")
    call(words[1:])


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise _wrong(f"%kymograph: {error}") from None


def _start(words: list[str]) -> None:
    _none(words, "start")
    from . import _socket

    if _socket.find_program() is None:
        raise _wrong("there is no program `kymograph` in PATH; KYMOGRAPH_BIN can name it. Runs are recorded without it")
    print("kymograph is starting" if _socket.start_program() else "kymograph could not be started")


def _open(words: list[str]) -> None:
    _none(words, "open")
    figures = sorted(_figure._open_figures, key=lambda fig: fig.name)
    running = [job for job in _job.jobs() if job.running]
    for fig in figures:
        fig.show()
    for job in running:
        job.show()
    if not figures and not running:
        print("no job runs and no figure is open")


def _status(words: list[str]) -> None:
    _none(words, "status")
    jobs = _job.jobs()
    if not jobs:
        print("no jobs")
    for job in jobs:
        percent = "" if job.progress is None else f"{job.progress:.0%}"
        state = "stopping" if job.running and job.stopping else "paused" if job.running and job.paused else job.state
        print(f"{job.name:<24.24} {state:<9} {percent:>5} {job.seconds:>9.1f} s")


def _stop_jobs(words: list[str]) -> None:
    jobs = [job for job in _job.jobs() if job.running]
    if words:
        name = " ".join(words)
        jobs = [job for job in jobs if job.name == name]
        if not jobs:
            raise _wrong(f"no job {name!r} runs")
    if not jobs:
        print("no job runs")
    for job in jobs:
        again = job.stopping
        job.stop()
        print(f"{job.name} is {'interrupted' if again else 'asked to stop'}")


def _none(words: list[str], command: str) -> None:
    if words:
        raise _wrong(f"%kymograph {command} takes nothing more, but there is {words[0]!r}")


_COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "start": _start,
    "open": _open,
    "status": _status,
    "stop": _stop_jobs,
}


def _cell_magic(line: str, cell: str) -> Any:
    words = _split(line)
    if not words or words[0] != "job":
        raise _wrong(f"%%kymograph needs `job`\n{HELP}")
    name, is_process = _options(words[1:])
    shell = _shell()
    source = shell.transform_cell(cell)
    # Names are found in the notebook as they are when the line runs, as in any cell.
    file_name = shell.compile.cache(source, shell.execution_count)
    try:
        body, last = _compiled(source, _CELL if is_process else file_name, shell.compile.flags)
    except SyntaxError:
        shell.showsyntaxerror(file_name)
        return None
    if not is_process:
        return _job.start(_run, body, last, shell.user_ns, name=name or "cell")
    used = {
        key: shell.user_ns[key]
        for code in (body, last)
        if code is not None
        for key in _ship.names_used(code)
        if key in shell.user_ns
    }
    try:
        return _job.start(_run_source, source, shell.compile.flags, used, name=name or "cell", process=True)
    except TypeError as error:
        raise _wrong(_which(used) or str(error)) from None


def _options(words: list[str]) -> tuple[Optional[str], bool]:
    name: Optional[str] = None
    is_process = False
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--process":
            is_process = True
        elif word == "--name" and rest:
            name = rest.pop(0)
        elif word.startswith("--name="):
            name = word[len("--name=") :]
        else:
            raise _wrong(f"%%kymograph job: {word!r} is not known here, or wants a name\n{HELP}")
    return name, is_process


def _compiled(
    source: str, file_name: str, flags: int
) -> tuple[types.CodeType, Optional[types.CodeType]]:
    """The lines of a cell, and its last one if that is an expression. Raises `SyntaxError`."""
    tree = ast.parse(source, file_name)
    last: Optional[ast.Expression] = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        # A semicolon at the end says, as in any cell, that nobody wants the value; it is the result all the same.
        last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
    body = compile(tree, file_name, "exec", flags=flags, dont_inherit=True)
    return body, None if last is None else compile(last, file_name, "eval", flags=flags, dont_inherit=True)


def _run(body: types.CodeType, last: Optional[types.CodeType], namespace: dict[str, Any]) -> Any:
    """Runs a compiled cell; gives the value of its last expression."""
    exec(body, namespace)
    return None if last is None else eval(last, namespace)


def _run_source(source: str, flags: int, namespace: dict[str, Any]) -> Any:
    """Runs a cell in a child process."""
    body, last = _compiled(source, _CELL, flags)
    return _run(body, last, dict(namespace, __name__="__main__"))


def _which(used: dict[str, Any]) -> str:
    """Which of the variables that a cell uses cannot be sent, in words."""
    for name, value in used.items():
        try:
            _ship.dumps(value)
        except Exception as error:
            return f"the cell uses {name!r}, which cannot be sent to another process: {error}"
    return ""
