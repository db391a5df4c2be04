"""Messy rosters such as prisons send, each with the report that must come of it.

Nothing here asks the intake what it thinks: every expectation is what the generator knows of what it planted.
"""

import datetime
import re
from collections.abc import Iterator

from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from tests.roster.corpus_containers import changed_package, part, with_stored_values
from tests.roster.corpus_files import files_refused, text_and_old_files
from tests.roster.corpus_people import repeated_and_contradicting, single_values
from tests.roster.corpus_tables import BASE, KEYS, Dress, Roster, Table, identity_number, roster, xlsx

CORRECT, DECIDE, ACCEPTED = "to_correct", "to_decide", "accepted"
DAY = datetime.date
SHEET_PART = "xl/worksheets/sheet1.xml"


def corpus() -> list[Roster]:
    """All rosters of the corpus, in a fixed order."""
    return [
        roster("clean", Table(6)),
        *_headers(),
        *_headings(),
        *_dates(),
        *_numbers(),
        *_lines(),
        *_sheets(),
        *_formulas_and_merges(),
        *repeated_and_contradicting(),
        *single_values(),
        *text_and_old_files(),
        *files_refused(),
    ]


def _merge(*ranges: str) -> Dress:
    def dress(sheet: Worksheet, _: Table) -> None:
        for each in ranges:
            sheet.merge_cells(each)

    return dress


def _headers() -> Iterator[Roster]:
    title = Table(
        above=[["桐岭监狱2027年拟释放人员名册"], ["填报单位：桐岭监狱", "", "", "", "填报日期：2026年11月20日"]]
    )
    yield roster("title rows above the header", title, dress=_merge("A1:G1", "A2:D2"))
    yield roster("many title rows", Table(above=[["附件一"], [], ["名册"], [], ["（内部资料）"]]))

    keys = [*KEYS[:6], "sentence_from", "release_date", "family_contact", "family_phone"]
    two = Table(
        keys=keys,
        header=[
            [*BASE[:6], "刑期", "释放日期", "家属", ""],
            ["", "", "", "", "", "", "起", "", "姓名", "电话"],
        ],
    )
    for person in range(4):
        two.write(person, "sentence_from", DAY(2020, 1, 6), "2020-01-06")
        two.write(person, "family_contact", "苗望云", "苗望云")
        two.write(person, "family_phone", "13900000000", "13900000000")
    merges = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2", "F1:F2", "H1:H2", "I1:J1"]
    yield roster("two-line header with merged cells", two, dress=_merge(*merges))
    yield roster("two-line header without merging", two)

    guardian = Table(keys=[*KEYS, ""], header=[[*BASE, "监护人"], ["", "", "", "", "", "", "", "姓名"]])
    guardian.heading_problem(7, "", "HEADING_UNKNOWN")
    yield roster("the guardian's name is not the person's", guardian, dress=_merge(*(f"{c}1:{c}2" for c in "ABCDEFG")))

    group = Table(above=[["名册"], ["基本情况"]])
    yield roster("a group title over all columns", group, dress=_merge("A2:G2"))

    single = Table(header=[BASE, ["", "", "", "", "", "", ""]])
    yield roster(
        "header cells merged over an empty second line", single, dress=_merge(*(f"{c}1:{c}2" for c in "ABCDEFG"))
    )


