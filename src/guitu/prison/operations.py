"""Taking in a release roster: compare with what is held, report, and on request write — all or nothing per call."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.handover.steps import write_marks
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.ledger.operations import Act, record_many
from guitu.people import operations as people
from guitu.people import queries as persons
from guitu.people import questions
from guitu.prison import drafts, reports
from guitu.prison.comparing import Comparison, compare_report
from guitu.prison.models import Roster, RosterMapping
from guitu.prison.policy import (
    ID_KIND_DEFAULT,
    birth_date_of,
    household_division_of,
    id_kind_of,
    id_number_of,
    items_of_row,
    key_grounds_of,
    marks_of,
    release_of,
)
from guitu.prison.roster.checking import check_roster
from guitu.prison.roster.report import Row
from guitu.prison.sender import acting_sender, divisions_here
from guitu.prison.told import Written, told_of
from guitu.rulebook import juveniles

# Every event of a roster has an id that follows from the file and the row: a retry writes nothing twice.
_EVENTS = uuid.UUID("6d1f0c52-5a0e-5c6b-9c3e-2f1f7e0b9a11")

ROWS_AT_A_TIME = 1000
"""New rows registered together: as many as are held in memory twice, and the step in which progress is told."""

Noted = Callable[[int, int], None]
"""Told how many rows are behind it, of how many."""


def _unnoted(done: int, of_all: int) -> None:
    """Nobody waits to hear."""


Corrections = Mapping[tuple[str, int, str], str]
"""Texts typed on screen in place of cells: sheet, row as Excel counts, field."""


@dataclass(frozen=True)
class Imported:
    """What an import did. `again` says that this very file had been taken in before and nothing was written.

    `opened` are the new persons with their rows, each with a matter of its own; `raised` counts the questions of
    identity that are new.
    """

    comparison: Comparison
    again: bool
    opened: tuple[tuple[Row, uuid.UUID], ...] = ()
    raised: int = 0


def remembered_mapping() -> dict[str, str]:
    """How the acting prison's own headings were mapped the last time (heading → field code)."""
    return dict(RosterMapping.objects.filter(unit_id=actor().session.unit_id).values_list("heading", "field"))


def remember_mapping(mapping: Mapping[str, str], *, at: datetime) -> None:
    """Keep how headings are to be read for this prison; a later choice replaces an earlier one."""
    access.require("roster:import")
    session = actor().session
    with transaction.atomic():
        for heading, code in mapping.items():
            RosterMapping.objects.update_or_create(
                unit_id=session.unit_id,
                heading=heading,
                defaults={"division": session.division, "field": code, "post_id": session.post_id, "at": at},
            )


def check(data: bytes, *, file_name: str, today: date, only_sheets: Sequence[str] = ()) -> Comparison:
    """Read the file and compare it with the files held; writes nothing but the trace.

    `only_sheets` names the visible sheets to read; empty means all. `today` is the legal day in Asia/Shanghai.
    Raises RosterRefused if the file cannot be read at all.
    """
    access.require("roster:check")
    with transaction.atomic():
        return compare(data, file_name=file_name, today=today, only_sheets=only_sheets)


def compare(
    data: bytes,
    *,
    file_name: str,
    today: date,
    corrections: Corrections | None = None,
    only_sheets: Sequence[str] = (),
    noted: Noted = _unnoted,
) -> Comparison:
    """`check` inside the caller's own transaction, which has asked already; `noted` hears how far it is."""
    report = check_roster(
        data,
        file_name,
        today=today,
        mapping=remembered_mapping(),
        corrections=corrections,
        only_sheets=only_sheets,
        fictional_allowed=units.is_demonstration(),
        sender=acting_sender(),
    )
    noted(0, len(report.rows))
    return compare_report(report)


def import_roster(
    data: bytes,
    *,
    file_name: str,
    today: date,
    at: datetime,
    corrections: Corrections | None = None,
    only_sheets: Sequence[str] = (),
    then: Callable[[Imported], None] | None = None,
) -> Imported:
    """Take in the rows that are in order: new persons with their journeys, newer values of known ones.

    Rows to correct are left for a corrected file; a row that may be a held person becomes a question.
    The same file twice changes nothing. `then` is called with the result before the transaction ends, for what stands
    or falls with it. Raises RosterRefused.
    """
    access.require("roster:import")
    with transaction.atomic():
        comparison = compare(data, file_name=file_name, today=today, corrections=corrections, only_sheets=only_sheets)
        imported = _take_in(comparison, file_name=file_name, at=at)
        if then is not None:
            then(imported)
    return imported


