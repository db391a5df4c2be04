"""The words of the rights desk: kinds, states, outcomes and grounds; one request as a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.errands import DONE, ErrandView
from guitu.handover.letters import fact_word
from guitu.journeys.queries import withheld
from guitu.rights import policy, queries
from guitu.rights.passages import Passage
from guitu.rulebook.book import load_national
from guitu.rulebook.masking import COVER
from guitu.rulebook.records import Sentence
from guitu.rulebook.rights import Ground, rights_rules
from guitu.web import queue_rows
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import english

LETTER = "exchange_letter.body"


def said(sentence: Sentence) -> str:
    """A bilingual sentence in the language of the page."""
    return sentence.en if english() else sentence.zh


def kind_word(kind: str) -> str:
    """What is asked for."""
    return said(rights_rules().kinds[kind].words)


def contested_word(found: queries.RequestView) -> str:
    """What a request names: the decision it contests, or a look whose name it asks for; empty where it names none."""
    if rights_rules().kinds[found.kind].look:
        return _("一次查看")
    return act_word(found.contested_act) if found.contested_act else ""


def state_words() -> dict[str, str]:
    """The states by which the desk is asked."""
    return {
        queries.LATE: _("已逾期"),
        queries.OPEN: _("待决定"),
        queries.DECIDED: _("同意的"),
        queries.REFUSED: _("不同意的"),
    }


def outcome_words() -> dict[str, str]:
    """How a request can be decided."""
    return {policy.GRANTED: _("同意"), policy.PARTLY: _("部分同意"), policy.REFUSED: _("不同意")}


def ground_word(ground: str) -> dict[str, str]:
    """A ground with its article, whether it refuses or deletes; empty words where there is none."""
    rules = rights_rules()
    held = rules.refusals.get(ground) or rules.deletions.get(ground)
    return {"words": said(held.words), "article": held.article} if held else {"words": "", "article": ""}


def grounds_of(kind: str) -> list[dict[str, str]]:
    """The grounds that a decision about this kind can name, for a choice; the first is none where none is needed."""
    rules = rights_rules()
    refusing = [one for one in rules.refusals.values() if kind in one.kinds]
    deleting = list(rules.deletions.values()) if kind == policy.DELETION else []
    first = [] if deleting else [{"value": "", "label": _("同意时不用选")}]
    made = [_option(_("同意：%(why)s"), one) for one in deleting] + [
        _option(_("不同意：%(why)s"), one) for one in refusing
    ]
    return first + made


def _option(frame: str, ground: Ground) -> dict[str, str]:
    return {"value": ground.code, "label": frame % {"why": f"{said(ground.words)}（{ground.article}）"}}


def act_word(act: str) -> str:
    """An act of the ledger as a sentence."""
    sentence = load_national().acts[act]
    return sentence.en if english() else sentence.zh


def rows(found: Iterable[queries.RequestView], now: datetime) -> list[dict[str, Any]]:
    """Requests as rows: whose (a juvenile of others by number), what, by when, with which unit, how decided."""
    views = list(found)
    names = access.units_named(
        {one.duty_unit_id for one in views} | {one.decided_unit for one in views if one.decided_unit}
    )
    words, hidden = outcome_words(), withheld({one.person_id for one in views})
    return [
        {
            "one": one,
            "kind": kind_word(one.kind),
            "name": one.person_number if one.person_id in hidden else one.person_name,
            "url": reverse("rights-request", args=[one.person_id, one.id]),
            "duty": unit_name(names.get(one.duty_unit_id)),
            "open": one.decided_at is None,
            "late": one.decided_at is None and one.due_at <= now,
            "due": queue_rows.shown_due(one.due_at),
            "outcome": words.get(one.outcome, ""),
            "decided": unit_name(names.get(one.decided_unit)) if one.decided_unit else "",
            "ground": ground_word(one.ground),
        }
        for one in views
    ]


def progress(errand: ErrandView | None, *, erases: bool) -> dict[str, Any] | None:
    """What the worker is doing about a granted copy or erasure; None where nothing is under way or stopped."""
    if errand is None or errand.outcome == DONE:
        return None
    stopped = {
        "GIVEN_UP": _("几次都没有办成，请再试一次；仍不行请告诉系统管理员。"),
        "TOO_LATE": _("等得太久没有办，请再试一次。"),
        "POST_ENDED": _("交办的岗位已经结束或停用，请用现在的岗位再试。"),
        "GONE": _("请求已经不在，没有可办的。"),
    }
    working = _("正在删除，由后台办理。本页会自己更新。") if erases else _("正在制作副本，由后台办理。本页会自己更新。")
    return {
        "words": stopped.get(errand.outcome, working),
        "stopped": bool(errand.outcome),
        "done": errand.rows_done,
        "all": errand.rows_all,
    }


def passage_text(passage: Passage, shown: Callable[[str, str], str | None]) -> str:
    """A passage as it is read: a letter as what it states, each with its word; all else as it was written.

    Of a core item that a letter states, `shown` (its code and value) gives what the acting post may see, or None.
    """
    if passage.table_and_column != LETTER:
        return passage.text
    items = load_national().items
    states = {code: value for code, value in json.loads(passage.text).items() if value}
    states = {code: (shown(code, value) or COVER) if code in items else value for code, value in states.items()}
    return _("；").join(f"{fact_word(code, english=english())}{_('：')}{value}" for code, value in states.items())


def passage_words() -> dict[str, str]:
    """What each kind of freely written passage of a copy is, by table and column."""
    return {
        "journeys_answer.note": _("办理步骤的说明"),
        "handover_pick_up.remark": _("接送的说明"),
        "handover_dispute.reasons": _("异议的理由"),
        "handover_dispute.ruling_reasons": _("裁定的理由"),
        "handover_meeting.minutes": _("会见的记录"),
        "handover_meeting.agreements": _("会见的约定"),
        "prison_assessment.reasons": _("出监评估的理由"),
        "prison_assessment.advice": _("出监评估的建议"),
        "support_visit.note": _("回访的记录"),
        "support_referral.words": _("合作单位说的话"),
        "exchange_receipt.remark": _("签收或者退回的说明"),
        LETTER: _("函的内容"),
        "papers_attachment.body": _("留存的文件"),
    }
