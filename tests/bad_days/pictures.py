"""What a database holds, as a picture that two runs of one act share: everything but what is random."""

import psycopg
from psycopg import sql

# Who was let in and what was asked is written before an act and stays also when the act does not happen.
BESIDE = ("access_trace", "access_session", "django_migrations")
Picture = dict[tuple[str, str], list[str]]


def picture(dsn: str) -> Picture:
    """Every column of every table as its sorted values; ids and sealed bytes are left out, their rows are counted."""
    found: Picture = {}
    with psycopg.connect(dsn) as door:
        columns = door.execute(
            "SELECT c.relname, a.attname, t.typname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " JOIN pg_type t ON t.oid = a.atttypid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
            " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, a.attnum"
        ).fetchall()
        for table in sorted({row[0] for row in columns} - set(BESIDE)):
            named = [row[1] for row in columns if row[0] == table and row[2] not in {"uuid", "_uuid", "bytea"}]
            counted = door.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            found[table, "*"] = [str(counted[0])]
            for column in named:
                query = sql.SQL("SELECT coalesce({}::text, '∅') FROM {} ORDER BY 1").format(
                    sql.Identifier(column), sql.Identifier(table)
                )
                found[table, column] = [row[0] for row in door.execute(query)]
    return found


def without(seen: Picture, volatile: set[tuple[str, str]]) -> Picture:
    """The picture without the columns that differ between two runs of the same act."""
    return {place: values for place, values in seen.items() if place not in volatile}


def differing(one: Picture, other: Picture) -> set[tuple[str, str]]:
    """Where two pictures differ."""
    return {place for place in {*one, *other} if one.get(place) != other.get(place)}


def unsound_entries(dsn: str) -> int:
    """How many entries of the ledger have no payload, or one that is not what they committed to."""
    with psycopg.connect(dsn) as door:
        row = door.execute(
            "SELECT count(*) FROM ledger_entry e LEFT JOIN ledger_payload p ON p.entry_id = e.id"
            " WHERE p.entry_id IS NULL OR e.commitment <> sha256(p.salt || convert_to(p.canonical, 'UTF8'))"
        ).fetchone()
    return row[0]
