"""The houses of the pages, with other systems as their callers."""

import pytest

from tests.api.systems import Systems, systems_of
from tests.web.conftest import bare, fresh, peopled, peopled_template  # noqa: F401 - fixtures
from tests.web.peopled import Peopled


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch) -> None:
    """No test but that of the rate meets it."""
    from django.conf import settings

    monkeypatch.setattr(settings, "GUITU_API_CALLS_A_MINUTE", 1_000_000)


@pytest.fixture(scope="module")
def systems(peopled: Peopled) -> Systems:  # noqa: F811 - the fixture of the pages
    """Systems on the house that the tests of a module read together."""
    return systems_of(peopled)


@pytest.fixture
def acting_systems(fresh: Peopled) -> Systems:  # noqa: F811 - the fixture of the pages
    """Systems on a house of one test."""
    return systems_of(fresh)
