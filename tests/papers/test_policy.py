"""Numbers, codes, kinds of files, and what is left for a hand: no database."""

from datetime import date

import pytest

from guitu.papers import policy

HELD = frozenset(map(ord, "陈柏舟葛·0123456789"))


def test_a_number_names_year_office_kind_and_place_in_line():
    sign = policy.unit_sign("桐岭监狱", "prison")
    assert policy.number_of(sign, "释通", 2026, 1) == "〔2026〕桐监释通字第0001号"
    assert (
        policy.number_of(policy.unit_sign("青榆县司法局", "county"), "衔回", 2026, 12345)
        == "〔2026〕青司衔回字第12345号"
    )


def test_a_code_is_read_back_however_it_was_typed():
    code = policy.code_of(bytes(range(32)))
    assert len(code) == policy.CODE_LENGTH
    shown = policy.shown_code(code)
    assert len(shown) == policy.CODE_LENGTH + 2
    assert policy.typed_code(shown) == policy.typed_code(f" {shown.lower()} ") == code


@pytest.mark.parametrize("text", ["", "ABCD", "0OIL-0OIL-0OIL", "ABCD-EFGH-JKMNP"])
def test_what_cannot_be_a_code_is_none(text):
    assert policy.typed_code(text) == ""


def test_different_digests_give_different_codes():
    assert len({policy.code_of(number.to_bytes(16, "big")) for number in range(2000)}) == 2000


def test_nothing_of_a_name_is_dropped():
    name = "陈\U00020000\U00030ede舟·葛\U000e0100"
    pieces = policy.pieces_of(name, HELD)
    assert "".join(piece.text for piece in pieces) == name
    assert [piece.text for piece in pieces if piece.by_hand] == ["\U00020000\U00030ede", "葛\U000e0100"]
    assert policy.by_hand([name, name], HELD) == ("\U00020000", "\U00030ede", "葛\U000e0100")


def test_line_ends_and_columns_are_not_written_by_hand():
    assert policy.by_hand(["陈\t1\n柏\t2"], HELD) == ()


def test_every_missing_field_is_named_and_a_blank_counts_as_missing():
    assert policy.missing_facts(("name", "sex", "release_on"), {"name": "陈柏舟", "sex": " "}) == ("sex", "release_on")


def test_a_document_is_dated_as_documents_are():
    assert policy.chinese_day(date(2026, 11, 2)) == "2026年11月2日"


PDF, JPEG, PNG = b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "判决书.pdf", "application/pdf"),
        (JPEG, "扫描.JPG", "image/jpeg"),
        (JPEG, "扫描.jpeg", "image/jpeg"),
        (PNG, "扫描.png", "image/png"),
    ],
)
def test_a_file_is_what_its_own_bytes_say(data, name, kind):
    assert policy.accepted_type(data, name) == kind


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "空.pdf", "EMPTY"),
        (PDF + b"0" * policy.ATTACHMENT_LIMIT, "大.pdf", "TOO_LARGE"),
        (b"MZ\x90", "程序.exe", "NOT_ALLOWED"),
        (b"PK\x03\x04", "表.docx", "NOT_ALLOWED"),
        (PDF, "无后缀", "NOT_ALLOWED"),
        (b"MZ\x90", "程序.pdf", "NOT_WHAT_IT_SAYS"),
        (PDF, "图.jpg", "NOT_WHAT_IT_SAYS"),
        (b"<html>", "页.png", "NOT_WHAT_IT_SAYS"),
    ],
)
def test_a_file_that_is_not_taken_in_is_refused_with_the_reason(data, name, reason):
    with pytest.raises(policy.AttachmentRefused) as refused:
        policy.accepted_type(data, name)
    assert refused.value.reason == reason


@pytest.mark.parametrize(("said", "reason"), [(" ", "NO_SOURCE"), ("院" * (policy.LONGEST_SOURCE + 1), "SOURCE_LONG")])
def test_from_whom_a_file_is_is_said_and_is_no_account_of_it(said, reason):
    with pytest.raises(policy.AttachmentRefused) as refused:
        policy.said_source(said)
    assert refused.value.reason == reason
    longest = "院" * policy.LONGEST_SOURCE
    assert policy.said_source(f" {longest} ") == longest
