"""Figures and digests of the rulebook as functions of the database, so that it holds what the operations hold.

Made by compile from the same readings as the pages use; the triggers and functions in sql/ ask these.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from guitu.access.roles import SEPARATED, SecurityAdministrator, SystemAdministrator
from guitu.rulebook.book import load_national
from guitu.rulebook.holding_back import DATA as HOLDING_BACK
from guitu.rulebook.holding_back import read_hold_rules
from guitu.rulebook.impact import DATA as IMPACT
from guitu.rulebook.impact import impact_rules
from guitu.rulebook.interface import DATA as INTERFACE
from guitu.rulebook.interface import interface_limits
from guitu.rulebook.juveniles import DATA as JUVENILES
from guitu.rulebook.juveniles import age_of_majority
from guitu.rulebook.looking import DATA as LOOKING
from guitu.rulebook.looking import emergency_rules, export_rules, line_lasts, moment_rules
from guitu.rulebook.retention import DATA as RETENTION
from guitu.rulebook.retention import kept_months, record_classes
from guitu.rulebook.rights import DATA as RIGHTS
from guitu.rulebook.rights import rights_rules
from guitu.rulebook.sealing import DATA as SEALING
from guitu.rulebook.sealing import sealing_rules
from guitu.rulebook.sign_in import DATA as SIGN_IN
from guitu.rulebook.sign_in import person_sign_in
from guitu.rulebook.terminals import DATA as TERMINALS
from guitu.rulebook.terminals import terminal_rules
from guitu.rulebook.tries import DATA as TRIES
from guitu.rulebook.tries import errand_rules, verify_rules

DEADLINES = RETENTION.parent.parent / "deadlines"
ACTS = RETENTION.parent.parent / "acts.yaml"
NOTICES = RETENTION.parent.parent / "notices"
SOURCES: tuple[Path, ...] = (
    LOOKING,
    SEALING,
    SEALING.parent.parent / "deadlines" / "rights.yaml",
    HOLDING_BACK,
    IMPACT,
    RETENTION,
    TERMINALS,
    RIGHTS,
    JUVENILES,
    INTERFACE,
    TRIES,
    SIGN_IN / "person.yaml",
    *sorted(DEADLINES.glob("*.yaml")),
    ACTS,
    *sorted(NOTICES.glob("*.yaml")),
)
"""The records that these functions are made of."""
KEPT_FILE = "RD-KEEP"
UNSIGNED = frozenset(
    {
        "access:client:registered",
        "access:credential:changed",
        "access:file:resealed",
        "access:file:unsealed",
        "access:item:read",
        "access:reach:closed",
        "access:reach:opened",
        "access:request:refused",
        "access:roles:changed",
        "access:session:refused",
        "access:staffing:changed",
        "access:terminal:bound",
        "access:traces:noted",
        "access:write:unsaid",
    }
)
"""Acts that the database or the machine records itself, as it does all of ``ledger:…``: no post says them."""
_PINNED = "SET search_path = pg_catalog, public, pg_temp"


def functions() -> list[str]:
    """The statements that make them."""
    return [
        _moment(),
        _line(),
        _terms(),
        _glass(),
        _alone(),
        _interface(),
        _sealed_look(),
        _sealed_after(),
        _kept_file(),
        _graded(),
        _majority(),
        _holds(),
        _features(),
        _kept(),
        _terminals(),
        _separated(),
        _offices(),
        _errands(),
        _verifying(),
        _acts(),
        _tellers(),
    ]


def _moment() -> str:
    """How far before and behind the database's clock a process may be that says what is now."""
    rules = moment_rules()
    return (
        "CREATE OR REPLACE FUNCTION access_moment_rules() RETURNS TABLE (ahead interval, behind interval) LANGUAGE sql"  # noqa: S608 - figures of the rulebook
        f" IMMUTABLE {_PINNED} AS $$ VALUES (interval '{rules.ahead}', interval '{rules.behind}') $$"
    )


def _line() -> str:
    """How long a session may read on a line of the trace (sql/lines.sql). Not pinned, so that it is written into it."""
    return (
        "CREATE OR REPLACE FUNCTION access_line_lasts() RETURNS interval LANGUAGE sql IMMUTABLE"
        f" AS $$ SELECT interval '{line_lasts()}' $$"
    )


def _glass() -> str:
    """A broken glass: how long it stays open, how often a post may try, how long an abuse bars, when it is reviewed."""
    rules = emergency_rules()
    return (
        "CREATE OR REPLACE FUNCTION access_glass_rules() RETURNS TABLE (lasts interval, most integer, within interval,"  # noqa: S608 - figures of the rulebook
        f" barred interval, review interval) LANGUAGE sql IMMUTABLE {_PINNED} AS $$ VALUES (interval '{rules.lasts}',"
        f" {rules.attempts}, interval '{rules.within}', interval '{rules.barred}', interval '{rules.review_most}') $$"
    )


