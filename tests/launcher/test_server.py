"""The embedded server, really started, killed and started again, in a home whose path has spaces."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from guitu.launcher import keys, processes, roles
from guitu.launcher.database import Database, embedded
from guitu.launcher.home import Home
from guitu.launcher.server import EmbeddedServer


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with tempfile.TemporaryDirectory(prefix="guitu server ") as place:
        home = Home(Path(place) / "a home")
        home.make()
        keys.make_keys(home, database_exists=False)
        made = EmbeddedServer(home)
        made.start()
        address = embedded(home)
        roles.prepare_roles(address.superuser_dsn, passwords(home))
        roles.prepare_database(address.superuser_dsn, "guitu")
        yield made
        made.stop()


@pytest.fixture
def database(server: EmbeddedServer) -> Database:
    server.start()
    return embedded(server.home)


def passwords(home: Home) -> dict[str, str]:
    return {role: keys.read_password(home, role) for role in keys.ROLES}


def door(server: EmbeddedServer, role: str, database: str = "guitu") -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host=str(server.home.socket_directory()),
        port=5432,
        user=role,
        password=keys.read_password(server.home, role),
        dbname=database,
        autocommit=True,
    )


def value(connection: "psycopg.Connection[tuple[object, ...]]", statement: str) -> object:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def kill(server: EmbeddedServer) -> int:
    pid = server.running_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until_gone(pid, seconds=10)
    return pid


def test_a_killed_server_comes_back_with_everything_acknowledged(server: EmbeddedServer, database: Database) -> None:
    with door(server, "guitu_owner") as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    former = kill(server)
    assert server.pid_file.exists()
    assert server.running_pid() is None
    server.start()
    assert server.running_pid() not in {None, former}
    with door(server, "guitu_owner") as connection:
        assert value(connection, "SELECT count(*) FROM kept") == 1000
        connection.execute("DROP TABLE kept")


def test_a_second_starter_takes_the_running_server_over_and_can_stop_it(
    server: EmbeddedServer, database: Database
) -> None:
    pid = server.running_pid()
    second = EmbeddedServer(server.home)
    second.start()
    assert second.running_pid() == pid
    second.stop()
    assert server.running_pid() is None
    server.start()


def test_a_note_left_by_a_dead_server_is_not_believed_when_its_number_belongs_to_another_program(
    server: EmbeddedServer, database: Database
) -> None:
    lines = server.recorded()
    server.stop()
    server.pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert processes.is_living(os.getpid())
    assert server.running_pid() is None
    server.start()
    assert server.is_ready()


def test_the_server_stops_when_its_last_user_has_gone_and_not_before(server: EmbeddedServer) -> None:
    server.stop()
    first, second = EmbeddedServer(server.home), EmbeddedServer(server.home)
    with first.in_use():
        with second.in_use():
            assert first.is_ready()
        assert first.is_ready()
    assert server.running_pid() is None


def test_the_server_listens_on_a_private_socket_only_and_keeps_statements_out_of_its_log(
    server: EmbeddedServer, database: Database
) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        assert value(connection, "SHOW listen_addresses") == ""
        assert value(connection, "SHOW fsync") == "on"
        assert value(connection, "SHOW server_encoding") == "UTF8"
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.execute("SELECT 1/0 AS 张三的身份证号")
    assert server.home.socket_directory().stat().st_mode & 0o077 == 0
    log = (server.home.logs / "postgres.log").read_text(encoding="utf-8")
    assert "division by zero" in log
    assert "张三" not in log


def test_chinese_text_is_found_by_its_trigrams(server: EmbeddedServer, database: Database) -> None:
    with door(server, "guitu_owner") as connection:
        found = value(connection, "SELECT cardinality(show_trgm('阿依古丽'))")
    assert isinstance(found, int)
    assert found > 0


def test_nobody_gets_in_without_a_password(server: EmbeddedServer, database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=database.host, port=database.port, user="guitu_owner", dbname="guitu", password="guess")


@pytest.mark.parametrize("role", ["guitu_app", "guitu_job", "guitu_signin", "guitu_seq"])
def test_a_serving_role_can_neither_make_things_nor_see_nor_end_other_sessions(
    server: EmbeddedServer, database: Database, role: str
) -> None:
    refused = psycopg.errors.InsufficientPrivilege
    with door(server, role) as connection:
        for statement in (
            "CREATE TABLE mine (n int)",
            "CREATE TEMP TABLE mine (n int)",
            "SELECT * FROM pg_stat_activity",
            "SELECT * FROM pg_stat_get_activity(NULL)",
            "SELECT * FROM pg_locks",
            "SELECT pg_terminate_backend(1)",
            "SELECT pg_try_advisory_lock(1)",
            "SET ROLE guitu_owner",
        ):
            with pytest.raises(refused):
                connection.execute(statement)
    for other in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="CONNECT"):
            door(server, role, other)


def test_a_function_of_the_owner_is_nobodys_until_it_is_granted(server: EmbeddedServer, database: Database) -> None:
    with door(server, "guitu_owner") as owner, door(server, "guitu_app") as app:
        owner.execute("CREATE FUNCTION secret() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT secret()")
        owner.execute("GRANT EXECUTE ON FUNCTION secret() TO guitu_app")
        assert value(app, "SELECT secret()") == 1
        owner.execute("DROP FUNCTION secret()")


def test_a_clone_gets_the_rights_that_a_template_does_not_pass_on(server: EmbeddedServer, database: Database) -> None:
    roles.clone_database(database.superuser_dsn, "guitu", "guitu_clone")
    try:
        with door(server, "guitu_app", "guitu_clone") as app:
            for statement in (
                "CREATE TEMP TABLE mine (n int)",
                "SELECT * FROM pg_stat_activity",
                "SELECT pg_try_advisory_lock(1)",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(statement)
        with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
            public = "SELECT has_database_privilege('pg_monitor', 'guitu_clone', 'CONNECT')"
            assert value(connection, public) is False
    finally:
        roles.drop_database(database.superuser_dsn, "guitu_clone")
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        assert not roles.database_exists(connection, "guitu_clone")


def test_a_database_of_before_is_closed_at_the_next_start_and_so_is_what_is_restored(
    server: EmbeddedServer, database: Database
) -> None:
    lock = "SELECT pg_try_advisory_lock(1)"
    with (
        psycopg.connect(database.superuser_dsn, dbname="guitu", autocommit=True) as former,
        door(server, "guitu_app") as app,
    ):
        former.execute("GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(bigint) TO PUBLIC")
        assert value(app, lock) is True  # the control: as a database is made, and as one of before is
        roles.prepare_database(database.superuser_dsn, "guitu")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(lock)
    with door(server, "guitu_owner") as owner:
        assert value(owner, lock) is True


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER ROLE guitu_owner NOBYPASSRLS", "guitu_owner must have BYPASSRLS"),
        ("ALTER ROLE guitu_app BYPASSRLS", "guitu_app must not have BYPASSRLS"),
        ("ALTER ROLE guitu_job CREATEROLE", "guitu_job must not have CREATEROLE"),
        ("ALTER ROLE guitu_owner NOINHERIT", "guitu_owner must have INHERIT"),
        ("GRANT guitu_owner TO guitu_seq", "guitu_seq must not be a member of another role"),
        ("ALTER ROLE guitu_app SET debug_print_parse = on", "guitu_app must have no settings of its own"),
    ],
)
def test_a_role_with_a_wrong_attribute_is_named_and_the_next_start_sets_it_right(
    server: EmbeddedServer, database: Database, change: str, said: str
) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        roles.assert_role_attributes(connection)
        connection.execute(change)  # type: ignore[arg-type]
        with pytest.raises(roles.RoleAttributesError, match=said):
            roles.assert_role_attributes(connection)
        roles.prepare_roles(database.superuser_dsn, passwords(server.home))
        roles.assert_role_attributes(connection)


@pytest.mark.parametrize("role", ["guitu_app", "guitu_job", "guitu_signin", "guitu_seq"])
def test_what_a_role_sets_for_itself_does_not_outlast_the_next_start(
    server: EmbeddedServer, database: Database, role: str
) -> None:
    """SQL of its own could let every later session fail, or write what it runs to the server's log."""
    kept = ("row_security", "debug_print_parse", "search_path", "default_transaction_read_only")
    read = "SELECT " + ", ".join(f"current_setting('{one}')" for one in kept)
    with door(server, role) as own:
        before = own.execute(read).fetchone()
        own.execute(f"ALTER ROLE {role} SET row_security = off")
        own.execute(f"ALTER ROLE {role} SET debug_print_parse = on")
        own.execute(f"ALTER ROLE {role} SET search_path = ''")
        own.execute(f"ALTER ROLE {role} IN DATABASE guitu SET default_transaction_read_only = on")
    with door(server, role) as later:  # the control: PostgreSQL lets it, and every later session has it
        assert later.execute(read).fetchone() == ("off", "on", '""', "on")
    roles.prepare_roles(database.superuser_dsn, passwords(server.home))
    with door(server, role) as later:
        assert later.execute(read).fetchone() == before
        for mark in ("token", "purpose"):  # whose token a session bears nobody sets for it
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                later.execute(f"ALTER ROLE {role} SET guitu.{mark} = 'mine'")
