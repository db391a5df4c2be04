"""Receipts and refusals, with what verifies them without asking us."""

import base64
import uuid
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from guitu.access import queries as units
from guitu.exchange import queries as parcels
from guitu.ledger import keys
from guitu.ledger.proving import Vouched, vouched_for
from guitu.web.api import paging
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import reads, refused
from guitu.web.api.problems import Problem
from guitu.web.api.schemas import (
    COUNTY,
    DOSSIER,
    JOURNEY,
    MOMENT,
    PERSON,
    PRISON,
    NextField,
    PageQuery,
    UnitBody,
    example,
    unit_body,
)

router = Router(tags=["receipts"])
HOW_ZH = (
    "用 public_key 对 signed_text 的 UTF-8 字节验证 signature，算法见 algorithm（Ed25519：RFC 8032；"
    "SM2-with-SM3：GB/T 32918.2，签名为 r‖s，公钥为 x‖y，签名者标识 1234567812345678）；"
    "文字里有材料编号、回执编号、结果、内容摘要和时刻。"
)
HOW_EN = (
    "Verify signature over the UTF-8 bytes of signed_text with public_key by algorithm (Ed25519: RFC 8032;"
    " SM2-with-SM3: GB/T 32918.2, the signature r‖s, the key x‖y, the signer 1234567812345678); the text names"
    " dossier, receipt, outcome, digest of the content and moment."
)
_NUMBER = "H20260901-3F8N-6TWP"
_LINE = {
    "number": _NUMBER,
    "dossier_id": DOSSIER,
    "dossier_number": "F20260901-7K2M-9QXD",
    "person_id": PERSON,
    "journey_id": JOURNEY,
    "sender": PRISON,
    "receiver": COUNTY,
    "outcome": "ACKNOWLEDGED",
    "ground": "",
    "at": MOMENT,
}
_PROOF = {
    "algorithm": "Ed25519",
    "signed_text": f"guitu-receipt-1\n{DOSSIER}\n{_NUMBER}\nACKNOWLEDGED\n\n{'0' * 64}\n{MOMENT}",
    "signature": "A" * 86 + "==",
    "public_key": "A" * 43 + "=",
    "holds": True,
    "how_zh": HOW_ZH,
    "how_en": HOW_EN,
    "witnessed": "WAITING",
    "witnessed_since": MOMENT,
}


class ReceiptLine(Schema):
    """A receipt or refusal."""

    number: str
    dossier_id: UUID
    dossier_number: str
    person_id: UUID
    journey_id: UUID
    sender: UnitBody
    receiver: UnitBody
    outcome: Literal["ACKNOWLEDGED", "REFUSED"]
    ground: str
    at: datetime

    model_config = example(_LINE)


class Proof(Schema):
    """What verifies a receipt without asking us: a signature of the signed text, and its key."""

    algorithm: Literal["Ed25519", "SM2-with-SM3"]
    signed_text: str = Field(description="签名所覆盖的文字 · the text that is signed (UTF-8)")
    signature: str = Field(description="签名，Base64 · in Base64")
    public_key: str = Field(description="本安装的公钥，Base64 · public key of this installation, in Base64")
    holds: bool = Field(description="本安装现在验证的结果 · what this installation finds now")
    how_zh: str
    how_en: str
    witnessed: Literal["WAITING", "DEMONSTRATION", "WITNESSED"] = Field(
        description="见证状态：待见证、演示见证、已见证 · waiting, witnessed by the demonstration only, witnessed"
    )
    witnessed_since: datetime = Field(
        description="自何时起如此：待见证自记入台账起 · since when: waiting since it was recorded, witnessed since then"
    )

    model_config = example(_PROOF)


class Receipt(ReceiptLine):
    """A receipt with its words and what verifies it."""

    remark: str
    proof: Proof

    model_config = example({**_LINE, "remark": "", "proof": _PROOF})


class ReceiptPage(Schema):
    """A page of receipts, newest first."""

    items: list[ReceiptLine]
    next: NextField

    model_config = example({"items": [_LINE], "next": None})


def _line(found: parcels.ReceiptView, names: dict[uuid.UUID, units.UnitView]) -> dict[str, Any]:
    return {
        "number": found.number,
        "dossier_id": found.parcel_id,
        "dossier_number": found.parcel_number,
        "person_id": found.person_id,
        "journey_id": found.journey_id,
        "sender": unit_body(names[found.sender_id]),
        "receiver": unit_body(names[found.receiver_id]),
        "outcome": found.outcome,
        "ground": found.ground,
        "at": found.at,
    }


def _vouched(found: parcels.ReceiptView) -> Vouched:
    act = "handover:dossier:acknowledged" if found.outcome == "ACKNOWLEDGED" else "handover:dossier:refused"
    return vouched_for([found.parcel_id], act).get(found.parcel_id, Vouched("WAITING", found.at))


def _word(vouched: Vouched) -> Literal["WAITING", "DEMONSTRATION", "WITNESSED"]:
    match vouched.word:
        case "WITNESSED":
            return "WITNESSED"
        case "DEMONSTRATION":
            return "DEMONSTRATION"
    return "WAITING"


@reads(router, "/receipts", "person:list", ReceiptPage, summary="回执与退回 · Receipts and refusals")
def receipts(request: ApiRequest, query: Query[PageQuery]) -> ReceiptPage:
    """本单位给出或收到的回执与退回，新的在前 · What the unit gave or was given, newest first."""
    place = paging.after(request, query.cursor)
    found = parcels.receipts_listed(after=(place[0], place[1]) if place else None, most=query.limit + 1)
    shown, following = paging.page(request, found, query.limit, lambda one: (one.at, one.id))
    names = units.units_named({unit_id for one in shown for unit_id in (one.sender_id, one.receiver_id)})
    return ReceiptPage(items=[ReceiptLine(**_line(one, names)) for one in shown], next=following)


@reads(router, "/receipts/{number}", "person:list", Receipt, asks=False, summary="一份回执 · One receipt")
def receipt(request: ApiRequest, number: str) -> Receipt | Problem:
    """一份回执：签名、公钥和怎样验证 · One receipt with signature, public key and how to verify it."""
    found = parcels.receipt(number) if "\0" not in number else None
    # An unknown number has no person to name: the line then names the number itself, as an id that nobody has.
    problem = refused("person:list", found.person_id if found else uuid.uuid5(uuid.NAMESPACE_OID, number))
    if problem is not None or found is None:
        return problem or Problem("not-found")
    names = units.units_named({found.sender_id, found.receiver_id})
    vouched = _vouched(found)
    signer = keys.signed_with(found.signed_text, found.signature) or keys.public_key()
    proof = Proof(
        algorithm=signer.algorithm,
        signed_text=found.signed_text.decode(),
        signature=base64.b64encode(found.signature).decode(),
        public_key=base64.b64encode(signer.public).decode(),
        holds=found.holds,
        how_zh=HOW_ZH,
        how_en=HOW_EN,
        witnessed=_word(vouched),
        witnessed_since=vouched.since,
    )
    return Receipt(**_line(found, names), remark=found.remark, proof=proof)
