"""What the interface says and takes, with an example of each; persons in examples are invented."""

from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from guitu.access.queries import UnitView

PERSON = "5a3f0c1e-7b62-4d18-9e40-1c2d3e4f5a6b"
JOURNEY = "8c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5"
DOSSIER = "2b4c6d8e-0f1a-4b3c-9d5e-6f7a8b9c0d1e"
MOMENT = "2026-09-01T09:00:00+08:00"
PRISON = {
    "id": "0d9e8f7a-6b5c-4d3e-8f1a-2b3c4d5e6f70",
    "code": "919901000000",
    "zh": "桐岭监狱",
    "en": "Tongling Prison",
}
COUNTY = {
    "id": "1e0f9a8b-7c6d-4e5f-9a2b-3c4d5e6f7081",
    "code": "910121000000",
    "zh": "青榆县司法局",
    "en": "Qingyu County Justice Bureau",
}
SENT = {"code": "sent", "zh": "待签收", "en": "To be acknowledged"}
NO_NUL = r"^[^\x00]*$"
WORDS = r"^[^\x00]*[^\s\x00][^\x00]*$"
"""Text that can be kept: none holds NUL; `WORDS` says something."""
NEXT = "eyJub3QiOiJyZWFsIn0:1w:c2lnbmF0dXJl"


def example(shown: dict[str, Any]) -> ConfigDict:
    """The configuration of a schema with this example."""
    return ConfigDict(json_schema_extra={"examples": [shown]})


class Taken(Schema):
    """A body or a query: an unknown field is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class FaultBody(Schema):
    """One thing that is wrong."""

    field: str = Field(description="哪一项 · which field")
    row: int | None = Field(description="名册里的行号，从 1 起 · row as the sheet counts it")
    detail_zh: str
    detail_en: str
    remedy_zh: str
    remedy_en: str


class ProblemBody(Schema):
    """A problem (RFC 9457)."""

    type: str = Field(description="问题种类的说明 · where this kind of problem is described")
    title: str
    status: int
    detail: str = Field(description="按 Accept-Language · in the language asked for")
    detail_zh: str
    detail_en: str
    errors: list[FaultBody]

    model_config = example(
        {
            "type": "/api/v1/docs#problem-incomplete",
            "title": "材料不齐",
            "status": 422,
            "detail": "缺的数据项见 errors，补齐后再发。",
            "detail_zh": "缺的数据项见 errors，补齐后再发。",
            "detail_en": "See errors for the missing items; complete them first.",
            "errors": [
                {
                    "field": "household_region",
                    "row": None,
                    "detail_zh": "缺“户籍地”",
                    "detail_en": "“Household registration” is missing",
                    "remedy_zh": "请补上后再发",
                    "remedy_en": "Complete it and send again",
                }
            ],
        }
    )


class CodeWord(Schema):
    """A code with its words."""

    code: str
    zh: str
    en: str


class UnitBody(Schema):
    """A unit."""

    id: UUID
    code: str = Field(description="单位编码 · code of the unit")
    zh: str
    en: str


class PageQuery(Taken):
    """Which page of a list."""

    cursor: str = Field("", max_length=600, description="上一页的 next，原样 · next of the page before, as it is")
    limit: int = Field(50, ge=1, le=200, description="每页最多几条 · how many lines at most")


NextField = Annotated[str | None, Field(description="下一页的游标；没有下一页时为 null · cursor of the next page")]


def unit_body(found: UnitView) -> UnitBody:
    """A unit as the interface says it."""
    return UnitBody(id=found.id, code=found.code, zh=found.name, en=found.name_en)
