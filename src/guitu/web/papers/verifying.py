"""Verifying a document from outside: anybody with the code on it; no name is told, and guessing is slowed down."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guitu.papers import policy, queries
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.entrance.coming_in import network_address, plain_page
from guitu.web.permits import public
from guitu.web.shell import english


@public
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """What the code on a paper stands for; with a file posted, also whether it is the very file that was issued."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return refusals.method_not_allowed(request, ("GET", "HEAD", "POST"))
    asked = code or request.POST.get("code", "") or request.GET.get("code", "")
    words: dict[str, object] = {"page": plain_page(_("文书查验")), "code": asked, "asked": bool(asked)}
    if not asked:
        return render(request, "papers/verify.html", words)
    at = now()
    try:
        with transaction.atomic():
            found = queries.verify(asked, address=network_address(request), at=at)
    except queries.TooManyTries:
        return render(request, "papers/verify.html", words | {"slowed": True}, status=429)
    if found is None:
        return render(request, "papers/verify.html", words, status=404)
    file = request.FILES.get("file") if request.method == "POST" else None
    words |= {
        "code": policy.shown_code(policy.typed_code(asked)),
        "found": found,
        "unit": found.unit_en if english() else found.unit,
        "compared": file is not None,
        "same": file is not None and hashlib.sha256(file.read()).hexdigest() == found.digest,
    }
    return render(request, "papers/verify.html", words)
