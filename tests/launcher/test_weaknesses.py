"""Known weaknesses carried in by hand are compared with the locks; what cannot be compared is never "nothing known"."""

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from guitu.launcher import weaknesses
from guitu.launcher.components import as_cyclonedx, locked
from guitu.launcher.speech import LauncherError
from guitu.launcher.versions import Unreadable, among, listed
from guitu.launcher.weaknesses import AFFECTED, CLEAN, NOT_WHOLE
from tests.architecture.source import ROOT

LOCK = """annotated==1.0 \\
    --hash=sha256:{a}
    # via slow-door
checker==3.1 \\
    --hash=sha256:{a}
    # via guitu (pyproject.toml)
slow-door==4.2.1 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via guitu (pyproject.toml)
""".format(a="a" * 64, b="b" * 64)
PROJECT = '[project]\ndependencies = ["Slow_Door~=4.2"]\n[project.optional-dependencies]\ndev = ["checker"]\n'
FRONTEND = {"packages": {"": {}, "node_modules/@of/swift": {"version": "2.0.0-rc.1", "integrity": "sha512-AAAA"}}}
ELSEWHERE = {
    "id": "X-0",
    "modified": "2026-11-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "npm", "name": "x"}}],
}
DOOR = {
    "id": "X-1",
    "published": "2026-10-01T08:00:00Z",
    "modified": "2026-10-02T08:00:00Z",
    "summary": "the door stays open",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Slow.Door"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "4.0"}, {"fixed": "4.2.2"}]}],
        }
    ],
}

