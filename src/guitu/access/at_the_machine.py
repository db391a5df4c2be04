"""Acting in a post from the command line of the installation's own machine, without password or browser.

Whoever may read the sign-in key there could mint a session anyway; this is the way that leaves a line of it: in the
sign-ins of the post's holder, naming the operating-system user, and in the trace of whatever is asked for.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from guitu.access import acting, signing_in
from guitu.access.entering import hand, note
from guitu.access.queries import session_of
from guitu.access.roles import ROLES

_NAMED = re.compile(r"(?P<login>[^:]+):(?P<unit>[^:]+):(?P<role>[A-Z_]+)")
_IN_OFFICE = (
    "SELECT p.id, a.id, p.role FROM access_post p JOIN access_account a ON a.id = p.account_id"
    " JOIN access_unit u ON u.id = p.unit_id"
    " WHERE a.active AND p.from_at <= %(at)s AND (p.to_at IS NULL OR p.to_at > %(at)s)"
    " AND (p.id = %(id)s::uuid OR (a.login = %(login)s AND u.code = %(unit)s AND p.role = %(role)s))"
)


class PostNotInOffice(LookupError):
    """No such post is in office now."""


class PurposeNotAllowed(PermissionError):
    """The role of this post does not work for that purpose."""


@contextmanager
def acting_in_post(
    named: str, purpose: str, *, done_by: str, at: datetime, lasts: timedelta
) -> Iterator[acting.Acting]:
    """Act in the post `named` (its id, or ``login:unit-code:role``) for `purpose`; the session ends with the block.

    An empty purpose is the first of the post's role.
    `done_by` is the operating-system user, kept in the sign-in line in place of a network address; `lasts` bounds the
    session should the process die. Raises PostNotInOffice, PurposeNotAllowed.
    """
    account_id, post_id = _post(named, purpose, done_by=done_by, at=at)
    token = signing_in.mint(account_id, post_id, lasts=lasts)
    try:
        signing_in.place(token, at_machine=True)
        session = session_of(token)
        if session is None:
            raise PostNotInOffice(named)
        with acting.acting(session, purpose or session.purposes[0]) as state:
            yield state
    finally:
        signing_in.end(token)


def _post(named: str, purpose: str, *, done_by: str, at: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    """Account and post, with the line of the sign-in, also of a refused one."""
    parts = _NAMED.fullmatch(named)
    wanted: dict[str, object] = {"at": at, "id": _as_id(named), "login": None, "unit": None, "role": None}
    if parts:
        wanted |= parts.groupdict()
    address = f"command line: {done_by}"
    with hand() as at_door:
        row = at_door.execute(_IN_OFFICE, wanted).fetchone()
        known = row is not None and row[2] in ROLES
        allowed = row is not None and known and (not purpose or purpose in ROLES[row[2]].purposes)
        outcome = "SUCCEEDED" if allowed else "REFUSED"
        note(at_door, outcome, account_id=row[1] if row else None, address=address, at=at)
    if row is None or not known:
        raise PostNotInOffice(named)
    if not allowed:
        raise PurposeNotAllowed(purpose)
    return row[1], row[0]


def _as_id(named: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(named)
    except ValueError:
        return None
