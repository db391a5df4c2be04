"""An installation that has papers takes the upgrade: each says afterwards what it shows, and owes no entry for it."""

import os
import subprocess
import sys
import uuid

from django.db import transaction

from guitu.papers import operations as papers
from tests.conftest import ROOT
from tests.papers.conftest import AT
from tests.papers.facts import facts_for
from tests.papers.test_attaching import attach

MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", "papers", verbosity=0)
"""


def test_papers_that_were_there_before_say_what_they_show_and_owe_no_entry(house, person):
    attach(house, person)
    with house.acting("prison"), transaction.atomic():
        papers.issue(
            "reception_slip", person_id=person, facts=facts_for("reception_slip"), event_id=uuid.uuid4(), at=AT
        )
    tables = ("papers_document", "papers_attachment")
    with house.role("guitu_owner") as door:
        before = {table: door.execute(f"SELECT id, shows FROM {table}").fetchall() for table in tables}
        assert all(rows and all(shows for _id, shows in rows) for rows in before.values())
        entries = door.execute("SELECT count(*) FROM ledger_entry").fetchone()
        for table in tables:
            door.execute(f"ALTER TABLE {table} DROP COLUMN shows")
        door.execute("DELETE FROM django_migrations WHERE app = 'papers' AND name LIKE '0002%'")
    made = subprocess.run(
        [sys.executable, "-c", MIGRATE],
        cwd=ROOT,
        env=os.environ
        | {"GUITU_DB_NAME": house.database, "GUITU_ROLE": "owner", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with house.role("guitu_owner") as door:
        assert {table: door.execute(f"SELECT id, shows FROM {table}").fetchall() for table in tables} == before
        assert door.execute("SELECT count(*) FROM ledger_entry").fetchone() == entries
        off = "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'papers_document'::regclass AND tgenabled = 'D'"
        assert door.execute(off).fetchone() == (0,)
