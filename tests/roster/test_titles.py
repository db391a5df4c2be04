"""A sheet that names another unit as the one whose roster it is, is not read; a title without a name is in order."""

from dataclasses import replace

import pytest

from guitu.prison import operations as prison
from guitu.prison.roster.checking import check_roster
from guitu.prison.roster.report import RosterRefusedError
from guitu.prison.roster.titles import Sender
from guitu.prison.sender import written_forms
from tests.roster.corpus_files import xlsx
from tests.roster.corpus_tables import TODAY, Table

FORMS = {"桐岭监狱": 1, "青榆省桐岭监狱": 1, "白沙监狱": 2, "南白沙监狱": 3, "岭监狱": 4, "枕溪县看守所": 5}
SENDER = Sender(1, FORMS)


def _checked(*titles: str, sheet: str = "名册", sender: Sender | None = SENDER):
    return check_roster(xlsx(Table(2, sheet=sheet, above=[[title] for title in titles])), today=TODAY, sender=sender)


@pytest.mark.parametrize(
    "titles",
    [
        [],
        ["2026年11月释放人员名册"],
        ["青榆省桐岭监狱出监人员名册"],  # 岭监狱 stands only within the longer name
        ["桐 岭 监 狱 出监人员名册"],
        ["出监人员名册", "填报单位：桐岭监狱（原白沙监狱）"],  # names the sender too
        ["青榆省监狱管理局制表"],
        ["白沙坪监狱出监人员名册"],  # not a name of a unit: nothing is guessed
    ],
)
def test_a_title_of_the_own_unit_or_of_none_is_read(titles) -> None:
    assert len(_checked(*titles).rows) == 2


@pytest.mark.parametrize(
    ("titles", "sheet", "place"),
    [
        (["白沙监狱出监人员名册"], "名册", "名册 A1 “白沙监狱”"),
        (["南 白沙监狱出监人员名册"], "名册", "名册 A1 “南白沙监狱”"),
        (["出监人员名册", "填报单位：枕溪县看守所"], "名册", "名册 A2 “枕溪县看守所”"),
        (["出监人员名册"], "白沙监狱", "白沙监狱 “白沙监狱”"),
    ],
)
def test_a_file_of_another_unit_is_refused_and_the_cell_named(titles, sheet, place) -> None:
    with pytest.raises(RosterRefusedError) as refused:
        _checked(*titles, sheet=sheet)
    assert (refused.value.code, refused.value.limit) == ("ROSTER_OF_ANOTHER_UNIT", place)
    assert refused.value.remedy_zh
    # Control: without a sender, as at the command line without a post, the file alone is read.
    assert len(_checked(*titles, sheet=sheet, sender=None).rows) == 2
    assert len(_checked(*titles, sheet=sheet, sender=replace(SENDER, key=FORMS[place.split("“")[1][:-1]])).rows) == 2


def test_of_a_workbook_with_a_sheet_for_each_prison_only_the_own_one_is_read() -> None:
    own = Table(2, sheet="一", above=[["桐岭监狱名册"]])
    other = Table(3, sheet="二", above=[["白沙监狱名册"]])
    report = check_roster(xlsx(own, other), today=TODAY, sender=SENDER)
    assert {row.sheet for row in report.rows} == {"一"}
    told = [(p.sheet, p.row, p.column, p.effect) for p in report.problems if p.code == "SHEET_OF_ANOTHER_UNIT"]
    assert told == [("二", 1, "A", "note")]


def test_a_unit_is_written_with_and_without_its_province_and_never_by_its_kind_alone() -> None:
    assert written_forms("望江省桐岭监狱", "望江省") == {"望江省桐岭监狱", "桐岭监狱"}
    assert written_forms("桐岭监狱", "望江省") == {"桐岭监狱"}
    assert written_forms("望江省看守所", "望江省") == {"望江省看守所"}


def test_a_prison_is_refused_the_roster_of_another_by_the_names_of_the_units(house) -> None:
    def check(title: str):
        with house.acting("prison"):
            return prison.check(xlsx(Table(1, above=[[title]])), file_name="a.xlsx", today=TODAY)

    with pytest.raises(RosterRefusedError, match="白沙监狱"):
        check("青榆省白沙监狱出监人员名册")
    assert len(check("桐岭监狱出监人员名册").report.rows) == 1
