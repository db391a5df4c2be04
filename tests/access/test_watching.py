"""Watching who looks: what the database counts, what speaks and ranks, what a review leaves, what nobody else sees."""

import uuid
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, transaction

from guitu.access import queries, watching
from guitu.access.establishing import account_id, post_id
from guitu.access.policy import Reading, rank_of, signs, tuned
from guitu.ledger.operations import canonical
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.looking import ReasonRefused
from guitu.rulebook.watching import (
    DATA,
    GLASS,
    INDICATORS,
    NAMESAKE,
    NO_RELATION,
    OFF_HOURS,
    VOLUME,
    read_watch_rules,
    watch_rules,
)
from tests.factories.units import POSTS
from tests.roads.walking import Walk, home, received

TODAY = date(2026, 11, 20)  # a Friday
RULES = watch_rules(TODAY)
AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def counts(**said):
    return {code: said.get(code, 0) for code in INDICATORS}


def test_a_sign_speaks_above_its_figure_and_the_volume_only_above_enough_peers() -> None:
    plenty = counts(VOLUME=60, OFF_HOURS=6, NO_RELATION=5)
    few = signs(Reading(plenty, RULES.peers_min - 1, 3), RULES)
    assert [sign.indicator.code for sign in few] == [OFF_HOURS]
    enough = signs(Reading(plenty, RULES.peers_min, 30), RULES)
    assert [(sign.indicator.code, sign.count, sign.above) for sign in enough] == [(VOLUME, 60, 30), (OFF_HOURS, 6, 5)]
    assert signs(Reading(plenty, RULES.peers_min, 60), RULES)[0].indicator.code == OFF_HOURS
    assert rank_of(enough, RULES) == 3 * 2.0 + 2 * 1.2 > rank_of(few, RULES)
    assert rank_of(signs(Reading(counts(GLASS=900), 0, 0), RULES), RULES) == 3 * 3.0  # one sign alone cannot run away


def test_a_figure_is_proposed_from_enough_reviews_never_below_and_only_where_it_helps() -> None:
    one = RULES.indicators[1]
    reviews = [(6, False)] * 6 + [(9, True)] + [(12, True)] * 3
    found = tuned(one, reviews, RULES)
    assert (found.reviewed, found.wrong, found.proposed) == (10, 4, 6)
    assert tuned(one, reviews[:9], RULES).proposed is None  # too few reviews
    assert tuned(one, [(6, True)] * 10, RULES).proposed is None  # it does well as it stands
    assert tuned(one, [(6, False)] * 10, RULES).proposed is None  # no figure would do better


def test_the_figures_are_dated_and_a_wrong_file_is_refused() -> None:
    text = DATA.read_text(encoding="utf-8")
    head, version = text.split("versions:\n")
    later = version.replace("2026-11-22", "2027-01-01").replace("code: GLASS, over: 2", "code: GLASS, over: 7")
    both = read_watch_rules(f"{head}versions:\n{later}{version}")
    assert [(one.since, one.indicators[5].over) for one in both] == [
        (date(2026, 11, 22), 2),
        (date(2027, 1, 1), 7),
    ]
    for wrong in (version + version, version.replace("over: 2,", "over: 0,"), version.replace("GLASS", "GUESS")):
        with pytest.raises(RulebookError):
            read_watch_rules(f"{head}versions:\n{wrong}")


def post(login):
    found = next(one for one in POSTS if one.login == login)
    return post_id(login, found.unit, found.role)


def leave(house, login, moments, person=None, action="person:open", reason="", purpose="RECEIVE_RETURN"):
    """Lines of the trace as the database's own functions would leave them at those moments."""
    with house.role("guitu_owner") as door:
        for at in moments:
            door.execute(
                "INSERT INTO access_trace"
                " (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, reason)"
                " SELECT gen_random_uuid(), %s, id, unit_id, %s, %s, %s::uuid[], '{}', 'ALLOWED', %s FROM access_post"
                " WHERE id = %s",
                (at, purpose, action, [person] if person else [], reason, post(login)),
            )


def by_post(day=TODAY):
    return {one.post_id: one for one in watching.watched(watching.window_until(day), day)}


