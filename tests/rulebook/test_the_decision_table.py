"""The decision table as text: what is written wrongly stops the start and names file and line; masks and answers."""

import datetime as dt
import re

import pytest
import yaml

from guitu.rulebook import decision_table as table
from guitu.rulebook.book import load_national
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.letters import letter_kinds
from guitu.rulebook.masking import COVER, MASKS

TODAY = dt.date(2026, 11, 22)
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(table.DATA.glob("*.yaml"))}
LINE = {
    "id": "DT-999",
    "zh": "试行的一行",
    "en": "a line on trial",
    "roles": ["COUNTY_OFFICER"],
    "purposes": ["RECEIVE_RETURN"],
    "relations": ["former"],
    "states": ["sealed"],
    "items": ["skills"],
    "effect": "allow",
    "basis": [{"source": "PIPL", "article": "6"}],
    "retention": "NOT_KEPT",
    "from": "2026-01-01",
    "to": None,
    "checked_on": "2026-11-22",
}


def with_line(*lines, **changed):
    """The national texts with a file of their own lines; a key set to - in `changed` is left out."""
    made = [{key: value for key, value in (one | changed).items() if value != "-"} for one in (lines or (LINE,))]
    return TEXTS | {"trial.yaml": yaml.safe_dump({"lines": made}, allow_unicode=True, sort_keys=False)}


def decide(role, purpose, item, relation="own_unit", state="active", on=TODAY):
    return table.decision_table().decide(role, purpose, item, relation=relation, state=state, on=on)


def test_a_line_on_trial_is_read_and_decides():
    found = table.read_table(with_line()).decide(
        "COUNTY_OFFICER", "RECEIVE_RETURN", "skills", relation="former", state="sealed", on=TODAY
    )
    assert (found.effect, found.line.id) == ("allow", "DT-999")
    assert decide("COUNTY_OFFICER", "RECEIVE_RETURN", "skills", "former", "sealed").line is None


