"""A request about one's own data, end to end: asked, decided by another, built, read; late, refused, erased."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from guitu.access import errands
from guitu.access.operations import NotAllowed
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import keys
from guitu.rights import asking, copies, deciding, late, queries, retention
from guitu.web import worker
from tests.roads.walking import ticking
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import ACKNOWLEDGED, AT_SIBLING, MOMENT, REGISTERED, SENT

HOURS = timedelta(hours=8)
LATER = MOMENT + timedelta(hours=2)


def work() -> str | None:
    with errands.worker() as hand:
        return worker.run_once(hand)


def ask(house, kind, *, words="请办", contested=None, at=MOMENT, login="person"):
    mark = uuid.uuid4()
    with house.acting(login):
        asking.ask(house.persons[SENT], kind=kind, words=words, contested=contested, event_id=mark, at=at)
    return mark


def decide(house, request, outcome, ground="", *, login="prison", words="按法律规定答复如下。"):
    with house.acting(login):
        deciding.decide(
            house.persons[SENT],
            request,
            outcome=outcome,
            ground=ground,
            words=words,
            event_id=uuid.uuid4(),
            at=LATER,
        )


def rows(house, question, *values):
    with house.role("guitu_owner") as door:
        return door.execute(question, values).fetchall()


def tell(at):
    with ticking():
        late.tell_late_requests(at=at, most=50)


def fetched(house, request, form):
    with house.acting("person"):
        return copies.fetch(house.persons[SENT], request, form, event_id=uuid.uuid4(), at=LATER)


def test_an_errand_about_a_request_is_given_by_who_sees_the_person_and_by_nobody_else(fresh) -> None:  # noqa: F811
    request = ask(fresh, "COPY")
    refused = pytest.raises(DatabaseError, match="nothing that this post has to do")
    with refused, fresh.acting("foreign"), transaction.atomic():
        errands.give(deciding.BUILD, request)
    with fresh.acting("prison"), transaction.atomic():  # the control
        errands.give(deciding.BUILD, request)


def test_a_copy_is_asked_for_decided_built_and_read_by_the_person(fresh):  # noqa: F811
    secret = "邻居说他欠过钱-只给调查的人看"
    with fresh.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO journeys_answer (id, journey_id, person_id, division, step, round, outcome, kind, note, at,"
            " post_id, unit_id) SELECT gen_random_uuid(), j.id, j.person_id, j.division, 'verification', '',"
            " 'confirmed', 'done', %s, now(), gen_random_uuid(), j.duty_unit_id FROM journeys_journey j"
            " WHERE j.person_id = %s",
            (secret, fresh.persons[SENT]),
        )
    request = ask(fresh, "COPY")
    with pytest.raises(deciding.DecisionRefused):
        decide(fresh, request, "REFUSED")  # without a ground
    decide(fresh, request, "GRANTED")
    with pytest.raises(MoveNotAllowed):
        decide(fresh, request, "GRANTED")
    with pytest.raises(deciding.RequestUnknown):
        fetched(fresh, request, copies.MACHINE)
    assert work() == errands.DONE
    machine = json.loads(fetched(fresh, request, copies.MACHINE))
    assert machine["schema"] == copies.SCHEMA
    text = json.dumps(machine, ensure_ascii=False)
    facts = rows(fresh, "SELECT item, value, sealed_value FROM people_fact WHERE person_id = %s", fresh.persons[SENT])
    for item, value, sealed in facts:
        plain = value or keys.decrypt(bytes(sealed), belongs_to=f"{fresh.persons[SENT]}:{item}")
        assert json.dumps(plain, ensure_ascii=False)[1:-1] in text, item
    assert secret not in text
    left = [line for room in machine["rooms"] for table in room["tables"] for line in table["left_out"]]
    assert {"STATEMENTS", "EVALUATION"} <= {line["ground"] for line in left}
    assert all(line["why"] and line["article"] for line in left)
    assert not any(str(other) in text for name, other in fresh.persons.items() if name != SENT)
    readable = fetched(fresh, request, copies.READABLE)
    assert readable.startswith(b"%PDF")
    ((sealed,),) = rows(fresh, "SELECT machine FROM rights_copy")
    assert SENT.encode() not in bytes(sealed)
    ((given, seen),) = rows(
        fresh,
        "SELECT (SELECT count(*) FROM ledger_entry WHERE act = 'people:copy:given'),"
        " (SELECT max(cardinality(fields)) FROM access_trace WHERE action = 'rights:build')",
    )
    assert (given, seen) == (2, len({item for item, _, _ in facts}))
    with fresh.acting("sibling"), pytest.raises(LookupError):
        copies.print_out(fresh.persons[SENT], request, event_id=uuid.uuid4(), at=LATER)
    with fresh.role(
        "guitu_owner"
    ) as door:  # sealed since: behind every range, and the copy goes in its time all the same
        door.execute(
            "UPDATE people_person SET sealed_at = %s, division = people_sealed_division(division) WHERE id = %s",
            (LATER, fresh.persons[SENT]),
        )
    with ticking():
        assert late.forget_copies(at=LATER) == 0
        assert late.forget_copies(at=LATER + timedelta(weeks=9)) == 1


def test_whoever_did_it_does_not_decide_about_it_and_a_late_request_climbs(fresh):  # noqa: F811
    with fresh.acting("person"), transaction.atomic():
        lines = asking.contestable(fresh.persons[SENT])
    sent = next(line for line in lines if line.act == "handover:dossier:sent")
    with pytest.raises(asking.RequestRefused):
        ask(fresh, "OBJECTION")
    request = ask(fresh, "OBJECTION", contested=sent.entry_id)
    with pytest.raises(MoveNotAllowed, match="自己作出的决定"):
        decide(fresh, request, "REFUSED", "UPHELD")
    overdue = MOMENT + timedelta(weeks=2)
    tell(overdue)
    told = rows(
        fresh,
        "SELECT n.code, u.kind FROM notices_notice n LEFT JOIN access_unit u ON u.id = n.unit_id WHERE subject_id = %s",
        request,
    )
    assert {("RIGHT_ASKED", "prison"), ("RIGHT_LATE", "prison"), ("OWN_RIGHT_LATE", None)} <= set(told)
    assert [kind for code, kind in told if code == "RIGHT_ESCALATED"] != []
    with fresh.acting("prison-leader"), transaction.atomic():
        (found,), total = queries.listed("LATE", "", now=overdue, first=0, most=10)
    assert (found.id, total) == (request, 1)
    decide(fresh, request, "REFUSED", "UPHELD", login="prison-leader")  # control: somebody else of the unit may
    tell(overdue + timedelta(weeks=9))
    assert (
        len(rows(fresh, "SELECT 1 FROM notices_notice WHERE subject_id = %s", request)) == len(told) + 1
    )  # the answer


def test_an_erasure_is_for_a_head_to_grant_and_not_while_the_matter_is_in_hand(fresh):  # noqa: F811
    request = ask(fresh, "DELETION")
    with pytest.raises(NotAllowed):
        decide(fresh, request, "GRANTED", "ACHIEVED")
    with pytest.raises(deciding.DecisionRefused, match="IN_HAND"):
        decide(fresh, request, "GRANTED", "ACHIEVED", login="prison-leader")
    decide(fresh, request, "REFUSED", "IN_HAND")
    with fresh.acting("person"), transaction.atomic():
        lines = asking.contestable(fresh.persons[SENT])
        assert [line.act for line in lines if line.act.startswith("rights:request:decided")] != []
    refusal = next(line for line in lines if line.act == "rights:request:decided")
    again = ask(fresh, "OBJECTION", contested=refusal.entry_id)
    decide(fresh, again, "GRANTED", login="prison-leader")


def test_an_erasure_leaves_nothing_but_the_proof(fresh):  # noqa: F811
    person = fresh.persons[SENT]
    request = ask(fresh, "DELETION")
    decide(fresh, request, "GRANTED", "UNLAWFUL", login="prison-leader")
    with fresh.acting("prison"), pytest.raises(NotAllowed):  # an officer decides requests and erases nobody
        deciding.again(person, request)
    with fresh.acting("prison-leader"):
        deciding.again(person, request)  # control; the open errand goes on
    for statement in ("SELECT * FROM people_erase(%s)", "SELECT rights_erased(%s, now(), '{}')"):
        with fresh.role("guitu_job") as door, pytest.raises(Exception, match="no acting session"):
            door.execute(statement, (person,))
        with fresh.role("guitu_app") as door, pytest.raises(Exception, match="permission denied"):
            door.execute(statement, (person,))
    assert work() == errands.DONE
    with fresh.role("guitu_owner") as door:
        held = door.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t"
            " USING (table_schema, table_name) WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            " AND c.data_type IN ('uuid', 'text') AND c.table_name <> 'access_trace'"
        ).fetchall()
        left = [
            (table, column)
            for table, column in held
            if door.execute(
                f'SELECT 1 FROM "{table}" WHERE "{column}"::text IN (%s, %s) LIMIT 1', (str(person), SENT)
            ).fetchone()
        ]
        assert left == [("ledger_erasure", "person_id")]  # the register, from which a restore erases again
        about = "SELECT count(*) FROM ledger_payload WHERE subjects = ARRAY[%s]::uuid[]"
        assert door.execute(about, (person,)).fetchone() == (0,)
        ((counts, done_at, whom, document),) = door.execute(
            "SELECT counts, done_at, person_id, document_id FROM rights_erasure"
        ).fetchall()
        assert (whom, done_at is None, document is None) == (None, False, False)
        assert (counts["people_person"], counts["exchange_parcel"], counts["people_fact"] > 5) == (1, 1, True)
        assert door.execute("SELECT count(*) FROM access_account WHERE for_person AND active").fetchone() == (0,)
    assert work() is None
    with fresh.acting("prison"), transaction.atomic():
        assert queries.requests_of(person, most=5) == []
        assert queries.requests_of(fresh.persons[AT_SIBLING], most=5) == []


def test_files_kept_long_enough_are_listed_for_the_head_and_erased_as_decided(fresh):  # noqa: F811
    whom, other = fresh.persons[REGISTERED], fresh.persons[ACKNOWLEDGED]
    with fresh.role("guitu_owner") as door:
        for person, ended in ((whom, "2021-08-01"), (other, "2021-10-01")):
            door.execute(
                "UPDATE journeys_journey SET state = 'completed', ended_at = %s WHERE person_id = %s", (ended, person)
            )
        door.execute(
            "UPDATE people_person SET responsible_unit_id = (SELECT q.responsible_unit_id FROM people_person q"
            " WHERE q.id = %s) WHERE id = %s",
            (whom, other),
        )

    def decide_about(*persons, login="county-head", mark=None):
        with fresh.acting(login):
            return retention.erase_expired(persons, event_id=mark or uuid.uuid4(), at=MOMENT)

    with fresh.acting("county-head"), transaction.atomic():
        found, total = retention.due(at=MOMENT, first=0, most=10)
    assert ([one.key for one in found], total) == ([whom], 1)  # the other's five years are not over
    with pytest.raises(NotAllowed):
        decide_about(whom, login="county")
    with pytest.raises(retention.NotDue):
        decide_about(whom, other)
    assert decide_about(whom) == 1
    with fresh.acting("county-head"), transaction.atomic():
        assert retention.due(at=MOMENT, first=0, most=10) == ([], 0)
    with fresh.role("guitu_owner") as door:  # the worker stood still for too long
        door.execute("UPDATE access_errand SET ended_at = clock_timestamp(), outcome = 'TOO_LATE'")
    with fresh.acting("county-head"), transaction.atomic():
        assert retention.due(at=MOMENT, first=0, most=10)[1] == 1
    assert decide_about(whom, mark=(mark := uuid.uuid4())) == 1
    assert decide_about(whom, mark=mark) == 0
    assert work() == errands.DONE
    assert rows(fresh, "SELECT id FROM people_person WHERE id IN (%s, %s)", whom, other) == [(other,)]
    with fresh.acting("county-head"), transaction.atomic():
        ((done,), total) = queries.erasures(first=0, most=10)
    assert (done.ground, done.rows > 0, total) == ("EXPIRED", True, 1)
