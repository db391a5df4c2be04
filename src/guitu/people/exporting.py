"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.ledger.holdings import (
    POST,
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    TOLD,
    UNIT,
    Decision,
    Holding,
    Row,
    TableCopy,
    copied,
    opened,
    tell,
    withheld,
)
from guitu.people.facts import item_key
from guitu.people.models import Fact, Identifier, Join, Match, Person, Responsibility, Statement
from guitu.rulebook.book import load_national


def _code_in_words(table: str, code: str) -> str:
    return next((one.zh for one in load_national().codes[table].codes if one.code == code), "")


def _item_name(row: Row) -> str:
    return load_national().items[row.item].zh


def _item_value(row: Row) -> str:
    table = load_national().items[row.item].code_table
    return _code_in_words(table, row.value) if table else ""


def _sex(row: Row) -> str:
    return _code_in_words("sex", row.sex)


def _legal_status(row: Row) -> str:
    return _code_in_words("legal_status", row.legal_status)


def _of_another(row: Row) -> bool:
    """Whether the row of the roster was not found to be this person's: who is held where is somebody else's."""
    return bool(row.decision != "same")


_SAME = Decision(TOLD, "OTHERS", unless=_of_another)
_SAME_UNIT = Decision(TOLD, "OTHERS", points_at=UNIT, unless=_of_another)
_SAME_POST = Decision(TOLD, "OTHERS", points_at=POST, unless=_of_another)

HOLDINGS = (
    Holding(
        Person,
        {
            "id": TELL,
            "number": TELL,
            "name": TELL,
            "name_sort": TECHNICAL,
            "name_search": TECHNICAL,
            "sex": tell(_sex),
            "birth_date": TELL,
            "legal_status": tell(_legal_status),
            "responsible_unit_id": TELL_UNIT,
            "division": TELL,
            "created_at": TELL,
            "ended_at": TELL,
            "ended_reason": TELL,
            "sealed_at": TELL,
        },
        of_person="id",
        rows=lambda person_id: Person.objects.raw("SELECT * FROM people_copied_person(%s::uuid)", [person_id]),
    ),
    Holding(
        Identifier,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "kind": TELL,
            "value": opened(lambda row: item_key(row.person_id, "id_doc")),
            "blind_index": TECHNICAL,
            "from_at": TELL,
            "to_at": TELL,
        },
    ),
    Holding(
        Fact,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "item": tell(_item_name),
            "value": tell(_item_value),
            "sealed_value": opened(lambda row: item_key(row.person_id, row.item)),
            "source": TELL,
            "collected_at": TELL,
            "collected_by": TELL_POST,
            "purpose": TELL,
            "review_on": TELL,
            "from_at": TELL,
            "to_at": TELL,
        },
        rows=lambda person_id: Fact.objects.raw("SELECT * FROM people_copied_facts(%s::uuid)", [person_id]),
    ),
    Holding(
        Responsibility,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "unit_id": TELL_UNIT,
            "period": TELL,
            "reason": TELL,
        },
    ),
    Holding(
        Match,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            # The row may be another person's: that is just what was asked. Unless it was theirs, who asked and in what
            # the two are alike would tell where somebody else is held.
            "unit_id": _SAME_UNIT,
            "asking_division": TECHNICAL,
            "row_key": TECHNICAL,
            "sealed_row": withheld("OTHERS"),
            "release_on": withheld("OTHERS"),
            "rule": _SAME,
            "for_superior": _SAME,
            "raised_at": TELL,
            "raised_by": _SAME_POST,
            "left_open_at": TELL,
            "left_open_by": _SAME_POST,
            "decision": TELL,
            "decided_at": TELL,
            "decided_by": _SAME_POST,
            "result_person_id": withheld("OTHERS"),
            "former_release_on": TELL,
            "former_unit_id": TELL_UNIT,
        },
    ),
    Holding(
        Join,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "joined_id": TELL,
            "asking_division": TECHNICAL,
            "items": TELL,
            "withdrawn_journey": TELL,
            "reason": TELL,
            "at": TELL,
            "by_post": TELL_POST,
            "undone_at": TELL,
            "undone_by": TELL_POST,
        },
    ),
    Holding(
        Statement,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "kind": TELL,
            "sealed_words": opened(lambda row: f"statement:{row.id}"),
            "at": TELL,
            "spoken_by": TELL,
            "post_id": TELL_POST,
            "sheet_id": TELL,
            "answered_at": TELL,
            "answered_by": TELL_POST,
            "answered_unit": TELL_UNIT,
            "sealed_answer": opened(lambda row: f"answer:{row.id}"),
        },
    ),
)


def items_held(person_id: uuid.UUID) -> list[str]:
    """Every item that is or was recorded of the person, sealed ones too: what a copy of all is to be traced with."""
    return sorted(set(Fact.objects.filter(person_id=person_id).values_list("item", flat=True)))


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
