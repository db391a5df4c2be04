"""A person comes in by a code handed over once, then by a PIN of their own (decision 28)."""

import uuid
from datetime import timedelta
from operator import itemgetter

import psycopg
import pytest
from django.conf import settings
from django.test import Client, override_settings

from guitu.access import person_codes
from guitu.access.impact import NotAssessed
from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.access.persons_at_the_door import number_typed
from guitu.notices.channels import DemonstrationOutbox, NotSent
from guitu.rulebook.sign_in import person_sign_in
from guitu.web.clock import now
from guitu.web.entrance.person_sign_in import device_cookie
from guitu.web.gate import token_cookie
from tests.factories.assessments import unassessed
from tests.sign_in.persons import issue, mandate, number_of, three

RULES = person_sign_in()
PIN = "735284"


def attempt(browser, number, secret):
    return browser.post("/sign-in/person/", {"number": number, "secret": secret})


def come_in(browser, house, person, pin=PIN):
    """All the way in: code, own PIN, My road."""
    made = issue(house, person)
    assert attempt(browser, made.login, made.code)["Location"].startswith("/sign-in/step/")
    answer = browser.post("/sign-in/step/", {"new": pin, "again": pin})
    assert answer.status_code == 302, answer.content.decode()
    return made


def on_the_device_of(browser, address="192.0.2.20"):
    """The same device later and elsewhere: signed out, known again by its cookie."""
    later = Client(REMOTE_ADDR=address)
    later.cookies[device_cookie()] = browser.cookies[device_cookie()].value
    return later


@pytest.fixture
def person(house):
    return three(house)["沈望舒"]


def test_number_and_code_lead_to_an_own_pin_and_the_pin_leads_in(browser, house, person):
    made = come_in(browser, house, person)
    assert made.login == number_of(house, person)
    assert browser.get("/my/").status_code == 200
    later = on_the_device_of(browser)
    assert attempt(later, made.login.lower().replace("-", " "), PIN).status_code == 302
    assert later.get("/my/").status_code == 200


def test_the_pin_opens_on_a_device_that_has_shown_a_code_and_on_no_other_nor_for_ever(browser, house):
    person, somebody_else = itemgetter("沈望舒", "陆青禾")(three(house))
    made = come_in(browser, house, person)
    neighbour = Client(REMOTE_ADDR="192.0.2.31")
    come_in(neighbour, house, somebody_else)
    for stranger in (Client(REMOTE_ADDR="192.0.2.20"), on_the_device_of(neighbour)):
        refused = attempt(stranger, made.login, PIN)
        assert refused.status_code == 422
        assert "到窗口要一个新的登录码" in refused.content.decode()
    assert attempt(on_the_device_of(browser), made.login, PIN).status_code == 302  # the control: the device knows it
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_sign_in_code SET used_at = used_at - %s", (RULES.device_lasts,))
    assert attempt(on_the_device_of(browser), made.login, PIN).status_code == 422
    another = Client(REMOTE_ADDR="192.0.2.20")
    again = issue(house, person)
    assert attempt(another, again.login, again.code).status_code == 302, "a new code opens on a new device"


def test_a_code_has_ten_signs_and_is_kept_only_as_a_digest(house, person):
    made = issue(house, person)
    plain = made.code.replace("-", "")
    assert len(plain) == 10 == RULES.code_length
    with house.role("guitu_owner") as door:
        rows = str(door.execute("SELECT * FROM access_sign_in_code").fetchall())
        payloads = str(door.execute("SELECT canonical FROM ledger_payload").fetchall())
    assert plain not in rows + payloads
    assert made.code not in rows + payloads


def test_a_code_is_good_once(browser, house, person):
    made = come_in(browser, house, person)
    for again in (browser, Client(REMOTE_ADDR="192.0.2.21")):
        assert attempt(again, made.login, made.code).status_code == 422


def test_a_code_knows_only_the_first_device_and_that_one_may_go_on(browser, house, person):
    made = issue(house, person)
    assert attempt(browser, made.login, made.code).status_code == 302
    other = Client(REMOTE_ADDR="192.0.2.22")
    assert attempt(other, made.login, made.code).status_code == 422
    assert attempt(browser, made.login, made.code).status_code == 302
    assert browser.post("/sign-in/step/", {"new": PIN, "again": PIN}).status_code == 302


