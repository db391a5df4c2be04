"""What is not shown is not told either: by a counter of the server, a row that moves along, the number of an event, a
function without a session, a line that cannot be read."""

import re
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.access.establishing import unit_id
from guitu.journeys import queries as roads
from guitu.ledger import proving
from guitu.ledger.log import bundles, policies
from guitu.ledger.witnessing import note_quorum
from guitu.papers import operations as papers
from guitu.rights import complaints
from guitu.rulebook.rights import rights_rules
from guitu.web import sequencer
from tests.access.test_what_sql_gains import Hand
from tests.factories.units import COUNTY, FOREIGN_COUNTY, PRISON, SIBLING_COUNTY
from tests.ledger.test_the_log import AT, KEY, LOG, act, as_role, go_by, grow, some_entry
from tests.ledger.test_witnessing import NAMES, act_more, bench  # noqa: F401 - three witnesses
from tests.roads.test_a_sealed_file import as_application
from tests.roads.test_who_receives import SENT as SENT_AT
from tests.roads.test_who_receives import refused, rule
from tests.roads.walking import day
from tests.security.test_ids_of_others import PAPER
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import MOMENT, SENT

COUNTS = "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'rights_complaint'"
PLACE = "SELECT people_place(%s, %s, %s)"


@pytest.fixture
def complained(fresh):  # noqa: F811
    with fresh.acting("person"):
        complaints.complain(fresh.persons[SENT], about=unit_id(PRISON), words="不公", event_id=uuid.uuid4(), at=MOMENT)
    return fresh


def moved(house, count: str) -> int:
    """As a superuser with the county's session, who may read the counters: how many complaints a move of SENT moves."""
    with house.role("postgres") as door, door.transaction(force_rollback=True):
        for name, value in (("guitu.token", house.token("county")), ("guitu.purpose", "RECEIVE_RETURN")):
            door.execute("SELECT set_config(%s, %s, true)", (name, value))
        door.execute(
            "UPDATE journeys_journey SET released_at = clock_timestamp() WHERE person_id = %s", (house.persons[SENT],)
        )
        door.execute(PLACE, (house.persons[SENT], unit_id(COUNTY), COUNTY))
        return door.execute(count).fetchone()[0]


