"""Pure decisions of roster intake: from the columns of a roster to the core items (law.md 3.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date

from guitu.people.identity_numbers import check_identity_number
from guitu.people.matching import IdentityView
from guitu.rulebook import juveniles
from guitu.rulebook.divisions import Divisions

ID_KIND_DEFAULT = "resident_id"
RELEASE_TYPE_DEFAULT = "sentence_end"

# Core items that hold several columns: item → (key in the item, column of the roster).
_COMPOSITE: dict[str, tuple[tuple[str, str], ...]] = {
    "household_region": (("division", "household_division"), ("address", "household_address")),
    "contacts": (("phone", "phone"), ("family_contact", "family_contact"), ("family_phone", "family_phone")),
    "sentence": (("text", "sentence_text"), ("from", "sentence_from"), ("to", "sentence_to")),
    "key_dates": (("release_on", "release_date"),),
}
_PLAIN: dict[str, str] = {
    "name": "name",
    "id_doc": "id_number",
    "sex": "sex",
    "birth_date": "birth_date",
    "ethnicity": "ethnicity",
    "education": "education",
    "marital_status": "marital_status",
    "residence": "return_address",
    "offence": "offence",
    "prison_grade": "prison_grade",
    "skills": "skills",
}


def birth_date_of(fields: Mapping[str, object]) -> date | None:
    """The birth date as written, or else as the identity number itself states it."""
    written = fields.get("birth_date")
    if written:
        return date.fromisoformat(str(written))
    number = fields.get("id_number")
    return check_identity_number(str(number)).birth_date if number else None


def id_number_of(fields: Mapping[str, object]) -> str:
    """The document number as written, or "" for a person without a document."""
    return str(fields.get("id_number") or "")


def id_kind_of(fields: Mapping[str, object]) -> str:
    """The kind of the document; a resident identity card where the roster names none."""
    return str(fields.get("id_kind") or ID_KIND_DEFAULT)


def identity_of(fields: Mapping[str, object], key: str) -> IdentityView:
    """What a row tells of one identity, for comparing with the persons held."""
    number, former = id_number_of(fields), str(fields.get("former_name") or "")
    return IdentityView(
        key=key,
        name=str(fields["name"]),
        numbers=((id_kind_of(fields), number),) if number else (),
        birth_date=birth_date_of(fields),
        sex=str(fields["sex"]) if fields.get("sex") else None,
        former_names=tuple(name for name in re.split(r"[,，、/;；\s]+", former) if name),
        division=str(fields["household_division"]) if fields.get("household_division") else None,
    )


def row_mark(fields: Mapping[str, object]) -> str:
    """What makes a row the same row in a later file: document and name; without a document also birth and home."""
    number = id_number_of(fields)
    parts = [id_kind_of(fields), number, str(fields["name"])]
    if not number:
        home = (str(fields.get(field) or "") for field in ("household_division", "household_address"))
        parts += [str(birth_date_of(fields)), *home]
    return "\x1f".join(parts)


def items_of_row(fields: Mapping[str, object]) -> dict[str, str]:
    """The core items that a roster row tells, as stored: plain text, or canonical JSON for an item of several parts."""
    items = {item: str(fields[column]) for item, column in _PLAIN.items() if fields.get(column)}
    born = birth_date_of(fields)
    if born is not None:
        items["birth_date"] = born.isoformat()
    for item, parts in _COMPOSITE.items():
        value = {key: str(fields[column]) for key, column in parts if fields.get(column)}
        if value:
            items[item] = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return items


def key_grounds_of(fields: Mapping[str, object]) -> tuple[str, ...]:
    """The grounds on which this person must be met at the gate (RS-16), as the roster marks them."""
    grounds = fields.get("key_person") or []
    return tuple(str(ground) for ground in grounds) if isinstance(grounds, list) else (str(grounds),)


def marks_of(fields: Mapping[str, object]) -> tuple[str, ...]:
    """The special circumstances that a row shows: not of age on the day of release; under eighteen at the offence."""
    born = birth_date_of(fields)
    young = born is not None and juveniles.is_juvenile(born, release_of(fields)[0])
    shown = {juveniles.MARK: young, juveniles.AT_OFFENCE: fields.get("minor_at_offence") == "under_eighteen"}
    return tuple(mark for mark, is_shown in shown.items() if is_shown)


def release_of(fields: Mapping[str, object]) -> tuple[date, str]:
    """The legal release day and the kind of release. Raises KeyError or ValueError for a row that was not accepted."""
    return date.fromisoformat(str(fields["release_date"])), str(fields.get("release_type") or RELEASE_TYPE_DEFAULT)


def household_division_of(fields: Mapping[str, object], divisions: Divisions) -> str | None:
    """The twelve-digit living division of the household register, from its code or words; None if not one place.

    An abolished code leads to its successor where there is exactly one; words are never guessed at.
    """
    written = str(fields.get("household_division") or "")
    if written.isdecimal():
        code = written.ljust(12, "0")
        held = divisions.lookup(code)
        if held is not None and held.living:
            return code
        followers = divisions.successors(code)
        return followers[0].code if len(followers) == 1 else None
    for text in (written, str(fields.get("household_address") or "")):
        found = divisions.resolve(text) if text else None
        if found is not None:
            return found.code
    return None
