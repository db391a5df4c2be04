"""A session that ends over a long form: the text survives, for its writer alone, until sent or out of time."""

import uuid
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from guitu.access import kept_forms, signing_in
from guitu.web.gate import token_cookie
from guitu.web.kept.keeping import rules
from guitu.web.kept.refilling import refill
from tests.web.peopled import MOMENT, SENT
from tests.web.reading import body, page

LONG = "缺判决书第三页；请补盖章的复印件。" * 40
SAYING = "/my/say/?kind=CORRECTION"


def write_too_late(house, browser, *, words=LONG, token=None, referer=SAYING, **more):
    """The person's form, sent after the session has ended."""
    signing_in.end(browser.cookies[token_cookie()].value)
    form = {"kind": "CORRECTION", "words": words, "mark": str(uuid.uuid4()), "csrfmiddlewaretoken": "t" * 32, **more}
    return browser.post("/my/say/send/", form, headers={"referer": f"http://testserver{referer}"})


def again(house, browser, login):
    """The same browser, signed in anew as `login`."""
    browser.cookies[token_cookie()] = house.token(login)
    return browser


def kept_rows(house):
    with house.role("guitu_owner") as door:
        return door.execute("SELECT * FROM access_kept_form").fetchall()


def test_the_text_survives_is_offered_filled_in_and_is_gone_once_sent(fresh):
    browser = fresh.client("person")
    answer = write_too_late(fresh, browser)
    assert answer.status_code == 401
    assert "已加密存为草稿" in body(answer)
    leads_to = page(answer).all("a", cls="btn-primary")[0][0]["href"]
    assert leads_to.startswith("/sign-in/?next=/kept/")
    again(fresh, browser, "person")
    back = browser.get(leads_to.removeprefix("/sign-in/?next="))
    assert back["Location"].startswith("/my/say/?kind=CORRECTION&kept_form=")
    filled = browser.get(back["Location"])
    assert LONG in body(filled)
    assert "还没有提交" in body(filled)
    inputs = {
        tag["name"]: tag.get("value", "")
        for tag, _ in page(filled).all("input")
        if tag.get("name") in ("mark", "kept_form")
    }
    sent = browser.post("/my/say/send/", {"kind": "CORRECTION", "words": LONG, **inputs})
    assert sent.status_code == 302
    assert kept_rows(fresh) == []
    with fresh.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM people_statement").fetchone() == (1,)


def test_control_without_the_kept_form_the_page_is_empty(fresh):
    browser = fresh.client("person")
    write_too_late(fresh, browser)
    assert LONG not in body(again(fresh, browser, "person").get(SAYING))


@pytest.mark.parametrize("login", ["representative", "county"])
def test_nobody_else_gets_it(fresh, login):
    browser = fresh.client("person")
    write_too_late(fresh, browser)
    with fresh.role("guitu_owner") as door:
        (form_id,) = door.execute("SELECT id FROM access_kept_form").fetchone()
    other = fresh.client(login)
    assert other.get(f"/kept/{form_id}/")["Location"] == "/"
    assert LONG not in body(other.get("/kept/"))
    assert other.post(f"/kept/{form_id}/discard/", {"sure": "yes"}).status_code == 404
    if login == "representative":
        assert LONG not in body(other.get(f"{SAYING}&kept_form={form_id}"))
    other.post(
        "/my/say/send/", {"kind": "WORD", "words": "别的话", "mark": str(uuid.uuid4()), "kept_form": str(form_id)}
    )
    assert len(kept_rows(fresh)) == 1
    own = again(fresh, browser, "person")
    assert LONG in body(own.get("/kept/"))
    assert LONG in body(own.get(f"{SAYING}&kept_form={form_id}"))


def test_tokens_and_files_are_not_kept_and_the_text_is_sealed(fresh):
    browser = fresh.client("person")
    write_too_late(fresh, browser, sheet=SimpleUploadedFile("x.pdf", b"%PDF-secret-bytes"))
    (row,) = kept_rows(fresh)
    assert LONG[:10] not in str(row)
    with fresh.role("guitu_owner") as door:
        account = door.execute("SELECT account_id FROM access_kept_form").fetchone()[0]
    (held,) = kept_forms.kept_by(account, at=MOMENT)
    assert set(held.fields) == {"kind", "words"}