def test_the_servers_counters_are_closed_to_who_serves(complained):
    for count in (
        COUNTS,
        "SELECT * FROM pg_stat_user_tables",
        "SELECT pg_stat_get_tuples_updated('people_person'::regclass)",
    ):
        with (
            as_application(complained, "county", "RECEIVE_RETURN") as door,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            door.execute(count)


def test_a_complaint_follows_nobody_so_that_moving_the_person_touches_none(complained):
    assert moved(complained, COUNTS) == 0
    with complained.role("guitu_owner") as door:
        door.execute(
            "ALTER TABLE rights_complaint ADD CONSTRAINT follows FOREIGN KEY (person_id, division)"
            " REFERENCES people_person (id, division) ON UPDATE CASCADE"
        )
    assert moved(complained, COUNTS) == 1  # the control: as every other row about a person does


def test_what_stands_apart_is_written_of_who_is_seen_and_where_they_stand(complained):
    foreign, whom = Hand(complained, "foreign"), complained.persons[SENT]
    write = (
        "INSERT INTO rights_complaint (id, person_id, division, number, addressee_id, way, post_id, sealed_name,"
        " taken_at, due_at, due_rule, outcome) SELECT gen_random_uuid(), %s, %s, %s, %s, 'ENVELOPE', gen_random_uuid(),"
        " 'x', clock_timestamp(), clock_timestamp(), 'x', ''"
    )
    for person in (whom, uuid.uuid4()):  # who is there and who is not: alike, wherever they are said to stand
        assert foreign.state(write, person, FOREIGN_COUNTY, "JC-1", unit_id(PRISON)) == "GU005"
        for division in (PRISON, COUNTY):
            assert foreign.state(write, person, division, "JC-1", unit_id(PRISON)) == "42501"
    assert Hand(complained, "prison").state(write, whom, PRISON, "JC-2", unit_id(PRISON)) == ""  # the control


def fetched(house, login: str, person: uuid.UUID) -> int:
    """How many rows of the ledger's contents the server reads when this post asks for a person's lines."""
    with house.role("postgres") as door, door.transaction(force_rollback=True):
        door.execute("SET LOCAL enable_seqscan = off")
        for name, value in (("guitu.token", house.token(login)), ("guitu.purpose", "RECEIVE_RETURN")):
            door.execute("SELECT set_config(%s, %s, true)", (name, value))
        door.execute("SELECT count(*) FROM ledger_lines_of(%s)", (person,))
        reads = "SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'ledger_payload'"
        return door.execute(reads).fetchone()[0]


def test_of_who_is_out_of_sight_not_one_line_is_read(complained):
    assert fetched(complained, "foreign", complained.persons[SENT]) == 0
    assert fetched(complained, "county", complained.persons[SENT]) > 0  # the control: in sight they are read


def test_who_knows_a_matters_number_learns_nothing_of_it_after_it_left_their_sight(house):
    walk = refused(house)
    with house.acting("county"), transaction.atomic():
        matter = roads.road_of(walk.person).task.journey_id
    walk.contest(SENT_AT + timedelta(days=2))
    rule(walk, outcome="RECEIVER", county=SIBLING_COUNTY)
    walk.acknowledge(SENT_AT + timedelta(days=4), login="sibling")
    walk.release(day(walk.road("sibling").task.release_on))
    told = (
        "SELECT ledger_recorded('people:responsibility:moved', %s),"
        " EXISTS (SELECT 1 FROM ledger_vouched(ARRAY[%s::uuid], 'people:responsibility:moved'))"
    )
    assert Hand(house, "county")(told, matter, matter) == [(False, False)]
    assert Hand(house, "sibling")(told, matter, matter) == [(True, True)]  # the control: who sees the person


def test_no_function_answers_without_a_session(fresh):  # noqa: F811
    with fresh.role("guitu_owner") as door:
        granted = door.execute(
            "SELECT p.proname, ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t) FROM pg_proc p"
            " WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('guitu_app', p.oid, 'EXECUTE')"
            " AND p.prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c') AND p.prosecdef"
            " AND p.prorettype <> 'trigger'::regtype ORDER BY 1"
        ).fetchall()
    answering = set()
    for name, types in granted:
        with fresh.role("guitu_app") as door:
            try:
                rows = door.execute(f"SELECT {name}({','.join('NULL::' + one for one in types)})").fetchall()
            except psycopg.Error:
                continue
        if any(row[0] not in (None, False, "", []) for row in rows):
            answering.add(name)
    assert len(granted) > 100
    assert answering <= ASKED_BEFORE_A_SESSION, answering


ASKED_BEFORE_A_SESSION: set[str] = set()
"""What the door asks before anybody is known."""


def test_a_line_that_could_not_be_read_cannot_be_said_and_one_without_a_kind_harms_no_page(fresh):  # noqa: F811
    whom = fresh.persons[SENT]
    say = (
        "SELECT (ledger_append('papers:file:attached', ARRAY[gen_random_uuid()], clock_timestamp(), ARRAY[%s::text],"
        " ARRAY[%s::text], NULL, ARRAY[%s::text]))[1]"
    )
    prison = Hand(fresh, "prison")
    assert prison.state(say, str(whom), PRISON, '{"kind":"\\u0000"}') == "22P05"
    ((entry,),) = prison(say, str(whom), PRISON, "{}", keep=True)
    go_by(f"log {LOG}\nquorum none\n")
    while grow().more:
        pass
    for login, path in (("prison", f"/persons/{whom}/"), ("person", "/my/"), ("person", f"/my/proof/{entry}/")):
        assert fresh.client(login).get(path).status_code == 200, path


def test_a_paper_that_the_person_is_not_to_know_of_leaves_no_look_of_its_taking_in(fresh):  # noqa: F811
    def looks() -> list[str]:
        page = fresh.client("person").get("/my/looks/").content.decode()
        return re.findall(r'<div class="gt-card">.*?</div>', page, re.S)

    before = looks()
    for kind in ("judgment", *sorted(rights_rules().secret_papers)):
        with fresh.acting("prison"):
            papers.attach(
                fresh.persons[SENT],
                kind=kind,
                source="法院",
                data=PAPER,
                file_name="a.pdf",
                event_id=uuid.uuid4(),
                at=MOMENT,
            )
        assert looks() == before, kind
    fresh.client("prison").get(f"/persons/{fresh.persons[SENT]}/")
    assert len(looks()) > len(before)  # the control: an opening is told


def test_a_line_that_a_quorum_vouches_for_is_downloaded_with_their_signatures(house, bench):  # noqa: F811
    go_by(bench.text)
    act(house, 2)
    grow()
    assert bench.ask() == dict.fromkeys(NAMES, "OK")
    with as_role("guitu_seq"):
        note_quorum(policies.read(bench.text), at=AT, own_machine=False)
    entry = some_entry(house)
    with house.role("guitu_owner") as door:
        (person,) = door.execute("SELECT subjects[1] FROM ledger_payload WHERE entry_id = %s", (entry,)).fetchone()

    def witnessed() -> bool:
        with house.acting("prison"), transaction.atomic():
            text = proving.bundle_of_line(person, entry, to_the_person=False, with_content=False)
        return bundles.verify(text).judged.witnessed

    assert witnessed()
    act_more(house)
    grow()  # newer, and nobody has co-signed it yet
    assert witnessed()
    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE ledger_witnessed DISABLE TRIGGER ALL")
        door.execute("DELETE FROM ledger_witnessed")
    assert not witnessed()  # the control: the newest checkpoint alone


def test_while_witnesses_hold_the_log_up_a_spoilt_policy_frees_nothing(house, bench, monkeypatch):  # noqa: F811
    act(house)
    rounds = sequencer.Sequencer(KEY, LOG, send=bench.send)
    monkeypatch.setattr(rounds._standing, "fault", lambda _policy: "ROLLED_BACK")

    def fails() -> str:
        raise PermissionError("witness-policy")

    for stated in (lambda: bench.text, lambda: "quorum somebody\n", fails):
        monkeypatch.setattr(sequencer, "log_policy", stated)
        with as_role("guitu_seq"):
            assert not sequencer.turn(rounds, LOG, at=AT)
        assert proving.published() is None
    monkeypatch.undo()
    monkeypatch.setattr(sequencer, "log_policy", lambda: f"log {LOG}\nquorum none\n")
    with as_role("guitu_seq"):
        sequencer.turn(sequencer.Sequencer(KEY, LOG), LOG, at=AT)
    assert proving.published() is not None  # the control
