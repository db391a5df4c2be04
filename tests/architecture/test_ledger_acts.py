"""Every act that the code records has its sentence in the rulebook, in both languages."""

import ast
import re

import pytest

from guitu.rulebook import load_national
from tests.architecture.source import Module, at, calls, modules, sample, within

RECORDING = {"record", "record_many"}
ACT = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")


def acts_recorded(module: Module) -> tuple[set[str], list[str]]:
    """The acts this module records, and the places where the act is not written out as a plain text."""
    acts, unwritten = set(), []
    for words, call in calls(module):
        if words.rsplit(".", 1)[-1] not in RECORDING:
            continue
        act = call.args[0] if call.args else next((word.value for word in call.keywords if word.arg == "act"), None)
        if isinstance(act, ast.Constant) and isinstance(act.value, str) and ACT.fullmatch(act.value):
            acts.add(act.value)
        else:
            unwritten.append(at(module, call))
    return acts, unwritten


def test_every_recorded_act_has_a_sentence_in_both_languages():
    sentences = load_national().acts
    recorded = set()
    for module in modules():
        if not within(module.name, ("guitu.ledger", "guitu.launcher")):
            acts, unwritten = acts_recorded(module)
            assert unwritten == []
            recorded |= acts
    assert recorded, "the house records nothing: the check looks in the wrong place"
    assert sorted(act for act in recorded if act not in sentences) == []
    assert sorted(act for act in recorded if not (sentences[act].zh and sentences[act].en)) == []


def test_an_act_without_a_sentence_is_noticed():
    acts, _ = acts_recorded(sample("record('prison:secret:done', subjects=[], at=at)"))
    assert acts - set(load_national().acts) == {"prison:secret:done"}


@pytest.mark.parametrize("text", ["record(act, at=at)", "ledger.record_many(f'a:b:{c}', acts, at=at)", "record(at=at)"])
def test_an_act_that_is_not_written_out_is_noticed(text):
    assert acts_recorded(sample(text))[1] == ["guitu.people.operations:1"]