def test_it_is_deleted_after_its_hours_and_not_given_back_then(fresh):
    browser = fresh.client("person")
    write_too_late(fresh, browser)
    with fresh.role("guitu_owner") as door:
        account, expires = door.execute("SELECT account_id, expires_at FROM access_kept_form").fetchone()
    assert expires == MOMENT + timedelta(hours=settings.GUITU_DRAFT_HOURS)
    assert kept_forms.kept_by(account, at=expires - timedelta(seconds=1))
    assert kept_forms.kept_by(account, at=expires) == []
    with fresh.role("guitu_job") as door:
        door.execute("DELETE FROM access_kept_form WHERE expires_at <= %s", (expires - timedelta(seconds=1),))
        assert len(kept_rows(fresh)) == 1
        door.execute("DELETE FROM access_kept_form WHERE expires_at <= %s", (expires,))
    assert kept_rows(fresh) == []


def test_a_token_that_was_nobodys_keeps_nothing_and_neither_does_an_empty_or_boundless_form(fresh):
    browser = fresh.client("person")
    token = browser.cookies[token_cookie()].value
    write_too_late(fresh, browser, words="", kind="")
    assert kept_rows(fresh) == []
    assert kept_forms.keep("x" * 43, page="", address="/", fields={"a": ["b"]}, at=MOMENT, rules=rules()) is None
    huge = {"a": ["字" * settings.GUITU_KEPT_FORM_CHARACTERS]}
    assert kept_forms.keep(token, page="", address="/", fields=huge, at=MOMENT, rules=rules()) is None
    for number in range(settings.GUITU_KEPT_FORMS + 2):
        kept_forms.keep(token, page="", address="/", fields={"a": [str(number)]}, at=MOMENT, rules=rules())
    assert len(kept_rows(fresh)) == settings.GUITU_KEPT_FORMS


def test_the_application_role_reads_nothing_of_it(fresh):
    for role in ("guitu_app", "guitu_job"):
        with fresh.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute("SELECT sealed_fields FROM access_kept_form")
    with fresh.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute("SELECT access_holder('x')")


def test_a_county_finds_its_refusal_again_with_the_choice_it_made(fresh):
    browser = fresh.client("county")
    person = fresh.persons[SENT]
    signing_in.end(browser.cookies[token_cookie()].value)
    form = {"parcel": str(fresh.parcels[SENT]), "decision": "acknowledge", "decision_reason": LONG}
    answer = browser.post(
        f"/persons/{person}/answer/", form, headers={"referer": f"http://testserver/persons/{person}/"}
    )
    assert answer.status_code == 401
    (row,) = kept_forms.kept_by(_account(fresh), at=MOMENT)
    back = again(fresh, browser, "county").get(f"/kept/{row.id}/", follow=True)
    assert back.status_code == 200
    assert LONG in body(back)


def _account(house):
    with house.role("guitu_owner") as door:
        return door.execute("SELECT account_id FROM access_kept_form").fetchone()[0]


FORM = (
    '<form action="/other/" method="post"><input name="a" value="x"></form><form method="post" action="/to/">'
    '<input type="hidden" name="mark" value="new"><input name="a" value=""><input type="password" name="p">'
    '<textarea name="t" rows="3">old &amp; gone</textarea><input type="radio" name="r" value="1" checked>'
    '<input type="radio" name="r" value="2"><select name="s"><option value="x" selected>X</option>'
    '<option value="y">Y &lt;</option></select></form><p>&copy; 后面</p>'
)


def test_only_the_values_of_the_one_form_change():
    fields = {"a": ['1"<2'], "t": ["a\n<b>"], "r": ["2"], "s": ["y"], "mark": ["old"], "p": ["secret"]}
    made = refill(FORM, address="/to/", fields=fields, opening="<i>!</i>")
    assert made == (
        '<form action="/other/" method="post"><input name="a" value="x"></form><form method="post" action="/to/">'
        '<i>!</i><input type="hidden" name="mark" value="new"><input name="a" value="1&quot;&lt;2">'
        '<input type="password" name="p">'
        '<textarea name="t" rows="3">\na\n&lt;b&gt;</textarea><input type="radio" name="r" value="1">'
        '<input type="radio" name="r" value="2" checked><select name="s"><option value="x">X</option>'
        '<option value="y" selected>Y &lt;</option></select></form><p>&copy; 后面</p>'
    )


def test_a_page_without_the_form_or_without_its_fields_is_not_changed():
    assert refill(FORM, address="/nowhere/", fields={"a": ["1"]}, opening="!") is None
    assert refill(FORM, address="/to/", fields={"z": ["1"]}, opening="!") is None
