"""Preparing the database: migrate as owner, compile the cage, found and fill a demonstration on first start.

``python -m guitu.web.prepare`` is run by ``./guitu up`` and by an upgrade; it changes nothing where nothing is to change.
"""

from __future__ import annotations

import os
import sys

os.environ["GUITU_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

import django

django.setup()

from django.conf import settings

from guitu.access import establishing
from guitu.web import demonstration
from guitu.web.clock import now
from guitu.web.schema import prepare_schema


def main(arguments: list[str]) -> int:
    """Prepare, or with ``--print-sign-ins`` tell the demonstration's sign-ins; returns the exit code."""
    if "--print-sign-ins" in arguments:
        sys.stdout.write(demonstration.sign_ins_as_text())
        return 0
    prepare_schema()
    if "--schema-only" in arguments:
        return 0
    establishing.declare("DEMONSTRATION" if settings.GUITU_DEMONSTRATION else "REAL", at=now())
    if settings.GUITU_DEMONSTRATION and not demonstration.is_loaded():
        demonstration.load(at=now())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
