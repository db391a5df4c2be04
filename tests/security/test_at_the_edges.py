"""Where bytes come in and leave: bounds of messages, one decoding, the proxy as described, what scripts compare."""

import re
import socket
import ssl
from pathlib import Path

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create

from guitu.access.models import Account
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.reading import body, page

ROOT = Path(__file__).resolve().parents[2]

HEAD = b"POST /sign-in/ HTTP/1.1\r\nHost: guitu.example\r\n"
SMUGGLED = b"0\r\n\r\nGET /county/ HTTP/1.1\r\n\r\n"


def requests_in(raw: bytes) -> list[str]:
    """The addresses of the requests that the server of the pages reads in these bytes."""
    found = []
    for request in RequestParser(Config(), iter([raw]), ("192.0.2.1", 1)):
        request.body.read()
        found.append(request.path)
    return found


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 4\r\nContent-Length: 31\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: 4, 31\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Content-Length: 4\r\n Transfer-Encoding: chunked\r\n",
        b"X: a\rContent-Length: 0\r\n",
    ],
)
def test_a_message_whose_end_can_be_read_in_two_ways_is_refused(headers: bytes) -> None:
    with pytest.raises(ParseException):
        requests_in(HEAD + headers + b"\r\n" + SMUGGLED)


def test_control_a_message_with_one_end_is_read_and_so_is_the_next() -> None:
    whole = HEAD + b"Content-Length: 4\r\n\r\nabcdGET /county/ HTTP/1.1\r\nHost: guitu.example\r\n\r\n"
    assert requests_in(whole) == ["/sign-in/", "/county/"]


def _served(*options: str) -> tuple[str, str]:
    """Under which prefix and at which place a request is answered that says so in headers, through a proxy at hand."""
    config = Config()
    for name, given in zip(options[::2], options[1::2], strict=True):
        config.set(name, given)
    raw = b"GET /sign-in/county/ HTTP/1.1\r\nHost: guitu.example\r\nSCRIPT_NAME: /sign-in\r\n\r\n"
    (request,) = RequestParser(config, iter([raw]), ("127.0.0.1", 1))
    with socket.socket() as line:
        _, environ = create(request, line, ("127.0.0.1", 1), ("127.0.0.1", 8000), config)
    return environ["SCRIPT_NAME"], environ["PATH_INFO"]


def test_no_header_says_where_the_pages_begin() -> None:
    """A proxy that sends on whatever it is sent would let a browser reach what the proxy closes."""
    started = (ROOT / "src/guitu/launcher/supervisor.py").read_text(encoding="utf-8")
    assert 'web += ["--forwarder-headers", ""]' in started
    assert '--forwarder-headers ""' in (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    assert _served("forwarder_headers", "") == ("", "/sign-in/county/")
    assert _served() == ("/sign-in", "/county/")  # the control: as the server does by itself


def test_what_stands_in_an_address_is_decoded_once(peopled) -> None:
    browser = peopled.client("county")
    shown = body(browser.get("/search/?q=%2541%253Cb%253E"))
    assert "%41%3Cb%3E" in shown
    assert browser.get("/static/%252e%252e/settings/base.py").status_code == 404
    control = body(browser.get("/search/?q=%41%3Cb%3E"))
    assert "A&lt;b&gt;" in control


def test_a_request_as_htmx_sends_it_is_believed_no_more_than_a_form(fresh) -> None:  # noqa: F811 - the fixture
    """Whatever its headers say of where it comes from: without the token of the page nothing is done, with it it is."""
    browser, address = fresh.client("county", checks=True), "/account/notices/"
    htmx = {"hx-request": "true", "hx-current-url": "https://testserver/account/", "x-requested-with": "XMLHttpRequest"}
    assert browser.get("/account/").status_code == 200
    for more in (
        {},
        {"x-csrftoken": "x" * 32},
        {"origin": "https://elsewhere.example"},
        {"sec-fetch-site": "cross-site"},
    ):
        assert browser.post(address, headers=htmx | more).status_code == 403, more
    for method in ("put", "patch", "delete"):
        assert getattr(browser, method)(address, headers=htmx).status_code in {403, 405}, method
    token = page(browser.get("/account/")).all("input", name="csrfmiddlewaretoken")[0][0]["value"]
    elsewhere = htmx | {"x-csrftoken": token, "origin": "https://elsewhere.example"}
    assert browser.post(address, headers=elsewhere).status_code == 403
    assert browser.post(address, headers=htmx | {"x-csrftoken": token}).status_code == 302


def test_the_proxy_as_we_describe_it_speaks_new_tls_with_ciphers_that_keep_no_secret_for_later() -> None:
    told = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert re.findall(r"ssl_protocols ([^;]+);", told) == ["TLSv1.2 TLSv1.3"]
    (ciphers,) = re.findall(r"ssl_ciphers ([^;]+);", told)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)
    offered = context.get_ciphers()
    assert len(offered) >= 6
    assert all(one["aead"] and one["kea"] in {"kx-ecdhe", "kx-any"} and one["strength_bits"] >= 128 for one in offered)
    (logged,) = re.findall(r"log_format \w+ '([^']+)'", told)
    assert not {"$request", "$args", "$query_string", "$request_uri"} & set(re.findall(r"\$\w+", logged))


def test_nothing_is_kept_by_which_a_password_could_be_recalled() -> None:
    fields = {field.name for field in Account._meta.get_fields()}
    assert not [name for name in fields if re.search(r"hint|question|answer|reminder", name)]
    pages = [*(ROOT / "src/guitu/web/templates/entrance").glob("*.html")]
    assert pages
    assert not [path.name for path in pages if re.search(r"密码提示|口令提示|安全问题|密保", path.read_text("utf-8"))]


def test_scripts_compare_strictly() -> None:
    loose = re.compile(r"[^=!<>]==[^=]|!=[^=]")
    scripts = [*(ROOT / "frontend" / "src").rglob("*.js")]
    assert scripts
    assert [path.name for path in scripts if loose.search(path.read_text(encoding="utf-8"))] == []
    assert loose.search("if (a == b)")
    assert loose.search("if (a != b)")
    assert not loose.search("if (a === b || a !== c || a >= d)")
