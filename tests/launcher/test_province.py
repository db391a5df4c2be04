"""The first start copies the province in beside the county, whole or not at all; the setting 0 leaves it out."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from guitu.launcher import database as databases
from guitu.launcher import preparation, province
from guitu.launcher.database import Database
from guitu.launcher.home import Home
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError
from tests.launcher.drill import counts_of, execute

NOWHERE = Database("nowhere", 1, "none", "host=/nonexistent")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose server runs; the suite's own database is out of sight."""
    for name in [name for name in os.environ if name.startswith("GUITU_") and name != "GUITU_PG_BINDIR"]:
        monkeypatch.delenv(name)
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    made = Home(tmp_path / "a home")
    made.make()
    monkeypatch.setattr(preparation, "own_server", lambda home: EmbeddedServer(home, lasting=False))
    return made


def prepare(home: Home, *, told_to_stop: Callable[[], bool] = lambda: False) -> None:
    """What `up` does before anything is served, without the county's people."""
    server = preparation.own_server(home)
    assert server is not None
    try:
        database = preparation.open_database(home, server)
        env = databases.process_environment(home, database) | {"GUITU_DEMO": "0"}
        preparation.prepare_contents(home, database, env, demo=True, told_to_stop=told_to_stop, begun=lambda _: None)
    finally:
        server.stop()


def databases_of(home: Home) -> set[str]:
    with EmbeddedServer(home, lasting=False).in_use():
        return {str(name) for (name,) in execute(home, "SELECT datname FROM pg_database WHERE NOT datistemplate")}


def test_the_first_start_takes_in_as_many_people_as_wanted_and_the_next_leaves_them(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(province.SETTING, "3")
    prepare(home)
    first = counts_of(home)
    assert first["people_person"] == 3
    assert first["journeys_journey"] == 3
    assert databases_of(home) == {"postgres", "guitu"}
    home.prepared_stamp.unlink()
    prepare(home)
    assert counts_of(home) == first


def test_a_start_that_is_stopped_takes_nobody_in_and_leaves_no_copy(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(province.SETTING, "3")
    with pytest.raises(LauncherError):
        prepare(home, told_to_stop=lambda: True)
    assert databases_of(home) == {"postgres", "guitu"}
    assert not home.prepared_stamp.exists()


@pytest.mark.parametrize("told", ["-1", "many", "3.5", "30001", "３"])
def test_a_setting_that_is_no_number_of_people_is_refused(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(province.SETTING, told)
    with pytest.raises(LauncherError, match="number from 0 to 30000"):
        province.wanted()


def test_without_the_setting_the_province_has_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(province.SETTING, raising=False)
    assert province.wanted() == province.PERSONS > 0


@pytest.mark.parametrize(
    ("told", "demo", "settings"),
    [
        ("0", True, databases.DEMO_SETTINGS),
        ("3", False, databases.DEMO_SETTINGS),
        ("3", True, "guitu.settings.production"),
    ],
)
def test_no_province_is_begun_where_none_is_wanted(
    told: str, demo: bool, settings: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(province.SETTING, told)
    env = {"DJANGO_SETTINGS_MODULE": settings}
    with province.on_the_way(NOWHERE, env, demo=demo, told_to_stop=lambda: False) as walk:
        assert walk is None