def test_control_a_device_that_is_the_first_comes_in_whichever_it_is(house, browser, person):
    made = issue(house, person)
    assert attempt(Client(REMOTE_ADDR="192.0.2.22"), made.login, made.code).status_code == 302


@pytest.mark.parametrize(("less", "status"), [(timedelta(0), 422), (timedelta(minutes=5), 302)])
def test_a_code_runs_out_after_its_hours(browser, house, person, less, status):
    made = issue(house, person, at=now() - RULES.code_lasts + less)
    assert attempt(browser, made.login, made.code).status_code == status


@pytest.mark.parametrize(("wrong", "status"), [(5, 422), (4, 302)])
def test_five_wrong_tries_void_the_code_one_less_does_not(browser, house, person, wrong, status):
    assert RULES.code_tries == 5
    made = issue(house, person)
    for _ in range(wrong):
        assert attempt(browser, made.login, "23456-23456").status_code == 422
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET locked_until = NULL, failed_count = 0")
    assert attempt(browser, made.login, made.code).status_code == status


def test_wrong_tries_lock_the_account_and_too_many_slow_the_address(browser, house, person):
    made = come_in(browser, house, person)
    for _ in range(settings.GUITU_SIGN_IN_TRIES):
        attempt(browser, made.login, "000000")
    assert attempt(Client(REMOTE_ADDR="192.0.2.23"), made.login, PIN).status_code == 422
    for _ in range(settings.GUITU_ADDRESS_TRIES):
        attempt(browser, "GT-00000-00000", "x")
    assert attempt(browser, made.login, PIN).status_code == 429


def test_a_newer_code_voids_the_one_before_and_too_many_are_refused(browser, house, person):
    first = issue(house, person)
    second = issue(house, person)
    assert attempt(browser, first.login, first.code).status_code == 422
    assert attempt(browser, second.login, second.code).status_code == 302
    for _ in range(RULES.codes_most - 2):
        issue(house, person)
    with pytest.raises(person_codes.TooManyCodes):
        issue(house, person)


def test_the_same_form_twice_issues_one_code_and_does_not_tell_it_again(house, person):
    mark = uuid.uuid4()
    assert issue(house, person, code_id=mark).code
    assert issue(house, person, code_id=mark).code == ""
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_sign_in_code").fetchone() == (1,)


def test_only_posts_that_may_issue_codes_for_persons_in_their_reach(house, person):
    for login, refusal in (("city", NotAllowed), ("county", PersonUnknown), ("other-prison", PersonUnknown)):
        with pytest.raises(refusal):
            issue(house, person, login)
    assert issue(house, person, "prison").code


def test_the_database_itself_refuses_who_may_not_issue(house, person):
    call = "SELECT access_issue_code(gen_random_uuid(), %s, NULL, 'x', 'SLIP', '', %s, %s, 9, %s)"
    for login, state in (("city", "GU006"), ("county", "GU005")):
        token = house.token(login)
        purpose = {"city": "SUPERVISE_LINKAGE", "county": "RECEIVE_RETURN"}[login]
        with house.role("guitu_app") as door, door.transaction():
            door.execute(
                "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", (token, purpose)
            )
            with pytest.raises(psycopg.Error) as refusal:
                door.execute(call, (person, now(), now() + timedelta(hours=1), now()))
        assert refusal.value.sqlstate == state


def test_officer_and_person_see_that_a_code_was_issued_and_used_and_neither_sees_the_code(browser, house, person):
    issued = issue(house, person)
    with house.acting("prison"):
        from django.db import transaction

        with transaction.atomic():
            before = person_codes.codes_of(person, most=5)
    assert [(line.bound_at, line.used_at) for line in before] == [(None, None)]
    attempt(browser, issued.login, issued.code)
    browser.post("/sign-in/step/", {"new": PIN, "again": PIN})
    with house.acting("prison"), transaction.atomic():
        after = person_codes.codes_of(person, most=5)
    assert after[0].used_at is not None
    page = browser.get("/my/").content.decode()
    assert "桐岭监狱" in page
    assert "用过了" in page
    assert issued.code not in page


@pytest.mark.parametrize("pin", ["12345", "123456", "888888", "123123", "654321"])
def test_a_pin_that_is_easily_guessed_is_not_taken(browser, house, person, pin):
    made = issue(house, person)
    attempt(browser, made.login, made.code)
    assert browser.post("/sign-in/step/", {"new": pin, "again": pin}).status_code == 422


