"""The bytes of papers are closed to SQL of one's own: given after the right line, where the table opens all of it."""

import uuid

import psycopg
import pytest
from django.db import DatabaseError, transaction

from guitu.access.operations import ask
from guitu.ledger import keys
from guitu.papers import operations as papers
from guitu.papers import queries, reading
from guitu.papers.models import Attachment, Document
from tests.papers.conftest import AT
from tests.papers.facts import facts_for
from tests.papers.test_attaching import PDF, attach

FILE, DOCUMENT = "SELECT papers_file_opened(%s)", "SELECT papers_document_opened(%s)"


@pytest.fixture
def judgment(house, person) -> uuid.UUID:
    """A judgment received about the person: it shows name, document number and offence."""
    return attach(house, person)


def asked(house, login, statement, values, *, before=(), state=None):
    """What the application's role is answered after these lines, each in a transaction of its own, or why it is not."""
    if state is None:
        with house.acting(login) as state:
            pass
    token, purpose = state.token, state.purpose
    with house.role("guitu_app") as door:
        told = []
        for line in before:
            with door.transaction():
                become(door, token, purpose)
                told.append(door.execute("SELECT access_require(%s, %s, %s)", line).fetchone()[0])
        with door.transaction(force_rollback=True):
            become(door, token, purpose)
            try:
                return told, door.execute(statement, values).fetchone()[0]
            except psycopg.Error as refusal:
                return told, refusal.sqlstate


def become(door, token, purpose):
    door.execute("SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", (token, purpose))


def test_no_sql_of_the_application_selects_the_bytes_and_with_the_privilege_it_does(house, person, judgment):
    select = "SELECT body FROM papers_attachment WHERE id = %s"
    assert asked(house, "prison", select, (judgment,)) == ([], "42501")
    for attempt in (
        "SELECT to_jsonb(f) FROM papers_attachment f WHERE id = %s",
        "INSERT INTO papers_attachment SELECT * FROM papers_attachment WHERE id = %s",
        "SELECT length(body) FROM papers_document WHERE id = %s",
        "SELECT * FROM papers_copied_files(%s)",
    ):
        assert asked(house, "prison", attempt, (judgment,))[1] in ("42501", "GU005", "GU025"), attempt
    with house.role("guitu_owner") as door:
        door.execute("GRANT SELECT ON papers_attachment TO guitu_app")
    sealed = asked(house, "prison", select, (judgment,))[1]
    assert keys.decrypt_bytes(sealed, belongs_to=f"attachment:{judgment}") == PDF, "control: the row policy alone"


def test_bytes_come_after_the_line_that_names_all_the_paper_shows(house, person, judgment):
    shown = list(reading.items_filed("judgment"))
    assert asked(house, "prison", FILE, (judgment,)) == ([], "GU025")
    for line in (
        ("person:open", [person], shown),
        ("paper:read", [person], []),
        ("paper:read", [person], shown[:-1]),
        ("paper:read", [], shown),
    ):
        assert asked(house, "prison", FILE, (judgment,), before=[line]) == (["ALLOWED"], "GU025"), line
    told, sealed = asked(house, "prison", FILE, (judgment,), before=[("paper:read", [person], shown)])
    assert told == ["ALLOWED"]
    assert keys.decrypt_bytes(sealed, belongs_to=f"attachment:{judgment}") == PDF, "control: with the line it is given"
    assert asked(house, "sibling", FILE, (judgment,)) == ([], None), "out of sight there is nothing"


def test_a_line_left_while_it_was_open_opens_nothing_that_the_table_keeps_now(house, person, judgment):
    line = ("paper:read", [person], list(reading.items_filed("judgment")))
    assert asked(house, "prison-leader", FILE, (judgment,), before=[line]) == (["DENIED"], "GU025")
    with house.acting("prison-leader") as state, house.role("guitu_owner") as door:
        leader = "SELECT s.post_id FROM access_session s WHERE s.token_hash = sha256(convert_to(%s, 'UTF8'))"
        post = door.execute(leader, (state.token,)).fetchone()[0]
        door.execute(
            "INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome)"
            " SELECT gen_random_uuid(), clock_timestamp(), p.id, p.unit_id, %s, 'paper:read',"
            " %s, %s, 'ALLOWED' FROM access_post p WHERE p.id = %s",
            (state.purpose, line[1], line[2], post),
        )
    assert asked(house, "prison-leader", FILE, (judgment,), state=state) == ([], "GU006")
    with house.role("guitu_owner") as door:
        door.execute(
            "CREATE OR REPLACE FUNCTION access_keeps_any(persons uuid[], items text[]) RETURNS boolean LANGUAGE sql"
            " SET search_path = pg_catalog, public, pg_temp AS $$ SELECT false $$"
        )
    _, opened = asked(house, "prison-leader", FILE, (judgment,), state=state)
    assert isinstance(opened, bytes), "control: without the table it opens"


def test_a_page_that_forgets_to_ask_gets_no_bytes(house, person, judgment):
    with house.acting("prison"), transaction.atomic(), pytest.raises(DatabaseError) as refused:
        queries.attachment_bytes(judgment)
    assert refused.value.__cause__.sqlstate == "GU025"
    with house.acting("prison"), transaction.atomic():
        made = papers.issue(
            "reception_slip", person_id=person, facts=facts_for("reception_slip"), event_id=uuid.uuid4(), at=AT
        )
    with house.acting("prison"), transaction.atomic(), pytest.raises(DatabaseError) as refused:
        queries.document_bytes(made.id)
    assert refused.value.__cause__.sqlstate == "GU025"
    with house.acting("prison"), transaction.atomic(durable=True):
        ask("paper:read", [person], seen=reading.items_in(made.id))
        assert queries.document_bytes(made.id).startswith(b"%PDF")


def test_each_paper_keeps_what_it_shows_from_the_day_it_came(house, person, judgment):
    with house.acting("prison"), transaction.atomic():
        made = papers.issue(
            "reception_slip", person_id=person, facts=facts_for("reception_slip"), event_id=uuid.uuid4(), at=AT
        )
    with house.acting("prison"), transaction.atomic():
        document, file = Document.objects.get(id=made.id), Attachment.objects.get(id=judgment)
        assert tuple(document.shows) == reading.items_shown("reception_slip", document.version, on=AT.date())
        assert tuple(file.shows) == reading.items_filed("judgment")
    for table in ("papers_document", "papers_attachment"):
        assert asked(house, "prison", f"UPDATE {table} SET shows = '{{}}'", ()) == ([], "42501")
