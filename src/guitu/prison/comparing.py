"""A roster report compared with the files held: new, changed, unchanged, to be decided by a human. Writes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from guitu.access.acting import actor
from guitu.journeys import queries as roads
from guitu.ledger import keys
from guitu.people import queries as persons
from guitu.people import questions
from guitu.people.matching import Match, Verdict, candidates, verdict
from guitu.prison.models import Roster
from guitu.prison.policy import id_kind_of, id_number_of, identity_of, items_of_row, row_mark
from guitu.prison.roster.report import Problem, Report, Row, problem_for
from guitu.rulebook.clocks import legal_day


@dataclass(frozen=True)
class AskedRow:
    """A row that may be a held person: the matches in reach; `elsewhere` says that its number is held out of reach.

    `transferred` says that it is a person in reach whose open matter another unit sends: a superior decides too.
    """

    row: Row
    row_key: uuid.UUID
    matches: tuple[Match, ...]
    elsewhere: bool
    transferred: bool = False


@dataclass(frozen=True)
class Comparison:
    """A report compared with the files held: which rows are new, change a file, change nothing, wait for a human."""

    report: Report
    new: tuple[Row, ...]
    changed: tuple[tuple[Row, uuid.UUID, Mapping[str, tuple[str, str]]], ...]
    unchanged: tuple[tuple[Row, uuid.UUID], ...]
    asked: tuple[AskedRow, ...]


def compare_report(report: Report) -> Comparison:
    """Compare the accepted rows with the persons held, set-wise; inside the caller's transaction."""
    accepted = [row for row in report.rows if row.result == "accepted"]
    known, asked = _told_apart(accepted)
    foreign = _sent_by_others(known.values())
    items_held = persons.items_of_many(known.values())
    seen_before = (
        bool(foreign) and Roster.objects.filter(unit_id=actor().session.unit_id, sha256=report.sha256).exists()
    )
    new, changed, unchanged = [], [], []
    for row in accepted:
        person_id = known.get(id(row))
        if person_id is None:
            if id(row) not in asked:
                new.append(row)
            continue
        before = items_held[person_id]
        differing = differences(before, row.fields)
        if differing and person_id in foreign:
            if seen_before:
                unchanged.append((row, person_id))
            else:
                asked[id(row)] = _asked_back(row, person_id)
        elif differing:
            changed.append((row, person_id, differing))
        else:
            unchanged.append((row, person_id))
    present = {*known.values()} | {uuid.UUID(match.held.key) for one in asked.values() for match in one.matches}
    report = replace(
        report,
        rows=tuple(replace(row, result="to_decide") if id(row) in asked else row for row in report.rows),
        problems=(
            *(_taken_in_before(report, len(changed)) if changed else ()),
            *report.problems,
            *(_problem(one) for one in asked.values()),
        ),
        changed=len(changed),
        unchanged=len(unchanged),
        missing=_missing(present) if accepted else (),
    )
    return Comparison(report, tuple(new), tuple(changed), tuple(unchanged), tuple(asked.values()))


