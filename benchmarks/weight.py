"""How heavy the first load of a page is: what the server itself hands to a browser that takes gzip, page and all parts.

Styles, scripts and pictures are sent as the compressed copies that lie beside them. Pages are not compressed: they hold
personal data beside words that anybody may have put into an address.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

MOST, MOST_OF_A_SCRIPT = 250_000, 100_000
"""The bars in bytes: all that a first load transfers; one script that the page waits for, as the browser reads it."""
_IN_STYLES = re.compile(rb"url\(\s*['\"]?([^'\")]+)")


@dataclass(frozen=True)
class Part:
    """One answer of a first load: how many bytes went over the line, and how many the browser reads."""

    address: str
    sent: int
    whole: int
    compressed: bool


@dataclass(frozen=True)
class Weight:
    """A page with everything it loads, and the scripts for which it waits."""

    parts: tuple[Part, ...]
    awaited: tuple[Part, ...]

    @property
    def sent(self) -> int:
        """All bytes that go over the line."""
        return sum(part.sent for part in self.parts)


class _Wanted(HTMLParser):
    """What a page loads by itself, and which scripts it waits for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.awaited: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "script" and held.get("src"):
            self.addresses.append(str(held["src"]))
            if not ({"defer", "async"} & set(held) or held.get("type") == "module"):
                self.awaited.append(str(held["src"]))
        elif tag == "link" and {"stylesheet", "icon", "preload"} & set(str(held.get("rel", "")).split()):
            self.addresses.append(str(held["href"]))
        elif tag in {"img", "iframe", "source"} and held.get("src"):
            self.addresses.append(str(held["src"]))


def awaited_scripts(html: str) -> list[str]:
    """The addresses of the scripts that hold the page up: neither deferred nor asynchronous."""
    return _Wanted(html).awaited


def first_load(browser: Any, address: str, *, takes: str = "gzip") -> Weight:
    """Open `address` with an empty cache by a Django test client; raises RuntimeError where something does not come."""
    page, body = _get(browser, address, takes)
    wanted = _Wanted(body.decode())
    parts = {address: page}
    for one in _all(browser, wanted.addresses, address, takes):
        parts.setdefault(one.address, one)
    return Weight(tuple(parts.values()), tuple(parts[urljoin(address, one)] for one in wanted.awaited))


def _all(browser: Any, addresses: list[str], base: str, takes: str) -> Iterator[Part]:
    for relative in addresses:
        part, body = _get(browser, urljoin(base, relative), takes)
        yield part
        if part.address.endswith(".css"):
            inner = [found.decode() for found in _IN_STYLES.findall(body) if not found.startswith((b"#", b"data:"))]
            yield from _all(browser, inner, part.address, takes)


def _get(browser: Any, address: str, takes: str) -> tuple[Part, bytes]:
    answer = browser.get(address, headers={"accept-encoding": takes})
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    sent = b"".join(answer.streaming_content) if answer.streaming else answer.content
    compressed = answer.get("Content-Encoding") == "gzip"
    whole = gzip.decompress(sent) if compressed else sent
    return Part(address, len(sent), len(whole), compressed), whole


def report() -> int:
    """Print what each page sends at its first load; 1 where a bar was missed. Inside benchmarks.province."""
    from benchmarks.signed_in import at_work, files, nobody, one_concerned

    county, session = at_work("910121000000", "COUNTY_OFFICER")
    pages = (
        ("sign-in", nobody(), "/sign-in/"),
        ("county desk", county, "/county/"),
        ("person file", county, files(session, 1)[0]),
        ("my road", one_concerned(), "/my/"),
    )
    missed = 0
    print("| page | page kB | parts kB | first load kB | scripts waited for | bar |")
    print("|---|---|---|---|---|---|")
    for name, browser, address in pages:
        if browser is None:
            print(f"| {name} | – | – | – | – | nobody of this province signs in there |")
            continue
        load = first_load(browser, address)
        heavy = [part.address for part in load.awaited if part.whole > MOST_OF_A_SCRIPT]
        kept = load.sent <= MOST and not heavy
        missed += not kept
        page = load.parts[0].sent
        sizes = " | ".join(f"{size / 1000:.1f}" for size in (page, load.sent - page, load.sent))
        bar = f"≤ {MOST // 1000} kB, none > {MOST_OF_A_SCRIPT // 1000} kB{'' if kept else ' — missed'}"
        print(f"| {name} | {sizes} | {len(load.awaited)} | {bar} |")
    return 1 if missed else 0