ANOTHER = DOOR | {"affected": [DOOR["affected"][0] | {"package": {"ecosystem": "PyPI", "name": "another"}}]}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("frontend", "security", "src/guitu/launcher/locks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "frontend/package-lock.json").write_text(json.dumps(FRONTEND))
    (tmp_path / "src/guitu/launcher/locks/uv.txt").write_text("uv==0.9 \\\n    --hash=sha256:" + "c" * 64 + "\n")
    (tmp_path / weaknesses.REMEDY).write_text("reachable_working_days: 3\nother_days: 30\nanswered: []\n")
    return tmp_path


@pytest.fixture
def compared(tree: Path, capsys: pytest.CaptureFixture[str]):
    """Compare documents with the tree on a day; answers exit code and what was said."""

    def compare(*documents: object, on: date = date(2026, 10, 31)) -> tuple[int, dict[str, object]]:
        path = tree / "carried.json"
        path.write_text(json.dumps(list(documents)))
        code = weaknesses.weaknesses(tree, [path], today=on, as_json=True)
        return code, json.loads(capsys.readouterr().out)

    return compare


def test_the_locks_are_listed_with_what_an_installation_needs_and_their_digests(tree: Path) -> None:
    held = {one.purl: one for one in locked(tree)}
    assert {purl: one.serves for purl, one in held.items()} == {
        "pkg:npm/%40of/swift@2.0.0-rc.1": True,
        "pkg:pypi/annotated@1.0": True,
        "pkg:pypi/checker@3.1": False,
        "pkg:pypi/slow-door@4.2.1": True,
        "pkg:pypi/uv@0.9": False,
    }
    assert held["pkg:pypi/slow-door@4.2.1"].hashes == (("SHA-256", "a" * 64), ("SHA-256", "b" * 64))


def test_the_list_of_this_tree_is_cyclonedx_and_holds_every_pin_of_its_locks() -> None:
    bom = as_cyclonedx(locked(ROOT))
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    refs = [one["bom-ref"] for one in bom["components"]]
    assert len(refs) == len(set(refs))
    assert all(one["properties"] and one["purl"] == one["bom-ref"] for one in bom["components"])
    pins = [
        line for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line and line[0].isalpha()
    ]
    assert sum(ref.startswith("pkg:pypi/") for ref in refs) == len(pins) + 2  # uv and node of the launcher
    scopes = {one["name"]: one["scope"] for one in bom["components"]}
    assert (scopes["django"], scopes["asgiref"], scopes["pytest"], scopes["htmx.org"]) == (
        *("required", "required", "excluded", "required"),
    )


def test_a_weakness_of_a_locked_version_is_found_with_its_last_day_and_its_lateness(compared) -> None:
    code, told = compared(DOOR, ELSEWHERE)
    assert code == AFFECTED
    (one,) = told["affected"]
    assert (one["component"], one["known_on"], one["due_on"]) == (
        "pkg:pypi/slow-door@4.2.1",
        "2026-10-01",
        "2026-10-31",
    )
    assert (one["overdue"], told["newest"]) == (False, "2026-11-01T00:00:00Z")
    assert compared(DOOR, ELSEWHERE, on=date(2026, 11, 1))[1]["affected"][0]["overdue"] is True


def test_control_the_next_version_is_not_affected_nor_what_was_withdrawn(tree: Path, compared) -> None:
    assert (
        compared(
            DOOR | {"withdrawn": "2026-10-05T00:00:00Z"},
            ELSEWHERE,
            ANOTHER,
        )[0]
        == CLEAN
    )
    (tree / "requirements.lock").write_text(LOCK.replace("slow-door==4.2.1", "slow-door==4.2.2"))
    assert compared(DOOR, ELSEWHERE)[0] == CLEAN


def test_what_was_answered_with_a_reason_is_said_and_counts_for_that_version_alone(tree: Path, compared) -> None:
    answer = "{id: X-1, component: 'pkg:pypi/slow-door@4.2.1', why: the door is not served, answered_on: 2026-10-20}"
    written = f"reachable_working_days: 3\nother_days: 30\nanswered: [{answer}]\n"
    (tree / weaknesses.REMEDY).write_text(written)
    code, told = compared(DOOR, ELSEWHERE)
    assert (code, told["affected"][0]["answered"]) == (CLEAN, "the door is not served")
    (tree / "requirements.lock").write_text(LOCK.replace("slow-door==4.2.1", "slow-door==4.2.0"))
    assert compared(DOOR, ELSEWHERE)[0] == AFFECTED
    for wrong in (written.replace("the door is not served", "no"), "", written.partition("answered")[0]):
        (tree / weaknesses.REMEDY).write_text(wrong)
        with pytest.raises(LauncherError):
            compared(DOOR, ELSEWHERE)


@pytest.mark.parametrize(
    "documents",
    [
        (DOOR | {"affected": []}, ELSEWHERE),  # nothing of PyPI was read
        (DOOR | {"affected": [DOOR["affected"][0] | {"ranges": [{"type": "GIT", "events": []}]}]}, ELSEWHERE),
        (ANOTHER, ELSEWHERE, DOOR | {"affected": None}),
        (ANOTHER, ELSEWHERE, DOOR | {"affected": ["Slow.Door"]}),
        (
            {"bomFormat": "CycloneDX", "vulnerabilities": [{"id": "X-2", "affects": [{"ref": "something"}]}]},
            DOOR | {"affected": [{"package": {"ecosystem": "PyPI", "name": "y"}}]},
            ELSEWHERE,
        ),
    ],
)
def test_what_was_not_compared_wholly_is_no_all_clear(compared, documents) -> None:
    code, told = compared(*documents)
    assert (code, told["affected"]) == (NOT_WHOLE, [])
    assert told["not_covered"] or told["not_compared"]


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'{"hello": 1}', "口".encode("gb18030"), b"PK\x03\x04broken"])
def test_a_file_that_holds_no_entries_is_refused(tree: Path, data: bytes) -> None:
    (tree / "carried.json").write_bytes(data)
    if data == b"":
        return_code = weaknesses.weaknesses(tree, [tree / "carried.json"], today=date(2026, 1, 1), as_json=True)
        assert return_code == NOT_WHOLE
        return
    with pytest.raises(LauncherError) as refused:
        weaknesses.weaknesses(tree, [tree / "carried.json"], today=date(2026, 1, 1), as_json=True)
    assert refused.value.exit_code == NOT_WHOLE


def test_the_archive_of_a_registry_and_a_folder_are_read_whole_and_said_in_words(tree: Path, capsys) -> None:
    with zipfile.ZipFile(tree / "all.zip", "w") as archive:
        archive.writestr("X-1.json", json.dumps(DOOR))
    (tree / "more").mkdir()
    (tree / "more" / "X-0.json").write_text(json.dumps(ELSEWHERE))
    files = [tree / "all.zip", tree / "more"]
    assert weaknesses.weaknesses(tree, files, today=date(2026, 11, 22), as_json=False) == AFFECTED
    told = capsys.readouterr().out
    assert "✗ X-1  pkg:pypi/slow-door@4.2.1" in told
    assert "the door stays open" in told
    assert "overdue" in told
    assert "within 3 working days" in told