def test_a_code_opens_nothing_before_the_pin_stands(browser, house, person):
    made = issue(house, person)
    attempt(browser, made.login, made.code)
    assert "guitu_token" not in browser.cookies
    assert browser.get("/my/").status_code == 302


def test_a_number_with_an_open_code_costs_no_other_work_than_one_without_and_one_that_is_none(
    browser, house, person, monkeypatch
):
    digests = []
    made_digest = person_codes.digest_of
    monkeypatch.setattr(
        person_codes, "digest_of", lambda code_id, code: digests.append(code_id) or made_digest(code_id, code)
    )
    made = issue(house, person)
    assert len(digests) == 1, "the one that is kept"
    counted = []
    for number, secret in (
        (made.login, "23456-23456"),
        (made.login, made.code),
        (made.login, PIN),
        ("GT-00000-00000", "x"),
    ):
        digests.clear()
        attempt(browser, number, secret)
        counted.append(len(digests))
        with house.role("guitu_owner") as door:
            if secret == made.code:
                door.execute("UPDATE access_sign_in_code SET ended_at = now()")
    assert counted == [1, 1, 1, 1]


def test_a_staff_account_does_not_come_in_at_the_persons_door(browser, house, password):
    value = password("county")
    assert attempt(browser, "county", value).status_code == 422
    assert browser.post("/sign-in/", {"login": "county", "password": value}).status_code == 302


def test_a_message_carries_the_code_and_one_that_was_not_sent_voids_it(house, person):
    with unassessed(house), pytest.raises(NotAssessed):  # a message goes out under an impact assessment alone
        issue(house, person, sender=DemonstrationOutbox(), telephone="00005550199")
    made = issue(house, person, sender=DemonstrationOutbox(), telephone="00005550199")
    with house.role("guitu_owner") as door:
        ((channel, address, text),) = door.execute("SELECT channel, address, text FROM notices_outbox").fetchall()
    assert (channel, address) == ("SMS", "00005550199")
    assert made.code in text
    assert "10分钟内用一次有效" in text
    assert made.expires_at - RULES.message_lasts <= now() < made.expires_at

    class Broken:
        def send(self, *, channel, address, text, at):
            raise NotSent("no line")

    mark = uuid.uuid4()
    with pytest.raises(NotSent):
        issue(house, person, sender=Broken(), telephone="00005550199", code_id=mark)
    with house.role("guitu_owner") as door:
        row = door.execute("SELECT ended_at, told_to FROM access_sign_in_code WHERE id = %s", (mark,)).fetchone()
    assert row[0] is not None
    assert row[1] == "0199"


@pytest.mark.parametrize(("sent", "status"), [(True, 422), (False, 302)])
def test_a_code_in_a_message_is_over_after_ten_minutes_and_one_on_paper_is_not(browser, house, person, sent, status):
    assert RULES.message_lasts <= timedelta(minutes=10)
    by = {"sender": DemonstrationOutbox(), "telephone": "00005550199"} if sent else {}
    made = issue(house, person, at=now() - RULES.message_lasts, **by)
    assert attempt(browser, made.login, made.code).status_code == status


def ask_for_message(house, person, telephone):
    desk = Client(REMOTE_ADDR="192.0.2.30")
    desk.cookies["guitu_token"] = house.token("prison")
    told = {"mark": str(uuid.uuid4()), "channel": "SMS", "telephone": telephone}
    status = desk.post(f"/persons/{person}/sign-in/issue/", told).status_code
    with house.role("guitu_owner") as door:
        return status, [row[0] for row in door.execute("SELECT address FROM notices_outbox").fetchall()]


def test_the_desk_sends_a_code_to_the_telephone_the_person_names(house, settings_for_pages, person):
    assert ask_for_message(house, person, " ") == (422, [])
    assert ask_for_message(house, person, "0000-555 0199") == (302, ["00005550199"])


def test_control_without_a_sender_of_text_messages_none_is_sent(house, settings_for_pages, person):
    with override_settings(GUITU_NOTICE_SENDERS={}):
        assert ask_for_message(house, person, "0000-555 0199") == (422, [])


def test_a_number_is_found_however_it_was_typed():
    for typed in ("GT-01ABC-09XYZ", "gt 01abc 09xyz", "gtoiabco9xyz", "GT－01ABC－09XYZ"):
        assert number_typed(typed) == "GT-01ABC-09XYZ"


