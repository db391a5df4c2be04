"""A request about one's own data is taken: said by the person, their representative, or on paper through an officer.

The words are a statement of the person (people.statements); here its clock begins.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.deciding import names_in_sight
from guitu.access.person_codes import LookSeen, looks_by_others
from guitu.access.queries import unit, units_named
from guitu.access.rule_packs import active_book
from guitu.access.tree import desk
from guitu.exchange.operations import reference_number
from guitu.journeys.policy import clock
from guitu.ledger import queries as ledger
from guitu.ledger.operations import record
from guitu.notices.operations import tell
from guitu.papers import operations as papers
from guitu.people import queries as persons
from guitu.people import statements
from guitu.rights import policy
from guitu.rights.models import Request
from guitu.rulebook.divisions import province_code
from guitu.rulebook.rights import RightKind, rights_rules

SHEET = "signed_statement"
SAID = frozenset({"people:statement:made", "people:statement:answered", "rights:request:taken"})
"""What the person said themself, and what repeats a decision that stands in a line of its own."""
CONTESTABLE = 200
"""How many of a person's lines can be named as the decision they do not accept, the newest first."""


class RequestRefused(ValueError):
    """Not a request that can be taken: ``KIND``, or ``DECISION`` where the decision or the look is not named."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Contested:
    """An act about the person that can be named as the decision they do not accept."""

    entry_id: uuid.UUID
    act: str
    at: datetime
    unit_id: uuid.UUID | None
    post_id: uuid.UUID | None


def contestable(person_id: uuid.UUID) -> list[Contested]:
    """What offices did about the person, newest first; not that they took in what the person is not to know of.

    In the open transaction of who may see the person.
    """
    return [
        Contested(line.entry_id, line.act, line.at, line.unit_id, line.post_id)
        for line in ledger.of_person(person_id, limit=CONTESTABLE, untold=rights_rules().secret_papers)
        if line.unit_id is not None and line.act not in SAID
    ]


def namable(person_id: uuid.UUID) -> list[LookSeen]:
    """The looks at the file whose name can be asked for, newest first. In the open transaction of the person themself.

    Raises NotAllowed for an office.
    """
    looks, _ = looks_by_others(person_id, first=0, most=CONTESTABLE)
    kinds = {key: one.kind for key, one in units_named({look.unit_id for look in looks}).items()}
    return [one for one in looks if policy.namable(kinds.get(one.unit_id, ""), one.purpose, one.action)]


def ask(
    person_id: uuid.UUID,
    *,
    kind: str,
    words: str,
    contested: uuid.UUID | None,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Take the request as the person or their representative says it; the same `event_id` again changes nothing.

    Raises NotAllowed, PersonUnknown, RequestRefused, statements.StatementRefused.
    """
    access.require("my_road:speak", [person_id])
    found = _checked(kind, words)
    with transaction.atomic():
        _take(person_id, found, words=words, contested=contested, event_id=event_id, at=at, sheet_id=None)


def ask_for(
    person_id: uuid.UUID,
    *,
    kind: str,
    words: str,
    contested: uuid.UUID | None,
    sheet: bytes,
    file_name: str,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Take in as an officer what the person asked for on paper, with the sheet they signed.

    Whose a look was is asked by the person alone, who alone sees all looks. Raises NotAllowed, PersonUnknown,
    RequestRefused, statements.StatementRefused, papers.policy.AttachmentRefused.
    """
    access.require("my_road:speak_for", [person_id])
    found = _checked(kind, words)
    if found.look:
        raise RequestRefused("KIND")
    with transaction.atomic():
        _decision(person_id, found, contested)
    sheet_id = papers.attach(
        person_id,
        kind=SHEET,
        source="本人签字",
        data=sheet,
        file_name=file_name,
        event_id=uuid.uuid5(event_id, "guitu:sheet"),
        at=at,
    )
    with transaction.atomic():
        _take(person_id, found, words=words, contested=contested, event_id=event_id, at=at, sheet_id=sheet_id)


def ask_back(person_id: uuid.UUID, *, words: str, unit_id: uuid.UUID, event_id: uuid.UUID, at: datetime) -> None:
    """Ask the unit, as its superior, to correct what it holds or did: a request like the person's own, same clock.

    In the open transaction of who has asked for a permission of their own. Raises PersonUnknown for whom the superior
    does not see.
    """
    if not names_in_sight({person_id}):
        raise access.PersonUnknown
    _take(
        person_id,
        rights_rules().kinds["CORRECTION"],
        words=words,
        contested=None,
        event_id=event_id,
        at=at,
        sheet_id=None,
        asked_of=unit_id,
    )


def _checked(kind: str, words: str) -> RightKind:
    found = rights_rules().kinds.get(kind)
    if found is None:
        raise RequestRefused("KIND")
    statements.check_statement(found.says, words)
    return found


def _decision(person_id: uuid.UUID, kind: RightKind, entry_id: uuid.UUID | None) -> Contested | None:
    """The decision that is contested, or the look that is asked about. Raises RequestRefused where one must be named
    and is not."""
    if kind.look:
        look = next((one for one in namable(person_id) if one.id == entry_id), None)
        if look is None:
            raise RequestRefused("DECISION")
        return Contested(look.id, "", look.at, look.unit_id, look.post_id)
    if not kind.contests:
        return None
    found = next((line for line in contestable(person_id) if line.entry_id == entry_id), None)
    if found is None:
        raise RequestRefused("DECISION")
    return found


def _take(
    person_id: uuid.UUID,
    kind: RightKind,
    *,
    words: str,
    contested: uuid.UUID | None,
    event_id: uuid.UUID,
    at: datetime,
    sheet_id: uuid.UUID | None,
    asked_of: uuid.UUID | None = None,
) -> None:
    act = _decision(person_id, kind, contested)
    said = statements.take_statement(
        person_id, kind=kind.says, words=words, event_id=event_id, at=at, sheet_id=sheet_id
    )
    if not said:
        return
    file = persons.head_of(person_id)
    asked_unit = asked_of or (act.unit_id if act is not None and kind.contests else None)
    named = units_named({asked_unit}).get(asked_unit) if asked_unit else None
    duty_id = policy.duty_of(
        contests=kind.contests or asked_of is not None,
        contested_unit=named.id if named else None,
        contested_kind=named.kind if named else "",
        responsible=file.responsible_unit_id,
    )
    province = province_code(unit(duty_id).division)
    due_at = clock(active_book(), kind.rule, at, province=province).due_at
    number = reference_number("Q", at)
    Request.objects.create(
        id=event_id,
        person_id=person_id,
        division=file.division,
        kind=kind.code,
        number=number,
        asked_at=at,
        duty_unit_id=duty_id,
        due_at=due_at,
        due_rule=kind.rule,
        climbs_at=due_at,
        contested_entry=act.entry_id if act else None,
        contested_act=act.act if act else "",
        contested_at=act.at if act else None,
        contested_post=act.post_id if act else None,
        contested_unit=act.unit_id if act else None,
    )
    record(
        "rights:request:taken",
        subjects=[person_id],
        division=file.division,
        at=at,
        event_id=event_id,
        other_unit_id=duty_id,
        number=number,
        kind=kind.code,
    )
    facts = {"number": number, "due_at": due_at.isoformat()}
    tell(desk(duty_id), "RIGHT_ASKED", facts, at, subject_id=event_id, person_id=person_id)