def test_cyclonedx_names_components_by_reference_and_ranges(compared) -> None:
    def bom(*spans: dict[str, str], ref: str = "urn:cdx:x/1#d") -> dict[str, object]:
        known = {"bom-ref": "d", "purl": "pkg:pypi/slow-door"}
        return {
            "bomFormat": "CycloneDX",
            "components": [known],
            "vulnerabilities": [{"id": "X-3", "affects": [{"ref": ref, "versions": list(spans)}]}],
        }

    assert compared(bom({"range": "vers:pypi/>=4.0|<4.2.2"}), ELSEWHERE)[0] == AFFECTED
    assert compared(bom({"range": "vers:pypi/>=4.0|<4.2.1"}), ELSEWHERE)[0] == CLEAN
    assert compared(bom(ref="pkg:pypi/slow-door@4.2.1"), ELSEWHERE)[0] == AFFECTED
    assert compared(bom(ref="pkg:pypi/slow-door@4.2.0"), ELSEWHERE)[0] == CLEAN
    assert compared(bom({"range": ">=4.0"}), ELSEWHERE)[0] == NOT_WHOLE
    assert (
        compared(
            bom(ref="pkg:npm/%40of/swift@2.0.0-rc.1"),
            ANOTHER,
        )[0]
        == AFFECTED
    )


def events(*steps: str) -> dict[str, object]:
    pairs = [dict([step.split()]) for step in steps]
    return {"ranges": [{"type": "SEMVER", "events": pairs}]}


@pytest.mark.parametrize(
    ("ecosystem", "version", "affected", "hit"),
    [
        ("pypi", "1.0", events("introduced 0"), True),
        ("pypi", "1.0rc1", events("introduced 0", "fixed 1.0"), True),
        ("pypi", "1.0.post1", events("introduced 0", "fixed 1.0"), False),
        ("pypi", "1!0.1", events("introduced 0", "fixed 99"), False),
        ("pypi", "2.5", events("introduced 0", "fixed 1.0", "introduced 2.0", "last_affected 2.5"), True),
        ("pypi", "2.5.1", events("introduced 0", "fixed 1.0", "introduced 2.0", "last_affected 2.5"), False),
        ("pypi", "1.5", events("introduced 2.0", "introduced 0", "fixed 1.0"), False),
        ("pypi", "1.10", {"versions": ["1.1"]}, False),
        ("pypi", "1.10", {"versions": ["1.1", "1.10"]}, True),
        ("npm", "2.0.0-rc.1", events("introduced 2.0.0-alpha", "fixed 2.0.0"), True),
        ("npm", "2.0.0", events("introduced 2.0.0-alpha", "fixed 2.0.0"), False),
        ("npm", "2.0.0-rc.10", events("introduced 0", "fixed 2.0.0-rc.9"), False),
        ("npm", "10.0.0", events("introduced 0", "fixed 9.0.0"), False),
    ],
)
def test_versions_are_compared_as_their_registries_do(ecosystem, version, affected, hit) -> None:
    assert listed(ecosystem, version, affected) is hit


@pytest.mark.parametrize(
    ("written", "hit"),
    [
        ("vers:pypi/*", True), ("vers:pypi/1.4", True), ("vers:pypi/1.4.0", True), ("vers:pypi/!=1.4", False),
        ("vers:pypi/<1.4", False), ("vers:pypi/<=1.4", True), ("vers:pypi/>1.4", False), ("vers:pypi/>1.3|<1.5", True),
        ("vers:pypi/<1.0|>=1.2|<1.4", False), ("vers:pypi/<1.0|>=1.2|<1.3|>=1.3.5", True), ("vers:pypi/1.1|1.2", False),
    ],
)  # fmt: skip
def test_a_vers_range_is_read_as_written(written: str, hit: bool) -> None:
    assert among("pypi", "1.4", [{"range": written}]) is hit
    assert among("pypi", "1.4", [{"range": written}, {"version": "1.4", "status": "unaffected"}]) is False


@pytest.mark.parametrize("version", ["", "latest", "1.x"])
def test_a_version_that_is_none_is_not_compared(version: str) -> None:
    for ecosystem in ("pypi", "npm"):
        with pytest.raises(Unreadable):
            listed(ecosystem, version, events("introduced 1.0"))
