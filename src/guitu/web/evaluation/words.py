"""What the pages of an evaluation say about it: units, shares, steps, and both tables, ready for a template."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from guitu.access.queries import units_named
from guitu.evaluation import queries
from guitu.evaluation.policy import wilson
from guitu.rulebook.book import load_national
from guitu.rulebook.evaluation import evaluation_rules
from guitu.web.notices.words import part_word
from guitu.web.queue_rows import round_word
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import legal_day


def names(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """The names of these units in the language of the page; None is the small counties together."""
    held = units_named({one for one in ids if one is not None})
    told: dict[uuid.UUID | None, str] = {key: one.name_en if english() else one.name for key, one in held.items()}
    return {None: _("各小县合并"), **told}


def question_word(code: str) -> str:
    """A question in the language of the page."""
    words = evaluation_rules().questions[code].words
    return words.en if english() else words.zh


def percent(part: int, whole: int) -> str:
    """A share as whole per cent."""
    return f"{100 * part / whole:.0f}%"


def about(held: queries.EvaluationView) -> dict[str, Any]:
    """What every page says first: who asked whom about what, and until when. Legal days."""
    return about_each([held])[0]


def about_each(found: Sequence[queries.EvaluationView]) -> list[dict[str, Any]]:
    """The same for each of these, the units looked up once."""
    told = names({unit for one in found for unit in (one.commissioner_id, one.evaluator_id, one.scope_id)})
    return [_about(one, told) for one in found]


def _about(held: queries.EvaluationView, told: Mapping[uuid.UUID | None, str]) -> dict[str, Any]:
    last = legal_day(held.to_at - held.to_at.resolution)
    return {
        "id": held.id,
        "title": held.title,
        "commissioner": told[held.commissioner_id],
        "evaluator": told[held.evaluator_id],
        "scope": told[held.scope_id],
        "released_from": held.released_from,
        "released_to": held.released_to,
        "from_on": legal_day(held.from_at),
        "to_on": last,
        "commissioned_at": held.commissioned_at,
        "ended_at": held.ended_at,
        "drawn": held.drawn,
        "verified": held.verified,
        "least": held.least_group,
        "seed": held.seed,
        "frame_size": held.frame_size,
        "frame_digest": held.frame_digest,
        "drawn_at": held.drawn_at,
        "questions": [question_word(code) for code in held.questions],
    }


def figure_tables(lines: Sequence[queries.FigureLine], chosen: str) -> dict[str, Any]:
    """The totals by question, and the counties of the chosen question; hidden numbers are None."""
    told = names({line.county_id for line in lines})
    codes = list(dict.fromkeys(line.question for line in lines))
    chosen = chosen if chosen in codes else (codes[0] if codes else "")
    return {
        "totals": [
            {**_figure(line), "label": question_word(line.question), "code": line.question}
            for line in lines
            if line.county_id is None
        ],
        "counties": [
            {
                **_figure(line),
                "label": told[line.county_id] if line.county_id else _("合计"),
                "total": not line.county_id,
            }
            for line in lines
            if line.question == chosen
        ],
        "chosen": chosen,
        "chosen_word": question_word(chosen) if chosen else "",
        "hides": any(line.matters is None for line in lines),
    }


def _figure(line: queries.FigureLine) -> dict[str, Any]:
    shown = line.matters is not None and line.held is not None
    share = percent(line.held or 0, line.matters) if shown and line.matters else ""
    return {"held": line.held, "matters": line.matters, "hidden": not shown, "share": share}


def compared(lines: Sequence[queries.Compared], chosen: str, least: int) -> dict[str, Any]:
    """Recorded against verified: all strata by question, and the strata of the chosen question."""
    told = names({line.county_id for line in lines})
    codes = list(dict.fromkeys(line.question for line in lines))
    of = {code: [line for line in lines if line.question == code] for code in codes}
    return {
        "compared": [_compared(of[code], question_word(code), least) for code in codes],
        "strata": [_compared([line], told[line.county_id], least) for line in of.get(chosen, [])],
        "level": evaluation_rules().level,
    }


def _compared(lines: Sequence[queries.Compared], label: str, least: int) -> dict[str, Any]:
    checked, agrees = sum(line.checked for line in lines), sum(line.agrees for line in lines)
    before, after = sum(line.checked_recorded_yes for line in lines), sum(line.verified_yes for line in lines)
    line = {
        "label": label,
        "drawn": sum(one.drawn for one in lines),
        "checked": checked,
        "agrees": agrees,
        "unverifiable": sum(one.unverifiable for one in lines),
        "before": before,
        "after": after,
        "few": checked < least,
    }
    if checked >= least:
        line |= {"recorded": percent(before, checked), "verified": percent(after, checked)}
        line |= {"agree_share": percent(agrees, checked)}
        line |= {"verified_range": _range(after, checked), "agree_range": _range(agrees, checked)}
    return line


def _range(yes: int, of: int) -> str:
    found = wilson(yes, of, evaluation_rules().quantile)
    return f"{100 * found.low:.0f}%–{100 * found.high:.0f}%"


def step_lines(steps: Iterable[queries.StepLine]) -> list[dict[str, Any]]:
    """The steps of a matter in words, days counted from the release day."""
    book = load_national()
    outcomes = {
        (step.id, outcome.id): outcome.en if english() else outcome.zh
        for journey in book.journeys.values()
        for step in journey.steps
        for outcome in step.outcomes
    }
    return [
        {
            "label": part_word(book, step.part) + (f" · {round_word(step.round)}" if step.round else ""),
            "rule": step.rule,
            "due": day_word(step.due),
            "done": day_word(step.done) if step.done is not None else "",
            "in_time": step.in_time,
            "outcome": outcomes.get((step.part, step.outcome or ""), ""),
        }
        for step in steps
    ]


def day_word(days: int) -> str:
    """A day counted from the release day: before it, on it, after it."""
    if days == 0:
        return _("释放日当天")
    return _("释放前%(n)s天") % {"n": -days} if days < 0 else _("释放后%(n)s天") % {"n": days}


def verdict_words() -> dict[str, str]:
    """What an evaluator can find, in the order of the form."""
    return {"AGREES": _("相符"), "DIFFERS": _("不符"), "UNVERIFIABLE": _("无法核实")}


def answer_words() -> dict[str, str]:
    """What can be answered to a request for a talk."""
    return {"WILLING": _("本人愿意"), "NOT_WILLING": _("本人不愿意"), "NOT_REACHABLE": _("联系不上本人")}


def way_words() -> dict[str, str]:
    """How a talk comes about without the evaluator knowing where the person is."""
    return {"AT_OFFICE": _("在本单位见面"), "BY_PHONE": _("由本单位拨通电话")}
