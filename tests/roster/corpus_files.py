"""The part of the corpus that is about the file itself: encodings, old .xls files, and files that must be refused."""

import csv
import io
import struct
import zipfile
from collections.abc import Iterator

from tests.roster.corpus_containers import XlsSheet, changed_package, compound_file, part, xls, xls_record
from tests.roster.corpus_tables import Expected, Roster, Table, roster, xlsx

_TYPES = "[Content_Types].xml"


def _csv(table: Table, separator: str = ",") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator).writerows(table.lines())
    return stream.getvalue()


def text_and_old_files() -> Iterator[Roster]:
    """CSV in its encodings and separators, and .xls."""
    for name, encoding, separator in [
        ("csv in utf-8 with mark", "utf-8-sig", ","),
        ("csv in utf-8", "utf-8", ","),
        ("csv in gb18030", "gb18030", ","),
        ("tab separated in utf-16", "utf-16", "\t"),
        ("csv with semicolons", "utf-8", ";"),
    ]:
        table = Table(4, sheet=name, above=[["桐岭监狱名册"]])
        yield roster(name, table, data=_csv(table, separator).encode(encoding), file_name=f"{name}.csv")

    trick = Table(3, sheet="公式")
    number = trick.people[0]["id_number"]
    trick.plant(0, "id_number", f'="{number}"', "FORMULA_IN_KEY_COLUMN", "to_correct", number)
    rounded = "9.10001E+17"
    trick.plant(1, "id_number", rounded, "ID_ROUNDED", "to_correct", rounded)
    yield roster("csv saved by Excel", trick, data=_csv(trick).encode("gb18030"), file_name="公式.csv")

    old = Table(4, above=[["桐岭监狱名册"]])
    for person, one in enumerate(old.people):
        old.write(person, "birth_date", f"{one['birth_date']:%Y.%m.%d}", one["birth_date"].isoformat())
        old.write(person, "release_date", f"{one['release_date']:%Y年%m月%d日}", one["release_date"].isoformat())
    old.plant(1, "release_date", 46451, "DATE_SERIAL_READ", "accepted", "2027-03-05")
    old.plant(2, "release_date", 46451, "DATE_SERIAL_READ", "accepted", "2027-03-05")
    old.tell(2, "release_date", "FORMULA_IN_KEY_COLUMN", "to_correct")
    old.tell(0, "", "HIDDEN_ROW", "accepted")
    old.plant(3, "id_number", float(old.people[3]["id_number"][:15] + "000"), "ID_ROUNDED", "to_correct", None)
    sheet = XlsSheet("名册", old.lines())
    sheet.hidden_rows, sheet.formulas, sheet.merged = {2}, {(4, 6)}, [(0, 0, 0, 6)]
    secret = XlsSheet("底稿", Table(2, start=9).lines())
    secret.state = 1
    read = roster("an old xls", old, data=xls([sheet, secret]), file_name="名册.xls")
    read.expected.problems.append(("底稿", 0, "", "", "SHEET_HIDDEN"))
    read.expected.unread_sheets.append("底稿")
    yield read


