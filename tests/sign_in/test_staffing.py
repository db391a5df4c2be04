"""The first administrator comes from the command line: accounts, posts, passwords, each change with its line."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from guitu.access import queries
from tests.conftest import ROOT
from tests.factories.units import COUNTY, PROVINCE
from tests.sign_in.with_passkeys import PASSWORD

NEW = "归途-Lantern-77"


@pytest.fixture
def verb(house):
    """Runs ``access …`` in a process of its own; what it is asked is typed line by line."""

    def run(*arguments, typed=()):
        script = (
            "import getpass, sys\n"
            f"answers = iter({list(typed)!r})\n"
            "getpass.getpass = lambda prompt='': next(answers)\n"
            "from guitu.web.command_line.__main__ import main\n"
            f"sys.exit(main(['access', *{list(arguments)!r}]))\n"
        )
        environment = os.environ | {
            "GUITU_DB_NAME": house.database,
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "guitu.settings.test",
        }
        return subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, cwd=ROOT
        )

    return run


def changes(house):
    with house.role("guitu_owner") as door:
        return door.execute("SELECT what, done_by <> '' FROM access_change ORDER BY at, what").fetchall()


def test_a_new_administrator_signs_in_after_replacing_the_given_password(house, verb, settings_for_pages):
    post = ("--unit", PROVINCE, "--role", "SYSTEM_ADMINISTRATOR", "--title", "系统管理员")
    made = verb("account-add", "shen", "--name", "沈见山", *post)
    assert made.returncode == 0, made.stderr
    assert verb("set-password", "shen", typed=[PASSWORD, PASSWORD]).returncode == 0
    browser = Client()
    answer = browser.post("/sign-in/", {"login": "shen", "password": PASSWORD})
    assert answer["Location"].startswith("/sign-in/step/")
    assert browser.get("/units/").status_code == 302
    assert browser.post("/sign-in/step/", {"new": PASSWORD, "again": PASSWORD}).status_code == 422
    assert browser.post("/sign-in/step/", {"new": NEW, "again": NEW + "x"}).status_code == 422
    assert browser.post("/sign-in/step/", {"new": NEW, "again": NEW})["Location"] == "/"
    assert browser.get("/units/").status_code == 200
    assert browser.post("/sign-in/", {"login": "shen", "password": NEW})["Location"] == "/"
    assert changes(house) == [("ACCOUNT_ADDED", True), ("POST_FILLED", True), ("PASSWORD_SET", True)]


def test_an_expired_password_is_replaced_before_coming_in(house, password, browser):
    password("county")
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET password_set_at = clock_timestamp() - interval '91 days'")
    answer = browser.post("/sign-in/", {"login": "county", "password": PASSWORD})
    assert answer["Location"].startswith("/sign-in/step/")
    assert browser.post("/sign-in/step/", {"new": NEW, "again": NEW})["Location"] == "/"


def test_ending_a_post_ends_its_session(house, verb):
    token = house.token("county")
    session = queries.session_of(token)
    assert verb("post-end", str(session.post_id)).returncode == 0
    with pytest.raises(queries.SessionEnded):
        queries.session_of(token)
    assert verb("post-end", str(session.post_id)).returncode == 1
    assert changes(house) == [("POST_ENDED", True)]


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (("account-add", "x", "--name", "甲", "--unit", "000000000000", "--role", "SUPERVISOR", "--title", "岗"), ()),
        (("account-add", "x", "--name", "甲", "--unit", COUNTY, "--role", "EMPEROR", "--title", "岗"), ()),
        (("account-add", "x", "--unit", COUNTY, "--role", "SUPERVISOR", "--title", "岗"), ()),
        (("account-add", "county", "--unit", COUNTY, "--role", "COUNTY_OFFICER", "--title", "岗"), ()),
        (("set-password", "nobody-here"), (PASSWORD, PASSWORD)),
        (("set-password", "county"), (PASSWORD, PASSWORD + "x")),
        (("set-password", "county"), ("short", "short")),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(house, verb, arguments, typed):
    told = verb(*arguments, typed=typed)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert told.stderr.strip()
    assert changes(house) == []


def test_the_roles_can_be_read(verb):
    told = json.loads(verb("roles", "--json").stdout)
    assert {"role", "zh", "en", "may", "purposes"} == set(told[0])
    assert "SYSTEM_ADMINISTRATOR" in {role["role"] for role in told}


def test_compiling_from_the_command_line_finds_nothing_to_change(verb):
    told = verb("compile")
    assert (told.returncode, told.stdout) == (0, "改动0条行级策略 · 0 row policies changed\n")
