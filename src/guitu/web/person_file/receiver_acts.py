"""What is done about who receives from a person's file: the receiver lost, named, a refusal contested."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.handover import rulings
from guitu.web.form_fields import NotReadable, text
from guitu.web.permits import Request, writes
from guitu.web.person_file.step_acts import done

MOST = 9
"""More units than this under the same words are no answer."""


def county_named(words: str, at: datetime) -> uuid.UUID:
    """The one county with these words in its name or division code. Raises NotReadable if not exactly one."""
    return unit_named(words, _("接收县司法局的全称或者12位代码（按现在填的查不到唯一的一个）"), kind="county", at=at)


def unit_named(words: str, label: str, *, kind: str = "", at: datetime) -> uuid.UUID:
    """The one unit with these words in its name or code; of several, the one called just so.

    Raises NotReadable with `label` if there is not exactly one.
    """
    with transaction.atomic():
        listed, _total = access.units_listed(words, kind=kind, first=0, most=MOST, at=at)
    units = [one.unit for one in listed]
    found = [unit for unit in units if words in {unit.name, unit.name_en, unit.code}] or units
    if len(found) != 1:
        raise NotReadable(label)
    return found[0].id


@writes("receiver:name")
def lost(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Say that the receiving unit is not known."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        rulings.lose_receiver(person_id, event_id=mark, at=at)

    return done(request, person_id, act)


@writes("receiver:name")
def named(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Name the county that receives."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        unit_id = county_named(text(request, "unit", _("接收县司法局")), at)
        try:
            rulings.name_receiver(person_id, unit_id, event_id=mark, at=at)
        except rulings.NotAReceiver as fault:
            raise NotReadable(_("接收县司法局")) from fault

    return done(request, person_id, act)


@writes("dossier:contest")
def contest(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Contest a refusal before the common superior, with reasons."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        reasons = text(request, "reasons", _("异议理由"))
        rulings.contest_refusal(person_id, reasons=reasons, event_id=mark, at=at)

    return done(request, person_id, act)
