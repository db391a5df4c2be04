"""The pages of a post as its browser reaches them: from where it begins, over every link, a few of each kind."""

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve

from tests.web.reading import Page, body


def kind_of(address: str) -> tuple[str, frozenset[str]] | None:
    """The kind of an address: its name and which fields stand in its query. None where nothing of ours answers."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).url_name
    except Resolver404:
        return None
    return name, frozenset(field for field, _ in parse_qsl(parts.query, keep_blank_values=True))


def crawled(browser, seeds: Iterable[str], *, most: int) -> Iterator[tuple[str, str]]:
    """Each page with its address, breadth first; of one kind of address at most so many beside the `seeds`."""
    waiting, seen, counted = list(seeds), set(seeds), Counter()
    for address in waiting:
        answer = browser.get(address)
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        shown = body(answer)
        yield address, shown
        for attributes, _ in Page(shown).all("a"):
            link = urljoin(address, attributes.get("href", "")).partition("#")[0]
            kind = kind_of(link) if link.startswith("/") else None
            if kind is None or link in seen or counted[kind] >= most:
                continue
            counted[kind] += 1
            seen.add(link)
            waiting.append(link)