def _headings() -> Iterator[Roster]:
    words = [
        ["编序", "罪犯姓名", "公民身份号码", "罪犯性别", "出生年月日", "户口地", "止刑日"],
        ["序", "服刑人员姓名", "居民身份证号码", "性别", "出生时间", "户籍所在地", "释放日期"],
        ["No", "Name", "ID Number", "Gender", "Date of Birth", "Household District", "Release Date"],
        ["序 号", "姓　　名", "身份证\n号码", "性  别", "出生日期（年月日）", "户籍地*", "刑满释放\n日期:"],
    ]
    for at, headings in enumerate(words, 1):
        yield roster(f"synonyms of headings {at}", Table(headings=headings))

    unknown = Table(headings=[*BASE, "返乡意愿"], keys=[*KEYS, ""])
    unknown.heading_problem(7, "", "HEADING_UNKNOWN")
    yield roster("an unknown heading", unknown)

    nameless = Table(headings=[*BASE, ""], keys=[*KEYS, "stray"])
    nameless.write(2, "stray", "待核", None)
    nameless.heading_problem(7, "", "HEADING_UNKNOWN")
    nameless.insert(None, ["合计：4人", *[""] * 7, "监狱盖章"], "ROW_SKIPPED_FOOTER")
    untitled = roster("a column without heading", nameless)
    for row in untitled.expected.rows:
        row[3].pop("stray")
    yield untitled

    mapped = Table(headings=[*BASE[:6], "刑期止", "回乡打算"], keys=[*KEYS, "remarks"])
    for person in range(4):
        mapped.write(person, "remarks", "愿回乡务农", "愿回乡务农")
    yield roster("a mapping handed in", mapped, mapping={"刑期止": "release_date", "回乡打算": "remarks"})

    left_out = Table(headings=[*BASE, "返乡意愿"], keys=[*KEYS, ""])
    yield roster("a mapping leaves a column out", left_out, mapping={"返乡意愿": ""})

    no_release = Table(headings=BASE[:6], keys=KEYS[:6])
    no_release.heading_problem(None, "release_date", "HEADING_MISSING")
    no_release.all_rows(CORRECT)
    yield roster("a required column is missing", no_release)

    no_home = Table(headings=[*BASE[:5], BASE[6]], keys=[*KEYS[:5], KEYS[6]])
    no_home.heading_problem(None, "household_division", "HEADING_MISSING")
    no_home.all_rows(CORRECT)
    yield roster("no household column of either kind", no_home)

    twice = Table(headings=[*BASE, "释放日期"], keys=[*KEYS, "second"])
    for person, one in enumerate(twice.people):
        twice.write(person, "second", one["release_date"], None)
    twice.write(2, "second", DAY(2028, 3, 5), None)
    twice.heading_problem(7, "release_date", "HEADING_DUPLICATE")
    twice.tell(2, "release_date", "DUPLICATE_COLUMN_DIFFERS", DECIDE)
    wanted = roster("two columns of the release date", twice)
    for row in wanted.expected.rows:
        row[3].pop("second")
    yield wanted


def _dates() -> Iterator[Roster]:
    written = ["2027.3.5", "2027年3月5日", "20270305", "2027/3/5", "2027-03-05", "2027-3-5 00:00:00", "2027年03月05号"]
    written += ["二O二七年三月五日"]
    texts = Table(len(written) + 2)
    for person, text in enumerate(written):
        texts.write(person, "release_date", text, "2027-03-05")
    texts.write(len(written), "release_date", 20270305, "2027-03-05")
    texts.write(len(written) + 1, "release_date", datetime.datetime.fromisoformat("2027-03-05T08:30"), "2027-03-05")
    yield roster("dates as text in many ways", texts)

    chinese = Table(3)
    chinese.write(0, "release_date", "二〇二七年三月五日", "2027-03-05")
    chinese.write(1, "release_date", "二○二七年十二月二十一日", "2027-12-21")
    chinese.write(2, "release_date", "２０２７年３月５日", "2027-03-05")
    chinese.tell(2, "release_date", "FULLWIDTH_READ", ACCEPTED)
    yield roster("dates in Chinese numerals and full width", chinese)

    serials = Table(3)
    serials.plant(0, "release_date", 46451, "DATE_SERIAL_READ", ACCEPTED, "2027-03-05")
    serials.plant(1, "release_date", "46451", "DATE_SERIAL_READ", ACCEPTED, "2027-03-05")
    serials.plant(2, "release_date", "46 451", "DATE_AMBIGUOUS", CORRECT, None)
    yield roster("dates as Excel serials", serials)

    early = Table(3)

    def since_1904(sheet: Worksheet, _: Table) -> None:
        sheet.parent.epoch = datetime.datetime.fromisoformat("1904-01-01")

    early.plant(1, "release_date", 46451 - 1462, "DATE_SERIAL_READ", ACCEPTED, "2027-03-05")
    yield roster("days counted from 1904", early, dress=since_1904)

    wrong = Table(13)
    for person, (text, code) in enumerate(
        [
            ("2027.2.30", "DATE_NOT_REAL"),
            ("20270231", "DATE_NOT_REAL"),
            ("2027年13月1日", "DATE_NOT_REAL"),
            ("27.3.5", "DATE_AMBIGUOUS"),
            ("5/3/2027", "DATE_AMBIGUOUS"),
            ("2027年3月", "DATE_INCOMPLETE"),
            ("2027", "DATE_INCOMPLETE"),
            ("202703", "DATE_INCOMPLETE"),
            (2027, "DATE_INCOMPLETE"),
            (2027.3, "DATE_INCOMPLETE"),
            ("待定", "DATE_UNREADABLE"),
            ("2927-03-05", "DATE_OUT_OF_RANGE"),
            ("2027-03-04T16:00:00Z", "DATE_AMBIGUOUS"),
        ]
    ):
        wrong.plant(person, "release_date", text, code, CORRECT, None)
    yield roster("dates that cannot be read", wrong)


