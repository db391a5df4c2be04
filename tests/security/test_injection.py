"""What is typed stays what it is: text in a page, a value in a statement, a name in a header, never an instruction."""

import io
import logging
import re
import uuid
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guitu.access.establishing import account_id, post_id
from guitu.prison.roster import RosterRefusedError, check_roster
from guitu.rulebook.looking import LOOK_REASONS
from guitu.web.gate import token_cookie
from guitu.web.looking.reasons import options
from guitu.web.person_file import search
from tests.factories import rosters
from tests.factories.units import POSTS
from tests.roster.corpus_containers import changed_package, part
from tests.web.peopled import SENT
from tests.web.reading import body, page
from tests.web.test_partner_pages import OFFER, marked, publish

HOSTILE = [
    "<script>alert(1)</script>\"'><b onmouseover=x>",
    "' OR 1=1; DROP TABLE people_person; -- %s %(x)s {0} {{7*7}} {% debug %} ${7*7}",
    "\u202e\u0000\ud7ff\\%_*?[](|)^$陈",
    "9" * 40,
    "../../../etc/passwd\r\nSet-Cookie: a=b",
]
LISTS = {
    "county-desk": "county", "prison-desk": "prison", "search": "county", "window-list": "county",
    "window-passed-list": "county", "sent": "prison", "allot-desk": "county", "worker-desk": "worker",
    "board": "city", "units": "system", "accounts": "security", "audit": "audit", "rules": "county",
    "letters": "station", "letters-sent": "county", "unit-papers": "county", "offers": "county",
    "partner-desk": "employer", "partner-offers": "employer", "evaluations": "city", "identity": "prison",
    "my-notices": "person", "my-looks": "person", "notices": "county", "no-receiver": "province",
}  # fmt: skip
"""Every page that takes something from its address, with a post that opens it."""
ALWAYS = ("q", "page", "queue", "state", "kind", "sort", "from", "to", "next", "unit", "stage", "day")


def _asked(browser: Client, address: str) -> set[str]:
    """The fields by which a page can be asked: those of its own forms, and what links like to carry."""
    shown = page(browser.get(address))
    fields = {a["name"] for tag in ("input", "select") for a, _ in shown.all(tag) if "name" in a}
    return fields - {"csrfmiddlewaretoken"} | set(ALWAYS)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_search_takes_any_characters(peopled, name):
    browser, address = peopled.client(LISTS[name]), reverse(name)
    fields = sorted(_asked(browser, address))
    for value in HOSTILE:
        answer = browser.get(address, dict.fromkeys(fields, value))
        assert answer.status_code in ({400} if "\0" in value else {200, 302, 404, 422}), (name, value)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        text = body(answer)
        assert "<script>alert" not in text, name
        assert "<b onmouseover" not in text, name
        assert "root:x:0" not in text, name
        assert not re.search(r">\s*49\s*<", text), name
        for attributes, _ in page(answer).all("a"):
            link = attributes.get("href", "")
            assert not link.startswith(("javascript:", "data:", "//", "http")), (name, link)
            assert not re.search(r"[<>\"\s]", link), (name, link)


def test_what_is_typed_into_any_field_is_shown_as_text(fresh):
    """A partner's offer has fields of every length; the county reads what was typed, letter by letter."""
    told = {"title": "<img src=x onerror=alert(1)>", "conditions": HOSTILE[0], "contact_name": "<b>霍扶摇</b>"}
    publish(fresh, **told)
    for login, address in (("employer", "/partner/offers/"), ("county", "/offers/")):
        shown = fresh.client(login).get(address)
        assert not page(shown).all("img")
        assert "<b>霍扶摇" not in body(shown)
        assert "&lt;img src=x onerror=alert(1)&gt;" in body(shown), address


def test_addresses_are_built_escaped(peopled):
    answer = peopled.client("county").get("/county/", {"q": 'x" onclick="y', "queue": "all&page=2#z"})
    for attributes, _ in page(answer).all("a"):
        assert "onclick" not in attributes
        assert "#z" not in attributes.get("href", "")


