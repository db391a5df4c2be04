"""What the copy, made and handed over by an office, and the proof of an erasure do not tell; what it tells instead."""

import json
import re
import uuid
from datetime import UTC, datetime

import pytest
from django.db import transaction

from guitu.access import person_codes
from guitu.access.establishing import unit_id
from guitu.access.operations import NotAllowed
from guitu.ledger import holdings as contract
from guitu.ledger.told import facts_told
from guitu.notices import exporting as notices
from guitu.papers import operations as papers
from guitu.people import emergency
from guitu.people.exporting import HOLDINGS as PEOPLE
from guitu.people.models import Match
from guitu.rights import complaints, copies, erasures, late, policy
from guitu.rights.asking import contestable
from guitu.rights.passages import Passage
from guitu.rights.rooms import ROOMS
from guitu.rulebook.book import load_national
from guitu.rulebook.masking import COVER
from guitu.rulebook.rights import rights_rules
from guitu.web.rights_desk.words import LETTER, passage_text, passage_words
from tests.access.test_watching import leave, post
from tests.factories.units import STATION
from tests.rights.test_from_the_request_to_the_answer import ask, decide, fetched, rows, work
from tests.roads.walking import ticking
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import MOMENT, SENT

NOW = datetime.now(UTC)
SECRET, HEARD, ORDINARY = "提请逮捕的材料", "邻居宋某的话", "释放时的材料"
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def copied(house):
    """The copy as it is made now: the text of the machine's file, and (room's table, ground) of what it left out."""
    request = ask(house, "COPY")
    decide(house, request, "GRANTED")
    assert work() == "DONE"
    machine = json.loads(fetched(house, request, copies.MACHINE))
    tables = [table for room in machine["rooms"] for table in room["tables"]]
    left = {(table["table"], line["ground"]) for table in tables for line in table["left_out"]}
    return {table["table"]: table["rows"] for table in tables}, left


def told(rows_, column):
    return [row[column]["value"] for row in rows_ if column in row]


def acts(tables):
    return [canonical["act"] for canonical in told(tables["ledger_payload"], "canonical")]


def places(tables):
    """How often the copy tells of an emergency look: by a scope, by lines of the ledger, by notices."""
    return (
        told(tables["access_reach"], "relation").count("break_glass"),
        sum(act.startswith("people:glass:") for act in acts(tables)),
        sum(code.startswith("GLASS_") for code in told(tables["notices_notice"], "code")),
    )


def held_back(house, login):
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_look_hold (id, person_id, division, unit_id, post_id, case_number, ground, words,"
            " looks_from, until_at, decided_at, decided_by_id, decided_unit_id, finding)"
            " SELECT gen_random_uuid(), q.id, q.division, p.unit_id, p.id, '演示9号', 'CASE_WORK', '告知会妨碍核查',"
            " now() - interval '1 hour', now() + interval '1 day', now(), d.id, d.unit_id, ''"
            " FROM people_person q, access_post p, access_post d WHERE q.id = %s AND p.id = %s AND d.id = %s",
            (house.persons[SENT], post(login), post("procurator")),
        )


