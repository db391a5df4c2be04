"""``test``: lint, types, contracts, then every test in one pytest call whose closing line ends the output."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from guitu.launcher import assets, keys, processes, server, translations
from guitu.launcher.home import Home, tree_root
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


@contextmanager
def test_server(home: Home) -> Iterator[dict[str, str]]:
    """Have the separate test server of this home running inside the block; yields what the tests are told of it.

    GUITU_TEST_PG_HOST (socket folder), GUITU_TEST_PG_PORT, GUITU_TEST_PG_PASSWORD_FILE (superuser ``postgres``).
    A server that runs already is shared; the last user stops it. Its data are never the demonstration's and may be
    lost with the power.
    """
    testing = home.testing
    testing.make()
    database = server.EmbeddedServer(testing, lasting=False)
    keys.make_keys(testing, database_exists=database.exists())
    with database.in_use():
        yield {
            "GUITU_TEST_PG_HOST": str(testing.socket_directory()),
            "GUITU_TEST_PG_PORT": str(server.PORT),
            "GUITU_TEST_PG_PASSWORD_FILE": str(keys.password_file(testing, keys.SUPERUSER)),
        }


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
    with test_server(home) as told:
        return processes.run_in_foreground([sys.executable, *PYTEST, *rest], env=env | told, cwd=root)
