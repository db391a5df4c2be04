"""The code tables, the thirty core items and the sentences of the ledger are complete and agree with each other."""

from __future__ import annotations

import pytest

from guitu.rulebook import Rulebook, load_national

ETHNIC_GROUPS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳
佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米
塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
CODES = {
    "sex": "0 1 2 9",
    "marital_status": "10 20 21 22 23 30 40 90",
    "community_band": "H M L",
    "five_colours": "red orange yellow blue green",
    "supervision_class": "A B C D",
    "prison_danger_grade": "PG1 PG2 PG3 PG4 PG5",
    "matter_12": "1 2 3 4 5 6 7 8 9 10 11 12",
    "stage_8": "1 2 3 4 5 6 7 8",
    "measure": "control probation parole temporary_outside released",
    "data_level": "L1 L2 L3 L4",
    "request_outcome": "settled passed_on declined not_possible unknown_person",
}
LEVELS = {
    "L2": "person_uid sex education organs skills",
    "L3": "name birth_date ethnicity marital_status household_region contacts family_support legal_status sentence "
    "orders key_dates custody_conduct rewards_sanctions employment living_needs plan_consent",
    "L4": "id_doc residence offence prior_record prison_grade community_grade psych_summary health_needs substance",
}
ITEMS = """
person_uid name id_doc sex birth_date ethnicity education marital_status household_region residence contacts
family_support legal_status offence sentence orders key_dates organs prior_record custody_conduct
rewards_sanctions prison_grade community_grade psych_summary health_needs substance skills employment
living_needs plan_consent
"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_national()


def codes(book: Rulebook, table: str) -> list[str]:
    return [entry.code for entry in book.code_table(table).codes]


def test_all_fifty_six_ethnic_groups_are_listed_in_the_order_of_the_standard(book: Rulebook) -> None:
    entries = book.code_table("ethnic_group").codes
    assert [entry.zh.removesuffix("族") for entry in entries[:56]] == ETHNIC_GROUPS.split()
    assert [entry.code for entry in entries] == [f"{number:02d}" for number in range(1, 57)] + ["97", "98"]


@pytest.mark.parametrize("table", CODES)
def test_a_short_table_holds_exactly_its_codes(book: Rulebook, table: str) -> None:
    assert codes(book, table) == CODES[table].split()


def test_education_family_and_documents_hold_the_codes_that_the_rooms_need(book: Rulebook) -> None:
    assert {"10", "20", "30", "40", "60", "70", "80", "90"} <= set(codes(book, "education"))
    assert {"01", "10", "20", "30", "40", "50", "60", "70", "97", "99"} <= set(codes(book, "family_relation"))
    names = {entry.zh for entry in book.code_table("id_document").codes}
    assert {"居民身份证", "港澳居民居住证", "台湾居民居住证", "外国人永久居留身份证", "普通护照"} <= names
    assert book.code_table("id_document").code("111").zh == "居民身份证"


def test_every_office_that_a_rule_names_has_a_name_to_show(book: Rulebook) -> None:
    offices = set(codes(book, "office"))
    for rule in book.rules.values():
        ladder = rule.when_overdue.ladder if rule.when_overdue else ()
        named = {rule.responsible, rule.approver or rule.responsible, *rule.notify, *rule.copy_to, *ladder}
        assert named <= offices, rule.id


def test_the_document_catalogue_is_whole(book: Rulebook) -> None:
    names = {entry.zh for entry in book.code_table("document_type").codes}
    # Sixty kinds that the law and its forms know, and one of our own.
    assert len(names - {"本人签字的意见"}) == 60
    assert {"刑满释放人员通知书", "释放证明书", "出监评估报告", "帮教协议", "调查评估意见书", "封存通知书"} <= names


def test_no_code_table_claims_to_be_compared_with_its_standard(book: Rulebook) -> None:
    assert [table.id for table in book.codes.values() if table.verified] == []


def test_the_thirty_core_items_stand_in_their_order_with_their_levels(book: Rulebook) -> None:
    items = sorted(book.items.values(), key=lambda item: item.number)
    assert [item.id for item in items] == ITEMS.split()
    assert [item.number for item in items] == list(range(1, 31))
    level = {item: level for level, group in LEVELS.items() for item in group.split()}
    assert {item.id: item.level for item in items} == level


def test_each_item_names_tables_and_readers_that_exist(book: Rulebook) -> None:
    readers = set(codes(book, "item_reader"))
    for item in book.items.values():
        assert {*item.owner, *item.readers} <= readers, item.id
        assert item.code_table is None or item.code_table in book.codes, item.id


def test_a_location_point_is_not_an_item(book: Rulebook) -> None:
    assert [item.id for item in book.items.values() if "location" in item.id or "定位" in item.zh] == []


def test_employers_and_human_resources_never_read_the_offence(book: Rulebook) -> None:
    assert not {"NG", "HR", "EV"} & set(book.items["offence"].readers)
    assert {"NG", "HR"} <= set(book.items["skills"].readers)


def test_each_item_has_its_pinyin_field_name(book: Rulebook) -> None:
    fields = book.code_table("standard_field").codes
    assert [entry.en for entry in fields] == ITEMS.split()
    assert all(entry.code.isascii() and entry.code.isalpha() and entry.code.islower() for entry in fields)
    assert [entry.zh for entry in fields] == [book.items[item].zh for item in ITEMS.split()]


def test_the_ledger_has_a_sentence_for_the_acts_of_the_road_home(book: Rulebook) -> None:
    assert len(book.acts) >= 60
    assert {act.partition(":")[0] for act in book.acts} >= {"access", "people", "roster", "journey", "handover"}
    for act in ("prison:dossier:sent", "handover:dossier:acknowledged", "handover:dossier:refused"):
        assert book.acts[act].zh
        assert book.acts[act].en
