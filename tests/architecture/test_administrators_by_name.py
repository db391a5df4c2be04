"""The three administrators are named in roles.py alone: the database has them from there, pages ask what they may."""

from pathlib import Path

from guitu.access.roles import SEPARATED
from guitu.web.log_watch import ADMINISTRATORS, SYSTEM
from guitu.web.speaking_signs import AUDITORS

SOURCE = Path(__file__).parents[2] / "src" / "guitu"
FICTION = "demonstration"  # who staffs the demonstration is its data


def named(texts):
    """The files that name one of the three."""
    return sorted(name for name, text in texts.items() if any(role.code in text for role in SEPARATED))


def test_neither_the_database_nor_a_page_names_one_of_the_three():
    files = [*(SOURCE / "access" / "sql").glob("*.sql"), *(SOURCE / "web").rglob("*.py")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in files if not path.name.startswith(FICTION)}
    assert len(texts) > 100
    assert named(texts) == []
    assert named(texts | {"forgotten.sql": "p.role = 'AUDIT_ADMINISTRATOR'"}) == ["forgotten.sql"]


def test_the_desks_that_are_told_of_the_log_are_those_who_watch_and_audit():
    assert (SYSTEM, AUDITORS) == (("SYSTEM_ADMINISTRATOR",), ("AUDIT_ADMINISTRATOR",))
    assert ADMINISTRATORS == ("SYSTEM_ADMINISTRATOR", "AUDIT_ADMINISTRATOR")
