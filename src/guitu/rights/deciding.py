"""A request is decided: by somebody other than whoever did what is contested, with words, and a ground if refused."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guitu.access import errands
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.journeys.policy import MoveNotAllowed
from guitu.journeys.queries import roads
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.people import statements
from guitu.rights import policy
from guitu.rights.models import Erasure, Request
from guitu.rights.passages import passages
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.rights import rights_rules

DECIDE, BUILD, ERASE = "rights:decide", "rights:build", "rights:erase"


class RequestUnknown(AttemptRefused, LookupError):
    """No such request of this person within reach."""


class DecisionRefused(AttemptRefused, ValueError):
    """A decision that cannot stand: ``OUTCOME``, ``GROUND``, ``IN_HAND`` (a matter is still open), or ``PASSAGES``."""

    of_the_form = frozenset({"OUTCOME", "GROUND", "PASSAGES"})

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decide(
    person_id: uuid.UUID,
    request_id: uuid.UUID,
    *,
    outcome: str,
    ground: str,
    words: str,
    left_out: Sequence[str] = (),
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Decide a request and tell the person in words; a copy or an erasure granted goes to the worker.

    A copy granted in part, because law keeps something secret, leaves out the passages named in `left_out`
    (passages.Passage.key), and says so. A copy needs `rights:build`, an erasure `rights:erase` on top of
    `rights:decide`. Decided once; the same `event_id` again changes nothing. Raises NotAllowed, PersonUnknown,
    RequestUnknown, DecisionRefused, statements.StatementRefused, MoveNotAllowed where it was decided already or by whom
    it may not be.
    """
    access.require(DECIDE, [person_id])
    with transaction.atomic():
        kind_code = _kind_of(person_id, request_id)
    rules = rights_rules()
    kind = rules.kinds[kind_code]
    fault = policy.fault_of(kind, outcome, ground, rules)
    if fault:
        raise DecisionRefused(fault)
    statements.check_answer(words)
    if policy.builds_copy(kind.code, outcome):
        access.require(BUILD, [person_id])
    if policy.erases(kind.code, outcome):
        access.require(ERASE, [person_id])
    with transaction.atomic():
        request = Request.objects.select_for_update(no_key=True).get(id=request_id, person_id=person_id)
        if is_recorded("rights:request:decided", event_id):
            return
        _require_open(request)
        if policy.erases(kind.code, outcome):
            road = roads.road_of(person_id)
            is_open = road is not None and road.task.ended_at is None
            if policy.stands_in_the_way(matter_open=is_open, ground=ground):
                raise DecisionRefused("IN_HAND")
        # Named with any other outcome they fit nothing, and are not read: no line of a copy stands then.
        in_copy = bool(left_out) and policy.builds_copy(kind.code, outcome)
        held = {one.key for one in passages(person_id)} if in_copy else set()
        if policy.left_out_fault(kind.code, outcome, ground, left_out, held):
            raise DecisionRefused("PASSAGES")
        session = actor().session
        request.decided_at, request.decided_by, request.decided_unit = at, session.post_id, session.unit_id
        request.outcome, request.ground, request.climbs_at = outcome, ground, None
        request.left_out = sorted(set(left_out))
        passed_over: dict[str, Any] = {"left_out": len(request.left_out)} if left_out else {}
        request.save(
            update_fields=["decided_at", "decided_by", "decided_unit", "outcome", "ground", "left_out", "climbs_at"]
        )
        statements.write_answer(person_id, request_id, answer=words, event_id=event_id, at=at)
        record(
            "rights:request:decided",
            subjects=[person_id],
            division=request.division,
            at=at,
            event_id=event_id,
            number=request.number,
            kind=kind.code,
            outcome=outcome,
            ground=ground,
            **passed_over,
        )
        if policy.builds_copy(kind.code, outcome):
            errands.give(BUILD, request_id)
        if policy.erases(kind.code, outcome):
            Erasure.objects.create(
                id=request_id,
                person_id=person_id,
                division=session.division,
                unit_id=session.unit_id,
                number=request.number,
                ground=ground,
                decided_at=at,
                decided_by=session.post_id,
            )
            errands.give(ERASE, request_id)


def again(person_id: uuid.UUID, request_id: uuid.UUID) -> None:
    """Hand a granted copy or erasure to the worker once more, after it was stopped or the copy expired.

    Needs the permission under which the worker carries it out, on top of `rights:decide`.

    Raises NotAllowed, PersonUnknown, RequestUnknown.
    """
    access.require(DECIDE, [person_id])
    with transaction.atomic():
        request = Request.objects.filter(id=request_id, person_id=person_id).first()
        if request is None or not (
            policy.builds_copy(request.kind, request.outcome) or policy.erases(request.kind, request.outcome)
        ):
            raise RequestUnknown
    carried_out_by = BUILD if request.kind == policy.COPY else ERASE
    access.require(carried_out_by, [person_id])
    with transaction.atomic():
        errands.give(carried_out_by, request_id)


def _kind_of(person_id: uuid.UUID, request_id: uuid.UUID) -> str:
    kind = Request.objects.filter(id=request_id, person_id=person_id).values_list("kind", flat=True).first()
    if kind is None:
        raise RequestUnknown
    return kind


def _require_open(request: Request) -> None:
    if request.decided_at is not None:
        raise MoveNotAllowed("这件请求已经决定了，本人看得到", "This request has been decided; the person can read it")
    if request.contested_post is not None and holds(request.contested_post):
        if rights_rules().kinds[request.kind].look:
            raise MoveNotAllowed(
                "问的正是您自己的查看，要由本单位别的人来答复",
                "This asks about your own look: somebody else answers it",
            )
        raise MoveNotAllowed(
            "这正是您自己作出的决定，要由本单位别的人或者上级来看",
            "This is your own act: somebody else of your unit or the office above looks at it",
        )


def holds(post_id: uuid.UUID) -> bool:
    """Whether that post is held by the very person who acts now, in this post or another. In the open transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_holds(%s::uuid)", [post_id])
        found: bool = cursor.fetchone()[0]
    return found
