"""Every address once, opened by somebody who may: what each answer carries, and what none contains."""

import logging
import os
import re
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from pypdf import PdfReader

from guitu.web.gate import token_cookie
from guitu.web.person_file import search
from tests.factories import rosters
from tests.web.kinds_of_address import OWN_PAGES, PUBLIC_ADDRESSES, PUBLIC_WRITES, WRITES
from tests.web.peopled import KEPT, OTHERS, SENT, SIXTY
from tests.web.reading import body, page
from tests.web.test_forms_and_links import _address as address_of
from tests.web.who_may import MAY, ROLE_OF, SEES, WALKED

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"(?<!\d)91\d{15}[\dX](?!\d)")
ELSEWHERE = {"verify-code", "log-tile", "sign-in-step"}
"""Public addresses with a part of their own in the path; each is opened below by a path of its own."""


@dataclass(frozen=True)
class Answer:
    """One answer and who asked for it."""

    name: str
    login: str | None
    token: str
    response: object

    @property
    def page(self) -> bool:
        return self.response.get("Content-Type", "").startswith("text/html")  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def log_lines() -> Iterator[list[str]]:
    """Every line that any logger writes while the addresses are opened."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    kept, root = Kept(level=logging.DEBUG), logging.getLogger()
    ours = [root, logging.getLogger("django"), logging.getLogger("guitu.web")]
    for logger in ours:
        logger.addHandler(kept)
    yield lines
    for logger in ours:
        logger.removeHandler(kept)


@pytest.fixture(scope="module")
def answers(peopled, log_lines) -> list[Answer]:
    """Each address that shows something, opened by the first post that may; and what refuses."""
    browsers, made = {}, []
    for name in sorted(set(MAY) - WRITES):
        login = next(login for login, role in ROLE_OF.items() if role in MAY[name])
        browser = browsers.setdefault(login, peopled.client(login))
        made.append((name, login, browser, address_of(peopled, name)))
    for name in sorted(OWN_PAGES):
        made.append((name, "county", browsers["county"], address_of(peopled, name)))
    for name in sorted(PUBLIC_ADDRESSES - PUBLIC_WRITES - ELSEWHERE):
        made.append((name, None, peopled.client(None), address_of(peopled, name)))
    for address in ("/verify/AAAA-BBBB-CCCC/", "/log/tile/0/000", "/no/such/page/", "/api/v1/no/such", "/api/v1/tasks"):
        made.append((address, None, peopled.client(None), address))
    made.append(("refused", "county", browsers["county"], f"/persons/{peopled.persons[KEPT]}/"))
    made.append(("unknown", "county", browsers["county"], f"/persons/{uuid.UUID(int=4)}/"))
    made.append(("wrong method", "county", browsers["county"], "/sign-out/"))
    return [
        Answer(name, login, browser.cookies[token_cookie()].value if login else "", browser.get(address))
        for name, login, browser, address in made
    ]


def test_every_address_answers_with_every_header(answers):
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    }
    for one in answers:
        policy = dict(part.strip().split(" ", 1) for part in one.response["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'", one.name
        assert all("unsafe" not in value and "*" not in value for value in policy.values()), one.name
        assert {name: one.response.get(name) for name in wanted} == wanted, one.name
        if not one.name.startswith(("log-", "/log/")):  # the published log holds no person and is kept by readers
            assert "no-store" in one.response["Cache-Control"], one.name
    assert len(answers) >= 100


def test_no_answer_opens_itself_to_other_origins(answers, peopled):
    assert [
        one.name for one in answers if any(name.lower().startswith("access-control-") for name in one.response.headers)
    ] == []
    asked = peopled.client("county").get("/county/", headers={"origin": "https://elsewhere.example"})
    assert not asked.has_header("Access-Control-Allow-Origin")
    assert (
        not peopled.client(None)
        .options("/api/v1/tasks", headers={"origin": "https://elsewhere.example"})
        .has_header("Access-Control-Allow-Origin")
    )


def test_every_answer_names_its_type_and_characters(answers):
    for one in answers:
        content = one.response.content
        if not content:
            continue
        kind = one.response["Content-Type"]
        if kind.startswith("text/"):
            assert "charset=utf-8" in kind.lower(), (one.name, kind)
            content.decode("utf-8")
        if "json" in kind:
            assert content.lstrip()[:1] in {b"{", b"["}, one.name
        if kind == "application/pdf":
            assert content.startswith(b"%PDF-"), one.name


def test_every_page_of_somebody_signed_in_offers_to_sign_out(answers):
    without = [
        one.name
        for one in answers
        if one.page and one.login and one.response.status_code == 200
        and not page(one.response).all("form", action="/sign-out/", method="post")
    ]  # fmt: skip
    assert without == []


def test_no_address_carries_a_secret_or_an_identity_number(answers):
    """A person stands in an address by a random id; the token stands in a cookie and nowhere else."""
    for one in answers:
        if one.token:
            assert one.token.encode() not in one.response.content, one.name
            assert one.token not in str(one.response.headers), one.name
        if not one.page:
            continue
        pointed = [
            attributes.get(part, "")
            for tag in ("a", "form", "button", "img", "link", "script", "use")
            for attributes, _ in page(one.response).all(tag)
            for part in ("href", "action", "formaction", "src")
        ]
        assert [link for link in pointed if NUMBER.search(link)] == [], one.name
    assert NUMBER.search("/persons/?q=91012119850312115X")


SECRETS = {"password", "present", "new", "again", "given", "pin", "code"}
SHOWN_WHILE_TYPED = {"code"}
"""Codes of one use are typed from a paper or another device."""


def test_password_fields_are_masked_and_take_what_is_pasted(peopled):
    fields = []
    for path in sorted((ROOT / "src/guitu/web/templates").rglob("*.html")):
        if path.parent.name not in {"entrance", "account"}:
            continue
        text = path.read_text(encoding="utf-8")
        assert "onpaste" not in text
        for found in re.finditer(r"<c-field [^>]*?/>", text, re.DOTALL):
            name = re.search(r' name="([a-z_]+)"', found[0])
            if name and name[1] in SECRETS:
                fields.append((path.name, name[1], found[0]))
    for file, name, written in fields:
        assert 'kind="password"' in written or name in SHOWN_WHILE_TYPED, (file, name)
        assert 'autocomplete="off"' not in written or name in SHOWN_WHILE_TYPED, (file, name)
        assert not re.search(r'maxlength="[1-5]?\d"', written) or name in SHOWN_WHILE_TYPED, (file, name)
    assert len(fields) >= 8
    shown = [a for a, _ in page(peopled.client(None).get("/sign-in/")).all("input", name="password")]
    assert [a["type"] for a in shown] == ["password"]
    scripts = (ROOT / "frontend" / "src" / "js").glob("*.js")
    assert not any(re.search(r"[\"']paste[\"']", path.read_text(encoding="utf-8")) for path in scripts)


def test_trace_and_unknown_methods_are_refused(peopled):
    browser = peopled.client("county")
    for method in ("TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND"):
        answer = browser.generic(method, "/county/")
        assert answer.status_code == 405, method
        assert token_cookie() not in body(answer)


@pytest.mark.parametrize(
    "address",
    ["/.git/config", "/.git/HEAD", "/.env", "/static/", "/static/built/", "/static/../settings/base.py",
     "/static/%2e%2e/%2e%2e/settings/base.py", "/var/keys/", "/pyproject.toml", "/static/built/.frontend.sha256x"],
)  # fmt: skip
def test_neither_source_nor_folders_are_served(peopled, address):
    answer = peopled.client(None).get(address)
    assert answer.status_code == 404, address
    assert b"SECRET" not in answer.content


def test_signing_out_clears_what_the_browser_holds(fresh):
    answer = fresh.client("county").post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_an_unexpected_error_tells_nothing_of_the_inside(peopled, monkeypatch):
    def broken(*_args, **_given):
        raise ValueError("SELECT * FROM people_person /srv/guitu/keys 陈柏舟")

    monkeypatch.setattr(search.persons, "find", broken)
    browser = Client(raise_request_exception=False)
    browser.cookies[token_cookie()] = peopled.token("county")
    with override_settings(DEBUG=False):
        answer = browser.get("/search/?q=chen")
    assert answer.status_code == 500
    for inside in ("SELECT", "/srv/", "陈柏舟", "ValueError", "Traceback", "people_person"):
        assert inside not in body(answer), inside


@pytest.mark.parametrize(
    "name", ['"><script>.pdf', "a\r\nSet-Cookie: b=c.pdf", "../../etc/passwd.pdf", "判决书; filename=x.exe.pdf"]
)
def test_downloads_have_a_safe_name_and_type(fresh, name):
    browser, papers = fresh.client("prison"), f"/persons/{fresh.persons[SENT]}/papers/"
    file = SimpleUploadedFile("x.pdf", b"%PDF-1.4\n content")
    file._name = name  # what a browser of another make sends; the class of the test would tidy it up
    form = {"mark": str(uuid.uuid4()), "kind": "judgment", "source": "法院", "file": file}
    kept = browser.post(f"{papers}keep/", form)
    if "\n" in name:  # a line break within a header of the upload: the file is not recognised at all
        assert kept.status_code == 422
        return
    assert kept.status_code == 302
    link = next(a["href"] for a, _ in page(browser.get(papers)).all("a") if "/files/" in a.get("href", ""))
    answer = browser.get(link)
    told = answer["Content-Disposition"]
    assert told.startswith("attachment; filename")
    assert not re.search(r"[\r\n]|\.\./", told), told
    quoted = re.fullmatch(r'attachment; filename(?:="(?:[^"\\]|\\.)*"|\*=utf-8\'\'[\w.%~!$&+^`|-]+)', told)
    assert quoted, told
    assert not answer.has_header("Set-Cookie")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


IN_PRODUCTION = """
import django
django.setup()
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from guitu.web import gate
from guitu.web.entrance import coming_in, passkeys, person_sign_in
names = [gate.token_cookie(), coming_in.entering_cookie(), passkeys.passkey_cookie(),
         person_sign_in.device_cookie(), settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME]
