"""How an article is cited: 第三十七条之一, article 37-1."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_ARTICLE = re.compile(r"(\d{1,3})(?:(?:之|-)([一二三四五六七八九十]|\d{1,2}))?(.*)", re.DOTALL)


def chinese_number(number: int) -> str:
    """A whole number from 0 to 999 as statutes write it: 10 is 十, 105 is 一百零五. Raises ValueError outside."""
    if not 0 <= number <= 999:
        raise ValueError(number)
    if number < 10:
        return _DIGITS[number]
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{'' if tens == 1 and not hundreds else _DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def article_zh(article: str) -> str:
    """The article as a Chinese text cites it; a place that is no number (附件, a heading) stays as it is."""
    found = _ARTICLE.fullmatch(article.strip())
    if found is None:
        return article
    number, insert, tail = found.groups()
    text = f"第{chinese_number(int(number))}条"
    if insert:
        text += f"之{chinese_number(int(insert)) if insert.isdigit() else insert}"
    return text + tail


def article_en(article: str) -> str:
    """The article as an English text cites it."""
    return f"article {article}" if article[:1].isdigit() else article
