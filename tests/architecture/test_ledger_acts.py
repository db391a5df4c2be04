"""Every act that the code records has its sentence in the rulebook, in both languages."""

import ast
import re

import pytest

from guitu.rulebook import load_national
from tests.architecture.source import Module, at, calls, modules, sample, within

RECORDING = {"record", "record_many", "record_matter", "record_at_machine"}
ACT = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")


def acts_recorded(module: Module) -> tuple[set[str], list[str]]:
    """The acts this module records, and the places where the act is not written out as a plain text."""
    acts, unwritten = set(), []
    if within(module.name, ("guitu.web",)) and "guitu.ledger.operations" not in module.text:
        return acts, unwritten  # a view of the window records nothing itself; its functions may be called so
    handing_on, constants = _handing_on(module), _constants(module)
    for words, call in calls(module):
        name = words.rsplit(".", 1)[-1]
        if name not in RECORDING and name not in handing_on:
            continue
        place = handing_on.get(name, 0)
        named = next((word.value for word in call.keywords if word.arg == "act"), None)
        act = named or (call.args[place] if len(call.args) > place else None)
        if isinstance(act, ast.Name) and act.id in constants:
            act = ast.Constant(constants[act.id])
        if isinstance(act, ast.Name) and act.id == "act" and handing_on:
            continue  # handed on from the function's own parameter, whose calls are looked at themselves
        if isinstance(act, ast.Constant) and isinstance(act.value, str) and ACT.fullmatch(act.value):
            acts.add(act.value)
        else:
            unwritten.append(at(module, call))
    return acts, unwritten


def _constants(module: Module) -> dict[str, str]:
    """The module's own names for plain texts."""
    found = {}
    for node in module.tree.body:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = zip(target.elts, node.value.elts, strict=False) if _both_tuples(target, node.value) else []
            for name, value in [*pairs, (target, node.value)]:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found[name.id] = value.value
    return found


def _both_tuples(target: ast.expr, value: ast.expr) -> bool:
    return isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)


def _handing_on(module: Module) -> dict[str, int]:
    """The module's own functions that take an act and hand it on, and where in their arguments it stands."""
    found = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef):
            names = [given.arg for given in (*node.args.posonlyargs, *node.args.args)]
            if "act" in names:
                found[node.name] = names.index("act")
            elif "act" in [given.arg for given in node.args.kwonlyargs]:
                found[node.name] = len(names)
    return found


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
