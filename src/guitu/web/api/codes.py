"""The code tables of the rulebook."""

from datetime import date

from ninja import Router, Schema

from guitu.access import rule_packs
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import reads
from guitu.web.api.problems import Problem
from guitu.web.api.schemas import example

router = Router(tags=["codes"])
_TABLE = {"id": "sex", "zh": "性别", "en": "Sex", "standard": "GB/T 2261.1", "verified": True, "codes": 4}


class TableLine(Schema):
    """A code table by its name."""

    id: str
    zh: str
    en: str
    standard: str | None
    verified: bool
    codes: int

    model_config = example(_TABLE)


class Tables(Schema):
    """All code tables."""

    items: list[TableLine]

    model_config = example({"items": [_TABLE]})


class Entry(Schema):
    """One code, with the days between which it may be given (the end excluded)."""

    code: str
    zh: str
    en: str
    from_on: date | None
    to_on: date | None

    model_config = example({"code": "1", "zh": "男", "en": "Male", "from_on": None, "to_on": None})


class Table(Schema):
    """A code table with its codes."""

    id: str
    zh: str
    en: str
    standard: str | None
    verified: bool
    codes: list[Entry]

    model_config = example(
        {**_TABLE, "codes": [{"code": "1", "zh": "男", "en": "Male", "from_on": None, "to_on": None}]}
    )


@reads(router, "/codes", "rule:read", Tables, summary="代码表清单 · Code tables")
def tables(request: ApiRequest) -> Tables:
    """全部代码表 · All code tables."""
    book = rule_packs.active_book()
    return Tables(
        items=[
            TableLine(
                id=table.id,
                zh=table.zh,
                en=table.en,
                standard=table.standard,
                verified=table.verified,
                codes=len(table.codes),
            )
            for table in book.codes.values()
        ]
    )


@reads(router, "/codes/{table}", "rule:read", Table, summary="一张代码表 · One code table")
def table(request: ApiRequest, table: str) -> Table | Problem:
    """一张代码表及其代码、起止日 · One table with its codes and the days they hold."""
    found = rule_packs.active_book().codes.get(table)
    if found is None:
        return Problem("not-found")
    return Table(
        id=found.id,
        zh=found.zh,
        en=found.en,
        standard=found.standard,
        verified=found.verified,
        codes=[
            Entry(code=entry.code, zh=entry.zh, en=entry.en, from_on=entry.from_, to_on=entry.to)
            for entry in found.codes
        ],
    )
