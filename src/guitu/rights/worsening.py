"""What went worse for a person after they complained: put before the superior, without the office being told why.

A worse grade, and a refusal by the office complained about, within the legal days of RD-WORSENED after a complaint to
the procuratorate or an objection. Found by the clock; the row is shown to the superior and the person (cage kind
``apart``), entries of the ledger name no person, the notice names neither person nor complaint. Taken back, it reaches
the office as a request for correction, in words that are the same whatever the reason.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.access.tree import Desk, Tree, tree_above
from guitu.journeys.policy import MoveNotAllowed, clock
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.notices.operations import tell
from guitu.people.sealed_values import opened_values
from guitu.rights import asking, deciding, policy
from guitu.rights.complaints import ComplaintRefused
from guitu.rights.models import Worsening
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.book import Rulebook
from guitu.rulebook.clocks import legal_day
from guitu.rulebook.divisions import province_code
from guitu.rulebook.rights import rights_rules

WITHIN, REVIEW = "RD-WORSENED", "RD-WORSENED-REVIEW"
REVIEWERS = ("SUPERVISOR",)


class WorseningUnknown(AttemptRefused, LookupError):
    """Nothing of the kind is before the acting superior."""


@dataclass(frozen=True)
class WorseningView:
    """What stands before the superior; `words` (to the person) is empty until it is decided. `due_at` is exclusive."""

    id: uuid.UUID
    file_number: str
    said_at: datetime
    about_unit_id: uuid.UUID | None
    what: str
    event_at: datetime
    by_unit_id: uuid.UUID
    due_at: datetime
    decided_at: datetime | None
    outcome: str
    words: str


@dataclass(frozen=True)
class _Found:
    person: uuid.UUID
    division: str
    number: str
    responsible: uuid.UUID
    said: uuid.UUID
    said_at: datetime
    about: uuid.UUID | None
    what: str
    event: uuid.UUID
    former: uuid.UUID | None
    at: datetime
    by_unit: uuid.UUID
    by_post: uuid.UUID


def put_before_superiors(*, at: datetime) -> tuple[int, list[uuid.UUID]]:
    """Put what went worse after a complaint before the common superior; how many, and what has none. By the tick."""
    with transaction.atomic():
        book = active_book()
        found = _worse(_candidates(book, at), book)
        if not found:
            return 0, []
        tree = tree_above({unit for one in found for unit in _concerned(one)}, at=at)
        put = [one for one in found if _put(one, tree, book, at=at)]
    return len(put), [one.event for one in found if one not in put]


def _candidates(book: Rulebook, at: datetime) -> list[_Found]:
    limit = book.value_on(WITHIN, legal_day(at)).service
    if limit is None or limit.unit != "day":
        raise LookupError(f"{WITHIN} states no days")
    with connection.cursor() as cursor:
        graded = [kind.code for kind in rights_rules().worsenings.values() if kind.graded]
        cursor.execute("SELECT * FROM rights_after_complaints(%s, %s::text[], %s)", [limit.value, graded, at])
        return [_Found(*row) for row in cursor.fetchall()]


def _worse(found: list[_Found], book: Rulebook) -> list[_Found]:
    """Without the grades that did not go worse."""
    values = opened_values({one for graded in found if graded.former for one in (graded.event, graded.former)})

    def stays(one: _Found) -> bool:
        if one.former is None:
            return True
        table = book.items[one.what].code_table
        codes = [code.code for code in book.codes[table].codes] if table else []
        return policy.is_worse(values[one.former], values[one.event], codes)

    return [one for one in found if stays(one)]


def _concerned(one: _Found) -> list[uuid.UUID]:
    return [one.by_unit, one.responsible, *([one.about] if one.about else [])]


def _put(one: _Found, tree: Tree, book: Rulebook, *, at: datetime) -> bool:
    superior = tree.superior_of_all(_concerned(one), REVIEWERS)
    if superior is None:
        return False
    review_id = uuid.uuid4()  # not made from the event: entries of the ledger are open, and the office knows its acts
    due_at = clock(book, REVIEW, at, province=province_code(superior.division)).due_at
    Worsening.objects.bulk_create(
        [
            Worsening(
                id=review_id,
                person_id=one.person,
                division=one.division,
                file_number=one.number,
                addressee_id=superior.id,
                said_id=one.said,
                said_at=one.said_at,
                about_unit_id=one.about,
                what=one.what,
                event_id=one.event,
                event_at=one.at,
                by_unit_id=one.by_unit,
                by_post=one.by_post,
                found_at=at,
                due_at=due_at,
                due_rule=REVIEW,
            )
        ]
    )
    record("rights:worsening:found", subjects=[], division="", at=at, event_id=review_id)
    tell(Desk(superior.id, REVIEWERS), "WORSENING_TO_REVIEW", {"due_at": due_at.isoformat()}, at, subject_id=review_id)
    return True


_COLUMNS = (
    *("id", "file_number", "said_at", "about_unit_id", "what", "event_at", "by_unit_id", "due_at", "decided_at"),
    *("outcome", "sealed_words"),
)


def _view(row: Worsening) -> WorseningView:
    held = {column: getattr(row, column) for column in _COLUMNS}
    words = held.pop("sealed_words")
    return WorseningView(**held, words=keys.decrypt(words, belongs_to=f"worsening:{held['id']}") if words else "")


_WAITING = "SELECT * FROM rights_worsening_seen() WHERE decided_at IS NULL ORDER BY due_at, id LIMIT %s OFFSET %s"
_DECIDED = (
    "SELECT * FROM rights_worsening_seen() WHERE decided_at IS NOT NULL ORDER BY decided_at DESC, id LIMIT %s OFFSET %s"
)
"""The table stands apart: its function alone reads it (access/cage.yaml)."""


def listed(*, is_open: bool, first: int, most: int) -> tuple[list[WorseningView], int]:
    """What is before the acting superior, the first due (or, decided, the newest) first; how many in all."""
    found = Worsening.objects.raw(_WAITING if is_open else _DECIDED, [most, first])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rights_worsening_seen() WHERE (decided_at IS NULL) = %s", [is_open])
        how_many: int = cursor.fetchone()[0]
    return [_view(row) for row in found], how_many


def of_person(person_id: uuid.UUID, *, most: int) -> list[WorseningView]:
    """What was put before a superior for the acting person, newest first; empty for every office."""
    found = Worsening.objects.raw(
        "SELECT * FROM rights_worsening_seen() WHERE person_id = %s ORDER BY found_at DESC, id LIMIT %s",
        [person_id, most],
    )
    return [_view(row) for row in found]


def decide(worsening_id: uuid.UUID, *, outcome: str, words: str, event_id: uuid.UUID, at: datetime) -> None:
    """Say what the review found, once; the person reads the words. Taken back, the office gets a request to correct.

    The same `event_id` again changes nothing. Raises NotAllowed, ComplaintRefused, WorseningUnknown, PersonUnknown
    where the person has left the range meanwhile, MoveNotAllowed where it was decided, or for one's own act.
    """
    access.require("worsening:decide")
    fault = policy.complaint_fault(words) or policy.worsening_fault(outcome)
    if fault:
        raise ComplaintRefused(fault)
    with transaction.atomic():
        alone = Worsening.objects.select_for_update(no_key=True).filter(id=worsening_id)
        list(alone.values_list("id"))  # locked until it is decided; what may be read of it stands apart
        seen = Worsening.objects.raw("SELECT * FROM rights_worsening_seen() WHERE id = %s", [worsening_id])
        held = next(iter(seen), None)
        if held is None:
            raise WorseningUnknown
        if is_recorded("rights:worsening:decided", event_id):
            return
        if held.decided_at is not None:
            raise MoveNotAllowed("这件已经复核过了", "This has been reviewed")
        if deciding.holds(held.by_post):
            raise MoveNotAllowed("自己作出的，由别人复核", "Somebody else reviews what you did yourself")
        alone.update(
            decided_at=at,
            decided_by=actor().session.post_id,
            outcome=outcome,
            sealed_words=keys.encrypt(words.strip(), belongs_to=f"worsening:{worsening_id}"),
        )
        if outcome == policy.TAKEN_BACK:
            asking.ask_back(
                held.person_id,
                words=rights_rules().worsenings[held.what].back,
                unit_id=held.by_unit_id,
                event_id=uuid.uuid5(event_id, "guitu:back"),
                at=at,
            )
        record("rights:worsening:decided", subjects=[], division="", at=at, event_id=event_id, outcome=outcome)
