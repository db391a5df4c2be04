"""管理终端: administration opens only to a passkey made on a terminal another office has assessed, and ends with it.

Each refusal has its control: the same session, the same page, with the one thing in order.
"""

import json
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.access import at_the_machine, terminals
from guitu.access.establishing import account_id
from guitu.access.operations import NotAllowed
from guitu.access.terminals import TerminalRefused
from guitu.rulebook.terminals import terminal_rules
from guitu.web.clock import now
from tests.access.test_what_sql_gains import Hand
from tests.factories.units import CITY
from tests.sign_in.authenticator import SYNCABLE, SYNCED, Device
from tests.sign_in.terminals import (
    HOLDS,
    assessed,
    bind,
    demanded,
    keys_of,
    post_of,
    registered,
    with_passkey,
    with_password,
)
from tests.sign_in.with_passkeys import PASSWORD, options_for, send

DESK = "/units/"


@pytest.fixture
def terminal(house, at_host, password):
    """The system administrator's terminal: the browser, the device, the terminal's id; assessed, and now demanded."""
    password("system")
    made, browser, device = registered(house, "system"), at_host(), Device()
    with_password(browser, "system")
    options, answer = bind(browser, device, made)
    assert options["authenticatorSelection"]["authenticatorAttachment"] == "platform"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert answer.status_code == 200  # the recovery codes of the first factor
    assessed(house, made)
    demanded(house)
    return browser, device, made


def test_the_passkey_of_an_assessed_terminal_opens_administration_and_its_end_closes_it_at_the_next_request(
    house, terminal
):
    browser, device, made = terminal
    refused = browser.get(DESK)  # came in by password, before it was demanded: not enough any more
    assert refused.status_code == 403
    assert "管理的事要在管理终端上办" in refused.content.decode()
    assert browser.get("/")["Location"] == "/account/"
    with_passkey(browser, device)
    assert browser.get("/")["Location"] == DESK
    page = browser.get("/account/").content.decode()
    assert browser.get(DESK).status_code == 200
    assert "评估有效" in page
    assert "现在不能办管理的事" not in page
    with house.role("guitu_owner") as door:  # the warning before the end, then the end itself
        later = "UPDATE access_terminal_assessment SET at = at - interval '40 days', ends_at = clock_timestamp() + %s"
        door.execute(later, (terminal_rules().warn - timedelta(minutes=1),))
        assert "快到期" in browser.get("/account/").content.decode()
        for _ in range(2):
            with_passkey(browser, device)
        told = door.execute("SELECT count(*) FROM notices_notice WHERE code = 'TERMINAL_DUE'").fetchone()
        assert told == (1,)
        assert browser.get(DESK).status_code == 200
        door.execute(later, (timedelta(0),))
    assert "已经到期" in browser.get(DESK).content.decode()
    assert browser.get("/account/").status_code == 200
    with house.role("guitu_owner") as door:
        traced = door.execute("SELECT action FROM access_trace WHERE outcome = 'DENIED'").fetchall()
    assert ("unit:list",) in traced
    demanded_off = "UPDATE access_installation SET terminals_from = NULL"
    with house.role("guitu_owner") as door:
        door.execute(demanded_off)
        assessed(house, made)
        demanded(house)
    assert browser.get(DESK).status_code == 200  # assessed anew: the same session goes on


def test_withdrawing_ends_administration_at_once_and_taking_out_of_use_ends_the_passkeys(house, terminal):
    browser, device, made = terminal
    with_passkey(browser, device)
    assert browser.get(DESK).status_code == 200
    with house.acting("security"), pytest.raises(NotAllowed):  # herself away from a terminal, and it is demanded
        terminals.withdraw(made, uuid.uuid4(), reason="丢失", at=now())
    with at_the_machine.acting_in_post(
        str(post_of("security")), "", done_by="root", at=now(), lasts=timedelta(minutes=5)
    ):
        with pytest.raises(TerminalRefused, match="words"):
            terminals.withdraw(made, uuid.uuid4(), reason=" ", at=now())
        terminals.withdraw(made, uuid.uuid4(), reason="丢失", at=now())
    assert "评估已被撤销" in browser.get(DESK).content.decode()
    assert len(keys_of(house, made)) == 1
    with at_the_machine.acting_in_post(
        str(post_of("security")), "", done_by="root", at=now(), lasts=timedelta(minutes=5)
    ):
        terminals.withdraw(made, uuid.uuid4(), reason="丢失", for_good=True, at=now())
        terminals.withdraw(made, uuid.uuid4(), reason="丢失", for_good=True, at=now())
    assert keys_of(house, made) == []
    browser.post("/sign-out/")
    assert send(browser, "alone", device.show(options_for(browser, "alone"))).status_code == 422
    with house.role("guitu_owner") as door:
        acts = door.execute("SELECT act FROM ledger_entry WHERE act LIKE 'access:terminal%' ORDER BY act").fetchall()
    assert [act for (act,) in acts] == [
        "access:terminal:assessed",
        "access:terminal:bound",
        "access:terminal:registered",
        *["access:terminal:withdrawn"] * 3,
    ]


