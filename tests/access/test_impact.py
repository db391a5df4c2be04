"""影响评估: without one in force a sensitive feature refuses in words; two hands, and a term."""

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, transaction

from guitu.access import api_tokens, impact
from guitu.access.impact import AssessmentRefused, NotAssessed
from guitu.rulebook import impact as rules
from tests.api.systems import machine_post
from tests.architecture.source import HOUSE
from tests.factories.assessments import unassessed
from tests.factories.units import COUNTY

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
PARTS = {
    "processed": "向对方机关的系统提供本岗位可见范围内的事项和时限",
    "lawful": "省去重复录入，只有一个目的，范围与岗位一样大，不多给",
    "effects": "对方保管不善会成批泄露，令牌被偷会被冒用，须当心",
    "measures": "到期自停、限速、逐次留痕，安全管理员随时可以结束它",
}


def assessed(house, feature: str = impact.API_TOKENS, *, at: datetime = AT) -> uuid.UUID:
    """Written by the province's supervisor, signed by the security administrator."""
    mark = uuid.uuid4()
    with house.acting("province"):
        impact.write(mark, feature, PARTS, at=at)
    with house.acting("security"):
        impact.decide(mark, confirmed=True, at=at)
    return mark


def stands(house, feature: str = impact.API_TOKENS, *, at: datetime = AT) -> bool:
    with house.acting("audit"), transaction.atomic():
        return impact.is_assessed(feature, at=at)


@pytest.fixture
def bare(house):
    """The house without the assessments that it was founded with."""
    with house.role("guitu_owner") as door:
        door.execute("DELETE FROM access_impact_assessment")
    return house


def test_a_feature_is_off_until_two_hands_assessed_it_and_after_its_term_or_with_another_record(
    bare, monkeypatch
) -> None:
    mark = uuid.uuid4()
    with bare.acting("province"):
        with pytest.raises(AssessmentRefused) as refusal:
            impact.write(mark, impact.API_TOKENS, PARTS | {"effects": "没有"}, at=AT)
        assert refusal.value.fields == ("effects",)
        impact.write(mark, impact.API_TOKENS, PARTS, at=AT)
        impact.write(mark, impact.API_TOKENS, PARTS, at=AT)  # pressed twice
        with pytest.raises(PermissionError):
            impact.decide(mark, confirmed=True, at=AT)
    assert not stands(bare)
    with bare.acting("security"):
        with pytest.raises(AssessmentRefused, match="needs a reason"):
            impact.decide(mark, confirmed=False, at=AT)
        impact.decide(mark, confirmed=True, at=AT)
        impact.decide(mark, confirmed=True, at=AT)
        with transaction.atomic():
            held = impact.assessment_or_none(mark, at=AT)
    assert held.in_force
    assert (held.ends_at, held.kept_until) == (
        datetime(2028, 9, 1, 16, tzinfo=UTC),
        datetime(2031, 9, 2, 16, tzinfo=UTC),
    )
    assert stands(bare, at=held.ends_at - timedelta(seconds=1))
    assert not stands(bare, at=held.ends_at)
    assert not stands(bare, at=AT - timedelta(seconds=1))
    changed = rules.impact_rules()
    other = rules.Feature(**{**vars(changed.features[impact.API_TOKENS]), "sha256": "0" * 64})
    others = {**changed.features, impact.API_TOKENS: other}
    monkeypatch.setattr(impact, "impact_rules", lambda: rules.ImpactRules(others, 20, "IA-TERM", "IA-KEEP"))
    assert not stands(bare)
    with bare.acting("audit"), transaction.atomic():
        assert impact.assessment_or_none(mark, at=AT).feature_changed
    with bare.role("guitu_owner") as door:
        events = [mark, uuid.uuid5(mark, "decided")]
        acts = door.execute("SELECT act FROM ledger_entry WHERE event_id IN (%s, %s)", events)
        assert sorted(row[0] for row in acts) == ["access:impact:confirmed", "access:impact:written"]


