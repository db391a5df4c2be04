"""姓名: one written form, what is wrong with it, and keys to find and sort it by sound.

Rare characters, private-use characters and variation marks are kept as given; nothing is replaced by a likeness.
Keys are lower-case letters without tones, ü written v; the polyphonic surnames are read as surnames.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from guitu.rulebook.surnames import compound_surnames

SHORTEST_NAME: Final = 2
LONGEST_NAME: Final = 30
MOST_SEARCH_KEYS: Final = 64
DOT: Final = "·"

_HAN: Final = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PRIVATE: Final = "\ue000-\uf8ff\U000f0000-\U0010fffd"
_VARIATION: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HANLIKE: Final = re.compile(f"[{_HAN}{_PRIVATE}]")
_DOTS: Final = re.compile("[·•・‧∙･⋅●⸱᛫ꞏ]")
_PLAIN_DOT: Final = re.compile(rf"(?<=[{_HAN}{_PRIVATE}{_VARIATION}])\s*[.．]\s*(?=[{_HAN}{_PRIVATE}])")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_FULL_WIDTH: Final = {0xFF01 + shift: chr(0x21 + shift) for shift in range(94)} | {0x3000: " "}
_ALLOWED_MARKS: Final = frozenset(" ·'’-.")
_ODD_ENDS: Final = re.compile(rf"^[-.]|-$|^['’](?=[{_HAN}{_PRIVATE}])")
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180e")  # letters by category, seen by nobody
_MARK_ON_HAN: Final = re.compile(f"[{_HAN}{_PRIVATE}](?![{_VARIATION}])[\u0300-\u036f\u20d0-\u20ff\ufe20-\ufe2f]")
_PEOPLE_IN_LINES: Final = re.compile(
    rf"[{_HAN}{_PRIVATE}{_VARIATION}]{{2,}}\s*[\n\r\v\f\x85\u2028\u2029]\s*[{_HAN}{_PRIVATE}{_VARIATION}]{{2,}}"
)

# Readings of characters as surnames where they differ from, or are rarer than, the common reading.
_SURNAMES: Final[dict[str, str]] = {
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "曾": "zeng", "朴": "piao", "区": "ou", "盖": "ge",
    "乐": "yue", "翟": "zhai", "缪": "miao", "覃": "qin", "员": "yun", "繁": "po", "任": "ren", "宁": "ning",
    "华": "hua", "柏": "bai", "秘": "bi", "冼": "xian", "洗": "xian", "盛": "sheng", "召": "shao", "折": "she",
    "黑": "he", "那": "na", "种": "chong", "都": "du", "曲": "qu", "石": "shi", "乜": "nie", "幺": "yao",
    "应": "ying", "逄": "pang", "佴": "nai", "隗": "wei", "牟": "mu", "句": "gou", "车": "che", "卜": "bu",
    "祭": "zhai", "晁": "chao", "谌": "chen", "藏": "zang", "臧": "zang", "能": "nai", "莘": "shen", "术": "zhu",
    "尉": "wei", "相": "xiang", "降": "jiang", "撒": "sa", "强": "qiang", "瞿": "qu", "粘": "nian", "沈": "shen",
    "重": "chong", "贾": "jia", "俞": "yu", "葛": "ge", "长": "chang", "万": "wan", "郇": "xun", "郗": "xi",
    "訾": "zi", "眭": "sui", "宓": "mi", "尹": "yin", "薄": "bo", "阚": "kan", "呙": "guo", "燕": "yan",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NameProblem:
    """One thing wrong with a name; `code` is stable and never renamed."""

    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


_PROBLEMS: Final = {
    "NAME_LENGTH": NameProblem(
        "NAME_LENGTH",
        "姓名应为2至30个字符",
        "A name has 2 to 30 characters",
        "请对照证件填写完整姓名",
        "Enter the full name as on the document",
    ),
    "NAME_CHARACTER": NameProblem(
        "NAME_CHARACTER",
        "姓名含有数字、占位符或其他不应出现的字符",
        "The name contains a digit, a placeholder or another character that does not belong there",
        "请对照证件填写；打不出的字请用生僻字录入",
        "Enter it as on the document; use the entry for rare characters where one cannot be typed",
    ),
    "NAME_DOT": NameProblem(
        "NAME_DOT",
        "间隔号应在两个名字之间，且只有一个",
        "The middle dot stands singly between two parts of a name",
        "请对照证件核对间隔号",
        "Check the dots with the document",
    ),
}


@dataclass(frozen=True, slots=True)
class NameCheck:
    """A name in its one written form, the problems found, and the characters that common fonts may lack."""

    normalised: str
    problems: tuple[NameProblem, ...]
    rare: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True when nothing is to be reported."""
        return not self.problems

    @property
    def codes(self) -> tuple[str, ...]:
        """The problem codes in the order found."""
        return tuple(problem.code for problem in self.problems)


def normalise_name(text: str) -> str:
    """The one written form of a name.

    Unicode NFC; full-width letters made plain; every variant of the middle dot made ·; blanks inside Chinese names
    taken out and between Latin words reduced to one. Characters themselves are never exchanged.
    """
    name = unicodedata.normalize("NFC", _INVISIBLE.sub("", text.translate(_FULL_WIDTH)))
    name = _DOTS.sub(DOT, name)
    name = _PLAIN_DOT.sub(DOT, name)
    name = re.sub(r"\s+", " ", name).strip()
    name = re.sub(rf" *{DOT} *", DOT, name)
    return re.sub(rf"(?<=[{_HAN}{_PRIVATE}{_VARIATION}]) | (?=[{_HAN}{_PRIVATE}])", "", name)


