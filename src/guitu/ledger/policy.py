"""When the log is rechecked and records are ended; pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

HOURS_OF_A_DAY = 24


def night_of(local: datetime, *, hour: int) -> date:
    """The night that a moment (legal time) belongs to: nights begin at `hour`."""
    return (local - timedelta(hours=hour)).date()


def at_night(local: datetime, *, hour: int, lasts: int) -> bool:
    """Whether a moment (legal time) lies within the `lasts` hours from `hour` on."""
    return (local.hour - hour) % HOURS_OF_A_DAY < lasts


def recheck_due(local: datetime, *, hour: int, lasts: int, begun: datetime | None, ended: bool) -> bool:
    """Whether a batch may be rechecked at `local` (legal time, as is `begun`, when the last pass began).

    The first pass begins at any hour; otherwise a pass that has not ended goes on within `lasts` hours from `hour` on,
    and a new one begins once a night.
    """
    if begun is None:
        return True
    if not at_night(local, hour=hour, lasts=lasts):
        return False
    return not ended or night_of(begun, hour=hour) != night_of(local, hour=hour)
