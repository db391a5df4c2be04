"""The lawful query of a sealed file: recorded by one, decided by another, the named items open to one post.

The file stays sealed; the database answers the items a request names and nothing else (access/sql/sealing.sql).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.queries import unit
from guitu.access.rule_packs import active_book
from guitu.access.tree import Desk, tree_above
from guitu.journeys.policy import clock
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.notices.operations import tell
from guitu.people import queries as persons
from guitu.people.facts import item_key
from guitu.rights import policy, sealed_decisions
from guitu.rights.complaints import OFFICE
from guitu.rights.sealing import ASK, DECIDE, refusals, told_by
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.book import load_national
from guitu.rulebook.clocks import legal_day
from guitu.rulebook.divisions import province_code
from guitu.rulebook.sealing import sealing_rules

READ, COPIED = "sealed:read", "SEALED_QUERY_COPIED"
TO_DECIDE, OPEN, ENDED = "TO_DECIDE", "OPEN", "ENDED"
STATES = (TO_DECIDE, OPEN, ENDED)


class QueryRefused(ValueError):
    """A request that is not lawful or not whole, or a look that it does not open; `reason` says why.

    Of the form: ``GROUND``, ``ORGAN``, ``NAME``, ``DOCUMENT``, ``WORDS``, ``ITEMS``, ``NUMBER``. Of the file:
    ``UNKNOWN`` (this office sealed nobody of this number), ``POST``. Of the decision: ``SAME``. Of the look:
    ``UNDECIDED``, ``REFUSED``, ``ENDED``, ``ITEM``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class QueryUnknown(AttemptRefused, LookupError):
    """No such request for the acting post."""


@dataclass(frozen=True)
class QueryWish:
    """A written request: whose file (a document's whole number), who asks on what for what, which items, which post."""

    number: str
    organ: str
    organ_name: str
    ground: str
    document: str
    aim: str
    items: tuple[str, ...]
    post_id: uuid.UUID | None


@dataclass(frozen=True)
class QueryView:
    """A request as it stands, without a name. `own`: it opens to the acting post; `decidable`: the post may decide it.

    `until_at` is exclusive; `copied`: the procuratorate that has a copy of a granted one; `looks` counts how often
    something was opened; `total` the lines of the list.
    """

    id: uuid.UUID
    number: str
    sealing: str
    organ: str
    organ_name: str
    ground: str
    document: str
    aim: str
    items: Sequence[str]
    post: str
    holder: str
    unit: str
    asked_at: datetime
    asker: str
    decided_at: datetime | None
    decider: str | None
    approved: bool | None
    finding: str
    until_at: datetime | None
    looks: int
    own: bool
    decidable: bool
    state: str
    copied: str | None
    copied_en: str | None
    total: int


@dataclass(frozen=True)
class QueryPost:
    """A post to which a query can be opened."""

    id: uuid.UUID
    title: str
    unit: str
    unit_en: str


def number_of(event_id: uuid.UUID) -> str:
    """The number of a request; the same for a repeated press."""
    return f"CX-{event_id.hex[:12].upper()}"


def ask(wish: QueryWish, *, event_id: uuid.UUID, at: datetime) -> str:
    """Record a written request for items of a file that the own office sealed; its number. Decides nothing.

    Each attempt leaves its line, also one that is refused. Who may decide is told in the same transaction. The same
    `event_id` again changes nothing.

    Raises NotAllowed, QueryRefused.
    """
    access.require(ASK, [])
    rules, number = sealing_rules(), number_of(event_id)
    fault = policy.query_fault(
        rules,
        organ=wish.organ,
        organ_name=wish.organ_name,
        ground=wish.ground,
        document=wish.document,
        aim=wish.aim,
        items=wish.items,
        known=load_national().items,
        today=legal_day(at),
    )
    digests = persons.digests_of(wish.number)
    told = fault or ("" if digests else "NUMBER") or ("" if wish.post_id else "POST")
    if told:
        raise QueryRefused(told)
    with transaction.atomic(), refusals(ASK):
        told = told_by(
            "SELECT rights_ask_sealed(%s::uuid, %s, %s::text[], %s::bytea[], %s, %s, %s, %s::text[], %s, %s,"
            " %s::text[], %s::uuid, %s::timestamptz)",
            [
                *(event_id, number, [kind for kind, _ in digests], [digest for _, digest in digests]),
                *(wish.organ, wish.organ_name.strip(), wish.ground, sorted(rules.queries[wish.ground].seals)),
                *(wish.document.strip(), wish.aim.strip(), sorted(set(wish.items)), wish.post_id, at),
            ],
        )
        if told == "ASKED":
            record(
                "rights:sealed_query:asked",
                subjects=[],
                division="",
                at=at,
                event_id=event_id,
                number=number,
                organ=wish.organ_name.strip(),
                ground=wish.ground,
                document=wish.document.strip(),
                items=",".join(sorted(set(wish.items))),
            )
            sealed_decisions.tell_deciders(sealed_decisions.QUERY, event_id, number, at=at)
    if told not in {"ASKED", "HELD"}:
        raise QueryRefused(told)
    return number


