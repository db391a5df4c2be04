"""Acting at the machine on what two administrators confirmed, as guitu_owner; and the emergency way, with its line.

Keys and the division list are files of the machine: nobody acts in a post there. The verb asks here first, and notes
here that it has acted, in the transaction of its line in the ledger.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from guitu.access.models import DualChange, Post, RoleEdition
from guitu.access.roles import SEPARATED
from guitu.ledger.operations import record_at_machine
from guitu.ledger.queries import is_recorded, last_recorded


class NotConfirmed(RuntimeError):
    """No confirmed change orders this; nothing was done."""


def ordered(kind: str, named: str, *, digest: str = "") -> uuid.UUID | None:
    """The confirmed change of this kind that has not been acted on, the oldest; None before there are administrators.

    `named` is the suite or the key; with a `digest` the content must be the very one that was confirmed.
    Raises NotConfirmed.
    """
    found = DualChange.objects.filter(kind=kind, decision="CONFIRMED", done_at__isnull=True)
    found = found.filter(sha256=digest) if digest else found.filter(named=named)
    change = found.order_by("decided_at", "id").values_list("id", flat=True).first()
    if change is None and Post.objects.filter(role__in=[role.code for role in SEPARATED]).exists():
        raise NotConfirmed
    return change


def carry_out(
    act: str,
    event: uuid.UUID,
    *,
    kind: str,
    named: str,
    digest: str = "",
    emergency: str = "",
    facts: Mapping[str, str],
    done_by: str,
    at: datetime,
) -> None:
    """Note once that the machine acts on a confirmed change, both hands in the ledger's line; `emergency`, words, does
    without one and leaves its own line among the changes. Raises NotConfirmed.
    """
    with transaction.atomic():
        if is_recorded(act, event):
            return
        if emergency.strip():
            change: uuid.UUID | None = _put_emergency(
                kind, named, digest=digest, words=emergency.strip(), done_by=done_by, at=at
            )
        else:
            change = ordered(kind, named, digest=digest)
        held = DualChange.objects.filter(id=change).first() if change is not None else None
        told = dict(facts) | {"done_by": done_by, "emergency": emergency.strip()}
        if held is not None:
            told |= {"change": str(held.id), "proposed_by": str(held.proposed_account or "")}
            told["confirmed_by"] = str(held.decided_account or "")
            if not held.done_at:
                held.done_at, held.done_by = at, done_by
                held.save(update_fields=["done_at", "done_by"])
        record_at_machine(act, event_id=event, at=at, **told)


def _put_emergency(kind: str, named: str, *, digest: str, words: str, done_by: str, at: datetime) -> uuid.UUID:
    return DualChange.objects.create(
        kind=kind,
        named=named,
        content="",
        sha256=digest,
        differences=[],
        words=words,
        proposed_name="",
        proposed_role="",
        proposed_at=at,
        decision="EMERGENCY",
        done_at=at,
        done_by=done_by,
    ).id


def note_roles(*, roles: str, deployed: str, at: datetime) -> bool:
    """Note at a start which roles and functions were deployed, if they are others than at the start before.

    `roles` and `deployed`: digests of the printed role table and of what compile reads. Returns whether they changed.
    """
    with transaction.atomic():
        last = RoleEdition.objects.order_by("-at", "-id").first()
        if last is not None and (last.roles, last.deployed) == (roles, deployed):
            return False
        before = (last.roles, last.deployed) if last is not None else ("", "")
        made = RoleEdition.objects.create(
            at=at, roles=roles, deployed=deployed, roles_before=before[0], deployed_before=before[1]
        )
        told = {"roles": roles, "deployed": deployed, "roles_before": before[0], "deployed_before": before[1]}
        record_at_machine("access:roles:changed", event_id=made.id, at=at, **told)
    return True


def note_recipient(key: str, *, done_by: str, at: datetime) -> bool:
    """Note at a start to which public key backups are sealed, where the ledger's last word is another or none: the
    first may be set before there is a ledger, or before a restore into a new home. Returns whether it was noted.
    """
    with transaction.atomic():
        if (last_recorded("ledger:recipient:set") or {}).get("key") == key:
            return False
        told = {"key": key, "done_by": done_by, "found": "START"}
        record_at_machine("ledger:recipient:set", event_id=uuid.uuid4(), at=at, **told)
    return True
