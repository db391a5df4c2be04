"""`access compile`: grants, row policies, composite keys, functions, from cage.yaml, roles.py and sql/ (decision 23).

Idempotent, one transaction, changes only what differs. Fails on a table, view or function without a line in the cage.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from guitu.access import cage_functions, compiled_rules, erasing_functions, kept_writes, masked_views, permitted_moves
from guitu.access.roles import MACHINES, ROLES
from guitu.rulebook import masking
from guitu.rulebook.decision_table import DATA as DECISIONS
from guitu.rulebook.decision_table import decision_table

HERE = Path(__file__).parent
GRANTEES = ("app", "job", "signin", "seq")
READERS = "guitu_app, guitu_job"


class CageIncomplete(RuntimeError):
    """A table, view or function of the database has no line in the cage, or a line has nothing behind it."""


IN_RANGE = "((division >= access_planned(1)) AND (division < access_planned(2)))"
PLAN_STANDS = "(SELECT access_plan_stands(access_planned(1), access_planned(2))) IS NOT NULL"
"""Once an execution; the planner takes a boolean of a subquery for a filter of half the rows, this for none."""


@dataclass(frozen=True)
class Policy:
    """One row policy as it shall stand in the catalogue."""

    table: str
    name: str
    restrictive: bool
    using: str
    check: str = ""
    """What a written row must fulfil where that is less than what may be seen; empty: the same."""
    command: str = "ALL"


def _cage() -> dict[str, Any]:
    cage: dict[str, Any] = yaml.safe_load((HERE / "cage.yaml").read_text(encoding="utf-8"))
    return cage


def _function_files() -> list[Path]:
    return sorted((HERE / "sql").glob("*.sql"))


def policies() -> list[Policy]:
    """The row policies that follow from the cage."""
    wanted = []
    for table, line in _cage()["tables"].items():
        kind = line["cage"]
        if kind not in cage_functions.ROW_POLICIES:
            continue
        in_range = IN_RANGE
        # A row stands where its person stands (_bind_children), so of those shown the ones outside the range count.
        reached = {
            "person": f" OR {line.get('subject')} = ANY ((SELECT access_shared_outside())::uuid[])",
            "pair": f" OR {line.get('subject')} = ANY ((SELECT access_shared_outside())::uuid[])",
            "told": f" OR {line.get('subject')} IS NULL"
            f" OR {line.get('subject')} = ANY ((SELECT access_shared_outside())::uuid[])",
            "addressed": f" OR {line.get('subject')} = ANY ((SELECT access_shared_outside())::uuid[])"
            f" OR ({line.get('addressee')} IN ((SELECT access_own_unit()), (SELECT access_own_post()))"
            " AND people_is_unsealed(division))",
            "apart": cage_functions.shown_apart(line) if kind == "apart" else "",
            "unit": f" OR {line['holder']} = (SELECT access_own_unit())" if "holder" in line else "",
        }.get(kind, "")
        wanted.append(Policy(table, "gate", True, PLAN_STANDS))
        if "hangs" in line:
            # Its own division is the unit's: what hangs on a row of somebody sealed is shown to no unit either.
            hidden = f"((SELECT {table}_sealed())::uuid[])"
            wanted.append(Policy(table, "sealed", True, f"NOT {line['hangs']['by']} = ANY ({hidden})"))
        if kind == "pair":
            asking = in_range.replace("division", "asking_division")
            seen = f"{asking} AND ({in_range}{reached})"
            wanted += _reach(table, line, in_range, seen)
        elif kind == "told":
            told_here = in_range.replace("division", "told_division")
            told = f"({told_here} OR unit_id = (SELECT access_own_unit()) OR to_person)"
            wanted.append(Policy(table, "reach", False, f"{told} AND ({in_range}{reached})"))
        elif kind == "apart":
            sees_person = f"{in_range} OR {line['subject']} = ANY ((SELECT access_shared())::uuid[])"
            shown = f"id IN (SELECT s.id FROM {table}_seen() AS s)"  # nosec B608 # noqa: S608 - from the cage
            wanted.append(Policy(table, "reach", False, shown, f"({reached}) OR {sees_person}"))
            answers = f"{line['addressee']} = (SELECT access_own_unit()) AND (SELECT access_may('{line['answers']}'))"
            wanted.append(Policy(table, "answer", True, answers, command="UPDATE"))
        else:
            wanted += _reach(table, line, in_range, in_range + reached)
    return wanted


def _reach(table: str, line: dict[str, Any], in_range: str, seen: str) -> list[Policy]:
    """Who sees a row, and who writes it: nobody through a broken glass, which shows and nothing else.

    A second, restrictive policy keeps who may only look from drawing a row into the own range.
    """
    lasting = seen.replace("access_shared_outside()", "access_lasting()")
    if lasting == seen:
        return [Policy(table, "reach", False, seen)]
    written = _written(line, in_range) or lasting
    return [Policy(table, "reach", False, seen, written), Policy(table, "lasting", True, lasting, command="UPDATE")]


def _written(line: dict[str, Any], in_range: str) -> str:
    """Who writes the rows of an addressed table, if only one side does: who sees the person, or the addressee."""
    side = line.get("written_by")
    if side == "reach":
        return f"{in_range} OR {line['subject']} = ANY ((SELECT access_lasting())::uuid[])"
    if side == "addressee":
        return f"{line['addressee']} IN ((SELECT access_own_unit()), (SELECT access_own_post()))"
    return ""


def fingerprint() -> str:
    """A digest of all that compile reads: cage, roles, decision table, functions. Equal digests: nothing to compile."""
    names = (
        "cage.yaml",
        "kept.yaml",
        "roles.py",
        "permissions.py",
        "compiling.py",
        "cage_functions.py",
        "compiled_rules.py",
        "erasing_functions.py",
        "kept_writes.py",
        "masked_views.py",
        "permitted_moves.py",
    )
    tables = [
        *sorted(DECISIONS.glob("*.yaml")),
        DECISIONS.parent / "items" / "items.yaml",
        *compiled_rules.SOURCES,
        *sorted((DECISIONS.parent / "journeys").glob("*.yaml")),
        Path(masking.__file__),
    ]
    parts = [path.read_bytes() for path in [*(HERE / name for name in names), *tables, *_function_files()]]
    return hashlib.sha256(b"\x1e".join(parts)).hexdigest()


def compile_cage() -> list[str]:
    """Bring grants, policies, keys and functions of the connected database to what the cage says.

    Runs as guitu_owner. Returns a line per changed row policy. Raises CageIncomplete before anything is changed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        _assert_owner(cursor)
        for path in _function_files():
            cursor.execute(path.read_text(encoding="utf-8").replace("%", "%%"), [])
        cage = _cage()
        cursor.execute(cage_functions.addressed(cage), [])
        cursor.execute(masked_views.met_by_name().replace("%", "%%"), [])
        for text in (
            *compiled_rules.functions(),
            *permitted_moves.functions(),
            *cage_functions.sealed(cage),
            *cage_functions.apart(cage),
        ):
            cursor.execute(text, [])
        for text in erasing_functions.of_rooms(cage):
            cursor.execute(text, [])
        _make_views(cursor)
        _assert_complete(cursor, cage)
        _load_roles(cursor)
        _load_decisions(cursor)
        permitted_moves.load(cursor)
        _grant(cursor, cage)
        _freeze(cursor, cage)
        _make_owing(cursor, cage)
        _bind_children(cursor, cage)
        return _align_policies(cursor, cage)


