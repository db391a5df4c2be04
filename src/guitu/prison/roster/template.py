"""Our own roster workbook for prisons: an explanation sheet, and a roster sheet whose columns cannot spoil numbers."""

import io
from typing import Any, Final

import openpyxl  # type: ignore[import-untyped]  # the package ships no types
from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped]
from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]

from guitu.prison.roster.catalogue import Field, catalogue
from guitu.prison.roster.grid import column_letter

_TEXT: Final = "@"
_DATE: Final = "yyyy-mm-dd"
_LONGEST_LIST: Final = 255
_WAYS: Final = {
    "name": ("按身份证件填写，2至30个字", "as on the identity document, 2 to 30 characters"),
    "other_name": ("文字", "text"),
    "id_number": (
        "18位，按文本填写；没有证件的填“无证件”",
        "18 characters, as text; 无证件 for a person without document",
    ),
    "date": ("年-月-日，如2026-03-05；不用公式", "year-month-day like 2026-03-05; no formulas"),
    "code": ("从下拉列表中选择", "choose from the list"),
    "open_code": ("从下拉列表中选择，没有的按文字填写", "choose from the list, or text where nothing fits"),
    "flags": ("可填多项，用顿号隔开：{words}", "several, separated by 、: {words}"),
    "division": ("6位区划代码或地名；与户籍地址至少填一项", "six-digit code or name; this or the household address"),
    "address": ("文字", "text"),
    "phone": ("手机或带区号的电话", "mobile number, or telephone with area code"),
    "number": ("按文本填写", "as text"),
    "text": ("文字", "text"),
}


def template_workbook() -> bytes:
    """The .xlsx that a prison fills in: sheets 说明 and 名册, texts in Chinese and English."""
    book = openpyxl.Workbook()
    explanation = book.active
    explanation.title = "说明"
    _explain(explanation)
    _roster_sheet(book.create_sheet("名册"))
    book.active = 1
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _explain(sheet: Any) -> None:
    known = catalogue()
    sheet.append(["列", "Column", "是否必填 · required", "怎样填写", "How to fill it in"])
    for field in known.fields.values():
        words = "、".join(known.labels.get(field.table or "", ()))
        zh, en = (text.format(words=words) for text in _WAYS[field.kind])
        required = "必填 · required" if field.required else ""
        sheet.append([field.zh, field.en, required, zh, en])
    for letter, width in zip("ABCDE", (16, 24, 20, 48, 56), strict=True):
        sheet.column_dimensions[letter].width = width
    _embolden(sheet, 1)


def _roster_sheet(sheet: Any) -> None:
    known = catalogue()
    fields = list(known.fields.values())
    sheet.append(["序号", *(f"{field.zh}*" if field.required else field.zh for field in fields)])
    sheet.freeze_panes = "C2"
    _embolden(sheet, 1)
    last = known.limits.data_rows + 1
    for index, field in enumerate(fields, 1):
        letter = column_letter(index)
        column = sheet.column_dimensions[letter]
        column.width = 22 if field.kind in {"id_number", "address"} else 14
        column.number_format = _DATE if field.kind == "date" else _TEXT
        validation = _validation(field)
        if validation is not None:
            validation.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(validation)


def _validation(field: Field) -> DataValidation | None:
    """Guides the filling-in: a list, a day, or the length of a number; the check itself stays with the intake."""
    if field.table is not None and field.kind in {"code", "open_code"}:
        words = ",".join(catalogue().labels[field.table])
        if len(words) + 2 <= _LONGEST_LIST:
            return DataValidation(
                type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=field.kind == "code"
            )
    if field.kind == "date":
        earliest, latest = catalogue().limits.earliest_year, catalogue().limits.latest_year
        return DataValidation(
            type="date",
            operator="between",
            formula1=f"DATE({earliest},1,1)",
            formula2=f"DATE({latest},12,31)",
            allow_blank=True,
            showErrorMessage=True,
            error="请填写日期，如2026-03-05 · a date like 2026-03-05",
        )
    return None


def _embolden(sheet: Any, row: int) -> None:
    for cell in sheet[row]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF2")
