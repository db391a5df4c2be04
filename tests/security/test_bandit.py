"""The check for known weaknesses leaves nothing out: each silence names its check and its reason, and stands here."""

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter

from guitu.launcher.suite import STAGES
from tests.architecture.source import ROOT, Module, modules, sample

SILENCE = re.compile(r"#\s*nosec\b(?P<checks>(?::?\s*B\d+(?:, B\d+)*)?)\s*(?:# (?:noqa: [A-Z]+\d+ - )?(?P<why>.*))?$")

SILENCED = {
    "guitu.access.administration": "B608",
    "guitu.access.cage_functions": "B608 B608 B608 B608",
    "guitu.access.compiled_rules": "B608 B608 B608 B608",
    "guitu.access.compiling": "B608",
    "guitu.access.entering": "B105 B105",
    "guitu.access.erasing_functions": "B608 B608 B608",
    "guitu.access.masked_views": "B608 B608 B608 B608 B608 B608",
    "guitu.access.persons_at_the_door": "B105",
    "guitu.access.unit_files": "B506",
    "guitu.access.watching": "B608",
    "guitu.evaluation.calling": "B608 B608",
    "guitu.launcher.backup": "B404 B603",
    "guitu.launcher.environment": "B606",
    "guitu.launcher.filling": "B404",
    "guitu.launcher.home": "B108",
    "guitu.launcher.keeper": "B404",
    "guitu.launcher.keys": "B105",
    "guitu.launcher.processes": "B404 B603 B603 B603",
    "guitu.launcher.restoring": "B101 B404 B603",
    "guitu.launcher.running": "B404",
    "guitu.launcher.server": "B105 B404",
    "guitu.launcher.supervisor": "B104 B404",
    "guitu.launcher.suite": "B108",
    "guitu.ledger.erasing": "B103",
    "guitu.ledger.holdings": "B608",
    "guitu.ledger.resealing": "B608 B608 B608",
    "guitu.rulebook.divisions": "B506",
    "guitu.settings.test": "B105",
    "guitu.web.command_line.following": "B310",
    "guitu.web.demonstration_people": "B311",
    "guitu.web.entrance.passkeys": "B105",
    "guitu.web.generation.identities": "B311 B311",
    "guitu.web.generation.pressing": "B311",
    "guitu.web.generation.scripts": "B311",
    "guitu.web.generation.walking": "B404 B603",
    "guitu.web.prepare": "B404 B603",
    "guitu.web.templatetags.guitu_rows": "B308 B308 B308 B308 B308 B308 B308 B703 B703 B703 B703",
    "guitu.web.templatetags.guitu_shapes": "B308 B308 B308 B308 B703 B703",
}
"""Every silence in the house: the module, and the checks that one line each of it silences."""


def silences(module: Module) -> list[tuple[str, str]]:
    """For each silence of a module the checks it names and the reason it gives; both empty where it says none."""
    found = []
    for line in module.text.splitlines():
        if re.search(r"#\s*nosec\b", line):
            told = SILENCE.search(line)
            found.append((told["checks"].strip(": "), (told["why"] or "").strip()) if told else ("", ""))
    return found


def found_in(path) -> list[str]:
    """The checks that speak about a file, asked for with the words of the build."""
    words = [sys.executable, *dict(STAGES)["bandit"][:-1], str(path), "--format", "json"]
    told = json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout)
    assert told["errors"] == []
    return [one["test_id"] for one in told["results"]]


def test_each_silence_names_its_check_and_its_reason_and_stands_in_the_list():
    held = {module.name: silences(module) for module in modules()}
    assert [name for name, found in held.items() for checks, why in found if not checks or len(why) < 8] == []
    listed = {name: Counter(checks.split()) for name, checks in SILENCED.items()}
    assert {
        n: Counter(re.findall(r"B\d+", " ".join(c for c, _ in found))) for n, found in held.items() if found
    } == listed


def test_control_a_silence_without_check_or_reason_is_noticed():
    bare, reasonless = "x = y  # " + "nosec", "x = y  # " + "nosec B608"
    assert silences(sample(bare)) == [("", "")]
    assert silences(sample(reasonless)) == [("B608", "")]
    assert silences(sample(reasonless + " # noqa: S608 - our own names")) == [("B608", "our own names")]


def test_the_build_asks_about_all_of_the_house_and_leaves_no_check_and_no_file_out(tmp_path):
    asked = dict(STAGES)["bandit"]
    assert asked[-2:] == ("--recursive", "src")
    assert "--exit-zero" not in asked
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["bandit"]
    assert told == {"exclude_dirs": [], "skips": []}
    trespass = tmp_path / "trespass.py"
    trespass.write_text("import pickle\ndef read(name):\n    return pickle.loads(name)\n", encoding="utf-8")
    assert found_in(trespass) == ["B403", "B301"]
