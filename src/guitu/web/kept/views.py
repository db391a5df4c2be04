"""What was written and not sent: read it, take it up again, or throw it away."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guitu.access import kept_forms
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.kept import keeping
from guitu.web.permits import Request, own
from guitu.web.second_question import Question
from guitu.web.shell import frame, show


@own("GET")
def kept(request: Request) -> HttpResponse:
    """Everything that is kept for the own account, to be read even where the page it stood on has changed."""
    with transaction.atomic():
        return show(
            request,
            "kept/kept.html",
            frame(request, _("没交上去的内容"), current="account"),
            forms=[
                {"one": one, "texts": [value for values in one.fields.values() for value in values if value.strip()]}
                for one in kept_forms.kept_by(request.acting_session.account_id, at=now())
            ],
        )


@own("GET")
def again(request: Request, form_id: uuid.UUID) -> HttpResponse:
    """Back to the page on which it was written, filled in; somebody else's is not there."""
    form = keeping.held(request.acting_session.account_id, str(form_id))
    if form is None:
        return redirect("home")
    return redirect(keeping.page_with(form) if form.page else "kept")


def _discarding(_request: Request, **_path: object) -> Question:
    return Question(_("丢掉这份没有提交的内容？"), (_("写过的字马上删除，找不回来"),), _("丢掉"))


@own("POST", asks=_discarding)
def discard(request: Request, form_id: uuid.UUID) -> HttpResponse:
    """Throw it away."""
    dropped = kept_forms.drop(request.acting_session.account_id, form_id)
    return redirect("kept") if dropped else refusals.not_found(request)