def _numbers() -> Iterator[Roster]:
    rounded = Table(4)
    rounded.plant(0, "id_number", int(rounded.people[0]["id_number"][:15] + "000"), "ID_ROUNDED", CORRECT, None)
    number = rounded.people[1]["id_number"][:15] + "000"
    rounded.plant(1, "id_number", number, "ID_ROUNDED", CORRECT, number)
    rounded.plant(2, "id_number", "9.10001E+17", "ID_ROUNDED", CORRECT, "9.10001E+17")
    yield roster("numbers that Excel rounded", rounded)

    form = Table(5)
    numbers = [one["id_number"] for one in form.people]
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in numbers[0])
    form.plant(0, "id_number", wide, "FULLWIDTH_READ", ACCEPTED, numbers[0])
    form.plant(
        1,
        "id_number",
        f" {numbers[1][:6]} {numbers[1][6:14]} {numbers[1][14:]}",
        "SPACES_REMOVED",
        ACCEPTED,
        numbers[1],
    )
    form.plant(2, "id_number", "\u200b" + numbers[2], "SPACES_REMOVED", ACCEPTED, numbers[2])
    form.plant(3, "id_number", "'" + numbers[3], "APOSTROPHE_REMOVED", ACCEPTED, numbers[3])
    yield roster("full-width digits, stray spaces, apostrophes", form)

    ending_x = Table(2)
    born = ending_x.people[0]["birth_date"]
    order = next(n for n in range(201, 299, 2) if identity_number(born, n).endswith("X"))
    good = identity_number(born, order)
    ending_x.write(0, "id_number", good.lower(), good)
    ending_x.write(0, "sex", "男", "1")
    yield roster("a small x at the end", ending_x)

    wrong = Table(7)
    numbers = [one["id_number"] for one in wrong.people]
    last = "0" if numbers[0][-1] != "0" else "1"
    wrong.plant(0, "id_number", numbers[0][:-1] + last, "ID_CHECK_DIGIT", CORRECT, numbers[0][:-1] + last)
    wrong.plant(1, "id_number", numbers[1][:-1], "ID_LENGTH", CORRECT, numbers[1][:-1])
    letter = numbers[2][:16] + "l" + numbers[2][17:]
    wrong.plant(2, "id_number", letter, "ID_CHARACTER", CORRECT, letter.upper())
    other = "女" if wrong.people[3]["sex"] == "男" else "男"
    wrong.plant(3, "sex", other, "ID_SEX_MISMATCH", CORRECT, "1" if other == "男" else "2")
    wrong.plant(4, "birth_date", DAY(1985, 6, 11), "ID_BIRTH_MISMATCH", CORRECT, "1985-06-11")
    far = identity_number(wrong.people[5]["birth_date"], 301 if wrong.people[5]["sex"] == "男" else 302, "660001")
    wrong.plant(5, "id_number", far, "ID_DIVISION_UNKNOWN", CORRECT, far)
    wrong.plant(6, "id_number", DAY(2027, 1, 1), "ID_CHARACTER", CORRECT, None)
    yield roster("identity numbers that are wrong", wrong)

    without = Table(3)
    without.plant(0, "id_number", "无证件", "NO_IDENTITY_DOCUMENT", ACCEPTED, None)
    without.plant(1, "id_number", "", "REQUIRED_MISSING", CORRECT, None)
    yield roster("a person without document, another without number", without)

    kinds = Table(4, headings=[*BASE, "证件类型"], keys=[*KEYS, "id_kind"])
    for person, (word, code) in enumerate([("居民身份证", "resident_id"), ("护照", "passport"), ("护照", "passport")]):
        kinds.write(person, "id_kind", word, code)
    kinds.write(1, "id_number", "E12345678", "E12345678")
    kinds.plant(2, "id_number", "见档案", "DOCUMENT_NUMBER", CORRECT, "见档案")
    kinds.plant(3, "id_kind", "无", "NO_IDENTITY_DOCUMENT", ACCEPTED, "none")
    kinds.write(3, "id_number", "", None)
    yield roster("other documents", kinds)

    old = Table(1)
    long = old.people[0]["id_number"]
    short = long[:6] + long[8:17]
    old.plant(0, "id_number", int(short), "NUMBER_AS_NUMBER", ACCEPTED, short)
    yield roster("a fifteen-digit number stored as a number", old)


