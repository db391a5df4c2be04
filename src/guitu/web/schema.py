"""The schema of the connected database: migrations, then the cage."""

from __future__ import annotations

import sys

from django.core.management import call_command
from django.db import connection

from guitu.access import compiling
from guitu.launcher.roles import assert_role_attributes
from guitu.rulebook.book import load_national
from guitu.rulebook.errors import RulebookError


def rulebook_stands() -> bool:
    """Whether the national rulebook may be used; if not, standard error says why."""
    try:
        load_national()
    except RulebookError as error:
        sys.stderr.write(f"规则库不可用，什么也没有改 · the rulebook may not be used; nothing was changed:\n{error}\n")
        return False
    return True


def prepare_schema() -> None:
    """Migrate and compile as guitu_owner. Raises RoleAttributesError if a database role is not what it must be."""
    connection.ensure_connection()
    assert_role_attributes(connection.connection)
    call_command("migrate", interactive=False, verbosity=0)
    compiling.compile_cage()
