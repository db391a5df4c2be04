"""Terminals as the tests of them make, bind and assess them."""

import uuid

from guitu.access import establishing, terminals
from guitu.rulebook.terminals import terminal_rules
from guitu.web.clock import now
from tests.factories.units import POSTS
from tests.sign_in.with_passkeys import PASSWORD, options_for, send

HOLDS = dict.fromkeys(terminal_rules().items, True)


def post_of(login):
    post = next(one for one in POSTS if one.login == login)
    return establishing.post_id(login, post.unit, post.role)


def registered(house, login, *, by="security", number="GL-001"):
    made = uuid.uuid4()
    with house.acting(by):
        terminals.register(made, post_id=post_of(login), asset_number=number, name="机房管理台", at=now())
    return made


def keys_of(house, terminal):
    with house.role("guitu_owner") as door:
        found = door.execute("SELECT id FROM access_passkey WHERE terminal_id = %s AND ended_at IS NULL", (terminal,))
        return [row[0] for row in found.fetchall()]


def assessed(house, terminal, *, by="security", findings=HOLDS, words=""):
    seen = keys_of(house, terminal)
    with house.acting(by):
        terminals.assess(uuid.uuid4(), terminal, findings, seen=seen, words=words, at=now())


def demanded(house):
    """From now on this installation is one that demands terminals, as a real one does when its grace is over."""
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_installation SET terminals_from = clock_timestamp()")


def bind(browser, device, terminal):
    """Make a passkey on this terminal, on the page of the own account."""
    form = {"given": PASSWORD, "terminal": str(terminal)}
    options = browser.post("/account/passkeys/options/", form).json()["options"]
    form = {"name": "管理台", "terminal": str(terminal), "credential": device.make(options)}
    return options, browser.post("/account/passkeys/add/", form)


def with_password(browser, login):
    assert browser.post("/sign-in/", {"login": login, "password": PASSWORD}).status_code == 302


def with_passkey(browser, device):
    browser.post("/sign-out/")
    assert send(browser, "alone", device.show(options_for(browser, "alone"))).status_code == 302
