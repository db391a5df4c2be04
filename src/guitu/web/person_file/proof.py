"""The offline bundle of one line of a file: what proves to anybody, without this system, that it stands in the log."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.access import person_codes
from guitu.ledger import proving
from guitu.web import refusals
from guitu.web.my_road.papers import own
from guitu.web.permits import Request, reads


@reads("person:open")
def proof(request: Request, person_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """The bundle of a line that the post reads in the file: which act, when and by whom, not what was recorded."""
    return _bundle(request, person_id, entry_id, to_the_person=False, with_content=False)


@reads("my_road:read", about=own)
def own_proof(request: Request, entry_id: uuid.UUID) -> HttpResponse:
    """The bundle of a line about the person; with what was recorded for the person alone, as in the personal copy."""
    held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    return _bundle(request, held.person_id, entry_id, to_the_person=True, with_content=held.mandate_id is None)


def _bundle(
    request: Request, person_id: uuid.UUID, entry_id: uuid.UUID, *, to_the_person: bool, with_content: bool
) -> HttpResponse:
    try:
        with transaction.atomic():
            text = proving.bundle_of_line(person_id, entry_id, to_the_person=to_the_person, with_content=with_content)
    except proving.NotInTheLog as refusal:
        if not refusal.waiting:
            return refusals.not_found(request)
        return refusals.unprocessable(
            request, _("还没有编入日志"), _("记录已经写下，几秒以后编入日志，那时就能下载凭证。请稍后再点一次。")
        )
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="guitu-proof-{entry_id}.json"'
    return answer
