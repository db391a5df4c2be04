"""No process takes a lock under a number of its own choice: whoever holds one that others agree on holds them up."""

import hashlib
import uuid
from contextlib import nullcontext

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from guitu.access import errands

TAKING = "SELECT oid::regprocedure::text FROM pg_proc WHERE proname ~ '^pg_(try_)?advisory_(xact_)?lock' ORDER BY 1"
SERVING = ("guitu_app", "guitu_job", "guitu_signin", "guitu_seq", "guitu_load")
HELD = "SELECT pg_advisory_lock(hashtextextended('access_errand:' || %s, 0))"


def test_no_role_of_a_process_takes_a_lock_under_a_number(house) -> None:
    with house.role("guitu_owner") as door:
        functions = [name for (name,) in door.execute(TAKING)]
        held = door.execute(
            "SELECT f, has_function_privilege('guitu_owner', f, 'EXECUTE') FROM unnest(%s::text[]) AS f", (functions,)
        ).fetchall()
    assert len(functions) >= 16
    assert all(may for _, may in held)  # the functions of the house, which are the owner's, take them
    for role in SERVING:
        with house.role(role) as door:
            for name in functions:
                numbers = ", ".join("7::" + kind for kind in name[name.index("(") + 1 : -1].split(","))
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    door.execute(f"SELECT {name[: name.index('(')]}({numbers})")


def test_control_with_the_privilege_any_session_holds_up_the_worker(house) -> None:
    from tests.access.test_errands import give

    given = give(house)
    with house.role("guitu_app") as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute(HELD, (given,))
    with house.role("postgres") as door:
        door.execute("GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO guitu_app")
    with errands.worker() as hand:
        with house.role("guitu_app") as other:
            other.execute(HELD, (given,))
            assert hand.take() is None
            other.execute("SELECT pg_advisory_unlock_all()")
        assert hand.take().id == given


@pytest.mark.parametrize(
    ("login", "calls", "decides"),
    [
        ("prison", "GU006", "GU006"),
        ("county-head", "GU006", "GU006"),
        ("system", "GU006", ""),
        (None, "GU001", "GU001"),
    ],
)
def test_the_locks_of_the_house_are_taken_by_whom_they_are_for(house, login, calls, decides) -> None:
    keyed = hashlib.sha256(uuid.uuid4().bytes).digest()
    for statement, values, code in (
        ("SELECT access_hold_call(%s)", [keyed], calls),
        ("SELECT access_decide_alone()", [], decides),
    ):
        told = ""
        with house.acting(login) if login else nullcontext():
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement, values)
            except DatabaseError as refusal:
                told = refusal.__cause__.sqlstate
        assert told == code, statement