def test_a_template_in_a_name_stays_text(peopled):
    answer = peopled.client("county").get("/search/", {"q": "{{ 7|add:42 }}{% now 'Y' %}{0.__class__}%s"})
    assert "{{ 7|add:42 }}{% now &#x27;Y&#x27; %}{0.__class__}%s" in body(answer)
    assert "&lt;class" not in body(answer)


def test_a_number_too_large_is_refused_in_words(fresh):
    for value in ("9" * 40, "-1", "1e9", "2147483648"):
        refused = fresh.client("employer").post("/partner/offers/publish/", marked(**{**OFFER, "places": value}))
        assert refused.status_code == 422, value
        assert "名额写1到" in body(refused), value


@pytest.mark.parametrize("ends", ["0001-01-01", "9999-12-31"])
def test_a_day_at_an_end_of_the_calendar_is_no_day(peopled, ends):
    """There a day more, or the same moment in another zone, is none: it is read as if nothing had been given."""
    for login, name in (("audit", "audit"), ("audit", "watch-reads"), ("county", "account-looks")):
        asked = peopled.client(login).get(reverse(name), {"from": ends, "to": ends})
        assert asked.status_code == 200, name
        assert f'value="{ends}"' not in body(asked), name
    assert peopled.client("county").get(reverse("unit-papers"), {"day": ends}).status_code == 200
    address = reverse("person-looks", args=[peopled.persons[SENT]])
    assert peopled.client("county").get(address, {"until": f"{ends}T00:00+14:00"}).status_code == 200
    sent = {"after": f"{ends}T23:59-12:00", "id": str(uuid.uuid4())}
    assert peopled.client("prison").get(reverse("sent"), sent).status_code == 200


def test_a_step_that_no_road_has_is_refused_in_words(peopled):
    whom = peopled.persons[SENT]
    for address, typed in (("step-request", {"step": "9999-12-31"}), ("step-answer", {"outcome": "x"})):
        more = {"step": "no_such"} if address == "step-answer" else {}
        form = {"mark": str(uuid.uuid4()), **typed}
        refused = peopled.client("county").post(reverse(address, kwargs={"person_id": whom, **more}), form)
        assert refused.status_code in {404, 409, 422}, address


@pytest.mark.parametrize("wanted", ["'", "910121199001011234", "home", "sign-out", "x/y", ".", "?a=b"])
def test_what_is_no_path_of_ours_is_not_gone_to(peopled, wanted):
    """A word could be the name of an address, or of none: then there is nothing to lead to."""
    browser = peopled.client("county")
    assert browser.post("/post/", {"post": _own_post(browser), "next": wanted})["Location"] == "/"
    assert browser.post("/i18n/setlang/", {"language": "en", "next": wanted})["Location"] == "/"
    whom = reverse("person", args=[peopled.persons[SENT]])
    reason = options(LOOK_REASONS)[0]["value"]
    form = {"reason": reason, "words": "本人到窗口来问进度，核对材料", "next": wanted}
    assert browser.post(reverse("look-reason", args=[peopled.persons[SENT]]), form)["Location"] == whom


def _own_post(browser: Client) -> str:
    (found,) = [a["value"] for a, _ in page(browser.get("/post/")).all("input") if a.get("name") == "post"][:1] or [""]
    return found


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("name", ["照片.svg", "照片.png", "照片.pdf", "照片.html"])
def test_a_picture_with_a_script_is_refused(peopled, name):
    address = f"/persons/{peopled.persons[SENT]}/papers/keep/"
    form = {"mark": str(uuid.uuid4()), "kind": "judgment", "source": "法院", "file": SimpleUploadedFile(name, SVG)}
    assert peopled.client("prison").post(address, form).status_code == 422


