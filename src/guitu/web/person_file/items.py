"""The core items on a person's file: value or cover, source, day collected."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.urls import reverse

from guitu.people import queries as persons
from guitu.rulebook.book import load_national
from guitu.web import queue_rows
from guitu.web.shell import english


def shown(file: persons.PersonFile, opened: tuple[str, str] | None, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The held items in the order of the standard; sensitive ones covered, but for the one that was `opened`."""
    book = load_national()
    made = []
    for code, item in book.items.items():
        fact = file.items.get(code)
        if fact is None:
            continue
        name = item.en if english() else item.zh
        row: dict[str, Any] = {"code": code, "name": name, "source": fact.source, "on": fact.collected_at}
        if opened and opened[0] == code:
            row |= {"state": "open", "value": _readable(code, opened[1])}
        elif fact.value is None:
            row |= {"state": "masked", "url": reverse("reveal", args=[person_id, code])}
        else:
            row |= {"state": "known", "value": _readable(code, fact.value)}
        made.append(row)
    return made


_PARTS = {
    "division": "户籍区划",
    "address": "地址",
    "phone": "本人电话",
    "family_contact": "家属",
    "family_phone": "家属电话",
    "text": "刑期",
    "from": "起",
    "to": "止",
    "release_on": "释放日",
}


def _readable(item: str, value: str) -> str:
    if value.startswith("{"):
        parts = json.loads(value)
        if english():
            return " · ".join(f"{key.replace('_', ' ')} {part}" for key, part in parts.items())
        return " · ".join(f"{_PARTS.get(key, key)} {part}" for key, part in parts.items())
    tables = {"sex": "sex", "ethnicity": "ethnicity", "education": "education", "marital_status": "marital_status"}
    return queue_rows.code_word(tables[item], value) if item in tables else value
