"""通知: `tell` and its set-wise form, marking as read, the own choices, and the way to other channels.

A notice is written in the transaction of the fact it tells (docs/adr/0020): nothing is lost when a process is killed,
and what is rolled back was never told. Text messages and mail follow later, by the tick.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction

from guitu.access.rule_packs import active_book
from guitu.access.tree import Desk
from guitu.ledger.keys import encrypt
from guitu.notices.models import Failure
from guitu.notices.policy import AddressRefused, NotToBeSwitchedOff, address_of, may_be_switched_off
from guitu.rulebook.notice import FactRefused


@dataclass(frozen=True)
class Post:
    """One post of a unit as the recipient."""

    unit_id: uuid.UUID
    post_id: uuid.UUID
    role: str


@dataclass(frozen=True)
class Person:
    """The person concerned as the recipient."""

    person_id: uuid.UUID


Recipient = Desk | Post | Person
"""Whom a notice is for: the posts of a unit's desk, one post, or the person."""


@dataclass(frozen=True)
class Telling:
    """One notice to be told: to whom, which, about what; `key` tells apart several about the same subject.

    `person_id` is whom the matter concerns; the facts are ids, days, moments and numbers as text, never a name.
    """

    recipient: Recipient
    code: str
    subject_id: uuid.UUID
    facts: Mapping[str, str]
    key: str = ""
    step: int | None = None
    person_id: uuid.UUID | None = None


def tell(
    recipient: Recipient,
    code: str,
    facts: Mapping[str, str],
    at: datetime,
    *,
    subject_id: uuid.UUID,
    key: str = "",
    person_id: uuid.UUID | None = None,
) -> bool:
    """Tell one notice once, in the caller's transaction; False if it was told before.

    Raises FactRefused, LookupError for an unknown code, DatabaseError GU005 where the teller does not see the person.
    """
    return _write([Telling(recipient, code, subject_id, facts, key, None, person_id)], at=at) == 1


def tell_all(tellings: Sequence[Telling], *, at: datetime) -> int:
    """Tell many, each once, in the caller's transaction, in one statement; how many were new. Raises as `tell`."""
    return _write(tellings, at=at)


def tell_each(tellings: Sequence[Telling], *, at: datetime, retry: timedelta) -> tuple[int, int]:
    """Tell many so that one that fails stops no other: it is noted, and may be tried again after `retry`.

    In the caller's transaction; returns how many were new and how many failed. One statement while none fails.
    """
    notices = active_book().notices
    good, failed = [], []
    for telling in tellings:
        try:
            notices[telling.code].check(telling.facts)
        except (KeyError, FactRefused):
            failed.append((telling, "FACTS"))
        else:
            good.append(telling)
    new = _divided(good, failed, at=at)
    _note_failures(failed, at=at, retry=retry)
    return new, len(failed)


def _divided(tellings: list[Telling], failed: list[tuple[Telling, str]], *, at: datetime) -> int:
    if not tellings:
        return 0
    try:
        with transaction.atomic():
            return _write(tellings, at=at)
    except DatabaseError:
        if len(tellings) == 1:
            failed.append((tellings[0], "DATABASE"))
            return 0
        half = len(tellings) // 2
        return _divided(tellings[:half], failed, at=at) + _divided(tellings[half:], failed, at=at)


def _note_failures(failed: list[tuple[Telling, str]], *, at: datetime, retry: timedelta) -> None:
    for telling, reason in failed:
        unit_id = None if isinstance(telling.recipient, Person) else telling.recipient.unit_id
        held = Failure.objects.filter(
            subject_id=telling.subject_id, code=telling.code, key=telling.key, unit_id=unit_id
        ).first()
        if held is None:
            held = Failure(subject_id=telling.subject_id, code=telling.code, key=telling.key, unit_id=unit_id, tries=0)
        held.step, held.reason, held.at, held.retry_at = telling.step, reason, at, at + retry
        held.tries += 1
        held.save()