def _assert_owner(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT current_user, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    user, bypasses = cursor.fetchone()
    if user != "guitu_owner" or not bypasses:
        raise CageIncomplete(f"compile runs as guitu_owner with BYPASSRLS, not as {user} (bypass: {bypasses})")


def _assert_complete(cursor: CursorWrapper, cage: dict[str, Any]) -> None:
    cursor.execute(
        "SELECT relname, relkind, coalesce('security_invoker=true' = ANY (reloptions), false) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
    )
    relations = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
    cursor.execute(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    functions = {row[0] for row in cursor.fetchall()}
    problems = [f"table without a line: {name}" for name in sorted(set(relations) - set(cage["tables"]))]
    problems += [f"line without a table: {name}" for name in sorted(set(cage["tables"]) - set(relations))]
    problems += [f"function without a line: {name}" for name in sorted(functions - set(cage["functions"]))]
    problems += [f"line without a function: {name}" for name in sorted(set(cage["functions"]) - functions)]
    problems += [f"materialised view: {name}" for name, (kind, _) in relations.items() if kind == "m"]
    problems += [
        f"view without security_invoker: {name}" for name, (kind, safe) in relations.items() if kind == "v" and not safe
    ]
    problems += kept_writes.problems(cage, kept_writes.kept())
    if problems:
        raise CageIncomplete("; ".join(problems))


def _load_roles(cursor: CursorWrapper) -> None:
    cursor.execute("DELETE FROM access_permission")
    cursor.execute("DELETE FROM access_role_purpose")
    cursor.execute("DELETE FROM access_role_range")
    for role in (*ROLES.values(), *MACHINES):
        cursor.execute("INSERT INTO access_role_range (role, sees) VALUES (%s, %s)", [role.code, role.sees.value])
        for action in sorted(role.may):
            cursor.execute("INSERT INTO access_permission (role, action) VALUES (%s, %s)", [role.code, action])
        for position, purpose in enumerate(role.purposes):
            cursor.execute(
                "INSERT INTO access_role_purpose (role, purpose, position) VALUES (%s, %s, %s)",
                [role.code, purpose, position],
            )


def _load_decisions(cursor: CursorWrapper) -> None:
    rows = [
        (*place, item, found.effect, found.mask, found.line.id, day.isoformat(), end.isoformat() if end else None)
        for place, item, found, day, end in decision_table().periods()
        if found.line is not None
    ]
    cursor.execute("DELETE FROM access_decision")
    cursor.execute(
        "INSERT INTO access_decision (role, purpose, relation, state, item, effect, mask, line, from_on, to_on)"
        " SELECT g->>0, g->>1, g->>2, g->>3, g->>4, g->>5, g->>6, g->>7, (g->>8)::date, (g->>9)::date"
        " FROM json_array_elements(%s::json) AS g",
        [json.dumps(rows, ensure_ascii=False)],
    )
    cursor.execute("UPDATE access_session SET blind = access_blind_for(post_id, purposes) WHERE ended_at IS NULL")


def _make_views(cursor: CursorWrapper) -> None:
    """The masked views with the functions beneath them; those that stand as they should are left alone."""
    made, views = masked_views.functions(), masked_views.definitions()
    mark = hashlib.sha256(f"{made}{views}{masked_views.COMMENTS}".encode()).hexdigest()
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [masked_views.FACTS])
    if (cursor.fetchone()[0] or "").endswith(mark):
        return
    for name in views:
        cursor.execute(f'DROP VIEW IF EXISTS "{name}"')
    for name, text in made.items():
        cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"(uuid[])')
        cursor.execute(text.replace("%", "%%"), [])
    for name, text in views.items():
        cursor.execute(f'CREATE VIEW "{name}" WITH (security_invoker=true) AS {text}'.replace("%", "%%"), [])
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [name])
        for (column,) in cursor.fetchall():
            cursor.execute(f'COMMENT ON COLUMN "{name}"."{column}" IS \'{masked_views.COMMENTS[column]}\'')
        cursor.execute(f"COMMENT ON VIEW \"{name}\" IS '按决定表遮盖的大批读取，由编译生成 {mark}'")


