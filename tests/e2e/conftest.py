"""A real browser against a served house. On a build server its absence is a failure, elsewhere a skip that says so."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.test.testcases import QuietWSGIRequestHandler

from guitu.web.gate import token_cookie
from tests.web.conftest import fresh, peopled, peopled_template  # noqa: F401 - the houses of the window's tests

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("GUITU_TEST_SCREENSHOTS", "")


def _program() -> str:
    named = os.environ.get("CHROMIUM", "")
    found = named or shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if found:
        return found
    message = "no browser: put chromium on PATH or name it in CHROMIUM"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker, as text to be run in a page."""
    if AXE.is_file():
        return AXE.read_text(encoding="utf-8")
    message = "axe-core is not installed: run npm ci in frontend"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """One browser for all tests of a worker."""
    from playwright.sync_api import sync_playwright

    program = _program()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        # The driver keeps an event loop in this thread; the database work of the fixtures is not done inside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        opened = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


class Served:
    """A house with its address."""

    def __init__(self, house, address: str, browser) -> None:
        self.house, self.address, self.browser = house, address, browser

    def visitor(self, login: str | None, *, width: int = 1440, height: int = 900, language: str = "zh-hans"):
        """A page of a new window; signed in as `login`, or as nobody."""
        window = self.browser.new_context(viewport={"width": width, "height": height}, base_url=self.address)
        cookies = [{"name": "django_language", "value": language, "url": self.address}]
        if login:
            cookies.append({"name": token_cookie(), "value": self.house.token(login), "url": self.address})
        window.add_cookies(cookies)
        return window.new_page()


def _serve(house, browser) -> Iterator[Served]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, allow_reuse_address=False)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(house, f"http://127.0.0.1:{server.server_port}", browser)
    finally:
        for window in list(browser.contexts):
            window.close()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def served(fresh, browser) -> Iterator[Served]:  # noqa: F811
    """A house of its own, served on a free port of this machine."""
    yield from _serve(fresh, browser)


@pytest.fixture(scope="module")
def served_for_reading(peopled, browser) -> Iterator[Served]:  # noqa: F811
    """The house that the tests of a module look at together."""
    yield from _serve(peopled, browser)
