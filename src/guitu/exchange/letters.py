"""Letters to units that do not see the person: sealed and signed when sent, never changed, answered by signed replies.

Who may see a letter the row policy knows: whoever sees the person, and the addressee by the column of that name.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from guitu.access.acting import actor
from guitu.exchange.models import Letter, Reply
from guitu.exchange.operations import ParcelUnknown, reference_number, sealed_text, signed_moment
from guitu.ledger import keys
from guitu.ledger.operations import canonical
from guitu.rulebook.attempts import AttemptRefused

UNDER_WAY = "UNDER_WAY"
ENDS = ("ANSWERED", "RETURNED")
_IN_ORDER = ("RECEIVED", UNDER_WAY, *ENDS)
_PREFIXES = {"RECEIVED": "H", UNDER_WAY: "B", "ANSWERED": "A", "RETURNED": "T"}
STATES = ("open", "late", "closed")


class LetterUnknown(ParcelUnknown):
    """No such letter within the acting post's reach, or it is not addressed to it."""


class LetterClosed(AttemptRefused, ValueError):
    """The letter was received, answered or sent back before, by whoever was quicker."""


@dataclass(frozen=True)
class NewLetter:
    """A letter to be sent: about whom, of which kind, to whom, what it says, by when it is to be answered.

    `addressee` is the receiving unit, or the post of somebody who was asked to attend.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    division: str
    journey_id: uuid.UUID
    kind: str
    step: str
    receiver_id: uuid.UUID
    addressee: uuid.UUID
    says: Mapping[str, str]
    closes: str
    due_at: datetime
    due_rule: str


@dataclass(frozen=True)
class ReplyView:
    """A reply as both sides see it; `holds` says that the signature fits."""

    number: str
    outcome: str
    answer: str
    day: date | None
    words: str
    post_id: uuid.UUID
    at: datetime
    holds: bool


@dataclass(frozen=True)
class LetterView:
    """A letter without its content, with its replies, oldest first.

    `due_at` and `due_rule` are those of the result where the addressee has said that it is under way.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    division: str
    journey_id: uuid.UUID
    kind: str
    step: str
    number: str
    sender_id: uuid.UUID
    receiver_id: uuid.UUID
    addressee: uuid.UUID
    closes: str
    sent_at: datetime
    due_at: datetime
    due_rule: str
    replies: tuple[ReplyView, ...]

    @property
    def received(self) -> ReplyView | None:
        """The receipt, if one was given."""
        return next((one for one in self.replies if one.outcome == "RECEIVED"), None)

    @property
    def under_way(self) -> ReplyView | None:
        """That it is being worked on, if that was said; the result is owed after it."""
        return next((one for one in self.replies if one.outcome == UNDER_WAY), None)

    @property
    def end(self) -> ReplyView | None:
        """What closed the letter: an answer, a return, or the receipt where no more is asked."""
        ended = next((one for one in self.replies if one.outcome in ENDS), None)
        return ended or (self.received if self.closes == "receipt" else None)


def post_letter(new: NewLetter, *, at: datetime) -> str:
    """Seal and send a letter in the acting unit's name; returns its number. A repeated id changes nothing."""
    earlier = Letter.objects.filter(id=new.id).values_list("number", flat=True).first()
    if earlier is not None:
        return earlier
    session = actor().session
    text = canonical(dict(new.says))
    digest = hashlib.sha256(text.encode()).digest()
    number = reference_number("L", at)
    sealed = sealed_text(
        new.id,
        what="letter",
        sender_id=session.unit_id,
        receiver_id=new.addressee,
        number=number,
        digest=digest,
        at=at,
    )
    Letter.objects.create(
        id=new.id,
        person_id=new.person_id,
        division=new.division,
        journey_id=new.journey_id,
        kind=new.kind,
        step=new.step,
        number=number,
        sender_id=session.unit_id,
        sent_by=session.post_id,
        receiver_id=new.receiver_id,
        addressee=new.addressee,
        body=keys.encrypt(text, belongs_to=f"letter:{new.id}"),
        digest=digest,
        seal=keys.sign(sealed),
        closes=new.closes,
        sent_at=at,
        due_at=new.due_at,
        due_rule=new.due_rule,
    )
    return number


