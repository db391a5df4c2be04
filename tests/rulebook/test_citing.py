"""Articles are cited as the statutes write them."""

import pytest

from guitu.rulebook.citing import article_en, article_zh, chinese_number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (7, "七"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (59, "五十九"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (286, "二百八十六"),
    ],
)
def test_a_number_is_written_as_in_a_statute(number, words):
    assert chinese_number(number) == words


def test_a_number_beyond_any_statute_is_refused():
    with pytest.raises(ValueError, match="1000"):
        chinese_number(1000)


@pytest.mark.parametrize(
    ("article", "zh"),
    [
        ("7", "第七条"),
        ("37之一", "第三十七条之一"),
        ("105", "第一百零五条"),
        ("29 ¶2", "第二十九条 ¶2"),
        ("附件", "附件"),
    ],
)
def test_an_article_is_cited_with_its_insert_and_paragraph(article, zh):
    assert article_zh(article) == zh


def test_in_english_the_number_stays():
    assert article_en("37-1") == "article 37-1"
