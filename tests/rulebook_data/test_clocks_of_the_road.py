"""Every clock of the road against a list written by hand: rule, from when, whose duty, who is told when late."""

import pytest

from guitu.rulebook.book import load_national

# Sources: the articles of release and resettlement, and the journey's clocks; where none stands the promise is our own.
_BY_HAND = """
expected RS-14 release sending_unit prison_bureau,province_agency
no_receiver RH-NO-RECEIVER state_since sending_unit city_agency,province_agency,national_agency
sent RH-ACK state_since receiving_unit city_agency,province_agency
refused RH-RESEND state_since sending_unit prison_bureau
contested RH-RULING state_since superior_unit next_superior
acknowledged RS-17 release local_unit county_agency
registered RS-17 release local_unit county_agency
in_help RS-19 release local_unit -
verification_ask RS-11 opened sending_unit prison_leader
verification RH-VERIFY opened local_unit county_agency
training_offer RH-TRAINING release sending_unit prison_leader
education RH-EDUCATION release sending_unit prison_leader
assessment RH-ASSESS release sending_unit prison_leader,prison_bureau
meeting RH-FIRST-ANSWER event sending_unit superior_of_asked_unit
meeting_minutes RH-MINUTES event sending_unit prison_leader
police_notice RS-14 release sending_unit prison_bureau,province_agency
political_rights_notice RS-14 release sending_unit prison_bureau,province_agency
ban_notice RS-14 release sending_unit prison_bureau,province_agency
document_help RS-14 release sending_unit prison_bureau,province_agency
guardian_notice RS-14 release sending_unit prison_bureau,province_agency
medical_handover RH-MEDICAL release sending_unit prison_leader,prison_bureau
agency_notice CC-RECV-01 effective sending_unit county_agency_head,procuratorate_notice
document_service CC-RECV-02 effective sending_unit county_agency_head,procuratorate_notice
person_transfer CC-RECV-06 effective sending_unit county_agency_head,procuratorate_notice
report_in CC-RECV-04 effective receiving_unit county_agency_head,police
pick_up RH-PICKUP release receiving_unit city_agency
release RH-RELEASE release sending_unit prison_bureau
gate_handover RS-16 release sending_unit prison_bureau,common_superior
arrival RH-ARRIVAL arrival local_unit county_agency
welfare_call RH-WELFARE arrival local_unit county_agency
household RH-MATTER event local_unit county_agency,city_agency
placement RH-PLACE release receiving_unit city_agency
lodging RH-MATTER event local_unit county_agency,city_agency
social_aid RH-MATTER event local_unit county_agency,city_agency
insurance RH-MATTER event local_unit county_agency,city_agency
work RH-MATTER event local_unit county_agency,city_agency
counselling RH-MATTER event local_unit county_agency,city_agency
follow_up RH-FOLLOW agreement local_unit judicial_office
evaluation RH-EVAL agreement local_unit -
final_evaluation RH-EVAL term_end local_unit -
"""
ROAD = _BY_HAND.strip().splitlines()
NOBODYS_LATENESS = {"in_help", "evaluation", "final_evaluation"}
"""A term that only ends, and answers that are the person's: nobody is late."""
OF_PRISONS = {"prison_leader", "prison_bureau"}


def _ladder(rule: str) -> tuple[str, ...]:
    overdue = load_national().rule(rule).when_overdue
    return overdue.ladder if overdue else ()


def test_every_state_and_step_has_its_rule_its_owner_and_its_ladder() -> None:
    journey = load_national().journey("return_home")
    found = [(state.id, due.rule, due.anchor, state.owner) for state in journey.states for due in state.due]
    found += [(step.id, step.due.rule, step.due.anchor, step.owner) for step in journey.steps]
    said = [" ".join((*map(str, one), ",".join(_ladder(one[1])) or "-")) for one in found]
    assert said == ROAD
    assert {line.split()[0] for line in ROAD if line.endswith(" -")} == NOBODYS_LATENESS


@pytest.mark.parametrize("line", ROAD, ids=lambda line: line.split()[0])
def test_nobody_is_told_of_a_lateness_that_is_not_theirs(line: str) -> None:
    where, rule, _anchor, owner, _ladder_words = line.split()
    assert owner == "sending_unit" or OF_PRISONS.isdisjoint(_ladder(rule))
    journey = load_national().journey("return_home")
    step = next((one for one in journey.steps if one.id == where), None)
    passed = step.due.if_passed if step else None
    if passed is not None and passed.rule is not None:
        assert owner == "sending_unit" or OF_PRISONS.isdisjoint(_ladder(passed.rule))
