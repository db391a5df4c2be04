import os
from pathlib import Path

import pytest

from guitu.launcher import database as databases
from guitu.launcher import suite
from guitu.launcher.binaries import as_named_user, is_named
from guitu.launcher.home import Home
from guitu.launcher.preparation import refuse_root_for_real
from guitu.launcher.running import Wishes
from guitu.launcher.speech import LauncherError


def test_processes_are_told_home_and_database_but_no_password_and_no_superusers_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres:geheim@db.example/guitu")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    address = databases.outside(os.environ["DATABASE_URL"])
    env = databases.process_environment(Home(tmp_path / "my home"), address)
    assert env["GUITU_HOME"] == str(tmp_path / "my home")
    assert (env["GUITU_DB_HOST"], env["GUITU_DB_PORT"], env["GUITU_DB_NAME"]) == ("db.example", "5432", "guitu")
    assert env["DJANGO_SETTINGS_MODULE"] == "guitu.settings.demo"
    assert "geheim" not in " ".join(env.values())
    assert not {"DATABASE_URL", "PYTHONPATH"} & env.keys()


def test_settings_chosen_by_the_caller_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "guitu.settings.production")
    monkeypatch.delenv("GUITU_DB_HOST", raising=False)
    env = databases.process_environment(Home(tmp_path), None)
    assert env["DJANGO_SETTINGS_MODULE"] == "guitu.settings.production"
    assert "GUITU_DB_HOST" not in env


def test_an_outside_address_may_carry_port_tls_and_escaped_words() -> None:
    found = databases.outside("postgresql://adm%40in:p%2Fw@db.example:6543/way%20home?sslmode=verify-full")
    assert (found.host, found.port, found.name, found.sslmode) == ("db.example", 6543, "way home", "verify-full")
    assert "dbname=postgres" in found.superuser_dsn
    assert "p/w" in found.superuser_dsn


@pytest.mark.parametrize(
    "url", ["mysql://a:b@c/d", "postgresql://a:b@c", "postgresql://a:b@/d", "postgresql://c/d", "db.example"]
)
def test_an_incomplete_address_is_refused_with_the_form_expected(url: str) -> None:
    with pytest.raises(LauncherError, match="postgresql://USER") as refused:
        databases.outside(url)
    assert refused.value.exit_code == 2


def test_root_may_run_a_demonstration_and_no_real_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")
    refuse_root_for_real()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "guitu.settings.production")
    with pytest.raises(LauncherError, match="root"):
        refuse_root_for_real()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    refuse_root_for_real()


def test_root_becomes_a_user_the_system_names_because_the_database_programs_ask_for_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    words = as_named_user()
    mapped = int(words[2].removeprefix("--map-user="))
    assert mapped != 0
    assert is_named(mapped)


def test_the_arguments_behind_two_dashes_are_pytests_and_others_are_refused() -> None:
    assert suite.split_arguments([]) == (frozenset(), [])
    assert suite.split_arguments(["--full"]) == (frozenset({"--full"}), [])
    assert suite.split_arguments(["--", "-k", "--full"]) == (frozenset(), ["-k", "--full"])
    with pytest.raises(LauncherError, match="after --"):
        suite.split_arguments(["tests/launcher"])


def test_up_serves_this_machine_only_unless_told_otherwise() -> None:
    assert Wishes().host == "127.0.0.1"
    assert Wishes().port is None