def take_in_draft(draft_id: uuid.UUID, *, today: date, at: datetime) -> Imported | None:
    """`import_roster` for a file that was handed in before, with its corrections; what was written is kept as its
    report, and the draft is spent.

    All in one transaction: after a failure the draft is still there. None if there is no such draft or it has lapsed.
    """
    access.require("roster:import")
    with transaction.atomic():
        return take_in_open_draft(draft_id, today=today, at=at)


def take_in_open_draft(draft_id: uuid.UUID, *, today: date, at: datetime, noted: Noted = _unnoted) -> Imported | None:
    """`take_in_draft` inside the caller's transaction, which has asked already."""
    draft = drafts.open_draft(draft_id, at=at)
    if draft is None:
        return None
    comparison = compare(draft.data, file_name=draft.file_name, today=today, corrections=draft.corrections, noted=noted)
    imported = _take_in(comparison, file_name=draft.file_name, at=at, noted=noted)
    written = Written(
        opened=tuple((row.sheet, row.row, str(person_id)) for row, person_id in imported.opened),
        renewed=tuple(str(person_id) for _, person_id, _ in comparison.changed),
        raised=imported.raised,
        again=imported.again,
    )
    reports.keep(draft_id, told_of(comparison, written), at=at, taken_in_at=at)
    drafts.spend(draft_id)
    return imported


def _take_in(comparison: Comparison, *, file_name: str, at: datetime, noted: Noted = _unnoted) -> Imported:
    session = actor().session
    report = comparison.report
    raised = _ask(comparison, at=at)
    nothing_to_do = not comparison.new and not comparison.changed and not raised
    if nothing_to_do and Roster.objects.filter(unit_id=session.unit_id, sha256=report.sha256).exists():
        return Imported(comparison, again=True)
    source = session.unit_name
    unit = units.unit(session.unit_id)
    behind = len(report.rows) - len(comparison.new)
    opened: list[tuple[Row, uuid.UUID]] = []
    for first in range(0, len(comparison.new), ROWS_AT_A_TIME):
        noted(behind + first, len(report.rows))
        some = comparison.new[first : first + ROWS_AT_A_TIME]
        ids = register_rows(some, under=unit, file=report.sha256, mark=report.sha256, at=at)
        opened += zip(some, ids, strict=True)
    noted(len(report.rows), len(report.rows))
    _write_changed(comparison, source=source, file=report.sha256, at=at)
    _shelter_known(comparison, file=report.sha256, at=at)
    Roster.objects.create(
        unit_id=session.unit_id,
        division=session.division,
        file_name=file_name,
        sha256=report.sha256,
        rows_read=len(report.rows),
        accepted=len(comparison.new),
        changed=len(comparison.changed),
        unchanged=len(comparison.unchanged),
        to_correct=report.count("to_correct"),
        to_decide=report.count("to_decide"),
        imported_at=at,
        post_id=session.post_id,
    )
    return Imported(comparison, again=False, opened=tuple(opened), raised=raised)


def register_rows(rows: Sequence[Row], *, under: units.UnitView, file: str, mark: str, at: datetime) -> list[uuid.UUID]:
    """Open a file and a journey for each row, under the responsibility of `under`; ids in order.

    `mark` tells the events of this writing from those of another. Inside the caller's transaction, which has asked.
    """
    ids = people.register_many(
        [
            people.NewPerson(
                name=str(row.fields["name"]),
                sex=str(row.fields["sex"]),
                birth_date=birth_date_of(row.fields),
                legal_status="SERVING",
                id_kind=id_kind_of(row.fields),
                id_number=id_number_of(row.fields),
                items=items_of_row(row.fields),
                source=under.name,
            )
            for row in rows
        ],
        at=at,
        under=people.Under(under.id, under.division),
    )
    start_journeys(list(zip(rows, ids, strict=True)), under=under, file=file, mark=mark, at=at)
    return ids


