"""How an address reads and how it acts: one transaction for a read; for an act, once for each key its sender chose."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, get_args, get_type_hints

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from ninja import Router, Schema

from guitu.access import api_calls
from guitu.access.acting import acting
from guitu.access.operations import NotAllowed, PersonUnknown, ask
from guitu.exchange.operations import AlreadyAnswered, ParcelUnknown
from guitu.handover.operations import DossierIncomplete
from guitu.journeys.operations import JourneyUnknown
from guitu.journeys.policy import MoveNotAllowed
from guitu.rulebook.book import load_national
from guitu.rulebook.interface import interface_limits
from guitu.web.api import problems
from guitu.web.api.bearer import ApiRequest, Bearer
from guitu.web.api.persons import counted
from guitu.web.api.problems import Fault, Problem
from guitu.web.api.schemas import ProblemBody
from guitu.web.clock import now

View = Callable[..., Any]
KEY = "Idempotency-Key"
_EVENTS = uuid.UUID("3d0f6a52-9c1e-5b47-8a3d-61f2c7b90e14")
_KEY_SHORTEST, _KEY_LONGEST = 16, 200
_KEPT = {409, 422}
"""Refusals on the merits are first answers like any other; what is wrong with the caller itself is not kept."""
KEY_PARAMETER = {
    "in": "header",
    "name": KEY,
    "required": True,
    "description": "每件事一个键；重发用同一个键，得到首次的答复 · one for each act; a repetition gets its answer",
    "schema": {"type": "string", "minLength": _KEY_SHORTEST, "maxLength": _KEY_LONGEST, "pattern": "^[!-~]+$"},
    "example": "6f1e2b9a-4c7d-4e1f-9a35-0b8d2c64e7f1",
}


class Doing:
    """One act under way: its event ids follow from the call, so a repetition after a break writes nothing twice."""

    def __init__(self, call: api_calls.Call) -> None:
        self._call = call
        self.resumed = not call.fresh
        """The same call arrived before and was never answered: its act may have been done."""

    def event_id(self, what: str) -> uuid.UUID:
        """The id of the event `what` of this call, the same on every repetition."""
        return uuid.uuid5(_EVENTS, f"{self._call.id}:{what}")

    def keep(self, status: int, answer: Schema) -> None:
        """Keep the answer in the transaction of the act itself, where a repetition could not find it out again."""
        api_calls.keep_answer(self._call.id, status, answer.model_dump_json(), at=now())


def refused(permission: str, about: uuid.UUID, *, seen: Iterable[str] = ()) -> Problem | None:
    """Ask for `permission` on this person (or id, where there is none to see), leaving the line; None if allowed.

    `seen` are the L3 and L4 items that the answer shows unmasked.

    A reading view returns the problem instead of raising it, so that the line is kept.
    """
    told = ask(permission, [about], seen=seen)
    if told == "ALLOWED":
        return None
    return Problem("forbidden" if told == "DENIED" else "not-found")


def reads(
    router: Router, path: str, permission: str, answer: type[Schema], *, asks: bool = True, **told: Any
) -> Callable[[View], View]:
    """An address that shows something. With `asks` the permission is asked here; without, the view asks about a person.

    Everything happens in one durable transaction, so that the line of the look is kept.
    """

    def declare(view: View) -> View:
        known = _query_names(view)

        @functools.wraps(view)
        def reading(request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
            _refuse_unknown(request, known)
            session = request.calling.session
            with acting(session, session.purposes[0]), transaction.atomic(durable=True):
                if asks:
                    ask(permission)
                result = view(request, *args, **kwargs)
                if not isinstance(result, Problem):
                    result = counted(request, result)
            if isinstance(result, Problem):
                raise result
            return result

        wrong = [401, 403, 422, 429, *([404] if "{" in path else [])]
        responses: dict[int, Any] = {200: answer, **dict.fromkeys(wrong, ProblemBody)}
        router.get(path, auth=Bearer(permission), response=responses, **told)(reading)
        return view

    return declare


def acts(
    router: Router,
    path: str,
    permission: str,
    answer: type[Schema],
    *,
    status: int = 200,
    later: type[Schema] | None = None,
    content: Callable[[ApiRequest], bytes] | None = None,
    **told: Any,
) -> Callable[[View], View]:
    """An address that changes something by one operation, once for each key. The view is handed a `Doing` as `doing`.

    `content` gives the bytes by which two requests are told apart, where that is not the body as it came. An answer of
    the kind `later` says that the work was handed over and where to ask for its state: 202.
    """

    def declare(view: View) -> View:
        known = _query_names(view)

        @functools.wraps(view)
        def once(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _refuse_unknown(request, known)
            key = request.headers.get(KEY, "")
            if not (_KEY_SHORTEST <= len(key) <= _KEY_LONGEST and all("!" <= sign <= "~" for sign in key)):
                raise Problem("key-missing")
            asked = _digest(request, content(request) if content else request.body)
            at = now()
            session = request.calling.session
            with acting(session, session.purposes[0]), api_calls.held(key) as mine:
                if not mine:
                    raise Problem("in-progress", headers={"Retry-After": str(settings.GUITU_API_RETRY_SECONDS)})
                call = api_calls.claim(key, asked, at=at, until=at + interface_limits().answer_kept)
                if not call.same:
                    raise Problem("key-reused")
                if call.answer is not None and call.status is not None:
                    return _told(call.status, call.answer, again=True)
                try:
                    with _as_problems():
                        result: Schema = view(request, *args, doing=Doing(call), **kwargs)
                except Problem as problem:
                    if problem.status in _KEPT:
                        text = json.dumps(problem.as_json(), ensure_ascii=False)
                        api_calls.keep_answer(call.id, problem.status, text, at=at)
                    raise
                text = result.model_dump_json()
                known_as = 202 if later is not None and isinstance(result, later) else status
                api_calls.keep_answer(call.id, known_as, text, at=at)
                return _told(known_as, text)

        hidden = once.__wrapped__  # type: ignore[attr-defined]
        once.__signature__ = _without_doing(hidden)  # type: ignore[attr-defined]
        wrong = [400, 401, 403, 404, 409, 413, 415, 422, 429]
        responses: dict[int, Any] = {status: answer, **dict.fromkeys(wrong, ProblemBody)}
        if later is not None:
            responses[202] = later
        extra = {"parameters": [KEY_PARAMETER], **told.pop("openapi_extra", {})}
        router.post(path, auth=Bearer(permission), response=responses, openapi_extra=extra, **told)(once)
        return view

    return declare


@contextmanager
def _as_problems() -> Iterator[None]:
    """The refusals of the rooms, as problems."""
    try:
        yield
    except NotAllowed as refusal:
        raise Problem("forbidden") from refusal
    except (PersonUnknown, ParcelUnknown) as refusal:
        raise Problem("not-found") from refusal
    except JourneyUnknown as refusal:
        zh, en = "这个人现在没有在办的衔接事项。", "Nothing is open for this person now."
        raise Problem("not-possible-now", zh=zh, en=en) from refusal
    except MoveNotAllowed as refusal:
        raise Problem("not-possible-now", zh=refusal.zh, en=refusal.en) from refusal
    except AlreadyAnswered as refusal:
        raise Problem("answered-already") from refusal
    except DossierIncomplete as refusal:
        raise Problem("incomplete", faults=[_lacking(item) for item in refusal.items]) from refusal


def _lacking(item: str) -> Fault:
    if item == "receiver":
        remedy = ("请核对户籍地", "Check the household register")
        return Fault("receiver", "不知道由哪个县接收", "no receiving county is known", *remedy)
    found = load_national().items[item]
    return Fault(item, f"缺“{found.zh}”", f"“{found.en}” is missing", "请补上后再发", "Complete it and send again")


def _told(status: int, text: str, *, again: bool = False) -> HttpResponse:
    kind = problems.CONTENT_TYPE if status >= 400 else "application/json; charset=utf-8"
    response = HttpResponse(text, status=status, content_type=kind)
    if again:
        response["Idempotency-Replayed"] = "true"
    return response


def _digest(request: ApiRequest, content: bytes) -> bytes:
    head = f"{request.method}\n{request.path}\n{sorted((name, request.GET.getlist(name)) for name in request.GET)}\n"
    return hashlib.sha256(head.encode() + content).digest()


def _without_doing(view: View) -> Any:
    whole = inspect.signature(view)
    return whole.replace(parameters=[one for one in whole.parameters.values() if one.name != "doing"])


def _query_names(view: View) -> frozenset[str]:
    """The names of the query that the view's `query` schema knows; none without one."""
    hint = get_type_hints(view, include_extras=True).get("query")
    if hint is None:
        return frozenset()
    schema = get_args(hint)[0]
    return frozenset(field.alias or name for name, field in schema.model_fields.items())


def _refuse_unknown(request: ApiRequest, known: frozenset[str]) -> None:
    """A filter that nobody asks is a mistake of the sender: silently showing all would be worse than refusing."""
    unknown = sorted(set(request.GET) - known)
    if unknown:
        errors = [{"loc": ["query", name], "type": "extra_forbidden"} for name in unknown]
        raise Problem("invalid", faults=problems.faults_of(errors))
