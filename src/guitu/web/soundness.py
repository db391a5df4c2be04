"""After a restore and before anything is opened: the cage stands as compiled, sealed values open, records hold.

``python -m guitu.web.soundness`` is run by ``./guitu restore`` as guitu_owner. It changes nothing that was right.
"""

from __future__ import annotations

import os
import sys

os.environ["GUITU_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

import django

django.setup()

from guitu.access import compiling
from guitu.ledger.queries import broken_commitments
from guitu.people.sealed_values import unopened_values
from guitu.web.schema import prepare_schema

TRIED = 200


def unsound() -> list[str]:
    """What is not as it must be, a line each in both languages; empty when everything is sound."""
    prepare_schema()
    problems = [f"行级策略不稳定 · a row policy changes each time: {line}" for line in compiling.compile_cage()]
    tried, unopened = unopened_values(most=TRIED)
    if unopened:
        problems.append(f"{tried} 个加密值中有 {unopened} 个打不开 · {unopened} of {tried} sealed values do not open")
    tried, broken = broken_commitments(most=TRIED)
    if broken:
        problems.append(f"{tried} 条台账中有 {broken} 条与承诺不符 · {broken} of {tried} records do not hold")
    return problems


if __name__ == "__main__":
    found = unsound()
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(1 if found else 0)