def test_reading_is_counted_ranked_reviewed_and_seen_by_nobody_else(house) -> None:
    walk = received(Walk(house))
    morning = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # 10:00 on a Wednesday
    minute = timedelta(minutes=1)
    leave(house, "county", [morning + n * minute for n in range(8)], walk.person)
    leave(house, "county", [morning.replace(hour=12) + n * minute for n in range(3)], walk.person, reason="verify")
    leave(house, "county", [datetime(2026, 11, 15, 2, n, tzinfo=UTC) for n in range(4)], walk.person)  # a Sunday
    leave(house, "county", [datetime(2026, 10, 10, 2, 0, tzinfo=UTC)], walk.person)  # before the window
    # Three searches, then a file: only those longer ago than the minutes of the rule were browsing.
    searches = [morning.replace(hour=6, minute=n) for n in (0, 1, 30)]
    leave(house, "county", searches, action="person:search")
    leave(house, "county", [morning.replace(hour=6, minute=31)], walk.person)
    leave(house, "county-second", [morning], walk.person)
    for login, times in (("sibling", 2), ("foreign", 4)):
        leave(house, login, [morning + n * minute for n in range(times)], walk.person)
    leave(house, "procurator", [morning], walk.person, purpose="OVERSEE")
    leave(house, "county", [morning], walk.person, action="complaint:take")  # told to no office
    with house.acting("county-head"), transaction.atomic():
        window = watching.window_until(TODAY)
        every = watching.watched(window, TODAY)
        found = {one.post_id: one for one in every}
        assert set(found) == {post("county"), post("county-second")}
        assert every[0].post_id == post("county")
        one = found[post("county")]
        assert one.reading.counts == counts(VOLUME=16, OFF_HOURS=7, NO_RELATION=3, BROWSING=2)
        assert (one.reading.peers, one.reading.peers_most) == (3, 4)
        assert found[post("county-second")].reading.peers_most == 16
        assert [sign.indicator.code for sign in one.signs] == [OFF_HOURS]
        # Each count leads to exactly its lines.
        for code in (VOLUME, OFF_HOURS, NO_RELATION, GLASS):
            lines, total = watching.reads_listed(window, post_id=one.post_id, indicator=code, first=0, most=2)
            assert (total if lines else 0) == one.reading.counts[code]
            assert len(lines) <= 2
        number = watching.reads_listed(window, post_id=one.post_id, first=0, most=1)[0][0].numbers[0]
        assert watching.reads_listed(window, number=number, first=0, most=1)[1] == 17
        assert watching.reads_listed(window, number=number[:-1], first=0, most=1) == ([], 0)
        assert watching.reads_listed(window, who="许令仪", first=0, most=1)[1] == 1
        assert watching.reads_listed(window, purpose="OVERSEE", first=0, most=1)[1] == 0
    mark = uuid.uuid4()

    def review(outcome="UNJUSTIFIED", words="夜间查阅与承办无关", whose="county", mark=mark):
        watching.review(post(whose), outcome, words, review_id=mark, today=TODAY, at=AT)

    with house.acting("county-head"):
        for wrong in ({"outcome": "GUILTY"}, {"words": "不对"}):
            with pytest.raises(ReasonRefused):
                review(**wrong)
        review()
        review()
        with pytest.raises(LookupError):
            review(whose="sibling", mark=uuid.uuid4())
    with house.acting("audit"), transaction.atomic():
        # The audit administrator stands above both counties, reads what was found, and reviews nothing.
        assert {post("county"), post("sibling"), post("foreign")} <= set(by_post())
        (kept,) = watching.reviews(AT - timedelta(hours=1), posts=[post("county")], most=9)
        assert (kept.indicators, kept.counts, kept.outcome) == ((OFF_HOURS,), (7,), "UNJUSTIFIED")
        fared = {line.indicator.code: (line.reviewed, line.wrong) for line in watching.tuning(kept.since, TODAY)}
        assert fared == dict.fromkeys(INDICATORS, (0, 0)) | {OFF_HOURS: (1, 1)}
    with house.acting("audit"), pytest.raises(PermissionError):
        review(mark=uuid.uuid4())
    with house.role("guitu_owner") as door:
        acts = door.execute("SELECT count(*) FROM ledger_entry WHERE act = 'access:reading:reviewed'").fetchone()
        assert acts == (1,)
        with pytest.raises(psycopg.Error, match="not allowed"):
            door.execute("UPDATE access_reading_review SET outcome = 'JUSTIFIED'")
    # Nobody without the permission reads any of it, and nobody reviews the own account.
    with house.acting("county"), pytest.raises(DatabaseError, match="looks:watch"), transaction.atomic():
        watching.watched(watching.window_until(TODAY), TODAY)
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_post SET account_id = %s WHERE id = %s", (account_id("county-head"), post("county"))
        )
    with house.acting("county-head"):
        with transaction.atomic():
            assert post("county") not in by_post()
        with pytest.raises(LookupError):
            review(mark=uuid.uuid4())


