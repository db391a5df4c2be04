"""The thirty items on a file: who collected each and when to check it again, its history, and a newer value by hand."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from guitu.web import places
from tests.web.peopled import IMPORTED, KEPT, REGISTERED, SENT
from tests.web.reading import body, page


def address(peopled, name, item, person=KEPT):
    return reverse(name, kwargs={"person_id": peopled.persons[person], "item": item})


def file_of(peopled, login="prison", person=KEPT, **given):
    return peopled.client(login, **given).get(reverse("person", kwargs={"person_id": peopled.persons[person]}))


def record(peopled, item, typed, *, login="prison", mark=None, **more):
    form = {"mark": str(mark or uuid.uuid4()), "source": "家属来电", "reason": "搬家了", **typed, **more}
    return peopled.client(login).post(address(peopled, "item-recorded", item), form)


def values(peopled, item, person=KEPT):
    """(value, source, reason for nothing) of every row of the item, the present one last."""
    with peopled.role("guitu_owner") as door:
        return door.execute(
            "SELECT value, source, to_at IS NULL FROM people_fact WHERE person_id = %s AND item = %s ORDER BY from_at",
            (peopled.persons[person], item),
        ).fetchall()


def row_of(answer, item):
    """The text of one item's row."""
    found = re.search(rf'<(tr|li) id="item-{item}">(.*?)</\1>', body(answer), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(2)))


CONTACTS = {"phone": "13000000001", "family_contact": "陈某", "family_phone": "13000000002"}


def test_all_thirty_items_stand_on_the_file_with_source_collector_purpose_and_review(peopled):
    answer = file_of(peopled)
    assert len(re.findall(r'<(?:tr|li) id="item-', body(answer))) == 30
    home = row_of(answer, "household_region")
    for word in ("桐岭监狱", "侯知白", "出监准备", IMPORTED.date().isoformat(), "2027-06-15"):
        assert word in home, word
    assert "还没有采集" in row_of(answer, "contacts")
    assert "不定期核对" in row_of(answer, "birth_date")


def test_the_household_stands_in_words_not_as_a_code(peopled):
    home = row_of(file_of(peopled), "household_region")
    assert "青榆县" in home
    assert "910121" not in home
    assert "Qingyu" in row_of(file_of(peopled, language="en"), "household_region")


def test_what_is_no_code_stays_as_it_was_written():
    assert places.division_words("青榆县雁回镇") == "青榆县雁回镇"
    assert places.division_words("990000") == "990000"


def test_sensitive_items_are_covered_and_offered_only_to_whom_they_may_be_revealed(peopled):
    assert "••••••" in row_of(file_of(peopled), "id_doc")
    assert address(peopled, "reveal", "id_doc") in body(file_of(peopled))
    assert address(peopled, "reveal", "id_doc") not in body(file_of(peopled, "prison-leader"))


def test_overdue_reviews_come_first_and_say_so(fresh):
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE people_fact SET review_on = '2026-08-31' WHERE item = 'household_region'")
    answer = file_of(fresh)
    order = re.findall(r'<tr id="item-(\w+)"', body(answer))
    assert order[0] == "household_region"
    assert "该核对了" in row_of(answer, "household_region")
    assert "该核对了" not in row_of(answer, "name")


def test_a_newer_value_is_recorded_with_source_and_reason_and_the_older_one_stays(fresh):
    assert record(fresh, "contacts", CONTACTS).status_code == 302
    assert record(fresh, "contacts", CONTACTS | {"phone": "13000000009"}).status_code == 302
    held = values(fresh, "contacts")
    assert [row[1:] for row in held] == [("家属来电", False), ("家属来电", True)]
    assert "13000000009" in held[-1][0]
    answer = file_of(fresh)
    assert "13000000009" in row_of(answer, "contacts")
    assert "13000000001" not in row_of(answer, "contacts")
    past = body(fresh.client("prison").get(address(fresh, "item-history", "contacts")))
    assert "13000000001" in past
    assert "13000000009" in past
    with fresh.role("guitu_owner") as door:
        told = door.execute(
            "SELECT p.canonical FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
            " WHERE e.act = 'people:item:recorded' ORDER BY e.at LIMIT 1"
        ).fetchone()[0]
    assert "搬家了" in told
    assert "13000000001" not in told


