"""What runs of one installation: its lock, its children, what a killed supervisor left. Standard library only."""

import fcntl
import os
import signal
import subprocess  # nosec B404 # our own commands, never a shell
import sys
from dataclasses import dataclass
from typing import IO, Any

from guitu.launcher import processes
from guitu.launcher.home import Home
from guitu.launcher.processes import ProcessIdentity
from guitu.launcher.speech import say

STOP_SECONDS = 15.0


@dataclass(frozen=True)
class Wishes:
    """What the caller of ``up`` asked for. ``port`` None: 8000 or the next free one."""

    host: str = "127.0.0.1"
    port: int | None = None
    demo: bool = True


def lock_file(home: Home) -> IO[bytes]:
    """Open the file whose lock the supervisor holds for as long as it lives."""
    return (home.at / "up.lock").open("ab")


def is_held(home: Home) -> bool:
    """Say whether a supervisor of this home is alive."""
    if not home.at.is_dir():
        return False
    with lock_file(home) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def former_port(former: dict[str, Any]) -> int | None:
    """Return the port of a supervisor that ended without taking its installation down: its successor keeps it."""
    port = former.get("port")
    return port if former.get("phase") == "ready" and isinstance(port, int) else None


def stop_process(process: "subprocess.Popen[bytes]") -> None:
    """Stop a child with its workers: politely, then for good."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    stop_group(process.pid)


def stop_group(leader: int) -> None:
    """End what is left of a child's session after its leader died (workers of a killed gunicorn hold the port)."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def stop_leftovers(former: dict[str, Any]) -> None:
    """End the web and tick processes of a killed supervisor; a later process with the same number is spared."""
    if former.get("boot") != processes.boot_id():
        return
    for facts in former.get("children", {}).values():
        known = ProcessIdentity(pid=facts["pid"], started=facts["started"])
        if processes.is_same(known):
            os.kill(known.pid, signal.SIGTERM)
            processes.wait_until_gone(known.pid, seconds=STOP_SECONDS)
            stop_group(known.pid)
        elif processes.identity(known.pid) is None:
            stop_group(known.pid)


def announce(state: dict[str, Any], host: str, *, detached: bool = False) -> None:
    """Print the address and, for a demonstration, the sign-ins."""
    say(f"归途已启动:{state['address']}", f"Guitu is up: {state['address']}")
    if host not in {"127.0.0.1", "::1", "localhost"}:
        say(
            f"警告:演示登录正对 {host} 开放,同一网络的任何人都可以进入。",
            f"Warning: the demonstration's sign-ins are open to the network at {host}; anybody there can come in.",
        )
    if state.get("sign_ins"):
        sys.stdout.write(f"{state['sign_ins']}\n")
    if detached:
        say("停止:./guitu down", "Stop: ./guitu down")
    else:
        say("停止:Ctrl-C,或 ./guitu down", "Stop: Ctrl-C, or ./guitu down")
