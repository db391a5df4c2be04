"""The supervisor: database, preparation, web and tick of one installation; restarts what dies, stops all cleanly."""

import fcntl
import os
import signal
import subprocess  # nosec B404 # our own commands, never a shell
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from guitu.launcher import assets, preparation, processes, replaying, translations
from guitu.launcher import database as databases
from guitu.launcher.home import Home, tree_root
from guitu.launcher.listening import choose_port, is_healthy, wait_until_free
from guitu.launcher.processes import ProcessIdentity
from guitu.launcher.running import (
    Wishes,
    announce,
    former_port,
    lock_file,
    stop_group,
    stop_leftovers,
    stop_process,
)
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError, complain, say

READY_SECONDS = 90.0
LONGEST_PAUSE = 10.0
RELEASE_SECONDS = 5.0
STEADY_SECONDS = 30.0
EARLY_DEATHS = 3
WITNESSES = ("demo-prison-bureau", "demo-justice-bureau", "demo-procuratorate")
FIRST_WITNESS_PORT = 8481


@dataclass
class Child:
    """One process that is kept running."""

    name: str
    command: list[str]
    log: Path
    role: str
    running: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    deaths: int = 0
    wait_until: float = 0.0

    def identity(self) -> ProcessIdentity | None:
        """Return who runs now, or None."""
        return processes.identity(self.running.pid) if self.running is not None else None


def pause_after(deaths: int) -> float:
    """Return the seconds to wait before starting a child again that died so many times in short order."""
    return 0.0 if deaths <= 1 else min(0.25 * 2 ** (deaths - 2), LONGEST_PAUSE)