def _lines() -> Iterator[Roster]:
    footers = Table(5)
    footers.insert(None, ["合计", "5人"], "ROW_SKIPPED_FOOTER")
    footers.insert(None, ["填表人：龚一舟", "", "", "审核人：温如是"], "ROW_SKIPPED_FOOTER")
    footers.insert(None, ["", "", "", "", "填表日期：2026年11月20日"], "ROW_SKIPPED_FOOTER")
    footers.insert(None, ["注：以上人员信息截至11月20日。"], "ROW_SKIPPED_FOOTER")
    yield roster("totals and signatures below", footers)

    total = Table(3)
    total.insert(None, ["合计", 4], "ROW_SKIPPED_FOOTER", ["TOTAL_DIFFERS"])
    yield roster("a total that does not agree", total)

    subtotal = Table(4)
    subtotal.insert(2, ["小计", 2], "ROW_SKIPPED_FOOTER")
    subtotal.insert(None, ["总计：4人"], "ROW_SKIPPED_FOOTER")
    yield roster("subtotals in between", subtotal)

    pages = Table(4)
    pages.insert(2, BASE, "ROW_SKIPPED_HEADER")
    yield roster("the header repeated on each page", pages)

    sections = Table(4)
    sections.insert(0, ["一监区"], "ROW_SKIPPED_SECTION")
    sections.insert(2, ["二监区"], "ROW_SKIPPED_SECTION")
    yield roster("section titles across the table", sections, dress=_merge("A2:G2", "A5:G5"))

    blank = Table(3)
    blank.insert(1, [], "")
    blank.insert(None, [4], "ROW_SKIPPED_EMPTY")
    blank.insert(None, [5], "ROW_SKIPPED_EMPTY")
    yield roster("blank rows and rows with only a serial number", blank)

    hidden = Table(4)
    hidden.tell(1, "", "HIDDEN_ROW", ACCEPTED)

    def hide(sheet: Worksheet, table: Table) -> None:
        sheet.row_dimensions[table.row_of(1)].hidden = True

    yield roster("a hidden row", hidden, dress=hide)

    column = Table(3)
    column.heading_problem(5, "household_division", "HIDDEN_COLUMN")

    def hide_column(sheet: Worksheet, _: Table) -> None:
        sheet.column_dimensions["F"].hidden = True

    yield roster("a hidden column", column, dress=hide_column)


def _sheets() -> Iterator[Roster]:
    shown, hidden = Table(3), Table(2, sheet="底稿", start=10)

    def hide(sheet: Worksheet, table: Table) -> None:
        if table is hidden:
            sheet.sheet_state = "veryHidden"

    listed = roster("a hidden sheet", shown, data=xlsx(shown, hidden, dress=hide))
    listed.expected.problems.append(("底稿", 0, "", "", "SHEET_HIDDEN"))
    listed.expected.unread_sheets.append("底稿")
    yield listed

    yield roster("several sheets", Table(3, sheet="12月"), Table(3, sheet="1月", start=10, above=[["一月名册"]]))

    explained = Table(3)
    other = Table(0, sheet="填表说明", headings=["填表说明"], keys=[""], above=[["一、日期按2027-03-05填写。"]])
    told = roster("a sheet of explanations", explained, data=xlsx(explained, other))
    told.expected.problems.append(("填表说明", 0, "", "", "SHEET_NOT_ROSTER"))
    told.expected.unread_sheets.append("填表说明")
    yield told

    bare = Table(3, header=[[]])
    none = roster("no header at all", bare)
    none.expected.rows, none.expected.problems = [], [("名册", 0, "", "", "HEADER_NOT_FOUND")]
    none.expected.unread_sheets.append("名册")
    yield none

    one, two = Table(2, sheet="甲"), Table(2, sheet="乙", start=20)
    two.people[1] = dict(one.people[0])
    two.tell(1, "id_number", "DUPLICATE_ROW", DECIDE)
    yield roster("the same person on two sheets", one, two)


