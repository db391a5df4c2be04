"""What every answer carries, and what no page contains; a real installation is stricter still."""

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.web.peopled import KEPT, SENT
from tests.web.reading import Page, body, page

ROOT = Path(__file__).resolve().parents[2]


def addresses(peopled) -> list[tuple[str, str]]:
    """Every page that is shown, also those that refuse, with a post that asks for it."""
    sent, kept = peopled.persons[SENT], peopled.persons[KEPT]
    return [
        ("", "/sign-in/"),
        ("", "/healthz"),
        ("prison", "/post/"),
        ("prison", "/prison/"),
        ("prison", "/prison/?queue=done"),
        ("prison", "/prison/roster/"),
        ("prison", "/prison/roster/template/"),
        ("prison", f"/persons/{kept}/"),
        ("prison", f"/persons/{kept}/items/id_doc/"),
        ("county", "/county/"),
        ("county", "/county/?q=nobody"),
        ("county", f"/persons/{sent}/"),
        ("county", "/search/?q=" + SENT),
        ("county", f"/persons/{kept}/"),
        ("county", f"/persons/{uuid.UUID(int=4)}/"),
        ("county", "/board/"),
        ("county", "/no/such/page/"),
        ("county", "/sign-out/"),
        ("city", "/board/"),
        ("province", "/board/"),
        ("system", "/units/"),
        ("system", "/rules/"),
        ("system", "/rules/RS-17/"),
    ]


def test_every_answer_says_what_it_may_load_and_is_kept_by_nobody(peopled) -> None:
    for login, address in addresses(peopled):
        answer = peopled.client(login or None).get(address)
        policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'", address
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", address
        for source in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"):
            assert policy[source] == "'self'", (address, source)
        assert "no-store" in answer["Cache-Control"], address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["X-Frame-Options"] == "DENY", address
        assert answer["Referrer-Policy"] == "same-origin", address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address


def test_a_redirect_and_a_refused_form_carry_them_too(peopled) -> None:
    browser = peopled.client(None, checks=True)
    for answer in (browser.get("/county/"), browser.post("/sign-out/"), browser.get("/")):
        assert answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Frame-Options"] == "DENY"


def test_no_cookie_can_be_read_by_a_script_or_sent_from_elsewhere(fresh) -> None:
    browser = fresh.client(None)
    answers = [
        browser.get("/sign-in/"),
        browser.post("/i18n/setlang/", {"language": "en"}),
        fresh.client("county").get("/county/"),
        fresh.client("county").post("/sign-out/"),
    ]
    own = page(fresh.client("county").get("/post/")).all("input", name="post")[0][0]["value"]
    answers.append(fresh.client("county").post("/post/", {"post": own, "purpose": "RECEIVE_RETURN"}))
    set_somewhere = {}
    for answer in answers:
        for name, cookie in answer.cookies.items():
            if cookie["max-age"] == 0:
                continue
            set_somewhere[name] = cookie
            assert cookie["httponly"], name
            assert cookie["samesite"] in {"Lax", "Strict"}, name
            assert cookie["path"] == "/", name
    assert set(set_somewhere) == {"csrftoken", "django_language"}


def broken(html: str) -> list[str]:
    """What the policy would block or a careful reader would not want in a page."""
    found = []
    for tag, attributes, texts in Page(html).found:
        found += [f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")]
        found += [f"{tag} javascript" for value in attributes.values() if "javascript:" in value]
        if tag in {"style", "iframe", "object", "embed"}:
            found.append(tag)
        if tag == "script" and ("src" not in attributes or "".join(texts).strip()):
            found.append(tag)
        for name in ("href", "src", "action", "formaction"):
            found += [attributes[name]] if re.match(r"(https?:)?//", attributes.get(name, "")) else []
    return found


def test_no_page_carries_styles_or_scripts_of_its_own_or_loads_from_elsewhere(peopled) -> None:
    for login, address in addresses(peopled):
        answer = peopled.client(login or None).get(address)
        if answer["Content-Type"].startswith("text/html"):
            assert broken(body(answer)) == [], address


def test_such_a_page_would_be_seen() -> None:
    bad = '<p style="x"><script>1</script><script src="//a.example/a.js"></script><b onclick="x"></b><style></style>'
    assert broken(bad) == ["p style", "script", "//a.example/a.js", "b onclick", "style"]


def _in_production(code: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUITU_DB")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "guitu.settings.production",
        "GUITU_SECRET_DJANGO_KEY": "for-this-test-only-" + "k" * 40,
        "GUITU_HOSTS": "guitu.example",
        "PYTHONPATH": str(ROOT / "src"),
    } | more
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, check=False
    )


PRODUCTION = """
import django
django.setup()
from django.conf import settings
from django.test import Client
from guitu.web.gate import set_cookie, token_cookie
from django.http import HttpResponse
assert settings.DEBUG is False and settings.GUITU_DEMONSTRATION is False
assert token_cookie().startswith("__Host-") and settings.CSRF_COOKIE_NAME.startswith("__Host-")
assert settings.CSRF_COOKIE_SECURE and settings.CSRF_COOKIE_HTTPONLY
response = HttpResponse()
set_cookie(response, token_cookie(), "x")
cookie = response.cookies[token_cookie()]
assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]
browser = Client(headers={"host": "guitu.example"})
plain = browser.get("/sign-in/")
assert plain.status_code == 301 and plain["Location"] == "https://guitu.example/sign-in/", plain
secure = browser.get("/sign-in/", secure=True)
assert secure.status_code == 200
assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", secure.headers
assert secure.cookies["__Host-guitu_csrf"]["secure"] and secure.cookies["__Host-guitu_csrf"]["httponly"]
assert b"demo-sign-in" not in secure.content
asked = browser.post("/demo-sign-in/", {"key": "910000000000-SUPERVISOR"}, secure=True)
assert asked.status_code == 404 and token_cookie() not in asked.cookies
assert browser.get("/style/", secure=True).status_code == 404
foreign = Client(headers={"host": "elsewhere.example"}).get("/sign-in/", secure=True)
assert foreign.status_code == 400 and "Content-Security-Policy" in foreign, foreign.headers
print("strict")
"""


def test_a_real_installation_keeps_its_cookies_to_secure_connections_and_offers_no_one_click_sign_in() -> None:
    asked = _in_production(PRODUCTION)
    assert (asked.stdout.strip(), asked.returncode) == ("strict", 0), asked.stderr


@pytest.mark.parametrize("missing", ["GUITU_HOSTS"])
def test_a_real_installation_does_not_start_without_its_address(missing: str) -> None:
    asked = _in_production("import django; django.setup()", **{missing: ""})
    assert asked.returncode != 0
    assert missing in asked.stderr
