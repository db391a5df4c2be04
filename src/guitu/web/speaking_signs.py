"""That an indicator of unusual reading speaks, told to the audit administrators: once a legal day for each post.

Counted in the first round of a legal day, over the window that ends with the day before: a whole day has the same
figures whenever it is counted, and the counting goes over a month of lines. A round that failed is the first one again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from guitu.access import watching
from guitu.access.beats import last_beat
from guitu.access.queries import units_named, units_of_posts
from guitu.access.tree import administrators, separated_who_may
from guitu.notices.operations import Telling, tell_all
from guitu.web.templatetags.guitu_words import legal_day

AUDITORS = separated_who_may("audit:read")
PROCESS = "tick"


def tell_speaking(*, at: datetime) -> int:
    """Tell each audit desk of the posts in its range whose reading speaks; how many notices were new."""
    today = legal_day(at)
    with transaction.atomic():
        before = last_beat(PROCESS)
        if before is not None and legal_day(before) >= today:
            return 0
        day = today - timedelta(hours=24)
        spoke = [one for one in watching.watched(watching.window_until(day), day) if one.signs]
        units = units_of_posts({one.post_id for one in spoke})
        desks = administrators(*AUDITORS, at=at)
        over = units_named({desk.unit_id for desk in desks})
        tellings = [
            Telling(
                desk,
                "LOOKS_SPEAK",
                one.post_id,
                {"unit": str(units[one.post_id].id), "count": str(len(one.signs))},
                f"{today:%Y%m%d}",
            )
            for desk in desks
            for one in spoke
            if over[desk.unit_id].division <= units[one.post_id].division < over[desk.unit_id].division_end
        ]
        return tell_all(tellings, at=at)
