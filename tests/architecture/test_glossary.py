"""Every word of the field in the rooms' tables and public verbs stands in the glossary, beside its Chinese."""

import ast
import re

from tests.architecture.source import ROOT, Module, modules, sample

ROOMS = ("access", "evaluation", "exchange", "handover", "journeys", "ledger", "notices", "papers", "people")
ROOMS += ("prison", "rights")
FILES = ("operations", "queries", "drafts")


def words_of(module: Module) -> set[str]:
    """The tables or the public verbs of a room's module; other modules have none."""
    _, room, *rest = module.name.split(".")
    if room not in ROOMS or not rest:
        return set()
    if rest[0] == "models":
        return {node.name for node in module.tree.body if isinstance(node, ast.ClassDef)}
    if len(rest) != 1:
        return set()
    if rest[0] in FILES:
        verbs = {node.name for node in module.tree.body if isinstance(node, ast.FunctionDef)}
        return {verb for verb in verbs if not verb.startswith("_")}
    return set()


def explained() -> set[str]:
    """The identifiers of the glossary's third column, where the first two hold a word in both languages."""
    found: set[str] = set()
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and re.search(r"[\u4e00-\u9fff]", cells[0]) and cells[1]:
            found |= set(re.findall(r"`([^`]+)`", cells[2]))
    return found


def test_every_table_and_public_verb_of_the_rooms_stands_in_the_glossary():
    words = {word: module.name for module in modules() if module.name.count(".") > 1 for word in words_of(module)}
    assert len(words) > 60, "the check looks in the wrong place"
    assert {word: where for word, where in words.items() if word not in explained()} == {}


def test_a_word_that_nobody_explained_is_noticed():
    table = sample("class Caseload(models.Model):\n    pass\n", "guitu.people.models")
    verb = sample("def shuffle(person_id):\n    pass\ndef _quietly():\n    pass\n", "guitu.handover.operations")
    assert words_of(table) | words_of(verb) == {"Caseload", "shuffle"}
    assert explained().isdisjoint({"Caseload", "shuffle"})