def test_a_mandate_lets_one_look_until_it_ends_and_its_end_ends_the_session(browser, house, person):
    held = mandate(house, person, scope="READ", to_at=now() + timedelta(hours=1))
    made = issue(house, person, mandate_id=held)
    assert made.login.startswith("DL-")
    attempt(browser, made.login, made.code)
    browser.post("/sign-in/step/", {"new": PIN, "again": PIN})
    page = browser.get("/my/")
    assert page.status_code == 200
    assert "不能代为表示" in page.content.decode()
    with house.acting("prison"):
        from guitu.access.acting import actor

        assert person_codes.end_mandate(
            person,
            held,
            division=actor().session.division,
            permission="mandate:record",
            event_id=uuid.uuid4(),
            at=now(),
        )
    assert browser.get("/my/").status_code == 401
    assert attempt(browser, made.login, PIN).status_code == 422


def test_a_mandate_that_runs_out_ends_the_session_by_itself_and_one_that_lasts_does_not(browser, house, person):
    for to_at, status in ((now() + timedelta(hours=1), 200), (now() - timedelta(seconds=1), 401)):
        held = mandate(house, person, scope="SPEAK", to_at=now() + timedelta(hours=1))
        made = issue(house, person, mandate_id=held)
        attempt(browser, made.login, made.code)
        browser.post("/sign-in/step/", {"new": PIN, "again": PIN})
        with house.role("guitu_owner") as door:
            door.execute("UPDATE access_post SET to_at = %s WHERE role = 'REPRESENTATIVE'", (to_at,))
        assert browser.get("/my/").status_code == status


def test_the_person_ends_a_mandate_they_gave_and_the_representative_cannot_end_any(browser, house, person):
    held = mandate(house, person, scope="SPEAK", to_at=now() + timedelta(hours=1))
    made = issue(house, person, mandate_id=held)
    other = Client(REMOTE_ADDR="192.0.2.24")
    attempt(other, made.login, made.code)
    other.post("/sign-in/step/", {"new": PIN, "again": PIN})
    sure = {"mark": str(uuid.uuid4()), "sure": "yes"}
    assert other.post(f"/my/mandates/{held}/end/", sure).status_code == 404
    assert other.get("/my/").status_code == 200
    come_in(browser, house, person)
    mark = str(uuid.uuid4())
    assert browser.post(f"/my/mandates/{held}/end/", {"mark": mark}).status_code == 200, "asked once more first"
    assert browser.post(f"/my/mandates/{held}/end/", {"mark": mark, "sure": "yes"}).status_code == 302
    assert other.get("/my/").status_code == 401


def test_a_mandate_to_look_does_not_speak_and_one_to_speak_does(browser, house, person):
    for scope, status in (("READ", 403), ("SPEAK", 302)):
        held = mandate(house, person, scope=scope, to_at=now() + timedelta(hours=1))
        made = issue(house, person, mandate_id=held)
        attempt(browser, made.login, made.code)
        browser.post("/sign-in/step/", {"new": PIN, "again": PIN})
        form = {"mark": str(uuid.uuid4()), "kind": "WORD", "words": "请早点告诉我"}
        assert browser.post("/my/say/send/", form).status_code == status
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT spoken_by FROM people_statement").fetchall() == [("REPRESENTATIVE",)]


def test_a_person_who_chooses_another_pin_goes_on_with_another_token_and_ends_sessions_by_the_pin(
    browser, house, person
):
    made = come_in(browser, house, person)
    other, copied = on_the_device_of(browser), Client(REMOTE_ADDR="192.0.2.66")
    assert attempt(other, made.login, PIN).status_code == 302
    copied.cookies[token_cookie()] = browser.cookies[token_cookie()].value
    assert browser.post("/account/sessions/end-others/", {"given": "000000"}).status_code == 422
    assert (other.get("/my/").status_code, copied.get("/my/").status_code) == (200, 200), "control: both open"
    assert browser.post("/account/sessions/end-others/", {"given": PIN}).status_code == 302
    assert other.get("/my/").status_code == 401
    assert copied.get("/my/").status_code in {302, 401}
    copied.cookies[token_cookie()] = browser.cookies[token_cookie()].value
    fresh = {"present": PIN, "new": "928417", "again": "928417"}
    assert browser.post("/account/password/", fresh)["Location"] == "/account/"
    assert copied.get("/my/").status_code in {302, 401}
    assert browser.get("/my/").status_code == 200
