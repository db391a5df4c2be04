"""Every column of every table that holds a person: told, withheld on a ground, or technical; a new one must decide."""

import itertools
import json
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

import pytest
from django.apps import apps
from django.db import models

from guitu.access import compiling
from guitu.ledger import holdings as contract
from guitu.ledger import keys
from guitu.rights.rooms import ROOMS

HOLDINGS = [holding for room in ROOMS for holding in room.holdings]
NOTHING_HANGS_ON = {"people_person", "access_mandate", "access_sign_in_code"}
"""Rows that point at these are about the person by a column of their own, or about signing in."""


@lru_cache(maxsize=1)
def tables_with_persons() -> frozenset[str]:
    """By the cage, by their columns, or because they hang on a table that holds persons."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("guitu.")]
    found = {table for table, line in compiling._cage()["tables"].items() if "subject" in line or "subjects" in line}
    found |= {
        "handover_passed_matter",
        "access_sign_in_code",
    }  # words about somebody, by a number; codes, by an account
    for model in ours:
        names = {field.column for field in model._meta.concrete_fields}
        if names & {"person_id", "subjects"}:
            found.add(model._meta.db_table)
    while True:
        hanging = {
            model._meta.db_table
            for model in ours
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model._meta.db_table in found - NOTHING_HANGS_ON
        }
        if hanging <= found:
            return frozenset(found)
        found |= hanging


def forgotten(holdings) -> list[str]:
    """What the contract does not decide: whole tables, and columns."""
    named = {holding.table for holding in holdings}
    missing = [f"{table}: no decision" for table in sorted(tables_with_persons() - named)]
    return missing + [line for holding in holdings for line in contract.undecided(holding)]


def test_every_column_of_every_table_with_a_person_is_decided():
    assert forgotten(HOLDINGS) == []


@pytest.mark.parametrize("place", range(0, len(HOLDINGS), 7))
def test_control_a_new_column_without_a_decision_is_noticed(place):
    holding, before = HOLDINGS[place], set(forgotten(HOLDINGS))
    name = sorted(holding.columns)[-1]
    less = {column: decision for column, decision in holding.columns.items() if column != name}
    changed = [*HOLDINGS[:place], replace(holding, columns=less), *HOLDINGS[place + 1 :]]
    assert set(forgotten(changed)) - before == {f"{holding.table}.{name}: no decision"}
    assert set(forgotten([*HOLDINGS[:place], *HOLDINGS[place + 1 :]])) - before == {f"{holding.table}: no decision"}


def planted(holding):
    """A row with a mark of its own in every column, encrypted where the contract opens it; and the marks."""
    row, marks = holding.model(), {}
    for number, field in enumerate(holding.model._meta.concrete_fields, start=1):
        value, mark = _value(field, number)
        setattr(row, field.attname, value)
        marks[field.column] = mark
    for name, decision in holding.columns.items():
        if decision.belongs_to is not None:
            text = f"planted {holding.table} {name}"
            setattr(row, name, keys.encrypt_bytes(text.encode(), belongs_to=decision.belongs_to(row)))
            marks[name] = "" if decision.file else text
    return row, marks


def _value(field, number):
    if isinstance(field, models.BinaryField):
        return bytes([number]) * 16, (bytes([number]) * 16).hex()
    if isinstance(field, models.DateTimeField):
        moment = datetime(2001, 1, 1, 3, number, 7, tzinfo=UTC)
        return moment, moment.isoformat()
    if isinstance(field, models.DateField):
        return date(1970, 3, 1 + number % 28), date(1970, 3, 1 + number % 28).isoformat()
    if isinstance(field, models.UUIDField | models.ForeignKey):
        made = uuid.uuid5(uuid.NAMESPACE_OID, f"{field.model._meta.db_table}.{field.column}")
        return made, str(made)
    if isinstance(field, models.BooleanField | models.IntegerField):
        return (True, "") if isinstance(field, models.BooleanField) else (900100 + number, str(900100 + number))
    if field.get_internal_type() in {"ArrayField", "JSONField", "DateTimeRangeField"}:
        return [f"mark-{number}-of-many"], f"mark-{number}-of-many"
    return f"mark-{number}-in-{field.column}", f"mark-{number}-in-{field.column}"


@pytest.mark.parametrize("holding", [one for one in HOLDINGS if not one.closed], ids=lambda one: one.table)
def test_what_is_told_is_in_the_copy_and_what_is_kept_is_not(holding):
    row, marks = planted(holding)
    plain = {name: replace(decision, words=None, unless=None) for name, decision in holding.columns.items()}
    made = contract.table_copy(replace(holding, columns=plain, partly=""), [row])
    text = json.dumps([[cell.column, cell.value] for cells in made.rows for cell in cells], ensure_ascii=False)
    for name, decision in holding.columns.items():
        if decision.kind == contract.TOLD:
            assert any(cell.column == name for cell in made.rows[0]), name
            assert marks[name] in text, name
        elif marks[name]:
            assert marks[name] not in text, name
    kept = [name for name, decision in holding.columns.items() if decision.kind == contract.WITHHELD]
    assert len(made.kept) == len(kept)


def test_what_an_inquiry_heard_stays_out_and_the_copy_says_so():
    for table, column, step in (
        ("journeys_answer", "step", "verification"),
        ("papers_attachment", "kind", "inquiry_opinion"),
    ):
        holding = next(one for one in HOLDINGS if one.table == table)
        row, _ = planted(holding)
        secret = {"journeys_answer": "note", "papers_attachment": "body"}[table]
        setattr(row, column, step)
        made = contract.table_copy(replace(holding, columns={secret: holding.columns[secret]}, partly=""), [row])
        assert made.rows == ((),)
        assert [one.ground for one in made.kept] == [holding.columns[secret].ground]
        setattr(row, column, "another")  # control: the same column of another step or kind is told
        assert contract.table_copy(replace(holding, columns={secret: holding.columns[secret]}), [row]).rows != ((),)


def test_every_table_has_one_room():
    tables = [holding.table for holding in HOLDINGS]
    assert len(tables) == len(set(tables))
    for room, holding in itertools.chain.from_iterable(((room, one) for one in room.holdings) for room in ROOMS):
        assert holding.model.__module__.startswith(f"guitu.{room.name}.")