def test_whoever_registers_names_the_holder_and_is_shown_no_other_administrator(house, at_host, password):
    password("security")
    browser = at_host()
    with_password(browser, "security")
    assert 'name="post"' not in browser.get("/terminals/").content.decode()
    form = {"asset_number": "GL-9", "name": "管理台"}

    def sent(login, **more):
        return browser.post("/terminals/add/", form | {"mark": str(uuid.uuid4()), "login": login} | more)

    for stranger in ("county", "nobody"):  # no administrator, and no account at all: answered alike
        refused = sent(stranger)
        assert (refused.status_code, "专用人要是本单位范围内在任的管理员" in refused.content.decode()) == (422, True)
    with house.role("guitu_owner") as door:
        held = door.execute(
            "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at)"
            " SELECT gen_random_uuid(), p.account_id, u.id, p.role, '兼任', now()"
            " FROM access_post p, access_unit u WHERE p.id = %s AND u.division = %s AND u.kind = 'city' RETURNING id",
            (post_of("system"), CITY),
        ).fetchone()
    asked = sent("system")
    page = asked.content.decode()
    assert (asked.status_code, page.count("<option value=") - page.count('<option value=""')) == (422, 2)
    assert "温如故" not in page, "the audit administrator"
    assert sent("system", post=str(held[0])).status_code == 302
    assert sent("audit", asset_number="GL-10").status_code == 302
    with house.role("guitu_owner") as door:  # control: as many posts as the list would have shown to everybody
        every = "SELECT count(*) FROM access_post p WHERE p.role = ANY (access_separated_roles()) AND p.to_at IS NULL"
        assert door.execute(every).fetchone()[0] > 2


def test_a_passkey_of_a_terminal_and_its_line_are_written_together_or_not_at_all(house, at_host, password):
    password("system")
    made, browser = registered(house, "system"), at_host()
    with_password(browser, "system")
    together = (
        "SELECT k.xmin::text = e.xmin::text FROM access_passkey k LEFT JOIN ledger_entry e"
        " ON e.event_id = k.id AND e.act = 'access:terminal:bound' WHERE k.terminal_id = %s"
    )
    with house.role("guitu_owner") as door:
        door.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON ledger_entry FOR EACH ROW"
            " WHEN (NEW.act = 'access:terminal:bound') EXECUTE FUNCTION ledger_refuse()"
        )
    with pytest.raises(psycopg.DatabaseError):
        bind(browser, Device(), made)
    with house.role("guitu_owner") as door:
        assert door.execute(together, (made,)).fetchall() == [], "no line, no passkey"
        door.execute("DROP TRIGGER full_disk ON ledger_entry")
    bind(browser, Device(), made)
    with house.role("guitu_owner") as door:
        assert door.execute(together, (made,)).fetchall() == [(True,)], "one transaction wrote both"
        door.execute("ALTER TABLE access_passkey DISABLE TRIGGER kept_in_the_ledger")
    bind(browser, Device(), made)
    with house.role("guitu_owner") as door:  # control: without the database's own hand it is bound and nobody is told
        assert sorted(door.execute(together, (made,)).fetchall(), key=str) == [(None,), (True,)]


BENT = ({"flags": SYNCABLE}, {"flags": SYNCABLE | SYNCED}, {"attachment": "cross-platform"}, {"attachment": None})


def test_a_synced_passkey_or_a_separate_key_is_made_on_no_terminal_and_is_fine_for_an_officer(house, at_host, password):
    password("system")
    password("county")
    made, browser = registered(house, "system"), at_host()
    with_password(browser, "system")
    for bent in BENT:
        _, answer = bind(browser, Device(**bent), made)
        assert (answer.status_code, keys_of(house, made)) == (422, [])
        assert "不能证明是这台终端" in answer.content.decode()
    assert bind(browser, Device(), made)[1].status_code == 200
    officer, phone = at_host(11), Device(flags=SYNCABLE | SYNCED, attachment="cross-platform")
    with_password(officer, "county")
    options = officer.post("/account/passkeys/options/", {"given": PASSWORD}).json()["options"]
    form = {"name": "手机", "credential": phone.make(options)}
    assert officer.post("/account/passkeys/add/", form).status_code == 200
    demanded(house)
    with_passkey(officer, phone)
    assert officer.get("/county/").status_code == 200


