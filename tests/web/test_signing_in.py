"""The sign-in tells nobody whether an account exists, locks after too many failures, and leads nowhere else."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password

from guitu.access.establishing import account_id, post_id
from guitu.web import demonstration
from guitu.web.entrance import views as entrance
from guitu.web.gate import token_cookie
from tests.factories.units import COUNTY
from tests.web.peopled import MOMENT, PASSWORD
from tests.web.reading import page, without_tokens


@pytest.fixture
def with_password(fresh):
    """The house in which the county's officer has a password."""
    with fresh.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_account SET password = %s, password_set_at = %s WHERE login = 'county'",
            [make_password(PASSWORD), MOMENT],
        )
    return fresh


def _try(browser, login: str, password: str, **more: str):
    return browser.post("/sign-in/", {"login": login, "password": password, **more})


def _told(answer, login: str) -> tuple[int, bytes]:
    return answer.status_code, without_tokens(answer).replace(login.encode(), b"LOGIN")


def test_the_right_password_opens_the_desk(with_password) -> None:
    browser = with_password.client(None)
    answer = _try(browser, "county", PASSWORD, next="/county/?queue=sign")
    assert (answer.status_code, answer["Location"]) == (302, "/county/?queue=sign")
    assert browser.get("/county/").status_code == 200


def test_an_unknown_login_and_a_wrong_password_are_told_the_same(with_password) -> None:
    unknown = _told(_try(with_password.client(None), "nobody-here", PASSWORD), "nobody-here")
    wrong = _told(_try(with_password.client(None), "county", "wrong"), "county")
    without_password = _told(_try(with_password.client(None), "sibling", PASSWORD), "sibling")
    assert unknown == wrong == without_password
    assert unknown[0] == 422


def test_too_many_failures_lock_the_account_for_a_while_without_saying_so(with_password, monkeypatch) -> None:
    browser = with_password.client(None)
    first = _told(_try(browser, "county", "wrong 0"), "county")
    for number in range(1, settings.GUITU_SIGN_IN_TRIES):
        assert _told(_try(browser, "county", f"wrong {number}"), "county") == first
    assert _told(_try(browser, "county", PASSWORD), "county") == first
    just_before = MOMENT + timedelta(minutes=settings.GUITU_LOCK_MINUTES, seconds=-1)
    monkeypatch.setattr(entrance, "now", lambda: just_before)
    assert _told(_try(browser, "county", PASSWORD), "county") == first
    monkeypatch.setattr(entrance, "now", lambda: just_before + timedelta(seconds=2))
    assert _try(browser, "county", PASSWORD).status_code == 302


def test_one_failure_fewer_does_not_lock(with_password) -> None:
    browser = with_password.client(None)
    for number in range(settings.GUITU_SIGN_IN_TRIES - 1):
        assert _try(browser, "county", f"wrong {number}").status_code == 422
    assert _try(browser, "county", PASSWORD).status_code == 302


ELSEWHERE = (
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example",
    "///elsewhere.example",
    "http:elsewhere.example",
    "javascript:alert(1)",
    " //elsewhere.example",
)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_address_elsewhere_is_gone_to(with_password, wanted: str) -> None:
    assert _try(with_password.client(None), "county", PASSWORD, next=wanted)["Location"] == "/"
    answer = with_password.client(None).post("/i18n/setlang/", {"language": "en", "next": wanted})
    assert answer["Location"] == "/"
    shown = page(with_password.client(None).get(f"/sign-in/?next={quote(wanted)}"))
    nexts = {field["value"] for field, _ in shown.all("input", name="next")}
    assert "/" in nexts
    (language,) = nexts - {"/"}  # the other language shows this very page again, which leads to "/" as before
    assert language.startswith("/sign-in/?next=")
    answer = with_password.client(None).post("/i18n/setlang/", {"language": "en", "next": language})
    assert answer["Location"] == language
    again = page(with_password.client(None).get(language))
    assert {field["value"] for field, _ in again.all("input", name="next")} == nexts


def test_the_one_click_sign_in_exists_in_a_demonstration_only(peopled, settings_of) -> None:
    settings_of(GUITU_DEMONSTRATION=False)
    answer = peopled.client(None).post("/demo-sign-in/", {"key": "910000000000-SUPERVISOR"})
    assert answer.status_code == 404
    assert token_cookie() not in answer.cookies
    assert page(peopled.client(None).get("/sign-in/")).all("form", action="/demo-sign-in/") == []
    settings_of(GUITU_DEMONSTRATION=True)
    assert page(peopled.client(None).get("/sign-in/")).all("form", action="/demo-sign-in/")
    assert peopled.client(None).post("/demo-sign-in/", {"key": "no-such-post"}).status_code == 404


def test_a_one_click_sign_in_to_a_post_that_has_ended_finds_nothing_and_leaves_no_line_of_an_entry(
    fresh, monkeypatch
) -> None:
    ids = account_id("county"), post_id("county", COUNTY, "COUNTY_OFFICER")
    offered = demonstration.DemoSignIn("one", "林知遥", "青榆县司法局", "县区司法局人员", *ids)
    monkeypatch.setattr(demonstration, "all_sign_ins", lambda *, at: (offered,))
    key = offered.key
    assert fresh.client(None).post("/demo-sign-in/", {"key": key}).status_code == 302, "control: until then it opens"
    with fresh.role("guitu_owner") as door:
        before = door.execute("SELECT count(*) FROM access_sign_in").fetchone()
        door.execute("UPDATE access_post SET to_at = clock_timestamp() WHERE role = 'COUNTY_OFFICER'")
    answer = fresh.client(None).post("/demo-sign-in/", {"key": key})
    assert answer.status_code == 404
    assert token_cookie() not in answer.cookies
    with fresh.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_sign_in").fetchone() == before


@pytest.fixture
def settings_of(monkeypatch):
    """Change settings until the end of the test."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setattr(settings, name, value)

    return change


def test_a_post_that_is_not_ones_own_cannot_be_chosen(peopled) -> None:
    browser = peopled.client("county")
    assert browser.post("/post/", {"post": "b0a3b2b5-6f0c-5d2e-8a44-9a2b1c7d0e55"}).status_code == 404
    own = page(browser.get("/post/")).all("input", name="post")
    assert len(own) == 1
    answer = browser.post("/post/", {"post": own[0][0]["value"], "purpose": "SUPERVISE_LINKAGE"})
    assert answer.status_code == 302
    with peopled.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_session WHERE chosen = 'SUPERVISE_LINKAGE'").fetchone() == (0,)


def test_a_purpose_written_into_the_cookie_by_hand_counts_for_nothing(peopled) -> None:
    browser = peopled.client("county")
    browser.cookies["guitu_purpose"] = "SUPERVISE_LINKAGE:forged"
    assert "监地衔接：接收返回人员" in browser.get("/county/").content.decode()