def _grant(cursor: CursorWrapper, cage: dict[str, Any]) -> None:
    cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM guitu_app, guitu_job, guitu_signin, guitu_seq")
    cursor.execute("GRANT USAGE ON SCHEMA public TO guitu_app, guitu_job, guitu_signin, guitu_seq, guitu_load")
    cursor.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO guitu_load")
    cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO guitu_load")
    for table, line in cage["tables"].items():
        for grantee in GRANTEES:
            if line.get(grantee):
                cursor.execute(f'GRANT {", ".join(line[grantee])} ON "{table}" TO guitu_{grantee}')
    for name, grantees in cage["functions"].items():
        cursor.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE proname = %s", [name])
        for (signature,) in cursor.fetchall():
            cursor.execute(
                f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC, guitu_app, guitu_job, guitu_signin, guitu_seq"
            )
            for grantee in grantees:
                cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO guitu_{grantee}")


def _freeze(cursor: CursorWrapper, cage: dict[str, Any]) -> None:
    for table, line in cage["tables"].items():
        if not line.get("frozen"):
            continue
        refuse = "ledger_only_ends" if line["frozen"] == "until_it_ends" else "ledger_refuse"
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON "{table}"'
            f" FOR EACH ROW EXECUTE FUNCTION {refuse}()"
        )
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER frozen_table BEFORE TRUNCATE ON "{table}"'
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        )