def test_pressed_twice_it_is_recorded_once(fresh):
    mark = uuid.uuid4()
    for _ in range(2):
        assert record(fresh, "contacts", CONTACTS, mark=mark).status_code == 302
    assert len(values(fresh, "contacts")) == 1


REFUSED = {
    "no source": ("contacts", CONTACTS | {"source": " "}, "来源和理由都要写"),
    "no reason": ("contacts", CONTACTS | {"reason": ""}, "来源和理由都要写"),
    "nothing typed": ("contacts", {}, "还没有填"),
    "no telephone": ("contacts", {"phone": "老家"}, "不像电话号码"),
    "a division that does not exist": ("household_region", {"division": "990000"}, "现行的区划代码"),
    "a code outside the table": ("education", {"value": "77"}, "请从列表中选"),
    "no real day": ("birth_date", {"value": "1985-02-30"}, "2026-03-05"),
    "a birth in the future": ("birth_date", {"value": "2050-01-01"}, "不能晚于今天"),
    "a name of one character": ("name", {"value": "陈"}, ""),
    "a number with a wrong check character": ("id_doc", {"value": "910121198503121151"}, ""),
    "a birth date that the number contradicts": ("birth_date", {"value": "1985-03-13"}, ""),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_not_recorded(fresh, what):
    item, typed, words = REFUSED[what]
    before = values(fresh, item)
    answer = record(fresh, item, typed)
    assert answer.status_code == 422
    assert words in body(answer)
    for typed_in in typed.values():
        assert typed_in.strip() in body(answer) or item == "education"  # a list keeps what it has
    assert values(fresh, item) == before


def test_a_number_that_contradicts_the_birth_date_stands_once_the_document_was_read(fresh):
    assert record(fresh, "birth_date", {"value": "1985-03-13"}).status_code == 422
    assert record(fresh, "birth_date", {"value": "1985-03-13"}, confirmed="yes").status_code == 302
    assert values(fresh, "birth_date")[-1][0] == "1985-03-13"


def test_a_value_that_brings_another_file_close_is_left_to_the_identity_desk(fresh):
    with fresh.role("guitu_owner") as door:
        born, name = door.execute(
            "SELECT birth_date, name FROM people_person WHERE id = %s", (fresh.persons[SENT],)
        ).fetchone()
        door.execute("UPDATE people_person SET birth_date = %s WHERE id = %s", (born, fresh.persons[KEPT]))
    answer = record(fresh, "name", {"value": name}, confirmed="yes")
    assert answer.status_code == 422
    assert "与另一份档案相近" in body(answer)
    assert record(fresh, "name", {"value": "陈改"}, confirmed="yes").status_code == 302  # control: nobody is called so


@pytest.mark.parametrize(("item", "value"), [("name", "蔡望知"), ("sex", "1")])
def test_who_had_the_file_before_is_told_in_words_that_others_correct_its_head(fresh, item, value):
    address_of = address(fresh, "item-recorded", item, person=REGISTERED)
    form = {"mark": str(uuid.uuid4()), "source": "户口簿", "reason": "写错了", "value": value}
    kept = values(fresh, item, person=REGISTERED)
    answer = fresh.client("prison").post(address_of, form)
    assert answer.status_code == 422
    assert "档案现在不在本单位手里" in body(answer)
    assert values(fresh, item, person=REGISTERED) == kept
    assert fresh.client("county").post(address_of, form).status_code == 302  # the control


HEAD = ("name", "sex", "birth_date")


def record_links(peopled, login, person):
    return {a["href"] for a, _ in page(file_of(peopled, login, person)).all("a") if "/record/" in a.get("href", "")}


@pytest.mark.parametrize("item", HEAD)
def test_the_form_for_the_head_is_not_offered_to_who_had_the_file_before(peopled, item):
    before, now = record_links(peopled, "prison", REGISTERED), record_links(peopled, "county", REGISTERED)
    form = address(peopled, "item-record", item, person=REGISTERED)
    assert form not in before
    assert form in now
    assert address(peopled, "item-record", "education", person=REGISTERED) in before, "control: the others are offered"
    refused = peopled.client("prison").get(form)
    assert refused.status_code == 409
    assert "档案现在不在本单位手里" in body(refused)
    assert page(refused).all("input", name="reason") == []
    assert peopled.client("county").get(form).status_code == 200


@pytest.mark.parametrize(
    ("login", "person"), [("prison", KEPT), ("county", SENT), ("prison", SENT), ("county", REGISTERED)]
)
def test_whoever_is_offered_the_form_for_the_head_is_not_refused_by_the_database(fresh, login, person):
    offered = address(fresh, "item-record", "name", person=person) in record_links(fresh, login, person)
    form = {"mark": str(uuid.uuid4()), "source": "户口簿", "reason": "写错了", "value": "蔡望知", "confirmed": "yes"}
    answer = fresh.client(login).post(address(fresh, "item-recorded", "name", person=person), form)
    assert offered == ("档案现在不在本单位手里" not in body(answer))


def test_the_list_follows_a_new_name(fresh):
    assert record(fresh, "name", {"value": "陈改"}, confirmed="yes").status_code == 302
    found = body(fresh.client("prison").get("/search/?q=chengai"))
    assert "陈改" in found
    assert body(fresh.client("prison").get("/search/?q=" + KEPT)).count("data-row") == 0


def test_items_that_come_from_other_acts_have_no_form(peopled):
    for item in ("person_uid", "key_dates", "no-such-item"):
        assert peopled.client("prison").get(address(peopled, "item-record", item)).status_code == 404
        assert record(peopled, item, {"value": "x"}).status_code == 404


def test_the_form_has_the_fields_that_the_rulebook_names(peopled):
    form = page(peopled.client("prison").get(address(peopled, "item-record", "household_region")))
    assert {"division", "address", "source", "reason"} <= {one[0].get("name") for one in form.all("input")}
    choice = body(peopled.client("prison").get(address(peopled, "item-record", "education")))
    assert '<option value="70"' in choice
    assert 'type="date"' in body(peopled.client("prison").get(address(peopled, "item-record", "birth_date")))


def test_a_sensitive_value_is_not_put_into_the_form(peopled):
    form = page(peopled.client("prison").get(address(peopled, "item-record", "id_doc")))
    assert [one[0].get("value") for one in form.all("input", name="value")] == [""]


def test_the_trace_of_a_look_names_each_l3_item_that_was_shown(fresh):
    file_of(fresh)
    with fresh.role("guitu_owner") as door:
        fields = door.execute(
            "SELECT fields FROM access_trace WHERE action = 'person:open' ORDER BY at DESC LIMIT 1"
        ).fetchone()[0]
    assert {"name", "birth_date", "household_region", "sentence", "key_dates"} <= set(fields)
    assert not {"sex", "id_doc", "offence"} & set(fields)  # L2, and L4 that stayed covered


def test_the_trace_of_a_refused_or_unknown_look_names_no_item(fresh):
    assert file_of(fresh, "foreign").status_code == 404
    assert file_of(fresh, "province").status_code == 403
    with fresh.role("guitu_owner") as door:
        fields = door.execute("SELECT DISTINCT fields FROM access_trace WHERE outcome <> 'ALLOWED'").fetchall()
    assert fields == [([],)]


def test_a_history_is_closed_to_whom_the_file_is_closed(peopled):
    assert peopled.client("foreign").get(address(peopled, "item-history", "name")).status_code == 404
    assert peopled.client("identity").get(address(peopled, "item-history", "name")).status_code == 403


def test_a_review_falls_due_as_many_months_later_as_the_rulebook_says(fresh):
    record(fresh, "contacts", CONTACTS)
    with fresh.role("guitu_owner") as door:
        collected, review = door.execute(
            "SELECT (collected_at AT TIME ZONE 'Asia/Shanghai')::date, review_on FROM people_fact"
            " WHERE item = 'contacts' AND review_on IS NOT NULL"
        ).fetchone()
    assert timedelta(days=85) < review - collected < timedelta(days=95)
