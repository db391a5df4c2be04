"""Network addresses from which too much has failed must wait, whatever is tried from there."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from guitu.access.entering import Rules

_SUBNET_BITS = 64
_FAILURES_FROM_ADDRESS = "SELECT count(*) FROM access_sign_in WHERE address = %s AND at > %s AND outcome = ANY (%s)"
_FAILURES_FROM_SUBNET = (
    "SELECT count(*) FROM access_sign_in WHERE at > %s AND outcome = ANY (%s)"
    " AND CASE WHEN address LIKE '%%:%%' THEN split_part(address, '%%', 1)::inet <<= %s::inet END"
)
_FAILURES = ["FAILED", "CODE_FAILED", "PASSKEY_FAILED", "LOCKED", "REFUSED"]


class TooManyFailures(PermissionError):
    """Too many failures came from this network address; nothing is tried until the time is over."""


def slow_down(at_door: psycopg.Cursor[tuple[Any, ...]], address: str, *, at: datetime, rules: Rules) -> None:
    """Let nothing be tried from an address with too many failures. Raises TooManyFailures.

    Whoever has an IPv6 address has 2^64 of them, the host part being theirs to choose (RFC 4291 2.5.1): those count
    together.
    """
    since = at - rules.address_window
    if ":" in address:
        subnet = str(ipaddress.ip_network(f"{address.partition('%')[0]}/{_SUBNET_BITS}", strict=False))
        at_door.execute(_FAILURES_FROM_SUBNET, (since, _FAILURES, subnet))
    else:
        at_door.execute(_FAILURES_FROM_ADDRESS, (address, since, _FAILURES))
    row = at_door.fetchone()
    if row is not None and row[0] >= rules.address_tries:
        raise TooManyFailures
