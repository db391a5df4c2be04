"""Figures and digests of the rulebook as functions of the database, so that it holds what the operations hold.

Made by compile from the same readings as the pages use; the triggers and functions in sql/ ask these.
"""

from __future__ import annotations

from pathlib import Path

from guitu.rulebook.book import load_national
from guitu.rulebook.holding_back import DATA as HOLDING_BACK
from guitu.rulebook.holding_back import read_hold_rules
from guitu.rulebook.impact import DATA as IMPACT
from guitu.rulebook.impact import impact_rules
from guitu.rulebook.looking import DATA as LOOKING
from guitu.rulebook.looking import emergency_rules
from guitu.rulebook.retention import DATA as RETENTION
from guitu.rulebook.retention import kept_months, record_classes
from guitu.rulebook.sealing import DATA as SEALING
from guitu.rulebook.sealing import sealing_rules

SOURCES: tuple[Path, ...] = (
    LOOKING,
    SEALING,
    SEALING.parent.parent / "deadlines" / "rights.yaml",
    HOLDING_BACK,
    IMPACT,
    RETENTION,
    RETENTION.parent.parent / "deadlines" / "retention.yaml",
)
"""The records that these functions are made of."""
_PINNED = "SET search_path = pg_catalog, public, pg_temp"


def functions() -> list[str]:
    """The statements that make them."""
    return [_glass(), _attempts(), _sealed_look(), _holds(), _features(), _kept()]


def _glass() -> str:
    """How long a broken glass stays open at most."""
    return (
        f"CREATE OR REPLACE FUNCTION access_glass_lasts() RETURNS interval LANGUAGE sql IMMUTABLE {_PINNED}"
        f" AS $$ SELECT interval '{emergency_rules().lasts}' $$"
    )


def _attempts() -> str:
    """How often a post may try to break a glass, and within which time."""
    rules = emergency_rules()
    return (
        "CREATE OR REPLACE FUNCTION access_glass_attempts() RETURNS TABLE (most integer, within interval)"  # noqa: S608 - figures of the rulebook
        f" LANGUAGE sql IMMUTABLE {_PINNED} AS $$ VALUES ({rules.attempts}, interval '{rules.within}') $$"
    )


def _sealed_look() -> str:
    """How long a granted query of a sealed file shows it at most: the national rule and the rest of the legal day."""
    values = load_national().rules[sealing_rules().look_rule].values
    days = max(value.service.value for value in values if value.service is not None) + 1
    return (
        f"CREATE OR REPLACE FUNCTION rights_sealed_look_lasts() RETURNS interval LANGUAGE sql IMMUTABLE {_PINNED}"
        f" AS $$ SELECT interval '{days} days' $$"
    )


def _holds() -> str:
    """For how many days looks are held back at most, and from how many days ago, by a decision of a legal day."""
    versions = ", ".join(
        f"(date '{one.since}', {one.most.days}, {one.back.days})"
        for one in read_hold_rules(HOLDING_BACK.read_text(encoding="utf-8"))
    )
    return (
        "CREATE OR REPLACE FUNCTION access_hold_figures(on_day date) RETURNS TABLE (most integer, back integer)"  # nosec B608 # noqa: S608 - figures of the rulebook
        f" LANGUAGE sql IMMUTABLE {_PINNED} AS $$ SELECT v.most, v.back FROM (VALUES {versions})"
        " AS v (since, most, back) WHERE v.since <= on_day ORDER BY v.since DESC LIMIT 1 $$"
    )


def _features() -> str:
    """The features that need an impact assessment, each with the digest of its record as the rulebook has it now."""
    features = ", ".join(f"('{one.code}', '{one.sha256}')" for one in impact_rules().features.values())
    return (
        "CREATE OR REPLACE FUNCTION access_features() RETURNS TABLE (code text, digest text) LANGUAGE sql IMMUTABLE"  # nosec B608 # noqa: S608 - codes and digests of the rulebook
        f" {_PINNED} AS $$ SELECT f.code, f.digest FROM (VALUES {features}) AS f (code, digest) $$"
    )


def _kept() -> str:
    """For how long a class of processing records is kept at least."""
    classes = record_classes().values()
    kept = " ".join(f"WHEN '{one.code}' THEN interval '{kept_months(one)} months'" for one in classes)
    return (
        "CREATE OR REPLACE FUNCTION ledger_kept_for(of_class text) RETURNS interval LANGUAGE sql IMMUTABLE"
        f" {_PINNED} AS $$ SELECT CASE of_class {kept} ELSE interval '1000 years' END $$"
    )