def test_neither_password_nor_another_passkey_nor_a_code_opens_administration_but_the_own_account(house, terminal):
    browser, device, _ = terminal
    browser.post("/sign-out/")
    # the very passkey, after the password, the device not having verified its user: comes in and administers nothing
    for verified in (False, True):
        with_password(browser, "system")
        shown = device.show(options_for(browser, "after-password"), verified=verified)
        assert send(browser, "after-password", shown).status_code == 302
        assert (browser.get(DESK).status_code == 200) is verified
        browser.post("/sign-out/")
    # a second passkey of the same account, made on no terminal
    other = Device()
    with_passkey(browser, device)
    options = browser.post("/account/passkeys/options/", {"given": PASSWORD}).json()["options"]
    browser.post("/account/passkeys/add/", {"name": "手机", "credential": other.make(options)})
    codes = browser.post("/account/recovery-codes/", {"given": PASSWORD}).content.decode()
    with_passkey(browser, other)
    assert "这次不是用管理终端上的通行密钥登录的" in browser.get(DESK).content.decode()
    browser.post("/sign-out/")
    with_password(browser, "system")
    code = codes.split('<li class="gt-ref">')[1].partition("<")[0]
    assert browser.post("/sign-in/step/", {"code": code})["Location"] == "/"
    page = browser.get("/account/").content.decode()
    assert browser.get(DESK).status_code == 403
    assert "现在不能办管理的事" in page
    assert "在这台终端上建立通行密钥" in page  # the way to register again


def test_a_passkey_made_after_the_assessment_and_one_shown_too_long_ago_do_not_count(house, terminal):
    browser, device, made = terminal
    with_passkey(browser, device)
    later = Device()
    assert bind(browser, later, made)[1].status_code == 302
    with_passkey(browser, later)
    assert "还没有当面核对" in browser.get(DESK).content.decode()
    with_passkey(browser, device)
    assert browser.get(DESK).status_code == 200
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_session SET passkey_at = passkey_at - %s", (terminal_rules().proof,))
    assert "已经过了规定的时间" in browser.get(DESK).content.decode()
    with_passkey(browser, device)
    assert browser.get(DESK).status_code == 200
    with house.role("guitu_owner") as door:
        ended = "UPDATE access_passkey SET ended_at = clock_timestamp() WHERE credential_id = %s"
        door.execute(ended, (device.credential_id,))
    assert browser.get(DESK).status_code == 403  # the holder of a lost terminal has ended it on the own account


def test_nobody_makes_a_passkey_on_the_terminal_of_somebody_else(house, terminal, at_host, password):
    *_, made = terminal
    password("security")
    other = at_host(11)
    with_password(other, "security")
    assert bind(other, Device(), made)[1].status_code == 422
    assert len(keys_of(house, made)) == 1
    with house.role("guitu_owner") as door:  # were one there all the same, it would open nothing
        door.execute("UPDATE access_terminal SET account_id = %s", (account_id("security"),))
    browser, device, _ = terminal
    with_passkey(browser, device)
    assert browser.get(DESK).status_code == 403


def test_another_post_of_the_account_goes_on_at_the_terminal_and_a_new_sign_in_does_not(house, terminal):
    browser, device, _ = terminal
    second = uuid.uuid4()
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at) SELECT %s, p.account_id, u.id,"
            " p.role, '第二岗', p.from_at FROM access_post p, access_unit u WHERE p.id = %s AND u.code = %s",
            (second, post_of("system"), CITY),
        )
    with_passkey(browser, device)
    assert browser.post("/post/", {"post": str(second)}).status_code == 302
    assert browser.get(DESK).status_code == 200
    browser.post("/sign-in/", {"login": "system", "password": PASSWORD})  # with the cookie of the session before
    code = device.show(options_for(browser, "after-password"), verified=False)
    assert send(browser, "after-password", code).status_code == 302
    assert browser.get(DESK).status_code == 403


