"""The pages of the identity check: the list, both records side by side, deciding, taking back; for each who may."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from guitu.people import questions
from guitu.web.gate import token_cookie
from tests.factories import rosters
from tests.factories.taking_in import take_in

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
HELD = rosters.row("陈柏舟", release=date(2026, 12, 14))
NEAR = rosters.row("陈柏舟", release=date(2027, 1, 20), order="143")


def browser(house, login, language="zh-hans"):
    client = Client(headers={"accept-language": language})
    client.cookies[token_cookie()] = house.token(login)
    return client


def only(house, login):
    with house.acting(login), transaction.atomic():
        ((found,), _) = questions.listed(own_unit_only=False, decided=False, first=0, most=5)
    return found


@pytest.fixture
def near(house):
    take_in(house, HELD)
    take_in(house, NEAR, at=AT + timedelta(hours=1))
    return only(house, "prison")


def page(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_question_the_page_says_what_will_come_here(house):
    assert "没有等您判定的人" in page(browser(house, "prison").get(reverse("identity")))


def test_the_question_stands_in_the_list_of_its_prison_and_in_no_other(house, near):
    address = reverse("identity-question", args=[near.id])
    assert address in page(browser(house, "prison").get(reverse("identity")))
    assert address not in page(browser(house, "other-prison").get(reverse("identity")))
    assert browser(house, "other-prison").get(address).status_code == 404


def test_the_question_names_the_division_and_shows_no_bare_code(house, near):
    told = page(browser(house, "prison").get(reverse("identity-question", args=[near.id])))
    assert "青榆县" in told.partition("户籍区划")[2].partition("户籍地址")[0]
    assert "910121" not in told


@pytest.mark.parametrize("login", ["county", "city", "province", "system"])
def test_a_post_without_the_permission_opens_neither_list_nor_question(house, near, login):
    client = browser(house, login)
    assert client.get(reverse("identity")).status_code == 403
    assert client.get(reverse("identity-question", args=[near.id])).status_code == 403
    decided = client.post(reverse("identity-decide", args=[near.id]), {"decision": "same"})
    assert decided.status_code == 403


def test_both_records_stand_side_by_side_and_no_number_in_full(house, near):
    shown = page(browser(house, "prison").get(reverse("identity-question", args=[near.id])))
    assert "姓名与出生日期相同" in shown
    assert HELD[3] not in shown
    assert NEAR[3] not in shown
    assert f"{NEAR[3][:3]}***********{NEAR[3][-4:]}" in shown
    assert shown.count("2027-01-20") >= 1


def test_the_look_at_the_pair_is_traced_to_the_person(house, near):
    page(browser(house, "prison").get(reverse("identity-question", args=[near.id])))
    with house.role("guitu_owner") as door:
        seen = door.execute("SELECT fields FROM access_trace WHERE subjects = ARRAY[%s]::uuid[]", [near.person_id])
        assert any("birth_date" in fields for (fields,) in seen.fetchall())


def test_decided_on_the_page_and_taken_back_on_the_page(house, near):
    client = browser(house, "prison")
    address = reverse("identity-question", args=[near.id])
    answer = client.post(reverse("identity-decide", args=[near.id]), {"decision": "same"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    shown = page(client.get(address))
    assert "撤回判定" in shown
    assert "侯知白" in shown
    assert client.post(reverse("identity-take-back", args=[near.id])).status_code == 302
    assert only(house, "prison").id == near.id
    assert client.post(reverse("identity-take-back", args=[near.id])).status_code == 409


def test_not_yet_leads_back_to_the_list_that_says_who_looked(house, near):
    client = browser(house, "prison")
    answer = client.post(reverse("identity-decide", args=[near.id]), {"decision": "open"}, follow=True)
    assert "侯知白" in page(answer)


def test_nothing_chosen_saves_nothing_and_says_so(house, near):
    answer = browser(house, "prison").post(reverse("identity-decide", args=[near.id]))
    assert answer.status_code == 422
    assert only(house, "prison").decision == ""


def test_the_slower_of_two_officers_is_told_who_was_quicker(house, near):
    browser(house, "prison").post(reverse("identity-decide", args=[near.id]), {"decision": "same"})
    late = browser(house, "identity").post(reverse("identity-decide", args=[near.id]), {"decision": "other"})
    assert late.status_code == 409
    assert "侯知白" in late.content.decode()


def test_an_unknown_question_cannot_be_found_or_decided(house):
    client = browser(house, "prison")
    assert client.get(reverse("identity-question", args=[uuid.uuid4()])).status_code == 404
    assert client.post(reverse("identity-decide", args=[uuid.uuid4()]), {"decision": "same"}).status_code == 404


def test_the_desk_of_the_province_is_led_to_its_questions_and_decides(house):
    take_in(house, HELD)
    take_in(house, rosters.row("陈柏舟", release=date(2027, 1, 20)), login="other-prison", at=AT + timedelta(hours=1))
    found = only(house, "identity")
    client = browser(house, "identity")
    home = client.get("/", follow=True)
    assert reverse("identity-question", args=[found.id]) in page(home)
    assert "白沙监狱" in page(home)
    for side in ("prison", "other-prison"):
        assert browser(house, side).get(reverse("identity-question", args=[found.id])).status_code == 404
    assert client.post(reverse("identity-decide", args=[found.id]), {"decision": "other"}).status_code == 302


def test_a_row_for_the_desk_alone_shows_the_prison_no_form(house):
    take_in(house, HELD)
    take_in(house, NEAR, login="other-prison")
    take_in(house, rosters.row("陈柏舟", release=date(2027, 1, 20)), login="other-prison", at=AT + timedelta(hours=1))
    seen = only(house, "other-prison")
    shown = page(browser(house, "other-prison").get(reverse("identity-question", args=[seen.id])))
    assert "身份核对中" in shown
    assert reverse("identity-decide", args=[seen.id]) not in shown
    assert HELD[3][-4:] not in shown


@pytest.mark.parametrize("address", ["identity", "identity-question"])
def test_in_english_no_han_character_stands_outside_names_and_the_sheet(house, near, address):
    client = browser(house, "prison", "en")
    place = reverse(address, args=[near.id] if address == "identity-question" else [])
    shown = page(client.get(place))
    for word in ("等您判定", "对照", "判定", "释放日", "名册上", "核对", "同一个人", "相同"):
        assert word not in shown.split("<main", 1)[1]