def _sent_by_others(person_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these persons whose open matter another unit sends, as after a transfer."""
    open_ones = roads.open_journeys_of(list(person_ids))
    return {one for one, road in open_ones.items() if road.sending_unit_id != actor().session.unit_id}


def _asked_back(row: Row, person_id: uuid.UUID) -> AskedRow:
    """The question whether a person who passed to another unit is with this one again."""
    held = persons.identities([person_id])
    matches = tuple(candidates(identity_of(row.fields, "row"), held.values()))
    return AskedRow(row, row_key_of(actor().session.unit_id, row.fields), matches, elsewhere=False, transferred=True)


def differences(before: Mapping[str, str], fields: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """The core items that a row tells otherwise than they are held: item → (held, told)."""
    return {
        item: (before.get(item, ""), value)
        for item, value in items_of_row(fields).items()
        if before.get(item, "") != value
    }


def row_key_of(unit_id: uuid.UUID, fields: Mapping[str, object]) -> uuid.UUID:
    """A keyed digest that stays the same for the same row of the same unit in every later file."""
    return uuid.UUID(bytes=keys.mark("roster-row", f"{unit_id}\x1f{row_mark(fields)}")[:16])


def _told_apart(accepted: Sequence[Row]) -> tuple[dict[int, uuid.UUID], dict[int, AskedRow]]:
    """Whom each row is (by row), and the rows that only a human can tell; what is in neither is new."""
    unit_id = actor().session.unit_id
    found = persons.matches_of([identity_of(row.fields, str(id(row))) for row in accepted])
    row_keys = {id(row): row_key_of(unit_id, row.fields) for row in accepted if found[str(id(row))]}
    settled = questions.settled(list(row_keys.values()))
    elsewhere = _held_elsewhere([row for row in accepted if verdict(found[str(id(row))]) is not Verdict.JOIN])
    known: dict[int, uuid.UUID] = {}
    asked: dict[int, AskedRow] = {}
    for row in accepted:
        matches = found[str(id(row))]
        told = verdict(matches)
        decided = settled.get(row_keys[id(row)]) if matches else None
        if told is Verdict.JOIN:
            known[id(row)] = uuid.UUID(next(match for match in matches if match.joins).held.key)
        elif decided is not None:
            known[id(row)] = decided
        elif id(row) in elsewhere or told is Verdict.ASK:
            row_key = row_key_of(unit_id, row.fields)
            asked[id(row)] = AskedRow(row, row_key, tuple(matches), id(row) in elsewhere)
    for row_id, person_id in _same_without_number(asked).items():
        del asked[row_id]
        known[row_id] = person_id
    return known, asked


def _held_elsewhere(rows: Sequence[Row]) -> set[int]:
    """The rows whose document number is held by somebody out of reach."""
    found: set[int] = set()
    for kind in {id_kind_of(row.fields) for row in rows}:
        of_kind = [row for row in rows if id_kind_of(row.fields) == kind and id_number_of(row.fields)]
        held = persons.held_numbers(kind, {id_number_of(row.fields) for row in of_kind})
        found |= {id(row) for row in of_kind if (one := held.get(id_number_of(row.fields))) and one.elsewhere}
    return found


def _same_without_number(asked: Mapping[int, AskedRow]) -> dict[int, uuid.UUID]:
    """Rows without a document that repeat to the letter what is held of their one match: the same file sent again."""
    alone = {
        row_id: uuid.UUID(one.matches[0].held.key)
        for row_id, one in asked.items()
        if not id_number_of(one.row.fields) and len(one.matches) == 1 and not one.matches[0].held.numbers
    }
    held = persons.items_of_many(alone.values())
    return {row_id: one for row_id, one in alone.items() if not differences(held[one], asked[row_id].row.fields)}


def _problem(asked: AskedRow) -> Problem:
    row = asked.row
    if asked.elsewhere:
        number = id_number_of(row.fields)
        return problem_for("IDENTITY_PENDING", sheet=row.sheet, row=row.row, field="id_number", value=number)
    return problem_for("NEAR_MATCH", sheet=row.sheet, row=row.row)


def _taken_in_before(report: Report, changed: int) -> tuple[Problem, ...]:
    """That this very file was taken in earlier and newer values came since: it would put the old ones back."""
    sent = Roster.objects.filter(unit_id=actor().session.unit_id, sha256=report.sha256)
    last = sent.order_by("-imported_at").values_list("imported_at", flat=True).first()
    if last is None:
        return ()
    sheet = next(sheet.name for sheet in report.sheets if sheet.read)
    day = legal_day(last).isoformat()
    return (problem_for("FILE_TAKEN_IN_BEFORE", sheet=sheet, row=0, value=str(changed), other=day),)


def _missing(present: set[uuid.UUID]) -> tuple[Mapping[str, str], ...]:
    expected = roads.persons_expected()
    return tuple(
        {"person": person.number, "name": person.name, "release_on": person.release_on.isoformat()}
        for person in expected
        if person.person_id not in present
    )
