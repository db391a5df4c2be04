"""Rotation in the middle of work: old and new keys side by side, sealed anew in pieces, the old key then of no use."""

import dataclasses
import json
import os

import pytest
from django.apps import apps
from django.db import models, transaction

from guitu.access.operations import ask
from guitu.ledger import keys, resealing
from guitu.people import queries as persons
from guitu.web.sealed_columns import NOT_SEALED, SEALED
from tests.factories.rings import key_of
from tests.ledger.test_the_log import act, as_role


class Killed(Exception):
    """The process ends here."""


def rings() -> tuple[str, str]:
    """The tests' ring with a second, current key of suite gm; and that without the first key."""
    held = json.loads(os.environ["GUITU_DATA_KEYS"])
    both = held | {"current": "k2", "keys": held["keys"] | {"k2": key_of("gm", "second")}}
    return json.dumps(both), json.dumps(both | {"keys": {"k2": both["keys"]["k2"]}})


def opened(house) -> dict[str, str]:
    """Every identity number, through the room's own door."""
    with house.acting("prison"), transaction.atomic(durable=True):
        ids = list(persons.Person.objects.values_list("id", flat=True))
        ask("person:identify")
        return {one.key: one.numbers[0][1] for one in persons.identities(ids).values()}


def test_after_a_rotation_all_is_read_and_found_and_a_reseal_killed_in_the_middle_goes_on(
    house, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(house, 2)
    before = opened(house)
    number = next(iter(before.values()))
    both, second_alone = rings()
    monkeypatch.setenv("GUITU_DATA_KEYS", both)
    assert opened(house) == before
    with house.acting("prison"), transaction.atomic():
        assert persons.held_numbers("resident_id", [number])  # found under the older index key
    act(house, 3)  # in the middle of the rotation: sealed under the new key
    pieces = [dataclasses.replace(one, at_once=1) for one in SEALED]

    def killed(table: str, done: int) -> None:
        raise Killed

    with as_role("guitu_owner"):
        labels = resealing.used_labels(SEALED)
        assert set(labels) == {"intl/t1", "gm/k2"}
        with pytest.raises(Killed):
            resealing.reseal(pieces, noted=killed)
        after_kill = resealing.used_labels(SEALED)
        assert 0 < after_kill["intl/t1"] < labels["intl/t1"]
        assert sum(after_kill.values()) == sum(labels.values())
        monkeypatch.setenv("GUITU_DATA_KEYS", second_alone)
    with pytest.raises(keys.KeyMissing):  # control: the old key is still needed for the rest
        opened(house)
    monkeypatch.setenv("GUITU_DATA_KEYS", both)
    with house.role("guitu_owner") as door:  # a value is moved to another person and item
        door.execute(
            "UPDATE people_fact SET sealed_value = (SELECT value FROM people_identifier"
            " WHERE convert_from(substr(value, 2, get_byte(value, 0)), 'UTF8') = 'intl/t1' LIMIT 1)"
            " WHERE id = (SELECT id FROM people_fact WHERE sealed_value IS NOT NULL AND item <> 'id_doc' LIMIT 1)"
        )
    with as_role("guitu_owner"):
        made = resealing.reseal(pieces, noted=lambda table, done: None)
        rest = resealing.used_labels(SEALED)
        again = resealing.reseal(pieces, noted=lambda table, done: None)
    assert rest["intl/t1"] == made.unopened == again.unopened == 1  # it is left as it is, counted and named
    assert made.first_unopened is not None
    assert made.first_unopened[:2] == ("people_fact", "sealed_value")
    assert (made.sealed > 0, again.sealed) == (True, 0)
    monkeypatch.setenv("GUITU_DATA_KEYS", second_alone)
    assert before.items() <= opened(house).items()
    with house.acting("prison"), transaction.atomic():
        assert persons.held_numbers("resident_id", [number])  # and under the new one


def test_every_column_of_bytes_is_either_sealed_in_a_known_place_or_said_to_be_none() -> None:
    known = {f"{one.table}.{one.column}" for one in SEALED}
    assert not known & NOT_SEALED
    held = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        if model.__module__.startswith("guitu.")
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField)
    }
    assert held - known - NOT_SEALED == set()
    assert known - held == set()
    tables = {model._meta.db_table: model for model in apps.get_models()}
    for one in SEALED:
        columns = {field.column for field in tables[one.table]._meta.concrete_fields}
        assert {"id", *one.named} <= columns, one
