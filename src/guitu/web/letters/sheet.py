"""A letter as both sides see it: the same rows for the preview, for the addressee and for the sender afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.exchange.letters import LetterView, ReplyView
from guitu.handover.letters import fact_word, lines_of
from guitu.rulebook.book import load_national
from guitu.rulebook.letters import LetterKind, letter_kinds
from guitu.rulebook.records import Sentence
from guitu.web.pages import with_words
from guitu.web.queue_rows import shown_due
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import clock_words


def said(sentence: Sentence) -> str:
    """A bilingual sentence in the language of the page."""
    return sentence.en if english() else sentence.zh


def sheet(kind: LetterKind, says: Mapping[str, str], *, sender: str) -> dict[str, Any]:
    """What a letter says: title, sender, rows, what it asks, on which rules it stands."""
    return {
        "title": said(kind.word),
        "sender": sender,
        "rows": [
            {"label": fact_word(line.code, english=english()), "value": line.value} for line in lines_of(says, kind)
        ],
        "asks": said(kind.asks),
        "basis": [{"id": rule, "url": reverse("rule", args=[rule]), "name": _rule_name(rule)} for rule in kind.basis],
    }


def _rule_name(rule_id: str) -> str:
    rule = load_national().rules[rule_id]
    return rule.name_en if english() else rule.name_zh


def state_word(letter: LetterView, now: datetime) -> str:
    """Where a letter stands, in words."""
    if letter.end is not None:
        return reply_word(letter, letter.end)
    if letter.due_at <= now:
        return _("逾期未答")
    if letter.under_way is not None:
        return _("办理中，等结果")
    return _("已签收，等答复") if letter.received else _("等签收")


def reply_word(letter: LetterView, reply: ReplyView) -> str:
    """What a reply says, in words."""
    if reply.outcome == "RETURNED":
        return _("已退回：不归本单位办")
    if reply.outcome == "RECEIVED":
        return _("已签收")
    chosen = letter_kinds()[letter.kind].answer(reply.answer)
    return said(chosen.word) if chosen else reply.answer


def clock(letter: LetterView) -> dict[str, Any]:
    """The clock of a letter for the chip."""
    return {
        "due": shown_due(letter.due_at),
        "rule": letter.due_rule,
        "rule_url": reverse("rule", args=[letter.due_rule]),
    }


def replies(letter: LetterView) -> list[dict[str, Any]]:
    """The replies of a letter, oldest first, with who gave them."""
    posts = access.posts_named({one.post_id for one in letter.replies})
    return [
        {
            "word": reply_word(letter, one),
            "number": one.number,
            "at": one.at,
            "day": one.day,
            "words": one.words,
            "by": posts.get(one.post_id, ("", ""))[0],
            "holds": one.holds,
        }
        for one in letter.replies
    ]


def rows(
    letters: Iterable[LetterView], *, now: datetime, urls: Mapping[uuid.UUID, str], others: Mapping[uuid.UUID, str]
) -> list[dict[str, Any]]:
    """The rows of a box; `urls` leads to each letter, `others` names the other side of each."""
    return [
        {
            "url": urls[one.id],
            "title": said(letter_kinds()[one.kind].word),
            "number": one.number,
            "other": others.get(one.id, ""),
            "sent_at": one.sent_at,
            "clock": clock(one),
            "open": one.end is None,
            "late": one.end is None and clock_words(shown_due(one.due_at), now).state == "late",
            "state": state_word(one, now),
            "ended_at": one.end.at if one.end else None,
        }
        for one in letters
    ]


def tabs(address: str, kept: Mapping[str, str], counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The states of a box as tabs that keep what was searched for; with their counts where nothing narrows them."""
    narrowed = bool(kept["kind"] or kept["q"])
    labels = {"open": _("待答复"), "late": _("逾期"), "closed": _("已办结")}
    made: list[dict[str, Any]] = [
        {
            "label": label,
            "url": with_words(address, kept, state=code),
            "count": None if narrowed else counts[code],
            "current": kept["state"] == code,
        }
        for code, label in labels.items()
    ]
    whole = with_words(address, kept, state="")
    return [*made, {"label": _("全部"), "url": whole, "count": None, "current": not kept["state"]}]


def kinds_of_post(role_kinds: Iterable[LetterKind]) -> list[dict[str, str]]:
    """The kinds of letters as choices of a filter."""
    return [{"value": "", "label": _("全部")}, *({"value": one.id, "label": said(one.word)} for one in role_kinds)]