def check_name(text: str) -> NameCheck:
    """Bring a name into its written form and report what is wrong with it; nothing is repaired beyond the form."""
    name = normalise_name(text)
    codes: list[str] = []
    length = len(re.sub(f"[{_VARIATION}]", "", name))
    if not SHORTEST_NAME <= length <= LONGEST_NAME:
        codes.append("NAME_LENGTH")
    letters = any(character.isalpha() or _HANLIKE.match(character) for character in name)
    allowed = letters and all(map(_allowed, name))
    odd = _ODD_ENDS.search(name) or _MARK_ON_HAN.search(name) or _PEOPLE_IN_LINES.search(text)
    if name and (odd or not allowed):
        codes.append("NAME_CHARACTER")
    if name.startswith(DOT) or name.endswith(DOT) or DOT * 2 in name:
        codes.append("NAME_DOT")
    rare = tuple(character for character in name if _is_rare(character))
    return NameCheck(name, tuple(_PROBLEMS[code] for code in codes), rare)


def _allowed(character: str) -> bool:
    if character in _FILLERS:
        return False
    if character in _ALLOWED_MARKS or re.match(f"[{_HAN}{_PRIVATE}{_VARIATION}]", character):
        return True
    return unicodedata.category(character)[0] in "LM"


def _is_rare(character: str) -> bool:
    return bool(re.match(f"[{_PRIVATE}\U00020000-\U0003ffff\u3400-\u4dbf\u9fa6-\u9fff]", character))


def _plain_latin(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("ü", "v"))
    return "".join(character for character in decomposed if character.isalpha())


def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """For each part of a name (a Chinese character or a Latin word) its readings, the likeliest first.

    The surname comes first with its reading as a surname, its common readings after it. A character without a
    known reading stands for itself.
    """
    parts = re.findall(rf"[{_HAN}{_PRIVATE}]|[^{_HAN}{_PRIVATE}{_VARIATION}\s{DOT}]+", normalise_name(name))
    found: list[tuple[str, ...]] = []
    surname = _surname_readings(parts, dotted=DOT in name)
    for place, part in enumerate(parts):
        if not _HANLIKE.match(part):
            found.append((_plain_latin(part) or part,))
            continue
        common = _character_readings(part)
        if place < len(surname):
            common = (surname[place], *common)
        found.append(tuple(dict.fromkeys(common)))
    return tuple(found)


@functools.lru_cache(maxsize=8192)
def _character_readings(character: str) -> tuple[str, ...]:
    """The common readings of one character; kept, for a roster asks for the same few thousand again and again."""
    from pypinyin import Style, pinyin  # at the first name, not at the start: its dictionary takes long to read

    return tuple(pinyin(character, heteronym=True, style=Style.NORMAL)[0])


def _surname_readings(parts: Sequence[str], *, dotted: bool) -> tuple[str, ...]:
    """Readings of the surname at the head of a Chinese name; none for ethnic names with a dot."""
    if dotted or not parts:
        return ()
    compound = compound_surnames().get("".join(parts[:2])) if len(parts) > 2 else None
    if compound:
        return compound
    single = _SURNAMES.get(parts[0])
    return (single,) if single else ()


def sort_key(name: str) -> str:
    """Key that sorts names by sound under plain code-point order; what has no reading comes last."""
    return " ".join(reading[0] if reading[0].isascii() else f"~{reading[0]}" for reading in readings(name))


def search_key(name: str) -> str:
    """The likeliest reading in one word, for blocks and exact look-up."""
    return "".join(reading[0] for reading in readings(name))


def search_keys(name: str) -> tuple[str, ...]:
    """All readings in one word each, the likeliest first, at most 64.

    Where a name has more, every reading of the surname is kept and later characters lose their rarer readings first.
    """
    choices = [list(reading) for reading in readings(name)]
    while _count(choices) > MOST_SEARCH_KEYS:
        place = max(range(len(choices)), key=lambda at: (len(choices[at]) > 1 and at > 0, len(choices[at]), at))
        choices[place].pop()
    return tuple(dict.fromkeys("".join(reading) for reading in itertools.product(*choices)))


def _count(choices: Sequence[Sequence[str]]) -> int:
    total = 1
    for choice in choices:
        total *= len(choice)
    return total


def initials(name: str) -> tuple[str, ...]:
    """The first letters of all readings, the likeliest first: sxm and dxm for a 单小明."""
    choices = [list(dict.fromkeys(reading[:1] for reading in part)) for part in readings(name)]
    while _count(choices) > MOST_SEARCH_KEYS:
        max(choices[1:], key=len).pop()
    return tuple(dict.fromkeys("".join(letters) for letters in itertools.product(*choices)))


def sounds_like(name: str, query: str) -> bool:
    """Whether typed letters spell the beginning of a name in any of its readings, in full, by initials or mixed."""
    letters = _plain_latin(query)
    if not letters:
        return False
    # Passports write ü as yu after l and n; in 安宇 the same letters are two syllables, so both are tried.
    open_ends = {letters, letters.replace("lyu", "lv").replace("nyu", "nv")}
    for part in readings(name):
        open_ends = {
            end[taken:]
            for end in open_ends
            for reading in part
            for taken in range(1, len(reading) + 1)
            if end.startswith(reading[:taken]) and (taken in {1, len(reading)} or taken == len(end))
        }
        if "" in open_ends:
            return True
    return False
