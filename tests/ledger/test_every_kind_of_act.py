"""A bundle of each kind of act is verified offline; one with a flipped bit is refused or shows what it did before."""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from guitu.ledger.log import bundles, tiles
from guitu.ledger.log.bundles import BundleWrong, Content
from guitu.ledger.log.checkpoints import Checkpoint
from guitu.ledger.log.entries import Recorded
from guitu.ledger.log.tree import inclusion_proof, root
from guitu.rulebook.book import load_national
from tests.ledger.test_the_log import KEY, LOG, POLICY, bundle_of, grow
from tests.ledger.test_tree import reading
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house

SALT, CANONICAL = bytes(range(16)), 'post\nRETURN\nperson\n{"状态": "签收"}'


def flipped(text: str, places: int) -> list[str]:
    """The text with the lowest bit of one letter or digit changed, at so many places spread over it."""
    standing = [at for at, sign in enumerate(text) if sign.isascii() and sign.isalnum()]
    chosen = standing[:: max(1, len(standing) // places)]
    return [text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :] for at in chosen]


def shown(text: str) -> Any:
    """What a bundle shows of itself, or that it is refused."""
    try:
        found = bundles.verify(text)
    except BundleWrong:
        return "refused"
    return found.act, found.event_id, found.at, found.unit_id, found.other_unit_id, found.content, found.index


def prove(act: str, bundle: str, places: int) -> Any:
    """The bundle shows this act, and no bent one shows anything else; returns what it shows."""
    honest = shown(bundle)
    assert honest[0] == act
    for bent in flipped(bundle, places):
        assert shown(bent) in {"refused", honest}, act
    return honest


def test_what_a_peopled_house_recorded_is_proved_offline_for_each_kind_of_act(fresh, repetitions) -> None:  # noqa: F811
    while grow().more:
        pass
    with fresh.role("guitu_owner") as door:
        kinds = dict(door.execute("SELECT act, (array_agg(id ORDER BY at))[1] FROM ledger_entry GROUP BY act"))
        payloads = dict(door.execute("SELECT entry_id, canonical FROM ledger_payload"))
    connection.close()
    assert len(kinds) >= 10
    for act, entry in kinds.items():
        bundle = bundle_of(fresh, entry)
        assert prove(act, bundle, repetitions(12, full=200))[5] in {None, payloads.get(entry)}


def test_each_act_of_the_rulebook_is_proved_offline() -> None:
    recorded = [
        Recorded(
            act,
            uuid.UUID(int=place),
            datetime(2026, 9, 1, tzinfo=UTC),
            None,
            None,
            hashlib.sha256(SALT + CANONICAL.encode()).digest(),
        )
        for place, act in enumerate(sorted(load_national().acts))
    ]
    assert len(recorded) > 190
    stored = tiles.appended(0, {}, [one.leaf for one in recorded])
    tree = tiles.reader(reading(stored))
    note = str(Checkpoint(LOG.name, len(recorded), root(tree, len(recorded))).signed(KEY))
    for place, one in enumerate(recorded):
        hashes = inclusion_proof(tree, place, len(recorded))
        content = Content(SALT, CANONICAL)
        bundle = bundles.write(one.text, content, index=place, hashes=hashes, note=note, policy=POLICY)
        assert prove(one.act, bundle, 6)[5] == CANONICAL
