"""The small demonstration of the restore drill, made once for all its tests; see drill.py."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from guitu.launcher import backup, demonstrating, key_copies, processes
from guitu.launcher.home import Home
from guitu.launcher.restoring import restore
from guitu.launcher.server import EmbeddedServer
from guitu.rulebook.divisions import OFFICIAL
from tests.launcher.drill import PASSPHRASE, Kept, counts_of, stand_apart, type_in


@pytest.fixture(scope="session")
def kept() -> Iterator[Kept]:
    """An installation made, backed up and destroyed; what was kept of it elsewhere."""
    with tempfile.TemporaryDirectory(prefix="guitu kept ") as place:
        home, away = Home(Path(place) / "a home"), Path(place) / "away"
        away.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            stand_apart(patch)
            assert demonstrating.load(home) == 0
            (home.at / "divisions.csv").write_bytes(OFFICIAL.read_bytes())
            assert key_copies.set_recipient(home, to=away / "private.txt", public=None, replace=False) == 0
            type_in(patch, PASSPHRASE)
            assert key_copies.export(home, to=away / "keys.age") == 0
            assert backup.back_up(home, to=away) == 0
            (file,) = away.glob("*.backup.age")
            data_keys = key_copies.data_keys(home)
            assert data_keys is not None
            made = Kept(file, away / "private.txt", away / "keys.age", counts_of(home), data_keys)
        destroyed = processes.run(["rm", "-rf", str(home.at)])
        assert destroyed.returncode == 0
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Home:
    """A home in which nothing is."""
    return Home(tmp_path / "another home")


@pytest.fixture(scope="session")
def opened(kept: Kept) -> Iterator[Home]:
    """A home into which the kept keys were brought; opening them takes a second on purpose, so it is done once."""
    with tempfile.TemporaryDirectory(prefix="guitu opened ") as place:
        home = Home(Path(place) / "home")
        with pytest.MonkeyPatch.context() as patch:
            stand_apart(patch)
            type_in(patch, PASSPHRASE)
            assert key_copies.bring_in(home, kept.keys) == 0
        yield home


@pytest.fixture
def fresh_with_keys(opened: Home, fresh: Home) -> Home:
    """A home with the kept keys and no database."""
    shutil.copytree(opened.at, fresh.at)
    return fresh


@pytest.fixture(scope="session")
def standing(kept: Kept, opened: Home) -> Iterator[Home]:
    """A restored home; no test may change it."""
    with tempfile.TemporaryDirectory(prefix="guitu standing ") as place:
        home = Home(Path(place) / "home")
        with pytest.MonkeyPatch.context() as patch:
            stand_apart(patch)
            shutil.copytree(opened.at, home.at)
            assert restore(home, kept.file, identity=kept.identity, replace=False) == 0
        yield home


@pytest.fixture
def restored(standing: Home, tmp_path: Path) -> Home:
    """A restored home of one test: that one again, file by file, while its server is down."""
    assert EmbeddedServer(standing).running_pid() is None
    home = Home(tmp_path / "a restored home")
    shutil.copytree(standing.at, home.at, ignore=shutil.ignore_patterns("*.s.PGSQL.*"))
    return home