def start_journeys(
    found: Sequence[tuple[Row, uuid.UUID]], *, under: units.UnitView, file: str, mark: str, at: datetime
) -> None:
    """Open the journey that each row announces for its person, who stands under `under`.

    Inside the caller's transaction, which has asked already.
    """
    divisions = divisions_here()
    counties: dict[str, units.UnitView | None] = {}
    news, acts = [], []
    for row, person_id in found:
        division = household_division_of(row.fields, divisions)
        if division is not None and division not in counties:
            counties[division] = units.receiving_county(division)
        receiver = counties[division] if division is not None else None
        released_on, release_type = release_of(row.fields)
        news.append(
            journeys.NewJourney(
                person_id=person_id,
                division=under.division,
                sending_unit_id=under.id,
                receiving_unit_id=receiver.id if receiver else None,
                release_on=released_on,
                release_type=release_type,
                key_grounds=key_grounds_of(row.fields),
                marks=marks_of(row.fields),
            )
        )
        acts.append(
            Act(
                uuid.uuid5(_EVENTS, f"{under.id}:{mark}:{row.sheet}:{row.row}"),
                (person_id,),
                under.division,
                {"sheet": row.sheet, "row": row.row, "file": file},
            )
        )
    journeys.start_many(news, at=at)
    record_many("prison:person:expected", acts, at=at)


def _ask(comparison: Comparison, *, at: datetime) -> int:
    """Put the rows that may be held persons before a human; how many questions are new to the acting unit."""
    near, elsewhere = [], []
    for asked in comparison.asked:
        row, released_on = asked.row, release_of(asked.row.fields)[0]
        superior = asked.elsewhere or asked.transferred
        kept = {"fields": dict(row.fields), "sheet": row.sheet, "row": row.row, "file": comparison.report.sha256}
        for match in asked.matches:
            held = uuid.UUID(match.held.key)
            near.append(questions.NewQuestion(held, asked.row_key, kept, released_on, match.rule.value, superior))
        if asked.elsewhere:
            kind, number = id_kind_of(row.fields), id_number_of(row.fields)
            elsewhere.append(questions.ElsewhereQuestion(kind, number, asked.row_key, kept, released_on))
    questions.ask_elsewhere(elsewhere, at=at)
    return questions.raise_many(near, at=at)


def _write_changed(comparison: Comparison, *, source: str, file: str, at: datetime) -> None:
    session = actor().session
    changed = comparison.changed
    ids = [person_id for _, person_id, _ in changed]
    open_roads, divisions = roads.open_journeys_of(ids), persons.divisions_of(ids)
    people.update_many(
        [
            people.Newer(
                person_id,
                {item: new for item, (_, new) in differing.items()},
                (str(row.fields["name"]), str(row.fields["sex"]), birth_date_of(row.fields)),
            )
            for row, person_id, differing in changed
        ],
        source=source,
        at=at,
    )
    acts = []
    for row, person_id, differing in changed:
        released_on, _ = release_of(row.fields)
        road = open_roads.get(person_id)
        if road is not None and road.release_on != released_on:
            journeys.change_release_day(journeys.lock(road.id), released_on, at=at)
        acts.append(
            Act(
                uuid.uuid5(_EVENTS, f"{session.unit_id}:{file}:{row.sheet}:{row.row}:changed"),
                (person_id,),
                divisions[person_id],
                {"items": sorted(differing), "file": file},
            )
        )
    record_many("prison:person:changed", acts, at=at)


def _shelter_known(comparison: Comparison, *, file: str, at: datetime) -> None:
    """Note of persons held already that they were under eighteen at the offence, where a row is the first to say so:
    from then on they stand apart in lists (G-10). A later roster that says nothing of it takes nothing back.
    """
    said = (*((row, one) for row, one, _ in comparison.changed), *comparison.unchanged)
    rows = {person_id: row for row, person_id in said if juveniles.AT_OFFENCE in marks_of(row.fields)}
    for person_id, road in roads.open_journeys_of(list(rows)).items():
        if juveniles.AT_OFFENCE not in road.marks and road.sending_unit_id == actor().session.unit_id:
            row = rows[person_id]
            event_id = uuid.uuid5(_EVENTS, f"{road.sending_unit_id}:{file}:{row.sheet}:{row.row}:sheltered")
            write_marks(journeys.lock(road.id), [juveniles.AT_OFFENCE], event_id=event_id, at=at)


def persons_by_number(numbers: list[str]) -> dict[str, uuid.UUID]:
    """The persons in reach behind these identity numbers of the default kind. Inside the caller's transaction."""
    found = persons.held_numbers(ID_KIND_DEFAULT, numbers)
    return {number: held.person_id for number, held in found.items() if held.person_id is not None}
