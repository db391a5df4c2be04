"""``up``, ``down``, ``status``: the keeper starts the supervisor again when that is killed. Standard library only.

Keeper and supervisor outlive each other: a killed supervisor is replaced and ends what its predecessor left; without
its keeper the supervisor goes on, and ``status`` and ``down`` still find it.
"""

import json
import os
import signal
import subprocess  # nosec B404 # our own commands, never a shell
import sys
import time
from types import FrameType
from typing import Any

from guitu.launcher import processes
from guitu.launcher.home import Home, tree_root
from guitu.launcher.listening import is_healthy
from guitu.launcher.processes import ProcessIdentity
from guitu.launcher.running import Wishes, announce, is_held, stop_leftovers
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError, say

QUICK_DEATHS = 5
STEADY_SECONDS = 10.0
DETACH_SECONDS = 600.0
DOWN_SECONDS = 60.0


def up(home: Home, wishes: Wishes, *, detach: bool) -> int:
    """Bring the installation up and keep it; with ``detach`` return once it answers. Returns the exit code."""
    if is_held(home):
        state = home.read_state()
        if state.get("phase") == "ready":
            say(f"归途已在运行:{state['address']}", f"Guitu already runs: {state['address']}")
        else:
            say("归途正在启动。", "Guitu is just starting.")
        return 0
    home.make()
    return _detached(home, wishes) if detach else _keep(home, wishes)


def _wish_arguments(wishes: Wishes) -> list[str]:
    port = [] if wishes.port is None else ["--port", str(wishes.port)]
    return ["--host", wishes.host, *port, *([] if wishes.demo else ["--no-demo"])]


def _keep(home: Home, wishes: Wishes) -> int:
    """Run the supervisor until it ends by itself; a killed one is started again."""
    command = [sys.executable, "-P", "-m", "guitu.launcher", "supervise", *_wish_arguments(wishes)]
    env = os.environ | {"GUITU_HOME": str(home.at), "GUITU_KEEPER": str(os.getpid())}
    supervisor: subprocess.Popen[bytes] | None = None
    told = False

    def pass_on(number: int, frame: FrameType | None) -> None:
        nonlocal told
        told = True
        if supervisor is not None and supervisor.poll() is None:
            supervisor.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    deaths = 0
    while True:
        started = time.monotonic()
        supervisor = processes.spawn(command, env=env, cwd=tree_root())
        if told:
            supervisor.terminate()
        code = supervisor.wait()
        if code >= 0 or told:
            return max(code, 0)
        deaths = 1 if time.monotonic() - started > STEADY_SECONDS else deaths + 1
        if deaths >= QUICK_DEATHS:
            raise LauncherError(
                "监管进程反复意外结束,请查看 logs/ 并运行 ./guitu doctor。",
                "The supervisor keeps being killed; see logs/ and run ./guitu doctor.",
            )
        say("监管进程意外结束,正在恢复……", "The supervisor was killed; recovering …")


def _detached(home: Home, wishes: Wishes) -> int:
    """Start a keeper of its own session and wait until the installation answers or has failed."""
    command = [sys.executable, "-P", "-m", "guitu.launcher", "up", *_wish_arguments(wishes)]
    env = os.environ | {"GUITU_HOME": str(home.at)}
    home.write_state({"phase": "starting"})
    with (home.logs / "up.log").open("wb") as log:
        keeper = processes.spawn(command, env=env, cwd=tree_root(), output=log)
    deadline = time.monotonic() + DETACH_SECONDS
    while time.monotonic() < deadline:
        state = home.read_state()
        if state.get("phase") == "ready":
            announce(state, wishes.host, detached=True)
            return 0
        if keeper.poll() is not None:
            sys.stderr.write((home.logs / "up.log").read_text(encoding="utf-8", errors="replace"))
            return keeper.returncode or 1
        time.sleep(0.03)
    raise LauncherError(
        f"启动超时,日志 {home.logs / 'up.log'}", f"It did not come up in time; the log is {home.logs / 'up.log'}"
    )


def _known(facts: object) -> ProcessIdentity | None:
    if not isinstance(facts, dict):
        return None
    return ProcessIdentity(pid=int(facts["pid"]), started=int(facts["started"]))


def down(home: Home) -> int:
    """Stop everything of this home, also what a killed supervisor and keeper left behind. Returns the exit code."""
    if not home.at.is_dir():
        say("归途没有在运行。", "Guitu does not run.")
        return 0
    state = home.read_state()
    was_up = is_held(home)
    deadline = time.monotonic() + DOWN_SECONDS
    while is_held(home):
        supervisor = _known(home.read_state().get("supervisor"))
        keeper = _known(home.read_state().get("keeper"))
        for process in (keeper, supervisor):
            if process is not None and processes.is_same(process):
                os.kill(process.pid, signal.SIGTERM)
                break
        if time.monotonic() > deadline:
            raise LauncherError("归途未能按时停止。", "Guitu did not stop in time.")
        time.sleep(0.3)
    # The lock is let go a moment before its holder is gone; "stopped" is said when nobody is left.
    holders = [_known(state.get(name)) for name in ("keeper", "supervisor")]
    while any(processes.is_same(holder) for holder in holders):
        if time.monotonic() > deadline:
            raise LauncherError("归途未能按时停止。", "Guitu did not stop in time.")
        time.sleep(0.05)
    stop_leftovers(state)
    server = EmbeddedServer(home)
    if server.running_pid() is not None:
        was_up = True
        server.stop()
    if was_up:
        say("归途已停止。", "Guitu has stopped.")
    else:
        say("归途没有在运行。", "Guitu does not run.")
    return 0


def facts_of(home: Home) -> dict[str, Any]:
    """Return what ``status --json`` prints: phase, address, whether pages answer, and the processes."""
    state = home.read_state()
    held = is_held(home)
    phase = str(state.get("phase", "stopped"))
    if not held:
        phase = "failed" if phase == "failed" else "stopped"
    running = {}
    for name, facts in {"supervisor": state.get("supervisor"), **state.get("children", {})}.items():
        known = _known(facts)
        if known is not None and processes.is_same(known):
            running[name] = known.pid
    database = EmbeddedServer(home).running_pid()
    if database is not None:
        running["database"] = database
    address = state.get("address") if held else None
    return {
        "home": str(home.at),
        "phase": phase,
        "address": address,
        "answers": bool(address and is_healthy(address, name=state.get("name"))),
        "processes": running,
    }


def status(home: Home, *, as_json: bool) -> int:
    """Print whether the installation runs; returns 0 when it answers, 1 when not."""
    facts = facts_of(home)
    if as_json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    elif facts["answers"]:
        say(f"运行中:{facts['address']}", f"Running: {facts['address']}")
        for name, pid in facts["processes"].items():
            sys.stdout.write(f"  {name}: {pid}\n")
    elif facts["phase"] == "starting":
        say("正在启动。", "Starting.")
    else:
        say("未在运行。启动:./guitu up", "Not running. Start it with ./guitu up")
    return 0 if facts["answers"] else 1
