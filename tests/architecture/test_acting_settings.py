"""Who acts is told to the database for one transaction, never for a connection; prepared plans stay off."""

import re

import pytest
from django.conf import settings

from tests.architecture.source import HOUSE

_LASTING = (
    re.compile(r"(?is)set_config\s*\((?:[^()]|\([^()]*\))*,\s*(?:false|'f'|0|%s)\s*\)"),
    re.compile(r"(?i)\bSET\s+(?:SESSION\s+)?guitu\."),
    re.compile(r"(?i)\bSET\s+(?:SESSION\s+)?(?:ROLE|AUTHORIZATION)\b"),
)
TEXTS = {".py", ".sql", ".yaml"}


def lasting_settings(text: str) -> list[str]:
    """Statements that would outlive their transaction and tell the next request who acts."""
    return [found.group(0) for pattern in _LASTING for found in pattern.finditer(text)]


def unsafe_connection(options: dict[str, object]) -> list[str]:
    """Which of the two connection options that the cage rests on are not as they must be."""
    wrong = []
    if "prepare_threshold" not in options or options["prepare_threshold"] is not None:
        wrong.append("prepare_threshold")
    if options.get("server_side_binding") is not True:
        wrong.append("server_side_binding")
    return wrong


def test_nothing_about_the_actor_outlives_a_transaction():
    found = {
        path.relative_to(HOUSE).as_posix(): lasting
        for path in sorted(HOUSE.rglob("*"))
        if path.suffix in TEXTS and (lasting := lasting_settings(path.read_text(encoding="utf-8")))
    }
    emptied = found.pop("access/database/base.py")  # before what is said outside a transaction: nobody acts there
    assert emptied == ["set_config('guitu.token', '', false)", "set_config('guitu.purpose', '', false)"]
    assert found == {}


def test_the_connection_binds_on_the_server_and_prepares_no_plan():
    assert unsafe_connection(settings.DATABASES["default"]["OPTIONS"]) == []
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False


@pytest.mark.parametrize(
    "text",
    [
        "SELECT set_config('guitu.token', %s, false)",
        "PERFORM set_config('guitu.token', encode(token, 'hex'), FALSE);",
        "SELECT set_config('guitu.token', %s, %s)",
        "SET guitu.token = 'x'",
        "SET SESSION guitu.purpose TO 'x'",
        "SET ROLE guitu_owner",
    ],
)
def test_a_lasting_setting_is_noticed(text):
    assert lasting_settings(text) != []


@pytest.mark.parametrize("text", ["SELECT set_config('guitu.token', %s, true)", "SET LOCAL guitu.token = 'x'"])
def test_a_setting_for_one_transaction_passes(text):
    assert lasting_settings(text) == []


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({}, ["prepare_threshold", "server_side_binding"]),
        ({"prepare_threshold": 5, "server_side_binding": True}, ["prepare_threshold"]),
        ({"prepare_threshold": None, "server_side_binding": False}, ["server_side_binding"]),
    ],
)
def test_an_unsafe_connection_is_noticed(options, wrong):
    assert unsafe_connection(options) == wrong
