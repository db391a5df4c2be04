"""Every address declares who may open it: `public`, `own`, `reads(permission)` or `writes(permission)`.

`reads` asks, traces, reads and renders in one durable transaction; a refusal is answered by return, never by exception,
so that its line is kept (amendment A5). `writes` opens the acting session and calls one operation, which asks itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guitu.access.acting import ActingSession, acting, asking_for
from guitu.access.deciding import one_look
from guitu.access.impact import NotAssessed
from guitu.access.operations import NotAllowed, PersonUnknown, ask
from guitu.access.roles import PERMISSIONS, ROLES
from guitu.exchange.operations import AlreadyAnswered, ParcelUnknown
from guitu.journeys.operations import JourneyUnknown, StepNotOpen
from guitu.journeys.policy import MoveNotAllowed
from guitu.web import refusals, second_question
from guitu.web.form_fields import NotReadable
from guitu.web.looking import reasons
from guitu.web.second_question import Asking, Question

View = Callable[..., HttpResponse]
PUBLIC = "public"
SIGNED_IN = "signed-in"
"""What an address about the own account asks for: an acting session, no permission."""
BEARER = "bearer"
"""What an address of the interface asks for: a token; each of its operations declares its permission (web/api)."""


class Request(HttpRequest):
    """A request behind the gate: somebody acts."""

    acting_session: ActingSession
    purpose: str
    proved_again: bool
    shown_at: str
    """The address of the page by which this request is answered, where that is another page's."""