def _alone() -> str:
    """How many rows one person of a role may export without a second one, and within which time."""
    rules = export_rules()
    return _by_role("access_export_alone", rules.alone, rules.within)


def _interface() -> str:
    """How many persons the interface answers a post of a role about, and within which time."""
    limits = interface_limits()
    return _by_role("access_interface_most", limits.persons, limits.persons_within)


def _by_role(function: str, most: Mapping[str, int], within: timedelta) -> str:
    """A function of how much a post of a role may take within a time; nothing for a role that is not listed."""
    roles = ", ".join(f"('{role}', {figure})" for role, figure in sorted(most.items()))
    return (
        f"CREATE OR REPLACE FUNCTION {function}(of_role text) RETURNS TABLE (most integer, within interval)"  # nosec B608 # noqa: S608 - figures of the rulebook
        f" LANGUAGE sql IMMUTABLE {_PINNED} AS $$ SELECT coalesce((SELECT v.most FROM (VALUES {roles})"
        f" AS v (role, most) WHERE v.role = of_role), 0), interval '{within}' $$"
    )


def _sealed_look() -> str:
    """How long a granted query of a sealed file shows it at most: the national rule and the rest of the legal day."""
    values = load_national().rules[sealing_rules().look_rule].values
    days = max(value.service.value for value in values if value.service is not None) + 1
    return (
        f"CREATE OR REPLACE FUNCTION rights_sealed_look_lasts() RETURNS interval LANGUAGE sql IMMUTABLE {_PINNED}"
        f" AS $$ SELECT interval '{days} days' $$"
    )


def _sealed_after() -> str:
    """The states of a matter after which a juvenile's file is to be sealed."""
    states = ", ".join(f"'{state}'" for state in sealing_rules().seal_after)
    return (
        "CREATE OR REPLACE FUNCTION rights_sealed_after() RETURNS text[] LANGUAGE sql IMMUTABLE"
        f" {_PINNED} AS $$ SELECT ARRAY[{states}]::text[] $$"
    )


def _kept_file() -> str:
    """For how long a file is kept after all has ended: the national rule."""
    values = load_national().rules[KEPT_FILE].values
    months = min(value.service.value for value in values if value.service is not None)
    return (
        f"CREATE OR REPLACE FUNCTION rights_file_kept_for() RETURNS interval LANGUAGE sql IMMUTABLE {_PINNED}"
        f" AS $$ SELECT interval '{months} months' $$"
    )


def _graded() -> str:
    """The graded items of which the clock asks after a complaint whether they went worse."""
    graded = ", ".join(f"'{kind.code}'" for kind in rights_rules().worsenings.values() if kind.graded)
    return (
        "CREATE OR REPLACE FUNCTION rights_graded_items() RETURNS text[] LANGUAGE sql IMMUTABLE"
        f" {_PINNED} AS $$ SELECT ARRAY[{graded}]::text[] $$"
    )


def _terms() -> str:
    """How long at most a person's code, a token of another system and a signed assessment are good; how many codes."""
    codes = person_sign_in()
    terms = [one.service.value for one in load_national().rules[impact_rules().term_rule].values if one.service]
    return (
        "DROP FUNCTION IF EXISTS access_terms(); CREATE FUNCTION access_terms() RETURNS TABLE (code interval,"
        " message interval, codes integer, codes_within interval, token interval, assessed interval)"
        f" LANGUAGE sql IMMUTABLE {_PINNED} AS $$ VALUES (interval '{codes.code_lasts}',"
        f" interval '{codes.message_lasts}', {codes.codes_most}, interval '{codes.codes_within}',"
        f" interval '{interface_limits().token_lasts}', interval '{max(terms)} months 1 day') $$"
    )


def _majority() -> str:
    """The age from which nobody is a juvenile."""
    return (
        f"CREATE OR REPLACE FUNCTION people_majority() RETURNS interval LANGUAGE sql IMMUTABLE {_PINNED}"
        f" AS $$ SELECT interval '{age_of_majority()} years' $$"
    )


def _holds() -> str:
    """For how many days looks are held back at most, from how many days ago and on which grounds, on a legal day."""
    versions = ", ".join(
        f"(date '{one.since}', {one.most.days}, {one.back.days}, ARRAY{sorted(one.grounds)})"
        for one in read_hold_rules(HOLDING_BACK.read_text(encoding="utf-8"))
    )
    return (
        "DROP FUNCTION IF EXISTS access_hold_figures(date); CREATE FUNCTION access_hold_figures(on_day date)"  # nosec B608 # noqa: S608 - figures of the rulebook
        f" RETURNS TABLE (most integer, back integer, grounds text[]) LANGUAGE sql IMMUTABLE {_PINNED}"
        f" AS $$ SELECT v.most, v.back, v.grounds FROM (VALUES {versions})"
        " AS v (since, most, back, grounds) WHERE v.since <= on_day ORDER BY v.since DESC LIMIT 1 $$"
    )


