"""The contracts between the rooms hold, and each of them notices the trespass it was written for."""

import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.source import HOUSE, ROOT

# Where a line is added, the line, and the contracts that must notice it.
TRESPASSES = [
    ("ledger/queries.py", "import guitu.access.roles", {"floors"}),
    ("exchange/queries.py", "import guitu.journeys.policy", {"floors"}),
    ("web/gate.py", "import guitu.access.models", {"door-access"}),
    ("handover/operations.py", "import guitu.exchange.models", {"door-exchange"}),
    ("handover/operations.py", "import guitu.journeys.models", {"door-journeys"}),
    ("people/queries.py", "import guitu.ledger.models", {"door-ledger"}),
    ("handover/operations.py", "import guitu.papers.models", {"door-papers"}),
    ("support/operations.py", "import guitu.handover.models", {"door-handover"}),
    ("web/shell.py", "import guitu.support.models", {"door-support"}),
    ("web/shell.py", "import guitu.evaluation.models", {"door-evaluation"}),
    ("evaluation/queries.py", "import guitu.support.queries", {"floors"}),
    ("support/queries.py", "import guitu.prison.queries", {"floors"}),
    ("papers/queries.py", "import guitu.exchange.queries", {"floors"}),
    ("support/queries.py", "import guitu.rights.queries", {"floors"}),
    ("web/shell.py", "import guitu.rights.models", {"door-rights"}),
    ("papers/catalogue.py", "import django.utils.timezone", {"purity"}),
    ("journeys/lapsing.py", "import guitu.notices.models", {"door-notices"}),
    ("prison/operations.py", "import guitu.people.models", {"door-people"}),
    ("web/shell.py", "import guitu.prison.models", {"door-prison"}),
    ("journeys/policy.py", "import django.utils.timezone", {"purity"}),
    ("handover/policy.py", "import guitu.people.queries", {"purity"}),
    ("journeys/ladder.py", "import django.utils.timezone", {"purity"}),
    ("rulebook/counting.py", "import django.utils.timezone", {"purity"}),
    ("prison/roster/checking.py", "import guitu.people.queries", {"purity"}),
    ("launcher/speech.py", "import guitu.ledger.keys", {"launcher-alone"}),
    ("web/shell.py", "import guitu.launcher.home", {"launcher-closed"}),
    ("witness/judging.py", "import guitu.ledger.keys", {"witness-alone"}),
    ("ledger/log/tree.py", "import django.utils.timezone", {"purity", "witness-alone"}),
    ("web/headers.py", "import guitu.settings.base", {"settings"}),
]


@pytest.fixture
def tree(tmp_path):
    """A copy of the house and of its contracts."""
    shutil.copytree(HOUSE, tmp_path / "guitu", ignore=lambda folder, names: [
        name for name in names if name in {"__pycache__", "static", "data", "locale", "fonts"}
    ])  # fmt: skip
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken(tree) -> set[str]:
    """The ids of the contracts that the tree breaks."""
    stanzas = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    told = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=tree, env={"PYTHONPATH": str(tree), "COLUMNS": "400", "PATH": "", "LANG": "C.UTF-8"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    verdicts = {
        stanza["id"]: line.rsplit(stanza["name"], 1)[1].split()[0]
        for stanza in stanzas
        for line in told.stdout.splitlines()
        if line.startswith(stanza["name"]) and line.split("(")[0].rstrip().endswith(("KEPT", "BROKEN"))
    }
    assert set(verdicts) == {stanza["id"] for stanza in stanzas}, told.stdout + told.stderr
    return {contract for contract, verdict in verdicts.items() if verdict == "BROKEN"}


def test_the_house_keeps_its_contracts(tree):
    assert broken(tree) == set()


@pytest.mark.parametrize(("place", "line", "noticed"), TRESPASSES)
def test_a_trespass_is_noticed_by_the_contract_meant_for_it(tree, place, line, noticed):
    file = tree / "guitu" / place
    file.write_text(file.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    assert broken(tree) == noticed


def test_every_contract_has_a_trespass_that_it_notices():
    stanzas = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    assert {stanza["id"] for stanza in stanzas} == set().union(*(noticed for _, _, noticed in TRESPASSES))


def test_a_room_without_a_floor_is_noticed(tree):
    (tree / "guitu" / "cellar").mkdir()
    (tree / "guitu" / "cellar" / "__init__.py").write_text("", encoding="utf-8")
    assert broken(tree) == {"floors"}