WRONG = {
    "an unknown role": ({"roles": ["MAYOR"]}, "MAYOR"),
    "a purpose that the role has not": ({"purposes": ["OVERSEE"]}, "OVERSEE"),
    "an unknown relation": ({"relations": ["friend"]}, "friend"),
    "an unknown state": ({"states": ["lost"]}, "lost"),
    "an unknown item": ({"items": ["shoe_size"]}, "shoe_size"),
    "an unknown level": ({"items": "-", "levels": ["L5"]}, "L5"),
    "levels and items together": ({"levels": ["L2"]}, "one of the two"),
    "neither levels nor items": ({"items": "-"}, "one of the two"),
    "an unknown effect": ({"effect": "maybe"}, "effect"),
    "an unknown mask": ({"effect": "mask:fog"}, "effect"),
    "a mask without a rule": ({"effect": "mask"}, "effect"),
    "no basis": ({"basis": "-"}, "basis"),
    "an empty basis": ({"basis": []}, "basis"),
    "a source that does not exist": ({"basis": [{"source": "HEARSAY", "article": "1"}]}, "HEARSAY"),
    "no retention": ({"retention": "-"}, "retention"),
    "no day of checking": ({"checked_on": "-"}, "checked_on"),
    "an end before the beginning": ({"to": "2025-01-01"}, "'to'"),
    "a word of nobody": ({"colour": "red"}, "colour"),
    "something twice": ({"states": ["sealed", "sealed"]}, "twice"),
    "no English": ({"en": "-"}, "'en'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_line_stops_the_reading_with_file_and_line(what):
    changed, words = WRONG[what]
    with pytest.raises(RulebookError) as refusal:
        table.read_table(with_line(**changed))
    assert re.match(r"trial\.yaml:\d+: ", str(refusal.value))
    assert words in str(refusal.value)


def test_two_lines_that_meet_are_refused_and_two_that_follow_one_another_are_not():
    second = LINE | {"id": "DT-998", "effect": "deny"}
    with pytest.raises(RulebookError, match=r"DT-998 overlaps DT-999"):
        table.read_table(with_line(LINE, second))
    first, later = LINE | {"to": "2026-12-01"}, second | {"from": "2026-12-01"}
    read = table.read_table(with_line(first, later))
    asked = {"relation": "former", "state": "sealed"}
    on = [dt.date(2026, 11, 30), dt.date(2026, 12, 1)]
    assert [read.decide("COUNTY_OFFICER", "RECEIVE_RETURN", "skills", **asked, on=day).effect for day in on] == [
        "allow",
        "deny",
    ]
    spans = [
        (found.effect, day, end) for place, item, found, day, end in read.periods() if found.line.file == "trial.yaml"
    ]
    assert spans == [("allow", dt.date(2026, 1, 1), on[1]), ("deny", on[1], None)]


def test_a_line_that_names_an_item_stands_above_one_that_names_a_level():
    assert decide("COUNTY_OFFICER", "RECEIVE_RETURN", "offence").effect == "reveal"
    assert decide("COUNTY_OFFICER", "RECEIVE_RETURN", "prior_record").effect == "deny"


@pytest.mark.parametrize("wrong", ["role", "purpose", "item", "relation", "state"])
def test_an_unknown_word_is_refused_and_not_answered_with_no(wrong):
    asked = {
        "role": "COUNTY_OFFICER",
        "purpose": "RECEIVE_RETURN",
        "item": "name",
        "relation": "own_unit",
        "state": "active",
    }
    with pytest.raises(RefusalError):
        decide(**(asked | {wrong: "nothing"}))


def test_a_file_of_words_or_roles_that_is_missing_or_out_of_order_is_refused():
    with pytest.raises(RulebookError, match=r"roles\.yaml:1"):
        table.read_table({name: text for name, text in TEXTS.items() if name != "roles.yaml"})
    swapped = TEXTS["words.yaml"].replace("{id: self,", "{id: myself,")
    with pytest.raises(RulebookError, match=r"words\.yaml:\d+"):
        table.read_table(TEXTS | {"words.yaml": swapped})


def test_whom_the_law_keeps_apart_the_table_keeps_apart():
    cells = {(*place, item): found for place, item, found, _, _ in table.decision_table().periods()}
    never = {"offence", "prior_record", "prison_grade", "community_grade"}
    for (role, _, _, state, item), found in cells.items():
        if role in {"PARTNER", "DEPARTMENT_CLERK", "COMPANION", "EVALUATOR"} and item in never:
            assert found.effect == "deny"
        if state == "sealed" and role not in {"PERSON", "REPRESENTATIVE", "TICK"}:
            assert found.effect in {"two_persons", "deny"}
        if role == "TICK":
            assert load_national().items[item].level == "L2"
    assert not {role for role, *_ in cells} & {
        "EVALUATOR",
        "SYSTEM_ADMINISTRATOR",
        "SECURITY_ADMINISTRATOR",
        "AUDIT_ADMINISTRATOR",
    }


def test_no_letter_says_more_than_the_table_lets_its_addressee_read():
    from guitu.access.roles import ROLES

    told = {}
    for kind in letter_kinds().values():
        for unit_kind in kind.to:
            for role in ("POLICE_STATION", "DEPARTMENT_CLERK", "DECIDING_ORGAN"):
                if unit_kind not in ROLES[role].seats:
                    continue
                for item in kind.items:
                    found = decide(role, "ANSWER_LETTERS", item, "addressed", "active")
                    if found.effect != "allow":
                        told[kind.id, unit_kind, item] = found.effect
    assert told == {}


MASKED = {
    ("id_number", "911123198503121234"): "911***********1234",
    ("id_number", "E123456"): COVER,
    ("telephone", "13800005678"): "138****5678",
    ("telephone", '{"family_contact":"陈某","phone":"13800005678"}'): '{"family_contact":"陈某","phone":"138****5678"}',
    ("telephone", "0000-5550100"): "0000-555****",
    ("telephone", "微信"): "微信",
    (
        "township",
        '{"address":"青榆县雁回镇柳荫路8号","division":"910121"}',
    ): '{"address":"青榆县雁回镇****","division":"910121"}',
    ("township", '{"address":"柳荫路8号"}'): '{"address":"****"}',
    ("township", '{"division":"910121"}'): '{"division":"910121"}',
    ("township", "青榆县柳坞街道3栋2单元"): "青榆县柳坞街道****",
    ("township", "柳荫路8号"): "****",
    ("surname", "陈柏舟"): "陈**",
    ("surname", ""): "",
    ("year", "1985-03-12"): "1985",
    ("covered", "盗窃罪"): COVER,
    ("covered", ""): "",
}
"""Values and what each mask leaves of them; tests/access/test_the_small_world.py asks the database the same."""


@pytest.mark.parametrize(("mask", "value"), MASKED)
def test_a_mask_leaves(mask, value):
    assert MASKS[mask](value) == MASKED[mask, value]


def test_every_mask_has_an_example():
    assert {mask for mask, _ in MASKED} == set(MASKS)
