"""Filling a form of one of our own pages with what was written before: nothing but the values changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser

_KEPT_AS_IS = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
_CHOSEN = frozenset({"radio", "checkbox"})


def refill(page: str, *, address: str, fields: Mapping[str, Sequence[str]], opening: str) -> str | None:
    """`page` with the form that is sent to `address` filled with `fields`, and `opening` set in at its beginning.

    Hidden fields, passwords and files stay as the page made them. Returns None if the page has no such form that holds
    any of the fields.
    """
    writer = _Refill(address, {name: list(values) for name, values in fields.items()}, opening)
    writer.feed(page)
    writer.close()
    return "".join(writer.parts) if writer.filled else None


class _Refill(HTMLParser):
    """Writes the page out as it came, except for the values inside the one form."""

    def __init__(self, address: str, fields: dict[str, list[str]], opening: str) -> None:
        super().__init__(convert_charrefs=False)
        self.address, self.fields, self.opening = address, fields, opening
        self.parts: list[str] = []
        self.filled = 0
        self.inside = False
        self.skipping = ""  # the end tag up to which the old content is left out
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skipping:
            return
        held = dict(attrs)
        text = self.get_starttag_text() or ""
        if tag == "form" and held.get("action") == self.address and self._mine(held):
            self.inside = True
            self.parts.append(text + self.opening)
            return
        if not self.inside:
            self.parts.append(text)
            return
        name = held.get("name") or ""
        if tag == "input" and name in self.fields:
            self.parts.append(self._input(text, name, held))
        elif tag == "textarea" and name in self.fields:
            self.parts.append(text + "\n" + escape(self._next(name), quote=False))
            self.skipping = "textarea"
        elif tag == "select":
            self.select = name if name in self.fields else None
            self.parts.append(text)
        elif tag == "option" and self.select is not None:
            chosen = (held.get("value") or "") in self.fields[self.select]
            self.filled += chosen
            self.parts.append(_tag("option", held, drop="selected", add="selected" if chosen else ""))
        else:
            self.parts.append(text)

    def _mine(self, held: Mapping[str, str | None]) -> bool:
        return (held.get("method") or "").lower() == "post" and not self.filled

    def _input(self, text: str, name: str, held: dict[str, str | None]) -> str:
        kind = (held.get("type") or "text").lower()
        if kind in _KEPT_AS_IS:
            return text
        if kind in _CHOSEN:
            chosen = (held.get("value") or "on") in self.fields[name]
            self.filled += chosen
            return _tag("input", held, drop="checked", add="checked" if chosen else "")
        return _tag("input", held | {"value": self._next(name)}, drop="", add="")

    def _next(self, name: str) -> str:
        self.filled += 1
        values = self.fields[name]
        return values.pop(0) if values else ""

    def handle_endtag(self, tag: str) -> None:
        if self.skipping:
            if tag != self.skipping:
                return
            self.skipping = ""
        if tag == "form":
            self.inside = False
        if tag == "select":
            self.select = None
        self.parts.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.skipping:
            self.parts.append(self.get_starttag_text() or "")

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._write(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._write(f"<!{decl}>")

    def _write(self, text: str) -> None:
        if not self.skipping:
            self.parts.append(text)


def _tag(tag: str, held: Mapping[str, str | None], *, drop: str, add: str) -> str:
    """The start tag with these attributes, without `drop`, with the bare attribute `add`."""
    shown = [name if value is None else f'{name}="{escape(value)}"' for name, value in held.items() if name != drop]
    return f"<{' '.join([tag, *shown, *([add] if add else [])])}>"
