"""The second question before an act that nobody can take back: what follows is said, and only a second press acts.

An address names its question (`permits.writes(…, asks=…)`); the form comes back whole, with `sure` set (adr/0037). What
can be taken back, and what a form of its own states in full, is not asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guitu.web import refusals

SURE = "sure"
_NOT_CARRIED = frozenset({SURE, "csrfmiddlewaretoken"})


@dataclass(frozen=True)
class Question:
    """What is about to be done, as a question; what follows from it; and the words of the button that does it."""

    title: str
    follows: tuple[str, ...]
    press: str


Asking = Callable[..., Question | None]
"""Given the request and what the path holds: the question, or None where this form does nothing that is final."""


def is_sure(request: HttpRequest) -> bool:
    """Whether the second question was answered with yes."""
    return request.POST.get(SURE) == "yes"


def page(request: HttpRequest, question: Question) -> HttpResponse:
    """The question with the form as it was filled in; nothing was done yet."""
    fields = [
        (name, str(value)) for name, values in request.POST.lists() if name not in _NOT_CARRIED for value in values
    ]
    words = {
        "page": refusals.page_words(question.title),
        "question": question,
        "fields": fields,
        "back": refusals.came_from(request),
        "sure": SURE,
    }
    return render(request, "desks/second_question.html", words)


def mandate_ends(_request: HttpRequest, **_path: object) -> Question:
    """The question before a mandate ends, asked of an officer and of the person alike."""
    return Question(
        _("提前结束这份委托？"),
        (
            _("受托人马上退出登录，不能再看、再代办"),
            _("以前代办的事照样有效"),
            _("结束了不能恢复；要再委托，须重新登记委托书"),
        ),
        _("结束委托"),
    )
