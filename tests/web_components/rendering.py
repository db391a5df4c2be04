"""Renders component tags and sample pages, and reads what came out."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from typing import Any

from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler  # type: ignore[import-untyped]

from guitu.web.style_page.views import style_page
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

NOW = dt.datetime(2026, 11, 18, 9, 24, tzinfo=LEGAL_ZONE)
VOID = frozenset(
    {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "use", "wbr"}
)


def component(markup: str, **context: Any) -> str:
    """Return the HTML of component tags, with `now` in the context."""
    text = CottonCompiler().process(markup)
    return str(engines["django"].from_string(text).render({"now": NOW, **context}))


def sample(page: str = "") -> str:
    """Return the HTML of the style page, or of one of its sample pages."""
    request = RequestFactory().get("/style/", {"page": page} if page else {})
    return style_page(request).content.decode()


class Elements(HTMLParser):
    """Collects every element with its attributes, its text and the path to it; checks that tags close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], str]] = []
        self._open: list[tuple[str, int]] = []
        self._text: dict[int, list[str]] = {}
        self.misplaced: list[str] = []
        self.feed(html)
        self.close()
        self.misplaced += [tag for tag, _ in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}, ""))
        index = len(self.found) - 1
        self._text[index] = []
        if tag not in VOID:
            self._open.append((tag, index))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}, ""))
        self._text[len(self.found) - 1] = []

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1][0] != tag:
            self.misplaced.append(f"</{tag}>")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for _, index in self._open:
            self._text[index].append(data)

    def all(self, tag: str, **wanted: str) -> list[tuple[dict[str, str], str]]:
        """Return attributes and text of each element with this tag and these classes or attributes."""
        result = []
        for index, (name, attributes, _) in enumerate(self.found):
            if name != tag:
                continue
            classes = attributes.get("class", "").split()
            if all(value in classes if key == "cls" else attributes.get(key) == value for key, value in wanted.items()):
                result.append((attributes, " ".join("".join(self._text[index]).split())))
        return result
