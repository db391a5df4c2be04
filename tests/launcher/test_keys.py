import base64
import json
import os
import stat
from pathlib import Path

import pytest

from guitu.launcher import keys, roles
from guitu.launcher.home import Home
from guitu.launcher.speech import LauncherError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home with spaces")
    made.make()
    return made


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_every_key_file_is_readable_by_its_owner_only_whatever_the_umask(home: Home, umask: int) -> None:
    former = os.umask(umask)
    try:
        keys.make_keys(home, database_exists=False)
    finally:
        os.umask(former)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in home.keys.iterdir()}
    assert modes == {0o600}
    assert len(list(home.keys.iterdir())) == len(keys.ROLES) + 4  # superuser, Django, data, log
    assert keys.open_files(home) == []


def test_a_key_file_that_others_can_read_is_found(home: Home) -> None:
    keys.make_keys(home, database_exists=False)
    loose = keys.password_file(home, "guitu_owner")
    loose.chmod(0o640)
    assert keys.open_files(home) == [loose]


def test_keys_are_made_once_and_differ_from_each_other(home: Home) -> None:
    keys.make_keys(home, database_exists=False)
    before = {path.name: path.read_text() for path in home.keys.iterdir()}
    keys.make_keys(home, database_exists=True)
    assert {path.name: path.read_text() for path in home.keys.iterdir()} == before
    assert len(set(before.values())) == len(before)


def test_data_keys_are_32_random_bytes_each(home: Home) -> None:
    keys.make_keys(home, database_exists=False)
    ring = json.loads((home.keys / keys.DATA_KEYS).read_text())
    current = ring["keys"][ring["current"]]
    assert current["suite"] == "intl"
    parts = [current["value"], current["index"], current["seal"], ring["blind_index"], ring["seal"]]
    assert [len(base64.b64decode(part)) for part in parts] == [32] * 5
    assert len(set(parts)) == 5


def test_lost_data_keys_of_an_existing_database_are_never_made_anew(home: Home) -> None:
    keys.make_keys(home, database_exists=False)
    (home.keys / keys.DATA_KEYS).unlink()
    with pytest.raises(LauncherError, match="data keys"):
        keys.make_keys(home, database_exists=True)
    assert not (home.keys / keys.DATA_KEYS).exists()


def test_a_missing_password_names_the_file_and_the_remedy(home: Home) -> None:
    with pytest.raises(LauncherError) as refused:
        keys.read_password(home, "guitu_app")
    assert str(keys.password_file(home, "guitu_app")) in refused.value.en
    assert "./guitu up" in refused.value.zh


def test_the_roles_with_a_password_are_the_roles_that_may_connect() -> None:
    assert set(keys.ROLES) == set(roles.CONNECTING)
