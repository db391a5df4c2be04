"""A commissioned evaluation from its commission to the counties' reply, through operations, each post as itself."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import transaction
from psycopg.types.json import Jsonb

from guitu.access.establishing import unit_id
from guitu.access.impact import NotAssessed
from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.evaluation import operations, queries
from guitu.evaluation.policy import EvaluationRefused
from guitu.notices import queries as notices
from tests.evaluation.conftest import MOMENT
from tests.factories.assessments import unassessed
from tests.factories.units import CITY, COUNTY, EVALUATOR, OTHER_CITY, PROVINCE, SIBLING_COUNTY


def acts(house, event):
    with house.role("guitu_owner") as door:
        return [
            row[0] for row in door.execute("SELECT act FROM ledger_entry WHERE event_id = %s ORDER BY at", (event,))
        ]


def test_a_city_commissions_and_the_evaluator_reads_the_counties_figures(evaluated):
    evaluated.commission()
    evaluated.commission()
    assert acts(evaluated.house, evaluated.id) == ["evaluation:commission:given"]
    lines = evaluated.read("evaluator", queries.figures, "evaluation:work", evaluated.id)
    received = {line.county_id: (line.held, line.matters) for line in lines if line.question == "received_in_time"}
    assert received == {unit_id(COUNTY): (4, 5), unit_id(SIBLING_COUNTY): (2, 3), None: (6, 8)}
    sent = {line.county_id: (line.held, line.matters) for line in lines if line.question == "dossier_in_time"}
    assert sent[unit_id(COUNTY)] == (4, 5)
    assert {line.held for line in lines if line.question == "disputed" and line.matters is not None} == {0}


def test_a_supervisor_commissions_only_the_own_range_past_releases_and_real_evaluators(evaluated):
    for wrong in (
        {"scope": PROVINCE},
        {"scope": OTHER_CITY},
        {"evaluator_id": unit_id(COUNTY)},
        {"released_to": MOMENT.date()},
        {"title": "  "},
        {"questions": []},
        {"questions": ["how_they_feel"]},
        {"to_on": date(2026, 7, 19)},
    ):
        with pytest.raises(EvaluationRefused):
            evaluated.commission(**wrong)
    with pytest.raises(NotAllowed):
        evaluated.commission("county")
    assert evaluated.listed("city", "evaluation:commission") == []


def test_the_same_evaluator_gets_no_second_view_of_overlapping_matters(evaluated):
    evaluated.commission()
    with pytest.raises(EvaluationRefused) as refusal:
        evaluated.commission(event=uuid.uuid4(), released_from=date(2026, 6, 10))
    assert "overlapping" in refusal.value.en
    evaluated.commission(event=uuid.uuid4(), released_from=date(2026, 5, 1), released_to=date(2026, 5, 31))


def test_outside_its_time_and_after_the_end_the_evaluator_sees_nothing(evaluated):
    later = uuid.uuid4()
    evaluated.commission(
        event=later, from_on=date(2098, 1, 1), released_from=date(2026, 5, 1), released_to=date(2026, 5, 9)
    )
    assert evaluated.listed("evaluator", "evaluation:work") == []
    assert evaluated.read("evaluator", queries.figures, "evaluation:work", later) == []
    evaluated.commission()
    code = evaluated.draw()[0].code
    with evaluated.house.acting("city"):
        operations.end(evaluated.id, at=MOMENT)
        operations.end(evaluated.id, at=MOMENT)
    assert sorted(acts(evaluated.house, evaluated.id)) == [
        "evaluation:commission:ended", "evaluation:commission:given", "evaluation:sample:drawn",
    ]  # fmt: skip
    assert evaluated.listed("evaluator", "evaluation:work") == []
    assert evaluated.sample() == []
    assert evaluated.read("evaluator", queries.matter, evaluated.id, code) is None
    with pytest.raises(operations.EvaluationUnknown):
        evaluated.verify(code, dossier_in_time="AGREES")
    assert len(evaluated.listed("city", "evaluation:commission")) == 2


def test_another_city_neither_sees_nor_ends_it_and_the_province_does(evaluated):
    evaluated.commission("province", scope=CITY)
    assert evaluated.read("city", queries.evaluation, "evaluation:commission", evaluated.id) is not None
    assert evaluated.read("foreign", queries.evaluation, "evaluation:answer", evaluated.id) is None
    assert evaluated.read("county", queries.evaluation, "evaluation:answer", evaluated.id) is not None
    other = uuid.uuid4()
    evaluated.commission("province", scope=OTHER_CITY, event=other)
    with evaluated.house.acting("city"), pytest.raises(operations.EvaluationUnknown):
        operations.end(other, at=MOMENT)


def test_a_sample_is_stratified_reproducible_and_drawn_once(evaluated):
    evaluated.commission()
    with unassessed(evaluated.house), pytest.raises(NotAssessed):
        evaluated.draw(size=4)
    first = evaluated.draw(size=4)
    assert Counter(line.county_id for line in first) == {unit_id(COUNTY): 3, unit_id(SIBLING_COUNTY): 1} or Counter(
        line.county_id for line in first
    ) == {unit_id(COUNTY): 2, unit_id(SIBLING_COUNTY): 2}
    with unassessed(evaluated.house):  # drawn already: a second drawing changes nothing and is not refused
        assert [line.code for line in evaluated.draw(size=2, seed="7")] == [line.code for line in first]
    held = evaluated.read("evaluator", queries.evaluation, "evaluation:work", evaluated.id)
    assert (held.seed, held.drawn, held.frame_size) == ("20260720", 4, 8)
    with evaluated.house.role("guitu_owner") as door:
        drawn = door.execute("SELECT array_agg(journey_id ORDER BY journey_id) FROM evaluation_matter").fetchone()[0]
        again = door.execute(
            "WITH frame AS (SELECT j.id, row_number() OVER (ORDER BY u.division, sha256(convert_to('20260720', 'UTF8')"
            " || uuid_send(j.id))) AS place, count(*) OVER () AS n FROM journeys_journey j"
            " JOIN access_unit u ON u.id = j.receiving_unit_id WHERE u.division < '910200000000')"
            " SELECT array_agg(id ORDER BY id) FROM frame WHERE place * 4 / n > (place - 1) * 4 / n"
        ).fetchone()[0]
    assert drawn == again


@pytest.mark.parametrize(("size", "seed"), [(0, "1"), (201, "1"), (3, " ")])
def test_a_sample_of_no_size_too_large_or_without_a_seed_is_refused(evaluated, size, seed):
    evaluated.commission()
    with pytest.raises(EvaluationRefused):
        evaluated.draw(size=size, seed=seed)


def test_a_sample_is_at_most_its_share_of_the_frame(evaluated, monkeypatch):
    half = replace(operations.evaluation_rules(), sample_share=50)
    monkeypatch.setattr(operations, "evaluation_rules", lambda: half)
    evaluated.commission()
    with pytest.raises(EvaluationRefused):
        evaluated.draw(size=5)
    assert evaluated.sample() == []
    assert len(evaluated.draw(size=4)) == 4


def test_a_county_too_small_is_pooled_and_a_pool_too_small_is_not_drawn(evaluated):
    evaluated.commission("province", scope=PROVINCE)
    sample = evaluated.draw(size=8)
    assert len(sample) == 8
    assert None not in {line.county_id for line in sample}


def test_a_matter_shows_steps_in_days_from_the_release_and_the_look_is_traced_to_the_person(evaluated):
    evaluated.commission()
    code = evaluated.draw(size=8)[0].code
    seen = evaluated.read("evaluator", queries.matter, evaluated.id, code)
    assert set(seen.recorded) == {
        "received_in_time",
        "dossier_in_time",
        "acknowledged_in_time",
        "disputed",
        "help_agreed",
    }
    expected = next(step for step in seen.steps if step.part == "expected")
    assert expected.due < 0
    assert expected.done in {-42, -26}
    assert expected.in_time is (expected.done == -42)
    assert evaluated.read("evaluator", queries.matter, evaluated.id, "0000-0000") is None
    with evaluated.house.role("guitu_owner") as door:
        looked = door.execute(
            "SELECT t.subjects, m.person_id FROM access_trace t, evaluation_matter m WHERE m.code = %s"
            " AND t.action = 'evaluation:work' AND cardinality(t.subjects) > 0",
            (code,),
        ).fetchall()
    assert looked == [([looked[0][1]], looked[0][1])]


def test_findings_are_compared_with_the_record_and_a_correction_replaces_them(evaluated):
    evaluated.commission()
    codes = [line.code for line in evaluated.draw(size=8)]
    event = uuid.uuid4()
    evaluated.verify(codes[0], event, "电话里说当天到的", received_in_time="AGREES", dossier_in_time="DIFFERS")
    evaluated.verify(codes[0], event, "电话里说当天到的", received_in_time="AGREES", dossier_in_time="DIFFERS")
    evaluated.verify(codes[1], received_in_time="UNVERIFIABLE")
    with evaluated.house.acting("evaluator"):
        operations.verify(
            evaluated.id, codes[0], verdicts={"dossier_in_time": "AGREES"}, note="", event_id=uuid.uuid4(),
            at=MOMENT + timedelta(hours=1),
        )  # fmt: skip
    assert len(evaluated.read("evaluator", queries.findings, evaluated.id, codes[0])) == 3
    assert acts(evaluated.house, event) == ["evaluation:matter:verified"]
    told = evaluated.read("city", queries.comparison, "evaluation:commission", evaluated.id)
    received = [line for line in told if line.question == "received_in_time"]
    assert sum(line.drawn for line in received) == 8
    assert (sum(line.checked for line in received), sum(line.unverifiable for line in received)) == (1, 1)
    sent = [line for line in told if line.question == "dossier_in_time"]
    assert (sum(line.checked for line in sent), sum(line.agrees for line in sent)) == (1, 1)
    own = evaluated.read("sibling", queries.comparison, "evaluation:answer", evaluated.id)
    assert {line.county_id for line in own} == {unit_id(SIBLING_COUNTY)}
    with pytest.raises(EvaluationRefused):
        evaluated.verify(codes[0], follow_up_held="AGREES")
    with pytest.raises(EvaluationRefused):
        evaluated.verify(codes[0], received_in_time="PERHAPS")


def _contact(evaluated):
    evaluated.commission()
    name = "县一"
    code = None
    evaluated.draw(size=8)
    with evaluated.house.role("guitu_owner") as door:
        code = door.execute(
            "SELECT code FROM evaluation_matter WHERE person_id = %s", (evaluated.persons[name],)
        ).fetchone()[0]
    event = uuid.uuid4()
    with evaluated.house.acting("evaluator"):
        operations.ask_for_talk(evaluated.id, code, event_id=event, at=MOMENT)
        operations.ask_for_talk(evaluated.id, code, event_id=event, at=MOMENT)
    return evaluated.persons[name], code, event


def _told(evaluated, login):
    with evaluated.house.acting(login), transaction.atomic():
        return [
            n.code for n in notices.own_notices(code="", only_unread=True, first=0, most=9)[0] if "EVALUATION" in n.code
        ]


def test_a_talk_is_asked_of_whoever_is_responsible_and_the_evaluator_learns_only_the_answer(evaluated):
    person, code, event = _contact(evaluated)
    assert _told(evaluated, "county") == ["EVALUATION_CONTACT_ASKED"]
    assert _told(evaluated, "sibling") == []
    waiting, total = evaluated.read("county", lambda: queries.contacts(waiting=True, first=0, most=9))
    assert (total, waiting[0].person_id, waiting[0].code) == (1, person, code)
    assert evaluated.read("evaluator", lambda: queries.contacts(waiting=True, first=0, most=9)) == ([], 0)
    with evaluated.house.acting("evaluator"), pytest.raises(EvaluationRefused):
        operations.ask_for_talk(evaluated.id, code, event_id=uuid.uuid4(), at=MOMENT)
    with evaluated.house.acting("sibling"), pytest.raises(PersonUnknown):
        operations.answer_talk(person, event, answer="NOT_WILLING", at=MOMENT)
    with evaluated.house.acting("county"):
        past = {"answer": "WILLING", "way": "AT_OFFICE", "meet_at": MOMENT - timedelta(days=1)}
        for wrong in ({"answer": "WILLING"}, {"answer": "SURE"}, past):
            with pytest.raises(EvaluationRefused):
                operations.answer_talk(person, event, at=MOMENT, **wrong)
        meet = MOMENT + timedelta(days=2)
        for _ in range(2):
            operations.answer_talk(person, event, answer="WILLING", way="AT_OFFICE", meet_at=meet, at=MOMENT)
        with pytest.raises(EvaluationRefused):
            operations.answer_talk(person, event, answer="NOT_WILLING", at=MOMENT)
    assert acts(evaluated.house, event) == ["evaluation:contact:asked", "evaluation:contact:answered"]
    assert _told(evaluated, "evaluator") == ["EVALUATION_CONTACT_ANSWERED"]
    line = next(line for line in evaluated.sample() if line.code == code)
    assert (line.contact_answer, line.contact_way, line.contact_at) == ("WILLING", "AT_OFFICE", meet)


def test_a_county_replies_in_words_and_the_supervisor_reads_them(evaluated):
    evaluated.commission()
    event = uuid.uuid4()
    with evaluated.house.acting("county-head"):
        for _ in range(2):
            operations.reply(evaluated.id, words="七月起由专人跟进", event_id=event, at=MOMENT)
        with pytest.raises(EvaluationRefused):
            operations.reply(evaluated.id, words=" ", event_id=uuid.uuid4(), at=MOMENT)
    with evaluated.house.acting("foreign"), pytest.raises(operations.EvaluationUnknown):
        operations.reply(evaluated.id, words="不是我们", event_id=uuid.uuid4(), at=MOMENT)
    assert [said.words for said in evaluated.read("city", queries.replies, evaluated.id)] == ["七月起由专人跟进"]
    assert evaluated.read("sibling", queries.replies, evaluated.id) == []
    assert evaluated.read("evaluator", queries.replies, evaluated.id) == []


def test_whoever_does_not_evaluate_gets_an_error_from_every_function_of_the_evaluator(evaluated):
    evaluated.commission()
    for call in (
        lambda: queries.sample(evaluated.id, first=0, most=1),
        lambda: queries.matter(evaluated.id, "x"),
        lambda: queries.findings(evaluated.id, "x"),
        lambda: queries.figures("evaluation:work", evaluated.id),
        lambda: queries.comparison("evaluation:work", evaluated.id),
    ):
        with pytest.raises(Exception, match="permission evaluation:work is missing") as refusal:
            evaluated.read("city", call)
        assert isinstance(refusal.value.__cause__, psycopg.Error)
        assert refusal.value.__cause__.sqlstate == "GU006"


def test_two_evaluators_of_overlapping_matters_do_not_betray_a_neighbours_small_group(evaluated):
    """A county reads both; what of its neighbours stands in the difference of the two it cannot compute."""
    other, second = uuid.uuid4(), uuid.UUID(int=2**128 - 1)  # of one moment the later
    with evaluated.house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_unit SELECT (jsonb_populate_record(u, %s)).* FROM access_unit u WHERE u.id = %s",
            (Jsonb({"id": str(other), "code": "EV-2"}), unit_id(EVALUATOR)),
        )
        moved = "UPDATE journeys_journey SET release_on = '2026-06-25' WHERE person_id = %s"
        door.execute(moved, (evaluated.persons["邻一"],))
    evaluated.commission()
    evaluated.commission(event=second, evaluator_id=other, released_to=date(2026, 6, 20))

    def shown(evaluation):
        lines = evaluated.read("county", queries.figures, "evaluation:answer", evaluation)
        return {line.county_id: line.matters for line in lines if line.question == "received_in_time"}

    own, neighbour = unit_id(COUNTY), unit_id(SIBLING_COUNTY)
    assert (shown(evaluated.id)[neighbour], shown(evaluated.id)[None]) == (3, 8)
    assert (shown(second)[own], shown(second)[neighbour], shown(second)[None]) == (5, None, None)
    with evaluated.house.role("guitu_owner") as door:  # control: were it the only one, the neighbour's number is shown
        door.execute("UPDATE evaluation_evaluation SET released_from = '2025-01-01', released_to = '2025-01-31'"
                     " WHERE id = %s", (evaluated.id,))  # fmt: skip
    assert (shown(second)[neighbour], shown(second)[None]) == (2, 7)
