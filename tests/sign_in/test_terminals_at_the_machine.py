"""The ways back in, and the beginning: the grace of a real installation, and the command line of the terminals."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection
from typer.testing import CliRunner

from guitu.access import establishing
from guitu.access.queries import terminals_from
from guitu.rulebook.terminals import terminal_rules
from guitu.web.command_line.access import app
from tests.factories.units import PROVINCE
from tests.ledger.test_the_log import as_role
from tests.sign_in.authenticator import Device
from tests.sign_in.test_terminals import DESK, bind, demanded, keys_of, post_of, with_passkey, with_password

SECURITY, SYSTEM = f"security:{PROVINCE}:SECURITY_ADMINISTRATOR", f"system:{PROVINCE}:SYSTEM_ADMINISTRATOR"


@pytest.fixture
def verb(house, monkeypatch):
    """Runs ``access terminal …`` in this house; answers are typed line by line. Gives exit code and what it said."""
    monkeypatch.setenv("GUITU_DB_HOST", house.server.host)
    monkeypatch.setattr("getpass.getuser", lambda: "wang")

    def run(*words, typed=""):
        result = CliRunner().invoke(app, ["terminal", *map(str, words)], input=typed)
        return result.exit_code, result.output

    return run


def test_when_nobody_may_administer_the_machine_registers_and_assesses_by_two_hands(house, verb, at_host, password):
    password("system")
    demanded(house)
    browser, device, all_hold = at_host(), Device(), "y\n" * len(terminal_rules().items)
    with_password(browser, "system")
    assert browser.get(DESK).status_code == 403
    assert "您还没有登记管理终端" in browser.get("/account/").content.decode()
    code, made = verb("add", "GL-001", "机房管理台", "--for", post_of("system"), "--as", SYSTEM)
    assert code == 0
    terminal = uuid.UUID(made.strip())
    assert verb("add", "GL-001", "同号", "--for", post_of("system"), "--as", SYSTEM)[0] == 1
    assert bind(browser, device, terminal)[1].status_code == 200  # the own account opens without a terminal
    assert verb("assess", terminal, "--as", SYSTEM, typed=all_hold)[0] == 1  # his own
    assert verb("assess", terminal, "--as", SECURITY, typed="n\n" + all_hold)[0] == 1  # no words
    code, said = verb("assess", terminal, "--as", SECURITY, typed=all_hold)
    assert (code, "管理台" in said, "评估有效" in said) == (0, True, True)
    with_passkey(browser, device)
    assert browser.get(DESK).status_code == 200
    assert "OK" in verb("list", "--as", SECURITY)[1]
    assert verb("withdraw", terminal, "--why", "丢失", "--for-good", "--as", SYSTEM)[0] == 0
    assert browser.get(DESK).status_code == 403
    assert keys_of(house, terminal) == []
    with house.role("guitu_owner") as door:
        lines = door.execute("SELECT count(*) FROM access_sign_in WHERE address = 'command line: wang'").fetchone()
    assert lines == (7,)


def test_a_real_installation_demands_terminals_from_the_end_of_the_grace_and_a_demonstration_never(house):
    first, later = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC)
    with as_role("guitu_owner"):
        establishing.declare("DEMONSTRATION", at=first)
        assert terminals_from() is None
        with connection.cursor() as cursor:
            cursor.execute("UPDATE access_installation SET kind = 'REAL'")
        establishing.declare("REAL", at=first)
        establishing.declare("REAL", at=later)  # a second start moves nothing
        assert terminals_from() == first + terminal_rules().grace