def test_the_copy_that_an_office_makes_tells_of_no_oversight_no_secret_paper_and_no_look_held_back(fresh):  # noqa: F811
    person = fresh.persons[SENT]
    leave(fresh, "procurator", [NOW], person, purpose="OVERSEE")
    leave(fresh, "county-head", [NOW], person, purpose="REVIEW_LOOKS")
    ((number,),) = rows(fresh, "SELECT number FROM people_person WHERE id = %s", person)
    with fresh.acting("foreign"):
        opened = emergency.break_glass(number, "life", "有人来电说他要轻生，须马上联系", glass_id=uuid.uuid4(), at=NOW)
        assert opened.outcome == "OPENED"
    with fresh.acting("prison"):
        for kind, name in (("arrest_request", SECRET), ("inquiry_opinion", HEARD), ("dossier", ORDINARY)):
            papers.attach(
                person, kind=kind, source=name, data=PAPER, file_name=f"{name}.pdf", event_id=uuid.uuid4(), at=NOW
            )
    tables, left = copied(fresh)
    purposes = told(tables["access_trace"], "purpose")
    assert not {"OVERSEE", "REVIEW_LOOKS"} & set(purposes)
    assert len(purposes) > 0
    assert {
        ("access_trace", "OVERSIGHT"),
        ("papers_attachment", "BEFORE_ACTING"),
        ("papers_attachment", "INVESTIGATION"),
    } <= left
    with fresh.acting("person"), transaction.atomic():  # control: on the own road these looks stand
        looks, _ = person_codes.looks_by_others(person, first=0, most=500)
    assert {"OVERSEE", "REVIEW_LOOKS"} <= {look.purpose for look in looks}
    text = json.dumps(tables, ensure_ascii=False)
    assert not any(word in text for word in (SECRET, HEARD, "arrest_request"))
    assert ORDINARY in text
    assert {"inquiry_opinion", "dossier"} <= set(told(tables["papers_attachment"], "kind"))
    assert acts(tables).count("papers:file:attached") == 2

    assert places(tables) == (1, 1, 1)
    held_back(fresh, "foreign")
    assert places(copied(fresh)[0]) == (0, 0, 0)
    with fresh.acting("person"), transaction.atomic():
        assert not any(line.act.startswith("people:glass:") for line in contestable(person))


def test_a_complaint_outlives_the_erasure_decided_by_the_office_it_is_about_and_the_proof_does_not_tell(fresh):  # noqa: F811
    person, event = fresh.persons[SENT], uuid.uuid4()
    with fresh.acting("person"), transaction.atomic():
        about = complaints.offices(person)[0].id
    with fresh.acting("person"):
        for each in (event, uuid.uuid4()):
            complaints.complain(person, about=about, words="他们把我的事说给了邻居听", event_id=each, at=MOMENT)
    with fresh.acting("procurator"):
        complaints.answer(each, outcome="UNFOUNDED", words="查过了。", event_id=uuid.uuid4(), at=MOMENT)
    decide(fresh, ask(fresh, "DELETION"), "GRANTED", "UNLAWFUL", login="prison-leader")
    assert work() == "DONE"
    ((counts,),) = rows(fresh, "SELECT counts FROM rights_erasure")
    assert counts["people_person"] == 1
    assert not set(counts) & erasures.UNTOLD
    assert {"rights_complaint", "rights_worsening", "access_look_hold", "rights_breach_person"} <= erasures.UNTOLD
    assert rows(fresh, "SELECT id, person_id FROM rights_complaint") == [(event, None)]  # the answered one is gone
    with fresh.acting("prison"), transaction.atomic():
        assert complaints.one(event) is None
    with fresh.acting("procurator"), transaction.atomic():
        held = complaints.one(event)
    assert (held.erased, SENT in held.whose) == (True, True)
    page = fresh.client("procurator").get(f"/complaints/{event}/").content.decode()
    assert "另行" in page
    with ticking():
        late.forget_copies(at=MOMENT)
    assert len(rows(fresh, "SELECT id FROM rights_complaint")) == 1  # control: not while it waits for its answer
    with fresh.acting("procurator"):
        complaints.answer(event, outcome="FOUND", words="查实，已书面答复本人。", event_id=uuid.uuid4(), at=MOMENT)
    with ticking():
        late.forget_copies(at=MOMENT)
    assert rows(fresh, "SELECT id FROM rights_complaint") == []


