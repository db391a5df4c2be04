"""Fills the template database of the tests: schema, cage, units and posts. Run as its own process, as guitu_owner."""

import os
import sys
from datetime import UTC, datetime

os.environ["GUITU_ROLE"] = "owner"

import django

django.setup()

from guitu.access.establishing import declare, found, found_machine
from guitu.web.schema import prepare_schema
from tests.factories.units import POSTS, UNITS


def main() -> int:
    """Build the template in the database the environment names."""
    prepare_schema()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    declare("DEMONSTRATION", at=at)
    found(UNITS, POSTS, at=at)
    found_machine(at=at)
    return 0


if __name__ == "__main__":
    sys.exit(main())
