"""Tokens from the command line, in a process of its own, from the registration of a system to its first call."""

import json
import os
import subprocess
import sys
import uuid

import pytest

from tests.api.systems import Caller, problem
from tests.architecture.source import ROOT
from tests.factories.units import COUNTY


@pytest.fixture
def verb(fresh):
    """Runs ``access …`` as the machine's own user does."""

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess:
        environment = os.environ | {
            "GUITU_DB_NAME": fresh.database,
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "guitu.settings.test",
        }
        command = [sys.executable, "-m", "guitu.web.command_line", "access", *arguments]
        # Without a terminal of its own the process reads what is typed from its input.
        how = {"env": environment, "cwd": ROOT, "input": typed, "start_new_session": True}
        return subprocess.run(command, capture_output=True, text=True, check=False, **how)

    return run


def _post(verb, fresh) -> str:
    assert verb("token", "client-add", "county-casework", "--name", "县业务系统").returncode == 0
    filled = verb("account-add", "county-casework", "--unit", COUNTY, "--role", "COUNTY_OFFICER", "--title", "接口")
    assert filled.returncode == 0, filled.stderr
    with fresh.role("guitu_owner") as door:
        return str(
            door.execute(
                "SELECT p.id FROM access_post p JOIN access_account a ON a.id = p.account_id WHERE a.login = %s",
                ("county-casework",),
            ).fetchone()[0]
        )


def test_a_system_is_registered_given_a_post_and_a_token_and_the_token_is_ended(fresh, verb):
    post = _post(verb, fresh)
    made = verb("token", "add", "--as-post", post, "--purpose", "RECEIVE_RETURN", "--name", "收回执", "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    caller = Caller(told["token"])
    assert caller.get("/journeys").status_code == 200
    listed = verb("token", "list", "--json")
    (line,) = json.loads(listed.stdout)
    assert (line["id"], line["name"], line["calls"], line["purpose"]) == (told["id"], "收回执", 1, "RECEIVE_RETURN")
    plain = verb("token", "list")
    assert told["id"] in plain.stdout
    assert told["token"] not in listed.stdout + plain.stdout
    assert verb("token", "end", told["id"]).returncode == 0
    with problem(caller.get("/journeys"), 401, "token-ended"):
        pass
    assert "已结束" in verb("token", "list").stdout


def test_what_cannot_be_issued_is_refused_in_both_languages(fresh, verb):
    post = _post(verb, fresh)
    refused = [
        verb("token", "add", "--as-post", str(uuid.uuid4()), "--purpose", "RECEIVE_RETURN", "--name", "x"),
        verb("token", "add", "--as-post", post, "--purpose", "CLOCK", "--name", "x"),
        verb("token", "end", str(uuid.uuid4())),
        verb("token", "client-add", "county-casework", "--name", "又一个"),
        verb("set-password", "county-casework", typed="归途-Lantern-77\n" * 2),
    ]
    assert [one.returncode for one in refused] == [1] * 5, [one.stderr for one in refused]
    for one in refused[:4]:
        zh, en = one.stderr.strip().splitlines()
        assert zh
        assert en.isascii()
    assert "对接系统用令牌，不设口令" in refused[4].stderr
    assert not any("guitu_" in one.stdout for one in refused)
