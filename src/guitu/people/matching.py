"""Is this person held already? Named rules over two identities; pure, without tables, clock or settings.

An exact match joins; a near match is put before a human with both records (decision record on matching). The caller
seeks candidates only by exact identifier or inside the blocks of `block_keys`, and hands them in.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from guitu.people.identity_numbers import check_identity_number, normalise_number
from guitu.people.names import normalise_name, search_key, search_keys

_UNRELIABLE: Final = frozenset({"ID_LENGTH", "ID_CHARACTER", "ID_DATE", "ID_CHECK_DIGIT", "ID_ROUNDED"})


_WITH_CHECK_DIGIT: Final = 18


class MatchRule(StrEnum):
    """The rules, the strongest first."""

    EXACT_IDENTIFIER = "exact_identifier"
    SAME_NUMBER_OTHER_FACTS = "same_number_other_facts"
    SAME_NUMBER_OTHER_NAME = "same_number_other_name"
    NUMBER_15_18 = "number_15_18"
    NUMBER_ROUNDED = "number_rounded"
    NUMBER_ONE_OFF = "number_one_off"
    NAME_AND_BIRTH = "name_and_birth"
    FORMER_NAME = "former_name"
    NAME_SOUND_AND_BIRTH = "name_sound_and_birth"


class Verdict(Enum):
    """What follows from a set of matches."""

    NEW = "new"
    JOIN = "join"
    ASK = "ask"


_WORDS: Final[dict[MatchRule, tuple[str, str]]] = {
    MatchRule.EXACT_IDENTIFIER: ("证件号码与姓名一致", "Identity number and name agree"),
    MatchRule.SAME_NUMBER_OTHER_FACTS: (
        "证件号码与姓名一致，但号码不可靠，或性别、出生日期不一致",
        "Number and name agree, but the number is unsound or sex or birth date differs",
    ),
    MatchRule.SAME_NUMBER_OTHER_NAME: ("证件号码相同，姓名不同", "Same identity number, another name"),
    MatchRule.NUMBER_15_18: ("同一号码的15位与18位形式", "The 15-digit and the 18-digit form of one number"),
    MatchRule.NUMBER_ROUNDED: ("号码前15位相同，其一被表格软件舍入", "First 15 places agree; one number was rounded"),
    MatchRule.NUMBER_ONE_OFF: (
        "证件号码仅差一位，或相邻两位颠倒",
        "The identity numbers differ in one place or by two neighbours exchanged",
    ),
    MatchRule.NAME_AND_BIRTH: ("姓名与出生日期相同", "Same name and birth date"),
    MatchRule.FORMER_NAME: ("一方的姓名是另一方的曾用名", "The name of one is a former name of the other"),
    MatchRule.NAME_SOUND_AND_BIRTH: ("姓名同音且出生日期相同", "Names sound alike and the birth date is the same"),
}


@dataclass(frozen=True, slots=True)
class IdentityView:
    """What is known of one identity for comparing: `numbers` are pairs of document kind and number."""

    key: str
    name: str
    numbers: tuple[tuple[str, str], ...] = ()
    birth_date: datetime.date | None = None
    sex: str | None = None
    former_names: tuple[str, ...] = ()
    division: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """One held identity that the new one may be, the strongest rule that says so, and the fields that differ."""

    held: IdentityView
    rule: MatchRule
    zh: str
    en: str
    differing: tuple[str, ...]

    @property
    def joins(self) -> bool:
        """True for the one rule that needs no human."""
        return self.rule is MatchRule.EXACT_IDENTIFIER


def candidates(new: IdentityView, held: Iterable[IdentityView]) -> list[Match]:
    """The held identities that the new one may be, the strongest rule first; each once, with its strongest rule."""
    order = list(MatchRule)
    matches = []
    for view in held:
        rule = _rule_between(new, view)
        if rule is not None:
            zh, en = _WORDS[rule]
            matches.append(Match(view, rule, zh, en, _differing(new, view)))
    return sorted(matches, key=lambda match: (order.index(match.rule), match.held.key))


def words_of(rule: MatchRule) -> tuple[str, str]:
    """What a rule found, in Chinese and English."""
    return _WORDS[rule]


def verdict(matches: Sequence[Match]) -> Verdict:
    """Join when exactly one held identity matches exactly; ask when anything else matches; new when nothing does."""
    if not matches:
        return Verdict.NEW
    joining = sum(match.joins for match in matches)
    return Verdict.JOIN if joining == 1 else Verdict.ASK


def block_keys(view: IdentityView) -> frozenset[str]:
    """The blocks inside which near matches are sought: sound and birth date, name and division, former name.

    The keys are personal values: whoever stores them stores a keyed digest.
    """
    name = normalise_name(view.name)
    keys = {f"former:{normalise_name(former)}" for former in view.former_names}
    keys.add(f"former:{name}")
    if view.birth_date is not None:
        keys.update(f"sound:{sound}:{view.birth_date.isoformat()}" for sound in search_keys(name))
    if view.division is not None:
        keys.add(f"place:{name}:{view.division}")
    return frozenset(keys)


def _rule_between(new: IdentityView, held: IdentityView) -> MatchRule | None:
    return _rule_by_number(new, held) or _rule_by_name(new, held)


def _rule_by_number(new: IdentityView, held: IdentityView) -> MatchRule | None:
    pairs = [
        (kind, normalise_number(mine), normalise_number(theirs))
        for kind, mine in new.numbers
        for other_kind, theirs in held.numbers
        if kind == other_kind or (kind.startswith("resident") and other_kind.startswith("resident"))
    ]
    same = [(kind, mine) for kind, mine, theirs in pairs if mine == theirs and mine]
    if same:
        if normalise_name(new.name) != normalise_name(held.name):
            return MatchRule.SAME_NUMBER_OTHER_NAME
        sound = any(_is_sound(kind, number) for kind, number in same)
        contradicted = {"birth_date", "sex"} & set(_differing(new, held))
        exact = sound and not contradicted
        return MatchRule.EXACT_IDENTIFIER if exact else MatchRule.SAME_NUMBER_OTHER_FACTS
    for rule, applies in (
        (MatchRule.NUMBER_15_18, _is_15_of_18),
        (MatchRule.NUMBER_ROUNDED, _is_rounded_of),
        (MatchRule.NUMBER_ONE_OFF, differs_in_one_place),
    ):
        if any(applies(mine, theirs) or applies(theirs, mine) for _, mine, theirs in pairs):
            return rule
    return None


def _rule_by_name(new: IdentityView, held: IdentityView) -> MatchRule | None:
    mine, theirs = normalise_name(new.name), normalise_name(held.name)
    same_birth = new.birth_date is not None and new.birth_date == held.birth_date
    births_clash = new.birth_date is not None and held.birth_date is not None and not same_birth
    if mine == theirs and same_birth:
        return MatchRule.NAME_AND_BIRTH
    former = {normalise_name(name) for name in held.former_names}
    own_former = {normalise_name(name) for name in new.former_names}
    if (mine in former or theirs in own_former or former & own_former) and not births_clash:
        return MatchRule.FORMER_NAME
    if same_birth and (search_key(mine) in search_keys(theirs) or search_key(theirs) in search_keys(mine)):
        return MatchRule.NAME_SOUND_AND_BIRTH
    return None


def _is_sound(kind: str, number: str) -> bool:
    """Whether a number can carry a joining by itself; documents without a check of their own are taken as they are."""
    if not kind.startswith("resident"):
        return True
    return not _UNRELIABLE & set(check_identity_number(number).codes)


def _is_15_of_18(short: str, long: str) -> bool:
    return len(short) == 15 and len(long) == 18 and long[6] == "1" and short == long[:6] + long[8:17]


def _is_rounded_of(rounded: str, whole: str) -> bool:
    return len(rounded) == 18 == len(whole) and rounded.endswith("000") and rounded[:15] == whole[:15]


def differs_in_one_place(first: str, second: str) -> bool:
    """Whether two numbers differ by one place, by one place left out, or by two neighbours exchanged.

    The last place of an 18-digit number is computed from the others: two sound numbers that differ in one of them
    differ there too, so it counts only where the others agree.
    """
    if len(first) == len(second) == _WITH_CHECK_DIGIT and first[:-1] != second[:-1]:
        first, second = first[:-1], second[:-1]
    shorter, longer = sorted((first, second), key=len)
    if first == second or len(longer) - len(shorter) > 1 or len(shorter) < 14:
        return False
    if len(shorter) < len(longer):
        return any(shorter == longer[:at] + longer[at + 1 :] for at in range(len(longer)))
    places = [at for at in range(len(first)) if first[at] != second[at]]
    if len(places) == 1:
        return True
    neighbours = len(places) == 2 and places[1] == places[0] + 1
    return neighbours and first[places[0]] == second[places[1]] and first[places[1]] == second[places[0]]


def _differing(new: IdentityView, held: IdentityView) -> tuple[str, ...]:
    """The fields known on both sides that do not agree."""
    fields: list[str] = []
    if normalise_name(new.name) != normalise_name(held.name):
        fields.append("name")
    mine = {normalise_number(number) for _, number in new.numbers}
    theirs = {normalise_number(number) for _, number in held.numbers}
    if mine and theirs and not mine & theirs:
        fields.append("number")
    for field in ("birth_date", "sex", "division"):
        values = getattr(new, field), getattr(held, field)
        if None not in values and values[0] != values[1]:
            fields.append(field)
    return tuple(fields)
