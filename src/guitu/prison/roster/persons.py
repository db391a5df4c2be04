"""What can only be judged over a whole row or file: number against birth and sex, order of dates, duplicates."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from guitu.people.identity_numbers import IdentityKind, check_identity_number
from guitu.prison.roster.catalogue import Catalogue
from guitu.prison.roster.cells import Told
from guitu.prison.roster.report import Value

FieldTold = tuple[str, Told]
Place = tuple[str, int]

_FOREIGN_KINDS: Final = {"passport", "hk_macao_permit", "taiwan_permit", "other"}
_DECLARED: Final = {
    "resident_id": IdentityKind.RESIDENT,
    "hk_macao_residence": IdentityKind.HK_MACAO_TAIWAN,
    "taiwan_residence": IdentityKind.HK_MACAO_TAIWAN,
    "foreign_permanent": IdentityKind.FOREIGN_PERMANENT,
}


def judge_row(
    fields: Mapping[str, Value], catalogue: Catalogue, *, today: datetime.date, fictional_allowed: bool
) -> list[FieldTold]:
    """What is to be told about the values of one row together, each with the field it is shown at."""
    birth, start = _day(fields, "birth_date"), _day(fields, "sentence_from")
    end, release = _day(fields, "sentence_to"), _day(fields, "release_date")
    told = _judge_number(fields, birth, today=today, fictional_allowed=fictional_allowed)
    if birth is not None and birth > today:
        told.append(("birth_date", Told("BIRTH_IN_FUTURE")))
    if start is not None and end is not None and end < start:
        told.append(("sentence_to", Told("SENTENCE_REVERSED", start.isoformat())))
    if release is None:
        return told
    if release < today:
        told.append(("release_date", Told("RELEASE_IN_PAST")))
    if release.year > today.year + catalogue.limits.release_years_ahead:
        told.append(("release_date", Told("DATE_OUT_OF_RANGE")))
    if start is not None and release < start:
        told.append(("release_date", Told("RELEASE_BEFORE_SENTENCE", start.isoformat())))
    if end is not None and release > end:
        told.append(("release_date", Told("RELEASE_AFTER_SENTENCE", end.isoformat())))
    if birth is not None and birth <= today:
        age = release.year - birth.year - ((release.month, release.day) < (birth.month, birth.day))
        if not catalogue.limits.youngest_age <= age <= catalogue.limits.oldest_age:
            told.append(("birth_date", Told("AGE_UNLIKELY", str(age))))
    return told


def _judge_number(
    fields: Mapping[str, Value], birth: datetime.date | None, *, today: datetime.date, fictional_allowed: bool
) -> list[FieldTold]:
    number, kind, sex = fields.get("id_number"), fields.get("id_kind"), fields.get("sex")
    if not isinstance(number, str):
        return []
    if kind in _FOREIGN_KINDS:
        plausible = 5 <= len(number) <= 30 and number.isascii() and number.replace("-", "").isalnum()
        return [] if plausible else [("id_number", Told("DOCUMENT_NUMBER", str(kind)))]
    check = check_identity_number(
        number,
        birth_date=birth,
        sex=sex if isinstance(sex, str) else None,
        fictional_allowed=fictional_allowed,
        on=today,
        declared=_DECLARED.get(str(kind)),
    )
    places = {"ID_BIRTH_MISMATCH": "birth_date", "ID_SEX_MISMATCH": "sex"}
    return [(places.get(code, "id_number"), Told(code)) for code in check.codes]


def find_duplicates(rows: Sequence[tuple[Place, Mapping[str, Value]]]) -> list[tuple[int, FieldTold]]:
    """Pairs of a row's index and what is to be told: the same number or the same person twice in one file.

    Of rows that are identical the first stays as it is; of rows that differ each one waits for the decision.
    """
    found: list[tuple[int, FieldTold]] = []
    by_number: dict[str, list[int]] = defaultdict(list)
    by_person: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, (_, fields) in enumerate(rows):
        number, name, birth = fields.get("id_number"), fields.get("name"), fields.get("birth_date")
        if isinstance(number, str):
            by_number[_long_form(number)].append(index)
        if isinstance(name, str) and isinstance(birth, str):
            by_person[name, birth].append(index)
    for group in by_number.values():
        found.extend(_same_number(group, rows))
    for group in by_person.values():
        numbers = {_long_form(str(rows[index][1].get("id_number") or "")) for index in group}
        if len(group) > 1 and len(numbers) > 1:
            for index in group:
                others = _places([i for i in group if _number(rows, i) != _number(rows, index)], rows)
                if others:
                    found.append((index, ("name", Told("SAME_NAME_AND_BIRTH", others))))
    return found


def _same_number(
    group: Sequence[int], rows: Sequence[tuple[Place, Mapping[str, Value]]]
) -> list[tuple[int, FieldTold]]:
    found: list[tuple[int, FieldTold]] = []
    distinct: list[int] = []
    for index in group:
        twin = next((other for other in distinct if rows[other][1] == rows[index][1]), None)
        if twin is None:
            distinct.append(index)
        else:
            found.append((index, ("id_number", Told("DUPLICATE_ROW", _places([twin], rows)))))
    if len(distinct) > 1:
        code = (
            "DUPLICATE_NUMBER"
            if len({rows[index][1].get("name") for index in distinct}) == 1
            else "NUMBER_WITH_OTHER_NAME"
        )
        for index in distinct:
            others = _places([other for other in distinct if other != index], rows)
            found.append((index, ("id_number", Told(code, others))))
    return found


def _number(rows: Sequence[tuple[Place, Mapping[str, Value]]], index: int) -> str:
    return _long_form(str(rows[index][1].get("id_number") or ""))


def _places(indices: Sequence[int], rows: Sequence[tuple[Place, Mapping[str, Value]]]) -> str:
    return "、".join(f"{rows[index][0][0]}!{rows[index][0][1]}" for index in indices[:5])


def _long_form(number: str) -> str:
    """The first seventeen digits by which a 15-digit number and its 18-digit form are the same number."""
    if len(number) == 15 and number.isdecimal():
        return f"{number[:6]}19{number[6:]}"
    return number[:17] if len(number) == 18 and number[:17].isdecimal() else number


def _day(fields: Mapping[str, Value], field: str) -> datetime.date | None:
    value = fields.get(field)
    return datetime.date.fromisoformat(value) if isinstance(value, str) else None
