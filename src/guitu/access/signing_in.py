"""Signing in: on its own connection as guitu_signin, the only role that can mint an acting session (decision 3).

A plain psycopg connection, not a Django alias: what it writes is committed at once and never mixed with a page's work.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import connection, transaction

from guitu.access import acting
from guitu.access.own_connections import connected_as
from guitu.access.roles import ROLES

TOKEN_BYTES = 32
_MINTED = re.compile(r"[A-Za-z0-9_-]{1,200}")


class SignInRefused(PermissionError):
    """Login or password wrong, account locked, or no post in office. One word for all, so that nothing is told."""


@dataclass(frozen=True)
class PostChoice:
    """A post that an account holds now."""

    id: uuid.UUID
    title: str
    unit: str
    role: str


@contextmanager
def door() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of its own as guitu_signin, in autocommit: what is written at the door does not hang on a page."""
    with connected_as("guitu_signin") as held:
        yield held


def hashed(token: str) -> bytes:
    """The digest under which a token is kept; the token itself is known to its holder only."""
    return hashlib.sha256(token.encode()).digest()


def posts_of(account_id: uuid.UUID, *, at: datetime) -> list[PostChoice]:
    """The posts this account holds at `at`, in the order of their titles."""
    with door() as held:
        rows = held.execute(
            "SELECT p.id, p.title, u.name, p.role FROM access_post p JOIN access_unit u ON u.id = p.unit_id"
            " WHERE p.account_id = %s AND p.from_at <= %s AND (p.to_at IS NULL OR p.to_at > %s) ORDER BY p.title, p.id",
            (account_id, at, at),
        ).fetchall()
    return [PostChoice(row[0], row[1], row[2], row[3]) for row in rows if row[3] in ROLES]


@dataclass(frozen=True)
class OwnPost:
    """A post of a person themself, or of whoever holds a mandate."""

    account_id: uuid.UUID
    post_id: uuid.UUID
    role: str
    login: str


def own_posts(*, at: datetime) -> list[OwnPost]:
    """The first post in force of each role that persons hold for themselves: what a demonstration offers."""
    with door() as held:
        rows = held.execute(
            "SELECT DISTINCT ON (p.role) a.id, p.id, p.role, a.login FROM access_post p JOIN access_account a"
            " ON a.id = p.account_id WHERE a.for_person AND p.from_at <= %s AND (p.to_at IS NULL OR p.to_at > %s)"
            " ORDER BY p.role, p.from_at, p.id",
            (at, at),
        ).fetchall()
    return [OwnPost(*row) for row in rows]


def mint(account_id: uuid.UUID, post_id: uuid.UUID, *, lasts: timedelta, idle: timedelta | None = None) -> str:
    """A new acting session for this account in this post: the raw token, known to nobody else.

    It ends after `lasts`, and sooner when not used for `idle`; without `idle` only the absolute end binds (work that is
    done in one go). Raises SignInRefused if the account does not hold the post now.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with door() as held:
        try:
            held.execute(
                "SELECT access_mint(%s, %s, %s, %s, %s)", (hashed(token), account_id, post_id, lasts, idle or lasts)
            )
        except psycopg.errors.DatabaseError as error:
            if error.sqlstate == "GU004":
                raise SignInRefused from error
            raise
    return token


def mint_tick(*, lasts: timedelta) -> str:
    """A token of the machine post, minted on the calling process's own connection, which must be guitu_job's."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT access_mint_tick(%s::bytea, %s::interval)", (hashed(token), str(lasts)))
    return token


def end(token: str) -> None:
    """End the acting session of this token; unknown tokens are ignored."""
    with door() as held:
        held.execute("SELECT access_end_session(%s)", (hashed(token),))


def move(token: str, network: str, *, lasts: timedelta | None = None, idle: timedelta | None = None) -> None:
    """Note from which network a session is used; with `lasts` and `idle` it becomes no longer than these."""
    with door() as held:
        held.execute(
            "SELECT access_move_session(%s, %s, %s::interval, %s::interval)", (hashed(token), network, lasts, idle)
        )


def renew(token: str) -> str:
    """Another token for the same session, which otherwise goes on as it is; the one before opens nothing any more.

    Empty if the session is over.
    """
    fresh = secrets.token_urlsafe(TOKEN_BYTES)
    with door() as held:
        row = held.execute("SELECT access_renew_session(%s, %s)", (hashed(token), hashed(fresh))).fetchone()
    return fresh if row is not None and row[0] else ""


def place(token: str, *, passkey: uuid.UUID | None = None, at_machine: bool = False) -> None:
    """Note by what a fresh session was opened: a passkey of a terminal for administration, or the command line."""
    with door() as held:
        held.execute("SELECT access_place_session(%s, %s, %s)", (hashed(token), passkey, at_machine))


def follow(token: str, former: str) -> None:
    """Let a session in another post of the same account go on at the terminal of the former one, still open."""
    with door() as held:
        held.execute("SELECT access_follow_session(%s, %s)", (hashed(token), hashed(former)))


def looks_minted(token: str) -> bool:
    """Whether a token could be one that was minted: some letters of its alphabet, and nothing else."""
    return _MINTED.fullmatch(token) is not None


@contextmanager
def acting_token(token: str) -> Iterator[None]:
    """Carry a bare token, whose post is not known yet, for one look at who it belongs to."""
    with acting.bare(token):
        yield
