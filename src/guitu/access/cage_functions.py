"""The functions of the database that follow from the lines of cage.yaml; made by compile."""

from __future__ import annotations

from typing import Any

ROW_POLICIES = frozenset({"person", "pair", "told", "addressed", "apart", "unit"})


def addressed(cage: dict[str, Any]) -> str:
    """The function that tells whom the rows addressed to the acting unit are about, over every such table."""
    rows = " UNION ".join(
        f'SELECT {line["subject"]} AS person FROM "{table}" WHERE {line["addressee"]}'  # nosec B608 # noqa: S608 - from the cage
        " IN (access_own_unit(), access_own_post()) AND people_is_unsealed(division)"
        for table, line in sorted(cage["tables"].items())
        if line["cage"] == "addressed"
    )
    rows = rows or "SELECT NULL::uuid AS person WHERE false"
    body = f"RETURN coalesce((SELECT array_agg(a.person) FROM ({rows}) AS a), '{{}}');"  # nosec B608 # noqa: S608 - from the cage
    return (
        "CREATE OR REPLACE FUNCTION access_addressed() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER"
        f" SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN {body} END $$"
    )


def sealed(cage: dict[str, Any]) -> list[str]:
    """For each table whose rows hang on rows about persons: the function that tells which of those are sealed.

    Of the rows that stand in the acting post's range or are held by its unit, and of no others.
    """
    return [
        f"CREATE OR REPLACE FUNCTION {table}_sealed() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE"  # nosec B608 # noqa: S608 - from the cage
        " SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
        " DECLARE s access_session := access_seeing(); BEGIN RETURN coalesce((SELECT"
        f" array_agg(h.id) FROM {line['hangs']['from']} h JOIN people_person q ON q.id = h.person_id"
        f" JOIN {table} t ON t.{line['hangs']['by']} = h.id WHERE q.sealed_at IS NOT NULL"
        f" AND (t.division >= s.low AND t.division < s.high OR {_held(line)})), '{{}}'); END $$"
        for table, line in cage["tables"].items()
        if "hangs" in line and line["cage"] in ROW_POLICIES
    ]


def _held(line: dict[str, Any]) -> str:
    return f"t.{line['holder']} = access_own_unit()" if "holder" in line else "false"


def shown_apart(line: dict[str, Any]) -> str:
    """To whom a row is shown that stands apart: to the addressed unit's posts that may read it, and to its person."""
    return (
        f"({line['addressee']} = (SELECT access_own_unit()) AND (SELECT access_may('{line['reads']}')))"
        f" OR {line['subject']} = ANY ((SELECT access_own_road())::uuid[])"
    )


def apart(cage: dict[str, Any]) -> list[str]:
    """For each table that stands apart, the function that alone reads it: ``<table>_seen()``, whole rows.

    No row policy does: a plain condition is asked before it, and EXPLAIN tells of rows that nobody is shown. Of a
    sealed file the addressed unit sees none, but a letter of the person's own.
    """
    return [
        f"CREATE OR REPLACE FUNCTION {table}_seen() RETURNS SETOF {table} LANGUAGE plpgsql STABLE SECURITY DEFINER"  # nosec B608 # noqa: S608 - from the cage
        " SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN PERFORM access_acting();"
        f" RETURN QUERY SELECT t.* FROM {table} t WHERE ({shown_apart(line)})"
        f"{'' if line.get('letter') else _UNSEALED.format(subject=line['subject'])}; END $$"
        for table, line in cage["tables"].items()
        if line["cage"] == "apart"
    ]


_UNSEALED = " AND ({subject} = ANY (access_own_road()) OR NOT {subject} = ANY (people_sealed()))"