def _features() -> str:
    """The features that need an impact assessment, each with the digest of its record as the rulebook has it now."""
    features = ", ".join(f"('{one.code}', '{one.sha256}')" for one in impact_rules().features.values())
    return (
        "CREATE OR REPLACE FUNCTION access_features() RETURNS TABLE (code text, digest text) LANGUAGE sql IMMUTABLE"  # nosec B608 # noqa: S608 - codes and digests of the rulebook
        f" {_PINNED} AS $$ SELECT f.code, f.digest FROM (VALUES {features}) AS f (code, digest) $$"
    )


def _kept() -> str:
    """For how long a class of processing records is kept at least; null for what is no class: it never ends."""
    classes = record_classes().values()
    kept = " ".join(f"WHEN '{one.code}' THEN interval '{kept_months(one)} months'" for one in classes)
    return (
        "CREATE OR REPLACE FUNCTION ledger_kept_for(of_class text) RETURNS interval LANGUAGE sql IMMUTABLE"
        f" {_PINNED} AS $$ SELECT CASE of_class {kept} END $$"
    )


def _acts() -> str:
    """What a post may say in the ledger: acts that have a sentence, but those of the database and the machine."""
    said = sorted(act for act in load_national().acts if act not in UNSIGNED and not act.startswith("ledger:"))
    acts = ", ".join(f"'{act}'" for act in said)
    return (
        "CREATE OR REPLACE FUNCTION ledger_acts_of_posts() RETURNS text[] LANGUAGE sql IMMUTABLE"
        f" {_PINNED} AS $$ SELECT ARRAY[{acts}]::text[] $$"
    )


def _tellers() -> str:
    """Who may tell a notice (rulebook/notice.py, `told_by`); of one that is not known, nobody."""
    who = ", ".join(
        f"('{notice.id}', ARRAY[{', '.join(map(repr, notice.told_by))}]::text[])"
        for notice in load_national().notices.values()
    )
    return (
        "CREATE OR REPLACE FUNCTION notices_told_by(of_code text) RETURNS text[] LANGUAGE sql IMMUTABLE"  # nosec B608 # noqa: S608 - codes of the rulebook
        f" {_PINNED} AS $$ SELECT v.who FROM (VALUES {who}) AS v (code, who) WHERE v.code = of_code $$"
    )


def _separated() -> str:
    """The roles of the three administrators."""
    codes = ", ".join(f"'{role.code}'" for role in SEPARATED)
    return (
        "CREATE OR REPLACE FUNCTION access_separated_roles() RETURNS text[] LANGUAGE sql IMMUTABLE"
        f" {_PINNED} AS $$ SELECT ARRAY[{codes}] $$"
    )


def _offices() -> str:
    """Whose office assesses terminals, and whose assesses those of that office."""
    return (
        "CREATE OR REPLACE FUNCTION access_terminal_offices() RETURNS TABLE (assesses text, assesses_those text)"
        f" LANGUAGE sql IMMUTABLE {_PINNED} AS $$ SELECT '{SecurityAdministrator.code}',"
        f" '{SystemAdministrator.code}' $$"
    )


def _errands() -> str:
    """How long an errand waits to be begun, how long one try may act, and how many tries there are."""
    rules, exported = errand_rules(), export_rules().kept
    return (
        "CREATE OR REPLACE FUNCTION access_errand_rules(of_action text) RETURNS TABLE (waits interval, token interval,"
        f" tries integer) LANGUAGE sql IMMUTABLE {_PINNED} AS $$ SELECT CASE of_action WHEN 'export:ask'"
        f" THEN interval '{exported}' ELSE interval '{rules.waits}' END, interval '{rules.token}', {rules.tries} $$"
    )


def _verifying() -> str:
    """How many codes that do not exist an address may look up, and within which time."""
    rules = verify_rules()
    return (
        "CREATE OR REPLACE FUNCTION papers_verify_rules() RETURNS TABLE (most integer, within interval) LANGUAGE sql"
        f" IMMUTABLE {_PINNED} AS $$ SELECT {rules.tries}, interval '{rules.within}' $$"
    )


def _terminals() -> str:
    """What an assessment of a terminal must judge, for how long it stands, and for how long a shown passkey opens."""
    rules = terminal_rules()
    items = ", ".join(f"'{code}'" for code in rules.items)
    return (
        "CREATE OR REPLACE FUNCTION access_terminal_rules() RETURNS TABLE (items text[], valid interval,"  # noqa: S608 - figures and codes of the rulebook
        f" proof interval) LANGUAGE sql IMMUTABLE {_PINNED} AS $$ VALUES (ARRAY[{items}], interval '{rules.valid}',"
        f" interval '{rules.proof}') $$"
    )
