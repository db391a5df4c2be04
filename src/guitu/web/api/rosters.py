"""Release rosters: checked and taken in, with the same report as the command line."""

from collections.abc import Mapping
from typing import Any, Literal

from django.conf import settings
from ninja import Query, Router, Schema
from pydantic import Field

from guitu.prison import operations as prison
from guitu.prison.roster import Report, RosterRefusedError
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import Doing, acts
from guitu.web.api.problems import Fault, Problem
from guitu.web.api.schemas import Taken, example
from guitu.web.clock import now
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

router = Router(tags=["roster"])
MULTIPART = "multipart/form-data"
NAMES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "roster.xlsx",
    "application/vnd.ms-excel": "roster.xls",
    "text/csv": "roster.csv",
    "application/octet-stream": "roster",
}
"""Content types of a file sent as the body itself, and the name it goes by when none is given."""
_BINARY: Mapping[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "表单里的 file，或文件原样作为内容 · file in a form, or the file itself as the body",
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            **dict.fromkeys(NAMES, _BINARY),
        },
    }
}


class RosterSheetCounts(Schema):
    """How many rows came out how."""

    accepted: int
    to_correct: int
    to_decide: int
    changed: int
    unchanged: int


class RosterProblem(Schema):
    """One problem of a roster, as docs/roster_codes.md lists its code."""

    sheet: str
    row: int
    column: str
    field: str
    code: str
    value_masked: str
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str


class RosterRow(Schema):
    """One row of a roster; identity numbers are masked."""

    sheet: str
    row: int
    result: Literal["accepted", "to_correct", "to_decide"]
    fields: dict[str, Any]


class RosterFile(Schema):
    """The file that was read, sheet by sheet."""

    sha256: str
    sheets: list[dict[str, Any]]


class RosterReport(Schema):
    """The report of a roster: the same as ``roster check --json`` prints."""

    file: RosterFile
    counts: RosterSheetCounts
    missing: list[dict[str, Any]]
    rows: list[RosterRow]
    problems: list[RosterProblem]

    model_config = example(
        {
            "file": {"sha256": "0" * 64, "sheets": []},
            "counts": {"accepted": 1, "to_correct": 0, "to_decide": 0, "changed": 0, "unchanged": 0},
            "missing": [],
            "rows": [
                {
                    "sheet": "名册",
                    "row": 2,
                    "result": "accepted",
                    "fields": {"name": "陈柏舟", "sex": "1", "id_number": "910***********1152"},
                }
            ],
            "problems": [],
        }
    )


class RosterQuery(Taken):
    """The name of a file that is sent as the body itself."""

    file_name: str = Field("", max_length=200, description="原样发送时的文件名 · name of a file sent as the body")


def _file(request: ApiRequest) -> tuple[str, bytes]:
    """Name and bytes of the file, in a form or as the body itself. Raises Problem."""
    length = request.headers.get("Content-Length", "0")
    if length.isdecimal() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise Problem("too-large")
    kind = request.content_type or ""
    if kind == MULTIPART:
        upload = request.FILES.get("file")
        if upload is None:
            remedy = ("请用表单字段 file 传文件", "Send the file in the form field file")
            raise Problem("invalid", faults=[Fault("file", "没有文件", "there is no file", *remedy)])
        upload.seek(0)
        return upload.name or "", upload.read()
    if kind not in NAMES:
        raise Problem("not-supported")
    return request.GET.get("file_name", "").strip() or NAMES[kind], request.body


def _content(request: ApiRequest) -> bytes:
    name, data = _file(request)
    return name.encode() + b"\n" + data


def _told(report: Report) -> RosterReport:
    return RosterReport.model_validate(report.as_json(show_values=False))


def _not_read(refusal: RosterRefusedError) -> Problem:
    words = (refusal.message_zh, refusal.message_en)
    return Problem(
        "roster-refused",
        zh=f"{refusal.message_zh}。{refusal.remedy_zh}。",
        en=f"{refusal.message_en}. {refusal.remedy_en}.",
        faults=[Fault(refusal.code, *words, refusal.remedy_zh, refusal.remedy_en)],
    )


@acts(
    router,
    "/roster/check",
    "roster:check",
    RosterReport,
    content=_content,
    openapi_extra=_BODY,
    summary="核对名册 · Check a roster",
)
def check(request: ApiRequest, query: Query[RosterQuery], doing: Doing) -> RosterReport:
    """读文件并与已有档案比较，不写入人员 · Read the file, compare it with the files held, write nothing of a person."""
    name, data = _file(request)
    try:
        found = prison.check(data, file_name=name, today=now().astimezone(LEGAL_ZONE).date())
    except RosterRefusedError as refusal:
        raise _not_read(refusal) from refusal
    return _told(found.report)


@acts(
    router,
    "/roster/import",
    "roster:import",
    RosterReport,
    content=_content,
    openapi_extra=_BODY,
    summary="导入名册 · Take in a roster",
)
def import_(request: ApiRequest, query: Query[RosterQuery], doing: Doing) -> RosterReport:
    """收下可以收的行，其余留待更正或判定；同一文件两次不变 · Take in the rows that are in order; the rest waits."""
    name, data = _file(request)
    moment = now()
    try:
        taken = prison.import_roster(
            data,
            file_name=name,
            today=moment.astimezone(LEGAL_ZONE).date(),
            at=moment,
            then=lambda done: doing.keep(200, _told(done.comparison.report)),
        )
    except RosterRefusedError as refusal:
        raise _not_read(refusal) from refusal
    return _told(taken.comparison.report)
