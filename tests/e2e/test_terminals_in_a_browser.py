"""管理终端 in a real browser: bound on the own account by the device, assessed by another hand; then it opens."""

import re

from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from guitu.rulebook.terminals import terminal_rules
from tests.e2e.conftest import SHOTS
from tests.e2e.test_every_page_in_a_browser import ASK_AXE, TOO_SMALL
from tests.e2e.test_passkeys_in_a_browser import PASSWORD, Desk
from tests.sign_in.terminals import demanded, keys_of, registered


def test_a_terminal_is_bound_assessed_and_opens_administration_and_axe_has_nothing_to_say(served, axe):
    house, found = served.house, {}
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_account SET password = %s, password_set_at = clock_timestamp(), must_change = false"
            " WHERE login = 'system'",
            (make_password(PASSWORD),),
        )
    terminal = registered(house, "system")
    desk, assessor = Desk(served), served.visitor("security")
    page = desk.page

    def look(at, name):
        for width in (1440, 390):
            at.set_viewport_size({"width": width, "height": 900})
            at.evaluate(axe)
            wide = at.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
            small = at.evaluate(TOO_SMALL) if width == 390 else []
            found[name, width] = at.evaluate(ASK_AXE) + small + (["sideways"] if wide else [])
            if SHOTS:
                at.screenshot(path=f"{SHOTS}/terminal-{name}-{width}.png", full_page=True)
        at.set_viewport_size({"width": 1440, "height": 900})

    page.goto("/sign-in/")
    page.locator("#login").fill("system")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/units/"))
    page.goto("/account/")
    page.locator("#terminals summary").press("Enter")
    page.locator("#terminal-passkey-name").fill("管理台")
    page.locator("#terminal-passkey-given").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("li.gt-ref")).to_have_count(10)
    assert len(keys_of(house, terminal)) == 1
    assessor.goto(f"/terminals/{terminal}/")
    look(assessor, "assess")
    for code in terminal_rules().items:
        assessor.locator(f"#item-{code}-yes").check(force=True)
    assessor.get_by_role("button", name="记下评估").press("Enter")
    expect(assessor.get_by_text("全部符合，有效至")).to_be_visible()
    look(assessor, "assessed")
    assessor.goto("/terminals/")
    look(assessor, "list")
    demanded(house)
    page.goto("/units/")
    expect(page.get_by_role("heading", name="管理的事要在管理终端上办")).to_be_visible()
    look(page, "refused")
    house.token("system")
    page.goto("/account/")
    page.locator("#sessions summary").last.press("Enter")
    look(page, "account")
    page.locator("#sessions-given").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#sessions tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("#sessions tbody tr")).to_have_count(1)
    expect(page.locator("#menu a[aria-current]")).to_have_count(0)
    desk.sign_out()
    page.get_by_role("button", name="用通行密钥登录").press("Enter")
    expect(page).to_have_url(re.compile("/units/"))
    assert {key: problems for key, problems in found.items() if problems} == {}
