"""From one suite to the other and back with a whole road on record: all is read, found and proven at every step."""

import base64
import dataclasses
import hashlib
import json
import os

import pytest
from django.db import transaction

from guitu.exchange import queries as exchange
from guitu.handover.exports import digest
from guitu.ledger import erasing, keys, resealing
from guitu.ledger.log import bundles
from guitu.people import queries as persons
from guitu.web.sealed_columns import SEALED
from tests.factories import rosters
from tests.factories.rings import key_of
from tests.ledger.test_the_log import as_role, bundle_of, grow, recheck, some_entry
from tests.roads.test_a_sealed_file import NUMBER, the_end
from tests.roads.walking import Walk


class Killed(Exception):
    """The process ends here."""


class Ring:
    """The tests' ring as the environment has it, changed key by key like ``keys rotate`` and ``keys retire`` do."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.held = patch, json.loads(os.environ["GUITU_DATA_KEYS"])

    def rotate(self, name: str, suite: str) -> None:
        self.held["keys"][name] = key_of(suite, name)
        self.held["current"] = name
        self.use()

    def retire(self, name: str) -> None:
        public = keys.ring().keys[name].signer.public
        suite = keys.ring().keys[name].suite.name
        del self.held["keys"][name]
        self.held.setdefault("retired", {})[name] = {"suite": suite, "public": base64.b64encode(public).decode()}
        self.use()

    def use(self) -> None:
        self.patch.setenv("GUITU_DATA_KEYS", json.dumps(self.held))


def values(house) -> dict[tuple[str, str, str], str]:
    """A digest of every sealed value in the house, papers and parcels among them, opened where it stands."""
    found = {}
    with house.role("postgres") as door:
        for one in SEALED:
            columns = ", ".join(f"{name}::text" for name in one.named)
            held = f"SELECT id::text, {one.column}, {columns} FROM {one.table} WHERE {one.column} IS NOT NULL"
            for key, sealed, *named in door.execute(held).fetchall():
                place = one.place.format(**dict(zip(one.named, named, strict=True)))
                plain = keys.decrypt_bytes(sealed, belongs_to=place)
                found[one.table, one.column, key] = hashlib.sha256(plain).hexdigest()
    return found


def reseal(house, *, killed_after: int | None = None) -> resealing.Resealed:
    done = 0

    def noted(table: str, number: int) -> None:
        nonlocal done
        done += 1
        if done == killed_after:
            raise Killed

    with as_role("guitu_owner"):
        return resealing.reseal(SEALED, noted=noted)


def marks() -> list[int]:
    """What ends the rows of an exported list, by which it is found again outside the house."""
    return [digest("an export", str(row)) for row in range(40)]


class Known:
    """What must be the same at every step."""

    def __init__(self, house, walk: Walk, token: str) -> None:
        self.house, self.walk, self.token = house, walk, token
        grow()
        self.bundle = bundle_of(house, some_entry(house))
        self.values, self.marks = values(house), marks()
        self.register = erasing.register_file()
        erasing.append(self.register, [])

    def holds(self) -> None:
        """Every value opens to what it was; the person is found by the whole number; receipts hold; the bundle of
        before and one of now verify; the session goes on; the marks of an exported list are the same."""
        now = values(self.house)
        assert {key: now[key] for key in self.values} == self.values
        with self.house.acting("county"), transaction.atomic(durable=True):
            assert persons.held_numbers("resident_id", [NUMBER])
            assert not persons.held_numbers("resident_id", [rosters.number("910121", "19800101", "117")])
            for one in exchange.receipts_listed(most=10):
                assert one.holds
        assert bundles.verify(self.bundle).judged.witnessed
        grow()
        assert bundles.verify(bundle_of(self.house, some_entry(self.house))).judged.witnessed
        assert recheck().wrong == []
        with self.house.role("guitu_app") as door:
            door.execute("SELECT set_config('guitu.token', %s, false)", (self.token,))
            assert door.execute("SELECT count(*) FROM access_whoami()").fetchone() == (1,)
        assert marks() == self.marks
        assert erasing.read_register(self.register) == []


@pytest.fixture
def known(house, tmp_path, monkeypatch) -> Known:
    monkeypatch.setenv("GUITU_ERASURE_REGISTER", str(tmp_path / "erasures.jsonl"))
    walk = the_end(house)
    return Known(house, walk, house.token("county"))


def test_from_intl_to_gm_and_back_all_is_read_found_and_proven_also_half_way(house, known, monkeypatch) -> None:
    ring = Ring(monkeypatch)
    former, tables = ring.held["current"], {table for table, _, _ in known.values}
    assert len(tables) > 4, "control: there is something to be read"
    assert {"people_identifier", "people_fact", "papers_document", "exchange_parcel"} <= tables
    for place, (name, suite) in enumerate((("k2", "gm"), ("k3", "intl"))):
        known.holds()
        ring.rotate(name, suite)
        known.holds()  # nothing is sealed anew yet
        with pytest.raises(Killed):
            reseal(house, killed_after=2 + place)
        with as_role("guitu_owner"):
            labels = resealing.used_labels(SEALED)
        assert len(labels) == 2, "control: it was killed half way"
        known.holds()
        assert reseal(house).unopened == 0
        with as_role("guitu_owner"):
            assert set(resealing.used_labels(SEALED)) == {f"{suite}/{name}"}
        ring.retire(former)
        known.holds()  # the key that is no longer used can go
        former = name


def test_control_without_sealing_anew_a_retired_key_is_missed(house, known, monkeypatch) -> None:
    ring = Ring(monkeypatch)
    former = ring.held["current"]
    ring.rotate("k2", "gm")
    known.holds()
    ring.retire(former)
    with pytest.raises(keys.KeyMissing):
        known.holds()


def test_control_a_blind_index_that_is_not_made_anew_finds_nobody(house, known, monkeypatch) -> None:
    ring = Ring(monkeypatch)
    former = ring.held["current"]
    ring.rotate("k2", "gm")
    monkeypatch.setattr(f"{__name__}.SEALED", [dataclasses.replace(one, index=None) for one in SEALED])
    assert reseal(house).unopened == 0
    ring.retire(former)
    with pytest.raises(AssertionError):
        known.holds()