def _signed(reply: Reply, words: str, digest: bytes) -> bytes:
    said = hashlib.sha256(words.encode()).hexdigest()
    parts = ("guitu-letter-reply-1", str(reply.letter_id), reply.number, reply.outcome, reply.answer)
    day = reply.day.isoformat() if reply.day else ""
    return "\n".join((*parts, day, said, digest.hex(), signed_moment(reply.at))).encode()


def reply(
    letter_id: uuid.UUID,
    outcome: str,
    *,
    answer: str = "",
    day: date | None = None,
    words: str = "",
    result_due: tuple[datetime, str] | None = None,
    at: datetime,
) -> tuple[LetterView, str]:
    """Reply to a letter addressed to the acting unit or post, once each way; the letter as it was, and the number.

    ``UNDER_WAY`` does not close it: the result is owed by `result_due` (exclusive moment, rule). Raises LetterUnknown,
    LetterClosed.
    """
    session = actor().session
    letter = Letter.objects.filter(id=letter_id, addressee__in=[session.unit_id, session.post_id]).first()
    if letter is None:
        raise LetterUnknown
    before = _views([letter])[0]
    if before.end is not None:
        raise LetterClosed
    made = Reply(
        person_id=letter.person_id,
        division=letter.division,
        letter=letter,
        addressee=letter.addressee,
        number=reference_number(_PREFIXES[outcome], at),
        outcome=outcome,
        answer=answer,
        day=day,
        post_id=session.post_id,
        at=at,
        due_at=result_due[0] if result_due else None,
        due_rule=result_due[1] if result_due else "",
    )
    made.words = keys.encrypt(words, belongs_to=f"reply:{made.id}") if words else None
    made.signature = keys.sign(_signed(made, words, bytes(letter.digest)))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as taken:
        raise LetterClosed from taken
    return before, made.number


def letter(letter_id: uuid.UUID, *, person_id: uuid.UUID) -> LetterView | None:
    """A letter about this person that the acting post may see, or None."""
    found = Letter.objects.filter(id=letter_id, person_id=person_id).first()
    return _views([found])[0] if found else None


def letters_of(person_id: uuid.UUID, *, first: int = 0, most: int) -> list[LetterView]:
    """The letters about a person, the newest first: at most `most` from `first` on."""
    found = Letter.objects.filter(person_id=person_id).order_by("-sent_at", "id")
    return _views(list(found[first : first + most]))


def content(letter_id: uuid.UUID) -> dict[str, str]:
    """What a letter says, after its seal and digest were checked. Raises keys.ValueTampered if they do not hold."""
    found = Letter.objects.get(id=letter_id)
    text = keys.decrypt(found.body, belongs_to=f"letter:{letter_id}")
    digest = hashlib.sha256(text.encode()).digest()
    sealed = sealed_text(
        found.id,
        what="letter",
        sender_id=found.sender_id,
        receiver_id=found.addressee,
        number=found.number,
        digest=digest,
        at=found.sent_at,
    )
    if digest != bytes(found.digest) or not keys.verify(sealed, bytes(found.seal)):
        raise keys.ValueTampered(f"letter {found.number} does not match its seal")
    says: dict[str, str] = json.loads(text)
    return says


@dataclass(frozen=True)
class Box:
    """Which letters are wanted: of the acting unit's ``in`` or ``out`` box, in a state, of a kind, by number."""

    side: str
    state: str = ""
    kind: str = ""
    number: str = ""


