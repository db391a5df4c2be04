"""Looking at and starting processes: the one place that reads /proc and spawns. Standard library only."""

import os
import signal
import subprocess  # nosec B404 # our own commands, never a shell
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROC = Path("/proc")


@dataclass(frozen=True)
class ProcessIdentity:
    """A process that cannot be mistaken for a later one with the same number: pid and start tick since boot."""

    pid: int
    started: int


def stat_fields(pid: int, *, proc: Path = PROC) -> list[str] | None:
    """Return the fields of /proc/PID/stat after the command name (state first), or None if there is none."""
    try:
        text = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 1 :].split()


def is_living(pid: int, *, proc: Path = PROC) -> bool:
    """Say whether the process runs; a zombie (state Z) or a dying one (X) is dead although its number still answers."""
    fields = stat_fields(pid, proc=proc)
    return fields is not None and fields[0] not in {"Z", "X", "x"}


def identity(pid: int, *, proc: Path = PROC) -> ProcessIdentity | None:
    """Return the identity of a living process, or None."""
    fields = stat_fields(pid, proc=proc)
    if fields is None or fields[0] in {"Z", "X", "x"}:
        return None
    return ProcessIdentity(pid=pid, started=int(fields[19]))


def is_same(known: ProcessIdentity | None, *, proc: Path = PROC) -> bool:
    """Say whether the process remembered earlier is still living."""
    return known is not None and identity(known.pid, proc=proc) == known


def boot_id(*, proc: Path = PROC) -> str:
    """Return the identity of this run of the machine: process numbers noted under another one mean nothing."""
    return (proc / "sys" / "kernel" / "random" / "boot_id").read_text(encoding="ascii").strip()


def free_memory(*, proc: Path = PROC) -> int:
    """Return the bytes that new work may take before the machine runs short (MemAvailable, proc_meminfo(5))."""
    lines = (line.split() for line in (proc / "meminfo").read_text(encoding="ascii").splitlines())
    return next(int(words[1]) * 1024 for words in lines if words[0] == "MemAvailable:")


def working_in(directory: Path, *, proc: Path = PROC) -> list[int]:
    """Return the living processes whose working directory is the given one (a database server and its backends)."""
    target = os.path.realpath(directory)
    found = []
    for entry in proc.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            where = os.readlink(entry / "cwd")
        except OSError:  # ended meanwhile, or another user's: neither can be a backend of our private folder
            continue
        if where == target and is_living(int(entry.name), proc=proc):
            found.append(int(entry.name))
    return found


def spawn(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a child in its own session, so that Ctrl-C reaches only the supervisor, which stops children in order."""
    return subprocess.Popen(  # nosec B603 # noqa: S603 - the launcher's own commands, never a shell
        command,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
    )


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    capture: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; with ``capture`` its output (both streams together) is returned as text."""
    return subprocess.run(  # nosec B603 # noqa: S603 - the launcher's own commands, never a shell
        command,
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.STDOUT if capture else None,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    """Wait until the process is dead (zombies count as dead); False when it still lives after the time given."""
    deadline = time.monotonic() + seconds
    while is_living(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _answer_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run_in_foreground(command: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None) -> int:
    """Run a command on the caller's own terminal; returns its exit code (128+n for signal n)."""
    code = subprocess.call(  # nosec B603 # noqa: S603 - the launcher's own commands, never a shell
        command, env=dict(env), cwd=cwd, preexec_fn=_answer_interrupts
    )
    return code if code >= 0 else 128 - code