def files_refused() -> Iterator[Roster]:
    """Files that are not read at all, each with the code of the refusal."""
    good = xlsx(Table(3))
    types = part(good, _TYPES).decode()
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert main in types
    macro_types = types.replace(main, "application/vnd.ms-excel.sheet.macroEnabled.main+xml").encode()
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/oleObject" '
        b'Target="file:///c:/other.xlsx" TargetMode="External"/></Relationships>'
    )
    sheet = part(good, "xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>')
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + sheet
    bomb = sheet.replace(
        b"</sheetData>",
        b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"0" * 9_000_000 + b"</t></is></c></row></sheetData>",
    )
    many = Table(1)
    line = many.lines()
    rows = [line[0], *([index, *line[1][1:]] for index in range(20_001))]
    long = io.StringIO()
    csv.writer(long).writerows(rows)
    truncated = good[: len(good) // 2]
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as package:
        package.writestr(_TYPES, "<Types/>")
        package.writestr("word/document.xml", "<w/>")
    open_document = io.BytesIO()
    with zipfile.ZipFile(open_document, "w") as package:
        package.writestr("content.xml", "<office/>")
    old = XlsSheet("名册", Table(2).lines())
    outside = xls_record(0x1AE, struct.pack("<HH", 1, 9) + b"\0c:\\a.xls")
    for name, file_name, data, code in [
        ("an empty file", "a.xlsx", b"", "FILE_EMPTY"),
        ("an empty workbook", "a.xlsx", xlsx(Table(0, headings=[], keys=[])), "FILE_EMPTY"),
        ("a csv of blank lines", "a.csv", b"\r\n \r\n", "FILE_EMPTY"),
        ("a letter", "a.csv", "今报上名册一份，请查收。".encode(), "NOT_A_SPREADSHEET"),
        ("a pdf", "a.xlsx", b"%PDF-1.7\n" + bytes(range(256)), "NOT_A_SPREADSHEET"),
        ("binary rubbish", "a.csv", bytes(range(256)) * 8, "NOT_A_SPREADSHEET"),
        ("a text in another encoding", "a.csv", "姓名,".encode() + b"\xff\xff\x81", "TEXT_ENCODING"),
        ("a word document", "a.xlsx", document.getvalue(), "NOT_A_SPREADSHEET"),
        ("an open document", "a.xlsx", open_document.getvalue(), "FORMAT_NOT_TAKEN"),
        ("a web page called xls", "a.xls", b"<html><table><tr><td>a,b</td></tr></table>", "FORMAT_NOT_TAKEN"),
        ("macros by type", "a.xlsm", changed_package(good, {_TYPES: macro_types}), "MACROS"),
        (
            "macros under a harmless name",
            "a.xlsx",
            changed_package(good, {}, add={"xl/vbaProject.bin": b"x"}),
            "MACROS",
        ),
        ("old macros", "a.xls", compound_file({"Workbook": b"x", "_VBA_PROJECT_CUR": b"x"}), "MACROS"),
        (
            "an external link",
            "a.xlsx",
            changed_package(good, {}, add={"xl/externalLinks/externalLink1.xml": b"<x/>"}),
            "EXTERNAL_LINKS",
        ),
        (
            "a linked object",
            "a.xlsx",
            changed_package(good, {}, add={"xl/worksheets/_rels/sheet1.xml.rels": link}),
            "EXTERNAL_LINKS",
        ),
        ("an old external link", "a.xls", xls([old], extra=outside), "EXTERNAL_LINKS"),
        ("a password", "a.xlsx", compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "ENCRYPTED"),
        ("an old password", "a.xls", xls([old], extra=xls_record(0x2F, b"\1\0")), "ENCRYPTED"),
        ("a file too big", "a.csv", b"a," * (13 * 1024 * 1024), "TOO_BIG"),
        ("a bomb", "a.xlsx", changed_package(good, {"xl/worksheets/sheet1.xml": bomb}), "INFLATION"),
        ("too many rows", "a.csv", long.getvalue().encode(), "TOO_MANY_ROWS"),
        (
            "a stray cell in the last corner",
            "a.xlsx",
            changed_package(good, {"xl/worksheets/sheet1.xml": far}),
            "AREA_TOO_LARGE",
        ),
        ("half a file", "a.xlsx", truncated, "FILE_DAMAGED"),
        ("a document type", "a.xlsx", changed_package(good, {"xl/worksheets/sheet1.xml": entity}), "FILE_DAMAGED"),
        (
            "a sheet that is not there",
            "a.xlsx",
            changed_package(good, {"xl/worksheets/sheet1.xml": None}),
            "FILE_DAMAGED",
        ),
        ("another compound file", "a.xls", compound_file({"WordDocument": b"x"}), "NOT_A_SPREADSHEET"),
        ("half an old file", "a.xls", xls([old])[:1500], "FILE_DAMAGED"),
    ]:
        yield Roster(name, file_name, data, Expected(refused=code))
