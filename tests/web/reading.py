"""Reading a page as its reader does: links, texts, forms; without the tokens that differ on every page."""

import re
import uuid
from html.parser import HTMLParser

PERSON = re.compile(r"/persons/([0-9a-f-]{36})/")
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "path", "rect", "wbr"}


class Page(HTMLParser):
    """All elements with their attributes and whole texts, in the order of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in _VOID:
            self._open.append(len(self.found) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self.found[self._open[place]][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.found[place][2].append(data)

    def all(self, tag: str, **wanted: str) -> list[tuple[dict[str, str], str]]:
        """Elements of this tag whose attributes hold these values (`cls`: one of the classes), with their texts."""
        cls = wanted.pop("cls", None)
        return [
            (attributes, " ".join("".join(texts).split()))
            for name, attributes, texts in self.found
            if name == tag
            and (cls is None or cls in attributes.get("class", "").split())
            and all(attributes.get(key) == value for key, value in wanted.items())
        ]


def body(response) -> str:
    """The text of the answer."""
    return response.content.decode()


def page(response) -> Page:
    """The page of an answer."""
    return Page(body(response))


def persons_linked(response) -> list[uuid.UUID]:
    """The persons that the rows of a list lead to, once each, in the order of the rows."""
    ids = [PERSON.search(a["href"]) for a, _ in page(response).all("a", cls="gt-name")]
    return [uuid.UUID(found[1]) for found in ids if found]


def total(response) -> int:
    """How many rows the foot of a list says there are; 0 where the list is empty."""
    for _, text in page(response).all("nav", cls="gt-foot"):
        return int(re.search(r"共(\d+)条", text)[1])
    assert page(response).all("div", cls="gt-empty"), "a list has a foot or says that it is empty"
    return 0


def without_tokens(response) -> bytes:
    """The page without the tokens of its forms, which differ on every page."""
    return re.sub(rb'(name="csrfmiddlewaretoken" value=")[^"]*', rb"\1", response.content)


def whole_desk(browser, address: str) -> list[uuid.UUID]:
    """The persons of every page of a desk, in its order."""
    rows, number = [], 1
    while answer := persons_linked(browser.get(address, {"page": number})):
        rows += answer
        number += 1
    return rows
