"""Documents are issued once, numbered without gaps, readable where the person is, and never changed."""

import io
import threading
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from guitu.access.operations import ask
from guitu.ledger import keys
from guitu.papers import operations as papers
from guitu.papers import printing, queries, reading
from guitu.papers.catalogue import KindUnknown
from tests.papers.conftest import AT, look
from tests.papers.facts import NOT_IN_THE_FONT, facts_for


def issue(house, person_id, kind="reception_slip", *, login="prison", at=AT, event=None, **given):
    with house.acting(login), transaction.atomic():
        return papers.issue(
            kind, person_id=person_id, facts=facts_for(kind, **given), event_id=event or uuid.uuid4(), at=at
        )


def documents(house, person_id, login="prison"):
    with house.acting(login), transaction.atomic():
        return queries.documents_of(person_id)


def content(house, document_id, login="prison") -> bytes:
    with house.acting(login), transaction.atomic(durable=True):
        look(document_id)
        return queries.document_bytes(document_id)


def test_a_document_is_numbered_sealed_and_read_back(house, person):
    made = issue(house, person)
    assert made.number == "〔2026〕桐监受理字第0001号"
    assert not made.needs_hand_completion
    (held,) = documents(house, person)
    assert (held.number, held.kind, held.issued_at) == (made.number, "reception_slip", AT)
    assert content(house, made.id).startswith(b"%PDF-1.7")


def test_the_same_event_issues_once(house, person):
    event = uuid.uuid4()
    first = issue(house, person, event=event)
    assert issue(house, person, event=event, at=AT + timedelta(minutes=1)) == first
    assert len(documents(house, person)) == 1


def test_the_same_facts_under_the_same_event_give_the_same_bytes(house, person):
    event = uuid.uuid4()
    with house.acting("prison"):
        made = []
        ask("paper:read", [person], seen=reading.items_filed("reception_slip"))
        for _ in range(2):
            with transaction.atomic():
                one = papers.issue(
                    "reception_slip", person_id=person, facts=facts_for("reception_slip"), event_id=event, at=AT
                )
                made.append(queries.document_bytes(one.id))
                transaction.set_rollback(True)
    assert made[0] == made[1]


def test_a_missing_field_is_named_and_nothing_is_issued(house, person):
    with house.acting("prison"), pytest.raises(papers.FactsMissing) as refused, transaction.atomic():
        papers.issue("reception_slip", person_id=person, facts={"name": "陈柏舟"}, event_id=uuid.uuid4(), at=AT)
    assert refused.value.fields == ("matter", "accepted_at", "due_on", "first_desk", "duty_unit", "person_number")
    assert documents(house, person) == []
    assert issue(house, person).number.endswith("第0001号")


def test_an_unknown_kind_and_a_day_before_its_first_version_are_refused(house, person):
    with house.acting("prison"), transaction.atomic():
        with pytest.raises(KindUnknown):
            papers.issue("pardon", person_id=person, facts={}, event_id=uuid.uuid4(), at=AT)
        before = datetime(2025, 12, 31, 15, tzinfo=UTC)
        with pytest.raises(KindUnknown):
            papers.issue("reception_slip", person_id=person, facts={}, event_id=uuid.uuid4(), at=before)


def test_numbers_run_by_unit_kind_and_legal_year(house, person):
    assert issue(house, person).number == "〔2026〕桐监受理字第0001号"
    assert issue(house, person).number == "〔2026〕桐监受理字第0002号"
    assert issue(house, person, "dossier").number == "〔2026〕桐监衔档字第0001号"
    # 2026-12-31 16:00 UTC is the first moment of 2027 in Beijing.
    turn = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert issue(house, person, at=turn - timedelta(seconds=1)).number == "〔2026〕桐监受理字第0003号"
    assert issue(house, person, at=turn).number == "〔2027〕桐监受理字第0001号"


def test_a_number_goes_back_with_its_transaction_and_two_desks_leave_no_gap(house, person):
    tokens = [house.token("prison") for _ in range(2)]
    refused: list[BaseException] = []

    def desk(place: int) -> None:
        from guitu.access import queries as access
        from guitu.access.acting import acting

        try:
            session = access.session_of(tokens[place])
            with acting(session, session.purposes[0]):
                for turn in range(6):
                    with transaction.atomic():
                        papers.issue(
                            "reception_slip",
                            person_id=person,
                            facts=facts_for("reception_slip", matter=f"{place}-{turn}"),
                            event_id=uuid.uuid4(),
                            at=AT,
                        )
                        transaction.set_rollback(turn % 3 == 1)
        except BaseException as error:
            refused.append(error)
        finally:
            connection.close()

    desks = [threading.Thread(target=desk, args=(place,)) for place in range(2)]
    for one in desks:
        one.start()
    for one in desks:
        one.join()
    assert refused == []
    assert sorted(one.number[-5:-1] for one in documents(house, person)) == [f"{n:04d}" for n in range(1, 9)]


def test_a_document_about_nobody_is_issued_in_the_units_own_division(house):
    made = issue(house, None, "responsibility_list")
    with house.acting("prison"), transaction.atomic():
        found, count = queries.issued_by_own_unit(queries.Filters(), first=0, most=10)
    assert ([one.id for one in found], count, found[0].person_id) == ([made.id], 1, None)
    with house.acting("county"), transaction.atomic(), pytest.raises(papers.DocumentUnknown):
        queries.document_bytes(made.id)


