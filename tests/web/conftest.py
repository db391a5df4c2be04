"""The peopled house: built once a worker, cloned once a module for reading and once a test for changing."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.utils.translation.reloader import translation_file_changed

import guitu
from guitu.launcher.roles import drop_database
from guitu.launcher.translations import compile_changed
from tests.conftest import copied
from tests.web import canary
from tests.web.own_lines import first_of_its_session
from tests.web.peopled import MOMENT, Peopled, leading_to, populate, serve_from_source, stop_clock


@pytest.fixture(scope="session")
def peopled_template(server, template) -> Iterator[Peopled]:
    """The database with all persons in it, to which nobody is connected between its clones."""
    for compiled in compile_changed(Path(guitu.__file__).parent):
        translation_file_changed(None, compiled)
    name = f"guitu_peopled_{uuid.uuid4().hex[:12]}"
    copied(server, template, name)
    made = Peopled(server, name)
    try:
        with leading_to(name):
            populate(made)
            canary.plant(made)
        yield made
    finally:
        drop_database(server.dsn("postgres", "postgres"), name)


@contextmanager
def _clone(made: Peopled) -> Iterator[Peopled]:
    name = f"guitu_test_{uuid.uuid4().hex[:12]}"
    superuser = made.server.dsn("postgres", "postgres")
    copied(made.server, made.database, name)
    try:
        with leading_to(name), pytest.MonkeyPatch.context() as patch:
            stop_clock(patch, MOMENT)
            serve_from_source(patch)
            clone = Peopled(made.server, name, made.persons, made.parcels)
            first_of_its_session(patch, clone)
            with canary.listening(patch):
                yield clone
            assert canary.rows_that_sing(clone) == []
    finally:
        drop_database(superuser, name)


@pytest.fixture(scope="module")
def peopled(peopled_template: Peopled) -> Iterator[Peopled]:
    """A clone that the tests of a module read together; what they write may not disturb one another."""
    with _clone(peopled_template) as made:
        yield made


@pytest.fixture
def fresh(peopled_template: Peopled) -> Iterator[Peopled]:
    """A clone for one test that changes what others count."""
    with _clone(peopled_template) as made:
        yield made


@pytest.fixture
def bare(server, template) -> Iterator[Peopled]:
    """Units and posts, and nobody on the way yet."""
    with _clone(Peopled(server, template)) as made:
        yield made