def public(view: View) -> View:
    """An address that needs no acting session: sign-in, health, static words."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def own(*methods: str, asks: Asking | None = None) -> Callable[[View], View]:
    """An address about the account of whoever is signed in; the database goes by the token, not by an argument.

    Factors are asked for again at these addresses only. `asks` as in `writes`.
    """

    def declare(view: View) -> View:
        @functools.wraps(view)
        def answer(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in {*methods, *(["HEAD"] if "GET" in methods else [])}:
                return refusals.method_not_allowed(request, methods)
            question = asks(request, **kwargs) if asks and not second_question.is_sure(request) else None
            if question is not None:
                return second_question.page(request, question)
            with acting(request.acting_session, request.purpose) as state:
                try:
                    return view(request, *args, **kwargs)
                finally:
                    request.proved_again = state.proved_again  # the gate gives the session another token

        answer.permission = SIGNED_IN  # type: ignore[attr-defined]
        return answer

    return declare


def reads(
    permission: str,
    *,
    seen: Callable[..., Iterable[str]] | None = None,
    about: Callable[[], list[UUID]] | None = None,
) -> Callable[[View], View]:
    """An address that shows something to posts with `permission`; a ``person_id`` in its path is whom it is about.

    `seen`, given what the path holds, names the L3 items that the page shows unmasked; they stand in the trace line.
    Where no path can say whom the page is about, `about` does, asked with the acting session set. Outside the post's
    caseload the page asks for the reason first (web/looking).
    """
    _known(permission)

    def declare(view: View) -> View:
        @functools.wraps(view)
        def answer(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in {"GET", "HEAD"}:
                return refusals.method_not_allowed(request, ("GET", "HEAD"))
            persons = [kwargs["person_id"]] if "person_id" in kwargs else []
            with acting(request.acting_session, request.purpose), transaction.atomic(durable=True), one_look():
                may = permission in ROLES[request.acting_session.role].may
                whom = about() if about else persons
                told = ask(permission, whom, seen=seen(**kwargs) if seen and may else (), look=bool(persons))
                if told == "DENIED":
                    return refusals.closed(request) if may else refusals.forbidden(request, permission)
                if told == "UNKNOWN":
                    return refusals.not_found(request)
                if told == "ASKED":
                    return reasons.asked(request, persons[0], session=request.acting_session, purpose=request.purpose)
                return view(request, *args, **kwargs)

        answer.permission = permission  # type: ignore[attr-defined]
        return answer

    return declare


def writes(permission: str, *, asks: Asking | None = None) -> Callable[[View], View]:
    """An address that changes something by one operation; only POST. Refusals of the operation become pages.

    A form that cannot be read (form_fields) is asked about all the same, so that unknown and foreign persons are
    answered alike and the line is kept. A form that arrives after the session has ended is kept for its writer
    (web/kept). `asks` names the question that stands before an act that nobody can take back (second_question).
    """
    _known(permission)

    def declare(view: View) -> View:
        @functools.wraps(view)
        def answer(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return refusals.method_not_allowed(request, ("POST",))
            with acting(request.acting_session, request.purpose):
                asking_for(permission, [kwargs["person_id"]] if "person_id" in kwargs else [])
                if permission not in ROLES[request.acting_session.role].may:
                    # Also a form that no operation would ever see is refused, and leaves its line.
                    with transaction.atomic(durable=True):
                        ask(permission, [kwargs["person_id"]] if "person_id" in kwargs else [])
                    return refusals.forbidden(request, permission)
                question = asks(request, **kwargs) if asks and not second_question.is_sure(request) else None
                try:
                    if question is not None:
                        return _asked(request, permission, question, kwargs.get("person_id"))
                    return view(request, *args, **kwargs)
                except NotReadable as fault:
                    return _unreadable(request, permission, fault, kwargs.get("person_id"))
                except NotAllowed as refusal:
                    return refusals.forbidden(request, refusal.action)
                except NotAssessed as refusal:
                    return refusals.conflict(request, refusal.zh, refusal.en)
                except (PersonUnknown, ParcelUnknown):
                    return refusals.not_found(request)
                except JourneyUnknown:
                    return _moved_on(
                        request,
                        kwargs.get("person_id"),
                        "这个人现在没有在办的衔接事项，可能已经办结",
                        "Nothing is open for this person now; the matter may be finished already",
                    )
                except (StepNotOpen, MoveNotAllowed) as refusal:
                    return _moved_on(request, kwargs.get("person_id"), refusal.zh, refusal.en)
                except AlreadyAnswered as refusal:
                    said = refusals.answered_by(refusal)
                    shown = _on_the_file(request, kwargs.get("person_id"), said, moved_on=True)
                    return shown or refusals.answered_already(request, said)

        answer.permission = permission  # type: ignore[attr-defined]
        answer.keeps_text = True  # type: ignore[attr-defined]
        return answer

    return declare


def _asked(request: Request, permission: str, question: Question, person_id: UUID | None) -> HttpResponse:
    return _turned_away(request, permission, person_id) or second_question.page(request, question)


def _unreadable(request: Request, permission: str, fault: NotReadable, person_id: UUID | None) -> HttpResponse:
    away = _turned_away(request, permission, person_id)
    if away is not None:
        return away
    if not fault.label:
        return refusals.bad_request(request)
    problem = _("请填写：%(field)s。") % {"field": fault.label}
    return _on_the_file(request, person_id, problem) or refusals.unprocessable(request, _("还没有保存"), problem)


def _moved_on(request: Request, person_id: UUID | None, zh: str, en: str) -> HttpResponse:
    """409: the file as it stands by now with what was typed; where it did not come from there, a page that says so."""
    said = f"{en}. " if refusals.english() else f"{zh}。"
    return _on_the_file(request, person_id, said, moved_on=True) or refusals.conflict(request, zh, en)


def _on_the_file(
    request: Request, person_id: UUID | None, problem: str, *, moved_on: bool = False
) -> HttpResponse | None:
    if person_id is None:
        return None
    from guitu.web.person_file.again import file_again  # the file's own forms are declared with this module

    return file_again(request, person_id, problem, moved_on=moved_on)


def _turned_away(request: Request, permission: str, person_id: UUID | None) -> HttpResponse | None:
    """The refusal for a person who may not be seen, with its line kept; None where the post may, or for no person."""
    if person_id is None:
        return None
    with transaction.atomic(durable=True):
        told = ask(permission, [person_id])
    if told == "ALLOWED":
        return None
    return refusals.not_found(request) if told == "UNKNOWN" else refusals.forbidden(request, permission)


def _known(permission: str) -> None:
    if permission not in PERMISSIONS:
        raise LookupError(f"no permission is called {permission}")