def test_a_unit_that_does_not_see_the_person_sees_no_document(house, person):
    made = issue(house, person)
    for login in ("sibling", "county", "other-prison"):
        assert documents(house, person, login) == []
        with pytest.raises(papers.DocumentUnknown):
            content(house, made.id, login)
    assert content(house, made.id)


def test_an_issued_document_cannot_be_changed_by_the_application(house, person):
    made = issue(house, person)
    for statement in ("UPDATE papers_document SET body = ''", "DELETE FROM papers_document"):
        with house.acting("prison"), pytest.raises(Exception, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
    with house.role("guitu_app") as door, pytest.raises(psycopg.Error):
        door.execute("SELECT body FROM papers_document")
    assert content(house, made.id)


@pytest.mark.parametrize("column", ["number", "issued_at", "digest", "body"])
def test_what_was_changed_behind_our_back_is_noticed(house, person, column):
    made = issue(house, person)
    other = issue(house, person, matter="别的事项")
    with house.role("guitu_owner") as door:
        if column == "number":
            door.execute("UPDATE papers_document SET number = '〔2026〕桐监受理字第0009号' WHERE id = %s", [made.id])
        elif column == "issued_at":
            door.execute("UPDATE papers_document SET issued_at = issued_at - interval '1 day' WHERE id = %s", [made.id])
        else:
            door.execute(
                f"UPDATE papers_document SET {column} = (SELECT {column} FROM papers_document WHERE id = %s)"
                " WHERE id = %s",
                [other.id, made.id],
            )
    with pytest.raises(keys.ValueTampered):
        content(house, made.id)


def test_the_database_holds_no_name_and_no_code(house, person):
    made = issue(house, person, name="陈柏舟")
    with house.role("guitu_owner") as door:
        row = door.execute("SELECT d::text FROM papers_document d").fetchone()[0]
    assert "陈柏舟" not in row
    assert made.code not in row
    assert b"%PDF".hex() not in row


def test_a_rare_name_is_issued_in_time_and_waits_for_a_hand(house, person):
    made = issue(house, person, name=f"龙{NOT_IN_THE_FONT}")
    issue(house, person)
    assert made.by_hand == (NOT_IN_THE_FONT,)
    with house.acting("prison"), transaction.atomic():
        assert queries.waiting_for_a_hand() == 1
        waiting, count = queries.issued_by_own_unit(queries.Filters(by_hand=True), first=0, most=10)
    assert ([one.id for one in waiting], count) == ([made.id], 1)
    for _ in range(2):
        with house.acting("prison"):
            papers.complete_by_hand(made.id, person_id=person, event_id=uuid.uuid4(), at=AT)
    with house.acting("prison"), transaction.atomic():
        assert queries.waiting_for_a_hand() == 0
    assert {one.number: one.completed_at for one in documents(house, person)}[made.number] == AT


def test_a_document_without_open_characters_cannot_be_completed(house, person):
    made = issue(house, person)
    with house.acting("prison"), pytest.raises(papers.DocumentUnknown):
        papers.complete_by_hand(made.id, person_id=person, event_id=uuid.uuid4(), at=AT)


def test_a_service_is_recorded_once_with_whom_it_reached(house, person):
    made, event = issue(house, person), uuid.uuid4()
    for _ in range(2):
        with house.acting("prison"):
            papers.serve(made.id, person_id=person, served_to="青榆县公安局", method="BY_POST", event_id=event, at=AT)
    (held,) = documents(house, person)
    assert [(one.served_to, one.method, one.at) for one in held.services] == [("青榆县公安局", "BY_POST", AT)]
    with house.acting("prison"), pytest.raises(ValueError, match="service"):
        papers.serve(made.id, person_id=person, served_to=" ", method="BY_POST", event_id=uuid.uuid4(), at=AT)


def test_documents_of_one_legal_day_are_found_and_joined_for_the_printer(house, person):
    from pypdf import PdfReader

    first = [issue(house, person).id for _ in range(2)]
    # 16:30 UTC is half past midnight of the next day in Beijing.
    issue(house, person, at=AT.replace(hour=16))
    with house.acting("prison"), transaction.atomic(durable=True):
        found, count = queries.issued_by_own_unit(queries.Filters(day=AT.date()), first=0, most=10)
        assert ({one.id for one in found}, count) == (set(first), 2)
        look(first[0])
        joined = PdfReader(io.BytesIO(printing.joined(first, line="打印件 · 桐山监狱", at=AT)))
        assert len(joined.pages) == 4, "a page and an empty back each"
        with pytest.raises(printing.TooMany):
            printing.joined([first[0]] * (printing.MOST + 1), line="", at=AT)


def test_what_a_document_may_show_is_known_for_the_trace(house, person):
    notice, slip = issue(house, person, "release_notice"), issue(house, person)
    with house.acting("prison"), transaction.atomic():
        shown = set(reading.items_in(notice.id))
        assert {"name", "birth_date", "id_doc", "offence", "residence", "sentence"} <= shown
        assert "sex" not in shown  # level L2
        assert reading.items_in(slip.id) == ("name",)
        assert reading.items_in(uuid.uuid4()) == ()
