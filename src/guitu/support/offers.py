"""Offers of partner units: published, changed and ended by the unit whose they are, and read where they lie.

An offer has no field for a condition about the past, and its words may not name one (table record_word).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Case, Count, Q, QuerySet, Value, When

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.book import load_national
from guitu.rulebook.clocks import legal_day
from guitu.rulebook.units import Range, end_of, unit_kinds
from guitu.support.models import Offer, Referral
from guitu.support.policy import WAITING, OfferWords, RecordIncomplete, faults_of_offer

OPEN, OVER = "OPEN", "OVER"


class OfferUnknown(AttemptRefused, LookupError):
    """No such offer of the acting unit."""


class OfferEnded(AttemptRefused, RuntimeError):
    """The offer was ended already."""


@dataclass(frozen=True)
class OfferView:
    """An offer with the places left; days are legal days, moments aware (UTC)."""

    id: uuid.UUID
    unit_id: uuid.UUID
    words: OfferWords
    places_left: int
    published_at: datetime
    changed_at: datetime | None
    ended_at: datetime | None
    waiting: int = 0


def codes(table: str) -> frozenset[str]:
    """The codes of one of the tables of offers and referrals."""
    return frozenset(entry.code for entry in load_national().code_table(table).codes)


def banned_words() -> frozenset[str]:
    """The words about a criminal record, in both languages."""
    entries = load_national().code_table("record_word").codes
    return frozenset({entry.zh for entry in entries} | {entry.en for entry in entries})


def region_of(unit: units.UnitView) -> units.UnitView:
    """Where this unit works: its own divisions, or above a reserved range those of the first unit that has its own."""
    while unit_kinds()[unit.kind].range is Range.RESERVED and unit.parent_id is not None:
        unit = units.unit(unit.parent_id)
    return unit


def places_of(unit_id: uuid.UUID) -> list[units.UnitView]:
    """Where a partner unit may say that its offer lies: the offices of its region that have divisions of their own."""
    return units.regions_within(region_of(units.unit(unit_id)))


def publish_offer(offer: OfferWords, *, event_id: uuid.UUID, at: datetime) -> uuid.UUID:
    """Publish an offer of the acting unit; a repeated `event_id` publishes nothing twice. Returns its id.

    Raises NotAllowed, RecordIncomplete with the fields that are missing or wrong.
    """
    access.require("offer:keep")
    session = actor().session
    with transaction.atomic():
        _check(offer, session.unit_id)
        _held, made = Offer.objects.get_or_create(
            id=event_id,
            defaults={
                "unit_id": session.unit_id,
                "published_at": at,
                "published_by": session.post_id,
                **_columns(offer),
            },
        )
        if not made:
            return event_id
        record(
            "support:offer:published",
            subjects=[],
            division=session.division,
            at=at,
            event_id=event_id,
            kind=offer.kind,
            places=offer.places,
        )
    return event_id


def change_offer(offer_id: uuid.UUID, offer: OfferWords, *, event_id: uuid.UUID, at: datetime) -> None:
    """Write an own offer anew; places already taken stay taken, however few are left.

    Raises NotAllowed, RecordIncomplete, OfferUnknown, OfferEnded.
    """
    access.require("offer:keep")
    session = actor().session
    with transaction.atomic():
        held = _lock_own(offer_id)
        if is_recorded("support:offer:changed", event_id):
            return
        if held.ended_at is not None:
            raise OfferEnded
        _check(offer, session.unit_id)
        Offer.objects.filter(id=offer_id).update(**_columns(offer), changed_at=at)
        record(
            "support:offer:changed",
            subjects=[],
            division=session.division,
            at=at,
            event_id=event_id,
            offer=offer_id,
            kind=offer.kind,
            places=offer.places,
        )


def end_offer(offer_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Take no more referrals to an own offer; whoever was referred stays.

    Raises NotAllowed, OfferUnknown, OfferEnded.
    """
    access.require("offer:keep")
    with transaction.atomic():
        held = _lock_own(offer_id)
        if is_recorded("support:offer:ended", event_id):
            return
        if held.ended_at is not None:
            raise OfferEnded
        Offer.objects.filter(id=offer_id).update(ended_at=at)
        division = actor().session.division
        record("support:offer:ended", subjects=[], division=division, at=at, event_id=event_id, offer=offer_id)


def _lock_own(offer_id: uuid.UUID) -> Offer:
    own = Offer.objects.select_for_update(no_key=True).filter(id=offer_id, unit_id=actor().session.unit_id)
    held = own.first()
    if held is None:
        raise OfferUnknown
    return held