assert len(set(names)) == 6 and all(name.startswith("__Host-") for name in names), names
browser = Client(headers={"host": "guitu.example"})
for address in ("/sign-in/", "/static/nothing", "/no/such/page/", "/api/v1/tasks", "/api/v1/openapi.json"):
    answer = browser.get(address, secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", address
    for name, cookie in answer.cookies.items():
        assert name.startswith("__Host-") and cookie["secure"] and cookie["path"] == "/" and not cookie["domain"], name
chosen = browser.post("/i18n/setlang/", {"language": "en"}, secure=True).cookies["__Host-guitu_language"]
assert chosen["secure"] and chosen["httponly"], chosen
for address in ("/sign-in/", "/prison/", "/api/v1/docs"):
    led = browser.get(address)
    assert led.status_code == 301 and led["Location"].startswith("https://guitu.example/"), (address, led)
told = browser.get("/api/v1/tasks", headers={"authorization": "Bearer gt_nothing"})
assert told.status_code == 403 and told.json()["type"].endswith("#problem-not-secure"), told
assert browser.get("/api/v1/tasks", secure=True).status_code == 401
claimed = {"x-forwarded-host": "evil.example", "x-forwarded-port": "81", "remote-user": "county"}
led = browser.get("/prison/", headers=claimed)
assert led["Location"] == "https://guitu.example/prison/", led["Location"]
assert browser.get("/sign-in/", secure=True, headers={"host": "evil.example"}).status_code == 400
for address in ("/style/", "/style/forms/", "/demo-sign-in/"):
    assert browser.post(address, secure=True).status_code in {403, 404, 405}, address
    assert browser.get(address, secure=True).status_code in {404, 405}, address
assert settings.DEBUG is False
print("strict")
"""


@pytest.fixture(scope="module")
def real_installation() -> subprocess.CompletedProcess[str]:
    """The pages under the settings of a real installation, which cannot be had in this process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUITU_DB")} | {
        "DJANGO_SETTINGS_MODULE": "guitu.settings.production",
        "GUITU_SECRET_DJANGO_KEY": "for-this-test-only-" + "k" * 40,
        "GUITU_HOSTS": "guitu.example",
        "PYTHONPATH": str(ROOT / "src"),
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IN_PRODUCTION],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_cookie_of_a_real_installation_is_bound_to_its_host(real_installation):
    assert (real_installation.stdout.strip(), real_installation.returncode) == ("strict", 0), real_installation.stderr


