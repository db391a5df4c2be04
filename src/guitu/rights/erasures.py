"""A granted erasure carried out by the worker: every room forgets the person, proof and certificate stay."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection, transaction

from guitu.access import erasing as access_room
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.own_connections import connected_as
from guitu.evaluation import erasing as evaluation
from guitu.exchange import erasing as exchange
from guitu.handover import erasing as handover
from guitu.journeys import erasing as journeys
from guitu.ledger.erasing import erase_payloads, register_erasure
from guitu.ledger.holdings import Cursor
from guitu.ledger.operations import record
from guitu.notices import erasing as notices
from guitu.papers import erasing as papers_room
from guitu.papers import operations as papers
from guitu.papers.policy import chinese_day
from guitu.people import erasing as people
from guitu.prison import erasing as prison
from guitu.rights import erasing as rights_room
from guitu.rights.deciding import ERASE
from guitu.rights.models import BreachPerson, Erasure
from guitu.rights.rooms import ROOMS
from guitu.rulebook.rights import rights_rules
from guitu.support import erasing as support

CERTIFICATE = "erasure_certificate"
IN_ORDER = (
    rights_room,
    support,
    evaluation,
    prison,
    handover,
    exchange,
    papers_room,
    journeys,
    notices,
    access_room,
    people,
)
"""From the top of the house down; the person's own row goes last."""
KEPT = (
    "谁查阅过的留痕和删除登记（只剩编号，对不出本人）、台账条目的承诺值。"
    "留痕属于个人信息处理情况记录，依个人信息保护法第56条保存。"
    "依法不让单位知道有没有的类别同样删除，不列件数；向检察院的投诉没有答复的，由检察院答复以后删除。"
)
UNTOLD = frozenset(
    one.table for room in ROOMS for one in room.holdings if one.closed in {"APART", "HELD_BACK", "SEALED"}
) | {BreachPerson._meta.db_table}
"""Tables whose rows no office learns of: how many went stands neither in the proof nor in the certificate."""
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def forget(person_id: uuid.UUID, cursor: Cursor) -> dict[str, int]:
    """Let every room forget the person, in one transaction of the caller; how many rows of each table.

    Also what a restore replays for each person in the register of erasures, as guitu_owner.
    """
    counts: dict[str, int] = {}
    for room in IN_ORDER:
        counts |= room.erase(person_id, cursor)
    return counts


def close(erasure_id: uuid.UUID, counts: Mapping[str, int], *, at: datetime, cursor: Cursor) -> None:
    """Note that an erasure is done at `at` and what it took, as far as offices may know it (`UNTOLD`).

    Whom it was about is forgotten. Closed stays closed.
    """
    told = {table: number for table, number in counts.items() if table not in UNTOLD}
    cursor.execute("SELECT rights_erased(%s::uuid, %s::timestamptz, %s::jsonb)", (erasure_id, at, json.dumps(told)))


def carry_out(erasure_id: uuid.UUID, *, today: date, at: datetime, noted: Callable[[int, int], None]) -> bool:
    """Erase as decided, then issue the certificate; False if nothing was decided. Done by the worker, in the post that
    decided. What is done already is not done again: a worker killed between the two goes on with the certificate.
    """
    with transaction.atomic():
        erasure = Erasure.objects.filter(id=erasure_id).first()
    if erasure is None:
        return False
    if erasure.person_id is not None:
        access.require(ERASE, [] if _is_sealed(erasure_id) else [erasure.person_id])
        _erase(erasure.person_id, erasure_id, ground=erasure.ground, approved_by=erasure.decided_by, at=at)
    noted(1, 2)
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update(no_key=True).get(id=erasure_id)
        if erasure.document_id is None:
            _certify(erasure, today=today, at=at)
    noted(2, 2)
    return True


def _is_sealed(erasure_id: uuid.UUID) -> bool:
    """Whether the file is a sealed one, which no post sees; the database lets only this decision be carried out."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rights_erases_sealed(%s::uuid)", [erasure_id])
        found: bool = cursor.fetchone()[0]
    return found


def _erase(person_id: uuid.UUID, erasure_id: uuid.UUID, *, ground: str, approved_by: uuid.UUID, at: datetime) -> None:
    """Register, then delete as guitu_job under the errand's token, on a connection of its own: one transaction."""
    state = actor()
    with connected_as("guitu_job") as held, held.transaction(), held.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)",
            (state.token, state.purpose),
        )
        register_erasure(person_id, erasure_id=erasure_id, ground=ground, approved_by=approved_by, at=at, cursor=cursor)
        counts = forget(person_id, cursor) | erase_payloads(person_id, cursor)
        close(erasure_id, counts, at=at, cursor=cursor)


def _certify(erasure: Erasure, *, today: date, at: datetime) -> None:
    event_id = uuid.uuid5(erasure.id, "guitu:erased")
    ground = rights_rules().deletions[erasure.ground]
    titles = {model._meta.db_table: str(model._meta.db_table_comment) for model in apps.get_models()}
    gone = sorted((titles[table], number) for table, number in erasure.counts.items() if number)
    done_at = erasure.done_at or at
    issued = papers.issue(
        CERTIFICATE,
        person_id=None,
        facts={
            "request": erasure.number,
            "ground": f"{ground.words.zh}（{ground.article}）",
            "decided_on": chinese_day(erasure.decided_at.astimezone(_SHANGHAI).date()),
            "done_at": f"{done_at.astimezone(_SHANGHAI):%Y-%m-%d %H:%M}",
            "counts": "\n".join(f"{title}\t{number}" for title, number in gone),
            "kept": KEPT,
            "entry": str(event_id),
        },
        event_id=event_id,
        at=at,
    )
    erasure.document_id = issued.id
    erasure.save(update_fields=["document_id"])
    record(
        "rights:person:erased",
        subjects=[],
        division=erasure.division,
        at=at,
        event_id=event_id,
        number=erasure.number,
        ground=erasure.ground,
        legal_day=today,
        certificate=issued.number,
    )
