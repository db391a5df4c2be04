"""Sign-ins, sessions, tokens, exports, notices and messages end with their term, unless something open needs them."""

import uuid
from datetime import timedelta

from tests.access.test_ending import ANSWERED, AT, OFFICER, OLD, ended, held, looked, own_home, put, signed_in

__all__ = ["own_home"]


def test_sign_ins_of_the_office_complained_about_stay_until_the_complaint_is_answered(house) -> None:
    with house.role("guitu_owner") as door:
        (_, account, unit), (_, other, _) = (
            door.execute(OFFICER, (role,)).fetchone() for role in ("COUNTY_OFFICER", "PRISON_LIAISON")
        )
    theirs, others = (signed_in(house, OLD, "SUCCEEDED", one) for one in (account, other))
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        put(door, "rights_complaint", way="SELF", outcome="", about_unit_id=unit, sealed_words=b".")
        assert ended()["SIGN_INS"] == 1
        assert {theirs, others} & held(house, "access_sign_in") == {theirs}
        door.execute(ANSWERED)
    assert ended()["SIGN_INS"] == 1


def test_sessions_tokens_exports_notices_and_messages_end_with_what_hangs_on_them_unless_needed(house) -> None:
    with house.role("guitu_owner") as door:
        (post, account, unit), (other, others, _) = (
            door.execute(OFFICER, (role,)).fetchone() for role in ("COUNTY_OFFICER", "PRISON_LIAISON")
        )
    free, needed, open_matter, clock = uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    made: dict[str, list[uuid.UUID]] = {}
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")

        def row(table: str, **values: object) -> uuid.UUID:
            made.setdefault(table, []).append(number := uuid.uuid4())
            put(door, table, **({"id": number} | values))
            return number

        put(door, "rights_complaint", person_id=needed, way="SELF", outcome="", about_unit_id=unit, sealed_words=b".")
        put(door, "journeys_journey", person_id=open_matter, state="sent", division="910000000000")
        put(door, "journeys_clock", id=clock, division="910000000000", service_at=AT, step="", round="")
        for holder in (other, post):  # first those that go, then those of the office complained about
            session = row("access_session", post_id=holder, expires_at=OLD, idle=timedelta(1), token_hash=holder.bytes)
            row("access_look_reason", session_id=session, person_id=free)
            of_token = row(
                "access_session", post_id=holder, expires_at=OLD, idle=timedelta(1), token_hash=b"t" + holder.bytes
            )
            token = row("access_api_token", session_id=of_token)
            row("access_api_call", token_id=token)
            row("access_export", post_id=holder, asked_at=OLD, number=str(holder))
        notices = [
            row(
                "notices_notice",
                at=OLD,
                person_id=person,
                subject_id=subject,
                to_person=to_person,
                unit_id=unit_id,
                facts="{}",
            )
            for person, subject, to_person, unit_id in (
                (free, uuid.uuid4(), True, None),
                (needed, uuid.uuid4(), True, None),
                (open_matter, uuid.uuid4(), True, None),
                (None, clock, False, unit),
            )
        ]
        row("notices_reading", notice_id=notices[0])
        row("notices_reading", notice_id=notices[1])
        for whose, state in ((others, "SENT"), (account, "SENT"), (others, "WAITING")):
            row("notices_message", account_id=whose, state=state, made_at=OLD)
    gone = ended()
    wanted = ("SESSIONS", "TOKENS", "EXPORTS", "NOTICES", "MESSAGES")
    assert {name: gone[name] for name in wanted} == dict.fromkeys(wanted, 1)
    for table, rows in made.items():
        left = [one in held(house, table) for one in rows]
        ending_ones = 2 if table == "access_session" else 1
        assert left == [False] * ending_ones + [True] * (len(rows) - ending_ones), table
    assert ended() == {}
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        door.execute(ANSWERED)
        door.execute("UPDATE journeys_journey SET ended_at = now() WHERE person_id = %s", (open_matter,))
        door.execute("UPDATE journeys_clock SET done_at = now() WHERE id = %s", (clock,))
    gone = ended()
    assert {name: gone[name] for name in wanted} == dict.fromkeys(wanted, 1) | {"NOTICES": 3}


def test_while_a_breach_is_not_decided_nothing_ends_by_which_whom_it_concerns_is_found(house) -> None:
    person, breach = uuid.uuid4(), uuid.uuid4()
    about, other = looked(house, OLD, persons=[person]), looked(house, OLD + timedelta(1))
    signed_in(house, OLD, "SUCCEEDED")
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        whole = {"kinds": ["x"], "harms": ["x"], "authority": "", "authority_number": "", "outcome": ""}
        put(door, "rights_breach", id=breach, division="910000000000", **whole)
        put(door, "rights_breach_person", breach_id=breach, person_id=person)
        assert ended() == {}
        door.execute(
            "UPDATE rights_breach SET outcome = 'TELL', authority = 'x', authority_number = 'x',"
            " authority_told_at = now(), authority_told_by = gen_random_uuid()"
        )
        assert ended() == {}, "what the row says of it ends nothing: the decision does"
        put(door, "rights_breach_decision", breach_id=breach, division="910000000000", outcome="TELL", words="x")
        assert ended() == {"TRACES": 1, "SIGN_INS": 1}
        assert {about, other} & held(house, "access_trace") == {about}  # the person is not told yet
        door.execute("UPDATE rights_breach_person SET told_at = now()")
        assert ended() == {"TRACES": 1}