def letters_listed(box: Box, *, now: datetime, first: int, most: int) -> tuple[list[LetterView], int]:
    """A page of a box: what is open first, by due moment, then what is closed, the newest first; and how many."""
    found = _in_box(box, now=now).order_by("is_closed", "open_due", "-sent_at", "id")
    return _views(list(found[first : first + most])), found.count()


def letter_counts(side: str, *, now: datetime) -> dict[str, int]:
    """How many letters of a box are in each of `STATES`; what is late is open too."""
    return {state: _in_box(Box(side, state), now=now).count() for state in STATES}


def _in_box(box: Box, *, now: datetime) -> QuerySet[Letter]:
    session = actor().session
    own = Q(addressee__in=[session.unit_id, session.post_id]) if box.side == "in" else Q(sender_id=session.unit_id)
    closed = _closed()
    result = Reply.objects.filter(letter_id=OuterRef("id"), outcome=UNDER_WAY).values("due_at")[:1]
    found = Letter.objects.filter(own).annotate(
        is_closed=closed,
        owed_at=Coalesce(Subquery(result), F("due_at")),
        open_due=Case(When(closed, then=Value(None)), default=F("owed_at")),
    )
    if box.state == "closed":
        found = found.filter(closed)
    elif box.state:
        found = found.exclude(closed)
    if box.state == "late":
        found = found.filter(owed_at__lte=now)
    if box.kind:
        found = found.filter(kind=box.kind)
    return found.filter(number__icontains=box.number) if box.number else found


def _closed() -> Q:
    """Answered or sent back; received, where no more is asked."""
    replies = Reply.objects.filter(letter_id=OuterRef("id"))
    ended, received = replies.filter(outcome__in=ENDS), replies.filter(outcome="RECEIVED")
    return Q(Exists(ended)) | (Q(closes="receipt") & Q(Exists(received)))


def late_letters(*, at: datetime, most: int) -> list[LetterView]:
    """Letters past their due moment that nobody was reminded of, marked as reminded now. Run by the tick.

    Once while nothing was said, and once more where a result is owed and its own moment has passed.
    """
    found = list(
        Letter.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(due_at__lte=at, late_told_at__isnull=True)
        .order_by("due_at", "id")[:most]
    )
    Letter.objects.filter(id__in=[one.id for one in found]).update(late_told_at=at)
    owed = list(
        Letter.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .filter(Q(late_told_at__isnull=True) | Q(late_told_at__lt=F("reply__due_at")), reply__due_at__lte=at)
        .order_by("reply__due_at", "id")[:most]
    )
    Letter.objects.filter(id__in=[one.id for one in owed]).update(late_told_at=at)
    return [one for one in _views([*found, *owed]) if one.end is None and one.due_at <= at]


def _views(letters: Iterable[Letter]) -> list[LetterView]:
    rows = list(letters)
    digests = {one.id: bytes(one.digest) for one in rows}
    replies: dict[uuid.UUID, list[ReplyView]] = {one.id: [] for one in rows}
    owed: dict[uuid.UUID, tuple[datetime, str]] = {}
    given = Reply.objects.filter(letter_id__in=list(digests))
    for one in sorted(given, key=lambda reply: (reply.at, _IN_ORDER.index(reply.outcome))):
        if one.due_at is not None:
            owed[one.letter_id] = one.due_at, one.due_rule
        words = keys.decrypt(one.words, belongs_to=f"reply:{one.id}") if one.words is not None else ""
        holds = keys.verify(_signed(one, words, digests[one.letter_id]), bytes(one.signature))
        replies[one.letter_id].append(
            ReplyView(one.number, one.outcome, one.answer, one.day, words, one.post_id, one.at, holds)
        )
    return [
        LetterView(
            one.id,
            one.person_id,
            one.division,
            one.journey_id,
            one.kind,
            one.step,
            one.number,
            one.sender_id,
            one.receiver_id,
            one.addressee,
            one.closes,
            one.sent_at,
            *owed.get(one.id, (one.due_at, one.due_rule)),
            tuple(replies[one.id]),
        )
        for one in rows
    ]