def _formulas_and_merges() -> Iterator[Roster]:
    formulas = Table(6)
    formulas.plant(0, "release_date", "=E2+18000", "FORMULA_IN_KEY_COLUMN", CORRECT, "2027-03-05")
    formulas.tell(0, "release_date", "DATE_SERIAL_READ", ACCEPTED)
    formulas.plant(1, "id_number", '="910001"&"x"', "FORMULA_IN_KEY_COLUMN", CORRECT, formulas.people[1]["id_number"])
    sex = "1" if formulas.people[2]["sex"] == "男" else "2"
    formulas.plant(2, "sex", '=IF(1,"a","b")', "FORMULA_READ", ACCEPTED, sex)
    formulas.plant(3, "release_date", "=TODAY()+100", "FORMULA_IN_KEY_COLUMN", CORRECT, None)
    for person, key, code in ((4, "sex", "REQUIRED_MISSING"), (5, "household_division", "HOUSEHOLD_MISSING")):
        formulas.plant(person, key, '=A1&"x"', "FORMULA_WITHOUT_VALUE", ACCEPTED, None)
        formulas.tell(person, key, code, CORRECT)
    stored = {"G2": 46451, "C3": formulas.people[1]["id_number"], "D4": formulas.people[2]["sex"]}
    yield roster("formulas", formulas, data=with_stored_values(xlsx(formulas), stored))

    array = Table(3)
    for person in range(3):
        array.plant(person, "release_date", DAY(2027, 3, 5), "FORMULA_IN_KEY_COLUMN", CORRECT, "2027-03-05")
    filled = xlsx(array)
    xml = part(filled, SHEET_PART).decode()
    xml, count = re.subn(r'(<c r="G2"[^>]*>)(<v>)', r'\1<f t="array" ref="G2:G4">E2:E4+20000</f>\2', xml)
    assert count == 1
    yield roster("one array formula over a column", array, data=changed_package(filled, {SHEET_PART: xml.encode()}))

    errors = Table(2)
    errors.plant(0, "household_division", "#N/A", "CELL_ERROR", CORRECT, None)
    errors.plant(1, "release_date", "#REF!", "CELL_ERROR", CORRECT, None)
    yield roster("error cells", errors)

    merged = Table(4)
    for person in (1, 2):
        merged.write(person, "household_division", "" if person == 2 else "枕溪县", "枕溪县")
        merged.write(person, "release_date", "" if person == 2 else DAY(2027, 6, 7), "2027-06-07")
    merged.tell(2, "household_division", "MERGED_CELL_FILLED", ACCEPTED)
    merged.tell(2, "release_date", "MERGED_CELL_FILLED", ACCEPTED)
    yield roster("values merged over two persons", merged, dress=_merge("F3:F4", "G3:G4"))

    shared = Table(3)
    shared.write(1, "id_number", "", shared.people[0]["id_number"])
    shared.write(1, "sex", shared.people[0]["sex"], "1" if shared.people[0]["sex"] == "男" else "2")
    shared.write(1, "birth_date", shared.people[0]["birth_date"], shared.people[0]["birth_date"].isoformat())
    for person in (0, 1):
        shared.tell(person, "id_number", "MERGED_IDENTITY", CORRECT)
        shared.tell(person, "id_number", "NUMBER_WITH_OTHER_NAME", DECIDE)
    yield roster("an identity number merged over two persons", shared, dress=_merge("C2:C3"))