def _make_owing(cursor: CursorWrapper, cage: dict[str, Any]) -> None:
    """The triggers by which what is written owes an entry of the ledger; one that is no longer wanted goes."""
    wanted = kept_writes.triggers(cage, kept_writes.kept())
    cursor.execute(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgfoid = 'ledger_owe()'::regprocedure"
    )
    for table, name in set(cursor.fetchall()) - set(wanted):
        cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
    for text in wanted.values():
        cursor.execute(text, [])


def _bind_children(cursor: CursorWrapper, cage: dict[str, Any]) -> None:
    """A row about a person carries the person's own division; moving the person moves the row (amendment A4)."""
    for table, line in cage["tables"].items():
        if line["cage"] == "apart":
            # What stands apart follows nobody: else whoever moves a person reads off the counters that there are rows.
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{table}_bound_to_person"')
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER stands_apart_where_the_person_does AFTER INSERT ON "{table}"'
                " FOR EACH ROW EXECUTE FUNCTION access_stands_with_the_person()"
            )
            continue
        if line["cage"] not in {"person", "pair", "told", "addressed"} or table == "people_person":
            continue
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [f"{table}_bound_to_person"])
        if cursor.fetchone() is None:
            cursor.execute(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_bound_to_person" FOREIGN KEY (person_id, division)'
                " REFERENCES people_person (id, division) ON UPDATE CASCADE"
            )
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = 'access_reach_bound_to_person'")
    if cursor.fetchone() is None:
        cursor.execute(
            "ALTER TABLE access_reach ADD CONSTRAINT access_reach_bound_to_person FOREIGN KEY (person_id,"
            " person_division) REFERENCES people_person (id, division) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"
        )


def _align_policies(cursor: CursorWrapper, cage: dict[str, Any]) -> list[str]:
    changed = []
    for table, line in cage["tables"].items():
        by_row = line["cage"] in cage_functions.ROW_POLICIES
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
        if set(cursor.fetchone()) != {by_row}:
            # A table that the former version had under a policy is read by grants alone: else its readers see no row.
            cursor.execute(f'ALTER TABLE "{table}" {"ENABLE" if by_row else "DISABLE"} ROW LEVEL SECURITY')
            cursor.execute(f'ALTER TABLE "{table}" {"" if by_row else "NO "}FORCE ROW LEVEL SECURITY')
    wanted = {(policy.table, policy.name): policy for policy in policies()}
    cursor.execute(
        "SELECT c.relname, p.polname, obj_description(p.oid, 'pg_policy')"
        " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
    )
    held = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
    for table, name in sorted(set(held) - set(wanted)):
        cursor.execute(f'DROP POLICY "{name}" ON "{table}"')
        changed.append(f"dropped {name} on {table}")
    for key, policy in sorted(wanted.items()):
        mark = hashlib.sha256(repr(policy).encode()).hexdigest()
        if held.get(key) == mark:
            continue
        if key in held:
            cursor.execute(f'DROP POLICY "{policy.name}" ON "{policy.table}"')
        kind = "RESTRICTIVE" if policy.restrictive else "PERMISSIVE"
        cursor.execute(
            f'CREATE POLICY "{policy.name}" ON "{policy.table}" AS {kind} FOR {policy.command} TO {READERS}'
            f" USING ({policy.using})" + (f" WITH CHECK ({policy.check})" if policy.check else "")
        )
        cursor.execute(f'COMMENT ON POLICY "{policy.name}" ON "{policy.table}" IS \'{mark}\'')
        changed.append(f"made {policy.name} on {policy.table}")
    return changed
