"""Database roles, databases and their rights: made by the superuser, before any migration.

Six roles (decisions 1 and A1): ``guitu_owner`` owns and migrates and bypasses row security, ``guitu_load`` copies and
bypasses row security; ``guitu_app``, ``guitu_job``, ``guitu_signin``, ``guitu_seq`` never do. Rights on a database are
not in a dump and not copied with a template, so they are given again after every clone and restore.
"""

from collections.abc import Mapping

from psycopg import Connection, connect, sql
from psycopg.conninfo import make_conninfo

OWNER = "guitu_owner"
BYPASSING = frozenset({OWNER, "guitu_load"})
CONNECTING = ("guitu_owner", "guitu_app", "guitu_job", "guitu_signin", "guitu_load", "guitu_seq")
EXTENSIONS = ("btree_gist", "pg_trgm")
SHARED_DATABASES = ("postgres", "template1")
BUILTIN_LOCALE_SINCE = 170000
PEEPHOLES = (  # what other sessions hold, and the power to end them: one role serves every web session
    "pg_lock_status()",
    "pg_cancel_backend(integer)",
    "pg_terminate_backend(integer, bigint)",
)
HIDING_PLACES = (  # large objects: a store that no row policy, no entry of the ledger and no erasure knows
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
)
WAITING_PLACES = tuple(  # locks under a number: whoever may take any one holds up whoever works under it
    f"pg_{verb}_lock{shared}({numbers})"
    for verb in ("advisory", "advisory_xact", "try_advisory", "try_advisory_xact")
    for shared in ("", "_shared")
    for numbers in ("bigint", "integer, integer")
)


class RoleAttributesError(Exception):
    """A role lacks an attribute or has one too many; without them data migrations see 0 rows and no error."""

    def __init__(self, deviations: list[str]) -> None:
        super().__init__("; ".join(deviations))
        self.deviations = deviations


