"""What the decision table masks is masked wherever it is shown: file, history, lists, search."""

import re
import uuid

from django.urls import reverse

from tests.web.peopled import KEPT, SENT
from tests.web.reading import body, without_tokens
from tests.web.test_items_on_the_file import CONTACTS, address, file_of, record, row_of


def fields_of_last_look(peopled, person):
    with peopled.role("guitu_owner") as door:
        return door.execute(
            "SELECT fields FROM access_trace WHERE subjects = ARRAY[%s] AND action = 'person:open'"
            " ORDER BY at DESC LIMIT 1",
            (peopled.persons[person],),
        ).fetchone()[0]


def test_a_leader_sees_the_file_masked_and_the_line_of_the_look_names_only_what_was_in_the_clear(fresh):
    assert record(fresh, "contacts", CONTACTS).status_code == 302
    whole = file_of(fresh)
    assert "13000000001" in row_of(whole, "contacts")  # the control: the liaison officer sees it
    answer = file_of(fresh, "prison-leader")
    assert "130****0001" in row_of(answer, "contacts")
    assert "13000000001" not in body(answer)
    assert re.search(r"\d{3}\*{11}\d{3}[0-9X]", row_of(answer, "id_doc"))
    assert "••••••" in row_of(answer, "offence")
    for item in ("offence", "id_doc"):
        assert address(fresh, "reveal", item) not in body(answer)
    seen = fields_of_last_look(fresh, KEPT)
    assert {"name", "birth_date"} <= set(seen)
    assert not {"contacts", "household_region", "id_doc", "offence"} & set(seen)
    past = body(fresh.client("prison-leader").get(address(fresh, "item-history", "contacts")))
    assert "130****0001" in past
    assert "13000000001" not in past


def test_what_the_table_does_not_let_a_post_open_is_refused_and_the_refusal_leaves_its_line(fresh):
    with fresh.role("guitu_owner") as door:
        door.execute(
            "UPDATE people_fact SET item = 'prior_record' WHERE person_id = %s AND item = 'offence'",
            (fresh.persons[SENT],),
        )
    answer = fresh.client("county").post(address(fresh, "reveal-open", "prior_record", SENT))
    assert answer.status_code == 403
    assert "不可看" in row_of(file_of(fresh, "county", SENT), "prior_record")
    with fresh.role("guitu_owner") as door:
        outcome = door.execute(
            "SELECT outcome FROM access_trace WHERE action = 'person:reveal' ORDER BY at DESC LIMIT 1"
        ).fetchone()
    assert outcome == ("DENIED",)


def test_of_what_a_post_may_not_see_nothing_is_told_not_even_whether_it_is_held(fresh):
    """No receiving unit reads a prior record (DT-203): a file with one looks as a file without."""
    without, door_path = (
        row_of(file_of(fresh, "county", SENT), "prior_record"),
        address(fresh, "item-history", "prior_record", SENT),
    )
    with fresh.role("guitu_owner") as door:
        door.execute(
            "UPDATE people_fact SET item = 'prior_record', source = '派出所来函' WHERE person_id = %s"
            " AND item = 'offence'",
            (fresh.persons[SENT],),
        )
    answer = file_of(fresh, "county", SENT)
    assert row_of(answer, "prior_record") == without
    assert "不可看" in without
    assert "派出所来函" not in body(answer)
    assert fresh.client("county").get(door_path).status_code == 403
    assert "派出所来函" in row_of(file_of(fresh, "prison", SENT), "prior_record")  # the control: DT-102


def test_a_special_circumstance_is_known_to_whom_the_table_gives_the_item_it_tells(fresh):
    """Illness tells of health: a leader, who sees that covered, reads of no illness, but of no home."""
    with fresh.role("guitu_owner") as door:
        marks = ["homeless", "mental_illness", "violence"]
        door.execute("UPDATE journeys_journey SET marks = %s WHERE person_id = %s", (marks, fresh.persons[SENT]))
    county, leader = (body(file_of(fresh, login, SENT)) for login in ("county", "prison-leader"))
    assert all(word in county for word in ("无家可归", "精神障碍", "暴力犯罪"))  # the control
    assert "无家可归" in leader
    assert "精神障碍" not in leader
    assert "暴力犯罪" not in leader
    assert not {"health_needs", "offence"} & set(fields_of_last_look(fresh, SENT))
    file_of(fresh, "county", SENT)
    assert {"health_needs", "offence", "living_needs"} <= set(fields_of_last_look(fresh, SENT))


def test_a_sealed_file_is_answered_in_every_byte_as_nobodys(fresh):
    sealed, nobody = fresh.persons[SENT], uuid.UUID(int=fresh.persons[SENT].int ^ 1)
    with fresh.role("guitu_owner") as door:
        name = door.execute("SELECT name FROM people_person WHERE id = %s", (sealed,)).fetchone()[0]
        door.execute(
            "UPDATE people_person SET sealed_at = now(), division = people_sealed_division(division) WHERE id = %s",
            (sealed,),
        )
        door.execute("UPDATE access_reach SET to_at = now() WHERE person_id = %s AND relation <> 'self'", (sealed,))
    for login in ("county", "prison", "province"):
        client = fresh.client(login)
        for named in ("person", "person-looks", "rights-take"):
            told = [client.get(reverse(named, args=[one])) for one in (sealed, nobody)]
            bare = {
                without_tokens(each).replace(str(one).encode(), b"")
                for one, each in zip((sealed, nobody), told, strict=True)
            }
            assert len({each.status_code for each in told}) == len(bare) == 1, (login, named)
    desk = body(fresh.client("county").get(reverse("county-desk")))
    assert name not in desk


def test_a_supervisor_finds_by_the_surname_and_no_guess_of_the_rest_is_confirmed(peopled):
    supervisor = peopled.client("province")
    for words in ("chen", "陈"):
        assert "陈**" in body(supervisor.get(reverse("search"), {"q": words}))
    for guess in ("chenbozhou", "陈柏舟", "柏舟"):
        answer = body(supervisor.get(reverse("search"), {"q": guess}))
        assert "陈**" not in answer
        assert "不表示没有这个人" in answer


def test_the_table_can_be_read_and_narrowed_by_whoever_reads_rules(peopled):
    reader = peopled.client("county")
    whole = body(reader.get(reverse("decisions")))
    assert "DT-101" in whole
    narrowed = body(reader.get(reverse("decisions"), {"role": "SUPERVISOR", "what": "name"}))
    assert re.findall(r'<tr data-row id="(DT-\d+)"', narrowed) == ["DT-312", "DT-316"]
    by_level = body(reader.get(reverse("decisions"), {"role": "COUNTY_OFFICER", "what": "L4"}))
    assert set(re.findall(r'<tr data-row id="(DT-\d+)"', by_level)) == {"DT-202", "DT-203", "DT-207", "DT-213"}
    english = body(peopled.client("county", language="en").get(reverse("decisions"), {"purpose": "GIVE_HELP"}))
    assert "never see offence" in english