def test_who_is_held_where_is_told_of_a_row_of_a_roster_only_where_it_was_the_persons_own():
    holding = next(one for one in PEOPLE if one.model is Match)
    row = Match(unit_id=uuid.uuid4(), rule="SAME_NAME", raised_by=uuid.uuid4(), raised_at=NOW, decided_at=NOW)
    shown = {}
    for row.decision in ("", "other", "superseded", "same"):
        (cells,) = contract.table_copy(holding, [row]).rows
        shown[row.decision] = {cell.column for cell in cells}
    assert shown[""] == {"raised_at", "decided_at"}
    assert shown["other"] == shown["superseded"] == shown[""] | {"decision"}
    assert {"unit_id", "rule", "raised_by"} <= shown["same"]


def test_what_one_table_withholds_stands_in_no_line_or_notice_that_repeats_it():
    text = "x\ny\nz\n" + json.dumps({"code": "C-17", "answer": "WILLING"})
    assert facts_told("evaluation:contact:answered", text) == {"answer": "WILLING"}
    assert facts_told("another:act", text)["code"] == "C-17"
    assert set(notices.WITHHELD_FACTS) == {one for one in load_national().notices if one.startswith("EVALUATION_")}


def test_the_reasons_given_are_those_of_the_law_and_each_is_used():
    grounds = rights_rules().withheld
    used = {one.closed or one.partly for room in ROOMS for one in room.holdings}
    used |= {decision.ground for room in ROOMS for one in room.holdings for decision in one.columns.values()}
    assert used - {""} == set(grounds)
    kinds = {entry.code for entry in load_national().codes["document_type"].codes}
    assert rights_rules().secret_papers <= kinds


def test_who_decides_names_the_passages_in_which_others_speak_and_the_copy_leaves_them_out_and_says_so(fresh):  # noqa: F811
    person = fresh.persons[SENT]
    with fresh.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO journeys_answer (id, journey_id, person_id, division, step, round, outcome, kind, note, at,"
            " post_id, unit_id) SELECT gen_random_uuid(), j.id, j.person_id, j.division, s.step, '', 'begun', 'done',"
            " s.note, now(), gen_random_uuid(), j.duty_unit_id FROM journeys_journey j,"
            " (VALUES ('education', %s), ('training_offer', %s)) AS s (step, note) WHERE j.person_id = %s",
            (HEARD, ORDINARY, person),
        )
    request = ask(fresh, "COPY")
    page = fresh.client("prison").get(f"/rights/{person}/{request}/").content.decode()
    (key,) = re.findall(rf'value="(journeys_answer\.note:[0-9a-f-]+)"[^>]*><label[^>]*>[^<]*{HEARD}', page)
    assert ORDINARY in page
    form = {"mark": str(uuid.uuid4()), "outcome": "PARTLY", "ground": "SECRET", "words": "有一段是邻居说的，依法不给。"}
    send = f"/rights/{person}/{request}/decide/"
    for wrong in (
        form,
        form | {"left_out": f"journeys_answer.note:{uuid.uuid4()}"},
        form | {"left_out": key, "outcome": "GRANTED", "ground": ""},
        form | {"left_out": key, "outcome": "REFUSED"},
    ):
        assert fresh.client("prison").post(send, wrong).status_code == 422
    assert fresh.client("prison").post(send, form | {"left_out": key}).status_code == 302
    assert work() == "DONE"
    machine = json.loads(fetched(fresh, request, copies.MACHINE))
    (answers,) = [t for room in machine["rooms"] for t in room["tables"] if t["table"] == "journeys_answer"]
    assert told(answers["rows"], "note") == [ORDINARY]
    assert [line["ground"] for line in answers["left_out"]] == ["STATEMENTS"]
    assert HEARD not in json.dumps(machine, ensure_ascii=False)

    def by_who_speaks():
        with fresh.acting("representative"):
            return copies.fetch(person, request, copies.MACHINE, event_id=uuid.uuid4(), at=MOMENT)

    with pytest.raises(NotAllowed):  # who may speak is not given what the table keeps
        by_who_speaks()
    with fresh.role("guitu_owner") as door:  # control: it is that permission alone that decides
        grant = "INSERT INTO access_permission (role, action) VALUES ('REPRESENTATIVE', 'rights:fetch')"
        door.execute(grant)
        assert json.loads(by_who_speaks())["request"] == machine["request"]
        door.execute("DELETE FROM access_permission WHERE role = 'REPRESENTATIVE' AND action = 'rights:fetch'")
    own, spoken = (fresh.client(login).get("/my/").content.decode() for login in ("person", "representative"))
    assert (f"/my/copies/{request}/pdf/" in own, f"/my/copies/{request}/pdf/" in spoken) == (True, False)
    assert "只交给本人" in spoken
    ((kept, sealed),) = rows(
        fresh,
        "SELECT r.left_out, (SELECT p.canonical FROM ledger_payload p JOIN ledger_entry e ON e.id = p.entry_id"
        " WHERE e.act = 'rights:request:decided') FROM rights_request r",
    )
    assert kept == [key]
    assert '"left_out": 1' in sealed or '"left_out":1' in sealed


