"""公民身份号码: what a number says, and what is wrong with it; nothing is ever repaired.

Sources: GB 11643-1999 (18 characters, ISO 7064 MOD 11-2; conversion of the 15-digit numbers); the reserved prefixes of
the residence permits for people from Hong Kong, Macao and Taiwan; the permanent-residence card of foreigners.
Numbers beginning with 910000–919999 belong to the fictional province of demonstrations.
"""

import datetime
import re
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guitu.rulebook.divisions import Divisions

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
# Cards were first issued in 1984; a year of birth before this one is a slip of the pen for any holder.
_EARLIEST_BIRTH_YEAR: Final = 1880
# In 15-digit numbers these order codes were reserved for people already a hundred years old, born in 18YY.
_CENTENARIAN_ORDERS: Final = frozenset({"996", "997", "998", "999"})
_SEPARATE_RESIDENCE_PREFIXES: Final = frozenset({"810000", "820000", "830000"})
# The provinces of the mainland by their first digit (zone) and the highest second digit in it.
_PROVINCE_DIGITS: Final = frozenset(
    f"{zone}{place}"
    for zone, highest in ((1, 5), (2, 3), (3, 7), (4, 6), (5, 4), (6, 5))
    for place in range(0 if zone == 5 else 1, highest + 1)
)
_FICTIONAL_PROVINCE_DIGITS: Final = "10"

_FORMS: Final = {ord("Ⅹ"): "X", ord("ⅹ"): "X"} | {0xFF01 + shift: chr(0x21 + shift) for shift in range(94)}
_INVISIBLE: Final = re.compile(r"[\s\u00a0\u00ad\u200b-\u200f\u202a-\u202e\u2060\u3000\ufeff]+")
_EIGHTEEN: Final = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN: Final = re.compile(r"[0-9]{15}")
_OLD_FOREIGN_CARD: Final = re.compile(r"[A-Z]{3}[0-9]{12}")
_SPREADSHEET_NUMBER: Final = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{2}|[0-9]{15,18}\.0*")


