"""Whether the database refused because it has no more room: the one failure that another try does not cure."""

from __future__ import annotations

NO_ROOM = "53"  # the class of SQLSTATE called insufficient resources; 53100 is a full disk
_EXTENDING = "could not extend file"  # also said, with another state, where a file may grow no longer


def disk_is_full(error: BaseException | None) -> bool:
    """Say whether this error, or the server's that caused it, is that a table or file could not grow."""
    while error is not None:
        state = getattr(error, "sqlstate", None)
        if isinstance(state, str) and (state.startswith(NO_ROOM) or _EXTENDING in str(error)):
            return True
        error = error.__cause__
    return False


def nearly_full(*, free: int, whole: int, percent: int) -> bool:
    """Say whether less than `percent` hundredths of the disk are free; both in bytes."""
    return free * 100 < whole * percent