def test_author_and_second_hand_are_two_by_the_database_and_nothing_is_rewritten_by_the_application(bare) -> None:
    mark = assessed(bare)
    with bare.role("guitu_owner") as door:
        for one in ("account", "name", "role"):
            with pytest.raises(psycopg.errors.CheckViolation):
                door.execute(f"UPDATE access_impact_assessment SET decided_{one} = written_{one} WHERE id = %s", [mark])
    for statement in ("UPDATE access_impact_assessment SET ends_at = NULL", "DELETE FROM access_impact_assessment"):
        with bare.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(statement)


def test_a_token_needs_an_assessment_and_without_the_guard_it_is_issued(house, monkeypatch) -> None:
    post = machine_post(house, COUNTY, "COUNTY_OFFICER")

    def issued() -> str:
        with house.acting("security"):
            return api_tokens.issue_token(
                post, purpose="RECEIVE_RETURN", name="县业务系统", lasts=timedelta(hours=1), at=AT
            ).raw

    with unassessed(house):
        with pytest.raises(NotAssessed, match="no impact assessment in force"):
            issued()
        monkeypatch.setattr(impact, "require_assessed", lambda feature, *, at: None)
        with pytest.raises(DatabaseError, match="needs an impact assessment in force"):
            issued()
        with house.role("guitu_owner") as door:
            door.execute("ALTER TABLE access_api_token DISABLE TRIGGER assessed_first")
        assert issued(), "control: it is the two guards that refuse"
    monkeypatch.undo()
    assert issued()


WRITTEN = {
    impact.EVALUATION_SAMPLE: "INSERT INTO evaluation_matter DEFAULT VALUES",
    impact.EXPORT_ABOVE_LIMIT: "INSERT INTO access_export (rows, alone) VALUES (201, 200)",
    impact.API_TOKENS: "INSERT INTO access_api_token DEFAULT VALUES",
    impact.TEXT_MESSAGES: "INSERT INTO notices_message (channel) VALUES ('SMS')",
    impact.PARTNER_SHARING: "INSERT INTO support_referral DEFAULT VALUES",
}
"""The row that each feature writes, or as much of it as its guard looks at."""
CODE_BY_MESSAGE = "INSERT INTO access_sign_in_code (channel) VALUES ('SMS')"
"""A sign-in code handed to the outside sender is a text message too."""


def test_the_database_refuses_what_a_feature_writes_without_an_assessment_even_to_the_owner(house) -> None:
    def refused(door: psycopg.Connection, statement: str) -> str | None:
        with pytest.raises(psycopg.Error) as refusal:
            door.execute(statement)
        return refusal.value.sqlstate

    assert set(WRITTEN) == set(rules.impact_rules().features)
    with house.role("guitu_owner") as door:
        with unassessed(house):
            assert {refused(door, statement) for statement in [*WRITTEN.values(), CODE_BY_MESSAGE]} == {"GU023"}
            others = ("INSERT INTO access_sign_in_code (channel) VALUES ('SLIP')",)
            others += ("INSERT INTO access_export (rows, alone) VALUES (200, 200)",)
            others += ("INSERT INTO notices_message (channel) VALUES ('EMAIL')",)
            assert {refused(door, statement) for statement in others} == {"23502"}
        control = {refused(door, statement) for statement in [*WRITTEN.values(), CODE_BY_MESSAGE]}
        assert control == {"23502"}, "assessed, it is only the columns that are missing"
        door.execute("UPDATE access_impact_assessment SET decided_at = '2020-01-01Z', ends_at = '2021-01-01Z'")
        assert {refused(door, statement) for statement in WRITTEN.values()} == {"GU023"}, "its term is over"


def test_every_sensitive_feature_of_the_rulebook_is_guarded_where_it_is_used() -> None:
    used = "\n".join(path.read_text(encoding="utf-8") for path in HOUSE.rglob("*.py") if path.name != "impact.py")
    guarded = {code for code in rules.impact_rules().features if f"assessed(impact.{code}, at=at)" in used}
    assert guarded == set(rules.impact_rules().features)
    assert len(guarded) == 5