def _check(offer: OfferWords, unit_id: uuid.UUID) -> None:
    places = frozenset(place.division for place in places_of(unit_id))
    wrong = faults_of_offer(offer, kinds=codes("offer_kind"), places=places, banned=banned_words())
    if wrong:
        raise RecordIncomplete(*wrong)


def _columns(offer: OfferWords) -> dict[str, str | int | date | None]:
    return {
        "kind": offer.kind,
        "title": offer.title.strip(),
        "places": offer.places,
        "place_division": offer.place_division,
        "place_end": end_of(offer.place_division),
        "from_on": offer.from_on,
        "to_on": offer.to_on,
        "conditions": offer.conditions.strip(),
        "contact_name": offer.contact_name.strip(),
        "contact_phone": offer.contact_phone.strip(),
    }


def is_open(offer: Offer, *, today: date) -> bool:
    """Whether somebody can be referred to it on the legal day `today`: not ended, and its last day not past."""
    return offer.ended_at is None and (offer.to_on is None or today <= offer.to_on)


def lies_within(offer: Offer, region: units.UnitView) -> bool:
    """Whether the offer's place and the region overlap."""
    return offer.place_division < region.division_end and region.division < offer.place_end


def places_left(offer_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """The places left of these offers, counted by the database over all referrals, in sight or not. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM support_places_left(%s::uuid[])", [list(offer_ids)])
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class OfferFilters:
    """What a list of offers was asked for; empty means no restriction."""

    kind: str = ""
    text: str = ""
    kinds: tuple[str, ...] = ()
    free: bool = False


def offers_open(
    filters: OfferFilters, *, wanted: Iterable[str] = (), at: datetime, first: int, most: int
) -> tuple[list[OfferView], int]:
    """One page of the offers open on the legal day of `at` where the acting unit works, and how many there are.

    Kinds that are `wanted` come first.
    """
    region = region_of(units.unit(actor().session.unit_id))
    today = legal_day(at)
    found = Offer.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=today), ended_at__isnull=True)
    found = found.filter(place_division__lt=region.division_end, place_end__gt=region.division)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.kinds:
        found = found.filter(kind__in=filters.kinds)
    if filters.text:
        found = found.filter(Q(title__icontains=filters.text) | Q(unit__name__icontains=filters.text))
    # With nothing wanted the case would shrink to a bare 1, which ORDER BY reads as the first column.
    foremost = [Case(When(kind__in=kinds, then=Value(0)), default=Value(1))] if (kinds := list(wanted)) else []
    return _views(found.order_by(*foremost, "kind", "-published_at", "title", "id"), first, most), found.count()


def own_offers(state: str, *, at: datetime, first: int, most: int) -> tuple[list[OfferView], int]:
    """One page of the acting unit's offers, open or over, the newest first, with how many referrals wait for each."""
    found = Offer.objects.filter(unit_id=actor().session.unit_id).filter(_standing(state, at))
    views = _views(found.order_by("-published_at", "title", "id"), first, most)
    return views, found.count()


def own_offer_counts(*, at: datetime) -> Mapping[str, int]:
    """How many of the acting unit's offers are open and over."""
    own = Offer.objects.filter(unit_id=actor().session.unit_id)
    return own.aggregate(**{state: Count("id", filter=_standing(state, at)) for state in (OPEN, OVER)})


def own_offer(offer_id: uuid.UUID) -> OfferView | None:
    """One offer of the acting unit, or None."""
    views = _views(Offer.objects.filter(id=offer_id, unit_id=actor().session.unit_id), 0, 1)
    return views[0] if views else None


def offers_named(offer_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, OfferView]:
    """These offers by id, whoever published them."""
    ids = set(offer_ids)
    return {view.id: view for view in _views(Offer.objects.filter(id__in=ids), 0, len(ids))} if ids else {}


def _standing(state: str, at: datetime) -> Q:
    over = Q(ended_at__isnull=False) | Q(to_on__lt=legal_day(at))
    return {OPEN: ~over, OVER: over}.get(state, Q())


def _views(found: QuerySet[Offer], first: int, most: int) -> list[OfferView]:
    rows = list(found[first : first + most])
    left = places_left(row.id for row in rows) if rows else {}
    waiting = dict(
        Referral.objects.filter(offer_id__in=[row.id for row in rows], addressee_id=actor().session.unit_id)
        .filter(state=WAITING)
        .values_list("offer_id")
        .annotate(number=Count("id"))
    )
    return [
        OfferView(
            row.id,
            row.unit_id,
            OfferWords(
                row.kind,
                row.title,
                row.places,
                row.place_division,
                row.from_on,
                row.to_on,
                row.conditions,
                row.contact_name,
                row.contact_phone,
            ),
            left[row.id],
            row.published_at,
            row.changed_at,
            row.ended_at,
            waiting.get(row.id, 0),
        )
        for row in rows
    ]