def test_who_assesses_is_of_another_office_than_the_holder_and_judges_every_item(house, terminal):
    *_, made = terminal
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_installation SET terminals_from = NULL")

    def refused(by, **bent):
        given = {"terminal": made, "findings": HOLDS, "seen": keys_of(house, made), "words": ""} | bent
        with house.acting(by), pytest.raises(TerminalRefused) as refusal:
            terminals.assess(uuid.uuid4(), given.pop("terminal"), given.pop("findings"), at=now(), **given)
        return refusal.value.code

    assert refused("system") == "OWN"
    hers = registered(house, "security", by="system", number="GL-002")
    his = registered(house, "audit", number="GL-003")
    assert refused("security", terminal=hers) == "OWN"
    assert refused("system", terminal=his) == "OFFICE"
    assert refused("security", terminal=his) == "NO_PASSKEY"
    assert refused("system", terminal=hers, seen=[]) == "NO_PASSKEY"
    assert refused("security", seen=[]) == "CHANGED"
    assert refused("security", findings={}) == "ITEMS"
    assert refused("security", findings=dict(list(HOLDS.items())[1:])) == "ITEMS"
    assert refused("security", findings=HOLDS | {"MALWARE": False}) == "WORDS"
    assert refused("security", terminal=uuid.uuid4()) == "UNKNOWN"
    with house.acting("audit"), pytest.raises(NotAllowed):
        terminals.assess(uuid.uuid4(), made, HOLDS, seen=keys_of(house, made), at=now())
    assessed(house, made, findings=HOLDS | {"MALWARE": False}, words="特征库过期")
    demanded(house)
    browser, device, _ = terminal
    with_passkey(browser, device)
    assert "评估没有通过" in browser.get(DESK).content.decode()
    with house.role("guitu_owner") as door, pytest.raises(psycopg.errors.CheckViolation):
        door.execute("UPDATE access_terminal_assessment SET assessed_name = holder_name")


def test_a_county_keeps_the_terminals_of_its_own_administrators_only(house, terminal):
    *_, made = terminal
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_installation SET terminals_from = NULL")
        door.execute(
            "UPDATE access_post SET role = 'SECURITY_ADMINISTRATOR' WHERE id IN (%s, %s)",
            (post_of("county"), post_of("foreign")),
        )
    own = registered(house, "county", by="county", number="GL-009")
    for act in (
        lambda: terminals.register(uuid.uuid4(), post_id=post_of("foreign"), asset_number="GL-8", name="台", at=now()),
        lambda: terminals.assess(uuid.uuid4(), made, HOLDS, seen=keys_of(house, made), at=now()),
        lambda: terminals.withdraw(made, uuid.uuid4(), reason="不属本县", at=now()),
    ):
        with house.acting("county"), pytest.raises(TerminalRefused) as refusal:
            act()
        assert refusal.value.code == "OUTSIDE"
    with house.acting("county"), transaction.atomic():
        assert [one.id for one in terminals.terminals_listed(first=0, most=9)[0]] == [own]
        assert terminals.terminal_or_none(made) is None
    with house.acting("security"), transaction.atomic():
        assert {one.id for one in terminals.terminals_listed(first=0, most=9)[0]} == {own, made}


def test_sql_of_ones_own_under_a_valid_token_makes_no_terminal_good(house, terminal):
    *_, made = terminal
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_installation SET terminals_from = NULL")
    own, other = Hand(house, "system"), Hand(house, "security")
    for table in ("access_terminal", "access_terminal_assessment", "access_passkey", "access_session"):
        assert own.state(f"UPDATE {table} SET id = id") == "42501"
    assert own.state("UPDATE access_installation SET terminals_from = NULL") == "42501"
    for signin in ("access_place_session('\\x00', gen_random_uuid(), true)", "access_follow_session('\\x00', '\\x00')"):
        assert own.state(f"SELECT {signin}") == "42501"
    assess = "SELECT access_assess_terminal(gen_random_uuid(), %s, %s::jsonb, %s, '')"
    values = (made, json.dumps(HOLDS), keys_of(house, made))
    assert own(assess, *values) == [("OWN",)]
    assert other(assess, *values) == [("",)]
    for bent in ("[]", "{}", json.dumps(HOLDS | {"MORE": True}), json.dumps(HOLDS | {"ASSET": "yes"})):
        assert other(assess, made, bent, values[2]) == [("ITEMS",)]
    demanded(house)
    for hand in (own, other, Hand(house, "audit")):  # sessions that no terminal has opened
        assert hand.state("SELECT * FROM access_terminals(NULL, 0, 9)") == "GU006"
        assert hand.state(assess, *values) == "GU006"
        assert hand("SELECT confined <> '' FROM access_whoami()") == [(True,)]


def test_in_the_days_of_grace_whoever_has_a_terminal_is_bound_to_it_and_the_others_go_on(house, terminal):
    browser, device, _ = terminal
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_installation SET terminals_from = %s", (now() + terminal_rules().grace,))
    with house.acting("security"), transaction.atomic():  # nobody has assessed hers: she goes on, to register the rest
        assert terminals.terminals_listed(first=0, most=9)[1] == 1
    assert browser.get(DESK).status_code == 403  # by password; his terminal is assessed
    with_passkey(browser, device)
    assert browser.get(DESK).status_code == 200