def test_a_real_installation_insists_on_tls(real_installation):
    assert real_installation.returncode == 0, real_installation.stderr
    assert "includeSubDomains" in IN_PRODUCTION


def test_the_interface_refuses_an_open_connection_instead_of_redirecting(real_installation):
    assert real_installation.returncode == 0, real_installation.stderr


def test_a_real_installation_has_no_page_of_development(real_installation):
    assert real_installation.returncode == 0, real_installation.stderr


PLANS = {
    plan.name: (plan, place)
    for sender in ("prison", "other-prison")
    for place, plan in enumerate(plan for plan in (*SIXTY, *OTHERS) if plan.sender == sender)
}


def told_of(name: str) -> list[str]:
    """What would betray this person: the name, the identity number, the number without its last sign."""
    plan, place = PLANS[name]
    number = rosters.number(plan.county[:6], "19850312", str(101 + 2 * place))
    return [name, number, number[:-1]]


def readable(response) -> str:
    """All that an answer says: its text, the text of a document, its headers."""
    content = response.content
    if response.get("Content-Type") == "application/pdf":
        content = "\n".join(one.extract_text() for one in PdfReader(BytesIO(content)).pages).encode()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as package:
            content = b"\n".join(package.read(name) for name in package.namelist())
    return content.decode("utf-8", "ignore") + str(response.headers)


