"""Dossiers: what the unit sent and was sent; sending, acknowledging, refusing."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.exchange import queries as parcels
from guitu.exchange.operations import AlreadyAnswered
from guitu.handover import operations as handover
from guitu.handover import rulings
from guitu.handover.policy import REFUSAL_GROUNDS
from guitu.web.api import paging
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import Doing, acts, reads, refused
from guitu.web.api.problems import Fault, Problem
from guitu.web.api.returns import Standing, standing_of
from guitu.web.api.schemas import (
    COUNTY,
    DOSSIER,
    JOURNEY,
    MOMENT,
    NEXT,
    PERSON,
    PRISON,
    WORDS,
    NextField,
    PageQuery,
    Taken,
    UnitBody,
    example,
    unit_body,
)
from guitu.web.clock import now

router = Router(tags=["dossiers"])
_LINE = {
    "id": DOSSIER,
    "number": "F20260901-7K2M-9QXD",
    "person_id": PERSON,
    "journey_id": JOURNEY,
    "sender": PRISON,
    "receiver": COUNTY,
    "sent_at": MOMENT,
    "state": "WAITING",
    "answered_at": None,
    "ground": "",
    "receipt_number": "",
}
_WAITING = "WAITING"


class DossierLine(Schema):
    """A dossier that was sent: its way, not its content."""

    id: UUID
    number: str
    person_id: UUID
    journey_id: UUID
    sender: UnitBody
    receiver: UnitBody
    sent_at: datetime
    state: Literal["WAITING", "ACKNOWLEDGED", "REFUSED"]
    answered_at: datetime | None
    ground: str = Field(description="退回理由代码 · code of the ground of a refusal")
    receipt_number: str

    model_config = example(_LINE)


class Dossier(DossierLine):
    """A dossier with the words of its answer."""

    remark: str = Field(description="退回说明 · words of a refusal")

    model_config = example({**_LINE, "remark": ""})


class DossierPage(Schema):
    """A page of dossiers, newest first."""

    items: list[DossierLine]
    next: NextField

    model_config = example({"items": [_LINE], "next": NEXT})


class DossierQuery(PageQuery):
    """Which dossiers."""

    direction: Literal["sent", "incoming"] = Field("incoming", description="发出或收到 · sent or incoming")
    waiting: bool = Field(False, description="只看没有答复的 · only those without an answer")


class SendDossier(Taken):
    """Whose dossier is to be sent."""

    person_id: UUID

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"person_id": PERSON}]})


class RefuseDossier(Taken):
    """Why a dossier is refused."""

    ground: str = Field(description="理由代码 · code of the ground", json_schema_extra={"enum": [*REFUSAL_GROUNDS]})
    remark: str = Field(
        min_length=1,
        max_length=2000,
        pattern=WORDS,
        description="要对方补什么、怎么补 · what the sender is to mend, and how",
    )

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"ground": "DOCUMENTS_MISSING", "remark": "缺判决书复印件，请补寄"}]},
    )


class ContestRefusal(Taken):
    """Why a refusal is contested."""

    reasons: str = Field(
        min_length=1,
        max_length=2000,
        pattern=WORDS,
        description="异议理由，写给共同上级，退回单位看得到 · for the common superior; the refusing unit reads it too",
    )

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reasons": "户籍证明已随材料发送，见第3页"}]}
    )


class Answered(Schema):
    """The answer that was given to a dossier."""

    dossier_id: UUID
    outcome: Literal["ACKNOWLEDGED", "REFUSED"]
    receipt_number: str

    model_config = example({"dossier_id": DOSSIER, "outcome": "ACKNOWLEDGED", "receipt_number": "H20260901-3F8N-6TWP"})


def _line(found: parcels.ParcelView, names: dict[uuid.UUID, units.UnitView]) -> dict[str, Any]:
    return {
        "id": found.id,
        "number": found.number,
        "person_id": found.person_id,
        "journey_id": found.journey_id,
        "sender": unit_body(names[found.sender_id]),
        "receiver": unit_body(names[found.receiver_id]),
        "sent_at": found.sent_at,
        "state": found.outcome or _WAITING,
        "answered_at": found.answered_at,
        "ground": found.ground,
        "receipt_number": found.receipt_number,
    }


def _names(found: Iterable[parcels.ParcelView]) -> dict[uuid.UUID, units.UnitView]:
    return units.units_named({unit_id for one in found for unit_id in (one.sender_id, one.receiver_id)})


def _whole(found: parcels.ParcelView) -> Dossier:
    return Dossier(**_line(found, _names([found])), remark=found.remark)


@reads(router, "/dossiers", "person:list", DossierPage, summary="发出与收到的材料 · Dossiers sent and incoming")
def dossiers(request: ApiRequest, query: Query[DossierQuery]) -> DossierPage:
    """本单位发出或收到的材料，新的在前；不含内容 · What the unit sent or was sent, newest first, without content."""
    place = paging.after(request, query.cursor)
    end = "sender" if query.direction == "sent" else "receiver"
    after = (place[0], place[1]) if place else None
    found = parcels.parcels_listed(end, waiting=query.waiting, after=after, most=query.limit + 1)
    shown, following = paging.page(request, found, query.limit, lambda one: (one.sent_at, one.id))
    names = _names(shown)
    return DossierPage(items=[DossierLine(**_line(one, names)) for one in shown], next=following)


@reads(router, "/dossiers/{uuid:dossier_id}", "person:list", Dossier, asks=False, summary="一份材料 · One dossier")
def dossier(request: ApiRequest, dossier_id: UUID) -> Dossier | Problem:
    """一份材料走到哪里、怎样答复 · Where one dossier stands and how it was answered."""
    found = parcels.parcel(dossier_id)
    problem = refused("person:list", found.person_id if found else dossier_id)
    if problem is not None or found is None:
        return problem or Problem("not-found")
    return _whole(found)


@acts(router, "/dossiers", "dossier:send", Dossier, status=201, summary="发送材料 · Send a dossier")
def send(request: ApiRequest, body: SendDossier, doing: Doing) -> Dossier:
    """向接收县发送这个人的材料；材料不齐时列出所缺 · Send this person's dossier to the receiving county."""
    sending = doing.event_id("dossier")
    handover.send_dossier(body.person_id, sending=sending, at=now())
    with transaction.atomic():
        found = parcels.parcel(sending)
        if found is None:
            raise Problem("not-found")
        return _whole(found)


