"""Roster files of fictional people, as a prison's clerk would save them."""

import io
from datetime import date

from openpyxl import Workbook

HEADINGS = (
    "罪犯编号",
    "姓名",
    "性别",
    "身份证号",
    "户籍地",
    "户籍地址",
    "罪名",
    "原判刑期",
    "刑满日期",
    "释放类型",
    "重点人员",
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(prefix: str, born: str, order: str) -> str:
    """A fictional identity number with its right check character (GB 11643-1999)."""
    body = f"{prefix}{born}{order}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def row(
    name: str,
    *,
    release: date,
    order: str = "115",
    born: str = "19850312",
    county: str = "910121",
    key: str = "",
    kind: str = "刑满释放",
) -> tuple[object, ...]:
    """One person's row, for the fictional county by default; an odd order number is a man's."""
    sex = "男" if int(order) % 2 else "女"
    numbered = number(county, born, order)
    return (order, name, sex, numbered, county, "青榆县雁回镇1号", "盗窃罪", "三年", release.isoformat(), kind, key)


def workbook(*rows: tuple[object, ...]) -> bytes:
    """The rows under our headings as the bytes of an .xlsx file."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet.append(HEADINGS)
    for values in rows:
        sheet.append(values)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