def test_a_planted_foreign_person_is_in_no_answer(answers):
    """Six persons whose names and numbers stand on every list of their own units, looked for everywhere else."""
    found, seen = [], 0
    for one in answers:
        text = readable(one.response)
        sees = SEES.get(one.login or "", set()) | ({SENT} if one.login in {"person", "representative"} else set())
        for name in WALKED:
            betrayed = [word for word in told_of(name) if word in text]
            if name in sees:
                seen += bool(betrayed)
            elif betrayed:
                found.append((one.name, one.login, betrayed))
    assert found == []
    assert seen > 10, "control: the same words stand on the pages of those who may see them"


def test_tables_without_persons_hold_no_name_and_no_number(peopled, answers):
    """Traces, sign-ins, errands, kept forms, queues: what the cage calls open or closed tells of nobody."""
    cage = yaml.safe_load((ROOT / "src/guitu/access/cage.yaml").read_text(encoding="utf-8"))["tables"]
    words = [word for name in WALKED for word in told_of(name)]
    with peopled.role("guitu_owner") as door:
        holding = [
            table
            for table, line in sorted(cage.items())
            if line["cage"] in {"open", "closed"}
            and door.execute("SELECT relkind = 'r' FROM pg_class WHERE oid = %s::regclass", (table,)).fetchone()[0]
            and door.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text LIKE ANY (%s))',
                ([f"%{word}%" for word in words],),
            ).fetchone()[0]
        ]
        control = door.execute(
            "SELECT count(*) FROM people_person t WHERE t::text LIKE ANY (%s)", ([f"%{word}%" for word in words],)
        ).fetchone()[0]
    assert holding == []
    assert control == len(WALKED)


def test_no_line_of_a_log_holds_a_name_or_a_number(answers, log_lines):
    words = [word for name in WALKED for word in told_of(name)]
    assert [line for line in log_lines if any(word in line for word in words)] == []
    assert any("/persons/" in line for line in log_lines), "control: lines were caught"
