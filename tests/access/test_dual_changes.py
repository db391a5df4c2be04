"""双人变更: one administrator proposes with the differences, one of another office confirms; the database holds it."""

import json
import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import connection, transaction

from guitu.access import dual_changes
from guitu.access import dual_changes_at_machine as at_machine
from guitu.access.dual_changes import ChangeRefused
from guitu.access.rule_packs import active_book, packs_listed
from tests.access.test_rule_packs import PROVINCE, YEAR_2027
from tests.factories.packs import proposed, put_in_force

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
SHORTER = PROVINCE.replace("value: 12", "value: 8")


def decide(house, change, decision="CONFIRMED", *, hand="security", shown=None, reason="") -> None:
    """Decide as the account named; `shown` is what the page showed."""
    with house.acting(hand):
        with transaction.atomic():
            seen = dual_changes.change_or_none(change).sha256
        dual_changes.decide(change, decision, shown=shown or seen, reason=reason, at=AT)


def in_force(house) -> list[str]:
    with house.acting("system"), transaction.atomic():
        return [pack.name for pack in packs_listed()]


def test_a_pack_is_in_force_only_when_another_office_has_confirmed_what_was_shown(house) -> None:
    change = proposed(house, "province.yaml", SHORTER, at=AT)
    assert in_force(house) == []
    with house.acting("audit"), transaction.atomic():
        (told,) = dual_changes.change_or_none(change).differences
    assert told.what.zh.startswith("CC-INV-03 ")
    assert told.what.zh.endswith("（910000） 法定")
    assert (told.since, told.old.zh, told.new.zh, told.basis.zh) == (
        "2027-01-01",
        "10个工作日",
        "8个工作日",
        "示范省细则第七条",
    )
    decide(house, change)
    decide(house, change)  # pressed twice
    assert in_force(house) == ["province.yaml"]
    with house.role("guitu_owner") as door:
        acts = door.execute("SELECT act FROM ledger_entry WHERE act LIKE 'access:change%' OR act LIKE 'access:pack%'")
        assert sorted(row[0] for row in acts) == [
            "access:change:confirmed",
            "access:change:proposed",
            "access:pack:loaded",
        ]


def test_the_proposers_own_hand_a_namesakes_and_the_same_office_are_refused_by_the_database(house) -> None:
    change = proposed(house, "province.yaml", SHORTER, at=AT)
    with pytest.raises(ChangeRefused) as refusal:
        decide(house, change, hand="system")
    assert refusal.value.code == "OWN"
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET name = '沈见山' WHERE login = 'security'")
        with pytest.raises(ChangeRefused) as refusal:
            decide(house, change)
        assert refusal.value.code == "OWN"
        door.execute("UPDATE access_account SET name = '陆怀瑾' WHERE login = 'security'")
        # Another system administrator: another account and another name, and still the same office.
        door.execute("UPDATE access_dual_change SET proposed_role = 'SECURITY_ADMINISTRATOR'")
        with pytest.raises(ChangeRefused) as refusal:
            decide(house, change)
        assert refusal.value.code == "OFFICE"
        # Control: the function gone round by the owner's own SQL, the constraint still stands.
        forged = (
            "UPDATE access_dual_change SET decision = 'CONFIRMED', decided_by_id = proposed_by_id, decided_at = now(),"
            " decided_account = {account}, decided_name = {name}, decided_role = {role}"
        )
        another = {"account": "gen_random_uuid()", "name": "'某人'", "role": "'AUDIT_ADMINISTRATOR'"}
        for one in ("account", "name", "role"):
            with pytest.raises(psycopg.errors.CheckViolation):
                door.execute(forged.format(**another | {one: f"proposed_{one}"}))
        door.execute(forged.format(**another))
    assert in_force(house) == [], "a forged confirmation puts no pack in force"


def test_what_was_not_shown_or_changed_since_is_not_confirmed(house) -> None:
    change = proposed(house, "province.yaml", SHORTER, at=AT)
    with pytest.raises(ChangeRefused) as refusal:
        decide(house, change, shown=dual_changes.digest_of("another text"))
    assert refusal.value.code == "CHANGED"
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_dual_change SET content = replace(content, 'value: 8', 'value: 9')")
    with pytest.raises(ChangeRefused) as refusal:
        decide(house, change)
    assert refusal.value.code == "CHANGED"
    year = proposed(house, "2027.yaml", YEAR_2027, at=AT)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_dual_change SET differences = '[]' WHERE id = %s", [year])
    with pytest.raises(ChangeRefused) as refusal:
        decide(house, year)
    assert refusal.value.code == "DIFFERENCES"
    assert in_force(house) == []


