"""The assessment before release: a report with its document, needs that open what follows, what it never says."""

import io
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from openpyxl import load_workbook

from guitu.access.operations import NotAllowed, PersonUnknown, ask
from guitu.handover import declining, steps
from guitu.journeys import queries as roads
from guitu.journeys.operations import StepNotOpen
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.queries import of_person as happened
from guitu.notices import queries as told
from guitu.papers import queries as papers
from guitu.prison import operations as prison_roster
from guitu.prison import queries as prison
from guitu.prison.needs import AssessmentIncomplete, marks_of
from tests.factories import rosters
from tests.papers.test_opened_after_a_line import asked
from tests.roads.walking import RELEASE, Walk, day, findings


def before(days: int, hour: int = 10):
    return day(RELEASE - timedelta(days=days), hour)


def graded(row: tuple[object, ...], grade: str) -> bytes:
    """A roster of one person with the prison's danger grade in a column of its own."""
    book = load_workbook(io.BytesIO(rosters.workbook(row)))
    for place, value in enumerate(("危险等级", grade), start=1):
        book.active.cell(row=place, column=len(row) + 1, value=value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def reports(walk: Walk, login: str = "prison"):
    with walk.house.acting(login), transaction.atomic(durable=True):
        ask("assessment:read", [walk.person], seen=prison.items_in_assessment(walk.person))
        return prison.assessments_of(roads.road_of(walk.person).task.journey_id)


def issued(walk: Walk, login: str = "prison"):
    with walk.house.acting(login), transaction.atomic():
        return [paper for paper in papers.documents_of(walk.person) if paper.kind == "prerelease_report"]


def test_an_assessment_answers_its_step_and_issues_its_report_in_one_act(house) -> None:
    walk = Walk(house)
    number = walk.assess(before(70))
    assert walk.step("assessment").answer.outcome == "reported"
    assert [paper.number for paper in issued(walk)] == [number]
    (report,) = reports(walk)
    assert report.found == findings()
    assert report.number == number


def test_the_same_mark_twice_makes_one_assessment(house) -> None:
    walk, mark = Walk(house), uuid.uuid4()
    assert walk.assess(before(70), mark=mark) == walk.assess(before(69), mark=mark)
    assert len(reports(walk)) == len(issued(walk)) == 1
    # Control: another mark is another report, and has to say why.
    with pytest.raises(AssessmentIncomplete) as lacking:
        walk.assess(before(68))
    assert lacking.value.fields == ("correction",)
    walk.assess(before(68), housing="NONE", correction="家属来信，不再接纳")
    newest, first = reports(walk)
    assert newest.supersedes == first.id
    assert (newest.found.housing, first.found.housing) == ("NONE", "FAMILY")
    assert len(issued(walk)) == 2


def test_the_plain_answer_form_cannot_report_an_assessment(house) -> None:
    walk = Walk(house)
    with pytest.raises(StepNotOpen):
        walk.answer("prison", "assessment", "reported", before(70))
    # Control: that it is not possible is said there, with its reason.
    walk.answer("prison", "assessment", "not_possible", before(70), note="住院")
    assert walk.step("assessment").standing == "not_possible"


def test_needs_become_circumstances_so_that_placement_opens_after_registration(house) -> None:
    needy = Walk(house)
    needy.assess(before(70), housing="NONE", health="SERIOUS", documents="SPECIAL")
    assert set(needy.road().task.marks) == {"homeless", "serious_illness", "special_document"}
    assert {"medical_handover", "document_help"} <= needy.open_steps()
    needy.send(before(40))
    needy.acknowledge(before(39))
    needy.release(day(RELEASE))
    needy.register(day(RELEASE + timedelta(days=1)))
    assert "placement" in needy.open_steps()


def test_somebody_with_a_home_and_work_in_sight_is_not_marked(house) -> None:
    walk = Walk(house)
    walk.assess(before(70))
    assert walk.road().task.marks == ()
    assert "medical_handover" not in walk.open_steps()


def test_no_home_no_kin_and_no_work_together_are_the_three_nothings() -> None:
    nothing = findings(housing="NONE", family="NONE", work="NONE")
    assert marks_of(nothing) == ("homeless", "no_kin", "no_work", "three_nothings")
    assert "three_nothings" not in marks_of(findings(housing="NONE", family="NONE"))
    # What was not found out is no need found.
    assert marks_of(findings(housing="UNKNOWN", family="UNKNOWN", work="UNKNOWN")) == ()


def test_who_was_never_graded_is_not_assessed_and_never_low(house) -> None:
    walk = Walk(house)
    walk.assess(before(70))
    assert reports(walk)[0].grade is None


def test_a_grade_keeps_its_value_and_source_and_stands_for_thirty_days(house) -> None:
    walk = Walk(house)
    with house.acting("prison"):
        prison_roster.import_roster(
            graded(rosters.row("陈柏舟", release=RELEASE), "高度危险"),
            file_name="等级.xlsx",
            today=before(80).date(),
            at=before(80),
        )
    walk.assess(before(70))
    grade = reports(walk)[0].grade
    assert (grade.value, grade.source, grade.band) == ("PG2", "桐岭监狱", "H")
    assert grade.on == RELEASE - timedelta(days=80)
    # law.md 4.4 (c): at most thirty days, from 6 April to 6 May.
    assert grade.until == RELEASE - timedelta(days=40)


def test_opinions_health_and_grade_are_not_readable_in_the_database(house) -> None:
    walk = Walk(house)
    walk.assess(before(70), health="MENTAL", medication="每日一次", statement="想回家", spoken_by="SELF")
    with house.role("guitu_owner") as door:
        row = str(door.execute("SELECT * FROM prison_assessment").fetchone())
    for words in ("MENTAL", "每日一次", "想回家", "家庭接纳", "帮助找工作"):
        assert words not in row
    # Control: what is no secret from the desk stands in the clear.
    assert "IN_HAND" in row


def test_only_the_sending_side_assesses(house) -> None:
    walk = Walk(house)
    with pytest.raises(PersonUnknown):
        walk.assess(before(70), login="other-prison")
    with pytest.raises(NotAllowed):
        walk.assess(before(70), login="county")


def test_a_receiving_county_reads_the_report_once_the_dossier_is_sent(house) -> None:
    walk = Walk(house)
    walk.assess(before(70))
    with house.acting("county"), transaction.atomic():
        assert roads.road_of(walk.person) is None
    walk.send(before(40))
    assert [report.found for report in reports(walk, "county")] == [findings()]
    with house.acting("sibling"), transaction.atomic():
        assert roads.road_of(walk.person) is None


def test_nobody_is_assessed_after_the_release(house) -> None:
    walk = Walk(house)
    walk.release(day(RELEASE))
    with pytest.raises(MoveNotAllowed):
        walk.assess(day(RELEASE, 18))
    assert reports(walk) == []


def test_a_short_sentence_in_a_detention_house_allows_an_assessment_only_where_its_step_stands(house) -> None:
    walk = Walk(house, login="detention", kind="看守所释放")
    assert walk.step("assessment").standing == "not_possible"
    walk.assess(before(70), login="detention")
    assert walk.step("assessment").answer.outcome == "reported"


def test_a_statement_says_whose_word_it_is(house) -> None:
    walk = Walk(house)
    with pytest.raises(AssessmentIncomplete) as lacking:
        walk.assess(before(70), statement="想回家")
    assert lacking.value.fields == ("spoken_by",)
    with pytest.raises(AssessmentIncomplete):
        walk.assess(before(70), spoken_by="SELF")
    walk.assess(before(70), statement="想回家", spoken_by="REPRESENTATIVE")


def test_marks_that_an_assessment_notes_are_noted_like_any_other(house) -> None:
    walk = Walk(house)
    with house.acting("prison"):
        steps.note_marks(walk.person, {"homeless"}, event_id=uuid.uuid4(), at=before(75))
    walk.assess(before(70), housing="NONE")
    assert walk.road().task.marks == ("homeless",)


def taken_back(walk: Walk, login: str = "county", code: str = "MARKS_TAKEN_BACK") -> list[uuid.UUID | None]:
    with walk.house.acting(login), transaction.atomic():
        rows, _ = told.own_notices(code=code, only_unread=True, first=0, most=50)
    return [row.person_id for row in rows]


def test_a_corrected_assessment_takes_back_exactly_what_only_it_had_found(house) -> None:
    walk = Walk(house)
    with house.acting("prison"):
        steps.note_marks(walk.person, ["serious_illness"], event_id=uuid.uuid4(), at=before(75))
    walk.assess(before(70), housing="NONE", documents="SPECIAL", health="SERIOUS", work="NONE")
    assert set(walk.road().task.marks) == {"homeless", "no_work", "serious_illness", "special_document"}
    assert {"document_help", "medical_handover"} <= walk.open_steps()
    walk.send(before(40))
    # An officer notes on their own what the assessment alone had found: from now on it stands by their word too.
    with house.acting("prison"):
        with transaction.atomic():
            found_only = roads.marks_found_only(walk.road_id())
        steps.note_marks(walk.person, ["homeless"], event_id=uuid.uuid4(), at=before(39))
    assert found_only == {"homeless", "no_work", "special_document"}

    walk.assess(before(30), work="NONE", correction="材料认错了人")
    assert set(walk.road().task.marks) == {"homeless", "no_work", "serious_illness"}
    assert "document_help" not in walk.open_steps()
    assert "medical_handover" in walk.open_steps()
    (clock,) = [one for one in walk.road().clocks if one.step == "document_help"]
    assert (clock.voided_at, clock.void_reason) == (before(30), "MARK_TAKEN_BACK")
    assert taken_back(walk) == [walk.person]
    with house.acting("county"), transaction.atomic():
        (line,) = [one for one in happened(walk.person) if one.act == "journeys:marks:taken_back"]
    assert (line.facts["marks"], line.facts["number"]) == (["special_document"], reports(walk)[0].number)

    # Found again, it stands again, and its step begins anew.
    walk.assess(before(20), documents="SPECIAL", work="NONE", correction="原来没有认错")
    assert "special_document" in walk.road().task.marks
    assert "document_help" in walk.open_steps()


def test_nothing_is_taken_back_or_told_where_a_correction_finds_the_same(house) -> None:
    walk = Walk(house)
    walk.assess(before(70), documents="SPECIAL")
    walk.answer("prison", "document_help", "settled", before(60))
    walk.send(before(40))
    walk.assess(before(30), documents="SPECIAL", correction="补写用药")
    assert walk.road().task.marks == ("special_document",)
    assert taken_back(walk) == []
    # Control: another finding is told, and the answer that was given stays.
    walk.assess(before(20), correction="证件就在手里")
    assert walk.road().task.marks == ()
    assert taken_back(walk) == [walk.person]
    assert walk.step("document_help").answer.outcome == "settled"


def test_the_assessment_names_a_key_person_as_the_roster_does_and_takes_only_its_own_naming_back(house) -> None:
    walk = Walk(house)
    # Control: what the assessment finds is no ground by itself, and an officer's note names nobody.
    with house.acting("prison"):
        steps.note_marks(walk.person, ["disabled"], event_id=uuid.uuid4(), at=before(75))
    walk.assess(before(70), housing="NONE", work="NONE")
    assert (walk.road().task.key_person, walk.road().task.key_grounds) == (False, ())
    with pytest.raises(AssessmentIncomplete) as lacking:
        walk.assess(before(69), key=("juvenile",), correction="x")
    assert lacking.value.fields == ("key",)
    # RS-16: 三无 is a ground by itself; disability is named by who assesses, whoever noted it before.
    walk.send(before(60))
    nothing = {"housing": "NONE", "work": "NONE", "family": "NONE"}
    walk.assess(before(50), **nothing, key=("disabled",), correction="家属不再接纳")
    assert walk.road().task.key_grounds == ("disabled", "three_nothings")
    assert taken_back(walk, code="KEY_PERSON_NAMED") == [walk.person]
    assert "列为重点帮教对象" not in str(reports(walk)[1].found)
    assert reports(walk)[0].found.key == ("disabled",)
    # Now a declined pick-up needs the person's own words, as for a key person of the roster (law.md RS-16).
    walk.acknowledge(before(40))
    with pytest.raises(declining.WordMissing):
        walk.decline_pick_up(before(30))
    # Taken back: the officer's note stays a circumstance, but is no ground any more.
    walk.assess(before(20), housing="NONE", work="NONE", correction="舅舅愿意接纳")
    assert (walk.road().task.key_person, walk.road().task.key_grounds) == (False, ())
    assert "disabled" in walk.road().task.marks
    with house.acting("county"), transaction.atomic():
        lines = [one.facts["key"] for one in happened(walk.person) if one.act == "journeys:marks:taken_back"]
    assert lines == [["disabled", "three_nothings"]]
    walk.decline_pick_up(before(10))
    assert walk.step("pick_up").standing == "declined"


def test_what_the_roster_names_stays_whatever_an_assessment_takes_back(house) -> None:
    walk = Walk(house, key="三无")
    walk.assess(before(70), housing="NONE", work="NONE", family="NONE", key=("violence",))
    assert walk.road().task.key_grounds == ("three_nothings", "violence")
    walk.assess(before(60), correction="认错了人")
    assert (walk.road().task.key_person, walk.road().task.key_grounds) == (True, ("three_nothings",))


def test_who_was_never_shown_the_person_is_told_nothing_of_a_correction(house) -> None:
    walk = Walk(house)
    walk.assess(before(70), documents="SPECIAL")
    walk.assess(before(60), correction="证件就在手里")
    assert walk.road().task.marks == ()
    assert taken_back(walk) == []


def test_the_words_of_an_assessment_come_after_the_line_that_names_all_it_shows(house) -> None:
    walk = Walk(house)
    walk.assess(before(70))
    with house.acting("prison"), transaction.atomic():
        journey = roads.road_of(walk.person).task.journey_id
    opened = "SELECT count(*) FROM prison_assessments_opened(%s)"
    line = ("assessment:read", [walk.person], list(prison.SHOWN))
    assert asked(house, "prison", opened, (journey,)) == ([], "GU025")
    assert asked(house, "prison", opened, (journey,), before=[(*line[:2], line[2][1:])]) == (["ALLOWED"], "GU025")
    assert asked(house, "prison", opened, (journey,), before=[("paper:read", *line[1:])]) == (["ALLOWED"], "GU025")
    assert asked(house, "prison", opened, (journey,), before=[line]) == (["ALLOWED"], 1), "control: with its line"
    assert asked(house, "sibling", opened, (journey,)) == ([], 0), "out of sight there is nothing"
    with house.acting("prison"), transaction.atomic(), pytest.raises(DatabaseError, match="before it was asked for"):
        prison.assessments_of(journey)
