"""Release rosters: checked and taken in, with the same report as the command line."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from guitu.access.errands import DONE
from guitu.prison import at_length, drafts, reports
from guitu.prison import operations as prison
from guitu.prison.roster import Report, RosterRefusedError
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import Doing, acts, reads
from guitu.web.api.problems import Fault, Problem
from guitu.web.api.schemas import MOMENT, Taken, example
from guitu.web.clock import now
from guitu.web.prison_desk import long_roster
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

router = Router(tags=["roster"])
MULTIPART = "multipart/form-data"
_DRAFT = "5b1f8a52-9d3e-4c1b-8f59-0a8a4f6b7c31"
State = Literal["waiting", "working", "done", "stopped"]
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


class RosterHandedOver(Schema):
    """A roster that takes longer than a request should: the worker has it in hand."""

    id: UUID
    state_url: str = Field(description="询问办到哪里的地址 · where to ask how far it is")

    model_config = example({"id": _DRAFT, "state_url": f"/api/v1/roster/under-way/{_DRAFT}"})


class RosterUnderWay(Schema):
    """How far the worker is with a roster, and the result when it is done."""

    id: UUID
    act: Literal["check", "import"] = Field(description="核对或导入 · what was asked")
    state: State
    rows_done: int
    rows_all: int = Field(description="总行数，读完文件以前为 0 · 0 until the file is read")
    given_at: AwareDatetime
    ended_at: AwareDatetime | None
    why: str | None = Field(description="停办原因代码 · code of why it was stopped")
    message_zh: str
    message_en: str
    counts: RosterSheetCounts | None = Field(description="办成后的行数 · the rows once it is done")
    missing: list[dict[str, Any]]
    problems: list[RosterProblem]

    model_config = example(
        {
            "id": _DRAFT,
            "act": "import",
            "state": "working",
            "rows_done": 1200,
            "rows_all": 5000,
            "given_at": MOMENT,
            "ended_at": None,
            "why": None,
            "message_zh": "",
            "message_en": "",
            "counts": None,
            "missing": [],
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


def _handed_over(action: str, name: str, data: bytes) -> RosterHandedOver:
    """Keep the file encrypted and give it to the worker."""
    moment = now()
    draft = drafts.keep(data, file_name=name, at=moment, lasts=timedelta(hours=settings.GUITU_DRAFT_HOURS))
    long_roster.hand_over(action, draft, at=moment)
    return RosterHandedOver(id=draft, state_url=f"/api/v1/roster/under-way/{draft}")


@acts(
    router,
    "/roster/check",
    "roster:check",
    RosterReport,
    later=RosterHandedOver,
    content=_content,
    openapi_extra=_BODY,
    summary="核对名册 · Check a roster",
)
def check(request: ApiRequest, query: Query[RosterQuery], doing: Doing) -> RosterReport | RosterHandedOver:
    """读文件并与已有档案比较，不写入人员；大名册答复 202，由后台核对 · Read the file, compare it with the files held,
    write nothing of a person; a long one is answered with 202 and checked by the worker.
    """
    name, data = _file(request)
    try:
        if long_roster.is_long(data, name):
            return _handed_over(at_length.CHECK, name, data)
        found = prison.check(data, file_name=name, today=now().astimezone(LEGAL_ZONE).date())
    except RosterRefusedError as refusal:
        raise _not_read(refusal) from refusal
    return _told(found.report)


@acts(
    router,
    "/roster/import",
    "roster:import",
    RosterReport,
    later=RosterHandedOver,
    content=_content,
    openapi_extra=_BODY,
    summary="导入名册 · Take in a roster",
)
def import_(request: ApiRequest, query: Query[RosterQuery], doing: Doing) -> RosterReport | RosterHandedOver:
    """收下可以收的行，其余留待更正或判定；同一文件两次不变；大名册答复 202，由后台导入 · Take in the rows that are in
    order, the rest waits; a long one is answered with 202 and taken in by the worker.
    """
    name, data = _file(request)
    moment = now()
    try:
        if long_roster.is_long(data, name):
            return _handed_over(at_length.IMPORT, name, data)
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


@reads(
    router,
    "/roster/under-way/{uuid:draft_id}",
    "roster:check",
    RosterUnderWay,
    summary="大名册办到哪里 · How far a long roster is",
)
def under_way(request: ApiRequest, draft_id: UUID) -> RosterUnderWay | Problem:
    """后台办到哪里；办成以后有行数和问题，至草稿过期 · How far the worker is; counts and problems once done, until
    the draft lapses. Only for the unit that sent the file.
    """
    errand, moment = at_length.errand_about(draft_id), now()
    if errand is None:
        return Problem("not-found")
    done, refusal = errand.outcome == DONE, at_length.refusal_of(errand.outcome)
    kept = reports.report_of(draft_id, at=moment) if done else None
    told = kept.told if kept else None
    state: State = "working" if errand.rows_all else "waiting"
    if errand.outcome:
        state = "done" if done else "stopped"
    return RosterUnderWay(
        id=draft_id,
        act="import" if errand.action == at_length.IMPORT else "check",
        state=state,
        rows_done=errand.rows_done,
        rows_all=errand.rows_all,
        given_at=errand.given_at,
        ended_at=errand.ended_at,
        why=None if done or not errand.outcome else errand.outcome.partition(":")[0],
        message_zh=refusal.message_zh if refusal else "",
        message_en=refusal.message_en if refusal else "",
        counts=RosterSheetCounts(
            accepted=told.read - told.to_correct - told.to_decide,
            to_correct=told.to_correct,
            to_decide=told.to_decide,
            changed=told.changed,
            unchanged=told.unchanged,
        )
        if told
        else None,
        missing=[dict(one) for one in told.missing] if told else [],
        problems=[RosterProblem.model_validate(one.as_json()) for one in told.problems] if told else [],
    )
