"""The schema of the connected database: migrations, then the cage."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from guitu.access import compiling
from guitu.launcher.roles import assert_role_attributes


def prepare_schema() -> None:
    """Migrate and compile as guitu_owner. Raises RoleAttributesError if a database role is not what it must be."""
    connection.ensure_connection()
    assert_role_attributes(connection.connection)
    call_command("migrate", interactive=False, verbosity=0)
    compiling.compile_cage()