def test_a_change_is_refused_or_taken_back_with_words_and_decided_once(house) -> None:
    change = proposed(house, "province.yaml", SHORTER, at=AT)
    with pytest.raises(ChangeRefused, match="say why"):
        decide(house, change, "REFUSED")
    with pytest.raises(ChangeRefused, match="only whoever proposed"):
        decide(house, change, "WITHDRAWN", reason="我来撤")
    decide(house, change, "REFUSED", reason="细则还没有公布")
    with pytest.raises(ChangeRefused, match="decided already"):
        decide(house, change)
    again = proposed(house, "province.yaml", SHORTER, at=AT)
    decide(house, again, "WITHDRAWN", hand="system", reason="条文写错了")
    with house.acting("security"), transaction.atomic():
        assert dual_changes.changes_listed(open_only=True, first=0, most=5)[1] == 0
        listed, total = dual_changes.changes_listed(open_only=False, first=0, most=5)
    assert (total, {line.decision for line in listed}) == (2, {"REFUSED", "WITHDRAWN"})
    assert in_force(house) == []


def test_a_pack_that_says_less_than_the_one_it_replaces_shows_what_falls_back(house) -> None:
    put_in_force(house, "province.yaml", SHORTER, at=AT)
    with house.acting("system"), transaction.atomic():
        first, day = packs_listed()[0], active_book().value_on("CC-INV-03", date(2027, 1, 1), "910000")
    assert day.statutory.value == 8
    later = SHORTER.replace("from: 2027-01-01", "from: 2027-06-01")
    change = proposed(house, "province.yaml", later, at=AT, replaces=first.id)
    with house.acting("security"), transaction.atomic():
        told = dual_changes.change_or_none(change).differences
    assert [(one.since, one.old.en, one.new.en) for one in told] == [
        ("2027-01-01", "8 working days", "10 working days")
    ]


def test_a_key_changes_hands_between_two_offices_and_nobody_else_proposes_it(house) -> None:
    change = uuid.uuid4()
    with house.acting("security"):
        dual_changes.propose_key(change, dual_changes.KEY_ROTATION, named="gm", words="年度换用", at=AT)
    with pytest.raises(ChangeRefused):
        decide(house, change, hand="security")
    decide(house, change, hand="system")
    with house.acting("audit"), pytest.raises(PermissionError):
        dual_changes.decide(change, "REFUSED", shown="", reason="x", at=AT)


@contextmanager
def owner(house):
    """The machine's own hand."""
    connection.close()
    before, connection.settings_dict["USER"] = connection.settings_dict["USER"], "guitu_owner"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


def test_the_machine_acts_on_a_confirmed_change_once_and_in_an_emergency_leaves_its_own_line(house) -> None:
    def rotate(event: int, emergency: str = "") -> None:
        at_machine.carry_out(
            "ledger:key:rotated",
            uuid.UUID(int=event),
            kind="KEY_ROTATION",
            named="gm",
            emergency=emergency,
            facts={"key": "k2"},
            done_by="ops",
            at=AT,
        )

    change = uuid.uuid4()
    with house.acting("system"):
        dual_changes.propose_key(change, "KEY_ROTATION", named="gm", words="年度换用", at=AT)
    with owner(house), pytest.raises(at_machine.NotConfirmed):
        rotate(1)
    decide(house, change)
    with owner(house):
        assert at_machine.ordered("KEY_ROTATION", "gm") == change
        rotate(1)
        rotate(1)  # interrupted, and run again
        with pytest.raises(at_machine.NotConfirmed):
            rotate(2)
        rotate(3, emergency="密钥外泄")
        # Before there is any administrator, as at a first installation, nobody could confirm.
        with connection.cursor() as cursor:
            cursor.execute("UPDATE access_post SET role = 'PRISON_LIAISON' WHERE role LIKE '%%_ADMINISTRATOR'", [])
        assert at_machine.ordered("KEY_RETIREMENT", "k1") is None
    with house.role("guitu_owner") as door:
        kept = door.execute(
            "SELECT p.canonical FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
            " WHERE e.act = 'ledger:key:rotated' ORDER BY e.event_id"
        ).fetchall()
        hands = door.execute("SELECT decision, done_by FROM access_dual_change ORDER BY decision").fetchall()
    first, second = (json.loads(row[0].splitlines()[-1]) for row in kept)
    assert (first["change"], first["emergency"]) == (str(change), "")
    assert first["proposed_by"] != first["confirmed_by"]
    assert (second["emergency"], second["confirmed_by"]) == ("密钥外泄", "")
    assert hands == [("CONFIRMED", "ops"), ("EMERGENCY", "ops")]


def test_a_start_with_other_roles_than_before_is_noted_once_and_read_by_the_audit_administrator(house) -> None:
    with owner(house):
        noted = [at_machine.note_roles(roles=roles, deployed="d", at=AT) for roles in ("a", "a", "b")]
    assert noted == [True, False, True]
    with house.acting("audit"), transaction.atomic():
        told = {(line.roles_before, line.roles) for line in dual_changes.role_editions(most=5)}
    assert told == {("", "a"), ("a", "b")}
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM ledger_entry WHERE act = 'access:roles:changed'").fetchone() == (2,)