class IdentityKind(StrEnum):
    """Which document the number belongs to, as read from its pattern or declared by the caller."""

    RESIDENT = "resident"
    RESIDENT_15 = "resident_15"
    HK_MACAO_TAIWAN = "hk_macao_taiwan"
    FOREIGN_PERMANENT = "foreign_permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class IdentityProblem:
    """One thing wrong with a number; `code` is stable and never renamed. No text contains the number itself."""

    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What a number says about its holder, beside everything that speaks against it.

    `sex` is the code of GB/T 2261.1 (1 male, 2 female); `division` the six leading digits for residents; each is
    None where the number cannot be trusted to tell.
    """

    kind: IdentityKind
    normalised: str
    problems: tuple[IdentityProblem, ...]
    birth_date: datetime.date | None
    sex: str | None
    division: str | None

    @property
    def ok(self) -> bool:
        """True when nothing is to be reported."""
        return not self.problems

    @property
    def codes(self) -> tuple[str, ...]:
        """The problem codes in the order found."""
        return tuple(problem.code for problem in self.problems)


_TEXTS: Final[dict[str, tuple[str, str, str, str]]] = {
    "ID_LENGTH": (
        "号码应为18位或15位，现为{found}位",
        "A number has 18 or 15 characters; this one has {found}",
        "请对照证件原件补全",
        "Complete it from the document",
    ),
    "ID_CHARACTER": (
        "号码含有不应出现的字符",
        "The number contains a character that does not belong there",
        "只可有数字，末位可为X",
        "Digits only; the last place may be X",
    ),
    "ID_DATE": (
        "号码中的出生日期不是可能的日期",
        "The birth date inside the number is not a possible date",
        "请对照证件原件核对第7位起的出生日期",
        "Check the birth date, from the seventh place on, with the document",
    ),
    "ID_CHECK_DIGIT": (
        "末位校验码不符，号码至少有一位有误",
        "The check digit does not fit: at least one character is wrong",
        "请对照证件原件逐位核对",
        "Compare each character with the document",
    ),
    "ID_DIVISION_UNKNOWN": (
        "前六位不是现行或历史上的行政区划代码",
        "The first six digits are no division code, present or past",
        "请对照证件原件核对前六位",
        "Check the first six digits with the document",
    ),
    "ID_FICTIONAL": (
        "该号码属于演示用虚构省份，不得用于真实人员",
        "This number belongs to the fictional province of demonstrations and to no real person",
        "请改用证件上的真实号码",
        "Use the number on the real document",
    ),
    "ID_SEX_MISMATCH": (
        "号码所示性别与登记性别不一致",
        "The sex shown by the number differs from the sex recorded",
        "请核对证件与登记，改正有误的一项",
        "Check document and record and correct the one that is wrong",
    ),
    "ID_BIRTH_MISMATCH": (
        "号码所示出生日期与登记的出生日期不一致",
        "The birth date shown by the number differs from the one recorded",
        "请核对证件与登记，改正有误的一项",
        "Check document and record and correct the one that is wrong",
    ),
    "ID_ROUNDED": (
        "号码被表格软件当作数字四舍五入，末三位已丢失",
        "A spreadsheet stored the number as a figure and rounded it: the last three places are lost",
        "请将该列设为文本，从证件或原系统重新录入",
        "Set the column to text and enter the number again from the document or the original system",
    ),
}

PROBLEM_CODES: Final = tuple(_TEXTS)


def _problem(code: str, **facts: object) -> IdentityProblem:
    zh, en, remedy_zh, remedy_en = _TEXTS[code]
    return IdentityProblem(code, zh.format(**facts), en.format(**facts), remedy_zh, remedy_en)


def normalise_number(text: str) -> str:
    """The number as written, with full-width forms made plain, x made X and blanks and invisible marks taken out.

    Only the form changes: no character is guessed, added or replaced by another reading.
    """
    plain = text.translate(_FORMS)
    return _INVISIBLE.sub("", plain).lstrip("'").upper()


def check_digit(first_17: str) -> str:
    """The 18th character that belongs to seventeen digits (GB 11643-1999). Raises ValueError for anything else."""
    if re.fullmatch(r"[0-9]{17}", first_17) is None:
        message = "a check digit is computed from exactly seventeen digits"
        raise ValueError(message)
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def suggest_18_digits(text: str) -> str | None:
    """The 18-character form that a sound 15-digit number would have: a suggestion to compare, never a replacement.

    None when the text is no 15-digit number with a real date, or its order code is one kept for centenarians.
    """
    number = normalise_number(text)
    if _FIFTEEN.fullmatch(number) is None or number[12:] in _CENTENARIAN_ORDERS:
        return None
    first_17 = f"{number[:6]}19{number[6:]}"
    if _real_date(first_17[6:14]) is None:
        return None
    return first_17 + check_digit(first_17)


def is_fictional_division(division: str) -> bool:
    """True for the division codes of the fictional province (910000–919999), which no real place has."""
    return division[:2] == "91"


def check_identity_number(
    text: str,
    *,
    birth_date: datetime.date | None = None,
    sex: str | None = None,
    fictional_allowed: bool = True,
    on: datetime.date | None = None,
    declared: IdentityKind | None = None,
    read_from_document: bool = False,
    divisions: Container[str] | None = None,
) -> IdentityCheck:
    """Read a number, compare it with the recorded birth date and sex, and report every problem found.

    `sex` may be the code (1, 2) or 男 / 女; other values are not compared. `on` is the legal day of the check: a
    birth date after it is impossible. `declared` is the kind of document where it is known; without it the pattern
    decides (910, 916–919: fictional resident; other numbers beginning with 9: card of a foreigner).
    `read_from_document` states that a human read the characters from the document, so that a genuine number that
    ends in 000 and has the right check digit can pass. `divisions` are the six-digit codes known, present and past;
    by default those of the rulebook.
    """
    number = normalise_number(text)
    if _SPREADSHEET_NUMBER.fullmatch(number):
        return IdentityCheck(IdentityKind.UNKNOWN, number, (_problem("ID_ROUNDED"),), None, None, None)
    if _OLD_FOREIGN_CARD.fullmatch(number) and declared in {None, IdentityKind.FOREIGN_PERMANENT}:
        return _check_old_foreign_card(number, birth_date=birth_date, on=on)
    if len(number) not in {15, 18}:
        problem = _problem("ID_LENGTH", found=len(number))
        return IdentityCheck(IdentityKind.UNKNOWN, number, (problem,), None, None, None)
    if not (_EIGHTEEN.fullmatch(number) or _FIFTEEN.fullmatch(number)):
        return IdentityCheck(IdentityKind.UNKNOWN, number, (_problem("ID_CHARACTER"),), None, None, None)

    kind = _kind_of(number, declared)
    problems = _prefix_problems(number, kind, fictional_allowed=fictional_allowed, divisions=divisions)
    born = _birth_date_in(number, on=on)
    if born is None:
        problems.append(_problem("ID_DATE"))
    fits = len(number) == 15 or check_digit(number[:17]) == number[17]
    rounded = len(number) == 18 and number.endswith("000") and not (read_from_document and fits)
    if rounded:
        problems.append(_problem("ID_ROUNDED"))
    elif not fits:
        problems.append(_problem("ID_CHECK_DIGIT"))
    shown_sex = None if rounded else _sex_in(number)
    recorded_sex = {"1": "1", "2": "2", "男": "1", "女": "2"}.get((sex or "").strip())
    if shown_sex and recorded_sex and shown_sex != recorded_sex:
        problems.append(_problem("ID_SEX_MISMATCH"))
    if born and birth_date and born != birth_date:
        problems.append(_problem("ID_BIRTH_MISMATCH"))
    division = None if kind is IdentityKind.FOREIGN_PERMANENT else number[:6]
    return IdentityCheck(kind, number, tuple(problems), born, shown_sex, division)


def _kind_of(number: str, declared: IdentityKind | None) -> IdentityKind:
    if len(number) == 15:
        return IdentityKind.RESIDENT_15
    if number[:6] in _SEPARATE_RESIDENCE_PREFIXES:
        return IdentityKind.HK_MACAO_TAIWAN
    if declared in {IdentityKind.RESIDENT, IdentityKind.FOREIGN_PERMANENT}:
        return declared
    if number[0] == "9" and (number[1:3] in _PROVINCE_DIGITS or number[1] != "1"):
        return IdentityKind.FOREIGN_PERMANENT
    return IdentityKind.RESIDENT


def _prefix_problems(
    number: str, kind: IdentityKind, *, fictional_allowed: bool, divisions: Container[str] | None
) -> list[IdentityProblem]:
    """Whether the leading digits name a place that issues such numbers; a place since abolished is fine."""
    if kind is IdentityKind.HK_MACAO_TAIWAN:
        return []
    if kind is IdentityKind.FOREIGN_PERMANENT:
        fictional = number[1:3] == _FICTIONAL_PROVINCE_DIGITS
        known = number[0] == "9" and (fictional or number[1:3] in _PROVINCE_DIGITS)
    else:
        fictional = is_fictional_division(number)
        known = fictional or number[:6] in (_rulebook_divisions() if divisions is None else divisions)
    if not known:
        return [_problem("ID_DIVISION_UNKNOWN")]
    if fictional and not fictional_allowed:
        return [_problem("ID_FICTIONAL")]
    return []


def _rulebook_divisions() -> Container[str]:
    return Divisions.load().identity_prefixes


def _birth_date_in(number: str, *, on: datetime.date | None) -> datetime.date | None:
    if len(number) == 18:
        born = _real_date(number[6:14])
    else:
        century = "18" if number[12:] in _CENTENARIAN_ORDERS else "19"
        born = _real_date(century + number[6:12])
    if born is None or born.year < _EARLIEST_BIRTH_YEAR or (on is not None and born > on):
        return None
    return born


def _real_date(digits: str) -> datetime.date | None:
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _sex_in(number: str) -> str:
    order_digit = number[16] if len(number) == 18 else number[14]
    return "1" if int(order_digit) % 2 else "2"


def _check_old_foreign_card(
    number: str, *, birth_date: datetime.date | None, on: datetime.date | None
) -> IdentityCheck:
    """The card issued to foreigners before 2023: country, place, YYMMDD, order, check character.

    Its check character is not verified: how it is formed is not published.
    """
    problems: list[IdentityProblem] = []
    if number[3:5] not in _PROVINCE_DIGITS:
        problems.append(_problem("ID_DIVISION_UNKNOWN"))
    possible = [_real_date(century + number[7:13]) for century in ("19", "20")]
    dates = [day for day in possible if day is not None and (on is None or day <= on)]
    if not dates:
        problems.append(_problem("ID_DATE"))
    elif birth_date is not None and birth_date not in dates:
        problems.append(_problem("ID_BIRTH_MISMATCH"))
    born = birth_date if birth_date in dates else dates[0] if len(dates) == 1 else None
    return IdentityCheck(IdentityKind.FOREIGN_PERMANENT, number, tuple(problems), born, None, None)
