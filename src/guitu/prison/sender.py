"""Who hands a roster in, and the names by which a title would tell whose roster it is."""

from __future__ import annotations

import uuid

from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.written_names import names_of_kinds
from guitu.prison.roster.titles import Sender
from guitu.rulebook.divisions import Divisions, fictional_province, province_code

KINDS = ("prison", "detention_house")
"""Kinds of units that hand rosters in."""
_FEWEST = 4
"""A name of fewer signs than this is that of a kind, such as 看守所, and of no unit."""


def divisions_here() -> Divisions:
    """The divisions of this installation: the official ones, in a demonstration the fictional province too."""
    official = Divisions.load()
    return official.extended(fictional_province().divisions) if units.is_demonstration() else official


def acting_sender() -> Sender:
    """The acting unit, with the written forms of every unit that hands rosters in. Inside the caller's transaction.

    A unit is written with its whole name, and without the province that stands before it. A form that two units share
    names neither.
    """
    divisions = divisions_here()
    provinces: dict[str, str] = {}
    forms: dict[str, set[uuid.UUID]] = {}
    for unit_id, name, division in names_of_kinds(KINDS):
        code = province_code(division)
        if code not in provinces:
            found = divisions.lookup(code)
            provinces[code] = found.name if found else ""
        for form in written_forms(name, provinces[code]):
            forms.setdefault(form, set()).add(unit_id)
    return Sender(actor().session.unit_id, {form: min(held) for form, held in forms.items() if len(held) == 1})


def written_forms(name: str, province: str) -> set[str]:
    """How a unit of this name in this province is written."""
    short = name.removeprefix(province)
    return {name, short} if len(short) >= _FEWEST else {name}
