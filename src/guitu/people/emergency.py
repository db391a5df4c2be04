"""紧急查阅: one person outside the reach, for minutes, by a whole number; told at once, reviewed within a working day.

The database holds it: a reach row of the very post that ends by itself (access/sql/looking.sql). Here it is composed
with the notices and the line in the ledger.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from guitu.access import looking
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.looking import BARRED, OPENED, TOO_MANY, UNKNOWN, WITHIN, Broken
from guitu.access.rule_packs import active_book
from guitu.access.tree import Desk, desk, tree_above
from guitu.ledger.operations import record
from guitu.notices.operations import Post, Telling, tell_all
from guitu.people.models import Person
from guitu.people.queries import digests_of
from guitu.rulebook import looking as rulebook
from guitu.rulebook.looking import ReasonRefused, emergency_rules

__all__ = ["BARRED", "OPENED", "TOO_MANY", "UNKNOWN", "WITHIN", "Broken", "break_glass", "review"]


def break_glass(number: str, code: str, words: str, *, glass_id: uuid.UUID, at: datetime) -> Broken:
    """Open one person outside the reach to the acting post, by the whole number of a document or of the file.

    The unit's leader and the responsible unit are told in the same transaction. `glass_id` makes a retry harmless; the
    outcome says why nothing was opened. Raises NotAllowed, ReasonRefused.
    """
    access.require("glass:break")
    rules, unit_id = emergency_rules(), actor().session.unit_id
    said = rules.reason.reason(code, words)
    if not number.strip():
        raise ReasonRefused("请填写完整的证件号码或档案编号。", "Enter the whole number of a document or of the file.")
    with transaction.atomic():
        due = active_book().due(rules.review_rule, at).service
        if due is None:
            raise LookupError(f"{rules.review_rule} has no service limit")
        broken = looking.break_glass(
            glass_id,
            digests=digests_of(number),
            number=number.strip().upper(),
            code=code,
            words=said,
            review_by=due.due_at,
        )
        if broken.outcome != OPENED or broken.person_id is None or broken.responsible_unit_id is None:
            return broken
        person = Person.objects.get(id=broken.person_id)
        facts = {"unit": str(unit_id), "number": person.number}
        tellings = [
            Telling(
                tree_above({unit_id}, at=at).leaders_of(unit_id),
                "GLASS_BROKEN",
                glass_id,
                facts | {"review_by": due.due_at.isoformat()},
            ),
            Telling(
                desk(broken.responsible_unit_id),
                "GLASS_BROKEN_HERE",
                glass_id,
                {"unit": str(unit_id)},
                person_id=broken.person_id,
            ),
        ]
        if tell_all(tellings, at=at):
            record(
                "people:glass:broken",
                subjects=[broken.person_id],
                division=broken.division,
                at=at,
                event_id=glass_id,
                other_unit_id=broken.responsible_unit_id,
                emergency=code,
                review_by=due.due_at,
            )
    return broken


def review(glass_id: uuid.UUID, *, justified: bool, finding: str, at: datetime) -> None:
    """Say whether an emergency look was justified; told to whoever looked and to the responsible unit.

    After an unjustified one the post cannot break a glass for the days of the rulebook, and the unit above is told.
    The second review of the same look changes nothing. Raises NotAllowed, ReasonRefused, PersonUnknown.
    """
    access.require("glass:review")
    rules = emergency_rules()
    said = rulebook.finding(finding, rules.reason.words_min)
    with transaction.atomic():
        found = looking.review_glass(glass_id, at=at, justified=justified, finding=said)
        if not found.fresh:
            return
        facts = {"unit": str(found.unit_id)}
        asker = Post(found.unit_id, found.post_id, found.role)
        kind = "GLASS_JUSTIFIED" if justified else "GLASS_UNJUSTIFIED"
        days = {} if justified else {"days": str(rules.barred.days)}
        tellings = [
            Telling(asker, kind, glass_id, facts | days),
            Telling(desk(found.responsible_unit_id), kind, glass_id, facts | days),
        ]
        if not justified:
            tellings.append(Telling(_above(found.unit_id, at=at), kind, glass_id, facts | days, "above"))
        tell_all(tellings, at=at)
        record(
            "people:glass:reviewed",
            subjects=[found.person_id],
            division=found.division,
            at=at,
            event_id=uuid.uuid5(glass_id, "reviewed"),
            other_unit_id=found.unit_id,
            justified=justified,
        )


def _above(unit_id: uuid.UUID, *, at: datetime) -> Desk:
    """The desk of the nearest unit above that is filled, else of the unit itself."""
    return tree_above({unit_id}, at=at).bearer("next_superior", unit_id)