def test_who_decides_reads_a_letter_in_words_and_everything_else_as_it_was_written(house):
    body = '{"birth_date": "1967年12月9日", "id_doc": "", "residence": "一号", "receiver": "青榆县司法局"}'
    letter, note = (Passage(f"{column}:1", "", "", body) for column in (LETTER, "journeys_answer.note"))
    shown = {"birth_date": "1967年12月9日", "receiver": "no item"}
    with house.acting("prison"), transaction.atomic():
        found = passage_text(letter, lambda item, _value: shown.get(item)).split("；")
        assert (found[0], found[2]) == ("出生日期：1967年12月9日", "接收单位：青榆县司法局")
        assert found[1].endswith(f"：{COVER}")
        assert passage_text(note, lambda *_: None) == body


@pytest.mark.parametrize(("login", "part"), [("prison-leader", True), ("prison", False)])
def test_who_decides_sees_of_a_letters_items_what_the_decision_table_shows_that_post(fresh, login, part):  # noqa: F811
    """A leader's mask, or a cover over what an officer opens one at a time; the officer opens the letter itself."""
    form = {"mark": str(uuid.uuid4()), "to": [str(unit_id(STATION))]}
    liaison, person = fresh.client("prison"), fresh.persons[SENT]
    assert liaison.post(f"/persons/{person}/letters/police_notice/send/", form).status_code == 302
    ((letter,),) = rows(fresh, "SELECT id FROM exchange_letter WHERE person_id = %s", person)
    whole = liaison.get(f"/persons/{person}/letter/{letter}/").content.decode()
    (number,) = set(re.findall(r"\b[0-9]{17}[0-9X]\b", whole))  # control: it stands in the letter
    request = ask(fresh, "COPY")
    read = fresh.client(login).get(f"/rights/{person}/{request}/").content.decode()
    (said,) = re.findall(rf'value="{re.escape(LETTER)}:[^>]*><label[^>]*>([^<]*)', read)
    assert number not in read
    assert ("接收单位" in said, f"{number[:3]}***********{number[-4:]}" in said) == (True, part)


def test_every_passage_written_freely_has_its_words_and_no_other_column_claims_to_be_one():
    written = {
        f"{one.table}.{name}"
        for room in ROOMS
        for one in room.holdings
        for name, decision in one.columns.items()
        if decision.written
    }
    assert written == set(passage_words())
    assert policy.left_out_fault("COPY", "PARTLY", "SECRET", ["a"], ["a", "b"]) == ""
    for given in (
        ("PARTLY", "SECRET", []),
        ("PARTLY", "SECRET", ["c"]),
        ("PARTLY", "NOT_OURS", ["a"]),
        ("GRANTED", "", ["a"]),
    ):
        assert policy.left_out_fault("COPY", *given, ["a", "b"]) == "PASSAGES"
    assert policy.left_out_fault("DELETION", "GRANTED", "ACHIEVED", [], []) == ""
