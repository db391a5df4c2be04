"""What a person's file says of the assessment before release: which report stands, where it is read or made."""

from __future__ import annotations

from typing import Any

from guitu.access.deciding import sight_of
from guitu.access.roles import ROLES
from guitu.journeys.queries import Road
from guitu.people.queries import CLEAR
from guitu.prison import queries as prison
from guitu.web.papers.rows import closed_words
from guitu.web.permits import Request


def of_file(request: Request, road: Road | None) -> dict[str, Any]:
    """The panel for those who may read an assessment; nothing of what it holds is shown before it is opened."""
    may = ROLES[request.acting_session.role].may
    if road is None or "assessment:read" not in may:
        return {}
    answered = any(answer.step == "assessment" for answer in road.answers)
    reports = prison.assessments_listed(road.task.journey_id) if answered else []
    sender = request.acting_session.unit_id == road.task.sending_unit_id
    makes = sender and "assessment:make" in may and road.task.released_at is None and road.task.ended_at is None
    sight = sight_of([road.task.person_id]) if reports else None
    closed = [item for item in prison.SHOWN if sight and sight.of(road.task.person_id, item).effect not in CLEAR]
    standing = road.step("assessment").standing
    return {
        "assessment": {"reports": reports, "closed": closed_words(closed), "makes": makes, "standing": standing},
    }
