"""What the documents name exists: tests, files that are linked, and the counts of the rulebook."""

import re
from pathlib import Path

import pytest

from guitu.rulebook import load_national
from tests.architecture.source import ROOT

READ_FIRST = [ROOT / name for name in ("README.md", "README.zh-CN.md", "TESTING.md", "CHANGELOG.md")]
DOCUMENTS = [*READ_FIRST, *sorted((ROOT / "docs").rglob("*.md"))]
TEST, LINK = re.compile(r"\b(test_\w*[^\W_])(?!\w*…|_)"), re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def unknown_tests(text: str, known: set[str]) -> set[str]:
    """The tests and files of tests that a text names and that are not there."""
    return set(TEST.findall(text)) - known


def dead_links(text: str, folder: Path) -> set[str]:
    """The files that a text links and that are not there."""
    return {link for link in LINK.findall(text) if not (folder / link).exists()}


def test_every_test_and_file_that_a_document_names_is_there():
    files = list((ROOT / "tests").rglob("test_*.py"))
    known = {one.stem for one in files}.union(*(re.findall(r"\bdef (test_\w+)", one.read_text()) for one in files))
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        assert (unknown_tests(text, known), dead_links(text, document.parent)) == (set(), set()), document.name
    text = "`test_of_nothing`, `a/test_gone.py::test_known`, `test_some_more_…`, [x](docs/none.md)"
    assert (unknown_tests(text, {"test_known"}), dead_links(text, ROOT)) == (
        *({"test_of_nothing", "test_gone"}, {"docs/none.md"}),
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("README.md", ("{rules} deadlines", "{items} core items; {codes} code tables", "({verified} of the {rules} ")),
        ("README.zh-CN.md", ("{rules} 条期限", "{items} 个核心数据项；{codes} 张", "{rules} 条中 {verified} 条")),
        ("CHANGELOG.md", ("{rules} 条规则、{items} 个核心数据项、{codes} 张代码表", "{verified} rules are marked")),
    ],
)
def test_the_counts_of_the_rulebook_are_as_the_documents_say(name: str, said: tuple[str, ...]):
    book = load_national()
    counts = {one: len(getattr(book, one)) for one in ("rules", "items", "codes")}
    counts["verified"] = sum(rule.verified for rule in book.rules.values())
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [words for words in said if words.format(**counts) not in text] == []
