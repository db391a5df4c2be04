"""The house for tests: a template database built once as owner, a fresh clone per test, everything as guitu_app."""

import hashlib
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.test")
ROLES = ("guitu_owner", "guitu_app", "guitu_job", "guitu_signin", "guitu_load", "guitu_seq")
LISTENED = {"roads", "papers", "handover"}
"""The folders of tests whose houses hold the canary (tests/web/canary.py); the peopled houses do in any case."""
_PASSWORD = "tests-only"
for _role in ROLES:
    os.environ.setdefault(f"GUITU_SECRET_{_role.upper()}", _PASSWORD)
if "GUITU_TEST_PG_HOST" in os.environ:
    os.environ["GUITU_DB_HOST"] = os.environ["GUITU_TEST_PG_HOST"]
    os.environ["GUITU_DB_PORT"] = os.environ["GUITU_TEST_PG_PORT"]

import django

django.setup()


@dataclass(frozen=True)
class Server:
    """The test server: where it is and how its superuser gets in."""

    host: str
    port: str
    superuser_password: str

    def dsn(self, role: str, database: str) -> str:
        """How `role` reaches `database`."""
        password = self.superuser_password if role == "postgres" else _PASSWORD
        return f"host='{self.host}' port={self.port} user={role} password={password} dbname={database}"


def _schema_digest() -> str:
    from guitu.access.compiling import fingerprint

    digest = hashlib.sha256(fingerprint().encode())
    for path in sorted([*ROOT.glob("src/guitu/*/migrations/*.py"), *ROOT.glob("tests/factories/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def server() -> Server:
    """The database server that `./guitu test` started for the tests."""
    if "GUITU_TEST_PG_HOST" not in os.environ:
        pytest.fail("no test server: run ./guitu test")
    password = Path(os.environ["GUITU_TEST_PG_PASSWORD_FILE"]).read_text(encoding="ascii").strip()
    return Server(os.environ["GUITU_TEST_PG_HOST"], os.environ["GUITU_TEST_PG_PORT"], password)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of the template database, built once whatever the number of workers."""
    from guitu.launcher.roles import prepare_database, prepare_roles

    name = f"guitu_template_{_schema_digest()}"
    with psycopg.connect(server.dsn("postgres", "postgres"), autocommit=True) as door:
        door.execute("SELECT pg_advisory_lock(7201)")
        if door.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            building = f"{name}_building"
            door.execute(f'DROP DATABASE IF EXISTS "{building}" WITH (FORCE)')
            prepare_roles(server.dsn("postgres", "postgres"), dict.fromkeys(ROLES, _PASSWORD))
            prepare_database(server.dsn("postgres", "postgres"), building)
            made = subprocess.run(
                [sys.executable, "-m", "tests.factories.template"],
                cwd=ROOT,
                env=os.environ | {"GUITU_DB_NAME": building, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode:
                pytest.fail(f"the template could not be built:\n{made.stderr}")
            door.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
        door.execute("SELECT pg_advisory_unlock(7201)")
    return name


def copied(server: Server, template: str, name: str) -> None:
    """Make a database of the tests from another one to which nobody is connected."""
    from guitu.launcher.roles import clone_database

    clone_database(server.dsn("postgres", "postgres"), template, name, by_files=True)


class House:
    """One fresh installation: sign in as somebody, act, look into the database as any role."""

    def __init__(self, server: Server, database: str) -> None:
        self.server, self.database = server, database

    @contextmanager
    def role(self, role: str) -> Iterator[psycopg.Connection]:
        """A plain connection as a database role, in autocommit."""
        with psycopg.connect(self.server.dsn(role, self.database), autocommit=True) as door:
            yield door

    def token(self, login: str, *, lasts: timedelta = timedelta(hours=8)) -> str:
        """A token for the first post of the account with this login."""
        from guitu.access import signing_in
        from guitu.access.establishing import account_id, post_id
        from tests.factories.units import POSTS

        post = next(post for post in POSTS if post.login == login)
        return signing_in.mint(account_id(login), post_id(login, post.unit, post.role), lasts=lasts)

    @contextmanager
    def acting(self, login: str, *, purpose: str | None = None) -> Iterator[object]:
        """Act as the first post of this account, for its first purpose unless another is named; it has opened its list.

        So names may be read; values of a person only after a line that names the person, as everywhere (ADR 0059).
        """
        from guitu.access import queries
        from guitu.access.acting import acting
        from tests.factories.persons import ask_for_a_list

        session = queries.session_of(self.token(login))
        assert session is not None
        with acting(session, purpose or session.purposes[0]) as state:
            ask_for_a_list()
            yield state


@pytest.fixture(scope="session")
def planted_template(server: Server, template: str) -> Iterator[str]:
    """The template with the canary in it, and nobody else; the rows are written like those of somebody taken in."""
    from guitu.launcher.roles import drop_database
    from tests.web import canary
    from tests.web.peopled import somebody_taken_in

    name, like = (f"guitu_planted_{uuid.uuid4().hex[:12]}" for _ in range(2))
    superuser = server.dsn("postgres", "postgres")
    try:
        for one in (name, like):
            copied(server, template, one)
        canary.plant(House(server, name), somebody_taken_in(House(server, like)))
        drop_database(superuser, like)
        yield name
    finally:
        for one in (name, like):
            drop_database(superuser, one)


@contextmanager
def _heard(made: House) -> Iterator[None]:
    from tests.web import canary

    with canary.heard(made):
        yield


@pytest.fixture
def house(server: Server, template: str, request: pytest.FixtureRequest) -> Iterator[House]:
    """A fresh clone of the template; the application's own connection leads there, as guitu_app.

    Where roads are walked, papers set and lists exported it holds the canary and is listened to.
    """
    from django.db import connection

    from guitu.launcher.roles import drop_database

    listened = request.path.parent.name in LISTENED
    name = f"guitu_test_{uuid.uuid4().hex[:12]}"
    copied(server, request.getfixturevalue("planted_template") if listened else template, name)
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        made = House(server, name)
        with _heard(made) if listened else nullcontext():
            yield made
        if request.path.parent.name == "roads":
            with made.role("guitu_owner") as door:  # what is walked says what it writes (sql/written.sql)
                unsaid = (
                    "SELECT canonical FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id WHERE act = %s"
                )
                assert door.execute(unsaid, ("access:write:unsaid",)).fetchall() == []
    finally:
        connection.close()
        drop_database(server.dsn("postgres", "postgres"), name)


@pytest.fixture(scope="session")
def repetitions() -> Callable[..., int]:
    """``repetitions(2, full=20)``: how often or how large, by default and under ``./guitu test --full``."""
    whole = os.environ.get("GUITU_TEST_FULL") == "1"
    return lambda usual, *, full: full if whole else usual