def decide(query_id: uuid.UUID, *, approved: bool, finding: str, event_id: uuid.UUID, at: datetime) -> None:
    """Decide a request that somebody else recorded; a yes opens it for the days of the rulebook. Decided once.

    A granted one is copied to the procuratorate beside the own office: told there, and read in its list without a name;
    where none is connected the act says so.

    Raises NotAllowed, QueryRefused, QueryUnknown.
    """
    access.require(DECIDE, [])
    rules = sealing_rules()
    if policy.words_fault(rules, finding):
        raise QueryRefused("WORDS")
    with transaction.atomic(), refusals(DECIDE):
        province = province_code(unit(actor().session.unit_id).division)
        until = clock(active_book(), rules.look_rule, at, province=province).due_at if approved else None
        copied = _procuratorate(at) if approved else None
        told = told_by(
            "SELECT rights_decide_sealed(%s::uuid, %s::boolean, %s, %s::timestamptz, %s::uuid, %s::timestamptz)",
            [query_id, approved, finding.strip(), until, copied.unit_id if copied else None, at],
        )
        if told == "DECIDED":
            record(
                "rights:sealed_query:decided",
                subjects=[],
                division="",
                at=at,
                event_id=event_id,
                number=number_of(query_id),
                approved=approved,
                until=until,
                copied=str(copied.unit_id) if copied else "",
            )
            if copied and until:
                facts = {"number": number_of(query_id), "unit": str(actor().session.unit_id)}
                tell(copied, COPIED, facts | {"until": until.isoformat()}, at, subject_id=query_id)
    if told == "UNKNOWN":
        raise QueryUnknown
    if told not in {"DECIDED", "HELD"}:
        raise QueryRefused(told)


def _procuratorate(at: datetime) -> Desk | None:
    """The desk of the procuratorate beside the acting office, or None where none is connected and filled."""
    own = actor().session.unit_id
    found = tree_above([own], at=at).bearer(OFFICE, own)
    return found if unit(found.unit_id).kind == "procuratorate" else None


def look(query_id: uuid.UUID, items: Sequence[str], *, event_id: uuid.UUID, at: datetime) -> Mapping[str, str]:
    """The named items in the clear, empty where nothing is held: for the post of a granted request, while it is open.

    Every attempt leaves its line with the items, in trace and ledger. Raises NotAllowed, QueryRefused, QueryUnknown.
    """
    access.require(READ, [])
    with transaction.atomic(durable=True), refusals(READ), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM rights_sealed_values(%s::uuid, %s::text[], %s::timestamptz)", [query_id, list(items), at]
        )
        rows = cursor.fetchall()
        told = rows[0][0]
        if told == OPEN:
            record(
                "rights:sealed_query:looked",
                subjects=[],
                division="",
                at=at,
                event_id=event_id,
                number=number_of(query_id),
                items=",".join(items),
            )
    if told == "UNKNOWN":
        raise QueryUnknown
    if told != OPEN:
        raise QueryRefused(told)
    return {
        item: value if sealed is None else keys.decrypt(sealed, belongs_to=item_key(person_id, item))
        for _, person_id, item, value, sealed in rows
    }


def open_by(person_id: uuid.UUID, item: str) -> tuple[str, datetime] | None:
    """By which granted query the acting post may open an item of a sealed file now: its number, and until when (UTC,
    exclusive); None if by none. By the database's clock, inside the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_sealed_open_by(%s::uuid, %s)", [person_id, item])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def listed(*, state: str, first: int, most: int, at: datetime) -> tuple[list[QueryView], int]:
    """The requests of the own office and those that open to the own post, newest first; and how many there are."""
    found = _queries(state, None, first, most, at)
    return found, found[0].total if found else 0


def one(query_id: uuid.UUID, *, at: datetime) -> QueryView | None:
    """One request, or None."""
    found = _queries("", query_id, 0, 1, at)
    return found[0] if found else None


def _queries(state: str, only: uuid.UUID | None, first: int, most: int, at: datetime) -> list[QueryView]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM rights_sealed_queries(%s::timestamptz, %s, %s::uuid, %s::integer, %s::integer)",
            [at, state, only, first, most],
        )
        return [QueryView(*row) for row in cursor.fetchall()]


def posts(words: str, *, first: int, most: int) -> list[QueryPost]:
    """The posts to which a query can be opened: of the own office, and of those who oversee it; `most` from `first` on.

    Each of the words stands in the title or in the unit's name.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_query_posts(%s::text, %s::integer, %s::integer)", [words, first, most])
        return [QueryPost(*row) for row in cursor.fetchall()]
