"""Requests that no browser of ours makes: strange characters, cookies, addresses to go on to, and headers."""

import io
import os
import subprocess
import sys
import uuid
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client

from guitu.access import acting, queries, signing_in
from guitu.web.gate import token_cookie
from guitu.web.legible import in_our_characters
from tests.web.peopled import SENT
from tests.web.reading import body, page, without_tokens

OTHER_CHARACTERS = [
    "hex",
    "zlib",
    "rot13",
    "undefined",
    "idna",
    "punycode",
    "unicode_escape",
    "utf-7",
    "utf-16",
    "gb18030",
]
OTHER_CHARACTERS += ["no-such-characters", "utf-8-sig"]
PART = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
WHOLE = "multipart/form-data; boundary=B"


def parts(**fields: str) -> bytes:
    return ("".join(PART.format(name, value) for name, value in fields.items()) + "--B--\r\n").encode()


def asked(method: str, address: str, sent: bytes, kind: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and words of what the whole application answers, as the server of the pages asks it."""
    path, _, query = address.partition("?")
    told: dict[str, object] = {"HTTP_HOST": "testserver", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(sent))}
    told |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO(sent)}
    setup_testing_defaults(told)
    kept: list[object] = []
    words = b"".join(
        in_our_characters(WSGIHandler())(told, lambda status, headers: kept.extend((status, dict(headers))))
    )
    return int(str(kept[0])[:3]), kept[1], words.decode()  # type: ignore[return-value]


@pytest.mark.parametrize("named", OTHER_CHARACTERS)
def test_what_says_it_is_written_in_other_characters_is_not_read(peopled, named) -> None:
    """Some of these are no characters, and one takes hours for what another decodes at once; nobody is signed in."""
    form = parts(login="b9" * 9)
    for said in (f"charset={named}", f"charset*={named}''%41", f"boundary*={named}''%41"):
        if said.startswith("boundary") and named != "no-such-characters":
            continue  # such a boundary is decoded: of no length that matters
        for kind in (WHOLE, "application/x-www-form-urlencoded", "application/json", "text/plain"):
            for method, address in (
                ("POST", "/sign-in/"),
                ("GET", "/sign-in/?next=%5Cx\\ud800"),
                ("POST", "/api/v1/tasks"),
            ):
                status, headers, words = asked(method, address, form, f"{kind}; {said}")
                assert (status, headers["X-Frame-Options"]) == (400, "DENY"), (kind, method, address)
                assert "这个请求看不明白" in words or "problem" in headers["Content-Type"]


@pytest.mark.parametrize("named", ["", "; charset=utf-8", "; charset=UTF8", '; charset="UTF-8"'])
def test_control_our_own_characters_are_read(peopled, named) -> None:
    form = parts(language="en", next="/verify/")
    assert asked("GET", "/sign-in/?next=%2Fcounty%2F", b"", f"text/plain{named}")[0] == 200
    assert asked("POST", "/i18n/setlang/", form, WHOLE + named)[0] == 403, "read, and without the token of its page"
    answer = Client().generic("POST", "/i18n/setlang/", form, content_type=WHOLE + named)
    assert (answer.status_code, answer["Location"]) == (302, "/verify/")


SERVED = """
from wsgiref.util import setup_testing_defaults
from guitu.web.wsgi import application
asked = {"HTTP_HOST": "localhost", "CONTENT_TYPE": "text/plain; charset=punycode", "QUERY_STRING": "a=b-c"}
setup_testing_defaults(asked)
list(application(asked, lambda status, headers: print(status, dict(headers)["Content-Security-Policy"] != "")))
"""


def test_the_server_of_the_pages_has_that_look_before_it() -> None:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "guitu.settings.test"}
    told = subprocess.run([sys.executable, "-P", "-c", SERVED], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.split("\n")[0] == "400 Bad Request True"


STRANGE_TOKENS = ['"a\\000b"', '"\\377"', "é", "a b", "x" * 4000, '""', "%00", "'; SELECT 1 --"]


@pytest.mark.parametrize("token", STRANGE_TOKENS)
def test_a_cookie_that_no_token_can_be_is_an_unknown_one(peopled, token) -> None:
    names = (token_cookie(), "guitu_entering", "guitu_device", "guitu_passkey", "csrftoken", "django_language")
    for name in names:
        told = {"cookie": f"{name}={token}"}
        assert Client().get("/county/", headers=told)["Location"] == "/sign-in/?next=/county/", name
        assert Client().get("/sign-in/step/", headers=told).status_code == 302, name
        assert Client().get("/sign-in/person/", headers=told).status_code == 200, name
        assert Client().post("/sign-out/", headers=told).status_code == 302, name
    assert peopled.client("county").get("/county/").status_code == 200


def test_a_connection_that_could_not_say_who_acts_is_not_used_again(peopled) -> None:
    """Else it would go on within the transaction of before, in which nobody acts or somebody else does."""
    token = peopled.token("county")
    with pytest.raises(Exception, match="NUL"), signing_in.acting_token("a\0b"), queries.transaction.atomic():
        pass
    assert connection.get_autocommit()
    assert acting.current() is None
    assert queries.session_of(token) is not None


GOES_ON = [
    "//testserver//elsewhere.example/x",
    "//testserver/\\elsewhere.example",
    "/\\testserver//elsewhere.example",
    "//testserver/county/",
    "http://testserver//elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "//testserver@elsewhere.example",
    "//[",
]


@pytest.mark.parametrize("wanted", GOES_ON)
def test_an_address_that_only_begins_with_our_name_is_not_gone_to(peopled, wanted) -> None:
    browser = peopled.client("county")
    own = page(browser.get("/post/")).all("input", name="post")[0][0]["value"]
    assert browser.post("/post/", {"post": own, "next": wanted})["Location"] == "/"
    assert browser.post("/i18n/setlang/", {"language": "zh-hans", "next": wanted})["Location"] == "/"
    assert browser.post("/searched/", {"page_asked": wanted, "q": "x"}).status_code == 400


@pytest.mark.parametrize(
    "wanted", ["/%2F/elsewhere.example", "/%5Celsewhere.example", "/county/", "/;@elsewhere.example"]
)
def test_control_an_address_of_ours_is_gone_to_as_it_stands(peopled, wanted) -> None:
    browser = peopled.client("county")
    assert browser.post("/i18n/setlang/", {"language": "zh-hans", "next": wanted})["Location"] == wanted
    assert browser.post("/searched/", {"page_asked": wanted, "q": "x"})["Location"].startswith(f"{wanted}?w=")


CLAIMS = {
    "x-forwarded-host": "elsewhere.example",
    "x-forwarded-server": "elsewhere.example",
    "x-forwarded-port": "81",
    "x-forwarded-prefix": "/elsewhere",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "elsewhere.example",
    "forwarded": "for=203.0.113.9;host=elsewhere.example;proto=https",
    "x-real-ip": "203.0.113.9",
    "client-ip": "203.0.113.9",
    "true-client-ip": "203.0.113.9",
    "x-original-url": "/units/",
    "x-rewrite-url": "/units/",
    "x-http-method-override": "DELETE",
    "x-method-override": "POST",
    "remote-user": "system",
    "x-remote-user": "system",
}
HTMX = {
    "hx-request": "true",
    "hx-boosted": "true",
    "hx-target": "gt-main",
    "hx-trigger": "<b>",
    "hx-prompt": "<script>",
    "hx-history-restore-request": "true",
    "hx-current-url": "https://elsewhere.example/",
    "x-requested-with": "XMLHttpRequest",
}


@pytest.mark.parametrize(
    "address", ["/county/", "/post/", "/account/", "/persons/{}/papers/", "/no/such/page/", "/units/"]
)
def test_no_answer_follows_what_a_browser_claims_of_itself(peopled, address) -> None:
    """Each page with every such header is the page without: same status, same words, no other link or cookie."""
    browser, asked = peopled.client("county"), address.format(peopled.persons[SENT])
    browser.get(asked)
    for claims in (CLAIMS, HTMX):
        plain, claimed = browser.get(asked), browser.get(asked, headers=claims)
        assert claimed.status_code == plain.status_code
        assert sorted(claimed.cookies) == sorted(plain.cookies)
        assert "elsewhere" not in body(claimed)
        assert _unmarked(claimed) == _unmarked(plain)


def _unmarked(response) -> list[str]:
    """The page without its tokens, marks and what tells of looks, of which each is one."""
    found = page(response)
    links = [a.get("href", "") for a, _ in found.all("a")] + [a.get("action", "") for a, _ in found.all("form")]
    assert without_tokens(response)
    return sorted(links)


def test_a_method_claimed_in_a_form_or_a_header_is_none(fresh) -> None:
    browser = fresh.client("county")
    for claim in ({"headers": CLAIMS}, {"data": {"_method": "POST"}}):
        assert browser.get("/sign-out/", **claim).status_code == 405
    assert browser.head("/sign-out/").status_code == 405
    for method in ("options", "put", "patch", "delete"):
        answer = getattr(browser, method)("/county/")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD"), method
    looked = browser.head("/county/")
    assert (looked.status_code, looked.content) == (200, b"")
    assert browser.get("/county/").status_code == 200, "nobody was signed out"


def test_a_foreign_host_is_answered_by_nobody_and_prints_itself_nowhere(peopled) -> None:
    browser = peopled.client("county")
    for host in ("elsewhere.example", "testserver.elsewhere.example", "testserver@elsewhere.example", "a\tb", "[::1"):
        answer = browser.get("/county/", headers={"host": host})
        assert answer.status_code == 400, host
        assert "elsewhere" not in body(answer)
    assert browser.get("/county/", headers={"host": "testserver"}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"&".join(b"a%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded"),
        (PART.format("a", "1").encode() * 2000 + b"--B--\r\n", WHOLE),
        (PART.format('f"; filename="a.pdf', "x").encode() * 200 + b"--B--\r\n", WHOLE),
        (PART.format("a" * 300_000, "1").encode() + b"--B--\r\n", WHOLE),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=\xe9"),
        (b"x", "multipart/form-data; boundary=" + "B" * 500),
    ],
)
def test_a_form_of_too_many_parts_or_of_none_is_refused_in_words(peopled, sent, kind) -> None:
    browser = peopled.client("prison")
    for address in ("/i18n/setlang/", "/prison/roster/check/", "/verify/"):
        answer = browser.generic("POST", address, sent, content_type=kind)
        assert answer.status_code == 400, address
        assert "这个请求看不明白" in body(answer)


def test_a_form_says_what_it_is_or_says_nothing(fresh) -> None:
    """What comes as JSON, as plain text or as a file is no form: its fields are not there."""
    browser = fresh.client("county")
    own = page(browser.get("/post/")).all("input", name="post")[0][0]["value"]
    for kind in ("application/json", "text/plain", "application/xml", "image/png", ""):
        for sent in (f'{{"post": "{own}"}}', f"post={own}&purpose=RECEIVE_RETURN"):
            assert browser.generic("POST", "/post/", sent, content_type=kind).status_code == 404, (kind, sent)
    assert browser.post("/post/", {"post": SimpleUploadedFile("a.txt", own.encode())}).status_code == 404
    assert browser.post("/post/", {"post": own}).status_code == 302


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("判决\u202efdp.exe.pdf", "判决fdp.exe.pdf"),
        ("a\x1b[31m\x07.pdf", "a[31m.pdf"),
        ("a\u2028b\u0085.pdf", "ab.pdf"),
        ("\u200b\u200f书.pdf", "书.pdf"),
        ("C:\\users\\a\\..\\判决.pdf", "判决.pdf"),
        ("....//判决.pdf", "判决.pdf"),
        ("书" * 200 + ".pdf", "书" * 116 + ".pdf"),
    ],
)
def test_a_file_name_is_kept_without_what_cannot_be_seen(fresh, name, kept) -> None:
    file = SimpleUploadedFile("x.pdf", PDF)
    file._name = name  # what a browser of another make sends
    papers = f"/persons/{fresh.persons[SENT]}/papers/"
    form = {"mark": str(uuid.uuid4()), "kind": "judgment", "source": "法院", "file": file}
    assert fresh.client("prison").post(f"{papers}keep/", form).status_code == 302
    with fresh.role("guitu_owner") as door:
        assert door.execute("SELECT file_name FROM papers_attachment").fetchall() == [(kept,)]
    assert kept in body(fresh.client("prison").get(papers))


GIF, PNG, EXE = b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 99, b"MZ\x90\0"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b""),
        ("a.pdf", GIF + PDF),
        ("a.pdf", b" " * 2000 + PDF),
        ("a.png", PDF),
        ("a.pdf", PNG),
        ("a.pdf", EXE + PDF),
        ("a.html", b"<script>"),
        ("a.pdf.exe", PDF),
        ("a", PDF),
        ("..", PDF),
        ("a.pdf ", EXE),
        ("a.pdf", b"%PDF-1.4" + b"\0" * (26 * 1024 * 1024 - 9000)),
    ],
)
def test_a_file_that_is_two_things_or_not_what_it_says_is_not_kept(fresh, name, data) -> None:
    file = SimpleUploadedFile("x.pdf", data)
    file._name = name
    form = {"mark": str(uuid.uuid4()), "kind": "judgment", "source": "法院", "file": file}
    answer = fresh.client("prison").post(f"/persons/{fresh.persons[SENT]}/papers/keep/", form)
    assert answer.status_code == 422
    with fresh.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM papers_attachment").fetchone() == (0,)


def test_a_file_too_large_to_be_held_in_memory_is_refused_before_it_is_read(peopled) -> None:
    said = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    for address in ("/i18n/setlang/", "/sign-in/"):
        kind = "application/x-www-form-urlencoded"
        answer = Client().generic("POST", address, b"a=1", content_type=kind, CONTENT_LENGTH=said)
        assert answer.status_code == 400, address
