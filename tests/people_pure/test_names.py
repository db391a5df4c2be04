"""Names: one written form, every character kept, found in all their readings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guitu.people.names import (
    MOST_SEARCH_KEYS,
    check_name,
    initials,
    normalise_name,
    readings,
    search_key,
    search_keys,
    sort_key,
    sounds_like,
)

han_names = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=30)


@pytest.mark.parametrize("dot", list("·•・‧∙･⋅.．"))
def test_every_variant_of_the_middle_dot_becomes_one(dot: str) -> None:
    assert check_name(f"卡德尔 {dot} 买买提").normalised == "卡德尔·买买提"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张　 伟", "张伟"),
        (" 欧阳 明 月\n", "欧阳明月"),
        ("John   SMITH", "John SMITH"),
        ("Ｊｏｈｎ Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("张\u200b伟", "张伟"),
        ("Jose\u0301", "José"),
    ],
)
def test_only_the_form_of_a_name_is_normalised(written: str, name: str) -> None:
    assert normalise_name(written) == name


def test_rare_private_and_variation_characters_are_kept_and_named() -> None:
    for character in ("𠮷", "\ue123", "㛃", "\U00100001", "龻"):
        check = check_name(f"张{character}")
        assert (check.normalised, check.codes, check.rare) == (f"张{character}", (), (character,))
    variation = check_name("葛\U000e0100城")
    assert (variation.normalised, variation.codes) == ("葛\U000e0100城", ())
    assert check_name("张伟").rare == ()


@given(han_names)
def test_chinese_names_keep_every_character(name: str) -> None:
    check = check_name(" ".join(name))
    assert check.normalised == unicodedata.normalize("NFC", name)
    assert check.ok


@given(st.text(max_size=40))
def test_normalising_a_name_twice_changes_nothing(text: str) -> None:
    assert normalise_name(normalise_name(text)) == normalise_name(text)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ("NAME_LENGTH",)),
        ("张", ("NAME_LENGTH",)),
        ("张伟", ()),
        ("阿" * 30, ()),
        ("阿" * 31, ("NAME_LENGTH",)),
        ("张\U000e0100", ("NAME_LENGTH",)),
        ("张3", ("NAME_CHARACTER",)),
        ("王*", ("NAME_CHARACTER",)),
        ("王□", ("NAME_CHARACTER",)),
        ("--", ("NAME_CHARACTER",)),
        ("-张三", ("NAME_CHARACTER",)),
        ("'张三", ("NAME_CHARACTER",)),
        ("张三-", ("NAME_CHARACTER",)),
        ("王\u3164", ("NAME_CHARACTER",)),
        ("张\u0334三", ("NAME_CHARACTER",)),
        ("张三\n李四", ("NAME_CHARACTER",)),
        ("阿依古丽·\n买买提", ()),
        ("欧阳\n雪", ()),
        ("O'Neill Anne-Marie", ()),
        ("·买买提", ("NAME_DOT",)),
        ("卡德尔··买买提", ("NAME_DOT",)),
        ("卡德尔·买买提", ()),
        ("O'Neil-Smith", ()),
        ("ئالىم جان", ()),
    ],
)
def test_each_defect_of_a_name_has_its_code(text: str, codes: tuple[str, ...]) -> None:
    assert check_name(text).codes == codes


@pytest.mark.parametrize(
    ("name", "as_surname", "commonly"),
    [
        ("单小明", "shan", "dan"),
        ("仇远山", "qiu", "chou"),
        ("解云起", "xie", "jie"),
        ("查疏影", "zha", "cha"),
        ("曾令仪", "zeng", "ceng"),
        ("朴知夏", "piao", "pu"),
        ("区见山", "ou", "qu"),
        ("盖南枝", "ge", "gai"),
        ("翟书瑶", "zhai", "di"),
        ("万俟知白", "moqi", "wansi"),
        ("尉迟千帆", "yuchi", "weichi"),
        ("长孙予安", "zhangsun", "changsun"),
    ],
)
def test_a_polyphonic_surname_is_found_by_both_readings_and_sorted_by_the_right_one(
    name: str, as_surname: str, commonly: str
) -> None:
    assert search_key(name).startswith(as_surname)
    assert sort_key(name).replace(" ", "").startswith(as_surname)
    assert any(key.startswith(commonly) for key in search_keys(name))
    assert sounds_like(name, as_surname)
    assert sounds_like(name, commonly)
    assert not sounds_like(name, "zzz")


def test_the_reading_as_a_surname_is_used_at_the_head_only() -> None:
    assert sort_key("解单") == "xie dan"
    assert sort_key("单解") == "shan jie"


@pytest.mark.parametrize("typed", ["shanxm", "sxm", "shanxiaoming", "SHAN xiao", "dxm", "chanxiao", "sh"])
def test_full_letters_initials_and_mixtures_find_a_name(typed: str) -> None:
    assert sounds_like("单小明", typed)


@pytest.mark.parametrize("typed", ["xm", "shxmm", "sanx", "", "ming"])
def test_letters_that_do_not_begin_the_name_do_not_find_it(typed: str) -> None:
    assert not sounds_like("单小明", typed)


def test_the_vowel_with_two_dots_is_found_however_it_is_typed() -> None:
    for typed in ("lvbu", "lübu", "LYUBU"):
        assert sounds_like("吕布舟", typed)
    assert sounds_like("安宇舟", "anyu"), "the same letters may be two syllables"


def test_names_with_a_dot_and_latin_names_have_keys() -> None:
    assert search_key("卡德尔·买买提") == "kadeermaimaiti"
    assert "kdemmt" in initials("卡德尔·买买提")
    assert sort_key("José Smith") == "jose smith"
    assert sounds_like("José Smith", "jose s")


def test_a_character_without_a_reading_sorts_last_and_stands_for_itself() -> None:
    assert sort_key("\ue123伟") > sort_key("左伟")
    assert "\ue123" in search_key("张\ue123")


@given(han_names)
def test_keys_stay_few_and_keep_the_likeliest_reading_and_every_surname_reading(name: str) -> None:
    keys = search_keys(name)
    assert 1 <= len(keys) <= MOST_SEARCH_KEYS
    assert keys[0] == search_key(name)
    for reading in readings(name)[0]:
        assert any(key.startswith(reading) for key in keys)
    assert 1 <= len(initials(name)) <= MOST_SEARCH_KEYS


def test_a_long_name_keeps_the_rare_readings_of_its_surname() -> None:
    keys = search_keys("单" + "行会乐" * 3)
    for reading in ("shan", "dan", "chan"):
        assert any(key.startswith(reading) for key in keys)
    assert len(keys) <= MOST_SEARCH_KEYS


@given(han_names)
def test_every_search_key_of_a_name_finds_it(name: str) -> None:
    for key in search_keys(name)[:3]:
        if key.isascii():
            assert sounds_like(name, key)