def prepare_roles(superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Make the six roles, or set attributes, memberships, passwords and settings right; close the shared databases.

    Passwords travel as scram-sha-256 verifiers, never in clear. A role may change its own password and give itself
    settings that outlast the session, such as what is written to the server's log; both are undone. Idempotent.
    """
    with connect(superuser_dsn, autocommit=True) as connection:
        present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in CONNECTING:
            verifier = connection.pgconn.encrypt_password(
                passwords[role].encode(), role.encode(), b"scram-sha-256"
            ).decode()
            statement = sql.SQL(
                "{verb} ROLE {role} WITH LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION {bypass} "
                "PASSWORD {verifier}"
            ).format(
                verb=sql.SQL("ALTER" if role in present else "CREATE"),
                role=sql.Identifier(role),
                bypass=sql.SQL("BYPASSRLS" if role in BYPASSING else "NOBYPASSRLS"),
                verifier=sql.Literal(verifier),
            )
            connection.execute(statement)
        for role, database in _settings(connection):
            within = sql.SQL("IN DATABASE {} ").format(sql.Identifier(database)) if database else sql.SQL("")
            connection.execute(sql.SQL("ALTER ROLE {} {}RESET ALL").format(sql.Identifier(role), within))
        held = connection.execute(
            "SELECT g.rolname, r.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
            " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY(%s)",
            (list(CONNECTING),),
        ).fetchall()
        for group, role in held:
            connection.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(group), sql.Identifier(role)))
    for name in SHARED_DATABASES:
        with connect(make_conninfo(superuser_dsn, dbname=name), autocommit=True) as connection:
            _close_database(connection, name)


def prepare_database(superuser_dsn: str, name: str) -> None:
    """Make the database when missing, owned by guitu_owner, with its extensions, and give the rights. Idempotent.

    The roles must exist. Also for the template database of the tests.
    """
    with connect(superuser_dsn, autocommit=True) as connection:
        if not database_exists(connection, name):
            provider = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'"
            if connection.info.server_version < BUILTIN_LOCALE_SINCE:
                provider = "LOCALE 'C.UTF-8'"
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.SQL(provider)
                )
            )
    with connect(make_conninfo(superuser_dsn, dbname=name), autocommit=True) as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(
                sql.Identifier(OWNER)
            )
        )
        _close_database(connection, name)
        for function in WAITING_PLACES:  # its functions take them, each the one that it is for
            connection.execute(
                sql.SQL("GRANT EXECUTE ON FUNCTION pg_catalog.{} TO {}").format(
                    sql.SQL(function), sql.Identifier(OWNER)
                )
            )
        _give_connect(connection, name)


def clone_database(superuser_dsn: str, template: str, name: str, *, by_files: bool = False) -> None:
    """Make a database from a template to which nobody is connected, and give the rights that a clone does not inherit.

    Rights inside the database (tables, functions, the closed peepholes) come with the template. ``by_files``: copied
    file by file between two checkpoints, which is quicker on a server that writes nothing else.
    """
    with connect(superuser_dsn, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
                sql.Identifier(name),
                sql.Identifier(OWNER),
                sql.Identifier(template),
                sql.Identifier("file_copy" if by_files else "wal_log"),
            )
        )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        _give_connect(connection, name)


def drop_database(superuser_dsn: str, name: str) -> None:
    """Drop the database, ending its connections; nothing happens when there is none."""
    with connect(superuser_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def replace_database(superuser_dsn: str, name: str, other: str) -> None:
    """Drop the database `name` and let `other` take its name; rights on a database go with it."""
    drop_database(superuser_dsn, name)
    with connect(superuser_dsn, autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(other), sql.Identifier(name))
        )


def database_exists(connection: Connection[tuple[object, ...]], name: str) -> bool:
    """Say whether the server has a database of that name."""
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def system_identifier(superuser_dsn: str) -> str:
    """Return the identity of the database server's data: another one means nothing there is prepared yet."""
    with connect(superuser_dsn, autocommit=True) as connection:
        row = connection.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    return str(row[0]) if row else ""


def assert_role_attributes(connection: Connection[tuple[object, ...]]) -> None:
    """Compare the six roles with what they must be. Raises RoleAttributesError naming every deviation.

    Any role may ask; doctor, migrate, compile and restore do.
    """
    rows = connection.execute(
        "SELECT rolname, rolbypassrls, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolinherit, rolcanlogin,"
        " EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid) FROM pg_roles r WHERE rolname = ANY(%s)",
        (list(CONNECTING),),
    ).fetchall()
    found = {str(row[0]): row[1:] for row in rows}
    deviations = []
    for role in CONNECTING:
        if role not in found:
            deviations.append(f"{role} does not exist")
            continue
        bypass, superuser, createrole, createdb, replication, inherit, login, member = found[role]
        wanted_bypass = role in BYPASSING
        if bool(bypass) != wanted_bypass:
            deviations.append(f"{role} must {'have' if wanted_bypass else 'not have'} BYPASSRLS")
        powers = {"SUPERUSER": superuser, "CREATEROLE": createrole, "CREATEDB": createdb, "REPLICATION": replication}
        deviations += [f"{role} must not have {power}" for power, held in powers.items() if held]
        needs = {"INHERIT": inherit, "LOGIN": login}
        deviations += [f"{role} must have {need}" for need, held in needs.items() if not held]
        if member:
            deviations.append(f"{role} must not be a member of another role")
    having = sorted({role for role, _ in _settings(connection)})
    deviations += [f"{role} must have no settings of its own" for role in having]
    if deviations:
        raise RoleAttributesError(deviations)


def _settings(connection: Connection[tuple[object, ...]]) -> list[tuple[str, str]]:
    """Which serving roles have settings of their own, each with the database in which they hold, empty for all."""
    found = connection.execute(
        "SELECT r.rolname, coalesce(d.datname, '') FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole"
        " LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE r.rolname = ANY(%s)",
        ([role for role in CONNECTING if role not in BYPASSING],),
    ).fetchall()
    return [(str(role), str(database)) for role, database in found]


def _counters(connection: Connection[tuple[object, ...]]) -> list[str]:
    """Every function of the server's statistics that counts what was read and written, and of which rows."""
    found = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'pg\\_stat\\_get\\_%'"
        " AND pronamespace = 'pg_catalog'::regnamespace ORDER BY 1"
    ).fetchall()
    return [str(row[0]) for row in found]


def _close_database(connection: Connection[tuple[object, ...]], name: str) -> None:
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    connection.execute("REVOKE SELECT ON pg_catalog.pg_stat_activity FROM PUBLIC")
    for function in (*PEEPHOLES, *HIDING_PLACES, *WAITING_PLACES, *_counters(connection)):
        connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION pg_catalog.{} FROM PUBLIC").format(sql.SQL(function)))


def _give_connect(connection: Connection[tuple[object, ...]], name: str) -> None:
    roles = sql.SQL(", ").join(sql.Identifier(role) for role in CONNECTING)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), roles))