@dataclass
class Supervisor:
    """Keeps one installation running. ``run`` returns when it was told to stop."""

    home: Home
    wishes: Wishes
    keeper_pid: int | None = None
    root: Path = field(default_factory=tree_root)
    stopping: bool = False
    children: list[Child] = field(default_factory=list)
    server: EmbeddedServer | None = None
    state: dict[str, Any] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    def run(self) -> int:
        """Bring everything up, keep it up, take it down; returns the exit code."""
        self.home.make()
        with lock_file(self.home) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("归途已在运行。", "Guitu already runs.")
                return 0
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, self._told_to_stop)
            former = self.home.read_state()
            try:
                self._bring_up(former)
                while not self.stopping:
                    self._look_after()
                    time.sleep(0.2)
            except LauncherError as error:
                self._record(phase="failed", zh=error.zh, en=error.en)
                if not self.stopping:
                    return complain(error)
            finally:
                self._take_down()
            say("归途已停止。", "Guitu has stopped.")
            return 0

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _record(self, **facts: object) -> None:
        self.state |= facts
        self.home.write_state(self.state)

    def _bring_up(self, former: dict[str, Any]) -> None:
        me = processes.identity(os.getpid())
        stop_leftovers(former)
        self.state = {"supervisor": vars(me) if me else None, "boot": processes.boot_id(), "phase": "starting"}
        keeper = processes.identity(self.keeper_pid) if self.keeper_pid is not None else None
        self._record(keeper=vars(keeper) if keeper else None)
        assets.build(self.root)
        translations.compile_changed(self.root / "src" / "guitu")
        self.server = preparation.own_server(self.home)
        database = preparation.open_database(self.home, self.server)
        host = self.wishes.host
        if isinstance(former.get("port"), int) and former.get("boot") == processes.boot_id():
            wait_until_free(host, former["port"], seconds=RELEASE_SECONDS)
        port = choose_port(host, self.wishes.port, default=former_port(former) or 8000)
        address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}"  # nosec B104 # noqa: S104 - compared only
        env = databases.process_environment(self.home, database)
        env |= {"GUITU_ADDRESS": address, "GUITU_BIND_HOST": host, "GUITU_BIND_PORT": str(port)}
        env["GUITU_DEMO"] = "1" if self.wishes.demo else "0"
        self.env = env
        name = env.get("GUITU_HOSTS", "").partition(",")[0] or None
        self._record(host=host, port=port, address=address, name=name)
        self._record(database={"host": database.host, "port": database.port})
        preparation.prepare_contents(
            self.home,
            database,
            env,
            demo=self.wishes.demo,
            told_to_stop=lambda: self.stopping,
            begun=self._note_preparation,
        )
        if self.stopping:
            return
        replaying.replay(self.home, database, env)
        web, others = self._describe_children(host, port)
        sign_ins = self._tell_sign_ins_into()
        self.children = [web]
        self._start(web)
        self._wait_until_ready(address)
        self.children += others  # only now: while the pages are loading, every processor is theirs
        for child in others:
            self._start(child)
        self._record(phase="ready", sign_ins=sign_ins.read_text(encoding="utf-8").strip() if sign_ins else "")
        announce(self.state, self.wishes.host)

    def _note_preparation(self, pid: int) -> None:
        """Note the preparation's process, so that a successor ends it before it begins another."""
        known = processes.identity(pid)
        self._record(children={"preparation": vars(known)} if known else {})

    def _describe_children(self, host: str, port: int) -> tuple[Child, list[Child]]:
        """The web process, and those that are started when it answers."""
        shown = f"[{host}]" if ":" in host else host
        web = [sys.executable, "-P", "-m", "gunicorn", "guitu.web.wsgi:application", "--worker-class", "gthread"]
        web += ["--workers", "2", "--threads", "4", "--bind", f"{shown}:{port}", "--graceful-timeout", "10"]
        web += ["--preload", "--timeout", "60", "--worker-tmp-dir", str(self.home.socket_directory())]
        web += ["--forwarder-headers", ""]  # no header says where the pages begin, whoever sends it on
        tick = [sys.executable, "-P", "-m", "guitu.web.tick"]
        sequencer = [sys.executable, "-P", "-m", "guitu.web.sequencer"]
        worker = [sys.executable, "-P", "-m", "guitu.web.worker"]
        return Child("web", web, self.home.logs / "web.log", role="app"), [
            Child("tick", tick, self.home.logs / "tick.log", role="job"),
            Child("sequencer", sequencer, self.home.logs / "sequencer.log", role="seq"),
            Child("worker", worker, self.home.logs / "worker.log", role="app"),
            *self._witnesses(own_port=port),
        ]

    def _witnesses(self, *, own_port: int) -> list[Child]:
        """The demonstration's three witnesses, each with an address of its own that the sequencer is told of."""
        if not self.wishes.demo or self.env["DJANGO_SETTINGS_MODULE"] != databases.DEMO_SETTINGS:
            return []
        children, stated, port = [], [], FIRST_WITNESS_PORT
        for name in WITNESSES:
            port = choose_port("127.0.0.1", None, default=port, promised=own_port)
            folder = self.home.at / "witnesses" / name
            command = [sys.executable, "-P", "-m", "guitu.witness", "--home", str(folder), "--name", name]
            command += ["--listen", f"127.0.0.1:{port}"]
            children.append(Child(name, command, self.home.logs / f"{name}.log", role="none"))
            stated.append(f"{name}=http://127.0.0.1:{port}")
            port += 1
        self.env["GUITU_DEMO_WITNESSES"] = ",".join(stated)
        return children

    def _start(self, child: Child) -> None:
        with child.log.open("ab") as log:
            env = self.env | {"GUITU_ROLE": child.role}
            child.running = processes.spawn(child.command, env=env, cwd=self.root, output=log)
        child.started_at = time.monotonic()
        known = {c.name: vars(i) for c in self.children if (i := c.identity()) is not None}
        self._record(children=known)

    def _look_after(self) -> None:
        if self.server is not None and self.server.running_pid() is None and not self.stopping:
            self.server.start()
        now = time.monotonic()
        for child in self.children:
            if child.running is not None and child.running.poll() is not None:
                stop_group(child.running.pid)
                child.deaths = 1 if now - child.started_at > STEADY_SECONDS else child.deaths + 1
                child.wait_until = now + pause_after(child.deaths)
                child.running = None
            if child.running is None and now >= child.wait_until and not self.stopping:
                self._start(child)

    def _wait_until_ready(self, address: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.stopping and not is_healthy(address, name=self.state["name"]):
            self._look_after()
            web = self.children[0]
            if web.deaths >= EARLY_DEATHS or time.monotonic() > deadline:
                tail = "\n".join(web.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
                raise LauncherError(
                    f"网页服务未能启动,日志 {web.log}:\n{tail}",
                    f"The web process did not come up; its log is {web.log}.",
                )
            time.sleep(0.03)

    def _tell_sign_ins_into(self) -> Path | None:
        """Ask the web process to write the demonstration's sign-ins while it loads; where, or None without any."""
        if not self.wishes.demo or self.env["DJANGO_SETTINGS_MODULE"] != databases.DEMO_SETTINGS:
            return None
        told = self.home.at / "sign-ins.txt"
        told.unlink(missing_ok=True)
        self.env["GUITU_SIGN_INS"] = str(told)
        return told

    def _take_down(self) -> None:
        for child in reversed(self.children):
            if child.running is not None:
                stop_process(child.running)
        if self.server is not None:
            self.server.stop()
        kept = {key: self.state[key] for key in ("zh", "en") if key in self.state}
        phase = "failed" if self.state.get("phase") == "failed" else "stopped"
        self.home.write_state({"phase": phase, **kept})
