"""The whole road by keyboard alone, in a real browser: roster, report, sending, receipt, registration."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password

from guitu.web.person_file import acts as file_acts
from guitu.web.person_file import views as file_page
from tests.e2e.conftest import SHOTS
from tests.factories import rosters
from tests.web.peopled import MOMENT, PASSWORD

MOST_TABS = 160
NEWCOMER = "苏望舒"


@pytest.fixture
def with_passwords(served):
    """Both officers have passwords."""
    with served.house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_account SET password = %s, password_set_at = %s WHERE login IN ('prison', 'county')",
            [make_password(PASSWORD), MOMENT],
        )
    return served


def tab_to(page, selector: str) -> None:
    """Press Tab until this element has the focus; the focus has to be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            outline = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return [s.outlineStyle, s.boxShadow].join(' ') }"
            )
            assert outline != "none none", f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"Tab does not lead to {selector} on {page.url}")


def enter(page, selector: str) -> None:
    """Go to an element by Tab and press Enter; wait for the page it leads to."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def submit(page, form: str) -> None:
    """Open the fold in which a form lies, if it lies in one, and send it, by keyboard alone."""
    fold = page.evaluate(
        "wanted => { const fold = document.querySelector(wanted).closest('details:not([open])');"
        " if (!fold) return ''; fold.querySelector('summary').id = 'the-fold'; return '#the-fold'; }",
        form,
    )
    if fold:
        tab_to(page, fold)
        page.keyboard.press("Enter")
    enter(page, f"{form} button[type=submit]")


def sign_in(page, login: str) -> None:
    """Sign in by keyboard."""
    page.goto("/sign-in/")
    tab_to(page, "input[name=login]")
    page.keyboard.type(login)
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def shot(page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def find(page, name: str) -> None:
    """Look for a person with the key `/` and open the file."""
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.id") == "q"
    page.keyboard.type(name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    enter(page, "a.gt-name")
    assert page.locator("h1").inner_text() == name


def test_from_roster_to_registration_by_keyboard(with_passwords, tmp_path, monkeypatch) -> None:
    roster = tmp_path / "名册.xlsx"
    good = rosters.row(NEWCOMER, release=date(2026, 12, 20), order="901")
    bad = (*good[:1], "江南乔", good[2], "910121198503129990", *good[4:])
    roster.write_bytes(rosters.workbook(good, bad))

    prison = with_passwords.visitor(None)
    trouble: list[str] = []
    prison.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    prison.on("pageerror", lambda error: trouble.append(str(error)))
    # Listened for from the first: the key must not be faster than the browser learns that its chooser is waited for.
    prison.on("filechooser", lambda _: None)
    sign_in(prison, "prison")
    assert prison.url.endswith("/prison/")
    enter(prison, "a[href='/prison/roster/']")
    tab_to(prison, "#roster-file")
    with prison.expect_file_chooser() as chooser:
        prison.keyboard.press("Space")
    chooser.value.set_files(str(roster))
    enter(prison, "form[enctype] button[type=submit]")
    assert prison.locator("h1").inner_text() == "名册核对报告"
    assert "江" in prison.locator("#correct").inner_text()
    assert "910121198503129990" not in prison.content()
    shot(prison, "report")
    enter(prison, "form[action$='/take-in/'] button")
    assert NEWCOMER in prison.locator("main").inner_text()
    shot(prison, "taken-in")
    find(prison, NEWCOMER)
    shot(prison, "file")
    submit(prison, "form[action$='/send/']")
    assert prison.locator("form[action$='/send/']").count() == 0
    person = prison.url
    enter(prison, "form[action='/sign-out/'] button")
    assert prison.url.endswith("/sign-in/")
    prison.goto(person)
    assert "/sign-in/?next=/persons/" in prison.url

    county = with_passwords.visitor(None)
    county.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    sign_in(county, "county")
    assert county.url.endswith("/county/")
    find(county, NEWCOMER)
    assert county.locator("input[name=decision]:checked").get_attribute("value") == "acknowledge"
    submit(county, "form[action$='/answer/']")
    assert county.locator("form[action$='/answer/']").count() == 0
    for place in (file_acts, file_page):
        monkeypatch.setattr(place, "now", lambda: datetime(2026, 12, 21, 2, 0, tzinfo=UTC))
    county.reload()
    submit(county, "form[action$='/register/']")
    shot(county, "registered")
    assert county.locator("form[action$='/register/']").count() == 0
    assert "唯一责任单位：青榆县司法局" in county.locator("main").inner_text().replace("\n", "")
    assert trouble == []


def test_the_rows_of_a_desk_are_walked_by_single_keys(served) -> None:
    page = served.visitor("county")
    page.goto("/county/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    focused = page.evaluate("() => document.activeElement.closest('[data-row]')?.querySelector('.gt-name')?.href")
    second = page.locator("[data-row] .gt-name").nth(1).get_attribute("href")
    assert focused is not None
    assert focused.endswith(second)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(second)
    page.go_back()
    assert page.url.endswith("/county/")


def test_the_first_tab_leads_past_the_menu(served) -> None:
    page = served.visitor("county")
    page.goto("/county/")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_an_opened_item_closes_by_itself_when_asked_and_works_without_scripts(served) -> None:
    from tests.web.peopled import SENT

    window = served.browser.new_context(base_url=served.address, java_script_enabled=False)
    from guitu.web.gate import token_cookie

    window.add_cookies([{"name": token_cookie(), "value": served.house.token("county"), "url": served.address}])
    page = window.new_page()
    page.goto(f"/persons/{served.house.persons[SENT]}/")
    page.locator("a.gt-reveal[href$='/items/id_doc/']").click()
    page.locator("form[action$='/id_doc/open/'] button[type=submit]").click()
    assert "19850312" in page.locator("[data-open-value]").inner_text()
    page.goto(f"/persons/{served.house.persons[SENT]}/")
    assert page.locator("[data-open-value]").count() == 0