def forget_failures(subject_ids: Iterable[uuid.UUID], *, at: datetime) -> None:
    """Take back the notes of failures about these subjects that are due to be tried again."""
    Failure.objects.filter(subject_id__in=list(subject_ids), retry_at__lte=at).delete()


def _write(tellings: Sequence[Telling], *, at: datetime) -> int:
    if not tellings:
        return 0
    notices = active_book().notices
    for telling in tellings:
        notices[telling.code].check(telling.facts)
    told = [_normal(telling) for telling in tellings]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT notices_tell(%s::text[], %s::uuid[], %s::text[], %s::smallint[], %s::uuid[], %s::uuid[],"
            " %s::text[], %s::boolean[], %s::uuid[], %s::text[], %s::timestamptz)",
            [
                [one.code for one in told],
                [one.subject_id for one in told],
                [one.key for one in told],
                [one.step for one in told],
                [None if isinstance(one.recipient, Person) else one.recipient.unit_id for one in told],
                [one.recipient.post_id if isinstance(one.recipient, Post) else None for one in told],
                [_roles(one.recipient) for one in told],
                [isinstance(one.recipient, Person) for one in told],
                [one.person_id for one in told],
                [json.dumps(dict(one.facts), ensure_ascii=False, sort_keys=True) for one in told],
                at,
            ],
        )
        return int(cursor.fetchone()[0])


def _normal(telling: Telling) -> Telling:
    if isinstance(telling.recipient, Person):
        return replace(telling, person_id=telling.recipient.person_id)
    return telling


def _roles(recipient: Recipient) -> str:
    if isinstance(recipient, Desk):
        return ",".join(recipient.roles)
    return recipient.role if isinstance(recipient, Post) else ""


def mark_read(notice_ids: Iterable[uuid.UUID], *, at: datetime) -> int:
    """Mark these notices as read by the acting post, and no others; returns how many were new."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT notices_mark_read(%s::uuid[], %s::timestamptz)", [list(notice_ids), at])
        return int(cursor.fetchone()[0])


def mark_all_read(newest: uuid.UUID, *, at: datetime, settles: timedelta) -> None:
    """Mark all that the acting post was told up to the notice `newest` (the first one it was shown) as read.

    What was told within `settles` before `at` is marked one by one, as far as it is there: a telling that began earlier
    may still be under way and must not count as read when it ends. Nothing happens where the own unit was told no such.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT notices_mark_all_read(%s::uuid, %s::timestamptz, %s::timestamptz)", [newest, at - settles, at]
        )


def choose(switched_off: Iterable[tuple[str, str]]) -> None:
    """Keep which (code, channel) the own account does not want; the whole choice at once.

    Raises NotToBeSwitchedOff for a statutory notice, and for one that does not exist or not over this channel.
    """
    wanted = sorted(set(switched_off))
    with transaction.atomic(), connection.cursor() as cursor:
        notices = active_book().notices
        for code, channel in wanted:
            if code not in notices or not may_be_switched_off(notices[code], channel):
                raise NotToBeSwitchedOff(code)
        cursor.execute(
            "SELECT notices_switch_off(%s::text[], %s::text[])",
            [[code for code, _ in wanted], [channel for _, channel in wanted]],
        )


def set_address(account_id: uuid.UUID, channel: str, given: str) -> None:
    """Keep, encrypted, where the own account is reached over `channel`; an empty text gives it up.

    Raises AddressRefused.
    """
    plain = address_of(channel, given) if given.strip() else ""
    sealed = encrypt(plain, belongs_to=f"{account_id}:{channel}") if plain else None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT notices_set_address(%s::text, %s::bytea)", [channel, sealed])


__all__ = [
    "AddressRefused",
    "Desk",
    "NotToBeSwitchedOff",
    "Person",
    "Post",
    "Recipient",
    "Telling",
    "choose",
    "forget_failures",
    "mark_all_read",
    "mark_read",
    "set_address",
    "tell",
    "tell_all",
    "tell_each",
]
