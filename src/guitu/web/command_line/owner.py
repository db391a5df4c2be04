"""Django as guitu_owner, for the verbs that the owner of the installation runs on its machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from guitu.web.command_line.answering import fail


@contextmanager
def as_owner() -> Iterator[None]:
    """Django, connected as guitu_owner: no other role may write accounts and posts."""
    os.environ["GUITU_ROLE"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")
    import django

    django.setup()
    from guitu.access.staffing import StaffingRefused

    try:
        yield
    except StaffingRefused as refusal:
        fail(refusal.zh, refusal.en)
