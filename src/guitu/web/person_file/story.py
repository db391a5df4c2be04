"""What happened to a person, newest first, as the file tells it: sentence, outcome, note, who and where."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _

from guitu.access.queries import UnitView
from guitu.journeys.queries import Road
from guitu.ledger.queries import Happened
from guitu.rulebook.book import load_national
from guitu.support.queries import VisitView
from guitu.web.person_file.sight import known_marks, sees, unit_name
from guitu.web.person_file.support_forms import need_word
from guitu.web.queue_rows import code_word, step_word
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import legal_day

SHOWN_WHOLE = 250
"""A note shorter than this stands whole; a longer one opens on demand. A matter of looks."""
OPEN_NOTES = 3
"""How many of the newest long notes stand open."""

_OF_MARKS = frozenset({"journeys:marks:noted", "journeys:marks:taken_back"})


def told(
    happened: list[Happened],
    road: Road | None,
    visits: list[VisitView],
    names: dict[uuid.UUID, UnitView],
    posts: dict[uuid.UUID, tuple[str, str]],
) -> list[dict[str, Any]]:
    """The lines of the timeline. A follow-up tells its needs and note where the reader was handed them."""
    lines, opened = [], 0
    by_moment = {visit.at: visit for visit in visits}
    for line in happened:
        made = _line(line, road, by_moment, names, posts)
        long = len(made["note"]) >= SHOWN_WHOLE
        made["folded"] = long and opened >= OPEN_NOTES
        opened += long
        lines.append(made)
    return lines


def _line(
    line: Happened,
    road: Road | None,
    visits: dict[Any, VisitView],
    names: dict[uuid.UUID, UnitView],
    posts: dict[uuid.UUID, tuple[str, str]],
) -> dict[str, Any]:
    sentence = load_national().acts[line.act]
    holder, title = posts.get(line.post_id, ("", "")) if line.post_id else ("", "")
    more, note = _of_step(line, road)
    marks = line.facts.get("marks")
    if line.act in _OF_MARKS and isinstance(marks, list):
        known = known_marks(road.task, map(str, marks)) if road else []
        more = _("、").join(code_word("road_mark", mark) for mark in known)
        if line.facts.get("key"):
            named = line.act == "journeys:marks:noted"
            word = _("列为重点对象，必接必送") if named else _("不再列为重点对象")
            more = _("%(marks)s（%(key)s）") % {"marks": more, "key": word} if more else word
    visit = visits.get(line.at) if line.act == "handover:followup:recorded" else None
    if road is None or not sees(road.task.person_id):
        note = ""
    elif visit is not None:
        more, note = " · ".join(need_word(need) for need in visit.needs), visit.note
    return {
        "entry_id": line.entry_id,
        "at": line.at,
        "day": legal_day(line.at),
        "sentence": sentence.en if english() else sentence.zh,
        "more": more,
        "note": note or str(line.facts.get("source", "")),
        "unit": unit_name(names.get(line.unit_id)) if line.unit_id else "",
        "holder": holder,
        "title": title,
        "number": line.facts.get("number") or line.facts.get("certificate") or "",
    }


def _of_step(line: Happened, road: Road | None) -> tuple[str, str]:
    """Which step a line is about and how it came out, and the note that was written with it."""
    step_id = line.facts.get("step")
    if road is None or not isinstance(step_id, str):
        return "", ""
    step = next((one for one in road.definition.steps if one.id == step_id), None)
    if step is None:
        return "", ""
    outcome = next((one for one in step.outcomes if one.id == line.facts.get("outcome")), None)
    words = step_word(step)
    if outcome is not None:
        words += " · " + (outcome.en if english() else outcome.zh)
    answer = next((one for one in road.answers if one.step == step_id and one.at == line.at), None)
    return words, answer.note if answer is not None else ""