def test_entities_in_a_workbook_are_not_resolved():
    """A workbook whose texts are entities: one that names a file, and one that would grow a million times."""
    whole = rosters.workbook(rosters.row("苏望舒", release=date(2026, 12, 1)))
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        texts = next(name for name in package.namelist() if "望舒".encode() in package.read(name))
    growing = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 7))
    kinds = f'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname"><!ENTITY e0 "望">{growing}]>'.encode()
    for entity in (b"&file;", b"&e6;"):
        content = part(whole, texts)
        head, rest = content.split(b"?>", 1) if content.startswith(b"<?xml") else (b"<?xml version='1.0'", content)
        bent = head + b"?>" + kinds + rest.replace("苏望舒".encode(), "苏".encode() + entity)
        bent_file = changed_package(whole, {texts: bent})
        try:
            report = check_roster(bent_file, "a.xlsx", today=date(2026, 11, 1))
        except RosterRefusedError:
            continue
        names = " ".join(str(dict(row.fields).get("name", "")) for row in report.rows)
        assert len(names) < 100
        assert Path("/etc/hostname").read_text(encoding="utf-8").strip() not in names


def test_a_path_in_a_file_name_goes_nowhere(fresh, tmp_path):
    outside = tmp_path / "outside.xlsx"
    file = SimpleUploadedFile("x.xlsx", rosters.workbook(rosters.row("苏望舒", release=date(2026, 12, 1), order="901")))
    file._name = f"../../../../..{outside}"
    answer = fresh.client("prison").post("/prison/roster/check/", {"file": file})
    assert answer.status_code == 302
    shown = body(fresh.client("prison").get(answer["Location"]))
    assert "outside.xlsx" in shown
    assert "../" not in shown
    assert not outside.exists()


def test_a_repeated_parameter_counts_once(fresh):
    """Of two posts in one form the last is read, and it must be one's own."""
    own = next(post for post in POSTS if post.login == "county")
    foreign = next(post for post in POSTS if post.login == "prison")
    ids = {post.login: post_id(post.login, post.unit, post.role) for post in (own, foreign)}
    browser = fresh.client("county")
    two = f"post={ids['county']}&post={ids['prison']}"
    refused = browser.post("/post/", two, content_type="application/x-www-form-urlencoded")
    assert refused.status_code == 404
    turned = f"post={ids['prison']}&post={ids['county']}&purpose=NONE&purpose=RECEIVE_RETURN"
    assert browser.post("/post/", turned, content_type="application/x-www-form-urlencoded").status_code == 302
    assert browser.get("/prison/roster/").status_code == 403
    assert account_id("county") != account_id("prison")


def test_a_field_that_does_not_belong_to_the_form_changes_nothing(fresh):
    one, other = str(uuid.UUID(int=6)), str(uuid.UUID(int=7))
    more = {"id": str(uuid.UUID(int=5)), "unit": one, "unit_id": one, "published_by": other, "state": "OVER"}
    more |= {"division": "000000000000", "ended_at": "2020-01-01", "is_superuser": "1"}
    offer = publish(fresh, **more)
    assert offer != str(uuid.UUID(int=5))
    with fresh.role("guitu_owner") as door:
        held = door.execute("SELECT row_to_json(o)::text FROM support_offer o WHERE o.id = %s", (offer,)).fetchone()[0]
    for foreign in (one, other, "000000000000", "2020-01-01"):
        assert foreign not in held
    assert "大棚种植工" in body(fresh.client("county").get("/offers/"))


def test_a_line_break_in_what_was_typed_makes_no_line_in_the_journal(peopled, monkeypatch, caplog):
    def broken(*_args, **given):
        raise ValueError(f"{_args} {given}")

    monkeypatch.setattr(search.persons, "find", broken)
    browser = Client(raise_request_exception=False)
    browser.cookies[token_cookie()] = peopled.token("county")
    with caplog.at_level(logging.DEBUG):
        answer = browser.get("/search/", {"q": "x\r\nERROR root: forged\u2028line"})
    assert answer.status_code == 500
    assert [line.getMessage() for line in caplog.records if "forged" in line.getMessage()] == []
    ours = [line.getMessage() for line in caplog.records if line.name == "guitu.web"]
    assert ours
    assert not any(re.search(r"[\r\n\u2028]", line) for line in ours)
