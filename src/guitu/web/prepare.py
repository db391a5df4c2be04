"""Preparing the database: migrate as owner, compile the cage, found and fill a demonstration on first start.

``python -m guitu.web.prepare`` is run by ``./guitu up`` and by an upgrade; run again it changes nothing.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import subprocess  # nosec B404 # our own commands, never a shell
import sys

os.environ["GUITU_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

from pathlib import Path

import django

django.setup()

from django.conf import settings

from guitu.access import compiling, dual_changes_at_machine, establishing
from guitu.ledger import registers
from guitu.web import demonstration
from guitu.web.clock import now
from guitu.web.clocks_apart import seconds_apart
from guitu.web.command_line.access import role_table
from guitu.web.schema import prepare_schema, rulebook_stands
from guitu.web.templatetags.guitu_words import legal_day


def main() -> int:
    """Prepare; returns the exit code."""
    if not rulebook_stands():
        return 1
    prepare_schema()
    apart = seconds_apart(now())
    if apart is not None:
        sys.stderr.write(
            f"本机的时钟比数据库的{'快' if apart > 0 else '慢'} {abs(apart):.0f} 秒，办的事会都被拒绝；请先对时\n"
            f"This clock is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} the database's,"
            " which would refuse whatever is done; set the clocks first\n"
        )
        return 1
    roles = hashlib.sha256(role_table().encode()).hexdigest()
    dual_changes_at_machine.note_roles(roles=roles, deployed=compiling.fingerprint(), at=now())
    establishing.declare("DEMONSTRATION" if settings.GUITU_DEMONSTRATION else "REAL", at=now())
    establishing.found_machine(at=establishing.beginning())
    registers.begin_once(at=now())
    recipient = Path(os.environ.get("GUITU_HOME", "var")) / "keys" / "backup-recipient"
    if recipient.is_file():
        held = recipient.read_text(encoding="utf-8").strip()
        dual_changes_at_machine.note_recipient(held, done_by=getpass.getuser(), at=now())
    wanted = settings.GUITU_DEMONSTRATION and os.environ.get("GUITU_DEMO", "1") == "1"
    if not wanted or establishing.is_filled():
        return 0
    if not establishing.has_units():
        establishing.found(demonstration.units(), demonstration.posts(), at=establishing.beginning())
    first = establishing.first_day(legal_day(now()))
    people = [sys.executable, "-P", "-m", "guitu.web.demonstration_people", first.isoformat()]
    result = subprocess.run(people, env={**os.environ, "GUITU_ROLE": "app"}, check=False)  # nosec B603 # noqa: S603 - our own module
    if result.returncode == 0:
        establishing.mark_filled(at=now())
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