@acts(
    router,
    "/dossiers/{uuid:dossier_id}/acknowledge",
    "dossier:answer",
    Answered,
    summary="签收材料 · Acknowledge a dossier",
)
def acknowledge(request: ApiRequest, dossier_id: UUID, doing: Doing) -> Answered:
    """签收，生成签名回执 · Acknowledge with a signed receipt."""
    person_id = _addressed(dossier_id).person_id
    try:
        number = handover.acknowledge_dossier(person_id, parcel_id=dossier_id, at=now())
    except AlreadyAnswered as earlier:
        number = _own_answer(request, dossier_id, earlier, "ACKNOWLEDGED", doing)
    return Answered(dossier_id=dossier_id, outcome="ACKNOWLEDGED", receipt_number=number)


@acts(router, "/dossiers/{uuid:dossier_id}/refuse", "dossier:answer", Answered, summary="退回材料 · Refuse a dossier")
def refuse(request: ApiRequest, dossier_id: UUID, body: RefuseDossier, doing: Doing) -> Answered:
    """写明理由和怎样补正，退回发送单位 · Refuse with a ground and words for the sender."""
    person_id = _addressed(dossier_id).person_id
    try:
        number = handover.refuse_dossier(
            person_id, parcel_id=dossier_id, ground=body.ground, remark=body.remark, at=now()
        )
    except handover.RefusalWithoutGround as error:
        remedy = ("请用 codes 里的理由代码", f"Use one of {', '.join(REFUSAL_GROUNDS)}")
        faults = [Fault("ground", "不是退回理由，或没有说明", "no ground of refusal, or no words", *remedy)]
        raise Problem("invalid", faults=faults) from error
    except AlreadyAnswered as earlier:
        number = _own_answer(request, dossier_id, earlier, "REFUSED", doing)
    return Answered(dossier_id=dossier_id, outcome="REFUSED", receipt_number=number)


@acts(
    router,
    "/dossiers/{uuid:dossier_id}/contest",
    "dossier:contest",
    Standing,
    summary="对退回提出异议 · Contest a refusal",
)
def contest(request: ApiRequest, dossier_id: UUID, body: ContestRefusal, doing: Doing) -> Standing:
    """写明理由，提请共同上级裁定；只对最近一次退回 · Put the last refusal before the common superior, with reasons."""
    refusal = _addressed(dossier_id, "dossier:contest")
    with transaction.atomic():
        last = parcels.parcels_of(refusal.journey_id)[0]
    if refusal.outcome != "REFUSED" or last.id != dossier_id:
        zh = "这份材料没有退回，或者后来又发过材料。"
        raise Problem("not-possible-now", zh=zh, en="This dossier was not refused, or another was sent since.")
    try:
        rulings.contest_refusal(refusal.person_id, reasons=body.reasons, event_id=doing.event_id("contest"), at=now())
    except rulings.ReasonsMissing as error:
        remedy = ("请写明理由", "State the reasons")
        raise Problem("invalid", faults=[Fault("reasons", "没有写理由", "there are no reasons", *remedy)]) from error
    return standing_of(refusal.journey_id)


def _addressed(dossier_id: UUID, permission: str = "dossier:answer") -> parcels.ParcelView:
    """The dossier that an act is addressed to; unknown and foreign ones leave their line and are refused alike."""
    with transaction.atomic():
        found = parcels.parcel(dossier_id)
    if found is None:
        access.require(permission, [dossier_id])
        raise Problem("not-found")
    return found


def _own_answer(request: ApiRequest, dossier_id: UUID, earlier: AlreadyAnswered, outcome: str, doing: Doing) -> str:
    """The number of the answer that this very call gave before it broke off; else the refusal stands."""
    if not doing.resumed or earlier.outcome != outcome or earlier.post_id != request.calling.session.post_id:
        raise earlier
    with transaction.atomic():
        found = parcels.parcel(dossier_id)
    if found is None:
        raise earlier
    earlier.dismiss()
    return found.receipt_number
