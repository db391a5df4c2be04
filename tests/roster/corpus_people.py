"""The part of the corpus that is about persons: duplicates, contradictions, names, codes and empty cells."""

import datetime
from collections.abc import Iterator

from tests.roster.corpus_tables import BASE, KEYS, Roster, Table, identity_number, roster

CORRECT, DECIDE, ACCEPTED = "to_correct", "to_decide", "accepted"
DAY = datetime.date


def repeated_and_contradicting() -> Iterator[Roster]:
    """The same person twice, and dates that contradict each other."""
    twice = Table(4)
    twice.people[3] = dict(twice.people[1])
    twice.tell(3, "id_number", "DUPLICATE_ROW", DECIDE)
    yield roster("the same row twice", twice)

    differs = Table(4)
    differs.people[3] = {**differs.people[1], "release_date": DAY(2028, 1, 4)}
    for person in (1, 3):
        differs.tell(person, "id_number", "DUPLICATE_NUMBER", DECIDE)
    yield roster("the same number with another date", differs)

    name = Table(4)
    name.people[3] = {**name.people[1], "name": "吕思斉"}
    for person in (1, 3):
        name.tell(person, "id_number", "NUMBER_WITH_OTHER_NAME", DECIDE)
    yield roster("the same number with another name", name)

    near = Table(3)
    born, sex = near.people[0]["birth_date"], near.people[0]["sex"]
    near.people[2] = {**near.people[0], "id_number": identity_number(born, 401 if sex == "男" else 402)}
    for person in (0, 2):
        near.tell(person, "name", "SAME_NAME_AND_BIRTH", DECIDE)
    yield roster("the same name and birth date with another number", near)

    headings = [*BASE, "刑期起", "刑期止"]
    order = Table(6, headings=headings, keys=[*KEYS, "sentence_from", "sentence_to"])
    for person in range(6):
        order.write(person, "sentence_from", DAY(2020, 5, 6), "2020-05-06")
        order.write(person, "sentence_to", DAY(2029, 5, 5), "2029-05-05")
    order.plant(0, "release_date", DAY(2026, 11, 21), "RELEASE_IN_PAST", DECIDE, "2026-11-21")
    order.write(1, "release_date", DAY(2026, 11, 22), "2026-11-22")
    order.plant(2, "release_date", DAY(2029, 5, 6), "RELEASE_AFTER_SENTENCE", DECIDE, "2029-05-06")
    order.write(5, "release_date", DAY(2029, 5, 5), "2029-05-05")
    order.write(3, "sentence_from", DAY(2027, 12, 31), "2027-12-31")
    order.plant(3, "release_date", DAY(2027, 12, 30), "RELEASE_BEFORE_SENTENCE", CORRECT, "2027-12-30")
    order.write(4, "release_date", DAY(2020, 5, 6), "2020-05-06")
    order.plant(4, "sentence_to", DAY(2020, 5, 5), "SENTENCE_REVERSED", CORRECT, "2020-05-05")
    order.tell(4, "release_date", "RELEASE_IN_PAST", DECIDE)
    order.tell(4, "release_date", "RELEASE_AFTER_SENTENCE", DECIDE)
    yield roster("dates in the wrong order", order)

    age = Table(2)
    child = DAY(2020, 5, 6)
    age.people[0] |= {"birth_date": child, "id_number": identity_number(child, 111), "sex": "男"}
    age.tell(0, "birth_date", "AGE_UNLIKELY", DECIDE)
    yield roster("a child of seven", age)


def single_values() -> Iterator[Roster]:
    """Required cells, names, codes and texts."""
    missing = Table(4)
    missing.plant(0, "name", "", "REQUIRED_MISSING", CORRECT, None)
    missing.plant(1, "sex", "", "REQUIRED_MISSING", CORRECT, None)
    missing.plant(2, "release_date", "  ", "REQUIRED_MISSING", CORRECT, None)
    missing.plant(3, "household_division", "", "HOUSEHOLD_MISSING", CORRECT, None)
    yield roster("required cells left empty", missing)

    names = Table(9, headings=[*BASE, "曾用名"], keys=[*KEYS, "former_name"])
    names.plant(0, "name", "程　望", "SPACES_REMOVED", ACCEPTED, "程望")
    names.write(1, "name", "古丽扎尔•叶尔兰", "古丽扎尔·叶尔兰")
    names.plant(2, "name", "苗□雨", "NAME_HAS_PLACEHOLDER", CORRECT, None)
    names.plant(3, "name", "龚一舟2", "NAME_CHARACTER", CORRECT, None)
    names.plant(4, "name", "温", "NAME_LENGTH", CORRECT, "温")
    names.write(5, "name", "𠮷野山", "𠮷野山")
    names.write(6, "name", "Amina Yusuf", "Amina Yusuf")
    names.write(7, "former_name", "侯知黑", "侯知黑")
    names.plant(8, "name", "叶尔兰··赛里克", "NAME_DOT", CORRECT, "叶尔兰··赛里克")
    for person in (*range(7), 8):
        names.write(person, "former_name", "无", None)
    yield roster("names", names)

    more = ["文化程度", "民族", "婚姻状况", "释放类别", "危险等级", "重点人员", "本人电话", "户籍地址", "罪犯编号"]
    keys = ["education", "ethnicity", "marital_status", "release_type", "prison_grade", "key_person", "phone"]
    codes = Table(3, headings=[*BASE, *more], keys=[*KEYS, *keys, "household_address", "prison_number"])
    read = {
        "education": ("初中", "70"),
        "ethnicity": ("汉族", "01"),
        "marital_status": ("离异", "40"),
        "release_type": ("刑满释放", "sentence_end"),
        "prison_grade": ("高度危险", "PG2"),
        "key_person": ("三无、重病", ["three_nothings", "serious_illness"]),
        "phone": ("139 0000 0000", "13900000000"),
        "household_address": ("枕溪县柳桥镇  三组", "枕溪县柳桥镇 三组"),
        "prison_number": (9100023, "9100023"),
    }
    for person in range(3):
        for key, (written, value) in read.items():
            codes.write(person, key, written, value)
    codes.plant(1, "education", "扫盲班", "CODE_KEPT_AS_TEXT", ACCEPTED, "扫盲班")
    codes.plant(1, "phone", "没有电话机", "PHONE_UNREADABLE", ACCEPTED, "没有电话机")
    codes.write(1, "key_person", "否", [])
    codes.write(1, "prison_grade", "未评估", None)
    codes.plant(2, "release_type", "放走", "CODE_UNKNOWN", CORRECT, None)
    codes.plant(2, "prison_grade", "特级", "CODE_UNKNOWN", CORRECT, None)
    codes.plant(2, "household_division", "91000", "DIVISION_UNREADABLE", CORRECT, "91000")
    yield roster("codes and other values", codes)

    odd = Table(2)
    odd.plant(0, "household_division", "枕溪\ufffd县", "TEXT_UNREADABLE", CORRECT, None)
    odd.plant(1, "household_division", "枕" * 2500, "TEXT_TOO_LONG", CORRECT, None)
    yield roster("unreadable and endless texts", odd)
