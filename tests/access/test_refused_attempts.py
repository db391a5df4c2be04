"""What was attempted and refused leaves its line, though the transaction in which it was refused has left nothing."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from guitu.access import acting, looking
from guitu.access.dual_changes import ChangeRefused
from guitu.access.operations import PersonUnknown, require
from guitu.exchange import operations as exchange
from guitu.journeys.operations import JourneyUnknown
from guitu.journeys.policy import MoveNotAllowed
from guitu.rulebook.looking import look_rules, moment_rules

LINES = (
    "SELECT action, subjects, purpose, words FROM access_trace WHERE outcome = 'REFUSED' ORDER BY at, action, subjects"
)
KEPT = (
    "SELECT count(*) FROM ledger_entry e JOIN access_trace t ON t.id = e.event_id"
    " WHERE e.act = 'access:request:refused' AND t.outcome = 'REFUSED'"
)


def lines(house) -> list[tuple]:
    """The refused attempts as they stand, with their entries in the ledger."""
    with house.role("guitu_owner") as door:
        found = door.execute(LINES).fetchall()
        assert door.execute(KEPT).fetchone() == (len(found),)
    return found


def asked(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_what_the_database_refuses_inside_a_transaction_leaves_its_line_with_the_code(house) -> None:
    stranger = uuid.uuid4()
    refused = (
        ("SELECT access_give_reach(%s, %s, NULL, 'receiver', now())", (stranger, stranger), "GU005"),
        ("SELECT value FROM people_fact", (), "42501"),
        ("SELECT * FROM people_board_rows('', '')", (), ""),  # no such function: a fault of ours is no attempt
        ("SELECT 1", (), None),
    )
    for statement, values, code in refused:
        with house.acting("prison"):
            acting.asking_for("person:open", [stranger])
            if code is None:
                asked(statement, *values)
                continue
            with pytest.raises(DatabaseError):
                asked(statement, *values)
    found = lines(house)
    assert [line[3] for line in found] == ["GU005", "42501"]
    assert {(line[0], tuple(line[1])) for line in found} == {("person:open", (stranger,))}


def test_a_refusal_that_somebody_catches_and_puts_in_other_words_leaves_its_line_all_the_same(house) -> None:
    with house.acting("prison"), pytest.raises(PersonUnknown):  # the database's GU005, told as another refusal
        looking.give_reason(uuid.uuid4(), "other", "家属来电询问情况，需要核对", rules=look_rules())
    assert [line[3] for line in lines(house)] == ["GU005"]  # one attempt, one line


def test_what_an_operation_refuses_for_state_unit_or_reach_is_kept_and_a_form_is_not(house) -> None:
    person, parcel = uuid.uuid4(), uuid.uuid4()
    with house.acting("prison"):
        acting.asking_for("dossier:send", [person])
        for kind, said in (
            (JourneyUnknown, ()),
            (exchange.ParcelUnknown, (parcel,)),
            (MoveNotAllowed, ("单位不对", "wrong unit")),
        ):
            with pytest.raises(kind):
                raise kind(*said)
    # The first of several about the same is the attempt; the codes are the kinds of refusal.
    assert [(line[0], line[1], line[3]) for line in lines(house)] == [("dossier:send", [person], "JOURNEY_UNKNOWN")]
    with house.acting("prison"):
        acting.asking_for("change:decide", [])
        with pytest.raises(ChangeRefused):
            raise ChangeRefused("OWN")
    assert lines(house)[-1][3] == "CHANGE_REFUSED:OWN"
    before = len(lines(house))
    with house.acting("prison"):
        acting.asking_for("change:decide", [])
        with pytest.raises(ChangeRefused):
            raise ChangeRefused("WORDS")  # words are lacking: the form may be filled in
        with pytest.raises(MoveNotAllowed):
            raise MoveNotAllowed("要写明", "is needed", "MISSING")
        MoveNotAllowed("x", "x").dismiss()  # done in another way
    assert len(lines(house)) == before


def test_what_was_refused_by_permission_or_sight_stands_once(house) -> None:
    with house.acting("county"), pytest.raises(PersonUnknown):
        require("person:open", [uuid.uuid4()])
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT outcome FROM access_trace WHERE outcome <> 'ALLOWED'").fetchall() == [("UNKNOWN",)]


def test_each_of_many_persons_is_an_attempt(house) -> None:
    persons = sorted([uuid.uuid4(), uuid.uuid4()])
    with house.acting("county"):
        for person in persons:
            acting.asking_for("matter:allot", [person])
            acting.attempted("JOURNEY_UNKNOWN")
            acting.attempted("JOURNEY_UNKNOWN")
    assert sorted(line[1][0] for line in lines(house)) == persons


def test_the_line_is_about_the_own_post_and_a_code_alone_whoever_writes_it(house) -> None:
    with house.acting("county"):
        asked(
            "SELECT access_note_refused(ARRAY['made:up', 'person:open'], ARRAY['', ''], ARRAY['X 陈', %s])", "y" * 200
        )
    assert [(line[0], line[1], line[2] != "", len(line[3])) for line in lines(house)] == [
        ("", [], True, 1),
        ("person:open", [], True, 80),
    ]
    with pytest.raises(DatabaseError, match="no acting session"):
        asked("SELECT access_note_refused(ARRAY['a'], ARRAY[''], ARRAY['X'])")


OVER = {
    "signed out": "UPDATE access_session SET ended_at = clock_timestamp() - %s",
    "over": "UPDATE access_session SET expires_at = clock_timestamp() - %s",
    "idle": "UPDATE access_session SET last_seen_at = clock_timestamp() - idle - %s",
    "the post ended": "UPDATE access_post p SET to_at = clock_timestamp() - %s, from_at = '2020-01-01'"
    " WHERE p.id IN (SELECT x.post_id FROM access_session x)",
}


@pytest.mark.parametrize("way", OVER)
def test_what_was_refused_as_the_session_ended_is_kept_and_a_token_of_before_writes_nothing(house, way, caplog) -> None:
    for since, kept in ((timedelta(seconds=1), 1), (moment_rules().behind + timedelta(minutes=1), 0)):
        with house.role("guitu_owner") as door:
            door.execute(
                "UPDATE access_session SET ended_at = NULL, expires_at = clock_timestamp() + interval '8 hours'"
            )
            door.execute("UPDATE access_post SET to_at = NULL WHERE to_at IS NOT NULL")
        before = len(lines(house))
        with house.acting("prison"), house.role("guitu_owner") as door:
            acting.asking_for("dossier:send", [uuid.uuid4()])
            acting.attempted("JOURNEY_UNKNOWN")
            door.execute(OVER[way], (since,))
        assert len(lines(house)) - before == kept, since
    assert "1 refused attempts could not be kept" in caplog.text


def test_control_without_the_end_a_token_of_last_year_writes_in_the_name_of_the_post(house) -> None:
    with house.role("guitu_owner") as door:
        door.execute(
            "CREATE OR REPLACE FUNCTION access_moment_rules() RETURNS TABLE (ahead interval, behind interval)"
            " LANGUAGE sql AS $$ VALUES (interval '5 minutes', interval '10 years') $$"
        )
    with house.acting("prison"), house.role("guitu_owner") as door:
        acting.attempted("JOURNEY_UNKNOWN")
        door.execute(OVER["signed out"], (timedelta(days=400),))
    assert len(lines(house)) == 1


def test_where_the_line_cannot_be_written_the_answer_is_the_same_refusal(house, caplog) -> None:
    with house.role("guitu_owner") as door:
        door.execute("REVOKE EXECUTE ON FUNCTION access_note_refused(text[], text[], text[]) FROM guitu_app")
    with pytest.raises(MoveNotAllowed), house.acting("prison"):
        raise MoveNotAllowed("单位不对", "wrong unit")
    assert "1 refused attempts could not be kept" in caplog.text
    assert lines(house) == []


def test_control_what_nobody_listens_to_leaves_no_line(house, monkeypatch) -> None:
    monkeypatch.setattr(acting, "_write_down", lambda state: None)
    with house.acting("prison"), pytest.raises(MoveNotAllowed):
        raise MoveNotAllowed("单位不对", "wrong unit")
    assert lines(house) == []
    monkeypatch.undo()
    with house.acting("prison"), pytest.raises(MoveNotAllowed):
        raise MoveNotAllowed("单位不对", "wrong unit")
    assert [line[3] for line in lines(house)] == ["MOVE_NOT_ALLOWED"]