def test_the_own_trail_holds_all_posts_of_the_account_and_no_others(house) -> None:
    walk = received(Walk(house))
    moments = [datetime(2026, 11, 18, 2, n, tzinfo=UTC) for n in range(3)]
    leave(house, "county", moments, walk.person)
    leave(house, "county-second", moments[:1], walk.person)
    window = (moments[0], moments[-1] + timedelta(seconds=1))
    with house.acting("county"), transaction.atomic():
        lines, total = watching.own_looks(*window, first=1, most=9)
        assert (len(lines), total) == (2, 3)
        assert (lines[-1].at, lines[-1].action, lines[-1].persons) == (moments[0], "person:open", 1)
        assert lines[0].numbers
    with house.acting("county-second"), transaction.atomic():
        assert watching.own_looks(*window, first=0, most=9)[1] == 1
    with house.role("guitu_owner") as door:  # control: another post of the same account belongs to the trail
        door.execute("UPDATE access_post SET account_id = %s WHERE id = %s", (account_id("county"), post("township")))
    leave(house, "township", moments[:1], walk.person)
    with house.acting("county"), transaction.atomic():
        assert watching.own_looks(*window, first=0, most=9)[1] == 4


def test_on_the_files_page_oversight_is_seen_by_oversight_alone(house) -> None:
    walk = home(received(Walk(house)))
    leave(house, "procurator", [datetime(2026, 11, 18, 2, 0, tzinfo=UTC)], walk.person, purpose="OVERSEE")
    leave(house, "county", [datetime(2026, 11, 18, 3, 0, tzinfo=UTC)], walk.person)
    found = {}
    for login in ("county", "procurator"):
        with house.acting(login), transaction.atomic():
            found[login] = {look.purpose for look in queries.looks_at(walk.person, most=99)}
    assert "OVERSEE" not in found["county"]
    assert {"OVERSEE", "RECEIVE_RETURN"} <= found["procurator"]  # control: the line is there, and the others


def test_a_look_at_a_relative_or_a_colleague_counts_by_the_name_and_leads_to_its_lines(house) -> None:
    walk = received(Walk(house))
    leave(house, "county", [datetime(2026, 11, 18, 2, n, tzinfo=UTC) for n in range(3)], walk.person)
    contact = (
        "UPDATE people_fact SET item = 'contacts', value = %s WHERE id = (SELECT id FROM people_fact"
        " WHERE person_id = %s AND to_at IS NULL AND sealed_value IS NULL ORDER BY item <> 'contacts', item LIMIT 1)"
    )

    def counted(statement, *values):
        with house.role("guitu_owner") as door:
            assert door.execute(statement, values).rowcount == 1
        with house.acting("county-head"), transaction.atomic():
            one, window = by_post()[post("county")], watching.window_until(TODAY)
            lines = watching.reads_listed(window, post_id=one.post_id, indicator=NAMESAKE, first=0, most=9)
            assert lines[1] == len(lines[0]) == one.reading.counts[NAMESAKE]
            return one.reading.counts[NAMESAKE], NAMESAKE in [sign.indicator.code for sign in one.signs]

    def family(name):
        return counted(contact, canonical({"family_contact": name, "phone": "0000-5550100"}), walk.person)

    assert family("赵无恙") == (0, False)  # the control: nobody of the unit is called so
    assert family("郑书瑶") == (0, False)  # an officer of another county
    assert family("林知遥") == (3, True)  # the reader
    assert family("许令仪") == (3, True)  # another officer of the same unit
    assert counted(contact, "不是JSON", walk.person) == (0, False)
    assert counted("UPDATE people_person SET name = '许令仪' WHERE id = %s", walk.person) == (3, True)
