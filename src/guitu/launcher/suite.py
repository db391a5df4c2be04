"""``test``: lint, types, contracts, then every test in one pytest call whose closing line ends the output."""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guitu.launcher import assets, keys, processes, server, translations
from guitu.launcher.home import Home, is_private, private_directory, tree_root
from guitu.launcher.speech import LauncherError, say

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff", ("-m", "ruff", "check", "--quiet", ".")),
    ("bandit", ("-m", "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", "src")),
    ("mypy", ("-m", "mypy")),
    ("contracts", ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")),
)
OPTIONS = frozenset({"--full", "--tests-only"})  # the second leaves out the stages before pytest, while one works
# Each worker begins with its half of the tests in their order, so that what a module sets up is set up once; whoever is
# done first takes over from the other.
PYTEST = ("-m", "pytest", "-n", "2", "--dist", "worksteal", "--durations=20")
MEMORY = Path("/dev/shm")  # nosec B108 # noqa: S108 - a private folder is made in it, and another's is not used
MEMORY_WANTED = 4 * 1024**3  # free bytes; a whole run holds up to half of it


def place_of_tests(home: Home, *, memory: Path = MEMORY) -> Home:
    """Return where the test server of this home lies: in memory where the machine has room, else on the disk.

    Each test has a copy of a database of a thousand files; a disk takes several times as long over them as memory.
    """
    name = hashlib.sha256(os.fsencode(home.at)).hexdigest()[:12]
    wanted = memory / f"guitu-{name}"
    if is_private(wanted):
        return Home(wanted)
    try:
        room = min(shutil.disk_usage(memory).free, processes.free_memory())
    except FileNotFoundError:
        return home.testing
    return Home(wanted) if room >= MEMORY_WANTED and not wanted.exists() else home.testing


@contextmanager
def test_server(home: Home, *, in_memory: bool = True, kept: bool = True) -> Iterator[dict[str, str]]:  # noqa: PT028
    """Have the separate test server of this home running inside the block; yields what the tests are told of it.

    GUITU_TEST_PG_HOST (socket folder), GUITU_TEST_PG_PORT, GUITU_TEST_PG_PASSWORD_FILE (superuser ``postgres``).
    A server that runs already is shared; the last user stops it. Its data are never the demonstration's and may be
    lost with the power. What lies in memory stays there for the next run unless ``kept`` is False.
    """
    private_directory(home.at)
    testing = place_of_tests(home) if in_memory else home.testing
    testing.make()
    database = server.EmbeddedServer(testing, lasting=False)
    keys.make_keys(testing, database_exists=database.exists())
    with database.in_use():
        yield {
            "GUITU_TEST_PG_HOST": str(testing.socket_directory()),
            "GUITU_TEST_PG_PORT": str(server.PORT),
            "GUITU_TEST_PG_PASSWORD_FILE": str(keys.password_file(testing, keys.SUPERUSER)),
        }
    if testing != home.testing and not kept and database.running_pid() is None:
        shutil.rmtree(testing.at)


def split_arguments(arguments: list[str]) -> tuple[frozenset[str], list[str]]:
    """Return the options of our own (``--full``, ``--tests-only``) and the arguments for pytest (all after ``--``).

    Raises LauncherError for anything else before ``--``.
    """
    own, rest = arguments, []
    if "--" in arguments:
        at = arguments.index("--")
        own, rest = arguments[:at], arguments[at + 1 :]
    unknown = [word for word in own if word not in OPTIONS]
    if unknown:
        raise LauncherError(
            f"不认识的参数 {' '.join(unknown)};给 pytest 的参数请写在 -- 之后。",
            f"Unknown argument {' '.join(unknown)}; arguments for pytest go after --.",
            exit_code=2,
        )
    return frozenset(own), rest


def run_suite(home: Home, arguments: list[str]) -> int:
    """Run every stage, stopping at the first that fails; returns its exit code. pytest's closing line comes last."""
    options, rest = split_arguments(arguments)
    root = tree_root()
    env = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "DATABASE_URL"}}
    env["GUITU_HOME"] = str(home.at)
    if "--full" in options:
        env["GUITU_TEST_FULL"] = "1"
    home.make()
    assets.build(root)
    translations.compile_changed(root / "src" / "guitu")
    for name, words in () if "--tests-only" in options else STAGES:
        started = time.monotonic()
        result = processes.run([sys.executable, *words], env=env, cwd=root, capture=True)
        if result.returncode != 0:
            sys.stdout.write(result.stdout)
            say(f"✗ {name} 未通过", f"{name} failed (exit code {result.returncode})")
            return result.returncode
        sys.stdout.write(f"✓ {name} {time.monotonic() - started:.1f} s\n")
        sys.stdout.flush()
    with test_server(home, kept="--tests-only" in options) as told:
        return processes.run_in_foreground([sys.executable, *PYTEST, *rest], env=env | told, cwd=root)
