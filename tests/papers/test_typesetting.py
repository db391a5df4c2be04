"""Documents as set: PDF/A, the same bytes from the same facts, and nothing dropped that the font does not have."""

import io
import json
import time
import warnings
from datetime import UTC, datetime

import pytest

from guitu.papers import catalogue, glyphs, typesetting
from guitu.rulebook.book import load_national
from tests.papers.facts import NOT_IN_THE_FONT, SELECTED, facts_for
from tests.web.peopled import LONGEST_NAME

AT = datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
HEAD = typesetting.Head("〔2026〕桐监释通字第0001号", "桐岭监狱", AT, "ABCDEFGHJKMN", "https://guitu.example/verify")


def setting(kind: str, **given: str) -> typesetting.Set:
    found = catalogue.kind_of(kind)
    return typesetting.typeset(found, found.on(AT.date()), facts_for(kind, **given), HEAD)


def text_of(data: bytes) -> str:
    from pypdf import PdfReader

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).replace("\n", "")


@pytest.mark.parametrize("kind", sorted(catalogue.kinds()))
def test_every_kind_is_set_as_pdf_a_and_twice_the_same(kind):
    first, second = setting(kind), setting(kind)
    assert first == second
    assert first.data.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in first.data
    assert first.by_hand == ()


@pytest.mark.parametrize("kind", sorted(catalogue.kinds()))
def test_every_field_of_a_kind_shows_on_the_paper(kind):
    fields = catalogue.kind_of(kind).versions[-1].fields
    given = {field.code: f"之{number}之" for number, field in enumerate(fields)}
    shown = text_of(setting(kind, **given).data)
    assert [field.code for field in fields if given[field.code] not in shown] == []
    for word in (HEAD.number, HEAD.unit, "2026年11月2日", "ABCD-EFGH-JKMN"):
        assert word in shown


def test_another_moment_or_another_fact_gives_another_document():
    kind = catalogue.kind_of("release_notice")
    version = kind.on(AT.date())
    later = typesetting.Head(HEAD.number, HEAD.unit, AT.replace(minute=31), HEAD.code, HEAD.address)
    plain = setting("release_notice").data
    assert typesetting.typeset(kind, version, facts_for("release_notice"), later).data != plain
    assert setting("release_notice", name="龙龚").data != plain


@pytest.mark.parametrize("name", [f"龙{NOT_IN_THE_FONT}", SELECTED, "ئالىم", "ꀀꀁ"])
def test_a_name_outside_the_font_is_issued_with_a_marked_box(name):
    made = setting("release_notice", name=name)
    assert made.by_hand
    shown = text_of(made.data)
    assert "手写补全" in shown
    assert all(f"U+{ord(character[0]):04X}" in shown for character in made.by_hand)


def test_without_our_boxes_pdf_a_refuses_the_missing_glyph(monkeypatch):
    import typst

    everything = frozenset(range(0x110000))
    monkeypatch.setattr(glyphs, "held", lambda: everything)
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        setting("release_notice", name=f"龙{NOT_IN_THE_FONT}")


def test_long_names_middle_dots_and_long_addresses_are_shown_whole():
    address = "望江省云汀市青榆县雁回镇临江路东段一百二十八号雁回花园小区第十二幢三单元一千二百零一室" * 3
    made = setting("release_notice", name=LONGEST_NAME, household=address)
    assert made.by_hand == ()
    shown = text_of(made.data)
    assert LONGEST_NAME in shown
    assert address in shown


def test_an_instruction_inside_a_fact_stays_text():
    made = setting("aftercare_refusal", remark='#panic("x") $ *粗* `码` \\ // "引" <标>')
    assert "#panic" in text_of(made.data)


def test_the_font_holds_the_characters_of_the_national_tables():
    held = glyphs.held()
    assert all(point in held for point in range(0x4E00, 0xA000))
    assert all(point in held for point in range(0x3400, 0x4DC0))
    assert set(map(ord, "䶮㛃𬱖𬬭·〔〕")) <= held
    assert ord(NOT_IN_THE_FONT) not in held


def test_the_templates_themselves_use_only_what_the_font_has():
    held = glyphs.held()
    texts = [path.read_text(encoding="utf-8") for path in catalogue.TEMPLATES.rglob("*.typ")]
    assert (
        len(texts) == len(catalogue.kinds()) + 3
    )  # the frame, the personal copy, the mark of what is printed together
    assert {character for text in texts for character in text if ord(character) not in held} - {"\n"} == set()


def test_every_kind_names_its_rule_and_its_core_items():
    book = load_national()
    for kind in catalogue.kinds().values():
        for version in kind.versions:
            assert version.source in book.rules or version.source in book.sources, kind.code
            known = {*book.items, catalogue.RECEIVED}
            assert {field.item for field in version.fields if field.item} <= known, kind.code


def test_a_document_is_set_within_sixty_milliseconds_once_warm():
    setting("dossier")
    spent = []
    for place in range(9):
        items = "\n".join(f"数据项{number}\t内容{place}" for number in range(30))
        start = time.process_time()
        setting("dossier", items=items, name=f"第{place}人")
        spent.append(time.process_time() - start)
    # Processor time of all threads, so that a busy machine does not decide.
    assert min(spent) < 0.06, spent


def test_typst_is_not_imported_before_the_first_document():
    import subprocess
    import sys

    loaded = "import django; django.setup(); import guitu.web.addresses, sys, json;"
    told = subprocess.run(
        [sys.executable, "-c", loaded + "print(json.dumps([m for m in sys.modules if m in ('typst', 'pypdf')]))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(told.stdout) == []
