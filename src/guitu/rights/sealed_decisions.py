"""What waits for a decision about a sealed file: told to who may decide it, and up the ladder when it is late.

No notice names the person: whoever is told further up can neither decide nor see the file (docs/adr/0044).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection, transaction

from guitu.access.acting import actor
from guitu.access.queries import unit
from guitu.access.roles import ROLES
from guitu.access.rule_packs import active_book
from guitu.access.tree import Desk, tree_above
from guitu.journeys.ladder import rungs
from guitu.journeys.policy import clock
from guitu.notices.operations import Telling, tell, tell_all
from guitu.rulebook.divisions import province_code
from guitu.rulebook.sealing import sealing_rules

DECIDE = "sealed:decide"
QUERY, CORRECTION = "SEALED_QUERY_TO_DECIDE", "SEALING_TO_CORRECT"


def tell_deciders(code: str, subject_id: uuid.UUID, number: str, *, at: datetime) -> None:
    """Tell those of the own office who may decide that something waits, and until when. In the caller's transaction."""
    unit_id = actor().session.unit_id
    deciders = tuple(sorted(role.code for role in ROLES.values() if DECIDE in role.may))
    facts = {"number": number, "due_at": _due_at(unit_id, at).isoformat()}
    tell(Desk(unit_id, deciders), code, facts, at, subject_id=subject_id)


def tell_late_decisions(*, at: datetime) -> int:
    """Tell of decisions past their day, each step of the ladder once; how many notices were new. Run by the tick."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_sealed_undecided()")
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        book, rule = active_book(), sealing_rules().decide_rule
        tree = tree_above({unit_id for _, unit_id, _, _ in waiting}, at=at)
        tellings = []
        for subject_id, unit_id, number, asked_at in waiting:
            due_at = _due_at(unit_id, asked_at)
            for rung in rungs(book, rule, anchor_at=asked_at, due_at=due_at, at=at):
                if rung.from_at <= at:
                    facts = {"unit": str(unit_id), "number": number, "due_at": due_at.isoformat()}
                    facts |= {"step": str(rung.number), "office": rung.office}
                    bearer = tree.bearer(rung.office, unit_id)
                    tellings.append(Telling(bearer, "SEALED_DECISION_LATE", subject_id, facts, str(rung.number)))
        return tell_all(tellings, at=at)


def _due_at(unit_id: uuid.UUID, asked_at: datetime) -> datetime:
    province = province_code(unit(unit_id).division)
    return clock(active_book(), sealing_rules().decide_rule, asked_at, province=province).due_at
