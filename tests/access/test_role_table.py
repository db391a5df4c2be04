"""The table of roles in docs/roles.md is what the code says; ``./guitu access roles --table`` prints it anew."""

from guitu.access.roles import ROLES
from guitu.web.command_line.access import role_table
from tests.conftest import ROOT


def test_the_documented_roles_are_those_of_the_code():
    text = (ROOT / "docs" / "roles.md").read_text(encoding="utf-8")
    told = [line for line in text.splitlines() if line.startswith("|")]
    assert told == role_table().splitlines()
    assert len(told) == len(ROLES) + 2
