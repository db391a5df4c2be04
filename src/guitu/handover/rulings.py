"""No receiver, and disputes about who receives: contested or lapsed refusals, and the common superior's ruling."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.tree import tree_above
from guitu.exchange import operations as exchange
from guitu.exchange import queries as parcels
from guitu.handover.matters import begin, each_alone, record_matter
from guitu.handover.models import Dispute
from guitu.handover.queries import stands_below
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed

Outcome = Literal["RECEIVER", "COMPLETION"]


class ReasonsMissing(ValueError):
    """A contest or a ruling states its reasons in words."""


class NotAReceiver(ValueError):
    """Only a county in office can be named as receiver."""


def lose_receiver(person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Say that the receiving unit is not known: the clock and ladder of that state begin. For the sending unit."""
    access.require("receiver:name", [person_id])
    with transaction.atomic():
        journey = begin("handover:receiver:unknown", person_id, event_id)
        if journey is None:
            return
        journeys.advance(journey, "lose_receiver", at=at)
        record_matter("handover:receiver:unknown", journey, event_id=event_id, at=at)


def name_receiver(person_id: uuid.UUID, unit_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Name the county that receives where none was known; by the sending unit or the superior that looks for one.

    Raises NotAReceiver, MoveNotAllowed and what every act raises.
    """
    access.require("receiver:name", [person_id])
    with transaction.atomic():
        journey = begin("handover:receiver:named", person_id, event_id)
        if journey is None:
            return
        _require_county(unit_id)
        session = actor().session
        if session.unit_id != journey.sending_unit_id:
            _require_above(journey, at=at)
            journeys.put_before(journey, session.unit_id)
        journeys.name_receiver(journey, unit_id, at=at)
        journeys.advance(journey, "name_receiver", at=at)
        record_matter("handover:receiver:named", journey, event_id=event_id, at=at, other=unit_id)


def contest_refusal(person_id: uuid.UUID, *, reasons: str, event_id: uuid.UUID, at: datetime) -> None:
    """Contest a refusal before the common superior, with reasons; its ruling is due from now (RH-RULING).

    Raises ReasonsMissing, MoveNotAllowed and what every act raises.
    """
    access.require("dossier:contest", [person_id])
    if not reasons.strip():
        raise ReasonsMissing
    with transaction.atomic():
        journey = begin("handover:refusal:contested", person_id, event_id)
        if journey is None:
            return
        _open_dispute(journey, "contest", reasons=reasons.strip(), event_id=event_id, at=at)


def open_lapsed_disputes(*, at: datetime, most: int) -> tuple[int, list[uuid.UUID]]:
    """Put refusals neither sent again nor contested in time before the common superior; how many, and which not.

    Run by the tick: lapse counts as contest. Each person in a transaction of its own.
    """

    def lapse(journey: journeys.Journey) -> None:
        if journey.state == "refused" and journey.due_at is not None and journey.due_at <= at:
            _open_dispute(journey, "lapse", reasons="", event_id=uuid.uuid5(journey.id, f"lapse:{at}"), at=at)

    with transaction.atomic():
        waiting = roads.lapsed_in("refused", at=at, most=most)
    return each_alone(waiting, lapse)


def _open_dispute(journey: journeys.Journey, move: str, *, reasons: str, event_id: uuid.UUID, at: datetime) -> None:
    both = [journey.sending_unit_id, journey.receiving_unit_id or journey.sending_unit_id]
    superior = tree_above(both, at=at).common_superior(*both)
    if superior is None:
        raise MoveNotAllowed(
            "两个单位在本平台没有共同上级，无法提请裁定", "The two units have no common superior on this platform"
        )
    refused = next(found for found in parcels.parcels_of(journey.id) if found.outcome == "REFUSED")
    journeys.put_before(journey, superior.id)
    access.give_reach(journey.person_id, unit_id=superior.id, relation="oversight", at=at)
    journeys.advance(journey, move, at=at)
    Dispute.objects.create(
        id=event_id,
        person_id=journey.person_id,
        division=journey.division,
        journey_id=journey.id,
        parcel_id=refused.id,
        superior_id=superior.id,
        opened_at=at,
        opened_by=actor().session.post_id,
        lapsed=move == "lapse",
        reasons=reasons,
    )
    record_matter(
        "handover:refusal:contested", journey, event_id=event_id, at=at, other=superior.id, lapsed=move == "lapse"
    )


def rule(
    person_id: uuid.UUID,
    *,
    outcome: Outcome,
    unit_id: uuid.UUID | None,
    reasons: str,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Rule on a dispute as the common superior: who receives, or that the sender completes the papers first.

    The dossier goes on to the named county at once; a county that a ruling names cannot refuse again, so it must stand
    below who rules. Raises ReasonsMissing, NotAReceiver, MoveNotAllowed and what every act raises.
    """
    access.require("ruling:make", [person_id])
    if not reasons.strip():
        raise ReasonsMissing
    with transaction.atomic():
        journey = begin("handover:dispute:ruled", person_id, event_id)
        if journey is None:
            return
        dispute = (
            Dispute.objects.select_for_update(no_key=True)
            .filter(journey_id=journey.id, superior_id=actor().session.unit_id, outcome="")
            .first()
        )
        if dispute is None:
            raise MoveNotAllowed("没有提交本单位裁定的争议", "No dispute waits for a ruling of your unit")
        named = None
        if outcome == "RECEIVER":
            named = _send_on(journey, dispute.parcel_id, unit_id, event_id=event_id, at=at)
        else:
            journeys.advance(journey, "rule_completion", at=at)
        dispute.ruled_at, dispute.ruled_by = at, actor().session.post_id
        dispute.outcome, dispute.receiver_id, dispute.ruling_reasons = outcome, named, reasons.strip()
        dispute.save(update_fields=["ruled_at", "ruled_by", "outcome", "receiver", "ruling_reasons"])
        record_matter("handover:dispute:ruled", journey, event_id=event_id, at=at, other=named, outcome=outcome)


def _send_on(
    journey: journeys.Journey, parcel_id: uuid.UUID, unit_id: uuid.UUID | None, *, event_id: uuid.UUID, at: datetime
) -> uuid.UUID:
    if unit_id is None:
        raise NotAReceiver
    _require_county(unit_id)
    if not stands_below(unit_id, at=at):
        raise MoveNotAllowed(
            "这个县不在本单位下辖，不能裁定由它接收；可以由送方补正，改送当地",
            "That county does not stand below your unit, which cannot rule that it receives; the sender can complete"
            " the papers and send them there",
        )
    before = journey.receiving_unit_id
    if before is not None and before != unit_id:
        access.end_reach(journey.person_id, unit_id=before, relation="receiver", at=at)
    access.give_reach(journey.person_id, unit_id=unit_id, relation="receiver", at=at)
    journeys.name_receiver(journey, unit_id, at=at)
    journeys.advance(journey, "rule_receiver", at=at)
    exchange.forward(parcel_id, forwarded=event_id, receiver_id=unit_id, at=at)
    return unit_id


def is_ruled(journey_id: uuid.UUID, receiver_id: uuid.UUID) -> bool:
    """Whether a ruling has named this unit as the receiver: it cannot refuse again."""
    return Dispute.objects.filter(journey_id=journey_id, outcome="RECEIVER", receiver_id=receiver_id).exists()


def _require_county(unit_id: uuid.UUID) -> None:
    found = units.units_named({unit_id}).get(unit_id)
    if found is None or found.kind != "county":
        raise NotAReceiver


def _require_above(journey: journeys.Journey, *, at: datetime) -> None:
    above = {unit.id for unit in tree_above([journey.sending_unit_id], at=at).above(journey.sending_unit_id)}
    if actor().session.unit_id not in above:
        raise MoveNotAllowed("本单位不是送出单位的上级", "Your unit does not stand above the sending unit")
